"""Terms in days, as law counts them. Pure: who knows the days off is an argument.

Day 1 is the day after the event; a term that ends on a day off ends on the next working day (Civil Code 2015,
articles 147-148, mark G).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.later import holidays

WORKING, CALENDAR = "working", "calendar"
LONGEST = 3_660


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
    known = holidays.country_holidays("VN", years=year)
    worked = {d for d in (getattr(known, "weekend_workdays", None) or set()) if d.year == year}
    return frozenset(d for d in known if d.year == year), frozenset(worked)


@lru_cache(maxsize=64)
def names_of(year: int) -> dict[date, str]:
    """The names of the national days off of a year, in Vietnamese."""
    return {d: str(name) for d, name in holidays.country_holidays("VN", years=year, language="vi").items() if d.year == year}


def off_days(overrides: dict[date, str]) -> Callable[[date], bool]:
    """is_off for the national calendar with these overrides (date → "off" or "working")."""

    def is_off(day: date) -> bool:
        if day in overrides:
            return overrides[day] == "off"
        off, worked = national_days(day.year)
        return day in off or (day.weekday() >= 5 and day not in worked)

    return is_off
