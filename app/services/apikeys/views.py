"""/admin/api-keys: the keys of partner bodies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.acts import fits, ready
from app.kernel import clock, journal
from app.kernel.listing import Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.services.apikeys import actions, forms, queries
from app.services.apikeys.models import ApiKey
from app.services.apikeys.rules import Scope, is_living
from app.services.people import queries as people
from app.services.people.models import Organisation

bp = Blueprint("apikeys", __name__, url_prefix="/admin/api-keys", template_folder="templates")
SHOWN_ONCE = "api_key_secret"


def _state(row: ApiKey) -> tuple[str, str]:
    """(sentence, tone) of a key today."""
    if row.revoked_at is not None:
        return N_("Key revoked"), "red"
    return (N_("Key in use"), "green") if is_living(expires_on=row.expires_on, revoked=False, today=clock.today()) else (N_("Key has expired"), "grey")


@bp.get("")
@allow(Do.PEOPLE_MANAGE)
def index() -> Any:
    today = clock.today()
    in_use = (ApiKey.revoked_at.is_(None)) & (ApiKey.expires_on >= today)
    listing = Listing(
        queries.statement(), request.args, key=ApiKey.id, default="-made",
        columns=[Column("name", N_("Name"), lambda k: k.name, sort=ApiKey.name), Column("body", N_("Organisation"), lambda k: k.organisation.name, sort=Organisation.folded, place=lambda k: k.organisation.folded),
                 Column("scopes", N_("What the key may do"), lambda k: ", ".join(k.scopes)), Column("until", N_("Last day"), lambda k: k.expires_on, sort=ApiKey.expires_on),
                 Column("made", N_("Made"), lambda k: k.created_at, sort=ApiKey.created_at), Column("used", N_("Last used"), None), Column("state", N_("State"), None)],
        filters=[Filter("q", N_("Name or organisation"), lambda s, v: s.where(ApiKey.name.icontains(v, autoescape=True) | Organisation.folded.contains(fold(v), autoescape=True))),
                 Filter("state", N_("State"), lambda s, v: s.where(in_use if v == "living" else ~in_use), choices=[("living", N_("Key in use")), ("ended", N_("Revoked or expired"))])],
    )  # fmt: skip
    return render_template("apikeys/index.html", listing=listing, used=queries.last_used([k.public_id for k in listing.rows]), state=_state, Scope=Scope)


@bp.route("/new", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@writes
def make() -> Any:
    form = forms.MakeKey(people.organisations(), data={"expires_on": clock.today() + timedelta(days=365)})
    if form.validate_on_submit():
        body = or_404(people.organisation_by_pid(form.organisation.data))
        row, secret = actions.make(form.name.data or "", organisation=body, scopes=[Scope(s) for s in form.scopes.data or []], expires_on=form.expires_on.data, by=current_user, at=clock.now())
        session[SHOWN_ONCE] = [row.public_id, secret]  # in the administrator's own signed cookie until the next page; nowhere else
        return done(_("The key is made. Its secret is shown now and never again."), url_for(".show", pid=row.public_id))
    return render_template("apikeys/make.html", form=form)


@bp.get("/<pid>")
@allow(Do.PEOPLE_MANAGE)
def show(pid: str) -> Any:
    row = or_404(queries.key_by_pid(pid))
    kept = session.pop(SHOWN_ONCE, None)
    secret = kept[1] if kept and kept[0] == row.public_id else None
    return render_template("apikeys/show.html", key=row, secret=secret, state=_state(row), used=queries.last_used([pid]).get(pid), Scope=Scope, may_revoke=fits(row, actions.check_living),
                           entries=journal.timeline([journal.subject_key(row)]))  # fmt: skip


@bp.route("/<pid>/revoke", methods=["GET", "POST"])
@allow(Do.PEOPLE_MANAGE)
@writes
def revoke(pid: str) -> Any:
    row = ready(queries.key_by_pid(pid), actions.check_living)
    form = forms.RevokeKey(data={"version": row.version})
    if form.validate_on_submit():
        actions.revoke(row, reason=form.reason.data or "", by=current_user, at=clock.now(), seen=form.version.data)
        return done(_("The key opens nothing any more."), url_for(".show", pid=pid))
    return render_template("apikeys/revoke.html", key=row, form=form)
