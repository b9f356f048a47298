"""Rows of execution. All hang on a project of funding."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    enum_of,
    money,
    text_check,
    to,
)
from app.services.people.models import Organisation, User
from app.stages.execution.rules import (
    AdjustmentKind,
    AdjustmentState,
    Ground,
    InspectionKind,
    InspectionState,
    ReportKind,
    ReportState,
    SuspensionState,
    TerminationState,
)
from app.stages.funding.models import Project
from app.stages.funding.rules import Cause


def _one_open(table: str, still_open: str, *columns: str) -> Index:
    """At most one row that is still open (per columns)."""
    open_rows = text(still_open)
    return Index(f"uq_{table}_one_open", *columns, unique=True, sqlite_where=open_rows, postgresql_where=open_rows)


class OfProject:
    """What all rows here share: the project they belong to."""

    project_id: Mapped[int] = mapped_column(to("project"), index=True)

    @declared_attr
    def project(cls) -> Mapped[Project]:
        return relationship(Project, lazy="raise_on_sql")


class Report(OfProject, Identified, Versioned, Model):
    """A report on a period: what was done, with what money, what is hard."""

    __tablename__ = "report"

    kind: Mapped[ReportKind] = enum_of(ReportKind, default=ReportKind.PERIODIC)
    state: Mapped[ReportState] = enum_of(ReportState, default=ReportState.SCHEDULED)
    number: Mapped[int]
    period_from: Mapped[date]
    period_to: Mapped[date]
    due_on: Mapped[date]
    progress: Mapped[int | None]  # percent of the work
    done: Mapped[str | None] = mapped_column(Text)
    products: Mapped[str | None] = mapped_column(Text)
    spent: Mapped[int | None] = money(nullable=True)
    difficulties: Mapped[str | None] = mapped_column(Text)
    next_steps: Mapped[str | None] = mapped_column(Text)
    submitted_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("project_id", "number"), Index("ix_report_state_due_on", "state", "due_on"),
        CheckConstraint("progress IS NULL OR progress BETWEEN 0 AND 100", name="progress_percent"),
        CheckConstraint("reviewed_by_id IS NULL OR reviewed_by_id <> submitted_by_id", name="four_eyes"),
        CheckConstraint("state NOT IN ('submitted', 'accepted') OR submitted_at IS NOT NULL", name="submitted_has_time"),
    )


class Inspection(OfProject, Identified, Versioned, Model):
    """A visit to a project."""

    __tablename__ = "inspection"

    kind: Mapped[InspectionKind] = enum_of(InspectionKind, default=InspectionKind.PERIODIC)
    state: Mapped[InspectionState] = enum_of(InspectionState, default=InspectionState.PLANNED, index=True)
    planned_on: Mapped[date] = mapped_column(index=True)
    place: Mapped[str | None] = mapped_column(String(300))
    purpose: Mapped[str] = mapped_column(Text)
    team: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date | None]
    present: Mapped[str | None] = mapped_column(Text)
    progress_finding: Mapped[str | None] = mapped_column(Text)
    money_finding: Mapped[str | None] = mapped_column(Text)
    conclusion: Mapped[str | None] = mapped_column(Text)
    requests: Mapped[str | None] = mapped_column(Text)
    created_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("state <> 'done' OR (held_on IS NOT NULL AND conclusion IS NOT NULL)", name="done_has_findings"),)


class Adjustment(OfProject, Identified, Versioned, Model):
    """A change asked for; agreed, it becomes an annex of the contract."""

    __tablename__ = "adjustment"

    kind: Mapped[AdjustmentKind] = enum_of(AdjustmentKind)
    state: Mapped[AdjustmentState] = enum_of(AdjustmentState, default=AdjustmentState.REQUESTED)
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    months: Mapped[int | None]
    new_ends_on: Mapped[date | None]
    new_state_amount: Mapped[int | None] = money(nullable=True)
    new_pi_id: Mapped[int | None] = mapped_column(to("user_account"))
    new_host_id: Mapped[int | None] = mapped_column(to("organisation"))
    special: Mapped[bool] = mapped_column(default=False)
    authority: Mapped[str | None] = mapped_column(String(300))
    requested_by_id: Mapped[int] = mapped_column(to("user_account"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_number: Mapped[str | None] = mapped_column(String(64))
    decision_date: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(Text)
    annex_number: Mapped[int | None]

    new_pi: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[new_pi_id])
    new_host: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    requested_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[requested_by_id])

    __table_args__ = (
        text_check("reason", 10_000),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="four_eyes"),
        CheckConstraint("kind <> 'extension' OR (months IS NOT NULL AND new_ends_on IS NOT NULL)", name="extension_has_months"),
        CheckConstraint("state <> 'agreed' OR (decision_number IS NOT NULL AND annex_number IS NOT NULL)", name="agreed_has_papers"),
        CheckConstraint("NOT special OR trim(coalesce(authority, '')) <> ''", name="special_has_authority"),
        _one_open("adjustment", "state = 'requested'", "project_id", "kind"),
    )


class Suspension(OfProject, Identified, Versioned, Model):
    """Work stopped from a day on, until it is resumed."""

    __tablename__ = "suspension"

    state: Mapped[SuspensionState] = enum_of(SuspensionState, default=SuspensionState.SUSPENDED)
    reason: Mapped[str] = mapped_column(Text)
    from_date: Mapped[date]
    until: Mapped[date | None]  # the day of resuming
    decision_number: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int | None] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        text_check("reason", 10_000),
        CheckConstraint("state <> 'suspended' OR until IS NULL", name="suspended_has_no_end"),
        CheckConstraint("until IS NULL OR until >= from_date", name="until_after_from"),
        _one_open("suspension", "state = 'suspended'", "project_id"),
    )


class Termination(OfProject, Identified, Versioned, Model):
    """The early end: asked for by the host or not, opened (payments stop), then decided with a cause and a refund, or dropped."""

    __tablename__ = "termination"

    state: Mapped[TerminationState] = enum_of(TerminationState, default=TerminationState.REQUESTED)
    ground: Mapped[Ground] = enum_of(Ground)
    statement: Mapped[str] = mapped_column(Text)
    requested_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cause: Mapped[Cause | None] = enum_of(Cause, nullable=True)
    paid: Mapped[int | None] = money(nullable=True)
    used: Mapped[int | None] = money(nullable=True)
    refund_percent: Mapped[int | None]
    refund: Mapped[int | None] = money(nullable=True)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_number: Mapped[str | None] = mapped_column(String(64))
    decision_date: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(Text)

    requested_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[requested_by_id])

    __table_args__ = (
        text_check("statement", 10_000),
        CheckConstraint("state IN ('requested', 'withdrawn') OR (opened_by_id IS NOT NULL AND opened_at IS NOT NULL)", name="opened_by_someone"),
        CheckConstraint("state NOT IN ('requested', 'withdrawn') OR (requested_by_id IS NOT NULL AND requested_at IS NOT NULL)", name="requested_by_someone"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> opened_by_id", name="four_eyes"),
        CheckConstraint("state <> 'decided' OR (cause IS NOT NULL AND refund IS NOT NULL AND decision_number IS NOT NULL)",
                        name="decided_has_terms"),
        CheckConstraint("used IS NULL OR used <= paid", name="used_within_paid"),
        _one_open("termination", "state IN ('requested', 'opened')", "project_id"),
    )  # fmt: skip
