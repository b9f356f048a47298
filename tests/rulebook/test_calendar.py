"""Terms as law counts them: Tết, swapped days, terms that end on a day off. Pure."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.rulebook.calendar import (
    NATIONAL_DAYS,
    computed,
    due_date,
    national_days,
    off_days,
    working_days_between,
)

pytestmark = pytest.mark.nodb
OFF = off_days({date(2026, 1, 2): "off", date(2026, 1, 10): "working"})


@pytest.mark.parametrize(("start", "days", "unit", "due"), [
    ("2026-02-12", 5, "working", "2026-02-26"),   # over Tết Bính Ngọ (16-20/02)
    ("2026-02-12", 5, "calendar", "2026-02-23"),  # the 17th is Tết: on to the first working day
    ("2026-03-02", 3, "working", "2026-03-05"),
    ("2026-03-06", 1, "working", "2026-03-09"),   # Friday to Monday
    ("2026-03-06", 1, "calendar", "2026-03-09"),  # ends on a Saturday
    ("2026-01-08", 2, "working", "2026-01-10"),   # a Saturday worked in exchange for 2 January
    ("2025-12-31", 1, "working", "2026-01-05"),   # 1 and 2 January off
    ("2026-04-29", 1, "working", "2026-05-04"),
    ("2026-08-28", 1, "working", "2026-09-03"),   # 31/8 swapped, 1 and 2 September off
    ("2026-03-02", 0, "working", "2026-03-02"),
])  # fmt: skip
def test_terms(start, days, unit, due):
    assert due_date(date.fromisoformat(start), days, unit, OFF).isoformat() == due


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(0, 90), st.sampled_from(["working", "calendar"]))
def test_a_term_never_ends_on_a_day_off_and_grows_with_its_length(start, days, unit):
    due = due_date(start, days, unit, OFF)
    assert not OFF(due)
    assert due >= start
    assert due_date(start, days + 1, unit, OFF) >= due
    if unit == "working" and days:
        assert working_days_between(start, due, OFF) == days


@pytest.mark.parametrize(("days", "unit"), [(-1, "working"), (1, "week"), (10**6, "calendar")])
def test_nonsense_is_refused(days, unit):
    with pytest.raises(ValueError):
        due_date(date(2026, 3, 2), days, unit, OFF)


def test_a_weekend_is_off():
    assert OFF(date(2026, 3, 7)) and OFF(date(2026, 3, 8)) and not OFF(date(2026, 3, 9))
    assert due_date(date(2026, 3, 7), 0, "calendar", OFF) == date(2026, 3, 7) + timedelta(days=2)


def test_the_days_written_down_are_those_of_the_library():
    """After a new version of the library: write {year: computed(year)} into the file anew."""
    kept = json.loads(NATIONAL_DAYS.read_text(encoding="utf-8"))
    assert len(kept) > 50 and {year: computed(int(year)) for year in kept} == kept


def test_a_year_that_is_not_written_down_is_computed():
    off, _worked = national_days(1990)
    assert {date(1990, 1, 1), date(1990, 9, 2)} <= off
