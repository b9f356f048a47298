"""A file to cells: which sheet, where its headings stand, what is left out. Cells are kept as JSON: text, numbers, days as “yyyy-mm-dd”."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from app.across.imports.decoding import Encoding, decode, encoding_of, to_unicode
from app.kernel.errors import Incomplete
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.files import workbooks
from app.services.files.rules import check_upload
from app.services.files.sheets import WIDEST

LONGEST_CELL = 5_000
HEADS_WITHIN = 15  # rows in which the headings are looked for
csv.field_size_limit(LONGEST_CELL * 20)


@dataclass(frozen=True)
class Line:
    """A row of the file: its number there (from 1) and its cells."""

    number: int
    cells: list[Any]


@dataclass
class Table:
    """What was read: headings, lines below them, and sentences about how it was read, as (msgid, parameters)."""

    heads: list[str]
    lines: list[Line]
    head_row: int
    encoding: str
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def check_name(name: str, size: int, largest: int) -> str:
    """The ending of a file that may be imported, before its bytes are read. Raises Incomplete with what to do instead."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    refused = {
        "xls": N_("This is a workbook of the older kind (.xls). Please save it as .xlsx and choose it again."),
        "xlsm": N_("This workbook may have macros (.xlsm). Please save it without them as .xlsx and choose it again."),
        "xlsb": N_("This is a binary workbook (.xlsb). Please save it as .xlsx and choose it again."),
        "ods": N_("This is a workbook of LibreOffice (.ods). Please save it as .xlsx and choose it again."),
    }
    if ending in refused:
        raise Incomplete(refused[ending], field="file")
    if ending not in ("xlsx", "csv", "tsv", "txt"):
        raise Incomplete(N_("Please choose an Excel workbook (.xlsx) or a CSV file (.csv)."), field="file")
    if size > largest:
        raise Incomplete(N_("This file is too large: at most %(n)s MB."), field="file", n=max(1, largest // 2**20))
    if not size:
        raise Incomplete(N_("This file is empty."), field="file")
    return ending


def sheets_of(name: str, content: bytes, *, largest: int) -> list[workbooks.Tab]:
    """The sheets to choose from; a text file has one. Raises Incomplete for what may not come in."""
    if check_name(name, len(content), largest) != "xlsx":
        return [workbooks.Tab("", hidden=False)]
    check_upload(name, content, largest=largest)
    return workbooks.tabs(content)


def table(name: str, content: bytes, sheet: str, *, rows: int, known: Callable[[str], bool], hidden: bool = False) -> Table:
    """The lines of one sheet, those that are hidden only when asked for; `known` tells words of headings. Raises Incomplete when there are none, or too many."""
    if name.lower().endswith(".xlsx"):
        grid = workbooks.grid(content, sheet, rows=rows + HEADS_WITHIN)
        cells, left_out, encoding = [[_plain(c) for c in row] for row in grid.cells], grid.hidden_rows, "Excel"
    else:
        cells, encoding = _separated(content, rows)
        left_out = frozenset()
    found = _with_heads(cells, encoding, frozenset() if hidden else left_out, known)
    if left_out and not hidden:
        found.notes.append((N_("%(n)s hidden rows are left out: %(rows)s."), {"n": len(left_out), "rows": _few(left_out)}))
    if not found.lines:
        raise Incomplete(N_("There is no row below the headings."), field="file")
    if len(found.lines) > rows:
        raise Incomplete(N_("There are more than %(n)s rows. Please split the file."), field="file", n=rows)
    _to_unicode(found)
    return found


def _few(numbers: frozenset[int]) -> str:
    shown = [str(n + 1) for n in sorted(numbers)]
    return ", ".join(shown[:10]) + (" …" if len(shown) > 10 else "")


def _plain(value: Any) -> Any:
    """A cell as JSON keeps it."""
    if value is None or isinstance(value, bool):
        return "" if value is None else "x" if value else ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return str(value)[:LONGEST_CELL]


def _separated(content: bytes, rows: int) -> tuple[list[list[Any]], str]:
    text, encoding = decode(content)
    if not text.strip():
        raise Incomplete(N_("This file is empty."), field="file")
    first = text.lstrip("\r\n")
    if first[:4].lower() == "sep=":  # what Excel writes so that it finds its separator again
        separator, text = first[4:5], first.split("\n", 1)[-1]
    else:
        separator = _separator(text[:20_000])
    try:
        found = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            found.append([c[:LONGEST_CELL] for c in row[:WIDEST]])
            if len(found) > rows + HEADS_WITHIN:
                break
        return found, encoding
    except csv.Error:
        raise Incomplete(N_("This CSV file cannot be read: a quotation mark may be open. Please save it again from the spreadsheet."), field="file") from None


def _separator(text: str) -> str:
    """The sign that parts the first lines most evenly into the most columns."""
    best, most = ",", 0.0
    for sign in (",", ";", "\t", "|"):
        lines = [row for _n, row in zip(range(30), csv.reader(io.StringIO(text, newline=""), delimiter=sign), strict=False) if row]
        widths = [len(row) for row in lines]
        if widths and max(widths) > 1:
            usual = max(set(widths), key=widths.count)
            score = usual * widths.count(usual) / len(widths)
            if usual > 1 and score > most:
                best, most = sign, score
    return best


def _with_heads(cells: Sequence[Sequence[Any]], encoding: str, left_out: frozenset[int], known: Callable[[str], bool]) -> Table:
    """Headings are the row among the first with the most texts that differ; a second level below them, of merged cells, is joined."""

    def differing(row: Sequence[Any]) -> int:
        texts = {c for c in row if isinstance(c, str) and c.strip() and len(c) < 120}
        return len({fold(c) for c in texts}) + 3 * sum(known(to_unicode(c, encoding_of(c))) for c in texts)

    top = max(range(min(HEADS_WITHIN, len(cells))), key=lambda n: (differing(cells[n]), -n), default=0)
    if not cells or not differing(cells[top]):
        raise Incomplete(N_("There is no row of headings in this sheet."), field="file")
    first = next((n for n in range(top + 1) if _is_part(cells[n], cells[top])), top)
    names = [_head([cells[n][c] for n in range(first, top + 1) if c < len(cells[n])]) for c in range(min(WIDEST, len(cells[top])))]
    while names and not names[-1] and not any(len(row) >= len(names) and row[len(names) - 1] not in ("", None) for row in cells[top + 1 :]):
        names.pop()
    lines = []
    for n in range(top + 1, len(cells)):
        row = [cells[n][c] if c < len(cells[n]) else "" for c in range(len(names))]
        if n not in left_out and any(str(c).strip() for c in row):
            lines.append(Line(n + 1, row))
    return Table(names, lines, top + 1, encoding)


def _is_part(row: Sequence[Any], below: Sequence[Any]) -> bool:
    """Does this row, over the headings, head several of its columns? One whose cells were merged and filled repeats its neighbours."""
    filled = [fold(str(c)) for c in row if str(c).strip()]
    return row is not below and len(filled) >= max(3, len([c for c in below if str(c).strip()]) - 1) and len(set(filled)) > 1


def _head(parts: Sequence[Any]) -> str:
    said = dict.fromkeys(" ".join(nfc(str(p)).split()) if str(p).isascii() else " ".join(str(p).split()) for p in parts if str(p).strip())
    return " – ".join(said)[:200]


def _to_unicode(found: Table) -> None:
    """Columns typed in an old encoding are written in Unicode; their headings too."""
    for c, head in enumerate(found.heads):
        texts = [line.cells[c] for line in found.lines if isinstance(line.cells[c], str) and not line.cells[c].isascii()]
        whole = " ".join([head, *texts[:300]])
        mixed = next((e for t in texts if (e := encoding_of(t)) != Encoding.UNICODE), Encoding.UNICODE)
        encoding = encoding_of(whole) if encoding_of(whole) != Encoding.UNICODE else mixed
        found.heads[c] = to_unicode(head, encoding)
        if encoding != Encoding.UNICODE:
            found.notes.append((N_("Column “%(column)s” was typed in %(encoding)s and is written in Unicode now."), {"column": found.heads[c], "encoding": str(encoding)}))
        for line in found.lines:
            value = line.cells[c]
            if isinstance(value, str) and not value.isascii():
                line.cells[c] = to_unicode(value, encoding)
            elif isinstance(value, str):
                line.cells[c] = nfc(value)
