"""Authenticator apps and sign-ins for tests of the door."""

from __future__ import annotations

import pyotp
from bs4 import BeautifulSoup

from app.kernel import clock
from app.kernel.db import db
from app.services.entry import actions
from app.services.entry.models import Authenticator
from tests.support.browser import values_of
from tests.support.databases import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(steps=0, secret=SECRET):
    """What the app shows so many steps from now."""
    return pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30 + steps)


def with_app(app, person):
    """The person has an authenticator app that was set up a while ago; returns the recovery codes."""
    codes = actions.set_up(person, SECRET, code(), keys=app.config["FACTOR_KEYS"], at=clock.now())
    db.session.query(Authenticator).update({"last_step": 0})
    db.session.commit()
    return codes


def password_step(client, account, next=""):
    """Type address and password."""
    url = "/auth/login" + (f"?next={next}" if next else "")
    form = values_of(client.page(url).select_one("main form"))
    return client.post(url, data=form | {"email": f"{account}@demo.vamco.test", "password": PASSWORD})


def second_step(client, typed):
    """Type a code on the page of the second step."""
    form = client.page("/auth/second-step").select_one("main form")
    return client.post("/auth/second-step", data=values_of(form) | {"code": typed})


def page_of(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")
