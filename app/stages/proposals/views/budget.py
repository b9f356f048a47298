"""The estimate: its lines with their norms, sums and rules; many lines changed on one page; one line more."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.acts import ready
from app.kernel import clock
from app.kernel.db import folded
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold, nfc
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.kernel.words import N_
from app.shown import language
from app.stages.proposals import budgeting, costs, estimate, forms, promises, queries
from app.stages.proposals.budgeting import Line
from app.stages.proposals.models import BudgetLine, Proposal
from app.stages.proposals.rules import Source, totals
from app.stages.proposals.views.blueprint import bp, writable
from app.stages.proposals.views.promised import norms_of, told

CELLS = ("head", "content", "source", "year", "unit", "quantity", "price")
NEW_ROWS, PER_PAGE, LONGEST_CELL = 3, 40, 2_000
KEY = re.compile(r"([0-9a-z]{26}|new[0-9]{1,3})-content")


def listing_of(row: Proposal, heads: dict[str, str]) -> Listing:
    """The lines of an estimate as the address wants them."""
    lines = select(BudgetLine).where(BudgetLine.proposal_id == row.id)
    years = sorted({b.year for b in row.lines})
    return Listing(
        lines, request.args, key=BudgetLine.id, per_page=PER_PAGE,
        columns=[Column("head", N_("Budget head"), lambda b: b.head, sort=BudgetLine.head), Column("content", N_("Content"), lambda b: b.content),
                 Column("source", N_("Source"), lambda b: b.source), Column("year", N_("Year"), lambda b: b.year, sort=BudgetLine.year),
                 Column("quantity", N_("Quantity"), lambda b: b.quantity), Column("price", N_("Unit price (đồng)"), lambda b: b.price, sort=BudgetLine.price),
                 Column("norm", N_("Norm"), lambda b: ""), Column("amount", N_("Amount"), lambda b: b.amount, sort=BudgetLine.amount)],
        filters=[Filter("q", N_("Search"), lambda s, v: s.where(folded(BudgetLine.content).contains(fold(v), autoescape=True))),
                 Filter("head", N_("Budget head"), lambda s, v: s.where(BudgetLine.head == v), choices=list(heads.items())),
                 Filter("source", N_("Source"), lambda s, v: s.where(BudgetLine.source == v), choices=[(str(x), x.label) for x in Source]),
                 Filter("year", N_("Year"), lambda s, v: s.where(BudgetLine.year == int(v)), choices=[(str(y), str(y)) for y in years])],
    )  # fmt: skip


def heads_of(row: Proposal) -> dict[str, str]:
    """The budget heads of the call in this language."""
    name = "en" if language() == "en" else "vi"
    return {code: h[name] for code, h in queries.heads(clock.today(), row.call_topic.call).items()}


def _about(row: Proposal, heads: dict[str, str]) -> dict[str, Any]:
    """What stands round the lines of an estimate: sums, ceiling, rules, norms."""
    checks = [c for c in promises.checks_of(row, on=clock.today()) if c.section == "budget"]
    return {"proposal": row, "heads": heads, "sums": totals(row.lines), "cross": costs.cross(row.lines, list(heads)), "ceiling": queries.ceiling_of(row),
            "rules": told(checks), "norms": norms_of(row, promises.rulings(row, on=clock.today())), "listing": listing_of(row, heads)}  # fmt: skip


def _first_year(row: Proposal) -> int:
    """The first year that money can be spent in: no work begins before the deadline of its call."""
    return max(clock.today().year, clock.local(row.call_topic.call.deadline).year)


@bp.route("/<pid>/budget", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def budget(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    heads = heads_of(row)
    form = forms.Line(data={"year": _first_year(row), "version": row.version})
    form.head.choices = list(heads.items())
    if form.validate_on_submit():
        estimate.add_line(row, head=form.head.data, content=form.content.data, source=form.source.data, year=form.year.data, unit=form.unit.data,
                          quantity=form.quantity.data, price=form.price.data, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Saved at %(time)s.", time=f"{clock.local(clock.now()):%H:%M}"), url_for(".budget", pid=pid))
    return render_template("proposals/budget.html", form=form, remove=forms.Remove(data={"version": row.version}), **_about(row, heads))


@bp.get("/<pid>/estimate")
@allow(SIGNED_IN)
def whole_budget(pid: str) -> Any:
    """Every line, for whoever may read the dossier."""
    row = or_404(queries.proposal_for(current_user, pid))
    return render_template("proposals/plan/estimate.html", **_about(row, heads_of(row)))


# --- many lines on one page ----------------------------------------------------------------------------------


@dataclass
class GridRow:
    """A row of the page: what is typed in each cell, and what is wrong with it."""

    key: str
    cells: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)
    out: bool = False
    amount: int | None = None
    norm: Any = None
    above: bool = False
    n: int = 0

    @property
    def new(self) -> bool:
        return self.key.startswith("new")

    @property
    def blank(self) -> bool:
        return self.new and not any(self.cells[name].strip() for name in ("content", "unit", "quantity", "price"))


def _stored(b: BudgetLine) -> GridRow:
    cells = {"head": b.head, "content": b.content, "source": str(b.source), "year": str(b.year), "unit": b.unit, "quantity": budgeting.quantity_text(b.quantity),
             "price": f"{b.price:,}".replace(",", ".")}  # fmt: skip
    return GridRow(b.public_id, cells, amount=b.amount)


def _empty(row: Proposal) -> list[GridRow]:
    first = {"head": "", "source": str(Source.STATE), "year": str(row.lines[-1].year if row.lines else _first_year(row)), "content": "", "unit": "", "quantity": "", "price": ""}
    return [GridRow(f"new{n}", dict(first)) for n in range(NEW_ROWS)]


def _posted(row: Proposal) -> list[GridRow]:
    """The rows as they were typed. A line that is no longer there is kept as a new one, so that nothing typed is lost."""
    there, found, taken = {b.public_id for b in row.lines}, [], 0
    for name in request.form:
        if (match := KEY.fullmatch(name)) and len(found) < PER_PAGE + 50:
            key = match[1]
            cells = {cell: nfc(request.form.get(f"{key}-{cell}", ""))[:LONGEST_CELL] for cell in CELLS}
            if not key.startswith("new") and key not in there:
                taken += 1
                key = f"new{900 + taken}"
            found.append(GridRow(key, cells, out=f"{key}-out" in request.form))
    return found


def _read(row: Proposal, grid: list[GridRow], heads: dict[str, Any]) -> dict[str, Line]:
    """The lines of the rows that can be read; what is wrong is written beside the cells."""
    lines = {}
    for one in grid:
        if one.out or one.blank:
            continue
        table = budgeting.rows([[one.cells[cell] for cell in CELLS] + [""]], heads)
        for fault in [*table.faults, *(estimate.faults_of(row, table.lines) if table.lines else [])]:
            one.wrong[CELLS[min(budgeting.COLUMNS.index(fault.column), len(CELLS) - 1)]] = _(fault.message, **fault.params)
        if not table.lines and not one.wrong:
            one.wrong["head"] = _("Please choose a budget head.")
        if table.lines:
            one.amount = table.lines[0].amount
            if not one.wrong:
                lines[one.key] = table.lines[0]
    return lines


@bp.route("/<pid>/budget/edit", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def budget_grid(pid: str) -> Any:
    """Some lines at a time as cells, and rows for new ones; everything typed is kept when a cell cannot be used."""
    row = ready(queries.for_team(current_user, pid), writable)
    pages = max(1, -(-len(row.lines) // PER_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    form = forms.Grid(data={"version": row.version})
    heads = queries.heads(clock.today(), row.call_topic.call)
    shown = row.lines[(page - 1) * PER_PAGE : page * PER_PAGE]
    grid = _posted(row) if form.is_submitted() else [*map(_stored, shown), *_empty(row)]
    if form.validate_on_submit():
        lines = _read(row, grid, heads)
        bad = sum(len(one.wrong) for one in grid)
        if not bad:
            new = [(one.key, lines[one.key]) for one in grid if one.new and one.key in lines]
            count = estimate.change_lines(row, {k: v for k, v in lines.items() if not k.startswith("new")}, [one.key for one in grid if one.out and not one.new], new,
                                          seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
            return done(_("Saved: %(n)s lines changed.", n=count), url_for(".budget_grid", pid=pid, page=page))
        form.form_errors.append(_("Nothing was saved: %(n)s cells cannot be used. They are marked below.", n=bad))
    elif form.is_submitted():
        _read(row, grid, heads)
    norms = promises.rulings(row, on=clock.today())["proposals.norms"].value
    stored = {b.public_id: b for b in row.lines}
    for at, one in enumerate(grid, 1):
        one.n = at
        if (b := stored.get(one.key)) is not None:
            one.norm = costs.norm_of(b, norms)
            one.above = costs.above_norm(b, one.norm)
    others = totals([b for b in row.lines if b.public_id not in {one.key for one in grid}])
    return render_template("proposals/plan/grid.html", form=form, grid=grid, page=page, pages=pages, others=others, **_about(row, heads_of(row)))
