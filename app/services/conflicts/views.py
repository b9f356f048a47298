"""/profile/relations: what a person declares of family and supervision. Nobody else has a page for it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import ready
from app.kernel import clock
from app.kernel.web import SIGNED_IN, allow, done, writes
from app.services.conflicts import actions, forms, queries

bp = Blueprint("conflicts", __name__, url_prefix="/profile/relations", template_folder="templates")


@bp.after_request
def _closed(answer: Response) -> Response:
    """Nothing of this stays in a cache."""
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.route("/", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def mine() -> Any:
    form = forms.DeclareTie()
    if form.validate_on_submit():
        actions.declare_tie(current_user, form.kind.data, form.name.data or "", email=form.email.data, at=clock.now())
        return done(_("Kept. Only you and the officers who compose councils can see it."), url_for(".mine"))
    return render_template("conflicts/mine.html", form=form, ties=queries.ties_of(current_user))


@bp.route("/<pid>/end", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def end(pid: str) -> Any:
    row = ready(queries.own_tie(current_user, pid))
    form = forms.Plain()
    if form.validate_on_submit():
        actions.end_tie(row, by=current_user, at=clock.now())
        return done(_("Taken back."), url_for(".mine"))
    return render_template("conflicts/end.html", form=form, tie=row)
