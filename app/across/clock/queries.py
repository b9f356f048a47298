"""Reads of the clock: items with what the clock says of them, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Date,
    TextualSelect,
    bindparam,
    literal,
    select,
    union_all,
)

from app.across.anybody import written_out
from app.across.clock.reckoning import (
    Calendar,
    Event,
    Limit,
    Reckoned,
    Stop,
    calendar,
    cycle,
    reckon,
)
from app.across.clock.rows import Span, model_stops
from app.across.clock.steps import BY_NAME, RULES, STEPS, Step, Turn
from app.kernel import clock
from app.kernel.clock import local
from app.kernel.db import UtcDateTime, db
from app.kernel.journal import JournalEntry
from app.pool import planned_once
from app.services.rulebook import queries as rulebook
from app.services.rulebook.models import DayOff, Rule

WARN = "clock.warn_days"
PARTS = 15  # steps of one statement: SQLite walks over all open tables of a statement


@dataclass(frozen=True)
class Item:
    """One step of one file, with what the clock says of it."""

    step: Step
    endpoint: str
    pid: str
    kind: str
    file_pid: str
    ref: str
    title: str
    started: date
    done: date | None
    turn: Turn
    limit: Limit
    told: Reckoned
    provisional: bool
    fixed: bool


@lru_cache(maxsize=8)
def _statements(done: bool, _dialect: str) -> tuple[TextualSelect, ...]:
    since, until = bindparam("since", type_=UtcDateTime()), bindparam("until", type_=UtcDateTime())
    first, last = bindparam("first", type_=Date()), bindparam("last", type_=Date())
    span = Span(done, (since, until), (first, last))
    parts = [step.found(span).add_columns(literal(step.name).label("step")) for step in STEPS]
    return tuple(written_out(select(union_all(*parts[n : n + PARTS]).subquery()), db.engine.dialect) for n in range(0, len(parts), PARTS))


def _rows(asked: Mapping[str, Any], *, done: bool) -> list[Any]:
    with planned_once(db.session.connection()):
        return [row for statement in _statements(done, db.engine.dialect.name) for row in db.session.execute(statement, asked)]


class Limits:
    """The limits of all steps with their versions, in one query."""

    def __init__(self) -> None:
        self.versions: dict[str, list[Any]] = defaultdict(list)
        columns = select(Rule.key, Rule.valid_from, Rule.valid_to, Rule.value, Rule.unit, Rule.source, Rule.mark)
        for row in db.session.execute(columns.where(Rule.key.in_([*RULES, WARN])).order_by(Rule.valid_from.desc())):
            self.versions[row.key].append(row)
        self._made: dict[tuple[str, date], Limit] = {}

    def of(self, key: str, on: date) -> Limit:
        """The limit on a day; where no version held, none is set."""
        for row in self.versions[key]:
            if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on):
                made = self._made.get((key, row.valid_from))
                if made is None:
                    made = self._made[key, row.valid_from] = Limit.of(row.value, row.unit, row.source, row.mark, key)
                return made
        return Limit(None, "working", key=key)

    def warn(self, on: date) -> int:
        return self.of(WARN, on).days or 0


@dataclass(frozen=True)
class Days:
    """The exceptions of the calendar as they are, or as they would be."""

    overrides: frozenset[tuple[date, str]]
    confirmed: frozenset[int]

    @staticmethod
    def known() -> Days:
        rows = db.session.execute(select(DayOff.day, DayOff.kind))
        return Days(frozenset((day, str(kind)) for day, kind in rows), frozenset(rulebook.confirmed_years()))

    def calendar(self, first: int, last: int) -> Calendar:
        return calendar(first, last, self.overrides)

    def provisional(self, first: date, last: date) -> bool:
        """Does the stretch touch a year whose swaps nobody confirmed? Years before the first confirmed one are settled."""
        settled = min(self.confirmed, default=0)
        return any(year > settled and year not in self.confirmed for year in range(first.year, last.year + 1))


def _stops(rows: Sequence[Any], *, done: bool) -> tuple[dict[tuple[str, str], list[Event]], dict[tuple[str, str], list[Stop]]]:
    """Events of the journal by step and record, and stops that records tell themselves."""
    by_noun: dict[str, list[Step]] = defaultdict(list)
    for step in STEPS:
        if step.noun:
            by_noun[step.noun].append(step)
    keys: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if BY_NAME[row.step].noun:
            keys[BY_NAME[row.step].noun].add(row.key)
    events: dict[tuple[str, str], list[Event]] = defaultdict(list)
    parts = [select(JournalEntry.seq, JournalEntry.subject_type, JournalEntry.subject_pid, JournalEntry.verb, JournalEntry.at)
             .where(JournalEntry.subject_type == noun, JournalEntry.subject_pid.in_(sorted(pids)),
                    JournalEntry.verb.in_(sorted(set().union(*(s.starts | s.stops | s.ends for s in by_noun[noun])))))
             for noun, pids in sorted(keys.items())]  # fmt: skip
    if parts:
        for seq, noun, pid, verb, at in sorted(db.session.execute(union_all(*parts))):
            del seq
            for step in by_noun[noun]:
                events[step.name, pid].append((verb, local(at).date()))
    told: dict[tuple[str, str], list[Stop]] = defaultdict(list)
    whole = union_all(*(part.add_columns(literal(name)) for name, part in model_stops().items()))
    for pid, since, until, name in db.session.execute(whole):
        told[name, pid].append((local(since).date(), local(until).date() if until else None))
    return events, told


def items(at: datetime, *, span: tuple[date, date] | None = None, days: Days | None = None) -> list[Item]:
    """All items that are open, or those that were done on days of the span. Raises nothing: what has no rule has no limit."""
    today = local(at).date()
    first, last = span or (today, today)
    asked = {"since": clock.at_local(first), "until": clock.at_local(last + timedelta(days=1)), "first": first, "last": last}
    rows = _rows(asked, done=span is not None)
    limits, known = Limits(), days or Days.known()
    events, told = _stops(rows, done=span is not None)
    return list(_reckoned(rows, events, told, limits, known, today))


def _reckoned(rows: Iterable[Any], events: Mapping[tuple[str, str], list[Event]], told: Mapping[tuple[str, str], list[Stop]], limits: Limits, known: Days,
              today: date) -> Iterable[Item]:  # fmt: skip
    begun = []
    for row in rows:
        step = BY_NAME[row.step]
        started = row.day or (local(row.at).date() if row.at else None)
        done = row.done_on or (local(row.done_at).date() if row.done_at else None)
        stops: list[Stop] = []
        if step.noun:
            since, stops = cycle(events.get((step.name, row.key), ()), step.starts, step.stops, step.ends, until=done)
            started = since or started
        if started is not None and not (step.name == "hand_in" and started > today and done is None):
            begun.append((row, step, started, done, [*stops, *told.get((step.name, row.pid), ())]))
    if not begun:
        return
    years = [b[2].year for b in begun]
    counted = known.calendar(min(years) - 1, max(today.year, *years) + 12)
    warn = limits.warn(today)
    for row, step, started, done, stops in begun:
        limit = limits.of(step.rule, row.rule_on or started)
        told_now = reckon(started, done, stops, limit, counted, today=today, fixed=row.fixed, warn=warn)
        stopped = done is None and told_now.stops and told_now.stops[-1][1] is None
        turn = Turn.APPLICANT if stopped else Turn(row.turn) if row.turn and done is None else step.turn
        provisional = done is None and told_now.due is not None and row.fixed is None and known.provisional(started, told_now.due)
        yield Item(step, row.endpoint, row.pid, row.kind, row.file_pid, row.ref, row.title, started, done, turn, limit, told_now, provisional, row.fixed is not None)
