"""Numbers between processes: a series has no gap and no double under rollbacks; a given number stands once, also as the year turns in Viet Nam."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.kernel import journal
from app.kernel.db import db as database
from app.services.papers import actions
from app.services.papers.models import Counter, Paper
from app.services.papers.wording import examples

ROOT = Path(__file__).parent.parent.parent
LONG = bool(os.environ.get("DEEP"))
PROCESSES, CLIENTS, EACH = (5, 20, 10) if LONG else (2, 3, 5)
NEW_YEAR = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)  # 00:30 on 1 January 2027 in Viet Nam
DATA = {key: value for key, value in examples("papers/withdrawal").items() if key not in ("bases", "office", "signer")}


@pytest.fixture
def race(app, db):
    """race(do, …) lets all clients do it at once and says what each was told."""
    said = {k: str(app.config[k]) for k in ("SQLALCHEMY_DATABASE_URI", "INSTANCE_FOLDER")}
    jobs = [subprocess.Popen([sys.executable, "-m", "tests.papers.process", json.dumps(said)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _n in range(PROCESSES)]
    for job in jobs:
        assert job.stdout.readline().strip() == "ready"

    def run(do, **facts):
        database.session.commit()
        database.session.remove()
        for n, job in enumerate(jobs):
            job.stdin.write(json.dumps({"do": do, "clients": CLIENTS, "first": n * CLIENTS, **facts}) + "\n")
            job.stdin.flush()
        told = [answer for job in jobs for answer in json.loads(job.stdout.readline())]
        assert not [answer for answer in told if str(answer).startswith("error")], told
        return told

    yield run
    for job in jobs:
        job.stdin.close()
        assert job.wait(timeout=60) == 0


@pytest.mark.longer
def test_a_series_has_no_gap_and_a_given_number_stands_once(race, user, at):
    kept = [n for answer in race("series", series="race", year=2026, each=EACH) for n in answer]
    assert sorted(kept) == list(range(1, len(kept) + 1)) and database.session.scalar(select(Counter.n).where(Counter.series == "race")) == len(kept)
    taken_back = PROCESSES * CLIENTS * EACH - len(kept)
    print(f"{PROCESSES * CLIENTS} clients, {EACH} each: {len(kept)} kept without gap or double, {taken_back} taken back")
    by = user("registry")
    bare = [actions.issue(template="papers/withdrawal", subject=user("pi1"), title="x", data=DATA, by=user("officer"), at=at).public_id for _n in range(PROCESSES * CLIENTS)]
    told = race("given", papers=bare, number="15/QĐ-SKHCN", by=by.id, at=at.isoformat())
    assert len([answer for answer in told if not str(answer).startswith("refused")]) == 1
    leader, last_year = user("leader"), actions.issue(template="papers/withdrawal", subject=user("pi1"), title="x", data=DATA, by=user("leader"), at=at, number="1/QĐ-SKHCN")
    assert last_year.year == 2026
    told = race("issued", number="1/QĐ-SKHCN", by=leader.id, at=NEW_YEAR.isoformat(), data=DATA)
    assert [answer for answer in told if not str(answer).startswith("refused")] == [[2027]], "of those who issue it in the first hour of the year one does, in the new year"
    row = database.session.scalars(select(Paper).where(Paper.year == 2027)).one()
    assert row.dated == date(2027, 1, 1) and database.session.scalar(select(func.count()).select_from(Paper).where(Paper.number == "1/QĐ-SKHCN")) == 2
    assert journal.verify()[1] is None
