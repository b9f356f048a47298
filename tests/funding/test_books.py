"""The ledger over all projects and what is to come back: filtered, searched, in pages; the spreadsheet adds up to the same sums."""

from __future__ import annotations

import io
from datetime import date, timedelta
from types import SimpleNamespace

import openpyxl
import pytest
from sqlalchemy import text

from app.across.demo.plays import execution as execution_plays
from app.across.demo.plays import funding as plays
from app.stages.funding import actions, queries
from app.stages.funding.rules import Cause, ClosingKind
from tests.funding import factories

DAY = timedelta(days=1)


@pytest.fixture
def booked(db, cast, at):
    """Two projects: one paid, taken back and paid again; the other paid, failed, and half of what it owes come back, after a slip."""
    first = factories.contract(cast, at)
    second = factories.contract(cast, at, title="Ứng dụng công nghệ sinh học trong bảo quản chanh", pi="pi3", host="host2", number="777/QĐ-UBND")
    one, two = (queries.project_by_id(c.project_id) for c in (first, second))
    plays.paid(cast, project=one, at=at + 30 * DAY)
    actions.reverse(queries.ledger_of(one.id)[0], reason="Nhầm", by=cast["finance"], at=at + 40 * DAY)
    plays.paid(cast, project=one, at=at + 41 * DAY)
    plays.paid(cast, project=two, at=at + 50 * DAY)
    later = at + 400 * DAY
    actions.record_closing(two, ClosingKind.FAILED, dated=later.date(), cause=Cause.SUBJECTIVE, by=cast["leader"], at=later)
    accounts = actions.submit_settlement(two, spent=400_000_000, assets=None, note=None, by=cast["pi3"], at=later)
    actions.accept_settlement(accounts, remark=None, by=cast["finance"], at=later + DAY)  # 50 million unused, 30 % of the rest: 170 million
    slip = actions.refund(two, amount=7, booked_on=(later + DAY).date(), voucher="HT-1", by=cast["finance"], at=later + DAY)
    actions.reverse(slip, reason="Gõ nhầm", by=cast["finance"], at=later + DAY)
    actions.refund(two, amount=70_000_000, booked_on=(later + DAY).date(), voucher="HT-1", by=cast["finance"], at=later + DAY)
    db.session.commit()
    return one, two, later + DAY


def rows_of(client, url):
    head, *rows = openpyxl.load_workbook(io.BytesIO(client.get(url).data)).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_spreadsheet_adds_up_to_the_same_sums(db, as_, booked):
    one, two, _later = booked
    finance = as_("finance")
    rows = rows_of(finance, "/funding/ledger.xlsx?lang=en")
    amount = next(name for name in rows[0] if name in ("Amount", "Số tiền"))
    total = sum(row[amount] for row in rows)
    in_database = db.session.execute(text("SELECT sum(CASE WHEN kind IN ('payment', 'refund_reversal') THEN amount ELSE -amount END) FROM ledger_entry")).scalar()
    assert len(rows) == 7 and total == in_database == one.paid_total + two.paid_total == 450_000_000 + 380_000_000
    assert f"{total:,}".replace(",", ".") in finance.page("/funding/ledger").get_text()


@pytest.mark.parametrize(("args", "count"), [("q=chanh", 4), ("q=CHANH", 4), ("q=unc-0001", 3), ("kind=reversal", 1), ("kind=refund_reversal", 1), ("year=2027", 3), ("year=2026&kind=payment", 3), ("q=%25", 0), ("kind=nothing", 7)])
def test_filters_hold_for_page_and_spreadsheet(as_, booked, args, count):
    finance = as_("finance")
    assert len(finance.page(f"/funding/ledger?{args}").select("tbody tr")) == count
    assert len(rows_of(finance, f"/funding/ledger.xlsx?{args}")) == count


def test_a_refund_is_parted_only_by_the_rule_of_its_day(db):
    old, new = (SimpleNamespace(decision_date=date(year, 1, 1)) for year in (2015, 2026))
    assert queries.refund_split(old, 101)[:2] == (50, 51) and queries.refund_split(new, 101) is None


def test_who_reads_the_books(as_, booked):
    for url in ("/funding/ledger", "/funding/ledger.xlsx", "/funding/recoveries", "/funding/recoveries.xlsx"):
        assert as_("pi1").get(url).status_code == 403 and as_("auditor").get(url).status_code == 200


def test_the_ledger_asks_as_often_for_many_rows(as_, booked, count_queries):
    finance = as_("finance")
    finance.get("/funding/ledger")
    few, many = count_queries(lambda: finance.get("/funding/ledger?kind=reversal")), count_queries(lambda: finance.get("/funding/ledger"))
    assert few == many


def test_what_is_to_come_back_and_when_it_is_late(as_, booked, travel):
    _one, two, later = booked
    by = queries.refund_by(queries.closing_of(two.id), queries.settlement_of(two.id))
    assert by is not None and by >= later.date() + 30 * DAY
    for day, late in ((by, 0), (by + DAY, 1)):
        travel.move_to(later.replace(year=day.year, month=day.month, day=day.day))
        finance = as_("finance")
        page = finance.page("/funding/recoveries")
        assert len(page.select("tbody .tag-red")) == late == len(finance.page("/funding/recoveries?state=late").select("tbody tr"))
    row = rows_of(finance, "/funding/recoveries.xlsx?state=open")[0]
    assert {170_000_000, 70_000_000, 100_000_000} <= set(row.values()) and row[list(row)[-1]].date() == by
    assert "Quá hạn" in finance.page(f"/funding/settlements/{queries.settlement_of(two.id).public_id}").get_text()
    assert not finance.page("/funding/recoveries?state=done").select("tbody tr")


def test_an_early_end_owes_from_its_decision(db, cast, at, as_, travel):
    """Before there are accounts, what the decision fixed is listed, and late in its turn."""
    contract = factories.contract(cast, at)
    project = queries.project_by_id(contract.project_id)
    plays.paid(cast, project=project, at=at + 30 * DAY)
    row = execution_plays.terminated(cast, project=project, at=at + 60 * DAY, cause=Cause.SUBJECTIVE, used=200_000_000)
    db.session.commit()
    travel.move_to(at + 150 * DAY)
    found = as_("finance").page("/funding/recoveries?state=late").select("tbody tr")
    assert row.refund == 310_000_000 and len(found) == 1 and "310.000.000" in found[0].get_text()
    assert len(as_("finance").page(f"/funding/recoveries?q={project.code.lower()}").select("tbody tr")) == 1, "by its code too"
    assert isinstance(queries.refund_by(queries.closing_of(project.id), None), date)
