"""Forms of what a result is by its kind, of its protection and its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.kernel.forms import (
    ChoiceField,
    DateField,
    FileField,
    IntField,
    LineField,
    NoteField,
    StageForm,
)
from app.kernel.words import N_
from app.stages.acceptance.resultkinds import ASKED, Access, Right
from app.stages.acceptance.rules import ResultKind


def details(kind: ResultKind, known: Mapping[str, Any], version: int) -> StageForm:
    """The form of what this kind of result is asked."""
    hints = {"doi": N_("It begins with 10.; an address of doi.org may be pasted."), "serial": N_("The check digit is looked at.")}
    parts: dict[str, Any] = {}
    for asked in ASKED[kind]:
        hint = hints.get(asked.shape, "")
        parts[asked.name] = (NoteField(asked.label, max=5000, rows=4, required=asked.needed) if asked.shape == "note" else IntField(asked.label, min=1950, max=2200, required=asked.needed) if asked.shape == "year"
                             else DateField(asked.label) if asked.shape == "day" else LineField(asked.label, max=200 if asked.shape == "doi" else 500, required=asked.needed, hint=hint))  # fmt: skip
    days = {a.name for a in ASKED[kind] if a.shape == "day"}
    values = {name: date.fromisoformat(value) if name in days else value for name, value in known.items()}
    return type("Details", (StageForm,), parts)(data=values | {"version": version})


class FileRight(StageForm):
    kind = ChoiceField(N_("Kind of protection"), enum=Right, required=True)
    title = LineField(N_("Title of the application"), required=True, max=500)
    applicant = LineField(N_("Applicant, owner"), required=True, max=300)
    number = LineField(N_("Number of the application"), required=True, max=64)
    applied_on = DateField(N_("Applied on"), required=True)


class GrantRight(StageForm):
    number = LineField(N_("Number of the title"), required=True, max=64)
    granted_on = DateField(N_("Granted on"), required=True)
    expires_on = DateField(N_("In force until"), hint=N_("Leave blank when it has no end."))


class EndRight(StageForm):
    ended_on = DateField(N_("On which day"), required=True)
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)


class AttachToResult(StageForm):
    access = ChoiceField(N_("Who may open it?"), enum=Access, required=True)
    file = FileField(N_("File"), required=True)
