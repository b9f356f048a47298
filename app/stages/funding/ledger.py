"""Arithmetic of money: whole đồng, nothing lost, nothing made. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.stages.funding.rules import EntryKind


def schedule(total: int, percents: Sequence[int]) -> list[int]:
    """Cut `total` by percents; the last part takes the remainder, so that the parts sum to `total` exactly.

    Raises Incomplete unless the percents are positive and sum to 100.
    """
    if not percents or any(p <= 0 for p in percents) or sum(percents) != 100:
        raise Incomplete(N_("The parts must be positive and sum to 100 percent."), field="parts")
    parts = [total * p // 100 for p in percents[:-1]]
    return [*parts, total - sum(parts)]


def totals(lines: Iterable[Any]) -> dict[str, Any]:
    """Sums of appraisal lines: asked, allowed, by source, and allowed by (year → source)."""
    by_year: dict[int, dict[str, int]] = defaultdict(lambda: {"state": 0, "counterpart": 0})
    found = {"asked": 0, "allowed": 0, "state": 0, "counterpart": 0, "asked_state": 0, "asked_counterpart": 0}
    for line in lines:
        source = str(line.source)
        found["asked"] += line.asked
        found["allowed"] += line.allowed
        found[source] += line.allowed
        found[f"asked_{source}"] += line.asked
        by_year[line.year][source] += line.allowed
    return found | {"years": {year: by_year[year] for year in sorted(by_year)}}


def parts(lines: Iterable[Any]) -> dict[int, dict[str, dict[str, int]]]:
    """What is allowed by year, spent by lump sum or not, and source: {year: {"lump" | "other": {"state", "counterpart"}}}; the years in order."""
    found: dict[int, dict[str, dict[str, int]]] = {}
    for line in lines:
        of_year = found.setdefault(line.year, {part: {"state": 0, "counterpart": 0} for part in ("lump", "other")})
        of_year["lump" if line.lump_sum else "other"][str(line.source)] += line.allowed
    return {year: found[year] for year in sorted(found)}


def by_head(lines: Iterable[Any]) -> dict[str, dict[str, int]]:
    """What is allowed by budget head: spent by lump sum, by voucher, from the state and in all."""
    found: dict[str, dict[str, int]] = {}
    for line in lines:
        row = found.setdefault(line.head, {"lump": 0, "other": 0, "state": 0, "all": 0})
        row["lump" if line.lump_sum else "other"] += line.allowed
        row["state"] += line.allowed if str(line.source) == "state" else 0
        row["all"] += line.allowed
    return found


def from_year(years: dict[int, dict[str, int]], first: int) -> dict[int, dict[str, int]]:
    """The sums by year with what was estimated for years before `first` moved into it: past money cannot be promised."""
    found: dict[int, dict[str, int]] = {}
    for year, parts in years.items():
        into = found.setdefault(max(year, first), {"state": 0, "counterpart": 0})
        for source, amount in parts.items():
            into[source] += amount
    return found


def refund(paid: int, used: int, percent: int) -> int:
    """What goes back: all that was not used, and `percent` of what was used (fractions of a đồng are dropped)."""
    return paid - used + used * percent // 100


def reschedule(amounts: Sequence[int], delta: int) -> list[int] | None:
    """Amounts of the tranches still open, changed by `delta` from the last one backwards; None when they are too small.

    An increase goes to the last. A decrease eats the last first; none falls below zero.
    """
    if delta >= 0:
        return [*amounts[:-1], amounts[-1] + delta] if amounts else None
    left, changed = -delta, list(amounts)
    for index in range(len(changed) - 1, -1, -1):
        cut = min(left, changed[index])
        changed[index] -= cut
        left -= cut
    return None if left else changed


def document_key(kind: Any, voucher: str, day: Any, *, turn: int = 1) -> str:
    """What a voucher is known by: its kind, its number without blanks and case, its year; and the how manieth booking it is."""
    return f"{kind}:{''.join(voucher.split()).casefold()}:{day.year}" + (f"#{turn}" if turn > 1 else "")


def balance(entries: Iterable[Any]) -> int:
    """Net money paid: payments less reversals and refunds that stand."""
    return sum(EntryKind(e.kind).sign * e.amount for e in entries)
