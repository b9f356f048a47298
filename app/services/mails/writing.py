"""What becomes of a mail that is posted: left out, only shown, told inside the system, or written in the wording in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, has_request_context, render_template, request
from flask_babel import get_locale
from flask_login import current_user

from app.kernel import clock, journal
from app.services.mails import notices, sending, texts
from app.services.mails.register import MAILS, Need
from app.services.mails.rules import Way
from app.services.papers import queries

SHOWN = "vamco.shown"  # in the environment of a request that is only a rehearsal: what it would have written
LEFT_OUT = "vamco.left_out"
UNTOLD = "untold"  # the field of a form: courtesies are not to be sent


@dataclass(frozen=True)
class Shown:
    """One mail of a rehearsal."""

    template: str
    name: str
    text: str
    way: Way


@dataclass(frozen=True)
class Counted:
    """One mail that a dry run of the reminders would have posted."""

    template: str
    key: str
    user_id: int | None


_counting: ContextVar[list[Counted] | None] = ContextVar("counting", default=None)


@contextmanager
def counting() -> Iterator[list[Counted]]:
    """Within, nothing is posted: what would have been is counted. For dry runs of what the worker does by itself."""
    found: list[Counted] = []
    token = _counting.set(found)
    try:
        yield found
    finally:
        _counting.reset(token)


def write(template: str, *, key: str, at: datetime, to: Any, **context: Any) -> str:
    """Subject and body for one person; nothing when no mail goes."""
    if (counted := _counting.get()) is not None:
        counted.append(Counted(template, key, to.id))
        return ""
    about = notices.about(context)
    if has_request_context() and _left_out(template, about, to, at):
        return ""
    text = worded(template, to=to, **context)
    way = notices.tell(template, text, key=key, to=to, at=at, about=about, secret="token" in context)
    if has_request_context() and (shown := request.environ.get(SHOWN)) is not None:
        shown.append(Shown(template, to.name, text, way))
    return text if way == Way.AT_ONCE else ""


def worded(template: str, **context: Any) -> str:
    """A wording that cannot be filled never keeps a mail back: then the shipped one goes."""
    name = f"{template.removesuffix('.txt')}.{get_locale()}"
    row = queries.in_force(name, on=clock.today())
    if row is not None:
        try:
            return texts.fill(row.text, texts.values_of(name, context))
        except Exception:
            current_app.logger.exception("the wording of a mail could not be filled: %s, version %s", name, row.number)
    return render_template(template, **context)


def _left_out(template: str, about: Any, to: Any, at: datetime) -> bool:
    """Did the sender tick that courtesies are not to go? The journal keeps it, once for each kind of mail of the act."""
    if request.method != "POST" or not request.form.get(UNTOLD) or template not in MAILS or MAILS[template].need != Need.COURTESY:
        return False
    if template not in sending.all_of(request.endpoint or "") or not current_user.is_authenticated:
        return False
    told = request.environ.setdefault(LEFT_OUT, set())
    if template not in told:
        told.add(template)
        journal.record(about or to, "leave_untold", by=current_user, at=at, detail={"mail": template})
    return True
