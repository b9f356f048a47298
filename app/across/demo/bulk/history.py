"""The stages of the large world in order, and loading it. A new stage is one more function in STEPS."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.across.demo.bulk import bodies as bodies_of
from app.across.demo.bulk import councils, money, upstream, work
from app.across.demo.bulk.book import Book
from app.across.demo.bulk.fates import seasons
from app.across.demo.bulk.titles import Titles
from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.kernel.db import db
from app.services.people.models import Organisation
from app.stages.calls.models import Call
from app.stages.funding.models import LedgerEntry, Project
from app.stages.ideas.models import Idea, Topic
from app.stages.proposals.models import Proposal

# what happens to one season, in this order; each step takes (book, bodies, season) and stops where time has not come yet
STEPS = (
    upstream.ideas, upstream.calls, upstream.dossiers, upstream.open_dossiers, councils.selection, money.appraisals, money.awards, money.contracts,
    work.reports, work.visits, work.changes, work.stops, work.endings,
)  # fmt: skip
SEASONS_AT_ONCE = 40
MARK = "Viện Cây ăn quả miền Nam"  # a body that only the large world knows


def present() -> dict[str, int] | None:
    """How many of what are there, once the large world is loaded; None before."""
    if db.session.scalar(select(Organisation.id).where(Organisation.name == MARK)) is None:
        return None
    return {m.__tablename__: db.session.scalar(select(func.count()).select_from(m)) or 0 for m in (Project, Idea, Topic, Call, Proposal, LedgerEntry)}


def load(cast: Cast, *, count: int, seed: int, as_of: datetime) -> dict[str, int]:
    """Write `count` projects with all that comes before and after them, as of that instant. Returns how many rows of what.

    The same seed and day give the same world. One transaction: the caller commits.
    """
    rng = random.Random(seed)
    titles = Titles(rng)
    today = local(as_of).date()
    found = seasons(rng, titles, count, today)
    first = min(s.day for s in found) - timedelta(days=400)
    book = Book(rng, as_of, titles)
    bodies = bodies_of.make(book, cast, book.at(date(min(first.year, today.year - 3), 1, 4)))
    money.year_budgets(book, bodies, first.year, today.year + 1, count)
    book.flush()
    for number, season in enumerate(found, 1):
        for step in STEPS:
            step(book, bodies, season)
        if number % SEASONS_AT_ONCE == 0:
            book.flush()
    book.flush()
    book.finish()
    db.session.expire_all()
    return dict(book.counts)
