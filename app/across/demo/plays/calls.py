"""Plays of calls: published, and opened after the deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.across.demo.cast import Cast
from app.kernel.clock import at_local, local
from app.stages.calls import actions
from app.stages.calls.models import Call
from app.stages.calls.rules import Attendee, Capacity, list_dossiers
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import Mode

PRESENT = (
    Attendee("Nguyễn Thị Hoa", "Phòng Quản lý khoa học, Sở Khoa học và Công nghệ", "Trưởng phòng"),
    Attendee("Trần Văn Bình", "Văn phòng Sở Khoa học và Công nghệ", "Chuyên viên"),
    Attendee("Lê Minh Tâm", "Thanh tra Sở Khoa học và Công nghệ", "Thanh tra viên", Capacity.WITNESS),
    Attendee("Phạm Ngọc Lan", "Liên hiệp các hội khoa học và kỹ thuật tỉnh", "Chuyên viên", Capacity.WITNESS),
)
PLACE = "Bộ phận Một cửa, Sở Khoa học và Công nghệ; hoặc nộp trên hệ thống này"


def drafted_call(cast: Cast, *, topics: Sequence[Topic], at: datetime, days: int = 35, title: str | None = None) -> Call:
    """A call that is being prepared; its deadline is 17:00, `days` days after `at`."""
    if title is None:
        act = "Tuyển chọn" if topics[0].mode == Mode.SELECTION else "Giao trực tiếp"
        title = f"{act} tổ chức, cá nhân chủ trì nhiệm vụ khoa học và công nghệ năm {local(at).year}"
    deadline = at_local(local(at).date() + timedelta(days=days), 17)
    return actions.draft(list(topics), title=title, deadline=deadline, place=PLACE, by=cast["officer"], at=at)


def published_call(cast: Cast, *, topics: Sequence[Topic], at: datetime, days: int = 35, title: str | None = None, number: str | None = None) -> Call:
    """A call that receives dossiers from `at` on, until 17:00 `days` days later (30 is the least)."""
    call = drafted_call(cast, topics=topics, at=at, days=days, title=title)
    return publish(cast, call=call, at=at, number=number)


def publish(cast: Cast, *, call: Call, at: datetime, number: str | None = None) -> Call:
    """Publish a drafted call."""
    actions.publish(call, number=number or f"{100 + call.id}/TB-SKHCN", dated=local(at).date(), by=cast["officer"], at=at)
    return call


def opened_call(cast: Cast, *, call: Call, at: datetime | None = None, dossiers: Sequence[Mapping[str, Any]] | None = None) -> Call:
    """The call after its deadline, dossiers opened: those that came in, or the ones given. Default: the next morning."""
    when = at or at_local(local(call.deadline).date() + timedelta(days=1), 9)
    lines = list_dossiers(call, when) if dossiers is None else dossiers
    actions.open_dossiers(call, lines, people=PRESENT, place="Phòng họp số 2, Sở Khoa học và Công nghệ", by=cast["officer"], at=when)
    return call


def second_round(cast: Cast, *, call: Call, at: datetime, days: int = 35) -> Call:
    """Round 2, published, with every topic that round 1 left free."""
    topics = [ct for ct in actions.queries.topics_of(call) if ct.outcome is not None and ct.topic.state == "open_again"]
    again = actions.call_again(call, topics, deadline=at_local(local(at).date() + timedelta(days=days), 17), by=cast["officer"], at=at)
    return publish(cast, call=again, at=at)
