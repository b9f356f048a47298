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
    trigger,
)
from app.services.people.models import User
from app.stages.calls.rules import CallState, Capacity, QuestionState, TopicOutcome
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
    # the calendar beside the deadline
    questions_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    briefing_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    briefing_place: Mapped[str | None] = mapped_column(String(500))
    opening_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    council_on: Mapped[date | None]
    notify_on: Mapped[date | None]
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    cancel_document: Mapped[str | None] = mapped_column(String(200))
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when saved searches were told
    names_council: Mapped[bool] = mapped_column(default=False, server_default=false())  # are applicants told who sat, with the outcome? before it never

    topics: Mapped[list[CallTopic]] = relationship(lazy="raise_on_sql", order_by="CallTopic.position", viewonly=True)
    extensions: Mapped[list[Extension]] = relationship(lazy="raise_on_sql", order_by="Extension.id", viewonly=True)
    corrections: Mapped[list[Correction]] = relationship(lazy="raise_on_sql", order_by="Correction.id", viewonly=True)
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
    moved: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the milestones that went along: {"opening_at": [before, after], …}

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


class Correction(Identified, Model):
    """What was changed in a published call: {"place": [before, after], …}, by which paper and why. Public, append-only."""

    __tablename__ = "call_correction"

    call_id: Mapped[int] = mapped_column(to("call"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(to("user_account"))
    document: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (text_check("document", 200),)


class Opening(Identified, Model):
    """The session in which the dossiers of a call were opened. Append-only."""

    __tablename__ = "call_opening"

    call_id: Mapped[int] = mapped_column(to("call"), unique=True)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int] = mapped_column(to("user_account"))

    people: Mapped[list[OpeningPresent]] = relationship(lazy="raise_on_sql", order_by="OpeningPresent.position", viewonly=True)

    __table_args__ = (text_check("place", 500),)


class OpeningPresent(Model):
    """Who was there when the dossiers were opened, and of which body."""

    __tablename__ = "call_opening_present"

    opening_id: Mapped[int] = mapped_column(to("call_opening"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    capacity: Mapped[Capacity] = enum_of(Capacity)
    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(300))
    office: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (text_check("name", 200), text_check("body", 300))


class Question(Identified, Versioned, Model):
    """A question about a call. What everybody reads is `wording` and `answer`; who asked is read by nobody, only mailed to."""

    __tablename__ = "call_question"

    state: Mapped[QuestionState] = enum_of(QuestionState, default=QuestionState.ASKED)
    call_id: Mapped[int] = mapped_column(to("call"), index=True)
    call_topic_id: Mapped[int | None] = mapped_column(to("call_topic"))
    text: Mapped[str] = mapped_column(Text)
    asker_id: Mapped[int | None] = mapped_column(to("user_account"))
    email: Mapped[str | None] = mapped_column(String(320))
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    address: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wording: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    set_aside_reason: Mapped[str | None] = mapped_column(Text)

    call: Mapped[Call] = relationship(lazy="raise_on_sql")
    call_topic: Mapped[CallTopic | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        text_check("text", 2000),
        CheckConstraint("(asker_id IS NULL) <> (email IS NULL)", name="one_asker"),
        CheckConstraint("state <> 'answered' OR (answer IS NOT NULL AND wording IS NOT NULL AND answered_at IS NOT NULL)", name="answered_has_answer"),
        Index("ix_call_question_state", "state"),
        Index("ix_call_question_address", "address", "asked_at"),
    )


class Follower(Identified, Model):
    """Who is mailed when a call changes. `public_id` is the key of the link that ends it."""

    __tablename__ = "call_follower"

    call_id: Mapped[int] = mapped_column(to("call"))
    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("call_id", "user_id"),)


class SavedSearch(Identified, Model):
    """Filters of the public list that a person kept: a mail comes when a new call matches. `public_id` is the key of the link that ends it."""

    __tablename__ = "saved_search"

    user_id: Mapped[int] = mapped_column(to("user_account"))
    query: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("user_id", "query"),)


for _table in ("call_correction", "call_opening", "call_opening_present"):
    append_only(_table)
# the rules of a call that is out: its notice does not change, its deadline moves by two people and never back, an answered extension stays
_NOTICE = ("mode", "year", "round", "number", "dated", "opens_at", "rules", "title")
_OUT = "OLD.state <> 'draft' AND OLD.opens_at IS NOT NULL"
_BY_TWO = ("NOT EXISTS (SELECT 1 FROM call_extension e WHERE e.call_id = OLD.id AND e.confirmed_by_id IS NOT NULL "
           "AND e.confirmed_by_id <> e.proposed_by_id AND e.old_deadline = OLD.deadline AND e.new_deadline = NEW.deadline)")  # fmt: skip


def guard(name: str, table: str, event: str, when: str, sentence: str, *, since: str | None = None) -> None:
    """Refuse the event where the condition holds, on both databases. `since` is a table that came later than this one: the first migrations,
    which make the triggers of their tables, leave a trigger of a later column to the migration that brings the column."""
    trigger(
        name, since or table,
        sqlite=f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        postgresql=f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
                   f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                   f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; "
                   f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )  # fmt: skip


guard("call_notice_frozen", "call", f"UPDATE OF {', '.join(_NOTICE)}", _OUT, "a published notice is frozen")
guard("call_naming_frozen", "call", "UPDATE OF names_council", _OUT, "a published notice is frozen", since="call_correction")
guard("call_deadline_kept", "call", "UPDATE OF deadline", f"{_OUT} AND NEW.deadline <> OLD.deadline AND {_BY_TWO}",
       "the deadline of a published call moves by two people")  # fmt: skip
guard("call_extension_answered", "call_extension", "UPDATE", "OLD.confirmed_at IS NOT NULL OR OLD.refused_at IS NOT NULL", "an answered extension is kept")
guard("call_extension_kept", "call_extension", "DELETE", "OLD.id IS NOT NULL", "an extension is kept")
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
