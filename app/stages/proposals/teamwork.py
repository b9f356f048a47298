"""Rows of how a team works together: invitations, sections given to members, comments, what the host sent back, another investigator."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, text_check, to
from app.services.people.models import User
from app.stages.proposals.models import Proposal, TeamMember


class Invitation(Identified, Model):
    """A person asked by mail to join a team. Only the hash of the link's secret is kept; the address it went to is the only one that may answer."""

    __tablename__ = "team_invitation"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    member_id: Mapped[int | None] = mapped_column(to("team_member"), index=True)  # none: taken out of the team since
    name: Mapped[str] = mapped_column(String(200))
    email_norm: Mapped[str] = mapped_column(String(320), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by_id: Mapped[int] = mapped_column(to("user_account"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(500))

    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
    member: Mapped[TeamMember | None] = relationship(lazy="raise_on_sql")
    sent_by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        text_check("name", 200), CheckConstraint("expires_at > sent_at", name="expires_after_sent"),
        CheckConstraint("accepted_at IS NULL OR (declined_at IS NULL AND revoked_at IS NULL)", name="one_answer"),
    )  # fmt: skip


class Given(Identified, Model):
    """A section that a member of the team was given to write, until when, and when they said it is complete."""

    __tablename__ = "section_given"

    proposal_id: Mapped[int] = mapped_column(to("proposal"))
    place: Mapped[str] = mapped_column(String(60))
    member_id: Mapped[int] = mapped_column(to("team_member"), index=True)
    due_on: Mapped[date | None]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    member: Mapped[TeamMember] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index("uq_section_given_place", "proposal_id", "place", unique=True),)


class Comment(Identified, Model):
    """A remark on a section: the first of a thread, which is resolved as a whole, or an answer in it. Never part of what is submitted."""

    __tablename__ = "section_comment"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    place: Mapped[str] = mapped_column(String(60))
    thread_id: Mapped[int | None] = mapped_column(to("section_comment"), index=True)  # the first of its thread; none: it is the first
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(to("user_account"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    author: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])
    resolved_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[resolved_by_id])

    __table_args__ = (text_check("text", 5000), CheckConstraint("thread_id IS NULL OR resolved_at IS NULL", name="thread_is_resolved"))


class SentBack(Identified, Model):
    """What the host wants changed: which sections, why; and how each section looked then. Until the host signs, only these may be changed."""

    __tablename__ = "sent_back"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    places: Mapped[list[Any]] = mapped_column(JSON)
    marks: Mapped[dict[str, Any]] = mapped_column(JSON)  # section → hash of what it said
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by_id: Mapped[int] = mapped_column(to("user_account"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    sent_by: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (text_check("reason", 2000),)


class NewPi(Identified, Model):
    """Another member is asked to lead in the place of the principal investigator; answered once."""

    __tablename__ = "new_investigator"

    proposal_id: Mapped[int] = mapped_column(to("proposal"), index=True)
    from_id: Mapped[int] = mapped_column(to("user_account"))
    to_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    asked_by_id: Mapped[int] = mapped_column(to("user_account"))
    reason: Mapped[str] = mapped_column(String(1000))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
    to_user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[to_id])
    asked_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[asked_by_id])

    __table_args__ = (text_check("reason", 1000),)
