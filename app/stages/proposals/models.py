"""Rows of proposals and their parts. A submitted version is append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
from app.services.profiles.models import CvVersion
from app.stages.calls.models import CallTopic
from app.stages.plan.models import Priority
from app.stages.proposals.rules import (
    Access,
    How,
    ProductGroup,
    ProposalState,
    Source,
    TeamRole,
)

# items beside the main one
proposal_item = Table(
    "proposal_item", Model.metadata,
    Column("proposal_id", to("proposal"), primary_key=True), Column("item_id", to("priority"), primary_key=True, index=True),
)  # fmt: skip


class Proposal(Identified, Versioned, Model):
    """A dossier. `code` and `receipt_no` are given at submission."""

    __tablename__ = "proposal"

    state: Mapped[ProposalState] = enum_of(ProposalState, default=ProposalState.DRAFT)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    receipt_no: Mapped[str | None] = mapped_column(String(40), unique=True)
    call_topic_id: Mapped[int] = mapped_column(to("call_topic"), index=True)
    item_id: Mapped[int] = mapped_column(to("priority"), index=True)
    host_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    pi_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    title: Mapped[str] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(Text)
    aim: Mapped[str | None] = mapped_column(Text)
    duration_months: Mapped[int | None]
    work: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the work description as it stands: answers by question code
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    host_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    host_signed_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    sent_back_reason: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    check_note: Mapped[str | None] = mapped_column(Text)

    call_topic: Mapped[CallTopic] = relationship(lazy="raise_on_sql")
    item: Mapped[Priority] = relationship(lazy="raise_on_sql")
    host: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    pi: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[pi_id])
    team: Mapped[list[TeamMember]] = relationship(lazy="raise_on_sql", order_by="TeamMember.id", viewonly=True)
    products: Mapped[list[ProposalProduct]] = relationship(lazy="raise_on_sql", order_by="ProposalProduct.id", viewonly=True)
    lines: Mapped[list[BudgetLine]] = relationship(lazy="raise_on_sql", order_by="BudgetLine.id", viewonly=True)
    work_form: Mapped[WorkForm | None] = relationship(lazy="raise_on_sql", uselist=False, viewonly=True)
    other_items: Mapped[list[Priority]] = relationship(secondary=proposal_item, lazy="raise_on_sql")

    __table_args__ = (
        text_check("title", 500),
        Index("ix_proposal_state", "state"),
        Index("ix_proposal_counted", "item_id", "call_topic_id", "state", "pi_id", "host_id"),  # the board counts from it alone
        CheckConstraint("state IN ('draft', 'withdrawn') OR (receipt_no IS NOT NULL AND submitted_at IS NOT NULL AND host_signed_at IS NOT NULL)",
                        name="submitted_has_receipt"),
        CheckConstraint("duration_months IS NULL OR duration_months BETWEEN 1 AND 120", name="duration_range"),
        # a refresh of “start” finds the draft that is there
        Index("uq_proposal_draft", "call_topic_id", "pi_id", unique=True, sqlite_where=text("state = 'draft'"), postgresql_where=text("state = 'draft'")),
    )  # fmt: skip


class TeamMember(Identified, Model):
    """A person of the team; with an account or by name only."""

    __tablename__ = "team_member"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    user_id: Mapped[int | None] = mapped_column(to("user_account"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(to("organisation"))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[TeamRole] = enum_of(TeamRole)
    task: Mapped[str | None] = mapped_column(String(500))
    months: Mapped[int] = mapped_column(default=0)
    years: Mapped[dict[str, int] | None] = mapped_column(JSON)  # months by year, where they are given so
    email: Mapped[str | None] = mapped_column(String(320))  # to which an invitation goes
    access: Mapped[Access] = enum_of(Access, default=Access.EDIT)  # of who has joined: a name without an account opens nothing
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    cv: Mapped[CvVersion | None] = relationship(secondary="member_cv", lazy="raise_on_sql", uselist=False, viewonly=True)

    __table_args__ = (
        text_check("name", 200),
        CheckConstraint("months BETWEEN 0 AND 120", name="months_range"),
        Index("uq_team_member_pi", "proposal_id", unique=True, sqlite_where=text("role = 'pi'"), postgresql_where=text("role = 'pi'")),
    )


class MemberCv(Model):
    """The version of their scientific CV that the dossier holds of a member."""

    __tablename__ = "member_cv"

    member_id: Mapped[int] = mapped_column(to("team_member"), primary_key=True, autoincrement=False)
    cv_version_id: Mapped[int] = mapped_column(to("cv_version"), index=True)


class ProposalProduct(Identified, Model):
    """A promised product."""

    __tablename__ = "proposal_product"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    group: Mapped[ProductGroup] = enum_of(ProductGroup, name="product_group")
    name: Mapped[str] = mapped_column(String(300))
    unit: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[int]
    quality: Mapped[str] = mapped_column(Text)

    __table_args__ = (text_check("name", 300), CheckConstraint("quantity > 0", name="quantity_positive"))


class BudgetLine(Identified, Model):
    """A line of the estimate. `quantity` in hundredths, `price` and `amount` in đồng; the amount is always their product."""

    __tablename__ = "budget_line"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    head: Mapped[str] = mapped_column(String(40))
    content: Mapped[str] = mapped_column(String(300))
    source: Mapped[Source] = enum_of(Source)
    year: Mapped[int]
    unit: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[int] = money()
    amount: Mapped[int] = money()
    lump_sum: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        text_check("content", 300),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
        CheckConstraint("amount = (quantity * price + 50) / 100", name="amount_is_product"),
    )


class WorkForm(Model):
    """The version of the questionnaire that a dossier's work description began with, and keeps."""

    __tablename__ = "work_form"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), primary_key=True, autoincrement=False)
    form_version_id: Mapped[int] = mapped_column(to("form_version"), index=True)


class WorkSaving(Identified, Model):
    """A section of the work description as somebody saved it. What one person saves within a few minutes is one saving, which grows.

    `number` grows with every saving of the section, so that who writes from an older one is told.
    """

    __tablename__ = "work_saving"

    proposal_id: Mapped[int] = mapped_column(to("proposal"))
    section: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    how: Mapped[How] = enum_of(How, default=How.TYPED)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by_id: Mapped[int] = mapped_column(to("user_account"))

    saved_by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index("uq_work_saving_number", "proposal_id", "section", "number", unique=True), CheckConstraint("number > 0", name="number_positive"))


class Version(Identified, Model):
    """What was submitted: never changed."""

    __tablename__ = "proposal_version"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int] = mapped_column(to("user_account"))

    __table_args__ = (Index("uq_proposal_version_number", "proposal_id", "number", unique=True),)


append_only("proposal_version")
