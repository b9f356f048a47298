"""Rows of keys and of what partners say."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    append_only,
    enum_of,
    money,
    text_check,
    to,
)
from app.services.apikeys.rules import NoticeKind
from app.services.people.models import Organisation, User


class ApiKey(Identified, Versioned, Model):
    """A key of a body's program. The secret itself is nowhere kept."""

    __tablename__ = "api_key"

    name: Mapped[str] = mapped_column(String(120))
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    organisation_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    account_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    expires_on: Mapped[date]  # its last day
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = mapped_column(to("user_account"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(1000))  # why it was revoked

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    account: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[account_id])

    __table_args__ = (text_check("name", 120), UniqueConstraint("organisation_id", "name"))


class Notice(Identified, Model):
    """What a partner said of a tranche or a result: number and day of its document. Whether somebody acted on it is asked of the thing itself."""

    __tablename__ = "api_notice"

    kind: Mapped[NoticeKind] = enum_of(NoticeKind)
    subject_pid: Mapped[str] = mapped_column(String(26))
    number: Mapped[str] = mapped_column(String(64))
    dated: Mapped[date]
    amount: Mapped[int | None] = money(nullable=True)
    key_id: Mapped[int] = mapped_column(to("api_key"), index=True)
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        text_check("number", 64),
        CheckConstraint("kind <> 'payment' OR amount IS NOT NULL", name="payment_has_amount"),
        Index("ix_api_notice_subject", "kind", "subject_pid"),
    )


append_only("api_notice")
