"""What cannot be in an order form that is otherwise complete: a beginning that is over, no money at all, years that do not go together. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.kernel.words import N_
from app.services.questionnaires.answering import Fault, day_of

AMOUNTS = ("state_budget", "other_budget")
SPARE_MONTHS = 1  # months are counted from parts of months


def faults(answers: Mapping[str, Any], year: int | None, today: date, *, later: int) -> Iterator[Fault]:
    """What does not go together; a question that a version of the form does not ask is left alone. `later`: how many years after its plan's a task may begin."""
    if any(name in answers for name in AMOUNTS) and not any(answers.get(name) for name in AMOUNTS) and answers.get(AMOUNTS[0]) is not None:
        yield _fault(AMOUNTS[0], N_("A task without any money, of the State or of others, cannot be ordered."))
    start, end, months = day_of(answers.get("starts_on")), day_of(answers.get("ends_on")), answers.get("duration_months")
    if start is not None and (wrong := _start(start, year, today, later)) is not None:
        yield wrong
        start = None
    if end is not None and end <= today:
        yield _fault("ends_on", N_("This day is over."))
    elif start is not None and end is not None and start < end and isinstance(months, int) and abs(_months(start, end) - months) > SPARE_MONTHS:
        yield _fault("duration_months", N_("From %(start)s to %(end)s it is about %(n)s months, not %(months)s."), start=_day(start), end=_day(end), n=_months(start, end), months=months)


def _start(start: date, year: int | None, today: date, later: int) -> Fault | None:
    if start <= today:
        return _fault("starts_on", N_("The task cannot begin on a day that is over."))
    if year is not None and not year <= start.year <= year + later:
        return _fault("starts_on", N_("A task of the plan for %(year)s begins from %(year)s to %(last)s."), year=year, last=year + later)
    return None


def _fault(code: str, message: str, **params: Any) -> Fault:
    return Fault(code, code, message, params)


def _months(start: date, end: date) -> int:
    """Months from one day to the other, a part of a month counted from its half on."""
    return round((end - start).days * 12 / 365.25)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
