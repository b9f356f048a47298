"""Answers to invitations: behind the link of the mail, and for who is signed in with its address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import PUBLIC, allow, done, writes
from app.services.people.linkpages import unkept
from app.stages.proposals import load, team, teamforms
from app.stages.proposals.views.blueprint import bp

public_bp = Blueprint("public_invitation", __name__, url_prefix="/public/invitations")
public_bp.after_request(unkept)


@public_bp.route("/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def open_link(token: str) -> Any:
    """What one is invited to. Declining needs no account; accepting needs the account with the address it was sent to."""
    row = team.by_token(token, at=clock.now())
    if row is None:
        return render_template("proposals/invitation_gone.html"), 404
    if current_user.is_authenticated and current_user.email_norm == row.email_norm:
        return redirect(url_for("proposals.invitation", pid=row.public_id), 303)
    form = teamforms.Decline()
    if form.validate_on_submit():
        team.decline(row, reason=form.reason.data, by=None, at=clock.now())
        return done(_("Thank you. The principal investigator is told that you do not join."), "/")
    return render_template("proposals/invitation_link.html", invitation=row, form=form, next=url_for("proposals.invitation", pid=row.public_id))


@bp.route("/invitations/<pid>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def invitation(pid: str) -> Any:
    row = ready(team.invitation_for(current_user, pid), lambda row, _by: team.check_answer(row, clock.now()))
    form = teamforms.Answer()
    form.answer.choices = [("yes", _("I join the team")), ("no", _("I decline"))]
    if form.validate_on_submit():
        if form.answer.data == "yes":
            proposal = team.accept(row, by=current_user, at=clock.now())
            return done(_("You are in the team."), url_for(".show", pid=proposal.public_id))
        team.decline(row, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("Thank you. The principal investigator is told that you do not join."), url_for("desk.home"))
    mine = load.of({current_user.id}, on=clock.today(), without=row.proposal)[current_user.id]
    return render_template("proposals/invitation.html", invitation=row, form=form, load=mine)
