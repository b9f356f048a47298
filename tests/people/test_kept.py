"""A session that ends while somebody writes: sign in there, and the form comes back with the text; it saves when sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.services.people.models import SignInSession
from app.stages.ideas.models import Idea
from tests.support.browser import values_of
from tests.support.databases import PASSWORD

TEXT = 'Nước mặn vào sâu 40 km: "chết lúa" <b>& \'dừa\'</b>\r\ndòng hai của câu chuyện'
TITLE = "Giữ ngọt cho vùng lúa Tân Trụ"


@pytest.fixture(autouse=True)
def idle(app):
    app.config["IDLE_MINUTES"] = 60


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def main_form(page):
    return page.select("main form[method=post]")[-1]


def written(client):
    """The form of a new idea as the person has filled it."""
    return values_of(main_form(client.page("/ideas/new"))) | {"title": TITLE, "need": TEXT}


def sign_in_again(client, page, account="pi4", password=PASSWORD):
    return client.post("/auth/take-up", data=values_of(main_form(page)) | {"email": f"{account}@demo.vamco.test", "password": password})


def test_what_was_typed_survives_an_idle_hour(as_, db, travel, at):
    client = as_("pi4")
    typed = written(client)
    travel.move_to(at + timedelta(hours=2))
    over = client.post("/ideas/new", data=typed)
    assert over.status_code == 401 and "no-store" in over.headers["Cache-Control"]
    page = soup(over)
    assert "Phiên làm việc" in page.h1.text and "Please log in" not in page.text and TEXT[:20] not in page.text, "not shown to whoever stands there"
    wrong = sign_in_again(client, page, password="sai mật khẩu này")
    assert wrong.status_code == 422 and "không đúng" in wrong.text
    back = sign_in_again(client, soup(wrong))
    assert back.status_code == 202 and "no-store" in back.headers["Cache-Control"]
    shown = client.post("/ideas/new", data=values_of(main_form(soup(back))))
    assert shown.status_code == 422 and "Chưa có gì được lưu" in shown.text
    assert not db.session.scalar(select(Idea).where(Idea.title == TITLE)), "nothing is saved unseen"
    again = values_of(main_form(soup(shown)))
    assert again["title"] == TITLE and again["need"].strip().replace("\r\n", "\n") == TEXT.replace("\r\n", "\n")
    assert client.post("/ideas/new", data=again).status_code == 303
    assert db.session.scalar(select(Idea).where(Idea.title == TITLE))


def test_a_session_ended_elsewhere_is_the_same(as_, db, at):
    client = as_("pi4")
    typed = written(client)
    db.session.execute(SignInSession.__table__.update().values(ended_at=at))
    db.session.commit()
    page = soup(client.post("/ideas/new", data=typed))
    assert sign_in_again(client, page).status_code == 202


def test_without_cookies_too(as_):
    client = as_("pi4")
    typed = written(client)
    client.delete_cookie("vamco")
    answer = client.post("/ideas/new", data=typed)
    assert answer.status_code == 400
    back = sign_in_again(client, soup(answer))
    shown = client.post("/ideas/new", data=values_of(main_form(soup(back))))
    assert values_of(main_form(soup(shown)))["title"] == TITLE


def test_an_old_token_needs_no_sign_in(as_):
    client = as_("pi4")
    answer = client.post("/ideas/new", data=written(client) | {"csrf_token": "old"})
    assert answer.status_code == 400
    shown = client.post("/ideas/new", data=values_of(main_form(soup(answer))))
    assert shown.status_code == 422 and values_of(main_form(soup(shown)))["title"] == TITLE


def test_another_person_does_not_get_the_text(as_, travel, at):
    client = as_("pi4")
    typed = written(client)
    travel.move_to(at + timedelta(hours=2))
    answer = sign_in_again(client, soup(client.post("/ideas/new", data=typed)), account="pi5")
    assert answer.status_code == 303 and answer.location == "/desk/"
    assert TITLE not in client.page("/desk/").text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}])
def test_text_of_another_site_is_not_carried(as_, headers):
    client = as_("pi4")
    answer = client.post("/ideas/new", data=written(client) | {"csrf_token": "x"}, headers=headers)
    assert answer.status_code == 400 and TITLE not in answer.text and not soup(answer).select("main form[method=post]")


def test_passwords_and_huge_texts_are_not_carried(as_, travel, at):
    admin, client = as_("admin"), as_("pi4")
    account = values_of(main_form(admin.page("/admin/users/new"))) | {"email": "x@y.vn", "name": "Người Mới", "password": "một câu rất bí mật"}
    long = written(client) | {"need": "dài " * 200_000}
    travel.move_to(at + timedelta(hours=2))
    back = sign_in_again(admin, soup(admin.post("/admin/users/new", data=account)), account="admin")
    assert "Người Mới" in back.text and "bí mật" not in back.text
    assert not soup(client.post("/ideas/new", data=long)).select_one("[name=kept]")["value"]


def test_a_made_up_parcel_is_worth_nothing(anonymous):
    form = values_of(anonymous.page("/auth/login").select_one("main form")) | {"email": "pi4@demo.vamco.test", "password": PASSWORD}
    answer = anonymous.post("/auth/take-up", data=form | {"kept": "WyIvIiwgW11d.x.y"})
    assert answer.status_code == 303 and answer.location == "/desk/"


def test_who_forgot_the_password_is_told_whom_to_ask(anonymous):
    assert "Quên mật khẩu" in anonymous.page("/auth/login").text
