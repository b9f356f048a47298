"""What the pool of experts asks of councils: how many seats somebody has and had, and which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.kernel.db import db
from app.services.councils.models import Council, Seat
from app.services.councils.queries import SITTING
from app.services.councils.rules import UNDER_WAY
from app.services.experts import queries as experts
from app.services.experts.queries import Sat, Seats


def _count(user_id: Any, *more: Any) -> ColumnElement[int]:
    counted = select(func.count(Seat.id)).join(Council, Council.id == Seat.council_id).where(Seat.user_id == user_id, Seat.left_at.is_(None), *more)
    return counted.scalar_subquery()


def _lately(user_id: Any, since: datetime) -> ColumnElement[int]:
    return _count(user_id, Council.state.in_(SITTING), func.coalesce(Council.meets_at, Council.created_at) >= since)


def _open_now(user_id: Any) -> ColumnElement[int]:
    return _count(user_id, Council.state.in_(UNDER_WAY))


def _of(user_id: int) -> list[Sat]:
    """The seats of a person in councils that were set up, newest first."""
    rows = db.session.execute(select(Council, Seat.role).join(Seat, Seat.council_id == Council.id).where(Seat.user_id == user_id, Seat.left_at.is_(None), Council.state.in_(SITTING))
                              .order_by(func.coalesce(Council.meets_at, Council.created_at).desc(), Council.id.desc()).limit(200))  # fmt: skip
    return [Sat(c.title, c.public_id, c.kind, role, c.state, c.meets_at) for c, role in rows]


experts.register_seats(Seats(_lately, _open_now, _of))
