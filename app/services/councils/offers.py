"""What a member may do in the session now, told before it is tried: the ballots to cast, the boxes to open. One reading for the council's page and the room."""

from __future__ import annotations

from datetime import date, datetime

from app.kernel.clock import local
from app.services.councils import clashes, queries
from app.services.councils.actions.session import broken_items
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.room.queries import Course
from app.services.councils.rules import CouncilState


def ballots(council: Council, seat: Seat, *, at: datetime) -> list[AgendaItem]:
    """The items on which this member can cast a ballot now."""
    course = Course(council, date.max)
    recused, own = queries.recusals_of(council), queries.own_ballots(council, seat)
    items = [i for i in queries.open_items(council) if course.allows("ballot", i) and i.id not in own and (seat.id, i.id) not in recused]
    if council.state != CouncilState.CONVENED or not seat.present or not items:
        return []
    against = {item.id for item, clash in clashes.of(council, {seat.user_id: seat.role}, on=local(at).date())[seat.user_id] if clash.hard}
    if against and queries.out_of_competitors(council, queries.rules_of(council, on=local(at).date())):
        return []
    without = broken_items(council, at)
    return [i for i in items if i not in without and i.id not in against]


def boxes(council: Council, seat: Seat, *, at: datetime) -> list[AgendaItem]:
    """The boxes that this member opens now: presiding over the item, everybody who votes having cast."""
    course = Course(council, date.max)
    items = [i for i in queries.open_items(council) if course.allows("box", i)]
    if council.state != CouncilState.CONVENED or not items:
        return []
    recused, cast = queries.recusals_of(council), queries.cast_by(council)
    whole = {i.id: all(s.id in cast[i.id] for s in queries.voters(council, i, recused)) for i in queries.open_items(council)}
    without = broken_items(council, at)
    able = [i for i in items if i not in without and (all(whole.values()) if queries.procedure(council).together else whole[i.id])]
    return [i for i in able if (leader := queries.presiding_over(council, i, recused)) is not None and leader.id == seat.id]
