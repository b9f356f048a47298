"""What a council learns of earlier work beside the dossiers before it: the passages and what was judged, on the page and in the minutes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import councils as council_plays
from app.across.demo.plays import selection as plays
from app.services.councils.models import Council
from app.services.papers import queries as papers
from app.services.similarity import texts
from app.stages.funding.actions import awards
from app.stages.plan.models import Priority
from app.stages.proposals import overlaps
from app.stages.proposals.checkmodels import Likeness
from app.stages.proposals.models import Proposal
from app.stages.selection import actions
from tests.funding import factories as funding
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


def test_past_projects_are_shown_with_the_passages_of_their_dossiers(db, cast, as_, at):
    """As the project that the dossier became; one that is older than this system by the words of its title."""
    past = funding.project(cast, at - 400 * DAY, pi="pi5", host="host3", title="Hệ thống tưới tự động dùng Internet vạn vật cho cây thanh long")
    old = awards.import_project(code="ĐT-2015-07", title="Hệ thống tưới tự động cho vùng đất phèn", item=db.session.get_one(Priority, past.item_id), host=cast.org("host3"), pi_name="Lê Văn Cũ", approved_state=300_000_000,
                                approved_counterpart=0, starts_on=date(2015, 1, 5), ends_on=date(2017, 1, 5), decision_number="12/QĐ-UBND", decision_date=date(2014, 12, 1),
                                by=cast["officer"], at=at - 399 * DAY)  # fmt: skip
    start = at - 100 * DAY
    place = factories.two_checked(cast, start)
    while texts.work_through(start + 70 * DAY):
        pass
    council = actions.prepare(place, by=cast["officer"], at=at - 29 * DAY)
    council_plays.established(cast, council=council, at=at - 29 * DAY)
    db.session.commit()
    row = db.session.scalar(select(Proposal).where(Proposal.call_topic_id == place.id).order_by(Proposal.id))
    url = f"/proposals/{row.public_id}/similar"
    for who in ("officer", "member1"):
        page = as_(who).page(url)
        by_text, by_title = (table.select("tbody tr") for table in page.select("main table"))
        assert any(past.code in tr.text and "%" in tr.text for tr in by_text), "the dossier stands as the project that it became"
        assert any(past.code in tr.text and "%" in tr.text for tr in by_title) and any(old.code in tr.text and "tưới tự động" in tr.text for tr in by_title), who
        both = as_(who).page(f"{url}/project/{past.public_id}")
        assert both.select("mark") and past.code in both.text
    officer = as_("officer")
    assert "tưới tự động" in officer.page(f"{url}/project/{old.public_id}").text and as_("member1").get(f"{url}/project/{old.public_id}").status_code == 404
    officer.submit(f"{url}/project/{past.public_id}", {"likeness": "explained", "reason": "Kế thừa nhiệm vụ trước"})
    assert past.code in overlaps.told_to_council(overlaps.queries.proposal_by_pid(row.public_id))
    its_own = as_("officer").page(f"/proposals/{db.session.get_one(Proposal, past.proposal_id).public_id}/similar")
    assert past.code not in its_own.text, "nobody compares a dossier with what became of it"
