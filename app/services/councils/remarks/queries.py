"""Reads of written remarks: who must write, until when, what is missing; who reads another's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import local
from app.kernel.db import db
from app.services.councils import queries
from app.services.councils.models import AgendaItem, Ballot, Council, Seat
from app.services.councils.remarks.models import Remark
from app.services.councils.remarks.rules import RemarkState, day_before
from app.services.councils.room import queries as room
from app.services.councils.rules import UNDER_WAY
from app.services.people.models import User
from app.services.rulebook import queries as rulebook


def due_on(council: Council) -> date | None:
    """The day on which remarks are due: so many days before the session, by the rule."""
    if council.meets_at is None:
        return None
    meets = local(council.meets_at).date()
    rule = room.rule(council, f"councils.{council.kind}.comments_days", meets)
    return day_before(meets, int(rule.value), rulebook.is_off() if rule.unit == "working" else None)


def must_write(council: Council, seat: Seat, on: date) -> bool:
    """Must this member write, by the rule? Others may."""
    return str(seat.role) in room.rule(council, f"councils.{council.kind}.remarks", on).value["must"]


def remark_of(item: AgendaItem, seat: Seat) -> Remark | None:
    return db.session.scalar(select(Remark).where(Remark.agenda_item_id == item.id, Remark.seat_id == seat.id))


def of_council(council: Council) -> dict[tuple[int, int], Remark]:
    """All remarks of a council by (item, seat): their states; what drafts say is their writers' alone."""
    statement = select(Remark).where(Remark.agenda_item_id.in_([item.id for item in council.agenda]))
    return {(r.agenda_item_id, r.seat_id): r for r in db.session.scalars(statement)}


def handed_in(item: AgendaItem) -> list[Remark]:
    """The remarks on an item that are handed in, with who wrote them."""
    statement = select(Remark).options(joinedload(Remark.seat).joinedload(Seat.user)).where(Remark.agenda_item_id == item.id, Remark.submitted_at.is_not(None))
    return list(db.session.scalars(statement.order_by(Remark.id)))


def may_read_others(item: AgendaItem, seat: Seat) -> bool:
    """A member reads what others wrote when the own remark is handed in: nobody is led by another before."""
    own = remark_of(item, seat)
    return own is not None and own.submitted_at is not None


@dataclass(frozen=True)
class Line:
    """One item on a member's desk."""

    council: Council
    item: AgendaItem
    seat: Seat
    remark: Remark | None
    cast: bool
    out: bool
    must: bool
    due: date | None
    today: date

    @property
    def state(self) -> RemarkState:
        if self.out:
            return RemarkState.OUT
        if self.remark is None:
            return RemarkState.MISSING if self.must else RemarkState.OPTIONAL
        return RemarkState.SUBMITTED if self.remark.submitted_at else RemarkState.DRAFT

    @property
    def dealt_with(self) -> bool:
        """Nothing is left to do here before the session."""
        return self.state in (RemarkState.SUBMITTED, RemarkState.OUT, RemarkState.OPTIONAL)

    @property
    def late(self) -> bool:
        return self.due is not None and self.today > self.due and not self.dealt_with


def councils_of(user: User) -> list[Council]:
    """Councils under way on which this person sits, by the day of their session."""
    mine = select(Seat.council_id).where(Seat.user_id == user.id, Seat.left_at.is_(None))
    statement = (select(Council).options(selectinload(Council.seats).joinedload(Seat.user), selectinload(Council.agenda))
                 .where(Council.id.in_(mine), Council.state.in_(UNDER_WAY)))  # fmt: skip
    return list(db.session.scalars(statement.order_by(Council.meets_at, Council.id)))


def desk_of(user: User, at: datetime) -> list[Line]:
    """Every open item of the councils on which this person sits, with the state of remark and ballot."""
    today, found = local(at).date(), []
    for council in councils_of(user):
        seat = queries.seat_of(council, user)
        if seat is not None:
            found += lines_of(council, [seat], today)
    return found


def lines_of(council: Council, seats: Iterable[Seat], today: date) -> list[Line]:
    """The lines of these seats, item by item."""
    remarks, recused, due, wanted = of_council(council), queries.recusals_of(council), due_on(council), list(seats)
    cast = set(db.session.execute(select(Ballot.agenda_item_id, Ballot.seat_id).where(Ballot.seat_id.in_([s.id for s in wanted]))).tuples())
    return [Line(council, item, seat, remarks.get((item.id, seat.id)), (item.id, seat.id) in cast, (seat.id, item.id) in recused,
                 must_write(council, seat, today), due, today)
            for item in queries.open_items(council) for seat in wanted]  # fmt: skip


def missing(council: Council, today: date) -> list[Line]:
    """What members who must write have not handed in."""
    return [line for line in lines_of(council, council.seats, today) if not line.dealt_with and line.must]
