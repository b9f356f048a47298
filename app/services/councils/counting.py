"""Counting ballots: votes, scores, ratings. Pure: plain data in, exact fractions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

LEVELS = ("excellent", "pass", "fail")


@dataclass(frozen=True)
class Scored:
    """What the valid sheets of one item say. `mean` is exact; `chair` is the total of the presiding member, who sat as `led_by`: for ties."""

    mean: Fraction
    sheets: int
    invalid: int
    passed: bool
    chair: int | None
    led_by: str | None = None


@dataclass(frozen=True)
class Placed:
    """One item's place in a ranking. `tied`: the rules do not tell it from another, which has the same place; `first`: of the best group."""

    key: str
    position: int
    scored: Scored
    recommended: bool
    tied: bool
    first: bool


def sheet_total(marks: Mapping[str, int], sheet: Mapping[str, Any]) -> int | None:
    """The points of one sheet: sum of mark × weight. None when a criterion is missing, unknown or out of range."""
    criteria = sheet["criteria"]
    if set(marks) != {c["code"] for c in criteria}:
        return None
    if any(not isinstance(marks[c["code"]], int) or not 0 <= marks[c["code"]] <= sheet["top"] for c in criteria):
        return None
    return sum(marks[c["code"]] * c["weight"] for c in criteria)


def score(sheets: Sequence[Mapping[str, int]], sheet: Mapping[str, Any], *, chair: int | None = None, led_by: str | None = None) -> Scored:
    """Mean of the valid sheets, and whether the item passes: mean ≥ pass mark and no criterion with too many zeros.

    `chair` is the index of the presiding member's sheet, `led_by` the role in which that member sat. `sheet`: {"criteria": [{"code", "weight"}], "top", "pass",
    "zero_share": [1, 3]} – a criterion marked 0 by more than that share of the valid sheets fails the item.
    """
    totals = [sheet_total(marks, sheet) for marks in sheets]
    valid = [t for t in totals if t is not None]
    mean = Fraction(sum(valid), len(valid)) if valid else Fraction(0)
    good = [marks for marks, total in zip(sheets, totals, strict=True) if total is not None]
    limit = Fraction(*sheet["zero_share"]) * len(good)
    zeros = any(sum(marks[c["code"]] == 0 for marks in good) > limit for c in sheet["criteria"])
    passed = bool(valid) and mean >= sheet["pass"] and not zeros
    return Scored(mean, len(valid), len(totals) - len(valid), passed, totals[chair] if chair is not None else None, led_by)


def hundredths(mean: Fraction) -> int:
    """The mean in hundredths of a point, rounded half up: for display only."""
    return int((mean * 200 + 1) // 2)


def rank(items: Mapping[str, Scored], *, chosen: str | None = None) -> list[Placed]:
    """Places by exact mean, ties by the presiding member's total; what is still tied has one place and is not recommended.

    The presiding member's total tells equal means apart only when one and the same seat gave one to each of them: who is out
    of an item has no sheet on it, and no sheet is not a low mark. `chosen` is the one of the best group that the council
    recommends: it comes first, the others of the group after it.
    """
    decided = {mean: _comparable([s for s in items.values() if s.mean == mean]) for mean in {s.mean for s in items.values()}}

    def key(scored: Scored) -> tuple[Fraction, int]:
        return scored.mean, (scored.chair or 0) if decided[scored.mean] else 0

    best = max(map(key, items.values()), default=None)
    picked = chosen if chosen in items and key(items[chosen]) == best else None
    order = sorted(items.items(), key=lambda kv: (tuple(-n for n in key(kv[1])), kv[0] != picked))
    keys = [key(s) for _k, s in order]
    placed = []
    for at, (name, scored) in enumerate(order):
        tied, first = keys.count(keys[at]) > 1, keys[at] == best
        start = keys.index(keys[at])
        position = start + 1 if not (picked and first) or name == picked else start + 2
        placed.append(Placed(name, position, scored, scored.passed and (name == picked or (at == 0 and not tied)), tied, first))
    return placed


def _comparable(scored: Sequence[Scored]) -> bool:
    """Has one and the same seat led all of these and given each a valid sheet?"""
    return all(s.chair is not None for s in scored) and len({s.led_by for s in scored}) == 1


def vote(ballots: Sequence[str], *, base: int, fraction: Sequence[int], strict: bool = True) -> tuple[dict[str, int], str | None]:
    """Votes by choice, and the choice adopted by more than (or, not strict, at least) the fraction of the base."""
    counted: dict[str, int] = {}
    for choice in ballots:
        counted[choice] = counted.get(choice, 0) + 1
    need = Fraction(*fraction) * base
    for choice, number in counted.items():
        if number > need or (not strict and number == need):
            return counted, choice
    return counted, None


def member_level(products: Sequence[Mapping[str, str]], report: str, *, pass_share: Sequence[int]) -> str:
    """A member's overall rating from levels per product {"quality", "quantity"} and of the report (AC-10)."""
    qualities, quantities = [p["quality"] for p in products], [p["quantity"] for p in products]
    if report == "fail" or "fail" in qualities:
        return "fail"
    if sum(q != "fail" for q in quantities) < Fraction(*pass_share) * len(quantities):
        return "fail"
    return "excellent" if all(q == "excellent" for q in [*qualities, *quantities]) else "pass"


def council_level(levels: Sequence[str], rule: Mapping[str, Any]) -> str:
    """The council's rating (AC-11): {"excellent_share": [3, 4], "fail_share": [1, 3]} of the members present."""
    present = len(levels)
    if not present or levels.count("fail") > Fraction(*rule["fail_share"]) * present:
        return "fail"
    if levels.count("excellent") >= Fraction(*rule["excellent_share"]) * present and "fail" not in levels:
        return "excellent"
    return "pass"
