"""Terms in days, as law counts them. Pure: who knows the days off is an argument.

Day 1 is the day after the event; a term that ends on a day off ends on the next working day (Civil Code 2015,
articles 147-148, mark G).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.later import holidays

WORKING, CALENDAR = "working", "calendar"
LONGEST = 3_660
NATIONAL_DAYS = Path(__file__).with_name("national-days.json")


def due_date(start: date, days: int, unit: str, is_off: Callable[[date], bool]) -> date:
    """The last day of a term of `days` ("working" or "calendar") after `start`. Raises ValueError for a bad unit or number."""
    if unit not in (WORKING, CALENDAR) or not 0 <= days <= LONGEST:
        raise ValueError(f"a term is 0 to {LONGEST} working or calendar days, not {days} {unit}")
    day = start
    if unit == CALENDAR:
        day += timedelta(days=days)
    else:
        left = days
        while left:
            day += timedelta(days=1)
            left -= not is_off(day)
    while is_off(day):
        day += timedelta(days=1)
    return day


def check_day(day: date, *, field: str, since: date | None = None, until: date | None = None) -> None:
    """Raises Incomplete (at `field`) unless the day lies between these, both allowed."""
    if since is not None and day < since:
        raise Incomplete(N_("This date cannot lie before %(day)s."), field=field, day=f"{since:%d/%m/%Y}")
    if until is not None and day > until:
        raise Incomplete(N_("This date cannot lie after %(day)s."), field=field, day=f"{until:%d/%m/%Y}")


def years_after(day: date, years: int) -> date:
    """The last day of a term of years from `day`."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return date(day.year + years, 2, 28)


def working_days_between(start: date, end: date, is_off: Callable[[date], bool]) -> int:
    """How many working days lie after `start` up to and with `end`."""
    return sum(not is_off(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


@lru_cache(maxsize=64)
def national_days(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """(days off, Saturdays and Sundays that are worked) of a year, as the holidays library knows them."""
    off, worked = _year(year)
    return frozenset(off), frozenset(worked)


def names_of(year: int) -> dict[date, str]:
    """The names of the national days off of a year, in Vietnamese."""
    return dict(_year(year)[0])


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[dict[date, str], list[date]]:
    found = _kept().get(str(year)) or computed(year)
    return {date.fromisoformat(day): name for day, name in found["off"].items()}, [date.fromisoformat(day) for day in found["worked"]]


@lru_cache(maxsize=1)
def _kept() -> dict[str, Any]:
    """The years around ours as the library computes them, written down: it takes a tenth of a server's memory. A test compares them."""
    kept: dict[str, Any] = json.loads(NATIONAL_DAYS.read_text(encoding="utf-8"))
    return kept


def computed(year: int) -> dict[str, Any]:
    """The days off with their names, and the weekend days that are worked, of one year, by the library."""
    known = holidays.country_holidays("VN", years=year, language="vi")
    return {"off": {day.isoformat(): str(name) for day, name in sorted(known.items()) if day.year == year},
            "worked": sorted(day.isoformat() for day in getattr(known, "weekend_workdays", None) or () if day.year == year)}  # fmt: skip


def off_days(overrides: dict[date, str]) -> Callable[[date], bool]:
    """is_off for the national calendar with these overrides (date → "off" or "working")."""

    def is_off(day: date) -> bool:
        if day in overrides:
            return overrides[day] == "off"
        off, worked = national_days(day.year)
        return day in off or (day.weekday() >= 5 and day not in worked)

    return is_off
