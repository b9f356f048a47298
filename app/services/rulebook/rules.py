"""Marks of rules, kinds of days, and what a new version must have. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete, Refused
from app.kernel.words import N_, Face

DAYS = ("working", "calendar")
OPTIONAL = "limit"  # the one part of a value that may be empty: no limit is set
_SHARES = {"fraction", "zero_share", "pass_share", "excellent_share", "fail_share", "least_quantity", "step"}


class Mark(Face):
    """How well a rule is known."""

    V = "V", N_("Verified in the text"), "green"
    V2 = "V2", N_("Seen in a secondary text"), "amber"
    G = "G", N_("Not yet checked against the text"), "red"


class DayKind(Face):
    OFF = "off", N_("Day off"), "amber"
    WORKING = "working", N_("Working day"), "blue"


class Unit(Face):
    """How the days of a term are counted."""

    WORKING = "working", N_("Working days"), "blue"
    CALENDAR = "calendar", N_("Calendar days"), "grey"


class RuleMissing(Refused):
    """No version of the rule is in force on that day."""

    def __init__(self, key: str, on: date) -> None:
        super().__init__(N_("The rulebook has no rule “%(key)s” for %(day)s."), key=key, day=f"{on:%d/%m/%Y}")


def citation(source: str) -> str:
    """A source as papers print it: without remarks in brackets, which versions from before may still carry."""
    return re.sub(r"\s*\([^()]*\)", "", source).strip() or source


def parse_value(text: str, like: Any) -> Any:
    """The value an officer typed, built like the present one. Raises Incomplete when it is not."""
    try:
        value = json.loads(text) if not isinstance(like, str) else text
    except (ValueError, RecursionError):
        raise Incomplete(N_("This cannot be read as a value. Please keep the form of the present one."), field="value") from None
    _built_like(value, like)
    return value


def _built_like(value: Any, like: Any) -> None:
    """Raise Incomplete unless kinds and names agree at every depth."""
    if like is None:
        return
    if type(value) is not type(like):
        raise Incomplete(N_("The value must be of the same kind as the present one."), field="value")
    if isinstance(value, dict):
        if set(value) != set(like):
            raise Incomplete(N_("The parts of the value must keep their names: %(names)s."), field="value", names=", ".join(sorted(like)))
        for name, part in value.items():
            if name != OPTIONAL or not (part is None or type(part) is int):
                _built_like(part, like[name] if name != OPTIONAL else 0)
    if isinstance(value, list) and like:
        for part in value:
            _built_like(part, _closest(part, like))


def _closest(part: Any, like: list[Any]) -> Any:
    """The present item that a new item of a list is compared with: one of the same names, else the first."""
    same = (item for item in like if type(item) is type(part) and (not isinstance(part, dict) or set(item) == set(part)))
    return next(same, like[0])


def wrong_with(value: Any, unit: str | None = None) -> str | None:
    """Why a value cannot be right, as a msgid, or None: shares, bounds, scoring sheets and percentages must agree."""
    for name, part in _walk("", value):
        if isinstance(part, int) and not isinstance(part, bool) and (part < 0 or (unit == "percent" and part > 100)):
            return N_("A number is below zero, or a percentage above 100.")
        if name in _SHARES and not (isinstance(part, list) and len(part) == 2 and 0 < part[0] <= part[1]):
            return N_("A share is written as two numbers, the smaller first: [2, 3] is two thirds.")
        if isinstance(part, dict) and (message := _wrong_with_parts(part)):
            return message
        if isinstance(part, list) and part and all(isinstance(p, dict) and "percent" in p for p in part) and sum(p["percent"] for p in part) != 100:
            return N_("The percentages must add up to 100.")
    return None


def _wrong_with_parts(part: dict[str, Any]) -> str | None:
    if {"min", "max"} <= set(part) and part["min"] > part["max"]:
        return N_("The least number is above the greatest.")
    if {"max", "roles"} <= set(part) and sum(part["roles"].values()) > part["max"]:
        return N_("The roles need more people than the greatest number of members.")
    if {"criteria", "top", "pass"} <= set(part):
        codes = [c["code"] for c in part["criteria"]]
        if sum(c["weight"] * c.get("top", part["top"]) for c in part["criteria"]) != 100 or part["pass"] > 100 or len(set(codes)) < len(codes):
            return N_("The highest marks times their weights must add up to 100, and no criterion may appear twice.")
    return None


def _walk(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield name, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _walk(key, part)
    elif isinstance(value, list):
        for part in value:
            yield from _walk("", part)
