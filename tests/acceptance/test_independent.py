"""The grade rules once more, written straight from the wording of the circulars without the code's help, against many random councils. Pure."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from fractions import Fraction

import pytest

from app.services.rulebook.actions import shipped
from app.stages.acceptance.rating import count, final_level, sheet_level

pytestmark = pytest.mark.nodb
COUNCILS = 60_000 if os.environ.get("DEEP") else 1500
RULES = {row["key"]: row["value"] for row in shipped()}
THREE, COUNCIL, FOUR = (RULES[f"acceptance.scheme.{name}"] for name in ("three_level", "three_level.council", "four_level"))
MONTHS = RULES["acceptance.late_months"]


def one_member(products, report):
    """TT 11/2014, the member: excellent, satisfactory, or neither. Products as (quality, quantity, volume), None = the product has no volume."""
    best = report != "fail"
    for quality, quantity, volume in products:
        best = best and quality == "excellent" and quantity == "excellent" and volume in ("excellent", None)
    if best:
        return "excellent"
    if report == "fail":
        return "fail"
    reached = asked = 0
    for quality, quantity, volume in products:
        if quality == "fail":
            return "fail"
        for amount in (quantity, volume):
            if amount == "fail":  # less than three quarters of the ordered amount
                return "fail"
            if amount is not None:
                asked += 1
                reached += 1 if amount in ("excellent", "pass") else 0
    return "pass" if 4 * reached >= 3 * asked else "fail"


def whole_council(levels):
    """TT 11/2014, the council: three quarters excellent and nobody against; more than a third against; else satisfactory."""
    bad = len([x for x in levels if x == "fail"])
    if 3 * bad > len(levels):
        return "fail"
    return "excellent" if bad == 0 and 4 * levels.count("excellent") >= 3 * len(levels) else "pass"


def months_on(day, months):
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError(day)


def by_points(points, due, came):
    """TT 26/2018/TT-BTNMT, article 28.7."""
    if points < 50 or came > months_on(due, 6):
        return "fail"
    if came <= due:
        return "excellent" if points >= 85 else "good" if points >= 70 else "pass"
    if points >= 85 and (came - due).days <= 30:
        return "good"
    if points >= 60 and came <= months_on(due, 3):
        return "pass"
    return "pass" if points >= 70 and came > months_on(due, 3) else "fail"


def some_products(dice):
    mild = dice.random() < 0.7  # mostly good ones, so that every level is met often
    quality = ("excellent", "excellent", "pass") if mild else ("excellent", "pass", "fail")
    amount = ("excellent", "excellent", "pass", "short") if mild else ("excellent", "pass", "short", "fail")
    if mild and dice.random() < 0.3:
        quality = amount = ("excellent",)
    return [(dice.choice(quality), dice.choice(amount), dice.choice((*amount, None))) for _ in range(dice.randint(1, 6))]


def written(products, report):
    """The same as a sheet of the system."""
    content = {"report": report, "remark": "x"}
    for n, (quality, quantity, volume) in enumerate(products, start=1):
        content |= {f"quality_{n}": quality, f"quantity_{n}": quantity, f"volume_{n}": volume or "none"}
    return content


def some_day(dice):
    """A due day whose months end plainly: the 29th to 31st are asked in test_rating."""
    return date(2026, dice.randint(1, 12), dice.randint(1, 28))


def test_three_levels_as_the_circular_says():
    dice, seen = random.Random(11), set()
    for _ in range(COUNCILS):
        sheets = [(some_products(dice), dice.choice(("excellent", "pass", "pass", "fail") if dice.random() < 0.3 else ("excellent", "pass"))) for _member in range(dice.randint(1, 11))]
        levels = [one_member(products, report) for products, report in sheets]
        content = [written(products, report) for products, report in sheets]
        assert [sheet_level(c, "three_level", THREE) for c in content] == levels, sheets
        result, due = count(content, "three_level", THREE, COUNCIL, MONTHS), some_day(dice)
        late = due + timedelta(days=dice.choice((0, 1, 90, 178, 190, 400)))
        expected = "fail" if late > months_on(due, MONTHS) else whole_council(levels)
        assert final_level(result, due=due, submitted=late) == expected, (sheets, due, late)
        seen.add(expected)
    assert seen == {"excellent", "pass", "fail"}


def test_four_levels_as_the_circular_says():
    dice, seen = random.Random(28), set()
    for _ in range(COUNCILS):
        points = [dice.randint(*dice.choice(((0, 100), (45, 60), (65, 90), (80, 100)))) for _member in range(dice.randint(1, 11))]
        sheets = [written([("pass", "pass", None)], "pass") | {"points": p} for p in points]
        result, due = count(sheets, "four_level", FOUR, COUNCIL, MONTHS), some_day(dice)
        came = due + timedelta(days=dice.choice((-20, 0, 1, 29, 30, 31, 80, 95, 150, 200)))
        expected = by_points(Fraction(sum(points), len(points)), due, came)
        assert final_level(result, due=due, submitted=came) == expected, (points, due, came)
        assert result["levels"] == [by_points(p, due, due) for p in points]
        seen.add(expected)
    assert seen == {"excellent", "good", "pass", "fail"}
