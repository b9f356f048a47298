"""What is to be there before a project starts, as somebody ticked it. What the system sees by itself has no row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, to
from app.services.people.models import User


class StartItem(Identified, Model):
    """A line of the start-up checklist that a person confirmed; the codes are the rulebook's."""

    __tablename__ = "start_item"

    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(300))
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("project_id", "code"),)
