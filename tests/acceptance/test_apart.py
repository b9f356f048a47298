"""Nobody accepts the own project: who works on it, whatever the office, checks, revises, recognises and closes nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import acceptance as plays
from app.kernel.errors import NotAllowed
from app.services.people.actions import engage
from app.stages.acceptance import actions
from app.stages.acceptance.rules import ResultState
from app.stages.funding.rules import Cause
from tests.acceptance import factories

DAY = timedelta(days=1)
END = 700 * DAY


def refused(*acts):
    for act in acts:
        with pytest.raises(NotAllowed, match="belong to this project"):
            act()


def test_a_member_of_the_team_accepts_nothing_of_it(cast, at):
    project = factories.project(cast, at)
    for who in ("officer2", "leader", "province"):
        engage(kind="project", subject=project, title=project.title, from_date=project.starts_on, role="member", user_id=cast[who].id)
    case, own, when = plays.submitted(cast, project=project, at=at + END), {"by": cast["officer2"], "at": at + END + 40 * DAY}, at + END + 40 * DAY
    refused(lambda: actions.check(case, **own), lambda: actions.return_dossier(case, reason="x", **own))
    actions.check(case, by=cast["officer"], at=at + END + 4 * DAY)
    refused(lambda: actions.put_to_council(case, title="x", **own))
    factories.graded(cast, case, at + END + 10 * DAY)
    refused(lambda: actions.require_revision(case, what="x", **own))
    result = next(r for r in actions.results.queries.results_of(case.id) if r.state == ResultState.DRAFTED)
    actions.describe(result, title=result.title, kind=result.kind, item=project.item, summary="Tóm tắt", by=cast["pi1"], at=when)
    refused(lambda: actions.register(result, number="07/2026/GCN-SKHCN", dated=when.date(), **own))
    plays.registered(cast, case=case, at=when)
    refused(lambda: actions.recognise(case, number="1/QĐ-SKHCN", dated=when.date(), by=cast["leader"], at=when + 9 * DAY))


def test_nor_does_it_let_it_fail_or_begin_anew(cast, at):
    project = factories.project(cast, at)
    engage(kind="project", subject=project, title=project.title, from_date=project.starts_on, role="member", user_id=cast["province"].id)
    case, when = factories.rated(cast, project, at + END, *["fail"] * 7), at + END + 30 * DAY
    refused(lambda: actions.fail(case, cause=Cause.OBJECTIVE, reason="x", number="9/QĐ-UBND", dated=when.date(), by=cast["province"], at=when),
            lambda: actions.reevaluate(case, reason="x", by=cast["province"], at=when))  # fmt: skip
