"""What is said of a result by its kind, frozen with it; and the protection asked for it, which goes on after the registration."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    enum_of,
    text_check,
    to,
)
from app.stages.acceptance.models import _refuse
from app.stages.acceptance.resultkinds import Right, RightState


class ResultDetail(Model):
    """The answers to what is asked of the result's kind. The DOI stands in a column, so that no two results have the same."""

    __tablename__ = "result_detail"

    id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int] = mapped_column(to("result"), unique=True)
    doi: Mapped[str | None] = mapped_column(String(200), unique=True)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)


class ResultRight(Identified, Versioned, Model):
    """An application for protection, and the title that came of it."""

    __tablename__ = "result_right"

    state: Mapped[RightState] = enum_of(RightState, default=RightState.FILED)
    result_id: Mapped[int] = mapped_column(to("result"), index=True)
    kind: Mapped[Right] = enum_of(Right)
    title: Mapped[str] = mapped_column(String(500))
    applicant: Mapped[str] = mapped_column(String(300))
    applied_number: Mapped[str] = mapped_column(String(64))
    applied_on: Mapped[date]
    granted_number: Mapped[str | None] = mapped_column(String(64))
    granted_on: Mapped[date | None]
    expires_on: Mapped[date | None] = mapped_column(index=True)
    ended_on: Mapped[date | None]  # refused or lapsed on
    reason: Mapped[str | None] = mapped_column(Text)
    created_by_id: Mapped[int] = mapped_column(to("user_account"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        text_check("title", 500), text_check("applicant", 300), text_check("applied_number", 64),
        CheckConstraint("state NOT IN ('granted', 'lapsed') OR (granted_number IS NOT NULL AND granted_on IS NOT NULL)", name="granted_has_number"),
        CheckConstraint("granted_on IS NULL OR granted_on >= applied_on", name="granted_after_applied"),
        CheckConstraint("expires_on IS NULL OR expires_on > granted_on", name="expires_after_granted"),
        Index("uq_result_right_applied", "kind", "applied_number", unique=True),
        Index("uq_result_right_granted", "kind", "granted_number", unique=True, sqlite_where=text("granted_number IS NOT NULL"), postgresql_where=text("granted_number IS NOT NULL")),
    )  # fmt: skip


for _verb, _row in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")):
    _case = f"(SELECT state FROM result WHERE id = {_row}.result_id) = 'registered'"
    _refuse(f"result_detail_{_verb}", "result_detail", _verb.upper(), _case, _case, "OLD" if _verb == "delete" else "NEW")
