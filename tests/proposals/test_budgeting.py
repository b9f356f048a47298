"""Amounts as people write them, rows pasted from Excel, a workbook out and in."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.kernel.errors import Incomplete, Stale
from app.stages.calls import queries as calls
from app.stages.proposals import actions, budgeting, estimate, queries
from app.stages.proposals.budgeting import (
    Line,
    Unreadable,
    amount_of,
    pasted,
    quantity_of,
    read_workbook,
    workbook,
)
from app.stages.proposals.rules import Source, totals
from tests.support.browser import values_of

HEADS = {"labour": {"vi": "Tiền công lao động", "en": "Labour"}, "materials": {"vi": "Nguyên vật liệu, năng lượng", "en": "Materials and energy"}}


@pytest.mark.nodb
@pytest.mark.parametrize(("typed", "amount"), [
    ("1250000000", 1_250_000_000), ("1.250.000.000", 1_250_000_000), ("1 250 000", 1_250_000), ("1\u00a0250\u00a0000 đ", 1_250_000), ("1,250,000", 1_250_000),
    ("1.250,5 triệu", 1_250_500_000), ("1.250 triệu đồng", 1_250_000_000), ("1,5 tỷ", 1_500_000_000), ("2.5 tr", 2_500_000), ("3 tỉ", 3_000_000_000), ("500 nghìn", 500_000),
    ("１２３", 123), ("１.２５０.０００", 1_250_000), ("1250000.00", 1_250_000), ("1.250.000,00", 1_250_000), ("0", 0), ("15.000 VNĐ", 15_000), ("1 Triệu Đồng", 1_000_000),
])  # fmt: skip
def test_amounts_are_read_as_they_are_meant(typed, amount):
    assert amount_of(typed) == amount


@pytest.mark.nodb
@pytest.mark.parametrize("typed", ["", "1e9", "1.25E+09", "1E309", "#####", "-5", "abc", "1.2", "1,2,3", "1.250,5", "0,0005 nghìn", "1.25.000", "∞", "NaN", "٣", "9" * 17, "10 tấn", "1..000",
                                   "=1+1", "1.250.000 đ đ", "½", "99999999 tỷ"])  # fmt: skip
def test_what_may_mean_two_things_or_nothing_is_not_read(typed):
    with pytest.raises(Unreadable):
        amount_of(typed)


@pytest.mark.nodb
@pytest.mark.parametrize(("typed", "hundredths"), [("12", 1200), ("2,5", 250), ("2.5", 250), ("0,01", 1), ("1.000", 100_000), ("１２", 1200)])
def test_quantities(typed, hundredths):
    assert quantity_of(typed) == hundredths


@pytest.mark.nodb
@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(typed):
    for reader in (amount_of, quantity_of):
        try:
            assert reader(typed) >= 0
        except Unreadable:
            pass


@pytest.mark.nodb
def test_rows_from_excel():
    text = ("Mục chi\tNội dung\tNguồn\tNăm\tĐVT\tSố lượng\tĐơn giá\tThành tiền\r\n"
            "Tiền công lao động\tCông của nhóm\tNgân sách nhà nước\t2026\ttháng\t2,5\t10.000.000\t25.000.000\r\n\r\n"
            'materials\t"Giống ""tốt"",\nphân bón"\tĐối ứng\t2027\tha\t10\t1,5 triệu\r\nTổng cộng\t\t\t\t\t\t\t40.000.000\r\n')  # fmt: skip
    table = pasted(text, HEADS)
    assert not table.faults and [(b.head, b.source, b.amount) for b in table.lines] == [("labour", Source.STATE, 25_000_000), ("materials", Source.COUNTERPART, 15_000_000)]
    assert table.lines[1].content == 'Giống "tốt", phân bón'


@pytest.mark.nodb
def test_every_bad_cell_is_named():
    table = pasted("Lạ\t\tnhà tôi\t26\t\tabc\t1e9\t5\nlabour\tx\tnsnn\t2026\tcái\t2\t100\t201", HEADS)
    assert not table.lines
    assert [(f.row, f.column) for f in table.faults] == [(1, c) for c in ("Mục chi", "Nội dung", "Nguồn", "Năm", "ĐVT", "Số lượng", "Đơn giá")] + [(2, "Thành tiền")]


@pytest.mark.nodb
def test_a_thousand_lines_and_not_one_more():
    line = "labour\tx\tnsnn\t2026\tcái\t1\t1\n"
    assert len(pasted(line * 1_000, HEADS).lines) == 1_000 and pasted(line * 1_001, HEADS).faults[-1].row == 1_001
    with pytest.raises(Incomplete):
        pasted("x" * (budgeting.LONGEST_TEXT + 1), HEADS)


@pytest.mark.nodb
@given(st.text(alphabet='ab"\t\n\r', max_size=60))
def test_any_pasted_text_is_told_about(text):
    pasted(text, HEADS)


LINES = st.lists(st.builds(Line, head=st.sampled_from(["labour", "materials"]), content=st.text("aăâ bc=+@", min_size=1, max_size=9).map(lambda t: " ".join(t.split()) or "x"),
                           source=st.sampled_from(list(Source)), year=st.integers(2026, 2029), unit=st.just("cái"), quantity=st.integers(1, 10**6), price=st.integers(100, 10**6)),
                 max_size=5)  # fmt: skip


@pytest.mark.nodb
@given(LINES)
def test_a_workbook_comes_back_as_it_went(lines):
    content = workbook(lines, HEADS)
    table = read_workbook(content, HEADS)
    assert not table.faults and table.lines == lines
    sheet = load_workbook(io.BytesIO(content)).active
    assert not lines or sheet.cell(len(lines) + 2, 8).value == f"=SUM(H2:H{len(lines) + 1})"
    assert all(sheet.cell(n, 2).data_type == "s" for n in range(2, len(lines) + 2)), "a text that begins with = is a text"


# --- the dossier ----------------------------------------------------------------------------------------------


@pytest.fixture
def row(db, cast, at, travel):
    topic = idea_plays.approved_topic(cast, item="1.8", title="Xây dựng hệ thống tưới tự động giám sát bằng IoT", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + timedelta(days=25))
    travel.move_to(at + timedelta(days=26))
    made = plays.draft(cast, call_topic=calls.topics_of(call)[0], at=at + timedelta(days=26))
    db.session.commit()
    return made


def line(**more):
    return Line(**{"head": "labour", "content": "Công", "source": Source.STATE, "year": 2026, "unit": "tháng", "quantity": 100, "price": 1_000} | more)


def test_all_lines_or_none(row, cast, at):
    now, before = at + timedelta(days=26), [b.id for b in row.lines]
    for bad in (line(year=2019), line(head="strange")):
        with pytest.raises(Incomplete):
            estimate.put_lines(row, [line(), bad], replace=True, by=cast["pi1"], at=now)
        assert [b.id for b in row.lines] == before
    with pytest.raises(Stale):
        estimate.put_lines(row, [line()], replace=True, seen=row.version - 1, by=cast["pi1"], at=now)
    estimate.put_lines(row, [line(), line(source=Source.COUNTERPART)], replace=False, by=cast["pi1"], at=now)
    assert len(row.lines) == len(before) + 2
    estimate.put_lines(row, [line()] * 1_000, replace=True, by=cast["pi1"], at=now)
    assert totals(row.lines)["all"] == 1_000_000 == sum(b.amount for b in row.lines)
    with pytest.raises(Incomplete):
        estimate.put_lines(row, [line()], replace=False, by=cast["pi1"], at=now)


def test_over_the_ceiling_both_sums_are_told(row, cast, at):
    estimate.put_lines(row, [line(price=2_000_000_000)], replace=True, by=cast["pi1"], at=at + timedelta(days=26))
    with pytest.raises(Incomplete, match=r"2\.000\.000\.000.*1\.\d{3}\.\d{3}\.\d{3}|2\.000\.000\.000"):
        actions.sign_off(row, by=cast["host1"], at=at + timedelta(days=26))


def test_pasting_through_the_page(db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    good = "labour\tCông của nhóm\tNSNN\t2026\ttháng\t2,5\t10 triệu"
    answer = pi.submit(f"{url}/budget/lines", {"text": f"{good}\nlabour\tx\tNSNN\t2026\ttháng\t1\t1e9", "how": "replace"}, status=422)
    page = BeautifulSoup(answer.text, "html.parser")
    assert "1e9" in page.select_one("textarea[name=text]").text and "rút gọn" in page.select_one("main table").text and "Đơn giá" in page.select_one("main table").text
    pi.submit(f"{url}/budget/lines", {"text": good, "how": "replace"})
    fresh = queries.proposal_by_pid(row.public_id)
    assert [(b.quantity, b.price, b.amount) for b in fresh.lines] == [(250, 10_000_000, 25_000_000)]
    assert "25.000.000" in pi.page(f"{url}/budget").text
    assert pi.submit(f"{url}/budget/lines", {"how": "add"}, status=422)
    assert as_("pi3").get(f"{url}/budget/lines").status_code == 404


def test_a_workbook_through_the_page(db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    content = pi.get(f"{url}/budget.xlsx").data
    before = [(b.head, b.content, str(b.source), b.year, b.unit, b.quantity, b.price, b.amount) for b in row.lines]
    pi.submit(f"{url}/budget/lines", {"file": (io.BytesIO(content), "Dự toán.xlsx"), "how": "replace"})
    fresh = queries.proposal_by_pid(row.public_id)
    assert [(b.head, b.content, str(b.source), b.year, b.unit, b.quantity, b.price, b.amount) for b in fresh.lines] == before
    for name, data in (("a.docx", content), ("a.xlsx", b"PK\x03\x04 no"), ("a.xlsx", plays.small_pdf("x"))):
        answer = pi.submit(f"{url}/budget/lines", {"file": (io.BytesIO(data), name), "how": "replace"}, status=422)
        assert "field-error" in answer.text
    assert as_("officer").get(f"{url}/budget.xlsx").status_code == 404


def test_one_line_takes_an_amount_in_millions(db, row, as_):
    url = f"/proposals/{row.public_id}/budget"
    typed = {"head": "labour", "content": "Công", "source": "state", "year": "2026", "unit": "tháng", "quantity": "2", "price": "1.250,5 triệu"}
    as_("pi1").submit(url, typed)
    assert queries.proposal_by_pid(row.public_id).lines[-1].amount == 2_501_000_000
    answer = as_("pi1").submit(url, typed | {"price": "1e9"}, status=422)
    assert "1e9" in answer.text and values_of(BeautifulSoup(answer.text, "html.parser").select("main form")[-1])["price"] == "1e9"


