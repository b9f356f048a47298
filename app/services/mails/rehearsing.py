"""A form's mails before it is sent: what is said beside its button, and the rehearsal that shows names and words.

A rehearsal is the act itself. It is done up to the one commit at its end, and there everything is taken back: so what it shows is what the
act would write with what stands in the form now, and cannot drift from it. A page may not do so by itself (GET never writes), and much
depends on what is typed: so it is asked for with a button of the form. What the page says before that comes from `sending`.
"""

from __future__ import annotations

from typing import Any

from flask import (
    Flask,
    current_app,
    g,
    has_request_context,
    render_template,
    request,
    session,
)
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy import event
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from app.kernel.db import db
from app.services.mails import sending, texts
from app.services.mails.register import MAILS
from app.services.mails.writing import SHOWN, UNTOLD

FIELD = "rehearse"  # the name of the button
OPENED = "vamco.form"  # in the environment: where the form that is being shown is sent to


class Rehearsed(Exception):
    """The act is done as far as its end, and is not kept."""


def init_app(app: Flask) -> None:
    """Hang the rehearsal on the application, and what forms say on the templates."""
    app.before_request(_begin)
    app.register_error_handler(Rehearsed, _shown)
    with app.app_context():
        if not event.contains(db.session, "before_commit", _end):
            event.listen(db.session, "before_commit", _end)
    app.jinja_env.globals.update(form_opened=form_opened, told_before=told_before, untold=untold, untold_id=untold_id)


def form_opened(action: str | None) -> str:
    """A template begins a form that is sent to this address (None: to the page's own). Says nothing itself."""
    request.environ[OPENED] = _endpoint(action) if action else request.endpoint
    return ""


def told_before() -> list[tuple[sending.Announced, str]]:
    """The mails of the act that the form begun last is sent to, each with its subject; nothing for visitors."""
    endpoint = request.environ.pop(OPENED, None)
    if not endpoint or not current_user.is_authenticated:
        return []
    return [(one, subject_of(one.template)) for one in sending.announced(endpoint)]


def untold() -> bool:
    """Was it ticked that courtesies are not to go?"""
    return bool(request.form.get(UNTOLD))


def untold_id() -> str:
    """A name for the box of this form: a page may hold several forms."""
    request.environ[UNTOLD] = request.environ.get(UNTOLD, 0) + 1
    return f"untold-{request.environ[UNTOLD]}"


def subject_of(template: str) -> str:
    """The subject of a mail in the reader's language, with dots for what is not known yet."""
    name = f"{template.removesuffix('.txt')}.{_language()}"
    first = texts.shipped(name).partition("\n")[0].removeprefix("Subject:")
    return texts.fill(first, dict.fromkeys(texts.read(name).names, "…")).strip()


def _language() -> str:
    shown = str(get_locale())
    return shown if shown in texts.LANGUAGES else "vi"


def _endpoint(action: str) -> str | None:
    path = action.partition("?")[0].partition("#")[0]
    try:
        endpoint, _values = current_app.create_url_adapter(request).match(path, method="POST")  # type: ignore[union-attr]
    except (HTTPException, RoutingException):
        return None
    return str(endpoint)


def _begin() -> None:
    if request.method == "POST" and request.form.get(FIELD) and current_user.is_authenticated and sending.announced(request.endpoint or ""):
        request.environ[SHOWN] = []


def _end(_session: Any) -> None:
    if has_request_context() and SHOWN in request.environ and not db.session().in_nested_transaction():
        raise Rehearsed


def _shown(_rehearsed: Rehearsed) -> Any:
    shown = request.environ.pop(SHOWN)
    db.session.rollback()
    g.pop("_login_user", None)
    session.pop("_flashes", None)  # it was not done: nothing is to be said of it
    named = [(mail, MAILS[mail.template].named, *_parts(mail.text)) for mail in shown]
    return render_template("mails/rehearsed.html", mails=named, register=MAILS)


def _parts(text: str) -> tuple[str, str]:
    subject, _, body = text.lstrip().partition("\n")
    return " ".join(subject.removeprefix("Subject:").split()), body.strip()
