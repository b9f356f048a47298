"""What calls know of one topic: the rounds it was in, and how it is called again in one click. Registers itself with ideas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.errors import WrongState
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.calls import actions, queries
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import PUBLIC_STATES, CallState
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import CALL_HISTORIES, CALLABLE, CALLERS_AGAIN


def rounds_of(topic: Topic) -> list[CallTopic]:
    """The topic in each call it was in or is being prepared for, oldest first."""
    statement = select(CallTopic).options(joinedload(CallTopic.call)).where(CallTopic.topic_id == topic.id)
    return list(db.session.scalars(statement.order_by(CallTopic.call_id)))


def history(topic: Topic, user: User) -> list[dict[str, Any]]:
    """The rounds this person may know of, oldest first, as plain data for the topic's page."""
    house = user.can(Do.CALLS_DRAFT) or user.can(Do.CALLS_EXTEND) or user.can(Do.PROPOSALS_READ)
    return [
        {"title": ct.call.title, "number": ct.call.number, "round": ct.call.round, "deadline": ct.call.deadline, "state": ct.call.state,
         "dossiers": ct.dossiers, "outcome": ct.outcome, "reason": ct.outcome_reason, "endpoint": "calls.show", "pid": ct.call.public_id}
        for ct in rounds_of(topic) if house or ct.call.state in PUBLIC_STATES
    ]  # fmt: skip


def open_again(topic: Topic, *, by: User | None, at: datetime) -> tuple[str, dict[str, str]]:
    """Draft the next round for the topic, with title, mode, place and note of the last one; join the round that is being drafted already.

    After a cancelled call the same round is drafted once more.
    """
    before = [ct for ct in rounds_of(topic) if ct.call.state != CallState.CANCELLED or ct.call.number is not None]
    if topic.state not in CALLABLE or not before:
        raise WrongState(N_("This topic was in no call, or is not free."))
    last = before[-1]
    drafted = _draft_after(last.call)
    if last.call.state == CallState.DRAFT:
        call = last.call
    elif drafted is not None:
        call = drafted
        actions.revise(call, {}, topics=[*_topics(call), topic], by=by, at=at)
    elif last.call.state in (CallState.OPENED, CallState.CONCLUDED) and last.outcome is not None and queries.next_round(last.call) is None:
        call = actions.call_again(last.call, [last], by=by, at=at)
    else:
        call = _once_more(topic, last.call, by=by, at=at)
    return "calls.show", {"pid": call.public_id}


def _draft_after(call: Call) -> Call | None:
    """The next round, while it is still a draft."""
    return db.session.scalar(select(Call).where(Call.before_id == call.id, Call.state == CallState.DRAFT).order_by(Call.id.desc()).limit(1))


def _topics(call: Call) -> list[Topic]:
    return [ct.topic for ct in queries.topics_of(call)]


def _once_more(topic: Topic, last: Call, *, by: User | None, at: datetime) -> Call:
    """A draft of its own: the call was cancelled, or its next round is out without this topic."""
    cancelled = last.state == CallState.CANCELLED
    before = db.session.get(Call, last.before_id) if cancelled and last.before_id else None if cancelled else last
    name = last.title if cancelled else f"{last.title.split(' (lần ')[0]} (lần {last.round + 1})"
    return actions.draft([topic], title=name, mode=last.mode, deadline=actions.default_deadline(at), place=last.place, note=last.note, before=before, by=by, at=at)


CALL_HISTORIES.append(history)
CALLERS_AGAIN.append(open_again)
