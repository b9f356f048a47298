"""Which plays are played, when: the world of the demonstration. Titles are those of real projects (data/sample-tasks.csv)."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from app.across.demo import cast as demo_cast
from app.across.demo.cast import Cast
from app.across.demo.plays import calls, ideas, proposals
from app.kernel.db import db
from app.stages.calls import queries as call_queries
from app.stages.ideas import actions as idea_acts
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import Mode

TASKS = Path(__file__).parent / "data" / "sample-tasks.csv"
DAY = timedelta(days=1)
YEARS = 3 * 365 * DAY
FIELDS = {"Nông": "1.5", "giống": "1.4", "nuôi": "1.5", "Nghiên cứu": "1.7", "môi trường": "7.4", "y tế": "5.1", "giáo": "6.1", "tưới": "1.8"}


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


def build(password: str, *, as_of: datetime, seed: int) -> Cast:
    """Make the world as of that instant; the same seed gives the same one."""
    cast = demo_cast.make(password, at=as_of - YEARS)
    names = titles(seed)
    _past_year(cast, names, as_of - 420 * DAY)
    _past_year(cast, names, as_of - 200 * DAY)
    _direct(cast, names, as_of - 150 * DAY)
    _open_call(cast, names, as_of - 40 * DAY)
    _ideas(cast, names, as_of - 12 * DAY)
    db.session.flush()
    return cast


def _topic(cast: Cast, names: Iterator[str], at: datetime, *, by: str = "pi1", title: str | None = None, **more: object) -> Topic:
    name = title or next(names)
    return ideas.approved_topic(cast, item=more.pop("item", None) or item_for(name), title=name, at=at, by=by, **more)  # type: ignore[arg-type]


def _past_year(cast: Cast, names: Iterator[str], at: datetime) -> None:
    """Four topics, one call: two dossiers for one topic, one not eligible, a topic that drew nobody."""
    topics = [_topic(cast, names, at + n * DAY, by=by) for n, by in enumerate(("pi1", "pi3", "pi5", "pi2"))]
    call = calls.published_call(cast, topics=topics, at=at + 26 * DAY)
    first, second, third, _nobody = call_queries.topics_of(call)
    came = [
        proposals.submitted(cast, call_topic=first, at=at + 40 * DAY, pi="pi1", host="host1", total=850_000_000),
        proposals.submitted(cast, call_topic=first, at=at + 42 * DAY, pi="pi3", host="host2", total=920_000_000),
        proposals.submitted(cast, call_topic=second, at=at + 44 * DAY, pi="pi5", host="host3", total=610_000_000),
        proposals.submitted(cast, call_topic=third, at=at + 45 * DAY, pi="pi4", host="host2", total=730_000_000),
    ]
    calls.opened_call(cast, call=call)
    checked = at + 66 * DAY
    for row in came[:3]:
        proposals.eligible(cast, proposal=row, at=checked)
    proposals.ineligible(cast, proposal=came[3], at=checked)


def _direct(cast: Cast, names: Iterator[str], at: datetime) -> None:
    """A topic assigned directly to one organisation, with its one dossier."""
    topic = _topic(cast, names, at, mode=Mode.DIRECT, assigned=cast.org("host2"), by="pi3")
    call = calls.published_call(cast, topics=[topic], at=at + 26 * DAY)
    row = proposals.submitted(cast, call_topic=call_queries.topics_of(call)[0], at=at + 35 * DAY, pi="pi3", host="host2", total=480_000_000)
    calls.opened_call(cast, call=call)
    proposals.eligible(cast, proposal=row, at=at + 66 * DAY)


def _open_call(cast: Cast, names: Iterator[str], at: datetime) -> None:
    """The call that receives dossiers now: one submitted, one being written, one waiting for the host."""
    smart = "Xây dựng hệ thống tưới tự động trong sản xuất nông nghiệp sử dụng Internet of Things"
    topics = [_topic(cast, names, at, title=smart, item="1.8"), _topic(cast, names, at + DAY, by="pi4")]
    call = calls.published_call(cast, topics=topics, at=at + 26 * DAY, days=45)
    first, second = call_queries.topics_of(call)
    proposals.submitted(cast, call_topic=first, at=at + 32 * DAY, pi="pi3", host="host2", total=880_000_000)
    proposals.draft(cast, call_topic=first, at=at + 34 * DAY, pi="pi1", host="host1", total=790_000_000)
    proposals.draft(cast, call_topic=second, at=at + 36 * DAY, pi="pi6", host="host3", total=540_000_000)


def _ideas(cast: Cast, names: Iterator[str], at: datetime) -> None:
    """Ideas of this season in several states."""
    for n, by in enumerate(("pi2", "pi4", "pi6")):
        name = next(names)
        ideas.submitted_idea(cast, item=item_for(name), title=name, at=at + n * DAY, by=by)
    name = next(names)
    back = ideas.submitted_idea(cast, item=item_for(name), title=name, at=at + 4 * DAY, by="pi1")
    idea_acts.send_back(back, "Đề nghị bổ sung cam kết tiếp nhận kết quả của cơ quan đặt hàng.", by=cast["officer"], at=at + 6 * DAY)
    ideas.drafted_idea(cast, title=next(names), at=at + 8 * DAY, by="pi5")
