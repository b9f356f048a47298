"""Topics that were called: what a visitor reads of them, and the very rows that the public board counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from app.kernel.text import fold
from app.stages.calls import queries as calls
from app.stages.calls.models import Call, CallTopic
from app.stages.ideas.models import Topic
from app.stages.plan.models import Plan, Priority
from app.stages.plan.scope import within

_IN_PUBLIC = select(CallTopic.topic_id, func.max(Call.id).label("call_id")).join(Call, Call.id == CallTopic.call_id).where(calls.PUBLISHED).group_by(CallTopic.topic_id)


def called() -> Select[Any]:
    """Every topic that stands in a published call, as columns, with the last such call."""
    last = _IN_PUBLIC.subquery()
    return (select(Topic.id, Topic.code, Topic.title, Topic.kind, Topic.mode, Topic.year, Topic.item_id, Priority.code.label("item_code"), Priority.short_vi, Priority.title_en,
                   Plan.number.label("plan"), Call.public_id.label("call"), Call.number.label("call_number"), Call.title.label("call_title"), Call.deadline, Call.state.label("call_state"))
            .join(last, last.c.topic_id == Topic.id).join(Call, Call.id == last.c.call_id)
            .join(Priority, Priority.id == Topic.item_id).join(Plan, Plan.id == Priority.plan_id))  # fmt: skip


def of_item(statement: Select[Any], value: str) -> Select[Any]:
    """Those of an item, a sector or a plan."""
    return statement.where(within(Topic.item_id, value))


def with_words(statement: Select[Any], words: str) -> Select[Any]:
    """Those whose title or code holds the words, with or without diacritics."""
    return statement.where(Topic.folded.contains(fold(words), autoescape=True) | Topic.code.icontains(words, autoescape=True))
