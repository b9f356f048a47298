"""Calls for programs: the list with milestones and topics, one call with what is asked, answered and changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Select

from app.across.api.declared import Asked, Field, Kind, Resource
from app.kernel.listing import Filter
from app.kernel.words import N_
from app.shown import language
from app.stages.calls import queries
from app.stages.calls.milestones import DATES
from app.stages.calls.models import Call
from app.stages.calls.rules import PUBLIC_STATES, CallState, TopicOutcome
from app.stages.ideas.rules import Mode

TEXT, NUMBER, YES = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
DAY, MOMENT = {"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}
STATES = sorted({*map(str, PUBLIC_STATES), str(CallState.CANCELLED)})
OPEN, PAST = "open", "past"


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def shape(described: str, **properties: dict[str, Any]) -> dict[str, Any]:
    """An object of exactly these properties."""
    return {"type": "object", "description": described, "properties": properties, "required": list(properties), "additionalProperties": False}


def many(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def one_of(values: Any) -> dict[str, Any]:
    return {"type": "string", "enum": sorted(map(str, values))}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_DOCUMENT = shape("One document of a dossier.", code=TEXT, name=TEXT, form=or_null(TEXT), needed=YES)
_CHANGE = shape("What changed.", what=TEXT, before={"type": ["string", "null"]}, after={"type": ["string", "null"]})
SCHEMAS: dict[str, dict[str, Any]] = {
    "Topic": shape("A topic of the approved list.", code=TEXT, title=TEXT, aim=or_null(TEXT), products=or_null(TEXT), kind=TEXT, item=TEXT, plan=TEXT, sector=TEXT, ceiling_vnd=or_null(NUMBER),
                   duration_months=or_null(NUMBER), invited=or_null(TEXT | {"description": "The one organisation invited."}), outcome=or_null(one_of(TopicOutcome))),
    "Milestone": shape("A date of the calendar: an instant, or a day.", name=one_of(DATES), on={"anyOf": [MOMENT, DAY]}),
    "Asked": shape("What a dossier for a topic of this kind holds.", kind=TEXT, documents=many(_DOCUMENT)),
    "Question": shape("A question answered for all.", question=TEXT, answer=TEXT, at=MOMENT, topic=or_null(TEXT)),
    "Change": shape("A published change.", kind=TEXT, at=MOMENT, document=or_null(TEXT), reason=or_null(TEXT), changes=many(_CHANGE)),
    "CallPage": {"note": or_null(TEXT), "asked": many(ref("Asked")), "questions": many(ref("Question")), "history": many(ref("Change"))},
}  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _topic(topic: dict[str, Any]) -> dict[str, Any]:
    return {"code": topic["code"], "title": topic["title"], "aim": topic["aim"], "products": topic["products"], "kind": topic["kind"],
            "item": topic["item_code"], "plan": topic["plan"], "sector": topic["sector_code"], "ceiling_vnd": topic["ceiling"], "duration_months": topic["duration_months"],
            "invited": topic["assigned"], "outcome": str(topic["outcome"]) if topic["outcome"] else None}  # fmt: skip


def _get(name: str) -> Any:
    return lambda line: line[name]


def _address(line: dict[str, Any]) -> str:
    return f"{str(current_app.config['PUBLIC_BASE_URL']).rstrip('/')}/public/calls/{line['pid']}"


FIELDS = (
    Field("id", Kind.TEXT, N_("Key of the row; it never changes."), _get("pid")), Field("number", Kind.TEXT, N_("Number of the notice."), _get("number")), Field("dated", Kind.DAY, N_("Date of the notice."), _get("dated")),
    Field("title", Kind.TEXT, N_("Title."), _get("title")), Field("mode", Kind.TEXT, N_("Selection among applicants, or direct assignment."), _get("mode"), values=list(Mode)),
    Field("round", Kind.NUMBER, N_("Which round it is: 2 after a first one without a project."), _get("round")), Field("year", Kind.NUMBER, N_("Year of the call."), _get("year")),
    Field("state", Kind.TEXT, N_("State of the call."), _get("state"), values=STATES), Field("is_open", Kind.YES, N_("Are dossiers received now?"), _get("is_open")),
    Field("published_at", Kind.MOMENT, N_("From when on it is public."), _get("opens_at")), Field("deadline", Kind.MOMENT, N_("Until when dossiers were or are received; the very moment is in time."), _get("deadline")),
    Field("days_left", Kind.NUMBER, N_("Whole days left while dossiers are received."), _get("days"), "days", blank=True), Field("place", Kind.TEXT, N_("Where dossiers on paper are received."), _get("place"), blank=True),
    Field("url", Kind.ADDRESS, N_("Page of the call."), _address), Field("changed_at", Kind.MOMENT, N_("When it changed last."), _get("changed_at")),
    Field("topic_count", Kind.NUMBER, N_("How many topics it has."), lambda line: len(line["topics"])),
    Field("milestones", Kind.PARTS, N_("The dates of its calendar."), lambda line: [{"name": m.name, "on": _plain(m.on)} for m in line["calendar"]], shape=many(ref("Milestone"))),
    Field("topics", Kind.PARTS, N_("Its topics."), lambda line: [_topic(t) for t in line["topics"]], shape=many(ref("Topic"))),
    Field("cancelled", Kind.PARTS, N_("When and why it was cancelled."), lambda line: {"at": _plain(line["cancelled_at"]), "reason": line["cancel_reason"]} if line["cancelled_at"] else None,
          blank=True, shape=shape("When and why the call was cancelled.", at=MOMENT, reason=or_null(TEXT))),
)  # fmt: skip


def _one(pid: str, asked: Asked) -> dict[str, Any] | None:
    """One call with what is asked, answered and changed."""
    page = queries.public_call(pid, asked.at, english=language() == "en")
    if page is None:
        return None
    documents = [{"kind": k["code"], "documents": [{"code": d["code"], "name": d["name"], "form": d["form"], "needed": d["needed"]} for d in k["documents"]]} for k in page["asked"]]
    answers = [{"question": q["question"], "answer": q["answer"], "at": _plain(q["at"]), "topic": q["topic"]} for q in page["questions"]]
    history = [{"kind": e["kind"], "at": _plain(e["at"]), "document": e["document"], "reason": e["reason"],
                "changes": [{"what": str(_(label)), "before": _plain(old), "after": _plain(new)} for label, old, new in e["changes"]]} for e in page["history"]]  # fmt: skip
    return {f.name: f.of(page) for f in FIELDS} | {"note": page["note"], "asked": documents, "questions": answers, "history": history}


def _statement(asked: Asked) -> Select[Any]:
    return queries.public_statement(asked.at)


CALLS = Resource(
    "calls", "Call", N_("Calls"), N_("The published calls for dossiers, with their topics and dates."), FIELDS, _statement, Call.id, Call.public_id,
    lambda a: [Filter("q", N_("Words of the title, of a topic, or the number"), queries.with_words),
               Filter("status", N_("Open or past"), lambda s, v: queries.now_open(s, a.at, v == OPEN), choices=[(OPEN, N_("Open")), (PAST, N_("Past"))]),
               Filter("sector", N_("Code of a sector"), queries.in_sector), Filter("mode", N_("Mode"), queries.of_mode, choices=[(str(m), m.label) for m in Mode]),
               Filter("kind", N_("Type of task"), queries.of_kind), Filter("year", N_("Year"), lambda s, v: s.where(Call.year == int(v)), choices=[(str(y), str(y)) for y in range(2010, 2101)])],
    scalars=True, line=lambda call, asked: queries.public_line(call, asked.at), one=_one, schemas=SCHEMAS,
)  # fmt: skip
