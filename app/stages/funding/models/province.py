"""The province's money beside the promises to projects: what is carried over, what managing costs, where the cut line of a call lies."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
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
from app.services.people.models import User
from app.stages.calls.models import Call
from app.stages.funding.models.money import YearBudget
from app.stages.funding.rules import CostKind
from app.stages.funding.triggers import guard_costs


class BudgetTransfer(Identified, Model):
    """Money of a year that is carried over into another, by decision. `promised` of it goes along with projects. Append-only."""

    __tablename__ = "budget_transfer"

    from_id: Mapped[int] = mapped_column(to("year_budget"), index=True)
    to_id: Mapped[int] = mapped_column(to("year_budget"), index=True)
    amount: Mapped[int] = money()
    promised: Mapped[int] = money()
    decision_number: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int | None] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    from_budget: Mapped[YearBudget] = relationship(lazy="raise_on_sql", foreign_keys=[from_id], viewonly=True)
    to_budget: Mapped[YearBudget] = relationship(lazy="raise_on_sql", foreign_keys=[to_id], viewonly=True)

    __table_args__ = (
        text_check("decision_number", 64),
        CheckConstraint("amount > 0 AND promised <= amount", name="amount_positive"),
        CheckConstraint("from_id <> to_id", name="another_year"),
    )


class ManagementBudget(Identified, Versioned, Model):
    """What the Department may spend in a year on managing tasks: councils, calls, inspections. `spent` is kept by the triggers of its rows."""

    __tablename__ = "management_budget"

    year: Mapped[int] = mapped_column(unique=True)
    total: Mapped[int] = money()
    spent: Mapped[int] = money(default=0)
    decision_number: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("spent BETWEEN 0 AND total", name="never_overspent"),
        CheckConstraint("year BETWEEN 1990 AND 2200", name="year_sane"),
    )


class ManagementCost(Identified, Model):
    """A row of the ledger of management costs. Append-only: a mistake is taken back by a row of its own."""

    __tablename__ = "management_cost"

    budget_id: Mapped[int] = mapped_column(to("management_budget"), index=True)
    kind: Mapped[CostKind] = enum_of(CostKind, default=CostKind.SPENDING)
    head: Mapped[str] = mapped_column(String(40))
    content: Mapped[str] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(String(400))
    amount: Mapped[int] = money()
    booked_on: Mapped[date] = mapped_column(index=True)
    voucher: Mapped[str] = mapped_column(String(64))
    takes_back_id: Mapped[int | None] = mapped_column(to("management_cost"), unique=True)
    by_id: Mapped[int | None] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    budget: Mapped[ManagementBudget] = relationship(lazy="raise_on_sql", viewonly=True)
    by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        text_check("content", 300), text_check("voucher", 64),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(kind = 'taken_back') = (takes_back_id IS NOT NULL)", name="taken_back_names_row"),
        Index("ix_management_cost_voucher", "budget_id", "voucher", "head"),
    )  # fmt: skip


class CutLine(Identified, Model):
    """Where an officer drew the line in the ranked list of a call: the first `funded` dossiers have money. The last row counts. Append-only."""

    __tablename__ = "cut_line"

    call_id: Mapped[int] = mapped_column(to("call"))
    number: Mapped[int]
    year: Mapped[int]
    funded: Mapped[int]
    needed: Mapped[int] = money()
    available: Mapped[int] = money()
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship(lazy="raise_on_sql", viewonly=True)
    by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("call_id", "number"), CheckConstraint("funded >= 0", name="funded_sane"))


for _table in ("budget_transfer", "management_cost", "cut_line"):
    append_only(_table)
guard_costs()
