"""Watch over conflicts after members sit: what they sign, who is put out of an item by what is known, who is told when it becomes known later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import WrongState
from app.kernel.words import N_
from app.services.conflicts import queries as conflicts
from app.services.councils import clashes, queries, recusals
from app.services.councils.clash_rules import Clash
from app.services.councils.models import AgendaItem, Council, Recusal, Seat
from app.services.councils.pledges import Declaration, RecusalEnd
from app.services.councils.rules import UNDER_WAY, CouncilState, SeatRole
from app.services.people import queries as people
from app.services.people.models import User

_watched: list[Any] = [None]  # when this worker looked last, and what there was
# what a member signs; kept with each signature, so that a later wording changes none of them
STATEMENT = ("Tôi cam đoan đã khai báo trung thực, đầy đủ các xung đột lợi ích của mình với các nội dung của phiên họp này "
             "và giữ bí mật những gì được đọc, được nghe tại phiên họp.")  # fmt: skip


def sign(council: Council, seat: Seat, recused: Mapping[str, str], *, at: datetime) -> Declaration:
    """Keep what the member signed for this session."""
    reasons = "; ".join(dict.fromkeys(r for r in recused.values() if r))
    row = Declaration(seat_id=seat.id, session=recusals.session_number(council), signed_at=at, statement=STATEMENT, items=list(recused), reason=reasons or None)
    db.session.add(row)
    db.session.flush()
    return row


def known_of_present(council: Council, at: datetime) -> list[tuple[Seat, AgendaItem, Clash]]:
    """Present members whom what is known keeps out of an item still to be dealt with, and who are not out of it yet."""
    out = queries.recusals_of(council)
    there = [s for s in council.seats if s.present]
    found = clashes.of_seats(council, on=local(at).date(), seats=there, items=queries.open_items(council))
    return [(seat, item, clash) for seat, item, clash in found if clash.hard and (seat.id, item.id) not in out]


def may_call_back(council: Council, row: Recusal, item: AgendaItem) -> bool:
    """Can the return be noted: the session is on, the item is dealt with, and nobody noted it before?"""
    over = item.opened_at is not None or item.given_back_at is not None
    return council.state == CouncilState.CONVENED and over and recusals.end_of(row) is None


def may_note_return(council: Council, row: Recusal, item: AgendaItem) -> None:
    """Raise WrongState when the return cannot be noted now."""
    if not may_call_back(council, row, item):
        raise WrongState(N_("This member comes back when the item is dealt with; or the return is noted already."))


def call_back(council: Council, row: Recusal, *, by: User, at: datetime) -> RecusalEnd:
    """The keeper notes that a member is back in the room; never before the item that he is out of is dealt with."""
    may_note_return(council, row, next(i for i in council.agenda if i.id == row.agenda_item_id))
    end = RecusalEnd(recusal_id=row.id, at=at, noted_by_id=by.id)
    db.session.add(end)
    db.session.flush()
    journal.record(council, "call_back", by=by, at=at, detail={"recusal": row.public_id})
    return end


# --- what becomes known later ---------------------------------------------------------------------------------


def team_changed(row: Any, *, at: datetime) -> int:
    """A stage changed who stands behind its object: the council that has it is asked anew. Returns how many were told of.

    What is on no agenda itself (a project, whose acceptance is judged) may stand behind what is: then all councils under way are asked.
    """
    council = queries.council_of_subject(row)
    return sum(recheck(one, at) for one in ([council] if council is not None else queries.under_way()))


def watch(at: datetime) -> int:
    """The worker's round: every council under way is asked anew when somebody joined a team or a body, declared a relation or put down a CV;
    whatever else changed, once an hour."""
    seen = (at.replace(minute=0, second=0, microsecond=0), conflicts.mark())
    if _watched[0] == seen:
        return 0
    _watched[0] = seen
    return sum(recheck(council, at) for council in queries.under_way())


def recheck(council: Council, at: datetime) -> int:
    """Tell the officer and who leads the council of conflicts that its members have by now with what is left on the agenda; of each once.

    Mails lie in the outbox, so they say nothing that is private: the officer reads it on the council's page of conflicts.
    """
    if council.state not in UNDER_WAY:
        return 0
    out, told = queries.recusals_of(council), 0
    for seat, item, clash in clashes.of_seats(council, on=local(at).date(), items=queries.open_items(council)):
        if clash.hard and (seat.id, item.id) not in out:
            told += _tell(council, seat, item, clash, at)
    return told


def _tell(council: Council, seat: Seat, item: AgendaItem, clash: Clash, at: datetime) -> int:
    key = f"conflict:{seat.public_id}:{item.public_id}:{clash.hit.cause}"
    if db.session.scalar(select(exists().where(outbox.OutboxMail.dedupe_key.startswith(key)))):
        return 0
    officers = list(people.users_by_id({council.officer_id} if council.officer_id else set()).values())
    outbox.post("councils/mail/conflict_found.txt", to=officers, key=f"{key}:o", at=at, council=council, seat=seat, item=item, reason=clash.reason(composer=False))
    chair = next((s.user for role in (SeatRole.CHAIR, SeatRole.VICE_CHAIR) for s in council.seats if s.role == role and s.id != seat.id), None)
    outbox.post("councils/mail/conflict_found.txt", to=chair, key=f"{key}:c", at=at, council=council, seat=seat, item=item, reason=clash.reason(composer=False))
    journal.record(council, "find_conflict", by=None, at=at, detail={"seat": seat.public_id, "item": item.public_id})
    return 1
