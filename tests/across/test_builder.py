"""Reports put together: groups hold the rows they count, sums are those of the rows, nothing beyond what a person may read, bad addresses."""

from __future__ import annotations

import io

import openpyxl
import pytest
from bs4 import BeautifulSoup

from app.across.portfolio.sources import SOURCES
from app.stages.proposals import queries as proposals


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.get_data(as_text=True), "lxml")


def sheet_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return list(openpyxl.load_workbook(io.BytesIO(response.data)).active.iter_rows(min_row=2, values_only=True))


def test_groups_count_and_add_up_their_rows(played, as_):
    client = as_("officer")
    page = page_of(client, "/portfolio/reports?rows=payments&by=host&sum=amount")
    groups = page.select("main tbody tr")
    assert groups
    for line in groups:
        rows = page_of(client, line.select_one("td a")["href"]).select("main tbody tr")
        assert len(rows) == int("".join(c for c in line.select_one("td a").find(string=True) if c.isdigit()))
    plain = sheet_of(client, "/portfolio/reports.xlsx?rows=payments")
    grouped = sheet_of(client, "/portfolio/reports.xlsx?rows=payments&by=host&sum=amount")
    assert sum(row[1] for row in grouped) == len(plain) and sum(row[2] for row in grouped) == sum(row[-1] for row in plain)


@pytest.mark.parametrize("rows", SOURCES)
def test_every_kind_of_row_can_be_shown_and_grouped(played, as_, rows):
    client = as_("leader")
    page_of(client, f"/portfolio/reports?rows={rows}")
    page_of(client, f"/portfolio/reports?rows={rows}&by=year&sector=1&q=a")


def test_nothing_beyond_what_a_person_may_read(played, as_, db, user):
    assert not page_of(as_("agency1"), "/portfolio/reports?rows=payments").select("main tbody tr")
    shown = sheet_of(as_("officer"), "/portfolio/reports.xlsx?rows=proposals&column=code&column=title")
    known = {(p.code, p.title) for p in db.session.scalars(proposals.counted_statement(user("officer")))}
    assert {(code, title) for code, title in shown} == known and known


def test_what_an_address_says_wrongly_is_told(played, as_):
    text = page_of(as_("officer"), "/portfolio/reports?rows=moon&by=x&column=zz&sum=title&year=abc&foo=1").get_text()
    for said in ("“moon”", "“x”", "“zz”", "“title”", "“abc”", "“foo”"):
        assert said in text
