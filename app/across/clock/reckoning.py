"""The derivation: from events, limit and calendar to due day, days used and light. Pure.

Day 1 is the day after the event; days after the day of a stop, up to and with the day of going on, do not count; a term that ends on a day
off ends on the next working day (Civil Code 2015, articles 147-148, mark G).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from app.kernel.words import N_, Face
from app.services.rulebook.calendar import CALENDAR, WORKING, off_days


class Light(Face):
    """How an item stands against its limit."""

    LATE = "late", N_("Overdue"), "red"
    SOON = "soon", N_("Due soon"), "amber"
    RUNNING = "running", N_("Within its time"), "green"
    STOPPED = "stopped", N_("Stopped: the other side amends"), "purple"
    UNLIMITED = "unlimited", N_("No limit set"), "grey"
    IN_TIME = "in_time", N_("Done in time"), "green"
    DONE_LATE = "done_late", N_("Done late"), "red"
    DONE = "done", N_("Done, no limit set"), "grey"


OPEN = (Light.LATE, Light.SOON, Light.RUNNING, Light.STOPPED, Light.UNLIMITED)


@dataclass(frozen=True)
class Limit:
    """So many days by a version of a rule; None: no limit is set."""

    days: int | None
    unit: str
    source: str = ""
    mark: Any = None
    key: str = ""

    @staticmethod
    def of(value: Any, unit: str | None, source: str = "", mark: Any = None, key: str = "") -> Limit:
        """What a rule says: a number of days in its unit, or {"days" or "limit": number or nothing, "unit": which}."""
        if isinstance(value, dict):
            return Limit(value.get("limit", value.get("days")), value.get("unit", unit or WORKING), source, mark, key)
        return Limit(value, unit or WORKING, source, mark, key)


class Calendar:
    """Working days between two years, counted once so that terms are looked up and not walked."""

    def __init__(self, first: int, last: int, is_off: Callable[[date], bool]) -> None:
        start, days = date(first, 1, 1), (date(last + 1, 1, 1) - date(first, 1, 1)).days
        self.first, self.last = start, start + timedelta(days=days - 1)
        self.working = [start + timedelta(days=n) for n in range(days) if not is_off(start + timedelta(days=n))]

    def between(self, after: date, until: date) -> int:
        """Working days after the first and up to the second day."""
        return max(0, bisect_right(self.working, until) - bisect_right(self.working, after))

    def nth(self, after: date, count: int) -> date:
        """The `count`-th working day after a day."""
        return self.working[bisect_right(self.working, after) + count - 1]

    def next_working(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        return self.working[bisect_right(self.working, day - timedelta(days=1))]


@lru_cache(maxsize=8)
def calendar(first: int, last: int, overrides: frozenset[tuple[date, str]]) -> Calendar:
    """The calendar of these years with the exceptions that were entered."""
    return Calendar(first, last, off_days(dict(overrides)))


Stop = tuple[date, date | None]


def merged(stops: Iterable[Stop], start: date, end: date | None = None) -> list[Stop]:
    """Stops inside a term, in order, without overlaps. An open one has no end."""
    kept: list[Stop] = []
    for since, until in sorted(stops, key=lambda s: (s[0], s[1] or date.max)):
        since = max(since, start)
        if (until is not None and until <= since) or (end is not None and since >= end):
            continue
        if kept and (kept[-1][1] is None or since <= kept[-1][1]):
            last = None if kept[-1][1] is None or until is None else max(kept[-1][1], until)
            kept[-1] = (kept[-1][0], last)
        else:
            kept.append((since, until))
    return kept


def _running(start: date, stops: Sequence[Stop], end: date | None) -> list[tuple[date, date | None]]:
    """The stretches (after this day, up to this day) in which the clock runs; the last may be open."""
    stretches: list[tuple[date, date | None]] = []
    here: date | None = start
    for since, until in stops:
        if here is None:
            break
        if since > here:
            stretches.append((here, since))
        here = until
    if here is not None and (end is None or here < end):
        stretches.append((here, end))
    return stretches


def due_day(start: date, limit: Limit, stops: Sequence[Stop], known: Calendar, today: date) -> date | None:
    """The last day of a term with its stops; while it is stopped, as if it went on today. None without a limit."""
    if limit.days is None:
        return None
    left = limit.days
    if left == 0:
        return known.next_working(start)
    closed = [(since, until or max(today, since)) for since, until in stops]
    for after, until in _running(start, closed, None):
        count = left if until is None else min(left, _days(after, until, limit.unit, known))
        if count >= left:
            return known.nth(after, left) if limit.unit == WORKING else known.next_working(after + timedelta(days=left))
        left -= count
    raise AssertionError("the last stretch is open")


def _days(after: date, until: date, unit: str, known: Calendar) -> int:
    return known.between(after, until) if unit != CALENDAR else max(0, (until - after).days)


def used_days(start: date, unit: str, stops: Sequence[Stop], end: date, known: Calendar) -> int:
    """How many days of the unit the step has taken up to a day, stops left out."""
    return sum(_days(after, min(until or end, end), unit, known) for after, until in _running(start, stops, end) if after < end)


@dataclass(frozen=True)
class Reckoned:
    """What the clock says of one item."""

    due: date | None
    used: int
    left: int | None  # days of the unit until the due day; below zero it is late
    light: Light
    stops: tuple[Stop, ...] = ()


def reckon(start: date, done: date | None, stops: Iterable[Stop], limit: Limit, known: Calendar, *, today: date, fixed: date | None = None, warn: int = 3) -> Reckoned:
    """One item. `fixed` is a due day that was said once and for all when the term began; `warn` so many days before it, it is due soon."""
    inside = merged(stops, start, done)
    due = fixed or due_day(start, limit, inside, known, today)
    end = done or today
    used = used_days(start, limit.unit, inside, max(end, start), known)
    if due is None:
        stopped = done is None and bool(inside) and inside[-1][1] is None
        return Reckoned(None, used, None, Light.DONE if done else Light.STOPPED if stopped else Light.UNLIMITED, tuple(inside))
    left = _days(end, due, limit.unit, known) if due >= end else -max(1, _days(due, end, limit.unit, known))
    if done is not None:
        return Reckoned(due, used, left, Light.IN_TIME if done <= due else Light.DONE_LATE, tuple(inside))
    if inside and inside[-1][1] is None and not (fixed and due < today) and due >= inside[-1][0]:
        return Reckoned(due, used, left, Light.STOPPED, tuple(inside))
    return Reckoned(due, used, left, Light.LATE if left < 0 else Light.SOON if left <= warn else Light.RUNNING, tuple(inside))


Event = tuple[str, date]


def cycle(events: Iterable[Event], starts: frozenset[str], stops: frozenset[str], ends: frozenset[str], *, until: date | None) -> tuple[date | None, list[Stop]]:
    """The running (or, with `until`, the last finished) go of a step by its events in order: since when, and when it was stopped."""
    start: date | None = None
    found: list[Stop] = []
    open_since: date | None = None
    last: tuple[date | None, list[Stop]] = (None, [])
    for verb, day in events:
        if verb in starts and start is None:
            start, found, open_since = day, [], None
        elif verb in starts and open_since is not None:
            found.append((open_since, day))
            open_since = None
        elif verb in stops and start is not None and open_since is None:
            open_since = day
        elif verb in ends and start is not None:
            last = (start, found if open_since is None else [*found, (open_since, day)])
            start = None
    if until is not None and start is None:
        return last
    return start, found if open_since is None else [*found, (open_since, None)]


def percentile(values: Sequence[int], percent: int) -> int:
    """The nearest-rank percentile: the smallest value that so many percent do not exceed."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
