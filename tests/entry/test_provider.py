"""The whole way to a real provider and back: linked by its owner only, and refused for everything that does not fit."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from app.services.entry import provider as adapter
from app.services.entry.models import OutsideAccount
from tests.entry.outside import new_key, provider
from tests.entry.support import code, second_step, with_app
from tests.support.browser import values_of

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning", "ignore:.*authlib.*", "ignore:.*:ResourceWarning")


@pytest.fixture
def outside(app):
    with provider() as running:
        app.config.update(OIDC_ISSUER=running.issuer, OIDC_CLIENT_ID="vamco", OIDC_CLIENT_SECRET="x" * 32, OIDC_NAME="VNeID")
        adapter.hang(app)
        yield running
    app.extensions["oidc"] = None


def come_back(client, running, subject="079000000001", start="/auth/provider", change=None):
    """Go to the provider, sign in there, come back and send the form; answers the answer to it."""
    away = client.get(start)
    assert away.status_code == 302 and away.location.startswith(running.issuer), away.get_data(as_text=True)[:300]
    brought = running.consent(away.location, subject) | (change or {})
    form = client.get("/auth/provider/return", query_string=brought)
    assert form.status_code == 200
    client.brought = brought
    return client.post("/auth/provider/return", data=values_of(BeautifulSoup(form.get_data(as_text=True), "html.parser").select_one("main form")))


def link(client, running, **kw):
    return come_back(client, running, start="/auth/provider/link", **kw)


def test_linked_once_by_its_owner_it_signs_in_with_pkce_and_nonce(app, db, outside, as_, user, mails):
    answer = link(as_("pi1"), outside)
    assert answer.status_code == 303 and db.session.query(OutsideAccount).one().user_id == user("pi1").id
    assert mails()[-1].template == "entry/mail/factor_changed.txt"
    visitor = app.test_client()
    away = visitor.get("/auth/provider").location
    assert "code_challenge_method=S256" in away and "nonce=" in away and "state=" in away and "scope=openid" in away
    assert come_back(visitor, outside).status_code == 303
    assert "Nguyễn Văn An" in visitor.page("/auth/account").text
    assert len(outside.asked[-1]["code_verifier"]) >= 43


def test_opening_the_address_alone_signs_nobody_in(app, outside, as_):
    link(as_("pi1"), outside)
    visitor = app.test_client()
    brought = outside.consent(visitor.get("/auth/provider").location, "079000000001")
    asked = len(outside.asked)
    assert visitor.get("/auth/provider/return", query_string=brought).status_code == 200
    assert len(outside.asked) == asked and visitor.get("/auth/account").status_code == 302


def test_an_unknown_person_is_not_let_in_by_the_address(app, db, outside):
    """The provider says pi1's own e-mail address: that links nothing."""
    visitor = app.test_client()
    outside.bend = lambda claims, _header: claims.update(email="pi1@demo.vamco.test", email_verified=True)
    answer = come_back(visitor, outside, subject="pi1@demo.vamco.test")
    assert answer.status_code == 403 and "chưa có tài khoản" in answer.text
    assert visitor.get("/auth/account").status_code == 302 and db.session.query(OutsideAccount).count() == 0


WRONG = {
    "nonce": lambda claims, header: claims.update(nonce="another"),
    "no nonce": lambda claims, header: claims.pop("nonce"),
    "audience": lambda claims, header: claims.update(aud="somebody else"),
    "expired": lambda claims, header: claims.update(exp=claims["iat"] - 600),
    "issuer": lambda claims, header: claims.update(iss="https://elsewhere.example"),
    "no subject": lambda claims, header: claims.pop("sub"),
    "alg none": lambda claims, header: header.update(alg="none"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_id_token_that_does_not_fit_signs_nobody_in(app, outside, as_, name):
    link(as_("pi1"), outside)
    outside.bend = WRONG[name]
    visitor = app.test_client()
    answer = come_back(visitor, outside)
    assert answer.status_code == 403 and "Không xác minh được" in answer.text
    assert visitor.get("/auth/account").status_code == 302


def test_none_is_not_taken_even_when_the_provider_offers_it(app, outside, as_):
    link(as_("pi1"), outside)
    outside.metadata, outside.bend = {"id_token_signing_alg_values_supported": ["none", "RS256", "HS256"]}, WRONG["alg none"]
    adapter.hang(app)
    assert come_back(app.test_client(), outside).status_code == 403


def test_another_key_is_refused_and_a_rotated_one_is_fetched(app, outside, as_):
    link(as_("pi1"), outside)
    outside.key = new_key("foreign")
    assert come_back(app.test_client(), outside).status_code == 403
    outside.key, outside.rotated = None, new_key("of next month")
    assert come_back(app.test_client(), outside).status_code == 303


def test_state_and_code_are_good_once_and_for_this_browser(app, outside, as_):
    link(as_("pi1"), outside)
    assert come_back(app.test_client(), outside, change={"state": "another"}).status_code == 403
    visitor = app.test_client()
    assert come_back(visitor, outside).status_code == 303
    stolen = app.test_client()
    stolen.get("/auth/provider")
    page = stolen.get("/auth/provider/return", query_string=visitor.brought)
    form = values_of(BeautifulSoup(page.get_data(as_text=True), "html.parser").select_one("main form"))
    assert stolen.post("/auth/provider/return", data=form).status_code == 403
    replayed = come_back(app.test_client(), outside, change={"code": visitor.brought["code"]})
    assert replayed.status_code == 403


def test_an_answer_of_another_issuer_and_metadata_of_another_are_refused(app, outside, as_):
    link(as_("pi1"), outside)
    assert come_back(app.test_client(), outside, change={"iss": "https://elsewhere.example"}).status_code == 403
    outside.metadata = {"issuer": "https://elsewhere.example"}
    adapter.hang(app)
    assert app.test_client().get("/auth/provider").status_code == 403


def test_a_provider_that_is_silent_is_said_so(app, as_):
    app.config.update(OIDC_ISSUER="http://127.0.0.1:9", OIDC_CLIENT_ID="vamco")
    adapter.hang(app)
    assert "VNeID" in app.test_client().page("/auth/provider", 503).text
    app.config.update(OIDC_ISSUER="", OIDC_CLIENT_ID="")
    adapter.hang(app)
    assert app.test_client().get("/auth/provider").status_code == 404 and "VNeID" not in app.test_client().page("/auth/login").text


def test_one_identity_opens_one_account_and_a_closed_account_stays_closed(app, db, outside, as_, user):
    link(as_("pi1"), outside)
    assert link(as_("pi2"), outside).status_code == 409
    user("pi1").active = False
    db.session.commit()
    assert come_back(app.test_client(), outside).status_code == 403


def test_the_second_factor_is_asked_for_unless_the_provider_is_said_to_ask(app, outside, as_, user):
    pi = as_("pi1")
    link(pi, outside)
    with_app(app, user("pi1"))
    visitor = app.test_client()
    assert come_back(visitor, outside).location == "/auth/second-step" and visitor.get("/auth/account").status_code == 302
    assert second_step(visitor, code()).status_code == 303
    app.config["OIDC_STRONG"] = True
    assert come_back(app.test_client(), outside).location == "/desk/"


def test_unlinked_it_opens_nothing_and_leaving_goes_to_the_provider(app, outside, as_):
    pi = as_("pi1")
    link(pi, outside)
    assert outside.issuer in pi.get("/auth/provider/leave").location
    pi.submit("/auth/provider/unlink")
    assert come_back(app.test_client(), outside).status_code == 403


def test_the_person_says_no_there(app, outside):
    assert "không" in app.test_client().page("/auth/provider/return?error=access_denied&state=x", 403).text
