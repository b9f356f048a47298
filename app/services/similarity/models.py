"""The index: the titles of earlier work with their words and pairs of words; long texts with their prints, and what they share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, UtcDateTime


class TextEntry(Model):
    """One piece of work as text: its titles, one a line. Made again from the stage's row at any time; holds nothing of its own."""

    __tablename__ = "text_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject_pid: Mapped[str] = mapped_column(String(26))
    titles: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("kind", "subject_pid"),)


class TextPosting(Model):
    """A word or pair of words (as a number) that stands in an entry."""

    __tablename__ = "text_posting"

    gram: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("text_entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)

    __table_args__ = (Index("ix_text_posting_entry_id", "entry_id"),)


class WorkText(Model):
    """A long text that may be compared: handed over by its stage once it is open. Made again at any time; holds nothing of its own.

    `known` is what such a text may repeat without that meaning anything: the order it answers.
    """

    __tablename__ = "work_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject_pid: Mapped[str] = mapped_column(String(26))
    text: Mapped[str] = mapped_column(Text)
    known: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    compared_among: Mapped[int | None]  # how many texts were here when it was compared

    __table_args__ = (UniqueConstraint("kind", "subject_pid"),)


class WorkPrint(Model):
    """A run of words (as a number) that stands in a text."""

    __tablename__ = "work_print"

    print: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    text_id: Mapped[int] = mapped_column(ForeignKey("work_text.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)

    __table_args__ = (Index("ix_work_print_text_id", "text_id"),)


class WorkOverlap(Model):
    """What two texts share: the later one (`text_id`) with one that was here before; shares in thousandths of each one's words."""

    __tablename__ = "work_overlap"

    text_id: Mapped[int] = mapped_column(ForeignKey("work_text.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(ForeignKey("work_text.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    share: Mapped[int]
    other_share: Mapped[int]
    words: Mapped[int]
    passages: Mapped[list[list[int]]] = mapped_column(JSON)

    __table_args__ = (Index("ix_work_overlap_other_id", "other_id"), CheckConstraint("other_id < text_id", name="later_first"))
