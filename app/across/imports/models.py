"""Rows of imports: batches and their lines. What they become belongs to the stages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.across.imports.rules import BatchState, Choice, Outcome, Target
from app.kernel.db import Identified, Model, UtcDateTime, Versioned, enum_of, to
from app.services.people.models import User


class Batch(Identified, Versioned, Model):
    """One sheet of one file. `mapping` is {field: column}, `units` {field: đồng that its numbers count}, `defaults` {field: text for empty cells}."""

    __tablename__ = "import_batch"

    state: Mapped[BatchState] = enum_of(BatchState, default=BatchState.READ)
    target: Mapped[Target] = enum_of(Target)
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    sheet: Mapped[str] = mapped_column(String(100), default="")
    sheets: Mapped[list[list[Any]]] = mapped_column(JSON)  # [name, hidden]
    encoding: Mapped[str] = mapped_column(String(32))
    with_hidden: Mapped[bool] = mapped_column(default=False)
    heads: Mapped[list[str]] = mapped_column(JSON)
    head_row: Mapped[int]
    shape: Mapped[str] = mapped_column(String(32), index=True)
    mapping: Mapped[dict[str, int]] = mapped_column(JSON)
    units: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    defaults: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    link_items: Mapped[bool] = mapped_column(default=False)  # tie to the item that the suggestion is sure of
    notes: Mapped[list[Any]] = mapped_column(JSON)
    total: Mapped[int] = mapped_column(default=0)
    with_errors: Mapped[int] = mapped_column(default=0)
    with_warnings: Mapped[int] = mapped_column(default=0)
    worked: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (CheckConstraint("worked <= total", name="worked_within_total"),)


class Row(Identified, Model):
    """A line: `cells` as found, `fixes` {field: what the officer wrote instead}, `understood` {field: value}, `problems` [field, level, msgid, parameters]."""

    __tablename__ = "import_row"

    batch_id: Mapped[int] = mapped_column(to("import_batch"), index=True)
    number: Mapped[int]  # in the file, from 1
    cells: Mapped[list[Any]] = mapped_column(JSON)
    fixes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    choice: Mapped[Choice] = enum_of(Choice, default=Choice.IMPORT)
    chosen: Mapped[bool] = mapped_column(default=False)  # by a person
    understood: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    problems: Mapped[list[Any]] = mapped_column(JSON, default=list)
    folded: Mapped[str] = mapped_column(String(600), default="")
    errors: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[int] = mapped_column(default=0)
    match_pid: Mapped[str | None] = mapped_column(String(26))  # what is here already
    outcome: Mapped[Outcome | None] = enum_of(Outcome, nullable=True)
    subject_pid: Mapped[str | None] = mapped_column(String(26), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # of what was filled: the empty values
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    batch: Mapped[Batch] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("batch_id", "number"), Index("ix_import_row_outcome", "batch_id", "outcome", "id"))
