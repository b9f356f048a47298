"""/auth/provider: to a sign-on of another body and back, and the link between its identity and an account.

Opening the address that the provider sends people back to changes nothing: its page sends a form, by itself where scripts run.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import NotFound

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import NotAllowed
from app.kernel.web import PUBLIC, SIGNED_IN, allow, back_to, done, or_404, writes
from app.kernel.words import N_
from app.services.entry import actions, forms, provider, queries
from app.services.entry.models import OutsideAccount
from app.services.people import doors
from app.services.people.models import User
from app.services.people.recent import recently

HOME = "/desk/"


def hang(bp: Blueprint) -> None:
    """Hang these pages on the blueprint of entry."""
    bp.add_url_rule("/provider", "start_provider", start_provider)
    bp.add_url_rule("/provider/link", "link_provider", link_provider)
    bp.add_url_rule("/provider/return", "return_provider", return_provider, methods=["GET", "POST"])
    bp.add_url_rule("/provider/unlink", "unlink_provider", unlink_provider, methods=["GET", "POST"])
    bp.add_url_rule("/provider/leave", "leave_provider", leave_provider)


def linked() -> OutsideAccount | None:
    """The link of the person who is signed in."""
    return queries.outside_account_of(current_user, current_app.config["OIDC_ISSUER"].rstrip("/")) if provider.configured() else None


def _there() -> None:
    if not provider.configured():
        raise NotFound


def _return_address() -> str:
    """As it was told to the provider: in production never from what the browser says."""
    base = request.host_url if current_app.config["DEMONSTRATION"] else current_app.config["PUBLIC_BASE_URL"]
    return base.rstrip("/") + url_for("entry.return_provider")


@allow(PUBLIC)
def start_provider() -> Any:
    _there()
    session.pop("_linking", None)
    session["_outside_target"] = back_to(request.args.get("next"), HOME)
    return provider.start(_return_address())


@allow(SIGNED_IN)
@recently
def link_provider() -> Any:
    _there()
    session["_linking"] = current_user.public_id
    return provider.start(_return_address())


@allow(PUBLIC)
@writes
def return_provider() -> Any:
    _there()
    form = forms.Return()
    if form.validate_on_submit():
        if "identity" not in g:  # a busy database lets the view run again; the code is good once
            db.session.rollback()
            g.identity = provider.finish(form.iss.data or "")
        return _link(g.identity) if session.get("_linking") else _come_in(g.identity)
    if request.method == "POST" or request.args.get("error") or not request.args.get("code"):
        raise NotAllowed(N_("%(name)s did not sign you in. You can sign in with e-mail address and password."), name=current_app.config["OIDC_NAME"])
    for name in ("code", "state", "iss"):
        form[name].data = request.args.get(name, "")[:2000]
    return render_template("entry/return.html", form=form, name=current_app.config["OIDC_NAME"])


def _link(identity: provider.Identity) -> Any:
    """The identity is this person's, who is signed in and asked for it."""
    if session.pop("_linking", None) != (current_user.public_id if current_user.is_authenticated else ""):
        raise NotAllowed(N_("Please sign in and link your account again."))
    actions.link(current_user, identity.issuer, identity.subject, at=clock.now())
    return done(_("Your account is linked. From now on you can sign in with %(name)s.", name=current_app.config["OIDC_NAME"]), url_for("entry.second_factor"))


def _come_in(identity: provider.Identity) -> Any:
    """Let in whose account the identity is linked to; nobody else, whatever address the provider knows."""
    row = queries.outside_account(identity.issuer, identity.subject)
    user = db.session.get(User, row.user_id) if row is not None else None
    if row is None or user is None or not user.active:
        return render_template("entry/not_linked.html", name=current_app.config["OIDC_NAME"]), 403
    actions.note_outside_use(row, at=clock.now())
    target = back_to(session.get("_outside_target"), HOME)
    if current_app.config["OIDC_STRONG"]:
        doors.enter(user, how="provider", strong=True)
        return doors.go(target)
    return doors.let_in(user, how="provider", target=target) or doors.go(target)


@allow(SIGNED_IN)
@recently
@writes
def unlink_provider() -> Any:
    _there()
    row, form = linked(), forms.Plain()
    or_404(row)
    if row is not None and form.validate_on_submit():
        actions.unlink(row, current_user, at=clock.now())
        return done(_("The link is undone."), url_for("entry.second_factor"))
    name = current_app.config["OIDC_NAME"]
    return render_template("entry/act.html", form=form, title=_("Undo the link with %(name)s", name=name), danger=True, button=_("Undo the link"),
                           sentence=_("You then sign in with e-mail address and password, or a passkey."))  # fmt: skip


@allow(PUBLIC)
def leave_provider() -> Any:
    _there()
    base = request.host_url if current_app.config["DEMONSTRATION"] else current_app.config["PUBLIC_BASE_URL"]
    return provider.leave(base.rstrip("/") + url_for("people.login")) or done(_("You are signed out."), url_for("people.login"))
