"""Rows of the archive."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    append_only,
    enum_of,
    text_check,
    to,
)
from app.services.people.models import User
from app.stages.archive.rules import CopyState, HoldState
from app.stages.funding.models import Project


class Copy(Identified, Versioned, Model):
    """One file of a dossier, made for one person. `whole` is whether it was asked for by office; `done` of `total` entries are packed."""

    __tablename__ = "archive_copy"

    subject_type: Mapped[str] = mapped_column(String(64))  # project or proposal
    subject_pid: Mapped[str] = mapped_column(String(26))
    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    whole: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[CopyState] = enum_of(CopyState, default=CopyState.REQUESTED, index=True)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    size: Mapped[int | None] = mapped_column(BigInteger)  # bytes
    sha256: Mapped[str | None] = mapped_column(String(64))

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        Index("ix_archive_copy_subject", "subject_type", "subject_pid"),
        CheckConstraint("state <> 'ready' OR (size IS NOT NULL AND sha256 IS NOT NULL AND expires_at IS NOT NULL)", name="ready_is_whole"),
    )


_LIVE = "state = 'placed'"


class Hold(Identified, Versioned, Model):
    """While it is placed nothing of the project may be destroyed."""

    __tablename__ = "legal_hold"

    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    state: Mapped[HoldState] = enum_of(HoldState, default=HoldState.PLACED)
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[int] = mapped_column(to("user_account"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_reason: Mapped[str | None] = mapped_column(Text)

    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    placed_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[placed_by_id])
    lifted_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[lifted_by_id])

    __table_args__ = (
        Index("uq_legal_hold_placed", "project_id", unique=True, sqlite_where=text(_LIVE), postgresql_where=text(_LIVE)),
        CheckConstraint("lifted_by_id IS NULL OR lifted_by_id <> placed_by_id", name="two_persons"),
        text_check("reason", 2000), text_check("lifted_reason", 2000),
    )  # fmt: skip


class Deposit(Identified, Model):
    """The dossier of a project was handed over to the archive."""

    __tablename__ = "archive_deposit"

    project_id: Mapped[int] = mapped_column(to("project"), unique=True)
    handed_on: Mapped[date]
    receiver: Mapped[str] = mapped_column(String(200))
    minutes: Mapped[str] = mapped_column(String(100))  # number of the minutes of the handover
    shelf: Mapped[str | None] = mapped_column(String(100))  # where it lies: store, shelf, box
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship(lazy="raise_on_sql")


append_only("archive_deposit")
