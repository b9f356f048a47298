"""Calls on the portal: lists, feeds, calendars and JSON as independent readers understand them; nothing that is not public."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import feedparser
import icalendar
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.across.demo.plays import calls as play
from app.across.demo.plays import ideas
from app.across.portal import calendars, feed
from app.kernel.clock import at_local
from app.kernel.db import db as database
from app.stages.calls import actions, queries
from tests.support.kept import kept

DAY = timedelta(days=1)
SECRET, ASKER, DRAFTED = "Câu hỏi chưa trả lời", "nguoihoi@example.org", "Bản thảo bí mật"


@pytest.fixture
@kept
def topics(cast, at):
    return [ideas.approved_topic(cast, item="1.8", title=f"Nuôi tôm; “sạch”, giống \\ {n}", at=at - 60 * DAY, ceiling=900_000_000) for n in range(3)]


@pytest.fixture
def shown(cast, at, topics):
    """A published call with a calendar, and beside it all that is not public: a draft, a question without an answer, one set aside, an extension proposed."""
    deadline = at_local(date(2026, 4, 6), 17)
    call = actions.draft(topics[:1], title="Tuyển chọn nuôi tôm,\nđợt 1; <b>gấp</b> & mới", deadline=deadline, place="Một cửa, tầng 1; phòng 2", briefing_place="Phòng A",
                         by=cast["officer"], at=at, **actions.default_calendar(deadline, at))  # fmt: skip
    play.publish(cast, call=call, at=at, number="7/TB-SKHCN")
    play.drafted_call(cast, topics=topics[1:2], at=at, title=DRAFTED)
    actions.ask(call, text=SECRET, email=ASKER, at=at)
    aside = actions.ask(call, text=SECRET + " 2", by=cast["pi4"], at=at)
    actions.set_aside(aside, "Quảng cáo", by=cast["officer"], at=at)
    answered = actions.ask(call, text=SECRET + " 3", by=cast["pi5"], at=at)
    actions.answer(answered, wording="Ai được nộp?", text="Mọi tổ chức.", by=cast["officer"], at=at)
    actions.propose_extension(call, deadline=deadline + DAY, reason="Lý do chưa xác nhận", document="45/TTr", by=cast["officer"], at=at)
    actions.follow(call, by=cast["agency1"], at=at)
    database.session.commit()
    return call.public_id


PLACES = ("/", "/public/calls", "/public/calls?status=open", "/public/calls/{}", "/public/calls/{}/ask", "/public/calls.ics", "/public/calls/{}.ics", "/public/calls.atom", "/api/v1/calls",
          "/api/v1/calls/{}")  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_nothing_private_is_public(anonymous, cast, shown, place, lang):
    anonymous.get(f"/?lang={lang}")
    text = anonymous.get(place.format(shown)).get_data(as_text=True)
    for secret in (SECRET, ASKER, DRAFTED, "Quảng cáo", "Lý do chưa xác nhận", *(cast[a].name for a in ("pi4", "pi5", "officer", "agency1"))):
        assert secret not in text, secret


def test_the_draft_has_no_public_address(anonymous, cast, shown):
    draft = next(c for c in database.session.scalars(queries.calls_statement(cast["officer"])) if c.title == DRAFTED).public_id
    for place in PLACES:
        if "{}" in place:
            assert anonymous.get(place.format(draft)).status_code == 404, place
    assert anonymous.get(f"/public/calls/{draft}/forms/pi_cv.docx").status_code == 404


# --- calendars ------------------------------------------------------------------------------------------------


def read_calendar(answer):
    assert answer.mimetype == "text/calendar" and answer.status_code == 200
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n")) and b"\n" not in answer.data.replace(b"\r\n", b"")
    return icalendar.Calendar.from_ical(answer.data)


def test_a_calendar_file_is_read_by_another_program(anonymous, shown, at):
    found = read_calendar(anonymous.get(f"/public/calls/{shown}.ics"))
    assert not found.errors and found["version"] == "2.0" and found["prodid"]
    events = {str(e["uid"]).partition("@")[0].removeprefix(shown + "-"): e for e in found.walk("vevent")}
    assert set(events) == {"briefing_at", "questions_until", "deadline", "opening_at", "council_on", "notify_on"} and not any(e.errors for e in events.values())
    deadline = events["deadline"]
    assert deadline.decoded("dtstart") == datetime(2026, 4, 6, 10, 0, tzinfo=UTC) and deadline["sequence"] == 0
    assert "đợt 1; <b>gấp</b> & mới" in str(deadline["summary"]) and str(deadline["location"]) == "Một cửa, tầng 1; phòng 2" and shown in str(deadline["url"])
    assert isinstance(events["council_on"].decoded("dtstart"), date) and events["briefing_at"].decoded("dtend") > events["briefing_at"].decoded("dtstart")
    assert str(events["briefing_at"]["location"]) == "Phòng A" and len(list(found.walk("valarm"))) == 1


def test_an_extension_is_an_update_of_the_same_event(anonymous, cast, shown, at):
    before = read_calendar(anonymous.get("/public/calls.ics"))
    row = queries.waiting_extension(queries.public_row(shown))
    actions.confirm_extension(row, by=cast["leader"], at=at + timedelta(minutes=5))
    database.session.commit()
    after = read_calendar(anonymous.get("/public/calls.ics"))

    def of(calendar):
        return next(e for e in calendar.walk("vevent") if "deadline" in str(e["uid"]))

    assert of(before)["uid"] == of(after)["uid"] and of(after)["sequence"] == 1 and of(after).decoded("dtstamp") > of(before).decoded("dtstamp")
    assert of(after).decoded("dtstart") == of(before).decoded("dtstart") + DAY


def test_a_cancelled_call_is_cancelled_in_calendars(anonymous, cast, shown, at):
    actions.call_off(queries.public_row(shown), "Đổi chủ trương", document="12/UBND", by=cast["leader"], at=at + DAY)
    database.session.commit()
    events = list(read_calendar(anonymous.get(f"/public/calls/{shown}.ics")).walk("vevent"))
    assert {str(e["status"]) for e in events} == {"CANCELLED"} and {e["sequence"] for e in events} == {1}, "a calendar takes over only what has a higher number"
    assert "Đổi chủ trương" in anonymous.page(f"/public/calls/{shown}").text


@given(st.text(max_size=200))
@pytest.mark.nodb
def test_any_text_survives_a_calendar(text):
    written = "".join(calendars.fold_line(f"SUMMARY:{calendars.escape(text)}"))
    assert all(len(line.encode("utf-8", "surrogatepass")) <= 75 for line in written.split("\r\n"))


# --- Atom -----------------------------------------------------------------------------------------------------


def read_feed(answer):
    assert answer.mimetype == "application/atom+xml"
    found = feedparser.parse(answer.data)
    assert not found.bozo and found.version == "atom10", found.get("bozo_exception")
    return found


def test_the_feed_is_read_by_another_program(anonymous, shown):
    found = read_feed(anonymous.get("/public/calls.atom"))
    assert found.feed.id and found.feed.updated and found.feed.author and {link.rel for link in found.feed.links} == {"self", "alternate"}
    entry, = found.entries
    assert entry.title.endswith("<b>gấp</b> & mới") or "gấp" in entry.title
    assert entry.link.endswith(f"/public/calls/{shown}") and entry.published and entry.id.startswith("tag:") and "7/TB-SKHCN" in entry.summary


def test_the_feed_follows_filters_and_answers(anonymous, cast, shown, at):
    assert len(read_feed(anonymous.get("/public/calls.atom?q=tom")).entries) == 1 and read_feed(anonymous.get("/public/calls.atom?q=lua")).entries == []
    before = read_feed(anonymous.get("/public/calls.atom")).entries[0].updated
    row = queries.public_row(shown)
    question = actions.ask(row, text="Câu hỏi mới?", by=cast["pi1"], at=at + timedelta(minutes=1))
    actions.answer(question, wording="Câu hỏi mới?", text="Có.", by=cast["officer"], at=at + timedelta(minutes=2))
    database.session.commit()
    assert read_feed(anonymous.get("/public/calls.atom")).entries[0].updated > before


@given(st.text(max_size=200))
@pytest.mark.nodb
def test_any_text_survives_the_feed(text):
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    call = {"pid": "x", "title": text, "opens_at": moment, "updated": moment, "summary": text, "topics": [{"item_code": "1.8", "title": text}]}
    written = feed.atom([call], title="t", author="a", address="http://h/f", page="http://h/p", base_url="http://h", host="h", language="vi")
    assert not feedparser.parse(written).bozo


# --- lists, JSON, forms ---------------------------------------------------------------------------------------


def test_json_says_what_the_page_says(anonymous, shown):
    listed, = anonymous.get("/api/v1/calls?status=open").json["calls"]
    assert (listed["id"], listed["is_open"], listed["deadline"], listed["number"]) == (shown, True, "2026-04-06T10:00:00+00:00", "7/TB-SKHCN")
    assert listed["topics"][0]["ceiling_vnd"] == 900_000_000 and listed["days_left"] == 35
    whole = anonymous.get(f"/api/v1/calls/{shown}").json
    assert whole["questions"] == [{"question": "Ai được nộp?", "answer": "Mọi tổ chức.", "at": "2026-03-02T01:00:00+00:00", "topic": None}]
    assert [e["kind"] for e in whole["history"]] == ["published"] and any(d["code"] == "pi_cv" and d["needed"] for d in whole["asked"][0]["documents"])
    assert anonymous.get("/api/v1/calls/nothing").status_code == 404 and anonymous.get("/api/v1/calls/nothing").is_json


def test_pages_of_json_lead_to_the_next(anonymous, cast, at):
    for n in range(3):
        topic = ideas.approved_topic(cast, item="1.8", title=f"T {n}", at=at - 60 * DAY)
        play.published_call(cast, topics=[topic], at=at, title=f"Thông báo {n}")
    database.session.commit()
    assert anonymous.get("/api/v1/calls").json["next"] is None and len(anonymous.get("/api/v1/calls").json["calls"]) == 3


@pytest.mark.parametrize(("query", "stays"), [
    ("", True), ("q=nuoi+tom", True), ("q=NUÔI", True), ("q=7%2FTB", True), ("q=trong+lua", False), ("status=open", True), ("status=past", False), ("sector=1", True), ("sector=5", False),
    ("mode=direct", False), ("kind=DT_CN", True), ("kind=DT_XH", False), ("year=2026", True), ("status=nonsense&mode=x&year=abc&after=%%%", True), ("q=%25", False), ("q=%00", True),
])  # fmt: skip
def test_the_list_is_filtered_by_the_address(anonymous, shown, query, stays):
    assert ("7/TB-SKHCN" in anonymous.page(f"/public/calls?{query}").text) is stays


def test_the_sheet_holds_what_the_list_shows(anonymous, shown):
    sheet = load_workbook(io.BytesIO(anonymous.get("/public/calls.xlsx").data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2 and "7/TB-SKHCN" in rows[1]
    assert len(list(load_workbook(io.BytesIO(anonymous.get("/public/calls.xlsx?q=lua").data)).active.iter_rows())) == 1


def test_blank_forms_are_word_files_of_the_list_that_the_call_keeps(anonymous, shown):
    page = anonymous.page(f"/public/calls/{shown}")
    links = [a["href"] for a in page.select('main a[href*="/forms/"]')]
    assert len(links) == 7
    for link in links:
        answer = anonymous.get(link)
        document = Document(io.BytesIO(answer.data))
        assert any(p.text for p in document.paragraphs) and "attachment" in answer.headers["Content-Disposition"], link
    work = Document(io.BytesIO(anonymous.get(f"/public/calls/{shown}/forms/work-DT_CN.docx").data))
    assert "Tổng quan tình hình nghiên cứu, luận giải" in str([p.text for p in work.paragraphs]) and "Mức chất lượng cần đạt" in work.element.xml
    for code in ("legal_status", "nothing", "work-XX", "..%2fpi_cv"):
        assert anonymous.get(f"/public/calls/{shown}/forms/{code}.docx").status_code == 404, code


@pytest.mark.parametrize("place", ["/public/calls", "/public/calls/{}", "/public/calls.ics", "/public/calls.atom", "/api/v1/calls"])
def test_visitors_get_kept_answers_with_an_etag(anonymous, shown, place):
    answer = anonymous.get(place.format(shown))
    assert answer.headers["Cache-Control"] == "public, max-age=60" and "Set-Cookie" not in answer.headers
    assert anonymous.get(place.format(shown), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_form_for_visitors_is_not_kept(anonymous, shown):
    assert "public" not in anonymous.get(f"/public/calls/{shown}/ask").headers["Cache-Control"]


def test_the_cost_does_not_grow(anonymous, cast, at, count_queries):
    costs = []
    for n in range(3):
        for _more in range(n + 1):
            topic = ideas.approved_topic(cast, item="1.8", title=f"T {n} {_more}", at=at - 60 * DAY)
            row = play.published_call(cast, topics=[topic], at=at)
            question = actions.ask(row, text="Hỏi gì?", by=cast["pi1"], at=at, limit=100)
            actions.answer(question, wording="Hỏi gì?", text="Có.", by=cast["officer"], at=at)
        pid = row.public_id
        database.session.commit()
        costs.append([count_queries(lambda u=u: anonymous.get(u)) for u in ("/public/calls", f"/public/calls/{pid}", "/public/calls.ics", "/public/calls.atom", "/api/v1/calls", "/")])
    assert costs[1] == costs[2]
