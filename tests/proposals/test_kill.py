"""The server is killed in the middle of submits: what was acknowledged is there whole, what was not is there once after it is sent again."""

from __future__ import annotations

import http.client
import os
import random
import threading
import time

import pytest
from sqlalchemy import text

from app.kernel import journal
from app.services.files import store
from app.stages.proposals import queries
from tests.support.evening import Person, Server, dossiers, present

CLIENTS = 6


@pytest.fixture(autouse=True)
def real_time(app):
    with present():
        yield


def submit_all(server, work, acknowledged, flying, stop):
    """One after the other, each with the same key until it is acknowledged."""
    for email, pid in work:
        form = None
        while pid not in acknowledged and not stop.is_set():
            try:
                if form is None:
                    person = Person(server, email)
                    person.sign_in()
                    form = person.form(f"/proposals/{pid}/submit") | {"confirm": "y"}
                flying.add(pid)
                status, where, _text = person.post(f"/proposals/{pid}/submit", form)
                if status == 303 and where.endswith("/receipt"):
                    acknowledged[pid] = acknowledged.get(pid, 0) + 1
                elif status != 503:
                    print("refused", pid, status)
                    return
            except (OSError, http.client.HTTPException, AssertionError):  # the page did not come either
                time.sleep(0.05)
            finally:
                flying.discard(pid)


def kills(server, count, chance, flying, threads):
    """Kill so many times, each while somebody submits; returns how many requests each kill cut off."""
    cut = []
    for _n in range(count):
        until = time.monotonic() + 60
        while not flying and time.monotonic() < until and any(t.is_alive() for t in threads):
            time.sleep(0.001)
        time.sleep(chance.random() * 0.06)
        cut.append(len(flying))
        server.kill()
        server.start()
    return cut


def run(app, db, count, killed, seed):
    """Submit `count` dossiers while the server is killed `killed` times; what stands then."""
    work, chance = dossiers(count), random.Random(seed)
    db.session.remove()
    acknowledged, flying, stop, server = {}, set(), threading.Event(), Server(app)
    threads = [threading.Thread(target=submit_all, args=(server, work[n::CLIENTS], acknowledged, flying, stop)) for n in range(CLIENTS)]
    with server.running():
        for thread in threads:
            thread.start()
        cut = kills(server, killed, chance, flying, threads)
        until = time.monotonic() + 120 + 4 * killed  # all of them together
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        stop.set()
    print(f"seed {seed}: {killed} kills, {sum(cut)} requests cut off, {len(acknowledged)} of {count} acknowledged")
    assert len(acknowledged) == count
    return work


def check(db, work):
    """Every dossier is there whole, and once."""
    numbers = []
    for _email, pid in work:
        row = queries.proposal_by_pid(pid)
        version = queries.latest_version(row)
        assert row.state == "submitted" and version.number == 1 and len(version.content["files"]) >= 3
        for file in version.content["files"]:
            store.get(file["sha256"])  # raises when the bytes are not what the hash says
        numbers.append(row.receipt_no)
        lines = db.session.scalar(text("SELECT count(*) FROM journal_entry WHERE subject_pid = :p AND verb = 'submit'"), {"p": pid})
        mails = db.session.scalar(text("SELECT count(*) FROM outbox_mail WHERE dedupe_key LIKE :k"), {"k": f"proposal-submitted:{pid}:%"})
        papers = db.session.scalar(text("SELECT count(*) FROM paper WHERE subject_pid = :p AND template = 'proposals/receipt'"), {"p": pid})
        versions = db.session.scalar(text("SELECT count(*) FROM proposal_version WHERE proposal_id = :p"), {"p": row.id})
        assert (lines, mails, papers, versions) == (1, 2, 1, 1), pid
    order = sorted(int(n.rsplit("-", 1)[1]) for n in numbers)
    assert order == list(range(1, len(work) + 1)), "one series without gaps"
    assert journal.verify()[1] is None
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_killed_six_times(app, db):
    work = run(app, db, count=18, killed=6, seed=1821)
    check(db, work)


@pytest.mark.deep
def test_killed_two_hundred_times(app, db):
    killed = int(os.environ.get("KILLS", "200"))
    work = run(app, db, count=killed * 3, killed=killed, seed=54)
    check(db, work)
