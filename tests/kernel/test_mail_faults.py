"""The worker against a mail server that refuses, hangs, cuts the line or is away: nothing lost, nobody held up, one Message-ID."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import cli, extensions
from app.kernel import clock, outbox
from app.kernel.outbox import OutboxMail
from tests.support.evening import present
from tests.support.smtp import mail_server


def queue(db, at, *names):
    rows = [OutboxMail(dedupe_key=f"fault:{name}:{n}", to_address=f"{name}@x.test", template="t", subject="Thư", body="Xin chào\n", posted_at=at, not_before=at)
            for n, name in enumerate(names)]  # fmt: skip
    db.session.add_all(rows)
    db.session.commit()
    return rows


def states(db):
    return {row.to_address.partition("@")[0]: (str(row.mail_state), row.tries) for row in db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))}


def test_a_refusal_for_good_gives_up_at_once_and_others_go_on(app, db, at, monkeypatch):
    monkeypatch.setattr(extensions, "PATIENCE", 0.3)
    queue(db, at, "ok", "r550", "ok2", "r451", "ok3", "d554", "ok4", "d452", "ok5", "hang", "ok6", "noquit", "ok7\nBcc: a", "ok8")
    with mail_server(app, hang=0.8) as server:
        cli.work(at)
    assert states(db) == {**{name: ("sent", 1) for name in ("ok", "ok2", "ok3", "ok4", "ok5", "ok6", "ok8", "noquit")}, "r550": ("failed", 1), "d554": ("failed", 1),
                          "r451": ("waiting", 1), "d452": ("waiting", 1), "hang": ("waiting", 1), "ok7\nBcc: a": ("failed", 1)}  # fmt: skip
    assert [name for name, _id in server.taken if name == "noquit"] == ["noquit"]
    refused = db.session.scalars(select(OutboxMail).where(OutboxMail.to_address == "r550@x.test")).one()
    assert "550" in refused.last_error


def test_a_slow_server_gets_its_time(app, db, at):
    queue(db, at, "hang")
    with mail_server(app, hang=0.5) as server:
        cli.work(at)
    assert states(db) == {"hang": ("sent", 1)}
    assert len(server.taken) == 1
    assert timedelta(seconds=10 * extensions.PATIENCE) < outbox.LEASE  # nobody takes a mail that is still on its way
    assert extensions.PATIENCE > 60


def test_a_server_that_is_away_ends_the_round_and_every_mail_arrives_later(app, db, at, travel):
    queue(db, at, *(f"ok{n}" for n in range(5)))
    state = app.extensions["mail"]
    with mail_server(app):
        state.port, port = 1, state.port
        cli.work(at)
        assert [tries for _state, tries in states(db).values()] == [1, 1, 1, 0, 0]
        state.port = port
        travel.shift(timedelta(minutes=2))
        cli.work(clock.now())
    assert {how for how, _tries in states(db).values()} == {"sent"}


def test_a_mail_whose_end_was_not_seen_goes_again_under_its_name(app, db, at, travel):
    queue(db, at, "ok", "drop")
    with mail_server(app) as server:
        item = outbox.claim(clock.now())
        outbox._send(item)
        db.session.rollback()  # killed after the server took it
        assert outbox.claim(clock.now()).to_address == "drop@x.test"
        db.session.rollback()
        travel.shift(outbox.LEASE + timedelta(seconds=1))
        cli.work(clock.now())
    assert states(db)["ok"] == ("sent", 2)
    assert states(db)["drop"][0] == "waiting"
    assert [name for name, _id in server.taken] == ["ok", "ok", "drop"]
    assert len({number for name, number in server.taken if name == "ok"}) == 1


@pytest.mark.deep
def test_killed_while_it_drains(app, db, at):
    """Kills of a real worker: none lost, doubles not more than kills, each under the same Message-ID."""
    kills, mails = (50, 1000) if os.environ.get("DEEP") else (3, 40)
    chance = random.Random(8)
    with present(), mail_server(app) as server:
        queue(db, clock.now(), *(f"ok{n}" for n in range(mails)))
        db.session.remove()
        environment = {**os.environ, "FAULTS_URL": app.config["SQLALCHEMY_DATABASE_URI"], "FAULTS_PORT": str(server.server_address[1]), "FAULTS_FOLDER": app.config["INSTANCE_FOLDER"]}
        for n in range(kills + 1):
            worker = subprocess.Popen([sys.executable, "-m", "tests.support.draining"], env=environment)
            before, until = len(server.taken), time.monotonic() + 60
            enough = before + 1 + chance.randrange(max(2, mails // kills // 2))
            while n < kills and worker.poll() is None and len(server.taken) < enough and time.monotonic() < until:
                time.sleep(0.002)
            if n < kills:
                worker.kill()
            worker.wait(300)
        names = [name for name, _id in server.taken]
    print(f"{kills} kills, {mails} mails: {len(names) - len(set(names))} doubles, {mails - len(set(names))} lost")
    assert set(names) == {f"ok{n}" for n in range(mails)}
    assert len(names) - mails <= kills
    assert len(set(server.taken)) == mails
