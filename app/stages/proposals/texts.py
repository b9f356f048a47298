"""Answers of a section compared: what two people wrote is brought together, and old and new are told word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from app.services.questionnaires.answering import is_empty, shown, visible
from app.services.questionnaires.rules import Kind, questions

MOST_WORDS = 4_000  # more are compared by lines


@dataclass(frozen=True)
class Piece:
    """A stretch of text: the same in both, only in the old, or only in the new."""

    how: str  # same, old, new
    text: str


@dataclass(frozen=True)
class Merge:
    """Two people's answers brought together; `conflicts` are the questions that both answered anew, and differently."""

    answers: dict[str, Any]
    conflicts: list[str] = field(default_factory=list)


def same(one: Any, other: Any) -> bool:
    """Do two answers say the same? Nothing, an empty text and an empty table are one."""
    return (is_empty(one) and is_empty(other)) or _bare(one) == _bare(other)


def _bare(value: Any) -> Any:
    return [row for row in value if not is_empty(row)] if isinstance(value, list) else value


def merge(codes: Iterable[str], base: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """What I wrote from `base`, with what somebody else saved meanwhile.

    A question that only one of us changed is taken as that one left it. Without a base (it is no longer known) an empty
    answer gives way to a filled one, and every other difference is a conflict: nothing is ever taken in silence.
    """
    answers, conflicts = {}, []
    for code in codes:
        mine_has, theirs_has = mine.get(code), theirs.get(code)
        was = base.get(code) if base is not None else None
        if same(mine_has, theirs_has) or same(mine_has, was):
            answers[code] = theirs_has
        elif same(theirs_has, was):
            answers[code] = mine_has
        else:
            answers[code] = mine_has
            conflicts.append(code)
    return Merge(answers, conflicts)


def changed(codes: Iterable[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The questions whose answers differ."""
    return [code for code in codes if not same(old.get(code), new.get(code))]


def shrank(old: Mapping[str, Any], new: Mapping[str, Any], *, by: int) -> bool:
    """Did an answer lose at least so many characters? What was there before is then worth keeping apart."""
    return any(len(_plain(old[code])) - len(_plain(new.get(code))) >= by for code in old)


def _plain(value: Any) -> str:
    return "" if is_empty(value) else str(value)


def told(question: Mapping[str, Any], value: Any, names: Mapping[str, str] | None = None) -> str:
    """An answer as plain text, a row of a table in a line; `names` are the labels of what may be chosen."""
    kind = Kind(question["type"])
    if is_empty(value):
        return ""
    if kind == Kind.TABLE:
        rows = [row for row in value if isinstance(row, dict) and not is_empty(row)] if isinstance(value, list) else []
        return "\n".join(" | ".join(told(c, row.get(c["code"]), names) for c in question["columns"]) for row in rows)
    if isinstance(value, list):
        return ", ".join((names or {}).get(str(v), str(v)) for v in value)
    return (names or {}).get(str(value), "") or shown(kind, value)


def compare(old: str, new: str) -> list[Piece]:
    """How `new` differs from `old`, word by word; very long texts line by line."""
    one, other = _tokens(old), _tokens(new)
    if max(len(one), len(other)) > 2 * MOST_WORDS:
        one, other = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return list(_pieces(one, other))


def _tokens(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)  # a word with the blank after it: changed stretches stay in one piece


def _pieces(one: list[str], other: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=len(one) + len(other) > MOST_WORDS).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(one[a:b]))
            continue
        if a < b:
            yield Piece("old", "".join(one[a:b]))
        if c < d:
            yield Piece("new", "".join(other[c:d]))


def only(definition: Mapping[str, Any], code: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """One section of a form as a form of its own. What hangs on an answer elsewhere is asked, or not, as that answer stands now."""
    section = next(s for s in definition["sections"] if s["code"] == code)
    inside = {q["code"] for q in section["questions"]}
    asked = visible(definition, answers)
    kept = []
    for question in section["questions"]:
        when = question.get("when")
        if when and when["question"] not in inside:
            if question["code"] not in asked:
                continue
            question = {k: v for k, v in question.items() if k != "when"}
        kept.append(question)
    return {"sections": [{**section, "questions": kept}], "checks": []}


def codes_of(definition: Mapping[str, Any], code: str) -> list[str]:
    """The questions of a section."""
    return [q["code"] for s in definition["sections"] if s["code"] == code for q in s["questions"]]


def posted(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The answers as a browser would send them: what `questionnaires.answering.read` reads."""
    sent: list[tuple[str, str]] = []
    for question in questions(definition):
        code, kind, value = question["code"], Kind(question["type"]), answers.get(question["code"])
        if kind == Kind.TABLE:
            rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
            sent.append((f"{code}-rows", "1"))
            sent += [(f"{code}-{n}-{c['code']}", shown(Kind(c["type"]), row.get(c["code"]))) for n, row in enumerate(rows) for c in question["columns"]]
        elif kind == Kind.MANY:
            sent += [(f"{code}-asked", "1"), *((code, str(v)) for v in (value if isinstance(value, list) else []))]
        else:
            sent.append((code, shown(kind, value)))
    return sent
