"""Nobody decides on the own project: who works on it, whatever the office, appraises, judges, books and ends nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import execution as work
from app.across.demo.plays import funding as money
from app.kernel.errors import NotAllowed
from app.services.people.actions import engage
from app.stages.execution import actions as execution
from app.stages.execution import queries as running
from app.stages.execution.rules import Ground
from app.stages.funding import actions, queries
from app.stages.funding.rules import Cause, TrancheState
from app.stages.proposals.models import TeamMember
from app.stages.proposals.rules import TeamRole
from tests.funding import factories

DAY = timedelta(days=1)
TOLD = "belong to this project"


@pytest.fixture
def project(cast, at):
    row = factories.project(cast, at)
    money.contracted(cast, project=row, at=at + 12 * DAY)
    money.paid(cast, project=row, at=at + 25 * DAY)
    for who in ("officer2", "finance", "province"):  # they join the team once it is on its way
        engage(kind="project", subject=row, title=row.title, from_date=row.starts_on, role="member", user_id=cast[who].id)
    return row


def test_a_member_of_the_team_judges_nothing_of_it(cast, at, project):
    when, later = at + 190 * DAY, at + 200 * DAY
    report = work.submitted_report(cast, project=project, at=when)
    extension = work.requested_extension(cast, project=project, at=when)
    visit = work.concluded_inspection(cast, work.planned_inspection(cast, project=project, at=when), at=later, findings=[("Thiếu sổ theo dõi", (later + 20 * DAY).date())])
    finding = running.findings_of(inspection_id=visit.id)[0]
    planned = work.planned_inspection(cast, project=project, at=later)
    for act in (
        lambda: execution.plan_inspection(project, kind=visit.kind, planned_on=(later + 9 * DAY).date(), purpose="x", team="x", place=None, by=cast["officer2"], at=later),
        lambda: execution.conclude_inspection(planned, held_on=later.date(), present="x", progress_finding="x", money_finding="x", conclusion="x", requests=None,
                                              by=cast["officer2"], at=later),
        lambda: execution.suspend(project, reason="x", from_date=later.date(), number="3/QĐ-UBND", by=cast["province"], at=later),
        lambda: execution.open_termination(project, ground=Ground.NOT_NEEDED, statement="x", by=cast["officer2"], at=later),
        lambda: actions.liquidate(project, number=None, dated=later.date(), assets=None, remark=None, by=cast["officer2"], at=later),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match=TOLD):
            act()
    ending = execution.open_termination(project, ground=Ground.NOT_NEEDED, statement="x", by=cast["officer"], at=later)
    for act in (
        lambda: execution.accept_report(report, remark=None, by=cast["officer2"], at=later),
        lambda: execution.return_report(report, remark="x", by=cast["officer2"], at=later),
        lambda: execution.agree_adjustment(extension, number="1/QĐ-UBND", dated=later.date(), remark=None, by=cast["province"], at=later),
        lambda: execution.refuse_adjustment(extension, remark="x", by=cast["province"], at=later),
        lambda: execution.close_finding(finding, remark=None, by=cast["officer2"], at=later),
        lambda: execution.decide_termination(ending, cause=Cause.OBJECTIVE, used=0, number="2/QĐ-UBND", dated=later.date(), remark=None, by=cast["province"], at=later),
        lambda: execution.drop_termination(ending, reason="x", by=cast["province"], at=later),
    ):
        with pytest.raises(NotAllowed, match=TOLD):
            act()


def test_a_member_of_the_team_books_nothing_of_it(cast, at, project):
    when = at + 60 * DAY
    entry = queries.ledger_of(project.id)[0]
    for act in (
        lambda: actions.reverse(entry, reason="x", by=cast["finance"], at=when),
        lambda: actions.refund(project, amount=1, booked_on=when.date(), voucher="HT-1", by=cast["finance"], at=when),
        lambda: actions.fall_due(queries.tranches_of(project.id)[1], reason="x", by=cast["officer2"], at=when),
    ):
        with pytest.raises(NotAllowed, match=TOLD):
            act()
    assert queries.tranches_of(project.id)[0].state == TrancheState.PAID


def test_an_applicant_does_not_appraise_the_own_budget(db, cast, at):
    row = money.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at, open_only=True)
    db.session.add(TeamMember(proposal_id=row.proposal_id, role=TeamRole.MEMBER, name=cast["officer2"].name, user_id=cast["officer2"].id))
    db.session.flush()
    for act in (
        lambda: actions.appraise(row, {}, by=cast["officer2"], at=at + 4 * DAY),
        lambda: actions.conclude_appraisal(row, remark=None, by=cast["officer2"], at=at + 4 * DAY),
    ):
        with pytest.raises(NotAllowed, match=TOLD):
            act()
