"""Reports: one report, ask for one, submit, review."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from app.acts import Guard, fits, moves, ready
from app.kernel import clock, journal
from app.kernel.clock import local
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.shown import language
from app.stages.execution import actions, figures, forms, queries
from app.stages.execution.actions import shared
from app.stages.execution.forms import ReportAnswer
from app.stages.execution.models import Report
from app.stages.execution.rules import (
    REPORT,
    Delivery,
    Level,
    overdue,
)
from app.stages.execution.spending import Quarter
from app.stages.execution.views.asked import asked_of, fill, told_in
from app.stages.execution.views.blueprint import bp
from app.stages.execution.views.evidence import kinds_of
from app.stages.funding import queries as funding

SUBMIT: tuple[Guard, ...] = (
    moves(REPORT, "submit"), lambda row, by: shared.check_running(row.project, by), lambda row, by: shared.check_holder(row.project, by))  # fmt: skip
REVIEW: tuple[Guard, ...] = (moves(REPORT, "accept"), lambda row, by: shared.check_judge(row, by, row.submitted_by_id))


@bp.route("/projects/<pid>/ask-report", methods=["GET", "POST"])
@allow(Do.EXECUTION_REVIEW)
@writes
def ask_report(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), shared.check_running)
    form = forms.AskReport()
    back = url_for(".project", pid=project.public_id)
    if form.validate_on_submit():
        actions.ask_report(project, due_on=form.due_on.data, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("The investigator is asked for a report."), back)
    return render_template("execution/form.html", form=form, title=_("Ask for a report"), button=_("Ask for the report"), back=back, project=project)


@bp.get("/reports/<pid>")
@allow(Do.HUB_READ)
def report(pid: str) -> Any:
    row = or_404(queries.report_for(current_user, pid))
    return render_template("execution/report.html", attachments=files.of(row), kinds=kinds_of(row), report=row, project=row.project, may_submit=fits(row, *SUBMIT), may_review=fits(row, *REVIEW),
                           late=overdue(row, clock.today()) and funding.closing_of(row.project_id) is None, came_late=row.submitted_at is not None and local(row.submitted_at).date() > row.due_on,
                           said=_said(row), versions=figures.versions_of(row), papers=papers.listed([journal.subject_key(row)]),
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.get("/reports/<pid>/versions/<n>")
@allow(Do.HUB_READ)
def report_version(pid: str, n: str) -> Any:
    """A report as it was handed in one of the times."""
    row = or_404(queries.report_for(current_user, pid))
    version = or_404(next((v for v in figures.versions_of(row) if str(v.number) == n), None))
    content = version.content
    cells = {(head, Quarter(year, quarter)): amount for head, year, quarter, amount in content.get("cells", [])}
    said = {"quarters": sorted({q for _h, q in cells}), "heads": figures.head_names(row.project, language()), "cells": cells, "deliveries": content.get("deliveries", []),
            "risks": content.get("risks", []), "states": {str(d): d for d in Delivery}, "levels": {str(x): x for x in Level}}  # fmt: skip
    return render_template("execution/report_version.html", report=row, project=row.project, version=version, content=content, said=said)


@bp.route("/reports/<pid>/submit", methods=["GET", "POST"])
@allow(Do.EXECUTION_REPORT)
@writes
def submit_report(pid: str) -> Any:
    row = ready(queries.report_for(current_user, pid), *SUBMIT)
    asked = asked_of(row)
    made = forms.report_form(asked.products, asked.heads, [*asked.before, *asked.quarters], asked.risks)
    form = made(obj=row) if not row.draft or request.method == "POST" else made(formdata=MultiDict(row.draft), obj=row)
    if request.method == "POST" and "save" in request.form and "refusal" not in g:
        return _saved(row, form)
    if request.method == "GET":
        form.version.data = row.version
        fill(form, row, asked)
    if form.validate_on_submit():
        actions.submit_report(row, progress=form.progress.data, done=form.done.data, products=form.products.data or None, spent=form.spent.data,
                              difficulties=form.difficulties.data or None, next_steps=form.next_steps.data or None, told=told_in(form, asked), seen=form.version.data,
                              by=current_user, at=clock.now())  # fmt: skip
        return done(_("Report submitted."), url_for(".report", pid=row.public_id))
    return render_template("execution/submit_report.html", report=row, project=row.project, form=form, asked=asked, before=queries.report_before(row),
                           attachments=files.of(row), new_risks=range(1, forms.NEW_RISKS + 1))  # fmt: skip


def _saved(row: Report, form: Any) -> Any:
    typed = {f.name: str(f._value() if hasattr(f, "_value") else f.data or "") for f in form.shown()}
    actions.save_draft(row, {name: text for name, text in typed.items() if text}, seen=form.version.data, by=current_user, at=clock.now())
    return done(_("Draft kept. Only those who hold the project see it until the report is submitted."), url_for(".submit_report", pid=row.public_id))


@bp.route("/reports/<pid>/review", methods=["GET", "POST"])
@allow(Do.EXECUTION_REVIEW)
@writes
def review_report(pid: str) -> Any:
    row = ready(queries.report_for(current_user, pid), *REVIEW)
    form = forms.ReviewReport(obj=row)
    if not form.is_submitted():
        form.remark.data = None  # the remark of an earlier round is not this one's
    back = url_for(".report", pid=row.public_id)
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now(), "rating": form.rating.data}
        if form.answer.data == ReportAnswer.ACCEPT:
            actions.accept_report(row, remark=form.remark.data or None, **facts)
            return done(_("Report accepted."), back)
        if not form.remark.data:
            raise Incomplete(N_("Please say what is to be mended."), field="remark")
        actions.return_report(row, remark=form.remark.data, again_by=form.again_by.data, **facts)
        return done(_("Report returned."), back)
    return render_template("execution/review_report.html", report=row, project=row.project, form=form, back=back, before=queries.report_before(row), attachments=files.of(row),
                           said=_said(row), mailed=[u.name for u in funding.holders(row.project)])  # fmt: skip


def _said(row: Report) -> dict[str, Any]:
    """What a report says besides its texts, for showing."""
    cells = figures.spent_cells(row.id)
    return {"products": figures.products_said(row.id), "heads": figures.head_names(row.project, language()), "cells": cells, "quarters": sorted({q for _h, q in cells}),
            "allowed": _sums(figures.estimate(row.project)) if cells else {}, "risks": [r for r in figures.risks_of(row.project_id) if r.report_id == row.id]}  # fmt: skip


def _sums(estimate: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for (head, _year), amount in estimate.items():
        found[head] = found.get(head, 0) + amount
    return found
