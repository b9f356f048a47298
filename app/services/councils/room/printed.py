"""What minutes print of the room, in Vietnamese: the steps taken and when, who was there from when to when and how."""

from __future__ import annotations

from datetime import datetime

from app.kernel.clock import local
from app.services.councils import queries
from app.services.councils.models import Council
from app.services.councils.room import queries as room
from app.services.councils.room.rules import How

HOW = {How.IN_PERSON: "Tại phòng họp", How.ONLINE: "Trực tuyến"}


def hour(instant: datetime | None) -> str:
    """An instant as minutes write it."""
    return f"{local(instant):%H:%M %d/%m/%Y}" if instant else ""


def course(council: Council, at: datetime) -> list[dict[str, str]]:
    """The steps of all sessions in the words of the order of work; a step that was gone back to, with the reason. Empty when nobody went by it."""
    taken = room.all_steps(council)
    if not taken:
        return []
    words = {step["code"]: step["vi"] for step in room.rule(council, f"councils.{council.kind}.order", local(at).date()).value["steps"]}
    places = {item.id: str(item.position) for item in council.agenda}
    return [{"at": hour(step.at), "item": places.get(step.agenda_item_id or 0, ""),
             "step": words.get(step.code, step.code) + (f" (quay lại: {step.back})" if step.back else "")} for step in taken]  # fmt: skip


def times(council: Council) -> list[dict[str, str]]:
    """Who came and left when, members and who presented; who is still there has no time of leaving."""
    names = {seat.id: seat.user.name for seat in (*council.seats, *queries.left_seats(council))}
    places = {item.id: item.position for item in council.agenda}
    return [{"name": names.get(line.seat_id, "") if line.seat_id else f"{line.person} (trình bày nội dung {places.get(line.agenda_item_id or 0, '')})",
             "how": HOW[line.how], "came": hour(line.came_at), "left": hour(line.left_at)} for line in room.presences(council)]  # fmt: skip
