"""When members came and left: kept beside the attendance, so that minutes and room tell the times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from app.kernel.db import db
from app.services.councils.models import Council
from app.services.councils.room import queries as room
from app.services.councils.room.models import Presence
from app.services.councils.room.rules import How


def follow(council: Council, how: Mapping[str, How], at: datetime) -> None:
    """Bring the lines of presence in line with the attendance as it is noted now; `how` by seat, else as the council meets."""
    usual = How.ONLINE if council.meeting_mode == "online" else How.IN_PERSON
    open_lines = room.there(council, [s.id for s in council.seats])
    for seat in council.seats:
        line, wanted = open_lines.get(seat.id), how.get(seat.public_id)
        if line is not None and (not seat.present or (wanted is not None and wanted != line.how)):
            line.left_at = max(at, line.came_at)
            db.session.flush()
            line = None
        if seat.present and line is None:
            db.session.add(Presence(council_id=council.id, session=room.number(council), seat_id=seat.id, how=wanted or usual, came_at=at))
    db.session.flush()


def all_leave(council: Council, at: datetime) -> None:
    """The session has ended: nobody is in the room any more."""
    still = list(db.session.scalars(select(Presence.id).where(Presence.council_id == council.id, Presence.left_at.is_(None), Presence.came_at <= at)))
    db.session.execute(update(Presence).where(Presence.id.in_(still)).values(left_at=at))
