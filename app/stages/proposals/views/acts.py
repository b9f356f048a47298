"""Views of the acts on a whole dossier: sign off, send back, submit, withdraw, check."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.services.files import queries as files
from app.stages.proposals import actions, forms, queries
from app.stages.proposals.rules import totals
from app.stages.proposals.views.blueprint import bp


@bp.route("/<pid>/sign-off", methods=["GET", "POST"])
@allow(Do.PROPOSALS_SIGN_OFF)
@writes
def sign_off(pid: str) -> Any:
    row = or_404(queries.for_host(current_user, pid))
    form = forms.SignOff(obj=row)
    if form.validate_on_submit():
        actions.sign_off(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The dossier is signed off."), url_for(".show", pid=pid))
    return render_template("proposals/sign_off.html", proposal=row, form=form, sums=totals(row.lines), problems=actions.problems_of(row, at=clock.now()))


@bp.route("/<pid>/send-back", methods=["GET", "POST"])
@allow(Do.PROPOSALS_SIGN_OFF)
@writes
def send_back(pid: str) -> Any:
    row = or_404(queries.for_host(current_user, pid))
    form = forms.SendBack(obj=row)
    if form.validate_on_submit():
        actions.send_back(row, form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The dossier is sent back to the team."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Send the dossier back to the team"), button=_("Send back"),
                           note=_("The principal investigator gets an e-mail with your reason."))  # fmt: skip


@bp.route("/<pid>/submit", methods=["GET", "POST"])
@allow(Do.PROPOSALS_SUBMIT)
@writes
def submit(pid: str) -> Any:
    row = or_404(queries.for_team(current_user, pid))
    form = forms.Submit(obj=row)
    if form.validate_on_submit():
        actions.submit(row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Your proposal has arrived. Receipt number: %(number)s.", number=row.receipt_no), url_for(".show", pid=pid))
    return render_template("proposals/submit.html", proposal=row, form=form, sums=totals(row.lines), attachments=files.of(row),
                           problems=actions.problems_of(row, at=clock.now()))  # fmt: skip


@bp.route("/<pid>/withdraw", methods=["GET", "POST"])
@allow(Do.PROPOSALS_WITHDRAW)
@writes
def withdraw(pid: str) -> Any:
    row = or_404(queries.for_team(current_user, pid))
    form = forms.Withdraw(obj=row)
    if form.validate_on_submit():
        actions.withdraw(row, reason=form.reason.data or None, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The proposal is withdrawn."), url_for(".show", pid=pid))
    return render_template("proposals/act.html", proposal=row, form=form, title=_("Withdraw the proposal"), button=_("Withdraw proposal"),
                           note=_("You can begin a new one for the same topic until the deadline."))  # fmt: skip


@bp.route("/<pid>/check", methods=["GET", "POST"])
@allow(Do.PROPOSALS_CHECK)
@writes
def check(pid: str) -> Any:
    row = or_404(queries.for_officer(current_user, pid))
    form = forms.Check(obj=row)
    form.outcome.choices = [("eligible", _("Eligible")), ("ineligible", _("Not eligible"))]
    if form.validate_on_submit():
        if form.outcome.data == "eligible":
            actions.check_eligible(row, note=form.reason.data or None, seen=form.version.data, by=current_user, at=clock.now())
        else:
            actions.check_ineligible(row, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The check is recorded and the applicant is told."), url_for(".show", pid=pid))
    return render_template("proposals/check.html", proposal=row, form=form, attachments=files.of(row), sums=totals(row.lines),
                           documents=queries.documents(str(row.call_topic.topic.kind), clock.today()))  # fmt: skip

