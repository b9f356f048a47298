"""When a session does not come to its end: another session, an item given back to its stage, a member replaced."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.kernel import outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.councils import queries
from app.services.councils.actions import papers, presence
from app.services.councils.actions.session import must_run
from app.services.councils.actions.setup import (
    check_decision,
    invite,
    refuse_conflicts,
    refuse_overload,
)
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.rules import COUNCIL, UNDER_WAY, CouncilState
from app.services.people.models import User


def adjourn(council: Council, *, reason: str, meets_at: datetime, place: str, by: User, at: datetime, seen: Any = None) -> None:
    """End this session and set another one for what is left on the agenda: all members are invited, and declare anew.

    What is counted stands; ballots in closed boxes stay there, sealed, and count when their box is opened.
    """
    must_run(council, by)
    council = queries.locked(council)
    if council.state == CouncilState.CONVENED and not queries.open_items(council):
        raise WrongState(N_("Everything on the agenda is dealt with: please conclude the session."))
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    if meets_at < at:
        raise Incomplete(N_("The session lies in the past."), field="meets_at")
    if not nfc(place or ""):
        raise Incomplete(N_("Please say where the council meets."), field="place")
    detail = {"meets_at": meets_at.isoformat(), "place": nfc(place), "left": len(queries.open_items(council))}
    if council.sessions:
        council.sessions = [*council.sessions[:-1], council.sessions[-1] | {"ended": at.isoformat(), "reason": nfc(reason)}]
    COUNCIL.advance(council, "adjourn", by=by, at=at, seen=seen, reason=nfc(reason), detail=detail)
    council.meets_at, council.place, council.vice_authorised, council.authorisation = meets_at, nfc(place), False, None
    council.secretary_pid, council.tellers = None, None
    presence.all_leave(council, at)
    for seat in council.seats:
        seat.present, seat.declared_at = False, None
    db.session.flush()
    invite(council, council.seats, at, by=by)


def may_give_back(council: Council) -> bool:
    """Can an item go back? Before a session not the last one: a council with nothing left is dissolved, by decision."""
    left = 1 if queries.procedure(council).together else len(queries.open_items(council))
    return council.state == CouncilState.CONVENED or (council.state == CouncilState.ESTABLISHED and (left > 1 or bool(queries.counted_items(council))))


def check_giving_back(council: Council, _by: User | None = None) -> None:
    """Raise WrongState when no item can be given back now: a competitor is counted, or nothing would be left."""
    if queries.procedure(council).together and queries.counted_items(council):
        raise WrongState(N_("A competing dossier is counted already: please open the other boxes too."))
    if council.state in UNDER_WAY and not may_give_back(council):
        raise WrongState(N_("Nothing would be left on the agenda. Such a council is dissolved, by decision of the leader."))


def give_back(council: Council, item: AgendaItem, reason: str, *, by: User, at: datetime, seen: Any = None) -> None:
    """Give an item back to its stage undecided, for another council. Objects that compete go back together: one is not ranked without the others."""
    must_run(council, by)
    council = queries.locked(council)
    item = queries.locked_item(item, opening=True)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    if council.state in UNDER_WAY and (item.opened_at is not None or item.given_back_at is not None):
        raise WrongState(N_("This item is counted or given back already."))
    check_giving_back(council)
    procedure = queries.procedure(council)
    back = queries.open_items(council) if procedure.together else [item]
    COUNCIL.advance(council, "give_back", by=by, at=at, seen=seen, reason=nfc(reason), detail={"items": [i.public_id for i in back]})
    for one in back:
        one.given_back_at, one.given_back_reason = at, nfc(reason)
    db.session.flush()
    for one in back if procedure.returned is not None else ():
        procedure.returned(council, queries.subject_of(one), by, at)


def check_replaceable(council: Council, seat: Seat) -> None:
    """Raise WrongState for a member whose ballot lies in a closed box."""
    if any(item.id in queries.own_ballots(council, seat) for item in queries.open_items(council)):
        raise WrongState(N_("This member has a ballot in a closed box. Please give that item back, or keep the member."))


def replace(council: Council, seat: Seat, user: User, *, number: str, dated: date, reason: str, explanation: str | None = None, by: User, at: datetime,
            seen: Any = None) -> Seat:  # fmt: skip
    """Before a session, put another person into a seat, by decision. The new member is invited, the other one is told."""
    council = queries.locked(council)
    check_seen(council, seen)
    if council.state == CouncilState.CONVENED:
        raise WrongState(N_("While the session is open nobody is replaced: note the member as gone, or adjourn first. Quorum counts all seats."))
    if seat.left_at is not None:
        raise WrongState(N_("This member has been replaced already."))
    check_replaceable(council, seat)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    if user.id not in {person.id for person in queries.candidates(council)}:
        raise Incomplete(N_("This person is no expert, or has or had a seat in this council."), field="user")
    number = check_decision(number, dated, council, at)
    why = nfc(explanation or "") or None
    refuse_conflicts(council, user, seat.role, why, at, by=by)
    refuse_overload(user, why, at)
    COUNCIL.advance(council, "replace", by=by, at=at, reason=nfc(reason), detail={"number": number, "seat": seat.public_id, "role": str(seat.role)})
    seat.left_at, seat.present = at, False
    db.session.flush()
    new = Seat(council_id=council.id, user_id=user.id, role=seat.role)
    db.session.add(new)
    db.session.flush()
    papers.issue_replacement(council, seat, new, number=number, dated=dated, reason=nfc(reason), by=by, at=at)
    outbox.post("councils/mail/replaced.txt", to=seat.user, key=f"council-left:{seat.public_id}", at=at, council=council)
    council = queries.fresh(council)
    invite(council, [s for s in council.seats if s.id == new.id], at, by=by)
    return new
