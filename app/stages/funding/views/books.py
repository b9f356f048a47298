"""The ledger over all projects, and what is to come back: filtered, in pages, as spreadsheets."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.downloads import download
from app.kernel import clock
from app.kernel.db import folded
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow
from app.kernel.words import N_
from app.stages.funding import queries
from app.stages.funding.models import LedgerEntry, Project, ProjectClosing
from app.stages.funding.rules import Cause, EntryKind
from app.stages.funding.views.blueprint import bp

REGIMES = {"law_2013": N_("Law of 2013"), "law_2025": N_("Law of 2025")}


def _ledger() -> Listing:
    years = queries.booked_years()
    return Listing(
        queries.ledger_statement(current_user), request.args, key=LedgerEntry.id, default="-booked",
        columns=[
            Column("booked", N_("Booked on"), lambda e: e.booked_on, sort=LedgerEntry.booked_on), Column("kind", N_("Kind"), lambda e: _(e.kind.label)),
            Column("code", N_("Project"), lambda e: e.project.code, sort=Project.code), Column("title", N_("Title"), lambda e: e.project.title),
            Column("host", N_("Host"), lambda e: e.project.host.name), Column("tranche", N_("Tranche"), lambda e: e.tranche.position if e.tranche else None),
            Column("voucher", N_("Voucher"), lambda e: e.voucher), Column("amount", N_("Amount"), queries.signed_amount, sort=LedgerEntry.amount, place=lambda e: e.amount),
            Column("by", N_("Booked by"), lambda e: e.by.name if e.by else None), Column("note", N_("Note"), lambda e: e.note),
        ],
        filters=[
            Filter("q", N_("Project or voucher"), queries.ledger_words),
            Filter("kind", N_("Kind"), lambda s, v: s.where(LedgerEntry.kind == EntryKind(v)), choices=[(str(k), k.label) for k in EntryKind]),
            Filter("year", N_("Year"), lambda s, v: s.where(LedgerEntry.booked_on.between(date(int(v), 1, 1), date(int(v), 12, 31))), choices=[(str(y), str(y)) for y in years]),
        ],
    )  # fmt: skip


@bp.get("/ledger")
@allow(Do.FUNDING_READ)
def ledger() -> Any:
    listing = _ledger()
    return render_template("funding/ledger.html", listing=listing, sums=queries.ledger_sums(listing.statement), signed=queries.signed_amount)


@bp.get("/ledger.xlsx")
@allow(Do.FUNDING_READ)
def export_ledger() -> Any:
    return download(_ledger().xlsx(_("Ledger")), f"so-chi-{clock.today():%Y-%m-%d}.xlsx")


def _recoveries() -> Listing:
    today, terms = clock.today(), queries.refund_terms()
    open_, late = queries.still_owed_sql(), queries.overdue_sql(today)
    return Listing(
        queries.recoveries_statement(current_user), request.args, key=ProjectClosing.id, default="-ended", scalars=False,
        columns=[
            Column("code", N_("Project"), lambda r: r.Project.code, sort=Project.code), Column("title", N_("Title"), lambda r: r.Project.title),
            Column("host", N_("Host"), lambda r: r.Project.host.name), Column("ended", N_("Ended"), lambda r: r.ProjectClosing.dated, sort=ProjectClosing.dated),
            Column("cause", N_("Cause"), lambda r: _(r.ProjectClosing.cause.label) if r.ProjectClosing.cause else None),
            Column("regime", N_("Regime"), lambda r: _(REGIMES[r.Project.regime]) if r.Project.regime in REGIMES else r.Project.regime),
            Column("due", N_("To be paid back"), lambda r: r.due), Column("back", N_("Came back"), lambda r: r.back), Column("left", N_("Still to come back"), lambda r: max(r.due - r.back, 0)),
            Column("by", N_("To come back by"), lambda r: queries.refund_by(r.ProjectClosing, r.Settlement, terms)),
        ],
        filters=[
            Filter("q", N_("Words of the project"), lambda s, v: s.where(Project.folded.contains(fold(v), autoescape=True) | folded(Project.code).contains(fold(v), autoescape=True))),
            Filter("state", N_("State"), lambda s, v: s.where({"late": late, "open": open_, "done": ~open_}[v]), choices=[("late", N_("Overdue")), ("open", N_("Still to come back")), ("done", N_("All came back"))]),
            Filter("cause", N_("Cause"), lambda s, v: s.where(ProjectClosing.cause == Cause(v)), choices=[(str(c), c.label) for c in Cause]),
        ],
    )  # fmt: skip


@bp.get("/recoveries")
@allow(Do.FUNDING_READ)
def recoveries() -> Any:
    listing = _recoveries()
    terms = queries.refund_terms()
    days = {r.ProjectClosing.project_id: queries.refund_by(r.ProjectClosing, r.Settlement, terms) for r in listing.rows}
    return render_template("funding/recoveries.html", listing=listing, days=days, today=clock.today(), regimes=REGIMES)


@bp.get("/recoveries.xlsx")
@allow(Do.FUNDING_READ)
def export_recoveries() -> Any:
    return download(_recoveries().xlsx(_("Money to come back")), f"thu-hoi-{clock.today():%Y-%m-%d}.xlsx")
