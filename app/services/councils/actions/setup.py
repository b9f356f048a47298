"""Set a council up: draft, appoint, remove, schedule, propose, send back, establish, dissolve."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.subjects import subject_of
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.councils import clashes, queries
from app.services.councils.actions import asking, papers
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.procedures import procedure_of
from app.services.councils.rules import (
    COUNCIL,
    PREPARED,
    Check,
    CouncilState,
    Kind,
    SeatRole,
    check_composition,
    refuse_broken,
)
from app.services.experts import rules as experts
from app.services.papers.rules import check_number
from app.services.people import queries as people
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
                      folded=fold(" ".join([title, *(_agenda_title(kind, row) for row in subjects)])))  # fmt: skip
    COUNCIL.begin(council, "draft", by=by, at=at, detail={"kind": str(kind)})
    for position, row in enumerate(subjects, start=1):
        table, pid = journal.subject_key(row)
        db.session.add(AgendaItem(council_id=council.id, position=position, subject_type=table, subject_pid=pid, title=_agenda_title(kind, row)))
    return queries.fresh(council)


def take_off(row: Any, *, by: User | None, at: datetime) -> Council | None:
    """Take an object off the agenda of the council that is being prepared for it; an agenda left empty dissolves the council.

    Does nothing, and returns None, when no council in preparation has it. One that is established keeps its agenda.
    """
    council = queries.council_of_subject(row)
    if council is None or council.state not in PREPARED:
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
    """An object's title."""
    return str(subject_of(row.__tablename__).title(row))[:500]


def _agenda_title(kind: Kind, row: Any) -> str:
    """An object as it stands on the agenda: so that it can be told from the others."""
    told = procedure_of(kind).agenda_title
    return told(row)[:500] if told is not None else title_of(row)


def appoint(council: Council, user: User, role: SeatRole, *, by: User, at: datetime, explanation: str | None = None, seen: Any = None) -> Seat:
    """Give a person a seat. A hard conflict with any item refuses it; a lighter one wants an explanation on record."""
    _prepare(council, seen)
    if queries.seat_of(council, user) is not None:
        raise Incomplete(N_("This person has a seat already."), field="user")
    taken = next((s for s in council.seats if s.role == role and role in SINGLE), None)
    if taken is not None:
        raise Incomplete(N_("%(name)s has this role already."), field="role", name=taken.user.name)
    why = nfc(explanation or "") or None
    refuse_conflicts(council, user, role, why, at, by=by)
    refuse_overload(user, why, at)
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
        raise WrongState(N_("Members are appointed while the council is in preparation."))
    check_seen(council, seen)


def _grow(council: Council) -> None:
    """Seats are part of the council: a change of one grows its version, for the person who looks at the list meanwhile."""
    flag_modified(council, "title")
    queries.fresh(council)


def refuse_conflicts(council: Council, user: User, role: SeatRole, explanation: str | None, at: datetime, *, by: User, found: clashes.Found | None = None) -> None:
    """Raise Incomplete when this person must not deal with an item of the agenda, or nobody has explained why he may. `found`: what was asked for several at once."""
    known = clashes.of(council, {user.id: role}, on=local(at).date()) if found is None else found
    for item, clash in known[user.id]:
        reason = clash.reason(composer=by.can(Do.COUNCILS_RUN))
        if clash.hard:
            raise Incomplete(N_("%(name)s cannot sit here, because of item %(n)s, “%(title)s”. %(reason)s"), field="user", name=user.name, n=item.position,
                             title=item.title, reason=reason)  # fmt: skip
        if not explanation:
            raise Incomplete(N_("Item %(n)s, “%(title)s”: %(reason)s Please explain why the person sits all the same."), field="explanation", n=item.position,
                             title=item.title, reason=reason)  # fmt: skip


def refuse_overload(user: User, explanation: str | None, at: datetime) -> None:
    """Raise Incomplete when this person sits on as many open councils as the rule allows, and nobody has explained why one more."""
    rule = rulebook.rule(experts.SUGGESTIONS, on=local(at).date())
    have = queries.open_seats(user)
    if have >= rule.value["most_open"] and not explanation:
        raise Incomplete(N_("%(name)s sits on %(have)s open councils; the rule (%(source)s) has %(most)s at most. Please explain why one more."), field="explanation",
                         name=user.name, have=have, most=rule.value["most_open"], source=rule.source)  # fmt: skip


def schedule(council: Council, *, meets_at: datetime, place: str, by: User, at: datetime, seen: Any = None) -> None:
    """Say when and where the council meets, not earlier than the papers leave time for. Members of an established one are told of the change."""
    if council.state not in (*PREPARED, CouncilState.ESTABLISHED):
        raise WrongState(N_("The session has begun or the council has ended."))
    check_seen(council, seen)
    if meets_at < at:
        raise Incomplete(N_("The session lies in the past."), field="meets_at")
    if not nfc(place):
        raise Incomplete(N_("Please say where the council meets."), field="place")
    # the papers of an established council have gone out; those of another can go out today at the earliest
    refuse_early(meets_at, papers_due(council, on=local(queries.established_at(council) if council.state == CouncilState.ESTABLISHED else at).date()))
    council.meets_at, council.place = meets_at, nfc(place)
    db.session.flush()
    journal.record(council, "schedule", by=by, at=at, detail={"meets_at": meets_at.isoformat(), "place": council.place})
    if council.state == CouncilState.ESTABLISHED:
        invite(council, council.seats, at, by=by)


def papers_due(council: Council, *, on: date) -> date:
    """The first day on which the council can meet when the papers go out today."""
    days = queries.rule_rows(council, on=on)[f"councils.{council.kind}.papers_days"]
    return rulebook.due(on, int(days.value), days.unit or "working")


def refuse_early(meets_at: datetime, first: date) -> None:
    """Raises Incomplete when the session lies before the first day that the papers leave time for."""
    if local(meets_at).date() < first:
        raise Incomplete(N_("The papers must be with the members in time: the council can meet on %(day)s at the earliest."), field="meets_at",
                         day=f"{first:%d/%m/%Y}")  # fmt: skip


def check_time(council: Council, *, on: date) -> Check:
    """Can the council meet when it is to meet, if its papers go out on that day?"""
    if council.meets_at is None:
        return Check(False, N_("Time and place of the session are not set."), {})
    first = papers_due(council, on=on)
    return Check(local(council.meets_at).date() >= first, N_("Session on %(day)s; the papers leave time from %(first)s on."),
                 {"day": f"{local(council.meets_at):%d/%m/%Y}", "first": f"{first:%d/%m/%Y}"})  # fmt: skip


def _refuse_unready(council: Council, at: datetime, *, by: User) -> None:
    """Raise Incomplete for the first thing that keeps the council from being established: a seat, the time, a conflict."""
    today = local(at).date()
    asking.refuse_declined(council)
    refuse_broken(check_composition([s.role for s in council.seats], queries.rules_of(council, on=today)[f"councils.{council.kind}.size"]))
    if council.meets_at is None:
        raise Incomplete(N_("Please say first when and where the council meets."))
    refuse_early(council.meets_at, papers_due(council, on=today))
    found = clashes.of(council, {s.user_id: s.role for s in council.seats}, on=today)
    for seat in council.seats:
        refuse_conflicts(council, seat.user, seat.role, "kept", at, by=by, found=found)


def propose(council: Council, *, by: User, at: datetime, seen: Any = None) -> None:
    """Lay the council before the leader: members, agenda, time and place are complete. The leaders are told."""
    if council.state == CouncilState.DRAFT:
        check_seen(council, seen)
        _refuse_unready(council, at, by=by)
        council.officer_id = by.id
    COUNCIL.advance(council, "propose", by=by, at=at, seen=seen, detail={"members": len(council.seats)})
    outbox.post("councils/mail/proposed.txt", to=people.users_with(Do.COUNCILS_ESTABLISH), key=f"council-proposed:{council.public_id}:{council.version}", at=at, council=council)


def send_back(council: Council, reason: str, *, by: User, at: datetime, seen: Any = None) -> None:
    """The leader does not decide it as it is: it is in preparation again, and who proposed it is told why."""
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    COUNCIL.advance(council, "send_back", by=by, at=at, reason=nfc(reason), seen=seen)
    for officer in people.users_by_id({council.officer_id} if council.officer_id else set()).values():
        outbox.post("councils/mail/sent_back.txt", to=officer, key=f"council-back:{council.public_id}:{council.version}", at=at, council=council, reason=nfc(reason))


def check_decision(number: str | None, dated: date | None, council: Council, at: datetime) -> str:
    """The number of a decision on the council as it is kept. Raises Incomplete unless number and date can be real."""
    said = check_number(number)
    if dated is None:
        raise Incomplete(N_("Please give the date of the decision."), field="dated")
    if dated > local(at).date():
        raise Incomplete(N_("The date of the decision lies in the future."), field="dated")
    check_day(dated, field="dated", since=council.decision_dated or local(council.created_at).date() - RECORDED_LATER)
    return said


def establish(council: Council, *, number: str, dated: date, by: User, at: datetime, seen: Any = None) -> None:
    """Set the council up by decision of another person than who proposed it: its rules are frozen, its members are invited.

    Refuses a composition against the rule.
    """
    if council.state != CouncilState.PROPOSED:
        raise WrongState(N_("This council is not proposed, or it is established already."))
    check_seen(council, seen)
    if by.id == council.officer_id:
        raise NotAllowed(N_("Another person than the one who proposed the council decides on it."))
    number = check_decision(number, dated, council, at)
    _refuse_unready(council, at, by=by)
    council.rule_ids = queries.rule_ids(council.kind, queries.subjects_of(council), on=local(at).date())
    council.decision_number, council.decision_dated = number, dated
    COUNCIL.advance(council, "establish", by=by, at=at, detail={"number": number, "members": len(council.seats)})
    papers.issue_decision(council, by=by, at=at)
    invite(council, council.seats, at, by=by)
    hook = queries.procedure(council).established
    if hook is not None:
        hook(council, by, at)


def invite(council: Council, seats: Sequence[Seat], at: datetime, *, by: User | None = None) -> None:
    """Tell these members when and where the council meets: a letter and a mail for each alone."""
    for seat in seats:
        letter = papers.issue_invitation(council, seat, by=by, at=at)
        outbox.post("councils/mail/invited.txt", to=seat.user, key=f"council:{council.public_id}:{council.version}", at=at, council=council, seat=seat, letter=letter)


def check_dissolvable(council: Council, _by: User | None = None) -> None:
    """Raise WrongState for an established council that has counted votes."""
    if council.state == CouncilState.ESTABLISHED and queries.counted_items(council):
        raise WrongState(N_("This council has counted votes: they stand. Give back what is left on the agenda and conclude."))


def dissolve(council: Council, reason: str, *, number: str | None = None, dated: date | None = None, by: User, at: datetime, seen: Any = None) -> None:
    """Dissolve a council of which no box is opened. An established one ends by decision with a number; its members are told."""
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    told = council.state == CouncilState.ESTABLISHED
    check_dissolvable(council)
    detail = {"number": check_decision(number, dated, council, at)} if told else None
    COUNCIL.advance(council, "dissolve", by=by, at=at, reason=nfc(reason), seen=seen, detail=detail)
    if told and dated is not None:
        papers.issue_dissolution(council, number=str(number), dated=dated, reason=nfc(reason), by=by, at=at)
        outbox.post("councils/mail/dissolved.txt", to=[s.user for s in council.seats], key=f"council-gone:{council.public_id}", at=at, council=council)
    hook = queries.procedure(council).dissolved
    if hook is not None:
        hook(council, by, at)
