"""A paper as a Word file, laid out as Decree 30/2020 asks. Metadata name the issuing body, never a person."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"


def draw(content: dict[str, Any]) -> bytes:
    """The .docx of a paper."""
    document = Document()
    _set_up(document, content)
    _head(document, content)
    for block in content["blocks"]:
        _DRAW.get(block["kind"], _skip)(document, block)
    _signatures(document, [b for b in content["blocks"] if b["kind"] == "sign"])
    for block in content["blocks"]:
        if block["kind"] == "recipients":
            _recipients(document, block)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_up(document: Any, content: dict[str, Any]) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin = Mm(30)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = content["title"], content["body"], content["body"], ""


def _line(holder: Any, text: str, *, bold: bool = False, italic: bool = False, align: Any = None, size: float | None = None) -> Any:
    paragraph = holder.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(4)
    return paragraph


def _head(document: Any, content: dict[str, Any]) -> None:
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, lines in (
        (left, [*[(parent.upper(), False, False) for parent in [content["parent"]] if parent], (content["body"].upper(), True, False),
                (f"Số: {content['number'] or '……'}", False, False)]),
        (right, [("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True, False), ("Độc lập - Tự do - Hạnh phúc", True, False),
                 (f"{content['place']}, {content['longdate']}", False, True)]),
    ):  # fmt: skip
        cell.paragraphs[0]._p.getparent().remove(cell.paragraphs[0]._p)  # noqa: SLF001 - python-docx has no call for it
        for text, bold, italic in lines:
            _line(cell, text, bold=bold, italic=italic, align=ALIGN.CENTER, size=12)
    document.add_paragraph()


def _table(document: Any, block: dict[str, Any]) -> None:
    table = document.add_table(rows=1, cols=len(block["heads"]), style="Table Grid")
    for row, bold in ((block["heads"], True), *((r, False) for r in block["rows"])):
        cells = table.rows[0].cells if bold else table.add_row().cells
        for cell, text, number in zip(cells, row, block["numbers"], strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.bold, run.font.size = bold, Pt(11)
            cell.paragraphs[0].alignment = ALIGN.CENTER if bold else ALIGN.RIGHT if number else ALIGN.LEFT


def _article(document: Any, block: dict[str, Any]) -> None:
    head, dot, rest = block["text"].partition(".")
    paragraph = _line(document, head + dot, bold=True, align=ALIGN.JUSTIFY)
    paragraph.add_run(rest)


def _field(document: Any, block: dict[str, Any]) -> None:
    _line(document, f"{block['label']}: ").add_run(block["text"]).bold = True


def _signatures(document: Any, blocks: list[dict[str, Any]]) -> None:
    if not blocks:
        return
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    for block in blocks:
        cell = cells[0 if block["side"] == "left" else 1]
        _line(cell, block["title"], bold=True, align=ALIGN.CENTER)
        for _blank in range(3):
            cell.add_paragraph()
        _line(cell, block["name"], bold=True, align=ALIGN.CENTER)


def _recipients(document: Any, block: dict[str, Any]) -> None:
    _line(document, "Nơi nhận:", bold=True, italic=True, size=11)
    for text in block["lines"]:
        _line(document, f"- {text};", size=11)


def _skip(_document: Any, _block: dict[str, Any]) -> None:
    """Drawn elsewhere: signatures and recipients stand at the foot."""


_DRAW = {
    "title": lambda d, b: _line(d, b["text"], bold=True, align=ALIGN.CENTER, size=14),
    "subtitle": lambda d, b: _line(d, b["text"], bold=True, align=ALIGN.CENTER),
    "basis": lambda d, b: _line(d, b["text"], italic=True, align=ALIGN.JUSTIFY),
    "heading": lambda d, b: _line(d, b["text"], bold=True),
    "article": _article,
    "paragraph": lambda d, b: _line(d, b["text"], align=ALIGN.JUSTIFY),
    "point": lambda d, b: _line(d, f"- {b['text']}", align=ALIGN.JUSTIFY),
    "field": _field,
    "table": _table,
    "total": lambda d, b: _line(d, f"{b['label']}: {b['text']}", bold=True, align=ALIGN.RIGHT),
}
