"""The pages of ideas and topics, as their people meet them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from app.across.demo import cast as people
from app.across.demo.plays import ideas as play
from app.stages.ideas import actions, queries
from app.stages.ideas.rules import IdeaState, Mode, Outcome, TopicState
from app.stages.plan import queries as plans

DAY = timedelta(days=1)
LONG = "Sản xuất đang thiếu quy trình phù hợp. Chi phí còn cao."


def filled():
    """What a person types into the order form."""
    cast = people.load()
    return {
        "title": "Nghiên cứu trồng chanh không hạt", "field": "agricultural", "kind": "DT_CN", "basis": "Kế hoạch 1821/KH-UBND", "need": LONG,
        "aim": "Có quy trình", "contents": "Khảo sát", "products": "01 quy trình", "effects": "Tăng 15%", "state_budget": "1.250.000.000",
        "duration_months": "24", "starts_on": "01/03/2027", "receiver": cast.org("agency1").public_id, "commitment": "Nhận và áp dụng",
        "committed_by": "Huỳnh Nông Nghiệp, Phó Giám đốc", "item": plans.item("1.8").public_id,
    }  # fmt: skip


def reload(pid):
    return queries.idea_by_pid(pid)


def kept(db, row):
    """Commit; the public id of the row (rows themselves do not outlive a request of the test's browser)."""
    db.session.commit()
    return row.public_id


def pid_of(answer):
    return answer.location.rsplit("/", 1)[-1]


def test_from_an_empty_form_to_the_approved_list(as_, cast, mails):
    pi = as_("pi1")
    pid = pid_of(pi.submit("/ideas/new", filled()))
    assert pi.page(f"/ideas/{pid}").select_one(".object-head .tag-grey")
    pi.submit(f"/ideas/{pid}/submit")
    assert [m.template for m in mails()] == ["ideas/mail/commitment_asked.txt", "ideas/mail/submitted.txt"]

    officer = as_("officer")
    officer.submit(f"/ideas/{pid}/identify", {"outcome": "do_with_changes", "final_title": "Tên sau hội đồng", "mode": "selection", "minutes_number": "1/BB",
                                              "minutes_dated": "02/03/2026", "ceiling": "900.000.000"})  # fmt: skip
    assert reload(pid).outcome == Outcome.DO_WITH_CHANGES
    assert "Tên sau hội đồng" not in pi.page(f"/ideas/{pid}").text, "a recommendation is not told before the decision"

    officer.submit("/ideas/put-forward", {"number": "89", "dated": "02/03/2026", "agree": "y", "ideas": [pid]}, status=422)  # without products, one by one
    officer.submit("/ideas/put-forward", {"number": "89", "dated": "02/03/2026", "agree": "y", "gaps": "y", "ideas": [pid]})
    province = as_("province")
    answer = province.submit("/ideas/decide", {"number": "4923", "dated": "02/03/2026", "agree": "y", "gaps": "y", "ideas": [pid]})
    assert answer.location.endswith("/topics/")
    page = pi.page("/topics/")
    assert "Tên sau hội đồng" in page.text and "4923/QĐ-UBND" in page.text
    topic = pi.page(page.select_one("tbody a")["href"])
    assert "Nghiên cứu trồng chanh không hạt" in topic.text and "900.000.000" in topic.text
    assert "Tên sau hội đồng" in pi.page(f"/ideas/{pid}").text
    assert [m.template for m in mails()][-2:] == ["ideas/mail/decided.txt", "ideas/mail/receiver_told.txt"]


def test_a_draft_may_have_gaps_but_not_be_submitted(as_, cast):
    pi = as_("pi1")
    pid = pid_of(pi.submit("/ideas/new", {"title": "Chỉ có tên"}))
    answer = pi.submit(f"/ideas/{pid}/submit", status=422)
    assert BeautifulSoup(answer.get_data(as_text=True), "html.parser").select(".error-summary")
    assert reload(pid).state == IdeaState.DRAFT


def test_bad_input_is_told_beside_the_field_and_nothing_is_lost(as_, cast):
    pi = as_("pi1")
    bad = filled() | {"state_budget": "một tỷ", "starts_on": "31/02/2027", "duration_months": "0", "title": ""}
    page = BeautifulSoup(pi.submit("/ideas/new", bad, status=422).get_data(as_text=True), "html.parser")
    assert {"state_budget", "starts_on", "duration_months", "title"} <= {a["href"][1:] for a in page.select(".error-summary a")}
    assert page.select_one("#state_budget")["value"] == "một tỷ" and page.select_one("#starts_on")["value"] == "31/02/2027"
    assert page.select_one("#need").text.strip() == LONG
    assert page.select_one("#receiver option[selected]")["value"] == bad["receiver"]
    page = BeautifulSoup(pi.submit("/ideas/new", filled() | {"year": "1999"}, status=422).get_data(as_text=True), "html.parser")
    assert page.select_one("#year-error") and page.select_one("#need").text.strip() == LONG


def test_sending_a_form_twice_gives_the_same_answer(as_, cast, mails):
    pi = as_("pi1")
    form = pi.page("/ideas/new").select("main form[method=post]")[-1]
    data = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")} | filled() | {
        "organisation": people.load().org("host1").public_id, "year": "2027"}  # fmt: skip
    first, second = pi.post("/ideas/new", data=data), pi.post("/ideas/new", data=data)
    assert (first.status_code, second.status_code) == (303, 303) and first.location == second.location
    pid = pid_of(first)
    form = pi.page(f"/ideas/{pid}/submit").select("main form[method=post]")[-1]
    data = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}
    assert [pi.post(f"/ideas/{pid}/submit", data=data).status_code for _ in range(2)] == [303, 303]
    assert len([m for m in mails() if m.template == "ideas/mail/submitted.txt"]) == 1


def test_the_second_to_save_keeps_the_text_and_is_told(as_, cast, at, db):
    idea = play.drafted_idea(cast, title="A", at=at)
    pid = kept(db, idea)
    pi = as_("pi1")
    form = pi.page(f"/ideas/{pid}/edit").select("main form[method=post]")[-1]
    old = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}
    pi.submit(f"/ideas/{pid}/edit", {"need": "của người thứ nhất"})
    data = old | filled() | {"organisation": people.load().org("host1").public_id, "year": "2027", "need": "của người thứ hai"}
    answer = pi.post(f"/ideas/{pid}/edit", data=data)
    assert answer.status_code == 409 and "của người thứ hai" in answer.get_data(as_text=True)
    assert reload(pid).need == "của người thứ nhất"


@pytest.mark.parametrize("page", ["", "/edit", "/submit", "/withdraw"])
def test_the_idea_of_another_is_not_there(as_, cast, at, db, page):
    idea = play.drafted_idea(cast, title="A", at=at)
    pid = kept(db, idea)
    url = f"/ideas/{pid}{page}"
    as_("pi1").page(url)
    for stranger in ("pi2", "pi3", "host1", "host2", "officer", "agency1"):
        assert as_(stranger).get(url).status_code == 404, stranger


def test_who_sees_a_submitted_idea(as_, cast, at, db):
    idea = play.submitted_idea(cast, item="1.8", title="Chanh không hạt", at=at)
    pid = kept(db, idea)
    url = f"/ideas/{pid}"
    for reader in ("pi1", "host1", "agency1", "officer", "leader", "province", "auditor"):
        assert as_(reader).get(url).status_code == 200, reader
        assert "Chanh không hạt" in as_(reader).page("/ideas/").text, reader
    for stranger in ("pi2", "pi3", "host2", "agency2", "finance", "member1", "admin"):
        assert as_(stranger).get(url).status_code == 404, stranger
        assert "Chanh không hạt" not in as_(stranger).page("/ideas/").text, stranger


@pytest.mark.parametrize(("page", "may"), [
    ("return", {"officer"}), ("link-item", {"officer"}), ("identify", {"officer"}), ("reject", {"province"}),
])  # fmt: skip
def test_who_may_open_which_act(as_, cast, at, db, page, may):
    pid = kept(db, play.identified_idea(cast, item="1.8", title="A", at=at - 20 * DAY))
    for account in ("officer", "leader", "province", "auditor", "pi1", "host1", "agency1", "finance", "admin"):
        status = as_(account).get(f"/ideas/{pid}/{page}").status_code
        opens = 409 if page == "return" else 200  # an identified idea is not returned: said to who otherwise might
        assert status == (opens if account in may else 403), account


def test_an_officer_returns_and_ties_an_idea(as_, cast, at, db, mails):
    pid = kept(db, play.submitted_idea(cast, item="1.8", title="A", at=at))
    officer = as_("officer")
    officer.submit(f"/ideas/{pid}/link-item", {"item": plans.item("2.1").public_id, "others": [plans.item("1.8").public_id]})
    found = reload(pid)
    assert (found.item.code, [i.code for i in found.other_items]) == ("2.1", ["1.8"])
    officer.submit(f"/ideas/{pid}/return", {"reason": ""}, status=422)
    officer.submit(f"/ideas/{pid}/return", {"reason": "Bổ sung"})
    assert reload(pid).state == IdeaState.RETURNED and "Bổ sung" in mails()[-1].body
    pi = as_("pi1")
    assert "Bổ sung" in pi.page(f"/ideas/{pid}").text
    pi.submit(f"/ideas/{pid}/withdraw", {"reason": "Không còn nhu cầu"})
    assert reload(pid).state == IdeaState.WITHDRAWN


def test_what_the_minutes_lack_is_told_beside_the_field(as_, cast, at, db):
    pid = kept(db, play.submitted_idea(cast, item="1.8", title="A", at=at))
    data = {"outcome": "do", "mode": "direct", "minutes_number": "1/BB", "minutes_dated": "02/03/2026"}
    answer = as_("officer").submit(f"/ideas/{pid}/identify", data, status=422)
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert page.select_one("#host-error") and page.select_one("#minutes_number")["value"] == "1/BB"
    assert page.select_one("input[name=mode][value=direct]").has_attr("checked")


def test_a_decision_without_ticks_or_with_a_taken_number(as_, cast, at, db):
    ideas = [play.identified_idea(cast, item="1.8", title=f"Ý tưởng {n}", at=at - 20 * DAY) for n in range(2)]
    later = at - DAY
    actions.approve_list(ideas[:1], number="7", dated=later.date(), by=cast["province"], at=later)
    pid = kept(db, ideas[1])
    province = as_("province")
    province.submit("/ideas/decide", {"number": "8", "dated": "02/03/2026", "ideas": [pid]}, status=422)  # no attestation
    answer = province.submit("/ideas/decide", {"number": "7", "dated": "02/03/2026", "agree": "y", "unasked": "y", "gaps": "y", "ideas": [pid]}, status=422)
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert page.select_one("#number-error") and page.select_one("#number")["value"] == "7"
    province.submit("/ideas/decide", {"number": "7", "dated": "02/03/2026", "agree": "y", "ideas": ["foreign"]}, status=422)


def test_the_province_refuses_and_drops_a_topic_by_a_decision(as_, cast, at, db, mails):
    topic = play.approved_topic(cast, item="1.8", title="B", at=at - 30 * DAY)
    pid, topic = kept(db, play.identified_idea(cast, item="1.8", title="A", at=at - 20 * DAY)), topic.public_id
    as_("province").submit(f"/ideas/{pid}/reject", {"reason": "Trùng"})
    assert reload(pid).state == IdeaState.REJECTED and "Trùng" in mails()[-1].body
    assert {as_(one).get(f"/topics/{topic}/drop").status_code for one in ("leader", "officer")} == {403}
    province, said = as_("province"), {"document": "1207/QĐ-UBND", "dated": "02/03/2026", "reason": "Hết nhu cầu", "agree": "y"}
    for bad in ({"document": "abc"}, {"dated": "01/01/1900"}, {"dated": "03/03/2026"}, {"reason": " "}, {"agree": ""}):
        province.submit(f"/topics/{topic}/drop", said | bad, status=422)
    assert queries.topic_by_pid(topic).state == TopicState.APPROVED
    province.submit(f"/topics/{topic}/drop", said)
    assert queries.topic_by_pid(topic).state == TopicState.DROPPED
    told = [m for m in mails() if m.template == "ideas/mail/topic_dropped.txt"]
    assert {m.to_address.split("@")[0] for m in told} == {"pi1", "agency1"} and "1207/QĐ-UBND" in told[0].body
    assert "1207/QĐ-UBND" in province.page(f"/topics/{topic}").text


def test_lists_are_filtered_by_the_address(as_, cast, at, db):
    for item, title in (("1.8", "Chanh không hạt"), ("2.1", "Cơ khí nhỏ")):
        play.approved_topic(cast, item=item, title=title, at=at - 40 * DAY)
    db.session.commit()
    officer = as_("officer")
    for url in ("/ideas/", "/topics/"):
        assert {"Chanh không hạt", "Cơ khí nhỏ"} <= set(officer.page(url).stripped_strings)
        for query, stays in (("q=khong+hat", True), ("sector=1", True), ("sector=2", False), ("state=approved", True), ("state=nonsense", True),
                             ("year=2027&q=chanh", True), ("year=2020", False)):  # fmt: skip
            assert ("Chanh không hạt" in officer.page(f"{url}?{query}").text) is stays, (url, query)
    assert "Chanh" in officer.page("/topics/?item=1.8&mode=selection").text
    assert "Chanh" not in officer.page("/ideas/?whose=mine").text
    for url in ("/ideas/ideas.xlsx", "/topics/topics.xlsx"):
        assert officer.get(url).data[:2] == b"PK"


def test_pages_cost_the_same_for_one_and_three(as_, cast, at, db, count_queries):
    officer, pi, province = as_("officer"), as_("pi1"), as_("province")
    costs, cast = [], people.load()
    for round_ in range(2):
        for n in range(2 * round_ + 1 - round_):
            play.approved_topic(cast, item="1.8", title=f"Đề tài {round_} {n}", at=at - 40 * DAY)
            play.identified_idea(cast, item="1.8", title=f"Ý tưởng {round_} {n}", at=at - 20 * DAY)
        db.session.commit()
        db.session.expunge_all()
        costs.append([count_queries(lambda c=c, u=u: c.page(u)) for c, u in (
            (officer, "/ideas/"), (pi, "/ideas/"), (pi, "/topics/"), (province, "/ideas/decide"))])  # fmt: skip
        cast = people.load()
    assert costs[0] == costs[1]


def test_a_person_without_organisation_is_told(as_, cast, at, db):
    db.session.execute(db.text("UPDATE membership SET to_date = '2020-01-01' WHERE user_id = :id"), {"id": cast["pi1"].id})
    db.session.commit()
    page = BeautifulSoup(as_("pi1").submit("/ideas/new", {"title": "A"}, status=422).get_data(as_text=True), "html.parser")
    assert page.select_one("#organisation-error")


def test_direct_topics_name_their_organisation(as_, cast, at, db):
    topic = play.approved_topic(cast, item="1.8", title="B", at=at - 30 * DAY, mode=Mode.DIRECT, assigned=cast.org("host2"))
    name, pid = cast.org("host2").name, kept(db, topic)
    assert name in as_("pi1").page(f"/topics/{pid}").text
