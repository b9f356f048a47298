"""What a council learns of earlier work beside the dossiers before it: the passages and what was judged, on the page and in the minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import councils as council_plays
from app.across.demo.plays import selection as plays
from app.services.councils.models import Council
from app.services.papers import queries as papers
from app.services.similarity import texts
from app.stages.proposals import overlaps
from app.stages.proposals.checkmodels import Likeness
from app.stages.proposals.models import Proposal
from app.stages.selection import actions
from tests.selection import factories

DAY = timedelta(days=1)


@pytest.fixture
def judged(db, cast, at):
    """Two eligible dossiers whose texts are nearly the same, one of them judged: (place in the call, one, the other)."""
    start = at - 100 * DAY
    place = factories.two_checked(cast, start)
    texts.work_through(start + 70 * DAY)
    first, second = db.session.scalars(select(Proposal).order_by(Proposal.id)).all()
    row = overlaps.queries.proposal_by_pid(second.public_id)
    overlaps.judge(row, overlaps.one(row, "proposal", first.public_id, cast["officer"]), likeness=Likeness.EXPLAINED, reason="Cùng nhóm, kế thừa có dẫn nguồn",
                   by=cast["officer"], at=start + 70 * DAY)  # fmt: skip
    db.session.commit()
    return place, first, second


def test_members_read_passages_and_judgement_and_record_none(db, cast, as_, at, judged):
    place, first, second = judged
    council = actions.prepare(place, by=cast["officer"], at=at - 29 * DAY)
    council_plays.established(cast, council=council, at=at - 29 * DAY)
    db.session.commit()
    member = as_("member1")
    page = member.page(f"/proposals/{second.public_id}/similar")
    assert "Cùng nhóm, kế thừa" in page.text
    link = f"/proposals/{second.public_id}/similar/proposal/{first.public_id}"
    page = member.page(link)
    assert page.select("mark") and not page.select("main form")


def test_the_judgement_stands_in_the_minutes(db, cast, at, judged):
    place, _first, _second = judged
    found = plays.ranked(cast, call_topic=place, at=at - 30 * DAY)
    council = db.session.get_one(Council, found.council_id)
    said = next(str(paper.blocks) for paper in papers.of(council) if paper.template == "councils/minutes")
    assert "So sánh với nhiệm vụ, hồ sơ đã có" in said and "đã giải trình" in said and "Cùng nhóm" in said
