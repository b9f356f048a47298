"""The fixed lists of which forms are made, and what makes a definition a sound one. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face
from app.services.questionnaires.calculating import SHARE, misfits, units
from app.services.questionnaires.kinds import (
    CELLS,
    CHOICES,
    COMPARED,
    EQUAL,
    FITTING,
    LIMITS,
    NUMBERS,
    ONLY_FILLED,
    TEXTS,
    CheckKind,
    Definition,
    Kind,
    Operator,
    Problem,
    Source,
)

LANGUAGES = ("vi", "en")
MOST_SECTIONS, MOST_QUESTIONS, MOST_COLUMNS, MOST_ROWS, MOST_OPTIONS = 40, 200, 8, 200, 60
LONGEST_LABEL, LONGEST_HINT, LONGEST_ANSWER = 300, 1_000, 20_000
OLDEST_DOCUMENT = 10  # years: what the first version of a form rests on at most
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
# names that every form or page uses itself
RESERVED = frozenset({"once", "version", "csrf_token", "organisation", "year", "do", "draft_key", "form_version", "main", "side", "filter", "next"})
OPTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,39}")


class VersionState(Face):
    DRAFT = "draft", N_("Draft"), "grey"
    IN_FORCE = "in_force", N_("In force"), "green"
    DISCARDED = "discarded", N_("Discarded"), "grey"


class Standing(Face):
    """What a version is on a day. Derived from its state and the days of the others, never stored; it is shown everywhere."""

    DRAFT = "draft", N_("Draft"), "grey"
    TO_COME = "to_come", N_("In force later"), "blue"
    IN_USE = "in_use", N_("In force"), "green"
    PAST = "past", N_("Replaced"), "grey"
    DISCARDED = "discarded", N_("Discarded"), "grey"


VERSION = Lifecycle("form_version", VersionState, start=VersionState.DRAFT, moves={
    (VersionState.DRAFT, "put_in_force"): Move(VersionState.IN_FORCE, Do.QUESTIONNAIRES_REVISE, N_("Put in force")),
    (VersionState.DRAFT, "discard"): Move(VersionState.DISCARDED, Do.QUESTIONNAIRES_REVISE, N_("Discard the draft")),
})  # fmt: skip


_KEYS = {"code", "type", "label", "hint", "required", "max_words", "max", "min", "options", "list", "when", "columns", "max_rows", "min_rows", "prefill", "formula"}


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


def problems(definition: Any, *, lists: frozenset[str] | set[str] = frozenset(), needs: Mapping[str, str] | None = None,
             offered: Mapping[str, Collection[str]] | None = None) -> list[Problem]:  # fmt: skip
    """Everything that keeps this definition from being put in force.

    `lists` are the names of lists that may be chosen from, `offered` what they hold where that is known; `needs` are the
    questions, with types, that a stage reads itself.
    """
    if not isinstance(definition, dict) or not isinstance(definition.get("sections"), list) or not definition["sections"]:
        return [Problem("", N_("A form needs at least one section."))]
    found = list(_shape(definition))
    if found:
        return found
    found += [Problem(s["code"], N_("The section “%(title)s” has no question: take it out, or add one."), {"title": said(s["label"], "vi")}) for s in definition["sections"] if not s["questions"]]
    seen: dict[str, dict[str, Any]] = {}
    later = {q["code"] for q in questions(definition)}
    for question in questions(definition):
        found += _question_problems(question, seen, lists)
        if question.get("type") in set(map(str, Kind)):
            found += misfits(question, seen, later)
        if question.get("when"):
            found += _condition(question, seen, later, offered or {})
        seen[question["code"]] = question
    checks = definition.get("checks") or []
    for n, check in enumerate(checks):
        found += _check_problems(check, seen, checks[:n])
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
        yield Problem(str(code or "")[:40], N_("A code is made of small letters, digits and “_”, begins with a letter and has at most 40 characters."), about="code")
        return
    if code in RESERVED:
        yield Problem(code, N_("The code “%(code)s” is used by the system itself."), {"code": code}, "code")
    if code in codes:
        yield Problem(code, N_("The code “%(code)s” stands twice."), {"code": code}, "code")
    codes.add(code)
    yield from _worded(thing, code)


def _worded(thing: dict[str, Any], place: str) -> Iterator[Problem]:
    label = thing.get("label")
    if not isinstance(label, dict) or not all(isinstance(label.get(lang), str) and label[lang].strip() for lang in LANGUAGES):
        yield Problem(place, N_("“%(code)s” needs a label in Vietnamese and in English."), {"code": place}, "label_vi")
    elif any(len(label[lang]) > LONGEST_LABEL for lang in LANGUAGES):
        yield Problem(place, N_("The label of “%(code)s” is longer than %(n)s characters."), {"code": place, "n": LONGEST_LABEL}, "label_vi")
    hint = thing.get("hint")
    if hint and not (isinstance(hint, dict) and all(isinstance(hint.get(lang), str) and 0 < len(hint[lang].strip()) <= LONGEST_HINT for lang in LANGUAGES)):
        yield Problem(place, N_("The hint of “%(code)s” is needed in both languages, with at most %(n)s characters."), {"code": place, "n": LONGEST_HINT}, "hint_vi" if isinstance(hint, dict) and hint.get("en") else "hint_en")


def _question_problems(question: dict[str, Any], before: dict[str, dict[str, Any]], lists: Any) -> Iterator[Problem]:
    code = question["code"]
    if set(question) - _KEYS:
        yield Problem(code, N_("“%(code)s” has a property that forms do not know: %(what)s."), {"code": code, "what": ", ".join(sorted(map(str, set(question) - _KEYS)))})
    if question.get("type") not in set(map(str, Kind)):
        yield Problem(code, N_("“%(code)s” has a type that is not on the list."), {"code": code}, "type")
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
            yield Problem(code, N_("“%(code)s” cannot be filled beforehand from this source."), {"code": code}, "prefill")


def _limits(question: dict[str, Any], kind: Kind) -> Iterator[Problem]:
    code = question["code"]
    for name, kinds in LIMITS.items():
        value = question.get(name)
        if value is None:
            continue
        if kind not in kinds:
            yield Problem(code, N_("This limit says nothing for a question of the type “%(kind)s”; please leave it empty."), {"kind": kind.label}, name)
            continue
        whole = isinstance(value, int) and not isinstance(value, bool)
        least = 1 if name in ("max_words", "max_rows") or (name == "max" and kind in TEXTS) else 0
        top = {"max_rows": MOST_ROWS, "min_rows": MOST_ROWS, "max_words": 5_000}.get(name, LONGEST_ANSWER if kind in TEXTS else 10**13)
        if not whole or not least <= value <= top:
            yield Problem(code, N_("A limit of “%(code)s” is not a whole number from %(least)s to %(top)s."), {"code": code, "least": least, "top": top}, name)
            return
    for low, high in (("min", "max"), ("min_rows", "max_rows")):
        if question.get(low) is not None and question.get(high) is not None and question[low] > question[high]:
            yield Problem(code, N_("The least of “%(code)s” is more than the most."), {"code": code}, low)


def _options(question: dict[str, Any], lists: Any) -> Iterator[Problem]:
    code = question["code"]
    if question.get("list"):
        if question["list"] not in lists:
            yield Problem(code, N_("“%(code)s” takes its choices from a list that does not exist."), {"code": code}, "list")
        return
    options = question.get("options")
    if not isinstance(options, list) or not 2 <= len(options) <= MOST_OPTIONS:
        yield Problem(code, N_("“%(code)s” needs 2 to %(n)s choices."), {"code": code, "n": MOST_OPTIONS}, "options")
        return
    values = [o.get("code") if isinstance(o, dict) else None for o in options]
    if not all(isinstance(v, str) and OPTION.fullmatch(v) for v in values) or len(set(values)) != len(values):
        yield Problem(code, N_("The choices of “%(code)s” need codes that differ, of letters, digits and “_”."), {"code": code}, "options")
    elif not all(isinstance(o.get(lang), str) and 0 < len(o[lang].strip()) <= LONGEST_LABEL for o in options for lang in LANGUAGES):
        yield Problem(code, N_("The choices of “%(code)s” need a name in both languages."), {"code": code}, "options")


def _columns(question: dict[str, Any], lists: Any) -> Iterator[Problem]:
    code, columns = question["code"], question.get("columns")
    if not isinstance(columns, list) or not 1 <= len(columns) <= MOST_COLUMNS or not all(isinstance(c, dict) for c in columns):
        yield Problem(code, N_("The table “%(code)s” needs 1 to %(n)s columns."), {"code": code, "n": MOST_COLUMNS}, "columns")
        return
    codes: set[str] = set()
    for column in columns:
        yield from (replace(problem, place=code, about="columns") for problem in _column(column, code, codes, lists))


def _column(column: dict[str, Any], table: str, codes: set[str], lists: Any) -> Iterator[Problem]:
    yield from _named(column, codes)
    if column.get("type") not in set(map(str, CELLS)):
        yield Problem(table, N_("A column of the table “%(code)s” has a type that tables do not know."), {"code": table})
    elif isinstance(column.get("code"), str):
        yield from _limits(column, Kind(column["type"]))
        if column["type"] == Kind.ONE:
            yield from _options(column, lists)


def _condition(question: dict[str, Any], before: dict[str, dict[str, Any]], all_codes: set[str], offered: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    """A condition looks back at one question, and asks for something that its answer can be: so there are no circles."""
    code, when = question["code"], question["when"]
    if not isinstance(when, dict) or when.get("op") not in set(map(str, Operator)):
        yield Problem(code, N_("The condition of “%(code)s” is not one of the list."), {"code": code}, "when_op")
        return
    name = str(when.get("question"))
    other = before.get(name)
    if name == code:
        yield Problem(code, N_("“%(code)s” cannot depend on its own answer."), {"code": code}, "when_question")
    elif name not in all_codes:
        yield Problem(code, N_("The condition of “%(code)s” looks at the question “%(other)s”, which this form does not have."), {"code": code, "other": name[:40]}, "when_question")
    elif other is None or other["type"] == Kind.TABLE:
        yield Problem(code, N_("The condition of “%(code)s” must look at a question that comes before it, and not at a table."), {"code": code}, "when_question")
    elif other["type"] == Kind.CALCULATED:
        yield Problem(code, N_("A condition cannot look at a calculated value; please name one of the questions that it is made of."), {}, "when_question")
    elif other["type"] in set(map(str, Kind)) and not list(_limits(other, Kind(other["type"]))):
        yield from _wanted(code, Operator(when["op"]), when.get("value"), other, offered)


def _wanted(code: str, operator: Operator, value: Any, other: dict[str, Any], offered: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    """Can the other answer ever be what the condition asks for?"""
    kind, number = Kind(other["type"]), isinstance(value, int | float) and not isinstance(value, bool)
    if operator in COMPARED:
        if kind not in NUMBERS or not number:
            yield Problem(code, N_("The condition of “%(code)s” compares numbers."), {"code": code}, "when_value")
        elif value >= (other.get("max") or 10**16) if operator == Operator.MORE else value <= (other.get("min") or 0):
            yield Problem(code, N_("The condition of “%(code)s” can never be true: that answer stays between its own least and most."), {"code": code}, "when_value")
    elif operator in EQUAL:
        if value in (None, ""):
            yield Problem(code, N_("The condition of “%(code)s” needs a value to compare with."), {"code": code}, "when_value")
        elif kind in ONLY_FILLED:
            yield Problem(code, N_("Of an answer of the type “%(kind)s” a condition can only ask whether it is filled in or empty."), {"kind": kind.label}, "when_op")
        elif not _can_be(kind, value, other, offered):
            yield Problem(code, N_("The condition of “%(code)s” compares with “%(value)s”, which is no possible answer there."), {"code": code, "value": str(value)[:60]}, "when_value")


def _can_be(kind: Kind, value: Any, other: dict[str, Any], offered: Mapping[str, Collection[str]]) -> bool:
    if kind == Kind.YES_NO:
        return str(value) in ("yes", "no")
    if kind in CHOICES:
        own = [o.get("code") for o in other.get("options") or [] if isinstance(o, dict)]
        return str(value) in (offered.get(other["list"], (str(value),)) if other.get("list") else own)
    if kind in NUMBERS:
        return re.fullmatch(r"[0-9]{1,15}([.,][0-9]{1,4})?", str(value)) is not None
    return kind != Kind.DATE or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)) is not None


def _check_problems(check: Any, seen: dict[str, dict[str, Any]], before: list[Any]) -> Iterator[Problem]:
    if not isinstance(check, dict) or check.get("kind") not in set(map(str, CheckKind)):
        yield Problem("", N_("A check between answers is not one of the list."), about="terms")
        return
    kind = CheckKind(check["kind"])
    terms = _terms(check)
    wanted = frozenset({Kind.DATE}) if kind == CheckKind.BEFORE else NUMBERS
    if len(terms) < 2 or not all(_term_fits(term, wanted, seen, kind) for term in terms):
        yield Problem("", N_("A check “%(kind)s” names a question that does not exist or has another type."), {"kind": kind.label}, "terms")
    elif len(set(terms)) < len(terms):
        yield Problem("", N_("A check “%(kind)s” names the same question twice."), {"kind": kind.label}, "terms")
    elif any(_same_check(check, other) for other in before):
        yield Problem("", N_("The check “%(kind)s” of %(terms)s stands twice."), {"kind": kind.label, "terms": ", ".join(terms)}, "terms")
    elif kind == CheckKind.BEFORE and {"kind": str(kind), "first": terms[1], "second": terms[0]} in before:
        yield Problem("", N_("Two checks contradict each other: %(first)s and %(second)s would each have to come before the other."),
                      {"first": terms[0], "second": terms[1]}, "terms")  # fmt: skip


def _terms(check: Mapping[str, Any]) -> list[Any]:
    """The questions that a check names, the total or limit last."""
    parts = check.get("parts")
    return [*(parts if isinstance(parts, list) else []), check.get("total")] if check["kind"] == CheckKind.SUM else [check.get("first"), check.get("second")]


def _same_check(one: Mapping[str, Any], other: Any) -> bool:
    """The order in which the parts of a sum are named does not matter."""
    if not isinstance(other, dict) or other.get("kind") != one["kind"]:
        return False
    here, there = _terms(one), _terms(other)
    return here[-1] == there[-1] and sorted(map(str, here)) == sorted(map(str, there))


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
    if question["type"] == Kind.CALCULATED:  # of calculated values only sums
        return wanted == NUMBERS and units(seen.values()).get(code, SHARE) != SHARE
    return question["type"] in wanted


def check_decision(number: str, dated: date | None, valid_from: date | None, *, latest: date | None, today: date, before: date | None = None) -> None:
    """Raise Incomplete unless a version may be put in force by this document from this day on; `before`: the day of the document it replaces."""
    if not any(c.isdigit() for c in number):
        raise Incomplete(N_("Please give the number of the document that issues the form, for example 45/QĐ-SKHCN."), field="document_number")
    if dated is None or dated > today:
        raise Incomplete(N_("Please give the date of the document; it may not lie in the future."), field="document_date")
    since = max(filter(None, (before, date(today.year - OLDEST_DOCUMENT, 1, 1))))
    if dated < since:
        raise Incomplete(N_("The document cannot be of %(day)s: a new version rests on nothing older than %(since)s."), field="document_date", day=f"{dated:%d/%m/%Y}", since=f"{since:%d/%m/%Y}")
    if valid_from is None or valid_from < dated:
        raise Incomplete(N_("A form is used from the day of its document on, not before."), field="valid_from")
    if valid_from.year > today.year + 5:
        raise Incomplete(N_("This day is more than five years off."), field="valid_from")
    if latest is not None and valid_from <= latest:
        raise Incomplete(N_("A version is in force from %(day)s; the next one must begin later."), field="valid_from", day=f"{latest:%d/%m/%Y}")
