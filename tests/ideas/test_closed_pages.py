"""Pages of acts that can no longer be done say so before anybody types; no page links to them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import ideas as play
from app.stages.ideas import actions
from app.stages.ideas.rules import RedirectTo
from tests.ideas.test_views import filled, kept, pid_of
from tests.support.browser import values_of

OWN, DESK = ("edit", "submit", "withdraw"), ("return", "pass-on", "turn-down", "link-item", "identify", "reject", "unmerge")

DAY = timedelta(days=1)


def told(client, url):
    answer = client.get(url)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409, (url, answer.status_code)
    assert "Traceback" not in text and "cơ sở dữ liệu" not in text
    page = client.page(url, status=409)
    return page.select_one("main").text


def test_a_decided_idea_opens_no_form(as_, cast, db, at):
    idea = play.submitted_idea(cast, item="1.8", title="Chanh", at=at)
    actions.pass_on(idea, RedirectTo.FUND, "Vay vốn", by=cast["officer"], at=at)
    owner, pid = "pi1", kept(db, idea)
    for page in OWN:
        assert "Đã chuyển" in told(as_(owner), f"/ideas/{pid}/{page}")
    for page in DESK:
        who = "province" if page == "reject" else "officer"
        assert told(as_(who), f"/ideas/{pid}/{page}")
    for who, pages in ((owner, OWN), ("officer", DESK)):
        links = {a["href"] for a in as_(who).page(f"/ideas/{pid}").select("main a, aside a")}
        assert not links & {f"/ideas/{pid}/{page}" for page in pages}


def test_what_was_typed_stays_when_the_idea_was_submitted_meanwhile(as_, cast, db):
    pi = as_("pi1")
    pid = pid_of(pi.submit("/ideas/new", filled()))
    first = pi.page(f"/ideas/{pid}/edit")
    pi.submit(f"/ideas/{pid}/submit")
    sent = values_of(first.select("main form[method=post]")[-1]) | {"need": "Gõ ở cửa sổ thứ hai"}
    answer = pi.post(f"/ideas/{pid}/edit", data=sent)
    assert answer.status_code == 409 and "Gõ ở cửa sổ thứ hai" in answer.get_data(as_text=True)


@pytest.mark.parametrize("act", ["drop", "open-again"])
def test_a_dropped_topic_opens_no_form(as_, cast, db, at, act):
    topic = play.approved_topic(cast, item="1.8", title="Chanh", at=at)
    actions.drop(topic, "Không còn cần", document="1207/QĐ-UBND", dated=(at + 20 * DAY).date(), by=cast["province"], at=at + 20 * DAY)
    pid = kept(db, topic)
    assert told(as_("province" if act == "drop" else "officer"), f"/topics/{pid}/{act}")
