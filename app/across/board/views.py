"""/board: items × years, and the same as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.across.board import queries, report
from app.across.board.rules import (
    LISTS,
    MONEY,
    Column,
    Measure,
    Row,
    Stand,
    columns,
    rows,
    totals,
    years_of,
)
from app.across.board.shown import lines
from app.across.portfolio import dashboard
from app.across.portfolio import shown as shown_tables
from app.downloads import download
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, or_404
from app.later import xlsxwriter
from app.services.papers import views as paper_views
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.ideas import queries as ideas
from app.stages.plan.rules import PlanState

bp = Blueprint("board", __name__, url_prefix="/board", template_folder="templates")
MOST_YEARS = 12


@dataclass
class Board:
    """The board as the address asks for it."""

    plan: Any
    sectors: list[Any]
    sector: Any
    year: int | None
    years: list[int]
    body: str | None
    bodies: list[tuple[str, str]]
    agency: str | None
    agencies: list[tuple[str, str]]
    measure: Measure | None
    only: Stand | None
    columns: list[Column]
    rows: list[Row]
    totals: list[int]
    others: list[Any]
    is_current: bool

    def total_link(self, column: Column) -> str | None:
        """The list of the rows of a whole column; None when the rows shown are no whole sector or plan."""
        return None if self.only or self.agency else self._list((self.sector or self.plan).public_id, column)

    def _list(self, inside: str, column: Column) -> str:
        return inside.join(self.address_of(column))

    def address_of(self, column: Column) -> tuple[str, str]:
        """What stands before and after the item, sector or plan in the address of a column's list."""
        endpoint, more = LISTS[column.measure]
        asked = {name: value for name, value in {"year": column.year, "body": self.body, **more}.items() if value is not None}
        return f"{url_for(endpoint)}?item=", f"&{urlencode(asked)}" if asked else ""

    @cached_property
    def heads(self) -> list[str]:
        """What stands over the columns."""
        return [_(c.measure.label) if self.measure is None else str(c.year or _("All years")) for c in self.columns]

    def address(self, **changes: Any) -> dict[str, Any]:
        """The address of this board, with changes."""
        args = {"plan": None if self.is_current else self.plan.public_id, "sector": self.sector.code if self.sector else None, "year": self.year,
                "body": self.body, "agency": self.agency, "measure": self.measure, "only": self.only}  # fmt: skip
        return {name: str(value) for name, value in (args | changes).items() if value}


def _asked(name: str, offered: Iterable[Any]) -> Any:
    """The one of these that the address names, or None."""
    asked = request.args.get(name)
    return None if asked is None else next((one for one in offered if str(one) == asked), None)


def _board(*, whole: bool = False) -> Board | None:
    """The board that the address asks for; `whole`: with every measure, whichever one it shows year by year."""
    every = queries.plans()
    current = next((p for p in every if p.state == PlanState.IN_FORCE), None)
    plan = next((p for p in every if p.public_id == request.args.get("plan")), current)
    if plan is None:
        return None
    sectors = queries.sectors_of(plan)
    sector = next((s for s in sectors if s.code == request.args.get("sector")), None)
    bodies, agencies = ideas.ordering_bodies(), queries.agencies_of(plan)
    body, agency = _asked("body", [pid for pid, _name in bodies]), _asked("agency", agencies)
    measure, only = None if whole else _asked("measure", Measure), _asked("only", Stand)
    counted = queries.counts(current_user, clock.today(), inside=(sector or plan).public_id, body=body, yearly=measure is not None or "year" in request.args)
    years = years_of(counted)
    year = _asked("year", years)
    shown = columns(measure, year, years[-MOST_YEARS:])
    items = [i for s in ([sector] if sector else sectors) for i in s.items if agency is None or i.id in agencies[agency][1]]
    made = [r for r in rows(items, counted, shown, year) if only is None or r.stand == only]
    return Board(plan, sectors, sector, year, years, body, bodies, agency, [(pid, name) for pid, (name, _items) in agencies.items()], measure, only, shown,
                 made, totals(made, len(shown)), others=[p for p in every if p.id != plan.id], is_current=current is not None and current.id == plan.id)  # fmt: skip


@bp.get("/")
@allow(SIGNED_IN)
def index() -> Any:
    if not current_user.can(Do.PORTFOLIO_READ):  # what anybody may know of it
        return redirect(url_for("portal.plan_board", plan=request.args.get("plan") or None))
    return render_template("board/index.html", board=_board(), Measure=Measure, Stand=Stand, MONEY=MONEY, english=language() == "en", lines=lines)


@bp.get("/board.xlsx")
@allow(Do.PORTFOLIO_READ)
def export() -> Any:
    return download(_spreadsheet(_board()), f"board-{clock.today():%Y-%m-%d}.xlsx")


@bp.get("/report.docx")
@allow(Do.PORTFOLIO_READ)
def report_word() -> Any:
    return _report("docx")


@bp.get("/report.pdf")
@allow(Do.PORTFOLIO_READ)
def report_pdf() -> Any:
    return _report("pdf")


def _report(ending: str) -> Any:
    """The same as a report to the people's committee: with the plan's groups, what their bodies said for the year, and tables of figures."""
    board = or_404(_board(whole=True))
    by_item = {row.item.id: row for row in board.rows}
    parts = [(f"{s.code}. {s.name_vi}", [by_item[i.id] for i in s.items if i.id in by_item]) for s in board.sectors]
    whole = not (board.body or board.only)  # what bodies said and the figures know nothing of these two
    with force_locale("vi"):
        narrowed = [text for text in (f"lĩnh vực {board.sector.code}. {board.sector.name_vi}" if board.sector else "", dict(board.agencies).get(board.agency or "", ""),
                                      dict(board.bodies).get(board.body or "", ""), _(board.only.label) if board.only else "") if text]  # fmt: skip
        groups = _groups(board) if whole else []
        annexes = _annexes(board) if whole and not board.agency and board.is_current else []
    made = report.content(board.plan.number, board.year, parts, board.totals, narrowed=narrowed, bodies=rulebook.value("papers.bodies", on=clock.today()), today=clock.today(),
                          groups=groups, annexes=annexes)  # fmt: skip
    return paper_views.blank_file(made, f"bao-cao-{clock.today():%Y-%m-%d}.{ending}")


def _groups(board: Board) -> list[report.Part]:
    """The groups of the plan with what their bodies said for the year; of one sector or body where the board shows only that."""
    year = board.year or clock.today().year
    items = {i.id for i in board.sector.items} if board.sector else None
    rows = [m for m in queries.measures_of(board.plan, year) if (board.agency in (None, m.agency_pid)) and (items is None or m.item_id in items)]
    return [report.Part(g.code, g.name_vi, year, [_told(m) for m in rows if m.group_id == g.id or (g.holds_sectors and m.item_id is not None)], g.holds_sectors)
            for g in queries.groups_of(board.plan) if items is None or g.holds_sectors]  # fmt: skip


def _told(row: Any) -> report.Told:
    return report.Told(row.agency, row.item, row.text_vi, _(row.progress.label).lower() if row.progress else "", row.percent or 0, row.said or "")


def _annexes(board: Board) -> list[report.Annex]:
    """Every table of the dashboard, of the sector and year of the board."""
    values = {name: value for name, value in {"sector": board.sector.code if board.sector else None, "year": str(board.year) if board.year else None}.items() if value}
    return [report.Annex(_(t.section.title), heads, rows) for t in dashboard.of(values, english=False) for heads, rows in [shown_tables.printed(t)]]


def _spreadsheet(board: Board | None) -> bytes:
    """Exactly the rows and columns shown: real numbers, no formulas."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": _("Priority board"), "author": "Vàm Cỏ"})
    sheet = book.add_worksheet()
    bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    heads = [_("Item"), _("Name"), _("Stand"), *(board.heads if board else [])]
    for at, head in enumerate(heads):
        sheet.write_string(0, at, head, bold)
    for line, row in enumerate(board.rows if board else [], start=1):
        sheet.write_string(line, 0, row.item.code)
        sheet.write_string(line, 1, row.item.title_en if language() == "en" else row.item.short_vi)
        sheet.write_string(line, 2, _(row.stand.label))
        for at, value in enumerate(row.numbers, start=3):
            sheet.write_number(line, at, value, number)
    if board and board.rows:
        line = len(board.rows) + 1
        sheet.write_string(line, 0, _("In all"), bold)
        for at, value in enumerate(board.totals, start=3):
            sheet.write_number(line, at, value, number)
    sheet.freeze_panes(1, 3)
    sheet.autofit()
    book.close()
    return buffer.getvalue()
