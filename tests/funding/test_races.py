"""Money against itself, between processes as servers are: a tranche is paid once, a budget for ten takes ten, two hands approve, numbers have no gaps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.kernel.db import db as database
from app.services.people.models import User
from app.stages.funding import actions, queries
from app.stages.funding.actions.budgets import release
from app.stages.funding.models import LedgerEntry, Project, Tranche
from tests.funding.test_concurrency import DAY, approved

ROOT = Path(__file__).parent.parent.parent
LONG = bool(os.environ.get("DEEP"))
PROCESSES, CLIENTS, ROUNDS = (5, 10, int(os.environ.get("RACES", "20"))) if LONG else (2, 4, 1)  # CLIENTS in each process
ALL = PROCESSES * CLIENTS
__all__ = ["approved"]


@pytest.fixture
def race(app, db, approved, at):
    """race(what, turn, …) lets all clients do it at once and says what each was told."""
    said = {k: str(app.config[k]) for k in ("SQLALCHEMY_DATABASE_URI", "INSTANCE_FOLDER")}
    jobs = [subprocess.Popen([sys.executable, "-m", "tests.funding.process", json.dumps(said)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _n in range(PROCESSES)]
    for job in jobs:
        assert job.stdout.readline().strip() == "ready"
    tranche_id, project_id, finance = approved

    def run(do, turn, **more):
        database.session.commit()
        database.session.remove()
        facts = {"do": do, "turn": turn, "clients": CLIENTS, "tranche": tranche_id, "project": project_id, "finance": finance, "when": (at + 32 * DAY).isoformat(), **more}
        for n, job in enumerate(jobs):
            job.stdin.write(json.dumps(facts | {"first": n * CLIENTS}) + "\n")
            job.stdin.flush()
        told = [answer for job in jobs for answer in json.loads(job.stdout.readline())]
        assert len(told) == ALL and not [answer for answer in told if str(answer).startswith("error")], told
        return told

    yield run
    for job in jobs:
        job.stdin.close()
        assert job.wait(timeout=60) == 0


def booked(project_id):
    """What is paid of a project: its counter, its rows and its award agree."""
    project = database.session.get_one(Project, project_id)
    net = database.session.scalar(text(f"SELECT coalesce(sum(CASE WHEN kind = 'payment' THEN amount ELSE -amount END), 0) FROM ledger_entry WHERE project_id = {project_id}"))
    assert project.paid_total == net <= project.approved_state
    return net


@pytest.mark.longer
def test_races(race, approved, at):
    tranche_id, project_id, _finance = approved
    later = at + 32 * DAY
    ids = {name: database.session.scalar(select(User.id).where(User.email == f"{name}@demo.vamco.test")) for name in ("officer", "officer2", "finance", "pi1")}
    hands = [ids["officer"], ids["officer2"]]

    def who(name):
        return database.session.get_one(User, ids[name])

    budget = queries.year_budget(2026)
    before, fits = budget.committed, min(10, ALL)
    actions.set_year_budget(2026, before + 1_000, by=who("finance"), at=at)
    entries = select(func.count(LedgerEntry.id)).where(LedgerEntry.kind == "payment")
    for turn in range(ROUNDS):
        # programs that know no rules: three thirds of a tranche are booked, not one more
        had = database.session.scalar(entries)
        told = race("naive", turn, part=150_000_000)
        assert told.count("done") == 3 and booked(project_id) == 450_000_000 and database.session.scalar(entries) == had + 3, told
        for entry in database.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc()).limit(3)):
            database.session.add(LedgerEntry(kind="reversal", amount=entry.amount, project_id=project_id, tranche_id=tranche_id, reverses_id=entry.id, booked_on=entry.booked_on, at=later))
        # finance pays in all windows: once
        told = race("pay", turn)
        assert told.count("done") == 1 and booked(project_id) == 450_000_000 and database.session.scalar(entries) == had + 4, told
        # taken back and asked for again: two people click and click; each counts once, and who looked before the other clicked is told to look again
        actions.reverse(database.session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "payment").order_by(LedgerEntry.id.desc())).first(), reason="x", by=who("finance"), at=later)
        actions.request_payment(queries.tranche_by_id(tranche_id), note=None, by=who("pi1"), at=later)
        told = race("approve", turn, hands=hands)
        row = database.session.get_one(Tranche, tranche_id)
        assert told.count("done") == 1 + (row.approved_by_id is not None) and row.first_approved_by_id in hands and row.first_approved_by_id != row.approved_by_id, told
        assert (row.state == "approved") == (row.approved_by_id is not None)
        if row.state == "requested":
            actions.approve_payment(row, by=who("officer2" if row.first_approved_by_id == hands[0] else "officer"), at=later)
        # a budget for ten takes ten
        told = race("award", turn, part=1_000 // fits)
        promised = queries.year_budget(2026).committed - before
        assert told.count("done") == fits and promised == fits * (1_000 // fits) <= 1_000, told
        release(queries.project_by_id(project_id), promised, by=who("finance"), at=later)
        # numbers: each once, from the first on, whatever was taken back
        told = race("number", turn, year=2031 + turn)
        taken = sorted(answer for answer in told if isinstance(answer, int))
        assert taken == list(range(1, len(taken) + 1)) and len(taken) == ALL - -(-ALL // 5), told
    print(f"{ROUNDS} rounds of five races, {PROCESSES} processes with {CLIENTS} clients each: no error")
