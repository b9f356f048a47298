"""The officer's forms: a section, a question, checks, a new version, putting in force, discarding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self

from flask_babel import gettext as _

from app.kernel.errors import Incomplete
from app.kernel.forms import (
    ChoiceField,
    DateField,
    IntField,
    LineField,
    NoteField,
    PickField,
    StageForm,
    TicksField,
    YesField,
)
from app.kernel.words import N_
from app.services.questionnaires import queries, rows
from app.services.questionnaires.answering import value_of
from app.services.questionnaires.forms import SheetForm
from app.services.questionnaires.kinds import Formula
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import (
    COMPARED,
    EQUAL,
    LONGEST_HINT,
    LONGEST_LABEL,
    MOST_ROWS,
    NUMBERS,
    CheckKind,
    Kind,
    Operator,
    Source,
    question_of,
    questions,
    said,
    section_of,
)
from app.services.rulebook.rules import Mark


class Plain(StageForm):
    """A button."""


class Create(StageForm):
    """A form that was not there."""

    code = LineField(N_("Code"), required=True, max=40, hint=N_("Small letters, digits and “_”. It cannot be changed later."))
    name_vi = LineField(N_("Name in Vietnamese"), required=True, max=200)
    name_en = LineField(N_("Name in English"), required=True, max=200)
    purpose = NoteField(N_("What it is for"), required=True, max=1000, rows=3, hint=N_("Who fills it in, and when."))
    source = LineField(N_("Document or reason for the first version"), required=True, max=500)


class Draft(StageForm):
    source = LineField(N_("Document or reason for the new version"), required=True, max=500)


class Discard(StageForm):
    reason = NoteField(N_("Reason"), required=True, max=2000, rows=3)


class PutInForce(StageForm):
    document_number = LineField(N_("Number of the document that issues the form"), required=True, max=60, hint=N_("For example 1234/QĐ-UBND."))
    document_date = DateField(N_("Date of the document"), required=True)
    valid_from = DateField(N_("Used from"), required=True, hint=N_("Records that are begun on this day or later get this version. Those begun before keep theirs."))
    source = LineField(N_("Source"), required=True, max=500)
    mark = ChoiceField(N_("Mark"), enum=Mark, required=True, hint=N_("How well this wording is known to be the one that the document asks for. It is shown wherever the form is filled in."))
    agree = YesField(N_("I have read the form and the difference. From now on it cannot be changed."), required=True)


class Section(StageForm):
    """One section."""

    code = LineField(N_("Code"), required=True, max=40, hint=N_("Small letters, digits and “_”. Answers are kept under it."))
    number = LineField(N_("Number"), max=10, hint=N_("As printed, for example 13."))
    label_vi = LineField(N_("Title in Vietnamese"), required=True, max=LONGEST_LABEL)
    label_en = LineField(N_("Title in English"), required=True, max=LONGEST_LABEL)
    hint_vi = NoteField(N_("Hint in Vietnamese"), max=LONGEST_HINT, rows=2)
    hint_en = NoteField(N_("Hint in English"), max=LONGEST_HINT, rows=2)

    @classmethod
    def of(cls, version: FormVersion, code: str | None) -> Self:
        """The form with a section of the version, or an empty one."""
        row = section_of(version.definition, code) if code else None
        data = {"version": version.version} | (_worded(row) | {"code": row["code"], "number": row.get("number")} if row else {})
        return cls(data=data)

    def values(self) -> dict[str, Any]:
        """The section as the definition keeps it, without its questions."""
        return {"code": self.code.data, "number": self.number.data, "label": _both(self.label_vi, self.label_en), "hint": _hint(self)}


class Question(SheetForm):
    """One question. Which limits count depends on its type."""

    section = PickField(N_("Section"), required=True)
    code = LineField(N_("Code"), required=True, max=40, hint=N_("Small letters, digits and “_”. Answers are kept under it."))
    type = PickField(N_("Type"), required=True)
    label_vi = LineField(N_("Label in Vietnamese"), required=True, max=LONGEST_LABEL)
    label_en = LineField(N_("Label in English"), required=True, max=LONGEST_LABEL)
    hint_vi = NoteField(N_("Hint in Vietnamese"), max=LONGEST_HINT, rows=2)
    hint_en = NoteField(N_("Hint in English"), max=LONGEST_HINT, rows=2)
    required = YesField(N_("Needed to submit"))
    max_words = IntField(N_("Most words"), min=1, max=5_000, hint=N_("For texts."))
    min = IntField(N_("Least"), min=0, max=10**13, hint=N_("For numbers and amounts."))
    max = IntField(N_("Most"), min=0, max=10**13, hint=N_("Most characters of a text; the highest number or amount."))
    list = PickField(N_("List of choices"), hint=N_("For “one of” and “any of”: a list of the rulebook, or choices of your own below."))
    min_rows = IntField(N_("Least rows"), min=0, max=MOST_ROWS)
    max_rows = IntField(N_("Most rows"), min=1, max=MOST_ROWS)
    when_question = PickField(N_("Asked only when the answer to"), hint=N_("A question that comes before this one."))
    when_op = PickField(N_("… is so"))
    when_value = LineField(N_("… compared with"), max=100, hint=N_("A number, yes or no, or the code of a choice."))
    prefill = PickField(N_("Filled beforehand from"))
    formula = PickField(N_("Calculated as"), hint=N_("For a calculated value: nobody fills it in, and it is worked out wherever the form is shown."))
    formula_terms = LineField(N_("Calculated from"), max=900, hint=N_("Codes of questions before this one, separated by commas; table.column for a column. Of a share the part comes first, then the whole."))

    @classmethod
    def of(cls, version: FormVersion, code: str | None, lang: str, section: str | None = None) -> Self:
        """The form with a question of the version, or an empty one for a section."""
        row = question_of(version.definition, code) if code else None
        form = cls(rows.sheet_of(row or {}, lang), data={"version": version.version, "section": section} | (_question_data(version, row) if row else {}))
        form.known, form.definition = row or {}, version.definition
        form.section.choices = [(s["code"], f"{s.get('number', '')}. {said(s['label'], lang)}".lstrip(". ")) for s in version.definition["sections"]]
        form.type.choices = [(str(k), _(k.label)) for k in Kind]
        form.list.choices = [(name, name) for name in queries.list_names()]
        form.when_question.choices = [(q["code"], said(q["label"], lang)) for q in questions(version.definition) if q["type"] not in (Kind.TABLE, Kind.CALCULATED) and q["code"] != code]
        form.when_op.choices = [(str(o), _(o.label)) for o in Operator]
        form.prefill.choices = [(str(s), _(s.label)) for s in Source]
        form.formula.choices = [(str(f), _(f.label)) for f in Formula]
        return form

    def validate(self, *args: Any, **kw: Any) -> bool:
        fits = super(SheetForm, self).validate(*args, **kw)
        self.sheet.judge()
        rows.judge(self.sheet, self.type.data)
        return fits and not self.sheet.errors

    known: Mapping[str, Any] = {}
    definition: Mapping[str, Any] = {"sections": []}

    def values(self) -> dict[str, Any]:
        """The question as the definition keeps it."""
        kind = Kind(self.type.data)
        made: dict[str, Any] = {"code": self.code.data, "type": str(kind), "label": _both(self.label_vi, self.label_en), "hint": _hint(self),
                                "required": bool(self.required.data), "prefill": self.prefill.data}  # fmt: skip
        for name in ("max_words", "min", "max", "min_rows", "max_rows"):
            made[name] = self[name].data
        if kind in (Kind.ONE, Kind.MANY):
            made |= {"list": self.list.data} if self.list.data else {"options": rows.options(self.sheet)}
        if kind == Kind.TABLE:
            made["columns"] = rows.columns(self.sheet, self.known.get("columns") or [])
        if self.formula.data or self.formula_terms.data:
            made["formula"] = self._formula()
        if self.when_question.data or self.when_op.data or self.when_value.data:
            made["when"] = self._condition()
        return {k: v for k, v in made.items() if v not in (None, "", [], {}) and v is not False}

    def _formula(self) -> dict[str, Any]:
        """The formula as the definition keeps it. Raises Incomplete for half a one."""
        if not self.formula.data:
            raise Incomplete(N_("Please choose how the value is calculated, or leave both fields empty."), field="formula")
        return {"kind": self.formula.data, "terms": [t.strip() for t in (self.formula_terms.data or "").split(",") if t.strip()]}

    def _condition(self) -> dict[str, Any]:
        """The condition as the definition keeps it. Raises Incomplete for half a condition."""
        if not self.when_question.data:
            raise Incomplete(N_("Please say to which question the condition looks, or leave the whole condition empty."), field="when_question")
        if not self.when_op.data:
            raise Incomplete(N_("Please say how that answer must be, or leave the whole condition empty."), field="when_op")
        return {"question": self.when_question.data, "op": self.when_op.data} | self._wanted()

    def _wanted(self) -> dict[str, Any]:
        text = self.when_value.data or ""
        if self.when_op.data in COMPARED:
            bare = text.replace(".", "").replace(" ", "")
            if not re.fullmatch(r"[0-9]{1,15}", bare):
                raise Incomplete(N_("Please write a whole number, for example 12."), field="when_value")
            return {"value": int(bare)}
        if self.when_op.data not in EQUAL:
            return {}
        other = question_of(self.definition, self.when_question.data)
        plain = other is None or other["type"] not in (*NUMBERS, Kind.DATE)
        return {"value": text if plain else value_of(Kind(other["type"]), text)}  # type: ignore[index]


class Checks(StageForm):
    """Checks between answers: take some out, add one."""

    keep = TicksField(N_("Checks that stay"))
    kind = PickField(N_("Add a check"))
    terms = LineField(N_("Questions"), max=400, hint=N_("Codes, separated by commas; table.column for a column. The last is the total, the later day, or the limit."))

    @classmethod
    def of(cls, version: FormVersion) -> Self:
        """The form with the checks that are there."""
        rows = version.definition.get("checks") or []
        form = cls(data={"version": version.version, "keep": [str(n) for n in range(len(rows))]})
        form.keep.choices = [(str(n), f"{_(CheckKind(c['kind']).label)}: {', '.join(terms_of(c))}") for n, c in enumerate(rows)]
        form.kind.choices = [(str(k), _(k.label)) for k in CheckKind]
        return form

    def values(self, version: FormVersion) -> list[dict[str, Any]]:
        """The checks as the definition keeps them."""
        rows = [c for n, c in enumerate(version.definition.get("checks") or []) if str(n) in (self.keep.data or [])]
        if self.kind.data:
            terms = [t.strip() for t in (self.terms.data or "").split(",") if t.strip()]
            if len(terms) < 2 or (self.kind.data != CheckKind.SUM and len(terms) != 2):
                raise Incomplete(N_("Please name two questions; for a sum the parts and then the total."), field="terms")
            made = {"parts": terms[:-1], "total": terms[-1]} if self.kind.data == CheckKind.SUM else {"first": terms[0], "second": terms[1]}
            rows.append({"kind": self.kind.data} | made)
        return rows


def terms_of(check: Mapping[str, Any]) -> list[str]:
    """The questions that a check names, the total or limit last."""
    return [*check["parts"], check["total"]] if check["kind"] == CheckKind.SUM else [check["first"], check["second"]]


def _both(vi: LineField, en: LineField) -> dict[str, str]:
    return {"vi": vi.data or "", "en": en.data or ""}


def _hint(form: Any) -> dict[str, str] | None:
    return _both(form.hint_vi, form.hint_en) if form.hint_vi.data or form.hint_en.data else None


def _worded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{name}_{lang}": (row.get(name) or {}).get(lang) for name in ("label", "hint") for lang in ("vi", "en")}


def _question_data(version: FormVersion, row: Mapping[str, Any]) -> dict[str, Any]:
    home = next(s["code"] for s in version.definition["sections"] if row in s["questions"])
    when, formula = row.get("when") or {}, row.get("formula") or {}
    plain = {name: row.get(name) for name in ("code", "type", "required", "max_words", "min", "max", "list", "min_rows", "max_rows", "prefill")}
    return plain | _worded(row) | {
        "section": home, "formula": formula.get("kind"), "formula_terms": ", ".join(formula.get("terms") or []),
        "when_question": when.get("question"), "when_op": when.get("op"), "when_value": None if when.get("value") is None else str(when["value"]),
    }  # fmt: skip
