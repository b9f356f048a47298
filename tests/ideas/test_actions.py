"""The acts on ideas and topics: state, journal, mail, paper, refusals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import ideas as play
from app.kernel import journal
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.papers import queries as papers
from app.stages.ideas import actions, queries
from app.stages.ideas.actions import Identified
from app.stages.ideas.rules import IdeaState, Mode, Outcome, RedirectTo, TopicState
from app.stages.plan import actions as plan_actions
from app.stages.plan import queries as plans

DAY = timedelta(days=1)


def verbs(*rows):
    return [e.verb for e in reversed(journal.timeline([journal.subject_key(r) for r in rows]))]


def drafted(cast, at, **more):
    return play.drafted_idea(cast, title="Quy trình trồng chanh không hạt", at=at, **more)


def test_an_idea_is_drafted_with_gaps_and_revised(cast, at):
    idea = actions.draft({"title": "  Cây chanh  "}, organisation=cast.org("host1"), by=cast["pi1"], at=at)
    assert (idea.state, idea.title, idea.code, idea.year) == (IdeaState.DRAFT, "Cây chanh", None, 2027)
    actions.revise(idea, {"need": "Thiếu quy trình", "state_budget": 5}, by=cast["pi1"], at=at, seen=1)
    assert (idea.need, idea.expected_budget, idea.version) == ("Thiếu quy trình", 5, 2)
    assert verbs(idea) == ["draft", "revise"]
    with pytest.raises(Stale):
        actions.revise(idea, {"need": "x"}, by=cast["pi1"], at=at, seen=1)
    with pytest.raises(Incomplete):
        actions.revise(idea, {"title": " "}, by=cast["pi1"], at=at)


def test_only_the_owner_or_a_manager_of_the_body_acts_on_it(cast, at):
    idea = drafted(cast, at)
    for stranger in ("pi2", "pi3", "officer", "host2"):
        with pytest.raises(NotAllowed):
            actions.submit(idea, by=cast[stranger], at=at)
    actions.submit(idea, by=cast["host1"], at=at)
    assert idea.state == IdeaState.SUBMITTED


def test_submit_gives_a_gapless_number_and_a_receipt(cast, at, mails):
    first, second = drafted(cast, at), drafted(cast, at, by="pi3")
    actions.submit(first, by=cast["pi1"], at=at)
    actions.submit(second, by=cast["pi3"], at=at)
    assert [first.code, second.code] == ["ĐX-2026-001", "ĐX-2026-002"]
    assert first.submitted_at == at and verbs(first) == ["draft", "submit"]
    receipts = [m for m in mails() if m.template == "ideas/mail/submitted.txt"]
    assert [(m.to_address.split("@")[0], first.code in m.subject) for m in receipts] == [("pi1", True), ("pi3", False)]


@pytest.mark.parametrize("gap", ["receiver", "commitment", "committed_by"])
def test_an_idea_without_the_receivers_commitment_stays_a_draft(cast, at, mails, gap):
    idea = drafted(cast, at)
    actions.revise(idea, {gap: None}, by=cast["pi1"], at=at)
    with pytest.raises(Incomplete, match="commit"):
        actions.submit(idea, by=cast["pi1"], at=at)
    assert idea.state == IdeaState.DRAFT and not mails()


def test_the_database_too_refuses_a_submitted_idea_without_commitment(cast, at, db):
    idea = play.submitted_idea(cast, item="1.8", title="A", at=at)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE idea SET commitment = ' ' WHERE id = :id"), {"id": idea.id})


def test_a_returned_idea_is_corrected_and_keeps_its_number(cast, at, mails):
    idea = play.submitted_idea(cast, item="1.8", title="A", at=at)
    code = idea.code
    with pytest.raises(Incomplete):
        actions.send_back(idea, " ", by=cast["officer"], at=at)
    actions.send_back(idea, "Bổ sung chỉ tiêu", by=cast["officer"], at=at)
    assert idea.state == IdeaState.RETURNED and "Bổ sung chỉ tiêu" in mails()[-1].body
    actions.revise(idea, {"products": "03 mô hình"}, by=cast["pi1"], at=at)
    actions.submit(idea, by=cast["pi1"], at=at + DAY)
    assert (idea.state, idea.code, idea.return_reason) == (IdeaState.SUBMITTED, code, None)
    assert verbs(idea) == ["draft", "submit", "link_item", "return", "revise", "submit"]
    assert [m.template.rpartition("/")[2] for m in mails() if m.to_address.startswith("pi1@")] == ["submitted.txt", "returned.txt", "submitted.txt"]


def test_a_submitted_idea_cannot_be_changed_but_withdrawn(cast, at):
    idea = play.submitted_idea(cast, item="1.8", title="A", at=at)
    with pytest.raises(WrongState):
        actions.revise(idea, {"need": "x"}, by=cast["pi1"], at=at)
    actions.withdraw(idea, by=cast["pi1"], at=at)
    assert idea.state == IdeaState.WITHDRAWN
    with pytest.raises(WrongState):
        actions.withdraw(idea, by=cast["pi1"], at=at)


def test_an_item_must_be_of_the_plan_in_force(cast, at):
    idea = drafted(cast, at)
    with pytest.raises(WrongState):
        actions.link_item(idea, plans.item("1.8"), by=cast["officer"], at=at)
    actions.submit(idea, by=cast["pi1"], at=at)
    actions.link_item(idea, plans.item("1.8"), others=[plans.item("1.9"), plans.item("1.8")], by=cast["officer"], at=at)
    assert [i.code for i in queries.idea_by_pid(idea.public_id).other_items] == ["1.9"]
    with pytest.raises(Incomplete):
        actions.link_item(idea, plan_actions.ensure_historic(by=None, at=at), by=cast["officer"], at=at)


def test_identification_from_minutes_may_be_corrected_until_the_decision(cast, at, mails):
    idea = play.identified_idea(cast, item="1.8", title="A", at=at)
    before = len(mails())
    later = at + 11 * DAY
    again = Identified(Outcome.DO_WITH_CHANGES, title="B", mode=Mode.DIRECT, host=cast.org("host2"), ceiling=7, rank=2)
    actions.record_identification(idea, again, minutes_number="13/BB", minutes_dated=local(later).date(), by=cast["officer"], at=later)
    assert (idea.title, idea.final_title, idea.mode, idea.ceiling, idea.rank) == ("A", "B", Mode.DIRECT, 7, 2)
    assert verbs(idea)[-2:] == ["identify", "identify"] and len(mails()) == before
    topic = actions.approve_list([idea], number="5", dated=local(later).date(), by=cast["province"], at=later)[0]
    assert (topic.title, topic.proposed_title, topic.assigned_organisation_id) == ("B", "A", cast.org("host2").id)
    with pytest.raises(WrongState):
        actions.record_identification(idea, again, minutes_number="14/BB", minutes_dated=local(later).date(), by=cast["officer"], at=later)


def test_identification_needs_number_and_date_of_the_minutes(cast, at):
    idea = play.submitted_idea(cast, item="1.8", title="A", at=at)
    found = Identified(Outcome.DO, mode=Mode.SELECTION)
    with pytest.raises(Incomplete) as refused:
        actions.record_identification(idea, found, minutes_number=" ", minutes_dated=local(at).date(), by=cast["officer"], at=at)
    assert refused.value.field == "minutes_number"
    with pytest.raises(Incomplete) as refused:
        actions.record_identification(idea, found, minutes_number="1", minutes_dated=local(at + DAY).date(), by=cast["officer"], at=at)
    assert refused.value.field == "minutes_dated"
    assert idea.state == IdeaState.SUBMITTED


def test_the_proposed_host_makes_selection_a_change(cast, at):
    idea = drafted(cast, at)
    actions.revise(idea, {"proposed_host": cast.org("host1")}, by=cast["pi1"], at=at)
    actions.submit(idea, by=cast["pi1"], at=at)
    with pytest.raises(Incomplete):
        actions.record_identification(idea, Identified(Outcome.DO, mode=Mode.SELECTION), minutes_number="1", minutes_dated=local(at).date(), by=cast["officer"], at=at)
    found = Identified(Outcome.DO, mode=Mode.DIRECT, host=cast.org("host1"))
    actions.record_identification(idea, found, minutes_number="1", minutes_dated=local(at).date(), by=cast["officer"], at=at)
    assert idea.outcome == Outcome.DO


def world(cast, at):
    """One idea of each outcome."""
    later = at + 10 * DAY
    made = {}
    for place, (name, found) in enumerate({
        "yes": Identified(Outcome.DO, mode=Mode.SELECTION, rank=2),
        "changed": Identified(Outcome.DO_WITH_CHANGES, title="Tên mới", mode=Mode.DIRECT, host=cast.org("host2"), rank=1),
        "no": Identified(Outcome.DO_NOT, reason="Trùng lặp"),
        "elsewhere": Identified(Outcome.REDIRECT, redirect_to=RedirectTo.ENTERPRISE),
    }.items()):  # fmt: skip
        idea = play.submitted_idea(cast, item="1.8", title=f"Đề xuất {name}", at=at + place * timedelta(minutes=1))
        actions.record_identification(idea, found, minutes_number="12/BB", minutes_dated=local(later).date(), by=cast["officer"], at=later)
        made[name] = idea
    return made


def test_one_decision_settles_the_four_outcomes(cast, at, mails):
    ideas = world(cast, at)
    later = at + 20 * DAY
    topics = actions.approve_list(list(ideas.values()), number="4923", dated=local(later).date(), by=cast["province"], at=later)
    assert [t.title for t in topics] == ["Tên mới", "Đề xuất yes"]
    assert [t.code for t in topics] == ["ĐT-2026-001", "ĐT-2026-002"]
    assert {n: i.state for n, i in ideas.items()} == {"yes": IdeaState.APPROVED, "changed": IdeaState.APPROVED, "no": IdeaState.REJECTED,
                                                      "elsewhere": IdeaState.REDIRECTED}  # fmt: skip
    assert all(t.decision_number == "4923/QĐ-UBND" and t.state == TopicState.APPROVED for t in topics)
    paper = papers.of(topics[0])[0]
    words = str(paper.blocks)
    assert paper.number == "4923/QĐ-UBND" and paper.public_id == topics[1].decision_paper_pid
    assert "Tên mới" in words and "Trùng lặp" in words and "Chuyển doanh nghiệp" in words and "Giao trực tiếp" in words
    told = [m for m in mails() if m.template == "ideas/mail/decided.txt"]
    assert len(told) == 4 and sum("Trùng lặp" in m.body for m in told) == 1
    assert verbs(ideas["no"])[-1] == "reject" and verbs(ideas["elsewhere"])[-1] == "redirect" and verbs(topics[0]) == ["approve"]


def test_the_number_of_a_decision_is_taken_once_a_year(cast, at):
    ideas = world(cast, at)
    later = at + 20 * DAY
    with pytest.raises(Incomplete, match="cannot lie before"):
        actions.approve_list([ideas["yes"]], number="7", dated=local(later).date() - timedelta(days=400), by=cast["province"], at=later)
    actions.approve_list([ideas["yes"]], number="7", dated=local(later).date(), by=cast["province"], at=later)
    with pytest.raises(Incomplete) as refused:
        actions.approve_list([ideas["changed"]], number="7", dated=local(later).date(), by=cast["province"], at=later)
    assert refused.value.field == "number"


def test_a_decision_on_refusals_alone_makes_no_topic(cast, at):
    ideas = world(cast, at)
    later = at + 20 * DAY
    assert actions.approve_list([ideas["no"]], number="8", dated=local(later).date(), by=cast["province"], at=later) == []
    assert papers.of(ideas["no"])


def test_the_province_may_refuse_what_was_recommended(cast, at, mails):
    ideas = world(cast, at)
    actions.reject(ideas["yes"], "Chưa cân đối được kinh phí", by=cast["province"], at=at + 20 * DAY)
    assert ideas["yes"].state == IdeaState.REJECTED and "Chưa cân đối" in mails()[-1].body
    fresh = play.submitted_idea(cast, item="1.8", title="Z", at=at)
    with pytest.raises(WrongState):
        actions.reject(fresh, "x", by=cast["province"], at=at)


def test_topics_go_round_until_assigned(cast, at):
    topic = play.approved_topic(cast, item="1.8", title="A", at=at)
    who = {"by": cast["officer"], "at": at + 30 * DAY}
    paper = {"document": "1207/QĐ-UBND", "dated": (at + 30 * DAY).date()}
    actions.put_in_call(topic, **who)
    with pytest.raises(WrongState):
        actions.drop(topic, "x", **who, **paper)
    actions.reopen(topic, "Không có hồ sơ", **who)
    actions.put_in_call(topic, **who)
    actions.assign(topic, **who)
    assert topic.state == TopicState.ASSIGNED
    actions.reopen(topic, "Không phê duyệt kinh phí", **who)
    actions.drop(topic, "Không còn nhu cầu", **who, **paper)
    assert topic.state == TopicState.DROPPED
    assert verbs(topic) == ["approve", "put_in_call", "reopen", "put_in_call", "assign", "reopen", "drop"]
    with pytest.raises(WrongState):
        actions.put_in_call(topic, **who)


def test_what_was_decided_in_a_topic_is_frozen_by_the_database(cast, at, db):
    topic = play.approved_topic(cast, item="1.8", title="A", at=at)
    db.session.commit()
    for change in ("title = 'x'", "item_id = 2", "mode = 'direct'", "ceiling = 1", "decision_number = 'x'"):
        with pytest.raises(IntegrityError, match="frozen"):
            db.session.execute(text(f"UPDATE topic SET {change} WHERE id = :id"), {"id": topic.id})
        db.session.rollback()
    with pytest.raises(IntegrityError):
        db.session.execute(text("DELETE FROM topic"))


def test_what_anyone_may_read_of_a_topic(cast, at):
    shown = play.approved_topic(cast, item="1.8", title="A", at=at, ceiling=900_000_000)
    only = queries.public_topic(queries.topic_by_pid(shown.public_id))
    assert (only["code"], only["ceiling"], only["item_code"], only["assigned"]) == (shown.code, 900_000_000, "1.8", None)


def test_the_journal_is_whole(cast, at):
    world(cast, at)
    assert journal.verify()[1] is None
