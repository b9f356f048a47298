"""Fields and sources: what rows there are, and what may be said of each. Expressions only; nothing is read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, cast, extract
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.kernel.words import N_, Face


class Shape(StrEnum):
    """What a field holds, and so what may be done with it."""

    TEXT = "text"
    CHOICE = "choice"  # one of a few values: rows can be grouped and filtered by it
    DAY = "day"
    MONEY = "money"  # đồng: can be added up
    NUMBER = "number"  # can be added up


class local_day(FunctionElement[Any]):
    """The day of an instant by the clock of Viet Nam, which has had no summer time since 1975."""

    type = Date()
    inherit_cache = True


@compiles(local_day)
def _day_sqlite(element: Any, compiler: Any, **given: Any) -> str:
    return f"date({compiler.process(element.clauses, **given)}, '+7 hours')"


@compiles(local_day, "postgresql")
def _day_postgresql(element: Any, compiler: Any, **given: Any) -> str:
    return f"CAST(({compiler.process(element.clauses, **given)}) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS DATE)"


def year_of(day: Any) -> ColumnElement[int]:
    """The year of a day, as a whole number."""
    return cast(extract("year", day), Integer)


def month_of(day: Any) -> ColumnElement[int]:
    """The month of a day, 1 to 12."""
    return cast(extract("month", day), Integer)


@dataclass(frozen=True)
class Field:
    """One thing that may be said of a row. `sql` is its value; `shown` what lists print instead of it (a name for an id)."""

    name: str
    label: str
    sql: Any
    shape: Shape = Shape.TEXT
    faces: type[Face] | None = None  # what a choice's values are called
    shown: Any = None

    @property
    def groups(self) -> bool:
        return self.shape == Shape.CHOICE

    @property
    def adds(self) -> bool:
        return self.shape in (Shape.MONEY, Shape.NUMBER)


@dataclass(frozen=True)
class Source:
    """Rows of one kind that a person may see. `statement` has all joins its fields need; `page` names where a row is shown, by the field `pid`."""

    name: str
    label: str
    statement: Select[Any]
    key: Any
    pid: Any
    page: str
    fields: Mapping[str, Field]
    words: Callable[[Select[Any], str], Select[Any]] | None = field(default=None)

    def rows(self) -> Select[Any]:
        """The rows with all fields; a choice that is shown by another expression has that one beside it, as `<name>_said`."""
        columns = [self.key.label("id"), self.pid.label("pid")]
        for one in self.fields.values():
            columns.append(one.sql.label(one.name))
            if one.shown is not None:
                columns.append(one.shown.label(f"{one.name}_said"))
        return self.statement.with_only_columns(*columns, maintain_column_froms=True)

    def narrowed(self, statement: Select[Any], values: Mapping[str, str]) -> Select[Any]:
        """Only rows with these values of choices; a name that is no choice of this source narrows nothing."""
        for name, value in values.items():
            one = self.fields.get(name)
            if one is not None and one.groups:
                statement = statement.where(has(one, value))
        return statement


def has(one: Field, value: str) -> ColumnElement[bool]:
    """The condition: the row has this value of a choice. "-" stands for none."""
    if value == NONE:
        return one.sql.is_(None)
    if isinstance(one.sql.type, Integer):
        return one.sql == int(value) if value.lstrip("-").isdigit() and len(value) < 10 else one.sql.is_(None) & one.sql.is_not(None)
    return one.sql == value


NONE = "-"  # in addresses: rows that have no value
NAMED = frozenset({"sector", "item", "host", "commune", "grade", "month", "year"})  # choices whose values are called as the page's lists call them
FACETS: tuple[tuple[str, str], ...] = (("sector", N_("Sector")), ("item", N_("Priority item")), ("host", N_("Host organisation")),
                                       ("commune", N_("Commune")), ("year", N_("Year")))  # fmt: skip
