"""The description of /api/v1 holds for what it answers: every call of the demonstration's states, and what is not there."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
FORMATS = {"date": date.fromisoformat, "date-time": datetime.fromisoformat, "uri": lambda v: re.fullmatch(r"https?://\S+", v) or int("no address")}


def faults(value, schema, described, where="$"):
    """What an answer has that the schema does not say, by hand: the part of JSON Schema that the document uses."""
    if "$ref" in schema:
        return faults(value, described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], described, where)
    if "anyOf" in schema:
        tried = [faults(value, s, described, where) for s in schema["anyOf"]]
        return [] if [] in tried else tried[0]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, TYPES[k]) and not (k == "integer" and isinstance(value, bool)) for k in kinds):
        return [f"{where}: {value!r} is no {kinds}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r} is none of {schema['enum']}"]
    if "format" in schema:
        try:
            FORMATS[schema["format"]](value)
        except ValueError:
            return [f"{where}: {value!r} is no {schema['format']}"]
    found = []
    if isinstance(value, dict):
        found += [f"{where}.{n} is missing" for n in schema["required"] if n not in value]
        found += [f"{where}.{n} is not described" for n in value if n not in schema["properties"]]
        for name, inner in value.items():
            found += faults(inner, schema["properties"].get(name, {"type": list(TYPES)}), described, f"{where}.{name}")
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            found += faults(inner, schema["items"], described, f"{where}[{n}]")
    return found


def answer_schema(described, path, status):
    kind = "application/json" if status == "200" else "application/problem+json"
    return described["paths"][path]["get"]["responses"][status]["content"][kind]["schema"]


@pytest.mark.nodb
def test_the_check_finds_faults():
    described = {"components": {"schemas": {"A": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}}}}
    a = {"$ref": "#/components/schemas/A"}
    assert faults({"n": 1}, a, described) == []
    assert faults({"n": True}, a, described) and faults({}, a, described) and faults({"n": 1, "x": 2}, a, described)
    assert faults("31/02", {"type": "string", "format": "date"}, described) and faults("b", {"type": "string", "enum": ["a"]}, described)


def test_the_answers_are_as_described(played, anonymous):
    described = anonymous.get("/api/v1/openapi.json").json
    assert described["openapi"] == "3.1.0" and described["servers"] == [{"url": "http://vamco.test"}]
    calls = anonymous.get("/api/v1/calls")
    assert calls.json["calls"] and faults(calls.json, answer_schema(described, "/api/v1/calls", "200"), described) == []
    states = set()
    for call in calls.json["calls"]:
        page = anonymous.get(f"/api/v1/calls/{call['id']}").json
        assert faults(page, answer_schema(described, "/api/v1/calls/{id}", "200"), described) == []
        states.add(page["state"])
    assert states >= {"published", "closed", "opened", "concluded", "cancelled"}
    nothing = anonymous.get("/api/v1/calls/nothing")
    assert nothing.status_code == 404 and faults(nothing.json, answer_schema(described, "/api/v1/calls/{id}", "404"), described) == []


def test_every_filter_of_the_description_filters(anonymous):
    described = anonymous.get("/api/v1/openapi.json").json
    for asked in described["paths"]["/api/v1/calls"]["get"]["parameters"]:
        if asked["name"] == "after":  # signed: tests/across/test_api.py
            continue
        value = asked["schema"].get("enum", ["1"])[0]
        assert anonymous.get("/api/v1/calls", query_string={asked["name"]: value}).status_code == 200, asked
