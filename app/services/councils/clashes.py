"""Reads of conflicts in a council: its people against its agenda, by the rules that hold for it.

Rooms ask `of` for many people at once, and `refuse` before somebody judges: a ballot, a remark, a draft of either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from app.kernel.errors import NotAllowed
from app.kernel.words import N_
from app.services.conflicts import queries as conflicts
from app.services.councils import queries
from app.services.councils.clash_rules import KEYS, YEARS, Clash, judged
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.rules import SeatRole
from app.services.rulebook import queries as rulebook

CANNOT_VOTE = N_("%(reason)s You cannot vote on it.")
Found = dict[int, list[tuple[AgendaItem, Clash]]]  # by user id


def rule_rows(council: Council, *, on: date, agenda: Sequence[Any] | None = None) -> Mapping[str, Any]:
    """The rules of the council; of one whose rules were frozen before conflicts had these, those of the day. `agenda`: what is behind all its items, if read already."""
    rows = queries.rule_rows(council, on=on, agenda=agenda)
    missing = [key for key in KEYS if key not in rows]
    return rows | (rulebook.rules(missing, on=on) if missing else {})


def of(council: Council, roles: Mapping[int, SeatRole | None], *, on: date, items: Sequence[AgendaItem] | None = None) -> Found:
    """What is known against these people ({user id: role}) for these items, or the whole agenda; in a constant number of queries a number of people."""
    agenda = list(council.agenda if items is None else items)
    rows = [queries.subject_of(item) for item in agenda]
    rules = rule_rows(council, on=on, agenda=rows if items is None else None)
    hits = conflicts.hits(list(roles), rows, years=rules[YEARS].value, on=on)
    found: Found = {user_id: [] for user_id in roles}
    for (user_id, place), told in hits.items():
        role = roles[user_id]
        found[user_id] += [(agenda[place], judged(hit, str(council.kind), str(role) if role else None, rules)) for hit in told]
    return found


def of_seats(council: Council, *, on: date, seats: Collection[Seat] | None = None, items: Sequence[AgendaItem] | None = None) -> list[tuple[Seat, AgendaItem, Clash]]:
    """The same of those who sit (or of some of them), in the order of seats and agenda."""
    sitting = list(council.seats if seats is None else seats)
    found = of(council, {s.user_id: s.role for s in sitting}, on=on, items=items)
    return [(seat, item, clash) for seat in sitting for item, clash in found[seat.user_id]]


def refuse(council: Council, items: Sequence[AgendaItem], seat: Seat, *, on: date, said: str = CANNOT_VOTE) -> None:
    """Raise NotAllowed, in the words of `said`, when this member must not judge one of these items, by what is known now. What is private is not told: the reader is a member."""
    for _item, clash in of(council, {seat.user_id: seat.role}, on=on, items=items)[seat.user_id]:
        if clash.hard:
            raise NotAllowed(said, reason=clash.reason(composer=False))
