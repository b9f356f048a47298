"""Ballots against the opening of the box: what is acknowledged is counted, what is not counted was refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.across.demo.plays import councils as plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel.db import db as database
from app.kernel.errors import Refused
from app.services.councils import actions, queries, recount
from app.services.councils.models import Ballot
from app.services.councils.room import actions as room
from app.services.councils.room import queries as rooms
from app.services.people.models import User
from app.stages.ideas import council as identification
from tests.councils.test_actions import DAY, YES
from tests.funding.test_concurrency import race

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def convened(cast, at, db):
    """A session at its ballot; its public id, the time, the ids of the members and of the officer who keeps it."""
    idea = idea_plays.submitted_idea(cast, item="1.8", title="Hệ thống tưới tự động cho thanh long", at=at)
    council = identification.prepare([idea], title="Hội đồng xác định nhiệm vụ 2026", by=cast["officer"], at=at + DAY)
    council = plays.voting(cast, council=plays.established(cast, council=council, at=at + DAY))
    db.session.commit()
    found = council.public_id, council.meets_at, [seat.user_id for seat in council.seats], cast["officer"].id
    db.session.remove()
    return found


def test_fifty_casts_of_one_member_leave_one_ballot(app, convened):
    pid, when, members, _officer = convened

    def cast(_n):
        council = queries.council_by_pid(pid)
        return actions.cast(council, council.agenda[0], YES, by=database.session.get_one(User, members[0]), at=when).seal

    results = race(app, cast, 50)
    assert sum(isinstance(r, str) for r in results) == 1
    assert database.session.query(Ballot).count() == 1


def insist(act):
    """Do it again until it is done: who is refused tries once more, as people do."""
    for _n in range(600):
        try:
            done = act()
            database.session.commit()
            return done
        except (Refused, OperationalError):
            database.session.rollback()
            time.sleep(0.005)
    raise AssertionError("never done")


def close(pid, when, officer):
    """The secretary closes the ballot: the session goes on to the count."""
    council = queries.council_by_pid(pid)
    if rooms.course_of(council, when).is_at("ballot"):
        room.move_on(council, by=database.session.get_one(User, officer), at=when)
    return "closed"


def open_box(pid, when, chair):
    council = queries.council_by_pid(pid)
    return actions.open_box(council, council.agenda[0], by=database.session.get_one(User, chair), at=when).result


def cast_of(pid, when, member):
    council = queries.council_by_pid(pid)
    return actions.cast(council, council.agenda[0], YES, by=database.session.get_one(User, member), at=when).seal


def test_every_acknowledged_ballot_is_counted(app, convened):
    """Seven cast while the secretary keeps closing the ballot and the chair keeps opening the box: it opens once all have cast, and holds every ballot."""
    pid, when, members, officer = convened

    def act(n):
        if n < 7:
            return cast_of(pid, when, members[n])
        return insist(lambda: close(pid, when, officer) if n == 7 else open_box(pid, when, members[0]))

    results = race(app, act, 9)
    seals = [r for r in results[:7] if isinstance(r, str)]
    assert len(seals) == 7 and sorted(seals) == results[8]["seals"] and results[7] == "closed", results


@pytest.mark.longer
@pytest.mark.parametrize("turn", range(40 if os.environ.get("DEEP") else 2))
def test_a_ballot_against_the_closing_of_the_box(app, convened, turn):
    """Two cast while the secretary notes them as gone and closes the ballot and the chair opens the box: each cast is wholly counted, or refused with a reason."""
    pid, when, members, officer = convened
    for member in members[:5]:  # enough for a quorum; two are late
        cast_of(pid, when, member)
    here = {s.public_id for s in queries.council_by_pid(pid).seats if s.user_id in members[:5]}
    database.session.commit()
    database.session.remove()

    def gone():
        return actions.attend(queries.council_by_pid(pid), here, by=database.session.get_one(User, officer), at=when)

    def act(n):
        if n in (0, 1):
            time.sleep(turn % 8 / 200)  # sooner or later, so that either side wins
            return cast_of(pid, when, members[5 + n])
        if n == 2:
            insist(gone)
            return insist(lambda: close(pid, when, officer))
        return insist(lambda: open_box(pid, when, members[0]))

    results = race(app, act, 4)
    database.session.remove()
    late, opened = {r for r in results[:2] if isinstance(r, str)}, results[3]
    assert late <= set(opened["seals"]) and opened["ballots"] == 5 + len(late), results
    assert all(isinstance(r, (str, Refused)) for r in results[:2]), results
    assert database.session.query(Ballot).count() == 5 + len(late) and recount.wrong_with(queries.council_by_pid(pid), when) == []


@pytest.mark.deep
@pytest.mark.parametrize("turn", range(int(os.environ.get("RACES", "12"))))
def test_processes_cast_against_the_closing_of_the_box(app, convened, turn):
    """The same between processes, as servers are: three cast, one closes, one opens."""
    pid, when, members, officer = convened
    for member in members[:5]:
        cast_of(pid, when, member)
    here = [s.public_id for s in queries.council_by_pid(pid).seats if s.user_id in members[:5]]
    database.session.commit()
    database.session.remove()
    facts = {"settings": {k: str(app.config[k]) for k in ("SQLALCHEMY_DATABASE_URI", "INSTANCE_FOLDER")}, "keys": app.config["BALLOT_KEYS"], "pid": pid, "when": when.isoformat(),
             "officer": officer, "chair": members[0], "here": here}  # fmt: skip
    jobs = [subprocess.Popen([sys.executable, "-m", "tests.councils.process", json.dumps(facts | {"do": do, "member": member, "after": after})], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True, cwd=ROOT)
            for do, member, after in (("cast", members[5], turn % 4 / 100), ("cast", members[6], turn % 6 / 100), ("close", 0, 0), ("open", 0, 0))]  # fmt: skip
    for job in jobs:
        assert job.stdout.readline().strip() == "ready"
    for job in jobs:
        job.stdin.write("go\n")
        job.stdin.flush()
    told = [json.loads(job.communicate(timeout=60)[0].splitlines()[-1]) for job in jobs]
    late = {t["seal"] for t in told[:2] if "seal" in t}
    assert late <= set(told[3]["seals"]) and told[3]["ballots"] == 5 + len(late), told
    assert database.session.query(Ballot).count() == 5 + len(late) and recount.wrong_with(queries.council_by_pid(pid), when) == []


def test_two_tellers_at_once_make_one_ballot(app, convened, db):
    """Both send the same reading at the same moment: one ballot, entered by one and checked by the other."""
    pid, when, _members, _officer = convened
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
