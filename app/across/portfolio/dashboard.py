"""/portfolio: the dashboard, the rows behind each of its numbers, and all tables as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.across.portfolio import counting, listed, shown, tables
from app.across.portfolio.blueprint import bp
from app.across.portfolio.counting import Asked
from app.across.portfolio.fields import FACETS, NONE
from app.across.portfolio.figures import FIGURES, SECTIONS, Section, order_for
from app.across.portfolio.named import Names
from app.across.portfolio.tables import Cell, Table
from app.downloads import download
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.web import allow, or_404
from app.later import xlsxwriter
from app.shown import language

SHOWN_ROWS = 20  # of a table on the page; the spreadsheet has all


@dataclass
class Dashboard:
    """The dashboard as the address asks for it. `wrong` says what in the address could not be read."""

    names: Names
    asked: Asked
    tables: list[Table]
    wrong: list[str]

    def rows(self, cell: Cell) -> str:
        """The address of the list of exactly the rows that a number counts or adds up."""
        values = dict(self.asked.values) | dict(cell.asked)
        if self.asked.years and "year" not in dict(cell.asked):
            values |= {"year": self.asked.years[0], "against": self.asked.years[1]}
        return url_for("portfolio.rows", figure=cell.figure, **values)

    @property
    def address(self) -> dict[str, str]:
        by = {"by": self.asked.by} if self.asked.by else {}
        against = {"against": self.asked.years[1]} if self.asked.years else {}
        return dict(self.asked.values) | by | against

    @property
    def values(self) -> dict[str, str]:
        return dict(self.asked.values)

    def choices(self, name: str) -> list[tuple[str, str]]:
        """What a filter offers; of years the last dozen, and the one that is asked for."""
        known = [(value, label) for value, label in self.names(name).items() if value != NONE]
        return known if name != "year" else [y for n, y in enumerate(known) if n < 12 or y[0] in (self.values.get("year"), *(self.asked.years or ()))]


def _asked(names: Names) -> tuple[Asked, list[str]]:
    """What the address asks for, and sentences on what of it is unknown here."""
    values, wrong = {}, []
    labels = dict(FACETS)
    for name in (*labels, "against"):
        value = nfc(request.args.get(name, ""))[:200]
        choice = "year" if name == "against" else name
        if value and value in names(choice):
            values[name] = value
        elif value:
            wrong.append(_("“%(value)s” is no %(what)s we know, so it narrows nothing.", value=value, what=_(labels[choice]).lower()))
    by = request.args.get("by", "")
    if by and by not in labels:
        wrong.append(_("Tables cannot be shown by “%(value)s”.", value=by[:80]))
    against = values.pop("against", None)
    if against and ("year" not in values or against == values["year"]):
        wrong.append(_("To compare, choose two different years."))
        against = None
    years = (values["year"], against) if against else None
    return Asked(tuple(sorted(values.items())), by if by in labels else None, years), wrong


def dashboard() -> Dashboard:
    """What the address asks for, in the order that serves the person."""
    names = Names(language() == "en")
    asked, wrong = _asked(names)
    return Dashboard(names, asked, _tables(order_for(current_user.roles), asked, names), wrong)


def of(values: Mapping[str, str], *, english: bool) -> list[Table]:
    """All tables within these filters, as the person may see them: for the report to the people's committee."""
    return _tables(list(SECTIONS.values()), Asked(tuple(sorted(values.items()))), Names(english))


def _tables(sections: Sequence[Section], asked: Asked, names: Names) -> list[Table]:
    numbers = counting.counted([s.name for s in sections], current_user, clock.today(), asked)
    found = []
    for section in sections:
        by = section.rows_by(asked.rows)
        always = [code for code in names("item") if "." in code and len(code) < 8] if by == "item" and section.name == "coverage" and not asked.values else ()
        found.append(tables.made(section, numbers[section.name], by=by, names=names, years=asked.years, always=always))
    return found


@bp.get("/")
@allow(Do.HUB_READ)
def index() -> Any:
    return render_template("portfolio/index.html", board=dashboard(), shown=shown, FACETS=FACETS, FIGURES=FIGURES, SHOWN_ROWS=SHOWN_ROWS)


@bp.get("/tables.xlsx")
@allow(Do.HUB_READ)
def tables_export() -> Any:
    return download(_workbook(dashboard()), f"tong-quan-{clock.today():%Y-%m-%d}.xlsx")


@bp.get("/rows/<figure>")
@allow(Do.HUB_READ)
def rows(figure: str) -> Any:
    found = listed.rows_of(or_404(FIGURES.get(figure)), Names(language() == "en"))
    return render_template("portfolio/rows.html", found=found, listing=found.listing)


@bp.get("/rows/<figure>.xlsx")
@allow(Do.HUB_READ)
def rows_export(figure: str) -> Any:
    found = listed.rows_of(or_404(FIGURES.get(figure)), Names(language() == "en"))
    return download(found.listing.xlsx(_(found.figure.label)), f"{figure.replace('_', '-')}-{clock.today():%Y-%m-%d}.xlsx")


def _workbook(found: Dashboard) -> bytes:
    """A sheet for each table, whole: real numbers, money in đồng, no formulas."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": _("Portfolio"), "author": "Vàm Cỏ"})
    bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    for at, table in enumerate(found.tables, start=1):
        sheet = book.add_worksheet(f"{at}. {table.section.name}")
        sheet.write_string(0, 0, _(table.section.title), bold)
        for column, head in enumerate([shown.by_label(table), *(shown.head(h) for h in table.heads)]):
            sheet.write_string(1, column, head, bold)
        lines = [*((line.name, [c.n for c in line.cells]) for line in table.lines), (_("In all"), [c.n for c in table.total])]
        lines += [(shown.change_label(found.asked.years), table.change)] if table.change is not None else []
        for row, (name, cells) in enumerate(lines, start=2):
            sheet.write_string(row, 0, name)
            for column, n in enumerate(cells, start=1):
                sheet.write_number(row, column, n, number)
        sheet.freeze_panes(2, 1)
        sheet.autofit()
    book.close()
    return buffer.getvalue()
