"""Rows of issued papers and of running numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    append_only,
    enum_of,
    to,
    trigger,
)
from app.kernel.journal import JournalEntry
from app.services.papers.rules import Ending
from app.services.papers.wording import WordingState
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
    ends_pid: Mapped[str | None] = mapped_column(String(26))  # the older paper (its public id) that this one replaces or withdraws
    ending: Mapped[Ending | None] = enum_of(Ending, nullable=True)

    issued_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("number", "body", "year"),
        Index("ix_paper_subject", "subject_type", "subject_pid"),
        Index("ix_paper_dated", "dated", "id"),
        Index("ix_paper_ends", "ends_pid", unique=True),
        CheckConstraint("(ends_pid IS NULL) = (ending IS NULL)", name="ends_how"),
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


class Wording(Identified, Versioned, Model):
    """One wording of a paper's template, written by an officer. Number 0 is the shipped file, which has no row."""

    __tablename__ = "paper_wording"

    template: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    state: Mapped[WordingState] = enum_of(WordingState, default=WordingState.DRAFT)
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500))
    valid_from: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    created_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("template", "number"),
        CheckConstraint("state <> 'in_force' OR valid_from IS NOT NULL", name="in_force_from"),
    )


class LegalBasis(Identified, Versioned, Model):
    """One legal basis and the days it is in force; `kinds` are the templates that print it. Words and first day never change."""

    __tablename__ = "legal_basis"

    text: Mapped[str] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(500))
    position: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    kinds: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    __table_args__ = (
        UniqueConstraint("text", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_to_after_from"),
    )


_FIXED = "id, public_id, text, source, valid_from, created_at, created_by_id"
for _name, _table, _event, _when, _why in (
    ("paper_wording_frozen", "paper_wording", "UPDATE", "OLD.state <> 'draft'", "a wording that was put in force is frozen"),
    ("paper_wording_kept", "paper_wording", "DELETE", "", "wordings are kept"),
    ("legal_basis_fixed", "legal_basis", f"UPDATE OF {_FIXED}", "", "words and first day of a legal basis never change"),
    ("legal_basis_kept", "legal_basis", "DELETE", "", "legal bases are kept"),
):
    trigger(
        _name, _table,
        sqlite=f"CREATE TRIGGER {_name} BEFORE {_event} ON {_table} {_when and 'WHEN ' + _when} BEGIN SELECT RAISE(ABORT, '{_why}'); END",
        postgresql=f"CREATE TRIGGER {_name} BEFORE {_event} ON {_table} FOR EACH ROW {_when and f'WHEN ({_when})'} EXECUTE FUNCTION refuse_change()",
    )  # fmt: skip
