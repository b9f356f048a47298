"""The last minute of a call: many people upload three files each and submit at once; beside it the bare write path on the same machine."""

from __future__ import annotations

import http.client
import os
import re
import statistics
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from app.across.demo.plays.proposals import small_pdf
from app.kernel.clock import now
from app.services.files import store
from app.stages.proposals import queries
from tests.support.evening import Person, Server, dossiers, present

pytestmark = pytest.mark.deep
PEOPLE = int(os.environ.get("SUBMITTERS", "200"))
SIZE = int(os.environ.get("FILE_BYTES", str(500_000)))


@pytest.fixture(autouse=True)
def real_time(app):
    with present():
        yield


def at_once(work, act):
    """`act(item, note)` for all at the same instant; what each noted: {name: [seconds]}, and what failed."""
    barrier, times, failed, guard = threading.Barrier(len(work)), {}, [], threading.Lock()

    def run(item):
        def note(name, began):
            with guard:
                times.setdefault(name, []).append(time.monotonic() - began)

        barrier.wait()
        try:
            act(item, note)
        except (OSError, AssertionError, http.client.HTTPException) as failure:
            with guard:
                failed.append(repr(failure)[:200])

    threads = [threading.Thread(target=run, args=(item,)) for item in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, failed


def told(name, seconds):
    order = sorted(seconds)
    p95 = order[min(len(order) - 1, int(len(order) * 0.95))]
    print(f"{name:34} {len(order):5} {statistics.median(order) * 1000:9.0f} {p95 * 1000:9.0f} {order[-1] * 1000:9.0f}")


def content(email, n):
    return small_pdf(f"{email} {n}").replace(b"%PDF-1.4\n", b"%PDF-1.4\n%" + b"x" * SIZE + b"\n", 1)


def upload(person, pid, n, note):
    """One file: announced, sent in pieces, finished."""
    whole, began = content(person.email, n), time.monotonic()
    token = person.token
    status, _where, said = person.post(f"/proposals/{pid}/uploads", {"csrf_token": token, "name": f"tep {n}.pdf", "size": str(len(whole)), "kind": "other"})
    assert status == 200, (status, said[:200])
    name, size = re.search(r'"upload":\s*"(\w+)"', said)[1], int(re.search(r'"piece":\s*(\d+)', said)[1])
    for start in range(0, len(whole), size):
        status, _where, said = person.piece(f"/proposals/{pid}/uploads/{name}", {"csrf_token": token, "start": str(start)}, whole[start : start + size])
        assert status == 200, (status, said[:200])
    status, _where, said = person.post(f"/proposals/{pid}/uploads/{name}/finish", {"csrf_token": token})
    assert status == 200, (status, said[:200])
    note("a file, from first to last request", began)


def bare(app, folder):
    """The same number of people against the bare write path."""
    body = os.urandom(3 * SIZE)

    def post(server, note):
        began = time.monotonic()
        status, _where, _text = Person(server, "x").ask("POST", "/", body, "application/octet-stream")
        assert status == 201
        note("bare write path: 3 files + rows", began)

    with Server(app, target="tests.deep.bare:application", folder=str(folder)).running() as server:
        return at_once([server] * PEOPLE, post)


def test_the_last_minute(app, db, tmp_path):
    work = dossiers(PEOPLE)
    db.session.remove()
    with Server(app).running() as server:
        people = [(Person(server, email), pid) for email, pid in work]
        for person, pid in people:
            person.sign_in()
            person.token = person.form(f"/proposals/{pid}/files")["csrf_token"]
        uploads, failed = at_once(people, lambda one, note: [upload(*one, n, note) for n in range(3)])
        db.session.execute(text("UPDATE proposal SET host_signed_at = :at, version = version + 1 WHERE state = 'draft'"), {"at": now().replace(tzinfo=None) if db.engine.dialect.name == "sqlite" else now()})
        db.session.commit()
        forms = {pid: person.form(f"/proposals/{pid}/submit") | {"confirm": "y"} for person, pid in people}

        def submit(one, note):
            person, pid = one
            began = time.monotonic()
            status, where, said = person.post(f"/proposals/{pid}/submit", forms[pid])
            assert (status, where) == (303, f"/proposals/{pid}/receipt"), (status, where, said[:200])
            note("submit", began)

        submits, refused = at_once(people, submit)
    floor, broken = bare(app, tmp_path)
    print(f"\n{db.engine.dialect.name}, {PEOPLE} people at once, 3 files of {SIZE} bytes each, load of the machine {os.getloadavg()[0]:.0f}, processors {os.cpu_count()}")
    print(f"{'':34} {'n':>5} {'p50 ms':>9} {'p95 ms':>9} {'worst':>9}")
    for name, seconds in {**uploads, **submits, **floor}.items():
        told(name, seconds)
    print("errors:", len(failed), len(refused), len(broken))
    assert not failed and not refused and not broken
    assert sorted(int(queries.proposal_by_pid(pid).receipt_no.rsplit("-", 1)[1]) for _e, pid in work) == list(range(1, PEOPLE + 1))
    for _email, pid in work:
        files = queries.latest_version(queries.proposal_by_pid(pid)).content["files"]
        assert sum(f["name"].startswith("tep") for f in files) == 3 and all(store.get(f["sha256"]) for f in files)
    assert Path(tmp_path / "bare.db").exists()
