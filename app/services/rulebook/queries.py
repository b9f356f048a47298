"""Reads of rules by key and day, frozen versions, and due dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.kernel.db import db
from app.services.rulebook.calendar import due_date, off_days
from app.services.rulebook.models import CalendarYear, DayOff, Rule
from app.services.rulebook.rules import RuleMissing


def rule(key: str, *, on: date) -> Rule:
    """The version of a rule in force on a day. Raises RuleMissing."""
    statement = (select(Rule).where(Rule.key == key, Rule.valid_from <= on, or_(Rule.valid_to.is_(None), Rule.valid_to >= on))
                 .order_by(Rule.valid_from.desc()).limit(1))  # fmt: skip
    found = db.session.scalar(statement)
    if found is None:
        raise RuleMissing(key, on)
    return found


def value(key: str, *, on: date) -> Any:
    """The value of a rule on a day. Raises RuleMissing."""
    return rule(key, on=on).value


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


def latest() -> list[Rule]:
    """The newest version of every rule, by key."""
    newest: dict[str, Rule] = {}
    for row in db.session.scalars(select(Rule).order_by(Rule.key, Rule.valid_from)):
        newest[row.key] = row
    return list(newest.values())


def history(key: str) -> list[Rule]:
    """All versions of a rule, newest first."""
    return list(db.session.scalars(select(Rule).where(Rule.key == key).order_by(Rule.valid_from.desc())))


def days_off(year: int) -> list[DayOff]:
    """The exceptions entered for a year."""
    return list(db.session.scalars(select(DayOff).where(DayOff.day.between(date(year, 1, 1), date(year, 12, 31))).order_by(DayOff.day)))


def is_off() -> Callable[[date], bool]:
    """Who knows the days off: the national calendar with the exceptions entered here."""
    return off_days({d.day: str(d.kind) for d in db.session.scalars(select(DayOff))})


def due(start: date, term: int | dict[str, Any], unit: str = "working") -> date:
    """The last day of a term: a number of `unit` days, or a rule's value {"days": n, "unit": u}."""
    days, counted = (term["days"], term["unit"]) if isinstance(term, dict) else (term, unit)
    return due_date(start, int(days), counted, is_off())


def provisional(*days: date) -> bool:
    """Does any of these days lie in a year whose swaps nobody has confirmed?"""
    confirmed = set(db.session.scalars(select(CalendarYear.year)))
    last = max(confirmed, default=0)
    return any(d.year > last for d in days)
