"""The file of an official Word form: every answer in a content control named after its question. Loaded when a form is first drawn."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from app.services.questionnaires.answering import calculated, shown
from app.services.questionnaires.rules import Kind
from app.stages.proposals.wordform import (
    AIM,
    FORM,
    MONTHS,
    SPENDING_LABEL,
    TITLE,
    Chart,
    Filled,
    Sheet,
    guide,
    word_of,
)
from app.stages.proposals.wordtables import SPENDING, SPENDING_WORDS

FONT = "Times New Roman"
GREY = RGBColor(0x55, 0x55, 0x55)
SPARE_ROWS = 3  # empty rows of a table to be filled in Word
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def draw(filled: Filled) -> bytes:
    """The .docx of a filled work description."""
    document = Document()
    _set_up(document, filled)
    _head(document, filled)
    for sheet in filled.before:
        _table(document, sheet)
    for section in filled.definition["sections"]:
        _line(document, f"{section.get('number', '')}. {section['label']['vi']}".lstrip(". "), bold=True).paragraph_format.keep_with_next = True
        for question in section["questions"]:
            _question(document, filled, question)
    for part in filled.after:
        if isinstance(part, Chart):
            _chart(document, part)
        else:
            _table(document, part)
    _line(document, SPENDING_LABEL, bold=True).paragraph_format.keep_with_next = True
    _line(document, "Ghi: " + " hoặc ".join(SPENDING_WORDS.values()) + ".", italic=True, size=11, grey=True).paragraph_format.keep_with_next = True
    _control(document, SPENDING, SPENDING_LABEL, _paragraphs(document, filled.spending))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_up(document: Any, filled: Filled) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin = page.bottom_margin = page.right_margin = Mm(20)
    page.left_margin = Mm(30)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments, core.language = filled.name[:255], "", "", "", "vi-VN"


def _head(document: Any, filled: Filled) -> None:
    _line(document, filled.form, italic=True, align=ALIGN.RIGHT, size=11)
    _line(document, filled.name.upper(), bold=True, align=ALIGN.CENTER, size=14)
    _line(document, "Nội dung viết vào các ô bên dưới từng câu hỏi; không xóa các ô. Tệp này có thể tải trở lại hệ thống.", italic=True, align=ALIGN.CENTER, size=11, grey=True)
    _line(document, "I. THÔNG TIN CHUNG", bold=True)
    for label, tag, text in (("Tên nhiệm vụ", TITLE, filled.title), ("Thời gian thực hiện (tháng)", MONTHS, str(filled.months or "")), ("Mục tiêu", AIM, filled.aim)):
        _line(document, label, bold=True).paragraph_format.keep_with_next = True
        _control(document, tag, label, _paragraphs(document, text))
    for label, text in filled.facts:
        _line(document, f"{label}: {text}")
    _control(document, FORM, "Mã mẫu, không sửa", [_line(document, filled.mark, size=8, grey=True)._p])


def _line(holder: Any, text: str, *, bold: bool = False, italic: bool = False, align: Any = None, size: float | None = None, grey: bool = False) -> Any:
    paragraph = holder.add_paragraph()
    run = paragraph.add_run(UNWRITABLE.sub("", text))
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    if grey:
        run.font.color.rgb = GREY
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(4)
    return paragraph


def _paragraphs(document: Any, text: str) -> list[Any]:
    """A paragraph for each line; an empty one for an empty answer."""
    return [_line(document, line, align=ALIGN.JUSTIFY if len(line) > 80 else None)._p for line in (text or "").split("\n")]


def _control(document: Any, tag: str, title: str, elements: Sequence[Any]) -> None:
    """Put elements of the body into a content control with this tag."""
    control, properties, content = (OxmlElement(name) for name in ("w:sdt", "w:sdtPr", "w:sdtContent"))
    for name, value in (("w:alias", UNWRITABLE.sub("", title)[:60]), ("w:tag", tag)):
        part = OxmlElement(name)
        part.set(qn("w:val"), value)
        properties.append(part)
    lock = OxmlElement("w:lock")
    lock.set(qn("w:val"), "sdtLocked")  # its text may be changed, the control itself not taken out
    properties.append(lock)
    elements[0].addprevious(control)
    control.append(properties)
    control.append(content)
    for element in elements:
        content.append(element)


def _question(document: Any, filled: Filled, question: Mapping[str, Any]) -> None:
    label = question["label"]["vi"] + (" *" if question.get("required") else "")
    _line(document, label, bold=True, italic=True).paragraph_format.keep_with_next = True
    if guidance := " ".join(guide(filled.definition, question, filled.names.get(question["code"], {}))):
        _line(document, guidance, italic=True, size=11, grey=True).paragraph_format.keep_with_next = True
    value = filled.answers.get(question["code"])
    if question["type"] == Kind.FILE:  # a file is not written in Word
        _line(document, f"Tệp: {shown(Kind.FILE, value) or '–'}")
    elif question["type"] == Kind.CALCULATED:  # nor is what the system works out
        _line(document, f"Hệ thống tự tính: {calculated(filled.definition, filled.answers).get(question['code'], '–')}")
    elif question["type"] == Kind.TABLE:
        table = _rows(document, question, value if isinstance(value, list) else [], filled.names)
        _control(document, question["code"], question["label"]["vi"], [table._tbl])
        document.add_paragraph().paragraph_format.space_after = Pt(0)
    else:
        _control(document, question["code"], question["label"]["vi"], _paragraphs(document, word_of(question, value, filled.names.get(question["code"], {}))))


def _rows(document: Any, question: Mapping[str, Any], value: list[Any], names: Mapping[str, Mapping[str, str]]) -> Any:
    rows = [row for row in value if isinstance(row, dict)]
    columns = question["columns"]
    table = document.add_table(rows=1 + len(rows) + SPARE_ROWS, cols=len(columns), style="Table Grid")
    texts = [[c["label"]["vi"] for c in columns]]
    texts += [[word_of(c, row.get(c["code"]), names.get(f"{question['code']}.{c['code']}", {})) for c in columns] for row in rows]
    for line, cells in zip(table.rows, texts + [[""] * len(columns)] * SPARE_ROWS, strict=True):
        for cell, text in zip(line.cells, cells, strict=True):
            run = cell.paragraphs[0].add_run(UNWRITABLE.sub("", text))
            run.font.size, run.bold = Pt(11), line is table.rows[0]
    _repeat(table.rows[0])
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    return table


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _table(document: Any, sheet: Sheet) -> None:
    _line(document, sheet.title, bold=True).paragraph_format.keep_with_next = True
    if sheet.hint:
        _line(document, sheet.hint, italic=True, size=11, grey=True).paragraph_format.keep_with_next = True
    size = Pt(11 if len(sheet.heads) < 7 else 9)
    spare = [[""] * len(sheet.heads)] * (SPARE_ROWS if sheet.tag else 0)
    every = [sheet.heads, *sheet.rows, *spare, *([sheet.foot] if sheet.foot else [])]
    table = document.add_table(rows=len(every), cols=len(sheet.heads), style="Table Grid")
    for at, (row, texts) in enumerate(zip(table.rows, every, strict=True)):
        bold = at == 0 or (bool(sheet.foot) and at == len(every) - 1)
        for cell, text, number in zip(row.cells, texts, sheet.numbers, strict=True):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(UNWRITABLE.sub("", text))
            run.font.size, run.bold = size, bold
            paragraph.alignment = ALIGN.RIGHT if number and at else None
    _repeat(table.rows[0])
    if sheet.tag:
        _control(document, sheet.tag, sheet.title, [table._tbl])
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _chart(document: Any, chart: Chart) -> None:
    """The milestones as a table whose cells are filled where the work is done: every writer can show and print it."""
    _line(document, chart.title, bold=True).paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(chart.bars), cols=1 + len(chart.columns), style="Table Grid")
    table.autofit = False
    name, each = Mm(50), Mm(max(4, 110 // len(chart.columns)))
    for row, texts in zip(table.rows, [["Nội dung", *chart.columns], *([bar[0], *[""] * len(chart.columns)] for bar in chart.bars)], strict=True):
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = each if at else name
            cell.paragraphs[0].add_run(UNWRITABLE.sub("", text)).font.size = Pt(8 if at else 9)
    for row, (_name, first, last) in zip(table.rows[1:], chart.bars, strict=True):
        for at in range(first, last + 1):
            _shade(row.cells[at + 1])
    _repeat(table.rows[0])
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "1D5FA8")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
