"""Counting ballots: votes, scores, ratings. Pure: plain data in, exact fractions out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Any

LEVELS = ("excellent", "pass", "fail")


@dataclass(frozen=True)
class Scored:
    """What the valid sheets of one item say. `mean` is exact; `chair` is the total of the presiding member, who sat as `led_by`: for ties."""

    mean: Fraction
    sheets: int
    invalid: int
    passed: bool
    chair: Fraction | None
    led_by: str | None = None
    criteria: Mapping[str, Fraction] = field(default_factory=dict)  # the mean mark of each criterion, for rules that break ties by one


@dataclass(frozen=True)
class Placed:
    """One item's place in a ranking. `tied`: the rules do not tell it from another, which has the same place; `first`: of the best group."""

    key: str
    position: int
    scored: Scored
    recommended: bool
    tied: bool
    first: bool


Mark = int | str  # a whole number, else a decimal as text: never a float
Points = int | str


def exact(mark: Any) -> Fraction | None:
    """A mark as a number: 9, "9", "9.5" and "9,5" can be read, nothing else can."""
    if isinstance(mark, bool) or not isinstance(mark, (int, str)):
        return None
    text = str(mark).strip().replace(",", ".")
    return Fraction(text) if re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", text, re.ASCII) else None


def plain(value: Fraction) -> Mark:
    """A number as it is stored: whole, or the shortest decimal text."""
    if value.denominator == 1:
        return value.numerator
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def allowed(mark: Any, top: Any, step: Sequence[int] = (1, 1), low: int = 0) -> Fraction | None:
    """The mark as a number, when it lies between `low` and `top` and on a step; else None."""
    value, most = exact(mark), exact(top)
    return value if value is not None and most is not None and low <= value <= most and value % Fraction(*step) == 0 else None


def sheet_total(marks: Mapping[str, Mark], sheet: Mapping[str, Any]) -> Fraction | None:
    """The points of one sheet: sum of mark × weight. None when a criterion is missing, unknown, out of range or between two steps.

    A criterion may have its own "top"; "step" is a share like [1, 2], whole marks when the sheet has none.
    """
    criteria = sheet["criteria"]
    if set(marks) != {c["code"] for c in criteria}:
        return None
    found = [(allowed(marks[c["code"]], c.get("top", sheet["top"]), sheet.get("step", (1, 1))), c["weight"]) for c in criteria]
    if any(mark is None for mark, _weight in found):
        return None
    return sum((mark * weight for mark, weight in found if mark is not None), Fraction(0))


def score(sheets: Sequence[Mapping[str, Mark]], sheet: Mapping[str, Any], *, chair: int | None = None, led_by: str | None = None, base: int | None = None) -> Scored:
    """Mean of the valid sheets, and whether the item passes: mean ≥ pass mark and no criterion with too many zeros.

    `chair` is the index of the presiding member's sheet, `led_by` the role in which that member sat. `sheet`: {"criteria": [{"code", "weight"}], "top", "pass",
    "zero_share": [1, 3]} – a criterion marked 0 by more than that share of the valid sheets fails the item. `base` is by how many is
    divided, where the rule counts those present: else the valid sheets.
    """
    totals = [sheet_total(marks, sheet) for marks in sheets]
    valid = [t for t in totals if t is not None]
    among = len(valid) if base is None else base
    mean = sum(valid, Fraction(0)) / among if valid else Fraction(0)
    good = [marks for marks, total in zip(sheets, totals, strict=True) if total is not None]
    limit = Fraction(*sheet["zero_share"]) * among
    zeros = any(sum(exact(marks[c["code"]]) == 0 for marks in good) > limit for c in sheet["criteria"])
    passed = bool(valid) and mean >= Fraction(sheet["pass"]) and not zeros
    each = {c["code"]: sum((exact(marks[c["code"]]) or Fraction(0) for marks in good), Fraction(0)) / len(good) for c in sheet["criteria"]} if good else {}
    return Scored(mean, len(valid), len(totals) - len(valid), passed, totals[chair] if chair is not None else None, led_by, each)


def hundredths(mean: Fraction) -> int:
    """The mean in hundredths of a point, rounded half up: for display only."""
    return int((mean * 200 + 1) // 2)


def deviation(totals: Sequence[Fraction]) -> int:
    """The standard deviation of these totals in hundredths, rounded half up, worked out in whole numbers."""
    mean = sum(totals, Fraction(0)) / len(totals)
    square = sum(((t - mean) ** 2 for t in totals), Fraction(0)) / len(totals) * 40_000  # of twice the hundredths
    return (isqrt(square.numerator // square.denominator) + 1) // 2


def levelled(sheets: Mapping[str, Mapping[str, Fraction]]) -> dict[str, Fraction]:
    """For information only: the mean of each item when every member's strictness is taken out. {item: {member: total}}.

    From each total goes by how much that member's mean over the items lies above the mean of all sheets.
    """
    every = [t for given in sheets.values() for t in given.values()]
    if not every:
        return {}
    overall = sum(every, Fraction(0)) / len(every)
    own: dict[str, list[Fraction]] = {}
    for given in sheets.values():
        for member, total in given.items():
            own.setdefault(member, []).append(total)
    strict = {member: sum(totals, Fraction(0)) / len(totals) - overall for member, totals in own.items()}
    return {item: sum((t - strict[m] for m, t in given.items()), Fraction(0)) / len(given) for item, given in sheets.items() if given}


CHAIR, CRITERION = "presiding_member", "criterion:"


def rank(items: Mapping[str, Scored], *, chosen: str | None = None, ties: Sequence[str] = (CHAIR,), decimals: int | None = None) -> list[Placed]:
    """Places by mean, ties in the order of the rule; what is still tied has one place and is not recommended.

    The mean is exact, unless a rule ranks on so many `decimals`. `ties` are the ways out of a tie, one after the other: by the presiding
    member's total, or by the mean of a criterion ("criterion:content"); others ("authority") are decided by people.

    The presiding member's total tells equal ones apart only when one and the same seat gave one to each of them: who is out
    of an item has no sheet on it, and no sheet is not a low mark. `chosen` is the one of the best group that the council
    recommends: it comes first, the others of the group after it.
    """
    keys = _keys(items, ties, decimals)
    best = max(keys.values(), default=None)
    picked = chosen if chosen in items and keys[chosen] == best else None
    names = sorted(items, key=lambda name: (tuple(-n for n in keys[name]), name != picked))
    order = [keys[name] for name in names]
    placed = []
    for at, name in enumerate(names):
        tied, first, start = order.count(order[at]) > 1, order[at] == best, order.index(order[at])
        position = start + 1 if not (picked and first) or name == picked else start + 2
        placed.append(Placed(name, position, items[name], items[name].passed and (name == picked or (at == 0 and not tied)), tied, first))
    return placed


def _keys(items: Mapping[str, Scored], ties: Sequence[str], decimals: int | None) -> dict[str, tuple[Fraction, ...]]:
    """What each is ranked by: the mean, then each way out of a tie, asked only of those that are equal so far."""
    found = {name: (s.mean if decimals is None else Fraction((s.mean * 2 * 10**decimals + 1) // 2, 10**decimals),) for name, s in items.items()}
    for how in ties:
        groups: dict[tuple[Fraction, ...], list[str]] = {}
        for name, key in found.items():
            groups.setdefault(key, []).append(name)
        for group in groups.values():
            by_chair = how == CHAIR and _comparable([items[name] for name in group])
            for name in group:
                more = items[name].chair if by_chair else items[name].criteria.get(how.removeprefix(CRITERION)) if how.startswith(CRITERION) else None
                found[name] += (more or Fraction(0),)
    return found


def _comparable(scored: Sequence[Scored]) -> bool:
    """Has one and the same seat led all of these and given each a valid sheet?"""
    return all(s.chair is not None for s in scored) and len({s.led_by for s in scored}) == 1


def vote(ballots: Sequence[str], *, base: int, fraction: Sequence[int], strict: bool = True) -> tuple[dict[str, int], str | None]:
    """Votes by choice, and the choice adopted by more than (or, not strict, at least) the fraction of the base."""
    counted: dict[str, int] = {}
    for choice in ballots:
        counted[choice] = counted.get(choice, 0) + 1
    need = Fraction(*fraction) * base
    enough = [choice for choice, number in counted.items() if number > need or (not strict and number == need)]
    return counted, enough[0] if len(enough) == 1 else None  # two with exactly half each: neither is adopted


def member_level(qualities: Sequence[str], amounts: Sequence[str], report: str, *, pass_share: Sequence[int]) -> str:
    """A member's overall rating from the levels of quality and of amount of all products, and of the report (AC-10)."""
    if report == "fail" or "fail" in qualities:
        return "fail"
    if sum(level != "fail" for level in amounts) < Fraction(*pass_share) * len(amounts):
        return "fail"
    return "excellent" if all(level == "excellent" for level in [*qualities, *amounts]) else "pass"


def council_level(levels: Sequence[str], rule: Mapping[str, Any]) -> str:
    """The council's rating (AC-11): {"excellent_share": [3, 4], "fail_share": [1, 3]} of the members present."""
    present = len(levels)
    if not present or levels.count("fail") > Fraction(*rule["fail_share"]) * present:
        return "fail"
    if levels.count("excellent") >= Fraction(*rule["excellent_share"]) * present and "fail" not in levels:
        return "excellent"
    return "pass"
