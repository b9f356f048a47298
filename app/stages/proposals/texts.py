"""Answers of a section: what two people wrote is brought together, and one section is taken by itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services.questionnaires.answering import is_empty, shown, visible
from app.services.questionnaires.differing import same
from app.services.questionnaires.rules import Kind, questions


@dataclass(frozen=True)
class Merge:
    """Two people's answers brought together; `conflicts` are the questions that both answered anew, and differently."""

    answers: dict[str, Any]
    conflicts: list[str] = field(default_factory=list)


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


def shrank(old: Mapping[str, Any], new: Mapping[str, Any], *, by: int) -> bool:
    """Did an answer lose at least so many characters? What was there before is then worth keeping apart."""
    return any(len(_plain(old[code])) - len(_plain(new.get(code))) >= by for code in old)


def _plain(value: Any) -> str:
    return "" if is_empty(value) else str(value)


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
