"""A new version of a rule; an exception of the calendar."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import request
from wtforms import HiddenField

from app.kernel.forms import (
    ChoiceField,
    DateField,
    IntField,
    LineField,
    NoteField,
    StageForm,
    YesField,
)
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.rulebook import shape
from app.services.rulebook.rules import DayKind, Mark, Unit, parse_value

FIRST_YEAR, LAST_YEAR = 2000, 2100


class Revise(StageForm):
    value = HiddenField()  # the whole value as JSON, from who sends no parts
    unit = ChoiceField(N_("Days are counted as"), enum=Unit, required=True)
    source = LineField(N_("Document and article"), required=True, max=500)
    mark = ChoiceField(N_("How well is it known?"), enum=Mark, required=True)
    valid_from = DateField(N_("In force from"), required=True, hint=N_("A day in the past also changes what was decided since then without freezing the rule."))
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)

    def value_like(self, present: Any) -> Any:
        """The typed value, of the kind of the present one. Raises Incomplete."""
        return typed_value(request.form, present)


def typed_value(typed: Mapping[str, str], present: Any) -> Any:
    """What was typed, part by part or as a whole, of the kind of the present value. Raises Incomplete."""
    if shape.MARK not in typed:
        return parse_value(typed.get("value", ""), present)
    parts = {name: nfc(text) for name, text in typed.items() if name == shape.PREFIX or name.startswith(f"{shape.PREFIX}.")}
    return shape.joined(present, parts)


def as_shaped(key: str, value: Any) -> shape.Part:
    """The value as fields, with what was typed where this request sent it."""
    return shape.shaped(key, value, request.form if shape.MARK in request.form else None)


def shown_value(value: Any) -> str:
    """A value as an officer edits it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


class EnterDay(StageForm):
    day = DateField(N_("Day"), required=True)
    kind = ChoiceField(N_("Kind"), enum=DayKind, required=True)
    name = LineField(N_("Name"), required=True, max=200)
    source = LineField(N_("Announcement"), required=True, max=300, hint=N_("Number and date of the announcement."))


class RemoveDay(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)


class ConfirmYear(StageForm):
    year = IntField(N_("Year"), required=True, min=FIRST_YEAR, max=LAST_YEAR)
    source = LineField(N_("Announcement"), required=True, max=300, hint=N_("Number and date of the announcement."))
    checked = YesField(N_("All swapped days of this year are entered or known to the calendar."), required=True)
