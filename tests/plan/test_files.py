"""Files of a plan as they really come: damaged, merged, huge, in another writing. Each is told in a sentence; nothing is half-imported."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.kernel.errors import Incomplete
from app.stages.plan import actions, queries, sheets
from app.stages.plan.models import Plan, Priority, Upload
from tests.plan import DATA, later
from tests.support.browser import values_of


@pytest.fixture
def book(db):
    """The plan in force as a workbook of another number, changed by `change(book)`."""

    def made(change):
        plain = queries.plain(queries.current_plan())
        plain["plan"] = plain["plan"] | {"number": "8/KH-UBND"}
        found = load_workbook(io.BytesIO(sheets.write(plain)))
        change(found)
        out = io.BytesIO()
        found.save(out)
        return out.getvalue()

    return made


def told(content, name="a.xlsx"):
    return [f"{p.place or p.path}: {p.message % p.params if p.params else p.message}" for p in actions.read_file(name, content)[1]]


def test_the_workbook_as_it_is_has_no_mistake(book):
    assert told(book(lambda b: None)) == []


def merge(sheet, area):
    return lambda b: b[sheet].merge_cells(area)


@pytest.mark.parametrize(("change", "said"), [
    (merge("Items", "A2:A11"), r"Items, 2: Cells are merged here \(A2:A11\)"),
    (merge("Plan", "A2:B2"), r"Plan, 2: Cells are merged"),
    (lambda b: b.remove(b["Items"]), r"Items: The sheet “Items” is missing"),
    (lambda b: [b.remove(b[n]) for n in b.sheetnames if n != "Guide"], r"Plan: The sheet “Plan” is missing"),
    (lambda b: b["Items"].delete_cols(3), r"Items, 1: The columns text_vi are missing"),
    (lambda b: [b["Items"].append(["1", f"1.{n}", "Nội dung"]) for n in range(100, 10_100)], r"There are 10038 items in this file; a plan has at most 500"),
    (lambda b: [b["Items"].append(["1", f"1.{n}", "Nội dung"]) for n in range(100, 12_100)], r"too far out"),
    (lambda b: b["Items"].cell(1_048_576, 16_384, "x"), r"XFD1048576: This cell lies too far out: a sheet has at most 12000 rows and 60 columns"),
    (lambda b: b["Items"].cell(3, 3, "Nghiên cá»©u"), r"Items, 3: The letters are damaged"),
    (lambda b: b["Items"].cell(3, 2, "1.1"), r"Items, 3: Code “1.1” stands twice; the first is at Items, 2"),
    (lambda b: b["Items"].cell(3, 1, "77"), r"Items, 3: Sector “77” of this row is not on the sheet Sectors"),
    (lambda b: b["Items"].cell(3, 3, "=1/0"), r"Items, 3: “text_vi” is missing"),
    (lambda b: b["Measures"].append(["I", None, "Làm", None, "Sở Y tế", "31/12/2060"]), r"Measures, 2: “31/12/2060” is not a real day"),
    (lambda b: b["Measures"].append(["I", None, "Làm", None, "Sở Y tế", "2060-12-31"]), r"Measures, 2: A measure of this plan is to be done between 18/06/2024 and 31/12/2031"),
    (lambda b: b["Targets"].append(["1", None, "Diện tích", None, 10, "ha", 2050]), r"Targets, 2: A target of this plan is set for a year from 2024 to 2045"),
    (lambda b: b["Sectors"].delete_rows(2, 8), r"Items, 2: Sector “1” of this row"),
])  # fmt: skip
def test_each_mistake_of_a_workbook_is_told_with_its_place(book, change, said):
    lines = told(book(change))
    assert any(re.search(said, line) for line in lines), lines
    assert not any(re.search(r"[a-z]+Error|Traceback|xml", line) for line in lines)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(book):
    whole = book(lambda b: None)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/worksheets/sheet99.xml", b"<c/>" * 60_000_000)
    with pytest.raises(Incomplete) as refused:
        actions.read_file("a.xlsx", out.getvalue())
    assert refused.value.field == "file"


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet5.xml", "xl/styles.xml"])
@pytest.mark.parametrize("content", [b"", b"<", b"<x/>", b"\x00" * 50])
def test_a_workbook_with_a_broken_part_is_told(book, name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(lambda b: None))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
    try:
        lines = told(out.getvalue())
    except Incomplete as refused:
        lines = [str(refused)]
    assert lines or "styles" in name


def test_decomposed_letters_are_the_same_letters(db, at):
    data = later()
    text = unicodedata.normalize("NFD", json.dumps(data, ensure_ascii=False))
    plan, new = actions.import_plan(actions.read_file("a.json", text.encode())[0], by=None, at=at)
    assert new and actions.import_plan(data, by=None, at=at) == (plan, False)
    assert all(unicodedata.is_normalized("NFC", i.text_vi) for i in queries.items_of(plan.id))


def test_decomposed_letters_in_a_workbook(db, book, at):
    def spread(b):
        for row in b["Items"].iter_rows(min_row=2):
            for cell in row:
                cell.value = unicodedata.normalize("NFD", cell.value) if isinstance(cell.value, str) else cell.value

    data, problems = actions.read_file("a.xlsx", book(spread))
    assert problems == [] and data["sectors"][0]["items"][0]["text_vi"] == DATA["sectors"][0]["items"][0]["text_vi"]


@pytest.mark.parametrize("spoil", [
    lambda d: d["solution_groups"][0].update(measures=[{"text_vi": "Làm", "agency": "Sở Y tế", "due": "2060-01-01"}]),
    lambda d: d["solution_groups"][0].update(measures=[{"text_vi": "Làm", "agency": "Sở Y tế", "due": "2026-01-04"}]),
    lambda d: d["sectors"][0].update(targets=[{"name_vi": "Diện tích", "amount": 1, "unit": "ha", "year": 2046}]),
    lambda d: d.update(horizon_year=2025), lambda d: d.update(vision_year=2029),
])  # fmt: skip
def test_what_lies_outside_the_plans_time_is_a_mistake(db, at, spoil):
    data = later()
    spoil(data)
    assert actions.errors(actions.check(data))
    with pytest.raises(Incomplete):
        actions.import_plan(data, by=None, at=at)


def test_the_report_of_a_file_that_cannot_be_read_is_vietnamese_and_leaves_nothing(as_, db, book):
    officer, plans, items, lines = as_("officer"), *counted(db)
    for name, content, said in (
        ("a.json", b'{"plan": {"number": "1",}}', "dòng 1, ký tự"), ("a.json", b'{"plan":\n {"number": NaN}}', "dòng 2"), ("a.json", b"[" * 100_000, "lồng nhau quá sâu"),
        ("a.json", b'{"a": 1, "a": 2}', "hai lần"), ("a.json", b"", "trống"), ("a.xlsx", book(merge("Items", "A2:A11")), "gộp ô"),
        ("a.xlsx", book(lambda b: b["Items"].cell(1_048_576, 16_384, "x")), "XFD1048576"),
    ):  # fmt: skip
        form = values_of(officer.page("/plan/import").select("main form[method=post]")[-1])
        answer = officer.post("/plan/import", data=form | {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")
        main = BeautifulSoup(answer.get_data(as_text=True), "html.parser").select_one("main").get_text(" ", strip=True)
        assert answer.status_code == 422 and said in main, (said, main)
        assert not re.search(r"Expecting|delimiter|property name|Extra data|recursion|is not|merged|object", main), main
    db.session.rollback()
    assert counted(db) == (plans, items, lines)


def counted(db):
    return tuple(db.session.scalar(select(func.count()).select_from(m)) for m in (Plan, Priority, Upload))
