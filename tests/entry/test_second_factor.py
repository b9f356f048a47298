"""The authenticator app: set up, asked for, never twice, slowed down, replaced by recovery codes, needed by offices, reset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import journal
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.entry import actions, queries, rules, sealing
from app.services.entry.models import Authenticator, RecoveryCode
from app.services.people import actions as people
from tests.entry.support import (
    SECRET,
    code,
    page_of,
    password_step,
    second_step,
    with_app,
)
from tests.support.browser import values_of
from tests.support.databases import PASSWORD


@pytest.mark.nodb
@given(st.integers(0, 2**32), st.integers(-5, 5))
def test_codes_of_one_step_around_are_taken_and_no_others(second, away):
    at = datetime.fromtimestamp(second + 1000, tz=UTC)
    step = int(at.timestamp()) // 30 + away
    shown = rules.pyotp.TOTP(SECRET).generate_otp(step)
    found = rules.matching_step(SECRET, shown, at)
    assert (found is not None) or abs(away) > 1
    if abs(away) > 1 and found is not None:  # another step may by chance show the same six digits
        assert rules.pyotp.TOTP(SECRET).generate_otp(found) == shown


@pytest.mark.nodb
def test_what_is_typed_of_a_recovery_code_may_have_blanks_and_small_letters():
    assert rules.plain_code(" abcd-efgh – jkmn pqrs ") == "ABCDEFGHJKMNPQRS"
    codes = rules.new_recovery_codes()
    assert len(set(codes)) == 10 and all(len(rules.plain_code(c)) == 16 for c in codes)


@pytest.mark.nodb
@pytest.mark.parametrize(("span", "most"), [(timedelta(minutes=5), 5), (timedelta(hours=1), 20), (timedelta(days=1), 50)])
def test_each_limit_closes_exactly_at_its_number_and_opens_after_its_span(at, span, most):
    tried = [at - span + timedelta(seconds=1)] * most
    with pytest.raises(Incomplete):
        rules.check_tries(tried, at)
    rules.check_tries(tried[1:] if most == 5 else [at - span] * most, at)


@pytest.mark.nodb
def test_sealed_secrets_open_with_an_older_key_too_and_with_no_other():
    sealed = sealing.seal("secret", ["old"])
    assert sealing.unseal(sealed, ["new", "old"]) == "secret"
    assert sealing.unseal(sealed, ["new"]) is None and sealing.unseal("rubbish", ["old"]) is None


@pytest.mark.nodb
def test_who_needs_one_follows_office_day_and_demonstration(at):
    need = {"offices": ["officer"], "on": at.date(), "spared": False, "since": ""}
    assert rules.needs_factor({"officer", "researcher"}, **need) and not rules.needs_factor({"researcher"}, **need)
    assert not rules.needs_factor({"officer"}, **need | {"spared": True})
    assert not rules.needs_factor({"officer"}, **need | {"since": "2026-03-03"}) and rules.needs_factor({"officer"}, **need | {"since": "2026-03-02"})


def test_set_up_asks_for_a_code_shows_recovery_codes_once_and_tells_the_person(app, db, as_, user, mails):
    pi, elsewhere = as_("pi1"), as_("pi1")
    wrong = pi.submit("/auth/second-factor/set-up", {"code": "000000"}, status=422)
    page = page_of(wrong)
    secret = page.select_one("details code").text.replace(" ", "")
    assert page.select_one("svg.qr") is not None and "style=" not in str(page.select_one("svg.qr")) and "không đúng" in wrong.text
    form = values_of(page.select("main form[method=post]")[-1])
    answer = pi.post("/auth/second-factor/set-up", data=form | {"code": code(secret=secret)})
    assert answer.status_code == 202
    codes = [c.text for c in page_of(answer).select(".recovery-codes code")]
    assert len(codes) == 10 and "no-store" in answer.headers["Cache-Control"]
    row = queries.authenticator_of(user("pi1"))
    assert secret not in row.sealed and not any(rules.plain_code(c) in str(r.code_hash) for c in codes for r in db.session.query(RecoveryCode))
    assert pi.get("/auth/second-factor").status_code == 200, "this session goes on"
    assert elsewhere.get("/auth/account").status_code == 302, "every other one has ended"
    assert mails()[-1].template == "entry/mail/factor_changed.txt" and secret not in mails()[-1].body
    assert "set_up_factor" in {e.verb for e in journal.timeline([journal.subject_key(user("pi1"))])}


def test_a_secret_of_another_person_is_not_confirmed(app, as_, user):
    sealed = sealing.seal(f"{user('pi2').public_id}:{SECRET}", app.config["FACTOR_KEYS"])
    answer = as_("pi1").submit("/auth/second-factor/set-up", {"sealed": sealed, "code": code()}, status=422)
    assert "quá lâu" in answer.text and queries.authenticator_of(user("pi1")) is None


def test_nobody_is_signed_in_between_the_two_steps(app, user, anonymous):
    with_app(app, user("pi1"))
    answer = password_step(anonymous, "pi1", next="/auth/account")
    assert answer.status_code == 303 and answer.location == "/auth/second-step"
    assert anonymous.get("/auth/account").status_code == 302
    done = second_step(anonymous, code())
    assert done.status_code == 303 and done.location == "/auth/account"
    assert anonymous.get("/auth/account").status_code == 200


def test_a_code_opens_once_and_an_older_one_not_after_a_newer(app, user):
    with_app(app, user("pi1"))
    first, second, third = app.test_client(), app.test_client(), app.test_client()
    for client in (first, second, third):
        password_step(client, "pi1")
    assert second_step(first, code()).status_code == 303
    again = second_step(second, code())
    assert again.status_code == 422 and "không đúng" in again.text
    assert second_step(third, code(-1)).status_code == 422


def test_too_many_wrong_codes_close_the_second_step_for_a_while(app, user, anonymous, travel, at):
    with_app(app, user("pi1"))
    password_step(anonymous, "pi1")
    for _n in range(5):
        assert "không đúng" in second_step(anonymous, "000000").text
    shut = second_step(anonymous, code())
    assert shut.status_code == 422 and "Quá nhiều mã sai" in shut.text
    travel.move_to(at + timedelta(minutes=6))
    assert second_step(anonymous, code()).status_code == 303


def test_half_way_ends_after_ten_minutes_and_with_a_changed_password(app, db, user, anonymous, travel, at):
    with_app(app, user("pi1"))
    password_step(anonymous, "pi1")
    people.set_password(user("pi1"), PASSWORD + "!", by=None, at=at)
    db.session.commit()
    assert anonymous.get("/auth/second-step").status_code == 303
    people.set_password(user("pi1"), PASSWORD, by=None, at=at)
    db.session.commit()
    password_step(anonymous, "pi1")
    travel.move_to(at + timedelta(minutes=11))
    assert anonymous.get("/auth/second-step").location == "/auth/login"


def test_a_recovery_code_opens_once_and_renewed_ones_replace_it(app, user, mails):
    codes = with_app(app, user("pi1"))
    one, two = app.test_client(), app.test_client()
    password_step(one, "pi1"), password_step(two, "pi1")
    assert second_step(one, codes[0].lower().replace("-", " ")).status_code == 303
    assert mails()[-1].template == "entry/mail/recovery_used.txt" and "9" in mails()[-1].body
    assert second_step(two, codes[0]).status_code == 422
    fresh = page_of(one.submit("/auth/second-factor/codes", status=202)).select(".recovery-codes code")
    assert second_step(two, codes[1]).status_code == 422, "old ones open nothing any more"
    assert second_step(two, fresh[0].text).status_code == 303


def test_what_was_typed_comes_through_the_second_step(app, db, as_, user, at):
    pi = as_("pi1")
    form = values_of(pi.page("/ideas/new").select("main form[method=post]")[-1])
    with_app(app, user("pi1"))
    people.end_sessions(user("pi1"), by=user("admin"), at=at)
    db.session.commit()
    over = pi.post("/ideas/new", data=form | {"title": "Tưới tiết kiệm cho thanh long ruột đỏ"})
    assert over.status_code == 401
    asked = pi.post("/auth/take-up", data=values_of(page_of(over).select_one("main form")) | {"email": "pi1@demo.vamco.test", "password": PASSWORD})
    assert asked.status_code == 202 and pi.get("/auth/account").status_code == 302
    back = pi.post("/auth/second-step", data=values_of(page_of(asked).select_one("main form")) | {"code": code()})
    assert back.status_code == 202 and "Tưới tiết kiệm cho thanh long" in back.text


@pytest.fixture
def officer(app, db, user):
    """The officer's account is a real one, not of the demonstration."""
    found = user("officer")
    found.is_demo = False
    db.session.commit()
    return found


def test_an_office_without_a_second_factor_can_only_set_one_up(app, officer, as_):
    client = as_("officer")
    for url in ("/desk/", "/calls/", "/auth/account", "/auth/password"):
        assert client.get(url).location == "/auth/second-factor", url
    assert client.post("/auth/sessions/end-others", data={"csrf_token": client.page("/auth/second-factor").select_one("[name=csrf_token]")["value"]}).status_code == 403
    page = client.page("/auth/second-factor/set-up")
    secret = page.select_one("details code").text.replace(" ", "")
    assert client.post("/auth/second-factor/set-up", data=values_of(page.select("main form")[-1]) | {"code": code(secret=secret)}).status_code == 202
    assert client.get("/desk/").status_code == 200
    refused = client.submit("/auth/second-factor/turn-off", status=422) if False else client.post("/auth/second-factor/turn-off", data=values_of(client.page("/auth/second-factor/turn-off").select("main form")[-1]))
    assert refused.status_code == 409 or "yếu tố thứ hai" in refused.text


def test_before_the_day_and_in_the_demonstration_nobody_must(app, db, officer, as_):
    app.config["SECOND_FACTOR_FROM"] = "2026-04-01"
    assert as_("officer").get("/desk/").status_code == 200
    app.config["SECOND_FACTOR_FROM"] = ""
    assert as_("leader").get("/desk/").status_code == 200


def test_the_administrator_resets_with_a_reason_and_both_sides_are_told(app, db, as_, user, mails, at):
    codes = with_app(app, user("pi1"))
    pi, admin = app.test_client(), as_("admin")
    password_step(pi, "pi1")
    second_step(pi, codes[0])
    people.grant(user("officer2"), "admin", by=user("admin"), at=at)
    db.session.commit()
    url = f"/admin/users/{user('pi1').public_id}/second-factor/reset"
    admin.submit(url, {"reason": ""}, status=422)
    admin.submit(url, {"reason": "mất điện thoại, đã gặp trực tiếp"})
    assert queries.factors_of(user("pi1")).number == 0 and db.session.query(RecoveryCode).count() == 0 and pi.get("/auth/account").status_code == 302
    told = {(m.template, m.to_address) for m in mails()}
    assert ("entry/mail/factor_reset.txt", "pi1@demo.vamco.test") in told and ("entry/mail/factor_reset_seen.txt", "officer2@demo.vamco.test") in told
    assert admin.get(url).status_code == 409
    assert password_step(app.test_client(), "pi1").location == "/desk/"


def test_nobody_resets_the_own_and_a_researcher_nobodys(app, as_, user, at):
    with_app(app, user("admin"))
    with pytest.raises(NotAllowed):
        actions.reset(user("admin"), by=user("admin"), at=at, reason="x")
    with pytest.raises(WrongState):
        actions.reset(user("pi2"), by=user("admin"), at=at, reason="x")
    assert as_("pi1").get(f"/admin/users/{user('admin').public_id}/second-factor/reset").status_code == 403
    assert app.test_cli_runner().invoke(args=["second-factor", "reset", "admin@demo.vamco.test", "--reason", "mất máy"]).exit_code == 0
    assert queries.authenticator_of(user("admin")) is None


def test_turning_it_off_takes_the_recovery_codes_along(app, db, user, at):
    with_app(app, user("pi1"))
    actions.turn_off(user("pi1"), needed=False, at=at)
    assert db.session.query(RecoveryCode).count() == 0 and db.session.query(Authenticator).count() == 0
    with pytest.raises(WrongState):
        actions.turn_off(user("pi1"), needed=False, at=at)
