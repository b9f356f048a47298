"""Administration through HTTP: people and roles, outbox, clock, journal."""

from __future__ import annotations

from pathlib import Path

from flask_babel import gettext

from app.across.admin import words
from app.across.demo.plays import ideas
from app.kernel import outbox
from app.kernel.db import db as database
from app.kernel.lifecycle import LIFECYCLES
from app.kernel.outbox import MailState
from app.services.people.queries import user_by_email


def url(user, account, *more):
    return "/".join(("/admin/users", user(account).public_id, *more))


def test_only_the_administrator_manages_people(user, as_):
    for who in ("pi1", "finance"):
        as_(who).page("/admin/users", status=403)
    as_("officer").page("/admin/users")
    as_("officer").page(url(user, "pi1", "grant"), status=403)


def test_add_grant_revoke(user, as_):
    admin = as_("admin")
    admin.submit("/admin/users/new", {"email": "moi@demo.vamco.test", "name": "Nguyễn Văn Mới", "password": "mot cau de nho 2027", "locale": "vi"})
    person = user_by_email("moi@demo.vamco.test")
    assert person is not None and person.roles == {"researcher"}
    page = f"/admin/users/{person.public_id}"
    assert not admin.page(f"{page}/grant").select("[name=organisation]"), "a role has no scope: nothing would ask for it"
    admin.submit(f"{page}/grant", {"role": "officer", "ends_on": "31/12/2026"})
    database.session.expire_all()
    assert "officer" in user_by_email("moi@demo.vamco.test").roles
    revoke = admin.page(page).select_one("td a[href$=revoke]")["href"]
    admin.submit(revoke, {"reason": ""}, status=422)
    admin.submit(revoke, {"reason": "Chuyển công tác"})
    database.session.expire_all()
    assert "officer" not in user_by_email("moi@demo.vamco.test").roles
    assert "Chuyển công tác" in admin.page(page).text


def test_nobody_grants_oneself(user, as_):
    answer = as_("admin").submit(url(user, "admin", "grant"), {"role": "officer"}, status=403)
    assert 'id="role-error"' in answer.get_data(as_text=True)


def test_join_and_close_an_account(user, as_, cast):
    admin = as_("admin")
    admin.submit(url(user, "pi1", "join"), {"organisation": cast.org("host3").public_id})
    assert cast.org("host3").name in admin.page(url(user, "pi1")).text
    browser = as_("pi1")
    browser.page("/desk/")
    admin.submit(url(user, "pi1", "deactivate"), {"reason": "Nghỉ việc"})
    assert browser.get("/desk/").status_code == 302
    admin.submit(url(user, "pi1", "reactivate"))


def test_end_a_session(user, as_):
    browser = as_("pi2")
    as_("admin").submit(url(user, "pi2"), form="/end")
    assert browser.get("/desk/").status_code == 302


def test_a_failed_mail_is_sent_again(db, user, as_, at, mails):
    row = outbox.OutboxMail(dedupe_key="k:1", to_address="a@b.vn", template="t", subject="Thư thử", body="…", posted_at=at, not_before=at, mail_state=MailState.FAILED)
    db.session.add(row)
    db.session.commit()
    assert "Thư thử" in as_("admin").page("/admin/outbox?state=failed").text
    officer = as_("officer")
    assert f"/admin/outbox/{row.public_id}" in str(officer.page("/admin/outbox?state=failed"))
    officer.submit(f"/admin/outbox/{row.public_id}")
    assert mails()[-1].mail_state == MailState.WAITING


def test_a_mail_says_whose_it_is_in_the_language_of_its_reader(db, user, at, mails):
    for account, locale in (("pi1", "vi"), ("pi2", "en")):
        user(account).locale = locale
        outbox.post("people/mail/guessed.txt", to=user(account), key=f"signature-{account}", at=at)
    vietnamese, english = (m.body for m in mails()[-2:])
    assert "Vàm Cỏ · Sở Khoa học và Công nghệ · Tây Ninh" in vietnamese and "không trả lời" in vietnamese
    assert "Department of Science and Technology · Tây Ninh" in english and "do not answer" in english and "Sở" not in english


def test_the_clock_moves_forward_only(as_):
    admin = as_("admin")
    admin.submit("/admin/clock", {"days": "-3", "hours": "0"}, status=422)
    admin.submit("/admin/clock", {"days": "0", "hours": "0"}, status=422)
    as_("officer").page("/admin/clock", status=403)


def test_the_journal_is_searched(user, as_):
    auditor = as_("auditor")
    page = auditor.page("/admin/journal?who=Hồ+Thanh+Tra&verb=sign_in")
    assert len(page.select("tbody tr")) == 1
    assert auditor.page("/admin/journal?since=01/01/2100").select_one(".empty")
    auditor.page("/admin/journal?since=nonsense&until=32/13/2026")
    as_("officer").page("/admin/journal", status=403)


def test_the_journal_speaks_in_words(app, db, cast, user, as_, at):
    row = ideas.submitted_idea(cast, item="1.8", title="Trữ nước ngọt", at=at, by="pi1")
    db.session.commit()
    page = as_("auditor").page("/admin/journal?type=idea")
    text = page.select_one("tbody").text
    assert "Đề xuất" in text and "submit" not in text and "draft" not in text and "→" in text
    one = as_("auditor").page(f"/admin/journal?id={row.public_id}")
    assert one.select_one(f"main a[href='/ideas/{row.public_id}']").text == "Trữ nước ngọt"
    assert not as_("admin").page(f"/admin/journal?id={row.public_id}").select(f"main a[href='/ideas/{row.public_id}']"), "no link to what may not be read"


def test_every_mail_and_every_noun_has_a_word(app):
    folder = Path(app.root_path)
    kinds = {words.kind_of_mail(f"{p.parent.parent.name}/mail/{p.name}") for p in folder.rglob("templates/*/mail/*.txt")}
    assert len(kinds) > 40
    with app.test_request_context():
        for room, kind in kinds:
            assert gettext(room) != room and gettext(kind) != kind, (room, kind)
        missing = set(LIFECYCLES) - set(words.NOUNS)
        assert not missing
        assert all(gettext(label) != label for label in words.NOUNS.values())
