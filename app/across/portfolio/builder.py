"""A report as its address describes it: rows of a source, chosen columns and filters, grouped by a choice and added up. Pure but for the statements it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, func
from sqlalchemy import cast as sql_cast

from app.across.portfolio.fields import Field, Source, has
from app.across.portfolio.sources import as_text
from app.kernel.words import N_


@dataclass(frozen=True)
class Wrong:
    """What in an address cannot be done, as a sentence with the values that it names."""

    sentence: str
    value: str


@dataclass(frozen=True)
class Report:
    """What is asked for. `by` is the choice that rows are grouped by; `sums` are fields added up in each group."""

    source: Source
    columns: list[Field]
    filters: list[tuple[Field, str]]
    words: str
    by: Field | None
    sums: list[Field]
    wrong: list[Wrong]

    def narrowed(self) -> Select[Any]:
        """The rows within all filters, with all their fields."""
        statement = self.source.rows()
        for one, value in self.filters:
            statement = statement.where(has(one, value))
        return self.source.words(statement, self.words) if self.words and self.source.words else statement

    def grouped(self) -> Select[Any]:
        """(value, what it is called, number of rows, sums …) of each group."""
        assert self.by is not None
        value, called = as_text(self.by), self.by.shown if self.by.shown is not None else as_text(self.by)
        sums = [sql_cast(func.coalesce(func.sum(f.sql), 0), BigInteger).label(f"sum_{f.name}") for f in self.sums]
        made = self.narrowed().with_only_columns(value.label("value"), func.min(called).label("called"), func.count().label("n"), *sums, maintain_column_froms=True)
        return made.group_by(value).order_by(None).order_by(func.count().desc(), value)


def read(source: Source, *, columns: Sequence[str], filters: dict[str, str], words: str, by: str, sums: Sequence[str]) -> Report:
    """The report that these words of an address ask for; what cannot be done is left out and said."""
    wrong: list[Wrong] = []

    def known(names: Sequence[str], fits: Any, sentence: str) -> list[Field]:
        wrong.extend(Wrong(sentence, name[:80]) for name in names if name not in source.fields or not fits(source.fields[name]))
        return [f for f in source.fields.values() if f.name in names and fits(f)]

    shown = known(columns, lambda f: True, N_("These rows have no column “%(value)s”."))
    grouped = known([by] if by else [], lambda f: f.groups, N_("These rows cannot be grouped by “%(value)s”."))
    added = known(sums, lambda f: f.adds, N_("“%(value)s” is no number that can be added up."))
    kept = [(source.fields[name], value) for name, value in filters.items() if value and name in source.fields and source.fields[name].groups]
    return Report(source, shown or list(source.fields.values()), kept, words, grouped[0] if grouped else None, added, wrong)


