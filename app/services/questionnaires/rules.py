"""The fixed lists of which forms are made, and what makes a definition a sound one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face

Definition = Mapping[str, Any]
LANGUAGES = ("vi", "en")
MOST_SECTIONS, MOST_QUESTIONS, MOST_COLUMNS, MOST_ROWS, MOST_OPTIONS = 40, 200, 8, 100, 60
LONGEST_LABEL, LONGEST_HINT, LONGEST_ANSWER = 300, 1_000, 20_000
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
# names that every form or page uses itself
RESERVED = frozenset({"once", "version", "csrf_token", "organisation", "year", "do", "draft_key", "main", "side", "filter", "next"})
OPTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,39}")


class VersionState(Face):
    DRAFT = "draft", N_("Draft"), "grey"
    IN_FORCE = "in_force", N_("In force"), "green"
    DISCARDED = "discarded", N_("Discarded"), "grey"


VERSION = Lifecycle("form_version", VersionState, start=VersionState.DRAFT, moves={
    (VersionState.DRAFT, "put_in_force"): Move(VersionState.IN_FORCE, Do.QUESTIONNAIRES_REVISE, N_("Put in force")),
    (VersionState.DRAFT, "discard"): Move(VersionState.DISCARDED, Do.QUESTIONNAIRES_REVISE, N_("Discard the draft")),
})  # fmt: skip


class Kind(Face):
    """The type of a question. There are no others."""

    SHORT = "short_text", N_("Short text"), "blue"
    LONG = "long_text", N_("Long text"), "blue"
    NUMBER = "number", N_("Number"), "blue"
    MONEY = "money", N_("Amount in đồng"), "blue"
    DATE = "date", N_("Date"), "blue"
    YES_NO = "yes_no", N_("Yes or no"), "blue"
    ONE = "one_of", N_("One of a list"), "blue"
    MANY = "many_of", N_("Any of a list"), "blue"
    TABLE = "table", N_("Table"), "purple"
    ORGANISATION = "organisation", N_("Organisation"), "amber"
    ITEM = "priority_item", N_("Priority item of the plan"), "amber"


class Operator(Face):
    """When a question is asked: how the other answer must be."""

    IS = "is", N_("is"), "blue"
    IS_NOT = "is_not", N_("is not"), "blue"
    FILLED = "filled", N_("is filled in"), "blue"
    EMPTY = "empty", N_("is left empty"), "blue"
    MORE = "more_than", N_("is more than"), "blue"
    LESS = "less_than", N_("is less than"), "blue"


class CheckKind(Face):
    """Checks between answers."""

    SUM = "sum_equals", N_("Sum equals"), "blue"
    BEFORE = "before", N_("Comes before"), "blue"
    NOT_MORE = "not_more_than", N_("Not more than"), "blue"


class Source(Face):
    """Where a new form may take an answer from before anybody types."""

    PERSON_NAME = "person.name", N_("Name of the person who fills it in"), "blue"
    PERSON_EMAIL = "person.email", N_("E-mail of the person who fills it in"), "blue"
    ORGANISATION = "person.organisation", N_("Organisation of that person"), "blue"
    TODAY = "day.today", N_("Today"), "blue"
    NEXT_YEAR = "day.next_year", N_("1 January of next year"), "blue"


TEXTS = frozenset({Kind.SHORT, Kind.LONG})
NUMBERS = frozenset({Kind.NUMBER, Kind.MONEY})
CHOICES = frozenset({Kind.ONE, Kind.MANY})
CELLS = frozenset({Kind.SHORT, Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.ONE})
COMPARED = {Operator.MORE, Operator.LESS}
FITTING = {
    Source.PERSON_NAME: TEXTS, Source.PERSON_EMAIL: TEXTS, Source.ORGANISATION: frozenset({Kind.ORGANISATION}),
    Source.TODAY: frozenset({Kind.DATE}), Source.NEXT_YEAR: frozenset({Kind.DATE}),
}  # fmt: skip
_KEYS = {"code", "type", "label", "hint", "required", "max_words", "max", "min", "options", "list", "when", "columns", "max_rows", "min_rows", "prefill"}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a definition, and where (code of the section or question; "" = the whole)."""

    place: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)


def questions(definition: Definition) -> Iterator[dict[str, Any]]:
    """All questions, in the order of the form."""
    for section in definition["sections"]:
        yield from section["questions"]


def question_of(definition: Definition, code: str) -> dict[str, Any] | None:
    """The question with this code."""
    return next((q for q in questions(definition) if q["code"] == code), None)


def section_of(definition: Definition, code: str) -> dict[str, Any] | None:
    """The section with this code."""
    return next((s for s in definition["sections"] if s["code"] == code), None)


def said(text: Mapping[str, str] | None, lang: str) -> str:
    """A text of the definition in the language of the page; Vietnamese where there is no other."""
    return ((text or {}).get(lang) or (text or {}).get("vi") or "") if text else ""


def problems(definition: Any, *, lists: frozenset[str] | set[str] = frozenset(), needs: Mapping[str, str] | None = None) -> list[Problem]:
    """Everything that keeps this definition from being put in force.

    `lists` are the names of lists that may be chosen from; `needs` are the questions, with types, that a stage reads itself.
    """
    if not isinstance(definition, dict) or not isinstance(definition.get("sections"), list) or not definition["sections"]:
        return [Problem("", N_("A form needs at least one section."))]
    found = list(_shape(definition))
    if found:
        return found
    seen: dict[str, dict[str, Any]] = {}
    for question in questions(definition):
        found += _question_problems(question, seen, lists)
        seen[question["code"]] = question
    for check in definition.get("checks", []):
        found += _check_problems(check, seen)
    for code, kind in (needs or {}).items():
        if code not in seen:
            found.append(Problem("", N_("The system itself reads the question “%(code)s”, so it may not be missing."), {"code": code}))
        elif seen[code]["type"] != kind:
            found.append(Problem(code, N_("The system itself reads this question; its type must stay “%(kind)s”."), {"kind": Kind(kind).label}))
    return found


def _shape(definition: dict[str, Any]) -> Iterator[Problem]:
    """Sizes, codes and labels: what must hold before anything else can be asked."""
    if len(definition["sections"]) > MOST_SECTIONS:
        yield Problem("", N_("A form has at most %(n)s sections."), {"n": MOST_SECTIONS})
    codes: set[str] = set()
    count = 0
    for section in definition["sections"]:
        if not isinstance(section, dict) or not isinstance(section.get("questions"), list):
            yield Problem("", N_("A section is a title and a list of questions."))
            return
        yield from _named(section, codes)
        for question in section["questions"]:
            count += 1
            if not isinstance(question, dict):
                yield Problem("", N_("A section is a title and a list of questions."))
                return
            yield from _named(question, codes)
    if not count:
        yield Problem("", N_("A form needs at least one question."))
    if count > MOST_QUESTIONS:
        yield Problem("", N_("A form has at most %(n)s questions."), {"n": MOST_QUESTIONS})


def _named(thing: dict[str, Any], codes: set[str]) -> Iterator[Problem]:
    code = thing.get("code")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        yield Problem(str(code or "")[:40], N_("A code is made of small letters, digits and “_”, begins with a letter and has at most 40 characters."))
        return
    if code in RESERVED:
        yield Problem(code, N_("The code “%(code)s” is used by the system itself."), {"code": code})
    if code in codes:
        yield Problem(code, N_("The code “%(code)s” stands twice."), {"code": code})
    codes.add(code)
    yield from _worded(thing, code)


def _worded(thing: dict[str, Any], place: str) -> Iterator[Problem]:
    label = thing.get("label")
    if not isinstance(label, dict) or not all(isinstance(label.get(lang), str) and label[lang].strip() for lang in LANGUAGES):
        yield Problem(place, N_("“%(code)s” needs a label in Vietnamese and in English."), {"code": place})
    elif any(len(label[lang]) > LONGEST_LABEL for lang in LANGUAGES):
        yield Problem(place, N_("The label of “%(code)s” is longer than %(n)s characters."), {"code": place, "n": LONGEST_LABEL})
    hint = thing.get("hint")
    if hint and not (isinstance(hint, dict) and all(isinstance(hint.get(lang), str) and 0 < len(hint[lang].strip()) <= LONGEST_HINT for lang in LANGUAGES)):
        yield Problem(place, N_("The hint of “%(code)s” is needed in both languages, with at most %(n)s characters."), {"code": place, "n": LONGEST_HINT})


def _question_problems(question: dict[str, Any], before: dict[str, dict[str, Any]], lists: Any) -> Iterator[Problem]:
    code = question["code"]
    if set(question) - _KEYS:
        yield Problem(code, N_("“%(code)s” has a property that forms do not know: %(what)s."), {"code": code, "what": ", ".join(sorted(map(str, set(question) - _KEYS)))})
    if question.get("type") not in set(map(str, Kind)):
        yield Problem(code, N_("“%(code)s” has a type that is not on the list."), {"code": code})
        return
    kind = Kind(question["type"])
    yield from _limits(question, kind)
    if kind in CHOICES:
        yield from _options(question, lists)
    if kind == Kind.TABLE:
        yield from _columns(question, lists)
    if question.get("prefill"):
        source = question["prefill"]
        if source not in set(map(str, Source)) or kind not in FITTING[Source(source)]:
            yield Problem(code, N_("“%(code)s” cannot be filled beforehand from this source."), {"code": code})
    if question.get("when"):
        yield from _condition(question, before)


def _limits(question: dict[str, Any], kind: Kind) -> Iterator[Problem]:
    code = question["code"]
    for name in ("max_words", "max", "min", "max_rows", "min_rows"):
        value = question.get(name)
        if value is None:
            continue
        whole = isinstance(value, int) and not isinstance(value, bool)
        top = {"max_rows": MOST_ROWS, "min_rows": MOST_ROWS, "max_words": 5_000}.get(name, LONGEST_ANSWER if kind in TEXTS else 10**13)
        if not whole or not 0 <= value <= top:
            yield Problem(code, N_("A limit of “%(code)s” is not a whole number from 0 to %(top)s."), {"code": code, "top": top})
            return
    for low, high in (("min", "max"), ("min_rows", "max_rows")):
        if question.get(low) is not None and question.get(high) is not None and question[low] > question[high]:
            yield Problem(code, N_("The least of “%(code)s” is more than the most."), {"code": code})


def _options(question: dict[str, Any], lists: Any) -> Iterator[Problem]:
    code = question["code"]
    if question.get("list"):
        if question["list"] not in lists:
            yield Problem(code, N_("“%(code)s” takes its choices from a list that does not exist."), {"code": code})
        return
    options = question.get("options")
    if not isinstance(options, list) or not 2 <= len(options) <= MOST_OPTIONS:
        yield Problem(code, N_("“%(code)s” needs 2 to %(n)s choices."), {"code": code, "n": MOST_OPTIONS})
        return
    values = [o.get("code") if isinstance(o, dict) else None for o in options]
    if not all(isinstance(v, str) and OPTION.fullmatch(v) for v in values) or len(set(values)) != len(values):
        yield Problem(code, N_("The choices of “%(code)s” need codes that differ, of letters, digits and “_”."), {"code": code})
    elif not all(isinstance(o.get(lang), str) and 0 < len(o[lang].strip()) <= LONGEST_LABEL for o in options for lang in LANGUAGES):
        yield Problem(code, N_("The choices of “%(code)s” need a name in both languages."), {"code": code})


def _columns(question: dict[str, Any], lists: Any) -> Iterator[Problem]:
    code, columns = question["code"], question.get("columns")
    if not isinstance(columns, list) or not 1 <= len(columns) <= MOST_COLUMNS or not all(isinstance(c, dict) for c in columns):
        yield Problem(code, N_("The table “%(code)s” needs 1 to %(n)s columns."), {"code": code, "n": MOST_COLUMNS})
        return
    codes: set[str] = set()
    for column in columns:
        yield from _named(column, codes)
        if column.get("type") not in set(map(str, CELLS)):
            yield Problem(code, N_("A column of the table “%(code)s” has a type that tables do not know."), {"code": code})
        elif isinstance(column.get("code"), str):
            yield from _limits(column, Kind(column["type"]))
            if column["type"] == Kind.ONE:
                yield from _options(column, lists)


def _condition(question: dict[str, Any], before: dict[str, dict[str, Any]]) -> Iterator[Problem]:
    code, when = question["code"], question["when"]
    if not isinstance(when, dict) or when.get("op") not in set(map(str, Operator)):
        yield Problem(code, N_("The condition of “%(code)s” is not one of the list."), {"code": code})
        return
    other = before.get(str(when.get("question")))
    if other is None or other["type"] == Kind.TABLE:
        yield Problem(code, N_("The condition of “%(code)s” must look at a question that comes before it, and not at a table."), {"code": code})
        return
    operator = Operator(when["op"])
    if operator in COMPARED and (other["type"] not in NUMBERS or not isinstance(when.get("value"), int | float) or isinstance(when.get("value"), bool)):
        yield Problem(code, N_("The condition of “%(code)s” compares numbers."), {"code": code})
    if operator in (Operator.IS, Operator.IS_NOT) and when.get("value") in (None, ""):
        yield Problem(code, N_("The condition of “%(code)s” needs a value to compare with."), {"code": code})


def _check_problems(check: Any, seen: dict[str, dict[str, Any]]) -> Iterator[Problem]:
    if not isinstance(check, dict) or check.get("kind") not in set(map(str, CheckKind)):
        yield Problem("", N_("A check between answers is not one of the list."))
        return
    kind = CheckKind(check["kind"])
    terms = [*(check.get("parts") or []), check.get("total")] if kind == CheckKind.SUM else [check.get("first"), check.get("second")]
    wanted = frozenset({Kind.DATE}) if kind == CheckKind.BEFORE else NUMBERS
    if len(terms) < 2 or not all(_term_fits(term, wanted, seen, kind) for term in terms):
        yield Problem("", N_("A check “%(kind)s” names a question that does not exist or has another type."), {"kind": kind.label})


def _term_fits(term: Any, wanted: frozenset[Kind], seen: dict[str, dict[str, Any]], kind: CheckKind) -> bool:
    """`code`, or `table.column` in sums."""
    if not isinstance(term, str):
        return False
    code, _dot, column = term.partition(".")
    question = seen.get(code)
    if question is None:
        return False
    if column:
        cell = next((c for c in question.get("columns") or [] if c.get("code") == column), None)
        return kind == CheckKind.SUM and cell is not None and cell.get("type") in wanted
    return question["type"] in wanted


def check_decision(number: str, dated: date | None, valid_from: date | None, *, latest: date | None, today: date) -> None:
    """Raise Incomplete unless a version may be put in force by this document from this day on."""
    if not number:
        raise Incomplete(N_("Please give the number of the document that issues the form."), field="document_number")
    if dated is None or dated > today:
        raise Incomplete(N_("Please give the date of the document; it may not lie in the future."), field="document_date")
    if valid_from is None or valid_from < dated:
        raise Incomplete(N_("A form is used from the day of its document on, not before."), field="valid_from")
    if valid_from.year > today.year + 5:
        raise Incomplete(N_("This day is more than five years off."), field="valid_from")
    if latest is not None and valid_from <= latest:
        raise Incomplete(N_("A version is in force from %(day)s; the next one must begin later."), field="valid_from", day=f"{latest:%d/%m/%Y}")
