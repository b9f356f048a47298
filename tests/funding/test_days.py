"""Days and numbers that cannot be true are refused where they are typed: one slip must not stop a topic for good."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.across.demo.plays import funding as plays
from app.kernel.errors import Incomplete
from app.services.papers.rules import check_number
from app.stages.execution import actions as execution
from app.stages.execution.rules import InspectionKind
from app.stages.funding import actions, queries
from app.stages.funding.rules import AppraisalState, ClosingKind
from tests.funding import factories

DAY = timedelta(days=1)


@pytest.mark.parametrize("said", ["", "abc", "QĐ", "số", "<1>", "12\n13", "?1"])
def test_what_is_no_number(said):
    with pytest.raises(Incomplete, match="not the number") as refused:
        check_number(said)
    assert refused.value.field == "number"


@pytest.mark.parametrize("said", ["77/QĐ-SKHCN", " 4923/QĐ-UBND ", "12/2026/HĐ-KHCN", "15", "BN-2026-0001"])
def test_what_is_a_number(said):
    assert check_number(said) == said.strip()


def test_a_session_is_not_held_in_the_future(cast, at):
    row = actions.begin_appraisal(factories.line(cast, at - 90 * DAY), by=cast["officer"], at=at)
    actions.name_team(row, [("Lê Văn C", None)], by=cast["officer"], at=at)
    for day in (at.date() + DAY, date(2035, 1, 5), date(1900, 1, 1)):
        with pytest.raises(Incomplete, match="cannot lie"):
            actions.open_appraisal(row, held_on=day, place=None, by=cast["officer"], at=at)
    actions.open_appraisal(row, held_on=at.date(), place=None, by=cast["officer"], at=at)
    assert row.state == AppraisalState.IN_SESSION


@pytest.mark.parametrize(("change", "field"), [
    ({"starts_on": date(2199, 1, 1)}, "starts_on"), ({"starts_on": date(2027, 6, 1)}, "starts_on"), ({"number": "abc"}, "number"),
    ({"dated": date(2199, 1, 1)}, "dated"),
])  # fmt: skip
def test_a_submission_with_a_slip(cast, at, change, field):
    appraisal = plays.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    later = at + 5 * DAY
    plays.revised(cast, appraisal=appraisal, at=later)
    said = {"number": "89/TTr-SKHCN", "dated": later.date(), "title": "x", "code_type": "DT_CN", "code_field": "4", "starts_on": later.date(),
            "duration_months": 24, "remark": None}  # fmt: skip
    with pytest.raises(Incomplete) as refused:
        actions.submit_award(appraisal, **said | change, by=cast["officer"], at=later)
    assert refused.value.field == field


def test_a_number_of_a_submission_is_used_once_a_year(cast, at):
    first = plays.submitted(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    other = plays.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY, title="Nhân giống nấm rơm trong nhà kín", number="4812/QĐ-UBND"), at=at)
    plays.revised(cast, appraisal=other, at=at + 5 * DAY)
    first.number = "89/TTr-SKHCN"
    later = at + 6 * DAY
    said = {"dated": later.date(), "title": "x", "code_type": "DT_CN", "code_field": "4", "starts_on": later.date(), "duration_months": 24, "remark": None}
    with pytest.raises(Incomplete, match="another submission"):
        actions.submit_award(other, number="89/TTr-SKHCN", **said, by=cast["officer"], at=later)
    assert actions.submit_award(other, number="90/TTr-SKHCN", **said, by=cast["officer"], at=later).number == "90/TTr-SKHCN"


def test_an_approval_has_a_number(cast, at):
    submission = plays.submitted(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    plays.year_budgets(cast, first=2026, last=2028, at=at)
    with pytest.raises(Incomplete, match="not the number"):
        actions.approve(submission, number="abc", dated=(at + 10 * DAY).date(), by=cast["province"], at=at + 10 * DAY)


def test_days_of_visits_reports_and_minutes(cast, at):
    project = factories.project(cast, at)
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    now = at + 60 * DAY
    planned = {"kind": InspectionKind.AD_HOC, "purpose": "x", "team": "y", "place": None, "by": cast["officer"], "at": now}
    for day in (date(1900, 1, 1), date(2199, 1, 1)):
        with pytest.raises(Incomplete, match="cannot lie"):
            execution.plan_inspection(project, planned_on=day, **planned)
        with pytest.raises(Incomplete, match="cannot lie"):
            execution.ask_report(project, due_on=day, reason="x", by=cast["officer"], at=now)
    visit = execution.plan_inspection(project, planned_on=now.date(), **planned)
    for day in (date(1900, 1, 1), now.date() + DAY):
        with pytest.raises(Incomplete, match="cannot lie"):
            execution.conclude_inspection(visit, held_on=day, present="x", progress_finding="x", money_finding="x", conclusion="x", requests=None,
                                          by=cast["officer"], at=now)  # fmt: skip
    for number, day, match in (("abc", now.date(), "not the number"), ("9/QĐ-SKHCN", date(2035, 1, 1), "cannot lie")):
        with pytest.raises(Incomplete, match=match):
            execution.suspend(project, reason="x", from_date=day, number=number, by=cast["leader"], at=now)


def test_liquidation_is_dated_between_the_accounts_and_today(cast, at):
    project = factories.project(cast, at)
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    plays.paid_up(cast, project=project, at=at + 25 * DAY)
    actions.record_closing(project, ClosingKind.RECOGNISED, dated=(at + 690 * DAY).date(), by=cast["leader"], at=at + 690 * DAY)
    accounts = plays.settled(cast, project=project, at=at + 700 * DAY)
    end = accounts.decided_at
    for day in (date(2020, 1, 1), date(2199, 12, 31), end.date() - DAY):
        with pytest.raises(Incomplete, match="cannot lie"):
            actions.liquidate(project, number="5/BBTL-SKHCN", dated=day, assets=None, remark=None, by=cast["officer"], at=end + DAY)
    assert queries.contract_of(project.id).state == "settled"
