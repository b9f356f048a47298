"""A visitor asks for a link on the public page; an officer finds the organisation and mails it, or says why not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.across.demo import cast as people
from app.kernel.errors import Incomplete, WrongState
from app.services.people.queries import user_by_email
from app.stages.ideas import linkasks
from app.stages.ideas.models import LinkRequest, OrderLink
from app.stages.ideas.rules import LinkRequestState, TooMany
from tests.ideas.test_order import soup

MINUTE = timedelta(minutes=1)
SAID = {"body": "HTX thanh long Tam Vu", "name": "Lê Văn Xin", "email": "xin@htx.vn", "phone": "0912 345 678", "note": "Tưới tiết kiệm"}


def only(db):
    return db.session.scalar(select(LinkRequest).order_by(LinkRequest.id.desc()))


def test_from_the_public_page_to_the_mailed_link(as_, anonymous, cast, mails, db):
    assert anonymous.page("/public/order-form").select_one("a[href='/public/order-form/ask']")
    anonymous.submit("/public/order-form/ask", SAID)
    assert {m.to_address.partition("@")[0] for m in mails()} == {"officer", "officer2"}, "nobody is written to before an officer has looked"
    assert user_by_email(SAID["email"]) is None
    officer, pid = as_("officer"), only(db).public_id
    assert f"/ideas/links/requests/{pid}" in officer.page("/desk/").decode()
    page = officer.page(f"/ideas/links/requests/{pid}")
    assert page.select_one("#body option[selected]").text == people.load().org("body4").name and page.select_one("#email")["value"] == SAID["email"]
    officer.submit(f"/ideas/links/requests/{pid}")
    mail = mails()[-1]
    assert (mail.to_address, mail.template) == (SAID["email"], "ideas/mail/link.txt")
    assert anonymous.page(re.search(r"/public/order-form/[\w-]{40,}", mail.body)[0]).select_one("#title")
    row = only(db)
    assert row.state == LinkRequestState.SENT and db.session.get(OrderLink, row.link_id).organisation_id == people.load().org("body4").id
    assert officer.post(f"/ideas/links/requests/{pid}", data={}).status_code in (400, 409, 422) and not officer.page(f"/ideas/links/requests/{pid}").select("main form[method=post] #body")


def test_no_link_and_the_reason(cast, at, mails, db):
    row = linkasks.ask(SAID, locale="en", address=None, limit=3, at=at)
    with pytest.raises(Incomplete):
        linkasks.refuse(row, " ", by=cast["officer"], at=at)
    linkasks.refuse(row, "Đã có tài khoản", by=cast["officer"], at=at)
    assert (mails()[-1].to_address, row.state) == (SAID["email"], LinkRequestState.REFUSED) and "Your request" in mails()[-1].subject
    with pytest.raises(WrongState):
        linkasks.send(row, cast.org("body4"), email="a@b.vn", name="A", expires_on=(at + timedelta(days=5)).date(), by=cast["officer"], at=at)


def test_it_is_bounded(cast, at, db):
    for n in range(3):
        linkasks.ask(SAID | {"email": f"a{n}@b.vn"}, locale="vi", address="10.0.0.1", limit=3, at=at + n * MINUTE)
    with pytest.raises(TooMany):
        linkasks.ask(SAID | {"email": "khac@b.vn"}, locale="vi", address="10.0.0.1", limit=3, at=at + 4 * MINUTE)
    with pytest.raises(TooMany):
        linkasks.ask(SAID | {"email": "A2@b.vn"}, locale="vi", address="10.0.0.2", limit=1, at=at + 4 * MINUTE)
    linkasks.ask(SAID | {"email": "khac@b.vn"}, locale="vi", address="10.0.0.1", limit=3, at=at + timedelta(hours=2))
    assert db.session.scalar(select(func.count(LinkRequest.id))) == 4


@pytest.mark.parametrize("bad", [{"email": "x"}, {"email": "a@b.vn\r\nBcc: c@d.vn"}, {"body": "..."}, {"name": " "}, {"note": "x" * 2001}, {"body": "x" * 301}])
def test_bad_input_is_named_and_kept(anonymous, cast, db, bad):
    page = soup(anonymous.submit("/public/order-form/ask", SAID | bad, status=422))
    field = next(iter(bad))
    assert page.select_one(f"#{field}-error") and page.select_one("#phone")["value"] == SAID["phone"] and only(db) is None


@pytest.mark.parametrize("name", ["pi1", "agency1", "member1", "auditor", "leader"])
def test_others_see_no_request(as_, cast, at, db, name):
    pid = linkasks.ask(SAID, locale="vi", address=None, limit=3, at=at).public_id
    db.session.commit()
    found = [as_(name).get(u).status_code for u in ("/ideas/links/requests", f"/ideas/links/requests/{pid}", "/ideas/links/requests/requests.xlsx", f"/ideas/links/requests/{pid}/refuse")]
    assert found == [403] * 4
