"""Notices, and how people want to be told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Identified, Model, UtcDateTime, Versioned, to


class Notice(Identified, Model):
    """One thing told to one person inside the system. `key` is that of the mail; `subject_type` and `subject_pid` are what it tells of, where known."""

    __tablename__ = "notice"

    user_id: Mapped[int] = mapped_column(to("user_account"))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    template: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(300))
    path: Mapped[str | None] = mapped_column(String(500))
    subject_type: Mapped[str | None] = mapped_column(String(64))
    subject_pid: Mapped[str | None] = mapped_column(String(26))
    mailed: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_notice_user_id_at", "user_id", "at"),
        # the bell counts these on every page: the index holds nothing else
        Index("ix_notice_unread", "user_id", sqlite_where=text("read_at IS NULL"), postgresql_where=text("read_at IS NULL")),
    )


class MailChoice(Identified, Versioned, Model):
    """How one person wants to be told: way by group of mails, the daily digest, the key of the calendar, the day of the last digest."""

    __tablename__ = "mail_choice"

    user_id: Mapped[int] = mapped_column(to("user_account"), unique=True)
    ways: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    digest: Mapped[bool | None]  # None: officers get one, others do not
    calendar_serial: Mapped[int] = mapped_column(default=0)  # the key of the calendar is made of it; a new key is a higher one
    digest_on: Mapped[date | None]
