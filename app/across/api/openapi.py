"""What /api/v1 answers, as an OpenAPI 3.1 document: made from what the views are made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.across.api.asking import LONGEST_PAGE, OWN, PAGE
from app.across.api.declared import (
    LONGEST_TEXT,
    PUBLIC_ID,
    Asked,
    Field,
    Report,
    Resource,
)
from app.kernel.listing import Filter
from app.kernel.words import N_

PROBLEM = {"type": "object", "description": "Why there is no answer (RFC 9457).", "required": ["type", "title", "status", "detail"], "additionalProperties": False,
           "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
                          "errors": {"type": "array", "items": {"type": "object", "required": ["name", "detail"], "additionalProperties": False,
                                                                "properties": {"name": {"type": "string"}, "detail": {"type": "string"}}}}}}  # fmt: skip
PACE = {name: {"description": told, "schema": {"type": "integer"}, "required": True} for name, told in (
    ("RateLimit-Limit", "Requests in a minute."), ("RateLimit-Remaining", "Requests left."), ("RateLimit-Reset", "Seconds until the oldest counts no longer."))}  # fmt: skip
SAID = {400: N_("A parameter is unknown or impossible."), 401: N_("No key, or one that opens nothing."), 403: N_("The key lacks the scope."), 404: N_("There is nothing at this address."),
        409: N_("It cannot be done now."), 413: N_("What was sent is too large."), 415: N_("The content is not application/json."), 422: N_("The content is not as described."), 429: N_("Too many requests."), 503: N_("Very busy.")}  # fmt: skip


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _problems(*statuses: int) -> dict[str, Any]:
    return {str(s): {"description": _(SAID[s]), "content": {"application/problem+json": {"schema": _ref("Problem")}}} for s in (*statuses, 429, 503)}


def _described(field: Any) -> dict[str, Any]:
    told = _(field.meaning) + (f" ({field.unit})" if getattr(field, "unit", "") else "")
    return field.schema() | {"description": told}


def _object(fields: Sequence[Field], described: str, more: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {f.name: _described(f) for f in fields} | (more or {})
    return {"type": "object", "description": described, "properties": properties, "required": list(properties), "additionalProperties": False}


def _filter(item: Filter) -> dict[str, Any]:
    schema = {"type": "string", "enum": [str(v) for v, _label in item.choices]} if item.choices is not None else {
        "type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": r"^[^\u0000-\u001f\u007f]+$"}  # fmt: skip
    return {"name": item.name, "in": "query", "description": _(item.label), "schema": schema}


def _security(scope: Any) -> dict[str, Any]:
    return {"security": [{"key": [str(scope)]}]} if scope is not None else {"security": [{}, {"key": []}]}


def _key_problems(scope: Any) -> tuple[int, ...]:
    return (401, 403) if scope is not None else (401,)


def _schemas(resource: Resource) -> dict[str, Any]:
    own = {name: shape for name, shape in resource.schemas.items() if name != f"{resource.noun}Page"}
    if resource.one is not None:
        own[f"{resource.noun}Page"] = _object(resource.fields, _(resource.about), resource.schemas[f"{resource.noun}Page"])
    listed = {"type": "object", "description": _("A page of the list; the next one is at `next`."), "required": [resource.name.replace("-", "_"), "next"], "additionalProperties": False,
              "properties": {resource.name.replace("-", "_"): {"type": "array", "items": _ref(resource.noun)}, "next": {"anyOf": [{"type": "string", "format": "uri"}, {"type": "null"}]}}}  # fmt: skip
    return {resource.noun: _object(resource.fields, _(resource.about)), f"{resource.noun}List": listed, **own}


def _headers() -> dict[str, Any]:
    return PACE | {"ETag": {"description": "Send it back as If-None-Match: 304 while nothing changed.", "schema": {"type": "string"}}}


def _good(schema: str) -> dict[str, Any]:
    return {"description": _("The answer."), "headers": _headers(), "content": {"application/json": {"schema": _ref(schema)}}}


def _paths(resource: Resource, asked: Asked) -> dict[str, Any]:
    own = {"after": {"type": "string", "minLength": 1}, "limit": {"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": PAGE}}
    told = {"after": _("Where the page begins: as `next` has it, only with the same filters."), "limit": _("How many rows at most.")}
    parameters = [*map(_filter, resource.filters(asked)), *({"name": n, "in": "query", "description": told[n], "schema": own[n]} for n in OWN)]
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": PUBLIC_ID}}
    keys, noun = _key_problems(resource.scope), resource.noun
    unchanged = {"304": {"description": _("Nothing changed since the ETag of If-None-Match.")}}
    return {
        resource.path: {"get": {"operationId": resource.name, "summary": _(resource.title), "description": _(resource.about), "parameters": parameters, "tags": [resource.name], **_security(resource.scope),
                                "responses": {"200": _good(f"{noun}List"), **unchanged, **_problems(400, *keys)}}},
        f"{resource.path}/{{id}}": {"get": {"operationId": f"{resource.name}-one", "summary": _("One of: %(what)s", what=_(resource.title)), "parameters": [key], "tags": [resource.name], **_security(resource.scope),
                                            "responses": {"200": _good(f"{noun}Page" if resource.one else noun), **unchanged, **_problems(400, 404, *keys)}}},
    }  # fmt: skip


def _report(report: Report) -> dict[str, Any]:
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": PUBLIC_ID}}
    good = {"headers": PACE, "content": {"application/json": {"schema": _ref(report.noun)}}}
    return {report.path: {"post": {
        "operationId": f"{report.of}-{report.name}", "summary": _(report.title), "description": _(report.about), "parameters": [key], "tags": [report.of], **_security(report.scope),
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(f"{report.noun}Given")}}},
        "responses": {"201": {"description": _("Taken.")} | good, "200": {"description": _("Was there already: nothing changed.")} | good, **_problems(400, 401, 403, 404, 409, 413, 415, 422)},
    }}}  # fmt: skip


def document(resources: Sequence[Resource], reports: Sequence[Report], asked: Asked, *, title: str, base_url: str) -> dict[str, Any]:
    """The whole document."""
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    paths: dict[str, Any] = {}
    for resource in resources:
        schemas |= _schemas(resource)
        paths |= _paths(resource, asked)
    for report in reports:
        given = {g.name: g.schema() | {"description": _(g.meaning)} for g in report.given}
        schemas |= {report.noun: _object(report.answer, _(report.about)), f"{report.noun}Given": {"type": "object", "properties": given, "required": list(given), "additionalProperties": False}}
        paths |= _report(report)
    scheme = {"type": "http", "scheme": "bearer", "description": _("A key of a partner body: Authorization: Bearer vamco_… Public data needs none.")}
    return {"openapi": "3.1.0", "info": {"title": title, "version": "1", "description": _("Public data of the province's projects without a key; with a key what partner bodies read and report.")},
            "servers": [{"url": base_url}], "paths": paths, "components": {"schemas": schemas, "securitySchemes": {"key": scheme}}}  # fmt: skip
