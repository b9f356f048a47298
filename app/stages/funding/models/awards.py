"""Appraisal, submission, and the award itself: the Project."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    db,
    enum_of,
    money,
    text_check,
    to,
)
from app.services.people.models import Organisation, User
from app.stages.funding.rules import (
    AppraisalState,
    LumpSum,
    Source,
    SubmissionState,
    TeamPart,
)
from app.stages.plan.models import Priority
from app.stages.proposals.models import Proposal
from app.stages.selection.models import RankingLine


class Appraisal(Identified, Versioned, Model):
    """The reading of one proposal's budget by the appraisal team."""

    __tablename__ = "appraisal"

    ranking_line_id: Mapped[int] = mapped_column(to("ranking_line"), unique=True)
    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    state: Mapped[AppraisalState] = enum_of(AppraisalState, default=AppraisalState.DRAFT)
    lump_sum: Mapped[LumpSum] = enum_of(LumpSum, default=LumpSum.PARTIAL)
    used_at: Mapped[str | None] = mapped_column(String(500))  # who uses the product: asked for lump sum to the final product
    held_on: Mapped[date | None]
    place: Mapped[str | None] = mapped_column(String(300))
    remark: Mapped[str | None] = mapped_column(Text)
    opened_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    concluded_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    ranking_line: Mapped[RankingLine] = relationship(lazy="raise_on_sql")
    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
    lines: Mapped[list[AppraisalLine]] = relationship(lazy="raise_on_sql", order_by="AppraisalLine.position")
    team: Mapped[list[AppraisalMember]] = relationship(lazy="raise_on_sql", order_by="AppraisalMember.position")

    __table_args__ = (CheckConstraint("state <> 'concluded' OR concluded_at IS NOT NULL", name="concluded_has_time"),)


class AppraisalLine(Identified, Model):
    """One line of the budget: asked, the norm, allowed, and why."""

    __tablename__ = "appraisal_line"

    appraisal_id: Mapped[int] = mapped_column(to("appraisal"), index=True)
    position: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(String(500))
    source: Mapped[Source] = enum_of(Source)
    year: Mapped[int]
    unit: Mapped[str | None] = mapped_column(String(60))
    quantity: Mapped[int | None] = mapped_column(BigInteger)  # in hundredths, as the dossier has it
    price: Mapped[int | None] = mapped_column(BigInteger)
    lump_sum: Mapped[bool] = mapped_column(default=False, server_default=false())  # spent by lump sum, or by voucher
    asked: Mapped[int] = money()
    norm: Mapped[int | None] = money(nullable=True)
    proposed: Mapped[int | None] = mapped_column(BigInteger)  # by the officer, before the team meets
    allowed: Mapped[int] = money()
    reason: Mapped[str | None] = mapped_column(String(1000))

    __table_args__ = (
        UniqueConstraint("appraisal_id", "position"),
        CheckConstraint("allowed <= asked", name="allowed_within_asked"),
        CheckConstraint("proposed IS NULL OR proposed BETWEEN 0 AND asked", name="proposed_within_asked"),
        CheckConstraint("allowed = asked OR trim(coalesce(reason, '')) <> ''", name="change_has_reason"),
    )


class AppraisalMember(Model):
    """A member of the appraisal team; the first is its head."""

    __tablename__ = "appraisal_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    appraisal_id: Mapped[int] = mapped_column(to("appraisal"), index=True)
    position: Mapped[int]
    role: Mapped[TeamPart] = enum_of(TeamPart, default=TeamPart.MEMBER, server_default="member")
    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(String(300))
    user_id: Mapped[int | None] = mapped_column(to("user_account"))

    __table_args__ = (UniqueConstraint("appraisal_id", "position"), text_check("name", 200))


class Submission(Identified, Versioned, Model):
    """What the Department submits for decision: the terms of the award. Submitter and signer are two people."""

    __tablename__ = "award_submission"

    appraisal_id: Mapped[int] = mapped_column(to("appraisal"), unique=True)
    state: Mapped[SubmissionState] = enum_of(SubmissionState, default=SubmissionState.SUBMITTED)
    number: Mapped[str | None] = mapped_column(String(64))
    dated: Mapped[date]
    title: Mapped[str] = mapped_column(String(500))
    code_type: Mapped[str] = mapped_column(String(16))
    code_field: Mapped[str] = mapped_column(String(16))
    starts_on: Mapped[date]
    duration_months: Mapped[int]
    approved_state: Mapped[int] = money()
    approved_counterpart: Mapped[int] = money()
    lump_sum: Mapped[LumpSum] = enum_of(LumpSum)
    remark: Mapped[str | None] = mapped_column(Text)
    submitted_by_id: Mapped[int] = mapped_column(to("user_account"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_remark: Mapped[str | None] = mapped_column(Text)  # printed on the decision
    inner_remark: Mapped[str | None] = mapped_column(Text)  # kept inside, never printed

    appraisal: Mapped[Appraisal] = relationship(lazy="raise_on_sql")
    submitted_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[submitted_by_id])
    decided_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[decided_by_id])

    __table_args__ = (
        text_check("title", 500),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> submitted_by_id", name="four_eyes"),
        CheckConstraint("state <> 'approved' OR decided_by_id IS NOT NULL", name="approved_by_someone"),
        CheckConstraint("duration_months BETWEEN 1 AND 120", name="duration_sane"),
    )


project_item = Table(
    "project_item", db.metadata,
    Column("project_id", to("project"), primary_key=True),
    Column("item_id", to("priority"), primary_key=True),
)  # fmt: skip


class Project(Identified, Versioned, Model):
    """The award. `paid_total` is kept by the ledger's triggers; nothing else may write it."""

    __tablename__ = "project"

    code: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(String(500), index=True)
    item_id: Mapped[int] = mapped_column(to("priority"))
    topic_id: Mapped[int | None] = mapped_column(to("topic"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(to("proposal"), unique=True)
    host_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    pi_id: Mapped[int | None] = mapped_column(to("user_account"), index=True)
    pi_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str | None] = mapped_column(String(32))  # code of the task type
    regime: Mapped[str] = mapped_column(String(32))  # fixed for good by the approval date
    lump_sum: Mapped[LumpSum] = enum_of(LumpSum, default=LumpSum.PARTIAL)
    approved_state: Mapped[int] = money()
    approved_counterpart: Mapped[int] = money(default=0)
    approved_total: Mapped[int] = money()
    paid_total: Mapped[int] = money(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    duration_months: Mapped[int]
    decision_number: Mapped[str] = mapped_column(String(64))
    decision_date: Mapped[date] = mapped_column(index=True)
    decision_body: Mapped[str | None] = mapped_column(String(300))
    frozen_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # payments are stopped
    historic: Mapped[bool] = mapped_column(default=False)  # imported, older than this system
    under_way: Mapped[bool] = mapped_column(default=False, server_default=false())  # a historic one whose list says that the work goes on
    approved_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    item: Mapped[Priority] = relationship(lazy="raise_on_sql")
    other_items: Mapped[list[Priority]] = relationship(lazy="raise_on_sql", secondary=project_item)
    host: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    pi: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[pi_id])
    proposal: Mapped[Proposal | None] = relationship(lazy="raise_on_sql")
    years: Mapped[list[ProjectYear]] = relationship(lazy="raise_on_sql", order_by="ProjectYear.year")
    products: Mapped[list[ProjectProduct]] = relationship(lazy="raise_on_sql", order_by="ProjectProduct.position")

    __table_args__ = (
        text_check("title", 500), text_check("code", 64), text_check("pi_name", 200),
        CheckConstraint("paid_total BETWEEN 0 AND approved_state", name="never_overspent"),
        CheckConstraint("approved_total = approved_state + approved_counterpart", name="total_is_sum"),
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("proposal_id IS NOT NULL OR historic", name="has_proposal"),
        Index("ix_project_dates", "starts_on", "ends_on"),
        Index("ix_project_counted", "item_id", "decision_date", "approved_total", "paid_total", "id"),  # board and portal add up from it alone
        Index("ix_project_historic", "historic", "id"),
    )  # fmt: skip


class ProjectYear(Model):
    """What a project gets in one year by its appraised estimate."""

    __tablename__ = "project_year"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    year: Mapped[int]
    state_amount: Mapped[int] = money(default=0)
    counterpart_amount: Mapped[int] = money(default=0)

    __table_args__ = (UniqueConstraint("project_id", "year"),)


class ProjectProduct(Identified, Model):
    """A product that the award asks for, copied from the proposal."""

    __tablename__ = "project_product"

    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(500))
    unit: Mapped[str | None] = mapped_column(String(64))
    quantity: Mapped[str | None] = mapped_column(String(64))
    quality: Mapped[str | None] = mapped_column(Text)
    group: Mapped[str | None] = mapped_column("product_group", String(32))

    __table_args__ = (UniqueConstraint("project_id", "position"), text_check("name", 500))
