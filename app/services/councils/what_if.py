"""What would have come out: a council that has counted, counted again from its ballots by another version of a rule. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kernel.clock import local
from app.kernel.db import db
from app.services.councils import queries
from app.services.councils.actions.box import counted_anew
from app.services.councils.models import AgendaItem, Council, Count
from app.services.councils.procedures import Told, invalid_lines
from app.services.councils.rules import (
    Check,
    CouncilState,
    check_composition,
    check_quorum,
)


@dataclass(frozen=True)
class Compared:
    """One item as it was counted, and as it would have been; `broken` are rules of attendance that would not have been kept."""

    item: AgendaItem
    before: Told
    after: Told
    broken: list[Check]

    @property
    def differs(self) -> bool:
        """Would anything be otherwise?"""
        return bool(self.broken) or list(self.before.facts) != list(self.after.facts)


def councils_with(key: str, *, limit: int = 50) -> list[Council]:
    """Concluded councils with counts that froze this rule, the newest first."""
    counted = select(AgendaItem.council_id).join(Count, Count.agenda_item_id == AgendaItem.id)
    rows = db.session.scalars(select(Council).where(Council.state == CouncilState.CONCLUDED, Council.id.in_(counted)).order_by(Council.concluded_at.desc(), Council.id.desc()).limit(limit * 4))
    return [c for c in rows if key in (c.rule_ids or {})][:limit]


def recount(council: Council, changed: Mapping[str, Any], at: datetime) -> tuple[list[Compared], list[Check]]:
    """(item by item, rules of composition that would not have been kept) of a council if these values had been frozen."""
    then = queries.rules_of(council, on=local(at).date())
    now = {**then, **changed}
    before, procedure = queries.results_of(council), queries.procedure(council)
    kept = ("led", "presided", "present", "members", "settled")
    after = {i.public_id: {k: v for k, v in before[i.public_id].items() if k in kept} | counted_anew(council, i, now, before[i.public_id], as_ruled=False)
             for i in queries.counted_items(council)}  # fmt: skip
    if procedure.rank is not None:
        before = {pid: r | places for pid, places in procedure.rank(before, then).items() if (r := before[pid])}
        after = {pid: r | places for pid, places in procedure.rank(after, now).items() if (r := after[pid])}
    return [_compared(council, i, before[i.public_id], after[i.public_id], then, now) for i in queries.counted_items(council)], _composition(council, then, now)


def _compared(council: Council, item: AgendaItem, before: dict[str, Any], after: dict[str, Any], then: dict[str, Any], now: dict[str, Any]) -> Compared:
    row, procedure = queries.subject_of(item), queries.procedure(council)
    told = [procedure.told(result, row, rules) for result, rules in ((before, then), (after, now))]
    told = [Told([*t.facts, *invalid_lines(result, rules)], t.table, t.remarks) for t, result, rules in zip(told, (before, after), (then, now), strict=True)]
    cast = queries.cast_by(council)[item.id]
    out = {pair for pair in queries.recusals_of(council) if pair[0] not in cast}
    key = f"councils.{council.kind}.quorum"
    broken = [c for c in voted_quorum(council, item, now, out, cast) if not c.kept] if now[key] != then[key] else []
    return Compared(item, told[0], told[1], broken)


def voted_quorum(council: Council, item: AgendaItem, rules: Mapping[str, Any], out: set[tuple[int, int]], cast: set[int]) -> list[Check]:
    """The rules of attendance asked of those whose ballots were counted; the vice chair, having voted, was authorised."""
    away = [s.role for s in council.seats if (s.id, item.id) in out]
    return check_quorum([s.role for s in council.seats], [s.role for s in council.seats if s.id in cast], rules[f"councils.{council.kind}.quorum"], vice_authorised=True, out=away)


def _composition(council: Council, then: dict[str, Any], now: dict[str, Any]) -> list[Check]:
    key = f"councils.{council.kind}.size"
    return [c for c in check_composition([s.role for s in council.seats], now[key]) if not c.kept] if now[key] != then[key] else []
