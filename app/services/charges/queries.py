"""Reads: who is in charge, who deputises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.services.charges.models import Charge, Deputy
from app.services.charges.rules import FileKind
from app.services.people import queries as people
from app.services.people.models import User

_WITH_NAMES = (joinedload(Deputy.absent), joinedload(Deputy.deputy))


def charge_of(kind: FileKind, pid: str) -> Charge | None:
    """The charge that was given for this very file."""
    return db.session.scalar(select(Charge).options(joinedload(Charge.officer)).where(Charge.kind == kind, Charge.file_pid == pid))


def charges(files: Iterable[tuple[FileKind, str]]) -> dict[tuple[FileKind, str], Charge]:
    """The charges of these files, in one query."""
    wanted = set(files)
    rows = db.session.scalars(select(Charge).where(Charge.file_pid.in_({pid for _kind, pid in wanted})))
    return {(row.kind, row.file_pid): row for row in rows if (row.kind, row.file_pid) in wanted}


def files_of(officer: User) -> list[Charge]:
    """All files this person is in charge of, oldest first."""
    return list(db.session.scalars(select(Charge).where(Charge.officer_id == officer.id).order_by(Charge.since, Charge.id)))


def officers() -> list[User]:
    """Who may be in charge: officers with an account that is open, by name."""
    return [user for user in people.users_in_role("officer") if user.active]


@dataclass(frozen=True)
class Standing:
    """Somebody deputises on a day: of whom, who, for which kinds of files."""

    absent_id: int
    deputy_id: int
    deputy_pid: str
    deputy: str
    kinds: list[str]


def _holds(on: date) -> ColumnElement[bool]:
    return and_(Deputy.first_day <= on, Deputy.last_day >= on, Deputy.ended_at.is_(None))


def deputies(on: date) -> dict[int, list[Standing]]:
    """Who deputises on a day, by the id of who is away."""
    found: dict[int, list[Standing]] = {}
    columns = select(Deputy.absent_id, Deputy.deputy_id, User.public_id, User.name, Deputy.kinds).join(User, User.id == Deputy.deputy_id)
    for row in db.session.execute(columns.where(_holds(on)).order_by(Deputy.id)):
        found.setdefault(row[0], []).append(Standing(*row))
    return found


def touching(user_ids: Iterable[int], first: date, last: date) -> list[Deputy]:
    """Deputyships of these people, on either side, that share a day with the stretch."""
    ids = list(user_ids)
    statement = select(Deputy).options(*_WITH_NAMES).where(or_(Deputy.absent_id.in_(ids), Deputy.deputy_id.in_(ids)), Deputy.ended_at.is_(None))
    return list(db.session.scalars(statement.where(Deputy.first_day <= last, Deputy.last_day >= first)))


def deputy_by_pid(pid: str) -> Deputy | None:
    """One deputyship, with both people."""
    return db.session.scalar(select(Deputy).options(*_WITH_NAMES).where(Deputy.public_id == pid))


def deputies_statement() -> Select[tuple[Deputy]]:
    """All deputyships, for the list."""
    return select(Deputy).options(*_WITH_NAMES)
