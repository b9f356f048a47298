"""How two versions of a form differ. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kernel.words import N_, Face
from app.services.questionnaires.rules import Definition


class What(Face):
    ADDED = "added", N_("Added"), "green"
    REMOVED = "removed", N_("Taken out"), "red"
    MOVED = "moved", N_("Moved"), "blue"
    CHANGED = "changed", N_("Changed"), "amber"


ASPECTS = {
    "label": N_("Label"), "hint": N_("Hint"), "type": N_("Type"), "required": N_("Needed to submit"), "max_words": N_("Most words"), "max": N_("Most"),
    "min": N_("Least"), "options": N_("Choices"), "list": N_("List of choices"), "when": N_("Condition"), "columns": N_("Columns"),
    "max_rows": N_("Most rows"), "min_rows": N_("Least rows"), "prefill": N_("Filled beforehand from"), "formula": N_("Calculated as"), "number": N_("Number"), "checks": N_("Checks between answers"),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One difference: of a question (or a section, when `is_section`), with what changed as (aspect, before, after)."""

    what: What
    code: str
    label: Mapping[str, str]
    is_section: bool = False
    details: tuple[tuple[str, Any, Any], ...] = field(default_factory=tuple)


def compare(old: Definition, new: Definition) -> list[Change]:
    """The changes that lead from `old` to `new`, in the order of the new form; what was taken out comes last."""
    found = [*_sections(old, new), *_questions(old, new)]
    before, after = old.get("checks") or [], new.get("checks") or []
    if before != after:
        found.append(Change(What.CHANGED, "checks", {"vi": "Kiểm tra giữa các câu trả lời", "en": "Checks between answers"}, True, (("checks", before, after),)))
    return sorted(found, key=lambda change: change.what == What.REMOVED)


def _sections(old: Definition, new: Definition) -> list[Change]:
    before, after = {s["code"]: s for s in old["sections"]}, {s["code"]: s for s in new["sections"]}
    found = [Change(What.ADDED, c, s["label"], True) for c, s in after.items() if c not in before]
    found += [Change(What.REMOVED, c, s["label"], True) for c, s in before.items() if c not in after]
    for code, section in after.items():
        if code in before and (details := _details(before[code], section, ("label", "hint", "number"))):
            found.append(Change(What.CHANGED, code, section["label"], True, details))
    return found


def _questions(old: Definition, new: Definition) -> list[Change]:
    before, after = _places(old), _places(new)
    stay = [c for c in before if c in after]
    order = {c: n for n, c in enumerate(c for c in after if c in before)}
    found = []
    for code, (section, question) in after.items():
        if code not in before:
            found.append(Change(What.ADDED, code, question["label"]))
            continue
        details = _details(before[code][1], question, tuple(a for a in ASPECTS if a not in ("number", "checks")))
        if details:
            found.append(Change(What.CHANGED, code, question["label"], details=details))
        if before[code][0] != section or _jumped(stay, order, code):
            found.append(Change(What.MOVED, code, question["label"]))
    found += [Change(What.REMOVED, c, question["label"]) for c, (_s, question) in before.items() if c not in after]
    return found


def _jumped(stay: list[str], order: dict[str, int], code: str) -> bool:
    """Did the question pass the one that stood before it?"""
    at = stay.index(code)
    return at > 0 and order[stay[at - 1]] > order[code]


def _places(definition: Definition) -> dict[str, tuple[str, dict[str, Any]]]:
    return {q["code"]: (s["code"], q) for s in definition["sections"] for q in s["questions"]}


def _details(old: Mapping[str, Any], new: Mapping[str, Any], aspects: tuple[str, ...]) -> tuple[tuple[str, Any, Any], ...]:
    return tuple((a, old.get(a), new.get(a)) for a in aspects if (old.get(a) or None) != (new.get(a) or None))


def left_behind(old: Definition, new: Definition, answers: Mapping[str, Any]) -> list[str]:
    """The codes of answers that the new version no longer asks for, or asks in another type."""
    before, after = _places(old), _places(new)
    return [c for c in before if answers.get(c) not in (None, "", []) and (c not in after or after[c][1]["type"] != before[c][1]["type"])]
