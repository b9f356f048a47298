"""The province's money: budgets of years by sector and item, carrying over, cut lines of calls, the ledger of management costs."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.acts import fits, ready
from app.downloads import download
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.shown import language
from app.stages.calls import queries as calls
from app.stages.funding import actions, forms, provinceforms, queries
from app.stages.funding.actions import province as acts
from app.stages.funding.models import (
    ManagementBudget,
    ManagementCost,
    YearBudget,
)
from app.stages.funding.rules import CostKind, Source
from app.stages.funding.views.blueprint import bp
from app.stages.plan import queries as plans
from app.stages.plan import sheets
from app.stages.plan.models import Priority


def in_season(budget: YearBudget, _by: Any) -> None:
    acts.check_season(budget, clock.now())


# --- years ----------------------------------------------------------------------------------------------------


def _budgets() -> Listing:
    return Listing(
        select(YearBudget), request.args, key=YearBudget.id, default="-year",
        columns=[
            Column("year", N_("Year"), lambda b: b.year, sort=YearBudget.year), Column("source", N_("Source"), lambda b: b.source),
            Column("total", N_("Budget of the year"), lambda b: b.total, sort=YearBudget.total), Column("committed", N_("Promised"), lambda b: b.committed, sort=YearBudget.committed),
            Column("left", N_("Money left"), lambda b: b.total - b.committed), Column("decision", N_("Decision"), lambda b: b.decision_number),
        ],
        filters=[Filter("q", N_("Number of the decision"), lambda s, v: s.where(YearBudget.decision_number.contains(v, autoescape=True))),
                 Filter("source", N_("Source"), lambda s, v: s.where(YearBudget.source == v), choices=[(str(x), x.label) for x in Source])])  # fmt: skip


@bp.route("/year-budgets", methods=["GET", "POST"])
@allow(Do.FUNDING_READ, post=Do.FUNDING_APPRAISE)
@writes
def year_budgets() -> Any:
    form = forms.YearBudgetForm()
    if form.validate_on_submit():
        actions.set_year_budget(form.year.data, form.total.data, source=form.source.data, decision_number=form.decision_number.data or None,
                                by=current_user, at=clock.now())  # fmt: skip
        return done(_("Budget of %(year)s saved.", year=form.year.data), url_for(".year_budgets"))
    return render_template("funding/year_budgets.html", form=form, listing=_budgets(), calls=queries.calls_with_ranking())


@bp.get("/year-budgets.xlsx")
@allow(Do.FUNDING_READ)
def year_budgets_xlsx() -> Any:
    return download(_budgets().xlsx(_("Budgets of the years")), "du-toan-nam.xlsx")


def _items(budget: YearBudget) -> Listing:
    english, sums = language() == "en", queries.item_sums(budget)
    return Listing(
        queries.by_item(budget), request.args, key=Priority.id, default="", scalars=False,
        columns=[
            Column("sector", N_("Sector"), lambda r: r[0].sector.name_en if english else r[0].sector.name_vi), Column("item", N_("Item"), lambda r: f"{r[0].face} {r[0].title_en if english else r[0].short_vi}", sort=Priority.position, place=lambda r: r[0].position),
            Column("reserved", N_("Reserved"), lambda r: int(r.reserved), sort=sums["reserved"]), Column("committed", N_("Promised"), lambda r: int(r.committed), sort=sums["committed"]), Column("paid", N_("Paid in the year"), lambda r: int(r.paid), sort=sums["paid"]),
        ],
        filters=[Filter("q", N_("Words of the item"), lambda s, v: s.where(*(Priority.folded.contains(word, autoescape=True) for word in fold(v).split()))),
                 Filter("sector", N_("Sector"), lambda s, v: s.where(Priority.sector_id.in_(plans.sectors_named(v))), choices=plans.sector_choices(english))])  # fmt: skip


@bp.get("/year-budgets/<pid>")
@allow(Do.FUNDING_READ)
def year_budget(pid: str) -> Any:
    budget = or_404(queries.budget_by_pid(pid))
    sectors = queries.by_sector(budget)
    return render_template("funding/year_budget.html", budget=budget, listing=_items(budget), sectors=sectors, transfers=queries.transfers_of(budget), english=language() == "en",
                           sums={name: sum(getattr(s, name) for s in sectors) for name in ("reserved", "committed", "paid")},
                           carries=current_user.can(Do.FUNDING_APPRAISE) and fits(budget, acts.check_carriable, in_season), entries=journal.timeline([journal.subject_key(budget)]))  # fmt: skip


@bp.get("/year-budgets/<pid>/items.xlsx")
@allow(Do.FUNDING_READ)
def year_budget_xlsx(pid: str) -> Any:
    budget = or_404(queries.budget_by_pid(pid))
    return download(_items(budget).xlsx(_("Budget of %(year)s", year=budget.year)), f"du-toan-{budget.year}.xlsx")


@bp.route("/year-budgets/<pid>/carry-over", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def carry_over(pid: str) -> Any:
    budget = ready(queries.budget_by_pid(pid), acts.check_carriable, in_season)
    moved = queries.unpaid_promises(budget)
    promised = sum(amount for _project, amount in moved)
    form = provinceforms.CarryOver(data={"promised": str(promised), "free": 0})
    if form.validate_on_submit():
        seen = form.promised.data or ""
        row = actions.carry_over(budget, free=form.free.data, seen_promised=int(seen) if seen.isdecimal() and len(seen) < 16 else -1, decision_number=form.decision_number.data,
                                 by=current_user, at=clock.now())  # fmt: skip
        return done(_("%(amount)s đồng are carried over to %(year)s.", amount=f"{row.amount:,}".replace(",", "."), year=budget.year + 1), url_for(".year_budget", pid=pid))
    form.promised.data = str(promised)  # what is shown now is what is agreed to
    return render_template("funding/carry_over.html", form=form, budget=budget, into=queries.year_budget(budget.year + 1), moved=moved, promised=promised)


# --- the cut line ---------------------------------------------------------------------------------------------


def _number(text: str | None, low: int, high: int, default: int) -> int:
    return min(max(int(text), low), high) if text and text.isdecimal() and len(text) < 6 else default


ORDERS = {"": ("", N_("Rank")), "asked": ("asked", N_("State money in all")), "needed": ("of_year", N_("Needed of the year"))}  # the highest sum first


def _cut(pid: str) -> dict[str, Any]:
    """A ranked call against the money of a year, with the line where the address puts it, or where it was drawn, or as far as the money reaches."""
    call, today = or_404(calls.call_by_pid(pid)), clock.today()
    drawn = queries.cut_of(call.id)
    year = _number(request.args.get("year"), 1990, 2200, drawn.year if drawn else today.year)
    rows, left = queries.ranked(call, year), queries.left_of(year)
    reaches = sum(1 for row in rows if row.together <= left)
    standing = min(drawn.funded, len(rows)) if drawn and drawn.year == year else reaches
    funded = _number(request.args.get("funded"), 0, len(rows), standing)
    needed = rows[funded - 1].together if funded else 0
    order = request.args.get("sort", "")
    shown = sorted(rows, key=lambda row: -getattr(row, ORDERS[order][0])) if ORDERS.get(order, ("",))[0] else rows
    return {"call": call, "year": year, "rows": rows, "shown": shown, "order": order if order in ORDERS else "", "orders": {key: _(label) for key, (_name, label) in ORDERS.items()}, "left": left, "reaches": reaches, "funded": funded, "needed": needed, "drawn": drawn}


@bp.route("/calls/<pid>/cut-line", methods=["GET", "POST"])
@allow(Do.FUNDING_READ, post=Do.FUNDING_PROPOSE)
@writes
def draw_cut_line(pid: str) -> Any:
    found = _cut(pid)
    form = provinceforms.CutLine(data={"funded": found["funded"], "year": found["year"]})
    if form.validate_on_submit():
        row = actions.draw_cut_line(found["call"], year=form.year.data, funded=form.funded.data, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("The cut line lies below place %(n)s.", n=row.funded), url_for(".draw_cut_line", pid=pid))
    return render_template("funding/cut_line.html", form=form, history=queries.cuts_of(found["call"].id), **found)


@bp.get("/calls/<pid>/cut-line.xlsx")
@allow(Do.FUNDING_READ)
def cut_line_xlsx(pid: str) -> Any:
    found = _cut(pid)
    head = [_("Rank"), _("Dossier"), _("Title"), _("Host"), _("Mean"), _("State money in all"), _("Needed of %(year)s", year=found["year"]), _("Together"), _("Has money")]
    rows = [(r.place, r.line.proposal.code or "", r.line.proposal.title, r.line.proposal.host.name, r.line.mean_hundredths / 100, r.asked, r.of_year, r.together,
             _("Yes") if r.place <= found["funded"] else _("No")) for r in found["shown"]]  # fmt: skip
    return download(sheets.table(found["call"].number or found["call"].title, head, rows), "duong-cat.xlsx")


# --- management costs -----------------------------------------------------------------------------------------


def _head_names() -> dict[str, str]:
    return {h["code"]: h["en" if language() == "en" else "vi"] for h in acts.heads(on=clock.today())}


def _costs(names: dict[str, str]) -> Listing:
    years = [(str(b.year), str(b.year)) for b in queries.management_budgets()]
    return Listing(
        queries.costs_statement(), request.args, key=ManagementCost.id, default="-booked",
        columns=[
            Column("booked", N_("Paid on"), lambda c: c.booked_on, sort=ManagementCost.booked_on), Column("head", N_("Head of management costs"), lambda c: names.get(c.head, c.head)),
            Column("content", N_("What was paid for"), lambda c: c.content), Column("voucher", N_("Voucher"), lambda c: c.voucher), Column("kind", N_("Kind"), lambda c: c.kind),
            Column("amount", N_("Amount"), lambda c: c.amount if c.kind == CostKind.SPENDING else -c.amount), Column("by", N_("Booked by"), lambda c: c.by.name if c.by else None),
        ],
        filters=[Filter("q", N_("Words or voucher"), lambda s, v: s.where(*(ManagementCost.folded.contains(word, autoescape=True) for word in fold(v).split()))),
                 Filter("year", N_("Year"), lambda s, v: s.where(ManagementBudget.year == int(v)), choices=years),
                 Filter("head", N_("Head of management costs"), lambda s, v: s.where(ManagementCost.head == v), choices=list(names.items()))])  # fmt: skip


@bp.get("/management")
@allow(Do.FUNDING_READ)
def management() -> Any:
    names, budgets = _head_names(), queries.management_budgets()
    shown = next((b for b in budgets if str(b.year) == request.args.get("year")), budgets[0] if budgets else None)
    listing = _costs(names)
    back = {c.takes_back_id for c in listing.rows} | queries.taken_back_ids([c.id for c in listing.rows])
    return render_template("funding/management.html", listing=listing, names=names, budgets=budgets, shown=shown, by_head=queries.costs_by_head(shown) if shown else {}, back=back)


@bp.get("/management.xlsx")
@allow(Do.FUNDING_READ)
def management_xlsx() -> Any:
    return download(_costs(_head_names()).xlsx(_("Management costs")), "chi-phi-quan-ly.xlsx")


@bp.route("/management/budget", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def set_management_budget() -> Any:
    form = provinceforms.ManagementBudget(data={"year": clock.today().year})
    if form.validate_on_submit():
        actions.set_management_budget(form.year.data, form.total.data, decision_number=form.decision_number.data or None, by=current_user, at=clock.now())
        return done(_("Budget of %(year)s saved.", year=form.year.data), url_for(".management"))
    return render_template("funding/form.html", form=form, title=_("Enter the budget of management costs"), button=_("Save the budget"), back=url_for(".management"))


@bp.route("/management/book", methods=["GET", "POST"])
@allow(Do.FUNDING_PAY)
@writes
def book_cost() -> Any:
    form = provinceforms.BookCost(data={"booked_on": clock.today()})
    form.head.choices = list(_head_names().items())
    if form.validate_on_submit():
        actions.book_cost(head=form.head.data, content=form.content.data, amount=form.amount.data, booked_on=form.booked_on.data, voucher=form.voucher.data, by=current_user, at=clock.now())
        return done(_("Booked."), url_for(".management"))
    return render_template("funding/form.html", form=form, title=_("Book a management cost"), button=_("Book it"), back=url_for(".management"))


@bp.route("/management/<pid>/take-back", methods=["GET", "POST"])
@allow(Do.FUNDING_PAY)
@writes
def take_cost_back(pid: str) -> Any:
    cost = ready(queries.cost_by_pid(pid), acts.check_standing)
    form = provinceforms.TakeBack()
    if form.validate_on_submit():
        actions.take_cost_back(cost, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("Taken back by a row of its own."), url_for(".management"))
    return render_template("funding/form.html", form=form, title=_("Take a management cost back"), button=_("Take it back"), back=url_for(".management"), about=f"{cost.content} ({cost.voucher})")
