"""Ballots against the opening of the box: what is acknowledged is counted, what is not counted was refused."""

from __future__ import annotations

import pytest

from app.across.demo.plays import councils as plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel.db import db as database
from app.services.councils import actions, queries
from app.services.councils.models import Ballot
from app.services.people.models import User
from app.stages.ideas import council as identification
from tests.councils.test_actions import DAY, YES
from tests.funding.test_concurrency import race


@pytest.fixture
def convened(cast, at, db):
    """A session in which all but member1 (the chair) have cast; its public id, the time and the ids of the members."""
    idea = idea_plays.submitted_idea(cast, item="1.8", title="Hệ thống tưới tự động cho thanh long", at=at)
    council = identification.prepare([idea], title="Hội đồng xác định nhiệm vụ 2026", by=cast["officer"], at=at + DAY)
    council = plays.convened(cast, council=plays.established(cast, council=council, at=at + DAY))
    db.session.commit()
    found = council.public_id, council.meets_at, [seat.user_id for seat in council.seats]
    db.session.remove()
    return found


def test_fifty_casts_of_one_member_leave_one_ballot(app, convened):
    pid, when, members = convened

    def cast(_n):
        council = queries.council_by_pid(pid)
        return actions.cast(council, council.agenda[0], YES, by=database.session.get_one(User, members[0]), at=when).seal

    results = race(app, cast, 8)
    assert sum(isinstance(r, str) for r in results) == 1
    assert database.session.query(Ballot).count() == 1


def test_every_acknowledged_ballot_is_counted(app, convened):
    """The members cast while the chair keeps trying to open: the box opens once all have cast, and holds every ballot."""
    pid, when, members = convened

    def act(n):
        council = queries.council_by_pid(pid)
        by = database.session.get_one(User, members[n % 7])
        if n < 7:
            return actions.cast(council, council.agenda[0], YES, by=by, at=when).seal
        return actions.open_box(council, council.agenda[0], by=database.session.get_one(User, members[0]), at=when).result

    results = race(app, act, 9)
    seals = {r for r in results[:7] if isinstance(r, str)}
    opened = [r for r in results[7:] if isinstance(r, dict)]
    database.session.remove()
    council = queries.council_by_pid(pid)
    if not opened:  # nobody was quick enough: the chair opens now
        for n, r in enumerate(results[:7]):
            if not isinstance(r, str):
                seals.add(actions.cast(council, council.agenda[0], YES, by=database.session.get_one(User, members[n]), at=when).seal)
        opened = [actions.open_box(council, council.agenda[0], by=database.session.get_one(User, members[0]), at=when).result]
    assert len(opened) == 1 and set(opened[0]["seals"]) == seals and len(seals) == 7
