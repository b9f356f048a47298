"""What the appraisal desk keeps beside the lines: questions to the applicant, and the work description as revised after it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    enum_of,
    to,
)
from app.services.people.models import User
from app.stages.calls.models import guard
from app.stages.funding.models.awards import Appraisal, AppraisalLine
from app.stages.funding.rules import RevisionState


class CostQuestion(Identified, Model):
    """A question to the applicant about a line of the budget, with its answer. Kept for good; answered once."""

    __tablename__ = "cost_question"

    appraisal_id: Mapped[int] = mapped_column(to("appraisal"), index=True)
    line_id: Mapped[int] = mapped_column(to("appraisal_line"), index=True)
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    asked_by_id: Mapped[int] = mapped_column(to("user_account"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    appraisal: Mapped[Appraisal] = relationship(lazy="raise_on_sql", viewonly=True)
    line: Mapped[AppraisalLine] = relationship(lazy="raise_on_sql", viewonly=True)
    asked_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[answered_by_id])

    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)", name="answer_is_whole"),
        Index("ix_cost_question_asked_at", "asked_at", "id"),
    )


class WorkRevision(Identified, Versioned, Model):
    """The work description that the applicant revises against the appraised budget. What was submitted with the dossier stays as it was."""

    __tablename__ = "work_revision"

    appraisal_id: Mapped[int] = mapped_column(to("appraisal"), unique=True)
    state: Mapped[RevisionState] = enum_of(RevisionState, default=RevisionState.ASKED)
    due_on: Mapped[date]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)  # the whole form, by question code
    note: Mapped[str | None] = mapped_column(Text)  # of the applicant: what was changed
    remark: Mapped[str | None] = mapped_column(Text)  # of the officer, when it is returned
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    appraisal: Mapped[Appraisal] = relationship(lazy="raise_on_sql", viewonly=True)
    submitted_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[submitted_by_id])

    __table_args__ = (
        CheckConstraint("state NOT IN ('submitted', 'accepted') OR submitted_at IS NOT NULL", name="submitted_has_time"),
        CheckConstraint("state <> 'accepted' OR (decided_by_id IS NOT NULL AND decided_by_id <> submitted_by_id)", name="accepted_by_another"),
    )


guard("cost_question_answered", "cost_question", "UPDATE", "OLD.answered_at IS NOT NULL", "an answered question is kept")
guard("cost_question_kept", "cost_question", "DELETE", "OLD.id IS NOT NULL", "a question is kept")
# a concluded appraisal is frozen, whatever the code does (the tables are older than these triggers: see calls.models.guard)
_OVER = "(SELECT a.state FROM appraisal a WHERE a.id = OLD.appraisal_id) = 'concluded'"
_FROZEN = "a concluded appraisal is frozen"
guard("appraisal_line_frozen", "appraisal_line", "UPDATE", _OVER, _FROZEN, since="work_revision")
for _table in ("appraisal_line", "appraisal_member"):
    guard(f"{_table}_kept", _table, "DELETE", _OVER, _FROZEN, since="work_revision")
guard("contract_signed_frozen", "contract", "UPDATE OF number, signed_on, party_a, party_a_signer, parties, starts_on, project_id", "OLD.state <> 'draft'",
      "a signed contract changes only by an annex", since="work_revision")  # fmt: skip
guard("contract_ends_by_annex", "contract", "UPDATE OF ends_on",
      "OLD.state <> 'draft' AND NEW.ends_on <> OLD.ends_on AND NOT EXISTS (SELECT 1 FROM contract_annex x WHERE x.contract_id = OLD.id)",
      "a signed contract changes only by an annex", since="work_revision")  # fmt: skip
