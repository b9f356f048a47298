"""Rating: sheets, councils, lateness; and what must hold for every sheet. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.rulebook.actions import shipped
from app.stages.acceptance.rating import (
    count,
    final_level,
    months_after,
    points_level,
    products_in,
    sheet_level,
)

pytestmark = pytest.mark.nodb
DUE = date(2026, 1, 31)
RANK3 = {"fail": 0, "pass": 1, "excellent": 2}
RANK4 = {"fail": 0, "pass": 1, "good": 2, "excellent": 3}
RULES = {row["key"]: row["value"] for row in shipped()}
THREE, COUNCIL, FOUR = (RULES[f"acceptance.scheme.{name}"] for name in ("three_level", "three_level.council", "four_level"))
QUALITIES, QUANTITIES = st.sampled_from(["excellent", "pass", "fail"]), st.sampled_from(["excellent", "pass", "short", "fail"])


def sheet(*products, report="pass"):
    content = {"report": report, "remark": "x"}
    for n, (quality, quantity) in enumerate(products, start=1):
        content |= {f"quality_{n}": quality, f"quantity_{n}": quantity}
    return content


@pytest.mark.parametrize(("content", "level"), [
    (sheet(("excellent", "excellent"), report="pass"), "excellent"),
    (sheet(("excellent", "excellent"), report="fail"), "fail"),
    (sheet(("excellent", "pass")), "pass"),
    (sheet(*[("pass", "pass")] * 3, ("pass", "short")), "pass"),  # 3 of 4 quantities are enough when the other is not far off
    (sheet(*[("pass", "pass")] * 3, ("pass", "fail")), "fail"),  # below 3/4 of the order
    (sheet(*[("pass", "pass")] * 2, *[("pass", "short")] * 2), "fail"),
    (sheet(("fail", "excellent")), "fail"),
    (sheet(*[("excellent", "excellent")] * 11), "excellent"),
])  # fmt: skip
def test_a_sheet_of_three_levels(content, level):
    assert sheet_level(content, "three_level", THREE) == level


def test_products_stand_in_their_order():
    content = sheet(*[("pass", "excellent")] * 10, ("excellent", "pass"))
    assert products_in(content)[10] == {"quality": "excellent", "quantity": "pass"}


@given(st.lists(st.tuples(QUALITIES, QUANTITIES), min_size=1, max_size=6), st.sampled_from(["excellent", "pass", "fail"]), st.data())
def test_a_better_answer_never_makes_a_sheet_worse(products, report, data):
    n = data.draw(st.integers(0, len(products) - 1))
    quality, quantity = products[n]
    better = list(products)
    better[n] = (data.draw(st.sampled_from([q for q in RANK3 if RANK3[q] >= RANK3[quality]])), "excellent")
    before, after = (sheet_level(sheet(*p, report=report), "three_level", THREE) for p in (products, better))
    assert RANK3[after] >= RANK3[before] and quantity


@pytest.mark.parametrize(("points", "late", "level"), [
    (85, 0, "excellent"), (84, 0, "good"), (70, 0, "good"), (69, 0, "pass"), (50, 0, "pass"), (49, 0, "fail"),
    (90, 1, "good"), (90, 30, "good"), (84, 10, "pass"), (90, 31, "pass"), (60, 85, "pass"), (59, 1, "fail"), (60, 100, "fail"), (70, 170, "pass"),
    (69, 170, "fail"), (100, 190, "fail"),
])  # fmt: skip
def test_four_levels_by_points_and_lateness(points, late, level):
    assert points_level(Fraction(points), FOUR, due=DUE, submitted=DUE + timedelta(days=late)) == level


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 250), st.integers(0, 250))
def test_more_points_never_harm_and_lateness_never_helps(a, b, early, late):
    low, high, soon, then = min(a, b), max(a, b), min(early, late), max(early, late)

    def level(points, days):
        return RANK4[points_level(Fraction(points), FOUR, due=DUE, submitted=DUE + timedelta(days=days))]

    assert level(high, soon) >= level(low, soon) >= level(low, then)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=9))
def test_the_mean_of_points_is_exact(points):
    sheets = [sheet(("pass", "pass")) | {"points": p} for p in points]
    result = count(sheets, "four_level", FOUR, COUNCIL, 6)
    assert Fraction(*result["mean"]) == Fraction(sum(points), len(points))
    assert result["level"] == points_level(Fraction(*result["mean"]), FOUR, due=None, submitted=None) == final_level(result, due=DUE, submitted=DUE)
    assert sum(result["tally"].values()) == len(points)


@given(st.lists(st.sampled_from(["excellent", "pass", "fail"]), min_size=1, max_size=9))
def test_a_council_of_three_levels(levels):
    result = count([sheet((level, level), report=level) for level in levels], "three_level", THREE, COUNCIL, 6)
    assert result["levels"] == levels
    if levels.count("fail") * 3 > len(levels):
        assert result["level"] == "fail"
    elif "fail" in levels:
        assert result["level"] == "pass"
    assert final_level(result, due=DUE, submitted=months_after(DUE, 6)) == result["level"]
    assert final_level(result, due=DUE, submitted=months_after(DUE, 6) + timedelta(days=1)) == "fail"


def test_nobody_voted():
    assert count([], "three_level", THREE, COUNCIL, 6)["level"] == "fail" and count([], "four_level", FOUR, COUNCIL, 6)["level"] == "fail"
