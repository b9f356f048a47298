"""An organisation without an account fills in one order form through a link, and nobody else gets anything by it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import docx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.across.demo import cast as people
from app.kernel import journal
from app.services.people.queries import user_by_email
from app.stages.ideas import actions, order
from app.stages.ideas.models import Idea, OrderLink
from app.stages.ideas.rules import LINK_SENDINGS, IdeaState
from tests.conftest import AT
from tests.ideas.test_order import sheet, soup, typing
from tests.ideas.test_views import filled, reload
from tests.support.browser import content_of, values_of

DAY = timedelta(days=1)
MAIL = "lien.he@hoptacxa.vn"


def sent(as_, mails, **changes):
    """An officer sends a link; the address in the mail."""
    data = {"body": people.load().org("host3").public_id, "name": "Lê Thị Liên Hệ", "email": MAIL} | changes
    as_("officer").submit("/ideas/links/new", data)
    mail = [m for m in mails() if m.template == "ideas/mail/link.txt"][-1]
    assert mail.to_address == data["email"]
    return re.search(r"/public/order-form/[\w-]{40,}", mail.body)[0]


def only_link(db):
    return db.session.scalar(select(OrderLink).order_by(OrderLink.id.desc()))


def test_from_the_link_to_the_receipt_and_back(as_, anonymous, cast, mails, db):
    url = sent(as_, mails)
    page = anonymous.page(url)
    assert people.load().org("host3").name in page.text and page.select_one("#title") and not page.select_one("#organisation")
    values, save = sheet(anonymous, url)
    assert anonymous.post(save, data=typing(values)).json["gap"] is True and only_link(db).idea_id is None
    told = anonymous.post(save, data=typing(values, title="Nuôi cá lóc")).json
    assert told["version"] == 1 and set(told) == {"version", "time", "calculated"}, "no inner address goes out"
    answer = anonymous.submit(url, filled() | {"title": "Nuôi cá lóc sạch"})
    assert answer.location.endswith(f"{url}/submit")
    answer = anonymous.submit(f"{url}/submit")
    idea = db.session.get(Idea, only_link(db).idea_id)
    assert idea.state == IdeaState.SUBMITTED and db.session.scalar(select(func.count()).select_from(Idea)) == 1
    contact = user_by_email(MAIL)
    assert (idea.owner_id, idea.organisation_id) == (contact.id, people.load().org("host3").id) and contact.password_hash is None
    receipt = mails()[-1]
    assert receipt.to_address == MAIL and idea.code in receipt.subject and "/ideas/" not in receipt.body
    assert idea.code in anonymous.page(url).text and anonymous.page(url).select_one("#title") is None

    pid = idea.public_id
    as_("officer").submit(f"/ideas/{pid}/return", {"reason": "Bổ sung", "sections": ["s_products"]})
    assert "/ideas/" not in mails()[-1].body and "Kết quả, sản phẩm" in mails()[-1].body
    assert anonymous.page(url).select_one(".sheet-flagged")
    anonymous.submit(url, {"products": "02 mô hình"})
    anonymous.submit(f"{url}/submit")
    found = reload(pid)
    assert (found.state, found.products) == (IdeaState.SUBMITTED, "02 mô hình")
    assert found.code in as_("officer").page("/ideas/links").text
    assert "draft" in [e.verb for e in journal.timeline([journal.subject_key(found)])]


def test_pages_of_a_link_stay_out_of_caches_and_indexes(as_, anonymous, cast, mails):
    head = anonymous.get(sent(as_, mails)).headers
    assert head["Cache-Control"] == "private, no-store" and head["X-Robots-Tag"] == "noindex" and head["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("token", ["x", "x" * 5000, "..%2F..", "%F0%9F%92%A9", "' OR 1=1 --"])
def test_an_unknown_link_opens_nothing(anonymous, app, token):
    for tail in ("", "/submit"):
        assert anonymous.get(f"/public/order-form/{token}{tail}").status_code == 404


def test_the_secret_is_not_kept_and_the_public_id_is_none(as_, anonymous, cast, mails, db):
    url = sent(as_, mails)
    link, token = only_link(db), url.rsplit("/", 1)[-1]
    assert token not in (link.token_hash, link.public_id)
    assert anonymous.get(f"/public/order-form/{link.public_id}").status_code == anonymous.get(f"/public/order-form/{link.token_hash}").status_code == 404


def test_a_link_ends_is_closed_and_renewed(as_, anonymous, cast, mails, db, travel, at):
    url = sent(as_, mails)
    values, _save = sheet(anonymous, url)
    anonymous.post(url, data=values | {"title": "A"})
    travel.move_to(at + 31 * DAY)
    assert anonymous.get(url).status_code == 404 and anonymous.post(url, data=values).status_code in (400, 404)
    fresh = anonymous.page("/auth/login").select_one("[name=csrf_token]")["value"]
    assert anonymous.post(f"{url}/autosave", data=typing(values) | {"csrf_token": fresh}).status_code == 404
    pid = only_link(db).public_id
    officer = as_("officer")
    officer.submit(f"/ideas/links/{pid}/renew", {"expires_on": "01/01/2026"}, status=422)
    officer.submit(f"/ideas/links/{pid}/renew", {"expires_on": "20/04/2026"})
    new = re.search(r"/public/order-form/[\w-]{40,}", mails()[-1].body)[0]
    assert content_of(anonymous.page(new), "#title") == "A" and anonymous.get(url).status_code == 404
    officer.submit(f"/ideas/links/{pid}/close", {"reason": ""}, status=422)
    officer.submit(f"/ideas/links/{pid}/close", {"reason": "Gửi nhầm"})
    gone = anonymous.get(new)
    assert gone.status_code == 410 and anonymous.post(f"{new}/autosave", data=typing(values) | {"csrf_token": fresh}).status_code == 410
    assert "đã đóng" in gone.get_data(as_text=True) and gone.headers["Cache-Control"] == "private, no-store"
    assert officer.get(f"/ideas/links/{pid}/renew").status_code == 409


def test_too_many_sendings_are_refused_for_an_hour(as_, anonymous, cast, mails, db, travel, at):
    url = sent(as_, mails)
    values, save = sheet(anonymous, url)
    anonymous.post(url, data=values | {"title": "A"})
    values, save = sheet(anonymous, url)
    db.session.execute(db.text("UPDATE order_link SET sendings = :n"), {"n": LINK_SENDINGS})
    db.session.commit()
    assert anonymous.post(save, data=typing(values, title="B")).status_code == 429
    page = soup(anonymous.post(url, data=values | {"title": "B", "need": "giữ"}))
    assert page.select_one(".error-summary") and page.select_one("#need").text.strip() == "giữ"
    travel.move_to(at + timedelta(hours=1, minutes=1))
    assert anonymous.post(save, data=typing(values, title="B")).status_code == 200


def test_two_windows_of_one_link(as_, anonymous, app, cast, mails, db):
    url = sent(as_, mails)
    other = app.test_client()
    (first, _s), (second, save) = sheet(anonymous, url), sheet(other, url)
    anonymous.post(url, data=first | {"title": "Thứ nhất"})
    assert other.post(save, data=typing(second, title="Thứ hai")).status_code == 409
    page = soup(other.post(url, data=second | {"title": "Thứ hai"}))
    assert content_of(page, "#title") == "Thứ hai" and page.select_one("[name=version]")["value"] == "1"
    assert db.session.scalar(select(func.count()).select_from(Idea)) == 1


@pytest.mark.parametrize("bad", [{"title": "x" * 501}, {"receiver": "foreign"}, {"state_budget": "một tỷ"}, {"year": "1999"}, {"need": "x" * 20_001}])
def test_hostile_answers_are_told_and_nothing_is_kept(as_, anonymous, cast, mails, db, bad):
    url = sent(as_, mails)
    page = BeautifulSoup(anonymous.submit(url, filled() | bad, status=422).get_data(as_text=True), "html.parser")
    assert page.select_one(".error-summary") and only_link(db).idea_id is None
    assert db.session.scalar(select(func.count()).select_from(Idea)) == 0


def test_a_link_reaches_only_its_own_form(as_, anonymous, cast, mails, db):
    mine = sent(as_, mails)
    theirs = sent(as_, mails, email="khac@hoptacxa.vn", body=people.load().org("host2").public_id)
    anonymous.submit(theirs, filled() | {"title": "Bí mật của người khác"})
    data = filled() | {"title": "Của tôi", "organisation": people.load().org("host1").public_id, "owner_id": "1", "idea_id": "1"}
    anonymous.submit(mine, data)
    ideas = list(db.session.scalars(select(Idea).order_by(Idea.id)))
    assert [i.organisation_id for i in ideas] == [people.load().org("host2").id, people.load().org("host3").id]
    assert "Bí mật" not in anonymous.page(mine).text and anonymous.get(f"/ideas/{ideas[1].public_id}").status_code == 302
    assert order.of(ideas[1]).answers["title"] == "Của tôi"


@pytest.mark.parametrize("bad", [{"email": "không phải"}, {"expires_on": "01/01/2026"}, {"expires_on": "01/01/8021"}, {"body": "foreign"}, {"name": ""}])
def test_a_bad_link_is_not_sent(as_, cast, mails, db, bad):
    data = {"body": people.load().org("host3").public_id, "name": "Lê", "email": MAIL}
    as_("officer").submit("/ideas/links/new", data | bad, status=422)
    assert not mails() and only_link(db) is None and user_by_email(MAIL) is None


def test_who_sends_links(as_, app):
    for account in ("pi1", "host1", "agency1", "leader", "province", "auditor", "admin"):
        for page in ("", "/new", "/links.xlsx"):
            assert as_(account).get(f"/ideas/links{page}").status_code == 403, account


def test_the_list_of_links_is_filtered_and_costs_the_same(as_, cast, mails, db, count_queries):
    officer = as_("officer")
    sent(as_, mails)
    first = count_queries(lambda: officer.page("/ideas/links"))
    for n in range(3):
        sent(as_, mails, email=f"a{n}@x.vn", body=people.load().org("host2").public_id)
    assert count_queries(lambda: officer.page("/ideas/links")) == first
    assert len(officer.page("/ideas/links?open=yes").select("tbody tr")) == 4 and not officer.page("/ideas/links?open=no").select("tbody tr")
    assert officer.get("/ideas/links/links.xlsx").data[:2] == b"PK"


def test_anyone_may_read_what_the_form_asks(anonymous, as_, app):
    page = anonymous.page("/public/order-form")
    assert page.select_one("aside a[href='/ideas/new']") and "13. " in page.text
    assert as_("pi1").page("/public/order-form").select_one("aside a[href='/ideas/new']")


def test_the_blank_form_on_paper_says_where_it_comes_from(anonymous, app):
    page = anonymous.page("/public/order-form")
    for link in page.select("main a[href*='/blank.']"):
        answer = anonymous.get(link["href"])
        assert answer.status_code == 200 and answer.data[:4] in (b"%PDF", b"PK\x03\x04")
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(anonymous.get("/public/order-form/blank.docx").data)).paragraphs)
    assert "Hưng Yên 2026" in text and str(order.current(AT.date()).mark) == "V2" and "Mức kiểm chứng: " in text and "Lĩnh vực nghiên cứu" in text
    assert anonymous.get("/public/order-form/blank.exe").status_code == 404


def test_what_was_typed_stays_when_another_window_sent_the_form(as_, anonymous, cast, mails, db):
    url = sent(as_, mails)
    anonymous.submit(url, filled())
    second, _save = sheet(anonymous, url)
    anonymous.submit(f"{url}/submit")
    answer = anonymous.post(url, data=second | {"need": "Gõ ở cửa sổ thứ hai"})
    assert answer.status_code == 409 and soup(answer).select_one("#need").text.strip() == "Gõ ở cửa sổ thứ hai" and soup(answer).select_one(".error-summary")
    assert order.of(db.session.scalar(select(Idea))).answers["need"] != "Gõ ở cửa sổ thứ hai"


def test_what_was_sent_through_a_link_is_withdrawn_through_it(as_, anonymous, cast, mails, db):
    url = sent(as_, mails)
    assert anonymous.get(f"{url}/withdraw").status_code == 404, "nothing is begun"
    anonymous.submit(url, filled() | {"title": "Nuôi cá lóc sạch"})
    anonymous.submit(f"{url}/submit")
    assert anonymous.page(url).select_one(f"main a[href='{url}/withdraw']") and anonymous.page(url).select_one(f"main a[href='{url}/receipt.pdf']")
    assert anonymous.get(f"{url}/receipt.pdf").data[:4] == b"%PDF" and anonymous.get(f"{url[:-3]}abc/receipt.pdf").status_code == 404
    before = len(mails())
    assert anonymous.submit(f"{url}/withdraw", {"reason": "Đã có nguồn khác"}).location.endswith(url)
    idea = db.session.get(Idea, only_link(db).idea_id)
    entry = journal.timeline([journal.subject_key(idea)])[0]
    assert idea.state == IdeaState.WITHDRAWN and (entry.verb, entry.reason) == ("withdraw", "Đã có nguồn khác") and len(mails()) == before
    page = anonymous.page(url)
    assert "Đã rút" in page.select_one(".object-head").text and not page.select_one(f"a[href='{url}/withdraw']")
    assert anonymous.get(f"{url}/withdraw").status_code == 409


def test_what_a_council_has_is_not_withdrawn_through_a_link(as_, anonymous, cast, mails, db, at):
    url = sent(as_, mails)
    anonymous.submit(url, filled() | {"title": "Nuôi cá lóc sạch"})
    anonymous.submit(f"{url}/submit")
    values = values_of(anonymous.page(f"{url}/withdraw").select_one("main form"))
    idea = db.session.get(Idea, only_link(db).idea_id)
    actions.put_to_council([idea], "x" * 26, by=people.load()["officer"], at=at)
    db.session.commit()
    assert anonymous.post(f"{url}/withdraw", data=values | {"reason": "x"}).status_code == 409
    assert anonymous.get(f"{url}/withdraw").status_code == 409 and "/withdraw" not in anonymous.get(url).get_data(as_text=True)
