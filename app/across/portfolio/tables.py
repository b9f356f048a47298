"""From numbers to tables: which rows and columns there are, in which order, and where each number leads. Reads nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.across.portfolio.counting import Numbers
from app.across.portfolio.fields import NONE
from app.across.portfolio.figures import FIGURES, Section

Names = Mapping[str, str]  # value → what it is called, in the order in which values stand


@dataclass(frozen=True)
class Cell:
    """One number, and what the list of its rows is asked for; None where there is none."""

    n: int
    figure: str
    asked: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Line:
    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """A section as it is shown. `change` is the first of two years asked for less the second."""

    section: Section
    by: str
    heads: list[str]
    lines: list[Line]
    total: list[Cell]
    change: list[int] | None = None

    @property
    def empty(self) -> bool:
        return not any(cell.n for cell in self.total)


def made(section: Section, numbers: Numbers, *, by: str, names: Callable[[str], Names], years: tuple[str, str] | None = None, always: Sequence[str] = ()) -> Table:
    """The table of a section. `names` tells what the values of a choice are called; `always` are values whose row stands there even when it is empty."""
    rows = _ordered({key[1] for key in numbers} | set(always), names(by), by)
    columns: list[tuple[str, str, str]] = []  # (figure, value across, head)
    if section.across is None:
        columns = [(figure, "", FIGURES[figure].label) for figure in section.figures]
    else:
        called = names(section.across)
        columns = [(section.figures[0], value, called.get(value, value)) for value in _ordered({key[2] for key in numbers}, called, section.across)]

    sums: dict[tuple[str, str, str | None], int] = defaultdict(int)
    for (figure, row, over), n in numbers.items():
        for key in ((figure, over, row), (figure, ALL, row), (figure, over, None), (figure, ALL, None)):
            sums[key] += n

    def cell(figure: str, over: str, row: str | None) -> Cell:
        asked = [(section.across, over)] if section.across and over != ALL else []
        return Cell(sums[figure, over, row], figure, (*asked, *([(by, row)] if row is not None else [])))

    if section.across is not None and len(columns) != 1:
        columns.append((section.figures[0], ALL, ""))
    lines = [Line(names(by).get(row, row), [cell(figure, over, row) for figure, over, _head in columns]) for row in rows]
    total = [cell(figure, over, None) for figure, over, _head in columns]
    change = None
    if years and by == "year":
        change = [sums[figure, over, years[0]] - sums[figure, over, years[1]] for figure, over, _head in columns]
    return Table(section, by, [head for _f, _o, head in columns], lines, total, change)


ALL = "*"  # all values across together


def _ordered(values: set[str], names: Names, choice: str) -> list[str]:
    """Values in the order of their names; years, months and what has no name after them, by themselves; none at all last."""
    if choice in ("year", "month"):
        return sorted(values - {NONE}, key=int) + ([NONE] if NONE in values else [])
    known = [value for value in names if value in values and value != NONE]
    return known + sorted(values - set(known) - {NONE}) + ([NONE] if NONE in values else [])
