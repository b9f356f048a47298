"""Ask the people of a council that is being prepared, by mail, whether they take their seats; their answers."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app.kernel import journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.councils import queries
from app.services.councils.models import Council, Seat
from app.services.councils.pledges import AskState, SeatAsk
from app.services.councils.rules import PREPARED, CouncilState
from app.services.experts.rules import check_why
from app.services.people import queries as people
from app.services.people.models import User
from app.services.people.queries import token_hash


def asks_of(council: Council) -> dict[int, SeatAsk]:
    """The last question to each person, by user id."""
    rows = db.session.scalars(select(SeatAsk).where(SeatAsk.council_id == council.id, SeatAsk.state != AskState.TAKEN_BACK).order_by(SeatAsk.id))
    return {row.user_id: row for row in rows}


def not_asked(council: Council) -> list[Seat]:
    """Who has a seat and was not asked for it, or for another role."""
    asked = asks_of(council)
    return [s for s in council.seats if s.user_id not in asked or asked[s.user_id].role != s.role]


def check_asks(council: Council, _by: User | None = None) -> None:
    """Raise WrongState unless somebody can be asked now."""
    if council.state != CouncilState.DRAFT or not not_asked(council):
        raise WrongState(N_("Everybody who has a seat is asked already, or the council is not in preparation any more."))


def ask_seats(council: Council, *, by: User, at: datetime) -> list[SeatAsk]:
    """Mail to everybody who has a seat and was not asked for it yet: accept, or decline with a reason."""
    check_asks(council)
    made = []
    for seat in not_asked(council):
        _take_back(council, seat.user_id)
        token = secrets.token_urlsafe(32)
        row = SeatAsk(council_id=council.id, user_id=seat.user_id, role=seat.role, state=AskState.ASKED, token_hash=token_hash(token), asked_at=at, asked_by_id=by.id)
        db.session.add(row)
        db.session.flush()
        outbox.post("councils/mail/seat_asked.txt", to=seat.user, key=f"seat-ask:{row.public_id}", at=at, council=council, seat=seat, token=token)
        made.append(row)
    journal.record(council, "ask_seats", by=by, at=at, detail={"people": len(made)})
    return made


def _take_back(council: Council, user_id: int) -> None:
    open_ones = (SeatAsk.council_id == council.id, SeatAsk.user_id == user_id, SeatAsk.state != AskState.TAKEN_BACK)
    db.session.execute(update(SeatAsk).where(*open_ones).values(state=AskState.TAKEN_BACK).execution_options(synchronize_session="fetch"))


def living(token: str) -> tuple[SeatAsk, Council] | None:
    """The question behind this secret with its council, while it can be answered: the person still has the seat, and it is not decided."""
    row = db.session.scalar(select(SeatAsk).options(joinedload(SeatAsk.user)).where(SeatAsk.token_hash == token_hash(token), SeatAsk.state == AskState.ASKED))
    council = queries.fresh(db.session.get_one(Council, row.council_id)) if row is not None else None
    if row is None or council is None or council.state not in PREPARED:
        return None
    return (row, council) if any(s.user_id == row.user_id and s.role == row.role for s in council.seats) else None


def answer_seat(row: SeatAsk, council: Council, *, accepts: bool, why: str | None = None, note: str | None = None, at: datetime) -> None:
    """The person takes the seat, or does not and says why; who asked is told of a refusal."""
    said = nfc(note or "")[:1000]
    reason = None if accepts else check_why(why, said)
    values = {"state": AskState.ACCEPTED if accepts else AskState.DECLINED, "answered_at": at, "why": str(reason) if reason else None, "note": said or None}
    done = db.session.execute(update(SeatAsk).where(SeatAsk.id == row.id, SeatAsk.state == AskState.ASKED).values(**values).execution_options(synchronize_session="fetch"))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise WrongState(N_("This is answered already."))
    journal.record(council, "take_seat" if accepts else "decline_seat", by=row.user, at=at, detail={"ask": row.public_id})
    if reason is not None:
        officer = people.users_by_id({row.asked_by_id}).get(row.asked_by_id)
        outbox.post("councils/mail/seat_declined.txt", to=officer, key=f"seat-no:{row.public_id}", at=at, council=council, who=row.user, why=reason, note=said)


def refuse_declined(council: Council) -> None:
    """Raise Incomplete while somebody who declined has a seat."""
    asked = asks_of(council)
    names = [s.user.name for s in council.seats if s.user_id in asked and asked[s.user_id].state == AskState.DECLINED and asked[s.user_id].role == s.role]
    if names:
        raise Incomplete(N_("Declined the seat: %(names)s. Please remove them and appoint others."), names=", ".join(names))
