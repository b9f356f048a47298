"""What is to be edited after the council: asked for, answered by the host, ticked by the chair, confirmed."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import moves, ready
from app.kernel import clock, subjects
from app.kernel.errors import Incomplete
from app.kernel.permissions import Do
from app.kernel.web import allow, done, writes
from app.kernel.words import N_
from app.services.people import queries as people
from app.stages.acceptance import actions, asked, forms, queries
from app.stages.acceptance.actions import edits as acts
from app.stages.acceptance.actions import shared
from app.stages.acceptance.forms import RevisionAnswer
from app.stages.acceptance.models import Case
from app.stages.acceptance.rules import CASE, check_accepted
from app.stages.acceptance.views.blueprint import bp
from app.stages.funding import queries as funding


def _mailed(case: Case) -> list[str]:
    return [u.name for u in funding.holders(case.project)]


def _accepted(case: Case, _by: Any) -> None:
    check_accepted(case.accepted)


@bp.route("/<pid>/require-revision", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_RUN)
@writes
def require_revision(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), moves(CASE, "require_revision"), _accepted, shared.check_apart)
    remarks = "\n".join(case.evaluations[-1].count.get("remarks", [])) if case.evaluations else ""
    form = forms.RequireRevision(data={"version": case.version, "what": remarks})
    back = url_for(".show", pid=pid)
    if form.validate_on_submit():
        rows = actions.require_revision(case, what=form.what.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The host is asked for %(n)s edits.", n=len(rows)), back)
    return render_template("acceptance/form.html", form=form, title=_("Require a revision"), button=_("Ask for the revision"), back=back, project=case.project,
                           mailed=_mailed(case))  # fmt: skip


@bp.route("/<pid>/revise", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_SUBMIT)
@writes
def revise(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), moves(CASE, "revise"), shared.check_project_holder)
    points = [edit for edit in asked.edits_of(case) if edit.done_at is None]
    form = forms.revision(points, data={"version": case.version, "note": case.revision_note} | {f"answer_{e.position}": e.answer for e in points})
    back = url_for(".show", pid=pid)
    if form.validate_on_submit():
        answers = {edit.position: form[f"answer_{edit.position}"].data for edit in points}
        actions.revise(case, answers=answers, note=form.note.data or None, upload=form.file.data or None, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Revised report submitted."), back)
    chair = asked.chair_of(case)
    return render_template("acceptance/revise.html", case=case, project=case.project, form=form, points=points, back=back,
                           mailed=[u.name for u in people.users_with(Do.ACCEPTANCE_RUN)] + ([chair.name] if chair else []))  # fmt: skip


def _readable(pid: str) -> Case | None:
    """The case, for those who may see it as members of its council do."""
    case = queries.whole_case(pid)
    return case if case is not None and subjects.may_read("acceptance_case", case, current_user) else None


@bp.route("/<pid>/tick", methods=["GET", "POST"])
@allow(Do.COUNCILS_SIT)
@writes
def tick(pid: str) -> Any:
    case = ready(_readable(pid), acts.check_chair)
    edits = asked.edits_of(case)
    points = [edit for edit in edits if edit.done_at is None]
    form = forms.ticks(points, data={"version": case.version} | {f"open_{e.position}": e.still_open for e in points})
    back = url_for(".show", pid=pid)
    if form.validate_on_submit():
        ticked = [edit.position for edit in points if form[f"done_{edit.position}"].data]
        left = actions.tick(case, ticked, {edit.position: form[f"open_{edit.position}"].data for edit in points}, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Every edit is ticked; the Department confirms the revision.") if not left else _("Saved; %(n)s edits are still open.", n=len(left)), back)
    return render_template("acceptance/tick.html", case=case, project=case.project, form=form, points=points, ticked=[e for e in edits if e.done_at is not None], back=back,
                           mailed=[u.name for u in people.users_with(Do.ACCEPTANCE_RUN)])  # fmt: skip


@bp.route("/<pid>/review-revision", methods=["GET", "POST"])
@allow(Do.ACCEPTANCE_RUN)
@writes
def review_revision(pid: str) -> Any:
    case = ready(queries.case_for(current_user, pid), moves(CASE, "confirm_revision"), shared.check_revised, shared.check_apart)
    edits = asked.edits_of(case)
    left = [edit for edit in edits if edit.done_at is None]
    form = forms.ReviewRevision(data={"version": case.version})
    if edits and not left:
        for name in ("chair_name", "chair_agreed_on", "paper"):
            del form[name]
    back = url_for(".show", pid=pid)
    if form.validate_on_submit():
        facts = {"seen": form.version.data, "by": current_user, "at": clock.now()}
        if form.answer.data == RevisionAnswer.REFUSE:
            if not form.remark.data:
                raise Incomplete(N_("Please say what is still open."), field="remark")
            actions.refuse_revision(case, reason=form.remark.data, **facts)
            return done(_("Revised report returned."), back)
        on_paper = {} if "paper" not in form else {"chair_name": form.chair_name.data, "chair_agreed_on": form.chair_agreed_on.data, "paper": form.paper.data or None}
        actions.confirm_revision(case, **on_paper, **facts)
        return done(_("Revised report confirmed; the minutes are issued."), back)
    return render_template("acceptance/review_revision.html", case=case, project=case.project, form=form, edits=edits, left=left, back=back, mailed=_mailed(case))
