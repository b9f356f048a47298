"""Rows of ideas and topics. What the decision froze in a topic is guarded by a trigger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
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
from app.services.people.models import Organisation, User
from app.services.questionnaires.models import FormVersion
from app.stages.ideas.rules import (
    CommitmentState,
    IdeaState,
    LinkRequestState,
    Mode,
    Outcome,
    ProductKind,
    RedirectTo,
    TopicState,
)
from app.stages.plan.models import Priority

# items beside the main one
idea_item = Table(
    "idea_item", Model.metadata, Column("idea_id", to("idea"), primary_key=True), Column("item_id", to("priority"), primary_key=True, index=True)
)
topic_item = Table(
    "topic_item", Model.metadata, Column("topic_id", to("topic"), primary_key=True), Column("item_id", to("priority"), primary_key=True, index=True)
)


class IdeaGroup(Identified, Versioned, Model):
    """Ideas that an officer put side by side because they ask for much the same. Closed when it was dissolved."""

    __tablename__ = "idea_group"

    title: Mapped[str] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(Text)
    created_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    ideas: Mapped[list[Idea]] = relationship(lazy="raise_on_sql", order_by="Idea.id", viewonly=True)

    __table_args__ = (text_check("title", 300),)


class Idea(Identified, Versioned, Model):
    """An order form. `final_*`, `mode`, `host` and what follows are what identification recommends."""

    __tablename__ = "idea"

    state: Mapped[IdeaState] = enum_of(IdeaState, default=IdeaState.DRAFT)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)  # given when first submitted
    title: Mapped[str] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(Text)
    year: Mapped[int]  # of the plan for which it is proposed
    field: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str | None] = mapped_column(String(40))
    basis: Mapped[str | None] = mapped_column(Text)
    need: Mapped[str | None] = mapped_column(Text)
    aim: Mapped[str | None] = mapped_column(Text)
    contents: Mapped[str | None] = mapped_column(Text)
    products: Mapped[str | None] = mapped_column(Text)
    effects: Mapped[str | None] = mapped_column(Text)
    state_budget: Mapped[int | None] = money(nullable=True)
    other_budget: Mapped[int | None] = money(nullable=True)
    duration_months: Mapped[int | None]
    starts_on: Mapped[date | None]
    proposed_host_id: Mapped[int | None] = mapped_column(to("organisation"))
    receiver_organisation_id: Mapped[int | None] = mapped_column(to("organisation"), index=True)
    commitment: Mapped[str | None] = mapped_column(Text)
    committed_by: Mapped[str | None] = mapped_column(String(200))
    state_keeps_ownership: Mapped[bool] = mapped_column(default=False)
    item_id: Mapped[int | None] = mapped_column(to("priority"), index=True)
    owner_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    organisation_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    return_reason: Mapped[str | None] = mapped_column(Text)

    group_id: Mapped[int | None] = mapped_column(to("idea_group"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(to("idea"), index=True)

    council_pid: Mapped[str | None] = mapped_column(String(26), index=True)
    outcome: Mapped[Outcome | None] = enum_of(Outcome, nullable=True)
    final_title: Mapped[str | None] = mapped_column(String(500))
    final_aim: Mapped[str | None] = mapped_column(Text)
    final_products: Mapped[str | None] = mapped_column(Text)
    mode: Mapped[Mode | None] = enum_of(Mode, nullable=True)
    host_organisation_id: Mapped[int | None] = mapped_column(to("organisation"))
    ceiling: Mapped[int | None] = money(nullable=True)
    final_months: Mapped[int | None]
    rank: Mapped[int | None]
    redirect_to: Mapped[RedirectTo | None] = enum_of(RedirectTo, nullable=True)
    passed_to: Mapped[str | None] = mapped_column(String(300))  # whom exactly, when it is known
    outcome_reason: Mapped[str | None] = mapped_column(Text)
    minutes_number: Mapped[str | None] = mapped_column(String(60))
    minutes_dated: Mapped[date | None]
    identified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission_pid: Mapped[str | None] = mapped_column(String(26))  # the paper by which the Department put it to the committee
    decision_number: Mapped[str | None] = mapped_column(String(60))
    decision_date: Mapped[date | None]

    owner: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[owner_id])
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql", foreign_keys=[organisation_id])
    receiver: Mapped[Organisation | None] = relationship(lazy="raise_on_sql", foreign_keys=[receiver_organisation_id])
    proposed_host: Mapped[Organisation | None] = relationship(lazy="raise_on_sql", foreign_keys=[proposed_host_id])
    host: Mapped[Organisation | None] = relationship(lazy="raise_on_sql", foreign_keys=[host_organisation_id])
    item: Mapped[Priority | None] = relationship(lazy="raise_on_sql")
    other_items: Mapped[list[Priority]] = relationship(secondary=idea_item, lazy="raise_on_sql", order_by=Priority.position)
    group: Mapped[IdeaGroup | None] = relationship(lazy="raise_on_sql", foreign_keys=[group_id])
    merged_into: Mapped[Idea | None] = relationship(lazy="raise_on_sql", foreign_keys=[merged_into_id], remote_side="Idea.id")
    merged: Mapped[list[Idea]] = relationship(lazy="raise_on_sql", foreign_keys=[merged_into_id], order_by="Idea.id", viewonly=True)
    required: Mapped[list[IdeaProduct]] = relationship(lazy="raise_on_sql", order_by="IdeaProduct.position", viewonly=True)
    commitments: Mapped[list[ReceiverCommitment]] = relationship(lazy="raise_on_sql", order_by="ReceiverCommitment.id", viewonly=True)

    __table_args__ = (
        text_check("title", 500),
        CheckConstraint("state <> 'merged' OR merged_into_id IS NOT NULL", name="merged_points_to_one"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_into_itself"),
        CheckConstraint("state <> 'redirected' OR redirect_to IS NOT NULL", name="redirected_has_target"),
        CheckConstraint("final_months IS NULL OR final_months BETWEEN 1 AND 120", name="final_months_range"),
        CheckConstraint("state IN ('draft', 'returned', 'withdrawn') OR (receiver_organisation_id IS NOT NULL AND "
                        "trim(coalesce(commitment, '')) <> '' AND code IS NOT NULL AND submitted_at IS NOT NULL)", name="submitted_is_committed"),
        CheckConstraint("state <> 'approved' OR (item_id IS NOT NULL AND outcome IN ('do', 'do_with_changes'))", name="approved_is_recommended"),
        CheckConstraint("outcome IS NULL OR identified_at IS NOT NULL", name="outcome_has_time"),
        CheckConstraint("outcome <> 'redirect' OR redirect_to IS NOT NULL", name="redirect_has_target"),
        CheckConstraint("duration_months IS NULL OR duration_months BETWEEN 1 AND 120", name="duration_months_range"),
        Index("ix_idea_state_year", "state", "year"),
        Index("ix_idea_counted", "item_id", "year", "submitted_at", "owner_id"),  # the board counts from it alone
    )  # fmt: skip

    @property
    def receiving(self) -> ReceiverCommitment | None:
        """What the body that is named now was asked and answered; None when nobody asked it."""
        return next((c for c in self.commitments if c.organisation_id == self.receiver_organisation_id), None)

    @property
    def commitment_state(self) -> CommitmentState | None:
        """The state of the receiving body's own commitment."""
        return self.receiving.state if self.receiving is not None else None

    @property
    def expected_budget(self) -> int | None:
        """State and other money together; None when neither is given."""
        if self.state_budget is None and self.other_budget is None:
            return None
        return (self.state_budget or 0) + (self.other_budget or 0)


class ReceiverCommitment(Identified, Versioned, Model):
    """What the body named in an order form to receive the result was asked, and what it answered itself."""

    __tablename__ = "receiver_commitment"

    state: Mapped[CommitmentState] = enum_of(CommitmentState, default=CommitmentState.ASKED)
    idea_id: Mapped[int] = mapped_column(to("idea"), index=True)
    organisation_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    text: Mapped[str] = mapped_column(Text)  # the commitment as the order form says it
    own_word: Mapped[str | None] = mapped_column(Text)  # why the proposing body itself receives the result
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    person: Mapped[str | None] = mapped_column(String(200))  # who commits, with the office
    document: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("idea_id", "organisation_id"),
        CheckConstraint("state = 'asked' OR answered_at IS NOT NULL", name="answered_has_time"),
        CheckConstraint("state <> 'declined' OR reason IS NOT NULL", name="declined_has_reason"),
    )


class _Product:
    """One required product of an order."""

    position: Mapped[int]
    kind: Mapped[ProductKind] = enum_of(ProductKind)
    name: Mapped[str] = mapped_column(String(500))
    unit: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[int]
    quality: Mapped[str | None] = mapped_column(Text)


class IdeaProduct(_Product, Identified, Model):
    """A product that identification asks of the topic-to-be. Changed until the province decides."""

    __tablename__ = "idea_product"

    idea_id: Mapped[int] = mapped_column(to("idea"), index=True)

    __table_args__ = (UniqueConstraint("idea_id", "position"), CheckConstraint("quantity > 0", name="quantity_positive"), text_check("name", 500))


class Topic(Identified, Versioned, Model):
    """One entry of an approved list. Only its state moves; the rest is as decided."""

    __tablename__ = "topic"

    state: Mapped[TopicState] = enum_of(TopicState, default=TopicState.APPROVED)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    proposed_title: Mapped[str | None] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(Text)
    aim: Mapped[str] = mapped_column(Text)
    products: Mapped[str] = mapped_column(Text)
    mode: Mapped[Mode] = enum_of(Mode)
    kind: Mapped[str] = mapped_column(String(40))
    field: Mapped[str | None] = mapped_column(String(40))
    ceiling: Mapped[int | None] = money(nullable=True)
    duration_months: Mapped[int | None]
    year: Mapped[int]
    item_id: Mapped[int] = mapped_column(to("priority"))
    idea_id: Mapped[int | None] = mapped_column(to("idea"), unique=True)
    receiver_organisation_id: Mapped[int | None] = mapped_column(to("organisation"), index=True)
    commitment: Mapped[str | None] = mapped_column(Text)
    assigned_organisation_id: Mapped[int | None] = mapped_column(to("organisation"), index=True)
    decision_number: Mapped[str] = mapped_column(String(60))
    decision_date: Mapped[date]
    decision_body: Mapped[str] = mapped_column(String(200))
    decision_paper_pid: Mapped[str | None] = mapped_column(String(26))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    proposers: Mapped[list[TopicProposer]] = relationship(lazy="raise_on_sql", order_by="TopicProposer.position", viewonly=True)
    required: Mapped[list[TopicProduct]] = relationship(lazy="raise_on_sql", order_by="TopicProduct.position", viewonly=True)
    item: Mapped[Priority] = relationship(lazy="raise_on_sql")
    other_items: Mapped[list[Priority]] = relationship(secondary=topic_item, lazy="raise_on_sql", order_by=Priority.position)
    idea: Mapped[Idea | None] = relationship(lazy="raise_on_sql")
    receiver: Mapped[Organisation | None] = relationship(lazy="raise_on_sql", foreign_keys=[receiver_organisation_id])
    assigned: Mapped[Organisation | None] = relationship(lazy="raise_on_sql", foreign_keys=[assigned_organisation_id])

    __table_args__ = (
        text_check("title", 500),
        CheckConstraint("(mode = 'direct') = (assigned_organisation_id IS NOT NULL)", name="direct_names_one"),
        Index("ix_topic_state_year", "state", "year"), Index("ix_topic_counted", "item_id", "year", "id"),  # the board counts from it alone
        Index("ix_topic_state_created_at", "state", "created_at", "id"),
    )


class TopicProduct(_Product, Identified, Model):
    """A product that the topic must bring, frozen with it."""

    __tablename__ = "topic_product"

    topic_id: Mapped[int] = mapped_column(to("topic"), index=True)

    __table_args__ = (UniqueConstraint("topic_id", "position"), CheckConstraint("quantity > 0", name="quantity_positive"), text_check("name", 500))


append_only("topic_product")


class TopicProposer(Identified, Model):
    """One of those who proposed a topic, as the decision found them: the idea it came from, and every idea merged into that."""

    __tablename__ = "topic_proposer"

    topic_id: Mapped[int] = mapped_column(to("topic"), index=True)
    position: Mapped[int]
    idea_id: Mapped[int] = mapped_column(to("idea"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(500))
    person: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(300))

    __table_args__ = (UniqueConstraint("topic_id", "position"),)


append_only("topic_proposer")

_FROZEN = ("code", "title", "proposed_title", "aim", "products", "mode", "kind", "ceiling", "duration_months", "year", "item_id", "idea_id",
           "assigned_organisation_id", "receiver_organisation_id", "decision_number", "decision_date", "decision_body",
           "commitment", "field")  # fmt: skip
trigger(
    "topic_frozen", "topic",
    sqlite=f"CREATE TRIGGER topic_frozen BEFORE UPDATE OF {', '.join(_FROZEN)} ON topic "
           "BEGIN SELECT RAISE(ABORT, 'an approved topic is frozen'); END",
    postgresql="CREATE OR REPLACE FUNCTION topic_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               "RAISE EXCEPTION 'an approved topic is frozen' USING ERRCODE = 'integrity_constraint_violation'; END $$; "
               f"CREATE TRIGGER topic_frozen BEFORE UPDATE OF {', '.join(_FROZEN)} ON topic FOR EACH ROW EXECUTE FUNCTION topic_frozen()",
)  # fmt: skip
trigger(
    "topic_kept", "topic",
    sqlite="CREATE TRIGGER topic_kept BEFORE DELETE ON topic BEGIN SELECT RAISE(ABORT, 'an approved topic is kept'); END",
    postgresql="CREATE TRIGGER topic_kept BEFORE DELETE ON topic FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)  # fmt: skip


class OrderForm(Model):
    """The filled form of an idea: the version it began with, and its answers by question code. Columns of Idea are filled from them."""

    __tablename__ = "order_form"

    idea_id: Mapped[int] = mapped_column(to("idea"), primary_key=True, autoincrement=False)
    form_version_id: Mapped[int] = mapped_column(to("form_version"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    return_sections: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes of the sections to complete
    sent_answers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # as last submitted
    former_answers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # as submitted before that
    draft_key: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the page on which it was begun

    form: Mapped[FormVersion] = relationship(lazy="joined")


class LinkRequest(Identified, Versioned, Model):
    """Somebody without an account asks for a link to the order form. Nothing here is believed: an officer finds the organisation and mails the link."""

    __tablename__ = "link_request"

    state: Mapped[LinkRequestState] = enum_of(LinkRequestState, default=LinkRequestState.ASKED, index=True)
    body: Mapped[str] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(String(700))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    address: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    link_id: Mapped[int | None] = mapped_column(to("order_link"))
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint("state <> 'sent' OR link_id IS NOT NULL", name="sent_has_link"), CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refused_has_reason"))


class OrderLink(Identified, Model):
    """A link by which an organisation fills in one order form without an account. Only the hash of its secret is kept."""

    __tablename__ = "order_link"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    contact_id: Mapped[int] = mapped_column(to("user_account"))
    idea_id: Mapped[int | None] = mapped_column(to("idea"), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    window_began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the hour in which sendings are counted
    sendings: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    contact: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[contact_id])
    idea: Mapped[Idea | None] = relationship(lazy="raise_on_sql")
