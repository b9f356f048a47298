"""Blank forms of a dossier: of its documents as plain blocks for a Word file, of the work description as the form that can be uploaded again."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.later import worddraw
from app.services.papers.actions import template_text
from app.services.papers.blocks import build
from app.stages.calls.models import Call
from app.stages.calls.queries import asked
from app.stages.proposals import promises, work
from app.stages.proposals import queries as proposals
from app.stages.proposals.wordform import official, tables

TEMPLATES = {"application": "application", "host_activity": "host_activity", "pi_cv": "cv", "member_cv": "cv", "expert_cv": "cv", "partner": "partner"}
DOTS = "……"


def form(call: Call, code: str) -> dict[str, Any] | None:
    """The blank form of a document of this call ("pi_cv"); None for what has none."""
    kinds = asked(call, english=False)
    title = f"{call.number or ''} – {call.title}".strip(" –")
    found = next((d for kind in kinds for d in kind["documents"] if d["code"] == code and d["form"]), None)
    if found is None:
        return None
    topics = [{"code": ct.topic.code, "title": ct.topic.title} for ct in call.topics]
    data = {"form": found["form"], "name": found["name"].upper(), "call": title, "topics": topics}
    return _content(f"form_{TEMPLATES.get(code, 'other')}", found["name"], data)


def work_form(call: Call, kind: str, *, on: date) -> bytes | None:
    """The official form of the work description of a type of task, empty: filled in, it can be uploaded to a dossier. None for a type not in the call."""
    if kind not in {str(ct.topic.kind) for ct in call.topics}:
        return None
    version = work.current(call, kind, on)
    heads = "; ".join(h["vi"] for h in proposals.heads(on, call).values())
    facts = (("Thông báo", f"{call.number or ''} – {call.title}".strip(" –")), ("Chủ nhiệm", DOTS), ("Tổ chức chủ trì", DOTS), ("Các mục chi của dự toán", heads))
    return worddraw.draw(official(version, facts=facts, answers={}, names=work.labels_of(version.definition, on=on, lang="vi"), team=[("",) * 5] * 4,
                                  promised=tables(kinds=promises.kinds_of(call, on=on))))  # type: ignore[no-any-return]


def _content(template: str, title: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "number": None, "body": "Tên tổ chức đăng ký", "parent": None, "place": DOTS, "longdate": f"ngày {DOTS} tháng {DOTS} năm {DOTS}",
            "blocks": build(template_text(f"calls/{template}"), data)}  # fmt: skip
