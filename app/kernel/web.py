"""Where HTTP meets our verbs: permission, one commit per POST, refusals as pages, headers.

`@allow` declares the word a view needs; one guard asks it before every view, and the start-up fails for an endpoint
without a declaration. `@writes` commits once; a `Refused` rolls everything back and runs the view again, where the
form finds the refusal waiting and shows the page with everything the user typed.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import String, select
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge

from app.extensions import login
from app.kernel import clock, journal
from app.kernel.db import Model, UtcDateTime, db, read_only
from app.kernel.errors import Refused, Stale
from app.kernel.permissions import Do
from app.kernel.words import N_

PUBLIC = "public"
SIGNED_IN = "signed in"
SAFE = {"GET", "HEAD", "OPTIONS"}
RETRIES = 3
CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
       "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")  # fmt: skip


class Once(Model):
    """The answer given to a form that was sent: sending it again gives the same answer and does nothing."""

    __tablename__ = "once"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None]
    location: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def allow(word: str, *, post: str | None = None) -> Callable[[Any], Any]:
    """Declare who may use a view: a word of `Do`, PUBLIC or SIGNED_IN; `post` when POST needs another."""

    def mark(view: Any) -> Any:
        view.allowed = {"GET": word, "POST": post or word}
        return view

    return mark


def or_404(row: Any) -> Any:
    """The row, or the same 404 for missing and foreign."""
    if row is None:
        raise NotFound
    return row


def done(message: str, url: str) -> Any:
    """The answer to an act that was done: say so and go on."""
    flash(message, "success")
    return redirect(url, 303)


def back_to(target: str | None, otherwise: str) -> str:
    """`target` when it is a plain path of ours, else `otherwise` (no open redirects)."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable():
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            return target
    return otherwise


def writes(view: Any) -> Any:
    """On POST: run the view, commit once, remember the answer for a second sending of the same form."""

    @functools.wraps(view)
    def run(**values: Any) -> Any:
        if request.method != "POST":
            return view(**values)
        for attempt in range(RETRIES + 1):
            try:
                return _write(view, values)
            except Refused as refusal:
                return _refuse(view, values, refusal)
            except StaleDataError:
                return _refuse(view, values, Stale(N_("Somebody else changed this while you were looking at it. Please look again.")))
            except IntegrityError as failure:
                _forget()
                if (answer := _answered()) is not None:
                    return answer
                return _refuse(view, values, refusal_of(failure))
            except OperationalError:
                _forget()
                if attempt == RETRIES:
                    raise
                time.sleep(random.uniform(0.05, 0.2) * (attempt + 1))
        return None  # pragma: no cover

    run.writes = True
    return run


def _write(view: Any, values: dict[str, Any]) -> Response:
    if (answer := _answered()) is not None:
        return answer
    response = make_response(view(**values))
    if response.status_code >= 400 or (response.status_code == 200 and response.mimetype == "text/html"):
        _forget()
        if response.status_code == 200:
            response.status_code = 422
        return response
    key = request.form.get("once", "")
    if key and response.location:
        db.session.add(Once(key=key[:64], user_id=_user_id(), location=response.location[:500], at=clock.now()))
    db.session.commit()
    return response


def _answered() -> Response | None:
    key = request.form.get("once", "")[:64]
    if not key:
        return None
    row = db.session.execute(select(Once.location, Once.user_id).where(Once.key == key)).first()
    if row is None or row.user_id not in (None, _user_id()):
        return None
    return redirect(row.location, 303)


def _forget() -> None:
    db.session.rollback()
    g.pop("_login_user", None)  # reload: its loaded collections went with the rollback


def _user_id() -> int | None:
    return current_user.id if current_user.is_authenticated else None


def _refuse(view: Any, values: dict[str, Any], refusal: Refused) -> Any:
    """Run the view again with the refusal waiting for its form; a view without a form gets a plain page."""
    _forget()
    g.refusal = refusal
    token = read_only.set(True)
    try:
        response = make_response(view(**values))
    except (Refused, InternalError):  # a view without a form acts again: refused, or not possible while reading only
        raise refusal from None
    finally:
        read_only.reset(token)
        db.session.rollback()
    if "refusal" in g:
        raise refusal
    response.status_code = refusal.status
    return response


def refusal_of(failure: IntegrityError) -> Refused:
    """What the database refused, as a sentence; a unique violation names the form field."""
    diagnosis = getattr(failure.orig, "diag", None)
    named = getattr(diagnosis, "constraint_name", "") or ""
    text = str(failure.orig)
    if "UNIQUE constraint failed:" in text:
        return Refused(N_("This already exists."), field=text.rsplit(".", 1)[-1].strip())
    if named.startswith("uq_"):
        table = getattr(diagnosis, "table_name", "") or ""
        return Refused(N_("This already exists."), field=named.removeprefix(f"uq_{table}_"))
    conflict = Refused(N_("This would break a rule that the database guards, so nothing was changed."))
    conflict.status = 409
    return conflict


# --- set-up ---------------------------------------------------------------------------------------------------


def init_app(app: Flask) -> None:
    """Hang the guard, the headers and the error pages on the application."""
    app.before_request(_enter)
    app.before_request(_guard)
    app.after_request(_headers)
    app.teardown_request(_leave)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refused, _refused_page)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _failed)


def undeclared(app: Flask) -> list[str]:
    """Endpoints without a declared permission, and views that take POST without `@writes`."""
    wrong = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint == "static":
            continue
        if not hasattr(view, "allowed"):
            wrong.append(f"{rule.endpoint} has no @allow")
        if (rule.methods or set()) - SAFE and not getattr(view, "writes", False):
            wrong.append(f"{rule.endpoint} takes {sorted((rule.methods or set()) - SAFE)} without @writes")
    return sorted(set(wrong))


def _enter() -> None:
    view = current_app.view_functions.get(request.endpoint or "")  # one that `prepares` reads first and turns to writing by itself
    g.read_only_token = read_only.set(request.method in SAFE or getattr(view, "prepares", False))


def _leave(_error: BaseException | None) -> None:
    token = g.pop("read_only_token", None)
    if token is not None:
        read_only.set(False)


def _guard() -> Any:
    if request.endpoint in (None, "static"):
        return None
    word = current_app.view_functions[request.endpoint].allowed["POST" if request.method not in SAFE else "GET"]
    if word == PUBLIC:
        return None
    if not current_user.is_authenticated:
        if request.method in SAFE:
            return redirect(url_for("people.login", next=request.full_path.rstrip("?")))
        return login.unauthorized()
    if word == SIGNED_IN or current_user.can(Do(word)):
        return None
    _note("denied")
    return _page(403, _("You do not have the right to do this."))


def _note(kind: str) -> None:
    actor = _user_id()  # before the rollback: read after it, the account would open a transaction that shuts the note out
    try:
        db.session.rollback()
        journal.note_access(kind, request.endpoint or "", at=clock.now(), actor_id=actor, address=request.remote_addr,
                            subject_pid=next(iter((request.view_args or {}).values()), None))  # fmt: skip
    except OperationalError:  # pragma: no cover - a note must never stop the answer
        db.session.rollback()


def _headers(response: Response) -> Response:
    head = response.headers
    head.setdefault("Content-Security-Policy", CSP)
    head.setdefault("X-Content-Type-Options", "nosniff")
    head.setdefault("Referrer-Policy", "no-referrer")
    head.setdefault("X-Frame-Options", "DENY")
    head.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    head.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint == "static":
        return response
    if "Cache-Control" not in head:
        head["Cache-Control"] = "private, no-store" if _signed_in() else "no-cache"
    response.vary.add("Cookie")
    if request.is_secure:
        head.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def _signed_in() -> bool:
    return not getattr(g.get("_login_user"), "is_anonymous", True)  # asks no row: after a commit it would be read again, behind all who write


# --- error pages ----------------------------------------------------------------------------------------------


def _page(code: int, sentence: str) -> tuple[str, int]:
    return render_template(f"errors/{code}.html", sentence=sentence), code


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if error.response is not None or code < 400:
        return error
    if isinstance(error, RequestEntityTooLarge):
        return _page(413, _("What you sent is too large."))
    known = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503}
    if code not in known:
        code = 400 if code < 500 else 500
    return _page(code, "")


def _refused_page(refusal: Refused) -> Any:
    db.session.rollback()
    if refusal.status == 403:
        _note("refused")
    return _page(refusal.status, sentence_of(refusal))


def _busy(_error: OperationalError) -> Any:
    db.session.rollback()
    response = make_response(_page(503, _("The system is very busy. Nothing was changed. Please try again in a moment.")))
    response.headers["Retry-After"] = "5"
    return response


def _failed(error: Exception) -> Any:
    db.session.rollback()
    current_app.logger.exception("request failed: %s", type(error).__name__)
    if current_app.testing:
        raise error
    return _page(500, "")


def sentence_of(refusal: Refused) -> str:
    """The refusal in the user's language."""
    params = {k: sentence_of(v) if isinstance(v, Refused) else _(str(v)) if isinstance(v, str) and v else v for k, v in refusal.params.items()}
    text = _(refusal.message)
    return text % params if params else text
