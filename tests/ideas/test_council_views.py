"""The identification council over the web: a ballot with a wrong place, a tied mode decided when the session is concluded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.across.demo.plays import councils as plays
from app.across.demo.plays import ideas as idea_plays
from app.services.councils import actions, queries
from app.services.councils.rules import CouncilState
from app.stages.ideas import council as identification
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import Mode

DAY = timedelta(days=1)
YES = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do", "mode": "selection"}
NO = {"urgency": "fail", "level": "pass", "feasibility": "pass", "conclusion": "refuse", "reason": "Chưa cấp thiết"}


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


@pytest.fixture
def session(cast, at, db, travel):
    """A council in session on two ideas; time stands at its hour."""
    rows = [idea_plays.submitted_idea(cast, item="1.8", title=title, at=at, by=by) for title, by in (("Tưới cho chanh", "pi1"), ("Giống lúa chịu mặn", "pi3"))]
    row = identification.prepare(rows, title="Hội đồng xác định nhiệm vụ 2026", by=cast["officer"], at=at + DAY)
    council = plays.voting(cast, council=plays.established(cast, council=row, at=at + DAY))
    db.session.commit()
    travel.move_to(council.meets_at + timedelta(minutes=30))
    return council


def test_a_place_that_is_none_is_told_beside_the_field_and_nothing_is_lost(as_, session):
    url = f"/councils/{session.public_id}/items/{session.agenda[0].public_id}/cast"
    member = as_("member2")
    for place in ("0", "3", "-1", "một"):
        page = soup(member.submit(url, YES | {"priority": place, "reason": "Đã viết"}, status=422))
        assert page.select_one("#priority-error") and page.select_one("#priority")["value"] == place
        assert page.select_one("#reason").text.strip() == "Đã viết"
    page = soup(member.submit(url, YES | {"priority": "2"}, status=202))
    assert page.select_one("input[name=agree]"), "the sheet is whole: it can be cast"
    assert member.cast(url, YES | {"priority": "2"}).status_code == 303


def test_a_tied_mode_is_asked_for_when_the_session_is_concluded(as_, cast, db, session):
    def half(_item, n):
        return YES | {"mode": "direct" if n < 3 else "selection"} if n < 6 else NO

    council = plays.voted(cast, council=session, answers=lambda item, n: half(item, n) if item.position == 1 else YES)
    pid, first = council.public_id, council.agenda[0].subject_pid
    db.session.commit()
    officer, url = as_("officer"), f"/councils/{pid}/conclude"
    page = officer.page(url)
    assert page.select("input[name=open_1_mode]") and not page.select("input[name=open_2_mode]")
    assert "số phiếu bằng nhau" in page.text
    said = {"conclusion": "Thống nhất kết quả", "agree": "y"}
    page = soup(officer.submit(url, said, status=422))
    assert page.select_one(".error-summary") and page.select_one("#conclusion").text.strip() == "Thống nhất kết quả"
    page = soup(officer.submit(url, said | {"open_1_mode": "direct"}, status=422))
    assert page.select_one("#open_1_reason-error")
    assert queries.council_by_pid(pid).state == CouncilState.CONVENED
    officer.submit(url, said | {"open_1_mode": "selection", "open_1_reason": "Nhiều tổ chức đủ năng lực"})
    page = officer.page(f"/councils/{pid}")
    assert "Nhiều tổ chức đủ năng lực" in page.text and "Chưa cấp thiết" in page.text
    assert ideas.idea_by_pid(first).mode == Mode.SELECTION


def test_the_place_that_was_voted_is_not_typed_over_and_the_idea_shows_the_minutes(as_, session, cast, db):
    change = YES | {"conclusion": "adjust", "reason": "Thu hẹp phạm vi", "priority": 2}
    council = plays.voted(cast, council=session, answers=lambda item, _n: change if item.position == 1 else YES | {"priority": 1})
    actions.conclude(council, conclusion="Điều chỉnh nội dung 1.", by=cast["officer"], at=council.meets_at + timedelta(hours=1))
    db.session.commit()
    officer, idea = as_("officer"), council.agenda[0].subject_pid
    page = officer.page(f"/ideas/{idea}/identify")
    assert page.select_one("[name=rank]") is None and "Thứ tự ưu tiên theo kết quả biểu quyết" in page.text
    assert cast.org("inspectorate").public_id not in {o["value"] for o in page.select("[name=host] option")}
    officer.submit(f"/ideas/{idea}/identify", {"outcome": "do_with_changes", "final_title": "Tưới cho chanh Bến Lức", "rank": "1"})
    shown = officer.page(f"/ideas/{idea}").select_one("main").text
    assert "Biên bản họp" in shown and "Xem biên bản" in shown
    assert db.session.scalar(select(Idea.rank).where(Idea.public_id == idea)) == 2


def test_the_officer_words_that_no_opinion_was_adopted_or_chooses_another_council(as_, session, cast, db):
    council = plays.voted(cast, council=session, answers=lambda item, n: NO if item.position == 1 and n > 3 else YES)
    actions.conclude(council, conclusion="Không thống nhất nội dung 1.", by=cast["officer"], at=council.meets_at + timedelta(hours=1))
    db.session.commit()
    officer, idea = as_("officer"), council.agenda[0].subject_pid
    page = officer.page(f"/ideas/{idea}/identify")
    assert page.select_one("#reason").text.strip() == "Không ý kiến nào đạt tỷ lệ thông qua" and NO["reason"] not in page.text
    assert {o["value"] for o in page.select("[name=outcome]")} == {"not_adopted"} and not page.select_one("[name=final_title]")
    assert officer.page(f"/ideas/{idea}").select_one(f"aside a[href='/ideas/{idea}/another-council']")
    assert as_("pi1").get(f"/ideas/{idea}/another-council").status_code == 403
    assert officer.submit(f"/ideas/{idea}/another-council").location.endswith(f"/ideas/council?ideas={idea}")
    assert officer.get(f"/ideas/{idea}/another-council").status_code == 409 and officer.page(f"/councils/{council.public_id}")
