"""Reads of who was out of which item, from when to when; and of what members signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.kernel.db import db
from app.services.councils import queries
from app.services.councils.models import AgendaItem, Council, Recusal, Seat
from app.services.councils.pledges import Declaration, RecusalEnd
from app.services.councils.rules import CouncilState


@dataclass(frozen=True)
class Out:
    """A member out of an item. `until` is None while he still is; `noted` when the keeper wrote down the return."""

    row: Recusal
    seat: Seat
    item: AgendaItem
    since: datetime
    until: datetime | None
    noted: bool


def session_number(council: Council) -> int:
    """Which session this is: the one that is open, or the next."""
    return len(council.sessions or []) + (council.state != CouncilState.CONVENED)


def end_of(row: Recusal) -> RecusalEnd | None:
    return db.session.scalar(select(RecusalEnd).where(RecusalEnd.recusal_id == row.id))


def recusal_in(council: Council, pid: str) -> Recusal | None:
    """A recusal of a member who sits in this council."""
    return next((r for r in queries.recusal_rows(council) if r.public_id == pid), None)


def of(council: Council) -> list[Out]:
    """Who was or is out of which item: from the recusal, but not before the session began, to the return as noted, else to the end of the item."""
    rows = queries.recusal_rows(council)
    ends = {e.recusal_id: e.at for e in db.session.scalars(select(RecusalEnd).where(RecusalEnd.recusal_id.in_([r.id for r in rows])))} if rows else {}
    seats, items = {s.id: s for s in council.seats}, {i.id: i for i in council.agenda}
    openings = [datetime.fromisoformat(s["opened"]) for s in council.sessions or []]
    found = []
    for row in rows:
        item = items[row.agenda_item_id]
        over = item.opened_at or item.given_back_at or council.concluded_at
        before = [opening for opening in openings if over is None or opening <= over]
        since = max(row.at, before[-1]) if before and row.at <= before[-1] else row.at
        found.append(Out(row, seats[row.seat_id], item, since, ends.get(row.id) or over, row.id in ends))
    return found


def declarations_of(council: Council) -> list[tuple[Seat, Declaration]]:
    """What those who sit signed, session by session."""
    seats = {s.id: s for s in council.seats}
    rows = db.session.scalars(select(Declaration).where(Declaration.seat_id.in_(seats)).order_by(Declaration.session, Declaration.id))
    return [(seats[row.seat_id], row) for row in rows]


def signed_by(seat: Seat) -> list[Declaration]:
    """What one member signed."""
    return list(db.session.scalars(select(Declaration).where(Declaration.seat_id == seat.id).order_by(Declaration.id)))

