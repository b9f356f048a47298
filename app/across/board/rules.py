"""Measures, cells and rows of the board. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.words import N_, Face


class Measure(Face):
    """What is counted, in the order of the life of a project."""

    IDEAS = "ideas", N_("Ideas"), "grey"
    TOPICS = "topics", N_("Topics of the approved list"), "grey"
    PROPOSALS = "proposals", N_("Dossiers"), "grey"
    PROJECTS = "projects", N_("Projects"), "blue"
    APPROVED = "approved", N_("Approved total (đồng)"), "blue"
    PAID = "paid", N_("Paid (đồng)"), "blue"
    RESULTS = "results", N_("Results"), "green"
    IN_USE = "in_use", N_("Results in use"), "green"


class Stand(Face):
    """How far an item has come."""

    NOTHING = "nothing", N_("Nothing yet"), "red"
    NO_PROJECT = "no_project", N_("No project yet"), "amber"
    PROJECT = "project", N_("Has projects"), "blue"
    RESULT = "result", N_("Has results"), "green"


_NOTHING = dict.fromkeys(Measure, 0)
MONEY = frozenset({Measure.APPROVED, Measure.PAID})
# the list a measure leads to, and what that list is asked beside item, year and body
LISTS: dict[Measure, tuple[str, dict[str, str]]] = {
    Measure.IDEAS: ("ideas.index", {}), Measure.TOPICS: ("topics.index", {}), Measure.PROPOSALS: ("proposals.index", {}),
    Measure.PROJECTS: ("hub.index", {}), Measure.APPROVED: ("hub.index", {}), Measure.PAID: ("hub.index", {}),
    Measure.RESULTS: ("transfer.index", {}), Measure.IN_USE: ("transfer.index", {"used": "yes"}),
}  # fmt: skip
# by (item's id, year); all years together under the year None, and years in which anything is counted under the item None too
Counts = Mapping[tuple[int | None, int | None], Mapping[Measure, int]]


@dataclass(frozen=True)
class Column:
    """What one column counts: a measure, of one year or (None) of all."""

    measure: Measure
    year: int | None


@dataclass(frozen=True)
class Row:
    """One item with its numbers, one a column, and how far it has come in the year asked for."""

    item: Any
    numbers: list[int]
    stand: Stand


def years_of(counts: Counts) -> list[int]:
    """The years in which anything is counted, oldest first."""
    return sorted({year for _item, year in counts if year is not None})


def columns(measure: Measure | None, year: int | None, years: Iterable[int]) -> list[Column]:
    """All measures of one year or of all; or one measure, year by year and together."""
    if measure is None:
        return [Column(m, year) for m in Measure]
    return [Column(measure, year)] if year else [*(Column(measure, y) for y in years), Column(measure, None)]


def rows(items: Iterable[Any], counts: Counts, shown: Iterable[Column], year: int | None) -> list[Row]:
    """One row an item, in the order of the plan."""
    shown, items = list(shown), list(items)
    wanted, kept = {i.id for i in items}, {year, *(c.year for c in shown)}  # None: all years
    sums: dict[tuple[int | None, int | None], dict[Measure, int]] = {(id_, of): dict(_NOTHING) for id_ in wanted for of in kept}
    for (item_id, of), numbers in counts.items():
        for sum_ in [sums[item_id, y] for y in {of, None} if y in kept] if item_id in wanted else ():
            for measure, number in numbers.items():
                sum_[measure] += number
    return [Row(item, [sums[item.id, c.year][c.measure] for c in shown], stand_of(sums[item.id, year])) for item in items]


def totals(shown: Iterable[Row], width: int) -> list[int]:
    """What each column makes in all the rows."""
    return [sum(numbers) for numbers in zip(*(row.numbers for row in shown), strict=True)] or [0] * width


def stand_of(total: Mapping[Measure, int]) -> Stand:
    """How far the item has come by these numbers."""
    if total.get(Measure.RESULTS):
        return Stand.RESULT
    if total.get(Measure.PROJECTS):
        return Stand.PROJECT
    return Stand.NO_PROJECT if any(total.values()) else Stand.NOTHING
