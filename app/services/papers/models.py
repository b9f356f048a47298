"""Rows of issued papers and of running numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, append_only, to
from app.kernel.journal import JournalEntry
from app.services.people.models import User


class Paper(Identified, Model):
    """An issued paper. Its row is never changed: a correction is a new paper.

    `number` is the one it was issued with, else the one that the registry gave it later: that act stands in the journal.
    """

    __tablename__ = "paper"

    template: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(500))
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_pid: Mapped[str] = mapped_column(String(26))
    issued_number: Mapped[str | None] = mapped_column("number", String(60))
    body: Mapped[str] = mapped_column(String(200))
    parent_body: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(100))
    year: Mapped[int]
    dated: Mapped[date]
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    is_public: Mapped[bool] = mapped_column(default=False)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    issued_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("number", "body", "year"),
        Index("ix_paper_subject", "subject_type", "subject_pid"),
        Index("ix_paper_dated", "dated", "id"),
    )


append_only("paper")
NUMBER = "number"  # the verb of the registry's act
_given = (select(JournalEntry.detail["number"].as_string())
          .where(JournalEntry.subject_type == "paper", JournalEntry.subject_pid == Paper.public_id, JournalEntry.verb == NUMBER)
          .order_by(JournalEntry.seq).limit(1).correlate(Paper.__table__).scalar_subquery())  # fmt: skip
Paper.number = column_property(func.coalesce(Paper.issued_number, _given))  # type: ignore[attr-defined]


class Counter(Model):
    """The last number given in a series and year; grows in the transaction of the act that takes it."""

    __tablename__ = "counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(60))
    year: Mapped[int]
    n: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("series", "year"),)
