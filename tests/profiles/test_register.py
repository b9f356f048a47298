"""The register of organisations: officers put one on it and put right what it says; who may read about people reads it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from app.kernel.errors import Incomplete, Stale
from app.services.people import queries as people
from app.services.people.rules import OrganisationKind
from app.services.profiles import register

DAY = timedelta(days=1)
VALUES = {"name": "Trung tâm Giống cây trồng Bến Lức", "kind": OrganisationKind.CENTRE, "tax_code": "", "address": "Xã Bến Lức", "representative": "Lê Văn Giống"}


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


@pytest.mark.parametrize(("change", "field"), [
    ({"name": "."}, "name"), ({"kind": OrganisationKind.ENTERPRISE}, "tax_code"), ({"tax_code": "0100109107"}, "tax_code"), ({"tax_code": "abc"}, "tax_code"),
    ({"name": "SỞ Y TẾ"}, "name"), ({"name": "Hợp tác xã thanh long Tầm Vu 2"}, "distinct"), ({"tax_code": "0100109106"}, "tax_code"),
])  # fmt: skip
def test_what_is_missing_taken_or_near_is_refused(cast, at, db, change, field):
    cast.org("host2").tax_code = "0100109106"
    if field == "name" and change["name"] != ".":
        change = {"name": cast.org("agency2").name.upper()}
    db.session.flush()
    with pytest.raises(Incomplete) as refused:
        register.register(VALUES | change, distinct=False, by=cast["officer"], at=at)
    assert refused.value.field == field


def test_from_the_first_organisation_to_its_new_name(as_, cast, at, db, travel):
    travel.move_to(at)
    officer = as_("officer")
    said = {"name": "HTX thanh long Tầm Vu 2", "kind": "cooperative", "tax_code": "0100109106", "address": "Xã Tầm Vu", "representative": "Nguyễn Văn Long"}
    page = soup(officer.submit("/organisations/new", said, status=422))
    assert page.select_one("#distinct") and page.select_one("#address")["value"] == "Xã Tầm Vu" and cast.org("body4").name in page.text
    url = officer.submit("/organisations/new", said | {"distinct": "y"}).location
    pid = url.rsplit("/", 1)[-1]
    assert officer.page(url).select_one("h1")
    travel.move_to(at + 30 * DAY)
    officer = as_("officer")
    seen = people.organisation_by_pid(pid).version
    assert soup(officer.submit(f"{url}/correct", {"name": "HTX Rồng Xanh"}, status=422)).select_one("#since-error")
    officer.submit(f"{url}/correct", {"name": "HTX Rồng Xanh", "since": "15/03/2026", "address": "Xã Vàm Cỏ"})
    row = people.organisation_by_pid(pid)
    assert (row.name, row.address, row.folded) == ("HTX Rồng Xanh", "Xã Vàm Cỏ", "htx rong xanh")
    assert [n.name for n in register.names_of(row)] == ["HTX Rồng Xanh", "HTX thanh long Tầm Vu 2"]
    with pytest.raises(Stale):
        register.correct(row, VALUES, since=None, seen=seen, by=cast["officer"], at=at + 30 * DAY)
    assert "HTX Rồng Xanh" in officer.page("/ideas/links/new").text, "at once it can be chosen wherever a body is chosen"


def test_the_list_is_searched_filtered_and_exported_as_shown(as_, cast, db):
    officer = as_("officer")
    for query, found in (("q=vien+NONG+nghiep", True), ("q=%25", False), ("kind=cooperative&q=thanh+long", True), ("state=past", False), ("signs=somebody", True)):
        assert bool(officer.page(f"/organisations/?{query}").select("tbody tr")) is found, query
    book = load_workbook(io.BytesIO(officer.get("/organisations/organisations.xlsx?kind=cooperative").data))
    assert book.active.max_row - 1 == len(officer.page("/organisations/?kind=cooperative").select("tbody tr"))
    assert all("@" not in str(cell.value) for row in book.active for cell in row), "no address of a person goes out"
    nobody = officer.page("/organisations/?signs=nobody").select("tbody td a")
    assert cast.org("agency1").name not in [a.text for a in nobody]


@pytest.mark.parametrize(("name", "status"), [("officer", 200), ("leader", 200), ("auditor", 200), ("pi1", 403), ("host1", 403), ("agency1", 403), ("member1", 403)])
def test_who_reads_it(as_, cast, name, status):
    pid = cast.org("host1").public_id
    assert [as_(name).get(url).status_code for url in ("/organisations/", f"/organisations/{pid}", "/organisations/organisations.xlsx")] == [status] * 3
    if name != "officer":
        assert as_(name).get("/organisations/new").status_code == 403 and as_(name).get(f"/organisations/{pid}/correct").status_code == 403
