"""Budget lines from elsewhere: amounts as people write them, rows pasted from Excel, a workbook out and in. Pure but for the workbook."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kernel.db import MONEY_MAX
from app.kernel.errors import Incomplete
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.later import xlsxwriter
from app.services.files.sheets import first_sheet
from app.stages.proposals.rules import Source, line_amount

MOST_LINES = 1_000
LONGEST_TEXT = MOST_LINES * 700
COLUMNS = ("Mục chi", "Nội dung", "Nguồn", "Năm", "ĐVT", "Số lượng", "Đơn giá", "Thành tiền")
TOLD = ("Khoán chi", "Định mức")  # in the workbook only: they follow from the others
UNITS = {"": 1, "đ": 1, "đồng": 1, "₫": 1, "vnd": 1, "vnđ": 1, "nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tr": 10**6, "tỷ": 10**9, "tỉ": 10**9}
UNITS |= {f"{name} đồng": size for name, size in UNITS.items() if size > 1}
SOURCES = {"state": Source.STATE, "ngan sach nha nuoc": Source.STATE, "nsnn": Source.STATE, "ngan sach": Source.STATE, "state budget": Source.STATE,
           "counterpart": Source.COUNTERPART, "doi ung": Source.COUNTERPART, "kinh phi doi ung": Source.COUNTERPART, "counterpart funds": Source.COUNTERPART,
           "nguon khac": Source.COUNTERPART, "khac": Source.COUNTERPART}  # fmt: skip
SHORTENED = N_("“%(typed)s” was shortened by Excel, so digits may be missing. Make the column wider in Excel and copy again, or write it in full.")
UNREADABLE = N_("“%(typed)s” cannot be read as an amount. Write for example 1.250.000.000 or 1.250,5 triệu.")
NOT_WHOLE = N_("“%(typed)s” is no whole number of đồng.")
NO_QUANTITY = N_("“%(typed)s” cannot be read as a quantity. Write for example 12 or 2,5.")


@dataclass(frozen=True)
class Line:
    """One line of an estimate: quantity in hundredths, price in đồng."""

    head: str
    content: str
    source: Source
    year: int
    unit: str
    quantity: int
    price: int

    @property
    def amount(self) -> int:
        return line_amount(self.quantity, self.price)


@dataclass(frozen=True)
class Fault:
    """What is wrong in which row (counted from 1) and column."""

    row: int
    column: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class Table:
    """Rows that were read, and what is wrong with those that were not."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Unreadable(ValueError):
    """A cell that cannot be read; the msgid says why."""


# --- numbers --------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Full-width and other digits as 0-9, unusual blanks as blanks, no letters of case."""
    return " ".join(unicodedata.normalize("NFKC", nfc(text)).lower().split())


def amount_of(typed: str) -> int:
    """Whole đồng: 1.250.000.000, 1 250 000, 1,250,000, 1.250,5 triệu, 3 tỷ, full-width digits. Raises Unreadable with a msgid."""
    text = _plain(typed)
    if re.fullmatch(r"[+-]?\d+([.,]\d+)?e[+-]?\d+", text) or (text and set(text) == {"#"}):
        raise Unreadable(SHORTENED)
    match = re.fullmatch(r"([\d., ]*\d)\s*([^\d\s.,]*(?: đồng)?)", text)
    if match is None or match[2] not in UNITS or not text.isprintable() or not match[1].replace(" ", "").isascii():
        raise Unreadable(UNREADABLE)
    whole, part = _number(match[1], unit=UNITS[match[2]] > 1)
    size = UNITS[match[2]]
    if part and int(part) * size % 10 ** len(part):
        raise Unreadable(NOT_WHOLE)
    found = int(whole) * size + (int(part) * size // 10 ** len(part) if part else 0)
    if found > MONEY_MAX:
        raise Unreadable(N_("“%(typed)s” is more than can be right for one line."))
    return found


def _number(text: str, *, unit: bool) -> tuple[str, str]:
    """Whole digits and decimals. Points group and a comma divides, as in Vietnam; commas may group where nothing else can be meant."""
    if re.fullmatch(r"\d{1,16}", text):
        return text, ""
    if match := re.fullmatch(r"(\d{1,3}(?:[. ]\d{3})+|\d{1,16})(?:,(\d{1,6}))?", text):
        return re.sub(r"\D", "", match[1]), match[2] or ""
    if match := re.fullmatch(r"(\d{1,3}(?:,\d{3})+)(?:\.(\d{1,6}))?", text):
        return match[1].replace(",", ""), match[2] or ""
    if unit and (match := re.fullmatch(r"(\d{1,9})\.(\d{1,2})", text)):  # 2.5 triệu
        return match[1], match[2]
    if match := re.fullmatch(r"(\d{1,16})\.(0{1,2})", text):  # 1250000.00
        return match[1], ""
    raise Unreadable(UNREADABLE)


def quantity_of(typed: str) -> int:
    """A quantity with up to two decimals, in hundredths: 2,5 → 250. Raises Unreadable."""
    text = _plain(typed)
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{3})+|\d{1,9})(?:,(\d{1,2}))?", text) or re.fullmatch(r"(\d{1,9})\.(\d{1,2})", text)
    if match is None or not text.isascii():
        raise Unreadable(SHORTENED if re.fullmatch(r"\d+([.,]\d+)?e[+-]?\d+", text) else NO_QUANTITY)
    found = int(match[1].replace(".", "")) * 100 + int((match[2] or "").ljust(2, "0") or 0)
    if not 0 < found <= 10**11:
        raise Unreadable(NO_QUANTITY)
    return found


def quantity_text(quantity: int) -> str:
    """Hundredths as people write them: 250 → "2,5"."""
    whole, part = divmod(quantity, 100)
    return f"{whole},{part:02d}".rstrip("0") if part else str(whole)


# --- rows -----------------------------------------------------------------------------------------------------


def pasted(text: str, heads: Mapping[str, Mapping[str, Any]]) -> Table:
    """Rows copied from Excel: cells parted by tabs. A cell with line breaks comes in quotation marks."""
    if len(text) > LONGEST_TEXT:
        raise Incomplete(N_("At most %(n)s lines at once."), field="text", n=MOST_LINES)
    return rows(_cells(text), heads)


def _cells(text: str) -> list[list[str]]:
    """Tab separated text as Excel copies it, quotation marks included."""
    found: list[list[str]] = [[]]
    for match in re.finditer(r'(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\r|\n|$)', text):
        quoted, bare, end = match.groups()
        found[-1].append(quoted.replace('""', '"') if quoted is not None else bare)
        if end != "\t":
            found.append([])
        if match.end() == len(text):
            break
    return found


def rows(cells: Iterable[Sequence[Any]], heads: Mapping[str, Mapping[str, Any]]) -> Table:
    """Lines of a table whose columns are COLUMNS; a first row with their names is left out, empty rows and a row of totals too."""
    table, named = Table(), {fold(name): code for code, h in heads.items() for name in (code, h["vi"], h["en"])}
    for number, row in enumerate(cells, 1):
        texts = [_as_text(cell) for cell in row][: len(COLUMNS)]
        texts += [""] * (len(COLUMNS) - len(texts))
        if not any(texts) or fold(texts[0]) == fold(COLUMNS[0]) or fold(texts[0]) in ("tong cong", "cong", "total"):
            continue
        if len(table.lines) + len(table.faults) >= MOST_LINES:
            table.faults.append(Fault(number, "", N_("At most %(n)s lines at once."), {"n": MOST_LINES}))
            break
        _line(number, texts, named, table)
    return table


def _as_text(cell: Any) -> str:
    """A cell as its text; a number of a workbook with a comma, whole ones bare."""
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, int | float):
        return str(int(cell)) if cell == int(cell) else f"{cell:.6f}".rstrip("0").replace(".", ",")
    return nfc(str(cell))


def _line(number: int, texts: list[str], named: Mapping[str, str], table: Table) -> None:
    head, content, source, year, unit, _quantity, _price, amount = texts
    faults: list[Fault] = []

    def read(column: int, reader: Any) -> Any:
        try:
            return reader(texts[column])
        except Unreadable as why:
            faults.append(Fault(number, COLUMNS[column], str(why), {"typed": texts[column][:60]}))
            return None

    def need(ok: bool, column: int, message: str, **params: Any) -> None:
        if not ok:
            faults.append(Fault(number, COLUMNS[column], message, params))

    need(fold(head) in named, 0, N_("“%(typed)s” is no budget head of this call."), typed=head[:60])
    need(bool(content) and len(content) <= 300, 1, N_("Please write what it is for, in at most 300 characters."))
    need(fold(source) in SOURCES, 2, N_("“%(typed)s” is no source. Write “Ngân sách nhà nước” or “Đối ứng”."), typed=source[:60])
    need(re.fullmatch(r"[0-9]{4}", _plain(year)) is not None, 3, N_("Please write the year, for example 2027."))
    need(bool(unit) and len(unit) <= 60, 4, N_("Please write the unit, in at most 60 characters."))
    many, each, sum_ = read(5, quantity_of), read(6, amount_of), read(7, amount_of) if amount else None
    if not faults and many is not None and each is not None:
        made = Line(named[fold(head)], " ".join(content.split()), SOURCES[fold(source)], int(_plain(year)), " ".join(unit.split()), many, each)
        need(0 < made.amount <= MONEY_MAX, 6, N_("Quantity and price make an amount that is not possible for one line."))
        need(sum_ is None or sum_ == made.amount, 7, N_("Quantity times price is %(have)s, not %(said)s."), have=f"{made.amount:,}".replace(",", "."), said=amount)
        if not faults:
            table.lines.append(made)
    table.faults += faults


# --- a workbook -----------------------------------------------------------------------------------------------


def workbook(lines: Sequence[Any], heads: Mapping[str, Mapping[str, Any]], norms: Sequence[Mapping[str, Any] | None] = ()) -> bytes:
    """The estimate as a workbook with the columns that can be read again, then what is only told; the last row adds up."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Dự toán")
        bold, money, plain = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "#,##0.##"})
        sheet.write_row(0, 0, (*COLUMNS, *TOLD), bold)
        for column, width in enumerate((26, 44, 20, 8, 12, 12, 18, 20, 12, 16)):
            sheet.set_column(column, column, width)
        at = 0
        for at, b in enumerate(lines, 1):
            for column, text in enumerate((heads.get(b.head, {}).get("vi", b.head), b.content, "Đối ứng" if b.source == Source.COUNTERPART else "Ngân sách nhà nước")):
                sheet.write_string(at, column, text)
            sheet.write_number(at, 3, b.year)
            sheet.write_string(at, 4, b.unit)
            sheet.write_number(at, 5, b.quantity / 100, plain)
            sheet.write_number(at, 6, b.price, money)
            sheet.write_formula(at, 7, f"=ROUND(F{at + 1}*G{at + 1},0)", money, b.amount)
            sheet.write_string(at, 8, "Khoán" if getattr(b, "lump_sum", heads.get(b.head, {}).get("lump_sum")) else "Không khoán")
            if at <= len(norms) and (norm := norms[at - 1]) is not None:
                sheet.write_number(at, 9, norm["most"], money)
        if at:
            sheet.write_string(at + 1, 0, "Tổng cộng", bold)
            sheet.write_formula(at + 1, 7, f"=SUM(H2:H{at + 1})", money, sum(b.amount for b in lines))
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def read_workbook(content: bytes, heads: Mapping[str, Mapping[str, Any]]) -> Table:
    """The lines of the first sheet of a workbook that was checked already."""
    return rows(first_sheet(content, rows=MOST_LINES * 2), heads)
