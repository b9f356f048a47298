"""A paper as a Word file, laid out as Decree 30/2020 asks. Metadata name the issuing body, never a person."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from app.later import qr
from app.services.papers.blocks import is_between, letterhead, table_size, widths

FONT = "Times New Roman"
TEXT_WIDTH = 160  # millimetres between the margins
MOTTO = 57  # millimetres of “Độc lập - Tự do - Hạnh phúc” in bold letters of 13 points: the line below it is as long


def draw(content: dict[str, Any]) -> bytes:
    """The .docx of a paper."""
    document = Document()
    _set_up(document, content)
    _page_numbers(document.sections[0])
    _head(document, content)
    for block in content["blocks"]:
        _DRAW.get(block["kind"], _skip)(document, block)
    _keep_last(document)
    _foot(document, content["blocks"])
    if check := content.get("check"):
        _check(document, check)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_up(document: Any, content: dict[str, Any]) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin, section.header_distance = Mm(30), Mm(10)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.element.rPr.append(_element("w:lang", {"w:val": "vi-VN", "w:eastAsia": "vi-VN"}))
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = content["title"][:255], content["body"], content["body"], ""
    core.language = "vi-VN"
    if issued := content.get("issued"):
        core.created = core.modified = datetime.fromisoformat(issued).replace(tzinfo=None)


def _element(name: str, attributes: dict[str, str] | None = None, text: str | None = None) -> Any:
    made = OxmlElement(name)
    for key, value in (attributes or {}).items():
        made.set(qn(key), value)
    made.text = text
    return made


def _page_numbers(section: Any) -> None:
    """In the middle at the top, from the second page on."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    run = paragraph.add_run()._r
    for part in (_element("w:fldChar", {"w:fldCharType": "begin"}), _element("w:instrText", text=" PAGE "),
                 _element("w:fldChar", {"w:fldCharType": "end"})):  # fmt: skip
        run.append(part)


def _line(holder: Any, text: str, *, bold: bool = False, italic: bool = False, align: Any = None, size: float | None = None,
          indent: bool = False) -> Any:  # fmt: skip
    paragraph = holder.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(4)
    if indent:
        paragraph.paragraph_format.first_line_indent = Mm(10)
    return paragraph


def _rule(holder: Any, width: float, of: float) -> None:
    """A short line in the middle: drawn, not an underline, which would cut the dots of ộ and ậ."""
    paragraph = holder.add_paragraph()
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm((of - width) / 2)
    shape.space_before, shape.space_after, shape.line_spacing = Pt(0), Pt(6), Pt(4)
    borders = _element("w:pBdr")
    borders.append(_element("w:top", {"w:val": "single", "w:sz": "6", "w:space": "1", "w:color": "000000"}))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _cell_margins(table: Any, twips: int) -> None:
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", {"w:w": str(twips), "w:type": "dxa"}))
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)


def _columns(document: Any, widths_mm: list[float]) -> list[Any]:
    """The emptied cells of one row without borders."""
    table = document.add_table(rows=1, cols=len(widths_mm))
    table.autofit = False
    _cell_margins(table, 0)
    cells = table.rows[0].cells
    for at, (cell, width) in enumerate(zip(cells, widths_mm, strict=True)):
        table.columns[at].width = cell.width = Mm(width)
        empty = cell.paragraphs[0]._p
        empty.getparent().remove(empty)
    return list(cells)


def _head(document: Any, content: dict[str, Any]) -> None:
    if is_between(content["blocks"]):
        _head_between(document, content)
        return
    left, right = _columns(document, [68, 92])
    for line in letterhead(content["parent"] or ""):
        _line(left, line, align=ALIGN.CENTER, size=12).paragraph_format.space_after = Pt(0)
    for line in letterhead(content["body"]):
        _line(left, line, bold=True, align=ALIGN.CENTER, size=12).paragraph_format.space_after = Pt(0)
    _rule(left, 22, 68)
    _line(left, f"Số: {content['number'] or '……'}", align=ALIGN.CENTER, size=13)
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, align=ALIGN.CENTER, size=12)
    _line(right, "Độc lập - Tự do - Hạnh phúc", bold=True, align=ALIGN.CENTER, size=13)
    _rule(right, MOTTO, 92)
    _line(right, f"{content['place']}, {content['longdate']}", italic=True, align=ALIGN.CENTER, size=13)
    document.add_paragraph()


def _head_between(document: Any, content: dict[str, Any]) -> None:
    """The head of a paper between parties: the nation in the middle, number and day below."""
    _line(document, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, align=ALIGN.CENTER, size=12)
    _line(document, "Độc lập - Tự do - Hạnh phúc", bold=True, align=ALIGN.CENTER, size=13)
    _rule(document, MOTTO, TEXT_WIDTH)
    left, right = _columns(document, [68, 92])
    _line(left, f"Số: {content['number']}" if content["number"] else "", size=13)
    _line(right, f"{content['place']}, {content['longdate']}", italic=True, align=ALIGN.RIGHT, size=13)
    document.add_paragraph()


def _keep_last(document: Any) -> None:
    """What stands last goes with the signatures, which are never alone on a page: the last paragraph, of a table its last rows."""
    for part in reversed(list(document.element.body.iterchildren(qn("w:p"), qn("w:tbl")))):
        rows = list(part.iterchildren(qn("w:tr")))[-2:] if part.tag == qn("w:tbl") else [part]
        paragraphs = [p for row in rows for p in ([row] if row.tag == qn("w:p") else row.iter(qn("w:p")))]
        for paragraph in paragraphs:
            Paragraph(paragraph, document).paragraph_format.keep_with_next = True
        if any("".join(text.text or "" for text in p.iter(qn("w:t"))) for p in paragraphs):
            return


def _table(document: Any, block: dict[str, Any]) -> None:
    count = len(block["heads"])
    size = Pt(table_size(block))
    shares = widths(block)
    table = document.add_table(rows=1 + len(block["rows"]), cols=count, style="Table Grid")
    table.autofit = False
    _cell_margins(table, 60)
    columns = [Mm(TEXT_WIDTH * share / sum(shares)) for share in shares]
    for column, width in zip(table.columns, columns, strict=True):
        column.width = width
    for at, (row, texts) in enumerate(zip(table.rows, [block["heads"], *block["rows"]], strict=True)):
        row._tr.get_or_add_trPr().append(_element("w:tblHeader" if at == 0 else "w:cantSplit"))
        for cell, text, number, width in zip(row.cells, texts, block["numbers"], columns, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.bold, run.font.size = at == 0, size
            paragraph.alignment = ALIGN.CENTER if at == 0 else ALIGN.RIGHT if number else ALIGN.LEFT
    after = document.add_paragraph().paragraph_format
    after.space_after, after.line_spacing = Pt(0), Pt(6)


def _article(document: Any, block: dict[str, Any]) -> None:
    head, dot, rest = block["text"].partition(".")
    _line(document, head + dot, bold=True, align=ALIGN.JUSTIFY, indent=bool(dot)).add_run(rest)


def _subtitle(document: Any, block: dict[str, Any]) -> None:
    _line(document, block["text"], bold=True, align=ALIGN.CENTER, size=14)
    _rule(document, 32, TEXT_WIDTH)


def _field(document: Any, block: dict[str, Any]) -> None:
    _line(document, f"{block['label']}: ").add_run(block["text"]).bold = True


def _foot(document: Any, blocks: list[dict[str, Any]]) -> None:
    """Signatures; the recipients stand at their left when nobody signs there, else below."""
    signs = [b for b in blocks if b["kind"] == "sign"]
    sides = {side: [b for b in signs if b["side"] == side] for side in ("left", "right")}
    below = [b for b in blocks if b["kind"] == "recipients"]
    if signs:
        left, right = _columns(document, [TEXT_WIDTH / 2, TEXT_WIDTH / 2])
        if not sides["left"]:
            _recipients(left, below)
            below = []
        _signatures(left, sides["left"])
        _signatures(right, sides["right"])
        for cell in (left, right):
            if not cell.paragraphs:
                cell.add_paragraph()  # Word asks for one in every cell
        left._tc.getparent().get_or_add_trPr().append(_element("w:cantSplit"))
    _recipients(document, below)


def _check(document: Any, check: dict[str, str]) -> None:
    """Where the paper can be checked, as a code for telephones and in letters."""
    picture = io.BytesIO()
    qr.make(check["url"], error="m", micro=False).save(picture, kind="png", scale=6, border=0)
    document.add_paragraph()
    left, right = _columns(document, [22, TEXT_WIDTH - 22])
    left.add_paragraph().add_run().add_picture(picture, width=Mm(17))
    for text in ("Kiểm tra văn bản này tại:", check["url"], f"Mã băm nội dung: {check['hash']}…"):
        _line(right, text, size=9).paragraph_format.space_after = Pt(0)
    left._tc.getparent().get_or_add_trPr().append(_element("w:cantSplit"))


def _signatures(holder: Any, blocks: list[dict[str, Any]]) -> None:
    for at, block in enumerate(blocks):
        if at:
            holder.add_paragraph()
        for title in block["title"].split("\n"):
            _line(holder, title, bold=True, align=ALIGN.CENTER).paragraph_format.space_after = Pt(0)
        for _blank in range(3):
            holder.add_paragraph()
        _line(holder, block["name"], bold=True, align=ALIGN.CENTER)


def _recipients(holder: Any, blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        _line(holder, "Nơi nhận:", bold=True, italic=True, size=12)
        for at, text in enumerate(block["lines"], 1):
            _line(holder, f"- {text}{'.' if at == len(block['lines']) else ';'}", size=11).paragraph_format.space_after = Pt(0)


def _skip(_document: Any, _block: dict[str, Any]) -> None:
    """Drawn elsewhere: signatures and recipients stand at the foot."""


_DRAW = {
    "title": lambda d, b: _line(d, b["text"], bold=True, align=ALIGN.CENTER, size=14),
    "subtitle": _subtitle,
    "basis": lambda d, b: _line(d, b["text"], italic=True, align=ALIGN.JUSTIFY, indent=True),
    "heading": lambda d, b: _line(d, b["text"], bold=True),
    "article": _article,
    "paragraph": lambda d, b: _line(d, b["text"], align=ALIGN.JUSTIFY, indent=True),
    "point": lambda d, b: _line(d, f"- {b['text']}", align=ALIGN.JUSTIFY),
    "field": _field,
    "table": _table,
    "total": lambda d, b: _line(d, f"{b['label']}: {b['text']}", bold=True, align=ALIGN.RIGHT),
}
