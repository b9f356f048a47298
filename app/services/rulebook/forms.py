"""A new version of a rule; an exception of the calendar."""

from __future__ import annotations

import json
from typing import Any

from app.kernel.forms import (
    ChoiceField,
    DateField,
    IntField,
    LineField,
    NoteField,
    StageForm,
    YesField,
)
from app.kernel.words import N_
from app.services.rulebook.rules import DayKind, Mark, Unit, parse_value

FIRST_YEAR, LAST_YEAR = 2000, 2100


class Revise(StageForm):
    value = NoteField(N_("Value"), required=True, rows=6, hint=N_("Keep the form of the present value; change the numbers."))
    unit = ChoiceField(N_("Days are counted as"), enum=Unit, required=True)
    source = LineField(N_("Document and article"), required=True, max=500)
    mark = ChoiceField(N_("How well is it known?"), enum=Mark, required=True)
    valid_from = DateField(N_("In force from"), required=True, hint=N_("A day in the past also changes what was decided since then without freezing the rule."))
    reason = NoteField(N_("Reason"), required=True, max=1000, rows=3)

    def value_like(self, present: Any) -> Any:
        """The typed value, of the kind of the present one. Raises Incomplete."""
        return parse_value(self.value.data or "", present)


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
