"""Rows beside a case: what the council wants edited, the expert team and what it found, equipment and results as assets."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
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
from app.stages.acceptance.models import CaseLine
from app.stages.acceptance.rules import AssetKind
from app.stages.funding.models import Project


class RequestedEdit(Identified, Model):
    """One edit that the council asks for. The host answers it; the chair ticks it, or says what is still open."""

    __tablename__ = "acceptance_edit"

    case_id: Mapped[int] = mapped_column(to("acceptance_case"), index=True)
    round: Mapped[int]
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)  # of the host: what was edited, and where
    still_open: Mapped[str | None] = mapped_column(Text)  # of the chair
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    on_paper: Mapped[bool] = mapped_column(default=False)  # ticked by the officer for a chair who signed on paper

    done_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("case_id", "round", "position"), CheckConstraint("trim(text) <> ''", name="text_is_there"),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_by_somebody"),
        CheckConstraint("done_at IS NULL OR answer IS NOT NULL", name="done_is_answered"),
    )  # fmt: skip


class ExpertTeam(Identified, Versioned, Model):
    """The team of experts that checks measurable products before the council of a round."""

    __tablename__ = "acceptance_team"

    case_id: Mapped[int] = mapped_column(to("acceptance_case"), index=True)
    round: Mapped[int]
    decision_number: Mapped[str] = mapped_column(String(64))
    decision_date: Mapped[date]
    named_by_id: Mapped[int] = mapped_column(to("user_account"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_on: Mapped[date | None]
    place: Mapped[str | None] = mapped_column(String(300))
    conclusion: Mapped[str | None] = mapped_column(Text)
    reported_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    members: Mapped[list[TeamSeat]] = relationship(lazy="raise_on_sql", order_by="TeamSeat.position", cascade="all, delete-orphan")
    findings: Mapped[list[ProductCheck]] = relationship(lazy="raise_on_sql", order_by="ProductCheck.id", viewonly=True)

    __table_args__ = (
        UniqueConstraint("case_id", "round"),
        CheckConstraint("(reported_at IS NULL) = (conclusion IS NULL) AND (reported_at IS NULL) = (checked_on IS NULL)", name="report_is_whole"),
    )


class TeamSeat(Model):
    """A member of an expert team; the first is its head."""

    __tablename__ = "acceptance_team_seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(to("acceptance_team"), index=True)
    position: Mapped[int]
    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("team_id", "position"), UniqueConstraint("team_id", "user_id"))


class ProductCheck(Model):
    """What the team found of one product: is it real, how much was counted, does it reach the order."""

    __tablename__ = "acceptance_product_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(to("acceptance_team"), index=True)
    line_id: Mapped[int] = mapped_column(to("acceptance_line"), index=True)
    authentic: Mapped[bool]
    counted: Mapped[str] = mapped_column(String(300))
    reaches: Mapped[bool]
    note: Mapped[str | None] = mapped_column(Text)

    line: Mapped[CaseLine] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("team_id", "line_id"), text_check("counted", 300))


class Asset(Identified, Versioned, Model):
    """Equipment bought by a project, or a result of it as an asset: what it is, and how it is dealt with. `way` is a code of the rule of the project's regime."""

    __tablename__ = "acceptance_asset"

    project_id: Mapped[int] = mapped_column(to("project"), index=True)
    kind: Mapped[AssetKind] = enum_of(AssetKind)
    name: Mapped[str] = mapped_column(String(300))
    amount: Mapped[str | None] = mapped_column(String(100))
    cost: Mapped[int | None] = money(nullable=True)  # what was paid for it
    rest: Mapped[int | None] = money(nullable=True)  # what it is worth now
    way: Mapped[str | None] = mapped_column(String(32))
    receiver: Mapped[str | None] = mapped_column(String(300))
    number: Mapped[str | None] = mapped_column(String(64))
    dated: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    listed_by_id: Mapped[int] = mapped_column(to("user_account"))
    listed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dealt_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    dealt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        text_check("name", 300),
        CheckConstraint("(dealt_at IS NULL) = (way IS NULL) AND (dealt_at IS NULL) = (dealt_by_id IS NULL)", name="dealt_is_whole"),
        CheckConstraint("cost IS NULL OR rest IS NULL OR rest <= cost", name="rest_within_cost"),
    )
