"""Blank forms of a session for print: the ballot of one item, and the sheet for remarks of who reads it. Plain blocks for Word and PDF, in Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.services.councils.actions.papers import ROLES
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.procedures import Question, Words
from app.services.papers.blocks import clean

DOTS, BOX = "……………………………………………………", "☐"
BALLOT, REMARKS = "ballot", "remarks"
NAMES = {BALLOT: ("PHIẾU ĐÁNH GIÁ", "phieu-danh-gia"), REMARKS: ("PHIẾU NHẬN XÉT", "phieu-nhan-xet")}


def form(what: str, council: Council, item: AgendaItem, seat: Seat | None, questions: Sequence[Question], rules: Mapping[str, Any], bodies: Mapping[str, Any],
         guide: Sequence[Words] = ()) -> dict[str, Any]:  # fmt: skip
    """The content that Word and PDF draw. A ballot that the rule calls secret names nobody and is not signed; remarks are signed."""
    secret = what == BALLOT and bool(rules.get(f"councils.{council.kind}.adoption", {}).get("secret"))
    blocks: list[dict[str, Any]] = [{"kind": "title", "text": NAMES[what][0]}, {"kind": "subtitle", "text": clean(council.title)}]
    blocks += [_field("Quyết định thành lập", council.decision_number or DOTS), _field(f"Nội dung {item.position}", item.title)]
    if not secret:
        blocks += [_field("Họ và tên thành viên", seat.user.name if seat else DOTS), _field("Chức danh trong Hội đồng", ROLES[seat.role] if seat else DOTS)]
    blocks += _ballot(questions) if what == BALLOT else _remarks(questions)
    blocks += _scale([q for q in questions if q.meanings]) if what == BALLOT else []
    blocks += [{"kind": "paragraph", "text": clean(line["vi"])} for line in guide if what == BALLOT]
    if not secret:
        blocks.append({"kind": "sign", "side": "right", "title": "THÀNH VIÊN HỘI ĐỒNG", "name": seat.user.name if seat else " "})
    department = bodies["department"]["name"]
    return {"title": NAMES[what][0].capitalize(), "number": None, "body": department, "parent": bodies["committee"]["name"], "place": bodies["place"],
            "longdate": "ngày …… tháng …… năm ……", "blocks": blocks}  # fmt: skip


def _scale(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """What the marks mean: once where it is the same for all criteria, else for each."""
    if not questions:
        return []
    same = all(q.meanings == questions[0].meanings for q in questions)
    rows = [["" if same or n else clean(q.label["vi"]), str(mark), clean(words["vi"])] for q in (questions[:1] if same else questions)
            for n, (mark, words) in enumerate(sorted(q.meanings.items(), reverse=True))]  # fmt: skip
    heads = ["Tiêu chí", "Điểm", "Ý nghĩa"]
    return [{"kind": "heading", "text": "Thang điểm"}, _table(heads[1:], [row[1:] for row in rows]) if same else _table(heads, rows)]


def _ballot(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """A table of marks; beside it a line for each choice and text."""
    marks = [[clean(q.label["vi"]), str(q.weight), str(q.top), " "] for q in questions if q.kind == "mark"]
    found: list[dict[str, Any]] = []
    if marks:
        numbered = [[str(n), *row] for n, row in enumerate(marks, start=1)]
        found.append(_table(["TT", "Tiêu chí", "Hệ số", "Điểm tối đa", "Điểm chấm"], numbered))
    for q in questions:
        if q.heading:
            found.append({"kind": "heading", "text": clean(q.heading["vi"])})
        if q.kind == "choice":
            found.append(_field(q.label["vi"], "   ".join(f"{BOX} {clean(words['vi'])}" for _code, words in q.choices)))
        elif q.kind == "text":
            found.append(_field(q.label["vi"], DOTS))
    return found


def _remarks(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """One row for each thing that is judged, with room to write."""
    judged = [[str(n), clean(q.label["vi"]), " "] for n, q in enumerate((q for q in questions if q.kind != "text"), start=1)]
    return [_table(["TT", "Nội dung đánh giá", "Nhận xét của thành viên"], judged), _field("Nhận xét chung", DOTS), _field("Kiến nghị", DOTS)]


def _field(label: str, text: str) -> dict[str, Any]:
    return {"kind": "field", "label": clean(label), "text": clean(text)}


def _table(heads: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"kind": "table", "heads": heads, "rows": rows, "numbers": [False] * len(heads)}
