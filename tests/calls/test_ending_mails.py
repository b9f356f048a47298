"""The link that ends mails: a page with a button for people, one click for mail programs, a key that nobody else has."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from app.across.demo.plays import calls as plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel import journal, outbox
from app.kernel.db import db as database
from app.stages.calls import actions, queries

DAY = timedelta(days=1)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def corrected(cast, at, app):
    """A call that pi2 and pi5 follow, after a correction; the address in the mail of each."""
    call = plays.published_call(cast, topics=[idea_plays.approved_topic(cast, item="1.8", title="Tưới tự động", at=at - 60 * DAY)], at=at - DAY)
    for name in ("pi2", "pi5"):
        actions.follow(call, by=cast[name], at=at - DAY)
    actions.correct(call, {"place": "Phòng 3"}, reason="Chuyển phòng", document="9/TTr", by=cast["officer"], at=at)
    database.session.commit()
    return call, {cast[name].id: f"/public/calls/unsubscribe/{queries.follower_keys(call)[cast[name].id]}" for name in ("pi2", "pi5")}


def sent(app, mails, template):
    """The mails of a template as they leave the house."""
    found = []
    for row in mails():
        if row.template == template:
            outbox.deliver(row, row.posted_at)
            found.append((row.to_user_id, message_from_bytes((Path(app.config["MAIL_FOLDER"]) / f"{row.public_id}.eml").read_bytes(), policy=default)))
    return found


def test_each_follower_has_a_link_of_the_own(app, corrected, mails):
    _call, links = corrected
    found = sent(app, mails, "calls/mail/corrected.txt")
    assert {user_id for user_id, _mail in found} == set(links)
    for user_id, mail in found:
        assert mail["List-Unsubscribe"].strip() == f"<http://vamco.test{links[user_id]}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        others = [link for other, link in links.items() if other != user_id]
        assert not any(link in mail.get_content() for link in others)


def test_other_mails_have_no_such_header(app, db, cast, at, mails, corrected):
    call, _links = corrected
    actions.ask(call, text="Hồ sơ nộp ở đâu, thưa quý Sở?", call_topic=None, by=cast["pi1"], email="", locale="vi", address=None, limit=9, at=at)
    database.session.commit()
    assert all(mail["List-Unsubscribe"] is None for _to, mail in sent(app, mails, "calls/mail/asked.txt"))


def test_the_link_shows_a_button_and_the_button_ends_the_mails(corrected, anonymous, user):
    call, links = corrected
    link = links[user("pi2").id]
    page = anonymous.page(link)
    assert "pi2" not in page.text and user("pi2").name not in page.text and call.title not in page.text
    assert queries.follows(user("pi2"), call), "looking changes nothing"
    anonymous.submit(link)
    assert not queries.follows(user("pi2"), call) and queries.follows(user("pi5"), call)
    assert anonymous.get(link).status_code == 404
    assert any(entry.verb == "unfollow" and entry.actor_id is None for entry in journal.timeline([journal.subject_key(user("pi2"))]))


def test_a_mail_program_ends_them_without_cookie_or_token(corrected, anonymous, user):
    call, links = corrected
    link = links[user("pi5").id]
    assert anonymous.post(link, data={}).status_code == 422, "a plain POST without a token does nothing"
    assert queries.follows(user("pi5"), call)
    assert anonymous.post(link, data=ONE_CLICK).status_code == 303
    assert not queries.follows(user("pi5"), call)
    assert anonymous.post(link, data=ONE_CLICK).status_code == 404


@pytest.mark.parametrize("key", ["nothing", "0" * 26, "' OR 1=1 --"])
def test_an_unknown_key_is_nothing(anonymous, key):
    assert anonymous.get(f"/public/calls/unsubscribe/{key}").status_code == 404
    assert anonymous.post(f"/public/calls/unsubscribe/{key}", data=ONE_CLICK).status_code == 404
