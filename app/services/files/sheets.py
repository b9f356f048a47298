"""Workbooks that people send, read by one reader: only within bounds, because a cell at the far end of a sheet would make it huge in memory."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.later import calamine

WIDEST = 60
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_FILLED = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>")


def far_cell(content: bytes, *, rows: int, columns: int = WIDEST) -> str | None:
    """The name of a filled cell that lies beyond so many rows and columns, in any sheet. Raises zipfile.BadZipFile for what is no archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if _SHEET.fullmatch(name):
                for m in _FILLED.finditer(package.read(name)):
                    if int(m[2]) > rows or _column(m[1]) > columns:
                        return f"{m[1].decode()}{m[2].decode()}"
    return None


def _column(letters: bytes) -> int:
    """The number of a column; A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def first_sheet(content: bytes, *, rows: int, columns: int = WIDEST, field: str = "file") -> list[list[Any]]:
    """The cells of the first sheet of a workbook that was checked as an upload. Raises Incomplete for one that cannot be read or goes too far."""
    try:
        far = far_cell(content, rows=rows, columns=columns)
        if far is not None:
            raise Incomplete(N_("The cell %(cell)s lies too far out: a sheet has at most %(rows)s rows and %(columns)s columns."), field=field, cell=far, rows=rows, columns=columns)
        sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return list(sheet.to_python(skip_empty_area=False, nrows=rows))
    except (calamine.CalamineError, zipfile.BadZipFile, IndexError, ValueError, OSError):
        raise Incomplete(N_("This file cannot be opened. Please save it again."), field=field) from None
