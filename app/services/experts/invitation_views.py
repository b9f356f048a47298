"""/public/experts/<token>: the answer to an invitation into the pool. Opening the link changes nothing; the button does."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _

from app.kernel import clock
from app.kernel.web import PUBLIC, allow, done, writes
from app.services.experts import actions, forms, queries
from app.services.people import queries as people
from app.services.people.linkpages import unkept

public_bp = Blueprint("public_experts", __name__, url_prefix="/public/experts", template_folder="templates")
public_bp.after_request(unkept)


@public_bp.route("/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def answer(token: str) -> Any:
    row = queries.living(token, at=clock.now())
    if row is None and "refusal" not in g:
        return render_template("experts/invitation_gone.html"), 404
    user = people.user_by_email(row.expert.email) if row is not None else None
    has_account = user is not None and user.password_hash is not None
    form = forms.Answer.of(has_account=has_account)
    if form.validate_on_submit() and row is not None:
        if form.answer.data == "yes":
            actions.accept(row, password=None if has_account else form.password.data, at=clock.now())
            return done(_("You are in the pool of experts. Please sign in and look at your fields."), url_for("people.login", next=url_for("experts.me")))
        actions.decline(row, why=form.why.data, note=form.note.data, at=clock.now())
        return done(_("Thank you. The Department is told."), "/")
    return render_template("experts/invitation.html", invitation=row, form=form)
