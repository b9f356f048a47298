"""Plays of results: outcomes released with letters and feedback, one of them complained about; a day of release set for another round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.demo.plays import selection
from app.across.demo.seasons import Bid, checked_call, topic
from app.kernel.clock import local
from app.stages.proposals.rules import ProposalState
from app.stages.selection import complaints, releases

DAY = timedelta(days=1)


def released(cast: Cast, names: Iterator[str], as_of: datetime) -> None:
    """A call whose councils concluded last week: one outcome is released, and its reserve complains; the other is released tomorrow."""
    at = as_of - 96 * DAY
    topics = [topic(cast, names, at + n * DAY, by=by) for n, by in enumerate(("pi3", "pi6"))]
    season = checked_call(cast, topics, at, [Bid(0, "pi1", 730_000_000), Bid(0, "pi3", 690_000_000), Bid(1, "pi6", 410_000_000)])
    first = selection.ranked(cast, call_topic=season.topics[0], at=as_of - 21 * DAY)
    told = as_of - 4 * DAY
    releases.release([first], on=local(told).date(), by=cast["officer"], at=told)
    reserve = next(line.proposal for line in first.lines if line.proposal.state == ProposalState.RESERVE)
    complaints.file(reserve, "Hồ sơ đã nộp đủ hợp đồng liên kết với hợp tác xã nhưng nhận xét nêu thiếu phương án nhân rộng. Đề nghị Sở xem lại tiêu chí khả năng ứng dụng.",
                    by=reserve.pi, at=as_of - 2 * DAY)  # fmt: skip
    second = selection.ranked(cast, call_topic=season.topics[1], at=as_of - 17 * DAY)
    releases.release([second], on=local(as_of + DAY).date(), by=cast["officer2"], at=as_of - DAY)
