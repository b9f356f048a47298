"""The board as a report to the people's committee: plain blocks that Word and PDF draw. In Vietnamese, as papers are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.across.board.rules import MONEY, Measure, Row, Stand
from app.services.papers.blocks import clean, sentence
from app.services.papers.rules import millions, paper_date, with_dots

HEADS = {Measure.IDEAS: "Đề xuất", Measure.TOPICS: "Đặt hàng", Measure.PROPOSALS: "Hồ sơ", Measure.PROJECTS: "Nhiệm vụ", Measure.APPROVED: "Được duyệt (triệu đồng)",
         Measure.PAID: "Đã chi (triệu đồng)", Measure.RESULTS: "Kết quả", Measure.IN_USE: "Đang dùng"}  # fmt: skip
STANDS = {Stand.RESULT: "đã có kết quả", Stand.PROJECT: "đã có nhiệm vụ, chưa có kết quả", Stand.NO_PROJECT: "có đề xuất hoặc hồ sơ, chưa có nhiệm vụ", Stand.NOTHING: "chưa có gì"}
NONE_YET = (Stand.NOTHING, Stand.NO_PROJECT)


@dataclass(frozen=True)
class Told:
    """What a body said of its measure for the year: progress in words, percent and text; nothing said means no note yet."""

    agency: str
    item: str | None
    measure: str
    progress: str = ""
    percent: int = 0
    said: str = ""


@dataclass(frozen=True)
class Part:
    """A group of solutions of the plan, with what was said of its measures."""

    code: str
    name: str
    year: int
    notes: Sequence[Told]
    holds_sectors: bool = False


@dataclass(frozen=True)
class Annex:
    """A table of figures: its heads, its rows as they are printed."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def content(number: str, year: int | None, sectors: Iterable[tuple[str, Sequence[Row]]], totals: Sequence[int], *, narrowed: Sequence[str], bodies: Mapping[str, Any],
            today: date, groups: Sequence[Part] = (), annexes: Sequence[Annex] = ()) -> dict[str, Any]:  # fmt: skip
    """What is drawn: `sectors` are (name, its rows) with all measures as columns, `narrowed` says what the board was filtered by.

    `groups` are the plan's groups of solutions with what their bodies said for the year; the sectors stand in the one that holds them. `annexes` are tables of figures.
    """
    parts = [(name, list(rows)) for name, rows in sectors if rows]
    period = f"năm {year}" if year else f"đến {paper_date(today)}"
    title = f"Báo cáo kết quả thực hiện Kế hoạch {number} {period}"
    blocks: list[dict[str, Any]] = [{"kind": "title", "text": "BÁO CÁO"}, {"kind": "subtitle", "text": clean(f"Kết quả khoa học và công nghệ theo nội dung ưu tiên của Kế hoạch {number}, {period}")}]
    blocks += [{"kind": "paragraph", "text": clean(text)} for text in _summary([row for _name, rows in parts for row in rows], totals, narrowed)]
    tables = [block for name, rows in parts for block in ({"kind": "heading", "text": clean(name)}, _table(rows))]
    if not any(group.holds_sectors for group in groups):
        blocks += tables
    for group in groups:
        blocks += [{"kind": "heading", "text": clean(f"Nhóm {group.code}. {group.name}")}, *(tables if group.holds_sectors else []), *_told(group)]
    blocks += _silent(groups)
    blocks.append({"kind": "paragraph", "text": f"Số liệu của hệ thống tại {paper_date(today)}; mỗi nội dung được đếm theo đúng các danh sách mà bảng nội dung ưu tiên dẫn tới."})
    blocks.append({"kind": "sign", "side": "right", "title": "GIÁM ĐỐC", "name": " "})
    at = len(blocks) - 1
    blocks[at:at] = [block for n, annex in enumerate(annexes, start=1) for block in _annex(n, annex)]
    return {"title": title, "number": None, "body": bodies["department"]["name"], "parent": bodies["committee"]["name"], "place": bodies["place"],
            "longdate": f"ngày …… tháng …… năm {today.year}", "blocks": blocks}  # fmt: skip


def _told(group: Part) -> Iterator[dict[str, Any]]:
    """What the bodies of a group said of their measures; those that said nothing stand at the end of the report."""
    if not group.notes:
        yield {"kind": "paragraph", "text": "Nhóm này chưa giao nhiệm vụ, giải pháp cụ thể cho cơ quan nào."}
        return
    said = [note for note in group.notes if note.said]
    yield {"kind": "paragraph", "text": f"Nhóm có {len(group.notes)} việc được giao; {len(said)} việc đã có báo cáo tiến độ năm {group.year}."}
    for note in said:
        place = f"{note.item}: " if note.item else ""
        yield {"kind": "point", "text": clean(sentence(f"{note.agency}, {place}{note.measure} – {note.progress}, {note.percent}%. {note.said}").replace("\n", " "))}


def _silent(groups: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """Who has not said how a measure goes."""
    lines = [[clean(note.agency), clean(f"{note.item or group.code}"), clean(note.measure)] for group in groups for note in group.notes if not note.said]
    if not groups:
        return
    yield {"kind": "heading", "text": f"Việc chưa có báo cáo tiến độ năm {groups[0].year}"}
    if lines:
        yield {"kind": "table", "heads": ["Cơ quan", "Thuộc", "Việc được giao"], "rows": lines, "numbers": [False, False, False]}
    else:
        yield {"kind": "paragraph", "text": "Mọi việc được giao đều đã có báo cáo tiến độ."}


def _annex(n: int, annex: Annex) -> Iterator[dict[str, Any]]:
    yield {"kind": "heading", "text": clean(f"Phụ lục {n}. {annex.title}")}
    if annex.rows:
        yield {"kind": "table", "heads": [clean(h) for h in annex.heads], "rows": [[clean(cell) for cell in row] for row in annex.rows], "numbers": [False, *([True] * (len(annex.heads) - 1))]}
    else:
        yield {"kind": "paragraph", "text": "Chưa có số liệu."}


def _summary(rows: Sequence[Row], totals: Sequence[int], narrowed: Sequence[str]) -> Iterator[str]:
    if narrowed:
        yield f"Phạm vi: {'; '.join(narrowed)}."
    counted = [(sum(row.stand == stand for row in rows), words) for stand, words in STANDS.items()]
    yield f"Báo cáo gồm {len(rows)} nội dung ưu tiên: " + "; ".join(f"{n} {words}" for n, words in counted if n) + "."
    n = dict(zip(Measure, totals, strict=True))
    yield (f"Có {n[Measure.IDEAS]} đề xuất đặt hàng, {n[Measure.TOPICS]} nhiệm vụ trong danh mục đặt hàng, {n[Measure.PROPOSALS]} hồ sơ; {n[Measure.PROJECTS]} nhiệm vụ được phê duyệt "
           f"với tổng kinh phí {with_dots(n[Measure.APPROVED])} đồng, đã chi {with_dots(n[Measure.PAID])} đồng; {n[Measure.RESULTS]} kết quả được đăng ký, "
           f"{n[Measure.IN_USE]} kết quả đang được ứng dụng.")  # fmt: skip
    if empty := [row.item.code for row in rows if row.stand in NONE_YET]:
        yield f"Các nội dung chưa có nhiệm vụ: {', '.join(empty)}."


def _table(rows: Sequence[Row]) -> dict[str, Any]:
    lines = [[clean(f"{row.item.code} {row.item.short_vi}"), *(millions(n) if m in MONEY else str(n) for m, n in zip(Measure, row.numbers, strict=True))] for row in rows]
    return {"kind": "table", "heads": ["Nội dung ưu tiên", *HEADS.values()], "rows": lines, "numbers": [False, *([True] * len(HEADS))]}
