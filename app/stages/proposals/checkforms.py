"""Forms of the check: the checklist of one dossier, requests to add something and their answers, comparisons with earlier work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms import HiddenField

from app.kernel.forms import (
    ChoiceField,
    FileField,
    LineField,
    NoteField,
    StageForm,
    TicksField,
)
from app.kernel.words import N_
from app.stages.proposals.checkmodels import Likeness, Outcome, Remedy
from app.stages.proposals.eligibility import Standing, Told, Verdict, Wanted
from app.stages.proposals.remedies import LONGEST_ANSWER


class VerdictField(ChoiceField):
    """Met or not, once chosen; what the system is sure of is chosen already."""


class Checklist(StageForm):
    """One verdict and remark a line; `seen_<line>` is the number of the judgement that the page showed."""

    outcome = ChoiceField(N_("Is the dossier eligible?"), enum=Outcome, sometimes=True)
    reason = NoteField(N_("Reason or remark"), max=2000, sometimes=True, hint=N_("Needed when it is not eligible. The applicant will read it."))

    codes: Sequence[str] = ()

    @property
    def wish(self) -> str:
        """Which of the buttons was pressed."""
        return request.form.get("wish", "")

    def parts(self, code: str) -> tuple[Any, Any]:
        """The verdict and the remark of one line."""
        return self[f"verdict_{code}"], self[f"remark_{code}"]

    def told(self) -> dict[str, Told]:
        """What was said, line by line."""
        found = {}
        for code in self.codes:
            verdict, remark = self.parts(code)
            seen = str(self[f"seen_{code}"].data or "0")
            found[code] = Told(Verdict(verdict.data) if verdict.data else None, remark.data or "", int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0)
        return found

    def renew(self, standings: Sequence[Standing]) -> None:
        """The page shows what stands now: sending it again says so."""
        for found in standings:
            self[f"seen_{found.line.code}"].data = str(found.judged.number if found.judged else 0)


def checklist_form(standings: Sequence[Standing], version: int) -> Checklist:
    """The form for these lines, as they stand."""
    fields: dict[str, Any] = {"codes": [s.line.code for s in standings]}
    data: dict[str, Any] = {"version": version}
    for found in standings:
        code = found.line.code
        fields |= {f"verdict_{code}": VerdictField(N_("Verdict"), enum=Verdict, sometimes=True), f"seen_{code}": HiddenField(),
                   f"remark_{code}": LineField(N_("Remark"), max=1000, sometimes=True)}  # fmt: skip
        data |= {f"verdict_{code}": found.verdict, f"remark_{code}": (found.judged.remark if found.judged else None) or "",
                 f"seen_{code}": str(found.judged.number if found.judged else 0)}  # fmt: skip
    form: Checklist = type("ChecklistOf", (Checklist,), fields)(data=data)
    for found in standings:
        for field in form.parts(found.line.code):
            field.label.text = f"{field.label.text}: {found.line.label}"
    return form


class AskRemedy(StageForm):
    documents = TicksField(N_("Documents to be added"))
    explanations = NoteField(N_("What is to be explained or put right"), max=8000, rows=4, hint=N_("One thing a line. The applicant answers each of them."))
    note = NoteField(N_("Remark to the applicant"), max=2000, rows=3)

    def wanted(self, names: Mapping[str, str]) -> list[Wanted]:
        """What was ticked and written, in order."""
        asked = [Wanted(names[code], code) for code in self.documents.data or [] if code in names]
        return asked + [Wanted(" ".join(line.split())) for line in (self.explanations.data or "").split("\n") if line.strip()][:20]


class Answer(StageForm):
    """An explanation and a file for each thing asked for."""

    positions: Sequence[int] = ()

    @property
    def wish(self) -> str:
        """Which of the buttons was pressed."""
        return request.form.get("wish", "")

    def texts(self) -> dict[int, str]:
        return {n: self[f"answer_{n}"].data or "" for n in self.positions}

    def uploads(self) -> dict[int, Any]:
        return {n: self[f"file_{n}"].data for n in self.positions}


def answer_form(remedy: Remedy, attached: Sequence[Any]) -> Answer:
    """The form for what this request asks."""
    fields: dict[str, Any] = {"positions": [item.position for item in remedy.items],
                              "take_out": TicksField(N_("Files to take out again"))}  # fmt: skip
    data: dict[str, Any] = {"version": remedy.version}
    for item in remedy.items:
        label = N_("Remark") if item.document else N_("Your explanation")
        fields[f"answer_{item.position}"] = NoteField(label, max=LONGEST_ANSWER, rows=3 if item.document else 6, sometimes=not item.document)
        fields[f"file_{item.position}"] = FileField(N_("File"), sometimes=bool(item.document))
        data[f"answer_{item.position}"] = item.answer or ""
    form: Answer = type("AnswerOf", (Answer,), fields)(data=data)
    form["take_out"].choices = [(a.public_id, a.filename) for a in attached]  # type: ignore[attr-defined]
    return form


class TakeBack(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("The applicant will read it."))


class Compare(StageForm):
    likeness = ChoiceField(N_("What do you find?"), enum=Likeness, required=True)
    reason = NoteField(N_("Reason"), required=True, max=4000, rows=4, hint=N_("The council reads it."))


