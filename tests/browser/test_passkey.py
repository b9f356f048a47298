"""A passkey in a real browser: made on the page of the account, then alone at the door."""

from __future__ import annotations

from tests.support.databases import PASSWORD
from tests.support.pages import fill


def named(site):
    """The site under a name: browsers make no passkeys for an address in digits."""
    return site.url.replace("127.0.0.1", "localhost")


def test_a_passkey_is_made_and_opens_the_account(site, visit):
    page = visit()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    base = named(site)
    page.goto(f"{base}/auth/login")
    fill(page, {"email": "pi1@demo.vamco.test", "password": PASSWORD})
    page.click("main form button[type=submit]")
    page.wait_for_url("**/desk/**")
    page.goto(f"{base}/auth/passkeys/new")
    page.fill("input[name=name]", "máy tính ở cơ quan")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".recovery-codes")
    page.goto(f"{base}/auth/second-factor")
    assert "máy tính ở cơ quan" in page.inner_text("main")
    page.click("header details.menu summary")
    page.click("header details.menu button")
    page.wait_for_url("**/auth/login**")
    page.click("a[href*='/auth/passkey']")
    page.click("[data-passkey-go]")
    page.wait_for_url("**/desk/**")
    page.goto(f"{base}/auth/account")
    assert "Khóa truy cập" in page.inner_text("main table")
