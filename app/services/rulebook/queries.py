"""Reads of rules by key and day, frozen versions, and due dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Date, bindparam, or_, select

from app.kernel.db import db
from app.services.rulebook.calendar import due_date, names_of, national_days, off_days
from app.services.rulebook.models import CalendarYear, DayOff, Rule
from app.services.rulebook.rules import DayKind, RuleMissing

# written once: acts and pages of every room ask for rules
_ON = bindparam("on", type_=Date)
_RULE = (select(Rule).where(Rule.key == bindparam("key"), Rule.valid_from <= _ON, or_(Rule.valid_to.is_(None), Rule.valid_to >= _ON))
         .order_by(Rule.valid_from.desc()).limit(1))  # fmt: skip
_VALUE = _RULE.with_only_columns(Rule.value)
_TERMS = (select(Rule.key, Rule.valid_from, Rule.valid_to, Rule.value, Rule.unit).where(Rule.key.in_(bindparam("keys", expanding=True)))
          .order_by(Rule.valid_from.desc()))  # fmt: skip
_DAYS_OFF = select(DayOff.day, DayOff.kind)


def rule(key: str, *, on: date) -> Rule:
    """The version of a rule in force on a day. Raises RuleMissing."""
    found = db.session.scalar(_RULE, {"key": key, "on": on})
    if found is None:
        raise RuleMissing(key, on)
    return found


def value(key: str, *, on: date) -> Any:
    """The value of a rule on a day. Raises RuleMissing."""
    found = db.session.execute(_VALUE, {"key": key, "on": on}).first()
    if found is None:
        raise RuleMissing(key, on)
    return found[0]


def rules(keys: Iterable[str], *, on: date) -> dict[str, Rule]:
    """Several rules on a day, in one query. Raises RuleMissing for the first that has none."""
    wanted = list(keys)
    statement = select(Rule).where(Rule.key.in_(wanted), Rule.valid_from <= on, or_(Rule.valid_to.is_(None), Rule.valid_to >= on))
    found = {r.key: r for r in db.session.scalars(statement.order_by(Rule.valid_from))}
    for key in wanted:
        if key not in found:
            raise RuleMissing(key, on)
    return found


def values(keys: Iterable[str], *, on: date) -> dict[str, Any]:
    """Several values on a day, in one query."""
    return {key: r.value for key, r in rules(keys, on=on).items()}


def freeze(keys: Iterable[str], *, on: date) -> dict[str, int]:
    """The ids of the versions in force on a day: kept by the object that must not change with later versions."""
    return {key: r.id for key, r in rules(keys, on=on).items()}


def frozen(rule_ids: dict[str, int], key: str) -> Any:
    """The value of a frozen version. Raises KeyError when the key was not frozen."""
    return frozen_rule(rule_ids, key).value


def frozen_rule(rule_ids: dict[str, int], key: str) -> Rule:
    """A frozen version, with source and mark."""
    return db.session.get_one(Rule, rule_ids[key])


def frozen_rules(rule_ids: dict[str, int]) -> dict[str, Rule]:
    """All frozen versions, in one query."""
    return {r.key: r for r in db.session.scalars(select(Rule).where(Rule.id.in_(rule_ids.values())))}


def by_ids(ids: Iterable[int]) -> dict[int, Rule]:
    """Frozen versions of many objects at once, by id."""
    return {r.id: r for r in db.session.scalars(select(Rule).where(Rule.id.in_(set(ids))))}


def latest() -> list[Rule]:
    """The newest version of every rule, by key."""
    newest: dict[str, Rule] = {}
    for row in db.session.scalars(select(Rule).order_by(Rule.key, Rule.valid_from)):
        newest[row.key] = row
    return list(newest.values())


def history(key: str) -> list[Rule]:
    """All versions of a rule, newest first."""
    return list(db.session.scalars(select(Rule).where(Rule.key == key).order_by(Rule.valid_from.desc())))


def in_force(on: date) -> list[Rule]:
    """Every rule in force on a day, by key, in one query."""
    statement = select(Rule).where(Rule.valid_from <= on, or_(Rule.valid_to.is_(None), Rule.valid_to >= on))
    return list({row.key: row for row in db.session.scalars(statement.order_by(Rule.key, Rule.valid_from))}.values())


def days_off(year: int) -> list[DayOff]:
    """The exceptions entered for a year."""
    return list(db.session.scalars(select(DayOff).where(DayOff.day.between(date(year, 1, 1), date(year, 12, 31))).order_by(DayOff.day)))


def day_off_by_pid(pid: str) -> DayOff | None:
    """One exception."""
    return db.session.scalar(select(DayOff).where(DayOff.public_id == pid))


def calendar_of(year: int) -> list[tuple[date, DayKind, str, DayOff | None]]:
    """Every day of a year that is not an ordinary one: day, kind, name and, when it was entered here, the exception."""
    off, worked = national_days(year)
    entered = {d.day: d for d in days_off(year)}
    found: dict[date, tuple[date, DayKind, str, DayOff | None]] = {d: (d, DayKind.OFF, names_of(year).get(d, ""), None) for d in off}
    found |= {d: (d, DayKind.WORKING, "", None) for d in worked}
    found |= {d: (d, row.kind, row.name, row) for d, row in entered.items()}
    return [found[d] for d in sorted(found)]


def is_off() -> Callable[[date], bool]:
    """Who knows the days off: the national calendar with the exceptions entered here."""
    return off_days({day: str(kind) for day, kind in db.session.execute(_DAYS_OFF)})


def due(start: date, term: int | str | dict[str, Any], unit: str = "working", *, on: date | None = None) -> date:
    """The last day of a term: a number of `unit` days, a value {"days": n, "unit": u}, or a rule's key (as on `on`, default `start`).

    Raises RuleMissing, and ValueError for a rule that is not a term of days.
    """
    if isinstance(term, str):
        found = rule(term, on=on or start)
        term, unit = found.value, found.unit or unit
    return _last_day(start, term, unit, is_off())


def _last_day(start: date, term: int | dict[str, Any], unit: str, off: Callable[[date], bool]) -> date:
    days, counted = (term["days"], term["unit"]) if isinstance(term, dict) else (term, unit)
    return due_date(start, int(days), counted, off)


class Terms:
    """Terms of several rules with the days off, in two queries, asked when the first is needed: for a list, whose lines have days of their own."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    @cached_property
    def _versions(self) -> list[Any]:
        return list(db.session.execute(_TERMS, {"keys": list(self.keys)}))

    @cached_property
    def _is_off(self) -> Callable[[date], bool]:
        return is_off()

    def due(self, start: date, term: str, *, on: date) -> date:
        """The last day of the term by the rule of the day `on`. Raises RuleMissing, and ValueError for a rule that is not a term of days."""
        for key, first, last, value, unit in self._versions:
            if key == term and first <= on and (last is None or last >= on):
                return _last_day(start, value, unit or "working", self._is_off)
        raise RuleMissing(term, on)


def confirmed_years() -> dict[int, CalendarYear]:
    """The years whose swapped days an officer has confirmed."""
    return {row.year: row for row in db.session.scalars(select(CalendarYear))}


def provisional(*days: date) -> bool:
    """Do these days span a year whose swaps nobody has confirmed? Years before the first confirmed one are settled."""
    confirmed = confirmed_years()
    first = min(confirmed, default=0)
    years = range(min(days).year, max(days).year + 1)
    return any(year > first and year not in confirmed for year in years)
