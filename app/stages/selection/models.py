"""Rows of rounds and their frozen ranking."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Index,
    String,
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
from app.services.people.models import User
from app.stages.calls.models import CallTopic
from app.stages.proposals.models import Proposal
from app.stages.selection.rules import ComplaintState, Outcome, RoundState


class Round(Identified, Versioned, Model):
    """The dossiers of one topic of a call before one council; `session` counts on when a complaint leads to another one.

    `release_on` is the day on which a ranked round is concluded and everybody gets the letter; by the worker when it lies ahead.
    """

    __tablename__ = "selection_round"

    state: Mapped[RoundState] = enum_of(RoundState, default=RoundState.OPEN, index=True)
    call_topic_id: Mapped[int] = mapped_column(to("call_topic"), unique=True)
    council_id: Mapped[int] = mapped_column(to("council"), unique=True)
    session: Mapped[int] = mapped_column(default=1, server_default="1")
    release_on: Mapped[date | None]
    release_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    call_topic: Mapped[CallTopic] = relationship(lazy="raise_on_sql")
    council: Mapped[Council] = relationship(lazy="raise_on_sql")
    lines: Mapped[list[RankingLine]] = relationship(  # of the latest session
        primaryjoin="and_(Round.id == RankingLine.round_id, Round.session == RankingLine.session)", lazy="raise_on_sql", order_by="RankingLine.position", viewonly=True)  # fmt: skip


class RankingLine(Identified, Model):
    """One dossier's place, frozen: the exact mean as a fraction of points, and for display in hundredths."""

    __tablename__ = "ranking_line"

    round_id: Mapped[int] = mapped_column(to("selection_round"), index=True)
    proposal_id: Mapped[int] = mapped_column(to("proposal"))
    session: Mapped[int] = mapped_column(default=1, server_default="1")
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
    round: Mapped[Round] = relationship(lazy="raise_on_sql", viewonly=True)

    __table_args__ = (
        UniqueConstraint("proposal_id", "session"),
        UniqueConstraint("round_id", "session", "position"),
        CheckConstraint("mean_hundredths BETWEEN 0 AND 10000", name="mean_range"),
        CheckConstraint("NOT recommended OR passed", name="recommended_passed"),
        CheckConstraint("(outcome = 'revise') = (revise_by IS NOT NULL)", name="revise_by_date"),
        Index("uq_ranking_line_recommended", "round_id", "session", unique=True, sqlite_where=text("recommended"), postgresql_where=text("recommended")),
    )


append_only("ranking_line")


class Complaint(Identified, Versioned, Model):
    """What the applicant of a dossier has against the outcome, and what was decided on it. One for each outcome."""

    __tablename__ = "complaint"

    state: Mapped[ComplaintState] = enum_of(ComplaintState, default=ComplaintState.FILED, index=True)
    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    ranking_line_id: Mapped[int] = mapped_column(to("ranking_line"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_by_id: Mapped[int] = mapped_column(to("user_account"))
    answer_due: Mapped[date]
    answer: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(String(60))
    dated: Mapped[date | None]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
    line: Mapped[RankingLine] = relationship(lazy="raise_on_sql")
    filed_by: Mapped[User] = relationship(foreign_keys=[filed_by_id], lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("state NOT IN ('upheld', 'dismissed') OR (answer IS NOT NULL AND number IS NOT NULL AND dated IS NOT NULL)", name="decided_by_document"),
    )
