"""Rows of the room: steps taken, who was there from when to when, what members said before the ballot, what applicants were asked."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    append_only,
    enum_of,
    text_check,
    to,
)
from app.services.councils.models import AgendaItem, Seat
from app.services.councils.room.rules import How
from app.services.people.models import User


class SessionStep(Identified, Model):
    """One step of the order of work, begun at a time; `back` is the reason when the secretary went back to it."""

    __tablename__ = "session_step"

    council_id: Mapped[int] = mapped_column(to("council"), index=True)
    session: Mapped[int]  # the number of the session
    code: Mapped[str] = mapped_column(String(40))
    agenda_item_id: Mapped[int | None] = mapped_column(to("agenda_item"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(to("user_account"))
    back: Mapped[str | None] = mapped_column(Text)


append_only("session_step")


class Presence(Identified, Model):
    """A member (or, by item and name, an applicant) in a session: from when to when, in person or online."""

    __tablename__ = "presence"

    council_id: Mapped[int] = mapped_column(to("council"), index=True)
    session: Mapped[int]
    seat_id: Mapped[int | None] = mapped_column(to("seat"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(to("agenda_item"))  # of an applicant: the item that he presents
    person: Mapped[str | None] = mapped_column(String(200))
    how: Mapped[How] = enum_of(How)
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("(seat_id IS NULL) = (person IS NOT NULL) AND (seat_id IS NULL) = (agenda_item_id IS NOT NULL)", name="member_or_applicant"),
        CheckConstraint("left_at IS NULL OR left_at >= came_at", name="leaves_after"),
        Index("uq_presence_there", "seat_id", unique=True, sqlite_where=text("left_at IS NULL"), postgresql_where=text("left_at IS NULL")),
    )


class DiscussionNote(Identified, Model):
    """What a member wrote to the other members on an item, before its ballot."""

    __tablename__ = "discussion_note"

    agenda_item_id: Mapped[int] = mapped_column(to("agenda_item"), index=True)
    seat_id: Mapped[int] = mapped_column(to("seat"), index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    seat: Mapped[Seat] = relationship(lazy="raise_on_sql")

    __table_args__ = (text_check("text", 4000),)


append_only("discussion_note")


class Asking(Identified, Model):
    """A question of the council to the applicant of an item, to be answered in writing by a day."""

    __tablename__ = "asking"

    agenda_item_id: Mapped[int] = mapped_column(to("agenda_item"), index=True)
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(to("user_account"))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    item: Mapped[AgendaItem] = relationship(lazy="raise_on_sql")
    answered_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[answered_by_id])

    __table_args__ = (text_check("text", 4000), CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_has_time"))
