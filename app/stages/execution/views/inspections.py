"""Inspections: plan, show, record, photographs, call off; what was found: answer, judge."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import Guard, fits, moves, ready
from app.kernel import clock, journal
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.files import queries as files
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.execution import actions, forms, queries
from app.stages.execution.actions import inspections as inspection_acts
from app.stages.execution.actions import shared
from app.stages.execution.forms import FindingAnswer
from app.stages.execution.rules import (
    FINDING,
    INSPECTION,
    FindingState,
    late_finding,
)
from app.stages.execution.views.blueprint import bp
from app.stages.funding import queries as funding
from app.stages.funding.actions.shared import check_outsider, check_stranger

ANSWER: tuple[Guard, ...] = (moves(FINDING, "answer"), lambda row, by: shared.check_holder(row.project, by))
JUDGE: tuple[Guard, ...] = (moves(FINDING, "close"), lambda row, by: shared.check_judge(row, by, row.answered_by_id), lambda row, by: inspection_acts.check_inspector(by))


@bp.route("/projects/<pid>/inspections", methods=["GET", "POST"])
@allow(Do.EXECUTION_INSPECT)
@writes
def plan_inspection(pid: str) -> Any:
    project = ready(funding.project_by_pid(current_user, pid), shared.check_running, check_stranger)
    form, offered = forms.PlanInspection(), _offered()
    form.inspectors.choices = [(p, u.name) for p, u in offered.items()]
    if form.validate_on_submit():
        chosen = [offered[p] for p in form.inspectors.data or []]
        if not chosen and not form.team.data:
            raise Incomplete(N_("Please name who inspects."), field="inspectors")
        row = actions.plan_inspection(project, kind=form.kind.data, planned_on=form.planned_on.data, purpose=form.purpose.data, team=form.team.data or "",
                                      inspectors=chosen, place=form.place.data or None, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Inspection planned; the host is told."), url_for(".inspection", pid=row.public_id))
    return render_template("execution/form.html", form=form, title=_("Plan an inspection"), button=_("Plan the inspection"), project=project,
                           back=url_for(".project", pid=project.public_id))  # fmt: skip


def _offered() -> dict[str, User]:
    """Whom an inspection may be given to: officers and the accountant."""
    found = {u.public_id: u for word in (Do.EXECUTION_INSPECT, Do.FUNDING_PAY) for u in people.users_with(word)}
    return dict(sorted(found.items(), key=lambda pair: pair[1].name))


@bp.get("/inspections/<pid>")
@allow(Do.HUB_READ)
def inspection(pid: str) -> Any:
    row = or_404(queries.inspection_for(current_user, pid))
    findings, attached = queries.findings_of(inspection_id=row.id), files.of(row)
    return render_template("execution/inspection.html", inspection=row, project=row.project, moves=dict(INSPECTION.moves(row)), papers=papers.of(row), findings=findings,
                           photos=[a for a in attached if a.blob.mime.startswith("image/") and a.offered], attachments=attached, team=queries.team_said(row), today=clock.today(), late=late_finding,
                           may_attach=fits(row, inspection_acts.check_attaching), entries=journal.timeline([journal.subject_key(r) for r in (row, *findings)]))  # fmt: skip


@bp.route("/inspections/<pid>/files", methods=["GET", "POST"])
@allow(Do.EXECUTION_INSPECT)
@writes
def inspection_files(pid: str) -> Any:
    """Photographs and papers of a visit."""
    row = ready(queries.inspection_for(current_user, pid), inspection_acts.check_attaching)
    form = forms.Evidence()
    form.kind.choices = [("photo", _("Photograph")), ("minutes", _("Signed minutes")), ("other", _("Other paper"))]
    form.file.description = _("PDF, Word, Excel, PNG or JPEG, at most %(n)s MB.", n=rulebook.value("files.max_bytes", on=clock.today()) // 2**20)
    if form.validate_on_submit():
        actions.attach_to_inspection(row, kind=form.kind.data, upload=form.file.data, by=current_user, at=clock.now())
        return done(_("File attached."), url_for(".inspection_files", pid=pid))
    return render_template("execution/inspection_files.html", inspection=row, project=row.project, form=form, attachments=files.of(row))


@bp.route("/inspections/<pid>/conclude", methods=["GET", "POST"])
@allow(Do.EXECUTION_INSPECT)
@writes
def conclude_inspection(pid: str) -> Any:
    row = ready(queries.inspection_for(current_user, pid), moves(INSPECTION, "conclude"), check_outsider)
    form = forms.ConcludeInspection(obj=row)
    back = url_for(".inspection", pid=row.public_id)
    if form.validate_on_submit():
        actions.conclude_inspection(row, held_on=form.held_on.data, present=form.present.data, progress_finding=form.progress_finding.data,
                                    money_finding=form.money_finding.data, conclusion=form.conclusion.data, requests=form.requests.data or None,
                                    findings=_findings(form), seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("Inspection recorded; the minutes are issued."), back)
    return render_template("execution/form.html", form=form, title=_("Record the inspection"), button=_("Record and issue the minutes"), back=back,
                           project=row.project)  # fmt: skip


def _findings(form: forms.ConcludeInspection) -> list[tuple[str, date]]:
    found = []
    for n in range(1, forms.NEW_FINDINGS + 1):
        text, due_on = form[f"finding_{n}"].data, form[f"due_{n}"].data
        if text and due_on is None:
            raise Incomplete(N_("Please say by when this is to be mended."), field=f"due_{n}")
        if due_on is not None and not text:
            raise Incomplete(N_("Please say what is to be mended by this day."), field=f"finding_{n}")
        if text and due_on is not None:
            if len(found) != n - 1:
                raise Incomplete(N_("Please fill in the findings one after the other."), field=f"finding_{n}")
            found.append((text, due_on))
    return found


@bp.get("/findings/<pid>")
@allow(Do.HUB_READ)
def finding(pid: str) -> Any:
    row = or_404(queries.finding_for(current_user, pid))
    return render_template("execution/finding.html", finding=row, project=row.project, inspection=queries.inspection_of(row), late=late_finding(row, clock.today()),
                           may_answer=fits(row, *ANSWER), may_judge=fits(row, *JUDGE), entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/findings/<pid>/answer", methods=["GET", "POST"])
@allow(Do.EXECUTION_REPORT)
@writes
def answer_finding(pid: str) -> Any:
    row = ready(queries.finding_for(current_user, pid), *ANSWER)
    form, back = forms.AnswerFinding(obj=row), url_for(".finding", pid=pid)
    if form.validate_on_submit():
        actions.answer_finding(row, answer=form.answer.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Answer sent to those who inspected."), back)
    return render_template("execution/form.html", form=form, title=_("Say what was done about finding %(n)s", n=row.number), button=_("Send the answer"), back=back,
                           project=row.project, lead=row.text)  # fmt: skip


@bp.route("/findings/<pid>/judge", methods=["GET", "POST"])
@allow(Do.EXECUTION_INSPECT)
@writes
def judge_finding(pid: str) -> Any:
    row = ready(queries.finding_for(current_user, pid), *JUDGE)
    form, back = forms.JudgeFinding(data={"version": row.version}), url_for(".finding", pid=pid)
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
        if form.answer.data == FindingAnswer.CLOSE:
            actions.close_finding(row, remark=form.remark.data or None, **facts)
            return done(_("Finding closed."), back)
        if row.state == FindingState.OPEN:
            raise Incomplete(N_("The host has not answered yet."), field="answer")
        for name in ("remark", "due_on"):
            if not form[name].data:
                raise Incomplete(N_("This is needed to ask again."), field=name)
        actions.return_finding(row, remark=form.remark.data, due_on=form.due_on.data, **facts)
        return done(_("The host is asked again."), back)
    return render_template("execution/form.html", form=form, title=_("Is finding %(n)s put right?", n=row.number), button=_("Save the decision"), back=back,
                           project=row.project, lead="\n".join(t for t in (row.text, row.answer) if t))  # fmt: skip


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
