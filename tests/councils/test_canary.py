"""The canary run: what members write and who they are is planted, then looked for everywhere: pages, files, exports, mails, commands, the raw database.

Before the box is opened nobody finds a ballot; after the council has concluded no applicant finds out who sat on it.
"""

from __future__ import annotations

import contextlib
import io
import os
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import text, update
from sqlalchemy.engine import make_url

from app.across.demo.cast import DOMAIN
from app.across.demo.plays import councils as council_plays
from app.across.demo.plays import selection as plays
from app.kernel.db import db as database
from app.kernel.outbox import OutboxMail
from app.kernel.text import fold
from app.services.councils import actions, queries
from app.services.councils.actions.conclusion import ranked
from app.services.papers.models import Paper
from app.services.people.models import User
from app.stages.proposals.models import Proposal
from app.stages.selection import actions as selection
from app.stages.selection import complaints, letters
from app.stages.selection import queries as rounds
from app.stages.selection.models import Complaint
from tests.selection import factories
from tests.support.browser import values_of
from tests.support.databases import PASSWORD

pytestmark = pytest.mark.longer
DAY = timedelta(days=1)
REMARK = "Chim hoàng yến của ủy viên số {n}"
FOUND = ("hoàng yến", "hoang yen", "ho\\u00e0ng y\\u1ebfn")  # as written, folded, as JSON escapes it
NAMES = {f"member{n}": f"Bạch Yến Phụng Tiên {n}" for n in range(1, 8)}
NOBODY = "nobody"
EVERYBODY = (NOBODY, "pi1", "host1", "pi2", "agency1", "officer", "officer2", "leader", "province", "finance", "registry", "auditor", "admin", "member1", "member2", "member5", "member9")
QUICK = ("pi1", "officer", "admin", "member2", "auditor")
APPLICANTS = (NOBODY, "pi1", "host1", "pi3", "pi2", "agency1") if os.environ.get("DEEP") else (NOBODY, "pi1", "host1")
COMMANDS = (["councils", "verify"], ["councils", "keys"], ["audit", "verify"], ["files", "verify"], ["lifecycle"], ["lifecycle", "council"], ["rulebook", "show"], ["routes-table"],
            ["similarity", "rebuild"], ["worker", "--once"])  # fmt: skip


@pytest.fixture
def in_session(cast, at, db, travel, app):
    """Seven members with telling names, all of whom have written a telling remark on both dossiers; the boxes are closed."""
    for account, name in NAMES.items():
        db.session.execute(update(User).where(User.id == cast[account].id).values(name=name))
    db.session.expire_all()
    place = factories.two_checked(cast, at)
    council = selection.prepare(place, by=cast["officer"], at=at + 70 * DAY)
    council = council_plays.voting(cast, council=council_plays.established(cast, council=council, at=at + 70 * DAY))
    travel.move_to(council.meets_at + timedelta(hours=1))
    for item in council.agenda:
        for n, seat in enumerate(council.seats):
            sheet = plays.sheet(plays.GOOD, n) | {"remark": REMARK.format(n=n)}
            actions.keep_draft(council, item, sheet, by=seat.user, at=council.meets_at)
            if (item.position, n) != (2, 6):  # the last sheet is a draft still
                actions.cast(council, item, sheet, by=seat.user, at=council.meets_at)
    db.session.commit()
    return council.public_id


class Visitor(FlaskClient):
    """A browser whose requests have contexts of their own; it judges no pages."""

    def open(self, *args, **kwargs):
        database.session.commit()
        with self.application.app_context():
            return super().open(*args, **kwargs)


def visitor(app, account):
    client = Visitor(app, app.response_class)
    if account != NOBODY:
        form = BeautifulSoup(client.get("/auth/login").get_data(as_text=True), "html.parser").select_one("main form")
        answer = client.post("/auth/login", data=values_of(form) | {"email": f"{account}@{DOMAIN}", "password": PASSWORD})
        assert answer.status_code == 303 and client.get("/desk/").status_code == 200, account
    return client


def addresses(app, pid):
    """Every address that can be asked for: those without ids, and all of council, round, dossiers, papers with theirs."""
    council = queries.council_by_pid(pid)
    found = rounds.round_of_council(council)
    known = {"councils": [pid], "selection": [found.public_id, found.call_topic.public_id], "papers": [p.public_id for p in database.session.query(Paper)],
             "proposals": [p.public_id for p in database.session.query(Proposal)], "calls": [found.call_topic.call.public_id]}  # fmt: skip
    known["selection"] += [*known["proposals"], *known["calls"], *(c.public_id for c in database.session.query(Complaint))]
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static" or rule.rule.startswith("/auth"):
            continue
        if not rule.arguments:
            yield rule.rule
        elif rule.arguments <= {"pid", "item_pid", "seat_pid"}:
            for one in known.get(rule.endpoint.split(".")[0], []):
                for item in council.agenda if "item_pid" in rule.arguments else [None]:
                    address = rule.rule
                    for name, value in (("<pid>", one), ("<item_pid>", item and item.public_id), ("<seat_pid>", council.seats[1].public_id)):
                        address = address.replace(name, value or "")
                    yield address
    for words in ("?q=hoang", "?q=yen"):
        yield from (f"{place}{words}" for place in ("/councils/", "/admin/journal", "/admin/outbox", "/papers/", "/proposals/", "/selection/"))


def said(data: bytes) -> str:
    """What bytes say, archives (spreadsheets, Word) unpacked with names and all, PDF with its text and its properties."""
    if data.startswith(b"%PDF"):
        read = PdfReader(io.BytesIO(data))
        return "".join([*(page.extract_text() for page in read.pages), str(dict(read.metadata or {})), str(read.xmp_metadata and read.xmp_metadata.stream.get_data()), data.decode("latin-1")])
    if data.startswith(b"PK"):
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "".join(name + archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return data.decode("utf-8", "replace")


def hits(told: str, words) -> list[str]:
    """Which of the planted words stand there, also without diacritics."""
    plain = fold(told) if any(w.isascii() for w in words) else ""
    return [w for w in words if w in told or (w.isascii() and w in plain)]


def crawl(app, pid, accounts, words):
    """(account, address, word) of everything found in bodies and headers."""
    found = []
    for account in accounts:
        client = visitor(app, account)
        for address in list(addresses(app, pid)):
            answer = client.get(address)
            assert answer.status_code < 500 or address == "/readyz", (account, address)
            found += [(account, address, word) for word in hits(f"{said(answer.data)} {answer.headers}", [w for w in words if w not in address])]
    return found


def disk(app, words):
    """What lies on the disk: the database as it is there, files, mails, whatever else is in the instance folder."""
    database.session.remove()
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    places = [p for p in Path(app.config["INSTANCE_FOLDER"]).rglob("*") if p.is_file()]
    if url.get_backend_name() == "sqlite":
        places += [Path(url.database + end) for end in ("", "-wal") if Path(url.database + end).exists()]
        raw = "".join(p.read_bytes().decode("utf-8", "replace") for p in places)
    else:
        tables = database.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        raw = "".join("".join(row) for t in tables for row in database.session.execute(text(f'SELECT encode(convert_to(t::text, \'UTF8\'), \'escape\'), t::text FROM "{t}" t')))
    return hits(raw + "".join(said(p.read_bytes()) for p in places), words)


def test_nobody_finds_a_ballot_before_the_box_is_opened(app, db, in_session, cast):
    council = queries.council_by_pid(in_session)
    drafting = f"/councils/{in_session}/items/{council.agenda[1].public_id}/cast"
    found = crawl(app, in_session, EVERYBODY if os.environ.get("DEEP") else QUICK, FOUND)
    assert found == []
    assert crawl_one(app, "member7", drafting), "the writer reads the own draft, nobody else does"
    assert disk(app, FOUND) == []
    runner = app.test_cli_runner()
    for command in COMMANDS:
        told = runner.invoke(args=command)
        assert hits(told.output, FOUND) == [], command
    assert disk(app, FOUND) == []


def crawl_one(app, account, address):
    return hits(visitor(app, account).get(address).get_data(as_text=True), FOUND)


def test_planted_leaks_are_found(app, db, in_session, cast, at):
    """A run that finds nothing proves something only when it finds what is there."""
    db.session.execute(text("UPDATE council SET place = :said").bindparams(said=REMARK.format(n=1)))
    db.session.commit()
    database.session.remove()
    assert {account for account, _url, _word in crawl(app, in_session, ("officer", "member2"), FOUND)} == {"officer", "member2"}
    assert "hoàng yến" in disk(app, FOUND)


def test_no_applicant_finds_out_who_sat(app, db, in_session, cast):
    council = queries.council_by_pid(in_session)
    last = council.seats[6]
    actions.cast(council, council.agenda[1], plays.sheet(plays.FAIR, 1) | {"remark": REMARK.format(n=6)}, by=last.user, at=council.meets_at)
    council_plays.to_step(cast, council=council, opens="box", at=council.meets_at)
    for item in council.agenda:
        actions.open_box(council, item, by=cast["member1"], at=council.meets_at + timedelta(hours=1))
    council_plays.to_step(cast, council=council, opens="conclusion", at=council.meets_at + timedelta(hours=1))
    actions.conclude(council, conclusion="Hội đồng thống nhất.", chosen=None if len({r["position"] for r in ranked(council, council.meets_at).values()}) > 1 else council.agenda[0].public_id,
                     reason="Bỏ phiếu lần hai", by=cast["officer"], at=council.meets_at + timedelta(hours=2))  # fmt: skip
    found = rounds.round_of_council(council)
    selection.conclude(found, by=cast["officer"], at=council.meets_at + timedelta(hours=3))
    complaints.file(found.lines[-1].proposal, "Chưa xét phụ lục.", by=found.lines[-1].proposal.pi, at=council.meets_at + timedelta(hours=4))
    db.session.commit()
    planted = [*NAMES.values(), *(f"{account}@" for account in NAMES), *(fold(name) for name in NAMES.values()), *(s.public_id for s in council.seats),
               *(s.user.public_id for s in council.seats)]  # fmt: skip
    own = _own(db, cast)
    readers = {cast[name].email for name in ("pi1", "pi3", "host1", "host2")}
    mails = [m for m in db.session.query(OutboxMail) if m.to_address in readers]
    assert mails and not any(hits(f"{m.subject} {m.body} {m.to_address}", planted) for m in mails), "one recipient a mail, and no member in it"
    database.session.remove()
    assert crawl(app, in_session, APPLICANTS, planted) == []
    assert [word for _a, _u, word in crawl(app, in_session, ("officer",), list(NAMES.values()))], "an officer does see them: the run looks where they are"
    outcome = visitor(app, "pi1").get(f"/selection/outcomes/{own}").get_data(as_text=True)
    assert "hoàng yến" in outcome  # the remarks reach their reader, without names


def _own(db, cast):
    return db.session.query(Proposal).filter(Proposal.pi_id == cast["pi1"].id).one().public_id


def test_a_leak_to_applicants_is_found(app, db, in_session, cast, monkeypatch):
    """The name of a member slips into what an applicant is told, in a page and in the properties of a file: the run finds both."""
    name, told = NAMES["member3"], letters.feedback
    council = queries.council_by_pid(in_session)
    actions.cast(council, council.agenda[1], plays.sheet(plays.FAIR, 1), by=council.seats[6].user, at=council.meets_at)
    council_plays.to_step(cast, council=council, opens="box", at=council.meets_at)
    for item in council.agenda:
        actions.open_box(council, item, by=cast["member1"], at=council.meets_at + timedelta(hours=1))
    council_plays.to_step(cast, council=council, opens="conclusion", at=council.meets_at + timedelta(hours=1))
    actions.conclude(council, conclusion="Hội đồng thống nhất.", by=cast["officer"], at=council.meets_at + timedelta(hours=2))
    monkeypatch.setattr(letters, "feedback", lambda *a: replace(told(*a), remarks=(f"Ý kiến của {name}",)))
    selection.conclude(rounds.round_of_council(council), by=cast["officer"], at=council.meets_at + timedelta(hours=3))
    db.session.commit()
    database.session.remove()
    found = {address.rpartition("/")[2].rpartition(".")[2] if "papers" in address else "page" for _a, address, _w in crawl(app, in_session, ("pi1",), [name])}
    assert {"page", "pdf", "docx"} <= found, found
