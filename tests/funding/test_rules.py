"""Guards of funding, without a database."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as Row

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Incomplete, NotAllowed
from app.stages.funding.rules import (
    APPRAISAL,
    CONTRACT,
    ON_PAPER,
    SETTLEMENT,
    SUBMISSION,
    TRANCHE,
    Cause,
    ClosingKind,
    Condition,
    LumpSum,
    Source,
    TeamPart,
    check_line,
    check_other_person,
    check_signer,
    end_of,
    lump_sum_faults,
    months_of,
)

pytestmark = pytest.mark.nodb
GOOD = Row(name="Quy trình", quality="Đạt TCVN", quantity=1, unit="quy trình")
BILLION = 1_000_000_000


@pytest.mark.parametrize("lifecycle", [APPRAISAL, SUBMISSION, CONTRACT, TRANCHE, SETTLEMENT])
def test_every_state_can_be_reached(lifecycle):
    reached = {lifecycle.start}
    for _ in lifecycle.states:
        reached |= {move.to for (state, _verb), move in lifecycle.table.items() if state in reached}
    assert reached == set(lifecycle.states)


@pytest.mark.parametrize(("start", "months", "end"), [
    (date(2026, 1, 1), 24, date(2027, 12, 31)), (date(2026, 3, 15), 1, date(2026, 4, 14)), (date(2026, 1, 31), 1, date(2026, 2, 27)),
    (date(2026, 12, 1), 12, date(2027, 11, 30)), (date(2024, 2, 29), 12, date(2025, 2, 27)),
])  # fmt: skip
def test_the_last_day_of_a_term(start, months, end):
    assert end_of(start, months) == end


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 120))
def test_a_term_is_about_its_months_long(start, months):
    assert abs((end_of(start, months) - start).days - months * 30.44) < 5


@pytest.mark.parametrize(("asked", "allowed", "reason", "field"), [
    (100, 101, "more", "allowed_3"), (100, 99, None, "reason_3"), (100, 99, "  ", "reason_3"), (100, 100, None, None), (100, 0, "cut", None),
])  # fmt: skip
def test_lines(asked, allowed, reason, field):
    if field is None:
        check_line(3, asked, allowed, reason)
        return
    with pytest.raises(Incomplete) as refusal:
        check_line(3, asked, allowed, reason)
    assert refusal.value.field == field


@pytest.mark.parametrize(("products", "used_at", "bound", "faults"), [
    ([GOOD], "HTX Tầm Vu", 0, 0), ([GOOD], "HTX Tầm Vu", BILLION, 0), ([GOOD], "HTX Tầm Vu", BILLION + 1, 1), ([GOOD], " ", 0, 1), ([], "HTX", 0, 1),
    ([Row(name="x", quality="", quantity=1)], "HTX", 0, 1), ([Row(name="x", quality="y", quantity=None)], "HTX", 0, 1),
    ([GOOD, Row(name=" ", quality=None, quantity=0)], None, 2 * BILLION, 5),
])  # fmt: skip
def test_lump_sum_to_the_final_product(products, used_at, bound, faults):
    assert len(lump_sum_faults(products, used_at, bound, BILLION)) == faults


def test_another_person_does_the_next_step():
    check_other_person(1, 2, None, 3)
    with pytest.raises(NotAllowed):
        check_other_person(1, None, 1)


@pytest.mark.parametrize(("roles", "signer", "may"), [
    ({"province"}, "province", True), ({"leader"}, "province", False), ({"leader"}, "leader", True), ({"province"}, "leader", True), ({"officer"}, "leader", False),
])  # fmt: skip
def test_who_signs_is_a_rule(roles, signer, may):
    if may:
        check_signer(frozenset(roles), signer)
    else:
        with pytest.raises(NotAllowed):
            check_signer(frozenset(roles), signer)


def test_papers_have_words_for_everything():
    assert {*LumpSum, *Source, *Condition, *ClosingKind, *Cause, *TeamPart} == set(ON_PAPER)


@pytest.mark.parametrize(("first", "last", "months"), [
    ("2025-04-01", "2027-03-31", 24), ("2025-04-01", "2027-09-30", 30), ("2026-03-12", "2026-03-20", 1), ("2026-01-31", "2026-02-27", 1), ("2026-04-01", "2026-05-15", 2),
])  # fmt: skip
def test_months_of_a_term(first, last, months):
    assert months_of(date.fromisoformat(first), date.fromisoformat(last)) == months
