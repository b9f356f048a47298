"""Appraisals: begin, team, session, lines, conclusion."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, moves, ready
from app.kernel import clock, journal, subjects
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.papers import queries as papers
from app.shown import language
from app.stages.funding import actions, forms, ledger, queries
from app.stages.funding import council as council_acts
from app.stages.funding.actions import shared
from app.stages.funding.actions.appraisals import final_product_faults
from app.stages.funding.models import Appraisal
from app.stages.funding.rules import APPRAISAL
from app.stages.funding.views.blueprint import bp


@bp.route("/lines/<pid>/begin", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def begin_appraisal(pid: str) -> Any:
    line = or_404(queries.line_by_pid(pid))
    form, begun = forms.Begin(), queries.appraisal_of_line(line.id)
    if begun is not None and not form.is_submitted():
        return redirect(url_for(".appraisal", pid=begun.public_id))
    ready(line, shared.check_appraisable)
    if form.validate_on_submit():
        row = actions.begin_appraisal(line, by=current_user, at=clock.now())
        return done(_("Appraisal begun."), url_for(".appraisal", pid=row.public_id))
    return render_template("funding/begin_appraisal.html", line=line, form=form)


@bp.get("/appraisals/<pid>")
@allow(SIGNED_IN)
def appraisal(pid: str) -> Any:
    """For the Department, and for the members of the council that has it."""
    row = or_404(queries.appraisal_by_pid(pid))
    or_404(subjects.may_read("appraisal", row, current_user) or None)
    council = actions.council_with(row)
    submission = queries.submission_of(row.id)
    return render_template("funding/appraisal.html", appraisal=row, sums=ledger.totals(row.lines), submission=submission,
                           moves=dict(APPRAISAL.moves(row)), papers=papers.of(row), heads=queries.head_names(on=clock.today(), language=language()),
                           project=queries.project_of_appraisal(row), entries=journal.timeline([journal.subject_key(row)]) if current_user.can(Do.FUNDING_READ) else [], council=council,
                           concludes=fits(row, actions.check_by_hand), reads=fits(row, actions.check_no_ballots), seats=fits(row, council_acts.check_unseated))  # fmt: skip


@bp.route("/appraisals/<pid>/council", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def seat_appraisal(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), council_acts.check_unseated)
    form = forms.Council(obj=row)
    if form.validate_on_submit():
        council = council_acts.put_to_council(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The council is prepared. Appoint its members and set time and place."), url_for("councils.show", pid=council.public_id))
    return render_template("funding/form.html", form=form, title=_("Make the appraisal team a council"), button=_("Prepare the council"), back=_url(row), about=row.proposal.title)


@bp.route("/appraisals/<pid>/team", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def name_team(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "open", "conclude"), shared.check_selected)
    form = forms.Team(data={"team": "\n".join(f"{m.name}; {m.body or ''}".rstrip("; ") for m in row.team), "version": row.version})
    if form.validate_on_submit():
        actions.name_team(row, form.members(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Appraisal team saved."), _url(row))
    return render_template("funding/form.html", form=form, title=_("Name the appraisal team"), button=_("Save the team"), back=_url(row),
                           about=row.proposal.title)  # fmt: skip


@bp.route("/appraisals/<pid>/open", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def open_appraisal(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "open"), shared.check_selected)
    form = forms.Open(obj=row)
    if form.validate_on_submit():
        actions.open_appraisal(row, held_on=form.held_on.data, place=form.place.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The appraisal session is open."), url_for(".appraise", pid=row.public_id))
    return render_template("funding/form.html", form=form, title=_("Open the appraisal session"), button=_("Open the session"), back=_url(row),
                           about=row.proposal.title)  # fmt: skip


@bp.route("/appraisals/<pid>/lines", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def appraise(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "conclude"), shared.check_selected, actions.check_no_ballots)
    form = forms.readings(row)
    if form.validate_on_submit():
        actions.appraise(row, form.readings(), lump_sum=form.lump_sum.data, used_at=form.used_at.data or None, seen=form.version.data,
                         by=current_user, at=clock.now())  # fmt: skip
        return done(_("Appraisal saved."), _url(row))
    return render_template("funding/appraise.html", appraisal=row, form=form, sums=ledger.totals(row.lines), heads=queries.head_names(on=clock.today(), language=language()))


@bp.route("/appraisals/<pid>/conclude", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def conclude_appraisal(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "conclude"), shared.check_selected, actions.check_by_hand)
    form = forms.Conclude(obj=row)
    if form.validate_on_submit():
        actions.conclude_appraisal(row, remark=form.remark.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Appraisal concluded; the minutes are issued."), _url(row))
    return render_template("funding/conclude.html", appraisal=row, form=form, sums=ledger.totals(row.lines),
                           ceiling=queries.ceiling_of(row.proposal_id), faults=final_product_faults(row, on=clock.today()))  # fmt: skip


@bp.route("/appraisals/<pid>/reopen", methods=["GET", "POST"])
@allow(Do.FUNDING_APPRAISE)
@writes
def reopen_appraisal(pid: str) -> Any:
    row = ready(queries.appraisal_by_pid(pid), moves(APPRAISAL, "reopen"), shared.check_selected, shared.check_not_submitted)
    form = forms.Reason(obj=row)
    if form.validate_on_submit():
        actions.reopen_appraisal(row, reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The appraisal is open again."), url_for(".appraise", pid=row.public_id))
    return render_template("funding/form.html", form=form, title=_("Open the appraisal again"), button=_("Open again"), back=_url(row),
                           about=row.proposal.title)  # fmt: skip


def _url(row: Appraisal) -> str:
    return url_for(".appraisal", pid=row.public_id)
