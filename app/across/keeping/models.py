"""Rows of backups and anchors: only added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.across.keeping.rules import Kind
from app.kernel.db import Identified, Model, UtcDateTime, append_only, enum_of


class BackupRun(Identified, Model):
    """A backup that was made or failed, a restoration, or the mails let go after one."""

    __tablename__ = "backup_run"

    kind: Mapped[Kind] = enum_of(Kind)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    archive: Mapped[str] = mapped_column(String(200))
    size: Mapped[int | None] = mapped_column(BigInteger)  # bytes
    sha256: Mapped[str | None] = mapped_column(String(64))
    seconds: Mapped[int | None]
    journal_lines: Mapped[int | None]
    said: Mapped[str] = mapped_column(String(500), default="")

    __table_args__ = (CheckConstraint("size > 0", name="size_positive"),)


append_only("backup_run")


class JournalAnchor(Model):
    """What was written outside the database about the journal's end, and when."""

    __tablename__ = "journal_anchor"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    lines: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    readings: Mapped[int] = mapped_column(BigInteger)  # the last note of access that the sum holds
    readings_sum: Mapped[str] = mapped_column(String(64))
    mailed: Mapped[bool] = mapped_column(default=False)


append_only("journal_anchor")
