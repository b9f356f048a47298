"""Rows of proposals and their parts. A submitted version is append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    false,
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
from app.stages.calls.models import CallTopic, guard
from app.stages.plan.models import Priority
from app.stages.proposals.rules import (
    Access,
    How,
    LateGround,
    ProductGroup,
    ProposalState,
    Source,
    Spending,
    TeamRole,
)

# items beside the main one
proposal_item = Table(
    "proposal_item", Model.metadata,
    Column("proposal_id", to("proposal"), primary_key=True), Column("item_id", to("priority"), primary_key=True, index=True),
)  # fmt: skip

def _part(table: str, **more: Any) -> Column[Any]:
    """A key to a part of the same dossier: when that part is taken out, the link goes with it."""
    return Column(f"{table.removeprefix('proposal_').removeprefix('team_')}_id", ForeignKey(f"{table}.id", ondelete="CASCADE"), primary_key=True, **more)


# what a milestone yields, and who of the team works on it
milestone_product = Table("milestone_product", Model.metadata, _part("proposal_milestone"), _part("proposal_product", index=True))
milestone_member = Table("milestone_member", Model.metadata, _part("proposal_milestone"), _part("team_member", index=True))


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
    spending: Mapped[Spending | None] = enum_of(Spending, nullable=True)  # the method of lump-sum spending it asks for
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    host_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    host_signed_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    sent_back_reason: Mapped[str | None] = mapped_column(Text)
    is_transcript: Mapped[bool] = mapped_column(default=False, server_default=false())  # what an officer enters of a dossier on paper: transcripts.py
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    check_note: Mapped[str | None] = mapped_column(Text)

    call_topic: Mapped[CallTopic] = relationship(lazy="raise_on_sql")
    item: Mapped[Priority] = relationship(lazy="raise_on_sql")
    host: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    pi: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[pi_id])
    team: Mapped[list[TeamMember]] = relationship(lazy="raise_on_sql", order_by="TeamMember.id", viewonly=True)
    products: Mapped[list[ProposalProduct]] = relationship(lazy="raise_on_sql", order_by="(ProposalProduct.group, ProposalProduct.id)", viewonly=True)
    lines: Mapped[list[BudgetLine]] = relationship(lazy="raise_on_sql", order_by="BudgetLine.id", viewonly=True)
    paper: Mapped[PaperDossier | None] = relationship(lazy="raise_on_sql", viewonly=True, uselist=False)
    late: Mapped[LateAdmission | None] = relationship(
        lazy="raise_on_sql", viewonly=True, uselist=False,
        primaryjoin="and_(LateAdmission.proposal_id == Proposal.id, LateAdmission.confirmed_at.is_not(None))")  # fmt: skip
    milestones: Mapped[list[Milestone]] = relationship(
        lazy="raise_on_sql", order_by="(Milestone.month_from, Milestone.month_to, Milestone.id)", viewonly=True)
    uses: Mapped[list[PlannedUse]] = relationship(lazy="raise_on_sql", order_by="PlannedUse.id", viewonly=True)
    work_form: Mapped[WorkForm | None] = relationship(lazy="raise_on_sql", uselist=False, viewonly=True)
    other_items: Mapped[list[Priority]] = relationship(secondary=proposal_item, lazy="raise_on_sql")

    __table_args__ = (
        text_check("title", 500),
        Index("ix_proposal_state", "state", "id"),
        Index("ix_proposal_counted", "item_id", "call_topic_id", "state", "pi_id", "host_id", "is_transcript", "id"),  # the board counts from it alone
        CheckConstraint("state IN ('draft', 'withdrawn') OR (receipt_no IS NOT NULL AND submitted_at IS NOT NULL AND host_signed_at IS NOT NULL)",
                        name="submitted_has_receipt"),
        CheckConstraint("duration_months IS NULL OR duration_months BETWEEN 1 AND 120", name="duration_range"),
        # a refresh of “start” finds the draft that is there
        Index("uq_proposal_draft", "call_topic_id", "pi_id", unique=True, sqlite_where=text("state = 'draft' AND NOT is_transcript"),
              postgresql_where=text("state = 'draft' AND NOT is_transcript")),
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
    kind: Mapped[str | None] = mapped_column(String(40))  # sample, process, paper …: by the rulebook
    level_home: Mapped[str | None] = mapped_column(String(500))  # the like in Viet Nam, where the form asks for it
    level_abroad: Mapped[str | None] = mapped_column(String(500))
    place: Mapped[str | None] = mapped_column(String(300))  # where it is to be published
    ready_month: Mapped[int | None]

    __table_args__ = (
        text_check("name", 300),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("ready_month IS NULL OR ready_month BETWEEN 1 AND 120", name="ready_month_range"),
    )


class PlannedUse(Identified, Model):
    """Who receives a product (or, without one, all of them) and what becomes of it there. The receiver is an organisation of the list, or a name."""

    __tablename__ = "planned_use"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("proposal_product.id", ondelete="SET NULL"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(to("organisation"), index=True)
    receiver: Mapped[str] = mapped_column(String(300))
    place: Mapped[str] = mapped_column(String(300))
    how: Mapped[str] = mapped_column(Text)
    month_from: Mapped[int | None]

    __table_args__ = (
        text_check("receiver", 300),
        CheckConstraint("month_from IS NULL OR month_from BETWEEN 1 AND 240", name="month_from_range"),
    )


class Milestone(Identified, Model):
    """A step of the work: months count from its beginning; `others` are people and organisations outside the team."""

    __tablename__ = "proposal_milestone"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    content: Mapped[str] = mapped_column(String(300))
    result: Mapped[str] = mapped_column(String(300))
    month_from: Mapped[int]
    month_to: Mapped[int]
    others: Mapped[str | None] = mapped_column(String(300))
    cost: Mapped[int | None] = money(nullable=True)

    products: Mapped[list[ProposalProduct]] = relationship(secondary=milestone_product, lazy="raise_on_sql", order_by="ProposalProduct.id", passive_deletes=True)
    members: Mapped[list[TeamMember]] = relationship(secondary=milestone_member, lazy="raise_on_sql", order_by="TeamMember.id", passive_deletes=True)

    __table_args__ = (
        text_check("content", 300),
        text_check("result", 300),
        CheckConstraint("month_from >= 1 AND month_to >= month_from AND month_to <= 120", name="months_in_order"),
    )


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


# --- how a dossier came in ------------------------------------------------------------------------------------


class PaperDossier(Model):
    """What stands on the sealed envelope of a dossier that came on paper, and who registered it. Never changed."""

    __tablename__ = "paper_dossier"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), primary_key=True, autoincrement=False)
    stamp_at: Mapped[datetime] = mapped_column(UtcDateTime)  # what counts: the arrival stamp, or when it was handed over
    stamp_office: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str | None] = mapped_column(String(100))
    envelopes: Mapped[int]
    listing: Mapped[str | None] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_by_id: Mapped[int] = mapped_column(to("user_account"))

    registered_by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (text_check("stamp_office", 200), CheckConstraint("envelopes BETWEEN 1 AND 100", name="envelopes_range"))


class Replacement(Model):
    """A dossier that is written to take the place of one handed in: that one stands until this one arrives."""

    __tablename__ = "proposal_replacement"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), primary_key=True, autoincrement=False)
    replaced_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("proposal_id <> replaced_id", name="another"),)


class SubmitAttempt(Model):
    """A request to submit, noted before anything else is done: when it arrived stays known, whatever became of it."""

    __tablename__ = "submit_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(to("proposal"))
    user_id: Mapped[int] = mapped_column(to("user_account"))
    key: Mapped[str] = mapped_column(String(64))
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("uq_submit_attempt_key", "proposal_id", "key", unique=True),)


class LateAdmission(Identified, Model):
    """A dossier admitted after the deadline: one officer asks with reason and document, another confirms or refuses.

    Of an outage the draft as it stood at the deadline (`proposal_id`); of a post stamp what is on the envelope (`paper`).
    """

    __tablename__ = "late_admission"

    ground: Mapped[LateGround] = enum_of(LateGround)
    call_topic_id: Mapped[int] = mapped_column(to("call_topic"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(to("proposal"), index=True)
    paper: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    stamp_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outage_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outage_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(String(200))
    asked_by_id: Mapped[int] = mapped_column(to("user_account"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusal: Mapped[str | None] = mapped_column(Text)

    call_topic: Mapped[CallTopic] = relationship(lazy="raise_on_sql")
    asked_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[asked_by_id])
    confirmed_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[confirmed_by_id])

    __table_args__ = (
        text_check("document", 200),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name="two_people"),
        CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name="confirmed_has_time"),
        CheckConstraint("confirmed_at IS NULL OR refused_at IS NULL", name="one_answer"),
        CheckConstraint("confirmed_at IS NULL OR proposal_id IS NOT NULL", name="confirmed_has_dossier"),
        CheckConstraint("(ground = 'outage' AND proposal_id IS NOT NULL AND outage_until > outage_from) OR "
                        "(ground = 'post_stamp' AND paper IS NOT NULL AND stamp_at IS NOT NULL)", name="ground_is_shown"),
        Index("uq_late_admission_waiting", "proposal_id", unique=True, sqlite_where=text("confirmed_at IS NULL AND refused_at IS NULL"),
              postgresql_where=text("confirmed_at IS NULL AND refused_at IS NULL")),
    )  # fmt: skip


for _table in ("paper_dossier", "proposal_replacement", "submit_attempt"):
    append_only(_table)
guard("late_admission_answered", "late_admission", "UPDATE", "OLD.confirmed_at IS NOT NULL OR OLD.refused_at IS NOT NULL", "an answered admission is kept")
guard("late_admission_kept", "late_admission", "DELETE", "OLD.id IS NOT NULL", "an admission is kept")
# what was handed in stays as it was handed in, whatever the code does
_IN = "(SELECT p.state FROM proposal p WHERE p.id = OLD.proposal_id) <> 'draft'"
_KEPT = "a dossier that was handed in is frozen"
_CLOSED = "NOT EXISTS (SELECT 1 FROM proposal_transcript t WHERE t.proposal_id = {} AND t.handed_at IS NOT NULL AND t.confirmed_at IS NULL AND t.ended_at IS NULL)"
guard("proposal_frozen", "proposal", "UPDATE OF title, aim, work, duration_months, host_id, pi_id, call_topic_id", f"OLD.state <> 'draft' AND {_CLOSED.format('OLD.id')}", _KEPT)
guard("team_member_frozen", "team_member", "UPDATE OF name, role, months", f"{_IN} AND {_CLOSED.format('OLD.proposal_id')}", _KEPT)
for _table in ("budget_line", "proposal_product", "proposal_milestone", "planned_use"):
    guard(f"{_table}_frozen", _table, "UPDATE", _IN, _KEPT)
for _table in ("budget_line", "proposal_product", "proposal_milestone", "planned_use", "team_member"):
    guard(f"{_table}_kept", _table, "DELETE", _IN, _KEPT)
