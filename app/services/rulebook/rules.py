"""Marks of rules, kinds of days, and what a new version must have. Pure."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete, Refused
from app.kernel.words import Face, N_


class Mark(Face):
    """How well a rule is known."""

    V = "V", N_("Verified in the text"), "green"
    V2 = "V2", N_("Seen in a secondary text"), "amber"
    G = "G", N_("Not yet checked against the text"), "red"


class DayKind(Face):
    OFF = "off", N_("Day off"), "amber"
    WORKING = "working", N_("Working day"), "blue"


class RuleMissing(Refused):
    """No version of the rule is in force on that day."""

    def __init__(self, key: str, on: date) -> None:
        super().__init__(N_("The rulebook has no rule “%(key)s” for %(day)s."), key=key, day=f"{on:%d/%m/%Y}")


def parse_value(text: str, like: Any) -> Any:
    """The value an officer typed, of the same kind as the present one. Raises Incomplete when it is not."""
    try:
        value = json.loads(text) if not isinstance(like, str) else text
    except ValueError:
        raise Incomplete(N_("This cannot be read as a value. Please keep the form of the present one."), field="value") from None
    if type(value) is not type(like):
        raise Incomplete(N_("The value must be of the same kind as the present one."), field="value")
    if isinstance(value, dict) and set(value) != set(like):
        raise Incomplete(N_("The parts of the value must keep their names: %(names)s."), field="value", names=", ".join(sorted(like)))
    return value
