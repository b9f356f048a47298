"""Answers: what was typed becomes values, what is asked depends on them, and what is wrong with them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.kernel.db import MONEY_MAX
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.questionnaires import calculating
from app.services.questionnaires.rules import (
    CHOICES,
    LONGEST_ANSWER,
    MOST_ROWS,
    NUMBERS,
    TEXTS,
    CheckKind,
    Definition,
    Kind,
    Operator,
    questions,
)

Answers = Mapping[str, Any]
SHORTEST_MAX = 300  # characters of a short text where the form says nothing
ROWS = 20  # rows of a table where the form says nothing
MISSING = N_("Please fill this in.")
UNREADABLE = {
    Kind.NUMBER: N_("Please write a number, for example 12 or 12,5."),
    Kind.MONEY: N_("Please write an amount in whole đồng, for example 1.250.000.000."),
    Kind.DATE: N_("Please write a real date as day/month/year, for example 18/06/2026."),
}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the answers: the place (`code`, or `table-row-column`), its question, a msgid and its values."""

    place: str
    code: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    missing: bool = False


# --- from what was typed to values ----------------------------------------------------------------------------


def read(definition: Definition, posted: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answers in what a browser sent. Questions that were not sent are not in the result; unknown names are left."""
    found: dict[str, Any] = {}
    for question in questions(definition):
        code, kind = question["code"], Kind(question["type"])
        if kind in (Kind.FILE, Kind.CALCULATED):
            continue  # a file is never believed from a text: see filing; a calculated value from nobody
        if kind == Kind.TABLE:
            if f"{code}-rows" in posted or any(name.startswith(f"{code}-0-") for name in posted):
                found[code] = _rows(question, posted)
        elif kind == Kind.MANY:
            if f"{code}-asked" in posted or code in posted:
                found[code] = list(dict.fromkeys(nfc(v)[:100] for v in posted.get(code, ()) if nfc(v)))[:MOST_ROWS]
        elif posted.get(code):
            found[code] = value_of(kind, posted[code][0])
    return found


def _rows(question: dict[str, Any], posted: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    name = re.compile(rf"{re.escape(question['code'])}-(\d{{1,4}})-([a-z0-9_]+)")
    numbers = sorted({int(m[1]) for key in posted if (m := name.fullmatch(key))})[: MOST_ROWS + 1]
    return [{c["code"]: value_of(Kind(c["type"]), posted.get(f"{question['code']}-{n}-{c['code']}", ("",))[0]) for c in question["columns"]} for n in numbers]


def value_of(kind: Kind, typed: str) -> Any:
    """The value of one answer as typed; None when empty; the text itself when it cannot be read as its type."""
    text = nfc(typed)
    if not text:
        return None
    if kind == Kind.SHORT:
        return " ".join(text.split())
    if kind == Kind.NUMBER:
        return _number(text)
    if kind == Kind.MONEY:
        bare = re.sub(r"\s*(đ|đồng|₫|vnd)$", "", text.lower())
        return int(re.sub(r"\D", "", bare)) if re.fullmatch(r"[0-9]{1,16}|[0-9]{1,3}([. \u00a0][0-9]{3})+", bare) else text
    if kind == Kind.DATE:
        return _day(text)
    if kind == Kind.YES_NO:
        return {"yes": True, "y": True, "no": False}.get(text, text)
    return text


def _number(text: str) -> Any:
    if re.fullmatch(r"-?[0-9]{1,13}", text):
        return int(text)
    if re.fullmatch(r"-?[0-9]{1,10}[.,][0-9]{1,4}", text):
        return float(text.replace(",", "."))
    return text


def _day(text: str) -> str:
    try:
        if match := re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", text):
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    return text


def shown(kind: Kind, value: Any) -> str:
    """A value as it stands in its control."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value.get("name") or "")
    if kind == Kind.MONEY and isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if kind == Kind.NUMBER and isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if kind == Kind.DATE and (day := day_of(value)):
        return f"{day:%d/%m/%Y}"
    if kind == Kind.YES_NO:
        return {True: "yes", False: "no"}.get(value, "")
    return str(value)


def day_of(value: Any) -> date | None:
    """The day that an answer names, if it can be read."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def is_empty(value: Any) -> bool:
    """Nothing was answered: nothing, an empty list, or rows without a single cell."""
    if isinstance(value, list):
        return all(is_empty(v) for v in value)
    if isinstance(value, dict):
        return all(is_empty(v) for v in value.values())
    return value is None or value == ""


# --- what is asked --------------------------------------------------------------------------------------------


def visible(definition: Definition, answers: Answers) -> set[str]:
    """The codes of the questions that are asked, given these answers. What is not asked counts as empty."""
    asked: set[str] = set()
    for question in questions(definition):
        when = question.get("when")
        if not when or holds(when, answers.get(when["question"]) if when["question"] in asked else None):
            asked.add(question["code"])
    return asked


def completed(definition: Definition, answers: Answers) -> dict[str, Any]:
    """The answers with what is calculated from them; whatever stood in these places is left."""
    return {**answers, **calculating.results(questions(definition), answers, visible(definition, answers))}


def calculated(definition: Definition, answers: Answers) -> dict[str, str]:
    """The calculated values as they are shown, by question."""
    units = calculating.units(questions(definition))
    found = calculating.results(questions(definition), answers, visible(definition, answers))
    return {code: calculating.told(units.get(code), value) for code, value in found.items()}


def holds(when: Mapping[str, Any], value: Any) -> bool:
    """Is the condition true of this answer?"""
    operator, wanted = Operator(when["op"]), when.get("value")
    if operator in (Operator.FILLED, Operator.EMPTY):
        return is_empty(value) == (operator == Operator.EMPTY)
    if operator in (Operator.MORE, Operator.LESS):
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        return value > wanted if operator == Operator.MORE else value < wanted
    same = _as_text(wanted) in map(_as_text, value) if isinstance(value, list) else _as_text(value) == _as_text(wanted)
    return same == (operator == Operator.IS)


def _as_text(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.15g}"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else "" if value is None else str(value)


# --- what is wrong --------------------------------------------------------------------------------------------


def faults(definition: Definition, answers: Answers, *, choices: Mapping[str, Any], complete: bool = False, always: frozenset[str] | set[str] = frozenset()) -> list[Fault]:
    """What is wrong with the answers to the questions that are asked, in the form's order.

    `choices` are the allowed values by list name (see `list_of`). Unless `complete`, gaps are allowed, save in `always`.
    """
    found: list[Fault] = []
    asked, answers = visible(definition, answers), completed(definition, answers)
    for question in questions(definition):
        code, value = question["code"], answers.get(question["code"])
        if code not in asked or question["type"] == Kind.CALCULATED:
            continue
        if is_empty(value):
            if code in always or (complete and question.get("required")):
                found.append(Fault(code, code, MISSING, missing=True))
            continue
        if question["type"] == Kind.TABLE:
            found += _table_faults(question, value, choices, complete)
        else:
            found += _faults_of(question, value, choices, code, code)
    if complete:
        wrong = {f.code for f in found}
        for check in definition.get("checks", []):
            found += _check_faults(check, answers, asked, wrong)
    return found


def list_of(question: Mapping[str, Any]) -> str | None:
    """The name of the list from which the answer is chosen, when it is not part of the form."""
    return {Kind.ORGANISATION: "organisations", Kind.ITEM: "priority_items"}.get(question["type"]) or question.get("list")


def _faults_of(question: Mapping[str, Any], value: Any, choices: Mapping[str, Any], place: str, code: str) -> list[Fault]:
    kind = Kind(question["type"])
    if kind in TEXTS:
        return _text_faults(question, value, place, code)
    if kind in NUMBERS or kind == Kind.DATE:
        return _measured(question, kind, value, place, code)
    if kind == Kind.YES_NO:
        return [] if isinstance(value, bool) else [Fault(place, code, N_("Please choose one from the list."))]
    if kind == Kind.FILE:
        return [] if isinstance(value, dict) and isinstance(value.get("name"), str) and isinstance(value.get("size"), int) else [Fault(place, code, N_("Please choose a file."))]
    name = list_of(question)
    allowed = set(choices.get(name, ())) if name else {o["code"] for o in question["options"]}
    chosen = value if isinstance(value, list) else [value]
    if kind != Kind.MANY and isinstance(value, list):
        chosen = [None]
    return [] if all(isinstance(v, str) and v in allowed for v in chosen) else [Fault(place, code, N_("Please choose one from the list."))]


def _text_faults(question: Mapping[str, Any], value: Any, place: str, code: str) -> list[Fault]:
    if not isinstance(value, str):
        return [Fault(place, code, N_("Please write a text."))]
    most = question.get("max") or (SHORTEST_MAX if question["type"] == Kind.SHORT else LONGEST_ANSWER)
    if len(value) > most:
        return [Fault(place, code, N_("Please use at most %(n)d characters; this has %(have)d."), {"n": most, "have": len(value)})]
    count, words = len(value.split()), question.get("max_words") or 0
    if words and count > words:
        return [Fault(place, code, N_("Please use at most %(n)d words; this has %(have)d."), {"n": words, "have": count})]
    return []


def _measured(question: Mapping[str, Any], kind: Kind, value: Any, place: str, code: str) -> list[Fault]:
    if kind == Kind.DATE:
        day = day_of(value)
        return [] if day and 1900 <= day.year <= 2200 else [Fault(place, code, UNREADABLE[kind])]
    if isinstance(value, bool) or not isinstance(value, int | float) or (kind == Kind.MONEY and not isinstance(value, int)):
        return [Fault(place, code, UNREADABLE[kind])]
    low = question.get("min") or 0
    high = question.get("max") if question.get("max") is not None else MONEY_MAX
    if value < low:
        return [Fault(place, code, N_("Please write a number of at least %(n)s."), {"n": shown(kind, low)})]
    if value > high:
        return [Fault(place, code, N_("Please write a number of at most %(n)s."), {"n": shown(kind, high)})]
    return []


def _table_faults(question: Mapping[str, Any], value: Any, choices: Mapping[str, Any], complete: bool) -> list[Fault]:
    code, found = question["code"], []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return [Fault(code, code, N_("This cannot be read."))]
    most = question.get("max_rows") or ROWS
    if len(value) > most:
        found.append(Fault(code, code, N_("This table takes at most %(n)s rows."), {"n": most}))
    filled = [(n, row) for n, row in enumerate(value) if not is_empty(row)]
    if complete and len(filled) < (question.get("min_rows") or 0):
        found.append(Fault(code, code, N_("This table needs at least %(n)s rows."), {"n": question["min_rows"]}, missing=True))
    for n, row in filled:
        for column in question["columns"]:
            cell, place = row.get(column["code"]), f"{code}-{n}-{column['code']}"
            if is_empty(cell):
                if complete and column.get("required"):
                    found.append(Fault(place, code, MISSING, missing=True))
            else:
                found += _faults_of(column, cell, choices, place, code)
    return found


def _check_faults(check: Mapping[str, Any], answers: Answers, asked: set[str], wrong: set[str]) -> list[Fault]:
    """One check between answers; it is not asked where an answer is missing or wrong itself."""
    kind = CheckKind(check["kind"])
    names = [*check["parts"], check["total"]] if kind == CheckKind.SUM else [check["first"], check["second"]]
    codes = [name.partition(".")[0] for name in names]
    if any(c not in asked or c in wrong or is_empty(answers.get(c)) for c in codes):
        return []
    values = [_amount(name, answers) for name in names]
    place = codes[-1]
    if kind == CheckKind.SUM and sum(values[:-1]) != values[-1]:
        return [Fault(place, place, N_("The parts add up to %(sum)s, not to %(total)s."), {"sum": shown(Kind.MONEY, sum(values[:-1])), "total": shown(Kind.MONEY, values[-1])})]
    if kind == CheckKind.BEFORE and not str(answers[codes[0]]) < str(answers[codes[1]]):
        return [Fault(place, place, N_("This day must come after %(day)s."), {"day": shown(Kind.DATE, answers[codes[0]])})]
    if kind == CheckKind.NOT_MORE and values[0] > values[1]:
        return [Fault(codes[0], codes[0], N_("This may not be more than %(n)s."), {"n": shown(Kind.MONEY, values[1])})]
    return []


def _amount(name: str, answers: Answers) -> Any:
    code, _dot, column = name.partition(".")
    if column:
        rows = [row for row in answers[code] if isinstance(row, dict)] if isinstance(answers[code], list) else []
        return sum(row.get(column) or 0 for row in rows if isinstance(row.get(column) or 0, int | float))
    return answers[code] if isinstance(answers[code], int | float) else 0


def size_of(value: Any) -> int:
    """The bytes of an answer that is a file."""
    found = value.get("size") if isinstance(value, dict) else None
    return found if isinstance(found, int) else 0


def has_choices(question: Mapping[str, Any]) -> bool:
    """Is the answer chosen from a list?"""
    return question["type"] in CHOICES or list_of(question) is not None


def too_long(answers: Answers) -> str | None:
    """The question whose answer is too long even to be kept for a while."""
    for code, value in answers.items():
        cells = [c for row in value for c in (row.values() if isinstance(row, dict) else [row])] if isinstance(value, list) else [value]
        if any(isinstance(cell, str) and len(cell) > LONGEST_ANSWER for cell in cells):
            return code
    return None
