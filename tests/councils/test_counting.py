"""Counting ballots: exact means, zeros, ties, adoption, ratings. Pure."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.councils.counting import (
    Scored,
    council_level,
    hundredths,
    member_level,
    rank,
    score,
    sheet_total,
    vote,
)
from app.services.councils.rules import (
    SeatRole,
    check_composition,
    check_quorum,
)

pytestmark = pytest.mark.nodb
WEIGHTS = {"overview": 2, "content": 6, "products": 4, "effect": 4, "plan": 5, "capacity": 4}  # 25 × 4 = 100 points
SHEET = {"criteria": [{"code": c, "weight": w} for c, w in WEIGHTS.items()], "top": 4, "pass": 70, "zero_share": [1, 3]}
FULL = dict.fromkeys(WEIGHTS, 4)
R = SeatRole
SEATS = [R.CHAIR, R.VICE_CHAIR, R.REVIEWER, R.REVIEWER, R.SECRETARY, R.MEMBER, R.MEMBER]
QUORUM = {"fraction": [2, 3], "chair": True, "reviewers": 1, "secretary": False}

marks = st.fixed_dictionaries({c: st.integers(0, 4) for c in WEIGHTS})


def test_a_full_sheet_has_100_points():
    assert sheet_total(FULL, SHEET) == 100


@pytest.mark.parametrize("bad", [FULL | {"plan": 5}, FULL | {"plan": -1}, {c: 4 for c in WEIGHTS if c != "plan"}, FULL | {"more": 1}, FULL | {"plan": 2.5}])
def test_an_invalid_sheet_is_left_out_and_counted(bad):
    found = score([FULL, bad], SHEET)
    assert (found.mean, found.sheets, found.invalid) == (100, 1, 1)


@given(st.lists(marks, min_size=1, max_size=9))
def test_the_mean_is_exact_and_in_range(sheets):
    found = score(sheets, SHEET)
    assert found.mean * len(sheets) == sum(sheet_total(s, SHEET) for s in sheets)
    assert 0 <= found.mean <= 100
    assert score(list(reversed(sheets)), SHEET).mean == found.mean
    assert abs(Fraction(hundredths(found.mean), 100) - found.mean) <= Fraction(1, 200)
    assert not (found.passed and found.mean < 70)


def test_too_many_zeros_fail_a_high_mean():
    zero = FULL | {"overview": 0}
    assert score([FULL] * 6 + [zero], SHEET).passed
    assert score([FULL] * 4 + [zero] * 2, SHEET).passed, "a third exactly is not more than a third"
    assert not score([FULL] * 3 + [zero] * 2, SHEET).passed


def test_the_pass_mark_is_inclusive_and_asked_of_the_exact_mean():
    seventy = dict(zip(WEIGHTS, (2, 3, 3, 3, 2, 4), strict=True))  # 4+18+12+12+10+16 = 72
    assert sheet_total(seventy, SHEET) == 72
    exact = [seventy, seventy | {"products": 2}]  # 72 and 68: mean 70
    assert score(exact, SHEET).mean == 70 and score(exact, SHEET).passed
    assert not score([*exact, seventy | {"products": 2}], SHEET).passed


def test_ties_go_to_the_presiding_members_score_and_else_stay_ties():
    high, low = FULL, FULL | {"overview": 3}
    a, b = score([high, low], SHEET, chair=0), score([low, high], SHEET, chair=0)
    assert a.mean == b.mean
    placed = rank({"b": b, "a": a})
    assert [(p.key, p.recommended, p.tied) for p in placed] == [("a", True, False), ("b", False, False)]
    same = rank({"x": a, "y": a})
    assert [(p.position, p.tied, p.first) for p in same] == [(1, True, True)] * 2 and not any(p.recommended for p in same)


def test_who_presides_and_is_out_of_an_item_decides_no_tie():
    """Equal means: seven sheets with the chair's 100 beside six without the chair. No sheet is not a low mark."""
    with_chair, without = score([FULL] * 7, SHEET, chair=0, led_by="chair"), score([FULL] * 6, SHEET)
    for placed in (rank({"a": with_chair, "b": without}), rank({"b": without, "a": with_chair})):
        assert [(p.position, p.tied, p.recommended) for p in placed] == [(1, True, False)] * 2
    other = score([FULL | {"overview": 3}] + [FULL] * 6, SHEET, chair=0, led_by="vice_chair")
    same = score([FULL] + [FULL | {"overview": 3}] + [FULL] * 5, SHEET, chair=0, led_by="chair")
    assert other.mean == same.mean and all(p.tied for p in rank({"a": other, "b": same})), "two members presided: their sheets are not compared"


def test_the_one_that_the_council_recommends_comes_first():
    low = score([FULL | {"capacity": 1}] * 7, SHEET, chair=0)
    top = score([FULL] * 7, SHEET, chair=0)
    placed = rank({"x": top, "low": low, "y": top, "z": top}, chosen="y")
    assert [(p.key, p.position, p.recommended, p.tied) for p in placed] == [
        ("y", 1, True, True), ("x", 2, False, True), ("z", 2, False, True), ("low", 4, False, False)]  # fmt: skip
    assert not any(p.recommended for p in rank({"x": top, "y": top, "low": low}, chosen="low")), "only one of the best can be chosen"


def test_no_ballot_no_pass():
    assert not score([], SHEET).passed and rank({}) == []


@given(st.lists(marks, min_size=1, max_size=5), st.lists(marks, min_size=1, max_size=5), st.lists(marks, min_size=1, max_size=5))
def test_a_ranking_is_a_ranking(one, two, three):
    placed = rank({k: score(v, SHEET, chair=0) for k, v in {"1": one, "2": two, "3": three}.items()})
    assert [p.position for p in placed] == [1 + sum(b.scored.mean > p.scored.mean or (b.scored.mean == p.scored.mean and b.scored.chair > p.scored.chair)
                                                    for b in placed) for p in placed]  # fmt: skip
    assert all(a.scored.mean >= b.scored.mean for a, b in itertools.pairwise(placed))
    assert sum(p.recommended for p in placed) <= 1
    assert all(p.scored.passed for p in placed if p.recommended)


def test_adoption_is_more_than_the_fraction_of_its_base():
    assert vote(["do"] * 6 + ["do_not"], base=7, fraction=[3, 4]) == ({"do": 6, "do_not": 1}, "do")
    assert vote(["do"] * 3 + ["do_not"], base=4, fraction=[3, 4])[1] is None, "three quarters exactly is not more"
    assert vote(["do"] * 3 + ["do_not"], base=4, fraction=[3, 4], strict=False)[1] == "do"


@pytest.mark.parametrize(("present", "vice", "kept"), [
    (SEATS, False, True),
    ([R.CHAIR, R.REVIEWER, R.SECRETARY, R.MEMBER, R.MEMBER], False, True),
    ([R.CHAIR, R.REVIEWER, R.SECRETARY, R.MEMBER], False, False),           # 4 of 7 is less than 2/3
    ([R.VICE_CHAIR, R.REVIEWER, R.SECRETARY, R.MEMBER, R.MEMBER], False, False),  # no authorisation
    ([R.VICE_CHAIR, R.REVIEWER, R.SECRETARY, R.MEMBER, R.MEMBER], True, True),
    ([R.CHAIR, R.VICE_CHAIR, R.SECRETARY, R.MEMBER, R.MEMBER], False, False),     # no reviewer
])  # fmt: skip
def test_quorum(present, vice, kept):
    assert all(c.kept for c in check_quorum(SEATS, present, QUORUM, vice_authorised=vice)) == kept


def test_composition():
    rule = {"min": 7, "max": 9, "roles": {"chair": 1, "vice_chair": 1, "reviewer": 2, "secretary": 1}}
    assert all(c.kept for c in check_composition(SEATS, rule))
    assert not all(c.kept for c in check_composition(SEATS[:-1], rule))
    assert not all(c.kept for c in check_composition([*SEATS, R.REVIEWER], rule))



@pytest.mark.parametrize(("levels", "grade"), [
    (["excellent"] * 7, "excellent"), (["excellent"] * 6 + ["pass"], "excellent"), (["excellent"] * 5 + ["pass"] * 2, "pass"),
    (["excellent"] * 6 + ["fail"], "pass"), (["pass"] * 5 + ["fail"] * 2, "pass"), (["pass"] * 4 + ["fail"] * 3, "fail"), ([], "fail"),
])  # fmt: skip
def test_the_councils_level(levels, grade):
    assert council_level(levels, {"excellent_share": [3, 4], "fail_share": [1, 3]}) == grade


def test_a_members_level():
    assert member_level(["excellent"] * 4, ["excellent"] * 4, "pass", pass_share=[3, 4]) == "excellent"
    assert member_level(["excellent"] * 4, ["excellent"] * 3 + ["fail"], "pass", pass_share=[3, 4]) == "pass"
    assert member_level(["excellent"] * 4, ["excellent"] * 2 + ["fail"] * 2, "pass", pass_share=[3, 4]) == "fail"
    assert member_level(["excellent"], ["excellent"], "fail", pass_share=[3, 4]) == "fail"
    assert member_level(["fail"], ["excellent"], "excellent", pass_share=[3, 4]) == "fail"


def test_the_base_of_the_quorum_and_of_the_mean_follow_the_rule():
    out, here = [R.MEMBER, R.MEMBER], [R.CHAIR, R.VICE_CHAIR, R.REVIEWER, R.REVIEWER]
    assert not check_quorum(SEATS, here, QUORUM, vice_authorised=False, out=out)[0].kept, "4 of 7"
    assert check_quorum(SEATS, here, QUORUM | {"base": "entitled"}, vice_authorised=False, out=out)[0].kept, "4 of 5"
    assert score([FULL, FULL | {"plan": 9}], SHEET).mean == 100
    assert score([FULL, FULL | {"plan": 9}], SHEET, base=2).mean == 50, "who was present with an invalid sheet counts below the stroke"


def test_ties_in_the_order_of_the_rule():
    def scored(chair, content, led="chair"):
        return Scored(Fraction(80), 7, 0, True, Fraction(chair), led, {"content": Fraction(content)})

    two = {"a": scored(70, 4), "b": scored(90, 3)}
    assert [p.key for p in rank(two)] == ["b", "a"]
    assert [p.key for p in rank(two, ties=["mean", "criterion:content", "presiding_member", "authority"])] == ["a", "b"]
    assert [(p.position, p.recommended) for p in rank(two, ties=["mean", "authority"])] == [(1, False), (1, False)]
    same = {"a": scored(70, 4), "b": scored(90, 4), "c": scored(95, 3)}
    assert [p.key for p in rank(same, ties=["criterion:content", "presiding_member"])] == ["b", "a", "c"]
