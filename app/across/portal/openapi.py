"""What /api/v1 answers, as an OpenAPI 3.1 document: made here by hand, held against the answers by a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kernel.listing import Filter
from app.stages.calls.milestones import DATES
from app.stages.calls.rules import PUBLIC_STATES, CallState, TopicOutcome
from app.stages.ideas.rules import Mode

TEXT, NUMBER, YES = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
DAY, MOMENT = {"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}
STATES = sorted({*map(str, PUBLIC_STATES), str(CallState.CANCELLED)})


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(described: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "description": described, "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _one_of(values: Any) -> dict[str, Any]:
    return {"type": "string", "enum": sorted(map(str, values))}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_CALL: dict[str, dict[str, Any]] = {
    "id": TEXT, "number": TEXT, "dated": DAY, "title": TEXT, "mode": _one_of(Mode), "round": NUMBER, "year": NUMBER, "state": _one_of(STATES), "is_open": YES,
    "published_at": MOMENT, "deadline": MOMENT | {"description": "The very moment is still in time."}, "days_left": _or_null(NUMBER), "place": _or_null(TEXT),
    "url": TEXT | {"format": "uri"}, "changed_at": MOMENT, "milestones": _list(_ref("Milestone")), "topics": _list(_ref("Topic")),
    "cancelled": _or_null(_object("When and why the call was cancelled.", at=MOMENT, reason=_or_null(TEXT))),
}  # fmt: skip
_DOCUMENT = _object("One document of a dossier.", code=TEXT, name=TEXT, form=_or_null(TEXT), needed=YES)
_CHANGE = _object("What changed.", what=TEXT, before={"type": ["string", "null"]}, after={"type": ["string", "null"]})
SCHEMAS: dict[str, dict[str, Any]] = {
    "Call": _object("A call for dossiers, as its public list shows it.", **_CALL),
    "CallPage": _object("A call with what is asked, answered and changed.", **_CALL, note=_or_null(TEXT), asked=_list(_ref("Asked")),
                        questions=_list(_ref("Question")), history=_list(_ref("Change"))),
    "Topic": _object("A topic of the approved list.", code=TEXT, title=TEXT, aim=_or_null(TEXT), products=_or_null(TEXT), kind=TEXT, item=TEXT, plan=TEXT, sector=TEXT,
                     ceiling_vnd=_or_null(NUMBER), duration_months=_or_null(NUMBER), invited=_or_null(TEXT | {"description": "The one organisation invited."}),
                     outcome=_or_null(_one_of(TopicOutcome))),
    "Milestone": _object("A date of the calendar: an instant, or a day.", name=_one_of(DATES), on={"anyOf": [MOMENT, DAY]}),
    "Asked": _object("What a dossier for a topic of this kind holds.", kind=TEXT, documents=_list(_DOCUMENT)),
    "Question": _object("A question answered for all.", question=TEXT, answer=TEXT, at=MOMENT, topic=_or_null(TEXT)),
    "Change": _object("A published change.", kind=TEXT, at=MOMENT, document=_or_null(TEXT), reason=_or_null(TEXT), changes=_list(_CHANGE)),
    "List": _object("A page of calls, the next ones at `next`.", calls=_list(_ref("Call")), next=_or_null(TEXT | {"format": "uri"})),
    "Error": _object("Why there is no answer.", error=TEXT),
}  # fmt: skip


def _answer(described: str, schema: str) -> dict[str, Any]:
    return {"description": described, "content": {"application/json": {"schema": _ref(schema)}}}


def document(*, title: str, base_url: str, filters: Sequence[Filter]) -> dict[str, Any]:
    """The whole document; `filters` are those of the list."""
    asked = [{"name": f.name, "in": "query", "description": f.label, "schema": _one_of(v for v, _label in f.choices) if f.choices else TEXT} for f in filters]
    asked.append({"name": "after", "in": "query", "description": "Where the page begins: as `next` has it.", "schema": TEXT})
    key = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    return {
        "openapi": "3.1.0", "info": {"title": title, "version": "1", "description": "Public calls for dossiers: the same rows and filters as the public page."},
        "servers": [{"url": base_url}],
        "paths": {
            "/api/v1/calls": {"get": {"operationId": "calls", "summary": "The calls, a page of them", "parameters": asked, "responses": {"200": _answer("A page of calls.", "List")}}},
            "/api/v1/calls/{id}": {"get": {"operationId": "call", "summary": "One call", "parameters": [key],
                                           "responses": {"200": _answer("The call.", "CallPage"), "404": _answer("No such public call.", "Error")}}},
        },
        "components": {"schemas": SCHEMAS},
    }  # fmt: skip
