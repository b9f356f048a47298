"""Forms of remarks: the parts of a remark by the rule, the last look before several are handed in, whom to remind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.kernel.forms import NoteField, StageForm, TicksField, YesField
from app.kernel.words import N_
from app.services.councils.forms import in_words
from app.services.councils.remarks.rules import LONGEST


def remark_form(parts: Sequence[Mapping[str, Any]], content: Mapping[str, str], version: int | None) -> StageForm:
    """The parts of the remark. A draft may be empty anywhere: what must be there is asked when it is handed in."""
    fields = {p["code"]: NoteField(in_words(p), max=LONGEST, rows=6, sometimes=bool(p.get("required"))) for p in parts}
    form: StageForm = type("RemarkForm", (StageForm,), fields)(data={**content, "version": version})
    return form


def written(form: StageForm, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the act takes of it."""
    return {p["code"]: form[p["code"]].data for p in parts}


class HandIn(StageForm):
    """Which of the finished remarks go in."""

    chosen = TicksField(N_("Hand in"), required=True)
    agree = YesField(N_("I have read them once more. What is handed in stays as it is."), required=True)


class Remind(StageForm):
    """Whom to remind."""

    seats = TicksField(N_("Remind by e-mail"), required=True, hint=N_("Each gets a mail of the own; the same person at most once a day."))
