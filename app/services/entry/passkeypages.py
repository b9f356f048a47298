"""/auth: make, name and remove passkeys; sign in with one alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.web import PUBLIC, SIGNED_IN, allow, back_to, done, or_404, writes
from app.services.entry import actions, forms, passkeys, queries
from app.services.entry.models import Passkey
from app.services.people import actions as people_actions
from app.services.people import doors
from app.services.people.models import User
from app.services.people.recent import recently

HOME = "/desk/"
CHALLENGE_SECONDS = 300
AFTER: list[Callable[[list[str], str], Any]] = []
NEEDED: list[Callable[[User], bool]] = []


@dataclass(frozen=True)
class Asked:
    """What a page with a passkey button needs: the options for the browser, or none where no passkey can be used."""

    options: str
    usable: bool
    known: int


def hang(bp: Blueprint) -> None:
    """Hang these pages on the blueprint of entry."""
    for rule, name, view in (("/passkey", "sign_in_passkey", sign_in_passkey), ("/passkeys/new", "add_passkey", add_passkey), ("/passkeys/<pid>/remove", "remove_passkey", remove_passkey)):
        bp.add_url_rule(rule, name, view, methods=["GET", "POST"])


def here() -> passkeys.Site:
    """The site that browsers see."""
    return passkeys.site(request.host_url if current_app.config["DEMONSTRATION"] else current_app.config["PUBLIC_BASE_URL"])


def _challenge() -> str:
    """A fresh challenge; it waits in the signed cookie."""
    made = passkeys.new_challenge()
    session["_challenge"] = [made, int(clock.now().timestamp())]
    return made


def _take_challenge() -> str:
    """The challenge of the page that was sent, once. Raises Incomplete when it is too old or was answered already."""
    made, since = session.pop("_challenge", None) or ("", 0)
    if not made or not 0 <= clock.now().timestamp() - since <= CHALLENGE_SECONDS:
        raise Incomplete(passkeys.NOT_TAKEN)
    actions.use_challenge(made, at=clock.now())
    return made


def to_show(known: list[Passkey]) -> Asked | None:
    """For a page that asks this person for a passkey; None when there is none to ask for."""
    if not known or not here().usable:
        return None
    return Asked(passkeys.options_to_show(known, _challenge(), here()), True, len(known))


def shown(answer: str, user: User) -> None:
    """A passkey of this person was shown. Raises Incomplete otherwise."""
    challenge = _take_challenge()
    row = queries.passkey_by_credential(passkeys.credential_of(answer))
    if row is None or row.user_id != user.id:
        raise Incomplete(passkeys.NOT_TAKEN)
    actions.note_passkey_use(row, passkeys.verify_shown(answer, row, user, challenge, here()), at=clock.now())


@allow(PUBLIC)
@writes
def sign_in_passkey() -> Any:
    target = back_to(request.args.get("next"), HOME)
    if current_user.is_authenticated and request.method == "GET":
        return redirect(target)
    form = forms.WithPasskey()
    if form.validate_on_submit():
        user = _owner(form.credential.data or "")
        shown(form.credential.data or "", user)
        doors.enter(user, how="passkey", strong=True)
        return redirect(target, 303)
    asked = Asked(passkeys.options_to_show([], _challenge(), here()), True, 0) if here().usable else None
    return render_template("entry/passkey.html", form=form, passkey=asked, local=_local())


def _local() -> str:
    """This page under a name that browsers make passkeys for, in a demonstration."""
    return request.host_url.replace("127.0.0.1", "localhost").rstrip("/") + request.full_path.rstrip("?")


def _owner(answer: str) -> User:
    """Whose passkey it is. Raises Incomplete for an unknown one, or a closed account: in the same words."""
    row = queries.passkey_by_credential(passkeys.credential_of(answer)) if answer else None
    user = db.session.get(User, row.user_id) if row is not None else None
    if user is None or not user.active:
        raise Incomplete(passkeys.NOT_TAKEN)
    return user


@allow(SIGNED_IN)
@recently
@writes
def add_passkey() -> Any:
    form = forms.NewPasskey()
    if form.validate_on_submit():
        made = passkeys.verify_made(form.credential.data or "", _take_challenge(), here())
        codes = actions.add_passkey(current_user, made.credential_id, made.public_key, made.counter, form.name.data, keys=current_app.config["FACTOR_KEYS"], at=clock.now())
        return AFTER[0](codes, _("The passkey is kept. You can sign in with it alone."))
    options = passkeys.options_to_make(current_user, queries.passkeys_of(current_user), _challenge(), here()) if here().usable else None
    return render_template("entry/new_passkey.html", form=form, options=options, local=_local())


@allow(SIGNED_IN)
@recently
@writes
def remove_passkey(pid: str) -> Any:
    row = queries.passkey_of(current_user, pid)
    form = forms.Plain()
    or_404(row)
    if row is not None and form.validate_on_submit():
        actions.remove_passkey(row, current_user, needed=NEEDED[0](current_user), at=clock.now())
        people_actions.end_other_sessions(current_user, session.get("_user_id", ""), at=clock.now())
        return done(_("The passkey is removed. Every other session has ended."), url_for("entry.second_factor"))
    return render_template("entry/act.html", form=form, title=_("Remove the passkey “%(name)s”", name=row.name if row else ""), danger=True, button=_("Remove the passkey"),
                           sentence=_("It opens your account no more. Delete it in your device too: we cannot."))  # fmt: skip
