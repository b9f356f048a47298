"""A returned form is changed only where it was named; the wording of a recommendation is put right until the list is put forward."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import ideas as play
from app.kernel import journal
from app.kernel.errors import Incomplete, WrongState
from app.stages.ideas import actions, order, queries, returned, wording
from app.stages.ideas.rules import IdeaState, Outcome
from app.stages.ideas.wording import Wording

DAY = timedelta(days=1)


def section(idea, code):
    return next(s["code"] for s in order.of(idea).form.definition["sections"] for q in s["questions"] if q["code"] == code)


def sent_back(cast, at, *codes):
    idea = play.submitted_idea(cast, item="1.8", title="Chanh", at=at)
    actions.send_back(idea, "Bổ sung", sections=[section(idea, code) for code in codes], by=cast["officer"], at=at)
    return idea


def test_only_named_sections_of_a_returned_form_are_changed(cast, at):
    idea = sent_back(cast, at, "products")
    for change, field in (({"title": "Tên khác"}, "title"), ({"state_budget": 5}, "state_budget"), ({"year": 2028}, "year")):
        with pytest.raises(Incomplete, match="named") as refused:
            actions.revise(idea, change, by=cast["pi1"], at=at)
        assert refused.value.field == field
    actions.revise(idea, {"products": "03 mô hình", "title": "Chanh", "year": idea.year}, by=cast["pi1"], at=at)
    assert idea.products == "03 mô hình"
    everything = sent_back(cast, at)
    actions.revise(everything, {"title": "Tên khác"}, by=cast["pi1"], at=at)


def test_a_section_in_which_something_is_wrong_stays_open(cast, at, db):
    idea = sent_back(cast, at, "products")
    row = order.stored(idea)
    row.answers = {**row.answers, "item": "gone"}  # of a plan that was replaced meanwhile
    db.session.flush()
    assert section(idea, "item") not in returned.locked_sections(idea, at=at)


def test_a_returned_form_is_not_sent_again_as_it_came_back(cast, at):
    idea = sent_back(cast, at, "products")
    with pytest.raises(Incomplete, match="Nothing has been changed"):
        actions.submit(idea, by=cast["pi1"], at=at + DAY)
    assert idea.state == IdeaState.RETURNED
    actions.revise(idea, {"products": "03 mô hình"}, by=cast["pi1"], at=at)
    actions.submit(idea, by=cast["pi1"], at=at + DAY)
    assert returned.changed(*returned.versions(idea)) == ["products"]


def test_the_form_shows_locked_sections_and_the_officer_sees_the_difference(as_, cast, at, db):
    idea = sent_back(cast, at, "products")
    db.session.commit()
    pid, pi = idea.public_id, as_("pi1")
    page = pi.page(f"/ideas/{pid}/edit")
    assert page.select_one("textarea#products") and not page.select_one("input#title[type=text]")
    pi.submit(f"/ideas/{pid}/edit", {"title": "Chui vào"}, status=422)
    pi.submit(f"/ideas/{pid}/submit", status=422)
    pi.submit(f"/ideas/{pid}/edit", {"products": "01 quy trình kỹ thuật được công nhận; Ba mô hình trình diễn; 02 bài báo khoa học; tập huấn 100 lượt người."})
    assert [i.text for i in pi.page(f"/ideas/{pid}/submit").select("#changed-title ~ dl ins")] == ["Ba "]
    pi.submit(f"/ideas/{pid}/submit")
    for who in ("officer", "pi1"):  # both read it, word by word and nothing else
        box = as_(who).page(f"/ideas/{pid}").select_one("[aria-labelledby=changed-title]")
        assert "Nội dung thay đổi so với lần gửi trước" in box.text and len(box.select("dt")) == 1
        assert [(piece.name, piece.text) for piece in box.select("dl del, dl ins")] == [("del", "02 "), ("ins", "Ba ")]
    assert queries.idea_by_pid(pid).title == "Chanh"


def test_the_wording_is_put_right_until_the_list_is_put_forward(cast, at):
    idea = play.identified_idea(cast, item="1.8", title="Chanh", at=at, outcome=Outcome.DO_WITH_CHANGES, final_title="Chanh khong hat")
    later = at + 11 * DAY
    same = Wording(idea.final_title, idea.final_aim, idea.final_products, idea.ceiling, idea.final_months)
    for changed, reason in ((Wording("Chanh không hạt", idea.final_aim), " "), (same, "Sửa"), (Wording("Chanh không hạt", ceiling=0), "Sửa")):
        with pytest.raises(Incomplete):
            wording.reword(idea, changed, reason, by=cast["officer"], at=later)
    wording.reword(idea, Wording("Chanh không hạt", idea.final_aim, ceiling=900_000_000), "Sửa lỗi gõ", by=cast["officer"], at=later)
    assert (idea.final_title, idea.ceiling, idea.outcome) == ("Chanh không hạt", 900_000_000, Outcome.DO_WITH_CHANGES)
    entry = next(e for e in journal.timeline([journal.subject_key(idea)]) if e.verb == "reword")
    assert entry.reason == "Sửa lỗi gõ" and entry.detail["changes"]["final_title"] == ["Chanh khong hat", "Chanh không hạt"]
    actions.put_forward([idea], number="9", dated=later.date(), by=cast["officer"], at=later)
    with pytest.raises(WrongState, match="put forward"):
        wording.reword(idea, Wording("Khác"), "Sửa", by=cast["officer"], at=later)


def test_minutes_are_not_older_than_the_submission(cast, at):
    idea = play.submitted_idea(cast, item="1.8", title="A", at=at)
    found = actions.Identified(Outcome.DO_NOT, reason="Trùng")
    with pytest.raises(Incomplete) as refused:
        actions.record_identification(idea, found, minutes_number="1/BB", minutes_dated=(at - DAY).date(), by=cast["officer"], at=at)
    assert refused.value.field == "minutes_dated"
