"""Rows of charges and deputies."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, enum_of, to
from app.services.charges.rules import FileKind
from app.services.people.models import User


class Charge(Model):
    """The officer in charge of a file now. Who was before stands in the journal of the file."""

    __tablename__ = "charge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[FileKind] = enum_of(FileKind)
    file_pid: Mapped[str] = mapped_column(String(26))
    officer_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    given_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    officer: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[officer_id])

    __table_args__ = (UniqueConstraint("kind", "file_pid"),)


class Deputy(Identified, Model):
    """Who looks after the files of an absent person, from one day to another, of which kinds."""

    __tablename__ = "deputy"

    absent_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    deputy_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    kinds: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = mapped_column(to("user_account"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    absent: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[absent_id])
    deputy: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[deputy_id])

    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="ends_after_first"),
        CheckConstraint("deputy_id <> absent_id", name="another_person"),
        Index("ix_deputy_days", "first_day", "last_day"),
    )
