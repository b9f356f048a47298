"""The same calls for programs: calendar files and an Atom feed. Filters are those of the page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.across.portal import calendars, feed
from app.across.portal.views.blueprint import bp
from app.across.portal.views.calls import call_list
from app.kernel import clock
from app.kernel.web import PUBLIC, allow, or_404
from app.shown import language, moment
from app.stages.calls import queries
from app.stages.calls.milestones import LABELS

FEED_LENGTH, PAGE = 50, 100


def _base() -> str:
    return str(current_app.config["PUBLIC_BASE_URL"]).rstrip("/")


def _host() -> str:
    return urlsplit(_base()).hostname or "localhost"


def _filters() -> str:
    values = call_list().values
    return f"?{urlencode(values)}" if values else ""


def _lines(length: int) -> list[dict[str, Any]]:
    at = clock.now()
    return [queries.public_line(c, at) for c in call_list(length).rows]


# --- calendars ------------------------------------------------------------------------------------------------


def _calendar(calls: list[dict[str, Any]], name: str, file: str) -> Response:
    text = calendars.calendar(calls, name=name, words={key: _(label) for key, label in LABELS.items()}, base_url=_base(), host=_host())
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename={file}"
    return response


@bp.get("/public/calls.ics")
@allow(PUBLIC)
def calls_calendar() -> Response:
    """All calls of the list as one calendar: to be subscribed to."""
    return _calendar(_lines(PAGE), _("Calls for dossiers"), "thong-bao.ics")


@bp.get("/public/calls/<pid>.ics")
@allow(PUBLIC)
def call_calendar(pid: str) -> Response:
    row = or_404(queries.public_row(pid))
    return _calendar([queries.public_line(row, clock.now())], row.title, f"thong-bao-{pid[:8]}.ics")


# --- Atom -----------------------------------------------------------------------------------------------------


@bp.get("/public/calls.atom")
@allow(PUBLIC)
def calls_feed() -> Response:
    """The calls of the list, those first that changed last; answers to questions count as changes."""
    at = clock.now()
    rows = call_list(FEED_LENGTH).rows
    answers = queries.last_answers([c.id for c in rows])
    calls = []
    for row in rows:
        line = queries.public_line(row, at)
        calls.append(line | {"updated": max(line["changed_at"], answers.get(row.id, line["changed_at"])), "summary": _summary(line)})
    calls.sort(key=lambda c: c["updated"], reverse=True)
    content = feed.atom(calls, title=_("Calls for dossiers"), author=_("Department of Science and Technology"), base_url=_base(), host=_host(), language=language(),
                        address=f"{_base()}{url_for('.calls_feed')}{_filters()}", page=f"{_base()}{url_for('.calls')}{_filters()}")  # fmt: skip
    return Response(content, content_type="application/atom+xml; charset=utf-8")


def _summary(call: dict[str, Any]) -> str:
    topics = ngettext("%(num)s topic", "%(num)s topics", len(call["topics"]))
    if call["cancelled_at"]:
        return _("Cancelled: %(reason)s", reason=call["cancel_reason"] or "")
    until = _("Dossiers are received until %(at)s (Vietnamese time)", at=moment(call["deadline"]))
    return f"{call['number']} · {topics} · {until} · {_(call['state'].label)}"
