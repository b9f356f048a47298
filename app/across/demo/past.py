"""What has happened in the demonstration's world before this season."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.across.demo import endings
from app.across.demo.cast import Cast
from app.across.demo.plays import (
    acceptance,
    calls,
    execution,
    funding,
    proposals,
    selection,
    transfer,
)
from app.across.demo.plays.work import OF_THE_PAST
from app.across.demo.seasons import (
    Bid,
    Season,
    awarded,
    checked_call,
    running,
    topic,
)
from app.stages.calls import queries as call_queries
from app.stages.funding.rules import Cause
from app.stages.ideas.rules import Mode
from app.stages.selection import actions as selection_acts

DAY = timedelta(days=1)


def three_years_ago(cast: Cast, names: Iterator[str], at: datetime) -> None:
    """Three projects that have ended: one in use and followed up, one of its results refused by who should receive it, one not accepted, one terminated early."""
    topics = [topic(cast, names, at + n * DAY, by=by) for n, by in enumerate(("pi1", "pi3", "pi5"))]
    season = checked_call(cast, topics, at, [Bid(0, "pi1", 850_000_000), Bid(0, "pi3", 920_000_000), Bid(1, "pi4", 610_000_000), Bid(2, "pi6", 730_000_000)])
    done = running(cast, season, 0)
    execution.reported(cast, project=done, at=at + 285 * DAY)
    funding.paid(cast, project=done, at=at + 295 * DAY, n=2)
    results = endings.recognised(cast, done, at + 450 * DAY, level="excellent")
    endings.liquidated(cast, done, at + 510 * DAY)
    endings.in_use(cast, results, at + 545 * DAY)
    transfer.refused(cast, result=results[2], at=at + 546 * DAY)
    weak = running(cast, season, 1)
    execution.reported(cast, project=weak, at=at + 290 * DAY)
    endings.failed(cast, weak, at + 455 * DAY)
    stopped = running(cast, season, 2)
    execution.reported(cast, project=stopped, at=at + 300 * DAY)
    execution.terminated(cast, project=stopped, at=at + 330 * DAY, cause=Cause.OBJECTIVE)


def two_years_ago(cast: Cast, names: Iterator[str], at: datetime) -> None:
    """A direct assignment whose results are recognised; a topic that drew nobody, called again and now under way."""
    given = topic(cast, names, at, mode=Mode.DIRECT, assigned=cast.org("host2"), by="pi3")
    done = checked_call(cast, [given], at, [Bid(0, "pi3", 480_000_000)])
    project = running(cast, done, 0)
    execution.reported(cast, project=project, at=at + 290 * DAY)
    endings.recognised(cast, project, at + 455 * DAY)
    topics = [topic(cast, names, at + DAY, by="pi2"), topic(cast, names, at + 2 * DAY, by="pi5")]
    season = checked_call(cast, topics, at + 5 * DAY, [Bid(0, "pi2", 540_000_000, 18)])
    judged = running(cast, season, 0)
    execution.reported(cast, project=judged, at=at + 300 * DAY)
    endings.before_council(cast, judged, at + (760 - 21) * DAY)
    again = calls.second_round(cast, call=season.call, at=at + 80 * DAY)
    second = call_queries.topics_of(again)
    row = proposals.submitted(cast, call_topic=second[0], at=at + 95 * DAY, pi="pi5", host="host3", total=690_000_000, months=24, said=OF_THE_PAST)
    calls.opened_call(cast, call=again)
    proposals.eligible(cast, proposal=row, at=at + 120 * DAY)
    project = running(cast, Season(again, second, [row], at + 55 * DAY), 0)
    execution.reported(cast, project=project, at=at + 360 * DAY)
    execution.inspected(cast, project=project, at=at + 380 * DAY)
    execution.extended(cast, project=project, at=at + 420 * DAY)


def last_year(cast: Cast, names: Iterator[str], at: datetime) -> None:
    """Projects under way with a returned report, one suspended, one about to hand in its final dossier, one asking for more time;
    a dossier that failed the council, an ineligible one."""
    topics = [topic(cast, names, at + n * DAY, by=by) for n, by in enumerate(("pi1", "pi3", "pi5", "pi2", "pi4", "pi6"))]
    season = checked_call(cast, topics, at, [Bid(0, "pi1", 850_000_000, 24), Bid(0, "pi6", 910_000_000, 24), Bid(1, "pi4", 610_000_000, 18), Bid(2, "pi5", 730_000_000, 18),
                                             Bid(3, "pi2", 440_000_000), Bid(4, "pi3", 390_000_000, eligible=False), Bid(5, "pi6", 460_000_000)])  # fmt: skip
    back = running(cast, season, 0)
    execution.returned_report(cast, project=back, at=at + 310 * DAY)
    halted = running(cast, season, 1)
    execution.suspended(cast, project=halted, at=at + 330 * DAY)
    longer = running(cast, season, 2)
    execution.reported(cast, project=longer, at=at + 300 * DAY)
    execution.requested_extension(cast, project=longer, at=at + 410 * DAY)
    ready = running(cast, season, 5)
    execution.reported(cast, project=ready, at=at + 300 * DAY)
    acceptance.submitted(cast, project=ready, at=at + 415 * DAY)
    selection.concluded(cast, call_topic=season.topics[3], at=at + 72 * DAY, marks=(selection.POOR,))
    selection_acts.settle_without_dossier(season.topics[4], by=cast["officer"], at=at + 75 * DAY)
    again = calls.second_round(cast, call=season.call, at=at + 100 * DAY)
    row = proposals.submitted(cast, call_topic=call_queries.topics_of(again)[0], at=at + 110 * DAY, pi="pi2", host="host1", total=420_000_000)
    calls.opened_call(cast, call=again)
    proposals.eligible(cast, proposal=row, at=at + 140 * DAY)
    awarded(cast, Season(again, call_queries.topics_of(again), [row], at + 75 * DAY), 0)
