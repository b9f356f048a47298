"""Mail as rows of the same transaction: rolled back with it, sent by the worker, at least once.

Templates: the first line is ``Subject: …``, the rest the body. One recipient per message, always; the Message-ID is
made of the dedupe key, so that a second sending after a crash is seen as the same mail.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mail import Message
from sqlalchemy import String, Text, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import mail
from app.kernel.db import Identified, Model, UtcDateTime, db, enum_of
from app.kernel.words import N_, Face

LEASE = timedelta(minutes=15)  # longer than a server can hang in every step of one mail (app/extensions.py)
TRIES = 60
BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 15, 30, 60)]
WRITERS: list[Callable[..., str]] = [render_template]  # the last one makes the text of a mail


class MailState(Face):
    """Where a mail is: waiting for the worker, sent, or given up."""

    WAITING = "waiting", N_("Waiting"), "amber"
    SENT = "sent", N_("Sent"), "green"
    FAILED = "failed", N_("Failed"), "red"


class OutboxMail(Identified, Model):
    """One mail to one person, rendered in that person's language when it was posted."""

    __tablename__ = "outbox_mail"

    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    to_user_id: Mapped[int | None] = mapped_column(index=True)
    to_address: Mapped[str] = mapped_column(String(320))
    template: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    mail_state: Mapped[StrEnum] = enum_of(MailState, default=MailState.WAITING, index=True)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(500))


def post(template: str, *, to: Any, key: str, at: datetime, **context: Any) -> None:
    """Queue one mail to each person in `to` (a user or several). The same key and person never get a second; a writer that gives no text lets none go."""
    for person in {p.id: p for p in (to if isinstance(to, Iterable) else [to]) if p is not None}.values():
        dedupe = f"{key}:{person.id}"
        if db.session.scalar(select(OutboxMail.id).where(OutboxMail.dedupe_key == dedupe)):
            continue
        with force_locale(person.locale or "vi"):
            if not (text := WRITERS[-1](template, to=person, key=dedupe, at=at, base_url=current_app.config["PUBLIC_BASE_URL"], **context)):
                continue
            text += "\n" + render_template("mail/_signature.txt")
        subject, _, body = text.lstrip().partition("\n")
        subject = " ".join(subject.removeprefix("Subject:").split())
        db.session.add(OutboxMail(dedupe_key=dedupe, to_user_id=person.id, to_address=person.email, template=template,
                                  subject=subject[:300], body=body.strip() + "\n", posted_at=at, not_before=at))  # fmt: skip
    db.session.flush()


def claim(at: datetime) -> OutboxMail | None:
    """Take the next due mail under a lease and commit; None when nothing waits."""
    due = (select(OutboxMail.id).where(OutboxMail.mail_state == MailState.WAITING, OutboxMail.not_before <= at, or_(OutboxMail.locked_until.is_(None), OutboxMail.locked_until < at))
           .order_by(OutboxMail.id).limit(1).with_for_update(skip_locked=True))  # fmt: skip
    mail_id = db.session.scalar(due)
    if mail_id is not None:
        db.session.execute(update(OutboxMail).where(OutboxMail.id == mail_id)
                           .values(locked_until=at + LEASE, tries=OutboxMail.tries + 1))  # fmt: skip
    db.session.commit()
    return db.session.get(OutboxMail, mail_id, populate_existing=True) if mail_id is not None else None


def deliver(item: OutboxMail, at: datetime) -> bool:
    """Send one claimed mail and commit the outcome. A failure is kept and tried again later."""
    try:
        _send(item)
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is this mail's alone: the others go on
        item.last_error, item.locked_until, item.not_before = repr(failure)[:500], None, at + BACK_OFF[min(item.tries, len(BACK_OFF)) - 1]
        item.mail_state = MailState.FAILED if item.tries >= TRIES or for_good(failure) else MailState.WAITING
        db.session.commit()
        return False
    item.mail_state, item.sent_at, item.locked_until = MailState.SENT, at, None
    db.session.commit()
    return True


def for_good(failure: Exception) -> bool:
    """Would it fail the same way again: the server refuses recipient or text for good (5xx), or the mail cannot be made?"""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return min(code for code, _said in failure.recipients.values()) >= 500
    return failure.smtp_code >= 500 if isinstance(failure, smtplib.SMTPDataError) else not isinstance(failure, OSError)


def resend(item: OutboxMail, *, at: datetime) -> None:
    """Put a failed mail back in the queue."""
    item.mail_state, item.tries, item.not_before = MailState.WAITING, 0, at


def _send(item: OutboxMail) -> None:
    domain = current_app.config["MAIL_DOMAIN"]
    headers = {"Auto-Submitted": "auto-generated"}
    if ends := re.search(r"^https?://\S+/unsubscribe/\w+$", item.body, re.MULTILINE):  # RFC 8058: mail programs offer a button
        headers |= {"List-Unsubscribe": f"<{ends[0]}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = Message(subject=item.subject, recipients=[item.to_address], body=item.body, extra_headers=headers)
    message.msgId = f"<{item.dedupe_key.replace(':', '.')}@{domain}>"
    if folder := current_app.config["MAIL_FOLDER"]:
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, f"{item.public_id}.eml").write_bytes(message.as_bytes())
    else:
        mail.send(message)
