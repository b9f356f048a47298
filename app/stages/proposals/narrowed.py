"""What lists of dossiers are narrowed to: a year, a call, the body that ordered the topic."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from app.kernel.db import db
from app.stages.calls.models import Call, CallTopic
from app.stages.ideas.models import Topic
from app.stages.ideas.queries import topics_of_body
from app.stages.proposals.models import Proposal


def of_year(statement: Select[Any], year: str) -> Select[Any]:
    """Dossiers for topics of this year."""
    return statement.where(Proposal.call_topic_id.in_(select(CallTopic.id).join(Topic, Topic.id == CallTopic.topic_id).where(Topic.year == int(year))))


def of_call_named(statement: Select[Any], pid: str) -> Select[Any]:
    """Dossiers for topics of this call."""
    return statement.where(Proposal.call_topic_id.in_(select(CallTopic.id).join(Call, Call.id == CallTopic.call_id).where(Call.public_id == pid)))


def published_calls() -> list[tuple[str, str]]:
    """Public id and number of the newest calls, for a filter."""
    rows = select(Call.public_id, Call.number).where(Call.number.is_not(None)).order_by(Call.id.desc()).limit(100)
    return [(pid, number) for pid, number in db.session.execute(rows)]


def ordered_by(statement: Select[Any], pid: str) -> Select[Any]:
    """Dossiers for topics whose result this body receives."""
    return statement.where(Proposal.call_topic_id.in_(select(CallTopic.id).where(CallTopic.topic_id.in_(topics_of_body(pid)))))
