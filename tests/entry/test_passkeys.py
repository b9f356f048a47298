"""Passkeys: made, named, removed; alone, as second step and asked again; refused for everything that does not fit."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.kernel.errors import Incomplete
from app.services.entry import passkeys, queries, rules
from tests.entry.device import PRESENT, Device
from tests.entry.support import page_of, password_step
from tests.support.browser import values_of


def asked(page):
    """The form of the page, and what the device is asked."""
    box = page.select_one("[data-options]")
    return values_of(box.find_parent("form")), json.loads(box["data-options"])


def make(client, device, name="điện thoại"):
    form, options = asked(client.page("/auth/passkeys/new"))
    return client.post("/auth/passkeys/new", data=form | {"name": name, "credential": device.make(options)})


def alone(client, device, change=None):
    form, options = asked(client.page("/auth/passkey"))
    return client.post("/auth/passkey", data=form | {"credential": device.show(options | (change or {}))})


@pytest.mark.nodb
def test_a_site_needs_a_name_and_encryption():
    assert passkeys.site("https://khcn.tayninh.gov.vn/").usable and passkeys.site("http://localhost:8000/").usable
    assert not passkeys.site("http://127.0.0.1:8000/").usable and not passkeys.site("http://khcn.vn/").usable and not passkeys.site("https://[::1]/").usable


@pytest.mark.nodb
@pytest.mark.parametrize(("stored", "shown", "good"), [(0, 0, True), (0, 1, True), (5, 6, True), (5, 5, False), (5, 4, False), (5, 0, False)])
def test_counters_only_grow(stored, shown, good):
    if good:
        rules.check_counter(stored, shown)
    else:
        with pytest.raises(Incomplete):
            rules.check_counter(stored, shown)


def test_made_named_used_alone_and_removed(app, as_, user, mails):
    pi, device = as_("pi1"), Device()
    answer = make(pi, device)
    assert answer.status_code == 202 and len(page_of(answer).select(".recovery-codes code")) == 10
    assert "điện thoại" in pi.page("/auth/second-factor").text and mails()[-1].template == "entry/mail/factor_changed.txt"
    visitor = app.test_client()
    assert alone(visitor, device).status_code == 303
    assert "Nguyễn Văn An" in visitor.page("/auth/account").text
    pid = queries.passkeys_of(user("pi1"))[0].public_id
    assert as_("pi2").get(f"/auth/passkeys/{pid}/remove").status_code == 404
    pi.submit(f"/auth/passkeys/{pid}/remove")
    assert queries.factors_of(user("pi1")).number == queries.factors_of(user("pi1")).codes == 0
    assert alone(app.test_client(), device).status_code == 422


def test_as_second_step_and_asked_again(app, as_, user, travel, at):
    device = Device()
    make(as_("pi1"), device)
    client = app.test_client()
    password_step(client, "pi1")
    form, options = asked(client.page("/auth/second-step"))
    assert [one["id"] for one in options["allowCredentials"]] == [queries.passkeys_of(user("pi1"))[0].credential_id]
    assert client.post("/auth/second-step", data=form | {"credential": device.show(options)}).status_code == 303
    app.config["RECENT_MINUTES"] = 15
    travel.move_to(at + timedelta(minutes=16))
    assert client.get("/auth/password").status_code == 302
    form, options = asked(client.page("/auth/again"))
    assert client.post("/auth/again", data=form | {"credential": device.show(options)}).status_code == 303
    assert client.get("/auth/password").status_code == 200


def _other_origin(device):
    device.origin = "https://khcn-tayninh.example"


def _other_site(device):
    device.site = "khcn-tayninh.example"


def _no_finger(device):
    device.flags = PRESENT


def _other_person(device):
    device.handle = b"AAAA"


def _copy(device):
    device.counter = 0


def _other_key(device):
    device.key = Device().key


WRONG = [_other_origin, _other_site, _no_finger, _other_person, _copy, _other_key]


@pytest.mark.parametrize("bend", WRONG)
def test_what_does_not_fit_signs_nobody_in(app, as_, bend):
    device, visitor = Device(), app.test_client()
    make(as_("pi1"), device)
    bend(device)
    assert alone(visitor, device).status_code == 422 and visitor.get("/auth/account").status_code == 302


@pytest.mark.parametrize("bend", [_other_origin, _other_site, _no_finger])
def test_what_does_not_fit_is_not_made(as_, user, bend):
    device = Device()
    bend(device)
    assert make(as_("pi1"), device).status_code == 422 and not queries.passkeys_of(user("pi1"))


def test_an_answer_is_good_once_for_its_challenge_and_five_minutes(app, as_, travel, at):
    device, visitor = Device(counts=False), app.test_client()
    make(as_("pi1"), device)
    assert alone(visitor, device, {"challenge": passkeys.new_challenge()}).status_code == 422
    form, options = asked(visitor.page("/auth/passkey"))
    cookie, answer = visitor.get_cookie("vamco").value, device.show(options)
    assert visitor.post("/auth/passkey", data=form | {"credential": answer}).status_code == 303
    thief = app.test_client()
    thief.set_cookie("vamco", cookie)
    replayed = thief.post("/auth/passkey", data=form | {"once": "another", "credential": answer})
    assert replayed.status_code == 422 and thief.get("/auth/account").status_code == 302
    late = app.test_client()
    form, options = asked(late.page("/auth/passkey"))
    travel.move_to(at + timedelta(minutes=6))
    assert late.post("/auth/passkey", data=form | {"credential": device.show(options)}).status_code == 422


@pytest.mark.parametrize("rubbish", ["", "{}", "[]", "null", "{", '{"id": 5, "response": {}}', '{"id": "x", "rawId": "x", "type": "public-key", "response": {"userHandle": 7}}', "x" * 30_000])
def test_rubbish_is_refused_in_words(app, as_, rubbish):
    visitor, pi = app.test_client(), as_("pi1")
    form, _options = asked(visitor.page("/auth/passkey"))
    assert visitor.post("/auth/passkey", data=form | {"credential": rubbish}).status_code == 422
    form, _options = asked(pi.page("/auth/passkeys/new"))
    assert pi.post("/auth/passkeys/new", data=form | {"name": "x", "credential": rubbish}).status_code == 422


def test_one_key_is_kept_once_and_a_passkey_of_another_is_no_second_step(app, as_):
    device, other = Device(), Device()
    pi = as_("pi1")
    make(pi, device), make(as_("pi2"), other)
    assert make(pi, device).status_code == 422
    client = app.test_client()
    password_step(client, "pi1")
    form, options = asked(client.page("/auth/second-step"))
    assert client.post("/auth/second-step", data=form | {"credential": other.show(options)}).status_code == 422
