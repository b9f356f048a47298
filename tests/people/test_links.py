"""Sign-up, reset and change of address: nobody learns who has an account, a link works once and for an hour, and what makes it needless kills it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.kernel.errors import Incomplete, WrongState
from app.services.people import actions, cli, links, queries
from app.services.people.models import AccountToken, SignInTry, User
from app.services.people.rules import (
    LINKS_A_DAY,
    LINKS_A_DAY_IN_ALL,
    LINKS_FROM_ONE_SOURCE,
    Purpose,
    check_address,
    check_orcid,
    check_phone,
    check_tax_code,
)
from tests.support.browser import values_of
from tests.support.databases import PASSWORD

NEW, OLD = "nguoi.moi@vien.vn", "pi1@demo.vamco.test"
SENTENCE = "một câu dài dễ nhớ"
MINUTE = timedelta(minutes=1)


def token_in(mail):
    return re.search(r"/auth/(?:sign-up|reset|email/\w+)/(\S+)", mail.body)[1]


def path_in(mail):
    return re.search(r"http://[^/]+(/auth/\S+)", mail.body)[1]


def to(mails, address):
    return [m for m in mails() if m.to_address == address]


# --- rules ----------------------------------------------------------------------------------------------------


@pytest.mark.nodb
@pytest.mark.parametrize("typed", ["Nguoi.Moi@Vien.VN", "ｎｇｕｏｉ．ｍｏｉ＠ｖｉｅｎ．ｖｎ", "nguoi.moi@vien。vn", " nguoi.moi@vien.vn\u200b", "\u202enguoi.moi@vien.vn"])
def test_one_mailbox_is_one_address_however_it_is_typed(typed):
    assert queries.email_norm(check_address(typed)) == NEW and queries.email_norm(typed) == NEW


@pytest.mark.nodb
@pytest.mark.parametrize("typed", ["", "a", "a@", "@b.vn", "a@b", "а@vien.vn", "ngườimới@vien.vn", "a b@c.vn", "a..b@c.vn", ".a@c.vn", "a@c..vn", "a@-c.vn", "a@c.vn,b@c.vn",
                                   "a@c.vn\nBcc: b@c.vn", "\"a\"@c.vn", "a@[127.0.0.1]", "x" * 65 + "@c.vn", "a@" + "b" * 300 + ".vn", "<a@c.vn>", "a@c.vn>"])  # fmt: skip
def test_what_looks_like_another_address_is_none(typed):
    with pytest.raises(Incomplete):
        check_address(typed)


@pytest.mark.nodb
def test_numbers_with_check_digits():
    assert check_orcid("https://orcid.org/0000-0002-1694-233x") == "0000-0002-1694-233X" and check_orcid("  ") is None
    assert check_tax_code("0100109106001") == "0100109106-001" and check_tax_code("０３００５８８５６９") == "0300588569" and check_tax_code("") is None
    assert check_phone(" 0272  382 6 382 ") == "0272 382 6 382" and check_phone("") is None
    for check, wrong in ((check_orcid, "0000-0002-1825-0098"), (check_orcid, "0000"), (check_orcid, "٠٠٠٠-0002-1825-0097"), (check_tax_code, "0100109107"), (check_tax_code, "abc"),
                         (check_tax_code, "9" * 40), (check_phone, "123"), (check_phone, "call me"), (check_phone, "1" * 30)):  # fmt: skip
        with pytest.raises(Incomplete):
            check(wrong)


# --- sign-up --------------------------------------------------------------------------------------------------


def test_from_a_stranger_to_a_researcher(anonymous, db, cast, mails):
    anonymous.submit("/auth/sign-up?next=/calls/", {"email": NEW, "name": "Lê Thị Mới"})
    assert NEW in anonymous.page("/auth/mailed").text
    assert queries.user_by_email(NEW) is None, "no account before the address is confirmed"
    mail = to(mails, NEW)[0]
    assert "Mới" not in mail.subject + mail.body, "nothing that somebody typed goes to a mailbox of others"
    url = path_in(mail)
    assert anonymous.page(url) and anonymous.page(url), "opening changes nothing"
    weak = anonymous.submit(url, {"password": "ngắn", "again": "ngắn"}, status=422)
    assert "10 ký tự" in weak.text
    anonymous.submit(url, {"password": SENTENCE, "again": SENTENCE + "x"}, status=422)
    made = anonymous.submit(url, {"password": SENTENCE, "again": SENTENCE})
    assert made.location.endswith("/auth/login?next=/calls/")
    form = values_of(anonymous.page(made.location).select_one("main form"))
    assert anonymous.post(made.location, data=form | {"email": NEW.upper(), "password": SENTENCE}).location.endswith("/calls/")
    user = queries.user_by_email(NEW)
    assert user.roles == {"researcher"} and user.organisations == []
    assert anonymous.get(url).status_code == 404, "once"


def test_the_answer_is_the_same_for_an_address_that_has_an_account(app, cast, mails):
    answers = []
    for address in (NEW, OLD, "PI1@demo．vamco.test"):
        client = app.test_client()
        answer = client.submit("/auth/sign-up", {"email": address, "name": "Ai Đó"})
        page = re.sub(r'value="[^"]{20,}"', "", client.get("/auth/mailed").get_data(as_text=True)).replace(address, "…").replace("PI1@demo.vamco.test", "…")
        answers.append((answer.status_code, answer.location, re.sub(r"pi1@\S+|PI1@\S+", "…", page)))
    assert answers[0][:2] == answers[1][:2] == answers[2][:2]
    assert answers[0][2] == answers[1][2]
    kinds = [m.template for m in mails()]
    assert kinds == ["people/mail/sign_up.txt", "people/mail/already.txt", "people/mail/already.txt"]
    assert "/auth/sign-up/" not in mails()[1].body


def test_asking_costs_the_same_work(app, cast, count_queries):
    def ask(url, address):
        client = app.test_client()
        data = values_of(client.page(url).select_one("main form")) | {"email": address, "name": "Ai Đó"}
        return count_queries(lambda: client.post(url, data=data))

    for url in ("/auth/sign-up", "/auth/forgotten"):
        ask(url, "warm.up@vien.vn")
        known, unknown = ask(url, OLD), ask(url, NEW)
        assert abs(known - unknown) <= 2, (url, known, unknown)  # an account brings its roles along


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"])
def test_the_way_on_stays_here(anonymous, cast, mails, target):
    anonymous.submit("/auth/sign-up?" + "next=" + target, {"email": NEW, "name": "Ai Đó"})
    made = anonymous.submit(path_in(to(mails, NEW)[0]), {"password": SENTENCE, "again": SENTENCE})
    assert "evil" not in made.location and made.location.endswith("/auth/login")


def test_an_invited_contact_is_given_the_first_password(db, cast, at, mails):
    contact = actions.add_user("khach@vien.vn", "Người Được Mời", by=None, at=at)
    links.ask_sign_up("khach@vien.vn", "Tên Khác", source="1.1.1.1", locale="vi", next=None, at=at)
    user = links.sign_up(token_in(mails()[0]), SENTENCE, at=at)
    assert user.id == contact.id and user.name == "Người Được Mời" and actions.password_fits(user, SENTENCE)


def test_two_links_make_one_account(db, cast, at, mails):
    for _n in range(2):
        links.ask_sign_up(NEW, "A", source=None, locale="vi", next=None, at=at)
    one, two = map(token_in, mails())
    links.sign_up(two, SENTENCE, at=at)
    with pytest.raises(WrongState):
        links.sign_up(one, SENTENCE + "!", at=at)
    assert len(db.session.scalars(select(User).where(User.email_norm == NEW)).all()) == 1


@pytest.mark.parametrize("nasty", ["<script>alert(1)</script>", "a" * 500, "x\r\nBcc: b@c.vn", "\x00", "{{7*7}}"])
def test_hostile_names_and_addresses(app, cast, mails, nasty):
    client = app.test_client()
    form = values_of(client.page("/auth/sign-up").select_one("main form"))
    for data in ({"email": nasty, "name": "A"}, {"email": NEW, "name": nasty}):
        answer = client.post("/auth/sign-up", data=form | data | {"once": ""})
        assert answer.status_code in (303, 422) and "<script>alert" not in answer.text
    assert all("\n" not in m.to_address and "Bcc" not in m.body for m in mails())


def test_in_english_too(anonymous, cast, mails):
    assert "Send me the link" in anonymous.get("/auth/sign-up?lang=en", follow_redirects=True).text
    anonymous.submit("/auth/sign-up", {"email": NEW, "name": "An Other"})
    assert mails()[-1].subject == "Confirm your address" and "works once" in mails()[-1].body
    assert "Choose a password" in anonymous.page(path_in(mails()[-1])).text


# --- how often ------------------------------------------------------------------------------------------------


def test_a_mailbox_is_not_flooded_and_its_owner_can_still_ask(db, cast, at, mails):
    for n in range(LINKS_A_DAY + 3):
        links.ask_reset(OLD, source="6.6.6.6", locale="vi", at=at + n * MINUTE)
        links.ask_sign_up(NEW, "A", source="6.6.6.6", locale="vi", next=None, at=at + n * MINUTE)
    assert len(to(mails, OLD)) == len(to(mails, NEW)) == LINKS_A_DAY
    links.ask_reset(OLD, source="7.7.7.7", locale="vi", at=at + 30 * MINUTE)
    assert links.living(token_in(to(mails, OLD)[-1]), Purpose.RESET, at=at + 31 * MINUTE), "from elsewhere it goes on"
    for n in range(LINKS_A_DAY_IN_ALL):
        links.ask_reset(OLD, source=f"10.0.0.{n}", locale="vi", at=at + 40 * MINUTE)
    assert len(to(mails, OLD)) <= LINKS_A_DAY_IN_ALL
    before = len(to(mails, OLD))
    links.ask_reset(OLD, source="6.6.6.6", locale="vi", at=at + timedelta(days=1, minutes=41))
    assert len(to(mails, OLD)) == before + 1


def test_one_source_does_not_ask_for_everybody(db, cast, at):
    for n in range(LINKS_FROM_ONE_SOURCE):
        links.ask_reset(f"nguoi{n}@vien.vn", source="9.9.9.9", locale="vi", at=at)
    with pytest.raises(Incomplete):
        links.ask_reset(OLD, source="9.9.9.9", locale="vi", at=at)
    links.ask_reset(OLD, source="8.8.8.8", locale="vi", at=at)
    links.ask_reset(OLD, source="9.9.9.9", locale="vi", at=at + timedelta(hours=1, minutes=1))


# --- reset ----------------------------------------------------------------------------------------------------


def asked(mails, at, address=OLD):
    links.ask_reset(address, source="1.2.3.4", locale="vi", at=at)
    return token_in(to(mails, address)[-1])


def test_a_new_password_ends_every_session(app, as_, anonymous, db, mails):
    inside = as_("pi1")
    anonymous.submit("/auth/forgotten", {"email": OLD})
    url = path_in(to(mails, OLD)[0])
    anonymous.submit(url, {"password": SENTENCE, "again": SENTENCE})
    assert inside.get("/auth/account").status_code == 302
    assert anonymous.get(url).status_code == 404
    assert [m.template for m in to(mails, OLD)] == ["people/mail/reset.txt", "people/mail/password_changed.txt"]
    form = values_of(anonymous.page("/auth/login").select_one("main form"))
    assert anonymous.post("/auth/login", data=form | {"email": OLD, "password": PASSWORD}).status_code == 422
    assert anonymous.post("/auth/login", data=form | {"email": OLD, "password": SENTENCE}).status_code == 303


def test_the_secret_is_stored_hashed_and_says_nothing(db, cast, at, mails):
    token = asked(mails, at)
    row = db.session.scalar(select(AccountToken))
    assert token not in (row.token_hash, row.email, row.next) and len(token) >= 43 and row.token_hash == queries.token_hash(token)


@pytest.mark.parametrize("killer", ["age", "use", "sign_in", "change_password", "deactivate", "email"])
def test_what_kills_a_link(db, cast, user, at, mails, killer):
    token, pi, later = asked(mails, at), user("pi1"), at + MINUTE
    if killer == "age":
        later = at + timedelta(minutes=60)
    elif killer == "use":
        links.reset(token, SENTENCE, at=later)
    elif killer == "sign_in":
        actions.sign_in(pi, at=later, hours=1, address="x", browser="x")
    elif killer == "change_password":
        actions.change_password(pi, PASSWORD, SENTENCE, at=later)
    elif killer == "deactivate":
        actions.deactivate(pi, by=user("admin"), at=later, reason="nghỉ")
    else:
        pi.email_norm = "khac@vien.vn"
    db.session.flush()
    with pytest.raises(WrongState):
        links.reset(token, SENTENCE + " nữa", at=later + MINUTE)


def test_a_link_opens_only_what_it_is_for(db, cast, at, mails):
    token = asked(mails, at)
    with pytest.raises(WrongState):
        links.sign_up(token, SENTENCE, at=at)
    with pytest.raises(WrongState):
        links.confirm_email(token, Purpose.EMAIL_NEW, at=at)
    links.reset(token, SENTENCE, at=at)


def test_a_closed_account_is_not_opened_by_mail(db, cast, user, at, mails):
    actions.deactivate(user("pi1"), by=user("admin"), at=at, reason="nghỉ")
    links.ask_reset(OLD, source=None, locale="vi", at=at)
    assert mails()[-1].template == "people/mail/no_account.txt" and "/reset/" not in mails()[-1].body


@pytest.mark.parametrize("token", ["x", "a" * 3000, "..%2f..", "' OR 1=1 --"])
def test_unknown_links(anonymous, cast, token):
    for where in ("sign-up", "reset", "email/old", "email/new", "email/else"):
        assert anonymous.get(f"/auth/{where}/{token}").status_code == 404


# --- another address ------------------------------------------------------------------------------------------


def test_both_mailboxes_must_agree(as_, app, db, user, mails):
    pi = as_("pi1")
    wrong = pi.submit("/auth/email", {"email": NEW, "password": "sai sai sai sai"}, status=422)
    assert "không phải" in wrong.text
    pi.submit("/auth/email", {"email": NEW, "password": PASSWORD})
    old, new = path_in(to(mails, OLD)[0]), path_in(to(mails, NEW)[0])
    elsewhere = app.test_client()
    elsewhere.submit(new)
    assert user("pi1").email == OLD and "Đã mở" in pi.page("/auth/email").text
    pi.submit(old)
    db.session.expire_all()
    assert queries.user_by_email(NEW).name == "Nguyễn Văn An" and queries.user_by_email(OLD) is None
    assert pi.get("/auth/account").status_code == 302
    assert {m.to_address for m in mails() if m.template.endswith("email_changed.txt")} == {OLD, NEW}


def test_an_address_of_others_is_not_taken_and_not_told(as_, user, mails):
    pi = as_("pi1")
    said = pi.submit("/auth/email", {"email": "pi2@demo.vamco.test", "password": PASSWORD})
    free = as_("pi3").submit("/auth/email", {"email": NEW, "password": PASSWORD})
    assert (said.status_code, said.location) == (free.status_code, free.location)
    mail = to(mails, "pi2@demo.vamco.test")[0]
    assert mail.template.endswith("email_taken.txt") and "/auth/email/" not in mail.body
    pi.submit(path_in(to(mails, OLD)[0]))
    assert user("pi2").email == "pi2@demo.vamco.test" and user("pi1").email == OLD


def test_a_second_wish_replaces_the_first(db, cast, user, at, mails):
    for address in (NEW, "khac@vien.vn"):
        links.ask_email_change(user("pi1"), address, PASSWORD, source=None, at=at)
    first_old, second_old = (token_in(m) for m in to(mails, OLD))
    with pytest.raises(WrongState):
        links.confirm_email(first_old, Purpose.EMAIL_OLD, at=at)
    assert not links.confirm_email(second_old, Purpose.EMAIL_OLD, at=at)
    with pytest.raises(WrongState):
        links.confirm_email(token_in(to(mails, NEW)[0]), Purpose.EMAIL_NEW, at=at)
    assert links.confirm_email(token_in(to(mails, "khac@vien.vn")[0]), Purpose.EMAIL_NEW, at=at)


# --- guessing -------------------------------------------------------------------------------------------------


def guess(app, source, password="sai sai sai sai", email=OLD):
    client = app.test_client()
    form = values_of(client.page("/auth/login").select_one("main form"))
    return client.post("/auth/login", data=form | {"email": email, "password": password}, environ_overrides={"REMOTE_ADDR": source})


def test_a_stranger_shuts_nobody_out(app, db, cast, at, mails):
    for _n in range(app.config["LOGIN_TRIES"]):
        assert guess(app, "6.6.6.6").status_code == 422
    assert "Quá nhiều lần" in guess(app, "6.6.6.6", PASSWORD).text
    assert guess(app, "7.7.7.7", PASSWORD).status_code == 303
    cli.warn(at)
    cli.warn(at + MINUTE)
    assert [m.to_address for m in mails()] == [OLD], "one mail a day"


def test_many_sources_close_an_account_to_strangers_and_not_to_its_owner(app, db, cast, at):
    assert guess(app, "7.7.7.7", PASSWORD).status_code == 303  # here the owner usually is
    db.session.add_all(SignInTry(email_norm=OLD, address=f"6.6.{n}.1", at=at) for n in range(app.config["LOGIN_TRIES"] * 10))
    db.session.commit()
    assert "Quá nhiều lần" in guess(app, "5.5.5.5", PASSWORD).text
    assert guess(app, "7.7.7.7", PASSWORD).status_code == 303
    assert guess(app, "5.5.5.5", PASSWORD, email="pi2@demo.vamco.test").status_code == 303
