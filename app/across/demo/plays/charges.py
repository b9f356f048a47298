"""Who is in charge in the demonstration: the officers share calls and ideas, one is away next week."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.kernel.db import db
from app.services.charges import actions
from app.services.charges.rules import FileKind
from app.stages.calls.models import Call
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import IdeaState

DAY = timedelta(days=1)


def play(cast: Cast, as_of: datetime) -> None:
    """Calls go to the first officer, ideas to the second; one call is handed over."""
    one, two, leader = cast["officer"], cast["officer2"], cast["leader"]
    calls = [actions.File(FileKind.CALL, c.public_id, c.number or "", c.title) for c in db.session.scalars(select(Call).order_by(Call.id))]
    waiting = select(Idea).where(Idea.state.in_((IdeaState.SUBMITTED, IdeaState.IN_IDENTIFICATION))).order_by(Idea.id)
    ideas = [actions.File(FileKind.IDEA, i.public_id, i.code or "", i.title) for i in db.session.scalars(waiting)]
    actions.hand_over(calls, one, reason="Phân công theo dõi các đợt tuyển chọn", by=leader, at=as_of - 3 * DAY)
    actions.hand_over(ideas, two, reason="Phân công theo dõi đề xuất đặt hàng", by=leader, at=as_of - 3 * DAY)
    actions.hand_over(calls[:1], two, reason="Chuyển công việc để cân đối số hồ sơ", by=one, at=as_of - 2 * DAY)
    today = local(as_of).date()
    actions.name_deputy(one, two, today, today + 5 * DAY, list(FileKind), reason="Đi công tác ngoài tỉnh", by=one, at=as_of - DAY / 4)
