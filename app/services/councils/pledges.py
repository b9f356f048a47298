"""Rows around conflicts: what a member signed for a session, when who was out of an item came back, and who was asked for a seat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, append_only, enum_of, to
from app.kernel.words import N_, Face
from app.services.councils.rules import SeatRole
from app.services.people.models import User


class Declaration(Identified, Model):
    """What a member signed for one session: the sentence as it stood, and the items named. Signed again, it is another row."""

    __tablename__ = "conflict_declaration"

    seat_id: Mapped[int] = mapped_column(to("seat"), index=True)
    session: Mapped[int]  # which session of the council, the first is 1
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    statement: Mapped[str] = mapped_column(Text)
    items: Mapped[list[Any]] = mapped_column(JSON)  # public ids of the items with a conflict
    reason: Mapped[str | None] = mapped_column(Text)


append_only("conflict_declaration")


class RecusalEnd(Identified, Model):
    """When a member who was out of an item came back into the room, as the keeper of the session noted it."""

    __tablename__ = "recusal_end"

    recusal_id: Mapped[int] = mapped_column(to("recusal"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    noted_by_id: Mapped[int] = mapped_column(to("user_account"))


append_only("recusal_end")


class AskState(Face):
    ASKED = "asked", N_("Waits for an answer"), "amber"
    ACCEPTED = "accepted", N_("Accepted"), "green"
    DECLINED = "declined", N_("Declined"), "red"
    TAKEN_BACK = "taken_back", N_("Taken back"), "grey"


class SeatAsk(Identified, Model):
    """A person was asked, by mail, to take a seat of a council that is being prepared; the link works until it is answered or the seat is gone."""

    __tablename__ = "seat_ask"

    council_id: Mapped[int] = mapped_column(to("council"), index=True)
    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    role: Mapped[SeatRole] = enum_of(SeatRole)
    state: Mapped[AskState] = enum_of(AskState, default=AskState.ASKED)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(to("user_account"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why: Mapped[str | None] = mapped_column(String(20))  # the code of the reason
    note: Mapped[str | None] = mapped_column(String(1000))

    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[user_id])

    __table_args__ = (
        CheckConstraint("state <> 'declined' OR why IS NOT NULL", name="declined_has_reason"),
        Index("uq_seat_ask_open", "council_id", "user_id", unique=True, sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'")),
    )
