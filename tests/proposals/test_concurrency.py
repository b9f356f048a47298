"""Many hands at one section at the same instant: what is acknowledged stands or is in the history, what is not was refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel.db import db as database
from app.services.people.models import User
from app.stages.calls import queries as calls
from app.stages.proposals import actions, queries, work
from tests.funding.test_concurrency import race

QUESTIONS = ("approach", "methods", "novelty")


@pytest.fixture
def begun(cast, at, db):
    """A draft: its public id, the instant, the id of its investigator."""
    topic = idea_plays.approved_topic(cast, item="1.8", title="Hệ thống tưới tự động", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + timedelta(days=25))
    row = actions.start(calls.topics_of(call)[0], host=cast.org("host1"), by=cast["pi1"], at=at + timedelta(days=26))
    db.session.commit()
    found = row.public_id, at + timedelta(days=26), cast["pi1"].id
    db.session.remove()
    return found


def test_one_of_many_who_began_with_the_same_page_is_acknowledged(app, begun):
    pid, now, by = begun

    def write(n):
        row = queries.proposal_by_pid(pid)
        work.save_section(row, "s_method", {"methods": f"người {n}"}, seen=0, by=database.session.get_one(User, by), at=now)
        return n

    results = race(app, write, 8)
    kept = [r for r in results if isinstance(r, int)]
    database.session.remove()
    row = queries.proposal_by_pid(pid)
    assert len(kept) == 1 and row.work["methods"] == f"người {kept[0]}" and work.number_of(row, "s_method") == 1


def test_who_answer_different_questions_all_keep_what_they_wrote(app, begun):
    pid, now, by = begun

    def write(n):
        row = queries.proposal_by_pid(pid)
        work.save_section(row, "s_method", {QUESTIONS[n]: f"người {n}"}, seen=0, by=database.session.get_one(User, by), at=now)
        return n

    results = race(app, write, 3)
    database.session.remove()
    row = queries.proposal_by_pid(pid)
    assert {QUESTIONS[n]: f"người {n}" for n in results if isinstance(n, int)} == row.work and any(isinstance(r, int) for r in results)
