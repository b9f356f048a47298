"""Canaries in every field of a sealed dossier: every page, export and address that a role may open, and every command that prints, stays silent."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.routing import BuildError

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.kernel.outbox import OutboxMail
from app.services.files import actions as file_acts
from app.services.files import queries as files
from app.services.papers.models import Paper
from app.services.similarity import texts
from app.stages.calls import queries as calls
from app.stages.proposals import actions, submitting, work
from app.stages.proposals.rules import ProductGroup, Source, TeamRole
from tests.across.test_seal import OFFICES, text_of

CANARY = "Chimyến"
ROLES = (*OFFICES, "admin", "agency1", "member1", "pi5", "host3")


def canary(field):
    return f"{CANARY} {field}"


@pytest.fixture
def sealed(db, cast, at, travel):
    """A submitted dossier whose every text field sings; its call is still open. Beside it the same people's draft."""
    (topic,) = [idea_plays.approved_topic(cast, item="1.8", title="Chủ đề công khai", at=at)]
    call = call_plays.published_call(cast, topics=[topic], at=at + timedelta(days=25))
    now = at + timedelta(days=26)
    travel.move_to(now)
    (place,) = calls.topics_of(call)
    row = plays.draft(cast, call_topic=place, at=now, title=canary("tên"))
    by = cast["pi1"]
    actions.save_general(row, title=canary("tên"), aim=canary("mục tiêu"), duration_months=24, by=by, at=now)
    answers = work.answers_of(row)
    work.save(row, {code: f"{canary(code)} {value}" for code, value in answers.items() if isinstance(value, str) and len(value) > 40}, by=by, at=now)
    actions.add_member(row, name=canary("người"), role=TeamRole.MEMBER, months=2, task=canary("việc"), by=by, at=now)
    actions.add_product(row, group=ProductGroup.ONE, name=canary("sản phẩm"), unit=canary("đv"), quantity=1, quality=canary("chất lượng"), by=by, at=now)
    actions.add_line(row, head="labour", content=canary("dòng"), source=Source.STATE, year=2026, unit="x", quantity=100, price=1000, by=by, at=now)
    upload = plays.Upload(f"{CANARY}.pdf", io.BytesIO(plays.small_pdf("x")))
    file_acts.attach(subject=row, upload=upload, kind="other", by=by, at=now)
    actions.sign_off(row, by=cast["host1"], at=now)
    row = submitting.submit(row, by=by, at=now)
    texts.work_through(now)
    db.session.commit()
    return row


def addresses(app, db, row):
    """Every GET address: without an argument, also searched for the canary; with arguments, for the dossier; and its files, papers and mails."""
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        if not rule.arguments:
            found += [rule.rule, f"{rule.rule}?q={CANARY}&type=proposal&id={row.public_id}"]
            continue
        try:
            found.append(adapter.build(rule.endpoint, {name: "proposal" if name == "kind" else row.public_id for name in rule.arguments}, method="GET"))
        except BuildError:
            continue
    parts = [f"/files/{a.public_id}" for a in files.of(row)]
    parts += [f"/papers/{pid}{end}" for pid in db.session.scalars(select(Paper.public_id)) for end in ("", ".pdf", ".docx")]
    parts += [f"/admin/outbox/{pid}" for pid in db.session.scalars(select(OutboxMail.public_id))]
    return list(dict.fromkeys([*found, *parts, f"/calls/{row.call_topic.call.public_id}"]))


@pytest.mark.parametrize("who", [*ROLES[:1], *(pytest.param(name, marks=pytest.mark.deep) for name in ROLES[1:])])
def test_no_address_sings_before_the_opening(app, db, as_, sealed, who):
    app.config["DEMONSTRATION"] = False  # the administrator of a demonstration may read mails
    client, sung, asked = as_(who), [], 0
    for url in addresses(app, db, sealed):
        answer = client.get(url)
        asked += 1
        assert answer.status_code < 500 or url.startswith("/readyz"), f"{url}: {answer.status_code}"
        said = text_of(answer).replace(f"{CANARY} – Tìm kiếm", "")  # the search names what was asked in its title
        if f"{CANARY} " in said or f"{CANARY}.pdf" in said:  # the bare word is what was searched for
            sung.append(url)
    assert asked > 200 and not sung, sung


COMMANDS = (
    ("plan", "accuracy"), ("similarity", "rebuild"), ("audit", "verify"), ("files", "verify"), ("lifecycle",), ("lifecycle", "proposal"), ("rulebook", "show"),
    ("routes-table",), ("papers", "words", "1000"), ("worker", "--once"), ("calendar", "due", "--from", "2026-02-12", "--days", "5", "--unit", "working"),
)  # fmt: skip


def test_no_command_prints_it(app, db, sealed, tmp_path):
    asked = tmp_path / "titles.csv"
    asked.write_text(f"title\n{canary('tên')}\n", encoding="utf-8")
    for command in (*COMMANDS, ("projects", "similar", str(asked)), ("plan", "suggest", str(asked))):
        said = app.test_cli_runner().invoke(args=list(command)).output
        matches = said.replace(f'"title": "{canary("tên")}"', "", 1) if command[1:2] in (("similar",), ("suggest",)) else said
        assert CANARY not in matches, command
