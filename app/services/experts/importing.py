"""Experts from a workbook: read with the place of every row, checked as a whole, then taken in whole or not at all."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete, Refused, WrongState
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.later import xlsxwriter
from app.services.experts import actions, queries, vocabulary
from app.services.experts.models import Upload
from app.services.experts.rules import Degree, Language
from app.services.files import sheets
from app.services.files.rules import check_upload
from app.services.people.models import User
from app.services.people.queries import email_norm
from app.services.people.rules import check_address

COLUMNS = ("name", "email", "phone", "birth_year", "degree", "body", "speciality", "fields", "languages")
HEADS = {"name": "Họ và tên", "email": "Email", "phone": "Điện thoại", "birth_year": "Năm sinh", "degree": "Học vị", "body": "Cơ quan", "speciality": "Chuyên môn",
         "fields": "Lĩnh vực", "languages": "Ngoại ngữ"}  # fmt: skip
NEEDED = ("name", "email")
MOST_ROWS, MOST_PROBLEMS, LARGEST = 10_000, 200, 8 * 2**20
DEGREES = {"giao su": Degree.PROFESSOR, "gs": Degree.PROFESSOR, "gs.ts": Degree.PROFESSOR, "pho giao su": Degree.ASSOCIATE, "pgs": Degree.ASSOCIATE, "pgs.ts": Degree.ASSOCIATE,
           "tien si": Degree.DOCTOR, "ts": Degree.DOCTOR, "thac si": Degree.MASTER, "ths": Degree.MASTER, "dai hoc": Degree.BACHELOR, "ky su": Degree.BACHELOR, "cu nhan": Degree.BACHELOR,
           "": Degree.OTHER} | {str(d): d for d in Degree}  # fmt: skip
TONGUES = {"tieng viet": "vi", "tieng anh": "en", "anh": "en", "tieng phap": "fr", "phap": "fr", "tieng nga": "ru", "nga": "ru", "tieng trung": "zh", "trung": "zh", "tieng nhat": "ja",
           "nhat": "ja", "tieng han": "ko", "han": "ko", "tieng duc": "de", "duc": "de"} | {str(x): str(x) for x in Language}  # fmt: skip


def template(language: str) -> bytes:
    """An empty workbook with one line as an example, and the fields of the plan on a second sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet("Experts"), book.add_format({"bold": True})
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, HEADS[name], bold)
    for column, value in enumerate(("Nguyễn Văn Mẫu", "mau@example.vn", "0912 345 678", "1975", "TS", "Trường Đại học Mẫu", "Khoa học cây trồng", "1.8; 1", "Anh")):
        sheet.write_string(1, column, value)
    sheet.set_column(0, len(COLUMNS) - 1, 24)
    names = book.add_worksheet("Fields")
    for row, found in enumerate(vocabulary.fields()):
        names.write_string(row, 0, found.code)
        names.write_string(row, 1, found.en if language == "en" else found.vi)
    book.close()
    return buffer.getvalue()


def read(name: str, content: bytes) -> list[tuple[int, dict[str, str]]]:
    """(line, cells) of the first sheet. Raises Incomplete when it cannot be read, has not the columns or too many lines."""
    if not name.lower().endswith(".xlsx"):
        raise Incomplete(N_("Please choose an Excel workbook (.xlsx)."), field="file")
    check_upload(name, content, largest=LARGEST)
    lines = iter(sheets.first_sheet(content, rows=MOST_ROWS * 2))
    names = [_column(cell) for cell in next(lines, ())]
    rows = [(number, {n: _cell(c) for n, c in zip(names, cells, strict=False) if n}) for number, cells in enumerate(lines, 2) if any(c not in (None, "") for c in cells)]
    missing = [HEADS[n] for n in NEEDED if n not in names]
    if missing:
        raise Incomplete(N_("The columns %(names)s are missing in the first row."), field="file", names=", ".join(missing))
    if len(rows) > MOST_ROWS:
        raise Incomplete(N_("There are more than %(n)s lines. Please split the workbook."), field="file", n=MOST_ROWS)
    if not rows:
        raise Incomplete(N_("There is nobody in this workbook."), field="file")
    return rows


def _column(cell: Any) -> str | None:
    """Which column a head names, in Vietnamese or by its name in the data."""
    said = fold(str(cell or ""))
    return next((n for n in COLUMNS if said in (n, fold(HEADS[n]))), None)


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(nfc(str(value)).split())[:1000]


class _Check:
    """A workbook while it is checked: what can be taken in, who is known, what is wrong."""

    def __init__(self, at: datetime) -> None:
        self.at, self.codes, self.namesakes = at, actions.known_codes(), queries.namesakes()
        self.rows: list[dict[str, Any]] = []
        self.problems: list[dict[str, Any]] = []
        self.more, self.known = 0, 0
        self.seen: dict[str, int] = {}
        self.marked: dict[tuple[str, str], int] = {}

    def say(self, line: int, column: str | None, refusal: Refused) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            params = {k: v for k, v in refusal.params.items() if isinstance(v, str | int)}
            self.problems.append({"line": line, "column": column, "message": refusal.message, "params": params})
        else:
            self.more += 1

    def line(self, number: int, cells: dict[str, str], here: set[str]) -> None:
        try:
            email = check_address(cells.get("email", ""))
        except Refused as refusal:
            return self.say(number, "email", refusal)
        norm = email_norm(email)
        if norm in self.seen:
            return self.say(number, "email", Incomplete(N_("The same address stands in line %(line)s."), line=self.seen[norm]))
        self.seen[norm] = number
        if norm in here:
            self.known += 1
            return None
        try:
            clean = actions.checked(self._values(cells), known=self.codes, at=self.at)
        except Refused as refusal:
            return self.say(number, refusal.field, refusal)
        if not self._doubled(number, clean):
            self.rows.append(clean | {"email": email, "degree": str(clean["degree"])})
        return None

    def _doubled(self, number: int, clean: dict[str, Any]) -> bool:
        """Is the person, by name and telephone or year of birth, in another line or in the pool, with another address?"""
        for mark in queries.marks(clean["phone"], clean["birth_year"]):
            key = (fold(clean["name"]), mark)
            if key in self.marked:
                self.say(number, "name", Incomplete(N_("Very likely the same person as in line %(line)s: the same name and telephone or year of birth."), line=self.marked[key]))
                return True
            if key in self.namesakes:
                self.say(number, "name", Incomplete(N_("Very likely %(name)s, who is in the pool with another address."), name=self.namesakes[key]))
                return True
            self.marked[key] = number
        return False

    def _values(self, cells: dict[str, str]) -> dict[str, Any]:
        year, degree = cells.get("birth_year", ""), fold(cells.get("degree", "")).rstrip(".").replace(" ", "") if "." in cells.get("degree", "") else fold(cells.get("degree", ""))
        if year and not re.fullmatch(r"\d{4}", year):
            raise Incomplete(N_("This year of birth cannot be."), field="birth_year")
        if degree not in DEGREES:
            raise Incomplete(N_("This degree is not known: %(said)s."), field="degree", said=cells["degree"])
        tongues = [fold(part) for part in re.split(r"[;,]", cells.get("languages", "")) if part.strip()]
        if strange := [t for t in tongues if t not in TONGUES]:
            raise Incomplete(N_("This language is not known: %(said)s."), field="languages", said=", ".join(strange))
        codes = [part.strip() for part in re.split(r"[;,\s]", cells.get("fields", "")) if part.strip()]
        return {**cells, "birth_year": int(year) if year else None, "degree": DEGREES[degree], "languages": [TONGUES[t] for t in tongues], "fields": codes}


def check(name: str, content: bytes, *, by: User, at: datetime) -> Upload:
    """Read and check a workbook; nothing of the pool is changed. What was found is kept for its report."""
    lines = read(name, content)
    found = _Check(at)
    norms = {email_norm(cells.get("email", "")) for _n, cells in lines}
    here = queries.addresses(norms)
    for number, cells in lines:
        found.line(number, cells, here)
    if found.more:
        found.problems.append({"line": 0, "column": None, "message": N_("and %(n)s more"), "params": {"n": found.more}})
    row = Upload(user_id=by.id, file_name=name[:200], read_at=at, rows=found.rows, known=found.known, problems=found.problems)
    db.session.add(row)
    db.session.flush()
    return row


def check_importable(row: Upload, _by: User | None = None) -> None:
    """Raise WrongState unless the workbook can be taken in."""
    if row.imported_at is not None:
        raise WrongState(N_("This workbook is imported already."))
    if row.problems or not row.rows:
        raise WrongState(N_("There is something wrong in this workbook, or nobody new. Please mend it and choose it again."))


def take_in(row: Upload, *, by: User, at: datetime) -> int:
    """All or nothing: everybody of the workbook goes on the list. Who came on the list meanwhile makes it refuse as a whole."""
    check_importable(row)
    norms = {email_norm(entry["email"]) for entry in row.rows}
    if taken := queries.addresses(norms):
        raise WrongState(N_("Somebody came on the list meanwhile: %(names)s. Please check the workbook again."), names=", ".join(sorted(taken)[:5]))
    mine = db.session.execute(update(Upload).where(Upload.id == row.id, Upload.imported_at.is_(None)).values(imported_at=at))
    if mine.rowcount != 1:  # type: ignore[attr-defined]
        raise WrongState(N_("This workbook is imported already."))
    actions.put_all([(entry | {"degree": Degree(entry["degree"])}, entry["email"]) for entry in row.rows], at=at)
    journal.record(row, "import_experts", by=by, at=at, detail={"people": len(row.rows)})
    return len(row.rows)
