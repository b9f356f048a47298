"""All sheets of a workbook that was checked as an upload: their names, what is hidden, and cells by value, with merged cells filled."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.later import calamine, defused
from app.services.files.sheets import WIDEST, far_cell

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COL = re.compile(rb"<(?:\w+:)?col\b([^>]*)/?>")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_NUMBER = re.compile(rb"\b(r|min|max)=[\"'](\d+)[\"']")
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_OFFICE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FILLED_MOST = 200_000  # cells that merged areas may fill


@dataclass(frozen=True)
class Tab:
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool


@dataclass
class Grid:
    """The cells of a sheet from its first row and column on, by value; rows and columns hidden in it are numbered from 0."""

    cells: list[list[Any]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    notes: list[str] = field(default_factory=list)


def tabs(content: bytes) -> list[Tab]:
    """The sheets with cells, in order. Raises Incomplete for what cannot be opened."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [Tab(s.name, s.visible != calamine.SheetVisibleEnum.Visible) for s in book.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
    except (calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError):
        raise Incomplete(N_("This file cannot be opened. Please save it again."), field="file") from None


def grid(content: bytes, tab: str, *, rows: int, columns: int = WIDEST, field: str = "file") -> Grid:
    """One sheet of a workbook that was checked as an upload. Formulas are read by the value they had when it was saved."""
    try:
        far = far_cell(content, rows=rows, columns=columns)
        if far is not None:
            raise Incomplete(N_("The cell %(cell)s lies too far out: a sheet has at most %(rows)s rows and %(columns)s columns."), field=field, cell=far, rows=rows, columns=columns)
        sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(tab)
        cells = [list(row) for row in sheet.to_python(skip_empty_area=False, nrows=rows)]
        _fill(cells, sheet.merged_cell_ranges or [])
        return Grid(cells, *_hidden(content, tab))
    except (calamine.CalamineError, zipfile.BadZipFile, KeyError, ValueError, OSError, defused.ParseError):
        raise Incomplete(N_("This file cannot be opened. Please save it again."), field=field) from None


def _fill(cells: list[list[Any]], merged: list[Any]) -> None:
    """Every cell of a merged area says what its first cell says."""
    left = FILLED_MOST
    for (top, first), (bottom, last) in merged:
        bottom = min(bottom, len(cells) - 1)
        if top > bottom or first >= len(cells[top]):
            continue
        value = cells[top][first]
        for r in range(top, bottom + 1):
            for c in range(first, min(last, len(cells[r]) - 1) + 1):
                left -= 1
                if left < 0:
                    return
                cells[r][c] = value


def _hidden(content: bytes, tab: str) -> tuple[frozenset[int], frozenset[int]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        book = defused.fromstring(package.read("xl/workbook.xml"))
        link = next((s.get(_LINK) for s in book.iter(f"{_OFFICE}sheet") if s.get("name") == tab), None)
        parts = {r.get("Id"): r.get("Target") or "" for r in defused.fromstring(package.read("xl/_rels/workbook.xml.rels"))}
        target = parts.get(link, "")
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if link is None or name not in package.namelist():
            return frozenset(), frozenset()
        sheet = package.read(name)
    rows = {int(n) - 1 for m in _ROW.finditer(sheet) if _HIDDEN.search(m[1]) for key, n in _NUMBER.findall(m[1]) if key == b"r"}
    columns: set[int] = set()
    for m in _COL.finditer(sheet):
        if _HIDDEN.search(m[1]):
            ends = {key: int(n) for key, n in _NUMBER.findall(m[1])}
            columns |= set(range(ends.get(b"min", 1) - 1, min(ends.get(b"max", 1), WIDEST)))
    return frozenset(rows), frozenset(columns)
