"""Rows of calls, their topics and extensions."""

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
    text,
)
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
    trigger,
)
from app.services.people.models import User
from app.stages.calls.rules import CallState, TopicOutcome
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import Mode


class Call(Identified, Versioned, Model):
    """A call notice. `rules` holds the ids of the rule versions that were in force when it was published."""

    __tablename__ = "call"

    state: Mapped[CallState] = enum_of(CallState, default=CallState.DRAFT)
    title: Mapped[str] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(Text)
    mode: Mapped[Mode] = enum_of(Mode)
    year: Mapped[int]
    round: Mapped[int] = mapped_column(default=1)
    before_id: Mapped[int | None] = mapped_column(to("call"), index=True)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str | None] = mapped_column(String(500))
    note: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(String(60))
    dated: Mapped[date | None]
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rules: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    notice_pid: Mapped[str | None] = mapped_column(String(26))
    minutes_pid: Mapped[str | None] = mapped_column(String(26))
    source_key: Mapped[str | None] = mapped_column(String(100), unique=True)  # of an imported call: its id in the file and a hash
    created_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    topics: Mapped[list[CallTopic]] = relationship(lazy="raise_on_sql", order_by="CallTopic.position", viewonly=True)
    extensions: Mapped[list[Extension]] = relationship(lazy="raise_on_sql", order_by="Extension.id", viewonly=True)
    before: Mapped[Call | None] = relationship(lazy="raise_on_sql", remote_side="Call.id")

    __table_args__ = (
        text_check("title", 500),
        CheckConstraint("state IN ('draft', 'cancelled') OR (number IS NOT NULL AND dated IS NOT NULL AND opens_at IS NOT NULL AND rules IS NOT NULL)",
                        name="published_has_notice"),
        CheckConstraint("opens_at IS NULL OR deadline > opens_at", name="deadline_after_opening"),
        CheckConstraint("state NOT IN ('opened', 'concluded') OR (opened_at IS NOT NULL AND opened_at > deadline)", name="sealed_until_deadline"),
        CheckConstraint("(round = 1) = (before_id IS NULL)", name="later_round_has_former"),
        Index("ix_call_state_deadline", "state", "deadline"),
    )  # fmt: skip


class CallTopic(Identified, Model):
    """One topic in one call. `outcome` is set when its end is known."""

    __tablename__ = "call_topic"

    call_id: Mapped[int] = mapped_column(to("call"), index=True)
    topic_id: Mapped[int] = mapped_column(to("topic"), index=True)
    position: Mapped[int]
    ceiling: Mapped[int | None] = money(nullable=True)
    dossiers: Mapped[int | None]  # how many were opened
    outcome: Mapped[TopicOutcome | None] = enum_of(TopicOutcome, nullable=True)
    outcome_reason: Mapped[str | None] = mapped_column(Text)

    call: Mapped[Call] = relationship(lazy="raise_on_sql")
    topic: Mapped[Topic] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("call_id", "topic_id"), UniqueConstraint("call_id", "position"))


class Extension(Identified, Model):
    """A later deadline for a whole call: proposed by one, confirmed or refused by another."""

    __tablename__ = "call_extension"

    call_id: Mapped[int] = mapped_column(to("call"), index=True)
    old_deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    new_deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(String(200))
    proposed_by_id: Mapped[int] = mapped_column(to("user_account"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship(lazy="raise_on_sql")
    proposed_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[proposed_by_id])
    confirmed_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[confirmed_by_id])

    __table_args__ = (
        CheckConstraint("new_deadline > old_deadline", name="later"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name="confirmed_has_time"),
        CheckConstraint("confirmed_at IS NULL OR refused_at IS NULL", name="one_answer"),
        Index("uq_call_extension_waiting", "call_id", unique=True, sqlite_where=text("confirmed_at IS NULL AND refused_at IS NULL"),
              postgresql_where=text("confirmed_at IS NULL AND refused_at IS NULL")),
    )  # fmt: skip


# a topic is in one open call at most, whatever the code does: two rounds follow each other, they never run side by side
_TWICE = ("EXISTS (SELECT 1 FROM call_topic mine JOIN call_topic other ON other.topic_id = mine.topic_id AND other.call_id <> mine.call_id "
          "JOIN call running ON running.id = other.call_id WHERE mine.call_id = NEW.id AND other.outcome IS NULL "
          "AND running.state IN ('published', 'closed', 'opened'))")  # fmt: skip
trigger(
    "call_topic_once", "call",
    sqlite=f"CREATE TRIGGER call_topic_once BEFORE UPDATE OF state ON call WHEN NEW.state = 'published' AND OLD.state = 'draft' AND {_TWICE} "
           "BEGIN SELECT RAISE(ABORT, 'a topic is in one open call'); END",
    postgresql="CREATE OR REPLACE FUNCTION call_topic_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               f"IF NEW.state = 'published' AND OLD.state = 'draft' AND {_TWICE} THEN "
               "RAISE EXCEPTION 'a topic is in one open call' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; "
               "CREATE TRIGGER call_topic_once BEFORE UPDATE OF state ON call FOR EACH ROW EXECUTE FUNCTION call_topic_once()",
)  # fmt: skip
