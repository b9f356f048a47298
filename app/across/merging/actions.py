"""Merge two accounts, and say before what that would move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, UniqueConstraint, and_, exists, func, or_, select, update

from app.across.merging.rules import DOUBLES, MOVES, TOGETHER
from app.kernel import clock, journal, outbox, subjects
from app.kernel.db import Base, db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.words import N_
from app.services.conflicts import facts
from app.services.councils import clashes
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.rules import CouncilState
from app.services.people import actions as people
from app.services.people.models import User

LIVING = (CouncilState.DRAFT, CouncilState.PROPOSED, CouncilState.ESTABLISHED, CouncilState.CONVENED)
JUDGE = N_("One of the accounts sits in the council “%(council)s”, which judges work of the other: %(title)s. A person never judges the own work; settle that first.")


@dataclass(frozen=True)
class Moved:
    """How many rows of a kind move, and how many stay because the survivor has the same."""

    label: str
    moves: int
    doubles: int


def _partners(table: Table, column: str) -> Iterator[list[str]]:
    """The other columns of each uniqueness in which the person's column stands."""
    uniques = [c.columns for c in table.constraints if isinstance(c, UniqueConstraint)] + [i.columns for i in table.indexes if i.unique]
    for columns in uniques:
        names = [c.name for c in columns]
        if column in names:
            yield [n for n in names if n != column]


def _double(table: Table, column: str, survivor: User) -> Any:
    """The condition: the survivor has the same row already."""
    other = table.alias()
    same = [exists().where(other.c[column] == survivor.id, *(other.c[n] == table.c[n] for n in names)) for names in _partners(table, column)]
    return or_(*same) if same else None


def check(losing: User, survivor: User, by: User | None) -> None:
    """Raise when these two cannot become one: NotAllowed for the own account, WrongState for closed ones, shared councils or an own judge."""
    if losing.id == survivor.id:
        raise Incomplete(N_("Please choose another account: this is the same one."), field="survivor")
    if by is not None and by.id in (losing.id, survivor.id):
        raise NotAllowed(N_("Nobody merges the own account. Another administrator does."))
    if not losing.active or not survivor.active:
        raise WrongState(N_("Only open accounts are merged."))
    for name, sentence in TOGETHER.items():
        table = Base.metadata.tables[name]
        column = next(column for kind, column in MOVES if kind == name)
        condition = _double(table, column, survivor)
        if condition is not None and db.session.scalar(select(func.count()).select_from(table).where(table.c[column] == losing.id, condition)):
            raise WrongState(sentence)
    for sitting, other in ((losing, survivor), (survivor, losing)):
        _check_judge(sitting, other)


def _check_judge(sitting: User, other: User) -> None:
    """Raise WrongState where one judges, or judged, the work of the other."""
    councils = db.session.scalars(select(Council).join(Seat, Seat.council_id == Council.id).where(Seat.user_id == sitting.id, Seat.left_at.is_(None), Council.state != CouncilState.DISSOLVED))
    for council in councils.unique().all():
        items = db.session.scalars(select(AgendaItem).where(AgendaItem.council_id == council.id, AgendaItem.given_back_at.is_(None))).all()
        for item in items:
            row = subjects.load(item.subject_type, item.subject_pid)
            if row is not None and other.id in facts.parts_of(row).users:
                raise WrongState(JUDGE, council=council.title, title=item.title)
        if council.state in LIVING and items:
            for item, clash in clashes.of(council, {other.id: None}, on=clock.today(), items=list(items))[other.id]:
                if clash.hard:
                    raise WrongState(JUDGE, council=council.title, title=item.title)


def preview(losing: User, survivor: User) -> list[Moved]:
    """What would move, by kind."""
    found: dict[str, tuple[int, int]] = {}
    for (name, column), label in MOVES.items():
        table = Base.metadata.tables[name]
        mine = table.c[column] == losing.id
        count = db.session.scalar(select(func.count()).select_from(table).where(mine)) or 0
        condition = _double(table, column, survivor) if count and name in DOUBLES else None
        doubles = db.session.scalar(select(func.count()).select_from(table).where(mine, condition)) or 0 if condition is not None else 0
        before = found.get(label, (0, 0))
        found[label] = (before[0] + count - doubles, before[1] + doubles)
    return [Moved(label, *numbers) for label, numbers in found.items() if any(numbers)]


def merge(losing: User, survivor: User, *, by: User, at: datetime, reason: str, seen: int | None = None) -> list[Moved]:
    """Make two accounts one: rows of MOVES name the survivor, the losing account is closed and leads to it. All or nothing.

    Rows are moved by their columns, whatever room they are of: the lifecycle of none changes, only who is meant. Conflicts are
    found from these rows whenever they are asked, so they are those of one person from now on.
    """
    check(losing, survivor, by)
    check_seen(losing, seen)
    moved = preview(losing, survivor)
    for name, column in MOVES:
        table = Base.metadata.tables[name]
        condition = _double(table, column, survivor) if name in DOUBLES else None
        mine = and_(table.c[column] == losing.id, ~condition) if condition is not None else table.c[column] == losing.id
        version = {"version": table.c.version + 1} if "version" in table.c else {}
        db.session.execute(update(table).where(mine).values({column: survivor.id} | version))
    losing.merged_into_id = survivor.id
    people.deactivate(losing, by=by, at=at, reason=reason)
    survivor.epoch += 1
    detail = {m.label: m.moves for m in moved if m.moves}
    journal.record(losing, "merge_into", by=by, at=at, reason=reason, detail={"into": survivor.public_id, "moved": detail})
    journal.record(survivor, "take_over", by=by, at=at, reason=reason, detail={"from": losing.public_id, "moved": detail})
    outbox.post("merging/mail/accounts_merged.txt", to=[losing, survivor], key=f"merged:{losing.public_id}", at=at, old=losing.email, kept=survivor.email, reason=reason)
    db.session.flush()
    db.session.expire_all()
    return moved
