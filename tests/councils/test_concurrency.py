"""Ballots against the opening of the box: what is acknowledged is counted, what is not counted was refused."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.across.demo.plays import councils as plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel.db import db as database
from app.kernel.errors import Refused
from app.services.councils import actions, queries, recount
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

    results = race(app, cast, 50)
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


@pytest.mark.parametrize("turn", range(3))
def test_a_ballot_against_the_closing_of_the_box(app, convened, turn):
    """Members cast while the secretary notes those who have not as gone and the chair opens the box: each cast is wholly counted, or refused with a reason."""
    pid, when, members = convened
    council = queries.council_by_pid(pid)
    for n in range(5):  # enough for a quorum; two are late
        actions.cast(council, council.agenda[0], YES, by=database.session.get_one(User, members[n]), at=when)
    here = {s.public_id for s in council.seats if s.user_id in members[:5]}
    officer = database.session.scalar(select(User.id).where(User.email == "officer@demo.vamco.test"))
    database.session.commit()
    database.session.remove()

    def act(n):
        council = queries.council_by_pid(pid)
        if n in (0, 1):
            return actions.cast(council, council.agenda[0], YES, by=database.session.get_one(User, members[5 + n]), at=when).seal
        if n == 2:
            return actions.attend(council, here, by=database.session.get_one(User, officer), at=when)
        return actions.open_box(council, council.agenda[0], by=database.session.get_one(User, members[0]), at=when).result

    results = race(app, act, 6)
    database.session.remove()
    council = queries.council_by_pid(pid)
    opened = [r for r in results[3:] if isinstance(r, dict)]
    if not opened:
        if results[2] is not None:  # the secretary was too late for the version seen: once more
            actions.attend(council, here, by=database.session.get_one(User, officer), at=when)
        council = queries.council_by_pid(pid)
        opened = [actions.open_box(council, council.agenda[0], by=database.session.get_one(User, members[0]), at=when).result]
        database.session.commit()
    late = {r for r in results[:2] if isinstance(r, str)}
    assert len(opened) == 1 and late <= set(opened[0]["seals"]) and opened[0]["ballots"] == 5 + len(late)
    assert all(isinstance(r, (str, Refused)) for r in results[:2]), results
    assert database.session.query(Ballot).count() == 5 + len(late) and recount.wrong_with(queries.council_by_pid(pid), when) == []


def test_two_tellers_at_once_make_one_ballot(app, convened, db):
    """Both send the same reading at the same moment: one ballot, entered by one and checked by the other."""
    pid, when, _members = convened
    council = queries.council_by_pid(pid)
    officer = database.session.scalar(select(User).where(User.email == "officer@demo.vamco.test"))
    secretary = next(s.user for s in council.seats if s.role == "secretary")
    actions.elect_tellers(council, [officer.public_id, secretary.public_id], by=officer, at=when)
    ids = [officer.id, secretary.id]
    database.session.commit()
    database.session.remove()

    def enter(n):
        council = queries.council_by_pid(pid)
        result = actions.enter_paper(council, council.agenda[0], council.seats[0], YES, by=database.session.get_one(User, ids[n % 2]), at=when)
        return result if isinstance(result, list) else "in the box"

    results = race(app, enter, 6)
    assert results.count("in the box") == 1 and database.session.query(Ballot).count() == 1, results
