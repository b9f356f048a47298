"""One state of a dossier against another: rows brought together, sums, what each person may compare; the page says every change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import proposals as plays
from app.services.files import queries as files
from app.services.questionnaires import differing
from app.stages.proposals import (
    actions,
    admitting,
    comparing,
    promises,
    queries,
    submitting,
    transcribing,
    versions,
)
from app.stages.proposals.comparing import KEYS, Change
from app.stages.proposals.models import BudgetLine
from app.stages.proposals.rules import ProductGroup, TeamRole
from tests.proposals.test_admitting import envelope

HOUR = timedelta(hours=1)


def line(content, amount, head="labour", source="state", year=2026, price=None):
    return {"head": head, "content": content, "source": source, "year": year, "unit": "công", "quantity": 100, "price": price or amount, "amount": amount, "lump_sum": False}


def told(row, _new):
    return [("content", row["content"]), ("year", str(row["year"])), ("amount", str(row["amount"]))]


def test_equal_rows_find_each_other_before_those_that_only_have_the_name():
    old = [line("Thuê máy", 5), line("Thuê máy", 7), line("Vật tư", 3), line("Hội thảo", 2)]
    new = [line("Thuê máy", 7), line("Thuê máy", 9), line("Vật tư", 3, year=2027), line("In ấn", 2)]
    found = comparing.differences(old, new, KEYS["lines"], told)
    assert [(d.how, (d.old or {}).get("amount"), (d.new or {}).get("amount")) for d in found] == [(Change.CHANGED, 5, 9), (Change.CHANGED, 3, 3), (Change.CHANGED, 2, 2)]
    assert [c.label for d in found for c in d.cells] == ["amount", "year", "content"], "the line in another year and the one with another name are the same lines"
    assert comparing.differences(old, list(reversed(old)), KEYS["lines"], told) == [], "the order says nothing"


def test_what_is_on_one_side_alone_is_added_or_removed():
    found = comparing.differences([line("Đi lại", 4)], [line("Xét nghiệm", 6, head="material", year=2027, price=11)], KEYS["lines"], told)
    assert [(d.how, [c.label for c in d.cells]) for d in found] == [(Change.ADDED, ["content", "year", "amount"]), (Change.REMOVED, ["content", "year", "amount"])]
    (total,) = comparing.sums([line("a", 4)], [line("b", 6), line("c", 5)], lambda r: r["source"])
    assert (total.was, total.now, total.by) == (4, 11, 7) and comparing.total([], [line("a", 9)]).by == 9


@pytest.fixture
def handed_in(cast, called, now):
    return plays.submitted(cast, call_topic=called("Hệ thống tưới tự động")[0], at=now)


@pytest.fixture
def changed(db, cast, handed_in, now):
    """What was handed in, and a draft in its place in which every section was changed."""
    new = submitting.begin_replacement(handed_in, by=cast["pi1"], at=now + HOUR)
    by, at = cast["pi1"], now + HOUR
    actions.save_general(new, title="Tên đã sửa của hồ sơ", aim=f"{new.aim} Thêm một vế.", duration_months=new.duration_months, by=by, at=at)
    actions.add_member(new, name="Người mới tinh", role=TeamRole.MEMBER, months=3, by=by, at=at)
    actions.add_product(new, group=ProductGroup.THREE, name="Bài báo thêm", unit="bài", quantity=1, quality="Tạp chí trong nước", by=by, at=at)
    promises.save_use(new, None, receiver="Trạm khuyến nông mới", place="Xã An Lục Long", how="Dùng thử", by=by, at=at)
    promises.save_milestone(new, new.milestones[0] if new.milestones else None, content="Mốc đã viết lại", result="Báo cáo", month_from=1, month_to=2, by=by, at=at)
    db.session.execute(delete(BudgetLine).where(BudgetLine.id == new.lines[0].id))
    actions.add_line(new, head=new.lines[-1].head, content="Dòng dự toán mới", source=new.lines[-1].source, year=new.lines[-1].year, unit="đợt", quantity=300, price=1_234_567, by=by, at=at)
    db.session.commit()
    return queries.by_id(handed_in.id), queries.held(new)


def test_every_section_tells_what_changed(cast, changed, as_, now):
    old, new = changed
    page = as_("pi1").page(f"/proposals/{new.public_id}/versions/compare")
    said = " ".join(page.text.split())
    for wanted in ("Tên đã sửa của hồ sơ", "Thêm một vế.", "Người mới tinh", "Bài báo thêm", "Trạm khuyến nông mới", "Mốc đã viết lại", "Dòng dự toán mới", "3.703.701"):
        assert wanted in said
    gone = queries.held(old).lines[0]
    assert gone.content in said and "Đã bỏ" in said
    total = next(t for t in page.find_all("table") if "Tổng hợp" in t.caption.text).tbody.tr.find_all("td")
    was, now_is, by = (int("".join(c for c in td.text if c in "-0123456789")) for td in total)
    assert now_is - was == by == 3_703_701 - gone.amount and now_is == sum(b.amount for b in new.lines)
    assert "Tên đã sửa của hồ sơ" in as_("host1").page(f"/proposals/{new.public_id}/versions/compare").text, "who signs sees what changed"
    assert len(as_("pi1").page(f"/proposals/{old.public_id}/versions").find_all("option")) == 4


def test_nobody_compares_what_they_may_not_read(db, cast, changed, as_, now, travel):
    _old, new = changed
    urls = [f"/proposals/{p.public_id}/{page}" for p in changed for page in ("versions", "versions/compare")]
    for who in ("officer", "pi4", "host2", "auditor", "leader"):
        for url in urls:
            as_(who).page(url, status=404)
    actions.sign_off(new, by=cast["host1"], at=now + 2 * HOUR)
    new = submitting.submit(new, by=cast["pi1"], at=now + 3 * HOUR)
    call_plays.opened_call(cast, call=new.call_topic.call)
    travel.move_to(new.call_topic.call.opened_at + HOUR)
    db.session.commit()
    first, second = (queries.latest_version(queries.by_id(p.id)) for p in changed)
    officer, base = as_("officer"), f"/proposals/{new.public_id}/versions"
    listed = officer.page(base)
    assert second.sha256[:16] in listed.text and first.sha256[:16] not in str(listed), "the replaced one is counted, not shown"
    assert "vẫn niêm phong: 1." in listed.text and not listed.find_all("option")
    for pair in (f"?old={first.public_id}&new={second.public_id}", "?new=draft", "", f"?new={second.public_id}&old=x", "?new=%00"):
        officer.page(f"{base}/compare{pair}", status=404)
    receipt = officer.page(f"/proposals/{new.public_id}/receipt")
    assert "còn niêm phong" in receipt.text and f"/proposals/{changed[0].public_id}" not in str(receipt)
    pi = as_("pi1").page(f"{base}/compare?old={second.public_id}&new={first.public_id}").text
    assert "Tên đã sửa của hồ sơ" in pi, "the earlier one is always the one before"


def test_a_file_with_another_content_is_told_by_its_hash(db, cast, handed_in, now, as_):
    new = submitting.begin_replacement(handed_in, by=cast["pi1"], at=now + HOUR)
    db.session.commit()
    line_ = versions.line_of(new, cast["pi1"])
    assert [s.number for s in line_.states] == [None, 1]
    was, is_ = versions.content_of(line_.states[1]), versions.content_of(line_.states[0])
    assert comparing.pairs(was["files"], is_["files"], KEYS["files"]) == list(zip(was["files"], is_["files"], strict=True))
    assert "từng chữ" in as_("pi1").page(f"/proposals/{new.public_id}/versions/compare").text
    other = [{**f, "sha256": "0" * 64} for f in was["files"]]
    found = comparing.differences(was["files"], other, KEYS["files"], lambda r, _new: [("sha", r["sha256"])])
    assert [(d.how, d.cells[0].now) for d in found] == [(Change.CHANGED, "0" * 64)] * len(files.of(handed_in))


def test_what_was_withdrawn_is_compared_by_its_own_people_and_known_to_nobody_else(db, cast, handed_in, now, as_, travel):
    submitting.withdraw(handed_in, reason="Sửa lại", by=cast["pi1"], at=now + HOUR)
    place = queries.by_id(handed_in.id).call_topic
    again = plays.draft(cast, call_topic=place, at=now + 2 * HOUR)
    assert [s.number for s in versions.line_of(again, cast["pi1"]).states] == [None, 1]
    actions.sign_off(again, by=cast["host1"], at=now + 3 * HOUR)
    again = submitting.submit(again, by=cast["pi1"], at=now + 4 * HOUR)
    call_plays.opened_call(cast, call=place.call)
    told = versions.line_of(queries.by_id(again.id), cast["officer"])
    assert [s.proposal.id for s in told.states] == [again.id] and told.closed == 0


def test_an_envelope_and_what_was_entered_from_it_are_compared(db, cast, called, now, as_, travel):
    (place,) = called("Giấy")
    paper = admitting.register(place, envelope(cast), stamp_at=now + HOUR, by=cast["officer"], at=now + 2 * HOUR)
    call_plays.opened_call(cast, call=place.call)
    at = place.call.opened_at + HOUR
    travel.move_to(at)
    draft = transcribing.begin(queries.by_id(paper.id), by=cast["officer"], at=at)
    actions.save_general(draft, title=draft.title, aim="Mục tiêu như trên giấy", duration_months=18, by=cast["officer"], at=at)
    transcribing.hand_over(queries.held(draft), by=cast["officer"], at=at)
    transcribing.confirm(queries.held(draft), by=cast["officer2"], at=at + HOUR)
    db.session.commit()
    assert "Mục tiêu như trên giấy" in as_("officer").page(f"/proposals/{paper.public_id}/versions/compare").text


def test_a_yes_is_told_in_the_language_of_the_page():
    assert differing.told({"type": "yes_no"}, True, {"yes": "Có", "no": "Không"}) == "Có" and differing.told({"type": "yes_no"}, False, {"no": "Không"}) == "Không"


def test_lines_of_a_large_budget_are_compared_in_a_moment():
    old = [line(f"Dòng {n}", n + 1) for n in range(1000)]
    new = [line(f"Dòng {n}", n + (2 if n % 100 == 0 else 1)) for n in range(999, -1, -1)]
    assert len(comparing.differences(old, new, KEYS["lines"], told)) == 10
