"""The days off of a year as an announcement lists them: read line by line, compared with what runs, entered together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.across.clock import queries
from app.across.clock.queries import Days, Item
from app.across.clock.shown import day_of
from app.kernel.errors import Incomplete
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.rulebook import actions
from app.services.rulebook.rules import DayKind

MOST = 60  # days that differ from the ordinary ones in a year; 2026 has fifteen
KINDS = {"nghi": DayKind.OFF, "off": DayKind.OFF, "lam": DayKind.WORKING, "lam bu": DayKind.WORKING, "working": DayKind.WORKING}


@dataclass(frozen=True)
class Line:
    """One day of an announcement."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class Moved:
    """An open item whose due day would be another."""

    item: Item
    before: date
    after: date


def lines(text: str, year: int) -> list[Line]:
    """The days of a text, one a line: 02/01/2027; nghỉ; Tết Dương lịch. Raises Incomplete, naming the line, for what cannot be read."""
    found: list[Line] = []
    written = [(n, row) for n, row in enumerate(nfc(text).splitlines(), start=1) if row.strip()]
    if not written or len(written) > MOST:
        raise Incomplete(N_("Please write between 1 and %(most)s days, one a line; here are %(n)s."), field="days", most=MOST, n=len(written))
    for n, row in written:
        day, kind, name = ([part.strip() for part in row.split(";", 2)] + ["", ""])[:3]
        known = day_of(day)
        if known is None:
            raise Incomplete(N_("Line %(n)s: “%(said)s” is no day like 31/12/2027."), field="days", n=n, said=day[:40])
        if known.year != year:
            raise Incomplete(N_("Line %(n)s: %(day)s is not in %(year)s."), field="days", n=n, day=f"{known:%d/%m/%Y}", year=year)
        if fold(kind) not in KINDS:
            raise Incomplete(N_("Line %(n)s: the kind is “nghỉ” (off) or “làm” (worked), not “%(said)s”."), field="days", n=n, said=kind[:40])
        if not 0 < len(name) <= 200:
            raise Incomplete(N_("Line %(n)s: the name of the day is missing, or longer than 200 characters."), field="days", n=n)
        if known in {line.day for line in found}:
            raise Incomplete(N_("Line %(n)s: %(day)s stands twice."), field="days", n=n, day=f"{known:%d/%m/%Y}")
        if KINDS[fold(kind)] is DayKind.WORKING and known.weekday() < 5:
            raise Incomplete(N_("Line %(n)s: %(day)s is no Saturday or Sunday, it is worked anyhow unless it is a day off."), field="days", n=n, day=f"{known:%d/%m/%Y}")
        found.append(Line(known, KINDS[fold(kind)], name))
    return found


def moved(announced: Iterable[Line], at: datetime) -> list[Moved]:
    """The open items whose due day these days would change; what was said once and for all stays."""
    known = Days.known()
    changed = dict(known.overrides) | {line.day: str(line.kind) for line in announced}
    before = {(i.step.name, i.endpoint, i.pid): i for i in queries.items(at, days=known)}
    found = []
    for item in queries.items(at, days=Days(frozenset(changed.items()), known.confirmed)):
        was = before[item.step.name, item.endpoint, item.pid].told.due
        if was is not None and item.told.due is not None and was != item.told.due:
            found.append(Moved(item, was, item.told.due))
    return sorted(found, key=lambda m: (m.after, m.item.ref))


def enter(announced: Sequence[Line], *, source: str, by: User, at: datetime) -> int:
    """Enter all days, or none. Raises Incomplete when one has an entry already."""
    for line in announced:
        try:
            actions.enter_day(line.day, line.kind, name=line.name, source=source, by=by, at=at)
        except Incomplete as refusal:
            raise Incomplete(N_("%(day)s: it has an entry already, or lies too far away."), field="days", day=f"{line.day:%d/%m/%Y}") from refusal
    return len(announced)
