"""The acts on calls: state, journal, papers, topics, refusals."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import calls as play
from app.across.demo.plays import ideas
from app.kernel import journal
from app.kernel.clock import at_local, local
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.papers import queries as papers
from app.services.rulebook import queries as rulebook
from app.stages.calls import actions, queries
from app.stages.calls.cli import JOBS, SAMPLE
from app.stages.calls.models import Call
from app.stages.calls.rules import CallState, TopicOutcome, is_open
from app.stages.ideas import actions as idea_acts
from app.stages.ideas.rules import TopicState
from tests.support.kept import kept

DAY = timedelta(days=1)


def verbs(row):
    return [e.verb for e in reversed(journal.timeline([journal.subject_key(row)]))]


@pytest.fixture
@kept
def topics(cast, at):
    return [ideas.approved_topic(cast, item="1.8", title=f"Đề tài {n}", at=at - 60 * DAY, ceiling=900_000_000) for n in range(3)]


def line(call_topic, code="HS-1", **more):
    return {"call_topic": call_topic.public_id, "code": code, "title": "T", "host": "H", "pi": "P", "received_at": "16:59:59"} | more


def test_a_draft_leaves_its_topics_free_and_publication_takes_them(cast, at, topics):
    call = play.drafted_call(cast, topics=topics[:2], at=at)
    assert [t.state for t in topics] == [TopicState.APPROVED] * 3 and not is_open(call, at)
    assert call.deadline == at_local((local(at) + 35 * DAY).date(), 17)
    play.publish(cast, call=call, at=at, number="7/TB-SKHCN")
    assert [t.state for t in topics] == [TopicState.IN_CALL] * 2 + [TopicState.APPROVED]
    assert (call.state, call.number, call.opens_at, call.round) == (CallState.PUBLISHED, "7/TB-SKHCN", at, 1)
    assert is_open(call, at) and verbs(call) == ["draft", "publish"]
    notice = papers.of(call)[0]
    assert notice.public_id == call.notice_pid and notice.is_public and notice.number == "7/TB-SKHCN"
    assert "Đề tài 0" in str(notice.blocks) and "17:00" in str(notice.blocks)
    assert [ct.ceiling for ct in queries.topics_of(call)] == [900_000_000] * 2


def test_publication_freezes_the_rules_of_its_day(cast, at, topics):
    call = play.published_call(cast, topics=topics[:1], at=at)
    assert rulebook.frozen(call.rules, "calls.min_open_days") == 30
    assert {"calls.opening_days", "calls.deadline_time"} <= set(call.rules)


def test_too_few_days_are_refused(cast, at, topics):
    call = play.drafted_call(cast, topics=topics[:1], at=at, days=29)
    with pytest.raises(Incomplete) as refused:
        play.publish(cast, call=call, at=at)
    assert refused.value.field == "deadline" and call.state == CallState.DRAFT and topics[0].state == TopicState.APPROVED
    actions.revise(call, {"deadline": call.deadline + DAY}, by=cast["officer"], at=at)
    play.publish(cast, call=call, at=at)
    assert is_open(call, at)


def test_two_drafts_may_want_a_topic_but_one_call_has_it(cast, at, topics):
    one, other = (play.drafted_call(cast, topics=topics[:1], at=at) for _ in range(2))
    play.publish(cast, call=one, at=at)
    with pytest.raises(WrongState):
        play.publish(cast, call=other, at=at)


def test_a_draft_is_revised_and_a_published_call_is_not(cast, at, topics):
    call = play.drafted_call(cast, topics=topics[:1], at=at)
    actions.revise(call, {"title": "Tên khác"}, topics=topics[1:], by=cast["officer"], at=at, seen=call.version)
    assert (call.title, [ct.topic_id for ct in queries.topics_of(call)]) == ("Tên khác", [t.id for t in topics[1:]])
    with pytest.raises(Stale):
        actions.revise(call, {"title": "x"}, by=cast["officer"], at=at, seen=1)
    play.publish(cast, call=call, at=at)
    with pytest.raises(WrongState):
        actions.revise(call, {"title": "x"}, by=cast["officer"], at=at)
    assert verbs(call) == ["draft", "revise", "publish"]


def test_a_deadline_moves_for_all_when_two_people_agree(cast, at, topics):
    call = play.published_call(cast, topics=topics[:1], at=at)
    old, new = call.deadline, call.deadline + 7 * DAY
    extension = actions.propose_extension(call, deadline=new, reason="Cổng gián đoạn", document="45/TTr-SKHCN", by=cast["officer"], at=at + DAY)
    assert call.deadline == old
    with pytest.raises(WrongState):
        actions.propose_extension(call, deadline=new + DAY, reason="x", document="46/TTr", by=cast["leader"], at=at + DAY)
    with pytest.raises(NotAllowed):
        actions.confirm_extension(extension, by=cast["officer"], at=at + DAY)
    actions.confirm_extension(extension, by=cast["leader"], at=old)
    assert call.deadline == new and is_open(call, old + DAY) and call.state == CallState.PUBLISHED
    assert verbs(call)[-2:] == ["propose_extension", "extend"]
    with pytest.raises(WrongState):
        actions.confirm_extension(extension, by=cast["officer2"], at=old)
    (public,) = queries.open_calls(old + DAY)
    assert [(e["old"], e["new"], e["reason"]) for e in public["extensions"]] == [(old, new, "Cổng gián đoạn")]


def test_an_extension_confirmed_too_late_does_not_hold(cast, at, topics):
    call = play.published_call(cast, topics=topics[:1], at=at)
    extension = actions.propose_extension(call, deadline=call.deadline + DAY, reason="r", document="45/TTr", by=cast["officer"], at=at)
    with pytest.raises(WrongState):
        actions.confirm_extension(extension, by=cast["leader"], at=call.deadline + timedelta(microseconds=1))
    actions.refuse_extension(extension, "Quá muộn", by=cast["leader"], at=at + DAY)
    assert queries.waiting_extension(call) is None
    assert queries.open_calls(at + DAY)[0]["extensions"] == []


def test_the_database_too_asks_for_two_people(cast, at, topics, db):
    call = play.published_call(cast, topics=topics[:1], at=at)
    actions.propose_extension(call, deadline=call.deadline + DAY, reason="r", document="45/TTr", by=cast["officer"], at=at)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE call_extension SET confirmed_by_id = proposed_by_id, confirmed_at = proposed_at"))


def test_time_closes_a_call_not_a_person(cast, at, topics):
    call = play.published_call(cast, topics=topics[:1], at=at)
    assert JOBS[0] == actions.close_due
    assert actions.close_due(call.deadline) == [] and call.state == CallState.PUBLISHED
    with pytest.raises(WrongState):
        actions.close(call, at=call.deadline)
    assert actions.close_due(call.deadline + timedelta(milliseconds=1)) == [call]
    assert (call.state, actions.close_due(call.deadline + DAY)) == (CallState.CLOSED, [])
    assert journal.timeline([journal.subject_key(call)])[0].actor_id is None


def test_dossiers_are_opened_after_the_deadline_only(cast, at, topics):
    call = play.published_call(cast, topics=topics, at=at)
    first, second, _third = queries.topics_of(call)
    with pytest.raises(WrongState):
        actions.open_dossiers(call, [], by=cast["officer"], at=call.deadline)
    when = call.deadline + timedelta(seconds=1)
    with pytest.raises(Incomplete):
        actions.open_dossiers(call, [line(first) | {"call_topic": "stray"}], by=cast["officer"], at=when)
    actions.open_dossiers(call, [line(first, "HS-1"), line(second, "HS-2", received_at=at), line(first, "HS-3")], by=cast["officer"], at=when, present="Các bên")
    assert call.state == CallState.OPENED and verbs(call) == ["draft", "publish", "close", "open_dossiers"]
    assert [ct.dossiers for ct in queries.topics_of(call)] == [2, 1, 0]
    assert [ct.outcome for ct in queries.topics_of(call)] == [None, None, TopicOutcome.NO_DOSSIER]
    assert [t.state for t in topics] == [TopicState.IN_CALL, TopicState.IN_CALL, TopicState.OPEN_AGAIN]
    minutes = str(next(p for p in papers.of(call) if p.public_id == call.minutes_pid).blocks)
    assert "HS-3" in minutes and "08:00:00 ngày 02/03/2026" in minutes and "Đề tài 2" in minutes


def test_the_database_too_keeps_dossiers_sealed(cast, at, topics, db):
    call = play.published_call(cast, topics=topics[:1], at=at)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE call SET state = 'opened', opened_at = deadline WHERE id = :id"), {"id": call.id})


def test_a_call_is_concluded_when_each_topic_has_an_end(cast, at, topics):
    call = play.published_call(cast, topics=topics, at=at)
    rows = queries.topics_of(call)
    play.opened_call(cast, call=call, dossiers=[line(rows[0]), line(rows[1])])
    who = {"by": cast["officer"], "at": call.opened_at + DAY}
    with pytest.raises(WrongState):
        actions.conclude(call, **who)
    idea_acts.assign(topics[0], **who)
    actions.settle_topic(rows[1], TopicOutcome.NOT_SELECTED, reason="Không đạt 70 điểm", **who)
    with pytest.raises(WrongState):
        actions.settle_topic(rows[1], TopicOutcome.NOT_SELECTED, reason="x", **who)
    actions.conclude(call, **who)
    assert call.state == CallState.CONCLUDED
    assert [ct.outcome for ct in queries.topics_of(call)] == [TopicOutcome.ASSIGNED, TopicOutcome.NOT_SELECTED, TopicOutcome.NO_DOSSIER]


def test_the_next_round_calls_what_found_no_good_dossier(cast, at, topics):
    call = play.published_call(cast, topics=topics, at=at)
    rows = queries.topics_of(call)
    play.opened_call(cast, call=call, dossiers=[line(rows[0]), line(rows[1])])
    when = call.opened_at + DAY
    actions.settle_topic(rows[1], TopicOutcome.NOT_SELECTED, reason="Không đạt", by=cast["officer"], at=when)
    with pytest.raises(Incomplete):
        actions.call_again(call, [rows[0]], by=cast["officer"], at=when)
    again = actions.call_again(call, rows[1:], by=cast["officer"], at=when)
    assert (again.round, again.before_id, again.state, again.mode) == (2, call.id, CallState.DRAFT, call.mode)
    assert again.title.endswith("(lần 2)") and local(again.deadline).hour == 17
    with pytest.raises(WrongState):
        actions.call_again(call, rows[1:], by=cast["officer"], at=when)
    play.publish(cast, call=again, at=when)
    assert topics[1].state == topics[2].state == TopicState.IN_CALL
    play.opened_call(cast, call=again)
    third = play.second_round(cast, call=again, at=again.opened_at + DAY)
    assert third.round == 3 and third.title.endswith("(lần 3)")
    assert [c.id for c in queries.calls_of_topic(topics[2])] == [call.id, again.id, third.id]


def test_a_cancelled_call_frees_its_topics(cast, at, topics):
    draft = play.drafted_call(cast, topics=topics[:1], at=at)
    with pytest.raises(Incomplete):
        actions.cancel(draft, " ", by=cast["officer"], at=at)
    actions.cancel(draft, "Nhầm", by=cast["officer"], at=at)
    call = play.published_call(cast, topics=topics[:1], at=at)
    actions.propose_extension(call, deadline=call.deadline + DAY, reason="r", document="45/TTr", by=cast["officer"], at=at)
    for reason, document in ((" ", "12/UBND"), ("Thay đổi chủ trương", "abc"), ("Thay đổi chủ trương", "")):
        with pytest.raises(Incomplete):
            actions.call_off(call, reason, document=document, by=cast["leader"], at=at + DAY)
    actions.call_off(call, "Thay đổi chủ trương", document="12/UBND", by=cast["leader"], at=at + DAY)
    assert queries.waiting_extension(call) is None, "a proposed extension ends with the call"
    assert call.state == CallState.CANCELLED and topics[0].state == TopicState.OPEN_AGAIN and not is_open(call, at + DAY)
    assert queries.public_call(call.public_id, at)["cancel_reason"] == "Thay đổi chủ trương" and queries.public_call(draft.public_id, at) is None


def test_what_anyone_may_read_of_calls(cast, at, topics):
    draft = play.drafted_call(cast, topics=topics[1:2], at=at)
    call = play.published_call(cast, topics=topics[:1], at=at)
    (shown,) = queries.open_calls(at)
    assert (shown["pid"], shown["is_open"], shown["topics"][0]["item_code"], shown["topics"][0]["ceiling"]) == (call.public_id, True, "1.8", 900_000_000)
    assert queries.count_open(call.deadline) == 1 and queries.open_calls(call.deadline + DAY) == [] and queries.count_open(call.deadline + DAY) == 0
    assert queries.public_call(draft.public_id, at) is None and queries.public_call("nothing", at) is None
    assert queries.public_call(call.public_id, call.deadline + DAY)["is_open"] is False
    assert [c["pid"] for c in queries.public_calls(at)] == [call.public_id]


def test_a_direct_call_names_the_organisation(cast, at):
    topic = ideas.approved_topic(cast, item="1.8", title="A", at=at - 60 * DAY, mode="direct", assigned=cast.org("host2"))
    call = play.published_call(cast, topics=[topic], at=at)
    assert call.mode == "direct" and queries.open_calls(at)[0]["topics"][0]["assigned"] == cast.org("host2").name


def run(app, *args):
    return app.test_cli_runner().invoke(args=["calls", "import", *args])


def test_the_sample_is_imported_once(app, db):
    first, second = run(app), run(app)
    assert first.exit_code == 0 and "2 calls imported, 0 already here, 1 left out" in first.output, first.output
    assert "0 calls imported, 2 already here" in second.output
    call = db.session.scalars(db.select(Call).order_by(Call.id)).first()
    assert call.state == CallState.CLOSED and local(call.deadline).isoformat() == "2015-04-20T17:00:00+07:00"
    assert [ct.topic.code for ct in queries.topics_of(call)] == ["ĐT-2015-001", "ĐT-2015-002", "ĐT-2015-003"]
    assert queries.topics_of(call)[0].topic.decision_number == "2439/QĐ-UBND"
    assert journal.verify()[1] is None


def test_a_call_to_come_is_imported_as_a_draft(app, db, tmp_path):
    entry = {"id": "N1", "title_vi": "Tuyển chọn 2026", "deadline": "2026-12-31T16:30", "dossier": ["01 bộ"], "notice": "9/TB-SKHCN ngày 1/3/2026",
             "tasks": [{"title": "A", "item": "1.8", "ceiling_vnd": 5}, {"title": "B", "mode": "giao trực tiếp", "organisation": "Sở Y tế"}]}  # fmt: skip
    file = tmp_path / "calls.json"
    file.write_text(json.dumps([entry]))
    answer = run(app, str(file))
    assert "2 calls imported" in answer.output, answer.output
    one, other = db.session.scalars(db.select(Call).order_by(Call.id)).all()
    assert (one.state, one.mode, other.mode, one.note, local(one.deadline).hour) == (CallState.DRAFT, "selection", "direct", "01 bộ", 16)
    assert queries.topics_of(one)[0].topic.item.code == "1.8" and queries.topics_of(one)[0].ceiling == 5
    file.write_text(json.dumps([entry | {"title_vi": "Khác"}]))
    answer = run(app, str(file))
    assert answer.exit_code != 0 and "other content" in answer.output


@pytest.mark.parametrize("content", ["not json", "{}", '[{"id": "A"}]', ('[{"id": "A", "title_vi": "x", "deadline": "2026-12-31", '
                                     '"tasks": [{"title": "t", "mode": "giao trực tiếp", "organisation": "không có"}]}]')])  # fmt: skip
def test_a_bad_file_imports_nothing(app, db, tmp_path, content):
    file = tmp_path / "calls.json"
    file.write_text(content)
    answer = run(app, str(file))
    assert answer.exit_code == 1 and "Traceback" not in answer.output
    assert db.session.scalar(db.select(db.func.count(Call.id))) == 0


def test_the_sample_file_ships_with_the_system():
    assert len(json.loads(SAMPLE.read_text(encoding="utf-8"))) == 3
