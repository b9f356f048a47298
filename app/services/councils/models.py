"""Rows of councils. Ballots of an opened box and counts are guarded by triggers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Index,
    LargeBinary,
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
    text_check,
    to,
    trigger,
)
from app.services.councils.rules import CouncilState, Kind, SeatRole
from app.services.people.models import User


class Council(Identified, Versioned, Model):
    """A panel. `rule_ids` are the versions frozen when it was established."""

    __tablename__ = "council"

    kind: Mapped[Kind] = enum_of(Kind)
    state: Mapped[CouncilState] = enum_of(CouncilState, default=CouncilState.DRAFT, index=True)
    title: Mapped[str] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(Text, default="", server_default="")  # title and agenda, for search
    decision_number: Mapped[str | None] = mapped_column(String(60))
    decision_dated: Mapped[date | None]
    rule_ids: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    meets_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    place: Mapped[str | None] = mapped_column(String(300))
    meeting_mode: Mapped[str | None] = mapped_column(String(32))  # in the room, online or both: one of the rule `councils.modes`
    vice_authorised: Mapped[bool] = mapped_column(default=False)
    authorisation: Mapped[str | None] = mapped_column(String(200))  # number and date of the vice chair's written authorisation
    secretary_pid: Mapped[str | None] = mapped_column(String(26))  # the seat that the council elected to keep this session, its secretary being absent
    tellers: Mapped[list[str] | None] = mapped_column(JSON)  # the counting team of this session: public ids of persons, its head first
    conclusion: Mapped[str | None] = mapped_column(Text)
    settled: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what the votes left open and the council decided: {item pid: {"mode": …, "reason": …}}
    sessions: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)  # each session held: {"opened", "place", "present", "led", "kept", "ended", "reason"}
    officer_id: Mapped[int | None] = mapped_column(to("user_account"))  # who prepares it, from its proposal on who proposed it
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    seats: Mapped[list[Seat]] = relationship(
        primaryjoin="and_(Council.id == Seat.council_id, Seat.left_at.is_(None))", lazy="raise_on_sql", order_by="Seat.id", viewonly=True)  # fmt: skip
    agenda: Mapped[list[AgendaItem]] = relationship(lazy="raise_on_sql", order_by="AgendaItem.position", viewonly=True)

    __table_args__ = (text_check("title", 500),)


class AgendaItem(Identified, Model):
    """One object of a stage before the council. The box of its ballots is opened once, or the object is given back to its stage."""

    __tablename__ = "agenda_item"

    council_id: Mapped[int] = mapped_column(to("council"), index=True)
    position: Mapped[int]
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_pid: Mapped[str] = mapped_column(String(26))
    title: Mapped[str] = mapped_column(String(500))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_back_reason: Mapped[str | None] = mapped_column(Text)

    ballots: Mapped[list[Ballot]] = relationship(lazy="raise_on_sql", order_by="Ballot.id", viewonly=True)

    __table_args__ = (UniqueConstraint("council_id", "position"), Index("ix_agenda_item_subject", "subject_type", "subject_pid"))


_SITTING_CHAIR = "role = 'chair' AND left_at IS NULL"


class Seat(Identified, Model):
    """A person's seat, what he declared for the session, and whether he came. Who was replaced has left it."""

    __tablename__ = "seat"

    council_id: Mapped[int] = mapped_column(to("council"), index=True)
    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    role: Mapped[SeatRole] = enum_of(SeatRole)
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    present: Mapped[bool] = mapped_column(default=False)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("council_id", "user_id"),
        Index("uq_seat_chair", "council_id", unique=True, sqlite_where=text(_SITTING_CHAIR), postgresql_where=text(_SITTING_CHAIR)),
    )


class Recusal(Identified, Model):
    """A member out of one item, from when, and why. Never taken back."""

    __tablename__ = "recusal"

    seat_id: Mapped[int] = mapped_column(to("seat"), index=True)
    agenda_item_id: Mapped[int] = mapped_column(to("agenda_item"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("seat_id", "agenda_item_id"),)


append_only("recusal")


class Ballot(Identified, Model):
    """One sealed ballot. `seal` is the hash on the member's receipt; `text` can be read with the key of that id, which lies outside the database.

    A ballot on paper was entered by two of the counting team.
    """

    __tablename__ = "ballot"

    agenda_item_id: Mapped[int] = mapped_column(to("agenda_item"), index=True)
    seat_id: Mapped[int] = mapped_column(to("seat"), index=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(String(16))
    seal: Mapped[str] = mapped_column(String(64))
    cast_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    checked_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    seat: Mapped[Seat] = relationship(lazy="raise_on_sql")
    opened: Mapped[OpenedBallot | None] = relationship(lazy="raise_on_sql", viewonly=True)

    __table_args__ = (
        UniqueConstraint("agenda_item_id", "seat_id"),
        CheckConstraint("(entered_by_id IS NULL) = (checked_by_id IS NULL) AND (entered_by_id IS NULL OR entered_by_id <> checked_by_id)", name="two_persons"),
    )


append_only("ballot")
_OPENED = "(SELECT opened_at FROM agenda_item WHERE id = NEW.agenda_item_id) IS NOT NULL"
trigger(
    "ballot_box_closed", "ballot",
    sqlite=f"CREATE TRIGGER ballot_box_closed BEFORE INSERT ON ballot WHEN {_OPENED} BEGIN SELECT RAISE(ABORT, 'the box is opened'); END",
    postgresql="CREATE OR REPLACE FUNCTION ballot_box_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               f"IF {_OPENED} THEN RAISE EXCEPTION 'the box is opened' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; "
               "CREATE TRIGGER ballot_box_closed BEFORE INSERT ON ballot FOR EACH ROW EXECUTE FUNCTION ballot_box_closed()",
)  # fmt: skip


class OpenedBallot(Identified, Model):
    """What a ballot says, written when the box of its item was opened. `defect` is the reason, by rule, why it is not valid."""

    __tablename__ = "opened_ballot"

    ballot_id: Mapped[int] = mapped_column(to("ballot"), unique=True)
    agenda_item_id: Mapped[int] = mapped_column(to("agenda_item"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    word: Mapped[str] = mapped_column(String(64))  # the random word of the receipt
    defect: Mapped[str | None] = mapped_column(String(40))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


append_only("opened_ballot")
_CLOSED = "(SELECT opened_at FROM agenda_item WHERE id = NEW.agenda_item_id) IS NULL"
trigger(
    "opened_ballot_box_open", "opened_ballot",
    sqlite=f"CREATE TRIGGER opened_ballot_box_open BEFORE INSERT ON opened_ballot WHEN {_CLOSED} BEGIN SELECT RAISE(ABORT, 'the box is closed'); END",
    postgresql="CREATE OR REPLACE FUNCTION opened_ballot_box_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               f"IF {_CLOSED} THEN RAISE EXCEPTION 'the box is closed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; "
               "CREATE TRIGGER opened_ballot_box_open BEFORE INSERT ON opened_ballot FOR EACH ROW EXECUTE FUNCTION opened_ballot_box_open()",
)  # fmt: skip


class SheetDraft(Identified, Model):
    """A sheet that is not in the box yet, sealed too: of the member who fills it in, or what a teller read from a paper ballot."""

    __tablename__ = "sheet_draft"

    agenda_item_id: Mapped[int] = mapped_column(to("agenda_item"), index=True)
    seat_id: Mapped[int] = mapped_column(to("seat"), index=True)
    writer_id: Mapped[int] = mapped_column(to("user_account"))
    text: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(String(16))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    writer: Mapped[User] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("agenda_item_id", "seat_id", "writer_id"),)


class Count(Identified, Model):
    """What the ballots of one item say, frozen when its box was opened."""

    __tablename__ = "ballot_count"

    agenda_item_id: Mapped[int] = mapped_column(to("agenda_item"), unique=True)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)


append_only("ballot_count")
