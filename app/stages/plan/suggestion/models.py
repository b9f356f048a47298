"""Words that officers add to the vocabulary, and titles that persons tied to an item."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, Versioned, text_check, to
from app.services.people.models import User
from app.stages.plan.models import Priority


class PriorityTerm(Identified, Versioned, Model):
    """A word, or words that must stand together, which speak for an item. What is taken out stays on record."""

    __tablename__ = "priority_term"

    item_id: Mapped[int] = mapped_column(to("priority"), index=True)
    words: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(200))
    weight: Mapped[int]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    item: Mapped[Priority] = relationship(lazy="raise_on_sql")
    added_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (text_check("words", 200), CheckConstraint("weight BETWEEN 1 AND 5", name="weight_range"))


class ConfirmedLink(Model):
    """The title of an idea or topic with the item a person tied it to. One row per subject: the last word counts."""

    __tablename__ = "confirmed_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_pid: Mapped[str] = mapped_column(String(26))
    item_id: Mapped[int] = mapped_column(to("priority"), index=True)
    title: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("subject_type", "subject_pid"),)
