"""Rows of forms and their versions. A version in force is frozen by a trigger; none that was in force is ever deleted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    enum_of,
    to,
    trigger,
)
from app.services.questionnaires.rules import VersionState
from app.services.rulebook.rules import Mark


class Questionnaire(Identified, Model):
    """A form that a stage asks to be filled in."""

    __tablename__ = "questionnaire"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_vi: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str | None] = mapped_column(String(1000))


class FormVersion(Identified, Versioned, Model):
    """One wording of a form. Source and mark say where it comes from, document and day by what it holds."""

    __tablename__ = "form_version"

    questionnaire_id: Mapped[int] = mapped_column(to("questionnaire"), index=True)
    state: Mapped[VersionState] = enum_of(VersionState, default=VersionState.DRAFT)
    number: Mapped[int]
    definition: Mapped[Any] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(500))
    mark: Mapped[Mark] = enum_of(Mark)
    document_number: Mapped[str | None] = mapped_column(String(60))
    document_date: Mapped[date | None]
    valid_from: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    questionnaire: Mapped[Questionnaire] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("questionnaire_id", "number"),
        UniqueConstraint("questionnaire_id", "valid_from"),
        CheckConstraint("state <> 'in_force' OR (document_number IS NOT NULL AND document_date IS NOT NULL AND valid_from IS NOT NULL)", name="in_force_by_document"),
    )


trigger(
    "form_version_frozen", "form_version",
    sqlite="CREATE TRIGGER form_version_frozen BEFORE UPDATE ON form_version WHEN OLD.state <> 'draft' "
           "BEGIN SELECT RAISE(ABORT, 'a form in force is frozen'); END",
    postgresql="CREATE TRIGGER form_version_frozen BEFORE UPDATE ON form_version FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_change()",
)  # fmt: skip
trigger(
    "form_version_kept", "form_version",
    sqlite="CREATE TRIGGER form_version_kept BEFORE DELETE ON form_version BEGIN SELECT RAISE(ABORT, 'versions of forms are kept'); END",
    postgresql="CREATE TRIGGER form_version_kept BEFORE DELETE ON form_version FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)  # fmt: skip
