"""Those who wait for calls: questions for all, followers, kept searches. Who asked is told to nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import calls as play
from app.across.demo.plays import ideas
from app.across.demo.plays import proposals as proposal_plays
from app.kernel import journal
from app.kernel.errors import Incomplete, WrongState
from app.stages.calls import actions, queries
from app.stages.calls.rules import TooMany
from tests.support.kept import kept

DAY = timedelta(days=1)
CANARY = "Chim hoàng yến trong câu hỏi"


@pytest.fixture
@kept
def topics(cast, at):
    return [ideas.approved_topic(cast, item="1.8", title=f"Đề tài nuôi tôm {n}", at=at - 60 * DAY) for n in range(2)]


@pytest.fixture
def call(cast, at, topics):
    return play.published_call(cast, topics=topics[:1], at=at)


def told(mails, template):
    return {m.to_address.partition("@")[0] for m in mails() if m.template == f"calls/mail/{template}.txt"}


def test_an_answer_is_for_all_and_names_nobody(cast, at, call, mails):
    question = actions.ask(call, text=f"{CANARY}, tôi là Nguyễn Văn An", by=cast["pi1"], at=at, address="10.0.0.1")
    assert queries.answered(call) == [] and told(mails, "asked") == {"officer", "officer2"}
    actions.answer(question, wording="Ai được nộp?", text="Mọi tổ chức.", by=cast["officer"], at=at + DAY, seen=question.version)
    shown = queries.public_call(call.public_id, at + DAY)
    assert [(q["question"], q["answer"]) for q in shown["questions"]] == [("Ai được nộp?", "Mọi tổ chức.")] and CANARY not in str(shown)
    assert told(mails, "answered") == {"pi1"}
    assert all(e.actor_id != cast["pi1"].id for e in journal.timeline([journal.subject_key(question)])), "the journal does not name who asked"


def test_a_visitor_asks_with_an_address(call, at, cast, mails):
    question = actions.ask(call, text="Hỏi về kinh phí?", email="khach@example.org", at=at, address="10.0.0.2", locale="en")
    actions.set_aside(question, "Đã có trong thông báo", by=cast["officer"], at=at)
    mail = next(m for m in mails() if m.template == "calls/mail/set_aside.txt")
    assert mail.to_address == "khach@example.org" and "is not published" in mail.body and queries.answered(call) == []
    with pytest.raises(WrongState):
        actions.answer(question, wording="x", text="y", by=cast["officer"], at=at)


@pytest.mark.parametrize(("text", "email"), [("", "a@b.vn"), ("Hỏi?", ""), ("Hỏi?", "không phải"), ("Hỏi?", "a@b.vn, c@d.vn")])
def test_a_question_needs_text_and_one_address(call, at, text, email):
    with pytest.raises(Incomplete):
        actions.ask(call, text=text, email=email, at=at)


def test_questions_are_counted_by_address_person_and_mail(cast, call, at):
    for n in range(2):
        actions.ask(call, text=f"Hỏi {n}?", email="a@b.vn", at=at, address="10.0.0.3", limit=2)
    for more in ({"email": "x@y.vn", "address": "10.0.0.3"}, {"email": "A@B.vn", "address": "10.0.0.4"}):
        with pytest.raises(TooMany):
            actions.ask(call, text="Nữa?", at=at, limit=2, **more)
    actions.ask(call, text="Một giờ sau?", email="a@b.vn", at=at + timedelta(minutes=61), address="10.0.0.3", limit=2)


def test_questions_end_with_their_milestone(cast, at, topics):
    row = play.drafted_call(cast, topics=topics, at=at)
    actions.revise(row, {"questions_until": at + 5 * DAY}, by=cast["officer"], at=at)
    play.publish(cast, call=row, at=at)
    actions.ask(row, text="Đúng lúc?", email="a@b.vn", at=at + 5 * DAY)
    with pytest.raises(WrongState):
        actions.ask(row, text="Muộn?", email="a@b.vn", at=at + 5 * DAY + timedelta(seconds=1))


def test_all_who_began_a_proposal_or_follow_are_told(cast, at, call, mails, travel):
    travel.move_to(at + DAY)
    proposal_plays.draft(cast, call_topic=queries.topics_of(call)[0], at=at + DAY, pi="pi3", host="host2")
    actions.follow(call, by=cast["agency1"], at=at)
    actions.follow(call, by=cast["agency1"], at=at)
    row = actions.propose_extension(call, deadline=call.deadline + DAY, reason="Gián đoạn", document="45/TTr", by=cast["officer"], at=at + 2 * DAY)
    assert told(mails, "extended") == set(), "nobody is told of what does not hold yet"
    actions.confirm_extension(row, by=cast["leader"], at=at + 2 * DAY)
    assert {"pi3", "agency1"} <= told(mails, "extended") and "officer" not in told(mails, "extended")
    actions.unfollow(call, by=cast["agency1"], at=at + 3 * DAY)
    actions.call_off(call, "Thay đổi chủ trương", document="12/UBND", by=cast["leader"], at=at + 3 * DAY)
    assert "pi3" in told(mails, "cancelled") and "agency1" not in told(mails, "cancelled")


def test_followers_and_writers_are_told_before_a_call_closes(cast, at, call, topics, mails):
    actions.follow(call, by=cast["pi2"], at=at)
    proposal_plays.draft(cast, call_topic=queries.topics_of(call)[0], at=at + DAY, pi="pi3", host="host2")
    actions.remind_due(call.deadline - 8 * DAY)
    assert told(mails, "closing") == set()
    for ahead in (7 * DAY, 6 * DAY, timedelta(hours=23), timedelta(hours=1)):
        actions.remind_due(call.deadline - ahead)
    assert {"pi2", "pi3"} <= told(mails, "closing") and not {"officer", "pi1"} & told(mails, "closing")
    assert sum(m.template == "calls/mail/closing.txt" and m.to_address.startswith("pi2@") for m in mails()) == 2, "a week before and a day before, each once"
    actions.close_due(call.deadline + DAY)
    actions.remind_due(call.deadline + DAY)
    assert sum(m.template == "calls/mail/closing.txt" and m.to_address.startswith("pi2@") for m in mails()) == 2


def test_a_kept_search_tells_once_of_each_new_call(cast, at, topics, mails):
    search = actions.save_search("q=nuoi+tom&mode=selection", by=cast["pi2"], at=at)
    assert actions.save_search("q=nuoi+tom&mode=selection", by=cast["pi2"], at=at).id == search.id, "the same search is kept once"
    actions.save_search("q=la+lam", by=cast["pi4"], at=at)
    actions.save_search("", by=cast["pi5"], at=at)
    play.drafted_call(cast, topics=topics, at=at)
    assert actions.announce_due(at) == [], "a draft is nobody's business"
    call = play.published_call(cast, topics=topics, at=at)
    assert [c.id for c in actions.announce_due(at + timedelta(minutes=1))] == [call.id] and actions.announce_due(at + DAY) == []
    assert told(mails, "matches") == {"pi2", "pi5"}
    body = next(m.body for m in mails() if m.to_address.startswith("pi2"))
    assert f"/public/calls/unsubscribe/{search.public_id}" in body
    actions.drop_search(search, by=None, at=at)
    assert queries.searches_of(cast["pi2"]) == []


def test_searches_are_bounded(cast, at):
    for n in range(20):
        actions.save_search(f"q=tim+{n}", by=cast["pi2"], at=at)
    with pytest.raises(Incomplete):
        actions.save_search("q=nua", by=cast["pi2"], at=at)
