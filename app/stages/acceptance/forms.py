"""Forms of acceptance: they check shape only; what the rules ask is asked by the actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.kernel.forms import (
    ChoiceField,
    DateField,
    FileField,
    IntField,
    LineField,
    NoteField,
    PickField,
    StageForm,
    YesField,
)
from app.kernel.words import N_, Face
from app.stages.acceptance.rules import ResultKind
from app.stages.funding.rules import Cause


class SelfEvaluation(StageForm):
    """The overall part; `self_evaluation` adds three fields for each promised product."""

    grade = PickField(N_("Overall grade you give the project"))
    note = NoteField(N_("What else the council should know"), max=10_000, rows=5, hint=N_("Use of the results, effects, difficulties, what deviates from the contract."))


def self_evaluation(lines: Sequence[Any], levels: Mapping[str, str], **kw: Any) -> StageForm:
    """The form for these products; fields quantity_N, quality_N, level_N of product N come first."""
    choices = list(levels.items())
    parts: dict[str, Any] = {}
    for line in lines:
        n = line.position
        parts[f"quantity_{n}"] = LineField(N_("Quantity delivered"), max=300)
        parts[f"quality_{n}"] = NoteField(N_("Quality reached"), max=5000, rows=3, hint=N_("Against each figure of the contract."))
        parts[f"level_{n}"] = PickField(N_("Your rating of this product"), choices=choices)
    form = type("SelfEvaluationOf", (SelfEvaluation,), parts)(**kw)
    form.grade.choices = choices
    return form


class Attach(StageForm):
    kind = PickField(N_("Kind of document"), required=True)
    file = FileField(N_("File"), required=True)


class Remove(StageForm):
    """Takes something out."""


class Submit(StageForm):
    attest = YesField(N_("The dossier is complete and true; the host answers for it."), required=True)


class DossierAnswer(Face):
    """The answers to a dossier."""

    VALID = "valid", N_("The dossier is valid"), "green"
    RETURN = "return", N_("Return it for completion"), "amber"


class Review(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=DossierAnswer, required=True)
    remark = NoteField(N_("Remark for the host"), max=5000, rows=4, sometimes=True, hint=N_("Printed on the answer. Needed when you return the dossier: say what is missing."))


class PutToCouncil(StageForm):
    title = LineField(N_("Title of the council"), required=True, max=500)


class RequireRevision(StageForm):
    what = NoteField(N_("What is to be edited, one point a line"), required=True, max=10_000, rows=8, hint=N_("The chair ticks each point later. The members' remarks are there to begin with."))


def revision(points: Sequence[Any], **kw: Any) -> StageForm:
    """The form of the host's answers: answer_N for each point that is open, then what else is to be said, and the report."""
    parts: dict[str, Any] = {f"answer_{p.position}": NoteField(N_("What was edited, and where"), required=True, max=5000, rows=3) for p in points}
    parts["note"] = NoteField(N_("What else was revised"), max=10_000, rows=4, required=not points)
    parts["file"] = FileField(N_("Revised report"), hint=N_("Kept beside the dossier."))
    return type("Revise", (StageForm,), parts)(**kw)


def ticks(points: Sequence[Any], **kw: Any) -> StageForm:
    """The chair's form: done_N and open_N for each point."""
    parts: dict[str, Any] = {}
    for p in points:
        parts[f"done_{p.position}"] = YesField(N_("It is edited"))
        parts[f"open_{p.position}"] = NoteField(N_("What is still open"), max=2000, rows=2)
    return type("Ticks", (StageForm,), parts)(**kw)


class RevisionAnswer(Face):
    """The answers to a revised report."""

    CONFIRM = "confirm", N_("Confirm the revised report"), "green"
    REFUSE = "refuse", N_("Return it: something is still open"), "amber"


class ReviewRevision(StageForm):
    answer = ChoiceField(N_("How do you decide?"), enum=RevisionAnswer, required=True)
    chair_name = LineField(N_("Chair who agreed"), max=200, sometimes=True, hint=N_("Only for a chair who agreed on paper."))
    chair_agreed_on = DateField(N_("The chair agreed on"), sometimes=True, hint=N_("Only for a chair who agreed on paper."))
    paper = FileField(N_("The paper that the chair signed"), sometimes=True, hint=N_("Only for a chair who agreed on paper."))
    remark = NoteField(N_("What is still open"), max=5000, rows=4, sometimes=True, hint=N_("Needed when you return it."))


class AddResult(StageForm):
    title = LineField(N_("Title of the result"), required=True, max=500)
    kind = ChoiceField(N_("Kind of result"), enum=ResultKind, required=True)


class Describe(StageForm):
    title = LineField(N_("Title of the result"), required=True, max=500)
    title_en = LineField(N_("Title in English"), max=500)
    kind = ChoiceField(N_("Kind of result"), enum=ResultKind, required=True)
    item = PickField(N_("Priority item it serves"), required=True, blank=False)
    quantity = LineField(N_("Quantity, scale"), max=300)
    quality = NoteField(N_("Quality, technical figures"), max=5000, rows=3)
    summary = NoteField(N_("Summary"), required=True, max=10_000, rows=8, hint=N_("What it is, what it does, for whom. It may be published later."))
    summary_en = NoteField(N_("Summary in English"), max=10_000, rows=5)

    @classmethod
    def of(cls, row: Any) -> Describe:
        """The form with what is known of this result. (With `obj=` its `item` would be the row, which is no choice.)"""
        known = ("title", "title_en", "kind", "quantity", "quality", "summary", "summary_en", "version")
        return cls(data={name: getattr(row, name) for name in known} | {"item": row.item.public_id})


EXTRA_MEMBERS = 3


def shares(members: Sequence[str], **kw: Any) -> StageForm:
    """The form of shares: percent_N for each known member, then name and percent of a few more."""
    parts: dict[str, Any] = {}
    for n, name in enumerate(members, start=1):
        parts[f"percent_{n}"] = IntField(name, min=0, max=100)
    for n in range(1, EXTRA_MEMBERS + 1):
        parts[f"extra_name_{n}"] = LineField(N_("Another member"), max=200)
        parts[f"extra_percent_{n}"] = IntField(N_("Share in percent"), min=0, max=100)
    return type("Shares", (StageForm,), parts)(**kw)


class Register(StageForm):
    number = LineField(N_("Number of the certificate"), required=True, max=64)
    dated = DateField(N_("Date of the certificate"), required=True)
    attest = YesField(N_("I have compared the result with the certificate. After this it cannot be changed."), required=True)


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=5000, rows=4)


class Recognise(StageForm):
    number = LineField(N_("Number of the decision"), required=True, max=64)
    dated = DateField(N_("Date of the decision"), required=True)
    remark = NoteField(N_("Remark that is printed"), max=2000, rows=3)
    attest = YesField(N_("I have read the council's rating and recognise the results."), required=True)


class Fail(StageForm):
    cause = ChoiceField(N_("Cause"), enum=Cause, required=True, hint=N_("It decides which share of the used money must be paid back."))
    reason = NoteField(N_("Reason that is printed"), required=True, max=5000, rows=4)
    number = LineField(N_("Number of the decision"), required=True, max=64)
    dated = DateField(N_("Date of the decision"), required=True)
    bar = YesField(N_("Bar investigator and host from applying for the years of the rulebook"))
    attest = YesField(N_("I have read the council's rating and close the project as not accepted."), required=True)
