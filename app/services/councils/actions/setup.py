"""Set a council up: draft, appoint, remove, schedule, establish, dissolve."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.subjects import subject_of
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.councils import queries
from app.services.councils.actions import papers
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.rules import (
    COUNCIL,
    CouncilState,
    Kind,
    SeatRole,
    check_composition,
    refuse_broken,
)
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day

RECORDED_LATER = timedelta(days=366)  # a decision on paper may be older than its entry here, not by years
SINGLE = (SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.SECRETARY)


def draft(kind: Kind, *, title: str, subjects: Sequence[Any], by: User | None, at: datetime) -> Council:
    """Prepare a council for these objects of a stage, in this order. An object is before one living council of a kind only."""
    if not subjects:
        raise Incomplete(N_("A council needs at least one object on its agenda."))
    if not nfc(title):
        raise Incomplete(N_("The title is missing."), field="title")
    for row in subjects:
        other = queries.council_of_subject(row)
        if other is not None and other.kind == kind and other.state != CouncilState.CONCLUDED:
            raise WrongState(N_("“%(title)s” is before another council already."), title=title_of(row))
    council = Council(kind=kind, title=nfc(title), officer_id=by.id if by else None, created_at=at,
                      folded=fold(" ".join([title, *map(title_of, subjects)])))  # fmt: skip
    COUNCIL.begin(council, "draft", by=by, at=at, detail={"kind": str(kind)})
    for position, row in enumerate(subjects, start=1):
        table, pid = journal.subject_key(row)
        db.session.add(AgendaItem(council_id=council.id, position=position, subject_type=table, subject_pid=pid, title=title_of(row)))
    return queries.fresh(council)


def take_off(row: Any, *, by: User | None, at: datetime) -> Council | None:
    """Take an object off the agenda of the council that is being prepared for it; an agenda left empty dissolves the council.

    Does nothing, and returns None, when no council in preparation has it. One that is established keeps its agenda.
    """
    council = queries.council_of_subject(row)
    if council is None or council.state != CouncilState.DRAFT:
        return None
    _table, pid = journal.subject_key(row)
    item = next(i for i in council.agenda if i.subject_pid == pid)
    if len(council.agenda) == 1:
        COUNCIL.advance(council, "dissolve", by=by, at=at, reason="Không còn nội dung nào trong chương trình")
        return council
    journal.record(council, "take_off", by=by, at=at, detail={"subject": pid})
    rest = [i for i in council.agenda if i.id != item.id]
    db.session.delete(item)
    db.session.flush()
    for position, other in enumerate(rest, start=1):  # in their order, so that no two ever have the same place
        other.position = position
        db.session.flush()
    council.folded = fold(" ".join([council.title, *(i.title for i in rest)]))
    _grow(council)
    return council


def title_of(row: Any) -> str:
    """An object's title as it stands on the agenda."""
    return str(subject_of(row.__tablename__).title(row))[:500]


def appoint(council: Council, user: User, role: SeatRole, *, by: User, at: datetime, explanation: str | None = None, seen: Any = None) -> Seat:
    """Give a person a seat. A hard conflict with any item refuses it; a lighter one wants an explanation on record."""
    _prepare(council, seen)
    if queries.seat_of(council, user) is not None:
        raise Incomplete(N_("This person has a seat already."), field="user")
    if role in SINGLE and any(s.role == role for s in council.seats):
        raise Incomplete(N_("This role is taken."), field="role")
    why = nfc(explanation or "") or None
    refuse_conflicts(council, user, role, why, at)
    seat = Seat(council_id=council.id, user_id=user.id, role=role)
    db.session.add(seat)
    db.session.flush()
    journal.record(council, "appoint", by=by, at=at, reason=why, detail={"seat": seat.public_id, "role": str(role)})
    _grow(council)
    return seat


def remove(council: Council, seat: Seat, *, by: User, at: datetime, seen: Any = None) -> None:
    """Take a seat away while the council is prepared."""
    _prepare(council, seen)
    journal.record(council, "remove", by=by, at=at, detail={"seat": seat.public_id, "role": str(seat.role)})
    db.session.delete(seat)
    _grow(council)


def _prepare(council: Council, seen: Any) -> None:
    if council.state != CouncilState.DRAFT:
        raise WrongState(N_("Members are appointed before the council is established."))
    check_seen(council, seen)


def _grow(council: Council) -> None:
    """Seats are part of the council: a change of one grows its version, for the person who looks at the list meanwhile."""
    flag_modified(council, "title")
    queries.fresh(council)


def refuse_conflicts(council: Council, user: User, role: SeatRole, explanation: str | None, at: datetime) -> None:
    """Raise Incomplete when this person must not deal with an item of the agenda, or nobody has explained why he may."""
    rules = queries.rules_of(council, on=local(at).date())
    for item in council.agenda:
        for conflict in queries.conflicts_of(council, user, item, role, rules):
            if conflict.hard:
                raise Incomplete(N_("%(name)s cannot sit here. %(reason)s"), field="user", name=user.name, reason=conflict.reason)
            if not explanation:
                raise Incomplete(N_("%(reason)s Please explain why the person sits all the same."), field="explanation", reason=conflict.reason)


def schedule(council: Council, *, meets_at: datetime, place: str, by: User, at: datetime, seen: Any = None) -> None:
    """Say when and where the council meets. Members of an established one are told of the change."""
    if council.state not in (CouncilState.DRAFT, CouncilState.ESTABLISHED):
        raise WrongState(N_("The session has begun or the council has ended."))
    check_seen(council, seen)
    if meets_at < at:
        raise Incomplete(N_("The session lies in the past."), field="meets_at")
    if not nfc(place):
        raise Incomplete(N_("Please say where the council meets."), field="place")
    if council.state == CouncilState.ESTABLISHED:  # the papers went out when it was established: earlier than that rule allows it cannot meet
        refuse_early(meets_at, papers_due(council, on=local(queries.established_at(council)).date()))
    council.meets_at, council.place = meets_at, nfc(place)
    db.session.flush()
    journal.record(council, "schedule", by=by, at=at, detail={"meets_at": meets_at.isoformat(), "place": council.place})
    if council.state == CouncilState.ESTABLISHED:
        _invite(council, at)


def papers_due(council: Council, *, on: date) -> date:
    """The first day on which the council can meet when the papers go out today."""
    days = queries.rule_rows(council, on=on)[f"councils.{council.kind}.papers_days"]
    return rulebook.due(on, int(days.value), days.unit or "working")


def refuse_early(meets_at: datetime, first: date) -> None:
    """Raises Incomplete when the session lies before the first day that the papers leave time for."""
    if local(meets_at).date() < first:
        raise Incomplete(N_("The papers must be with the members in time: the council can meet on %(day)s at the earliest."), field="meets_at",
                         day=f"{first:%d/%m/%Y}")  # fmt: skip


def establish(council: Council, *, number: str, dated: date, by: User, at: datetime, seen: Any = None) -> None:
    """Set the council up by decision: its rules are frozen, its members are invited. Refuses a composition against the rule."""
    today = local(at).date()
    if council.state != CouncilState.DRAFT:
        raise WrongState(N_("This council is established already, or dissolved."))
    check_seen(council, seen)
    if dated > today:
        raise Incomplete(N_("The date of the decision lies in the future."), field="dated")
    check_day(dated, field="dated", since=local(council.created_at).date() - RECORDED_LATER)
    rules = queries.rules_of(council, on=today)
    refuse_broken(check_composition([s.role for s in council.seats], rules[f"councils.{council.kind}.size"]))
    if council.meets_at is None:
        raise Incomplete(N_("Please say first when and where the council meets."))
    refuse_early(council.meets_at, papers_due(council, on=today))
    for seat in council.seats:
        refuse_conflicts(council, seat.user, seat.role, "kept", at)
    council.rule_ids = queries.rule_ids(council.kind, queries.subjects_of(council), on=today)
    council.decision_number, council.decision_dated = nfc(number), dated
    COUNCIL.advance(council, "establish", by=by, at=at, detail={"number": council.decision_number, "members": len(council.seats)})
    papers.issue_decision(council, by=by, at=at)
    _invite(council, at)
    hook = queries.procedure(council).established
    if hook is not None:
        hook(council, by, at)


def _invite(council: Council, at: datetime) -> None:
    for seat in council.seats:
        outbox.post("councils/mail/invited.txt", to=seat.user, key=f"council:{council.public_id}:{council.version}", at=at, council=council, seat=seat)


def dissolve(council: Council, reason: str, *, by: User, at: datetime, seen: Any = None) -> None:
    """Dissolve a council that has not met; members of an established one are told."""
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    told = council.state == CouncilState.ESTABLISHED
    COUNCIL.advance(council, "dissolve", by=by, at=at, reason=nfc(reason), seen=seen)
    if told:
        outbox.post("councils/mail/dissolved.txt", to=[s.user for s in council.seats], key=f"council-gone:{council.public_id}", at=at, council=council)
    hook = queries.procedure(council).dissolved
    if hook is not None:
        hook(council, by, at)
