"""The last evening of a call on a real server: many dossiers that are ready, a gunicorn that can be killed, people who submit."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import time_machine
from flask import Flask
from sqlalchemy import insert, select

from app.across.demo import cast as demo_cast
from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.kernel import clock
from app.kernel.db import db, public_id
from app.services.files.models import Attachment
from app.services.people import actions as people
from app.stages.calls import queries as calls
from app.stages.proposals import actions
from app.stages.proposals.models import (
    BudgetLine,
    Milestone,
    PlannedUse,
    Proposal,
    ProposalProduct,
    TeamMember,
    WorkForm,
)
from tests.support.databases import PASSWORD


def present() -> Any:
    """Time as it really is, inside a test whose time stands: for servers beside it."""
    return time_machine.travel(datetime.fromtimestamp(time_machine.escape_hatch.time.time(), UTC), tick=True)


ROOT = Path(__file__).parent.parent.parent


def dossiers(count: int) -> list[tuple[str, str]]:
    """(e-mail address, public id) of so many dossiers, each of its own investigator, complete and signed off, in a call that is open now."""
    cast, now = demo_cast.load(), clock.now()
    topic = idea_plays.approved_topic(cast, item="1.8", title="Hệ thống tưới tự động", at=now - timedelta(days=40))
    call = call_plays.published_call(cast, topics=[topic], at=now - timedelta(days=3))
    first = plays.draft(cast, call_topic=calls.topics_of(call)[0], at=now - timedelta(days=2))
    actions.sign_off(first, by=cast["host1"], at=now - timedelta(days=1))
    db.session.flush()
    made = []
    for n in range(count):
        person = people.add_user(f"nop{n}@vamco.test", f"Người Nộp {n}", by=None, at=now, password=PASSWORD)
        people.join(person, cast.org("host1"), by=None, at=now)
        made.append((person.email, _clone(first, person.id, person.name)))
    db.session.commit()
    return made


def _clone(first: Proposal, pi_id: int, name: str) -> str:
    pid = public_id()
    row = db.session.execute(insert(Proposal.__table__).values(_values(Proposal, first.id, "id") | {"public_id": pid, "pi_id": pi_id}))
    new = row.inserted_primary_key[0]  # type: ignore[index]
    for model in (TeamMember, ProposalProduct, PlannedUse, Milestone, BudgetLine, WorkForm):
        table = model.__table__
        for found in db.session.execute(select(table).where(table.c.proposal_id == first.id)).mappings():
            values = {k: v for k, v in found.items() if k != "id"} | {"proposal_id": new}
            if "public_id" in values:
                values["public_id"] = public_id()
            if model is TeamMember and str(values["role"]) == "pi":
                values |= {"user_id": pi_id, "name": name}
            db.session.execute(insert(table).values(values))
    table = Attachment.__table__
    for found in db.session.execute(select(table).where(table.c.subject_pid == first.public_id)).mappings():
        db.session.execute(insert(table).values({k: v for k, v in found.items() if k != "id"} | {"subject_pid": pid, "public_id": public_id()}))
    return pid


def _values(model: Any, row_id: int, *without: str) -> dict[str, Any]:
    found = db.session.execute(select(model.__table__).where(model.__table__.c.id == row_id)).mappings().one()
    return {k: v for k, v in found.items() if k not in without}


class Server:
    """A gunicorn of its own process group on the database of `app`."""

    def __init__(self, app: Flask, *, target: str = "wsgi:app", workers: int = 2, threads: int = 4, folder: str | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("VAMCO_")} | {
            "VAMCO_ENV": "test", "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "VAMCO_INSTANCE": folder or app.config["INSTANCE_FOLDER"],
            "VAMCO_SECRET_KEY": app.config["SECRET_KEY"], "VAMCO_AUDIT_KEY": app.config["AUDIT_KEY"], "PYTHONPATH": str(ROOT), "BARE_FOLDER": str(folder or "")}  # fmt: skip
        self.command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", str(workers), "--threads", str(threads),
                        "--worker-class", "gthread", "--backlog", "1024", "--timeout", "120", "--log-level", "critical", target]  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                line.request("GET", "/healthz")
                line.getresponse().read()
                return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the server does not answer")

    def kill(self) -> None:
        """SIGKILL for the whole group: nothing is finished, nothing is said."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    @contextmanager
    def running(self) -> Iterator[Server]:
        self.start()
        try:
            yield self
        finally:
            self.kill()


class Person:
    """Somebody at a browser: cookies, forms, and patience with a line that breaks."""

    def __init__(self, server: Server, email: str) -> None:
        self.server, self.email, self.cookies = server, email, {}  # type: ignore[var-annotated]

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/x-www-form-urlencoded") -> tuple[int, str, str]:
        """(status, location, text) of one request. Raises OSError or HTTPException when the line breaks."""
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            head = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} | ({"Content-Type": kind} if method == "POST" else {})
            line.request(method, path, body=body or None, headers=head)
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            return answer.status, answer.getheader("Location") or "", text
        finally:
            line.close()

    def form(self, path: str) -> dict[str, str]:
        """The hidden fields of the last form of a page."""
        status, _where, text = self.ask("GET", path)
        assert status == 200, (path, status)
        assert "/auth/login" in path or "name=\"once\"" in text, f"{path} has no form"
        hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', text.rpartition("<form")[2] if "name=\"once\"" in text.rpartition("<form")[2] else text)
        return {m[1]: m[2] for tag in hidden if (m := re.search(r'name="([^"]+)"[^>]*value="([^"]*)"', tag))}

    def post(self, path: str, values: dict[str, str]) -> tuple[int, str, str]:
        """Send a form."""
        return self.ask("POST", path, urlencode(values).encode())

    def sign_in(self) -> None:
        """Sign in."""
        status, _where, _text = self.post("/auth/login", self.form("/auth/login") | {"email": self.email, "password": PASSWORD})
        assert status == 303, status

    def piece(self, path: str, fields: dict[str, str], content: bytes) -> tuple[int, str, str]:
        """Send fields and one file, as a browser does."""
        edge = "----vamco"
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="piece"; filename="p"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + content + b"\r\n")
        return self.ask("POST", path, b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}")
