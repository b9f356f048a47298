"""Reads of the room: where the course stands, who is there since when, notes and questions, and the version of all that."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.journal import JournalEntry
from app.kernel.permissions import Do
from app.services.councils import queries
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.remarks.models import Remark
from app.services.councils.room.models import (
    Asking,
    DiscussionNote,
    Presence,
    SessionStep,
)
from app.services.councils.room.rules import (
    Station,
    course,
    following,
    former,
    place_of,
)
from app.services.councils.rules import CouncilState
from app.services.people.models import User
from app.services.rulebook import queries as rulebook


def rule(council: Council, key: str, on: date) -> Any:
    """A rule with source and mark: the frozen version; of a council from before the rule, the one in force."""
    return queries.rule_rows(council, on=on).get(key) or rulebook.rules([key], on=on)[key]


def number(council: Council) -> int:
    """The number of the session that is held, or that people come together for."""
    return len(council.sessions or []) + (council.state != CouncilState.CONVENED)


def version(pid: str) -> int:
    """The newest line of the council's journal: whatever happens in the room writes one."""
    return int(db.session.scalar(_newest(pid)) or 0)


def _newest(pid: str) -> Select[tuple[int]]:
    return select(func.max(JournalEntry.seq)).where(JournalEntry.subject_type == "council", JournalEntry.subject_pid == pid)


def may_look(pid: str, user: User) -> tuple[int, bool] | None:
    """(version, does the person still sit there) for the live part, in one statement; None for who may not see the council."""
    newest = _newest(pid).scalar_subquery()
    seat = select(Seat.id).where(Seat.council_id == Council.id, Seat.user_id == user.id, Seat.left_at.is_(None)).limit(1).scalar_subquery()
    found = db.session.execute(select(newest, Council.state, seat).where(Council.public_id == pid)).first()
    if found is None:
        return None
    seq, state, sits = found
    reads = user.can(Do.COUNCILS_READ) or (state in queries.SITTING and sits is not None)
    return (int(seq or 0), sits is not None) if reads else None


# --- the course -----------------------------------------------------------------------------------------------


def steps_of(council: Council) -> list[SessionStep]:
    """The steps taken in this session, oldest first."""
    statement = select(SessionStep).where(SessionStep.council_id == council.id, SessionStep.session == number(council))
    return list(db.session.scalars(statement.order_by(SessionStep.id)))


def all_steps(council: Council) -> list[SessionStep]:
    """The steps of all sessions, for the minutes."""
    return list(db.session.scalars(select(SessionStep).where(SessionStep.council_id == council.id).order_by(SessionStep.id)))


class Course:
    """The order of work of a council and where its session stands in it."""

    def __init__(self, council: Council, on: date) -> None:
        self.rule = rule(council, f"councils.{council.kind}.order", on)
        self.items = {item.public_id: item for item in council.agenda}
        self.by_id = {item.id: item for item in council.agenda}
        self.stations = course(self.rule.value, list(self.items))
        self.steps = steps_of(council) if council.state == CouncilState.CONVENED else []
        self.skipped = {item.public_id for item in council.agenda if item.opened_at is not None or item.given_back_at is not None}
        self.have = {"always"} | ({"absent_remarks"} if absent_remarks(council) else set())

    @property
    def begun(self) -> bool:
        """Has the secretary begun to go by the order?"""
        return bool(self.steps)

    @property
    def here(self) -> int | None:
        """The place of the step that is being taken."""
        if not self.steps:
            return None
        last = self.steps[-1]
        item = self.by_id[last.agenda_item_id].public_id if last.agenda_item_id else None
        return place_of(self.stations, last.code, item)

    @property
    def station(self) -> Station | None:
        here = self.here
        return self.stations[here] if here is not None else None

    @property
    def next(self) -> Station | None:
        return following(self.stations, self.here, self.skipped, self.have)

    @property
    def before(self) -> Station | None:
        here = self.here
        return former(self.stations, here, self.skipped, self.have) if here is not None else None

    def item_of(self, station: Station) -> AgendaItem | None:
        return self.items[station.item] if station.item else None

    def allows(self, what: str, item: AgendaItem | None = None) -> bool:
        """Is this the time for it? An order that has no step for it (its officers left it out) does not bind it."""
        return self.is_at(what, item) or not any(s.opens(what) for s in self.stations)

    @property
    def at_end(self) -> bool:
        """May the session be concluded: it does not go by the order of work, or has come to its end?"""
        return not self.begun or self.is_at("conclusion") or self.next is None

    def is_at(self, what: str, item: AgendaItem | None = None) -> bool:
        """Is the session at the step that opens this, for the item?"""
        station = self.station
        return station is not None and station.opens(what) and (item is None or station.item in (None, item.public_id))


def course_of(council: Council, at: datetime) -> Course:
    return Course(council, local(at).date())


def absent_remarks(council: Council) -> list[Remark]:
    """Remarks that members who are not there have handed in: they are read for reference and are no votes."""
    away = [s.id for s in council.seats if not s.present]
    items = [item.id for item in council.agenda]
    if not away:
        return []
    return list(db.session.scalars(select(Remark).where(Remark.agenda_item_id.in_(items), Remark.seat_id.in_(away), Remark.submitted_at.is_not(None)).order_by(Remark.id)))


# --- who is there ---------------------------------------------------------------------------------------------


def presences(council: Council, session: int | None = None) -> list[Presence]:
    """Who came and left, in the session or in all of them."""
    statement = select(Presence).where(Presence.council_id == council.id)
    if session is not None:
        statement = statement.where(Presence.session == session)
    return list(db.session.scalars(statement.order_by(Presence.came_at, Presence.id)))


def there(council: Council, seat_ids: Collection[int]) -> dict[int, Presence]:
    """The open line of each of these seats."""
    statement = select(Presence).where(Presence.council_id == council.id, Presence.seat_id.in_(seat_ids), Presence.left_at.is_(None))
    return {row.seat_id: row for row in db.session.scalars(statement) if row.seat_id is not None}


def inside(council: Council, item: AgendaItem | None = None) -> list[Presence]:
    """Applicants who are in the room now."""
    statement = select(Presence).where(Presence.council_id == council.id, Presence.seat_id.is_(None), Presence.left_at.is_(None))
    return list(db.session.scalars(statement if item is None else statement.where(Presence.agenda_item_id == item.id)))


# --- what is said ---------------------------------------------------------------------------------------------


def notes_on(items: Iterable[AgendaItem]) -> dict[int, list[DiscussionNote]]:
    """What members wrote to each other, by item."""
    ids = [item.id for item in items]
    statement = select(DiscussionNote).options(joinedload(DiscussionNote.seat).joinedload(Seat.user)).where(DiscussionNote.agenda_item_id.in_(ids))
    found: dict[int, list[DiscussionNote]] = {number: [] for number in ids}
    for note in db.session.scalars(statement.order_by(DiscussionNote.id)):
        found[note.agenda_item_id].append(note)
    return found


def askings_of(council: Council) -> dict[int, list[Asking]]:
    """Questions to the applicants, by item."""
    found: dict[int, list[Asking]] = {item.id: [] for item in council.agenda}
    statement = select(Asking).options(joinedload(Asking.answered_by)).where(Asking.agenda_item_id.in_(found))
    for row in db.session.scalars(statement.order_by(Asking.id)):
        found[row.agenda_item_id].append(row)
    return found


def asking_by_pid(pid: str) -> Asking | None:
    return db.session.scalar(select(Asking).options(joinedload(Asking.item)).where(Asking.public_id == pid))
