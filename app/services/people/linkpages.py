"""/auth: sign-up, a forgotten password, another address: pages that ask for a link by mail, and those the links lead to.

Opening a link changes nothing (mail programs do it by themselves): the button on its page does.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.web import PUBLIC, SIGNED_IN, allow, back_to, done, writes
from app.kernel.words import N_
from app.services.people import actions, forms, guessing, links
from app.services.people.recent import recently
from app.services.people.rules import Purpose


def unkept(answer: Response) -> Response:
    """Who holds a link is not to leave its page in a cache or an index. For `after_request` of a blueprint of such pages."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def hang(bp: Blueprint) -> None:
    """Hang these pages on the blueprint of people."""
    for rule, name, view in (("/sign-up", "sign_up", sign_up), ("/sign-up/<token>", "confirm", confirm), ("/forgotten", "forgotten", forgotten), ("/reset/<token>", "reset", reset),
                             ("/email", "email", email), ("/email/<side>/<token>", "confirm_email", confirm_email)):  # fmt: skip
        bp.add_url_rule(rule, name, view, methods=["GET", "POST"])
    bp.add_url_rule("/mailed", "mailed", mailed)


def _lang() -> str:
    return "en" if str(get_locale()) == "en" else "vi"


def _over() -> Any:
    return render_template("people/link_over.html"), 404


def _twice(form: forms.NewPassword) -> str:
    if form.password.data != form.again.data:
        raise Incomplete(N_("The two new passwords differ."), field="again")
    return form.password.data or ""


@allow(PUBLIC)
@writes
def sign_up() -> Any:
    form = forms.SignUp()
    if form.validate_on_submit():
        target = back_to(request.args.get("next"), "")
        links.ask_sign_up(form.email.data or "", form.name.data or "", source=request.remote_addr, locale=_lang(), next=target or None, at=clock.now())
        return _sent(form.email.data or "")
    return render_template("people/sign_up.html", form=form)


def _sent(address: str) -> Any:
    """The same answer whatever the address is."""
    session["mailed"] = address[:254]
    return done(_("If the address is right, a mail is on its way."), url_for("people.mailed"))


@allow(PUBLIC)
def mailed() -> Any:
    return render_template("people/mailed.html", address=session.get("mailed", ""), minutes=int(links.LINK_LIFE.total_seconds() // 60))


@allow(PUBLIC)
@writes
def confirm(token: str) -> Any:
    row = links.living(token, Purpose.SIGN_UP, at=clock.now())
    if row is None and "refusal" not in g:
        return _over()
    form, target = forms.NewPassword(), row.next if row is not None else None
    if form.validate_on_submit():
        links.sign_up(token, _twice(form), at=clock.now())
        return done(_("Your account is ready. Please sign in."), url_for("people.login", next=back_to(target, "") or None))
    return render_template("people/confirm.html", form=form, row=row)


@allow(PUBLIC)
@writes
def forgotten() -> Any:
    form = forms.Forgotten()
    if form.validate_on_submit():
        links.ask_reset(form.email.data or "", source=request.remote_addr, locale=_lang(), at=clock.now())
        return _sent(form.email.data or "")
    return render_template("people/forgotten.html", form=form)


@allow(PUBLIC)
@writes
def reset(token: str) -> Any:
    row = links.living(token, Purpose.RESET, at=clock.now())
    if row is None and "refusal" not in g:
        return _over()
    form = forms.NewPassword()
    if form.validate_on_submit():
        links.reset(token, _twice(form), at=clock.now())
        session.clear()
        return done(_("Your password is set and all your sessions have ended. Please sign in."), url_for("people.login"))
    return render_template("people/reset.html", form=form, row=row)


@allow(SIGNED_IN)
@recently
@writes
def email() -> Any:
    form = forms.ChangeEmail()
    if form.validate_on_submit():
        guessing.refuse(current_user.email, request.remote_addr)
        try:
            links.ask_email_change(current_user, form.email.data or "", form.password.data or "", source=request.remote_addr, at=clock.now())
        except Incomplete as refusal:
            if refusal.field == "password":
                actions.note_failed_try(current_user.email, address=request.remote_addr, at=clock.now())
                db.session.commit()
            raise
        return done(_("Two mails are on their way: one to your present and one to your new address. Please open the link in both."), url_for("people.email"))
    return render_template("people/email.html", form=form, waiting=links.waiting_change(current_user, at=clock.now()), minutes=int(links.LINK_LIFE.total_seconds() // 60))


SIDES = {"old": Purpose.EMAIL_OLD, "new": Purpose.EMAIL_NEW}


@allow(PUBLIC)
@writes
def confirm_email(side: str, token: str) -> Any:
    purpose = SIDES.get(side)
    row = links.living(token, purpose, at=clock.now()) if purpose is not None else None
    if purpose is None or (row is None and "refusal" not in g):
        return _over()
    form = forms.EndSession()
    if form.validate_on_submit():
        if links.confirm_email(token, purpose, at=clock.now()):
            session.clear()
            return done(_("Your address is changed and all your sessions have ended. Please sign in with the new address."), url_for("people.login"))
        return done(_("Confirmed. The address changes when the link in the other mailbox is opened too."), url_for("people.login") if not current_user.is_authenticated else url_for("people.email"))
    return render_template("people/confirm_email.html", form=form, row=row)
