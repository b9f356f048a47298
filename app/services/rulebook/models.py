"""Rows of rules and of days that differ from the ordinary calendar."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Identified, Model, UtcDateTime, enum_of, to, trigger
from app.services.rulebook.rules import DayKind, Mark


class Rule(Identified, Model):
    """One version of one rule. `valid_to` is the last day it holds; None while none follows."""

    __tablename__ = "rule"

    key: Mapped[str] = mapped_column(String(100))
    value: Mapped[Any] = mapped_column(JSON)
    unit: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(500))
    mark: Mapped[Mark] = enum_of(Mark)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note_vi: Mapped[str | None] = mapped_column(Text)
    note_en: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    __table_args__ = (
        UniqueConstraint("key", "valid_from"),
        Index("ix_rule_key", "key", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_to_after_from"),
    )


_FIXED = "id, public_id, key, value, unit, source, mark, valid_from, note_vi, note_en, created_at, created_by_id"
for _name, _event in (("rule_no_update", f"UPDATE OF {_FIXED}"), ("rule_no_delete", "DELETE")):  # only the last day may be set
    trigger(
        _name, "rule",
        sqlite=f"CREATE TRIGGER {_name} BEFORE {_event} ON rule BEGIN SELECT RAISE(ABORT, 'rule is append-only'); END",
        postgresql=f"CREATE TRIGGER {_name} BEFORE {_event} ON rule FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    )  # fmt: skip


class DayOff(Identified, Model):
    """An exception of the calendar, with its source."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind] = enum_of(DayKind)
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))


class CalendarYear(Model):
    """A year whose swaps an officer has confirmed; terms in other later years are provisional."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(300))

    @property
    def public_id(self) -> str:
        """How the journal names the year."""
        return str(self.year)
