"""/admin/users/<pid>/merge: what would move, then the merger itself. The first sending of the form shows, the second merges."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.across.merging import actions, forms
from app.acts import ready
from app.kernel import clock
from app.kernel.errors import NotFound, WrongState
from app.kernel.permissions import Do
from app.kernel.web import allow, done, writes
from app.kernel.words import N_
from app.services.people.models import User
from app.services.people.queries import user_by_email, user_by_pid
from app.services.people.recent import recently

bp = Blueprint("merging", __name__, url_prefix="/admin/users", template_folder="templates")


def _open(row: User, _by: User) -> None:
    if not row.active:
        raise WrongState(N_("Only open accounts are merged."))


@bp.route("/<pid>/merge", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@recently
@writes
def merge(pid: str) -> Any:
    losing = ready(user_by_pid(pid), _open)
    form = forms.Merge(obj=losing)
    if form.validate_on_submit():
        survivor = user_by_email(form.survivor.data)
        if survivor is None:
            raise NotFound(N_("There is no account with this address."), field="survivor")
        if form.agree.data:
            actions.merge(losing, survivor, by=current_user._get_current_object(), at=clock.now(), reason=form.reason.data, seen=form.version.data)
            return done(_("The accounts are one now. The closed one leads to this one."), url_for("admin.user", pid=survivor.public_id))
        actions.check(losing, survivor, current_user)
        return make_response(_page(losing, form, survivor, actions.preview(losing, survivor)), 202)
    return _page(losing, form)


def _page(losing: User, form: forms.Merge, survivor: User | None = None, moved: list[actions.Moved] | None = None) -> str:
    return render_template("merging/merge.html", person=losing, form=form, survivor=survivor, moved=moved)
