"""The province's money: by item and sector, carried over, the cut line of a call, and the ledger of management costs, guarded by the database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import funding as plays
from app.kernel.db import db as database
from app.kernel.errors import Incomplete, WrongState
from app.stages.funding import actions, queries
from app.stages.funding.models import ManagementCost, YearBudget
from app.stages.proposals.models import Proposal
from tests.funding import factories
from tests.funding.factories import DAY

DECEMBER = datetime(2026, 12, 20, 3, tzinfo=UTC)


def sums(budget):
    return [(item.code, int(reserved), int(committed), int(paid)) for item, reserved, committed, paid in database.session.execute(queries.by_item(budget))]


@pytest.fixture
def years(cast, at):
    plays.year_budgets(cast, first=2026, last=2028, at=at, total=5_000_000_000)
    return queries.year_budget(2026)


def test_reserved_promised_and_paid_by_item(cast, at, years):
    submission = plays.submitted(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    assert sums(years) == [("1.8", 900_000_000, 0, 0)]
    later = at + 10 * DAY
    project = actions.approve(submission, number="4000/QĐ-UBND", dated=later.date(), by=cast["province"], at=later)
    assert sums(years) == [("1.8", 0, 900_000_000, 0)]
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    plays.paid(cast, project=project, at=at + 30 * DAY)
    assert sums(years) == [("1.8", 0, 900_000_000, 450_000_000)]
    [sector] = queries.by_sector(years)
    assert (sector.reserved, sector.committed, sector.paid) == (0, 900_000_000, 450_000_000)


def test_what_is_promised_and_not_paid_goes_into_the_next_year(db, cast, at, years):
    project = plays.awarded(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    plays.paid(cast, project=project, at=at + 30 * DAY)
    assert [(p.id, amount) for p, amount in queries.unpaid_promises(years)] == [(project.id, 450_000_000)]
    said = {"seen_promised": 450_000_000, "decision_number": "99/QĐ-UBND", "by": cast["officer"]}
    with pytest.raises(WrongState, match="December"):
        actions.carry_over(years, free=0, at=at, **said)
    with pytest.raises(WrongState, match="since you looked"):
        actions.carry_over(years, free=0, at=DECEMBER, **said | {"seen_promised": 1})
    with pytest.raises(Incomplete, match="promised to nobody"):
        actions.carry_over(years, free=4_100_000_001, at=DECEMBER, **said)
    actions.carry_over(years, free=100, at=DECEMBER, **said)
    this, following = queries.year_budget(2026), queries.year_budget(2027)
    assert (this.total, this.committed, following.total, following.committed) == (4_549_999_900, 450_000_000, 5_450_000_100, 450_000_000)
    assert queries.unpaid_promises(this) == []
    with pytest.raises(Incomplete, match="Nothing is left"):
        actions.carry_over(this, free=0, at=DECEMBER, **said | {"seen_promised": 0})
    actions.set_year_budget(2027, 6_000_000_000, by=cast["finance"], at=DECEMBER)  # the decision, without what came over
    assert queries.year_budget(2027).total == 6_450_000_100
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE budget_transfer SET amount = 1"))
    db.session.rollback()
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE year_budget SET total = committed - 1 WHERE year = 2026"))


def test_the_cut_line_against_the_money_left(db, cast, at, years):
    first = factories.line(cast, at - 90 * DAY)
    call = db.session.get_one(Proposal, first.proposal_id).call_topic_id
    call = queries.calls_with_ranking()[0]
    [row] = queries.ranked(call, 2026)
    assert (row.place, row.asked, row.of_year, row.together, row.project) == (1, 900_000_000, 900_000_000, 900_000_000, None)
    with pytest.raises(Incomplete):
        actions.draw_cut_line(call, year=2026, funded=2, reason="x", by=cast["officer"], at=at)
    with pytest.raises(Incomplete):
        actions.draw_cut_line(call, year=2026, funded=1, reason=" ", by=cast["officer"], at=at)
    drawn = actions.draw_cut_line(call, year=2026, funded=1, reason="Đủ kinh phí", by=cast["officer"], at=at)
    assert (drawn.needed, drawn.available) == (900_000_000, 5_000_000_000)
    actions.draw_cut_line(call, year=2026, funded=0, reason="Dành cho đợt sau", by=cast["officer"], at=at)
    assert queries.cut_of(call.id).funded == 0 and len(queries.cuts_of(call.id)) == 2
    plays.awarded(cast, round_or_line=first, at=at)
    [row] = queries.ranked(call, 2026)
    assert row.project is not None and row.together == 0  # its money is promised: nothing more is needed


# --- management costs -----------------------------------------------------------------------------------------


def book(cast, at, **change):
    said = {"head": "selection", "content": "Thù lao hội đồng tuyển chọn", "amount": 30_000_000, "booked_on": at.date(), "voucher": "UNC-01"} | change
    return actions.book_cost(**said, by=cast["finance"], at=at)


@pytest.mark.parametrize(("change", "field"), [
    ({"head": "labour"}, "head"), ({"content": " "}, "content"), ({"amount": 0}, "amount"), ({"amount": -1}, "amount"), ({"amount": 50_000_001}, "amount"),
    ({"voucher": "x" * 65}, "voucher"), ({"booked_on": date(2199, 1, 1)}, "booked_on"), ({"booked_on": date(2025, 3, 1)}, "booked_on"),
])  # fmt: skip
def test_a_slip_in_a_management_cost(cast, at, change, field):
    actions.set_management_budget(2026, 50_000_000, decision_number=None, by=cast["officer"], at=at)
    with pytest.raises(Incomplete) as refused:
        book(cast, at, **change)
    assert refused.value.field == field


def test_the_ledger_of_management_costs(db, cast, at):
    budget = actions.set_management_budget(2026, 50_000_000, decision_number="12/QĐ-UBND", by=cast["officer"], at=at)
    cost = book(cast, at)
    with pytest.raises(Incomplete, match="booked under this head"):
        book(cast, at)
    with pytest.raises(Incomplete, match="left"):
        book(cast, at, amount=20_000_001, voucher="UNC-02")
    with pytest.raises(Incomplete, match="already spent"):
        actions.set_management_budget(2026, 29_999_999, decision_number=None, by=cast["officer"], at=at)
    actions.take_cost_back(cost, reason="Ghi nhầm mục", by=cast["finance"], at=at)
    with pytest.raises(WrongState):
        actions.take_cost_back(cost, reason="x", by=cast["finance"], at=at)
    assert book(cast, at).id != cost.id  # taken back, it is booked anew
    db.session.refresh(budget)
    assert budget.spent == 30_000_000 and queries.costs_by_head(budget) == {"selection": 30_000_000}
    db.session.commit()
    over = "INSERT INTO management_cost (public_id, budget_id, kind, head, content, folded, amount, booked_on, voucher, at) VALUES ('z', {}, 'spending', 'x', 'x', 'x', 20000001, '2026-01-01', 'x', '2026-01-01')"
    for statement in ("UPDATE management_cost SET amount = 1", "DELETE FROM management_cost", "UPDATE management_budget SET spent = 0", over.format(budget.id)):
        with pytest.raises(IntegrityError):
            db.session.execute(text(statement))
        db.session.rollback()


# --- in the browser -------------------------------------------------------------------------------------------


def test_the_budget_in_the_browser(db, cast, as_, at, travel, years):
    project = plays.awarded(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    code, call, year = project.code, queries.calls_with_ranking()[0].public_id, years.public_id
    db.session.commit()
    travel.move_to(at + 20 * DAY)
    officer, finance, pi = as_("officer"), as_("finance"), as_("pi1")
    for url in ("/funding/year-budgets", f"/funding/year-budgets/{year}", f"/funding/calls/{call}/cut-line", "/funding/management"):
        officer.page(url)
        assert pi.get(url).status_code == 403
    for order in ("-committed", "reserved", "-paid"):
        assert "900.000.000" in officer.page(f"/funding/year-budgets/{year}?sector=1&sort={order}").text
    assert officer.page(f"/funding/calls/{call}/cut-line?sort=asked").select_one("#show-sort option[selected]")["value"] == "asked"
    for url in ("/funding/year-budgets.xlsx?source=state", f"/funding/year-budgets/{year}/items.xlsx", f"/funding/calls/{call}/cut-line.xlsx?funded=0", "/funding/management.xlsx"):
        assert officer.get(url).status_code == 200
    for bad in ("year=abc&funded=-1", "year=99999999&funded=" + "9" * 40, "funded=１"):
        assert officer.get(f"/funding/calls/{call}/cut-line?{bad}").status_code == 200
    officer.submit(f"/funding/calls/{call}/cut-line", {"funded": "7", "reason": "x"}, status=422)
    officer.submit(f"/funding/calls/{call}/cut-line", {"funded": "1", "reason": "Đủ tiền"})
    assert "Đủ tiền" in officer.page(f"/funding/calls/{call}/cut-line").text
    officer.submit("/funding/management/budget", {"year": "2026", "total": "50.000.000"})
    finance.submit("/funding/management/book", {"head": "selection", "content": "Thù lao", "amount": "50.000.001", "voucher": "UNC-1"}, status=422)
    finance.submit("/funding/management/book", {"head": "selection", "content": "Thù lao", "amount": "50.000.000", "voucher": "UNC-1"})
    cost = factories.all_of(ManagementCost)[0].public_id
    assert "Thù lao" in officer.page("/funding/management?q=thu+lao&head=selection&year=2026").text
    finance.submit(f"/funding/management/{cost}/take-back", {"reason": "Nhầm"})
    finance.submit(f"/funding/management/{cost}/take-back", {"reason": "Nhầm"}, status=409)
    travel.move_to(DECEMBER)
    assert code in as_("officer").page(f"/funding/year-budgets/{year}/carry-over").text
    as_("officer").submit(f"/funding/year-budgets/{year}/carry-over", {"free": "0", "decision_number": "99/QĐ-UBND", "attest": "y"})
    assert factories.all_of(YearBudget)[0].total == 4_100_000_000
    as_("officer").page(f"/funding/year-budgets/{year}")
