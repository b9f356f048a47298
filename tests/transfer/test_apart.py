"""Nobody verifies, evaluates, registers or lets go what comes of the project of the own team or house, whatever the office."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import transfer as plays
from app.kernel.errors import NotAllowed
from app.services.people.actions import engage
from app.stages.funding import queries as funding
from app.stages.transfer import actions, incomes, queries
from app.stages.transfer.rules import Rating, Route
from tests.transfer import factories

DAY = timedelta(days=1)


def test_an_officer_of_the_team_judges_nothing_of_its_use(cast, at):
    result = factories.result(cast, at)
    project, officer, when = funding.project_by_id(result.project_id), cast["officer2"], at + 400 * DAY
    engage(kind="project", subject=project, title=project.title, from_date=project.starts_on, role="member", user_id=officer.id)
    licence, abroad = plays.signed_agreement(cast, result=result, at=at), plays.signed_agreement(cast, result=result, at=at, route=Route.TO_ABROAD)
    income = incomes.record(licence, from_on=(at + 30 * DAY).date(), to_on=(at + 90 * DAY).date(), revenue=9, profit=6, author_share=50, intermediary_share=0, host_share=50,
                            document="HĐ 1", by=cast["host1"], at=when)  # fmt: skip
    handover = plays.handed_over(cast, result=result, at=at)
    row = plays.reported(cast, handover=handover)
    later = queries.follow_ups_of(cast["officer"], result.id)[-1]
    own = {"by": officer, "at": when}
    acts = (lambda: actions.verify(row, remark=None, **own), lambda: actions.return_report(row, remark="x", **own), lambda: actions.waive(later, reason="x", **own),
            lambda: incomes.cancel(income, reason="x", **own), lambda: actions.register_agreement(abroad, number="05/GCN-CGCN", registered_on=(at + 40 * DAY).date(), **own))  # fmt: skip
    for act in acts:
        with pytest.raises(NotAllowed, match="belong to this project"):
            act()
    actions.verify(row, remark=None, by=cast["officer"], at=when)
    with pytest.raises(NotAllowed, match="belong to this project"):
        actions.evaluate(result, rating=Rating.HIGH, assessment="x", advice=None, **own)
