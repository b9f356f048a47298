"""What the applicant reads of a concluded round: the own result and remarks, never who sat; competitors and strangers read nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import selection as plays
from app.stages.proposals.models import Proposal
from app.stages.selection import actions, queries
from tests.selection import factories

DAY = timedelta(days=1)


@pytest.fixture
def ranked(cast, at):
    """A ranked round of two dossiers, before it is concluded."""
    return factories.ranked(cast, at - 100 * DAY)


def test_the_own_result_only_and_no_name(as_, cast, db, at, ranked):
    own, other = (db.session.scalars(select(Proposal).order_by(Proposal.id)).all())
    url, theirs = f"/selection/outcomes/{own.public_id}", f"/selection/outcomes/{other.public_id}"
    assert as_("pi1").get(url).status_code == 404, "nothing before the round is concluded"
    actions.conclude(queries.round_by_pid(ranked.public_id), by=cast["officer"], at=at - 10 * DAY)
    db.session.commit()
    page = as_("pi1").page(url).text
    assert plays.REMARKS[2] in page and "89,57" in page
    seated = [cast[f"member{n}"].name for n in range(1, 8)]
    assert not [name for name in seated if name in page]
    assert url in {a["href"] for a in as_("pi1").page(f"/proposals/{own.public_id}").select("main a[href]")}
    assert as_("pi1").get(theirs).status_code == 404 and as_("pi4").get(url).status_code == 404
    assert as_("host1").get(url).status_code == 200 and as_("officer").get(url).status_code == 200
