"""Guards of execution, without a database."""

from __future__ import annotations

import itertools
from datetime import date
from types import SimpleNamespace as Row

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.stages.execution.rules import (
    ADJUSTMENT,
    INSPECTION,
    ON_PAPER,
    REPORT,
    SUSPENSION,
    TERMINATION,
    AdjustmentKind,
    Ground,
    ReportState,
    check_extension,
    check_reviewer,
    check_special,
    extension_cap,
    overdue,
    periods,
)
from app.stages.funding.rules import end_of

pytestmark = pytest.mark.nodb
CAPS = {"times": 1, "long_from": 24, "months_long": 12, "months_short": 6}


@pytest.mark.parametrize("lifecycle", [REPORT, INSPECTION, ADJUSTMENT, SUSPENSION, TERMINATION])
def test_every_state_can_be_reached(lifecycle):
    reached = {lifecycle.start}
    for _ in lifecycle.states:
        reached |= {move.to for (state, _verb), move in lifecycle.table.items() if state in reached}
    assert reached == set(lifecycle.states)


def test_periods_of_two_years():
    assert periods(date(2026, 1, 1), date(2027, 12, 31), 6) == [
        (date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 6, 30)), (date(2027, 7, 1), date(2027, 12, 31)),
    ]  # fmt: skip


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 60), st.integers(1, 12))
def test_periods_cover_the_project_without_gap_or_overlap(start, months, every):
    end = end_of(start, months)
    found = periods(start, end, every)
    assert found[0][0] == start and found[-1][1] == end
    for (_a, last), (first, _b) in itertools.pairwise(found):
        assert (first - last).days == 1
    assert all(first <= last for first, last in found)


@pytest.mark.parametrize(("state", "due", "late"), [
    (ReportState.SCHEDULED, date(2026, 3, 1), True), (ReportState.RETURNED, date(2026, 3, 1), True), (ReportState.SCHEDULED, date(2026, 3, 2), False),
    (ReportState.SUBMITTED, date(2026, 1, 1), False), (ReportState.ACCEPTED, date(2026, 1, 1), False),
])  # fmt: skip
def test_overdue_is_derived(state, due, late):
    assert overdue(Row(state=state, due_on=due), date(2026, 3, 2)) is late


@pytest.mark.parametrize(("months", "cap"), [(6, 6), (23, 6), (24, 12), (36, 12)])
def test_the_cap_follows_the_length(months, cap):
    assert extension_cap(months, CAPS) == cap


@pytest.mark.parametrize(("months", "length", "before", "today", "special", "refusal"), [
    (12, 24, 0, date(2026, 1, 1), False, None), (13, 24, 0, date(2026, 1, 1), False, Incomplete), (7, 23, 0, date(2026, 1, 1), False, Incomplete),
    (0, 24, 0, date(2026, 1, 1), False, Incomplete), (3, 24, 1, date(2026, 1, 1), False, WrongState), (3, 24, 1, date(2026, 1, 1), True, None),
    (20, 24, 0, date(2026, 1, 1), True, None), (3, 24, 0, date(2026, 6, 30), False, None), (3, 24, 0, date(2026, 7, 1), False, WrongState),
    (3, 24, 0, date(2026, 7, 1), True, WrongState),
])  # fmt: skip
def test_extensions(months, length, before, today, special, refusal):
    facts = {"duration_months": length, "contract_ends_on": date(2026, 6, 30), "agreed_before": before, "today": today, "caps": CAPS, "special": special}
    if refusal is None:
        check_extension(months, **facts)
    else:
        with pytest.raises(refusal):
            check_extension(months, **facts)


def test_a_special_case_names_its_authority():
    check_special(False, None)
    check_special(True, "UBND tỉnh, Công văn 12")
    with pytest.raises(Incomplete):
        check_special(True, " ")


def test_nobody_judges_the_own_paper():
    check_reviewer(1, 2)
    with pytest.raises(NotAllowed):
        check_reviewer(1, 1)


def test_papers_have_words_for_everything():
    assert {*AdjustmentKind, *Ground} == set(ON_PAPER)
