"""Rows of rounds and their frozen ranking."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Index,
    Text,
    UniqueConstraint,
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
    to,
)
from app.services.councils.models import Council
from app.stages.calls.models import CallTopic
from app.stages.proposals.models import Proposal
from app.stages.selection.rules import Outcome, RoundState


class Round(Identified, Versioned, Model):
    """The dossiers of one topic of a call before one council."""

    __tablename__ = "selection_round"

    state: Mapped[RoundState] = enum_of(RoundState, default=RoundState.OPEN, index=True)
    call_topic_id: Mapped[int] = mapped_column(to("call_topic"), unique=True)
    council_id: Mapped[int] = mapped_column(to("council"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    call_topic: Mapped[CallTopic] = relationship(lazy="raise_on_sql")
    council: Mapped[Council] = relationship(lazy="raise_on_sql")
    lines: Mapped[list[RankingLine]] = relationship(lazy="raise_on_sql", order_by="RankingLine.position", viewonly=True)


class RankingLine(Identified, Model):
    """One dossier's place, frozen: the exact mean as a fraction of points, and for display in hundredths."""

    __tablename__ = "ranking_line"

    round_id: Mapped[int] = mapped_column(to("selection_round"), index=True)
    proposal_id: Mapped[int] = mapped_column(to("proposal"), unique=True)
    position: Mapped[int]
    mean_numerator: Mapped[int] = mapped_column(BigInteger)
    mean_denominator: Mapped[int] = mapped_column(BigInteger)
    mean_hundredths: Mapped[int]
    ballots: Mapped[int]
    passed: Mapped[bool]
    recommended: Mapped[bool]
    tied: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[Outcome | None] = enum_of(Outcome, nullable=True)  # None: frozen before outcomes were kept
    revise_by: Mapped[date | None]
    changes: Mapped[str | None] = mapped_column(Text)
    rule_ids: Mapped[dict[str, Any]] = mapped_column(JSON)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("round_id", "position"),
        CheckConstraint("mean_hundredths BETWEEN 0 AND 10000", name="mean_range"),
        CheckConstraint("NOT recommended OR passed", name="recommended_passed"),
        CheckConstraint("(outcome = 'revise') = (revise_by IS NOT NULL)", name="revise_by_date"),
        Index("uq_ranking_line_recommended", "round_id", unique=True, sqlite_where=text("recommended"), postgresql_where=text("recommended")),
    )


append_only("ranking_line")
