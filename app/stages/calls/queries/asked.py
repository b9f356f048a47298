"""What a call asks of applicants and by what rules: the versions it froze, or before publication those of the day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.kernel.clock import local
from app.kernel.db import db
from app.services.rulebook import queries as rulebook
from app.services.rulebook.models import Rule
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import SHEET

DOCUMENTS, SECTIONS, HEADS, TYPES, FORMS = "proposals.documents", "proposals.work_sections", "proposals.heads", "ideas.task_types", "calls.work_forms"


def rules_of(call: Call, keys: Iterable[str], *, on: date | None = None) -> dict[str, Rule]:
    """The rules with these keys as they hold for the call; keys without a version are left out."""
    day = on or local(call.opens_at or call.created_at).date()
    found = rulebook.frozen_rules(call.rules) if call.rules else {}
    missing = [key for key in keys if key not in found]
    if missing:
        held = (Rule.key.in_(missing), Rule.valid_from <= day, or_(Rule.valid_to.is_(None), Rule.valid_to >= day))
        found |= {r.key: r for r in db.session.scalars(select(Rule).where(*held).order_by(Rule.valid_from))}
    return found


def asked(call: Call, *, english: bool, on: date | None = None, topics: Sequence[CallTopic] | None = None) -> list[dict[str, Any]]:
    """For each type of task in the call: documents of the dossier, sections of the work description, the sheet it is scored by."""
    kinds = list(dict.fromkeys(str(ct.topic.kind) for ct in (call.topics if topics is None else topics)))
    rules = rules_of(call, [DOCUMENTS, SECTIONS, TYPES, FORMS, HEADS, f"{SHEET}.default", *(f"{SHEET}.{k}" for k in kinds)], on=on)
    named = {t["code"]: t["en" if english else "vi"] for t in _value(rules, TYPES, [])}
    return [_kind(code, named.get(code, code), rules, english) for code in kinds]


def _kind(code: str, name: str, rules: dict[str, Rule], english: bool) -> dict[str, Any]:
    tongue = "en" if english else "vi"
    forms = _value(rules, FORMS, {})
    sheet = rules.get(f"{SHEET}.{code}") or rules.get(f"{SHEET}.default")
    return {
        "code": code, "name": name, "form": forms.get(code) or forms.get("default"),
        "documents": [{"code": d["code"], "name": d[tongue], "form": d["form"], "needed": bool(d["needed"])} for d in _of_kind(rules, DOCUMENTS, code)],
        "documents_rule": told(rules[DOCUMENTS], english) if DOCUMENTS in rules else None,
        "sections": [{"code": s["code"], "name": s[tongue], "hint": s.get(f"hint_{tongue}", ""), "needed": bool(s["needed"])}
                     for s in _of_kind(rules, SECTIONS, code)],
        "heads": [{"code": h["code"], "name": h[tongue]} for h in _value(rules, HEADS, [])],
        "sheet": _sheet(sheet, english) if sheet is not None else None,
    }  # fmt: skip


def _sheet(rule: Rule, english: bool) -> dict[str, Any]:
    value = rule.value
    criteria = [{"name": c["en" if english else "vi"], "most": c["weight"] * value["top"]} for c in value["criteria"]]
    return {"criteria": criteria, "total": sum(c["most"] for c in criteria), "pass": value["pass"], "rule": told(rule, english)}


def _of_kind(rules: dict[str, Rule], key: str, code: str) -> list[dict[str, Any]]:
    value: dict[str, list[dict[str, Any]]] = _value(rules, key, {"default": []})
    return value.get(code) or value["default"]


def _value(rules: dict[str, Rule], key: str, otherwise: Any) -> Any:
    return rules[key].value if key in rules else otherwise


def rules_told(call: Call, *, english: bool) -> list[dict[str, Any]]:
    """The rules the call froze, in words, in the order of their names."""
    return [told(rule, english) for _key, rule in sorted(rulebook.frozen_rules(call.rules or {}).items())]


def told(rule: Rule, english: bool) -> dict[str, Any]:
    """A version of a rule for people: what it says, how many days or which hour where that is its value, its source and since when it holds."""
    value, days, unit, text = rule.value, None, rule.unit, None
    if isinstance(value, dict) and {"days", "unit"} == set(value):
        days, unit = value["days"], value["unit"]
    elif isinstance(value, int) and not isinstance(value, bool):
        days = value if unit in ("working", "calendar") else None
        text = None if days is not None else str(value)
    elif isinstance(value, str) and re.fullmatch(r"\d{1,2}:\d{2}", value):
        text = value
    return {"key": rule.key, "says": (rule.note_en if english else rule.note_vi) or rule.key, "days": days, "unit": unit, "text": text,
            "source": rule.source, "mark": rule.mark, "since": rule.valid_from, "pid": rule.public_id}  # fmt: skip
