"""Rows of the pool of experts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    enum_of,
    text_check,
    to,
)
from app.services.experts.rules import Degree, ExpertState
from app.services.people.models import User


class Expert(Identified, Versioned, Model):
    """A person of the pool; with an account from the day on which the invitation is accepted."""

    __tablename__ = "expert"

    state: Mapped[ExpertState] = enum_of(ExpertState, default=ExpertState.LISTED, index=True)
    user_id: Mapped[int | None] = mapped_column(to("user_account"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = mapped_column(String(400), index=True)
    email: Mapped[str] = mapped_column(String(320))
    email_norm: Mapped[str] = mapped_column(String(320), unique=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    birth_year: Mapped[int | None]
    degree: Mapped[Degree] = enum_of(Degree, default=Degree.OTHER)
    body: Mapped[str | None] = mapped_column(String(300))  # where he works, as he or the workbook says it
    speciality: Mapped[str | None] = mapped_column(String(500))
    languages: Mapped[list[Any]] = mapped_column(JSON, default=list)
    note: Mapped[str | None] = mapped_column(String(1000))  # of the officers
    folded: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User | None] = relationship(lazy="raise_on_sql")
    fields: Mapped[list[ExpertField]] = relationship(lazy="raise_on_sql", order_by="ExpertField.code", viewonly=True)
    away: Mapped[list[Away]] = relationship(lazy="raise_on_sql", order_by="Away.since", viewonly=True)

    __table_args__ = (
        text_check("name", 200), text_check("email", 320),
        CheckConstraint("state <> 'active' OR user_id IS NOT NULL", name="active_has_account"),
        CheckConstraint("birth_year IS NULL OR birth_year BETWEEN 1900 AND 2100", name="birth_year_range"),
    )  # fmt: skip


class ExpertField(Model):
    """A field of an expert: a code of the plan that was in force when it was chosen."""

    __tablename__ = "expert_field"

    id: Mapped[int] = mapped_column(primary_key=True)
    expert_id: Mapped[int] = mapped_column(to("expert"), index=True)
    code: Mapped[str] = mapped_column(String(10))

    __table_args__ = (UniqueConstraint("expert_id", "code"), Index("ix_expert_field_code", "code"))


class Away(Identified, Model):
    """Days on which an expert cannot sit, both included."""

    __tablename__ = "expert_away"

    expert_id: Mapped[int] = mapped_column(to("expert"), index=True)
    since: Mapped[date]
    until: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (CheckConstraint("until >= since", name="in_order"),)


class Invitation(Identified, Model):
    """A mailed link into the pool. A later one takes the place of an earlier one."""

    __tablename__ = "expert_invitation"

    expert_id: Mapped[int] = mapped_column(to("expert"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by_id: Mapped[int] = mapped_column(to("user_account"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted: Mapped[bool | None]
    why: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(1000))
    void_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    expert: Mapped[Expert] = relationship(lazy="raise_on_sql")

    __table_args__ = (CheckConstraint("(answered_at IS NULL) = (accepted IS NULL)", name="answered_or_not"),)


class Upload(Identified, Model):
    """A workbook of experts as it was read: rows that can be taken in, rows of people who are here already, and what is wrong."""

    __tablename__ = "expert_upload"

    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[list[Any]] = mapped_column(JSON)
    known: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]] = mapped_column(JSON)
    imported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
