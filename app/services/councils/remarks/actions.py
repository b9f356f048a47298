"""Write remarks and hand them in, one or several after a last look; remind who is late, by hand and by the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.words import N_
from app.services.councils import clashes, queries
from app.services.councils.actions.session import must_run, own_seat
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.remarks import queries as remarks
from app.services.councils.remarks.models import Remark
from app.services.councils.remarks.queries import Line
from app.services.councils.remarks.rules import clean, due_reminder, refuse_unfinished
from app.services.councils.room import queries as room
from app.services.councils.rules import UNDER_WAY, CouncilState
from app.services.people.models import User
from app.services.rulebook import queries as rulebook


def parts(council: Council, at: datetime) -> list[dict[str, Any]]:
    """The parts of the form of a remark, by the rule."""
    return list(room.rule(council, "councils.remark_form", local(at).date()).value["parts"])


def may_write(council: Council, item: AgendaItem, *, by: User, at: datetime) -> Seat:
    """The seat from which this person may write on the item now; raises NotAllowed or WrongState when there is none."""
    seat = own_seat(council, by)
    if council.state not in UNDER_WAY:
        raise WrongState(N_("This session is over."))
    if item.opened_at is not None or item.given_back_at is not None:
        raise WrongState(N_("This item is counted or given back already."))
    if (seat.id, item.id) in queries.recusals_of(council):
        raise NotAllowed(N_("You are out of this item because of a conflict."))
    clashes.refuse(council, [item], seat, on=local(at).date(), said=N_("%(reason)s You cannot write on it."))
    return seat


def refuse_final(remark: Remark | None) -> None:
    """Raises WrongState for a remark that is handed in."""
    if remark is not None and remark.submitted_at is not None:
        raise WrongState(N_("Your remark on this item is handed in. It stays as it is."))


def keep(council: Council, item: AgendaItem, given: Mapping[str, Any], *, seen: Any = None, by: User, at: datetime) -> Remark:
    """Keep what is written so far. A draft is no act: it stands in no journal, and only its writer reads it."""
    seat = may_write(council, item, by=by, at=at)
    remark = remarks.remark_of(item, seat)
    refuse_final(remark)
    content = clean(parts(council, at), given)
    if remark is None:
        remark = Remark(agenda_item_id=item.id, seat_id=seat.id, content=content, saved_at=at)
        db.session.add(remark)
    else:
        check_seen(remark, seen)
        remark.content, remark.saved_at = content, at
    db.session.flush()
    return remark


def submit(council: Council, item: AgendaItem, *, by: User, at: datetime) -> Remark:
    """Hand a remark in: it is complete, and final. Late ones are taken as long as the council has not voted on the item."""
    seat = may_write(council, item, by=by, at=at)
    remark = remarks.remark_of(item, seat)
    refuse_final(remark)
    if remark is None:
        raise Incomplete(N_("There is nothing to hand in yet."))
    refuse_unfinished(parts(council, at), remark.content)
    due = remarks.due_on(council)
    remark.submitted_at = max(at, remark.saved_at)
    db.session.flush()
    journal.record(council, "remark", by=by, at=at, detail={"item": item.public_id, "seat": seat.public_id, "late": bool(due and local(at).date() > due)})
    return remark


def submit_all(chosen: Sequence[Line], *, by: User, at: datetime) -> int:
    """Hand several in after a last look: all or none."""
    if not chosen:
        raise Incomplete(N_("Please tick at least one remark."), field="chosen")
    for line in chosen:
        submit(line.council, line.item, by=by, at=at)
    return len(chosen)


# --- reminders ------------------------------------------------------------------------------------------------


def remind(council: Council, seats: Sequence[Seat], *, by: User, at: datetime) -> int:
    """Remind members whose remarks are missing, one mail to each; the same person once a day. Returns how many mails go out."""
    must_chase(council, by)
    today = local(at).date()
    waiting = {line.seat.id for line in remarks.missing(council, today)}
    named = [s for s in seats if s.id in waiting]
    if not named:
        raise Incomplete(N_("Please tick at least one member whose remark is missing."), field="seats")
    for seat in named:
        _post(council, seat, f"by-hand:{today}", at)
    db.session.flush()
    journal.record(council, "remind", by=by, at=at, detail={"members": len(named)})
    return len(named)


def must_chase(council: Council, by: User) -> None:
    """Raises unless this person keeps the council or presides over it, and its session has not begun to vote."""
    seat = queries.seat_of(council, by)
    if seat is None or str(seat.role) not in ("chair", "vice_chair"):
        must_run(council, by)
    if council.state not in UNDER_WAY:
        raise WrongState(N_("This session is over."))


def _post(council: Council, seat: Seat, key: str, at: datetime) -> None:
    outbox.post("councils/mail/remark_due.txt", to=seat.user, key=f"remark-due:{council.public_id}:{key}", at=at, council=council, due=remarks.due_on(council))


def remind_due(at: datetime) -> None:
    """The worker: members whose remarks are missing are reminded so many days before they are due, by the rule; each mail once."""
    today = local(at).date()
    days = rulebook.rules(["councils.remark_reminders"], on=today)["councils.remark_reminders"].value
    for council in _before_session():
        due: date | None = remarks.due_on(council)
        turn = due_reminder(days, due, today) if due is not None else None
        if turn is None:
            continue
        for seat in {line.seat.id: line.seat for line in remarks.missing(council, today)}.values():
            _post(council, seat, f"{due}:{turn}", at)


def _before_session() -> list[Council]:
    statement = select(Council).options(selectinload(Council.seats).joinedload(Seat.user), selectinload(Council.agenda))
    return list(db.session.scalars(statement.where(Council.state == CouncilState.ESTABLISHED, Council.meets_at.is_not(None)).order_by(Council.id)))
