"""The index: the titles of earlier work, and the words and pairs of words in them."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model


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
