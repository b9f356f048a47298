"""The same calls for programs: calendar files, an Atom feed, JSON. Filters are those of the page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, jsonify, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.across.portal import calendars, feed, openapi
from app.across.portal.views.blueprint import bp, english
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


# --- JSON -----------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """A value as JSON has it: instants in UTC, days, texts."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _topic(topic: dict[str, Any]) -> dict[str, Any]:
    return {"code": topic["code"], "title": topic["title"], "aim": topic["aim"], "products": topic["products"], "kind": topic["kind"],
            "item": topic["item_code"], "plan": topic["plan"], "sector": topic["sector_code"], "ceiling_vnd": topic["ceiling"], "duration_months": topic["duration_months"],
            "invited": topic["assigned"], "outcome": str(topic["outcome"]) if topic["outcome"] else None}  # fmt: skip


def _json(call: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": call["pid"], "number": call["number"], "dated": _plain(call["dated"]), "title": call["title"], "mode": str(call["mode"]), "round": call["round"],
        "year": call["year"], "state": str(call["state"]), "is_open": call["is_open"], "published_at": _plain(call["opens_at"]), "deadline": _plain(call["deadline"]),
        "days_left": call["days"], "place": call["place"], "url": f"{_base()}/public/calls/{call['pid']}", "changed_at": _plain(call["changed_at"]),
        "milestones": [{"name": m.name, "on": _plain(m.on)} for m in call["calendar"]], "topics": [_topic(t) for t in call["topics"]],
        "cancelled": {"at": _plain(call["cancelled_at"]), "reason": call["cancel_reason"]} if call["cancelled_at"] else None,
    }  # fmt: skip


@bp.get("/api/v1/calls")
@allow(PUBLIC)
def calls_json() -> Response:
    """The calls of the list, a page of them; `next` is the address of the following page."""
    at = clock.now()
    listing = call_list(PAGE)
    following = f"{_base()}{url_for('.calls_json', **listing.next_args)}" if listing.next_args else None
    return jsonify(calls=[_json(queries.public_line(c, at)) for c in listing.rows], next=following)


@bp.get("/api/v1/calls/<pid>")
@allow(PUBLIC)
def call_json(pid: str) -> Any:
    """One call with what is asked, answered and changed."""
    page = queries.public_call(pid, clock.now(), english=english())
    if page is None:
        return jsonify(error="not found"), 404
    asked = [{"kind": k["code"], "documents": [{"code": d["code"], "name": d["name"], "form": d["form"], "needed": d["needed"]} for d in k["documents"]]}
             for k in page["asked"]]  # fmt: skip
    answers = [{"question": q["question"], "answer": q["answer"], "at": _plain(q["at"]), "topic": q["topic"]} for q in page["questions"]]
    history = [{"kind": e["kind"], "at": _plain(e["at"]), "document": e["document"], "reason": e["reason"],
                "changes": [{"what": str(_(label)), "before": _plain(old), "after": _plain(new)} for label, old, new in e["changes"]]} for e in page["history"]]  # fmt: skip
    return jsonify(_json(page) | {"note": page["note"], "asked": asked, "questions": answers, "history": history})


@bp.get("/api/v1/openapi.json")
@allow(PUBLIC)
def openapi_json() -> Response:
    """What the two above answer, for programs that read such descriptions."""
    return jsonify(openapi.document(title=_("Calls for dossiers"), base_url=_base(), filters=call_list().filters))
