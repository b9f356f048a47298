"""The calendar of a call: its milestones in order, what makes one impossible, and what a new call is offered. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.kernel.clock import at_local, local
from app.kernel.errors import Incomplete, WrongState
from app.kernel.words import N_

BEFORE = ("questions_until", "briefing_at")  # these end before the deadline
AFTER = ("opening_at", "council_on", "notify_on")  # these follow it, in this order
DATES = (*BEFORE, "deadline", *AFTER)
LABELS = {
    "questions_until": N_("Questions are taken until"), "briefing_at": N_("Briefing for applicants"), "deadline": N_("Deadline"),
    "opening_at": N_("Opening of the dossiers"), "council_on": N_("Selection council meets"), "notify_on": N_("Applicants are told the result"),
    "place": N_("Where dossiers are received"), "note": N_("What applicants should know"), "briefing_place": N_("Place of the briefing"),
}  # fmt: skip
WHILE_OPEN = ("questions_until", "briefing_at", "briefing_place", "place", "note")  # what may be corrected only while dossiers come in
CORRECTABLE = (*WHILE_OPEN, *AFTER)
WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
WITHIN = "calls.milestones_within_days"  # the rule of how far from the deadline the milestones after it may lie
BEGIN_HOUR, END_HOUR = 9, 17  # of the milestones that are offered; an officer changes them at will


@dataclass(frozen=True)
class Milestone:
    """One date of the calendar; `exact` when its hour matters."""

    name: str
    label: str
    on: datetime | date

    @property
    def exact(self) -> bool:
        return isinstance(self.on, datetime)

    @property
    def day(self) -> date:
        return day_of(self.on)


@dataclass(frozen=True)
class DayOff:
    """A deadline that falls on a day off, and the next working day at the same hour."""

    day: date
    weekday: str
    following: datetime
    following_weekday: str


def day_of(value: datetime | date) -> date:
    """The Vietnamese day of an instant or day."""
    return local(value).date() if isinstance(value, datetime) else value


def calendar_of(call: Any) -> list[Milestone]:
    """The milestones that have a date, in the order of time."""
    found = [Milestone(name, LABELS[name], value) for name in DATES if (value := getattr(call, name)) is not None]
    return sorted(found, key=lambda m: (m.on if isinstance(m.on, datetime) else at_local(m.on, 23, 59), DATES.index(m.name)))


def check_deadline_sane(deadline: datetime | None, at: datetime, longest_days: int) -> None:
    """Raise Incomplete for a deadline that is missing, gone by, or further away than any call lasts."""
    if deadline is None:
        raise Incomplete(N_("The deadline is missing."), field="deadline")
    if deadline <= at:
        raise Incomplete(N_("The deadline %(day)s has gone by: dossiers must still be able to come in."), field="deadline", day=_shown(deadline))
    furthest = local(at).date() + timedelta(days=longest_days)
    if day_of(deadline) > furthest:
        raise Incomplete(N_("%(day)s is too far away: a call is open until %(last)s at the latest."), field="deadline", day=_shown(deadline), last=_shown(furthest))


def check_order(values: Mapping[str, Any], at: datetime, *, within: int, only: Iterable[str] = DATES) -> None:
    """Raise Incomplete for the first of the dates named in `only` that has gone by, stands in the wrong order, or more than `within` days after the deadline."""
    deadline, wanted = values["deadline"], set(only)
    for name in BEFORE:
        if name in wanted and (value := values.get(name)) is not None:
            _check_coming(name, value, at)
            if value > deadline:
                raise Incomplete(N_("This must come before the deadline (%(day)s)."), field=name, day=_shown(deadline))
    earlier = deadline
    for name in AFTER:
        value = values.get(name)
        if value is None:
            continue
        if name in wanted:
            _check_coming(name, value, at)
            too_early = value <= earlier if isinstance(value, datetime) and isinstance(earlier, datetime) else day_of(value) < day_of(earlier)
            if too_early:
                raise Incomplete(N_("This must come after the milestone before it (%(day)s)."), field=name, day=_shown(earlier))
            if day_of(value) > day_of(deadline) + timedelta(days=within):
                raise Incomplete(N_("%(day)s is too far away from the deadline."), field=name, day=_shown(value))
        earlier = value


def _check_coming(name: str, value: datetime | date, at: datetime) -> None:
    gone = value <= at if isinstance(value, datetime) else value < local(at).date()
    if gone:
        raise Incomplete(N_("%(day)s has gone by."), field=name, day=_shown(value))


def check_correction(changes: Mapping[str, Any], *, receives: bool) -> None:
    """Raise unless something changes, and nothing that only matters while dossiers come in once they do not."""
    if not changes:
        raise Incomplete(N_("Nothing is changed: please change what is to be corrected."))
    if not receives:
        for name in changes:
            if name in WHILE_OPEN:
                raise WrongState(N_("The deadline has passed: this can no longer be changed."), field=name)


def day_off(deadline: datetime, is_off: Callable[[date], bool]) -> DayOff | None:
    """What to say of a deadline that falls on a day off, or None."""
    day = day_of(deadline)
    if not is_off(day):
        return None
    following = day
    while is_off(following):
        following += timedelta(days=1)
    hour = local(deadline)
    return DayOff(day, WEEKDAYS[day.weekday()], at_local(following, hour.hour, hour.minute), WEEKDAYS[following.weekday()])


def offered(deadline: datetime, at: datetime, gaps: Mapping[str, int], is_off: Callable[[date], bool], opening: date) -> dict[str, Any]:
    """What a new call is offered beside its deadline: every date moved to the next working day where it falls on a day off."""

    def working(day: date) -> date:
        while is_off(day):
            day += timedelta(days=1)
        return day

    last = day_of(deadline)
    questions = min(working(last - timedelta(days=gaps["questions_before"])), last)
    council = max(working(last + timedelta(days=gaps["council_after"])), opening)
    return {
        "questions_until": min(at_local(questions, END_HOUR), deadline), "briefing_at": at_local(working(local(at).date() + timedelta(days=gaps["briefing_after"])), BEGIN_HOUR),
        "opening_at": at_local(opening, BEGIN_HOUR), "council_on": council, "notify_on": working(council + timedelta(days=gaps["notify_after"])),
    }  # fmt: skip


def moved_along(call: Any, deadline: datetime, is_off: Callable[[date], bool]) -> dict[str, Any]:
    """The milestones that go along when the deadline moves: as many days later, on the next working day; the briefing stays."""
    days = day_of(deadline) - day_of(call.deadline)
    found: dict[str, Any] = {}
    for name in ("questions_until", *AFTER):
        value = getattr(call, name)
        if value is None:
            continue
        later = value + days
        while is_off(day_of(later)):
            later += timedelta(days=1)
        found[name] = min(later, deadline) if name == "questions_until" else later
    return {name: value for name, value in found.items() if value != getattr(call, name)}


def kept(value: Any) -> str | None:
    """A value as the record of a change keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: datetime | date) -> str:
    return f"{local(value):%d/%m/%Y %H:%M}" if isinstance(value, datetime) else f"{value:%d/%m/%Y}"
