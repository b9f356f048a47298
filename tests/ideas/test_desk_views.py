"""The officer's way over the web: list, ticks, group, merger, council, passing on, products, calling again; double clicks and stale pages."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo import cast as people
from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as play
from app.kernel.clock import at_local, local
from app.kernel.errors import WrongState
from app.services.councils import queries as councils
from app.stages.calls import actions as call_acts
from app.stages.calls import queries as calls
from app.stages.calls.rules import CallState
from app.stages.ideas import actions, queries
from app.stages.ideas.actions import Identified
from app.stages.ideas.rules import IdeaState, Mode, Outcome, RedirectTo, TopicState
from tests.support.browser import content_of

DAY = timedelta(days=1)


@pytest.fixture
def three(cast, at, db):
    rows = [play.submitted_idea(cast, item=item, title=title, at=at - 20 * DAY, by=by)
            for item, title, by in (("1.8", "Tưới nhỏ giọt cho chanh", "pi1"), ("1.8", "Hệ thống tưới tự động", "pi3"), ("2.1", "Máy bóc vỏ đậu", "pi5"))]  # fmt: skip
    db.session.commit()
    return [r.public_id for r in rows]


def reload(pid):
    return queries.idea_by_pid(pid)


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def sent_as(client, url, data, status=303):
    """The same form sent twice, as a double click does."""
    form = client.page(url).select("main form[method=post]")[-1]
    hidden = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}
    answers = [client.post(form["action"], data=hidden | data) for _ in range(2)]
    assert [a.status_code for a in answers] == [status, status] and answers[0].location == answers[1].location
    return answers[0]


# --- the list -------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_and_searched_and_exported_as_it_is_shown(as_, cast, at, db, three):
    actions.group([reload(three[0])], "Tưới", by=cast["officer"], at=at)
    later = at - 5 * DAY
    actions.record_identification(reload(three[1]), Identified(Outcome.DO_WITH_CHANGES, title="Canh tác chính xác", mode=Mode.SELECTION), minutes_number="1",
                                  minutes_dated=local(later).date(), by=cast["officer"], at=later)  # fmt: skip
    actions.pass_on(reload(three[2]), RedirectTo.FUND, "Vay vốn", by=cast["officer"], at=at)
    group, body = queries.open_groups()[0].public_id, reload(three[2]).organisation.public_id
    db.session.commit()
    officer = as_("officer")
    wanted = {
        "q=chinh+xac": {1}, "q=CANH+TÁC": {1}, "q=tuoi": {0, 1}, "q=tự+động": {1}, "q=dong+tuoi": {1}, "state=submitted": {0}, "sector=1": {0, 1}, "item=2.1": {2},
        f"group={group}": {0}, "group=none": {1, 2}, f"organisation={body}": {2}, "outcome=to_fund": {2}, "outcome=selection": set(), "field=agricultural": {0, 1, 2},
        "field=medical": set(), "kind=DT_CN": {0, 1, 2}, "year=2027": {0, 1, 2}, "year=2020": set(), "q=%25": set(), "q=%3Cscript%3E": set(), "sort=-budget": {0, 1, 2},
    }  # fmt: skip
    for query, rows in wanted.items():
        page = officer.page(f"/ideas/?{query}")
        assert {n for n, pid in enumerate(three) if page.select(f"tbody a[href='/ideas/{pid}']")} == rows, query
        sheet = load_workbook(io.BytesIO(officer.get(f"/ideas/ideas.xlsx?{query}").data)).active
        assert sheet.max_row - 1 == len(rows), query


def test_a_recommended_title_does_not_leak_before_the_decision(as_, cast, at, db, three):
    later = at - 5 * DAY
    found = Identified(Outcome.DO_WITH_CHANGES, title="Tên mật chưa quyết", mode=Mode.SELECTION)
    actions.record_identification(reload(three[0]), found, minutes_number="1", minutes_dated=local(later).date(), by=cast["officer"], at=later)
    actions.group([reload(three[0])], "Nhóm mật", by=cast["officer"], at=at)
    db.session.commit()
    pi = as_("pi1")
    assert not pi.page("/ideas/?q=ten+mat").select("tbody tr")
    assert "mật" not in pi.page("/ideas/").text and "mật" not in pi.page(f"/ideas/{three[0]}").text
    book = load_workbook(io.BytesIO(pi.get("/ideas/ideas.xlsx").data)).active
    assert not any("mật" in str(c.value) for row in book.iter_rows() for c in row)
    for account in ("pi1", "host1", "agency1", "finance"):
        assert as_(account).get("/ideas/groups/").status_code == 403


def test_only_officers_have_tick_boxes(as_, three):
    assert as_("officer").page("/ideas/").select("tbody input[name=ideas]")
    for account in ("leader", "province", "auditor", "pi1"):
        assert not as_(account).page("/ideas/").select("input[name=ideas]"), account


# --- the journey ----------------------------------------------------------------------------------------------


def test_from_ticks_to_a_group_a_merger_and_one_council(as_, three, mails):
    officer = as_("officer")
    ticked = "&".join(f"ideas={pid}" for pid in three[:2])
    answer = sent_as(officer, f"/ideas/groups/new?{ticked}", {"ideas": three[:2], "title": "Tưới tiết kiệm", "note": "Cùng cây"})
    page = officer.page(answer.location)
    assert page.h1.text == "Tưới tiết kiệm" and len(page.select("tbody tr")) == 2 and len(queries.open_groups()) == 1
    officer.submit(f"/ideas/groups/new?ideas={three[2]}", {"ideas": [three[2]], "group": queries.open_groups()[0].public_id})
    officer.submit(f"{answer.location}/take-out/{three[2]}")
    assert len(officer.page(answer.location).select("tbody tr")) == 2

    answer = sent_as(officer, f"/ideas/merge?{ticked}", {"ideas": three[:2], "kept": three[0], "reason": "Trùng nhu cầu"})
    assert answer.location.endswith(three[0]) and reload(three[1]).state == IdeaState.MERGED
    assert sum(m.template == "ideas/mail/merged.txt" for m in mails()) == 2
    assert "Hệ thống tưới tự động" in officer.page(f"/ideas/{three[0]}").text
    assert "Tưới nhỏ giọt cho chanh" in as_("pi3").page(f"/ideas/{three[1]}").text
    assert as_("pi3").get(f"/ideas/{three[0]}").status_code == 404, "the kept idea of another stays closed"

    page = officer.page(f"/ideas/council?{ticked}&ideas={three[2]}")
    assert {i["value"] for i in page.select("input[name=ideas][checked]")} == {three[0], three[2]}, "a merged idea does not go by itself"
    answer = officer.submit(f"/ideas/council?{ticked}", {"title": "Hội đồng", "ideas": [three[0], three[2]]})
    row = councils.council_by_pid(answer.location.rsplit("/", 1)[-1])
    assert [i.subject_pid for i in row.agenda] == [three[0], three[2]]

    officer.submit(f"/ideas/{three[1]}/unmerge", {"reason": "Khác nhau"})
    assert reload(three[1]).state == IdeaState.SUBMITTED
    officer.submit(f"/ideas/groups/{queries.open_groups()[0].public_id}/dissolve")
    assert queries.open_groups() == []


def test_bad_choices_are_told_and_nothing_is_lost(as_, three):
    officer = as_("officer")
    page = soup(officer.submit(f"/ideas/merge?ideas={three[0]}", {"ideas": [three[0]], "kept": three[0], "reason": "Lý do đã viết"}, status=422))
    assert page.select_one("#ideas-error, .has-error") and page.select_one("#reason").text.strip() == "Lý do đã viết"
    officer.submit(f"/ideas/merge?ideas={three[0]}", {"ideas": ["foreign"], "kept": three[0]}, status=422)
    page = soup(officer.submit(f"/ideas/groups/new?ideas={three[0]}", {"ideas": [three[0]], "title": ""}, status=422))
    assert page.select_one("#title-error")
    officer.page("/ideas/groups/new")
    officer.page("/ideas/merge?ideas=nothing&ideas=%00")
    officer.page(f"/ideas/council?ideas={three[0]}&ideas=nothing")


@pytest.mark.parametrize(("path", "data", "state"), [
    ("pass-on", {"redirect_to": "enterprise", "reason": "Doanh nghiệp tự làm được", "passed_to": "Công ty <b>A</b>"}, IdeaState.REDIRECTED),
    ("turn-down", {"reason": "Trùng nhiệm vụ"}, IdeaState.REJECTED),
])  # fmt: skip
def test_an_idea_ends_on_the_desk(as_, three, mails, path, data, state):
    officer, url = as_("officer"), f"/ideas/{three[0]}/{path}"
    officer.submit(url, data | {"reason": ""}, status=422)
    sent_as(officer, url, data)
    assert reload(three[0]).state == state and data["reason"] in mails()[-1].body
    assert sum(m.template == "ideas/mail/decided.txt" for m in mails()) == 1
    assert data["reason"] in as_("pi1").page(f"/ideas/{three[0]}").text
    assert officer.get(url).status_code == 409, "said before anybody types it again"
    for account in ("leader", "province", "pi1", "auditor"):
        assert as_(account).get(url).status_code == 403, account


def test_who_looked_at_an_older_page_is_told(as_, three):
    officer, other = as_("officer"), as_("officer2")
    form = officer.page(f"/ideas/{three[0]}/turn-down").select("main form[method=post]")[-1]
    old = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}
    other.submit(f"/ideas/{three[0]}/products", {"kind": "I", "name": "Mô hình", "unit": "mô hình", "quantity": "2", "quality": ""})
    answer = officer.post(f"/ideas/{three[0]}/turn-down", data=old | {"reason": "Đã gõ"})
    assert answer.status_code == 409 and "Đã gõ" in answer.get_data(as_text=True)
    assert reload(three[0]).state == IdeaState.SUBMITTED


def test_products_are_written_row_by_row(as_, three):
    officer, url = as_("officer"), f"/ideas/{three[0]}/products"
    bad = {"kind": "I", "name": "Mô hình", "unit": "", "quantity": "0", "quality": "Tốt"}
    page = soup(officer.submit(url, bad, status=422))
    assert page.select_one("#unit-error") and page.select_one("#quantity-error") and content_of(page, "#name") == "Mô hình"
    sent_as(officer, url, bad | {"unit": "mô hình", "quantity": "2"})
    row = reload(three[0]).required
    assert [(p.name, p.quantity) for p in row] == [("Mô hình", 2)]
    officer.submit(f"{url}/{row[0].public_id}/remove")
    assert reload(three[0]).required == []


def test_a_decision_number_that_no_register_gives_out(as_, cast, at, db):
    idea = play.identified_idea(cast, item="1.8", title="A", at=at - 20 * DAY)
    db.session.commit()
    data = {"number": "abc/<b>", "dated": "02/03/2026", "agree": "y", "ideas": [idea.public_id]}
    page = soup(as_("province").submit("/ideas/decide", data, status=422))
    assert page.select_one("#number-error") and page.select_one("#number")["value"] == "abc/<b>"


def test_a_ceiling_far_above_is_told_beside_the_field(as_, three):
    officer, url = as_("officer"), f"/ideas/{three[0]}/identify"
    data = {"outcome": "do", "mode": "selection", "minutes_number": "1/BB", "minutes_dated": "02/03/2026", "ceiling": "9.000.000.000"}
    page = soup(officer.submit(url, data, status=422))
    assert page.select_one("#ceiling-error") and page.select_one("#ceiling")["value"] == "9.000.000.000"
    officer.submit(url, data | {"reason": "Mở rộng toàn tỉnh"})
    assert reload(three[0]).ceiling == 9_000_000_000


# --- topics ---------------------------------------------------------------------------------------------------


@pytest.fixture
def unanswered(cast, at, db):
    """A topic whose first call drew nobody."""
    topic = play.approved_topic(cast, item="1.8", title="Tưới nhỏ giọt", at=at - 100 * DAY)
    call = call_plays.opened_call(cast, call=call_plays.published_call(cast, topics=[topic], at=at - 60 * DAY))
    db.session.commit()
    return topic.public_id, call.public_id


def test_a_topic_is_called_again_in_one_click(as_, unanswered):
    pid, first = unanswered
    officer = as_("officer")
    page = officer.page(f"/topics/{pid}")
    assert page.select(f"a[href='/topics/{pid}/open-again']") and page.select(f"a[href='/calls/{first}']")
    answer = sent_as(officer, f"/topics/{pid}/open-again", {})
    again = calls.call_by_pid(answer.location.rsplit("/", 1)[-1])
    former = calls.call_by_pid(first)
    assert (again.round, again.before_id, again.mode, again.place, again.note) == (2, former.id, former.mode, former.place, former.note)
    assert again.title.endswith("(lần 2)") and [ct.topic.public_id for ct in again.topics] == [pid]
    page = officer.page(f"/topics/{pid}")
    assert page.select(f"aside a[href='/calls/{again.public_id}'], .next-step a[href='/calls/{again.public_id}']"), "the draft is offered, not a second one"
    assert again.public_id not in str(as_("pi1").page(f"/topics/{pid}")), "a drafted call is not told outside"
    officer.submit(f"/topics/{pid}/open-again")
    assert len(calls.calls_of_topic(queries.topic_by_pid(pid))) == 2, "the same draft again"
    for account in ("leader", "province", "pi1"):
        assert as_(account).get(f"/topics/{pid}/open-again").status_code == 403


def test_two_topics_of_one_call_join_the_same_next_round(cast, at, db):
    pair = [play.approved_topic(cast, item="1.8", title=t, at=at - (100 - n) * DAY) for n, t in enumerate(("A", "B"))]
    call_plays.opened_call(cast, call=call_plays.published_call(cast, topics=pair, at=at - 60 * DAY))
    made = [actions.open_again(topic, by=cast["officer"], at=at) for topic in pair]
    assert made[0] == made[1] and len(calls.topics_of(calls.call_by_pid(made[0][1]["pid"]))) == 2


def test_after_the_next_round_is_out_a_left_over_topic_gets_its_own(cast, at):
    pair = [play.approved_topic(cast, item="1.8", title=t, at=at - (100 - n) * DAY) for n, t in enumerate(("A", "B"))]
    call_plays.opened_call(cast, call=call_plays.published_call(cast, topics=pair, at=at - 60 * DAY))
    _endpoint, args = actions.open_again(pair[0], by=cast["officer"], at=at)
    call_plays.publish(cast, call=calls.call_by_pid(args["pid"]), at=at)
    _endpoint, other = actions.open_again(pair[1], by=cast["officer"], at=at)
    assert other != args and calls.call_by_pid(other["pid"]).round == 2
    with pytest.raises(WrongState):
        actions.open_again(pair[0], by=cast["officer"], at=at)


def test_a_cancelled_call_is_drafted_once_more_in_the_same_round(cast, at):
    topic = play.approved_topic(cast, item="1.8", title="A", at=at - 100 * DAY)
    call = call_plays.published_call(cast, topics=[topic], at=at - 10 * DAY)
    call_acts.call_off(call, "Sai mẫu hồ sơ", document="7/TB-SKHCN", by=cast["leader"], at=at)
    _endpoint, args = actions.open_again(topic, by=cast["officer"], at=at)
    again = calls.call_by_pid(args["pid"])
    assert (again.state, again.round, again.title) == (CallState.DRAFT, 1, call.title)


def test_a_topic_is_in_one_open_call_by_the_database_too(cast, at, db):
    topic = play.approved_topic(cast, item="1.8", title="A", at=at - 100 * DAY)
    first, second = (call_plays.drafted_call(cast, topics=[topic], at=at) for _ in range(2))
    call_plays.publish(cast, call=first, at=at)
    with pytest.raises(WrongState):
        call_plays.publish(cast, call=second, at=at)
    db.session.rollback()
    first, second = (call_plays.drafted_call(cast, topics=[play.approved_topic(cast, item="1.8", title=t, at=at - 90 * DAY)], at=at) for t in "BC")
    call_plays.publish(cast, call=first, at=at)
    db.session.execute(text("UPDATE call_topic SET topic_id = :t WHERE call_id = :c"), {"t": calls.topics_of(first)[0].topic_id, "c": second.id})
    with pytest.raises(IntegrityError, match="one open call"):
        db.session.execute(text("UPDATE call SET state = 'published', number = '1', dated = '2026-03-02', opens_at = '2026-03-02 01:00:00', rules = '{}' WHERE id = :c"), {"c": second.id})


def test_the_approved_list_is_filtered_and_exported(as_, cast, at, db):
    play.approved_topic(cast, item="1.8", title="Tên cũ một", final_title="Tên mới một", at=at - 60 * DAY, number="900/QĐ-UBND")
    play.approved_topic(cast, item="2.1", title="Hai", at=at - 40 * DAY, mode=Mode.DIRECT, assigned=cast.org("host2"), number="901/QĐ-UBND")
    db.session.commit()
    pi = as_("pi1")
    for query, rows in {"q=ten+cu": 1, "q=TÊN+MỚI": 1, "q=moi+mot": 1, "mode=direct": 1, "decision=901": 1, "item=2.1": 1, "field=medical": 0, "kind=DT_CN": 2,
                        f"body={cast.org('agency1').public_id}": 2, "state=open_again": 0, "sort=-ceiling": 2, "sort=decision_date": 2}.items():  # fmt: skip
        assert len(pi.page(f"/topics/?{query}").select("tbody tr")) == rows, query
        assert load_workbook(io.BytesIO(pi.get(f"/topics/topics.xlsx?{query}").data)).active.max_row - 1 == rows, query


def test_pages_of_the_desk_cost_the_same_for_few_and_many(as_, cast, at, db, count_queries):
    officer = as_("officer")
    costs: list[list[int]] = []
    for round_ in range(2):
        made = [play.submitted_idea(cast, item="1.8", title=f"Đề xuất {round_} {n}", at=at - 20 * DAY, by=by) for n, by in enumerate(("pi1", "pi3") * (1 + round_))]
        row = actions.group(made, f"Nhóm {round_}", by=cast["officer"], at=at)
        actions.merge(made[0], made[1:], by=cast["officer"], at=at)
        topic = play.approved_topic(cast, item="1.8", title=f"Đề tài {round_}", at=at - 60 * DAY)
        for _ in range(1 + round_):
            out = call_plays.published_call(cast, topics=[topic], at=at - 5 * DAY, number=f"{round_}{_}/TB")
            call_acts.call_off(out, "x", document="7/TB-SKHCN", by=cast["leader"], at=at)
        pids = [i.public_id for i in made], row.public_id, topic.public_id
        db.session.commit()
        db.session.expunge_all()
        cast = people.load()
        costs.append([count_queries(lambda u=u: officer.page(u)) for u in (
            "/ideas/", "/ideas/groups/", f"/ideas/groups/{pids[1]}", f"/ideas/{pids[0][0]}", f"/ideas/merge?ideas={pids[0][0]}", f"/topics/{pids[2]}", "/topics/")])  # fmt: skip
    assert costs[0] == costs[1]


def test_the_day_of_a_deadline_is_not_needed_to_call_again(cast, at, unanswered):
    """Everything has a default: the deadline is the rulebook's."""
    topic = queries.topic_by_pid(unanswered[0])
    assert topic.state == TopicState.OPEN_AGAIN
    _endpoint, args = actions.open_again(topic, by=cast["officer"], at=at)
    assert calls.call_by_pid(args["pid"]).deadline == at_local(local(at + 35 * DAY).date(), 17)
