"""The visits. Latency and processor time from outside, over HTTP, one at a time; queries from inside, in this process."""

from __future__ import annotations

import http.client
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import event

from app.across.bench.budgets import Budget
from app.across.bench.server import Server, cpu_ms, whole_cpu_ms
from app.kernel.db import db

WARM_UP = 5
SIGN_INS = 5
LONGEST = 6.0  # seconds for one page
SILENT = ("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "SET TRANSACTION", "COMMIT", "ROLLBACK")


@dataclass(frozen=True)
class Page:
    """A page to visit: its name, address, who visits it (None: anybody), what it may cost."""

    name: str
    path: str
    account: str | None
    budget: Budget


@dataclass
class Cost:
    """What one page costs. Bytes of the first visit are styles, scripts and fonts as they were sent."""

    name: str
    budget: Budget
    visits: int = 0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    cpu_ms: float = 0.0
    times_hello: float = 0.0
    queries: int | None = None
    html_kb: float = 0.0
    first_visit_kb: float | None = None
    over: list[str] = field(default_factory=list)

    def judge(self, dialect: str) -> None:
        """Note what is over its budget."""
        limits = {"times_hello": self.budget.times(dialect), "queries": self.budget.queries, "html_kb": self.budget.html_kb,
                  "first_visit_kb": self.budget.first_visit_kb}  # fmt: skip
        self.over = [name for name, limit in limits.items() if (value := getattr(self, name)) is not None and value > limit]


class Visitor:
    """A browser without a screen: one kept connection and its cookies."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, *, compressed: bool = False) -> tuple[int, bytes]:
        """One request; the status and what came."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        if compressed:
            headers["Accept-Encoding"] = "gzip"
        body = urlencode(form) if form is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def sign_in(self, account: str, password: str) -> None:
        """Sign in by the form. Raises ValueError when the door stays shut."""
        _status, page = self.ask("GET", "/auth/login")
        status, _text = self.ask("POST", "/auth/login", filled(page.decode(), account, password))
        if status != 303:
            raise ValueError(f"{account} could not sign in ({status}): is the demonstration loaded, and is its password known?")


def filled(page: str, account: str, password: str) -> dict[str, str]:
    """The sign-in form of this page, filled in."""
    hidden = {tag[1]: tag[2] for tag in re.finditer(r'<input[^>]*name="(csrf_token|once)"[^>]*value="([^"]*)"', page)}
    return hidden | {"email": account, "password": password}


def repeat(act: Callable[[], Any], pids: list[int], rounds: int, *, short_threads: bool = False) -> tuple[int, float, float, float]:
    """(visits, p50 ms, p95 ms, processor ms per visit) of an act, bounded in count and time.

    `short_threads`: the act works in threads that end with it, which only the coarser count of the whole process sees.
    """
    for _ in range(min(WARM_UP, rounds)):
        act()
    spent: list[float] = []
    used_by = whole_cpu_ms if short_threads else cpu_ms
    before, end = used_by(pids), time.monotonic() + LONGEST
    while len(spent) < rounds and (time.monotonic() < end or len(spent) < 3):
        start = time.perf_counter()
        act()
        spent.append((time.perf_counter() - start) * 1000)
    used = (used_by(pids) - before) / len(spent)
    spent.sort()
    return len(spent), statistics.median(spent), spent[min(len(spent) - 1, int(len(spent) * 0.95))], used


def visit(page: Page, server: Server, password: str, pids: Callable[[], list[int]], rounds: int) -> Cost:
    """Latency, processor time and bytes of a page. `pids` says who works for it, asked when connections are open."""
    visitor = Visitor(server.port)
    if page.account:
        visitor.sign_in(page.account, password)
    status, text = visitor.ask("GET", page.path)
    if status != 200:
        raise ValueError(f"{page.path} answered {status}")
    cost = Cost(page.name, page.budget, html_kb=len(text) / 1024, first_visit_kb=first_visit(visitor, text.decode()) / 1024)
    cost.visits, cost.p50_ms, cost.p95_ms, cost.cpu_ms = repeat(lambda: visitor.ask("GET", page.path), pids(), rounds)
    return cost


def first_visit(visitor: Visitor, page: str) -> int:
    """Bytes of styles, scripts and fonts that the page names, as they are sent. Fonts: all that could be needed."""
    total, seen = 0, set[str]()
    waiting = re.findall(r'<(?:link rel="stylesheet"|script)[^>]*(?:href|src)="([^"]+)"', page)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        _status, sent = visitor.ask("GET", path, compressed=True)
        total += len(sent)
        if path.partition("?")[0].endswith(".css"):
            _status, plain = visitor.ask("GET", path)
            folder = path.rpartition("/")[0]
            waiting += [f"{folder}/{name}" for name in re.findall(r'url\(["\']?([^"\')]+\.woff2)', plain.decode())]
    return total


def sign_ins(server: Server, account: str, password: str, pids: list[int], budget: Budget) -> Cost:
    """What signing in costs: the page and the answer to the filled form, most of it the hash of the password on purpose."""
    cost = Cost("sign in (POST)", budget)
    cost.visits, cost.p50_ms, cost.p95_ms, cost.cpu_ms = repeat(lambda: Visitor(server.port).sign_in(account, password), pids, SIGN_INS, short_threads=True)
    return cost


class Inside:
    """The same pages asked in this process, to count what they send to the database."""

    def __init__(self, app: Flask, password: str) -> None:
        self.app, self.password = app, password
        self.clients: dict[str | None, Any] = {}

    def queries(self, page: Page) -> int:
        """How many statements the second visit of a page sends."""
        client = self.clients.get(page.account) or self._client(page.account)
        self._get(client, page.path)
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(SILENT):
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            self._get(client, page.path)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    def _client(self, account: str | None) -> Any:
        client = self.clients[account] = self.app.test_client()
        if account:
            page = self._get(client, "/auth/login").get_data(as_text=True)
            with self.app.app_context():
                client.post("/auth/login", data=filled(page, account, self.password))
        return client

    def _get(self, client: Any, path: str) -> Any:
        with self.app.app_context():  # of its own: the command's would share its session and its person
            answer = client.get(path)
        if answer.status_code != 200:
            raise ValueError(f"{path} answered {answer.status_code}")
        return answer
