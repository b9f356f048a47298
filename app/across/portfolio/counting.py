"""All tables of a dashboard in one statement: each section's figures, grouped by its rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Select,
    TextualSelect,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast

from app.across.anybody import Anybody, written_out
from app.across.portfolio.fields import NONE, Source, has
from app.across.portfolio.figures import FIGURES, SECTIONS, Figure
from app.across.portfolio.sources import SOURCES, as_text
from app.kernel import clock
from app.kernel.db import db
from app.pool import planned_once
from app.services.people.models import User

Numbers = Mapping[tuple[str, str, str], int]  # (figure, value of the rows, value across) → number


@dataclass(frozen=True)
class Asked:
    """What a dashboard is asked for: filters by choice, the rows of its tables, two years to compare."""

    values: tuple[tuple[str, str], ...] = ()
    by: str | None = None
    years: tuple[str, str] | None = None

    @property
    def rows(self) -> str | None:
        return "year" if self.years else self.by


def source_of(figure: Figure, user: User, today: date, english: bool) -> Source:
    """The rows a figure is made of, as this person may see them."""
    return SOURCES[figure.source](user, today, english)


def of_figure(figure: Figure, source: Source, statement: Select[Any]) -> Select[Any]:
    """Only the rows that the figure counts."""
    for name, values in figure.only:
        statement = statement.where(or_(*(has(source.fields[name], value) for value in values)))
    return statement


def narrowed(source: Source, statement: Select[Any], asked: Asked) -> Select[Any]:
    """Only the rows within the filters, and of the two years."""
    statement = source.narrowed(statement, {n: v for n, v in asked.values if not (asked.years and n == "year")})
    return statement.where(or_(*(has(source.fields["year"], y) for y in asked.years))) if asked.years else statement


def counted(sections: Sequence[str], user: User, today: date, asked: Asked) -> dict[str, Numbers]:
    """The numbers of each section, in one query."""
    statement = _statement(Anybody.like(user, today, ()), tuple(sections), asked, db.engine.dialect.name)
    known = Anybody.parameters(user, clock.at_local(today))
    made = [(section, figure) for section in sections for figure in SECTIONS[section].figures]
    found: dict[str, dict[tuple[str, str, str], int]] = {section: {} for section in sections}
    with planned_once(db.session.connection()):
        rows = db.session.execute(statement, known).all()
    for part, value, over, n in rows:
        section, figure = made[part]
        found[section][figure, NONE if value is None else str(value), NONE if over is None else str(over)] = int(n or 0)
    return dict(found)


@lru_cache(maxsize=128)  # writing it costs more than a page may: once a day for people with the same roles and the same filters
def _statement(anybody: Anybody, sections: tuple[str, ...], asked: Asked, _dialect: str) -> TextualSelect:
    parts: list[Any] = []
    sources = {name: SOURCES[name](cast(User, anybody), anybody.today, False) for name in _used(sections)}
    for section in (SECTIONS[name] for name in sections):
        for figure in (FIGURES[name] for name in section.figures):
            source = sources[figure.source]
            statement = narrowed(source, of_figure(figure, source, source.statement), asked)
            rows = as_text(source.fields[section.rows_by(asked.rows)])
            across = as_text(source.fields[section.across]) if section.across else sql_cast(literal(""), rows.type)
            number = func.sum(source.fields[figure.adds].sql) if figure.adds else func.count()
            columns = (literal(len(parts)).label("part"), rows.label("value"), across.label("over"), sql_cast(func.coalesce(number, 0), BigInteger).label("n"))
            parts.append(statement.with_only_columns(*columns, maintain_column_froms=True).group_by(rows, across).order_by(None))
    return written_out(select(union_all(*parts).subquery()), db.engine.dialect)


def _used(sections: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(FIGURES[figure].source for section in sections for figure in SECTIONS[section].figures))


def total_of(figure: Figure, source: Source, statement: Select[Any]) -> int | None:
    """What a figure adds up over the rows of a list; None when it counts them."""
    if figure.adds is None:
        return None
    return int(db.session.scalar(statement.with_only_columns(func.sum(source.fields[figure.adds].sql), maintain_column_froms=True).order_by(None)) or 0)
