"""Stopping: suspend and resume, open, drop and decide a termination."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock, journal
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.papers import queries as papers
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import years_after
from app.stages.execution import actions, forms, queries
from app.stages.execution.actions import shared
from app.stages.execution.forms import TerminationAnswer
from app.stages.execution.models import Termination
from app.stages.execution.rules import (
    BREACHES,
    HOST_GROUNDS,
    SUSPENSION,
    TERMINATION,
)
from app.stages.execution.views.blueprint import bp
from app.stages.funding import queries as funding
from app.stages.funding.actions.shared import check_outsider, check_stranger


@bp.route("/projects/<pid>/suspend", methods=["GET", "POST"])
@allow(Do.EXECUTION_DECIDE)
@writes
def suspend(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), shared.check_running, shared.check_not_suspended, check_stranger)
    form, back = forms.Suspend(), url_for(".project", pid=project.public_id)
    if form.validate_on_submit():
        actions.suspend(project, reason=form.reason.data, from_date=form.from_date.data, number=form.number.data, by=current_user, at=clock.now())
        return done(_("The project is suspended; its payments are stopped."), back)
    return render_template("execution/form.html", form=form, title=_("Suspend the project"), button=_("Suspend"), back=back, project=project)


@bp.get("/suspensions/<pid>")
@allow(Do.HUB_READ)
def suspension(pid: str) -> Any:
    row = or_404(queries.suspension_for(current_user, pid))
    return render_template("execution/suspension.html", suspension=row, project=row.project, moves=dict(SUSPENSION.moves(row)), papers=papers.of(row),
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/suspensions/<pid>/resume", methods=["GET", "POST"])
@allow(Do.EXECUTION_DECIDE)
@writes
def resume(pid: str) -> Any:
    row = ready(queries.suspension_for(current_user, pid), moves(SUSPENSION, "resume"), check_outsider)
    form = forms.Resume(data={"on": clock.today(), "version": row.version})
    back = url_for(".suspension", pid=row.public_id)
    if form.validate_on_submit():
        actions.resume(row, reason=form.reason.data, on=form.on.data, number=form.number.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The work goes on."), back)
    return render_template("execution/form.html", form=form, title=_("Resume the work"), button=_("Resume"), back=back, project=row.project)


@bp.route("/projects/<pid>/request-termination", methods=["GET", "POST"])
@allow(Do.EXECUTION_REQUEST)
@writes
def request_termination(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), shared.check_running, shared.check_holder, shared.check_no_ending)
    form = forms.RequestTermination()
    form.ground.choices = [(str(g), _(g.label)) for g in HOST_GROUNDS]
    _offer_grounds(form, project)
    if form.validate_on_submit():
        row = actions.request_termination(project, ground=form.ground.data, statement=form.statement.data, by=current_user, at=clock.now())
        return done(_("Early end asked for; the officers are told."), url_for(".termination", pid=row.public_id))
    return render_template("execution/request_ending.html", form=form, project=project, back=url_for(".project", pid=project.public_id))


@bp.route("/terminations/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.EXECUTION_REQUEST)
@writes
def withdraw_termination(pid: str) -> Any:
    row = ready(queries.termination_for(current_user, pid), moves(TERMINATION, "withdraw"), lambda row, by: shared.check_holder(row.project, by))
    form, back = forms.StageForm(obj=row), url_for(".termination", pid=row.public_id)
    if form.validate_on_submit():
        actions.withdraw_termination(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Request withdrawn."), back)
    return render_template("execution/form.html", form=form, title=_("Withdraw the request"), button=_("Withdraw"), back=back, project=row.project)


def _offer_grounds(form: Any, project: Any) -> None:
    """Only the grounds that the rulebook knows."""
    known = queries.grounds_known(project)
    form.ground.choices = [(value, label) for value, label in form.ground.choices if value in known]


@bp.route("/projects/<pid>/open-termination", methods=["GET", "POST"])
@allow(Do.EXECUTION_REVIEW)
@writes
def open_termination(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), shared.check_running, shared.check_not_opened, check_stranger)
    form = forms.OpenTermination(obj=queries.requested_termination(project.id))
    _offer_grounds(form, project)
    if form.validate_on_submit():
        row = actions.open_termination(project, ground=form.ground.data, statement=form.statement.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Termination under consideration; payments are stopped."), url_for(".termination", pid=row.public_id))
    return render_template("execution/form.html", form=form, title=_("Consider an early end"), button=_("Open it and stop payments"),
                           back=url_for(".project", pid=project.public_id), project=project)  # fmt: skip


@bp.get("/terminations/<pid>")
@allow(Do.HUB_READ)
def termination(pid: str) -> Any:
    row = or_404(queries.termination_for(current_user, pid))
    return render_template("execution/termination.html", termination=row, bars=queries.bars_of(row), project=row.project, moves=dict(TERMINATION.moves(row)), papers=papers.of(row),
                           may_request=funding.may_request(current_user, row.project), may_decide=fits(row, shared.check_decider), signs=fits(row, shared.check_ending_signer), signer=shared.ending_signer(row.project),
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/terminations/<pid>/decide", methods=["GET", "POST"])
@allow(Do.EXECUTION_DECIDE)
@writes
def decide_termination(pid: str) -> Any:
    row = ready(queries.termination_for(current_user, pid), moves(TERMINATION, "decide", "drop"), shared.check_decider)
    form = forms.DecideTermination(obj=row)
    if not form.is_submitted():
        form.bar.data = row.ground in BREACHES
    if form.validate_on_submit():
        return _decided(row, form)
    years = int(rulebook.value("people.debarment_years", on=clock.today())["terminated_breach"])
    shares = rulebook.rule("funding.refund_percent", on=row.project.decision_date)
    checks = [(row.opened_by_id != current_user.id, _("The one who opened it and the one who decides are two people."), None),
              (fits(row, shared.check_ending_signer), _("You hold the office that decides on early ends."), shared.ending_signer(row.project).source)]
    return render_template("execution/decide_termination.html", termination=row, project=row.project, form=form, checks=checks, shares=shares, breach=row.ground in BREACHES, barred_until=years_after(clock.today(), years),
                           pending=[a for a in queries.adjustments_of(row.project_id) if a.state == "requested"], spent=queries.last_spent(row.project_id), accounted=funding.accounted(row.project_id),
                           waiting=[t for t in funding.unpaid_tranches(row.project_id) if t.state in ("requested", "approved")],
                           mailed=[u.name for u in funding.holders(row.project)])  # fmt: skip


def _decided(row: Termination, form: forms.DecideTermination) -> Any:
    back = url_for(".termination", pid=row.public_id)
    facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
    if form.answer.data == TerminationAnswer.DROP:
        if not form.remark.data:
            raise Incomplete(N_("Please say why."), field="remark")
        actions.drop_termination(row, reason=form.remark.data, **facts)
        stopped = queries.open_suspension(row.project_id) is not None
        return done(_("Dropped: the project stays suspended.") if stopped else _("Dropped: the work goes on."), back)
    for name in ("cause", "used", "number", "dated"):
        if form[name].data in (None, ""):
            raise Incomplete(N_("This is needed to terminate the project."), field=name)
    actions.decide_termination(row, cause=form.cause.data, used=form.used.data, number=form.number.data, dated=form.dated.data, bar=form.bar.data,
                               remark=form.remark.data or None, **facts)  # fmt: skip
    return done(_("The project is terminated."), back)
