"""What an official looks after: files in their charge, and those of people they deputise for today. One query for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.kernel.db import db
from app.services.charges import queries as charges
from app.services.charges.models import Charge, Deputy
from app.services.charges.rules import offices
from app.services.people.models import User


@dataclass(frozen=True)
class Mine:
    """How many files are in somebody's charge, and for whom they deputise."""

    officer: bool
    files: int
    deputising: list[Deputy]


def of(user: User, today: date) -> Mine | None:
    """None for who holds no office."""
    if not offices(user.roles):
        return None
    officer = "officer" in user.roles
    count = db.session.scalar(select(func.count()).select_from(Charge).where(Charge.officer_id == user.id)) if officer else 0
    return Mine(officer, int(count or 0), charges.deputising(user, today))
