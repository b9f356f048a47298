"""The risk register of one project."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.stages.execution import actions, figures, forms
from app.stages.execution.actions import risks as acts
from app.stages.execution.actions import shared
from app.stages.execution.views.blueprint import bp
from app.stages.funding import queries as funding


@bp.get("/projects/<pid>/risks")
@allow(Do.HUB_READ)
def risks(pid: str) -> Any:
    project = or_404(funding.project_by_pid(current_user, pid))
    return render_template("execution/risks.html", project=project, risks=figures.risks_of(project.id), may_note=fits(project, shared.check_running, acts.check_registrar))


@bp.route("/projects/<pid>/risks/new", methods=["GET", "POST"])
@allow(Do.HUB_READ, post=Do.EXECUTION_REPORT)
@writes
def note_risk(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), shared.check_running, acts.check_registrar)
    form, back = forms.NoteRisk(), url_for(".risks", pid=pid)
    if form.validate_on_submit():
        actions.note_risk(project, text=form.text.data, level=form.level.data, measure=form.measure.data or None, by=current_user, at=clock.now())
        return done(_("Risk noted."), back)
    return render_template("execution/form.html", form=form, title=_("Note a risk"), button=_("Note the risk"), back=back, project=project)


@bp.route("/projects/<pid>/risks/<risk>/close", methods=["GET", "POST"])
@allow(Do.HUB_READ, post=Do.EXECUTION_REPORT)
@writes
def close_risk(pid: str, risk: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), acts.check_registrar)
    row = ready(figures.risk_by_pid(project.id, risk), acts.check_open)
    form, back = forms.CloseRisk(data={"version": row.version}), url_for(".risks", pid=pid)
    if form.validate_on_submit():
        actions.close_risk(row, why=form.why.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Risk closed."), back)
    return render_template("execution/form.html", form=form, title=_("Close the risk"), button=_("Close the risk"), back=back, project=project, lead=row.text)
