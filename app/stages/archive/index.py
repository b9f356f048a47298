"""The index of a dossier (mục lục hồ sơ): as PDF/A, as a spreadsheet, and a text that tells how to read and verify the rest."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _

from app.kernel.clock import local
from app.later import xlsxwriter
from app.services.papers import pdf
from app.services.papers.blocks import clean
from app.services.papers.rules import paper_date
from app.services.rulebook import queries as rulebook
from app.stages.archive.contents import Dossier, folder_label
from app.stages.archive.parts import Section, folder

HEADS = ("TT", "Số, ký hiệu", "Ngày", "Tên loại và trích yếu", "Tác giả", "Số trang", "Tệp", "Ghi chú")
READ_ME = """HỒ SƠ: {title}
Lập lúc {at} (giờ Việt Nam) cho: {user}
{whole}

00-muc-luc.pdf, 00-muc-luc.xlsx   mục lục hồ sơ
01-… đến 13-…                     văn bản và tài liệu theo trình tự của nhiệm vụ
{data}/                       dữ liệu của hệ thống, mỗi bảng một tệp JSON; columns.json nói từng cột là gì
                                  (tiền tính bằng đồng, thời điểm theo UTC, ngày YYYY-MM-DD; các cột *_id nối các bảng với nhau)
{journal}/journal.jsonl          trích nhật ký: mỗi dòng một việc, kèm mã băm và mã băm của dòng trước

Văn bản là PDF/A-2b và Word; bản ký quét và tài liệu gốc giữ nguyên từng byte.

Kiểm tra toàn vẹn:  sha256sum -c SHA256SUMS        (trong thư mục đã giải nén)
Kiểm tra nhật ký:   flask archive verify TEP.zip   (trên máy chủ của hệ thống: so từng dòng với nhật ký và mã băm có khóa)
"""
WHOLE = "Toàn bộ hồ sơ. Phiếu bầu và danh tính người nhận xét kín theo đúng quy định của các trang."
OWN = "Phần hồ sơ của tổ chức chủ trì và chủ nhiệm: chỉ những gì người này được đọc trên hệ thống."


def as_pdf(found: Dossier, lines: Sequence[Any], at: datetime) -> bytes:
    """The index set as an official paper."""
    today = local(at).date()
    bodies = rulebook.value("papers.bodies", on=today)
    blocks: list[dict[str, Any]] = [{"kind": "title", "text": "MỤC LỤC HỒ SƠ"}, {"kind": "subtitle", "text": clean(found.title)}]
    number = 0
    for section, group in groupby(lines, key=lambda line: line.section):
        rows = []
        for line in group:
            number += 1
            rows.append([str(number), line.number, f"{line.dated:%d/%m/%Y}" if line.dated else "", clean(line.title + (f" ({shortened(line.note)})" if line.note else "")), clean(line.author),
                         str(line.pages or ""), clean((line.path or "–").rpartition("/")[2])])  # fmt: skip
        blocks += [{"kind": "heading", "text": f"{folder(section)}: {_(folder_label(section))}"},
                   {"kind": "table", "heads": list(HEADS[:-1]), "numbers": [True, False, False, False, False, True, False], "rows": rows}]  # fmt: skip
    blocks += [{"kind": "paragraph", "text": f"Mục lục gồm {number} dòng. {WHOLE if found.whole else OWN}"},
               {"kind": "sign", "side": "right", "title": "NGƯỜI LẬP", "name": clean(found.user.name)}]  # fmt: skip
    return pdf.draw({"title": f"Mục lục hồ sơ {found.title}"[:500], "number": None, "body": bodies["department"]["name"], "parent": bodies["committee"]["name"],
                     "place": bodies["place"], "longdate": paper_date(today), "issued": local(at).isoformat(), "blocks": blocks}, archival=True)  # fmt: skip


def shortened(note: str, longest: int = 48) -> str:
    """A remark for a narrow column; the spreadsheet has it whole."""
    return note if len(note) <= longest else note[:longest].rsplit(" ", 1)[0] + " …"


def as_sheet(lines: Sequence[Any]) -> bytes:
    """The same as a spreadsheet, with path, size and hash of each file."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold, day = book.add_worksheet("Mục lục"), book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    for at, head in enumerate((*HEADS[:2], *HEADS[2:6], "Thư mục", "Tệp", "Dung lượng (byte)", "SHA-256", "Ghi chú")):
        sheet.write_string(0, at, head, bold)
    for n, line in enumerate(lines, start=1):
        sheet.write_number(n, 0, n)
        sheet.write_string(n, 1, line.number)
        if line.dated:
            sheet.write_datetime(n, 2, datetime(line.dated.year, line.dated.month, line.dated.day), day)
        for at, figure in ((5, line.pages), (8, line.size)):
            if figure is not None:
                sheet.write_number(n, at, figure)
        for at, words in ((3, line.title), (4, line.author), (6, folder(line.section)), (7, line.path or ""), (9, line.sha256), (10, line.note)):
            sheet.write_string(n, at, words)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return buffer.getvalue()


def read_me(found: Dossier, at: datetime) -> str:
    """What is where, and how to verify it."""
    return READ_ME.format(title=found.title, at=f"{local(at):%d/%m/%Y %H:%M}", user=found.user.name, whole=WHOLE if found.whole else OWN,
                          data=folder(Section.DATA), journal=folder(Section.JOURNAL))  # fmt: skip
