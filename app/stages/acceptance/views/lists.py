"""/acceptance/: the cases a person may see; /acceptance/results/: the register; both as spreadsheets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_

from app.downloads import download
from app.kernel import clock
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow
from app.kernel.words import N_
from app.shown import language
from app.stages.acceptance import queries, resultfacts
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.resultkinds import RightState
from app.stages.acceptance.rules import CaseState, ResultKind, ResultState
from app.stages.acceptance.views.blueprint import bp
from app.stages.funding.models import Project
from app.stages.plan import queries as plans

AHEAD = timedelta(days=60)  # projects whose contract ends within this are offered to begin


def _with_words(statement: Any, words: str) -> Any:
    wanted = fold(words)
    return statement.where(or_(Project.folded.contains(wanted, autoescape=True), Project.code.icontains(words, autoescape=True)))


def _items() -> list[tuple[str, str]]:
    return plans.item_choices(language() == "en")


def _late(statement: Any, value: str) -> Any:
    """Dossiers whose day is past: not handed in yet, or handed in after it."""
    return statement.where(Case.due_on < clock.today(), Case.first_submitted_at.is_(None))


def _cases() -> Listing:
    return Listing(
        queries.cases_statement(current_user), request.args, key=Case.id, default="-due",
        columns=[
            Column("code", N_("Project"), lambda c: c.project.code, sort=Project.code),
            Column("title", N_("Project title"), lambda c: c.project.title, sort=Project.title),
            Column("host", N_("Host organisation"), lambda c: c.project.host.name),
            Column("state", N_("State"), lambda c: _(c.state.label)),
            Column("round", N_("Evaluation"), lambda c: c.round),
            Column("due", N_("Dossier due on"), lambda c: c.due_on, sort=Case.due_on),
            Column("submitted", N_("Submitted"), lambda c: c.submitted_at),
            Column("late", N_("Days late"), queries.lateness),
            Column("grade", N_("Rating"), _grade),
            Column("decision", N_("Decision"), lambda c: c.decision_number),
        ],
        filters=[
            Filter("q", N_("Title or code"), _with_words),
            Filter("state", N_("State"), lambda s, v: s.where(Case.state == v), choices=[(str(s), s.label) for s in CaseState]),
            Filter("late", N_("Dossier overdue"), _late, choices=[("yes", N_("Only overdue ones"))]),
            Filter("year", N_("Year in which it is due"), lambda s, v: s.where(Case.due_on.between(date(int(v), 1, 1), date(int(v), 12, 31))),
                   choices=[(str(y), str(y)) for y in range(clock.today().year + 1, 2009, -1)]),
        ],
    )  # fmt: skip


def _grade(case: Case) -> str | None:
    """The rating in the reader's language; codes of schemes are known by their names in the rulebook."""
    return names_of_levels().get(case.grade, case.grade) if case.grade else None


def names_of_levels() -> dict[str, str]:
    """All levels of all schemes by code, in the reader's language."""
    return queries.all_levels(clock.today(), "en" if language() == "en" else "vi")


def _results() -> Listing:
    return Listing(
        queries.results_statement(current_user), request.args, key=Result.id, default="-code",
        columns=[
            Column("code", N_("Code"), lambda r: r.code, sort=Result.code),
            Column("title", N_("Result"), lambda r: r.title, sort=Result.title),
            Column("kind", N_("Kind of result"), lambda r: _(r.kind.label)),
            Column("item", N_("Priority item"), lambda r: r.item.face),
            Column("host", N_("Host organisation"), lambda r: r.project.host.name),
            Column("state", N_("State"), lambda r: _(r.state.label)),
            Column("certificate", N_("Certificate"), lambda r: r.certificate_number),
            Column("dated", N_("Date of the certificate"), lambda r: r.certificate_dated),
            Column("project", N_("Project"), lambda r: r.project.code), Column("pi", N_("Principal investigator"), lambda r: r.project.pi_name),
        ],
        filters=[
            Filter("q", N_("Title or code"), lambda s, v: s.where(or_(Result.folded.contains(fold(v), autoescape=True), Result.code.icontains(v, autoescape=True),
                                                                      Result.certificate_number.icontains(v, autoescape=True)))),
            Filter("kind", N_("Kind of result"), lambda s, v: s.where(Result.kind == v), choices=[(str(k), k.label) for k in ResultKind]),
            Filter("state", N_("State"), lambda s, v: s.where(Result.state == v), choices=[(str(x), x.label) for x in ResultState]),
            Filter("item", N_("Priority item"), queries.of_item, choices=_items()),
            Filter("year", N_("Year of the certificate"), lambda s, v: s.where(Result.certificate_dated.between(date(int(v), 1, 1), date(int(v), 12, 31))),
                   choices=[(str(y), str(y)) for y in range(clock.today().year, 2009, -1)]),
            Filter("right", N_("Intellectual property"), lambda s, v: s.where(resultfacts.protected(None if v == "any" else v)),
                   choices=[("any", N_("Protection applied for")), *((str(x), x.label) for x in RightState)]),
        ],
    )  # fmt: skip


def _spreadsheet(listing: Listing, title: str, name: str) -> Any:
    return download(listing.xlsx(title), f"{name}-{clock.today():%Y-%m-%d}.xlsx")


@bp.get("/")
@allow(Do.HUB_READ)
def index() -> Any:
    to_begin = queries.projects_to_begin(current_user, until=clock.today() + AHEAD)
    return render_template("acceptance/index.html", listing=_cases(), to_begin=to_begin, levels=names_of_levels(), lateness=queries.lateness, today=clock.today(),
                           all_seen=current_user.can(Do.ACCEPTANCE_READ))  # fmt: skip


@bp.get("/cases.xlsx")
@allow(Do.HUB_READ)
def export() -> Any:
    return _spreadsheet(_cases(), _("Acceptance"), "acceptance")


@bp.get("/results/")
@allow(Do.HUB_READ)
def results() -> Any:
    return render_template("acceptance/results.html", listing=_results(), all_seen=current_user.can(Do.ACCEPTANCE_READ))


@bp.get("/results/results.xlsx")
@allow(Do.HUB_READ)
def export_results() -> Any:
    return _spreadsheet(_results(), _("Results"), "results")
