"""Arithmetic of money: nothing lost, nothing made."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Incomplete
from app.stages.funding import ledger
from app.stages.funding.rules import EntryKind

pytestmark = pytest.mark.nodb
money = st.integers(min_value=0, max_value=10**13)


@st.composite
def percents(draw):
    cuts = sorted(draw(st.sets(st.integers(min_value=1, max_value=99), max_size=7)))
    edges = [0, *cuts, 100]
    return [b - a for a, b in itertools.pairwise(edges)]


@given(money, percents())
def test_parts_sum_to_the_total_exactly(total, parts):
    amounts = ledger.schedule(total, parts)
    assert sum(amounts) == total and len(amounts) == len(parts)
    assert all(abs(amount - total * part / 100) <= len(parts) for amount, part in zip(amounts, parts, strict=True))
    assert min(amounts) >= 0


@pytest.mark.parametrize("parts", [[], [50, 40], [100, 0], [120, -20], [50, 51]])
def test_percents_that_are_not_a_whole_are_refused(parts):
    with pytest.raises(Incomplete):
        ledger.schedule(100, parts)


def test_the_remainder_goes_to_the_last():
    assert ledger.schedule(100, [33, 33, 34]) == [33, 33, 34]
    assert ledger.schedule(101, [50, 30, 20]) == [50, 30, 21]


@given(st.lists(st.tuples(st.sampled_from(["state", "counterpart"]), st.integers(2024, 2027), money, money), max_size=20))
def test_totals_agree_with_their_lines(rows):
    lines = [SimpleNamespace(source=s, year=y, asked=a, allowed=w) for s, y, a, w in rows]
    sums = ledger.totals(lines)
    assert sums["asked"] == sum(a for _s, _y, a, _w in rows) == sums["asked_state"] + sums["asked_counterpart"]
    assert sums["allowed"] == sums["state"] + sums["counterpart"] == sum(p["state"] + p["counterpart"] for p in sums["years"].values())
    assert list(sums["years"]) == sorted(sums["years"])


@given(st.dictionaries(st.integers(2020, 2030), st.fixed_dictionaries({"state": money, "counterpart": money}), max_size=6), st.integers(2020, 2030))
def test_past_years_move_into_the_first(years, first):
    moved = ledger.from_year(years, first)
    assert all(y >= first for y in moved)
    for source in ("state", "counterpart"):
        assert sum(p[source] for p in moved.values()) == sum(p[source] for p in years.values())


@given(money.flatmap(lambda paid: st.tuples(st.just(paid), st.integers(0, paid))), st.integers(0, 100))
def test_a_refund_is_never_more_than_what_was_paid(paid_used, percent):
    paid, used = paid_used
    assert paid - used <= ledger.refund(paid, used, percent) <= paid


@pytest.mark.parametrize(("paid", "used", "percent", "back"), [(100, 100, 0, 0), (100, 60, 0, 40), (100, 60, 30, 58), (100, 0, 30, 100), (1_000, 999, 10, 100)])
def test_refunds(paid, used, percent, back):
    assert ledger.refund(paid, used, percent) == back


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.integers(-(10**10), 10**10))
def test_a_change_of_the_open_tranches_changes_their_sum_by_just_that(amounts, delta):
    changed = ledger.reschedule(amounts, delta)
    if changed is None:
        assert -delta > sum(amounts)
    else:
        assert sum(changed) == sum(amounts) + delta and min(changed) >= 0 and len(changed) == len(amounts)


def test_nothing_open_takes_no_change():
    assert ledger.reschedule([], 5) is None
    assert ledger.reschedule([], -5) is None


@given(st.lists(st.tuples(st.sampled_from(list(EntryKind)), money)))
def test_balance(rows):
    entries = [SimpleNamespace(kind=k, amount=a) for k, a in rows]
    assert ledger.balance(entries) == sum(a if k in ("payment", "refund_reversal") else -a for k, a in rows)
