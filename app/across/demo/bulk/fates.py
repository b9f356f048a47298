"""How each project will stand on the day of the world, and when: topics with their dates, gathered into seasons of calls."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.across.demo.bulk.titles import Title, Titles
from app.stages.funding.rules import end_of
from app.stages.ideas.rules import Mode


class Fate(StrEnum):
    """What becomes of a topic."""

    APPROVED = "approved"
    CONTRACTED = "contracted"
    RUNNING = "running"
    SUSPENDED = "suspended"
    RECOGNISED = "recognised"
    FAILED = "failed"
    TERMINATED = "terminated"
    LIQUIDATED = "liquidated"
    HOPEFUL = "hopeful"  # on its way to a decision that lies ahead
    NOT_GOOD = "not_good"  # no dossier passed
    NOBODY = "nobody"  # no dossier came


PROJECTS = {Fate.APPROVED: 2, Fate.CONTRACTED: 2, Fate.RUNNING: 14, Fate.SUSPENDED: 1, Fate.RECOGNISED: 3, Fate.FAILED: 1, Fate.TERMINATED: 3, Fate.LIQUIDATED: 74}
ENDED = frozenset({Fate.RECOGNISED, Fate.FAILED, Fate.LIQUIDATED})
DIRECT_SHARE = 123 / 179  # direct assignments among the tasks of one province, 2020-2023
NOBODY_PER_PROJECT, NOT_GOOD_PER_PROJECT = 0.37, 0.1  # a quarter of the topics draws no dossier
LONGEST_SEASON, MOST_TOPICS = timedelta(days=45), 6
AHEAD = (25, 60, 95, 130, 155, 185, 205, 232, 255, 275, 300, 318)  # days until decisions that lie ahead: one season in each stage before


@dataclass
class Story:
    """One topic and what becomes of it. The stages fill in their rows as they come."""

    title: Title
    fate: Fate
    decided: date
    starts: date
    months: int
    total: int
    extension: int = 0  # months
    stopped: date | None = None  # when the work was stopped or the early end decided
    mode: Mode | None = None
    host: Any = None
    pi: Any = None
    item_id: int = 0
    kind: str = "DT_CN"
    rows: dict[str, Any] = field(default_factory=dict)
    dossiers: list[Any] = field(default_factory=list)
    reports: list[Any] = field(default_factory=list)
    tranches: list[Any] = field(default_factory=list)
    paid: int = 0

    @property
    def first_end(self) -> date:
        """The last day as awarded."""
        return end_of(self.starts, self.months)

    @property
    def ends(self) -> date:
        """The last day with the extension."""
        return end_of(self.starts, self.months + self.extension)

    @property
    def becomes_project(self) -> bool:
        return self.fate in PROJECTS


@dataclass
class Season:
    """The topics of one call. `day` is the first decision; all that comes before is counted back from it."""

    mode: Mode
    stories: list[Story]
    rows: dict[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return min(s.decided for s in self.stories)

    @property
    def last_day(self) -> date:
        return max(s.decided for s in self.stories)


def workday(day: date) -> date:
    """The day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def first_of_month(day: date, months: int = 0) -> date:
    """The first day of the month that lies `months` after the day's."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def seasons(rng: random.Random, titles: Titles, count: int, today: date) -> list[Season]:
    """All seasons that lead to `count` projects, oldest first, and those that are under way."""
    fates = [*list(PROJECTS)[:count], *rng.choices(list(PROJECTS), list(PROJECTS.values()), k=max(0, count - len(PROJECTS)))]
    span = 365 * max(4, min(12, count // 40))
    stories = sorted((_story(rng, titles, fate, today, span) for fate in fates), key=lambda s: s.decided)
    found: list[Season] = []
    for mode in Mode:
        found += _gather(mode, [s for s in stories if s.mode == mode])
    for season in found:
        season.stories += [_other(rng, titles, Fate.NOBODY, season.day) for _ in season.stories if rng.random() < NOBODY_PER_PROJECT]
        season.stories += [_other(rng, titles, Fate.NOT_GOOD, season.day) for _ in season.stories if rng.random() < NOT_GOOD_PER_PROJECT]
    for n, ahead in enumerate(AHEAD):
        many = rng.randint(2, 4) + min(count // 400, 8)
        found.append(Season(list(Mode)[n % 2], [_other(rng, titles, Fate.HOPEFUL, workday(today + timedelta(days=ahead))) for _ in range(many)]))
    return sorted(found, key=lambda s: s.day)


def _gather(mode: Mode, stories: list[Story]) -> list[Season]:
    found: list[Season] = []
    for story in stories:
        last = found[-1] if found else None
        if last and len(last.stories) < MOST_TOPICS and story.decided - last.day <= LONGEST_SEASON:
            last.stories.append(story)
        else:
            found.append(Season(mode, [story]))
    return found


def _money(rng: random.Random) -> int:
    """State money of a task: 120 million to 2.4 billion đồng, most of them 400 to 900 million, in tens of millions."""
    return int(min(2400, max(120, rng.lognormvariate(6.4, 0.45)))) // 10 * 10_000_000


def _other(rng: random.Random, titles: Titles, fate: Fate, day: date) -> Story:
    return Story(titles.next(day.year), fate, day, first_of_month(day, 1), rng.choice((12, 18, 24)), _money(rng))


def _story(rng: random.Random, titles: Titles, fate: Fate, today: date, span: int) -> Story:
    months = rng.choice((12, 18, 18, 24, 24, 24, 30, 36))
    extension, stopped = 0, None
    if fate == Fate.APPROVED:
        decided, starts = workday(today - timedelta(days=rng.randint(4, 14))), first_of_month(today, 1)
    elif fate == Fate.CONTRACTED:
        decided, starts = workday(today - timedelta(days=rng.randint(25, 30))), first_of_month(today, 1)
    else:
        starts, extension = _start(rng, fate, today, months, span)
        decided = workday(starts - timedelta(days=rng.randint(26, 50)))
    if fate == Fate.TERMINATED:
        stopped = workday(starts + timedelta(days=rng.randint(250, 330)))
    if fate == Fate.SUSPENDED:
        stopped = workday(today - timedelta(days=rng.randint(15, 60)))
    story = Story(titles.next(decided.year), fate, decided, starts, months, _money(rng), extension, stopped)
    story.mode = Mode.DIRECT if rng.random() < DIRECT_SHARE else Mode.SELECTION
    return story


def _start(rng: random.Random, fate: Fate, today: date, months: int, span: int) -> tuple[date, int]:
    """The first day of the work, and by how many months it was extended."""
    extension = 6 if rng.random() < 0.1 else 0
    if fate == Fate.TERMINATED:
        return first_of_month(today - timedelta(days=rng.randint(400, max(420, span - 400)))), 0
    if fate == Fate.SUSPENDED:
        return first_of_month(today, -rng.randint(5, months - 2)), 0
    if fate == Fate.RUNNING:
        if extension:
            return first_of_month(today, -(months + rng.randint(0, 4))), extension
        return first_of_month(today, -rng.randint(1, months - 2)), 0
    since = {Fate.RECOGNISED: (75, 150), Fate.FAILED: (80, 400)}.get(fate, (190, max(200, int(span - months * 31))))
    # more in later years than in earlier ones
    ended = today - timedelta(days=int(since[0] + (since[1] - since[0]) * rng.random() ** 1.4))
    return first_of_month(ended, -(months + extension)), extension
