"""The dashboard: every number leads to exactly the rows it counts, and is the one that raw rows add up to; who sees what; bad addresses."""

from __future__ import annotations

import io
from collections import Counter

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.across.portfolio import charts, tables
from app.across.portfolio.figures import FIGURES, SECTIONS
from app.stages.acceptance.models import Case
from app.stages.funding.models import LedgerEntry, Project, ProjectYear, Settlement
from app.stages.funding.rules import SettlementState
from app.stages.plan.models import Priority

IN_ALL = "Tổng cộng"


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.get_data(as_text=True), "lxml")


def numbers_of(page, section):
    """[(row, head, number, address)] of the table of a section, its sums too."""
    table = page.select_one(f"[aria-labelledby=s-{section}] table")
    if table is None:
        return []
    heads = [th.get_text(strip=True) for th in table.select("thead th")][1:]
    found = []
    for line in table.select("tbody tr, tfoot tr:not(.change)"):
        for head, cell in zip(heads, line.select("td"), strict=True):
            exact = cell.find("data")
            for hidden in cell.select("i"):
                hidden.decompose()
            n = int(exact["value"]) if exact else int("".join(c for c in cell.get_text() if c.isdigit() or c == "-"))
            found.append((line.th.get_text(strip=True), head, n, cell.a["href"] if cell.a else None))
    return found


@pytest.mark.nodb
def test_a_table_adds_up_and_compares_two_years():
    numbers = {("projects", "2025", "running"): 3, ("projects", "2026", "running"): 1, ("projects", "2026", "failed"): 2, ("projects", "-", "failed"): 1}
    made = tables.made(SECTIONS["pipeline"], numbers, by="year", names=lambda _c: {"-": "?", "running": "R", "failed": "F"}, years=("2026", "2025"))
    assert [line.name for line in made.lines] == ["2025", "2026", "?"] and made.heads == ["R", "F", ""]
    assert [[c.n for c in line.cells] for line in made.lines] == [[3, 0, 3], [1, 2, 3], [0, 1, 1]]
    assert [c.n for c in made.total] == [4, 3, 7] and made.change == [-2, 2, 0]
    assert dict(made.lines[1].cells[1].asked) == {"phase": "failed", "year": "2026"} and dict(made.total[2].asked) == {}


@pytest.mark.nodb
def test_charts_say_what_they_draw_and_take_no_word_for_markup():
    drawn = str(charts.stacked("<b>", ["a", "b"], [("<i>", [1, 2]), ("none", [0, 0])]))
    assert "<b>" not in drawn and "<i>" not in drawn and "style" not in drawn and 'role="img"' in drawn and ">3<" in drawn and "none" not in drawn
    assert charts.grouped("t", ["a"], [("x", [0])]) == ""


@pytest.mark.parametrize("address", ["/portfolio/?by=host", "/portfolio/?year=2026&against=2025"])
def test_every_number_leads_to_exactly_its_rows(played, as_, address):
    client, asked = as_("officer"), {}
    page = page_of(client, address)
    for section in SECTIONS:
        for row, head, n, link in numbers_of(page, section):
            assert (link is None) == (n == 0), (section, row, head)
            if link:
                asked[link] = n
    assert len(asked) > 10
    for link, n in asked.items():
        rows = page_of(client, link)
        if (total := rows.select_one("main p strong data")) is not None:
            assert int(total["value"]) == n, link
        else:
            assert len(rows.select("main tbody tr")) == n, link


def test_numbers_are_those_of_raw_rows(played, db, as_):
    page = page_of(as_("leader"), "/portfolio/")
    projects = list(db.session.scalars(select(Project)))
    pipeline = [n for row, head, n, _link in numbers_of(page, "pipeline") if head == IN_ALL and row == IN_ALL]
    assert pipeline == [len(projects)]
    items = Counter(db.session.scalar(select(Priority.code).where(Priority.id == p.item_id)) for p in projects)
    shown = {row.split(" ")[0]: n for row, head, n, _link in numbers_of(page, "coverage") if head == IN_ALL}
    assert {code: n for code, n in shown.items() if n and "." in code} == {code: n for code, n in items.items() if code != "0.0"}  # “not linked” is no item of the plan
    money = {head: n for row, head, n, _link in numbers_of(page, "money") if row == IN_ALL}
    years, settled = list(db.session.scalars(select(ProjectYear))), [s for s in db.session.scalars(select(Settlement)) if s.state == SettlementState.ACCEPTED]
    wanted = [sum(y.state_amount for y in years), sum(y.counterpart_amount for y in years), None, sum(e.kind.sign * e.amount for e in db.session.scalars(select(LedgerEntry))),
              sum(s.spent for s in settled)]  # fmt: skip
    assert [n for n, w in zip(money.values(), wanted, strict=True) if w is not None] == [w for w in wanted if w is not None]
    grades = [n for row, head, n, _link in numbers_of(page, "grades") if row == IN_ALL]
    assert grades[-1] == sum(c.grade is not None and c.graded_at is not None for c in db.session.scalars(select(Case)))


def test_each_sees_only_what_their_own_lists_show(played, as_, db, user):
    pi = user("pi1")
    own = sum(p.pi_id == pi.id for p in db.session.scalars(select(Project)))
    all_of_them = len(list(db.session.scalars(select(Project))))
    seen = [n for row, head, n, _link in numbers_of(page_of(as_("pi1"), "/portfolio/"), "pipeline") if row == head == IN_ALL]
    assert own <= seen[0] < all_of_them
    assert not numbers_of(page_of(as_("agency1"), "/portfolio/"), "money")
    assert not page_of(as_("agency1"), "/portfolio/rows/planned_state").select("main tbody tr")


def test_what_an_address_says_wrongly_is_told(played, as_):
    client = as_("officer")
    text = page_of(client, "/portfolio/?year=abc&by=moon&against=2025").get_text()
    assert "“abc”" in text and "“moon”" in text and "hai năm khác nhau" in text
    assert client.get("/portfolio/rows/nothing").status_code == 404
    for figure in FIGURES:
        assert client.get(f"/portfolio/rows/{figure}?year=99999999999&item=%00&host=x&against=zz&q=%25").status_code == 200, figure


def test_the_spreadsheet_has_all_tables(played, as_):
    client = as_("finance")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/portfolio/tables.xlsx").data))
    assert len(book.sheetnames) == len(SECTIONS) and book.sheetnames[0].endswith("money")
    wanted = [n for row, _head, n, _link in numbers_of(page_of(client, "/portfolio/"), "money") if row == IN_ALL]
    assert [c.value for c in list(book.worksheets[0].iter_rows())[-1]][1:] == wanted
    rows = openpyxl.load_workbook(io.BytesIO(client.get("/portfolio/rows/paid.xlsx").data)).active
    head = [c.value for c in rows[1]]
    assert sum(row[head.index("Số tiền (đồng)")] for row in rows.iter_rows(min_row=2, values_only=True)) == wanted[3]
