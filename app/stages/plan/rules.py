"""States of a plan and its measures, what a body owes and when, and what a mapping of items must say. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


class PlanState(Face):
    DRAFT = "draft", N_("Draft"), "grey"
    IN_FORCE = "in_force", N_("In force"), "green"
    SUPERSEDED = "superseded", N_("Superseded"), "amber"


class MeasureState(Face):
    ACTIVE = "active", N_("Active"), "green"
    CALLED_OFF = "called_off", N_("Called off"), "grey"


class Progress(Face):
    """What a body says of its measure."""

    NOT_BEGUN = "not_begun", N_("Not begun"), "amber"
    ON_TRACK = "on_track", N_("On track"), "green"
    BEHIND = "behind", N_("Behind"), "red"
    DONE = "done", N_("Done"), "green"


class Standing(Face):
    """How a measure stands on a day: derived, never stored."""

    OVERDUE = "overdue", N_("Overdue"), "red"
    NOTE_MISSING = "note_missing", N_("Yearly note missing"), "amber"
    RUNNING = "running", N_("In time"), "blue"
    DONE = "done", N_("Done"), "green"
    CALLED_OFF = "called_off", N_("Called off"), "grey"
    CLOSED = "closed", N_("Plan superseded"), "grey"
    PLANNED = "planned", N_("Plan not in force yet"), "grey"

    @classmethod
    def late(cls) -> tuple[Standing, ...]:
        """What is chased."""
        return (cls.OVERDUE, cls.NOTE_MISSING)


PLAN = Lifecycle("plan", PlanState, start=PlanState.DRAFT, moves={
    (PlanState.DRAFT, "put_in_force"): Move(PlanState.IN_FORCE, Do.PLAN_PUT_IN_FORCE, N_("Put in force")),
    (PlanState.IN_FORCE, "supersede"): Move(PlanState.SUPERSEDED, Do.SYSTEM, N_("Supersede")),
})  # fmt: skip
MEASURE = Lifecycle("plan_measure", MeasureState, start=MeasureState.ACTIVE, moves={
    (MeasureState.ACTIVE, "call_off"): Move(MeasureState.CALLED_OFF, Do.PLAN_REVISE, N_("Call off")),
})  # fmt: skip


# --- the years of a plan --------------------------------------------------------------------------------------

# what of a plan file is a slip of the pen; a plan keeps its own horizon for good
AFTER = 1  # years after a plan's horizon in which its measures may still fall due: final reports and accounts
OPEN_ENDED = 10  # years of a plan that names no horizon


@dataclass(frozen=True)
class Period:
    """The time a plan speaks of: from its own day to the end of its horizon and a year more; targets also until its vision."""

    first: date
    last: date
    farthest: int

    @property
    def years(self) -> range:
        """The years in which a target may be set."""
        return range(self.first.year, self.farthest + 1)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def period(dated: date, horizon: int | None, vision: int | None) -> Period:
    """The time of a plan of this day with these years."""
    end = min((horizon or vision or dated.year + OPEN_ENDED) + AFTER, date.max.year)
    return Period(dated, date(end, 12, 31), max(end, vision or 0))


# --- yearly notes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NoteDay:
    """The last day of a year on which the note of that year is in time."""

    month: int
    day: int

    def of(self, year: int) -> date:
        return date(year, self.month, self.day)

    def last_owed(self, today: date, until: int | None = None) -> int:
        """The latest year whose note should be there; none is owed for years after `until`, the plan's last."""
        year = today.year if today > self.of(today.year) else today.year - 1
        return year if until is None else min(year, until)


def owes_note(*, assigned_on: date, last_note: int | None, done: bool, today: date, note_day: NoteDay, until: int | None = None) -> bool:
    """Is the note of the latest owed year missing? What was assigned after that year's day owes it no more."""
    owed = note_day.last_owed(today, until)
    return not done and assigned_on <= note_day.of(owed) and (last_note is None or last_note < owed)


def note_years(*, assigned_on: date, today: date, until: int | None = None) -> list[int]:
    """The years for which a note may be written now: from the year of assignment to this one or the plan's last, newest first."""
    return list(range(today.year if until is None else min(today.year, until), assigned_on.year - 1, -1))


def chase_round(since: date, today: date, every_days: int) -> int:
    """The number of the reminder that is due today for something late since that day (0 = the first)."""
    return max(0, (today - since - timedelta(days=1)).days) // max(1, every_days)


def open_for_notes(*, state: PlanState, due_on: date, today: date) -> bool:
    """May the body still say how far its measure is? A superseded plan's measures stay open until their day."""
    return state == PlanState.IN_FORCE or (state == PlanState.SUPERSEDED and today <= due_on)


# --- what items become ----------------------------------------------------------------------------------------


class Fate(Face):
    """What becomes of an item when a later plan takes over."""

    SAME = "same", N_("Unchanged"), "grey"
    CHANGED = "changed", N_("Changed"), "blue"
    MERGED = "merged", N_("Merged with others"), "blue"
    SPLIT = "split", N_("Split"), "blue"
    DROPPED = "dropped", N_("No longer there"), "red"
    ADDED = "added", N_("Added"), "green"
    OPEN = "open", N_("Not mapped yet"), "amber"


@dataclass(frozen=True)
class Link:
    """What an old item becomes: new codes, or none with a reason."""

    old: str
    new: tuple[str, ...] = ()
    reason: str = ""

    @property
    def settled(self) -> bool:
        return bool(self.new) or bool(self.reason.strip())


def unmapped(old: Iterable[str], links: Iterable[Link]) -> list[str]:
    """Old items of which nothing is said."""
    said = {link.old for link in links if link.settled}
    return [code for code in old if code not in said]


def fates(old: Sequence[str], new: Sequence[str], links: Iterable[Link]) -> tuple[dict[str, Fate], list[str]]:
    """(what becomes of each old item, new items that come from none)."""
    by_old = {link.old: link for link in links}
    parents: dict[str, int] = {}
    for link in by_old.values():
        for code in set(link.new):
            parents[code] = parents.get(code, 0) + 1
    found = {}
    for code in old:
        link = by_old.get(code)
        if link is None or not link.settled:
            found[code] = Fate.OPEN
        elif not link.new:
            found[code] = Fate.DROPPED
        elif len(set(link.new)) > 1:
            found[code] = Fate.SPLIT
        else:
            found[code] = Fate.MERGED if parents[link.new[0]] > 1 else Fate.CHANGED
    return found, [code for code in new if code not in parents]


def follow(steps: Sequence[Mapping[str, Iterable[str]]], start: str) -> set[str]:
    """What an item has become after several plans, one mapping after the other."""
    now = {start}
    for step in steps:
        now = {new for code in now for new in step.get(code, ())}
    return now


LIKE = 0.5  # share of common words from which two items are proposed as the same


def propose(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """For each old item (code → folded text) the new one that says most nearly the same; only near ones."""
    words = {code: set(text.split()) for code, text in new.items()}
    found = {}
    for code, text in old.items():
        mine = set(text.split())
        scored = sorted(((len(mine & theirs) / max(1, len(mine | theirs)), other == code, other) for other, theirs in words.items()), reverse=True)
        if scored and scored[0][0] >= LIKE:
            found[code] = scored[0][2]
    return found


# what of a part can be edited
EDITABLE: dict[str, tuple[str, ...]] = {
    "goal": ("code", "year", "short_vi", "short_en", "text_vi"),
    "group": ("code", "name_vi", "name_en", "holds_sectors"),
    "sector": ("code", "name_vi", "name_en"),
    "item": ("code", "text_vi", "short_vi", "title_en"),
    "target": ("name_vi", "name_en", "amount", "unit", "year"),
    "measure": ("text_vi", "text_en", "due_on"),
}


def fingerprint(values: Any) -> int:
    """A number that changes with the content: what a form has seen, for parts that carry no version."""
    return zlib.crc32(repr(values).encode())
