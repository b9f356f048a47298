"""A season: ideas become topics, one call goes out, dossiers come in, are opened and checked, councils score them.

Days of a season, counted from its beginning: ideas 0, decision 20, call 26, deadline 61, check 66, council 86, ranking
concluded 88, award 102, contract 111. Everything is played by the actions, so whatever stands in the world is legal.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.across.demo.cast import Cast
from app.across.demo.plays import calls, funding, ideas, proposals, selection
from app.kernel.clock import local
from app.stages.calls import queries as call_queries
from app.stages.calls.models import Call, CallTopic
from app.stages.funding.models import Project
from app.stages.ideas.models import Topic
from app.stages.proposals.models import Proposal

TASKS = Path(__file__).parent / "data" / "sample-tasks.csv"
DAY = timedelta(days=1)
FIELDS = {"Nông": "1.5", "giống": "1.4", "nuôi": "1.5", "Nghiên cứu": "1.7", "môi trường": "7.4", "y tế": "5.1", "giáo": "6.1", "tưới": "1.8"}
HOSTS = {"pi1": "host1", "pi2": "host1", "pi3": "host2", "pi4": "host2", "pi5": "host3", "pi6": "host3"}


def titles(seed: int) -> Iterator[str]:
    """Titles of real projects, shuffled by the seed; over-long ones are left out."""
    with TASKS.open(encoding="utf-8", newline="") as file:
        found = [" ".join(row["title"].split()) for row in csv.DictReader(file)]
    found = [t for t in found if 30 <= len(t) <= 200]
    random.Random(seed).shuffle(found)
    return iter(found)


def item_for(title: str) -> str:
    """A priority item that fits the title roughly."""
    return next((code for word, code in FIELDS.items() if word.lower() in title.lower()), "4.4")


def topic(cast: Cast, names: Iterator[str], at: datetime, *, by: str = "pi1", title: str | None = None, **more: Any) -> Topic:
    """A topic of an approved list, twenty days after `at`."""
    name = title or next(names)
    return ideas.approved_topic(cast, item=more.pop("item", None) or item_for(name), title=name, at=at, by=by, **more)


@dataclass(frozen=True)
class Bid:
    """One dossier for the topic of that place in the call; `eligible` = what the check says (None: not checked yet)."""

    place: int
    pi: str
    total: int
    months: int = 12
    eligible: bool | None = True


@dataclass(frozen=True)
class Season:
    """A call with its topics and dossiers, opened and checked."""

    call: Call
    topics: list[CallTopic]
    dossiers: list[Proposal]
    at: datetime


def checked_call(cast: Cast, topics: Sequence[Topic], at: datetime, bids: Sequence[Bid]) -> Season:
    """The call for these topics, whose dossiers came in, were opened and checked. `at` is the season's beginning."""
    call = calls.published_call(cast, topics=topics, at=at + 26 * DAY)
    places = call_queries.topics_of(call)
    came = [proposals.submitted(cast, call_topic=places[bid.place], at=at + (40 + n) * DAY, pi=bid.pi, host=HOSTS[bid.pi], total=bid.total, months=bid.months)
            for n, bid in enumerate(bids)]  # fmt: skip
    calls.opened_call(cast, call=call)
    for row, bid in zip(came, bids, strict=True):
        if bid.eligible is not None:
            (proposals.eligible if bid.eligible else proposals.ineligible)(cast, proposal=row, at=at + 66 * DAY)
    return Season(call, places, came, at)


def awarded(cast: Cast, season: Season, place: int, *, marks: Sequence[Sequence[int]] = (selection.GOOD, selection.FAIR)) -> Project:
    """The project that came of the topic of that place: council, appraisal, approval."""
    found = selection.concluded(cast, call_topic=season.topics[place], at=season.at + 70 * DAY, marks=marks)
    return funding.awarded(cast, round_or_line=found, at=season.at + 92 * DAY, cut=12_000_000, starts_on=local(season.at + 102 * DAY).date())


def running(cast: Cast, season: Season, place: int, **more: Any) -> Project:
    """The same with a signed contract and the first tranche paid."""
    project = awarded(cast, season, place, **more)
    funding.contracted(cast, project=project, at=season.at + 104 * DAY)
    funding.paid(cast, project=project, at=season.at + 115 * DAY)
    return project
