"""Inspections: plan, show, record, call off."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock, journal
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.papers import queries as papers
from app.stages.execution import actions, forms, queries
from app.stages.execution.actions import shared
from app.stages.execution.rules import INSPECTION
from app.stages.execution.views.blueprint import bp
from app.stages.funding import queries as funding


@bp.route("/projects/<pid>/inspections", methods=["GET", "POST"])
@allow(Do.EXECUTION_INSPECT)
@writes
def plan_inspection(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), shared.check_running)
    form = forms.PlanInspection()
    if form.validate_on_submit():
        row = actions.plan_inspection(project, kind=form.kind.data, planned_on=form.planned_on.data, purpose=form.purpose.data, team=form.team.data,
                                      place=form.place.data or None, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Inspection planned; the host is told."), url_for(".inspection", pid=row.public_id))
    return render_template("execution/form.html", form=form, title=_("Plan an inspection"), button=_("Plan the inspection"), project=project,
                           back=url_for(".project", pid=project.public_id))  # fmt: skip


@bp.get("/inspections/<pid>")
@allow(Do.HUB_READ)
def inspection(pid: str) -> Any:
    row = or_404(queries.inspection_for(current_user, pid))
    return render_template("execution/inspection.html", inspection=row, project=row.project, moves=dict(INSPECTION.moves(row)), papers=papers.of(row),
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/inspections/<pid>/conclude", methods=["GET", "POST"])
@allow(Do.EXECUTION_INSPECT)
@writes
def conclude_inspection(pid: str) -> Any:
    row = ready(queries.inspection_for(current_user, pid), moves(INSPECTION, "conclude"))
    form = forms.ConcludeInspection(obj=row)
    back = url_for(".inspection", pid=row.public_id)
    if form.validate_on_submit():
        actions.conclude_inspection(row, held_on=form.held_on.data, present=form.present.data, progress_finding=form.progress_finding.data,
                                    money_finding=form.money_finding.data, conclusion=form.conclusion.data, requests=form.requests.data or None,
                                    seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Inspection recorded; the minutes are issued."), back)
    return render_template("execution/form.html", form=form, title=_("Record the inspection"), button=_("Record and issue the minutes"), back=back,
                           project=row.project)  # fmt: skip


@bp.route("/inspections/<pid>/call-off", methods=["GET", "POST"])
@allow(Do.EXECUTION_INSPECT)
@writes
def call_off_inspection(pid: str) -> Any:
    row = ready(queries.inspection_for(current_user, pid), moves(INSPECTION, "call_off"))
    form = forms.Reason(obj=row)
    back = url_for(".inspection", pid=row.public_id)
    if form.validate_on_submit():
        actions.call_off_inspection(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Inspection called off."), back)
    return render_template("execution/form.html", form=form, title=_("Call off the inspection"), button=_("Call off"), back=back, project=row.project)
