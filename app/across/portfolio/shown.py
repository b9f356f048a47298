"""Tables and charts of the dashboard as HTML: a page has a thousand numbers, which a template would take long for."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from app.across.portfolio import charts
from app.across.portfolio.fields import FACETS
from app.across.portfolio.tables import Cell, Table
from app.across.said import _
from app.kernel.words import N_
from app.shown import quantity

_BY = dict(FACETS) | {"month": N_("Month")}


def by_label(table: Table) -> str:
    return _(_BY[table.by])


def head(label: str) -> str:
    """What stands over a column; the last one of several is their sum."""
    return _(label) if label else _("In all")


def change_label(years: tuple[str, str] | None) -> str:
    return _("Change from %(before)s to %(after)s") % {"before": years[1], "after": years[0]} if years else ""


def number(table: Table, n: int) -> str:
    """A number as the page prints it: money in million đồng."""
    return quantity(round(n / 1_000_000, 1)) if table.section.is_money else quantity(n)


def chart(table: Table) -> Markup:
    """The drawing of a table; nothing where nothing is counted, or where the table itself is the picture: items against years."""
    if table.section.across == "year":
        return Markup("")
    title = f"{_(table.section.title)}. {_('The table beside it says the same.')}"
    heads = [head(h) for h in table.heads if h] or [by_label(table)]
    rows = [(line.name, [c.n for c, h in zip(line.cells, table.heads, strict=True) if h or len(table.heads) == 1]) for line in table.lines]
    drawn = charts.grouped if table.section.is_money else charts.stacked
    return drawn(title, heads, rows, lambda n: number(table, n))


def lines(board: Any, table: Table, most: int) -> Markup:
    """The rows of a table, each number leading to the list of exactly the rows it counts."""
    heads = [head(h) for h in table.heads]
    nothing = "".join('<td class="num none">0' for _head in heads)  # HTML lets a cell end with the next; a plan has dozens of such rows
    made = []
    for line in table.lines[:most]:
        cells = "".join(_cell(board, table, c, h, line.name) for c, h in zip(line.cells, heads, strict=True)) if any(c.n for c in line.cells) else nothing
        made.append(f'<tr><th scope="row" class="wide">{escape(line.name)}</th>{cells}</tr>')
    return Markup("\n".join(made))


def total(board: Any, table: Table) -> Markup:
    cells = "".join(_cell(board, table, c, head(h), _("In all")) for c, h in zip(table.total, table.heads, strict=True))
    return Markup(f'<tr><th scope="row" class="wide">{escape(_("In all"))}</th>{cells}</tr>')


def printed(table: Table) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of a table as a paper prints them, its sums last; no rows where nothing is counted."""
    rows = [[line.name, *(number(table, c.n) for c in line.cells)] for line in table.lines if any(c.n for c in line.cells)]
    return [by_label(table), *(head(h) for h in table.heads)], [*rows, [_("In all"), *(number(table, c.n) for c in table.total)]] if rows else []


def change(board: Any, table: Table) -> Markup:
    if table.change is None:
        return Markup("")
    cells = "".join(f'<td data-label="{escape(head(h))}" class="num">{"+" if n > 0 else ""}{number(table, n)}</td>' for n, h in zip(table.change, table.heads, strict=True))
    return Markup(f'<tr class="change"><th scope="row" class="wide">{escape(change_label(board.asked.years))}</th>{cells}</tr>')


def _cell(board: Any, table: Table, cell: Cell, label: str, of: str) -> str:
    said = escape(label)
    if not cell.n:
        return '<td class="num none">0</td>'
    shown = f'<data value="{cell.n}">{number(table, cell.n)}</data>' if table.section.is_money else number(table, cell.n)
    return (f'<td data-label="{said}" class="num"><a href="{escape(board.rows(cell))}">{shown}'
            f"<i> {said}, {escape(of)}</i></a></td>")  # fmt: skip
