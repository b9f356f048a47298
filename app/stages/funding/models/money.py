"""Contract, tranches, ledger, budgets of years, accounts and endings. The database keeps the sums true (see triggers)."""

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
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    append_only,
    db,
    enum_of,
    money,
    to,
)
from app.services.people.models import User
from app.stages.funding.models.awards import Project
from app.stages.funding.rules import (
    Cause,
    ClosingKind,
    CommitmentKind,
    Condition,
    ContractState,
    EntryKind,
    SettlementState,
    Source,
    TrancheState,
)
from app.stages.funding.triggers import guard_closings, guard_money


class Contract(Identified, Versioned, Model):
    """The contract of a project: A the Department, B the host with the investigator."""

    __tablename__ = "contract"

    project_id: Mapped[int] = mapped_column(to("project"), unique=True)
    state: Mapped[ContractState] = enum_of(ContractState, default=ContractState.DRAFT, index=True)
    number: Mapped[str | None] = mapped_column(String(64))
    party_a: Mapped[str] = mapped_column(String(300))
    party_a_signer: Mapped[str | None] = mapped_column(String(200))
    party_b_signer: Mapped[str | None] = mapped_column(String(200))
    account: Mapped[str | None] = mapped_column(String(300))  # where the host is paid
    parties: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what the head of the contract says of both: address, position, account …
    signed_on: Mapped[date | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    tranches: Mapped[list[Tranche]] = relationship(lazy="raise_on_sql", order_by="Tranche.position")
    annexes: Mapped[list[Annex]] = relationship(lazy="raise_on_sql", order_by="Annex.number")

    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("state = 'draft' OR (signed_on IS NOT NULL AND number IS NOT NULL)", name="signed_has_date"),
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
    )


class Annex(Identified, Model):
    """A numbered annex: the only way a signed contract changes. Append-only."""

    __tablename__ = "contract_annex"

    contract_id: Mapped[int] = mapped_column(to("contract"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    summary: Mapped[str] = mapped_column(Text)
    dated: Mapped[date]
    decision_number: Mapped[str | None] = mapped_column(String(64))
    by_id: Mapped[int | None] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("contract_id", "number"),)


class Tranche(Identified, Versioned, Model):
    """A part of the state money. Requester, the two approvers and the payer are four different people."""

    __tablename__ = "tranche"

    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    contract_id: Mapped[int] = mapped_column(to("contract"), index=True)
    position: Mapped[int]
    state: Mapped[TrancheState] = enum_of(TrancheState, default=TrancheState.PLANNED, index=True)
    amount: Mapped[int] = money()
    paid: Mapped[int] = money(default=0)
    condition: Mapped[Condition] = enum_of(Condition)
    planned_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(1000))
    requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    requested_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    first_approved_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    approved_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    paid_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    first_approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    contract: Mapped[Contract] = relationship(lazy="raise_on_sql", viewonly=True)
    requested_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[requested_by_id])
    first_approved_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[first_approved_by_id])
    approved_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[approved_by_id])
    paid_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[paid_by_id])

    __table_args__ = (
        UniqueConstraint("contract_id", "position"),
        CheckConstraint("paid BETWEEN 0 AND amount", name="never_overpaid"),
        CheckConstraint("first_approved_by_id IS NULL OR first_approved_by_id <> requested_by_id", name="first_approver_is_other"),
        CheckConstraint("approved_by_id IS NULL OR (approved_by_id <> requested_by_id AND "
                        "(first_approved_by_id IS NULL OR approved_by_id <> first_approved_by_id))", name="approver_is_other"),
        CheckConstraint("paid_by_id IS NULL OR (paid_by_id <> requested_by_id AND paid_by_id <> approved_by_id AND "
                        "(first_approved_by_id IS NULL OR paid_by_id <> first_approved_by_id))", name="payer_is_other"),
        CheckConstraint("state NOT IN ('requested', 'approved', 'paid', 'settled') OR requested_by_id IS NOT NULL",
                        name="requested_by_someone"),
        CheckConstraint("state NOT IN ('approved', 'paid', 'settled') OR approved_by_id IS NOT NULL", name="approved_by_someone"),
        Index("uq_tranche_one_open", "contract_id", unique=True, sqlite_where=db.text("state IN ('requested', 'approved')"),
              postgresql_where=db.text("state IN ('requested', 'approved')")),
    )  # fmt: skip


class LedgerEntry(Identified, Model):
    """Money that moved. Append-only; a mistake is put right by a reversal, its own row."""

    __tablename__ = "ledger_entry"

    kind: Mapped[EntryKind] = enum_of(EntryKind)
    amount: Mapped[int] = money()
    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    tranche_id: Mapped[int | None] = mapped_column(to("tranche"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(to("ledger_entry"), unique=True)
    booked_on: Mapped[date]
    voucher: Mapped[str | None] = mapped_column(String(64))
    document: Mapped[str | None] = mapped_column(String(160))  # kind, number and year of the voucher: it is booked once
    note: Mapped[str | None] = mapped_column(String(1000))
    by_id: Mapped[int | None] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[User | None] = relationship(lazy="raise_on_sql")
    tranche: Mapped[Tranche | None] = relationship(lazy="raise_on_sql", viewonly=True)
    project: Mapped[Project] = relationship(lazy="raise_on_sql", viewonly=True)

    __table_args__ = (
        Index("uq_ledger_entry_document", "document", unique=True),
        CheckConstraint("voucher IS NULL OR kind IN ('reversal', 'refund_reversal') OR document IS NOT NULL", name="voucher_is_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(kind IN ('reversal', 'refund_reversal')) = (reverses_id IS NOT NULL)", name="reversal_names_entry"),
    )


class YearBudget(Identified, Versioned, Model):
    """What the province has for tasks in a year. `committed` is kept by the commitments' triggers."""

    __tablename__ = "year_budget"

    source: Mapped[Source] = enum_of(Source, default=Source.STATE)
    year: Mapped[int]
    total: Mapped[int] = money()
    committed: Mapped[int] = money(default=0)
    decision_number: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("source", "year"),
        CheckConstraint("committed BETWEEN 0 AND total", name="never_overcommitted"),
        CheckConstraint("year BETWEEN 1990 AND 2200", name="year_sane"),
    )


class Commitment(Identified, Model):
    """A promise of a year's money to a project, or its release. Append-only."""

    __tablename__ = "budget_commitment"

    year_budget_id: Mapped[int] = mapped_column(to("year_budget"), index=True)
    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    kind: Mapped[CommitmentKind] = enum_of(CommitmentKind)
    amount: Mapped[int] = money()
    by_id: Mapped[int | None] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)


class Settlement(Identified, Versioned, Model):
    """The final accounts of a project: paid, spent, unused, what goes back."""

    __tablename__ = "settlement"

    project_id: Mapped[int] = mapped_column(to("project"), unique=True)
    state: Mapped[SettlementState] = enum_of(SettlementState, default=SettlementState.SUBMITTED, index=True)
    paid: Mapped[int] = money()
    spent: Mapped[int] = money()
    refund_percent: Mapped[int] = mapped_column(default=0)
    refund_due: Mapped[int] = money(default=0)
    assets: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    submitted_by_id: Mapped[int] = mapped_column(to("user_account"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str | None] = mapped_column(Text)

    project: Mapped[Project] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("spent <= paid", name="spent_within_paid"),
        CheckConstraint("refund_due <= paid", name="refund_within_paid"),
        CheckConstraint("refund_percent BETWEEN 0 AND 100", name="refund_percent_sane"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> submitted_by_id", name="four_eyes"),
    )

    @property
    def unused(self) -> int:
        """What was paid and not spent."""
        return self.paid - self.spent


class Liquidation(Identified, Model):
    """The end of the contract, with its minutes."""

    __tablename__ = "liquidation"

    project_id: Mapped[int] = mapped_column(to("project"), unique=True)
    contract_id: Mapped[int] = mapped_column(to("contract"), unique=True)
    number: Mapped[str | None] = mapped_column(String(64))
    dated: Mapped[date]
    assets: Mapped[str | None] = mapped_column(Text)
    remark: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProjectClosing(Identified, Model):
    """Why a project ended, as later stages say: recognised, failed, terminated or cancelled before its contract. Append-only, one per project."""

    __tablename__ = "project_closing"

    project_id: Mapped[int] = mapped_column(to("project"), unique=True)
    kind: Mapped[ClosingKind] = enum_of(ClosingKind)
    cause: Mapped[Cause | None] = enum_of(Cause, nullable=True)
    number: Mapped[str | None] = mapped_column(String(64))
    dated: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("kind = 'recognised' OR cause IS NOT NULL", name="failure_has_cause"),)


for _table in ("contract_annex", "ledger_entry", "budget_commitment", "project_closing", "liquidation"):
    append_only(_table)
guard_closings()
guard_money()
