"""Acts of weight ask who it is when the sign-in is older; what was typed comes through. Sessions are listed and ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services.people import queries, recent
from tests.entry.support import code, page_of, with_app
from tests.support.browser import values_of
from tests.support.databases import PASSWORD

# every view that carries the mark: endpoint by endpoint, changed by hand
WEIGHTY = {
    "people.password", "people.email", "entry.set_up", "entry.renew_codes", "entry.turn_off", "entry.add_passkey", "entry.remove_passkey", "entry.link_provider", "entry.unlink_provider",
    "admin.grant", "admin.revoke", "admin.add_user", "admin.join", "admin.deactivate", "admin.reactivate", "admin.reset_factor",
    "funding.approve_payment", "funding.pay", "funding.reverse", "funding.refund", "funding.change_account", "funding.decide_account_change", "funding.decide", "funding.cancel_award",
    "funding.decide_settlement", "funding.liquidate", "execution.sign", "councils.open_box",
}  # fmt: skip


@pytest.fixture
def strict(app):
    app.config["RECENT_MINUTES"] = 15


def test_the_list_of_weighty_acts(app):
    assert {name for name, view in app.view_functions.items() if getattr(view, "recent", False)} == WEIGHTY


@pytest.mark.nodb
def test_recent_ends_exactly_after_its_minutes(at):
    assert recent.holds(at, at, 15) and recent.holds(at, at + timedelta(minutes=15, seconds=-1), 15)
    assert not recent.holds(at, at + timedelta(minutes=15), 15) and not recent.holds(at + timedelta(seconds=1), at, 15)


def test_a_page_asks_before_it_is_filled_in(strict, as_, user, travel, at):
    admin, url = as_("admin"), f"/admin/users/{user('pi1').public_id}/grant"
    assert admin.get(url).status_code == 200
    travel.move_to(at + timedelta(minutes=16))
    asked = admin.get(url)
    assert asked.status_code == 302 and asked.location.startswith("/auth/again?next=")
    wrong = admin.submit(asked.location, {"password": "sai sai sai"}, status=422)
    assert "không phải" in wrong.text
    assert admin.submit(asked.location, {"password": PASSWORD}).location == url
    assert admin.get(url).status_code == 200


def test_a_form_sent_too_late_comes_back_with_what_was_typed_and_did_nothing(strict, as_, user, travel, at):
    admin, url = as_("admin"), f"/admin/users/{user('pi1').public_id}/grant"
    form = values_of(admin.page(url).select("main form")[-1]) | {"role": "registry", "ends_on": "31/12/2026"}
    travel.move_to(at + timedelta(minutes=16))
    asked = admin.post(url, data=form)
    assert asked.status_code == 401 and not user("pi1").grants
    back = admin.post("/auth/again", data=values_of(page_of(asked).select("main form")[-1]) | {"password": PASSWORD})
    assert back.status_code == 202
    kept = page_of(back).select_one("main form")
    shown = admin.post(kept["action"], data=values_of(kept))
    assert shown.status_code == 422 and "31/12/2026" in shown.text and not user("pi1").grants
    assert admin.post(url, data=values_of(page_of(shown).select("main form")[-1])).status_code == 303
    assert [str(g.role) for g in user("pi1").grants] == ["registry"]


def test_who_has_a_second_factor_shows_it_again_too(strict, app, as_, user, travel, at):
    admin = as_("admin")
    with_app(app, user("admin"))
    travel.move_to(at + timedelta(minutes=16))
    assert "mã" in admin.submit("/auth/again", {"password": PASSWORD}, status=422).text
    assert admin.submit("/auth/again", {"password": PASSWORD, "code": "000000"}, status=422)
    assert admin.submit("/auth/again", {"password": PASSWORD, "code": code()}).status_code == 303


def test_wrong_passwords_asked_again_count_like_those_at_the_door(app, as_):
    pi = as_("pi1")
    for _n in range(app.config["LOGIN_TRIES"]):
        pi.submit("/auth/again", {"password": "sai sai sai"}, status=422)
    assert "Quá nhiều lần" in pi.submit("/auth/again", {"password": PASSWORD}, status=422).text


def test_the_list_of_sessions_says_when_each_was_seen_and_ends_the_others(app, as_, user, travel, at):
    here, there, third = as_("pi1"), as_("pi1"), as_("pi1")
    travel.move_to(at + timedelta(minutes=11))
    here.page("/auth/account")
    seen = {s.seen_at for s in queries.sessions_of(user("pi1"), at=at)}
    assert seen == {at, at + timedelta(minutes=11)}
    form = here.page("/auth/account").select_one("form[action$='end-others']")
    assert here.post("/auth/sessions/end-others", data=values_of(form)).status_code == 303
    assert here.get("/auth/account").status_code == 200
    assert there.get("/auth/account").status_code == third.get("/auth/account").status_code == 302


def test_the_administrator_ends_every_session_of_a_person(as_, user):
    pi, other, admin = as_("pi1"), as_("pi2"), as_("admin")
    admin.submit(f"/admin/users/{user('pi1').public_id}/sessions/end", {"reason": "máy tính bị mất"})
    assert pi.get("/auth/account").status_code == 302 and other.get("/auth/account").status_code == 200


def test_a_session_ends_without_use_and_at_its_last_hour(app, as_, travel, at):
    app.config["IDLE_MINUTES"] = 30
    pi = as_("pi1")
    travel.move_to(at + timedelta(minutes=29))
    assert pi.get("/auth/account").status_code == 200
    travel.move_to(at + timedelta(minutes=60))
    assert pi.get("/auth/account").status_code == 302
