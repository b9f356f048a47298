"""The officer's desk: groups, mergers, passing on, products; what the topic keeps of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import ideas as play
from app.kernel import journal
from app.kernel.clock import local
from app.kernel.errors import Incomplete, Stale, WrongState
from app.services.councils import queries as councils
from app.services.councils.rules import CouncilState
from app.services.papers import queries as papers
from app.stages.ideas import actions, council, queries
from app.stages.ideas.actions import Identified
from app.stages.ideas.rules import (
    Fate,
    IdeaState,
    Mode,
    Outcome,
    ProductKind,
    RedirectTo,
    fate,
)

DAY = timedelta(days=1)


def verbs(*rows):
    return [e.verb for e in reversed(journal.timeline([journal.subject_key(r) for r in rows]))]


@pytest.fixture
def three(cast, at):
    """Three submitted ideas of three people of three bodies."""
    return [play.submitted_idea(cast, item="1.8", title=title, at=at, by=by)
            for title, by in (("Tưới nhỏ giọt cho chanh", "pi1"), ("Hệ thống tưới tự động", "pi3"), ("Tưới thông minh cho thanh long", "pi5"))]  # fmt: skip


@pytest.fixture
def officer(cast, at):
    return {"by": cast["officer"], "at": at + DAY}


# --- groups ---------------------------------------------------------------------------------------------------


def test_an_idea_is_in_one_group_at_most_and_leaves_it(three, officer):
    first = actions.group(three[:2], " Tưới tiết kiệm ", note="Cùng cây chanh", **officer)
    assert (first.title, [i.group_id for i in three]) == ("Tưới tiết kiệm", [first.id, first.id, None])
    second = actions.group(three[1:], "Tưới thông minh", **officer)
    assert [i.group_id for i in three] == [first.id, second.id, second.id]
    actions.take_from_group(three[2], **officer)
    assert three[2].group_id is None and verbs(three[2])[-2:] == ["group", "ungroup"]
    with pytest.raises(WrongState):
        actions.take_from_group(three[2], **officer)


def test_a_dissolved_group_lets_everything_go_and_takes_nothing_in(three, officer):
    row = actions.group(three, "Tưới", **officer)
    with pytest.raises(Stale):
        actions.dissolve_group(row, seen=row.version + 1, **officer)
    actions.dissolve_group(row, **officer)
    assert [i.group_id for i in three] == [None] * 3 and queries.open_groups() == []
    with pytest.raises(WrongState):
        actions.add_to_group(row, three, **officer)


def test_a_group_has_a_name_and_open_ideas(three, cast, officer):
    with pytest.raises(Incomplete) as refused:
        actions.group(three, " ", **officer)
    assert refused.value.field == "title"
    with pytest.raises(Incomplete):
        actions.group([], "Tưới", **officer)
    actions.withdraw(three[0], by=cast["pi1"], at=officer["at"])
    with pytest.raises(WrongState):
        actions.group(three, "Tưới", **officer)


# --- mergers --------------------------------------------------------------------------------------------------


def test_merged_ideas_point_to_the_kept_one_and_everybody_is_told(three, officer, mails):
    kept, *others = three
    actions.merge(kept, three, reason="Cùng một nhu cầu", **officer)
    assert [i.state for i in three] == [IdeaState.SUBMITTED, IdeaState.MERGED, IdeaState.MERGED]
    assert {i.merged_into_id for i in others} == {kept.id} and fate(others[0]) is None
    told = [m for m in mails() if m.template == "ideas/mail/merged.txt"]
    assert sorted(m.to_address.split("@")[0] for m in told) == ["pi1", "pi3", "pi5"] and all("Cùng một nhu cầu" in m.body for m in told)
    assert verbs(kept)[-1] == "keep" and verbs(others[0])[-1] == "merge"
    assert {i.public_id for i in queries.for_council()} == {kept.public_id}


def test_the_topic_names_all_who_proposed_it_and_is_found_by_each_title(three, cast, at, officer, mails):
    actions.merge(three[0], three[1:], **officer)
    later = at + 10 * DAY
    actions.record_identification(three[0], Identified(Outcome.DO_WITH_CHANGES, title="Tưới chính xác", mode=Mode.SELECTION), minutes_number="12/BB-HĐXĐ",
                                  minutes_dated=local(later).date(), by=cast["officer"], at=later)  # fmt: skip
    topic = actions.approve_list([three[0]], number="77", dated=local(later).date(), by=cast["province"], at=later)[0]
    found = queries.topic_by_pid(topic.public_id)
    assert [(p.person, p.code) for p in found.proposers] == [(i.owner.name, i.code) for i in three]
    assert {p.body for p in found.proposers} == {i.organisation.name for i in three}
    assert all(word in found.folded for word in ("tuoi chinh xac", "tuoi nho giot", "tuoi thong minh"))
    assert sorted(m.to_address.split("@")[0] for m in mails() if m.template == "ideas/mail/decided.txt") == ["pi1", "pi3", "pi5"]
    words = str(papers.of(topic)[0].blocks)
    assert all(i.organisation.name in words for i in three)
    with pytest.raises(WrongState):
        actions.unmerge(three[1], **officer)


def test_the_names_on_a_topic_and_its_products_are_frozen_by_the_database(three, cast, at, officer, db):
    actions.require(three[0], kind=ProductKind.TWO, name="Quy trình", unit="quy trình", quantity=1, **officer)
    later = at + 10 * DAY
    actions.record_identification(three[0], Identified(Outcome.DO, mode=Mode.SELECTION), minutes_number="12/BB", minutes_dated=local(later).date(), by=cast["officer"], at=later)
    actions.approve_list([three[0]], number="77", dated=local(later).date(), by=cast["province"], at=later)
    db.session.commit()
    for statement in ("UPDATE topic_proposer SET person = 'x'", "DELETE FROM topic_proposer", "UPDATE topic_product SET quantity = 9", "DELETE FROM topic_product",
                      "UPDATE topic SET commitment = 'x'"):  # fmt: skip
        with pytest.raises(IntegrityError):
            db.session.execute(text(statement))
        db.session.rollback()


def test_a_merger_is_undone_before_a_council_has_it(three, cast, at, officer, mails):
    actions.merge(three[0], three[1:], **officer)
    actions.unmerge(three[1], reason="Khác đối tượng cây trồng", **officer)
    assert (three[1].state, three[1].merged_into_id) == (IdeaState.SUBMITTED, None)
    assert [i.public_id for i in queries.idea_by_pid(three[0].public_id).merged] == [three[2].public_id]
    assert sorted(m.to_address.split("@")[0] for m in mails() if m.template == "ideas/mail/unmerged.txt") == ["pi1", "pi3"]
    actions.put_to_council([three[0]], "0" * 26, **officer)
    with pytest.raises(WrongState):
        actions.unmerge(three[2], **officer)


def test_who_withdraws_the_kept_idea_takes_nobody_with_him(three, cast, officer):
    actions.merge(three[0], three[1:], **officer)
    actions.withdraw(three[0], by=cast["pi1"], at=officer["at"])
    assert [i.state for i in three] == [IdeaState.WITHDRAWN, IdeaState.SUBMITTED, IdeaState.SUBMITTED]
    assert [i.merged_into_id for i in three] == [None] * 3


def test_what_cannot_be_merged(three, cast, at, officer):
    with pytest.raises(Incomplete):
        actions.merge(three[0], [three[0]], **officer)
    actions.merge(three[0], [three[1]], **officer)
    with pytest.raises(WrongState, match="merged into"):
        actions.merge(three[2], [three[0]], **officer)  # no chains
    with pytest.raises(WrongState):
        actions.merge(three[1], [three[2]], **officer)  # into a merged one
    draft = play.drafted_idea(cast, title="Nháp", at=at)
    with pytest.raises(WrongState):
        actions.merge(three[2], [draft], **officer)


def test_the_database_refuses_a_merged_idea_that_points_nowhere(three, db, officer):
    actions.merge(three[0], three[1:], **officer)
    db.session.flush()
    for change in ("merged_into_id = NULL", "merged_into_id = id"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE idea SET {change} WHERE id = :id"), {"id": three[1].id})


# --- agendas in preparation -----------------------------------------------------------------------------------


def test_what_leaves_the_desk_leaves_the_agenda_in_preparation(three, cast, at, officer):
    row = council.prepare(three, title="Hội đồng xác định", **officer)
    actions.pass_on(three[1], RedirectTo.FUND, "Phù hợp vay vốn Quỹ", **officer)
    found = councils.council_by_pid(row.public_id)
    assert [(i.position, i.subject_pid) for i in found.agenda] == [(1, three[0].public_id), (2, three[2].public_id)]
    actions.merge(three[0], [three[2]], **officer)
    assert len(councils.council_by_pid(row.public_id).agenda) == 1
    actions.withdraw(three[0], by=cast["pi1"], at=officer["at"])
    assert councils.council_by_pid(row.public_id).state == CouncilState.DISSOLVED


# --- without a council ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("to", "ends"), [(RedirectTo.ENTERPRISE, Fate.ENTERPRISE), (RedirectTo.FUND, Fate.FUND)])
def test_an_idea_is_passed_on_with_reason_and_mail(three, officer, mails, to, ends):
    with pytest.raises(Incomplete) as refused:
        actions.pass_on(three[0], None, "x", **officer)
    assert refused.value.field == "redirect_to"
    with pytest.raises(Incomplete) as refused:
        actions.pass_on(three[0], to, " ", **officer)
    assert refused.value.field == "reason" and three[0].redirect_to is None
    actions.pass_on(three[0], to, "Ngoài phạm vi đặt hàng", passed_to="Công ty X", seen=three[0].version, **officer)
    assert (three[0].state, fate(three[0]), three[0].passed_to) == (IdeaState.REDIRECTED, ends, "Công ty X")
    assert "Ngoài phạm vi đặt hàng" in mails()[-1].body and "Công ty X" in mails()[-1].body
    with pytest.raises(WrongState):
        actions.pass_on(three[0], to, "x", **officer)


def test_an_idea_is_turned_down_with_reason_and_mail(three, officer, mails):
    actions.merge(three[0], [three[1]], **officer)
    with pytest.raises(Stale):
        actions.turn_down(three[0], "Trùng", seen=1, **officer)
    actions.turn_down(three[0], "Trùng nhiệm vụ đang thực hiện", **officer)
    assert (three[0].state, fate(three[0])) == (IdeaState.REJECTED, Fate.REFUSED)
    assert sorted(m.to_address.split("@")[0] for m in mails() if m.template == "ideas/mail/decided.txt") == ["pi1", "pi3"]


# --- what the topic must bring --------------------------------------------------------------------------------


def test_products_are_rows_that_the_topic_keeps(three, cast, at, officer):
    idea = three[0]
    row = actions.require(idea, kind=ProductKind.ONE, name="Mô hình trình diễn", unit="mô hình", quantity=2, quality="Tiết kiệm 30% nước", **officer)
    actions.require(idea, kind=ProductKind.THREE, name="Bài báo", unit="bài", quantity=1, **officer)
    gone = actions.require(idea, kind=ProductKind.TWO, name="Phần mềm", unit="bộ", quantity=1, **officer)
    actions.release(idea, gone.public_id, **officer)
    with pytest.raises(WrongState):
        actions.release(idea, gone.public_id, **officer)
    later = at + 10 * DAY
    actions.record_identification(idea, Identified(Outcome.DO_WITH_CHANGES, months=18, mode=Mode.SELECTION), minutes_number="12", minutes_dated=local(later).date(), by=cast["officer"], at=later)
    topic = actions.approve_list([idea], number="77", dated=local(later).date(), by=cast["province"], at=later)[0]
    found = queries.topic_by_pid(topic.public_id)
    assert [(p.kind, p.name, p.unit, p.quantity, p.quality) for p in found.required] == [
        (ProductKind.ONE, "Mô hình trình diễn", "mô hình", 2, "Tiết kiệm 30% nước"), (ProductKind.THREE, "Bài báo", "bài", 1, None)]  # fmt: skip
    assert found.products.splitlines()[0] == "2 mô hình Mô hình trình diễn: Tiết kiệm 30% nước" and found.duration_months == 18
    with pytest.raises(WrongState):
        actions.release(idea, row.public_id, by=cast["officer"], at=later)


@pytest.mark.parametrize(("wrong", "field"), [({"name": " "}, "name"), ({"unit": ""}, "unit"), ({"quantity": 0}, "quantity"), ({"quantity": -3}, "quantity")])
def test_a_product_has_name_unit_and_quantity(three, officer, wrong, field):
    with pytest.raises(Incomplete) as refused:
        actions.require(three[0], **({"kind": ProductKind.ONE, "name": "A", "unit": "b", "quantity": 1} | wrong), **officer)
    assert refused.value.field == field


# --- search ---------------------------------------------------------------------------------------------------


def test_an_idea_is_found_by_both_titles(three, cast, at):
    later = at + 10 * DAY
    found = Identified(Outcome.DO_WITH_CHANGES, title="Canh tác chính xác", mode=Mode.SELECTION)
    actions.record_identification(three[0], found, minutes_number="12", minutes_dated=local(later).date(), by=cast["officer"], at=later)
    assert "canh tac chinh xac" in three[0].folded and "tuoi nho giot" in three[0].folded and "dx-2026-001" in three[0].folded


def test_a_ceiling_far_above_what_was_asked_needs_a_reason(three, cast, at):
    later = at + 10 * DAY
    told = {"minutes_number": "12", "minutes_dated": local(later).date(), "by": cast["officer"], "at": later}
    with pytest.raises(Incomplete) as refused:
        actions.record_identification(three[0], Identified(Outcome.DO, mode=Mode.SELECTION, ceiling=1_440_000_001), **told)
    assert refused.value.field == "ceiling" and refused.value.params["asked"] == "1.200.000.000"
    actions.record_identification(three[0], Identified(Outcome.DO, mode=Mode.SELECTION, ceiling=1_440_000_000), **told)
    actions.record_identification(three[0], Identified(Outcome.DO, mode=Mode.SELECTION, ceiling=9_000_000_000, reason="Mở rộng toàn tỉnh"), **told)
    assert three[0].ceiling == 9_000_000_000
