"""What is done in the room: move on by the order of work, note who comes and goes, authorise the vice chair, let the applicant in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, Refused, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.councils import queries
from app.services.councils.actions.session import (
    attend,
    must_run,
    refuse_without_quorum,
)
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.room import queries as room
from app.services.councils.room.models import Presence, SessionStep
from app.services.councils.room.queries import Course
from app.services.councils.room.rules import How, Station, place_of
from app.services.councils.room.words import Said
from app.services.councils.rules import UNDER_WAY, CouncilState, SeatRole
from app.services.files import actions as files
from app.services.papers.rules import check_number
from app.services.people.models import User
from app.services.rulebook.calendar import check_day

SCAN = "authorisation"


# --- the order of work ----------------------------------------------------------------------------------------


def move_on(council: Council, *, seen: str | None = None, by: User, at: datetime) -> SessionStep:
    """Take the next step of the order of work. `seen` is the step that the secretary saw next: two clicks are one step.

    Refused while something that the step needs, or that the present step is for, is missing.
    """
    must_run(council, by)
    council = queries.locked(council)
    if council.state != CouncilState.CONVENED:
        raise WrongState(N_("The order of work is followed while the session is open."))
    course = room.course_of(council, at)
    wanted = course.next
    if wanted is None:
        raise WrongState(N_("This was the last step. The session is concluded now."))
    if seen and seen != key_of(wanted):
        raise WrongState(N_("Somebody else has moved the session on. Please look at where it is now."))
    for refusal in obstacles(council, course, at):
        raise refusal
    return _take(council, course, wanted, None, by=by, at=at)


def move_back(council: Council, reason: str, *, by: User, at: datetime) -> SessionStep:
    """Go back one step, with the reason. Never out of a ballot in which somebody has cast."""
    must_run(council, by)
    council = queries.locked(council)
    check_back(council, by)
    course = room.course_of(council, at)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    former = course.before
    assert former is not None
    return _take(council, course, former, nfc(reason), by=by, at=at)


def check_back(council: Council, by: User) -> None:
    """Can the session go back one step now?"""
    must_run(council, by)
    course = Course(council, date.max)
    station = course.station
    if council.state != CouncilState.CONVENED or station is None or course.before is None:
        raise WrongState(N_("There is no earlier step to go back to."))
    cast = queries.cast_by(council)
    items = [course.items[station.item]] if station.item else queries.open_items(council)
    if station.opens("box") or (station.opens("ballot") and any(cast[i.id] for i in items)):
        raise WrongState(N_("Ballots are in the box already: there is no way back behind the ballot."))


def key_of(station: Station) -> str:
    """How a form names a step."""
    return f"{station.code}:{station.item or ''}"


def _take(council: Council, course: Course, station: Station, back: str | None, *, by: User, at: datetime) -> SessionStep:
    item = course.item_of(station)
    step = SessionStep(council_id=council.id, session=room.number(council), code=station.code, agenda_item_id=item.id if item else None, at=at, by_id=by.id, back=back)
    db.session.add(step)
    db.session.flush()
    detail = {"step": station.code} | ({"item": item.public_id} if item else {})
    journal.record(council, "move_back" if back else "move_on", by=by, at=at, reason=back, detail=detail)
    return step


def obstacles(council: Council, course: Course, at: datetime) -> list[Refused]:
    """What keeps the session from its next step, each in a sentence: what the present step is for, and what the next one needs."""
    here, wanted = course.station, course.next
    found: list[Refused] = []
    for need in here.step.get("done", ()) if here is not None else ():
        found += _missing(council, course, here, need, at)
    for need in wanted.step.get("needs", ()) if wanted is not None else ():
        found += [new for new in _missing(council, course, wanted, need, at) if str(new) not in {str(f) for f in found}]
    return found


def _missing(council: Council, course: Course, station: Station | None, need: str, at: datetime) -> list[Refused]:
    """The sentence for one need that is not met."""
    assert station is not None
    own = course.item_of(station)
    items = [item for item in queries.open_items(council) if own is None or item.id == own.id]
    if need == "alone":
        names = [p.person or "" for p in room.inside(council)]
        return [Incomplete(N_("Still in the room: %(names)s. Applicants leave before the council goes on."), names=", ".join(names))] if names else []
    if need == "keeper":
        return [] if queries.keeping(council) else [Incomplete(N_("Nobody keeps the session yet: the scientific secretary is absent, and none was elected."))]
    if need == "tellers":
        team = queries.rules_of(council, on=date.max).get(f"councils.{council.kind}.counting_team")
        return [Incomplete(N_("The counting team is not noted yet; by the rule it has %(n)s members."), n=team["members"])] if team and not council.tellers else []
    if need == "quorum":
        return _without_quorum(council, items)
    if need == "cast":
        return _not_cast(council, items)
    if need == "counted" and items:
        return [Incomplete(N_("Not opened yet: the box of %(titles)s."), titles="; ".join(f"{i.position}. {i.title}" for i in items))]
    return []


def _without_quorum(council: Council, items: list[AgendaItem]) -> list[Refused]:
    """Items without quorum, each by its rule; one that cannot be voted on is given back or waits for another session."""
    rules, found = queries.rules_of(council, on=date.max), []
    for item in items:
        try:
            refuse_without_quorum(council, item, rules)
        except Refused as refusal:
            found.append(Incomplete(N_("Item %(n)s: %(why)s"), n=item.position, why=refusal))
    return found


def _not_cast(council: Council, items: list[AgendaItem]) -> list[Refused]:
    """How many have not cast; who, is told only where the ballot is open."""
    recused, cast, found = queries.recusals_of(council), queries.cast_by(council), []
    open_vote = not queries.rules_of(council, on=date.max)[f"councils.{council.kind}.adoption"].get("secret", True)
    for item in items:
        missing = [s.user.name for s in queries.voters(council, item, recused) if s.id not in cast[item.id]]
        if missing and open_vote:
            found.append(Incomplete(N_("Item %(n)s: not cast yet: %(names)s."), n=item.position, names=", ".join(missing)))
        elif missing:
            found.append(Incomplete(N_("Item %(n)s: %(left)s ballots are still to be cast. Who has left is noted as gone first."), n=item.position, left=len(missing)))
    return found


# --- who is there ---------------------------------------------------------------------------------------------


def set_mode(council: Council, mode: str, *, by: User, at: datetime) -> None:
    """Say how the council meets: one of the ways that the rule allows."""
    must_run(council, by)
    council = queries.locked(council)
    if council.state not in UNDER_WAY:
        raise WrongState(N_("This session is over."))
    rule = room.rule(council, "councils.modes", local(at).date())
    if mode not in rule.value:
        raise Incomplete(N_("A council does not meet in this way by the rule (%(source)s)."), field="mode", source=rule.source)
    online = {p.seat_id for p in room.there(council, [s.id for s in council.seats]).values() if p.how == How.ONLINE}
    if mode == "in_person" and online:
        names = [s.user.name for s in council.seats if s.id in online]
        raise Incomplete(N_("These take part online: %(names)s. Note them in the room, or choose a meeting in person and online."), field="mode", names=", ".join(names))
    council.meeting_mode = mode
    db.session.flush()
    journal.record(council, "set_mode", by=by, at=at, detail={"mode": mode})


def arrive(council: Council, seat: Seat, how: How, *, by: User, at: datetime) -> None:
    """Note that a member has come, in the room or online; refused where the council does not meet in that way."""
    if (council.meeting_mode or "in_person") == "in_person" and how == How.ONLINE:
        raise Incomplete(N_("This council meets in person. Say first that it meets in person and online."))
    if council.meeting_mode == "online" and how == How.IN_PERSON:
        raise Incomplete(N_("This council meets online. Say first that it meets in person and online."))
    _attendance(council, {s.public_id for s in council.seats if s.present} | {seat.public_id}, {seat.public_id: how}, by=by, at=at)


def depart(council: Council, seat: Seat, *, by: User, at: datetime) -> None:
    """Note that a member has left. The ballots that he has cast stay in the box."""
    _attendance(council, {s.public_id for s in council.seats if s.present} - {seat.public_id}, {}, by=by, at=at)


def _attendance(council: Council, present: set[str], how: Mapping[str, How], *, by: User, at: datetime) -> None:
    secretary = council.secretary_pid if council.secretary_pid in present else None
    attend(council, present, authorisation=council.authorisation, secretary=secretary, how=how, by=by, at=at)


def authorise(council: Council, *, number: str | None, dated: date | None, upload: Any = None, by: User, at: datetime) -> None:
    """Note the chair's written authorisation of the vice chair: number and date of the document, or its scan."""
    must_run(council, by)
    council = queries.locked(council)
    check_authorised(council, by)
    said = _checked_document(council, number, dated, at)
    if said is None and not getattr(upload, "filename", ""):
        rule = queries.rule_rows(council, on=local(at).date())["councils.vice_chair_needs_authorisation"]
        raise Incomplete(N_("The vice chair presides only with a written authorisation (%(source)s): give its number and date, or its scan."), field="number", source=rule.source)
    if getattr(upload, "filename", ""):
        scan = files.attach(subject=council, upload=upload, kind=SCAN, by=by, at=at, types=("pdf", "png", "jpg"))
        said = said or f"bản quét “{scan.filename}”"[:200]
    council.authorisation, council.vice_authorised = said, True
    db.session.flush()
    journal.record(council, "authorise", by=by, at=at, detail={"document": council.authorisation})


def _checked_document(council: Council, number: str | None, dated: date | None, at: datetime) -> str | None:
    """The document as the minutes name it; None when neither number nor date are given. Half of it is refused."""
    if not nfc(number or "") and dated is None:
        return None
    said = check_number(number)
    if dated is None:
        raise Incomplete(N_("Please give the date of the authorisation."), field="dated")
    if dated > local(at).date():
        raise Incomplete(N_("The date of the authorisation lies in the future."), field="dated")
    check_day(dated, field="dated", since=council.decision_dated or local(council.created_at).date())
    return f"{said} ngày {dated:%d/%m/%Y}"


def check_authorised(council: Council, by: User) -> None:
    """Can an authorisation be noted now: the session is not over, and the council has a vice chair?"""
    must_run(council, by)
    if council.state not in UNDER_WAY:
        raise WrongState(N_("This session is over."))
    if not any(s.role == SeatRole.VICE_CHAIR for s in council.seats):
        raise WrongState(N_("This council has no vice chair."))


# --- the applicant --------------------------------------------------------------------------------------------


def let_in(council: Council, item: AgendaItem, person: str, how: How, *, by: User, at: datetime) -> Presence:
    """The applicant of an item comes in to present and to answer: only at the step for it, and one item's at a time."""
    must_run(council, by)
    council = queries.locked(council)
    course = room.course_of(council, at)
    if not course.is_at("interview", item):
        raise WrongState(N_("Applicants come in at the step of their item. The session is at: %(step)s."), step=Said(course.station.step) if course.station else "–")
    name = " ".join(nfc(person or "").split())
    if not name or len(name) > 200:
        raise Incomplete(N_("Please write who comes in."), field="person")
    line = Presence(council_id=council.id, session=room.number(council), agenda_item_id=item.id, person=name, how=how, came_at=at)
    db.session.add(line)
    db.session.flush()
    journal.record(council, "let_in", by=by, at=at, detail={"item": item.public_id})
    return line


def see_out(council: Council, *, by: User, at: datetime) -> int:
    """All applicants leave the room. Returns how many."""
    must_run(council, by)
    council = queries.locked(council)
    inside = room.inside(council)
    if not inside:
        raise WrongState(N_("No applicant is in the room."))
    for line in inside:
        line.left_at = max(at, line.came_at)
    db.session.flush()
    journal.record(council, "see_out", by=by, at=at, detail={"persons": len(inside)})
    return len(inside)


__all__ = ["SCAN", "arrive", "authorise", "check_authorised", "check_back", "depart", "key_of", "let_in", "move_back", "move_on", "obstacles", "place_of", "see_out", "set_mode"]
