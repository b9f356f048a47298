"""What a call asks of applicants and by what rules: the versions it froze, or before publication those of the day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.kernel.clock import local
from app.kernel.db import db
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.models import FormVersion, Questionnaire
from app.services.questionnaires.rules import VersionState, said
from app.services.rulebook import queries as rulebook
from app.services.rulebook.models import Rule
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import SHEET

DOCUMENTS, WORK, HEADS, TYPES, FORMS = "proposals.documents", "proposals.work_questionnaires", "proposals.heads", "ideas.task_types", "calls.work_forms"


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
    rules = rules_of(call, [DOCUMENTS, WORK, TYPES, FORMS, HEADS, f"{SHEET}.default", *(f"{SHEET}.{k}" for k in kinds)], on=on)
    named = {t["code"]: t["en" if english else "vi"] for t in _value(rules, TYPES, [])}
    forms = work_forms(_value(rules, WORK, {}), kinds, on or local(call.opens_at or call.created_at).date())
    return [_kind(code, named.get(code, code), rules, english) | {"sections": _sections(forms.get(code), "en" if english else "vi")} for code in kinds]


def work_forms(names: Mapping[str, str], kinds: Iterable[str], on: date) -> dict[str, FormVersion]:
    """By type of task: the version, in force on that day, of the questionnaire that asks for the work description (`names`, by type)."""
    wanted = {kind: names.get(kind) or names.get("default", "") for kind in kinds}
    held = questionnaires.versions_statement().where(Questionnaire.code.in_(set(wanted.values())), FormVersion.state == VersionState.IN_FORCE, FormVersion.valid_from <= on)
    latest = {version.questionnaire.code: version for version in db.session.scalars(held.order_by(FormVersion.valid_from))}
    return {kind: latest[code] for kind, code in wanted.items() if code in latest}


def _sections(version: FormVersion | None, tongue: str) -> list[dict[str, Any]]:
    """The sections of a work description: one is needed when a question in it is."""
    rows = version.definition["sections"] if version is not None else []
    return [{"code": s["code"], "name": said(s["label"], tongue), "hint": said(s.get("hint"), tongue) or "; ".join(said(q["label"], tongue) for q in s["questions"]),
             "needed": any(q.get("required") for q in s["questions"])} for s in rows]  # fmt: skip


def _kind(code: str, name: str, rules: dict[str, Rule], english: bool) -> dict[str, Any]:
    tongue = "en" if english else "vi"
    forms = _value(rules, FORMS, {})
    sheet = rules.get(f"{SHEET}.{code}") or rules.get(f"{SHEET}.default")
    return {
        "code": code, "name": name, "form": forms.get(code) or forms.get("default"),
        "documents": [{"code": d["code"], "name": d[tongue], "form": d["form"], "needed": bool(d["needed"])} for d in _of_kind(rules, DOCUMENTS, code)],
        "documents_rule": told(rules[DOCUMENTS], english) if DOCUMENTS in rules else None,
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
