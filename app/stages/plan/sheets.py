"""An adapter: a plan as a workbook. Reads what people filled in, with the place of every row; writes the template and exports."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.later import calamine, xlsxwriter
from app.services.files.sheets import WIDEST, far_cell
from app.stages.plan.checking import MOST_ITEMS, MOST_ROWS, Problem
from app.stages.plan.shape import Shape, shown

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# sheet → columns; the first row of a sheet names them
SHEETS: dict[str, tuple[str, ...]] = {
    "Plan": ("field", "value"),
    "Goals": ("code", "year", "short_vi", "short_en", "text_vi"),
    "Groups": ("code", "name_vi", "name_en", "holds_sectors"),
    "Sectors": ("code", "slug", "name_vi", "name_en"),
    "Items": ("sector", "code", "text_vi", "short_vi", "title_en", "lead_agency", "coordinating"),
    "Targets": ("sector", "item", "name_vi", "name_en", "amount", "unit", "year"),
    "Measures": ("group", "item", "text_vi", "text_en", "agency", "due"),
    "Mapping": ("old", "new", "reason_vi"),
}
NEEDED = ("Plan", "Groups", "Sectors", "Items")
FIELDS = ("number", "date", "title_vi", "title_en", "issuing_body_vi", "issuing_body_en", "horizon_year", "vision_year", "supersedes")
ROOT = ("horizon_year", "vision_year", "supersedes")
CODES, YEARS, LISTS = {"code", "sector", "item", "group", "old"}, {"year", "horizon_year", "vision_year"}, {"new", "coordinating"}
TALLEST = 12_000
GUIDE = (
    ("Plan", "Số, ngày (NĂM-THÁNG-NGÀY), tên, cơ quan ban hành; supersedes: số kế hoạch được thay thế.",
     "Number, date (YYYY-MM-DD), title, issuing body; supersedes: number of the plan that is replaced."),
    ("Goals", "Mục tiêu theo năm.", "Goals by year."),
    ("Groups", "Nhóm giải pháp; đánh dấu x ở holds_sectors cho đúng một nhóm chứa các lĩnh vực.",
     "Groups of solutions; put x in holds_sectors for the one group that holds the sectors."),
    ("Sectors", "Lĩnh vực.", "Sectors."),
    ("Items", "Nội dung ưu tiên; sector là mã lĩnh vực; coordinating: các cơ quan phối hợp, cách nhau bằng dấu chấm phẩy.",
     "Priority items; sector is the sector's code; coordinating: bodies that take part, separated by semicolons."),
    ("Targets", "Chỉ tiêu của một lĩnh vực hoặc một nội dung (điền một trong hai cột sector, item).",
     "Targets of a sector or of an item (fill in one of the columns sector and item)."),
    ("Measures", "Nhiệm vụ giao cho cơ quan, theo nhóm giải pháp hoặc nội dung; due là hạn hoàn thành.",
     "Measures given to bodies, by group or by item; due is the day by which they are done."),
    ("Mapping", "Nội dung của kế hoạch cũ (old) trở thành nội dung nào của kế hoạch này (new, cách nhau bằng dấu chấm phẩy), hoặc lý do không còn.",
     "What an item of the old plan (old) becomes in this one (new, separated by semicolons), or the reason why it ends."),
)  # fmt: skip


class _Book:
    """A workbook while it is being read: rows with their places, and what is wrong."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[int, Shape]]] = {name: [] for name in SHEETS}
        self.places: dict[str, str] = {}
        self.problems: list[Problem] = []

    def say(self, place: str, message: str, **params: Any) -> None:
        if len(self.problems) < MOST_ROWS:
            self.problems.append(Problem("", message, params, place=place))

    def bounded(self, content: bytes) -> bool:
        """Do the filled cells stand within bounds? A cell at the far end of a sheet would make it huge in memory."""
        far = far_cell(content, rows=TALLEST + 1, columns=WIDEST)
        if far is not None:
            self.say(far, N_("This cell lies too far out: a sheet has at most %(rows)s rows and %(columns)s columns."), rows=TALLEST, columns=WIDEST)
        return far is None

    def read(self, book: Any) -> None:
        known = {fold(name): name for name in book.sheet_names}
        for sheet, columns in SHEETS.items():
            if fold(sheet) not in known:
                if sheet in NEEDED:
                    self.say(sheet, N_("The sheet “%(name)s” is missing."), name=sheet)
                continue
            found = book.get_sheet_by_name(known[fold(sheet)])
            merged = [area for area in found.merged_cell_ranges or [] if area[0][0] <= TALLEST]
            if merged:
                self.say(f"{sheet}, {merged[0][0][0] + 1}", N_("Cells are merged here (%(cells)s). Please unmerge them and fill in every row."),
                         cells=", ".join(_area(area) for area in merged[:5]))  # fmt: skip
                continue
            self._sheet(sheet, columns, found.to_python(skip_empty_area=False, nrows=TALLEST + 1))

    def _sheet(self, sheet: str, columns: tuple[str, ...], lines: list[list[Any]]) -> None:
        names = [fold(str(cell)) for cell in lines[0]] if lines else []
        missing = [c for c in columns if c not in names]
        if missing:
            self.say(f"{sheet}, 1", N_("The columns %(names)s are missing in the first row."), names=", ".join(missing))
            return
        if len(lines) > TALLEST:
            self.say(sheet, N_("This sheet has more than %(most)s rows."), most=TALLEST)
            return
        for row, cells in enumerate(lines[1:], 2):
            given = {name: _cell(name, cells[names.index(name)]) for name in columns if names.index(name) < len(cells)}
            if any(v not in (None, "", []) for v in given.values()):
                self.rows[sheet].append((row, given))


def _area(area: tuple[tuple[int, int], tuple[int, int]]) -> str:
    """A range of cells as a spreadsheet names it: A2:A5."""
    return ":".join(f"{_letters(column)}{row + 1}" for row, column in area)


def _letters(column: int) -> str:
    return (_letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def _cell(name: str, value: Any) -> Any:
    """A cell as the file format has it: codes as texts, whole years, days as YYYY-MM-DD, lists split at semicolons."""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, time | timedelta):
        return str(value)
    if name in LISTS:
        return [part for piece in _text(value).split(";") if (part := piece.strip())]
    if isinstance(value, str):
        value = nfc(value)
        return int(value) if name in YEARS and value.isdigit() and len(value) < 6 else value or None
    if isinstance(value, float) and name != "amount":
        return int(value) if name in YEARS and value.is_integer() else _text(value)
    return value


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else nfc(str(value))


def read(content: bytes) -> tuple[Shape, dict[str, str], list[Problem]]:
    """(the data of a workbook as the import file has it, the place of each part by its path, what could not be read)."""
    book = _Book()
    try:
        if book.bounded(content):
            book.read(calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)))
    except (calamine.CalamineError, OSError, ValueError, zipfile.BadZipFile):
        book.say("", N_("This workbook cannot be opened. Please save it again as an Excel workbook (.xlsx), without a password."))
    if book.problems:
        return {}, {}, book.problems
    items = len(book.rows["Items"])
    if items > MOST_ITEMS:
        book.say("Items", N_("There are %(have)s items in this file; a plan has at most %(most)s."), have=items, most=MOST_ITEMS)
        return {}, {}, book.problems
    return _data(book), book.places, book.problems


def _data(book: _Book) -> Shape:
    data: Shape = {"plan": {}, "goals": [], "solution_groups": [], "sectors": [], "mapping": []}
    for row, line in book.rows["Plan"]:
        name, value = str(line.get("field") or ""), line.get("value")
        if name in FIELDS:
            (data if name in ROOT else data["plan"])[name] = _cell(name, value)
            book.places[name if name in ROOT else f"plan.{name}"] = f"Plan, {row}"
    _take(book, "Goals", "goals", data["goals"])
    groups = _take(book, "Groups", "solution_groups", data["solution_groups"])
    for group in data["solution_groups"]:
        group["holds_sectors"] = fold(str(group.get("holds_sectors") or "")) in ("x", "1", "true", "yes", "co")
    sectors = _take(book, "Sectors", "sectors", data["sectors"])
    items = _take_items(book, sectors)
    for row, line in book.rows["Targets"]:
        _hang(book, f"Targets, {row}", "targets", line, ("sector", sectors), ("item", items))
    for row, line in book.rows["Measures"]:
        _hang(book, f"Measures, {row}", "measures", line, ("group", groups), ("item", items))
    _take(book, "Mapping", "mapping", data["mapping"])
    return data


Known = dict[str, tuple[str, Shape]]


def _take(book: _Book, sheet: str, path: str, into: list[Shape]) -> Known:
    """The rows of a sheet as parts of the data; (path, part) by code, the first when a code stands twice."""
    found: Known = {}
    for row, line in book.rows[sheet]:
        place = f"{path}[{len(into)}]"
        into.append(line)
        book.places[place] = f"{sheet}, {row}"
        found.setdefault(str(line.get("code")), (place, line))
    return found


def _take_items(book: _Book, sectors: Known) -> Known:
    found: Known = {}
    for row, line in book.rows["Items"]:
        owner = sectors.get(str(line.get("sector")))
        if owner is None:
            book.say(f"Items, {row}", N_("Sector “%(code)s” of this row is not on the sheet Sectors."), code=str(line.get("sector") or "–")[:40])
            continue
        path, sector = owner
        into = sector.setdefault("items", [])
        place = f"{path}.items[{len(into)}]"
        into.append({k: v for k, v in line.items() if k != "sector"})
        book.places[place] = f"Items, {row}"
        found.setdefault(str(line.get("code")), (place, into[-1]))
    return found


def _hang(book: _Book, place: str, name: str, line: Shape, *where: tuple[str, Known]) -> None:
    """A target or measure under the one part that its row names."""
    named = [(column, known, str(line[column])) for column, known in where if line.get(column)]
    if len(named) != 1:
        book.say(place, N_("Please fill in exactly one of the columns %(names)s."), names=", ".join(column for column, _known in where))
        return
    _column, known, code = named[0]
    if code not in known:
        book.say(place, N_("“%(code)s” of this row is not in this workbook."), code=code[:40])
        return
    path, part = known[code]
    into = part.setdefault(name, [])
    book.places[f"{path}.{name}[{len(into)}]"] = place
    into.append({k: v for k, v in line.items() if k not in {column for column, _known in where}})


# --- writing --------------------------------------------------------------------------------------------------


def write(shape: Shape | None) -> bytes:
    """A plan as a workbook that can be imported again; None gives the empty template. A guide stands on the last sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": (shape or {}).get("plan", {}).get("number") or "Vàm Cỏ", "author": "Vàm Cỏ"})
    bold, plain = book.add_format({"bold": True, "bg_color": "#e8eef5", "num_format": "@"}), book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for sheet, columns in SHEETS.items():
        page = book.add_worksheet(sheet)
        for at, name in enumerate(columns):
            page.write_string(0, at, name, bold)
            page.set_column(at, at, 60 if name.startswith(("text", "value")) else 12 if name in CODES | YEARS else 28, plain)
        for row, line in enumerate(_lines(sheet, shape), 1):
            for at, value in enumerate(line):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    page.write_number(row, at, value)
                elif value is not None:
                    page.write_string(row, at, str(value), plain)
        page.freeze_panes(1, 0)
    guide = book.add_worksheet("Guide")
    for row, line in enumerate((("Sheet", "Hướng dẫn", "Guide"), *GUIDE)):
        for at, value in enumerate(line):
            guide.write_string(row, at, value, bold if row == 0 else plain)
    guide.set_column(0, 0, 12)
    guide.set_column(1, 2, 80)
    book.close()
    return buffer.getvalue()


def _lines(sheet: str, shape: Shape | None) -> Iterable[list[Any]]:
    if shape is None:
        return [[name, None] for name in FIELDS] if sheet == "Plan" else []
    if sheet == "Plan":
        return [[name, (shape if name in ROOT else shape["plan"]).get(name)] for name in FIELDS]
    columns = SHEETS[sheet]
    if sheet == "Mapping":
        return [[m["old"], "; ".join(m["new"]), m["reason_vi"]] for m in shape["mapping"]]
    return [[_out(row.get(name)) for name in columns] for row in _rows(sheet, shape)]


def _out(value: Any) -> Any:
    if isinstance(value, bool):
        return "x" if value else None
    return "; ".join(value) if isinstance(value, list) else value


def _rows(sheet: str, shape: Shape) -> list[Shape]:
    sectors, groups = shape["sectors"], shape["solution_groups"]
    items = [(s, i) for s in sectors for i in s["items"]]
    if sheet == "Items":
        return [{**i, "sector": s["code"]} for s, i in items]
    if sheet == "Targets":
        found = [{**t, "sector": s["code"]} for s in sectors for t in s["targets"]] + [{**t, "item": i["code"]} for _s, i in items for t in i["targets"]]
        return [{**t, "amount": shown(t["amount"])} for t in found]
    if sheet == "Measures":
        return [{**m, "group": g["code"]} for g in groups for m in g["measures"]] + [{**m, "item": i["code"]} for _s, i in items for m in i["measures"]]
    return {"Goals": shape["goals"], "Groups": groups, "Sectors": sectors}[sheet]


def place_of(path: str, places: dict[str, str]) -> str:
    """Sheet and row of a path: of the longest part of it that is known."""
    while path and path not in places:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return places.get(path, "")



def table(title: str, labels: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A plain table as a workbook: texts stay texts."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "author": "Vàm Cỏ"})
    page, bold, wrap = book.add_worksheet(), book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for at, label in enumerate(labels):
        page.write_string(0, at, label, bold)
        page.set_column(at, at, 30)
    for row, cells in enumerate(rows, 1):
        for at, cell in enumerate(cells):
            page.write_string(row, at, "" if cell is None else str(cell), wrap)
    page.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
