"""Rows of execution. All hang on a project of funding."""

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
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    append_only,
    enum_of,
    money,
    text_check,
    to,
)
from app.services.people.models import Organisation, User
from app.stages.execution.rules import (
    AdjustmentKind,
    AdjustmentState,
    Delivery,
    FindingState,
    Ground,
    InspectionKind,
    InspectionState,
    Level,
    Rating,
    ReportKind,
    ReportState,
    SuspensionState,
    TerminationState,
)
from app.stages.funding.models import Project, ProjectProduct
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
    requests: Mapped[str | None] = mapped_column(Text)  # what the Department is asked for
    draft: Mapped[dict[str, str] | None] = mapped_column(JSON)  # what is typed and not handed in yet
    rating: Mapped[Rating | None] = enum_of(Rating, nullable=True)
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


class ReportVersion(Identified, Model):
    """A report as it was handed in, each time anew. Append-only."""

    __tablename__ = "report_version"

    report_id: Mapped[int] = mapped_column(to("report"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    by_id: Mapped[int | None] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("report_id", "number"),)


class ReportProduct(Model):
    """What a report says of one promised product."""

    __tablename__ = "report_product"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(to("report"), index=True)
    product_id: Mapped[int] = mapped_column(to("project_product"), index=True)
    state: Mapped[Delivery] = enum_of(Delivery)
    so_far: Mapped[str | None] = mapped_column(String(200))  # how much of the quantity
    note: Mapped[str | None] = mapped_column(String(1000))

    product: Mapped[ProjectProduct] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("report_id", "product_id"),)


class ReportSpending(Model):
    """What was spent of the state money under one head in one quarter, as a report knows it: each report tells all quarters from the start."""

    __tablename__ = "report_spending"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(to("report"), index=True)
    head: Mapped[str] = mapped_column(String(64))
    year: Mapped[int]
    quarter: Mapped[int]
    amount: Mapped[int] = money()

    __table_args__ = (UniqueConstraint("report_id", "head", "year", "quarter"), CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_of_year"))


class ForecastCell(Model):
    """What the host means to spend under one head in one quarter. It stands while its head and year sum to the estimate."""

    __tablename__ = "forecast_cell"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    head: Mapped[str] = mapped_column(String(64))
    year: Mapped[int]
    quarter: Mapped[int]
    amount: Mapped[int] = money()

    __table_args__ = (UniqueConstraint("project_id", "head", "year", "quarter"), CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_of_year"))


class Risk(OfProject, Identified, Versioned, Model):
    """One entry of a project's risk register; closed when it has passed."""

    __tablename__ = "project_risk"

    text: Mapped[str] = mapped_column(String(1000))
    level: Mapped[Level] = enum_of(Level)
    measure: Mapped[str | None] = mapped_column(String(1000))
    report_id: Mapped[int | None] = mapped_column(to("report"), index=True)  # the report that told of it
    raised_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_why: Mapped[str | None] = mapped_column(String(1000))

    raised_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[raised_by_id])

    __table_args__ = (text_check("text", 1000), CheckConstraint("(closed_at IS NULL) = (closed_why IS NULL)", name="closed_has_reason"))


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


class Inspector(Model):
    """Somebody with an account who takes part in an inspection."""

    __tablename__ = "inspector"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(to("inspection"), index=True)
    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("inspection_id", "user_id"),)


class Finding(OfProject, Identified, Versioned, Model):
    """What an inspection found to be mended, by a day."""

    __tablename__ = "finding"

    inspection_id: Mapped[int] = mapped_column(to("inspection"), index=True)
    number: Mapped[int]
    state: Mapped[FindingState] = enum_of(FindingState, default=FindingState.OPEN)
    text: Mapped[str] = mapped_column(String(2000))
    due_on: Mapped[date] = mapped_column(index=True)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str | None] = mapped_column(Text)
    closed_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    inspection: Mapped[Inspection] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("inspection_id", "number"), text_check("text", 2000),
        CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="answered_has_time"),
        CheckConstraint("closed_by_id IS NULL OR answered_by_id IS NULL OR closed_by_id <> answered_by_id", name="four_eyes"),
    )  # fmt: skip


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
    used_at: Mapped[str | None] = mapped_column(Text)  # who uses the product: asked for lump sum to the final product
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
        CheckConstraint("state <> 'noted' OR kind = 'heads'", name="only_heads_are_noted"),
        CheckConstraint("state <> 'agreed' OR (decision_number IS NOT NULL AND annex_number IS NOT NULL)", name="agreed_has_papers"),
        CheckConstraint("NOT special OR trim(coalesce(authority, '')) <> ''", name="special_has_authority"),
        _one_open("adjustment", "state = 'requested'", "project_id", "kind"),
    )


class HeadMove(Model):
    """Money that a change moves from one budget head to another within a year of the estimate."""

    __tablename__ = "head_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    adjustment_id: Mapped[int] = mapped_column(to("adjustment"), index=True)
    from_head: Mapped[str] = mapped_column(String(64))
    to_head: Mapped[str] = mapped_column(String(64))
    year: Mapped[int]
    amount: Mapped[int] = money()

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"), CheckConstraint("from_head <> to_head", name="two_heads"))


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


for _table in ("report_version", "head_move"):
    append_only(_table)
