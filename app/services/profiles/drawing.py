"""A version of a CV as an official form: plain blocks for Word and PDF. In Vietnamese, as it is handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.kernel.clock import local
from app.services.papers.blocks import clean
from app.services.papers.rules import paper_date
from app.services.profiles.models import CvVersion
from app.services.questionnaires.answering import is_empty, shown, visible
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import Kind, said


def content_of(version: CvVersion) -> dict[str, Any]:
    """What Word and PDF draw of a version."""
    day = local(version.made_at)
    foot = f"Phiên bản {version.number}, lập lúc {day:%H:%M ngày %d/%m/%Y}; mã băm SHA-256: {version.sha256}."
    return _content(version.form, version.answers, version.name, foot, paper_date(day.date()))


def draft_content(form: FormVersion, answers: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The same of what is being written: it says so."""
    return _content(form, answers, name, "Bản đang soạn, chưa chốt thành phiên bản.", "ngày …… tháng …… năm ……")


def _content(form: FormVersion, answers: Mapping[str, Any], name: str, foot: str, longdate: str) -> dict[str, Any]:
    title = form.questionnaire.name_vi
    blocks: list[dict[str, Any]] = [{"kind": "between"}, {"kind": "title", "text": title.upper()},
                                    {"kind": "subtitle", "text": clean(f"{form.document_number or ''}, phiên bản biểu mẫu {form.number}".lstrip(", "))}]  # fmt: skip
    asked = visible(form.definition, answers)
    for section in form.definition["sections"]:
        blocks.append({"kind": "heading", "text": clean(f"{section.get('number', '')}. {said(section['label'], 'vi')}".lstrip(". "))})
        for question in section["questions"]:
            if question["code"] in asked:
                blocks += _told(question, answers.get(question["code"]))
    blocks.append({"kind": "paragraph", "text": foot})
    blocks.append({"kind": "sign", "side": "left", "title": "XÁC NHẬN CỦA TỔ CHỨC\nQUẢN LÝ NHÂN SỰ", "name": " "})
    blocks.append({"kind": "sign", "side": "right", "title": "NGƯỜI KHAI", "name": clean(name)})
    return {"title": f"{title}: {name}", "number": None, "body": clean(name), "parent": None, "place": "……", "longdate": longdate, "blocks": blocks}


def _told(question: Mapping[str, Any], value: Any) -> Iterator[dict[str, Any]]:
    label = clean(said(question["label"], "vi"))
    if question["type"] != Kind.TABLE:
        yield {"kind": "field", "label": label, "text": "–" if is_empty(value) else clean(_word(question, value))}
        return
    columns = question["columns"]
    rows = [[str(n), *(clean(_word(c, row.get(c["code"]))) for c in columns)]
            for n, row in enumerate((r for r in value or [] if isinstance(r, dict) and not is_empty(r)), 1)] if isinstance(value, list) else []  # fmt: skip
    if not rows:
        yield {"kind": "field", "label": label, "text": "Không có"}
        return
    yield {"kind": "field", "label": label, "text": ""}
    yield {"kind": "table", "heads": ["TT", *(clean(said(c["label"], "vi")) for c in columns)], "rows": rows, "numbers": [False] * (len(columns) + 1)}


def _word(question: Mapping[str, Any], value: Any) -> str:
    options = {o["code"]: said(o, "vi") for o in question.get("options") or []}
    return options.get(str(value), shown(Kind(question["type"]), value))
