"""Rows of transfer. A signed handover and what it lists are frozen by triggers; evaluations are append-only."""

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
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

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
from app.services.councils.models import Council
from app.services.people.models import Organisation, User
from app.stages.acceptance.models import Result
from app.stages.funding.models import Project
from app.stages.transfer.rules import (
    AgreementKind,
    AgreementState,
    FollowUpState,
    HandoverState,
    InterestState,
    LineKind,
    Rating,
    Route,
    Usage,
)


class OfResult:
    """What all rows here share: the result they are about, and its project (who may see the project may see them)."""

    @declared_attr
    def result_id(cls) -> Mapped[int]:
        return mapped_column(to("result"), index=True)

    @declared_attr
    def project_id(cls) -> Mapped[int]:
        return mapped_column(to("project"), index=True)

    @declared_attr
    def result(cls) -> Mapped[Result]:
        return relationship(Result, lazy="raise_on_sql")

    @declared_attr
    def project(cls) -> Mapped[Project]:
        return relationship(Project, lazy="raise_on_sql")


class Handover(OfResult, Identified, Versioned, Model):
    """What is given to one body. Giver's and receiver's signatures are two people's."""

    __tablename__ = "handover"

    state: Mapped[HandoverState] = enum_of(HandoverState, default=HandoverState.OFFERED)
    receiver_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    intended_use: Mapped[str] = mapped_column(Text)  # as the giver proposes it; as the receiver signs it
    place: Mapped[str] = mapped_column(String(300))
    planned_on: Mapped[date]
    planned_use_pid: Mapped[str | None] = mapped_column(String(26))  # of the dossier, which this handover fulfils
    giver_name: Mapped[str] = mapped_column(String(200))  # who signs for the host
    offered_by_id: Mapped[int] = mapped_column(to("user_account"))
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handed_on: Mapped[date | None]
    receiver_name: Mapped[str | None] = mapped_column(String(200))  # who signs for the receiver
    answered_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str | None] = mapped_column(Text)  # the receiver's, printed on the minutes
    reason: Mapped[str | None] = mapped_column(Text)  # of the last refusal

    receiver: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    offered_by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[offered_by_id])
    answered_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[answered_by_id])
    lines: Mapped[list[HandoverLine]] = relationship(lazy="raise_on_sql", order_by="HandoverLine.position")

    __table_args__ = (
        text_check("intended_use", 5000), text_check("place", 300), text_check("giver_name", 200),
        CheckConstraint("state <> 'handed_over' OR (handed_on IS NOT NULL AND receiver_name IS NOT NULL AND answered_by_id IS NOT NULL)",
                        name="handed_over_is_signed"),
        CheckConstraint("state <> 'refused' OR trim(coalesce(reason, '')) <> ''", name="refused_has_reason"),
        CheckConstraint("answered_by_id IS NULL OR answered_by_id <> offered_by_id", name="two_people"),
        Index("uq_handover_one_open", "result_id", "receiver_id", unique=True, sqlite_where=text("state = 'offered'"),
              postgresql_where=text("state = 'offered'")),
    )  # fmt: skip


class HandoverLine(Model):
    """One thing that is handed over."""

    __tablename__ = "handover_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(to("handover"), index=True)
    position: Mapped[int]
    kind: Mapped[LineKind] = enum_of(LineKind)
    name: Mapped[str] = mapped_column(String(500))
    quantity: Mapped[int]
    unit: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("handover_id", "position"), text_check("name", 500), CheckConstraint("quantity >= 1", name="quantity_from_one"))


OWN_USE = "handover_id IS NULL AND agreement_id IS NULL"  # the host uses its result itself
ASSIGNED = "kind = 'assignment' AND state IN ('signed', 'registered')"  # ownership is given away once


class Agreement(OfResult, Identified, Versioned, Model):
    """A contract on a result. Whether it must be registered is decided at the signing, by the rule of that day."""

    __tablename__ = "transfer_agreement"

    state: Mapped[AgreementState] = enum_of(AgreementState, default=AgreementState.DRAFTED)
    kind: Mapped[AgreementKind] = enum_of(AgreementKind)
    route: Mapped[Route] = enum_of(Route, default=Route.DOMESTIC)
    recipient_id: Mapped[int | None] = mapped_column(to("organisation"), index=True)
    recipient_name: Mapped[str | None] = mapped_column(String(300))  # of a body that has no account here
    recipient_details: Mapped[str | None] = mapped_column(String(500))  # tax code, address
    scope: Mapped[str] = mapped_column(Text)
    price: Mapped[int] = money()
    author_share: Mapped[int | None]  # percent of the after-tax profit
    intermediary: Mapped[str | None] = mapped_column(String(300))  # who brought the parties together
    intermediary_share: Mapped[int | None]  # percent of the after-tax profit
    number: Mapped[str | None] = mapped_column(String(64))
    signed_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    host_signer: Mapped[str | None] = mapped_column(String(200))
    recipient_signer: Mapped[str | None] = mapped_column(String(200))
    registration_case: Mapped[str | None] = mapped_column(String(32))  # of the rule transfer.registration
    must_register: Mapped[bool] = mapped_column(default=False)
    register_by: Mapped[date | None] = mapped_column(index=True)
    registered_number: Mapped[str | None] = mapped_column(String(64))
    registered_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    contact_email: Mapped[str | None] = mapped_column(String(320))  # where the link to the yearly report on use goes
    reason: Mapped[str | None] = mapped_column(Text)  # why it was dropped or ended
    created_by_id: Mapped[int] = mapped_column(to("user_account"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    recipient: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        text_check("scope", 5000),
        CheckConstraint("(recipient_id IS NULL) <> (recipient_name IS NULL)", name="one_recipient"),
        CheckConstraint("author_share IS NULL OR author_share BETWEEN 0 AND 100", name="author_share_percent"),
        CheckConstraint("intermediary_share IS NULL OR intermediary_share BETWEEN 0 AND 100", name="intermediary_share_percent"),
        CheckConstraint("coalesce(author_share, 0) + coalesce(intermediary_share, 0) <= 100", name="shares_of_a_whole"),
        CheckConstraint("(intermediary IS NULL) = (intermediary_share IS NULL)", name="intermediary_named"),
        CheckConstraint("state NOT IN ('signed', 'registered') OR (number IS NOT NULL AND signed_on IS NOT NULL)", name="signed_has_number"),
        CheckConstraint("NOT must_register OR register_by IS NOT NULL", name="registration_has_term"),
        CheckConstraint("state <> 'registered' OR (registered_number IS NOT NULL AND registered_on IS NOT NULL)", name="registered_has_number"),
        CheckConstraint("state <> 'ended' OR ended_on IS NOT NULL", name="ended_has_day"),
        Index("uq_transfer_agreement_registered_number", "registered_number", unique=True),
        Index("uq_transfer_agreement_assignment", "result_id", unique=True, sqlite_where=text(ASSIGNED), postgresql_where=text(ASSIGNED)),
    )

    @property
    def recipient_said(self) -> str:
        """The recipient's name, wherever it is kept."""
        return self.recipient.name if self.recipient is not None else self.recipient_name or ""


class FollowUp(OfResult, Identified, Versioned, Model):
    """One yearly report on the use of a result: by who received it, by who has a contract on it, or (with neither) by the host itself."""

    __tablename__ = "follow_up"

    handover_id: Mapped[int | None] = mapped_column(to("handover"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(to("transfer_agreement"), index=True)
    state: Mapped[FollowUpState] = enum_of(FollowUpState, default=FollowUpState.DUE)
    number: Mapped[int]  # which year
    due_on: Mapped[date] = mapped_column(index=True)
    usage: Mapped[Usage | None] = enum_of(Usage, nullable=True)
    place: Mapped[str | None] = mapped_column(String(300))
    users: Mapped[int | None]  # enterprises, cooperatives, people who use it
    households: Mapped[int | None]
    area: Mapped[int | None] = mapped_column(BigInteger)  # square metres
    output: Mapped[int | None] = mapped_column(BigInteger)
    output_unit: Mapped[str | None] = mapped_column(String(64))
    scale: Mapped[str | None] = mapped_column(String(200))  # more about how widely, in words
    evidence: Mapped[str | None] = mapped_column(Text)  # what the figures stand on, beside the files
    revenue: Mapped[int | None] = money(nullable=True)
    savings: Mapped[int | None] = money(nullable=True)
    jobs: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)
    reported_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str | None] = mapped_column(Text)
    contact_email: Mapped[str | None] = mapped_column(String(320))  # of an adopter who may have no account
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the secret in the link mailed last
    link_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reporter_name: Mapped[str | None] = mapped_column(String(200))  # who wrote by the link, in their own words

    agreement: Mapped[Agreement | None] = relationship(lazy="raise_on_sql")
    handover: Mapped[Handover | None] = relationship(lazy="raise_on_sql")
    reported_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[reported_by_id])
    verified_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[verified_by_id])

    __table_args__ = (
        UniqueConstraint("handover_id", "number"),
        UniqueConstraint("agreement_id", "number"),
        Index("uq_follow_up_own", "result_id", "number", unique=True, sqlite_where=text(OWN_USE), postgresql_where=text(OWN_USE)),
        CheckConstraint("handover_id IS NULL OR agreement_id IS NULL", name="one_source"),
        CheckConstraint("number BETWEEN 1 AND 20", name="number_range"),
        CheckConstraint("state NOT IN ('reported', 'verified') OR (usage IS NOT NULL AND reported_at IS NOT NULL)", name="reported_says_use"),
        CheckConstraint("verified_by_id IS NULL OR verified_by_id <> reported_by_id", name="four_eyes"),
        CheckConstraint("users IS NULL OR users >= 0", name="users_from_zero"),
        CheckConstraint("jobs IS NULL OR jobs >= 0", name="jobs_from_zero"),
        CheckConstraint("households IS NULL OR households >= 0", name="households_from_zero"),
        CheckConstraint("area IS NULL OR area >= 0", name="area_from_zero"),
        CheckConstraint("output IS NULL OR (output >= 0 AND output_unit IS NOT NULL)", name="output_has_unit"),
    )

    @property
    def user_said(self) -> str:
        """Whose use it is about: a receiver's, a contract partner's, or the host's own."""
        if self.handover is not None:
            return self.handover.receiver.name
        return self.agreement.recipient_said if self.agreement is not None else self.project.host.name


class Effectiveness(OfResult, Identified, Model):
    """An officer's judgement of a result's effect, with the figures of the verified reports it stood on."""

    __tablename__ = "effectiveness"

    rating: Mapped[Rating] = enum_of(Rating)
    assessment: Mapped[str] = mapped_column(Text)
    advice: Mapped[str | None] = mapped_column(Text)  # what should follow: replicate, improve, stop
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    by_id: Mapped[int] = mapped_column(to("user_account"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    council_id: Mapped[int | None] = mapped_column(to("council"))  # whose conclusion it takes over

    by: Mapped[User] = relationship(lazy="raise_on_sql")
    council: Mapped[Council | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (text_check("assessment", 10_000), Index("uq_effectiveness_council", "council_id", unique=True))


class Interest(OfResult, Identified, Versioned, Model):
    """What a visitor wrote about a public result. Name and address are the visitor's own words, not checked."""

    __tablename__ = "transfer_interest"

    state: Mapped[InterestState] = enum_of(InterestState, default=InterestState.RECEIVED)
    name: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str | None] = mapped_column(String(300))
    email: Mapped[str] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    address: Mapped[str | None] = mapped_column(String(64))  # network address, for the hourly limit
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_on: Mapped[date | None] = mapped_column(index=True)  # by when it is to be answered
    agreement_id: Mapped[int | None] = mapped_column(to("transfer_agreement"), index=True)  # the contract drafted from it last
    answer: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    answered_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        text_check("name", 200), text_check("email", 320), text_check("message", 5000),
        CheckConstraint("state <> 'answered' OR trim(coalesce(answer, '')) <> ''", name="answered_has_answer"),
        Index("ix_transfer_interest_address", "address", "at"),
    )  # fmt: skip


class Offer(Versioned, Model):
    """How a result is offered on the public list: its readiness (TRL), owner, rights and price."""

    __tablename__ = "transfer_offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int] = mapped_column(to("result"), unique=True)
    readiness: Mapped[int | None]  # technology readiness level, 1 to 9
    owner: Mapped[str | None] = mapped_column(String(300))
    rights: Mapped[str | None] = mapped_column(String(1000))
    price_terms: Mapped[str | None] = mapped_column(String(1000))

    __table_args__ = (CheckConstraint("readiness IS NULL OR readiness BETWEEN 1 AND 9", name="readiness_one_to_nine"),)


append_only("effectiveness")
WORDS = "a signed handover is frozen"


def _refuse(name: str, table: str, verb: str, case: str) -> None:
    give = "OLD" if verb == "DELETE" else "NEW"
    trigger(name, table,
            sqlite=f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {case} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
            postgresql=f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {case} THEN "
                       f"RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {give}; END $$; "
                       f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")  # fmt: skip


_refuse("handover_frozen", "handover", "UPDATE", "OLD.state = 'handed_over'")
_refuse("handover_no_delete", "handover", "DELETE", "OLD.state = 'handed_over'")
for _verb, _row in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")):
    _refuse(f"handover_line_{_verb}", "handover_line", _verb.upper(), f"(SELECT state FROM handover WHERE id = {_row}.handover_id) = 'handed_over'")
