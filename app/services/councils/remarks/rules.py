"""States of a remark; when it is due; what it must say. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_, Face

LONGEST = 10_000


class RemarkState(Face):
    MISSING = "missing", N_("Not begun"), "amber"
    OPTIONAL = "optional", N_("May be written"), "grey"
    DRAFT = "draft", N_("Draft, only you can read it"), "blue"
    SUBMITTED = "submitted", N_("Handed in"), "green"
    OUT = "out", N_("Out of this item"), "grey"


def day_before(day: date, days: int, is_off: Callable[[date], bool] | None) -> date:
    """The day so many days before another one: working days where days off are given, else days of the calendar."""
    found = day
    while days > 0:
        found -= timedelta(days=1)
        days -= is_off is None or not is_off(found)
    return found


def clean(parts: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> dict[str, str]:
    """What was written, part by part. Raises Incomplete for a part that is too long; unknown parts are nothing."""
    found = {}
    for part in parts:
        text = nfc(str(given.get(part["code"]) or "")).strip()
        if len(text) > LONGEST:
            raise Incomplete(N_("Please use at most %(n)s characters; this has %(have)s."), field=part["code"], n=LONGEST, have=len(text))
        if text:
            found[part["code"]] = text
    return found


def refuse_unfinished(parts: Sequence[Mapping[str, Any]], content: Mapping[str, str]) -> None:
    """Raises Incomplete for the first part that the form asks for and that is empty."""
    for part in parts:
        if part.get("required") and not content.get(part["code"]):
            raise Incomplete(N_("This part of the remark is still empty."), field=part["code"])


def is_finished(parts: Sequence[Mapping[str, Any]], content: Mapping[str, str]) -> bool:
    """Can the remark be handed in as it stands?"""
    return all(content.get(part["code"]) for part in parts if part.get("required"))


def due_reminder(days: Sequence[int], due: date, today: date) -> int | None:
    """Which of the reminders (so many days before the day) is the one for today; None when none is due yet or the day is past."""
    passed = [n for n in days if due - timedelta(days=n) <= today <= due]
    return min(passed) if passed else None
