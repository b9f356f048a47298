"""Reads of calls in the house."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.db import db
from app.kernel.permissions import Do
from app.kernel.subjects import Parties, Subject, register_subject
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.models import Rule
from app.stages.calls.models import Call, CallTopic, Extension, Opening
from app.stages.calls.rules import (
    FROZEN_PREFIXES,
    PUBLIC_STATES,
    SCORING,
    SHEET,
    CallState,
)
from app.stages.ideas.models import Topic
from app.stages.plan.models import Priority

_TOPICS = selectinload(Call.topics).joinedload(CallTopic.topic)
_WHOLE = (
    _TOPICS.joinedload(Topic.item).joinedload(Priority.sector),
    selectinload(Call.topics).joinedload(CallTopic.topic).joinedload(Topic.assigned),
    selectinload(Call.extensions).joinedload(Extension.proposed_by),
    selectinload(Call.extensions).joinedload(Extension.confirmed_by),
    selectinload(Call.corrections),
    joinedload(Call.before),
)
WHOLE = _WHOLE
PUBLISHED = or_(Call.state.in_(PUBLIC_STATES), and_(Call.state == CallState.CANCELLED, Call.opens_at.is_not(None)))


def _seen_by(user: User) -> ColumnElement[bool]:
    if user.can(Do.CALLS_DRAFT) or user.can(Do.CALLS_EXTEND) or user.can(Do.PROPOSALS_READ):
        return true()
    return PUBLISHED


def calls_statement(user: User) -> Select[Any]:
    """The calls in this person's list: all for the Department, published ones for others."""
    return select(Call).options(selectinload(Call.topics)).where(_seen_by(user))


def call_for(user: User, pid: str) -> Call | None:
    """One call this person may see, whole."""
    return db.session.scalar(select(Call).options(*_WHOLE).where(Call.public_id == pid, _seen_by(user)).execution_options(populate_existing=True))


def call_by_pid(pid: str) -> Call | None:
    """One call, whole, whoever asks: for other rooms, not for pages."""
    return db.session.scalar(select(Call).options(*_WHOLE).where(Call.public_id == pid))


def may_read(call: Call, user: User) -> bool:
    """May this person see the call?"""
    return db.session.scalar(select(Call.id).where(Call.id == call.id, _seen_by(user))) is not None


def topics_of(call: Call) -> list[CallTopic]:
    """The topics of a call, in its order, with topic, item and sector."""
    statement = (select(CallTopic).options(joinedload(CallTopic.topic).joinedload(Topic.item).joinedload(Priority.sector), joinedload(CallTopic.call),
                                           joinedload(CallTopic.topic).joinedload(Topic.assigned))
                 .where(CallTopic.call_id == call.id).order_by(CallTopic.position))  # fmt: skip
    return list(db.session.scalars(statement))


def call_topic_by_pid(pid: str) -> CallTopic | None:
    """One topic of a call, with its call, topic, item and sector."""
    statement = select(CallTopic).options(
        joinedload(CallTopic.call), joinedload(CallTopic.topic).joinedload(Topic.item).joinedload(Priority.sector),
        joinedload(CallTopic.topic).joinedload(Topic.assigned), joinedload(CallTopic.topic).joinedload(Topic.receiver),
    )  # fmt: skip
    return db.session.scalar(statement.where(CallTopic.public_id == pid))


def waiting_extension(call: Call) -> Extension | None:
    """The proposed extension that nobody has answered yet."""
    statement = select(Extension).options(joinedload(Extension.proposed_by)).where(
        Extension.call_id == call.id, Extension.confirmed_at.is_(None), Extension.refused_at.is_(None))  # fmt: skip
    return db.session.scalar(statement)


def due(at: datetime) -> list[Call]:
    """Published calls whose deadline has gone by."""
    return list(db.session.scalars(select(Call).where(Call.state == CallState.PUBLISHED, Call.deadline < at).order_by(Call.id)))


def closing_between(first: datetime, last: datetime) -> list[Call]:
    """Calls that receive dossiers now and close between these instants."""
    return list(db.session.scalars(select(Call).where(
        Call.state == CallState.PUBLISHED, Call.opens_at <= first, Call.deadline.between(first, last)).order_by(Call.deadline, Call.id)))  # fmt: skip


def next_round(call: Call) -> Call | None:
    """The call of the next round that was made of this one, when it was not cancelled."""
    return db.session.scalar(select(Call).where(Call.before_id == call.id, Call.state != CallState.CANCELLED).limit(1))


def calls_of_topic(topic: Topic) -> list[Call]:
    """The calls a topic was in, oldest first."""
    return list(db.session.scalars(select(Call).join(CallTopic, CallTopic.call_id == Call.id).where(CallTopic.topic_id == topic.id).order_by(Call.id)))


def topics_in_drafts(*, without: Call | None = None) -> dict[int, str]:
    """The topics that stand in a draft, with its title; the newest one, when there are several."""
    statement = select(CallTopic.topic_id, Call.title).join(Call, Call.id == CallTopic.call_id).where(Call.state == CallState.DRAFT).order_by(Call.id)
    return {topic: title for topic, title in db.session.execute(statement.where(Call.id != without.id) if without else statement)}


def keys_to_freeze(on: date, kinds: Iterable[str] = ()) -> list[str]:
    """The rules a call freezes when it is published: those of calls and of dossiers in force that day, and how its dossiers will be scored."""
    scored = [*SCORING, *(f"{SHEET}.{kind}" for kind in {*kinds, "default"})]
    named = or_(Rule.key.in_(scored), *(Rule.key.startswith(prefix) for prefix in FROZEN_PREFIXES))
    held = (Rule.valid_from <= on, or_(Rule.valid_to.is_(None), Rule.valid_to >= on))
    return list(db.session.scalars(select(Rule.key).where(named, *held).distinct().order_by(Rule.key)))


register_subject("call", Subject(
    load=call_by_pid, title=lambda c: c.title, may_read=may_read, url=lambda c: ("calls.show", {"pid": c.public_id}),
    parties=lambda c: Parties(organisations=frozenset(ct.topic.assigned_organisation_id for ct in topics_of(c) if ct.topic.assigned_organisation_id))))  # fmt: skip


def opening_of(call: Call) -> Opening | None:
    """The session in which its dossiers were opened, with who was there."""
    return db.session.scalar(select(Opening).options(selectinload(Opening.people)).where(Opening.call_id == call.id))


def usual_place(on: date) -> str:
    """Where dossiers are opened when nobody says otherwise: at the Department, as it is called that day."""
    return str(rulebook.value("papers.bodies", on=on)["department"]["name"])
