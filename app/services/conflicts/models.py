"""Rows of declared relations. Read by their owner and by the finder only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Identified, Model, UtcDateTime, enum_of, text_check, to
from app.services.conflicts.rules import TieKind


class Tie(Identified, Model):
    """What a person declares of another. Taken back, it counts no more; it is never deleted."""

    __tablename__ = "tie"

    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    kind: Mapped[TieKind] = enum_of(TieKind)
    name: Mapped[str] = mapped_column(String(200))
    email_norm: Mapped[str | None] = mapped_column(String(320))
    other_id: Mapped[int | None] = mapped_column(to("user_account"), index=True)
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (text_check("name", 200), CheckConstraint("other_id IS NULL OR other_id <> user_id", name="two_persons"))
