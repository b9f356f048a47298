"""What is going on in the demonstration's world now: something waits for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.demo.plays import (
    appraisal,
    calls,
    councils,
    funding,
    ideas,
    proposals,
    selection,
)
from app.across.demo.seasons import Bid, awarded, checked_call, item_for, topic
from app.stages.calls import queries as call_queries
from app.stages.ideas import actions as idea_acts
from app.stages.ideas import council as identification_council
from app.stages.ideas.rules import Mode
from app.stages.selection import actions as selection_acts

DAY = timedelta(days=1)


def this_season(cast: Cast, names: Iterator[str], as_of: datetime) -> None:
    """A call of this season: a project approved, one with a contract, one being appraised, one ranked, one before its council, one to be put to one."""
    at = as_of - 125 * DAY
    first = [topic(cast, names, at + n * DAY, by=by) for n, by in enumerate(("pi1", "pi4"))]
    season = checked_call(cast, first, at, [Bid(0, "pi1", 850_000_000, 24), Bid(1, "pi4", 670_000_000, 24)])
    appraisal.awarded(cast, season, 0)
    contracted = awarded(cast, season, 1)
    funding.contracted(cast, project=contracted, at=at + 104 * DAY)
    at = as_of - 92 * DAY
    second = [topic(cast, names, at + n * DAY, by=by) for n, by in enumerate(("pi2", "pi3", "pi5", "pi6", "pi1"))]
    season = checked_call(cast, second, at, [
        Bid(0, "pi2", 520_000_000), Bid(1, "pi3", 880_000_000, 24), Bid(1, "pi1", 790_000_000, 24), Bid(2, "pi5", 610_000_000), Bid(2, "pi4", 640_000_000),
        Bid(3, "pi6", 430_000_000, eligible=None), Bid(4, "pi1", 495_000_000)])  # fmt: skip
    appraising = selection.concluded(cast, call_topic=season.topics[0], at=at + 70 * DAY)
    funding.appraised(cast, round_or_line=appraising, at=at + 89 * DAY, open_only=True)
    selection.ranked(cast, call_topic=season.topics[1], at=at + 71 * DAY)
    # a council that meets today: its members sign in, declare, and vote
    council = selection_acts.prepare(season.topics[2], by=cast["officer"], at=as_of - 16 * DAY)
    councils.established(cast, council=council, at=as_of - 16 * DAY)


def open_call(cast: Cast, names: Iterator[str], at: datetime) -> None:
    """The call that receives dossiers now: one submitted, one taken back, one that two people write, one half written."""
    smart = "Xây dựng hệ thống tưới tự động trong sản xuất nông nghiệp sử dụng Internet of Things"
    topics = [topic(cast, names, at, title=smart, item="1.8"), topic(cast, names, at + DAY, by="pi4")]
    call = calls.published_call(cast, topics=topics, at=at + 26 * DAY, days=45)
    first, second = call_queries.topics_of(call)
    proposals.submitted(cast, call_topic=first, at=at + 32 * DAY, pi="pi3", host="host2", total=880_000_000)
    proposals.withdrawn(cast, call_topic=second, at=at + 33 * DAY, pi="pi4", host="host2", total=510_000_000)
    written = proposals.draft(cast, call_topic=first, at=at + 34 * DAY, pi="pi1", host="host1", total=790_000_000)
    proposals.rewritten(cast, proposal=written, at=at + 35 * DAY)
    proposals.draft(cast, call_topic=second, at=at + 36 * DAY, pi="pi6", host="host3", total=540_000_000, whole=False)
    given = topic(cast, names, at, mode=Mode.DIRECT, assigned=cast.org("host3"), by="pi5")
    calls.drafted_call(cast, topics=[given], at=at + 38 * DAY)


def identification(cast: Cast, names: Iterator[str], as_of: datetime) -> None:
    """An identification council that has voted on three ideas: the province decides on what was adopted, one waits for its wording."""
    rows = []
    for n, by in enumerate(("pi1", "pi3", "pi5")):
        name = next(names)
        rows.append(ideas.submitted_idea(cast, item=item_for(name), title=name, at=as_of - (60 - n) * DAY, by=by))
    at = as_of - 30 * DAY
    council = identification_council.prepare(rows, title=f"Hội đồng tư vấn xác định nhiệm vụ khoa học và công nghệ năm {as_of.year + 1}", by=cast["officer"], at=at)
    yes = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do", "mode": "selection"}
    change = {**yes, "conclusion": "adjust", "reason": "Thu hẹp phạm vi về các xã vùng hạ, làm rõ sản phẩm bàn giao."}
    no = {"urgency": "fail", "level": "pass", "feasibility": "pass", "conclusion": "refuse", "reason": "Nội dung trùng với nhiệm vụ đã thực hiện."}
    votes = ({**yes, "priority": 1}, {**change, "priority": 2}, no)
    councils.concluded(cast, council=council, at=at, answers=lambda item, _member: votes[item.position - 1])


def ideas_of_this_season(cast: Cast, names: Iterator[str], at: datetime) -> None:
    """Ideas of this season in several states."""
    for n, by in enumerate(("pi2", "pi4", "pi6")):
        name = next(names)
        ideas.submitted_idea(cast, item=item_for(name), title=name, at=at + n * DAY, by=by)
    name = next(names)
    back = ideas.submitted_idea(cast, item=item_for(name), title=name, at=at + 4 * DAY, by="pi1")
    idea_acts.send_back(back, "Đề nghị bổ sung cam kết tiếp nhận kết quả của cơ quan đặt hàng.", by=cast["officer"], at=at + 6 * DAY,
                       sections=["s_receiver"])  # fmt: skip
    ideas.drafted_idea(cast, title=next(names), at=at + 8 * DAY, by="pi5")
    found = ideas.submitted_idea(cast, item=item_for(name := next(names)), title=name, at=at + 9 * DAY, by="pi3")
    council = identification_council.prepare([found], title=f"Hội đồng tư vấn xác định nhiệm vụ đột xuất năm {found.year}", by=cast["officer"], at=at + 10 * DAY)
    councils.proposed(cast, council=council, at=at + 10 * DAY)
