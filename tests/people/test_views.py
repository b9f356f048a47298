"""Signing in and out: sessions die, doors close after too many tries, nobody learns which accounts exist."""

from __future__ import annotations

from datetime import timedelta

from app.services.people import actions, queries
from tests.support.browser import values_of
from tests.support.databases import PASSWORD

EMAIL = "pi1@demo.vamco.test"


def sign_in(client, email=EMAIL, password=PASSWORD):
    form = values_of(client.page("/auth/login").select_one("main form"))
    return client.post("/auth/login", data=form | {"email": email, "password": password})


def test_right_password_opens_the_account(as_):
    assert "Nguyễn Văn An" in as_("pi1").page("/auth/account").text


def test_wrong_password_and_unknown_account_get_the_same_answer(anonymous):
    wrong = sign_in(anonymous, password="khong phai mat khau")
    unknown = sign_in(anonymous, email="khong.co@demo.vamco.test")
    assert wrong.status_code == unknown.status_code == 422
    sentence = "không đúng"
    assert sentence in wrong.text and sentence in unknown.text
    assert EMAIL in wrong.text, "what was typed is still there"


def test_a_stolen_cookie_is_dead_after_sign_out(app, as_):
    client = as_("pi1")
    cookie = client.get_cookie("vamco")
    thief = app.test_client()
    thief.set_cookie("vamco", cookie.value)
    assert thief.get("/auth/account").status_code == 200
    client.post(
        "/auth/logout", data=values_of(client.page("/auth/account").select_one("form[action$='/auth/logout']")))
    assert thief.get("/auth/account").status_code == 302


def test_password_change_ends_every_session(app, as_):
    here, there = as_("pi1"), as_("pi1")
    here.submit("/auth/password", {"old": PASSWORD, "password": "một câu khác dễ nhớ", "again": "một câu khác dễ nhớ"})
    assert there.get("/auth/account").status_code == 302
    assert sign_in(app.test_client()).status_code == 422
    assert sign_in(app.test_client(), password="một câu khác dễ nhớ").status_code == 303


def test_the_present_password_is_not_guessed_from_inside(app, as_):
    pi = as_("pi1")
    for _n in range(app.config["LOGIN_TRIES"]):
        said = pi.submit("/auth/password", {"old": "wrong wrong", "password": "mot mat khau moi", "again": "mot mat khau moi"}, status=422)
        assert "không phải" in said.text or "không đúng" in said.text
    said = pi.submit("/auth/password", {"old": "wrong wrong", "password": "mot mat khau moi", "again": "mot mat khau moi"}, status=422)
    assert "Quá nhiều lần" in said.text


def test_weak_or_mistyped_new_password_is_refused_beside_its_field(as_):
    page = as_("pi1").submit("/auth/password", {"old": PASSWORD, "password": "ngắn", "again": "ngắn"}, status=422)
    assert "ít nhất 10 ký tự" in page.text


def test_too_many_tries_close_the_door_for_a_while(app, anonymous, travel, at):
    for _ in range(10):
        assert sign_in(anonymous, password="sai sai sai sai").status_code == 422
    locked = sign_in(anonymous)
    assert locked.status_code == 422 and "Quá nhiều lần" in locked.text
    travel.move_to(at + timedelta(minutes=6))
    assert sign_in(anonymous).status_code == 303


def test_revoking_a_role_works_on_the_next_request(db, as_, user, at):
    client = as_("officer")
    officer = user("officer")
    granted = next(g for g in officer.grants if str(g.role) == "officer")
    actions.revoke(granted, officer, by=user("admin"), at=at, reason="chuyển công tác")
    db.session.commit()
    assert client.get("/auth/account").status_code == 302
    assert "officer" not in user("officer").roles


def test_a_role_ends_on_its_date(db, user, at, travel):
    actions.grant(user("pi1"), "officer", by=user("admin"), at=at, ends_at=at + timedelta(days=3))
    db.session.commit()
    db.session.expire_all()
    assert "officer" in user("pi1").roles
    travel.move_to(at + timedelta(days=4))
    assert "officer" not in user("pi1").roles


def test_open_redirects_are_not_followed(app):
    for target in ("//evil.test", "/\\evil.test", "https://evil.test", "https:evil.test"):
        anonymous = app.test_client()
        form = values_of(anonymous.page(f"/auth/login?next={target}").select_one("main form"))
        answer = anonymous.post(f"/auth/login?next={target}", data=form | {"email": EMAIL, "password": PASSWORD})
        assert "evil" not in answer.location


def test_language_is_kept_per_person(as_, user, db):
    client = as_("pi1")
    page = client.page("/auth/account")
    form = values_of(page.select_one("form[action$='/auth/language']"))
    client.post("/auth/language", data=form | {"locale": "en", "next": "/auth/account"})
    assert "My account" in client.page("/auth/account").text
    db.session.expire_all()
    assert user("pi1").locale == "en"


def test_password_typed_in_another_unicode_form_still_fits(db, user, at):
    actions.set_password(user("pi1"), "M\u1ead tkh\u1ea9u c\u1ee7a t\u00f4i", by=None, at=at)
    import unicodedata

    assert actions.password_fits(user("pi1"), unicodedata.normalize("NFD", "M\u1ead tkh\u1ea9u c\u1ee7a t\u00f4i"))
    assert queries.user_by_email(EMAIL.upper()) is not None


def test_a_session_nobody_uses_ends(app, as_, travel, at):
    app.config["IDLE_MINUTES"] = 60
    browser = as_("pi1")
    for minute in range(50, 200, 50):  # used again and again: it lives
        travel.move_to(at + timedelta(minutes=minute))
        browser.page("/desk/")
    travel.move_to(at + timedelta(minutes=150 + 59))
    browser.page("/desk/")
    travel.move_to(at + timedelta(minutes=150 + 59 + 60))
    assert browser.get("/desk/").status_code == 302
    again = as_("pi1")
    for hours in range(1, 30):  # and however much it is used, after twelve hours it is over
        travel.move_to(at + timedelta(minutes=269 + hours * 50))
        if again.get("/desk/").status_code == 302:
            break
    assert timedelta(hours=11) < timedelta(minutes=hours * 50) < timedelta(hours=13)
