"""The appraisal team as a council: its members vote on the figures, which stay as they are meanwhile; adopted, the appraisal is concluded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import councils as plays
from app.kernel.errors import Incomplete, WrongState
from app.services.councils import actions as councils
from app.services.councils import queries
from app.services.papers.models import Paper
from app.stages.funding import actions, council
from app.stages.funding import queries as funding
from app.stages.funding.rules import AppraisalState
from tests.funding import factories

DAY = timedelta(days=1)
YES, NO = {"verdict": "agree"}, {"verdict": "disagree", "remark": "Giảm khoản thiết bị."}


@pytest.fixture
def appraisal(cast, at):
    return actions.begin_appraisal(factories.line(cast, at), by=cast["officer"], at=at + 82 * DAY)


@pytest.fixture
def seated(cast, at, appraisal):
    row = council.put_to_council(appraisal, by=cast["officer"], at=at + 83 * DAY)
    return plays.established(cast, council=row, at=at + 83 * DAY)


def voted(cast, seated, answers):
    held = plays.convened(cast, council=seated)
    return plays.voted(cast, council=held, answers=lambda _item, n: answers[min(n, len(answers) - 1)])


def opened(cast, appraisal, at):
    row = funding.appraisal_by_pid(appraisal.public_id)
    actions.open_appraisal(row, held_on=at.date(), place="Phòng họp 2", by=cast["officer"], at=at)
    return row


def end(held, cast, **more):
    councils.conclude(held, conclusion="Thống nhất mức kinh phí.", by=cast["officer"], at=held.meets_at + timedelta(hours=2), **more)


def test_adopted_figures_end_the_appraisal_with_the_session(cast, appraisal, seated, db):
    row = funding.appraisal_by_pid(appraisal.public_id)
    assert funding.team_of(row)[0].name.endswith(cast["member1"].name) and len(funding.team_of(row)) == 7
    with pytest.raises(WrongState, match="already"):
        council.put_to_council(row, by=cast["officer"], at=seated.meets_at)
    held = voted(cast, seated, [YES])
    with pytest.raises(WrongState, match="line by line"), db.session.begin_nested():
        end(held, cast)
    held = queries.fresh(held)
    row = opened(cast, appraisal, held.meets_at + timedelta(hours=1))
    with pytest.raises(WrongState, match="vote on these figures"):
        actions.appraise(row, {}, by=cast["officer"], at=held.meets_at)
    with pytest.raises(WrongState, match="adopts the figures"):
        actions.conclude_appraisal(row, remark="x", by=cast["officer"], at=held.meets_at)
    end(held, cast)
    db.session.refresh(row)
    assert (row.state, row.remark) == (AppraisalState.CONCLUDED, "Thống nhất mức kinh phí.")
    assert db.session.scalars(select(Paper).where(Paper.template == "funding/appraisal_minutes")).one() is not None


def test_what_is_not_adopted_is_read_again_for_another_council(cast, appraisal, seated, at, db):
    row = opened(cast, appraisal, seated.meets_at)
    with pytest.raises(Incomplete) as refused:
        council.check({"verdict": "disagree"}, {})
    assert refused.value.field == "remark"
    held = voted(cast, seated, [YES, YES, YES, NO])  # three of seven
    end(held, cast)
    db.session.refresh(row)
    assert row.state == AppraisalState.IN_SESSION
    again = council.put_to_council(row, by=cast["officer"], at=held.meets_at + DAY)
    assert actions.council_with(row).id == again.id


def test_members_read_the_figures_and_nobody_else_may(as_, cast, appraisal, seated, db):
    db.session.commit()
    url = f"/funding/appraisals/{appraisal.public_id}"
    assert "Công lao động" in as_("member3").page(url).text and "Công lao động" in as_("finance").page(url).text
    for stranger in ("member9", "pi1", "host1"):
        assert as_(stranger).get(url).status_code == 404
    page = as_("officer").page(url)
    assert f"/councils/{seated.public_id}" in str(page) and f"{url}/conclude" not in str(page) and f"{url}/council" not in str(page)
    assert as_("officer").get(f"{url}/council").status_code == 409
