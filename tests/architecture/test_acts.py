"""Forms that can only fail: every act of the demonstration world, for several people, sent as a browser would send it.

A page that shows an act's form promises that this person may act now. So each form that is shown is filled with plausible
answers and sent; the transaction is stopped at its commit. An answer of 403 or 409 means that the form should not have been
there: its GET has to answer so (see app/acts.py). No link of any page may lead to a refusal either.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, select

from app.across.demo.cast import DOMAIN
from app.kernel.db import Model
from tests.support.browser import values_of
from tests.support.databases import PASSWORD
from tests.support.stopped import Committed, Plain

PEOPLE = ("officer", "officer2", "leader", "finance", "pi1", "host1", "agency1", "member1", "admin", "province", "registry", "auditor")
FEW = ("officer", "leader", "pi1", "member1")
MENDED_ELSEWHERE = ()
ROWS = 2 if os.environ.get("DEEP") else 1


def plausible(form):
    """What a careful person might fill in."""
    values = values_of(form)
    for control in form.select("input[name], textarea[name], select[name]"):
        name, kind = control["name"], control.get("type", "text")
        if kind in ("hidden", "file") or name in ("csrf_token", "once", "version") or values.get(name):
            continue
        if control.name == "select":
            values[name] = next((o["value"] for o in control.select("option") if o.get("value")), "")
        elif kind in ("radio", "checkbox"):
            values.setdefault(name, control.get("value", "y"))
        elif re.search(r"dated|_on$|date|^on$", name):
            values[name] = "02/03/2026"
        elif re.search(r"deadline|_at$", name):
            values[name] = "30/06/2027 17:00"
        elif re.search(r"number|document|voucher", name):
            values[name] = "12/QĐ-SKHCN"
        else:
            values[name] = "5" if control.get("inputmode") == "numeric" else "Words that say enough about this"
    return values


@pytest.fixture(params=[*FEW, *(pytest.param(name, marks=pytest.mark.deep) for name in PEOPLE if name not in FEW)])
def who(request):
    """One person after the other: each is a test, which another process may run."""
    return request.param


@pytest.fixture
def client(played, app, db, who, monkeypatch):
    """A browser in which this person is signed in, in the demonstration world."""
    db.session.rollback()  # nothing is open here while requests have contexts of their own
    monkeypatch.setattr(app, "test_client_class", Plain)
    made = app.test_client()
    form = BeautifulSoup(made.get("/auth/login").data, "html.parser").select_one("main form")
    assert made.post("/auth/login", data=values_of(form) | {"email": f"{who}@{DOMAIN}", "password": PASSWORD}).status_code == 303
    return made


@pytest.fixture
def rows(played, db):
    """Some rows of each table, every state among them: {table: [public id]}, and the state of each."""
    found, state = {}, {}
    for mapper in Model.registry.mappers:
        table = mapper.local_table
        if table is None or "public_id" not in table.c:
            continue
        has = "state" in table.c
        seen = Counter()
        for pid, of in db.session.execute(select(table.c.public_id, table.c.state if has else table.c.public_id).order_by(table.c.id.desc())):
            key = str(of) if has else ""
            state[pid] = (table.name, key)
            seen[key] += 1
            if seen[key] <= (ROWS if has else 2 * ROWS):
                found.setdefault(table.name, []).append(pid)
    db.session.rollback()
    return found, state


TABLES = {}  # act → the table in which it looks for its row


def table_asked(db, client, rule):
    """The table in which an act looks for its row; None when this person does not come so far."""
    if rule.endpoint in TABLES:
        return TABLES[rule.endpoint]
    statements = []

    def note(_c, _cur, statement, *_rest):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        client.get(rule.rule.replace("<pid>", "nothing"))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    names = [m for s in statements for m in re.findall(r"(\w+)\.public_id = ", s)]
    if names:
        TABLES[rule.endpoint] = names[0]
    return names[0] if names else None


def send(client, url, form, stopped):
    """(status, what was said); 303 when the act would have been done."""
    stopped[0] = True
    try:
        answer = client.post(url, data=plausible(form))
    except Committed:
        return 303, ""
    finally:
        stopped[0] = False
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    said = page.select_one(".error-summary") or page.select_one("main") or page
    return answer.status_code, " ".join(said.get_text(" ").split())[:140]


def test_a_form_is_shown_only_to_whom_and_when_it_can_be_sent(app, db, who, client, rows, stopped):
    acts = [r for r in app.url_map.iter_rules() if {"GET", "POST"} <= (r.methods or set()) and r.arguments == {"pid"}
            and not r.endpoint.startswith(MENDED_ELSEWHERE)]  # fmt: skip
    wrong, sent = [], 0
    for rule in acts:
        for pid in rows[0].get(table_asked(db, client, rule), ()):
            url = rule.rule.replace("<pid>", pid)
            answer = client.get(url)
            if answer.status_code != 200:
                continue
            forms = BeautifulSoup(answer.data, "html.parser").select("main form[method=post]")
            own = [f for f in forms if (f.get("action") or url).split("?")[0] == url]
            if own:
                sent += 1
                status, said = send(client, url, own[-1], stopped)
                if status in (403, 409):
                    wrong.append(f"{rule.endpoint} {rows[1][pid]} as {who}: {status} {said}")
    print(f"{who}: {sent} forms")
    assert sent or who not in FEW
    assert not wrong, f"{len(wrong)} forms can only fail:\n" + "\n".join(wrong)


def test_no_link_leads_to_a_refusal(app, who, client, rows):
    at, state = app.url_map.bind("localhost"), rows[1]
    wrong, queue, seen, kinds = [], [("/desk/", "")], set(), Counter()
    while queue:
        url, source = queue.pop()
        if url in seen or re.search(r"\.(xlsx|pdf|docx|zip|ics|atom|json|txt)\b", url):
            continue
        seen.add(url)
        endpoint, values = at.match(urlsplit(url).path)
        kind = (endpoint, *(state.get(v, "") for _n, v in sorted(values.items())))
        kinds[kind] += 1
        if endpoint == "static" or kinds[kind] > ROWS:
            continue
        answer = client.get(url)
        if answer.status_code >= 400:
            wrong.append(f"{who}: {source} links to {url} ({endpoint}), which answers {answer.status_code}")
        elif answer.status_code in (302, 303):
            queue.append((answer.location.removeprefix("http://localhost"), url))
        elif answer.mimetype == "text/html":
            hrefs = [urljoin(url, a["href"]).split("#")[0] for a in BeautifulSoup(answer.data, "html.parser").select("a[href]")]
            queue += [(h, url) for h in hrefs if h.startswith("/")]
    assert len(seen) > 20
    assert not wrong, "\n".join(wrong)
