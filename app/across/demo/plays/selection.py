"""Plays of selection: a topic's eligible dossiers are scored, ranked and concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.across.demo.cast import Cast
from app.across.demo.plays import councils
from app.services.councils.models import AgendaItem
from app.stages.calls.models import CallTopic
from app.stages.selection import actions, queries
from app.stages.selection.models import Round

DAY = timedelta(days=1)
CRITERIA = ("overview", "content", "products", "application", "plan", "capacity")
GOOD, FAIR, POOR = (4, 4, 4, 3, 3, 4), (3, 3, 3, 3, 3, 3), (2, 2, 3, 2, 2, 2)
REMARKS = {2: "Cần làm rõ hơn phương án nhân rộng kết quả và trách nhiệm của đơn vị tiếp nhận.", 5: "Đề nghị rà soát lại tiến độ, nội dung khảo sát còn dàn trải."}


def sheet(marks: Sequence[int], member: int) -> dict[str, Any]:
    """One sheet: every third member is one mark stricter on the plan."""
    content: dict[str, Any] = dict(zip(CRITERIA, marks, strict=True))
    if member % 3 == 2 and content["plan"]:
        content["plan"] -= 1
    return content


def scored(marks: Sequence[Sequence[int]]) -> councils.Answers:
    """What members write: the marks of the item's place on the agenda."""

    def answer(item: AgendaItem, member: int) -> Mapping[str, Any]:
        return sheet(marks[(item.position - 1) % len(marks)], member) | ({"remark": REMARKS[member]} if member in REMARKS else {})

    return answer


def ranked(cast: Cast, *, call_topic: CallTopic, at: datetime, marks: Sequence[Sequence[int]] = (GOOD, FAIR)) -> Round:
    """The round of a topic, ranked sixteen days after `at`."""
    council = actions.prepare(call_topic, by=cast["officer"], at=at)
    council = councils.concluded(cast, council=council, answers=scored(marks), at=at)
    found = queries.round_of_council(council)
    assert found is not None
    return found


def concluded(cast: Cast, *, call_topic: CallTopic, at: datetime, marks: Sequence[Sequence[int]] = (GOOD, FAIR)) -> Round:
    """The round of a topic, concluded eighteen days after `at`."""
    found = ranked(cast, call_topic=call_topic, at=at, marks=marks)
    actions.conclude(found, by=cast["officer"], at=at + 18 * DAY)
    return found
