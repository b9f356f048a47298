"""The restore drill: from nothing but an archive and its key into an empty place, and people go on working."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from app.across.keeping import queries
from app.across.keeping.models import BackupRun
from app.cli import work
from app.kernel import journal, outbox
from app.kernel.db import db as database
from app.kernel.journal import JournalEntry
from app.kernel.outbox import MailState, OutboxMail
from app.services.files.models import Attachment
from app.services.people.models import SignInSession
from tests.support.browser import StrictClient, values_of
from tests.support.databases import PASSWORD


def signed_in(app, account):
    client = app.test_client()
    form = client.page("/auth/login").select_one("main form")
    assert client.post("/auth/login", data=values_of(form) | {"email": f"{account}@demo.vamco.test", "password": PASSWORD}).status_code == 303
    return client


def test_it_comes_back(played, at, as_, archive, secret, run, vacant, travel, mails):
    as_("officer")
    attachment = database.session.scalars(select(Attachment).where(Attachment.kind != "", Attachment.removed_at.is_(None)).order_by(Attachment.id)).first()
    wanted, file, waited = attachment.sha256, attachment.public_id, len([m for m in mails() if m.mail_state == MailState.WAITING])
    lines = database.session.scalar(select(func.count()).select_from(JournalEntry))
    database.session.commit()
    made = archive()
    assert run("backup", "verify", made)[0] == 0
    code, said = run("backup", "verify", made, "--identity", secret)
    assert code == 0, said
    vacant.test_client_class = StrictClient
    code, said = run("backup", "restore", made, "--identity", secret, on=vacant)
    assert code == 0, said
    with vacant.app_context():
        count, broken, _why = journal.verify()
        assert broken is None and count == lines + 1, "the backup's own line came after its state; the restoration is the next"
        assert database.session.scalar(select(JournalEntry.verb).order_by(JournalEntry.seq.desc())) == "restore"
        assert not database.session.scalar(select(func.count()).select_from(SignInSession).where(SignInSession.ended_at.is_(None)))
        check_mails_are_held(waited, at)
        database.session.remove()
    assert run("files", "verify", on=vacant)[0] == 0
    officer = signed_in(vacant, "officer")
    link = next(a["href"] for a in officer.page("/projects/").select("main td a[href^='/projects/'], main a[href^='/projects/']") if a["href"].count("/") == 2 and "." not in a["href"])
    officer.page(link)
    answer = officer.get(f"/files/{file}")
    assert answer.status_code == 200 and hashlib.sha256(answer.data).hexdigest() == wanted
    code, said = run("backup", "restore", made, "--identity", secret, on=vacant)
    assert code == 1 and "not empty" in said


def check_mails_are_held(waited, at):
    held = database.session.scalars(select(OutboxMail).where(OutboxMail.mail_state == MailState.FAILED, OutboxMail.last_error.contains("restored"))).all()
    assert len(held) == waited and queries.held() is not None
    assert not database.session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.mail_state == MailState.WAITING))
    if held:
        outbox.resend(held[0], at=at)
        database.session.commit()
        assert work(at) == 0, "nothing leaves before the administrator lets it"
    assert database.session.scalar(select(BackupRun.kind).order_by(BackupRun.id.desc())) == "restored"
