"""Rows of the transfer desk beside offers and contracts: pictures of results, income of contracts, places where a result is used."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
from app.services.people.models import User
from app.stages.transfer.models import Agreement, FollowUp, OfResult
from app.stages.transfer.sharing import IncomeState


class Picture(Identified, Model):
    """A picture of a result: made anew from what was uploaded, which is not kept, and said in words for who does not see it."""

    __tablename__ = "result_picture"

    result_id: Mapped[int] = mapped_column(to("result"), index=True)
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(String(300))
    alt_en: Mapped[str | None] = mapped_column(String(300))
    attachment_pid: Mapped[str] = mapped_column(String(26), unique=True)
    width: Mapped[int]
    height: Mapped[int]

    __table_args__ = (UniqueConstraint("result_id", "position"), text_check("alt", 300))


class Income(OfResult, Identified, Versioned, Model):
    """What a contract brought in a period, and how the after-tax profit was shared. What was wrong is cancelled with its reason."""

    __tablename__ = "transfer_income"

    state: Mapped[IncomeState] = enum_of(IncomeState, default=IncomeState.RECORDED)
    agreement_id: Mapped[int] = mapped_column(to("transfer_agreement"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date] = mapped_column(index=True)
    revenue: Mapped[int] = money()
    profit: Mapped[int] = money()  # after tax: what is shared
    author_share: Mapped[int]
    intermediary_share: Mapped[int]
    host_share: Mapped[int]
    split: Mapped[dict[str, Any]] = mapped_column(JSON)  # đồng: authors, intermediary, host, and each author's part
    document: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)  # why it was cancelled
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    agreement: Mapped[Agreement] = relationship(lazy="raise_on_sql")
    by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        text_check("document", 200),
        CheckConstraint("from_on <= to_on", name="period_in_order"),
        CheckConstraint("profit <= revenue", name="profit_within_revenue"),
        CheckConstraint("author_share BETWEEN 0 AND 100 AND intermediary_share BETWEEN 0 AND 100 AND host_share BETWEEN 0 AND 100", name="shares_percent"),
        CheckConstraint("author_share + intermediary_share + host_share = 100", name="shares_of_a_whole"),
        CheckConstraint("state <> 'cancelled' OR trim(coalesce(reason, '')) <> ''", name="cancelled_has_reason"),
    )  # fmt: skip


class UseSite(Model):
    """A commune where the result was used in the year of a report. A district is said only of years before there were none."""

    __tablename__ = "use_site"

    id: Mapped[int] = mapped_column(primary_key=True)
    follow_up_id: Mapped[int] = mapped_column(to("follow_up"), index=True)
    position: Mapped[int]
    commune: Mapped[str] = mapped_column(String(8), index=True)
    district: Mapped[str | None] = mapped_column(String(100))
    place: Mapped[str | None] = mapped_column(String(300))
    area: Mapped[int | None] = mapped_column(BigInteger)  # square metres
    households: Mapped[int | None]

    follow_up: Mapped[FollowUp] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("follow_up_id", "position"), UniqueConstraint("follow_up_id", "commune"),
        CheckConstraint("area IS NULL OR area >= 0", name="area_from_zero"), CheckConstraint("households IS NULL OR households >= 0", name="households_from_zero"),
    )  # fmt: skip
