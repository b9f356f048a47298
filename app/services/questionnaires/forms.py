"""A form whose questions come from a definition: what the macro of `questionnaires/_sheet.html` shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _

from app.kernel import clock
from app.kernel.errors import Incomplete, Refused
from app.kernel.forms import StageForm
from app.kernel.web import sentence_of
from app.services.questionnaires import filing, queries
from app.services.questionnaires.answering import (
    ROWS,
    SHORTEST_MAX,
    Fault,
    calculated,
    has_choices,
    is_empty,
    list_of,
    read,
    shown,
    visible,
)
from app.services.questionnaires.kinds import Formula
from app.services.questionnaires.rules import (
    TEXTS,
    Definition,
    Kind,
    Operator,
    question_of,
    questions,
    said,
)


@dataclass
class Control:
    """One question (or one cell) as it is shown: `name` is its control's name and id."""

    name: str
    kind: str
    label: str
    hint: str
    required: bool
    value: Any
    errors: list[str] = field(default_factory=list)
    choices: list[tuple[str, str, bool]] = field(default_factory=list)
    words: int = 0
    longest: int = 0
    when: Mapping[str, Any] | None = None
    only_when: str = ""
    asked: bool = True
    columns: list[Control] = field(default_factory=list)
    lines: list[list[Control]] = field(default_factory=list)
    model: list[Control] = field(default_factory=list)  # the row that a script copies
    most: int = ROWS
    file: Mapping[str, Any] = field(default_factory=dict)  # the file that is kept as answer: name, size, perhaps pid

    @property
    def told(self) -> str:
        """The answer in words, for pages that only show it."""
        if self.choices:
            named = [label for _value, label, chosen in self.choices if chosen]
            return ", ".join(named) if named else ", ".join(self.value) if isinstance(self.value, list) else self.value
        if self.kind == Kind.YES_NO:
            return {"yes": _("Yes"), "no": _("No")}.get(self.value, "")
        return f"{self.value} đ" if self.kind == Kind.MONEY and self.value else str(self.value)


@dataclass
class Part:
    """One section as it is shown."""

    code: str
    number: str
    label: str
    hint: str
    controls: list[Control]
    flagged: bool = False  # returned: this section is to be completed
    locked: bool = False  # returned: this section stays as it was, it is only shown

    @property
    def title(self) -> str:
        return f"{self.number}. {self.label}" if self.number else self.label

    @property
    def lacking(self) -> list[str]:
        """The labels of the questions of this section that have something wrong."""
        return [c.label for c in self.controls if c.errors or any(cell.errors for line in c.lines for cell in line)]


class Sheet:
    """A definition with answers, lists to choose from and what is wrong, in the language of the page."""

    def __init__(self, definition: Definition, answers: Mapping[str, Any], *, choices: queries.Choices, lang: str, always: Collection[str] = (),
                 flagged: Collection[str] = (), around: tuple[Definition, Mapping[str, Any]] | None = None) -> None:  # fmt: skip
        """`around`: the whole form and its answers, when the definition is only a section of it."""
        self.around = around
        self.definition, self.stored, self.answers = definition, dict(answers), dict(answers)
        self.choices, self.lang, self.always, self.flagged = choices, lang, frozenset(always), set(flagged)
        self.locked: set[str] = set()
        self.errors: dict[str, list[str]] = {}
        self.uploads: dict[str, Any] = {}  # acceptable files that a browser sent, by question; nothing of them is kept yet
        self.taken_out: set[str] = set()
        self._coming: dict[str, Any] = {}
        self._refused: dict[str, str] = {}

    def read(self, posted: Mapping[str, list[str]], files: Mapping[str, Any] | None = None, *, on: date | None = None) -> None:
        """Take over what a browser sent. Files are checked at once, and only kept by `filing.keep`."""
        self.answers |= read(self.definition, posted)
        for code in filing.asked(self.definition):
            upload = (files or {}).get(code)
            if upload is not None and upload.filename and on is not None:
                try:
                    self._coming[code] = filing.checked(upload, on=on)
                    self.uploads[code] = upload
                except Incomplete as refusal:
                    self._refused[code] = sentence_of(refusal)
            elif posted.get(f"{code}-remove"):
                self.taken_out.add(code)

    @property
    def has_files(self) -> bool:
        """Does the form ask for a file?"""
        return bool(filing.asked(self.definition))

    @property
    def present(self) -> dict[str, Any]:
        """The answers as they would be once the files that were sent are kept."""
        return self.answers | dict.fromkeys(self.taken_out) | self._coming

    @property
    def calculated(self) -> dict[str, str]:
        """The calculated values of this sheet as they are shown, by question."""
        whole, answers = self.around or (self.definition, {})
        found = calculated(whole, {**answers, **self.present})
        return {q["code"]: found.get(q["code"], "–") for q in questions(self.definition) if q["type"] == Kind.CALCULATED}

    @property
    def told_back(self) -> dict[str, Any]:
        """What a page that was saved while typing is told of its calculated values."""
        return {"calculated": found} if (found := self.calculated) else {}

    def judge(self, *, complete: bool = False) -> list[Fault]:
        """Note what is wrong, and return it."""
        found = queries.wrong(self.definition, self.present, choices=self.choices, complete=complete, always=self.always)
        self.errors = {code: [text] for code, text in self._refused.items()}
        for fault in found:
            question = question_of(self.definition, fault.code) or {"type": ""}
            why = None if fault.missing or question["type"] == Kind.TABLE else queries.gone_in(list_of(question), self.present.get(fault.code), self.lang)
            self.blame(fault.place, why or self.sentence(fault))
        return found

    def sentence(self, fault: Fault) -> str:
        """A fault in the language of the page."""
        text = _(fault.message)
        return text % fault.params if fault.params else text

    def blame(self, place: str, sentence: str) -> None:
        """Put a sentence beside a question or a cell."""
        told = self.errors.setdefault(place, [])
        if sentence not in told:
            told.append(sentence)

    def knows(self, code: str | None) -> bool:
        """Does the form ask this?"""
        return code is not None and question_of(self.definition, code) is not None

    def change_rows(self, wish: str) -> str | None:
        """Add or remove a row as a button says (`add:table`, `remove:table:3`); the table's code when it was done."""
        verb, _colon, rest = wish.partition(":")
        code, _colon, number = rest.partition(":")
        question = question_of(self.definition, code)
        if question is None or question["type"] != Kind.TABLE:
            return None
        rows = list(self.answers.get(code) or []) if isinstance(self.answers.get(code), list) else []
        if verb == "add" and len(rows) < (question.get("max_rows") or ROWS):
            rows = [*(rows or [{}]), {}]
        elif verb == "remove" and number.isdigit():
            rows = [row for n, row in enumerate(rows) if n != int(number)]
        self.answers[code] = rows
        return code

    @property
    def parts(self) -> list[Part]:
        """The sections, ready to be shown."""
        asked, answers = visible(self.definition, self.present), self.answers | self.calculated
        return [Part(s["code"], s.get("number", ""), said(s["label"], self.lang), said(s.get("hint"), self.lang),
                     [self._control(q, q["code"], answers.get(q["code"]), q["code"] in asked) for q in s["questions"]], s["code"] in self.flagged, s["code"] in self.locked)
                for s in self.definition["sections"]]  # fmt: skip

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(place, label, sentence) of everything that is wrong, in the form's order."""
        labels = {q["code"]: said(q["label"], self.lang) for q in questions(self.definition)}
        order = list(labels)
        rows = [(place, labels[place.partition("-")[0]], text) for place, texts in self.errors.items() for text in texts if place.partition("-")[0] in labels]
        return sorted(rows, key=lambda row: order.index(row[0].partition("-")[0]))

    def overtaken(self) -> list[tuple[str, str]]:
        """(label, what stands now) where what was typed differs from what is stored."""
        rows = []
        for question in questions(self.definition):
            code, kind = question["code"], Kind(question["type"])
            if kind not in (Kind.TABLE, Kind.FILE) and not has_choices(question) and not is_empty(self.stored.get(code)) and self.stored.get(code) != self.answers.get(code):
                rows.append((said(question["label"], self.lang), shown(kind, self.stored[code])))
        return rows

    def _control(self, question: Mapping[str, Any], name: str, value: Any, asked: bool = True) -> Control:
        kind = Kind(question["type"])
        made = Control(name, str(kind), said(question["label"], self.lang), said(question.get("hint"), self.lang), bool(question.get("required") or name in self.always),
                       value if isinstance(value, list) else shown(kind, value), self.errors.get(name, []), asked=asked, when=question.get("when"))  # fmt: skip
        if has_choices(question):
            chosen = {str(v) for v in value} if isinstance(value, list) else {str(value)}
            made.choices = [(v, label, v in chosen) for v, label in self._list(question)]
            if isinstance(value, str) and not any(c[2] for c in made.choices) and (label := queries.name_in(list_of(question), value, self.lang)):
                made.choices.append((value, label, True))  # chosen when it was on the list
        if kind in TEXTS:
            made.words, made.longest = question.get("max_words") or 0, question.get("max") or (SHORTEST_MAX if kind == Kind.SHORT else 0)
        if kind == Kind.FILE:
            made.file = value if isinstance(value, dict) else {}
            made.hint = made.hint or _("PDF, Word (.docx), Excel (.xlsx), PNG or JPEG.")
        if kind == Kind.CALCULATED:
            made.hint = " ".join(filter(None, (made.hint, formula_told((self.around or (self.definition,))[0], question, self.lang))))
        if made.when:
            made.only_when = self._condition(made.when)
        if kind == Kind.TABLE:
            self._rows(made, question, value)
        return made

    def _list(self, question: Mapping[str, Any]) -> list[tuple[str, str]]:
        name = list_of(question)
        return self.choices.get(name, []) if name else [(o["code"], said(o, self.lang)) for o in question["options"]]

    def _rows(self, made: Control, question: Mapping[str, Any], value: Any) -> None:
        made.most = question.get("max_rows") or ROWS
        made.columns = [self._control(c, c["code"], None) for c in question["columns"]]
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        least = max(1, question.get("min_rows") or 0)
        made.lines = [[self._control(c, f"{made.name}-{n}-{c['code']}", row.get(c["code"])) for c in question["columns"]]
                      for n, row in enumerate(rows + [{}] * (least - len(rows)))]  # fmt: skip
        made.model = [self._control(c, f"{made.name}-__n__-{c['code']}", None) for c in question["columns"]]

    def _condition(self, when: Mapping[str, Any]) -> str:
        other = question_of(self.definition, when["question"])
        if other is None:
            return ""
        value = when.get("value", "")
        if has_choices(other):
            value = dict(self._list(other)).get(str(value), value)
        elif other["type"] == Kind.YES_NO:
            value = {"yes": _("Yes"), "no": _("No")}.get(str(value), value)
        elif not isinstance(value, str):
            value = shown(Kind(other["type"]), value)
        bare = when["op"] in (Operator.FILLED, Operator.EMPTY)
        sentence = _("Only when “%(question)s” %(operator)s", question=said(other["label"], self.lang), operator=_(Operator(when["op"]).label))
        return sentence + ("." if bare else f" {value}.")


def formula_told(definition: Definition, question: Mapping[str, Any], lang: str) -> str:
    """How a value is calculated, in the language of the page."""
    formula = question.get("formula") or {}
    names = []
    for term in formula.get("terms") or []:
        code, _dot, column = term.partition(".")
        row = question_of(definition, code) or {}
        cell = next((c for c in row.get("columns") or [] if c["code"] == column), None)
        names.append(f"“{said((cell or row).get('label'), lang) or term}”" + (f" ({said(row['label'], lang)})" if cell else ""))
    if formula.get("kind") == Formula.SHARE and len(names) == 2:
        return _("Calculated by the system: %(part)s as a percentage of %(whole)s, rounded to one decimal; exactly half goes to the even digit.", part=names[0], whole=names[1])
    if formula.get("kind") == Formula.COLUMN:
        return _("Calculated by the system: the sum of the column %(column)s.", column=", ".join(names))
    return _("Calculated by the system: %(sum)s.", sum=" + ".join(names))


class SheetForm(StageForm):
    """A form with a sheet: what its browser sent is read, judged as a draft, and shown again with every refusal in its place."""

    def __init__(self, sheet: Sheet, *args: Any, **kw: Any) -> None:
        self.sheet = sheet
        super().__init__(*args, **kw)
        if self.is_submitted():
            sheet.read(request.form.to_dict(flat=False), request.files, on=clock.today())

    def validate(self, *args: Any, **kw: Any) -> bool:
        fits = super().validate(*args, **kw)
        self.sheet.judge()
        fits = fits and not self.sheet.errors
        if not fits:
            self._ask_again()
        return fits

    def _ask_again(self) -> None:
        """A browser does not send a file twice: who is shown the form again must choose it again."""
        for code in self.sheet.uploads:
            self.sheet.blame(code, _("Nothing was saved yet. Please choose the file again."))

    def blame(self, refusal: Refused) -> None:
        self._ask_again()
        if self.sheet.knows(refusal.field):
            self.sheet.blame(str(refusal.field), sentence_of(refusal))
        else:
            super().blame(refusal)

    def overtaken(self) -> list[tuple[str, str]]:
        return super().overtaken() + self.sheet.overtaken()

    @property
    def wish(self) -> str:
        """What another button than the main one asked for: rows of tables."""
        return request.form.get("do", "")[:100] if self.is_submitted() else ""
