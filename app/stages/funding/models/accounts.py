"""Accounts of a tranche: what was spent of its money, by head. And changes of the account to which a contract is paid."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, Text
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
from app.services.people.models import User
from app.stages.funding.models.money import Contract, Tranche
from app.stages.funding.rules import AccountState, ChangeState
from app.stages.funding.triggers import guard_accounts


class TrancheAccount(Identified, Versioned, Model):
    """What the host says was spent of a tranche, and who accepted it. `available` is what could be spent: what was paid less what earlier accounts spent."""

    __tablename__ = "tranche_account"

    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    tranche_id: Mapped[int] = mapped_column(to("tranche"), unique=True)
    state: Mapped[AccountState] = enum_of(AccountState, default=AccountState.SUBMITTED, index=True)
    available: Mapped[int] = money()
    spent: Mapped[int] = money()
    note: Mapped[str | None] = mapped_column(Text)
    submitted_by_id: Mapped[int] = mapped_column(to("user_account"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str | None] = mapped_column(Text)

    tranche: Mapped[Tranche] = relationship(lazy="raise_on_sql")
    submitted_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[submitted_by_id])
    lines: Mapped[list[TrancheSpending]] = relationship(lazy="raise_on_sql", order_by="TrancheSpending.id", cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint("spent > 0 AND spent <= available", name="spent_within_available"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> submitted_by_id", name="four_eyes"),
        CheckConstraint("state <> 'accepted' OR decided_by_id IS NOT NULL", name="accepted_by_someone"),
    )


class TrancheSpending(Model):
    """What was spent under one head."""

    __tablename__ = "tranche_spending"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(to("tranche_account"))
    head: Mapped[str] = mapped_column(String(64))
    amount: Mapped[int] = money()

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"), Index("uq_tranche_spending_account_id_head", "account_id", "head", unique=True))


class SettlementSpending(Model):
    """What was spent under one head by the final accounts."""

    __tablename__ = "settlement_spending"

    id: Mapped[int] = mapped_column(primary_key=True)
    settlement_id: Mapped[int] = mapped_column(to("settlement"))
    head: Mapped[str] = mapped_column(String(64))
    amount: Mapped[int] = money()

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"), Index("uq_settlement_spending_settlement_id_head", "settlement_id", "head", unique=True))


class AccountChange(Identified, Versioned, Model):
    """Another account for a contract: asked for by one, agreed to by another, on hold until a day; until then it can be stopped, and nothing is paid."""

    __tablename__ = "account_change"

    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    contract_id: Mapped[int] = mapped_column(to("contract"), index=True)
    state: Mapped[ChangeState] = enum_of(ChangeState, default=ChangeState.REQUESTED, index=True)
    old_account: Mapped[str | None] = mapped_column(String(300))
    new_account: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Text)
    requested_by_id: Mapped[int] = mapped_column(to("user_account"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_until: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(Text)

    contract: Mapped[Contract] = relationship(lazy="raise_on_sql")
    requested_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[requested_by_id])
    decided_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[decided_by_id])

    __table_args__ = (
        text_check("new_account", 300),
        text_check("reason", 10_000),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="four_eyes"),
        CheckConstraint("state NOT IN ('held', 'stopped') OR (held_until IS NOT NULL AND decided_by_id IS NOT NULL)", name="held_until_a_day"),
        CheckConstraint("old_account IS NULL OR old_account <> new_account", name="another_account"),
        Index("uq_account_change_one_open", "contract_id", unique=True, sqlite_where=db.text("state = 'requested'"), postgresql_where=db.text("state = 'requested'")),
    )


guard_accounts()
