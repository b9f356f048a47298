"""Rating: from a member's sheet to his level, from the sheets to the council's, and what lateness does to it. Pure.

Two schemes, both data of the rulebook. three_level: levels of each product's quality and quantity and of the report
decide (AC-8 to AC-11). four_level: points decide (AC-12), the levels of the products are a finding beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from app.services.councils.counting import council_level, hundredths, member_level
from app.stages.funding.rules import end_of

FAIL = "fail"
SHORT = "short"  # an amount below the order, but not below the least share of it
NONE = "none"  # this product has no such amount
QUALITY, QUANTITY, VOLUME = "quality", "quantity", "volume"
AMOUNTS = (QUANTITY, VOLUME)
THREE, FOUR = "three_level", "four_level"


def products_in(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """The levels per product on a sheet, in the order of the products: its quality, and the amounts that it has."""
    numbers = sorted(int(code.removeprefix("quality_")) for code in content if code.startswith("quality_"))
    found = []
    for n in numbers:
        amounts = {kind: content[f"{kind}_{n}"] for kind in AMOUNTS if kind == QUANTITY or f"{kind}_{n}" in content}
        found.append({QUALITY: content[f"quality_{n}"]} | {kind: level for kind, level in amounts.items() if level != NONE})
    return found


def sheet_level(content: Mapping[str, Any], scheme: str, rule: Mapping[str, Any]) -> str:
    """What a member's answers mean by the scheme, for a dossier that came in time."""
    if scheme == FOUR:
        return points_level(Fraction(content["points"]), rule, due=None, submitted=None)
    products = products_in(content)
    amounts = [p[kind] for p in products for kind in AMOUNTS if kind in p]
    if FAIL in amounts:  # below the least share of the order
        return FAIL
    return member_level([p[QUALITY] for p in products], [FAIL if level == SHORT else level for level in amounts], content["report"], pass_share=rule["pass_share"])


def failing(content: Mapping[str, Any]) -> bool:
    """Does the sheet find a part that does not reach the order?"""
    return FAIL in (content["report"], *(level for product in products_in(content) for level in product.values()))


def points_level(points: Fraction, rule: Mapping[str, Any], *, due: date | None, submitted: date | None) -> str:
    """The level of the four-level scheme: by points alone when in time, else the best level that the lateness leaves."""
    best_first = [level["code"] for level in rule["levels"]]
    if points < rule["fail"]["points_below"]:
        return FAIL
    if due is None or submitted is None or submitted <= due:
        return next((code for code in best_first if code != FAIL and points >= rule["on_time"][code]), FAIL)
    if submitted > months_after(due, rule["fail"]["months_over"]):
        return FAIL
    reached = {case["level"] for case in rule["late"] if points >= case["points"] and submitted <= _limit(due, case)}
    return next((code for code in best_first if code in reached), FAIL)


def months_after(day: date, months: int) -> date:
    """The last day of a term of months that begins on the day after."""
    return end_of(day + timedelta(days=1), months)


def _limit(due: date, case: Mapping[str, Any]) -> date:
    return due + timedelta(days=case["days"]) if "days" in case else months_after(due, case["months"])


def count(sheets: Sequence[Mapping[str, Any]], scheme: str, rule: Mapping[str, Any], council: Mapping[str, Any], late_months: int) -> dict[str, Any]:
    """The count of one case: each member's level, and what decides the council's, before lateness is looked at.

    `council` is the rule of the council's level for three_level. The result carries all that `final_level` needs.
    """
    levels = [sheet_level(sheet, scheme, rule) for sheet in sheets]
    result: dict[str, Any] = {"scheme": scheme, "levels": levels, "tally": {level["code"]: levels.count(level["code"]) for level in rule["levels"]}}
    if scheme == FOUR:
        mean = Fraction(sum(sheet["points"] for sheet in sheets), len(sheets)) if sheets else Fraction(0)
        level = points_level(mean, rule, due=None, submitted=None)
        return result | {"mean": [mean.numerator, mean.denominator], "mean_hundredths": hundredths(mean), "level": level, "late": dict(rule)}
    return result | {"level": council_level(levels, council), "late_months": late_months}


def final_level(result: Mapping[str, Any], *, due: date, submitted: date) -> str:
    """The council's level after what lateness does to it: a dossier later than the rule allows is not accepted."""
    if result["scheme"] == FOUR:
        return points_level(Fraction(*result["mean"]), result["late"], due=due, submitted=submitted)
    return FAIL if submitted > months_after(due, result["late_months"]) else str(result["level"])
