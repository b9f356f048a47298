"""The pages around a notice: typed dates, days off, copying, corrections, questions, following, kept searches, the rehearsal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.across.demo.plays import calls as play
from app.across.demo.plays import ideas
from app.kernel.clock import ZONE, at_local
from app.kernel.db import db as database
from app.kernel.journal import JournalEntry
from app.stages.calls import actions, queries
from app.stages.calls.models import Call
from app.stages.calls.rules import CallState
from app.stages.ideas.rules import Mode
from tests.support.kept import kept as kept_copy

DAY = timedelta(days=1)


@pytest.fixture
@kept_copy
def topics(cast, at):
    return [ideas.approved_topic(cast, item="1.8", title=f"Đề tài {n}", at=at - 60 * DAY, ceiling=900_000_000) for n in range(2)]


def kept(row):
    database.session.commit()
    return row.public_id


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


@pytest.mark.parametrize(("typed", "sentence"), [
    ("30/02/2026 17:00", "Không có ngày này: 30/02/2026"), ("01/01/8021 17:00", "Năm 8021 không hợp lý"), ("01/01/1900 17:00", "đã qua"),
    ("04/05/2020 17:00", "Hạn 04/05/2020 17:00 đã qua"), ("01/01/1899 17:00", "Năm 1899 không hợp lý"), ("04/05/2028 17:00", "quá xa"), ("mai", "ví dụ 18/06/2026 17:00"), ("", "Hãy điền"),
    ("04/05/2026 25:00", "ví dụ 18/06/2026 17:00"), ("<script>", "ví dụ 18/06/2026 17:00"),
])  # fmt: skip
def test_every_impossible_deadline_gets_its_sentence_beside_the_field(as_, topics, typed, sentence):
    pids = [kept(t) for t in topics]
    page = soup(as_("officer").submit("/calls/new", {"title": "T", "topics": pids, "deadline": typed}, status=422))
    assert sentence in page.select_one("#deadline-error").text and page.select_one("#deadline")["value"] == typed
    assert page.select_one("#title")["value"] == "T" and database.session.scalar(select(func.count(Call.id))) == 0


@pytest.mark.parametrize(("field", "typed", "sentence"), [
    ("questions_until", "09/04/2026 09:00", "phải trước hạn nộp"), ("briefing_at", "01/03/2026 09:00", "đã qua"), ("opening_at", "01/04/2026 09:00", "phải sau mốc"),
    ("council_on", "31/04/2026", "Không có ngày này"), ("notify_on", "03/04/2026", "phải sau mốc"), ("notify_on", "03/04/8026", "Năm 8026"),
])  # fmt: skip
def test_so_does_every_other_milestone(as_, topics, field, typed, sentence):
    pid = kept(topics[0])
    page = soup(as_("officer").submit("/calls/new", {"title": "T", "topics": [pid], field: typed}, status=422))
    assert sentence in page.select_one(f"#{field}-error").text and page.select_one(f"#{field}")["value"] == typed


@pytest.mark.parametrize(("typed", "sentence"), [("01/01/1990", "trước quyết định"), ("03/03/2026", "tương lai"), ("30/02/2026", "Không có ngày này"), ("", "Hãy điền")])
def test_a_notice_of_an_impossible_day(as_, cast, topics, at, typed, sentence):
    pid = kept(play.drafted_call(cast, topics=topics, at=at))
    page = soup(as_("officer").submit(f"/calls/{pid}/publish", {"number": "7", "agree": "y", "dated": typed}, status=422))
    assert sentence in page.select_one("#dated-error").text and queries.call_by_pid(pid).state == CallState.DRAFT


def test_a_topic_in_two_open_calls_is_refused_by_name(as_, cast, topics, at):
    kept(play.published_call(cast, topics=topics[:1], at=at))
    other = kept(play.drafted_call(cast, topics=topics[1:], at=at))
    officer = as_("officer")
    assert topics[0].public_id not in str(officer.page(f"/calls/{other}/edit")), "it is not even offered"
    twin = kept(play.drafted_call(cast, topics=topics[1:], at=at))
    officer.submit(f"/calls/{other}/publish", {"number": "8/TB", "agree": "y"})
    page = soup(officer.submit(f"/calls/{twin}/publish", {"number": "9/TB", "agree": "y"}, status=409))
    assert f"{topics[1].code} không sẵn sàng" in page.text


def test_a_deadline_on_a_sunday_is_warned_of_and_moved_with_one_button(as_, cast, topics, at):
    row = play.drafted_call(cast, topics=topics, at=at)
    actions.revise(row, {"deadline": at_local(date(2026, 4, 5), 17)}, by=cast["officer"], at=at)
    pid = kept(row)
    officer = as_("officer")
    for url in (f"/calls/{pid}", f"/calls/{pid}/edit", f"/calls/{pid}/publish"):
        assert "Chủ nhật, 05/04/2026" in officer.page(url).text and "Thứ Hai, 06/04/2026 17:00" in officer.page(url).text, url
    officer.submit(f"/calls/{pid}/move-deadline")
    assert queries.call_by_pid(pid).deadline == at_local(date(2026, 4, 6), 17) and "ngày nghỉ" not in officer.page(f"/calls/{pid}").text
    assert officer.get(f"/calls/{pid}/move-deadline").status_code == 404


def test_a_past_call_is_copied_with_dates_anew(as_, cast, topics, at, travel):
    row = play.drafted_call(cast, topics=topics, at=at, title="Tuyển chọn năm ngoái")
    actions.revise(row, {"note": "Nộp 01 bộ gốc", "briefing_place": "Hội trường A"}, by=cast["officer"], at=at)
    play.publish(cast, call=row, at=at)
    actions.call_off(row, "Thử lại", document="12/UBND", by=cast["leader"], at=at + DAY)
    pid = kept(row)
    travel.move_to(at + 100 * DAY)
    officer = as_("officer")
    page = officer.page(f"/calls/new?copy={pid}")
    assert page.select_one("#title")["value"] == "Tuyển chọn năm ngoái" and page.select_one("#briefing_place")["value"] == "Hội trường A"
    assert len(page.select("input[name=topics][checked]")) == 2, "the topics are free again, so they are ticked"
    answer = officer.submit(f"/calls/new?copy={pid}", {"topics": [t.public_id for t in topics]})
    copy = queries.call_by_pid(answer.location.rsplit("/", 1)[-1])
    assert (copy.note, copy.place, copy.state, copy.round, copy.number) == ("Nộp 01 bộ gốc", play.PLACE, CallState.DRAFT, 1, None)
    assert copy.deadline > at + 130 * DAY and copy.opening_at > copy.deadline
    assert officer.get("/calls/new?copy=nothing").status_code == 404


def test_dates_nobody_touched_go_along_with_the_deadline(as_, cast, topics, at):
    officer = as_("officer")
    page = officer.page("/calls/new")
    offered = {name: page.select_one(f"#{name}")["value"] for name in ("questions_until", "briefing_at", "opening_at", "council_on", "notify_on")}
    typed = {"title": "Đợt hạn dài", "topics": [topics[0].public_id], "deadline": "29/05/2026 17:00", "notify_on": "30/10/2026"}
    row = queries.call_by_pid(officer.submit("/calls/new", typed).location.rsplit("/", 1)[-1])
    assert row.deadline == at_local(date(2026, 5, 29), 17) < row.opening_at and row.notify_on == date(2026, 10, 30), "what was typed stands"
    assert f"{row.questions_until.astimezone(ZONE):%d/%m/%Y %H:%M}" != offered["questions_until"] and row.questions_until > at_local(date(2026, 5, 1), 0)
    assert f"{row.briefing_at.astimezone(ZONE):%d/%m/%Y %H:%M}" == offered["briefing_at"], "the briefing is near the beginning"
    opening = row.opening_at
    page = officer.page(officer.submit(f"/calls/{row.public_id}/edit", {"deadline": "05/06/2026 17:00", "council_on": "01/07/2026"}).location)
    row = queries.call_by_pid(row.public_id)
    assert row.opening_at == opening + 7 * DAY and row.council_on == date(2026, 7, 1)
    assert "đi theo hạn" in page.text and "Mở hồ sơ" in page.text
    for odd in ("01/03/2026 17:00", "30/12/2199 17:00"):
        page = soup(officer.submit(f"/calls/{row.public_id}/edit", {"deadline": odd}, status=422))
        assert page.select_one("#deadline-error") and "đi theo hạn" not in page.text
        assert soup(officer.submit("/calls/new", typed | {"deadline": odd}, status=422)).select_one("#deadline-error")


def test_a_draft_whose_deadline_has_gone_by_is_told_so(as_, cast, topics, at, travel):
    row = play.drafted_call(cast, topics=topics, at=at)
    actions.revise(row, {"deadline": at_local(date(2026, 4, 5), 17)}, by=cast["officer"], at=at)
    pid = kept(row)
    travel.move_to(at + 60 * DAY)
    officer = as_("officer")
    for url in (f"/calls/{pid}", f"/calls/{pid}/edit", f"/calls/{pid}/publish"):
        said = officer.page(url).select_one(".panel-warn").text
        assert "đã qua" in said and "ngày nghỉ" not in said, url


def test_a_topic_of_another_draft_is_named_where_it_is_ticked(as_, cast, topics, at):
    first = kept(play.drafted_call(cast, topics=topics[:1], at=at, title="Bản đang soạn"))
    officer = as_("officer")
    for url in ("/calls/new", f"/calls/new?copy={first}"):
        labels = {i["value"]: i.find_parent("label") or officer_label(i) for i in officer.page(url).select("input[name=topics]")}
        assert "đã ở trong bản nháp “Bản đang soạn”" in labels[topics[0].public_id].text and "bản nháp" not in labels[topics[1].public_id].text, url
    assert "đã ở trong bản nháp" not in officer.page(f"/calls/{first}/edit").text, "its own draft is no other"


def officer_label(control):
    """The label of a control that is not inside it."""
    return next(label for label in control.find_all_next("label") if label.get("for") == control["id"])


def test_a_correction_is_public_with_reason_and_paper(as_, anonymous, cast, topics, at):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    officer = as_("officer")
    page = soup(officer.submit(f"/calls/{pid}/correct", {"place": "Phòng 2"}, status=422))
    assert page.select_one("#reason-error") and page.select_one("#document-error") and page.select_one("#place").text.strip() == "Phòng 2"
    officer.submit(f"/calls/{pid}/correct", {"document": "31/TB-SKHCN", "reason": "Chưa sửa gì"}, status=422)
    officer.submit(f"/calls/{pid}/correct", {"place": "Phòng 2", "document": "31/TB-SKHCN", "reason": "Sửa chữa <b>trụ sở</b>"})
    page = anonymous.page(f"/public/calls/{pid}")
    event = page.select_one(".timeline li")
    assert event.select_one("del").text == play.PLACE and event.select_one("ins").text == "Phòng 2" and "31/TB-SKHCN" in event.text
    assert "Sửa chữa <b>trụ sở</b>" in event.text, "shown as it was typed"
    assert as_("pi1").get(f"/calls/{pid}/correct").status_code == 403


def test_an_extension_by_two_is_told_to_all_on_the_public_page(as_, anonymous, cast, topics, at):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    as_("officer").submit(f"/calls/{pid}/extend", {"deadline": "18/04/2026 17:00", "document": "45/TTr", "reason": "Cổng gián đoạn"})
    assert "Cổng gián đoạn" not in anonymous.page(f"/public/calls/{pid}").text
    assert "Thứ Bảy" in as_("officer").page(f"/calls/{pid}").text, "who proposed it sees that it is a day off"
    as_("officer").submit(f"/calls/{pid}/extension", {"agree": "y"}, status=403)
    leader = as_("leader")
    assert "Thứ Bảy" in leader.page(f"/calls/{pid}/extension").text, "the second person sees that it is a day off"
    leader.submit(f"/calls/{pid}/extension", {"agree": "y"})
    text = anonymous.page(f"/public/calls/{pid}").select_one(".timeline").text
    assert "06/04/2026 17:00" in text and "18/04/2026 17:00" in text and "45/TTr" in text and "Cổng gián đoạn" in text


def test_a_question_goes_from_a_visitor_to_everybody(as_, anonymous, cast, topics, at, mails):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    page = soup(anonymous.submit(f"/public/calls/{pid}/ask", {"text": "Tôi là Trần Văn Bí Mật, hỏi về kinh phí", "email": "khong"}, status=422))
    assert page.select_one("#email-error") and "Bí Mật" in page.select_one("#text").text
    anonymous.submit(f"/public/calls/{pid}/ask", {"text": "Tôi là Trần Văn Bí Mật, hỏi về kinh phí", "email": "bimat@example.org"})
    assert "Bí Mật" not in anonymous.page(f"/public/calls/{pid}").text, "not before it is answered"
    officer = as_("officer")
    assert "Bí Mật" in officer.page("/desk/").text and "Bí Mật" not in as_("leader").page("/desk/").text
    assert "(1)" in officer.page(f"/calls/{pid}").select_one(".next-step").text
    page = officer.page(f"/calls/{pid}/questions")
    assert "bimat@example.org" not in page.text
    link = page.select_one("main table a")["href"]
    officer.submit(link, {"wording": "", "answer": "Theo danh mục."}, status=422)
    officer.submit(link, {"wording": "Kinh phí lấy từ đâu?", "answer": "Theo <i>danh mục</i>."})
    text = anonymous.page(f"/public/calls/{pid}").text
    assert "Kinh phí lấy từ đâu?" in text and "Theo <i>danh mục</i>." in text and "Bí Mật" not in text
    assert [m.to_address for m in mails() if m.template == "calls/mail/answered.txt"] == ["bimat@example.org"]
    for account in ("pi1", "leader", "auditor"):
        assert as_(account).get(f"/calls/{pid}/questions").status_code == 403


def test_too_many_questions_are_refused_kindly(anonymous, cast, topics, at):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    for n in range(5):
        anonymous.submit(f"/public/calls/{pid}/ask", {"text": f"Câu hỏi số {n}, xin trả lời", "email": f"a{n}@example.org"})
    page = soup(anonymous.submit(f"/public/calls/{pid}/ask", {"text": "Câu hỏi thứ sáu", "email": "b@example.org"}, status=429))
    assert "Câu hỏi thứ sáu" in page.select_one("#text").text


def test_saving_a_search_and_ending_it_by_its_link(as_, anonymous, cast, topics, at, mails, app):
    assert anonymous.get("/calls/searches/new?q=de+tai").status_code == 302, "a visitor signs in first"
    client = as_("pi2")
    client.submit("/calls/searches/new?q=%C4%91%E1%BB%81+t%C3%A0i&status=open&sort=-deadline&evil=1")
    page = client.page("/calls/searches")
    assert "“đề tài”" in page.text and "evil" not in str(page) and "status" not in page.select_one("main table a")["href"]
    kept(play.published_call(cast, topics=topics, at=at))
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
    body = next(m.body for m in mails() if m.template == "calls/mail/matches.txt")
    link = "/public/calls/unsubscribe/" + body.rsplit("/unsubscribe/", 1)[1].split()[0]
    assert anonymous.get(link).status_code == 200 and client.page("/calls/searches").select("main table"), "looking ends nothing: mail programs look"
    anonymous.submit(link)
    assert not client.page("/calls/searches").select("main table") and anonymous.get(link).status_code == 404


def test_nobody_takes_out_somebody_elses_search(as_, cast, at):
    pid = kept(actions.save_search("q=x", by=cast["pi2"], at=at))
    assert as_("pi3").get(f"/calls/searches/{pid}/drop").status_code == 404
    as_("pi2").submit(f"/calls/searches/{pid}/drop")
    assert queries.searches_of(cast["pi2"]) == []


def test_following_and_not_any_more(as_, cast, topics, at):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    draft = kept(play.drafted_call(cast, topics=[ideas.approved_topic(cast, item="1.8", title="Khác", at=at - 60 * DAY)], at=at))
    client = as_("pi1")
    client.submit(f"/calls/{pid}/follow")
    assert queries.follows(cast["pi1"], queries.call_by_pid(pid))
    client.submit(f"/calls/{pid}/follow")
    assert not queries.follows(cast["pi1"], queries.call_by_pid(pid)) and client.get(f"/calls/{draft}/follow").status_code == 404


def test_the_rehearsal_shows_the_whole_path_and_stores_nothing(as_, cast, topics, at):
    pid = kept(play.drafted_call(cast, topics=topics, at=at, title="Thông báo thử"))
    officer = as_("officer")
    before = database.session.scalar(select(func.count(JournalEntry.seq)))
    page = officer.page(f"/calls/{pid}/try")
    assert "Chế độ xem thử" in page.text and "B1-4-LLCN" in page.text and "Đề tài 1" in page.text and not page.select("main form")
    link = page.select_one(".next-step a")["href"]
    page = officer.page(link)
    assert "Tổng quan tình hình nghiên cứu" in page.text and "Hồ sơ pháp lý" in page.text
    told = officer.page(f"{link}?title=T&aim=A&months=12&budget=950.000.000&pi=1").text
    assert "vượt" in told and "Thiếu tài liệu" in told or "Cần nộp" in told or "tài liệu bắt buộc" in told
    ticks = "&".join([f"{i['name']}=1" for i in page.select("input[type=checkbox]") if i["name"] != "late"])
    assert "Đầy đủ" in officer.page(f"{link}?title=T&aim=A&months=12&budget=900.000.000&{ticks}").text
    assert officer.get(f"{link}?budget=9999999999999999999&months=-1&title=%3Cb%3E&aim=%00").status_code == 200
    assert database.session.scalar(select(func.count(JournalEntry.seq))) == before and queries.call_by_pid(pid).state == CallState.DRAFT
    for account in ("pi1", "leader", "auditor"):
        assert as_(account).get(f"/calls/{pid}/try").status_code == 403


def test_rules_are_told_in_words(as_, cast, topics, at):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    text = as_("officer").page(f"/calls/{pid}").text
    assert "7 ngày làm việc" in text and "Áp dụng từ 01/01/1990" in text
    for raw in ("calls.opening_days", "proposals.", "post_office_arrival_stamp", "min_open_days", "selection.sheet"):
        assert raw not in text, raw
    assert "calls.min_open_days" not in as_("officer").page("/calls/new").text


def test_only_the_invited_may_begin(as_, anonymous, cast, at):
    given = ideas.approved_topic(cast, item="1.8", title="Giao", at=at - 60 * DAY, mode=Mode.DIRECT, assigned=cast.org("host2"))
    row = play.published_call(cast, topics=[given], at=at)
    pid, topic = kept(row), queries.topics_of(row)[0].public_id
    text = anonymous.page(f"/public/calls/{pid}").text
    assert "chỉ Viện Khoa học kỹ thuật Nông nghiệp miền Nam được nộp hồ sơ" in text
    assert not as_("pi1").page(f"/public/calls/{pid}").select(f'main a[href$="{topic}"]')
    assert as_("pi3").page(f"/public/calls/{pid}").select(f'main a[href$="{topic}"]')
    host = cast.org("host1").public_id
    as_("pi1").submit(f"/proposals/new/{topic}", {"host": host}, status=403)


def test_a_late_opening_is_shown_before_publication(as_, cast, topics, at):
    row = play.drafted_call(cast, topics=topics, at=at)
    actions.revise(row, {"opening_at": at_local(date(2026, 4, 30), 9)}, by=cast["officer"], at=at)
    pid = kept(row)
    assert "15/04/2026" in as_("officer").page(f"/calls/{pid}/publish").select_one(".check-bad").text
