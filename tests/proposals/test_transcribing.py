"""What is on paper, entered after the opening: officers alone see it, two people, then it is the dossier's content and locked."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import calls as call_plays
from app.across.desk import providers
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.similarity import texts
from app.stages.calls import queries as calls
from app.stages.proposals import (
    actions,
    admitting,
    queries,
    team,
    transcribing,
    transcripts,
    work,
)
from app.stages.proposals.admitting import Envelope
from app.stages.proposals.rules import ProductGroup, ProposalState, Source, TeamRole

HOUR = timedelta(hours=1)
AIM = "Giảm một phần ba lượng nước tưới"


@pytest.fixture
def registered(cast, called, now):
    """A sealed envelope of a call that is not opened."""
    call_topic = called("Hệ thống tưới tự động")[0]
    given = Envelope(title="Tưới tiết kiệm", host=cast.org("host2").public_id, pi_name="Lê Hoàng Cường", pi_email="pi3@demo.vamco.test", stamp_office="Một cửa")
    return admitting.register(call_topic, given, stamp_at=now, by=cast["officer"], at=now + HOUR)


@pytest.fixture
def opened(cast, registered):
    call_plays.opened_call(cast, call=registered.call_topic.call)
    return queries.by_id(registered.id)


@pytest.fixture
def later(registered):
    return registered.call_topic.call.deadline + timedelta(days=9)


def entered(cast, opened, later):
    """A transcription with something of every part, not handed over."""
    draft = transcribing.begin(opened, by=cast["officer"], at=later)
    given = {"by": cast["officer"], "at": later}
    actions.save_general(draft, title="Tưới tiết kiệm nước", aim=AIM, duration_months=24, **given)
    actions.add_member(draft, name="Ngô Thị Hạnh", role=TeamRole.KEY, months=6, **given)
    lead = next(m for m in queries.held(draft).team if m.role == TeamRole.PI)
    actions.set_months(lead, draft, 9, **given)
    actions.add_product(draft, group=ProductGroup.TWO, name="Quy trình tưới", unit="quy trình", quantity=1, quality="Đạt", **given)
    actions.add_line(draft, head=next(iter(queries.heads(later.date(), opened.call_topic.call))), content="Công", source=Source.STATE, year=later.year, unit="tháng", quantity=100, price=5_000_000, **given)
    return queries.held(draft)


def test_sealed_until_the_opening(cast, registered, later):
    with pytest.raises(WrongState, match="sealed"):
        transcribing.begin(registered, by=cast["officer"], at=later)


def test_only_officers_who_have_nothing_to_do_with_it(cast, opened, later):
    for who in ("pi3", "host2", "leader"):
        with pytest.raises(NotAllowed):
            transcribing.begin(opened, by=cast[who], at=later)
    transcribing.begin(opened, by=cast["officer"], at=later)
    with pytest.raises(WrongState):
        transcribing.begin(opened, by=cast["officer2"], at=later)


def test_nobody_but_officers_sees_it_before_it_is_confirmed(cast, opened, later, user):
    draft = entered(cast, opened, later)
    transcribing.hand_over(draft, by=cast["officer"], at=later)
    draft = queries.by_id(draft.id)
    for who in ("pi3", "host2", "leader", "pi1"):
        assert not queries.may_read(draft, user(who)) and queries.proposal_for(user(who), draft.public_id) is None, who
        assert draft.id not in {p.id for p in queries.to_sign(user(who))} and queries.for_host(user(who), draft.public_id) is None
        assert queries.for_writing_with(user(who), draft.public_id) is None
    assert queries.may_read(draft, user("officer2")) and queries.draft_of(cast["officer"], draft.call_topic) is None
    paper = queries.by_id(opened.id)
    assert (paper.aim, paper.products, paper.lines, len(paper.team)) == (None, [], [], 1)
    assert queries.latest_version(paper).number == 1 and [p.id for p in transcripts.lacking([paper, draft])] == [paper.id]


def test_two_people_and_then_it_is_locked(db, cast, opened, later, mails):
    draft = entered(cast, opened, later)
    with pytest.raises(WrongState, match="still being entered"):
        transcribing.confirm(draft, by=cast["officer2"], at=later)
    with pytest.raises(NotAllowed):
        transcribing.hand_over(draft, by=cast["officer2"], at=later)
    transcribing.hand_over(draft, by=cast["officer"], at=later)
    with pytest.raises(WrongState, match="closed"):
        actions.save_general(draft, title="x", aim="y", duration_months=1, by=cast["officer"], at=later)
    with pytest.raises(NotAllowed):
        transcribing.confirm(draft, by=cast["officer"], at=later)
    with pytest.raises(Incomplete):
        transcribing.give_back(draft, " ", by=cast["officer2"], at=later)
    transcribing.give_back(draft, "Thiếu một dòng dự toán", by=cast["officer2"], at=later)
    actions.save_general(draft, title="Tưới tiết kiệm nước", aim=AIM, duration_months=18, by=cast["officer"], at=later)
    transcribing.hand_over(draft, by=cast["officer"], at=later)
    version = transcribing.confirm(draft, by=cast["officer2"], at=later + HOUR)
    paper = queries.by_id(opened.id)
    assert (paper.title, paper.aim, paper.duration_months, paper.state) == ("Tưới tiết kiệm nước", AIM, 18, ProposalState.SUBMITTED)
    assert [(m.name, m.months, m.user_id) for m in paper.team] == [("Lê Hoàng Cường", 9, paper.pi_id), ("Ngô Thị Hạnh", 6, None)]
    assert [p.name for p in paper.products] == ["Quy trình tưới"] and [line.amount for line in paper.lines] == [5_000_000]
    assert version.number == 2 and version.submitted_by_id == cast["officer"].id and version.content["aim"] == AIM
    assert version.content["from_paper"]["confirmed_by"] == cast["officer2"].name
    assert {m.to_address for m in mails() if m.template.endswith("transcribed.txt")} == {"pi3@demo.vamco.test", "host2@demo.vamco.test"}
    assert transcripts.lacking([paper]) == [] and queries.by_id(draft.id).state == ProposalState.WITHDRAWN
    for act in (lambda: transcribing.begin(paper, by=cast["officer"], at=later), lambda: transcribing.confirm(draft, by=cast["officer2"], at=later),
                lambda: transcribing.end(draft, "x", by=cast["officer2"], at=later), lambda: work.save(paper, {}, by=cast["officer"], at=later) or actions.save_general(paper, title="x", aim="y", duration_months=1, by=cast["officer"], at=later)):  # fmt: skip
        with pytest.raises(WrongState):
            act()
    db.session.commit()
    for statement in ("UPDATE proposal SET aim = 'x' WHERE receipt_no IS NOT NULL", "UPDATE team_member SET months = 1 WHERE user_id IS NOT NULL", "DELETE FROM proposal_transcript",
                      "UPDATE proposal_transcript SET confirmed_by_id = NULL, confirmed_at = NULL"):  # fmt: skip
        with pytest.raises(IntegrityError, match="frozen|kept"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_what_is_entered_is_compared_with_other_work(db, cast, opened, later):
    """The envelope alone has no words; what was entered and confirmed has, and is handed over anew."""
    while texts.work_through(later):
        pass
    assert texts.texts_of([("proposal", opened.public_id)]) == {("proposal", opened.public_id): ""}
    draft = entered(cast, opened, later)
    transcribing.hand_over(draft, by=cast["officer"], at=later)
    transcribing.confirm(draft, by=cast["officer2"], at=later)
    while texts.work_through(later):
        pass
    assert AIM in texts.texts_of([("proposal", opened.public_id)])[("proposal", opened.public_id)]


def test_given_up_another_may_begin(cast, opened, later):
    draft = entered(cast, opened, later)
    with pytest.raises(WrongState, match="invited"):
        team.invite(draft, draft.team[-1], by=cast["officer"], at=later)
    transcribing.end(draft, "Chuyển cho người khác", by=cast["officer2"], at=later)
    with pytest.raises(WrongState):
        transcribing.hand_over(draft, by=cast["officer"], at=later)
    empty = transcribing.begin(queries.by_id(opened.id), by=cast["officer2"], at=later)
    with pytest.raises(Incomplete, match="Nothing"):
        transcribing.hand_over(empty, by=cast["officer2"], at=later)


def test_through_the_pages(db, cast, as_, opened, later, travel):
    travel.move_to(later)
    db.session.commit()
    officer, other, url = as_("officer"), as_("officer2"), f"/proposals/{opened.public_id}"
    assert "chưa được nhập và xác nhận" in officer.page(url).text and as_("pi3").get(f"{url}/transcribe").status_code == 403
    draft = officer.submit(f"{url}/transcribe", {}).location
    shown = officer.page(draft)
    assert "Lê Hoàng Cường" in shown.select_one(".facts").text and cast["officer"].name not in shown.select_one(".facts").text, "who leads stands on the paper"
    officer.submit(f"{draft}/general", {"title": "Tưới tiết kiệm nước", "aim": AIM, "duration_months": "24"})
    assert not officer.page(f"{draft}/team").select("[name=access]"), "nobody is invited to it"
    officer.submit(f"{draft}/team", {"name": "Ngô Thị Hạnh", "role": "key", "months": "6", "email": "hanh@vien.example"})
    form = as_("officer").post(f"{draft}/files", data={"kind": "application", "file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "quet.pdf"), "once": "x"}, content_type="multipart/form-data")
    assert form.status_code in (303, 400, 422)
    assert not [t for g in providers.groups(cast["officer2"], later) for t in g.tasks if t.place[1] == draft.rsplit("/", 1)[1]]
    assert officer.get(f"{draft}/transcript/confirm").status_code == 403 and other.get(f"{draft}/transcript/confirm").status_code == 409
    assert "Còn trống hoặc chưa đủ: Nhóm" not in officer.page(f"{draft}/transcript/hand-over").text and "Kinh phí" in officer.page(f"{draft}/transcript/hand-over").text
    officer.submit(f"{draft}/transcript/hand-over", {})
    assert officer.get(f"{draft}/general").status_code == 409
    for who in ("pi3", "host2", "leader"):
        assert as_(who).get(draft).status_code == 404 and AIM not in as_(who).page(url).text
    assert AIM in other.page(draft).text and draft in other.get(url).get_data(as_text=True)
    other.submit(f"{draft}/transcript/give-back", {"reason": "Sai thời gian"})
    assert "Sai thời gian" in officer.page(draft).text
    officer.submit(f"{draft}/transcript/hand-over", {})
    assert other.submit(f"{draft}/transcript/confirm", {"confirm": "y"}).location == url
    for who in ("pi3", "leader", "officer"):
        shown = as_(who).page(url).text
        assert AIM in shown and "Ngô Thị Hạnh" in shown and cast["officer2"].name in shown
    first = queries.proposal_by_pid(opened.public_id)
    receipt = as_("pi3").page(f"{url}/receipt").text
    assert queries.latest_version(first).sha256 not in receipt
    assert calls.call_for(cast["officer"], first.call_topic.call.public_id)


def test_selection_says_which_dossier_is_on_paper_only(db, cast, as_, opened, later, travel):
    travel.move_to(later)
    opened.state = ProposalState.ELIGIBLE
    db.session.commit()
    url = f"/selection/topics/{opened.call_topic.public_id}/prepare"
    assert "mới có trên giấy" in as_("officer").page(url).text
    draft = entered(cast, opened, later)
    transcribing.hand_over(draft, by=cast["officer"], at=later)
    transcribing.confirm(draft, by=cast["officer2"], at=later)
    db.session.commit()
    assert "mới có trên giấy" not in as_("officer").page(url).text
