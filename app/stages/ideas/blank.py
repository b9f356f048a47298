"""The blank order form on paper: plain blocks for Word and PDF, made of the version in force. In Vietnamese, as the form is handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.services.papers.blocks import clean
from app.services.questionnaires.answering import list_of
from app.services.questionnaires.forms import formula_told
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.queries import Choices
from app.services.questionnaires.rules import Definition, Kind, said

DOTS, BOX, FEW = "……………………………………", "☐", 12
ROWS = 4  # empty rows of a table on paper


def form(version: FormVersion, choices: Choices) -> dict[str, Any]:
    """The content that Word and PDF draw, with the source of the form and how well it is known."""
    name = version.questionnaire.name_vi
    with force_locale("vi"):
        mark = _(version.mark.label)
        asked = [[block for q in s["questions"] for block in _asked(version.definition, q, choices)] for s in version.definition["sections"]]
    blocks: list[dict[str, Any]] = [{"kind": "title", "text": name.upper()}, {"kind": "subtitle", "text": f"{version.document_number or ''}, phiên bản {version.number}".lstrip(", ")}]
    for section, inside in zip(version.definition["sections"], asked, strict=True):
        blocks.append({"kind": "heading", "text": clean(f"{section.get('number', '')}. {said(section['label'], 'vi')}".lstrip(". "))})
        blocks += inside
    blocks.append({"kind": "paragraph", "text": clean(f"Nguồn của mẫu: {version.source}. Mức kiểm chứng: {mark}.")})
    blocks.append({"kind": "sign", "side": "right", "title": "ĐẠI DIỆN TỔ CHỨC ĐỀ XUẤT", "name": " "})
    return {"title": name, "number": None, "body": "Tên tổ chức đề xuất", "parent": None, "place": "……", "longdate": "ngày …… tháng …… năm ……", "blocks": blocks}


def _asked(definition: Definition, question: Mapping[str, Any], choices: Choices) -> Iterator[dict[str, Any]]:
    label = clean(said(question["label"], "vi")) + ("" if question.get("required") else " (nếu có)")
    if question["type"] == Kind.TABLE:
        heads = ["TT", *(clean(said(c["label"], "vi")) for c in question["columns"])]
        yield {"kind": "field", "label": label, "text": ""}
        yield {"kind": "table", "heads": heads, "rows": [[str(n), *([" "] * (len(heads) - 1))] for n in range(1, ROWS + 1)], "numbers": [False] * len(heads)}
        return
    if question["type"] == Kind.CALCULATED:
        yield {"kind": "field", "label": clean(said(question["label"], "vi")), "text": clean(formula_told(definition, question, "vi"))}
        return
    offered = _offered(question, choices)
    yield {"kind": "field", "label": label, "text": "   ".join(f"{BOX} {clean(name)}" for name in offered) if offered else "(đính kèm tệp)" if question["type"] == Kind.FILE else DOTS}


def _offered(question: Mapping[str, Any], choices: Choices) -> list[str]:
    """What may be ticked, when it is few enough for paper."""
    if question["type"] == Kind.YES_NO:
        return ["Có", "Không"]
    name = list_of(question)
    rows = [label for _value, label in choices.get(name, [])] if name else [said(o, "vi") for o in question.get("options") or []]
    return rows if len(rows) <= FEW else []
