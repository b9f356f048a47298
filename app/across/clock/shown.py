"""What the pages of the clock show: the list with its filters, lights counted by step, officer and turn, and how long each step takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from app.across.clock import queries
from app.across.clock.held import Held, held
from app.across.clock.listing import Reckoned, only
from app.across.clock.queries import Item
from app.across.clock.reckoning import OPEN, Light, percentile
from app.across.clock.steps import STEPS, Phase, Step, Turn
from app.kernel.clock import local
from app.kernel.listing import Column, Filter
from app.kernel.text import fold

YEAR = timedelta(days=365)
LATE = {"show": "late"}  # what an address without anything means
NOBODY = "nobody"


@dataclass(frozen=True)
class Row:
    """One item with who looks after it."""

    item: Item
    held: Held | None

    @property
    def officer(self) -> str:
        return self.held.face if self.held else ""

    @property
    def left(self) -> int | None:
        return self.item.told.left

    @property
    def order(self) -> int:
        return STEPS.index(self.item.step)


def day_of(text: str | None) -> date | None:
    """A day as an address carries it, 31/12/2026 or 2026-12-31; None for what is none."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            found = datetime.strptime((text or "").strip(), form).date()
        except ValueError:
            continue
        return found if 1990 <= found.year <= 2100 else None
    return None


def span_of(args: Mapping[str, str], today: date) -> tuple[date, date]:
    """The days that an address names, in order; without any the last twelve months."""
    last = day_of(args.get("to")) or today
    first = day_of(args.get("from")) or min(last, today) - YEAR
    return (first, last) if first <= last else (last, first)


def rows(at: datetime, *, span: tuple[date, date] | None = None) -> list[Row]:
    """All open items, or those done in the span, with who looks after them."""
    found = queries.items(at, span=span)
    who = held({(i.kind, i.file_pid) for i in found}, local(at).date())
    return [Row(item, who.get((item.kind, item.file_pid))) for item in found]


def _officers(all_rows: Iterable[Row]) -> list[tuple[str, str]]:
    names = {r.held.officer_pid: r.held.officer for r in all_rows if r.held} | {r.held.deputy_pid: r.held.deputy for r in all_rows if r.held and r.held.deputy_pid}
    return [(NOBODY, _("Nobody is in charge")), *sorted(((str(pid), str(name)) for pid, name in names.items()), key=lambda p: fold(p[1]))]


def _of(row: Row, officer: str) -> bool:
    """Is it this officer's, in charge or as deputy?"""
    return row.held is None if officer == NOBODY else row.held is not None and officer in (row.held.officer_pid, row.held.deputy_pid)


def _shows(row: Row, value: str) -> bool:
    return row.item.told.light == Light.LATE if value == "late" else True


def listing(args: Mapping[str, str], at: datetime) -> Reckoned:
    """The list as an address describes it: what is late, all that is open, or what was done on days of a span."""
    done = args.get("show") == "done"
    span = span_of(args, local(at).date()) if done else None
    found = rows(at, span=span)
    columns = [
        Column("light", _("Light"), lambda r: r.item.told.light, sort=lambda r: (list(Light).index(r.item.told.light), r.item.told.due or date.max)),
        Column("step", _("Step"), lambda r: _(r.item.step.label), sort=lambda r: r.order),
        Column("ref", _("Code"), lambda r: r.item.ref, sort=lambda r: r.item.ref),
        Column("title", _("Title"), lambda r: r.item.title, sort=lambda r: fold(r.item.title)),
        Column("turn", _("Whose turn"), lambda r: _(r.item.turn.label), sort=lambda r: list(Turn).index(r.item.turn)),
        Column("officer", _("Officer in charge"), lambda r: r.officer, sort=lambda r: fold(r.officer) or None),
        Column("started", _("Counted from"), lambda r: r.item.started, sort=lambda r: r.item.started),
        Column("due", _("Due"), lambda r: r.item.told.due, sort=lambda r: r.item.told.due),
        Column("done", _("Done"), lambda r: r.item.done, sort=lambda r: r.item.done),
        Column("used", _("Days used"), lambda r: r.item.told.used, sort=lambda r: r.item.told.used),
        Column("limit", _("Limit"), lambda r: r.item.limit.days),
        Column("unit", _("Days are counted as"), lambda r: unit_said(r.item.limit.unit)),
        Column("left", _("Days left"), lambda r: r.left, sort=lambda r: r.left),
        Column("provisional", _("Provisional"), lambda r: _("provisional") if r.item.provisional else ""),
    ]
    shows = [("late", _("What is late")), ("open", _("All that is open")), ("done", _("What was done"))]
    filters = [
        Filter("q", _("Words of title or code"), only(lambda r, v: fold(v) in fold(f"{r.item.ref} {r.item.title}"))),
        Filter("show", _("Show"), only(_shows), choices=shows),
        Filter("turn", _("Whose turn"), only(lambda r, v: r.item.turn == v), choices=[(str(t), _(t.label)) for t in Turn]),
        Filter("officer", _("Officer in charge"), only(_of), choices=_officers(found)),
        Filter("phase", _("Stage"), only(lambda r, v: r.item.step.phase == v), choices=[(str(p), _(p.label)) for p in Phase]),
        Filter("step", _("Step"), only(lambda r, v: r.item.step.name == v), choices=[(s.name, _(s.label)) for s in STEPS]),
        Filter("light", _("Light"), only(lambda r, v: r.item.told.light == v), choices=[(str(li), _(li.label)) for li in Light]),
        Filter("from", _("Done from"), only(lambda _r, _v: True)),
        Filter("to", _("Done until"), only(lambda _r, _v: True)),
    ]
    return Reckoned(found, args, columns=columns, filters=filters, default="-done" if done else "due")


def unit_said(unit: str) -> str:
    return _("Calendar days") if unit == "calendar" else _("Working days")


# --- lights counted -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """How many items of a group show each light; `address` leads to its rows."""

    name: str
    address: Mapping[str, str]
    lights: Mapping[Light, int]

    @property
    def total(self) -> int:
        return sum(self.lights.values())


class Lights:
    """All open items counted: by step, by officer, by whose turn it is."""

    def __init__(self, at: datetime) -> None:
        self.rows = rows(at)
        self.lights = OPEN

    def _counted(self, name: str, address: Mapping[str, str], some: Iterable[Row]) -> Counted:
        return Counted(name, address, Counter(r.item.told.light for r in some))

    @cached_property
    def all(self) -> Counted:
        return self._counted(_("In all"), {}, self.rows)

    @cached_property
    def steps(self) -> list[tuple[Phase, list[Counted]]]:
        found = []
        for phase in Phase:
            lines = [self._counted(_(s.label), {"step": s.name}, (r for r in self.rows if r.item.step is s)) for s in STEPS if s.phase is phase]
            kept = [line for line in lines if line.total]
            if kept:
                found.append((phase, kept))
        return found

    @cached_property
    def officers(self) -> list[Counted]:
        return [line for pid, name in _officers(self.rows) if (line := self._counted(name, {"officer": pid}, (r for r in self.rows if _of(r, pid)))).total]

    @cached_property
    def turns(self) -> list[Counted]:
        return [line for t in Turn if (line := self._counted(_(t.label), {"turn": str(t)}, (r for r in self.rows if r.item.turn is t))).total]


# --- how long steps take --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """How long one step took in a span, in the unit of its limit."""

    step: Step
    unit: str
    days: int | None  # the limit in force on the last day of the span
    source: str
    mark: Any
    used: Sequence[int]
    late: int
    limited: int

    @property
    def median(self) -> int | None:
        return percentile(self.used, 50) if self.used else None

    @property
    def ninety(self) -> int | None:
        return percentile(self.used, 90) if self.used else None

    @property
    def on_time(self) -> int | None:
        """Percent that were done in time, of those with a limit."""
        return (self.limited - self.late) * 100 // self.limited if self.limited else None


def taken(at: datetime, span: tuple[date, date]) -> list[Taken]:
    """Every step with what was done in the span: on the rulebook's own terms."""
    limits = queries.Limits()
    by_step: dict[str, list[Item]] = {}
    for item in queries.items(at, span=span):
        by_step.setdefault(item.step.name, []).append(item)
    found = []
    for step in STEPS:
        limit, done = limits.of(step.rule, span[1]), by_step.get(step.name, [])
        same = [i for i in done if i.limit.unit == limit.unit]  # days of two kinds cannot be compared
        found.append(Taken(step, limit.unit, limit.days, limit.source, limit.mark, [i.told.used for i in same], sum(i.told.light == Light.DONE_LATE for i in done),
                           sum(i.told.due is not None for i in done)))  # fmt: skip
    return found


def sheet(found: Sequence[Taken]) -> Reckoned:
    """The statistics as a spreadsheet."""
    columns = [
        Column("phase", _("Stage"), lambda t: _(t.step.phase.label)), Column("step", _("Step"), lambda t: _(t.step.label)), Column("since", _("Counted from"), lambda t: _(t.step.since)),
        Column("limit", _("Limit"), lambda t: t.days), Column("unit", _("Days are counted as"), lambda t: unit_said(t.unit)), Column("done", _("Done"), lambda t: len(t.used)),
        Column("median", _("Median"), lambda t: t.median), Column("ninety", _("90th percentile"), lambda t: t.ninety), Column("late", _("Done late"), lambda t: t.late),
        Column("share", _("In time, percent"), lambda t: t.on_time), Column("source", _("Document and article"), lambda t: t.source),
        Column("mark", _("How well is it known?"), lambda t: _(t.mark.label) if t.mark else ""),
    ]  # fmt: skip
    return Reckoned(found, {}, columns=columns)
