"""Sixty terms across Tết 2024 to 2027, worked out by hand on the official calendars. Pure.

Days off by announcement: 2024: 8-14/2 (5015/TB-LĐTBXH), 29/4 for Saturday 4/5; 2025: 27-31/1 (6150/TB-BLĐTBXH), 2/5 for Saturday 26/4;
2026: 2/1 for Saturday 10/1 (12729/VPCP-KGVX), 16-20/2 (9441/TB-BNV), 31/8 for Saturday 22/8. For 2027 nothing was announced yet: 4-10/2 by the
Labour Code, article 112, with the days in lieu of the weekend; these stand as provisional until an officer confirms the year.
Day 1 is the day after the event; in brackets stops: (the day it went back, the day it came again), whose days after the first do not count.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.across.clock.queries import Days
from app.across.clock.reckoning import Calendar, Limit, due_day, merged, used_days
from app.services.rulebook.calendar import due_date, off_days

pytestmark = pytest.mark.nodb
OFF = off_days({date(2026, 1, 2): "off", date(2026, 1, 10): "working"})
KNOWN = Calendar(2023, 2029, OFF)
W, C = "working", "calendar"
CASES = (
    ("2024-02-05", 3, W, "2024-02-15"), ("2024-02-07", 1, W, "2024-02-15"), ("2024-02-07", 1, C, "2024-02-15"), ("2024-02-01", 7, C, "2024-02-15"),
    ("2024-02-01", 6, C, "2024-02-07"), ("2024-02-01", 15, C, "2024-02-16"), ("2024-02-02", 15, W, "2024-03-01"), ("2024-02-08", 5, W, "2024-02-21"),
    ("2024-02-10", 30, C, "2024-03-11"), ("2024-02-14", 10, C, "2024-02-26"), ("2024-02-14", 3, W, "2024-02-19"), ("2024-04-26", 1, W, "2024-05-02"),
    ("2024-04-26", 3, W, "2024-05-04"), ("2024-04-26", 4, W, "2024-05-06"), ("2024-05-03", 1, C, "2024-05-04"), ("2024-04-24", 5, C, "2024-05-02"),
    ("2024-04-17", 1, W, "2024-04-19"), ("2024-08-30", 1, W, "2024-09-04"), ("2024-08-30", 10, W, "2024-09-17"),
    ("2025-01-22", 3, W, "2025-02-03"), ("2025-01-24", 1, W, "2025-02-03"), ("2025-01-24", 3, C, "2025-02-03"), ("2025-01-24", 10, C, "2025-02-03"),
    ("2025-01-24", 11, C, "2025-02-04"), ("2025-01-20", 15, W, "2025-02-17"), ("2025-01-29", 5, W, "2025-02-07"), ("2025-01-02", 30, C, "2025-02-03"),
    ("2025-01-15", 30, C, "2025-02-14"), ("2025-04-25", 1, W, "2025-04-26"), ("2025-04-25", 3, W, "2025-04-29"), ("2025-04-25", 4, W, "2025-05-05"),
    ("2025-04-25", 1, C, "2025-04-26"), ("2025-04-22", 10, C, "2025-05-05"), ("2025-04-04", 1, W, "2025-04-08"), ("2025-08-29", 2, W, "2025-09-04"),
    ("2025-12-31", 1, W, "2026-01-05"), ("2026-01-05", 5, W, "2026-01-10"), ("2026-01-09", 1, C, "2026-01-10"), ("2026-02-13", 1, W, "2026-02-23"),
    ("2026-02-13", 3, C, "2026-02-23"), ("2026-02-13", 10, C, "2026-02-23"), ("2026-02-10", 5, W, "2026-02-24"), ("2026-02-06", 15, W, "2026-03-06"),
    ("2026-02-17", 7, W, "2026-03-03"), ("2026-01-20", 30, C, "2026-02-23"), ("2026-04-24", 1, W, "2026-04-28"), ("2026-04-28", 2, W, "2026-05-04"),
    ("2026-08-21", 1, W, "2026-08-22"), ("2026-08-28", 3, W, "2026-09-07"),
    ("2027-02-02", 3, W, "2027-02-12"), ("2027-02-03", 1, C, "2027-02-11"), ("2027-01-29", 15, W, "2027-02-26"), ("2027-02-08", 5, W, "2027-02-17"),
)  # fmt: skip
STOPPED = (
    ("2024-02-05", 5, W, [("2024-02-06", "2024-02-16")], "2024-02-22"), ("2025-01-21", 3, W, [("2025-01-22", "2025-02-04")], "2025-02-06"),
    ("2026-02-11", 10, C, [("2026-02-13", "2026-02-24")], "2026-03-04"),
    ("2026-02-09", 15, W, [("2026-02-10", "2026-02-12"), ("2026-02-24", "2026-03-03")], "2026-03-18"),
    ("2024-02-01", 7, C, [("2024-02-07", "2024-02-09")], "2024-02-15"),  # comes again on a day off
    ("2025-01-17", 7, C, [("2025-01-20", "2025-01-22")], "2025-02-03"),  # ends on the Sunday before Tết
    ("2026-01-05", 3, W, [("2026-01-05", "2026-01-08")], "2026-01-12"),  # went back on the day it came
)  # fmt: skip


def day(text: str) -> date:
    return date.fromisoformat(text)


def due(start: date, days: int, unit: str, stops: list[tuple[date, date | None]]) -> date | None:
    return due_day(start, Limit(days, unit), merged(stops, start), KNOWN, start)


def test_there_are_sixty():
    assert len(CASES) + len(STOPPED) == 60


@pytest.mark.parametrize(("start", "days", "unit", "end"), CASES)
def test_a_term_across_tet(start, days, unit, end):
    assert due_date(day(start), days, unit, OFF) == day(end)
    assert due(day(start), days, unit, []) == day(end)
    if unit == W:
        assert used_days(day(start), W, [], day(end), KNOWN) == days


@pytest.mark.parametrize(("start", "days", "unit", "stops", "end"), STOPPED)
def test_a_term_with_stops(start, days, unit, stops, end):
    assert due(day(start), days, unit, [(day(a), day(b)) for a, b in stops]) == day(end)


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 60), st.sampled_from([W, C]), st.integers(0, 40), st.integers(0, 40))
def test_the_clock_counts_as_the_calendar_and_a_stop_never_brings_the_day_nearer(start, days, unit, after, long):
    plain = due(start, days, unit, [])
    assert plain == due_date(start, days, unit, OFF)
    since = date.fromordinal(start.toordinal() + after)
    stopped = due(start, days, unit, [(since, date.fromordinal(since.toordinal() + long))])
    assert stopped is not None and plain is not None and stopped >= plain and not OFF(stopped)


def test_a_year_nobody_confirmed_makes_its_terms_provisional():
    known = Days(frozenset(), frozenset({2026}))
    assert known.provisional(day("2026-12-28"), day("2027-01-05")) and not known.provisional(day("2026-02-01"), day("2026-03-01"))
    assert not known.provisional(day("2024-02-01"), day("2024-03-01")), "what lies before the first confirmed year is settled"
