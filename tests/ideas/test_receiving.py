"""The receiving body's own commitment: asked, confirmed or declined, shown to whom it concerns; what a list still lacks."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from app.across.demo.plays import ideas as play
from app.across.demo.plays import proposals as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.stages.ideas import actions, queries, receiving, wholeness
from app.stages.ideas.actions import Identified
from app.stages.ideas.rules import CommitmentState, Mode, Outcome, ProductKind

DAY = timedelta(days=1)
LETTER = ("cam-ket.pdf", plays.small_pdf("Cam kết"))


def submitted(cast, at, **more):
    return play.submitted_idea(cast, item="1.8", title="Chanh không hạt", at=at, **more)


def of(idea):
    return queries.idea_by_pid(idea.public_id)


def test_the_body_named_is_asked_once_and_answers_itself(cast, at, mails):
    idea = submitted(cast, at)
    asked = [m for m in mails() if m.template == "ideas/mail/commitment_asked.txt"]
    assert [m.to_address.split("@")[0] for m in asked] == ["agency1"] and f"/ideas/{idea.public_id}/commit" in asked[0].body
    assert of(idea).commitment_state == CommitmentState.ASKED
    for stranger in ("agency2", "officer", "pi1", "host1"):
        with pytest.raises(NotAllowed):
            receiving.answer(idea, confirmed=True, person="A B", document="1/CV", by=cast[stranger], at=at)
    for gap, field in (({"person": "A"}, "person"), ({"document": ""}, "document"), ({"document": "abc"}, "document")):
        with pytest.raises(Incomplete) as refused:
            receiving.answer(idea, **({"confirmed": True, "person": "Lê A, Giám đốc", "document": "7/CV-SNN", "by": cast["agency1"], "at": at} | gap))
        assert refused.value.field == field
    receiving.answer(idea, confirmed=True, person="Lê A, Giám đốc", document="7/CV-SNN", by=cast["agency1"], at=at)
    said = of(idea).receiving
    assert (said.state, said.person, said.document) == (CommitmentState.CONFIRMED, "Lê A, Giám đốc", "7/CV-SNN")
    assert mails()[-1].template == "ideas/mail/commitment_answered.txt" and mails()[-1].to_address.startswith("pi1@")
    with pytest.raises(WrongState):
        receiving.answer(idea, confirmed=True, person="Lê A, Giám đốc", document="7/CV-SNN", by=cast["agency1"], at=at)


def test_it_may_decline_with_a_reason_and_is_asked_again_when_the_commitment_is_written_anew(cast, at, mails):
    idea = submitted(cast, at)
    with pytest.raises(Incomplete):
        receiving.answer(idea, confirmed=False, reason=" ", by=cast["agency1"], at=at)
    receiving.answer(idea, confirmed=False, reason="Không đủ người", by=cast["agency1"], at=at)
    assert of(idea).commitment_state == CommitmentState.DECLINED and "Không đủ người" in mails()[-1].body
    actions.send_back(idea, "Sửa cam kết", by=cast["officer"], at=at)
    actions.revise(idea, {"commitment": "Tiếp nhận, bố trí hai cán bộ và kinh phí"}, by=cast["pi1"], at=at)
    actions.submit(idea, by=cast["pi1"], at=at + DAY)
    assert of(idea).commitment_state == CommitmentState.ASKED
    assert len([m for m in mails() if m.template == "ideas/mail/commitment_asked.txt"]) == 2
    actions.send_back(idea, "Chọn đơn vị khác", by=cast["officer"], at=at + DAY)
    actions.revise(idea, {"receiver": cast.org("agency2")}, by=cast["pi1"], at=at + DAY)
    actions.submit(idea, by=cast["pi1"], at=at + 2 * DAY)
    assert of(idea).commitment_state == CommitmentState.ASKED and mails()[-2].to_address.startswith("agency2@")


def test_the_proposing_body_receives_the_result_only_with_a_word(cast, at):
    idea = play.drafted_idea(cast, title="Tự nhận", at=at, receiver="host1")
    with pytest.raises(Incomplete) as refused:
        actions.submit(idea, by=cast["pi1"], at=at)
    assert refused.value.field == "own_word"
    actions.submit(idea, own_word="Không có đơn vị khác quản lý trạm", by=cast["pi1"], at=at)
    assert of(idea).receiving.own_word == "Không có đơn vị khác quản lý trạm"


def test_a_full_stop_is_no_commitment(cast, at):
    for gap, field in (({"commitment": "."}, "commitment"), ({"committed_by": "."}, "committed_by")):
        idea = play.drafted_idea(cast, title="Chấm", at=at)
        actions.revise(idea, gap, by=cast["pi1"], at=at)
        with pytest.raises(Incomplete) as refused:
            actions.submit(idea, by=cast["pi1"], at=at)
        assert refused.value.field == field


def test_what_a_topic_would_lack_is_named_and_confirmed_before_the_list_is_frozen(cast, at, mails):
    idea = submitted(cast, at)
    later = at + 10 * DAY
    with pytest.raises(Incomplete) as refused:
        actions.record_identification(idea, Identified(Outcome.DO, mode=Mode.SELECTION, ceiling=0), minutes_number="1/BB", minutes_dated=later.date(), by=cast["officer"], at=later)
    assert refused.value.field == "ceiling"
    actions.record_identification(idea, Identified(Outcome.DO, mode=Mode.SELECTION), minutes_number="1/BB", minutes_dated=later.date(), by=cast["officer"], at=later)
    assert [w.partition(" ")[2] for w in wholeness.lacking(of(idea))] == ["required products, one by one", "receiving body's own confirmation"]
    with pytest.raises(Incomplete) as refused:
        actions.put_forward([idea], number="9", dated=later.date(), whole_only=True, by=cast["officer"], at=later)
    assert refused.value.field == "gaps" and (idea.code or "") in str(refused.value)
    actions.require(idea, kind=ProductKind.TWO, name="Quy trình", unit="quy trình", quantity=1, by=cast["officer"], at=later)
    receiving.answer(idea, confirmed=True, person="Lê A, Giám đốc", document="7/CV", by=cast["agency1"], at=later)
    assert wholeness.lacking(of(idea)) == []
    actions.put_forward([idea], number="9", dated=later.date(), whole_only=True, by=cast["officer"], at=later)
    actions.approve_list([idea], number="5", dated=later.date(), whole_only=True, by=cast["province"], at=later)
    assert [m.to_address.split("@")[0] for m in mails() if m.template == "ideas/mail/receiver_told.txt"] == ["agency1"]
    with pytest.raises(WrongState):
        receiving.answer(idea, confirmed=False, reason="Muộn", by=cast["agency1"], at=later)


def test_the_agency_answers_on_its_page_and_everybody_concerned_reads_it(as_, cast, at, db):
    idea, foreign = submitted(cast, at), play.submitted_idea(cast, item="1.8", title="Của ngành y", at=at, receiver="agency2")
    db.session.commit()
    pid, other = idea.public_id, foreign.public_id
    agency = as_("agency1")
    assert f"/ideas/{pid}/commit" in str(agency.page("/desk/")) and f"/ideas/{other}/commit" not in str(agency.page("/desk/"))
    assert agency.get(f"/ideas/{other}/commit").status_code == 404 and as_("pi1").get(f"/ideas/{pid}/commit").status_code == 403
    agency.submit(f"/ideas/{pid}/commit", {"answer": "confirm", "person": "Lê A, Giám đốc", "document": "", "agree": "y"}, status=422)
    agency.submit(f"/ideas/{pid}/commit", {"answer": "confirm", "person": "Lê A, Giám đốc", "agree": "y", "letter": (io.BytesIO(LETTER[1]), LETTER[0])})
    assert f"/ideas/{pid}/commit" not in str(agency.page("/desk/"))
    officer = as_("officer")
    page = officer.page(f"/ideas/{pid}")
    assert "Lê A, Giám đốc" in page.text and LETTER[0] in page.text
    assert "Đơn vị tiếp nhận đã xác nhận" in officer.page("/ideas/council").text
    assert "Chanh không hạt" in officer.page("/ideas/?commitment=confirmed").text and "Chanh không hạt" not in officer.page("/ideas/?commitment=asked").text
