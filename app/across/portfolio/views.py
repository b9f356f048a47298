"""/portfolio/impact: how many were applied, where, to what effect; the rows behind each figure; a page for a meeting."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.across.hub import queries as hub
from app.across.portfolio import (
    dashboard,  # noqa: F401 - its pages
    meeting,
    queries,
    reporting,  # noqa: F401 - its pages
)
from app.across.portfolio.blueprint import bp
from app.across.portfolio.rules import (
    MONEY,
    STILL,
    By,
    Effect,
    Group,
    Stage,
    Sums,
    grouped,
)
from app.downloads import download
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.web import allow
from app.kernel.words import N_
from app.later import xlsxwriter
from app.services.papers import views as paper_views
from app.services.rulebook import queries as rulebook
from app.shown import language
from app.stages.acceptance.models import Case
from app.stages.funding.models import Project
from app.stages.plan import queries as plans
from app.stages.plan import scope


@dataclass(frozen=True)
class Impact:
    """The answer as the address asks for it."""

    by: By
    listing: Listing
    groups: list[Group]
    total: Sums

    def rows(self, stage: Stage, group: Group | None = None) -> str:
        """The address of the list of exactly the projects that a figure counts."""
        asked = self.listing.values | ({str(self.by): group.value} if group else {})
        return url_for("portfolio.projects", **{name: v for name, v in asked.items() if name != "by"}, stage=str(stage))


def _listing(sectors: list[tuple[str, str]], items: list[tuple[str, str]], *, stages: bool = True) -> Listing:
    stage = Filter("stage", N_("How far"), queries.at_stage, choices=[(str(s), s.label) for s in Stage])
    by = Filter("by", N_("Rows of the table"), lambda s, _v: s, choices=[(str(b), b.label) for b in By])
    return Listing(
        queries.accepted(current_user), request.args, key=Project.id, scalars=False, default="-accepted",
        columns=[
            Column("code", N_("Code"), lambda r: r.code, sort=Project.code),
            Column("title", N_("Project title"), lambda r: r.title, sort=Project.title),
            Column("host", N_("Host organisation"), lambda r: r.host),
            Column("item", N_("Priority item"), lambda r: r.item),
            Column("accepted", N_("Passed acceptance"), lambda r: clock.local(r.graded_at).date(), sort=Case.graded_at, place=lambda r: r.graded_at),
            Column("far", N_("How far"), lambda r: _(stage_of(r).label)),
            Column("paid", N_("Paid (đồng)"), lambda r: r.paid_total, sort=Project.paid_total),
            *(Column(str(e), e.label, lambda r, e=e: getattr(r, e)) for e in Effect),
        ],
        filters=[
            Filter("q", N_("Title or code"), hub.with_words),
            stage if stages else by,
            Filter("sector", N_("Sector"), hub.in_sector, choices=sectors),
            Filter("item", N_("Priority item"), hub.of_item, choices=scope.choices(request.args.get("item"), english=language() == "en", offered=items)),
            Filter("year", N_("Year of acceptance"), queries.accepted_in, choices=[(str(y), str(y)) for y in queries.years()]),
            Filter("host", N_("Host organisation"), hub.of_host, choices=hub.hosts()),
        ],
    )  # fmt: skip


def stage_of(row: Any) -> Stage:
    """The last stage a row has reached."""
    return next((s for s in reversed(Stage) if s != Stage.ACCEPTED and getattr(row, s)), Stage.ACCEPTED)


def _impact(by: By | None = None) -> Impact:
    sectors, items = plans.sector_and_item_choices(language() == "en")
    listing = _listing(sectors, items, stages=False)
    by = by or By(listing.values.get("by", By.SECTOR))
    today = clock.today()
    before = clock.at_local(today.replace(year=today.year - STILL, day=min(today.day, 28)))
    names = next(f.choices or () for f in listing.filters if f.name == by)  # groups are called as the filter of the same name calls them
    groups, total = grouped(queries.rows_of(listing.statement), _key(by), names, _("Items of no plan"), lambda r: r.graded_at <= before)
    return Impact(by, listing, groups, total)


def _key(by: By) -> Any:
    return (lambda r: str(clock.local(r.graded_at).year)) if by == By.YEAR else (lambda r: getattr(r, f"by_{by}"))


@bp.get("/impact")
@allow(Do.PORTFOLIO_READ)
def impact() -> Any:
    return render_template("portfolio/impact.html", impact=_impact(), By=By, Stage=Stage, Effect=Effect)


@bp.get("/impact/projects")
@allow(Do.PORTFOLIO_READ)
def projects() -> Any:
    listing = _listing(*plans.sector_and_item_choices(language() == "en"))
    return render_template("portfolio/projects.html", listing=listing, Effect=Effect, MONEY=MONEY, stage_of=stage_of)


@bp.get("/impact/projects.xlsx")
@allow(Do.PORTFOLIO_READ)
def projects_export() -> Any:
    listing = _listing(*plans.sector_and_item_choices(language() == "en"))
    return download(listing.xlsx(_("Accepted projects and their use")), f"ung-dung-nhiem-vu-{clock.today():%Y-%m-%d}.xlsx")


@bp.get("/impact.xlsx")
@allow(Do.PORTFOLIO_READ)
def impact_export() -> Any:
    return download(_spreadsheet(_impact()), f"ung-dung-{clock.today():%Y-%m-%d}.xlsx")


@bp.get("/impact.pdf")
@allow(Do.PORTFOLIO_READ)
def impact_pdf() -> Any:
    with force_locale("vi"):
        found = _impact(By.SECTOR)
        said = [f"{_(f.label).lower()}: {dict(f.choices or ()).get(value, value)}" for f in found.listing.filters if f.name != "by" for value in [found.listing.values.get(f.name)] if value]
        made = meeting.content(found.groups, found.total, narrowed=said, bodies=rulebook.value("papers.bodies", on=clock.today()), today=clock.today())
    return paper_views.blank_file(made, f"ung-dung-{clock.today():%Y-%m-%d}.pdf")


def _spreadsheet(found: Impact) -> bytes:
    """Exactly the table shown: real numbers, no formulas."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": _("What came of accepted projects"), "author": "Vàm Cỏ"})
    sheet = book.add_worksheet()
    bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    for at, head in enumerate([found.by.label, *(s.label for s in Stage), N_("Paid (đồng)"), *(e.label for e in Effect)]):
        sheet.write_string(0, at, _(head), bold)
    for line, (name, sums) in enumerate([*((g.name, g.sums) for g in found.groups), (_("In all"), found.total)], start=1):
        sheet.write_string(line, 0, name)
        for at, value in enumerate([*sums.stages.values(), sums.paid, *sums.effects.values()], start=1):
            sheet.write_number(line, at, value, number)
    sheet.freeze_panes(1, 1)
    sheet.autofit()
    book.close()
    return buffer.getvalue()
