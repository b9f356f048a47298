"""/auth: the second step of a sign-in, second factors of the own account, and who it is once more.

Nobody is signed in between the password and the second step: the signed cookie names who has come half-way, for HALF_WAY.
"""

from __future__ import annotations

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
from markupsafe import Markup

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed
from app.kernel.web import PUBLIC, SAFE, SIGNED_IN, allow, back_to, done, writes
from app.kernel.words import N_
from app.later import qr
from app.services.entry import (
    actions,
    forms,
    passkeypages,
    provider,
    providerpages,
    queries,
    rules,
    sealing,
)
from app.services.people import actions as people_actions
from app.services.people import doors, guessing, kept
from app.services.people.models import User
from app.services.people.queries import user_by_pid
from app.services.people.recent import is_recent, recently
from app.services.people.views import go_on

bp = Blueprint("entry", __name__, url_prefix="/auth", template_folder="templates")
passkeypages.hang(bp)
providerpages.hang(bp)
SET_UP_WITHIN = 1800  # seconds in which a secret on the page may be confirmed
# what an office without its second factor may still open
OPEN = {"people.logout", "entry.second_factor", "entry.set_up", "entry.add_passkey", "entry.again"}
HOME = "/desk/"


def init_app(app: Flask) -> None:
    """Hang the second step on the door, and the two guards before every view."""
    provider.hang(app)
    if _ask not in doors.ASK:
        doors.ASK.append(_ask)
    app.before_request(_first_set_up)
    app.before_request(_who_is_it)
    app.add_template_global(provider.configured, "has_provider")


def needed(user: User) -> bool:
    """Must this person have a second factor today?"""
    config = current_app.config
    return rules.needs_factor(user.roles, offices=config["SECOND_FACTOR_ROLES"], since=config["SECOND_FACTOR_FROM"], on=clock.today(),
                              spared=user.is_demo and config["DEMONSTRATION"])  # fmt: skip


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def _first_set_up() -> Any:
    """Who must have a second factor and showed none can do nothing but set one up."""
    word = getattr(_view(), "allowed", {}).get("GET" if request.method in SAFE else "POST", PUBLIC)
    if word == PUBLIC or request.endpoint in OPEN or not current_user.is_authenticated or session.get("_strong") or not needed(current_user):
        return None
    if request.method in SAFE:
        return redirect(url_for("entry.second_factor"))
    raise NotAllowed(N_("Your office needs a second factor. Please set it up first: My account, Second factor."))


def _who_is_it() -> Any:
    """An act of weight after an older sign-in: asked first, or given back afterwards with what was typed."""
    if not getattr(_view(), "recent", False) or not current_user.is_authenticated or is_recent():
        return None
    if request.method in SAFE:
        return redirect(url_for("entry.again", next=request.full_path.rstrip("?")))
    found = kept.of_request(current_user.id, buttons=True)
    return _page(_again(forms.Again(formdata=None, kept=kept.pack(found) if found else ""), found), 401)


# --- the second step ------------------------------------------------------------------------------------------


def _ask(user: User, how: str, target: str, packed: str) -> Any | None:
    """The page of the second step, for who has one."""
    if not queries.has_factor(user):
        return None
    doors.forget_browser()
    session["_half"] = {"who": user.public_id, "epoch": user.epoch, "at": int(clock.now().timestamp()), "how": how, "target": target}
    if not packed:
        return redirect(url_for("entry.second_step"), 303)
    return _page(_step(forms.Step(formdata=None, kept=packed), user), 202)


def half() -> tuple[User, str, str] | None:
    """Who has come half-way: (person, how, where to), while it holds and nothing about the account changed."""
    waiting = session.get("_half")
    user = user_by_pid(waiting["who"]) if waiting else None
    if user is None or not user.active or user.epoch != waiting["epoch"] or clock.now().timestamp() - waiting["at"] > rules.HALF_WAY.total_seconds():
        return None
    return user, waiting["how"], waiting["target"]


def _step(form: forms.Step, user: User) -> str:
    return render_template("entry/step.html", form=form, person=user, factors=queries.factors_of(user), passkey=passkeypages.to_show(queries.passkeys_of(user)))


def _page(text: str, status: int) -> Any:
    response = make_response(text, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/second-step", methods=["GET", "POST"])
@allow(PUBLIC)
@writes
def second_step() -> Any:
    waiting = half()
    if waiting is None:
        g.pop("refusal", None)
        return done(_("That took too long. Please sign in again."), url_for("people.login"))
    user, how, target = waiting
    form = forms.Step()
    if form.validate_on_submit():
        way = _proof(form, user)
        packed = form.kept.data or ""
        doors.enter(user, how=way if how == "password" and way != "passkey" else f"{how}+{way}", strong=True)
        g._login_user = user
        return go_on(user, kept.unpack(packed) if packed else None, back_to(target, HOME))
    return _page(_step(form, user), 200 if request.method in SAFE else 422)


def _proof(form: forms.Step, user: User) -> str:
    """How the second factor was shown: "code", "recovery" or "passkey". Raises Incomplete for a wrong one, which is counted."""
    if form.credential.data:
        passkeypages.shown(form.credential.data, user)
        return "passkey"
    if not form.code.data:
        raise Incomplete(N_("Please type a code."), field="code")
    way = actions.prove(user, form.code.data, keys=current_app.config["FACTOR_KEYS"], at=clock.now())
    if not way:
        db.session.commit()
        raise Incomplete(actions.WRONG_CODE, field="code")
    return way


# --- once more ------------------------------------------------------------------------------------------------


def _again(form: forms.Again, found: kept.Kept | None) -> str:
    return render_template("entry/again.html", form=form, kept=found, factors=queries.factors_of(current_user), passkey=passkeypages.to_show(queries.passkeys_of(current_user)),
                           minutes=current_app.config["RECENT_MINUTES"], next=back_to(request.args.get("next"), ""))  # fmt: skip


@bp.route("/again", methods=["GET", "POST"])
@allow(SIGNED_IN)
@writes
def again() -> Any:
    form = forms.Again()
    if form.validate_on_submit():
        found = kept.unpack(form.kept.data or "")
        _prove_again(form)
        people_actions.note_proof(session.get("_user_id", ""), at=clock.now())
        return go_on(current_user._get_current_object(), found, back_to(request.args.get("next"), HOME))
    return _page(_again(form, kept.unpack(form.kept.data or "")), 200 if request.method in SAFE else 422)


def _prove_again(form: forms.Again) -> None:
    """A passkey alone will do; else the password, and a code from who has a second factor. Raises Incomplete; wrong ones count as at the door."""
    user = current_user._get_current_object()
    if not form.credential.data:
        guessing.refuse(user.email, request.remote_addr)
        if not people_actions.password_fits(user, form.password.data or ""):
            people_actions.note_failed_try(user.email, address=request.remote_addr, at=clock.now())
            db.session.commit()
            raise Incomplete(N_("This is not your present password."), field="password")
    if form.credential.data or queries.has_factor(user):
        _proof(form, user)


# --- the own second factors -----------------------------------------------------------------------------------


@bp.get("/second-factor")
@allow(SIGNED_IN)
def second_factor() -> Any:
    return render_template("entry/second_factor.html", factors=queries.factors_of(current_user), needed=needed(current_user), blocked=needed(current_user) and not session.get("_strong"),
                           linked=providerpages.linked(), usable=passkeypages.here().usable)  # fmt: skip


def strengthen(codes: list[str], message: str) -> Any:
    """After a first or another factor: this session is strong, all others end, and new recovery codes are shown once."""
    people_actions.end_other_sessions(current_user, session.get("_user_id", ""), at=clock.now())
    session["_strong"] = True
    return _shown(codes, message) if codes else done(message, url_for("entry.second_factor"))


def _shown(codes: list[str], message: str) -> Any:
    return _page(render_template("entry/codes_shown.html", codes=codes, message=message, made=clock.now()), 202)


passkeypages.AFTER.append(strengthen)
passkeypages.NEEDED.append(needed)


@bp.route("/second-factor/set-up", methods=["GET", "POST"])
@allow(SIGNED_IN)
@recently
@writes
def set_up() -> Any:
    keys, form = current_app.config["FACTOR_KEYS"], forms.SetUp()
    secret = _secret_of(form.sealed.data or "", keys) if request.method == "POST" else None
    if form.validate_on_submit():
        if secret is None:
            raise Incomplete(N_("This page was open too long. Please scan the new picture."), field="code")
        codes = actions.set_up(current_user, secret, form.code.data, keys=keys, at=clock.now())
        return strengthen(codes, _("The authenticator app is set up. It is asked for at your next sign-in."))
    secret = secret or rules.new_secret()
    form.sealed.data = sealing.seal(f"{current_user.public_id}:{secret}", keys)
    uri = rules.pyotp.TOTP(secret).provisioning_uri(name=current_user.email, issuer_name="Vàm Cỏ")
    picture = Markup(qr.make(uri, error="m").svg_inline(scale=5, svgclass="qr", lineclass=None, title=_("Picture for the authenticator app")))  # segno escapes the title
    page = render_template("entry/set_up.html", form=form, picture=picture, secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)))
    return _page(page, 200 if request.method in SAFE else 422)


def _secret_of(sealed: str, keys: list[str]) -> str | None:
    """The secret that was on this person's page a while ago."""
    owner, _colon, secret = (sealing.unseal(sealed, keys, within=SET_UP_WITHIN) or "").partition(":")
    return secret if owner == current_user.public_id else None


@bp.route("/second-factor/codes", methods=["GET", "POST"])
@allow(SIGNED_IN)
@recently
@writes
def renew_codes() -> Any:
    form = forms.Plain()
    if form.validate_on_submit():
        codes = actions.renew_codes(current_user, keys=current_app.config["FACTOR_KEYS"], at=clock.now())
        return strengthen(codes, _("These are your new recovery codes. The old ones open nothing any more."))
    return render_template("entry/act.html", form=form, title=_("New recovery codes"), sentence=_("You get ten new codes; those you have open nothing any more. They are shown once."),
                           button=_("Make new codes"))  # fmt: skip


@bp.route("/second-factor/turn-off", methods=["GET", "POST"])
@allow(SIGNED_IN)
@recently
@writes
def turn_off() -> Any:
    form = forms.Plain()
    if form.validate_on_submit():
        actions.turn_off(current_user, needed=needed(current_user), at=clock.now())
        people_actions.end_other_sessions(current_user, session.get("_user_id", ""), at=clock.now())
        return done(_("The authenticator app is turned off. Every other session has ended."), url_for("entry.second_factor"))
    return render_template("entry/act.html", form=form, title=_("Turn the authenticator app off"), danger=True, button=_("Turn it off"),
                           sentence=_("From then on whoever knows your password comes in without a code of the app."))  # fmt: skip
