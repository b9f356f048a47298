"""The pages of calls, as their people meet them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from app.across.demo import cast as people
from app.across.demo.plays import calls as play
from app.across.demo.plays import ideas
from app.kernel.db import db as database
from app.stages.calls import actions, queries
from app.stages.calls.rules import CallState, TopicOutcome
from app.stages.ideas.queries import free_topics
from app.stages.ideas.rules import Mode
from tests.support.browser import values_of
from tests.support.kept import kept as kept_copy

DAY = timedelta(days=1)


@pytest.fixture
@kept_copy
def topics(cast, at):
    return [ideas.approved_topic(cast, item="1.8", title=f"Đề tài {n}", at=at - 60 * DAY, ceiling=900_000_000) for n in range(2)]


def kept(row):
    """Commit; the public id of the row (rows themselves do not outlive a request of the test's browser)."""
    database.session.commit()
    return row.public_id


def form_on(text):
    return values_of(BeautifulSoup(text, "html.parser").select("main form[method=post]")[-1])


def test_a_form_refused_because_the_call_changed_carries_the_fresh_version(as_, cast, topics, at):
    pid = kept(play.drafted_call(cast, topics=topics, at=at))
    officer, other = as_("officer"), as_("officer2")
    before = form_on(str(other.page(f"/calls/{pid}/edit")))
    officer.submit(f"/calls/{pid}/edit", {"title": "Tên của người thứ nhất"})
    answer = other.post(f"/calls/{pid}/edit", data=before | {"title": "Tên của người thứ hai"})
    assert answer.status_code == 409 and "Tên của người thứ nhất" in answer.get_data(as_text=True)
    again = form_on(answer.get_data(as_text=True))
    assert again["title"] == "Tên của người thứ hai" and again["version"] != before["version"]
    assert other.post(f"/calls/{pid}/edit", data=again).status_code == 303
    assert reload(pid).title == "Tên của người thứ hai"


def reload(pid):
    return queries.call_by_pid(pid)


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def pid_of(answer):
    return answer.location.rsplit("/", 1)[-1]


def test_from_a_draft_to_the_next_round(as_, topics, travel, at):
    pids = [kept(t) for t in topics]
    officer = as_("officer")
    form = officer.page("/calls/new")
    assert "06/04/2026 17:00" in form.select_one("#deadline")["value"], "30 days and five more, at the hour of the rulebook"
    assert "TT 33/2014" in form.text
    pid = pid_of(officer.submit("/calls/new", {"title": "Tuyển chọn 2026", "topics": pids, "place": "Một cửa"}))
    assert as_("pi1").get(f"/calls/{pid}").status_code == 404, "a draft is not shown to applicants"
    officer.submit(f"/calls/{pid}/publish", {"number": "7/TB-SKHCN", "agree": "y"})
    page = as_("pi1").page(f"/calls/{pid}")
    assert "7/TB-SKHCN" in page.text and "06/04/2026 17:00" in page.text and "Đề tài 1" in page.text

    assert officer.submit(f"/calls/{pid}/open", {"present": "Nguyễn An; Sở KH&CN", "witnesses": "Lê Tâm; Thanh tra", "agree": "y"}, status=409)
    travel.move_to(at + 36 * DAY)
    officer = as_("officer")
    officer.submit(f"/calls/{pid}/open", {"present": "Nguyễn An; Sở KH&CN", "witnesses": "Lê Tâm; Thanh tra", "agree": "y"})
    assert [ct.outcome for ct in queries.topics_of(reload(pid))] == [TopicOutcome.NO_DOSSIER] * 2
    officer.submit(f"/calls/{pid}/conclude")
    again = pid_of(officer.submit(f"/calls/{pid}/again", {"topics": [ct.public_id for ct in queries.topics_of(reload(pid))][:1]}))
    assert (reload(again).round, reload(again).state, reload(pid).state) == (2, CallState.DRAFT, CallState.CONCLUDED)
    assert f"/calls/{pid}" in str(officer.page(f"/calls/{again}"))


def test_the_worker_closes(app, cast, topics, at, travel):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    travel.move_to(at + 36 * DAY)
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
    database.session.expire_all()
    assert reload(pid).state == CallState.CLOSED


def test_bad_input_is_told_beside_the_field_and_nothing_is_lost(as_, topics):
    pids = [kept(t) for t in topics]
    officer = as_("officer")
    page = soup(officer.submit("/calls/new", {"title": "Tuyển chọn 2026", "topics": pids[:1], "deadline": "31/02/2026 17:00", "note": "Nộp 01 bộ"}, status=422))
    assert page.select_one("#deadline-error") and page.select_one("#deadline")["value"] == "31/02/2026 17:00"
    assert page.select_one("#note").text.strip() == "Nộp 01 bộ"
    assert [i["value"] for i in page.select("input[name=topics][checked]")] == pids[:1]
    page = soup(officer.submit("/calls/new", {"title": "T", "topics": ["foreign"]}, status=422))
    assert page.select(".error-summary")
    page = soup(officer.submit("/calls/new", {"title": "T"}, status=422))
    assert page.select('.error-summary a[href="#topics"]')


def test_too_short_a_call_is_refused_with_the_first_good_day(as_, cast, topics, at):
    pid = kept(play.drafted_call(cast, topics=topics, at=at, days=29))
    officer = as_("officer")
    assert officer.page(f"/calls/{pid}/publish").select(".check-bad")
    answer = officer.submit(f"/calls/{pid}/publish", {"number": "7/TB-SKHCN", "agree": "y"}, status=422)
    assert "01/04/2026" in soup(answer).text and soup(answer).select_one("#number")["value"] == "7/TB-SKHCN"
    assert reload(pid).state == CallState.DRAFT


def test_sending_a_form_twice_publishes_once(as_, cast, topics, at):
    pid = kept(play.drafted_call(cast, topics=topics, at=at))
    officer = as_("officer")
    form = officer.page(f"/calls/{pid}/publish").select("main form[method=post]")[-1]
    data = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")} | {"number": "7", "dated": "02/03/2026", "agree": "y"}
    first, second = (officer.post(f"/calls/{pid}/publish", data=data) for _ in range(2))
    assert (first.status_code, second.status_code, second.location) == (303, 303, first.location)
    assert officer.submit(f"/calls/{pid}/publish", {"number": "8", "agree": "y"}, status=409)


def test_a_stale_draft_is_not_overwritten(as_, cast, topics, at):
    pid = kept(play.drafted_call(cast, topics=topics, at=at))
    officer = as_("officer")
    form = officer.page(f"/calls/{pid}/edit").select("main form[method=post]")[-1]
    old = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}
    officer.submit(f"/calls/{pid}/edit", {"title": "Người thứ nhất"})
    answer = officer.post(f"/calls/{pid}/edit", data=old | {"title": "Người thứ hai", "deadline": "30/04/2026 17:00", "topics": [t.public_id for t in free_topics()]})
    assert answer.status_code == 409 and "Người thứ hai" in answer.get_data(as_text=True)
    assert reload(pid).title == "Người thứ nhất"


def test_an_extension_needs_two_people(as_, cast, topics, at):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    officer = as_("officer")
    assert officer.get(f"/calls/{pid}/extension").status_code == 404, "nothing to confirm yet"
    officer.submit(f"/calls/{pid}/extend", {"deadline": "01/04/2026 17:00", "document": "45/TTr", "reason": "Cổng gián đoạn"}, status=422)
    officer.submit(f"/calls/{pid}/extend", {"deadline": "13/04/2026 17:00", "document": "45/TTr", "reason": "Cổng gián đoạn"})
    assert "Cổng gián đoạn" not in as_("pi1").page(f"/calls/{pid}").text, "a proposal is not told before it holds"
    officer.submit(f"/calls/{pid}/extension", {"agree": "y"}, status=403)
    leader = as_("leader")
    leader.submit(f"/calls/{pid}/extension", {}, status=422)
    leader.submit(f"/calls/{pid}/extension", {"agree": "y"})
    page = as_("pi1").page(f"/calls/{pid}")
    assert "13/04/2026 17:00" in page.text and "Cổng gián đoạn" in page.text
    assert len(reload(pid).extensions) == 1


def test_a_second_person_may_refuse(as_, cast, topics, at):
    call = play.published_call(cast, topics=topics, at=at)
    actions.propose_extension(call, deadline=call.deadline + DAY, reason="r", document="45/TTr", by=cast["officer"], at=at)
    pid = kept(call)
    leader = as_("leader")
    leader.submit(f"/calls/{pid}/extension/refuse", {"reason": ""}, status=422)
    leader.submit(f"/calls/{pid}/extension/refuse", {"reason": "Không có căn cứ"})
    assert queries.waiting_extension(reload(pid)) is None and leader.get(f"/calls/{pid}/extension").status_code == 409


def test_a_call_is_cancelled_with_a_reason(as_, cast, topics, at):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    as_("officer").submit(f"/calls/{pid}/call-off", {}, status=403)
    leader = as_("leader")
    page = soup(leader.submit(f"/calls/{pid}/call-off", {"reason": " ", "document": "abc"}, status=422))
    assert page.select_one("#reason-error") and page.select_one("#agree-error")
    page = soup(leader.submit(f"/calls/{pid}/call-off", {"reason": "Thay đổi", "document": "abc", "agree": "y"}, status=422))
    assert page.select_one("#document-error") and page.select_one("#reason").text.strip() == "Thay đổi"
    leader.submit(f"/calls/{pid}/call-off", {"reason": "Thay đổi chủ trương", "document": "1207/UBND", "agree": "y"})
    assert reload(pid).state == CallState.CANCELLED and len(free_topics(Mode.SELECTION)) == 2
    assert "Thay đổi chủ trương" in as_("pi1").page(f"/calls/{pid}").text, "who had the link reads why"


@pytest.mark.parametrize(("page", "may"), [
    ("edit", {"officer"}), ("publish", {"officer"}), ("extend", {"officer", "leader"}), ("open", {"officer"}), ("conclude", {"officer"}),
    ("cancel", {"officer"}), ("call-off", {"leader"}), ("again", {"officer"}),
])  # fmt: skip
def test_who_may_open_which_act(as_, cast, topics, at, page, may):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    for account in ("officer", "leader", "province", "auditor", "pi1", "host1", "agency1", "finance", "admin"):
        status = as_(account).get(f"/calls/{pid}/{page}").status_code
        now = 200 if page in ("extend", "call-off") else 409  # the others have their time before or after
        assert status == (now if account in may else 403), account


@pytest.mark.parametrize("account", ["officer", "leader", "province", "auditor", "pi1", "host1", "agency1", "finance", "admin", "member1"])
def test_everyone_sees_a_published_call_and_only_the_house_a_draft(as_, cast, topics, at, account):
    shown = kept(play.published_call(cast, topics=topics[:1], at=at))
    draft = kept(play.drafted_call(cast, topics=topics[1:], at=at, title="Bản nháp bí mật"))
    client = as_(account)
    house = account in ("officer", "leader", "province", "auditor")
    assert client.get(f"/calls/{shown}").status_code == 200
    assert client.get(f"/calls/{draft}").status_code == (200 if house else 404)
    assert ("Bản nháp bí mật" in client.page("/calls/").text) is house
    assert client.get("/calls/nothing").status_code == 404


def test_the_number_of_dossiers_is_not_told_before_the_deadline(as_, cast, topics, at):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    page = as_("officer").page(f"/calls/{pid}/open", status=409)
    assert not page.select("main table") and not page.select("main form[method=post]")


def test_the_list_is_filtered_by_the_address(as_, cast, topics, at):
    kept(play.published_call(cast, topics=topics, at=at, title="Tuyển chọn nhiệm vụ nông nghiệp"))
    client = as_("pi1")
    for query, stays in (("q=nong+nghiep", True), ("q=y+te", False), ("state=published", True), ("state=draft", False), ("mode=direct", False),
                         ("year=2026&mode=selection", True), ("state=nonsense", True)):  # fmt: skip
        assert ("nông nghiệp" in client.page(f"/calls/?{query}").text) is stays, query
    assert client.get("/calls/calls.xlsx").data[:2] == b"PK"


def test_pages_cost_the_same_for_one_and_three(as_, at, count_queries):
    officer, pi = as_("officer"), as_("pi1")
    costs, made = [], 0
    for wanted in (1, 3):
        cast = people.load()
        while made < wanted:
            topic = [ideas.approved_topic(cast, item="1.8", title=f"Đề tài {made} {n}", at=at - 60 * DAY) for n in range(wanted)]
            pid = kept(play.published_call(cast, topics=topic, at=at))
            made += 1
        ideas.approved_topic(cast, item="1.8", title=f"Tự do {wanted}", at=at - 60 * DAY)
        database.session.commit()
        costs.append([count_queries(lambda c=c, u=u: c.page(u)) for c, u in (
            (officer, "/calls/"), (pi, "/calls/"), (officer, f"/calls/{pid}"), (pi, f"/calls/{pid}"), (officer, f"/calls/{pid}/extend"), (officer, "/calls/new"))])  # fmt: skip
    assert costs[0] == costs[1]


def test_a_call_for_direct_assignment(as_, cast, at, db):
    pid = kept(ideas.approved_topic(cast, item="1.8", title="Giao", at=at - 60 * DAY, mode=Mode.DIRECT, assigned=cast.org("host2")))
    officer = as_("officer")
    assert officer.page("/calls/new").select_one(".empty"), "no topic for selection"
    page = officer.page("/calls/new?mode=direct")
    assert "Viện Khoa học kỹ thuật Nông nghiệp miền Nam" in page.text
    call = pid_of(officer.submit("/calls/new?mode=direct", {"title": "Giao trực tiếp", "topics": [pid]}))
    assert reload(call).mode == Mode.DIRECT
    assert "check-ok" in asked(officer, call)["class"]
    db.session.execute(db.text("UPDATE membership SET is_manager = false"))
    db.session.commit()
    assert "check-open" in asked(officer, call)["class"], "nobody there could sign the dossier off: told before it is published"


def asked(client, call):
    """The line about the account of the organisation that a topic is assigned to."""
    return next(line for line in client.page(f"/calls/{call}/publish").select(".checks li") if "Viện Khoa học" in line.text)


def test_pages_are_in_english_too(as_, cast, topics, at, db):
    pid = kept(play.published_call(cast, topics=topics, at=at))
    db.session.execute(db.text("UPDATE user_account SET locale = 'en' WHERE email LIKE 'pi1@%'"))
    db.session.commit()
    client = as_("pi1")
    assert "Calls for dossiers" in client.page("/calls/").text and "Receives dossiers now" in client.page(f"/calls/{pid}").text
