"""Forms of councils: a seat, time and place, the decision, the declaration, attendance, a ballot, the conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms import HiddenField

from app.kernel.forms import (
    ChoiceField,
    DateField,
    IntField,
    LineField,
    MomentField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
    YesField,
)
from app.kernel.words import N_
from app.services.councils.actions import Verdict
from app.services.councils.counting import exact, plain
from app.services.councils.models import AgendaItem, Council
from app.services.councils.procedures import Question, Words
from app.services.councils.rules import SeatRole
from app.services.experts import queries as pool
from app.services.people.models import User

FEW = 10  # marks up to this are radio buttons


def in_words(words: Words) -> str:
    """A text of the rules in the reader's language."""
    return words.get(str(get_locale())) or words["vi"]


def said(cell: str | Words) -> str:
    """A cell of a count in the reader's language."""
    return cell if isinstance(cell, str) else in_words(cell)


def experts(people: Sequence[User], load: dict[int, int]) -> list[tuple[str, str]]:
    """Experts to choose from, each with bodies and the number of councils."""
    bodies = pool.bodies_of(people)
    return [(u.public_id, _("%(name)s (%(bodies)s; councils: %(n)s)", name=u.name, bodies=bodies[u.id] or "–", n=load.get(u.id, 0)))
            for u in people]  # fmt: skip


class Appoint(StageForm):
    """A person for a seat."""

    user = PickField(N_("Expert"), required=True)
    role = ChoiceField(N_("Role in the council"), enum=SeatRole, required=True)
    explanation = NoteField(N_("Why this person sits although the rules ask for an explanation"), max=1000, rows=2)

    @classmethod
    def of(cls, council: Council, people: Sequence[User], load: dict[int, int]) -> Appoint:
        """The form with the experts who have no seat, and how many councils each sits on."""
        form = cls(data={"version": council.version, "role": SeatRole.MEMBER})
        form.user.choices = experts(people, load)
        return form


class Schedule(StageForm):
    meets_at = MomentField(N_("Session"), required=True, hint=N_("Vietnamese time."))
    place = LineField(N_("Place"), required=True, max=300, hint=N_("A room, an address for an online meeting, or both."))


class Establish(StageForm):
    number = LineField(N_("Number of the decision"), required=True, max=60, hint=N_("For example 45/QĐ-SKHCN."))
    dated = DateField(N_("Date of the decision"), required=True)
    agree = YesField(N_("I have checked members, agenda, time and place."), required=True)


class Replace(StageForm):
    """Another person for a seat, by decision."""

    user = PickField(N_("Expert"), required=True)
    number = LineField(N_("Number of the decision"), required=True, max=60, hint=N_("For example 45/QĐ-SKHCN."))
    dated = DateField(N_("Date of the decision"), required=True)
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("Printed in the decision."))
    explanation = NoteField(N_("Why this person sits although the rules ask for an explanation"), max=1000, rows=2)


class Dissolve(StageForm):
    """The end of an established council, by decision."""

    number = LineField(N_("Number of the decision"), required=True, max=60, hint=N_("For example 45/QĐ-SKHCN."))
    dated = DateField(N_("Date of the decision"), required=True)
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("Printed in the decision."))


class Adjourn(Schedule):
    """Another session, and why."""

    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3, hint=N_("Printed in the minutes."))


class Reason(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)


class Chase(StageForm):
    """Whom to remind, over all councils."""

    rows = TicksField(N_("Remind by e-mail"), required=True)


class Plain(StageForm):
    """A button."""


class Declare(StageForm):
    """Conflicts of one member with the items of the agenda."""

    items = TicksField(N_("I have a conflict of interest with"), hint=N_("Leave everything unticked when you have none. You will be out of the items that you tick."))
    reason = NoteField(N_("What the conflict is"), max=1000, rows=2)
    agree = YesField(N_("This declaration is true and complete. I keep what I read and hear here confidential."), required=True)

    @classmethod
    def of(cls, agenda: Sequence[AgendaItem], known: Sequence[str] = ()) -> Declare:
        """The form with these items; those with a known conflict are ticked."""
        form = cls(data={"items": list(known)})
        form.items.choices = [(item.public_id, item.title) for item in agenda]
        return form


class Attend(StageForm):
    """Who is here."""

    present = TicksField(N_("Present"), hint=N_("Only members who have declared can be noted as present."))
    secretary = PickField(N_("Elected to keep this session as its secretary"), sometimes=True, hint=N_("Only when the scientific secretary is absent: the council elects one of the members present. Who is elected signs the minutes."))

    @classmethod
    def of(cls, council: Council) -> Attend:
        """The form as attendance stands."""
        form = cls(data={"present": [s.public_id for s in council.seats if s.present], "secretary": council.secretary_pid, "version": council.version})
        form.secretary.choices = [(s.public_id, s.user.name) for s in council.seats if s.role != SeatRole.SECRETARY]
        waits = _("has not declared yet")
        form.present.choices = [(s.public_id, f"{s.user.name} · {_(s.role.label)}" + ("" if s.declared_at else f" · {waits}")) for s in council.seats]
        return form


class Conclude(StageForm):
    conclusion = NoteField(N_("What the council concluded"), required=True, max=10_000, rows=6, hint=N_("Printed in the minutes."))
    chosen = PickField(N_("Recommended among equal results"))
    reason = NoteField(N_("Reason that the council voted"), max=2000, rows=2)
    agree = YesField(N_("The session is over. The results are final."), required=True)


VERDICTS = (("approve", N_("Recommended for approval")), ("revise", N_("Recommended for approval after revision")))


def conclude_form(points: Sequence[tuple[AgendaItem, Question]], *, revises: bool = False, **kw: Any) -> Conclude:
    """The form with a choice and a reason for each point that the votes left open, and the verdict on what is recommended."""
    fields: dict[str, Any] = {}
    if revises:
        fields["outcome"] = ChoiceField(N_("What is recommended"), required=True, choices=[(code, _(words)) for code, words in VERDICTS])
        fields["revise_by"] = DateField(N_("Revision due by"), sometimes=True, hint=N_("Only for an approval after revision."))
        fields["changes"] = NoteField(N_("What is to be revised"), max=4000, rows=3, sometimes=True, hint=N_("Printed in the minutes; the applicant reads it."))
    for item, q in points:
        fields[f"open_{item.position}_{q.code}"] = ChoiceField(f"{item.position}. {in_words(q.label)}", required=True, choices=[(c, in_words(w)) for c, w in q.choices])
        fields[f"open_{item.position}_reason"] = NoteField(N_("Reason that the council voted"), required=True, max=2000, rows=2)
    form: Conclude = type("ConcludeOpen", (Conclude,), fields)(**kw)
    return form


def verdict_in(form: Conclude) -> Verdict | None:
    """The verdict, where the form asks for one."""
    return Verdict(form["outcome"].data, form["revise_by"].data, form["changes"].data) if "outcome" in form else None


def settled_in(form: Conclude, points: Sequence[tuple[AgendaItem, Question]]) -> dict[str, dict[str, Any]]:
    """What the act takes of it."""
    found: dict[str, dict[str, Any]] = {}
    for item, q in points:
        found.setdefault(item.public_id, {"reason": form[f"open_{item.position}_reason"].data})[q.code] = form[f"open_{item.position}_{q.code}"].data
    return found


def ballot_form(questions: Sequence[Question], *, filled: dict[str, Any] | None = None) -> StageForm:
    """The ballot for these questions, with a tick that makes it final."""
    fields: dict[str, Any] = {q.code: _field(q) for q in questions}
    fields["checked"] = HiddenField()
    fields["agree"] = YesField(N_("I have read the result of my sheet. My ballot is final and goes into the sealed box."))
    form: StageForm = type("Ballot", (StageForm,), fields)(data=_as_typed(questions, filled or {}))
    return form


def copy_form(questions: Sequence[Question]) -> StageForm:
    """The questions once more: for a member who checks the own copy."""
    form: StageForm = type("Copy", (StageForm,), {q.code: _field(q) for q in questions})()
    return form


class WhatIf(StageForm):
    """A past council, and another value of a rule."""

    council = PickField(N_("Past council"), required=True, blank=False)
    value = HiddenField()

    @classmethod
    def of(cls, past: Sequence[Council], value: str) -> WhatIf:
        """The form with the councils that froze the rule."""
        form = cls(data={"value": value, "council": past[0].public_id if past else None})
        form.council.choices = [(c.public_id, f"{c.decision_number or '–'} · {c.title[:90]}") for c in past]
        if form.is_submitted() and not form.council.data and past:  # sent from the rulebook, where no council is named
            form.council.data = past[0].public_id
        return form


class Tellers(StageForm):
    """The counting team."""

    team = TicksField(N_("Counting team"), required=True)

    @classmethod
    def of(cls, people: Sequence[User], chosen: Sequence[str]) -> Tellers:
        """The form with who may be elected."""
        form = cls(data={"team": list(chosen)})
        form.team.choices = [(u.public_id, u.name) for u in people]
        return form


def paper_form(questions: Sequence[Question], reasons: Sequence[tuple[str, str]], filled: dict[str, Any]) -> StageForm:
    """A paper ballot as it is: nothing is required, nothing is out of range; what is wrong with it makes it invalid, by rule."""
    fields: dict[str, Any] = {}
    for q in questions:
        label = in_words(q.label)
        if q.kind == "mark":
            fields[q.code] = LineField(label, max=20, sometimes=True)
        elif q.kind == "choice":
            fields[q.code] = PickField(label, sometimes=True, choices=[(code, in_words(words)) for code, words in q.choices])
        else:
            fields[q.code] = NoteField(label, max=4000, rows=2, sometimes=True)
    fields["defect"] = PickField(N_("What is wrong with the paper itself"), choices=list(reasons), hint=N_("Only when it is no ballot of this council or cannot be read."))
    form: StageForm = type("Paper", (StageForm,), fields)(data={k: str(v) for k, v in filled.items()})
    return form


def defects(rules: Any, *, by_tellers: bool = False) -> list[tuple[str, str]]:
    """Why ballots are not valid, by rule, in the reader's language; councils of before froze no such rule."""
    rule = rules.get("councils.invalid_ballots", {"reasons": [], "by_tellers": []})
    return [(r["code"], in_words(r)) for r in rule["reasons"] if not by_tellers or r["code"] in rule["by_tellers"]]


def shown_answer(questions: Sequence[Question], reasons: Sequence[tuple[str, str]], code: str, value: Any) -> str:
    """One answer in the reader's language."""
    if code == "defect":
        return dict(reasons).get(value, "–")
    return next((said for q, (_label, said) in zip(questions, answered(questions, {code: value}), strict=True) if q.code == code), "–")


def _as_typed(questions: Sequence[Question], filled: dict[str, Any]) -> dict[str, Any]:
    """Answers as fields take them: a mark that is chosen from buttons is text there."""
    return {q.code: str(filled[q.code]) if _buttons(q) else filled[q.code] for q in questions if filled.get(q.code) is not None}


def _buttons(q: Question) -> bool:
    """Is the mark chosen from buttons? What may be left out is a line: a radio button cannot be taken back."""
    return q.kind == "mark" and q.required and q.top <= FEW and tuple(q.step) == (1, 1)


def answered(questions: Sequence[Question], content: dict[str, Any]) -> list[tuple[str, str]]:
    """What a ballot says, question by question, in the reader's language."""
    lines = []
    for q in questions:
        value = content.get(q.code)
        chosen = next((in_words(words) for code, words in q.choices if code == value), None)
        label = f"{in_words(q.heading)}: {in_words(q.label)}" if q.heading else in_words(q.label)
        lines.append((label, chosen or ("–" if value in (None, "") else str(value))))
    return lines


def _field(q: Question) -> Any:
    label = in_words(q.label)
    if _buttons(q):
        return ChoiceField(label, required=True, choices=[(str(n), f"{n} – {in_words(q.meanings[n])}" if n in q.meanings else str(n)) for n in range(q.low, q.top + 1)])
    if q.kind == "mark" and tuple(q.step) == (1, 1):
        return IntField(label, required=q.required, min=q.low, max=q.top)
    if q.kind == "mark":  # 9,5 and 9.5 are the same mark; what cannot be read is refused by the act, beside the field
        return LineField(label, required=q.required, max=20)
    if q.kind == "choice":
        return ChoiceField(label, required=q.required, choices=[(code, in_words(words)) for code, words in q.choices])
    return NoteField(label, required=q.required, max=4000, rows=3)


def answers(form: StageForm, questions: Sequence[Question]) -> dict[str, Any]:
    """What was answered, as the act takes it: marks are numbers."""
    found = {q.code: form[q.code].data for q in questions}
    return {q.code: _read(v) if q.kind == "mark" else v for q in questions if (v := found[q.code]) not in (None, "")}


def _read(mark: Any) -> Any:
    """A mark as it is stored, when it can be read."""
    value = exact(mark)
    return mark if value is None else plain(value)
