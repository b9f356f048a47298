"""A session moved on in tests over HTTP: who keeps it goes from step to step, the counting team is named on the way."""

from __future__ import annotations

from typing import Any

from app.kernel import clock
from app.kernel.db import db
from app.services.councils import queries
from app.services.councils.models import AgendaItem, Council
from app.services.councils.room import queries as room


def move_to(client: Any, council: Council, opens: str, item: AgendaItem | None = None) -> None:
    """To the step that opens this (of the item), by the order of work."""
    url = f"/councils/{council.public_id}"
    while True:
        db.session.expire_all()
        found = queries.council_by_pid(council.public_id)
        assert found is not None
        course = room.course_of(found, clock.now())
        if course.is_at(opens, item and queries.item_by_pid(found, item.public_id)):
            return
        if course.station is not None and course.station.leaves("tellers") and not found.tellers:
            rule, keeper = queries.rules_of(found, on=clock.today())[f"councils.{found.kind}.counting_team"], queries.keeping(found)
            team = dict.fromkeys(s.user.public_id for s in [*([keeper] if keeper else []), *reversed(found.seats)] if s.present)
            client.submit(f"{url}/tellers", {"team": list(team)[: rule["members"]]})
        client.submit(f"{url}/room/move-on")
