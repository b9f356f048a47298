"""Blank forms of a dossier, as plain blocks for a Word file: made from the documents and sections that a call asks for."""

from __future__ import annotations

from typing import Any

from app.services.papers.actions import template_text
from app.services.papers.blocks import build
from app.stages.calls.models import Call
from app.stages.calls.queries import asked

TEMPLATES = {"application": "application", "host_activity": "host_activity", "pi_cv": "cv", "member_cv": "cv", "expert_cv": "cv", "partner": "partner"}
DOTS = "……"


def form(call: Call, code: str) -> dict[str, Any] | None:
    """The blank form of a document of this call ("pi_cv"), or of the work description of a type of task ("work-DT_CN"); None for what has none."""
    kinds = asked(call, english=False)
    title = f"{call.number or ''} – {call.title}".strip(" –")
    if code.startswith("work-"):
        kind = next((k for k in kinds if k["code"] == code.removeprefix("work-")), None)
        return _content("form_work", kind["name"], _work(kind, title)) if kind is not None else None
    found = next((d for kind in kinds for d in kind["documents"] if d["code"] == code and d["form"]), None)
    if found is None:
        return None
    topics = [{"code": ct.topic.code, "title": ct.topic.title} for ct in call.topics]
    data = {"form": found["form"], "name": found["name"].upper(), "call": title, "topics": topics}
    return _content(f"form_{TEMPLATES.get(code, 'other')}", found["name"], data)


def _work(kind: dict[str, Any], title: str) -> dict[str, Any]:
    return {
        "form": kind["form"] or "", "kind": kind["name"], "call": title,
        "sections": [{"name": s["name"], "hint": s["hint"], "needed": "có" if s["needed"] else "nếu có", "blank": " "} for s in kind["sections"]],
        "heads": [{"name": h["name"], "blank": " "} for h in kind["heads"]],
    }  # fmt: skip


def _content(template: str, title: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "number": None, "body": "Tên tổ chức đăng ký", "parent": None, "place": DOTS, "longdate": f"ngày {DOTS} tháng {DOTS} năm {DOTS}",
            "blocks": build(template_text(f"calls/{template}"), data)}  # fmt: skip
