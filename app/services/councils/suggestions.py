"""Whom to ask for a council: experts who fit its agenda, with the reason of each. A person chooses; whoever has a conflict is never among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.kernel.clock import local
from app.kernel.db import db
from app.services.councils import clashes, queries
from app.services.councils.clash_rules import Clash
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.experts import queries as experts
from app.services.experts import vocabulary
from app.services.experts.models import Expert
from app.services.experts.rules import SUGGESTIONS, Fit, fit
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.rules import RuleMissing

LOOKED_AT, MOST = 300, 12


@dataclass(frozen=True)
class Suggestion:
    user: User
    expert: Expert
    fit: Fit


@dataclass(frozen=True)
class LeftOut:
    """Who would fit, but has a conflict, or sits on as many open councils (`full`) as the rule allows: never suggested."""

    user: User
    clashes: tuple[tuple[AgendaItem, Clash], ...] = ()
    full: int | None = None


def of(council: Council, *, at: datetime, most: int = MOST) -> tuple[list[Suggestion], list[LeftOut]]:
    """(experts who fit best and have no conflict with any item, those who fit but have one, or no time left). Conflicts come first, then fields and load.

    A conflict of any weight leaves somebody out, also one that the rules allow with an explanation.
    """
    wanted = {item.position: vocabulary.codes_of(queries.subject_of(item)) for item in council.agenda}
    day = local(council.meets_at).date() if council.meets_at else None
    rows = experts.known_to_fit({c for codes in wanted.values() for c in codes}, day=day, at=at, most=LOOKED_AT)
    had = set(db.session.scalars(select(Seat.user_id).where(Seat.council_id == council.id)))
    rows = [row for row in rows if row[0].user_id is not None and row[0].user_id not in had]
    ids = {int(expert.user_id) for expert, _l, _o in rows if expert.user_id is not None}
    found, users, preferred = clashes.of(council, dict.fromkeys(ids), on=local(at).date()), people.users_by_id(ids), _preferred(council, ids, at)
    good, left, points = [], [], rulebook.value(SUGGESTIONS, on=local(at).date())
    for expert, lately, open_now in rows:
        user = users[expert.user_id]  # type: ignore[index]
        if found[user.id]:
            left.append(LeftOut(user, tuple(found[user.id])))
            continue
        if open_now >= points["most_open"]:
            left.append(LeftOut(user, full=open_now))
            continue
        fits = fit([f.code for f in expert.fields], wanted, lately=lately, open_now=open_now, preferred=user.id in preferred, points=points)
        if fits.score:
            good.append(Suggestion(user, expert, fits))
    good.sort(key=lambda s: (-s.fit.score, s.expert.sort_name))
    return good[:most], left[:most]


def _preferred(council: Council, ids: set[int], at: datetime) -> set[int]:
    """Who sat in a council of the kinds that the rule prefers."""
    try:
        kinds = rulebook.value(f"councils.{council.kind}.prefer", on=local(at).date())
    except RuleMissing:
        return set()
    sat = select(Seat.user_id).join(Council, Council.id == Seat.council_id).where(Council.kind.in_(kinds), Council.state.in_(queries.SITTING), Seat.user_id.in_(ids))
    return set(db.session.scalars(sat.distinct()))
