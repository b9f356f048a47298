"""The room in HTTP: one fragment with its version, 304 while nothing happens, nothing in it that tells of a vote; desks of remarks."""

from __future__ import annotations

import pytest

from app.across.demo.plays import room as plays
from app.services.councils import actions, queries
from app.services.councils.remarks import actions as remarks
from app.services.councils.remarks import queries as remark_queries
from app.services.councils.remarks.rules import day_before, due_reminder
from tests.councils.test_room import (  # noqa: F401 - fixtures
    DAY,
    SHEET,
    WORDS,
    identifying,
    selecting,
    to_step,
)

pytestmark = pytest.mark.usefixtures("travel")


@pytest.fixture
def held(cast, selecting, travel, db):  # noqa: F811
    """The session at its discussion, as the demonstration plays it; time stands in it."""
    council = plays.in_session(cast, council=selecting, at=selecting.meets_at)
    council = plays.to_the_discussion(cast, council=council, at=selecting.meets_at)
    travel.move_to(selecting.meets_at + DAY / 24)
    db.session.commit()
    return council


def live(client, council, version=None):
    answer = client.get(f"/councils/{council.public_id}/room/live", headers={"If-None-Match": f'"{version}"'} if version else {})
    return answer, (answer.headers.get("ETag") or "").strip('"')


def test_the_room_is_shown_to_members_and_officers_in_both_languages(as_, cast, held, db):
    url = f"/councils/{held.public_id}/room"
    secretary = as_("member5").page(url)
    assert "Hội đồng thảo luận" in secretary.text and secretary.select("form[action$='move-on']") and "Cần 5/7, có mặt 6" in secretary.text
    member = as_("member1").page(url)
    assert not member.select("form[action$='move-on']") and "Đề nghị hỏi kỹ chủ nhiệm" in member.text
    as_("pi5").page(url, 404)
    cast["member2"].locale = "en"
    db.session.commit()
    assert "The council discusses" in as_("member2").page(url).text


def test_nothing_new_is_304_and_cheap(as_, held, count_queries):
    client = as_("member1")
    first, version = live(client, held)
    assert first.status_code == 200 and set(first.json) == {"html", "said"}
    again, _v = live(client, held, version)
    assert again.status_code == 304 and not again.data
    url = f"/councils/{held.public_id}/room/live"
    assert count_queries(lambda: client.get(url, headers={"If-None-Match": f'"{version}"'})) == 2  # who is signed in, and one for the room
    other, theirs = live(as_("member2"), held, version)  # another's version is not mine
    assert other.status_code == 200 and theirs != version
    as_("pi5").page(f"/councils/{held.public_id}/room/live", 404)


def test_the_fragment_moves_with_the_session_and_tells_only_how_many_have_cast(as_, cast, held, db):
    client = as_("member2")
    _first, version = live(client, held)
    as_("member5").submit(f"/councils/{held.public_id}/room/move-on")
    changed, second = live(client, held, version)
    assert changed.status_code == 200 and second != version
    council = to_step(cast, queries.council_by_pid(held.public_id), "ballot")
    when = council.meets_at
    for n in (1, 3, 4):
        actions.cast(council, council.agenda[0], {**SHEET, "remark": "Chim hoàng yến"}, by=cast[f"member{n}"], at=when)
    db.session.commit()
    told = live(client, council)[0].json["html"]
    assert "3 trên 6" in told and "hoàng yến" not in told
    # who has cast changes nothing in what a third person is shown: only the number does
    for n in (5, 6):
        actions.cast(council, council.agenda[1], SHEET, by=cast[f"member{n}"], at=when)
    db.session.commit()
    before = live(client, council)[0].json["html"]
    assert before.replace("2 trên 6", "0 trên 6").count("trên 6") == told.count("trên 6") and _bare(before, 2) == _bare(told, 0)


def _bare(html, n):
    """Without what differs each time (keys of forms)."""
    import re

    return re.sub(r'value="[^"]*"', "", html).replace(f"{n} trên 6", "x trên 6")


def test_a_ballot_is_one_s_own_whatever_is_sent(as_, cast, held, db):
    council = to_step(cast, queries.council_by_pid(held.public_id), "ballot")
    db.session.commit()
    item, seat = council.agenda[0], next(s for s in council.seats if s.user_id == cast["member2"].id)
    as_("member1").cast(f"/councils/{council.public_id}/items/{item.public_id}/cast", {**{k: str(v) for k, v in SHEET.items()}, "seat": seat.public_id, "seat_id": str(seat.id), "by": "member2"})
    assert queries.ballot_of(item, seat) is None and queries.ballot_of(item, next(s for s in council.seats if s.user_id == cast["member1"].id)) is not None


def test_a_refused_step_says_why_on_a_page(as_, cast, held):
    council = to_step(cast, queries.council_by_pid(held.public_id), "ballot")
    client = as_("member5")
    early = client.get(f"/councils/{council.public_id}/room/move-on")
    assert early.status_code == 409 and "chưa bỏ" in early.get_data(as_text=True)
    room = client.page(f"/councils/{council.public_id}/room")
    assert not room.select("form[action$='move-on']") and "còn 6 phiếu chưa bỏ" in room.text


# --- remarks and desks ----------------------------------------------------------------------------------------


@pytest.mark.nodb
def test_due_days_and_reminders():
    from datetime import date

    monday = date(2026, 3, 2)
    assert day_before(monday, 1, lambda d: d.weekday() > 4) == date(2026, 2, 27) and day_before(monday, 1, None) == date(2026, 3, 1)
    assert [due_reminder([3, 1, 0], date(2026, 3, 10), date(2026, 3, n)) for n in (6, 7, 8, 9, 10, 11)] == [None, 3, 3, 1, 0, None]


def test_the_reviewer_s_desk_counts_and_hands_in_several_after_a_last_look(as_, cast, selecting, travel, db):  # noqa: F811
    travel.move_to(selecting.meets_at - 2 * DAY)
    db.session.commit()
    client = as_("member3")
    page = client.page("/councils/mine")
    assert "0 / 2 xong, hạn ngày mai" in page.text
    urls = [f"/councils/{selecting.public_id}/items/{item.public_id}/remark" for item in selecting.agenda]
    token = client.page(urls[0]).select_one("form[data-sheet] [name=csrf_token]")["value"]
    kept = client.post(f"{urls[0]}/draft", data={"csrf_token": token, "strengths": "Rất sát thực tế", "version": ""})
    assert kept.status_code == 200 and kept.json["version"] == 1
    assert "Rất sát thực tế" in client.page(urls[0]).select_one("textarea[name=strengths]").text
    client.submit(urls[0], {**WORDS, "version": "1"})
    client.submit(urls[1], WORDS)
    look = client.page("/councils/mine/submit")
    assert look.text.count("Có tính mới") == 2
    client.submit("/councils/mine/submit", {"agree": ""}, status=422)
    client.submit("/councils/mine/submit", {"agree": "y", "chosen": [item.public_id for item in selecting.agenda]})
    assert "2 / 2 xong" in client.page("/councils/mine").text
    assert "Có tính mới" in client.page(urls[0]).text  # one's own, and others' from now on
    assert client.post(urls[0], data={"csrf_token": token, **WORDS}).status_code == 409


def test_nobody_reads_a_draft_and_others_only_after_the_own(as_, cast, selecting, db):  # noqa: F811
    item = selecting.agenda[0]
    remarks.keep(selecting, item, {**WORDS, "opinion": "Chim hoàng yến"}, by=cast["member3"], at=selecting.meets_at - 5 * DAY)
    db.session.commit()
    places = [f"/councils/{selecting.public_id}", f"/councils/{selecting.public_id}/room", f"/councils/{selecting.public_id}/progress", "/councils/mine"]
    for account in ("member1", "member4", "member5", "officer"):
        client = as_(account)
        assert not any("hoàng yến" in client.get(url).get_data(as_text=True) for url in places)
    remarks.submit(selecting, item, by=cast["member3"], at=selecting.meets_at - 5 * DAY)
    db.session.commit()
    url = f"/councils/{selecting.public_id}/items/{item.public_id}/remark"
    assert "hoàng yến" not in as_("member4").page(url).text
    remarks.keep(selecting, item, WORDS, by=cast["member4"], at=selecting.meets_at - 5 * DAY)
    remarks.submit(selecting, item, by=cast["member4"], at=selecting.meets_at - 5 * DAY)
    db.session.commit()
    assert "hoàng yến" in as_("member4").page(url).text
    for account in ("pi1", "host1"):
        assert as_(account).get(url).status_code in (403, 404)


def test_chair_and_secretary_see_who_is_late_and_remind_one_by_one(as_, cast, selecting, travel, mails, db):  # noqa: F811
    travel.move_to(selecting.meets_at)
    db.session.commit()
    client, url = as_("member1"), f"/councils/{selecting.public_id}/progress"
    page = client.page(url)
    assert cast["member3"].name in page.text and "trễ hạn" in page.text and "Chưa khai báo xung đột lợi ích" in page.text
    chosen = [s.public_id for s in selecting.seats if s.user_id in (cast["member3"].id, cast["member4"].id)]
    client.submit(url, {"seats": chosen})
    client.submit(url, {"seats": chosen})  # the same day: nobody gets a second
    assert sorted(m.to_address for m in mails() if m.template == "councils/mail/remark_due.txt") == sorted([cast["member3"].email, cast["member4"].email])
    assert as_("member6").get(url).status_code == 403
    as_("member5").page(url)
    as_("officer").page(url)


def test_the_worker_reminds_by_the_rule_once(cast, selecting, mails):  # noqa: F811
    due = remark_queries.due_on(selecting)
    for day in range(6, -1, -1):
        at = selecting.meets_at - day * DAY
        remarks.remind_due(at)
        remarks.remind_due(at)
    sent = [m for m in mails() if m.template == "councils/mail/remark_due.txt"]
    assert len(sent) == 6 and {m.to_address for m in sent} == {cast["member3"].email, cast["member4"].email}  # three days before, one day before, on the day
    assert all(m.posted_at.date() <= due for m in sent)


def test_the_applicant_answers_on_a_page_that_tells_nothing_else(as_, cast, selecting, travel, db):  # noqa: F811
    from app.services.councils.room import talk

    when = selecting.meets_at - 10 * DAY
    travel.move_to(when)
    row = talk.ask(selecting, selecting.agenda[0], "Quy mô mô hình?", (when + 5 * DAY).date(), by=cast["member1"], at=when)
    db.session.commit()
    client, url = as_("pi1"), f"/councils/questions/{row.public_id}"
    page = client.page(url)
    assert "Quy mô mô hình?" in page.text and not any(s.user.name in page.text or s.public_id in str(page) for s in selecting.seats) and selecting.public_id not in str(page)
    client.submit(url, {"answer": "Năm héc ta"})
    assert "Năm héc ta" in client.page(url).text and "Năm héc ta" in as_("member1").page(f"/councils/{selecting.public_id}/room").text
    as_("pi3").page(url, 404)
