"""The list of projects and the page of one: who sees what, search, spreadsheet, a constant number of queries."""

from __future__ import annotations

import io

import openpyxl
import pytest

from app import shown
from app.across.demo.plays import funding as money
from app.across.hub import rules
from app.across.hub.rules import Line, Step
from app.kernel.db import db as database
from app.kernel.listing import Listing
from app.stages.acceptance.rules import CaseState, ResultState
from app.stages.execution.rules import (
    AdjustmentState,
    ReportState,
    SuspensionState,
    TerminationState,
)
from app.stages.funding import actions as closings
from app.stages.funding.rules import (
    ClosingKind,
    ContractState,
    SettlementState,
    TrancheState,
)
from tests.funding import factories

DAY = factories.DAY


@pytest.fixture
def project(cast, at):
    row = factories.project(cast, at - DAY * 60, number="21/QĐ-UBND")
    money.contracted(cast, project=row, at=at - DAY * 40)
    database.session.commit()
    return row


def test_staff_see_all_others_their_own(project, as_):
    for who in ("officer", "leader", "finance", "auditor", "pi1", "host1"):
        assert project.title in as_(who).page("/projects/").text, who
        assert as_(who).page(f"/projects/{project.public_id}").select_one("h1").text == project.title
    for who in ("pi3", "host2", "member1"):
        assert project.title not in as_(who).page("/projects/").text, who
        as_(who).page(f"/projects/{project.public_id}", status=404)


def test_what_was_paid_and_what_came_back_are_two_amounts(project, cast, at, as_):
    later = at + DAY * 700
    for n in (1, 2):
        money.paid(cast, project=project, at=at + DAY * 30 * n, n=n)
    closings.record_closing(project, ClosingKind.RECOGNISED, number="55/QĐ-SKHCN", dated=later.date(), by=cast["leader"], at=later)
    money.paid(cast, project=project, at=later, n=3)
    money.settled(cast, project=project, at=later, unused=1_000_000)
    database.session.commit()
    page = as_("officer").page(f"/projects/{project.public_id}")
    known = {dt.text: dt.find_next("dd").text for dt in page.select("#money dt")}
    paid = project.paid_total
    assert [known[k] for k in ("Đã cấp", "Đã thu hồi", "Đã cấp, trừ số thu hồi")] == [shown.money(paid + 1_000_000), shown.money(1_000_000), shown.money(paid)]
    assert {"Đợt cấp", "Quyết toán kinh phí"} <= {li.text.strip().partition(":")[0] for li in page.select(".timeline .what")}, "each act says of what it tells"
    assert "Không còn phải nộp" in page.select_one("#reports").text and "Chờ nộp" not in page.select_one("#reports").text


def test_search_with_and_without_diacritics(project, as_):
    officer = as_("officer")
    for words in ("tuoi tiet kiem", "Tưới tiết kiệm", project.code[-7:]):
        assert project.title in officer.get("/projects/", query_string={"q": words}).get_data(as_text=True), words
    assert project.title not in officer.get("/projects/?q=khong+co").get_data(as_text=True)
    assert project.title in officer.get(f"/projects/?phase=running&sector=1&item=1.8&year={project.decision_date.year}").get_data(as_text=True)
    assert project.title not in officer.get("/projects/?phase=liquidated").get_data(as_text=True)


def test_the_spreadsheet_holds_what_is_filtered(project, cast, at, as_):
    factories.project(cast, at - DAY * 30, title="Mô hình khác", number="22/QĐ-UBND", pi="pi3", host="host2")
    answer = as_("officer").get("/projects/projects.xlsx?q=tuoi")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][1] == project.title and rows[1][8] == project.approved_total


def test_pages_follow_the_order(cast, at, as_, monkeypatch):
    monkeypatch.setitem(Listing.__init__.__kwdefaults__, "per_page", 2)
    titles = [f"Mô hình số {n}" for n in range(3)]
    for n, title in enumerate(titles):
        factories.project(cast, at - DAY * (90 + n), title=title, number=f"3{n}/QĐ-UBND")
    officer = as_("officer")
    first = officer.page("/projects/?sort=title")
    shown = [a.text for a in first.select("tbody th a")]
    assert shown == sorted(shown)
    shown += [a.text for a in officer.page(first.select_one("a[rel=next]")["href"]).select("tbody th a")]
    assert shown == titles


def test_the_number_of_queries_stays(cast, at, project, as_, count_queries):
    officer = as_("officer")
    officer.get("/projects/")
    few = count_queries(lambda: officer.get("/projects/"))
    page = count_queries(lambda: officer.get(f"/projects/{project.public_id}"))
    for n in range(3):
        factories.project(cast, at - DAY * (90 + n), title=f"Mô hình {n}", number=f"4{n}/QĐ-UBND", pi="pi3", host="host2")
    database.session.commit()
    assert count_queries(lambda: officer.get("/projects/")) == few <= 8
    assert count_queries(lambda: officer.get(f"/projects/{project.public_id}")) == page <= 15


# --- what may be done next ------------------------------------------------------------------------------------


class Row:
    def __init__(self, **values):
        self.__dict__.update(values)


@pytest.mark.nodb
def test_next_steps_follow_rights(at):
    today = at.date()
    project = Row(historic=False, public_id="p")
    lines = [Line("report", "r", ReportState.SUBMITTED, "", 1, today, "x"), Line("adjustment", "a", AdjustmentState.REQUESTED, "", None, None, "x")]
    assert rules.next_steps(project, None, [], lines, holds=False, can=lambda _w: False, today=today) == []
    steps = rules.next_steps(project, None, [], lines, holds=False, can=lambda _w: True, today=today)
    assert [s.endpoint for s in steps] == ["funding.draft_contract", "execution.review_report", "execution.decide_adjustment"]
    due = [Line("report", "r", ReportState.SCHEDULED, "", 2, today, "x")]
    assert rules.next_steps(project, None, [], due, holds=True, can=lambda w: w == "execution:report", today=today) == [
        Step("Write report %(n)s", "execution.submit_report", "r", 2)]  # fmt: skip


def test_a_stopped_project_asks_for_its_end_and_not_for_money(at):
    today = at.date()
    project = Row(historic=False, public_id="p", frozen_since=at)
    contract = Row(state=ContractState.SIGNED, public_id="c", ends_on=today)
    due = [Row(state=TrancheState.DUE, public_id="t", position=2)]
    lines = [Line("report", "r", ReportState.SCHEDULED, "", 2, today, "x"), Line("suspension", "s", SuspensionState.SUSPENDED, "", None, today, "x"),
             Line("termination", "e", TerminationState.OPENED, "", None, today, "x"), Line("acceptance_case", "a", CaseState.FAILED, "", 1, None, "x")]  # fmt: skip
    held = rules.next_steps(project, contract, due, lines, holds=True, can=lambda w: w in ("funding:request", "execution:report"), today=today)
    assert held == []
    decide = rules.next_steps(project, contract, due, lines, holds=False, can=lambda w: w == "execution:decide", today=today)
    assert [s.endpoint for s in decide] == ["execution.decide_termination", "execution.resume"]


@pytest.mark.nodb
@pytest.mark.parametrize(("state", "owed", "word", "holds", "endpoint"), [
    (None, None, "funding:request", True, "funding.submit_settlement"), ("returned", None, "funding:request", True, "funding.submit_settlement"),
    ("submitted", 5, "funding:settle", False, "funding.decide_settlement"), ("accepted", 5, "funding:pay", False, "funding.refund"),
    ("accepted", 5, "", True, "funding.settlement"), ("accepted", 0, "funding:liquidate", False, "funding.liquidate"),
    ("accepted", 5, "funding:liquidate", False, None),
])  # fmt: skip
def test_after_the_end_the_next_one_is_asked(at, state, owed, word, holds, endpoint):
    project, contract = Row(historic=False, public_id="p"), Row(state=ContractState.SETTLED, public_id="c", ends_on=at.date())
    accounts = None if state is None else Row(state=SettlementState(state), public_id="s")
    lines = [Line("acceptance_case", "a", CaseState.FAILED, "", 1, None, "x")]
    steps = rules.next_steps(project, contract, [], lines, holds=holds, can=lambda w: w == word, today=at.date(), ended=True, settlement=accounts, owed=owed)
    assert [s.endpoint for s in steps] == ([endpoint] if endpoint else [])


def test_an_ended_project_owes_no_report(at):
    today = at.date()
    project = type("P", (), {"historic": False, "public_id": "p"})()
    due = [Line("report", "r", ReportState.SCHEDULED, "", 2, today, "x")]
    assert rules.next_steps(project, None, [], due, holds=True, can=lambda w: w == "execution:report", today=today, ended=True) == []


def test_steps_of_the_same_label_name_their_object(at):
    lines = [Line("acceptance_case", "c", CaseState.RECOGNISED, "", 1, None, "x"),
             *(Line("result", f"r{n}", ResultState.REGISTERED, "", None, None, "x", f"Giống lúa {n}") for n in (1, 2))]  # fmt: skip
    project = type("P", (), {"historic": False, "public_id": "p"})()
    steps = rules.next_steps(project, None, [], lines, holds=True, can=lambda w: w == "transfer:hand_over", today=at.date())
    assert [s.of for s in steps if s.endpoint == "transfer.offer"] == ["Giống lúa 1", "Giống lúa 2"]
