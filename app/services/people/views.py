"""/auth: sign in and out, own account, password, language."""

from __future__ import annotations

import contextlib
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.extensions import login
from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Incomplete, Refused
from app.kernel.web import PUBLIC, SIGNED_IN, allow, back_to, done, or_404, writes
from app.kernel.words import N_
from app.services.people import (
    actions,
    doors,
    forms,
    guessing,
    kept,
    linkpages,
    queries,
)
from app.services.people.models import SignInSession, User
from app.services.people.recent import recently
from app.services.people.rules import WAYS

bp = Blueprint("people", __name__, url_prefix="/auth", template_folder="templates")
linkpages.hang(bp)
LOCALES = ("vi", "en")
SEEN_EVERY = 60  # seconds between two notes of use in the cookie
NOTED_EVERY = 600  # between two in the row, which the list of sessions shows


def init_app(app: Flask) -> None:
    """Tell Flask-Login how a cookie becomes a person."""
    actions.configure(app.config["PASSWORD_COST"])
    login.login_view = "people.login"
    login.session_protection = None  # our own rows decide; the strong mode would tie people to their browser's name
    login.user_loader(_person)
    login.unauthorized_handler(_session_over)
    app.register_error_handler(CSRFError, _form_not_valid)
    app.before_request(_show_again)


def _person(token: str) -> User | None:
    """The person of this session, unless nobody used it for IDLE_MINUTES. When it was used stands in the signed cookie: reading writes no row."""
    now, seen, noted = int(clock.now().timestamp()), int(session.get("_seen", 0)), int(session.get("_noted", 0))
    if now - seen >= current_app.config["IDLE_MINUTES"] * 60:
        return None
    if now - noted >= NOTED_EVERY:  # before this request reads: another connection cannot write behind one that holds a lock
        session["_noted"] = now
        with contextlib.suppress(OperationalError):
            actions.note_seen(token, at=clock.now())
    found = queries.user_of_session(token, at=clock.now())
    if found is not None and now - seen >= SEEN_EVERY:
        session["_seen"] = now
    return found


def chosen_locale() -> str | None:
    """The language of this page: the person's own, else the cookie's, else Vietnamese."""
    if current_user and current_user.is_authenticated:
        return str(current_user.locale)
    chosen = session.get("locale") if request else None
    return chosen if chosen in LOCALES else "vi"


@bp.route("/login", methods=["GET", "POST"], endpoint="login")
@allow(PUBLIC)
@writes
def sign_in() -> Any:
    form = forms.SignIn()
    target = back_to(request.args.get("next"), url_for("desk.home") if "desk.home" in current_app.view_functions else "/")
    if current_user.is_authenticated and request.method == "GET":
        return redirect(target)
    if form.validate_on_submit():
        user = _checked(form.email.data or "", form.password.data or "")
        if user is None:
            form.form_errors.append(_("The e-mail address or the password is not right."))
            return render_template("people/login.html", form=form), 422
        return doors.let_in(user, how="password", target=target) or redirect(target, 303)
    return render_template("people/login.html", form=form)


def _checked(email: str, password: str) -> User | None:
    """The person, or None. Counts the failure; too many close the door for a while. No lock is held while hashing."""
    at, address = clock.now(), request.remote_addr
    guessing.refuse(email, address)
    user = queries.user_by_email(email)
    stored = user.id if user else None
    if user is not None:
        db.session.expunge(user)
    db.session.rollback()
    fits = actions.password_fits(user, password)
    if fits and user is not None and user.active:
        return db.session.get(User, stored)
    actions.note_failed_try(email, address=address, at=at)
    db.session.commit()
    return None


# --- a session that ended while somebody was writing ----------------------------------------------------------


def _session_over() -> Any:
    """The answer to a form of somebody who is signed in no longer: sign in here, and what was typed is given back."""
    return _ask_to_sign_in(kept.of_request(queries.owner_of_session(kept.token_of_session())), forms.SignIn(formdata=None), 401)


def _ask_to_sign_in(found: kept.Kept | None, form: forms.SignIn, status: int) -> Any:
    page = render_template("people/session_over.html", form=form, kept=found, packed=kept.pack(found) if found else "")
    return _private(page, status)


def _give_back(found: kept.Kept, status: int) -> Any:
    return _private(render_template("people/take_up.html", kept=found, flag=kept.FLAG), status)


def _private(page: str, status: int) -> Any:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _form_not_valid(_error: CSRFError) -> Any:
    """A form whose token is too old or unknown: given back with what was typed, after signing in where that is needed."""
    word = current_app.view_functions[request.endpoint].allowed["POST"] if request.endpoint else PUBLIC  # type: ignore[attr-defined]
    found = kept.of_request(current_user.id if current_user.is_authenticated else None)
    if found is not None and (current_user.is_authenticated or word == PUBLIC):
        return _give_back(found, 400)
    if found is not None:
        return _ask_to_sign_in(found, forms.SignIn(formdata=None), 400)
    sentence = _("The form was open too long or came from elsewhere. Please go back, reload the page and send it again.")
    return render_template("errors/400.html", sentence=sentence), 400


def _show_again() -> None:
    """A form that was given back is shown with what was typed, and not acted upon."""
    if request.method == "POST" and kept.FLAG in request.form:
        g.refusal = Refused(N_("Nothing has been saved yet. Please look at what you typed and send it."))


@bp.post("/take-up")
@allow(PUBLIC)
@writes
def take_up() -> Any:
    form = forms.SignIn()
    found = kept.unpack(request.form.get("kept", ""))
    user = _checked(form.email.data or "", form.password.data or "") if form.validate_on_submit() else None
    if user is None:
        if not form.errors:
            form.form_errors.append(_("The e-mail address or the password is not right."))
        return _ask_to_sign_in(found, form, 422)
    return doors.let_in(user, how="password", target="/desk/", packed=request.form.get("kept", "")) or go_on(user, found)


def go_on(user: User, found: kept.Kept | None, target: str = "/desk/") -> Any:
    """After a sign-in: back to what this person typed before, else to `target`."""
    if found is None:
        return redirect(target, 303)
    if found.owner_id not in (None, user.id):
        return done(_("Somebody else had typed the text in that form, so it was not kept for you."), "/desk/")
    g._login_user = user
    return _give_back(found, 202)


@bp.post("/logout")
@allow(SIGNED_IN)
@writes
def logout() -> Any:
    actions.sign_out(current_user, session.get("_user_id", ""), at=clock.now())
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    response = done(_("You are signed out."), url_for("people.login"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.route("/account")
@allow(SIGNED_IN)
def account() -> Any:
    sessions = queries.sessions_of(current_user, at=clock.now())
    here = queries.token_hash(session.get("_user_id", ""))
    return render_template("people/account.html", sessions=sessions, here=here, end=forms.EndSession(), WAYS=WAYS, idle=current_app.config["IDLE_MINUTES"])


@bp.route("/password", methods=["GET", "POST"])
@allow(SIGNED_IN)
@recently
@writes
def password() -> Any:
    form = forms.ChangePassword()
    if form.validate_on_submit():
        if form.password.data != form.again.data:
            raise Incomplete(N_("The two new passwords differ."), field="again")
        guessing.refuse(current_user.email, request.remote_addr)  # guesses count like those at the door
        try:
            actions.change_password(current_user, form.old.data or "", form.password.data or "", at=clock.now())
        except Incomplete as refusal:
            if refusal.field == "old":
                actions.note_failed_try(current_user.email, address=request.remote_addr, at=clock.now())
                db.session.commit()
            raise
        session.clear()
        return done(_("Your password is changed and all your sessions have ended. Please sign in again."), url_for("people.login"))
    return render_template("people/password.html", form=form)


@bp.post("/sessions/<pid>/end")
@allow(SIGNED_IN)
@writes
def end_session(pid: str) -> Any:
    row = or_404(db.session.scalar(select(SignInSession).where(SignInSession.public_id == pid, SignInSession.user_id == current_user.id)))
    actions.end_session(row, current_user, by=current_user, at=clock.now())
    return done(_("That session has ended."), url_for("people.account"))


@bp.post("/sessions/end-others")
@allow(SIGNED_IN)
@writes
def end_others() -> Any:
    actions.end_other_sessions(current_user, session.get("_user_id", ""), at=clock.now())
    return done(_("You are signed in here only. Every other session has ended."), url_for("people.account"))


@bp.post("/language")
@allow(PUBLIC)
@writes
def language() -> Any:
    form = forms.Language()
    if form.validate_on_submit() and form.locale.data in LOCALES:
        session["locale"] = form.locale.data
        if current_user.is_authenticated:
            actions.choose_locale(current_user, form.locale.data)
    return redirect(back_to(form.next.data, "/"), 303)


