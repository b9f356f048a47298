"""A report as it was sent: JSON, read field by field. Every fault is named at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from app.across.api.declared import Given, Kind, Report
from app.across.api.problems import Problem
from app.kernel.text import nfc

LONGEST_BODY = 64 * 1024


def content(report: Report) -> dict[str, Any]:
    """What was sent, as `given` describes it. Raises Problem 413, 415, 400 or 422."""
    if request.mimetype != "application/json":
        raise Problem(415, _("Please send the content as application/json."))
    if (request.content_length or 0) > LONGEST_BODY:
        raise Problem(413, _("What you sent is too large."))
    try:
        sent = request.get_json()
    except (BadRequest, RecursionError):
        raise Problem(400, _("The content is no JSON.")) from None
    if not isinstance(sent, dict):
        raise Problem(422, _("Please send one JSON object."))
    known = {g.name: g for g in report.given}
    wrong = [(str(name)[:100], _("There is no such field.")) for name in sent if name not in known]
    found: dict[str, Any] = {}
    for name, given in known.items():
        value = _read(given, sent[name]) if name in sent else None
        if value is None:
            wrong.append((name, _("Please fill this in.") if name not in sent else _wanted(given)))
        found[name] = value
    if wrong:
        raise Problem(422, _("Please look at the fields."), wrong)
    return found


def _read(given: Given, value: Any) -> Any:
    """The value, or None for what it cannot be."""
    if given.kind in (Kind.NUMBER, Kind.MONEY):
        if isinstance(value, float) and value.is_integer():  # 40.0 is 40 in JSON
            value = int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) and given.least <= value <= given.most else None
    if not isinstance(value, str):
        return None
    if given.kind == Kind.DAY:
        return _day(value)
    if given.values:
        return value if value in {str(v) for v in given.values} else None
    text = nfc(value)
    return text if text and len(value) <= given.longest and len(text) <= given.longest and not any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in value) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 and text.isascii() else None
    except ValueError:
        return None


def _wanted(given: Given) -> str:
    if given.kind == Kind.DAY:
        return _("A day as 2026-03-02.")
    if given.kind in (Kind.NUMBER, Kind.MONEY):
        return _("A whole number from %(least)s to %(most)s.", least=given.least, most=given.most)
    if given.values:
        return _("One of: %(values)s", values=", ".join(map(str, given.values)))
    return _("A text of 1 to %(most)s characters on one line.", most=given.longest)
