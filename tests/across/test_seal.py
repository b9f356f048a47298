"""What an office of the Department may not learn before the opening: who applies, and for what."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.kernel.db import db as database
from app.kernel.outbox import MailState
from app.services.papers import queries as papers
from app.services.people import actions as people
from app.services.people.rules import Role
from app.stages.calls import queries as calls
from app.stages.proposals import actions, queries

CANARY = "Chim hoàng yến trong hồ sơ niêm phong"
OFFICES = ("officer", "registry", "auditor", "leader", "province", "finance")


@pytest.fixture
def sealed(db, cast, at, travel):
    """A submitted dossier with a telling title, the call still open; another of the same people sent back with a telling reason."""
    topics = [idea_plays.approved_topic(cast, item="1.8", title=f"Chủ đề công khai {n}", at=at) for n in (1, 2)]
    call = call_plays.published_call(cast, topics=topics, at=at + timedelta(days=25))
    travel.move_to(at + timedelta(days=26))
    first, second = calls.topics_of(call)
    row = plays.submitted(cast, call_topic=first, at=at + timedelta(days=26), title=CANARY)
    draft = plays.draft(cast, call_topic=second, at=at + timedelta(days=26), title=CANARY)
    actions.send_back(draft, f"{CANARY}: thiếu tên", by=cast["host1"], at=at + timedelta(days=26))
    db.session.commit()
    return row


def pages(app, row, mails):
    """Every page of administration and of the registers, with the dossier's and its papers' and mails' own pages."""
    found = [r.rule for r in app.url_map.iter_rules() if r.rule.startswith(("/admin", "/papers", "/rulebook")) and "GET" in r.methods and "<" not in r.rule]
    name = f"?q={CANARY.split()[0]}"
    found += [f"/admin/outbox{name}", f"/admin/outbox/{mails[0].public_id}", "/admin/outbox?state=failed", f"/admin/journal?id={row.public_id}", "/admin/journal?type=proposal",
              "/admin/journal?verb=submit", "/admin/journal?type=paper", f"/papers/{name}", f"/papers/register.xlsx{name}", f"/proposals/{row.public_id}",
              f"/proposals/{row.public_id}/receipt", "/proposals/"]  # fmt: skip
    found += [f"/papers/{p.public_id}{end}" for p in papers.of(row) for end in ("", ".pdf", ".docx")]
    return found + ["/desk/", f"/admin/users/{row.pi.public_id}", f"/calls/{row.call_topic.call.public_id}", f"/hub/{row.public_id}"]


def text_of(answer):
    """What an answer says, spreadsheets unpacked."""
    if not answer.data.startswith(b"PK"):
        return answer.data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("who", OFFICES)
def test_no_office_learns_of_a_sealed_dossier(app, as_, sealed, mails, who):
    for mail in mails():  # in trouble, so that every list that speaks of such mails is there to be looked at
        mail.mail_state, mail.last_error = MailState.FAILED, f"refused {sealed.pi.email}: {CANARY}"
    database.session.commit()
    client = as_(who)
    for url in pages(app, queries.proposal_by_pid(sealed.public_id), mails()):
        said = text_of(client.get(url))
        assert CANARY not in said, url
        if "/admin/" in url and "/admin/users" not in url:
            assert "pi1@demo.vamco.test" not in said, url


def test_the_journal_does_not_name_who_works_on_a_sealed_dossier(as_, sealed, user):
    auditor, name = as_("auditor"), user("pi1").name
    page = auditor.page(f"/admin/journal?id={sealed.public_id}")
    assert len(page.select("tbody tr")) > 3 and name not in page.select_one("tbody").text and "Niêm phong" in page.text
    made = papers.of(queries.proposal_by_pid(sealed.public_id))
    assert made and all(name not in auditor.page(f"/admin/journal?id={paper.public_id}").select_one("main").text for paper in made)
    found = auditor.page(f"/admin/journal?who={name}").select("tbody tr")
    assert not [line for line in found if "proposal" in line.text or "paper" in line.text]


def test_after_the_opening_the_journal_names_them(db, cast, as_, sealed, user, at, travel):
    call_plays.opened_call(cast, call=sealed.call_topic.call)
    travel.move_to(at + timedelta(days=61))
    db.session.commit()
    assert user("pi1").name in as_("auditor").page(f"/admin/journal?id={sealed.public_id}").select_one("tbody").text


def test_the_administrator_reads_mails_in_a_demonstration_only(app, as_, sealed, mails):
    telling = next(m for m in mails() if CANARY in m.body)
    admin, url, subject, address = as_("admin"), f"/admin/outbox/{telling.public_id}", telling.subject, telling.to_address
    assert CANARY in admin.page(url).text and subject in admin.page("/admin/outbox").text
    app.config |= {"DEMONSTRATION": False, "SECOND_FACTOR_ROLES": []}
    assert CANARY not in admin.page(url).text and subject not in admin.page(url).text + admin.page("/admin/outbox").text
    assert address in admin.page(url).text


def test_an_office_beside_administration_closes_the_mails(db, cast, as_, sealed, mails, user, at):
    people.grant(user("admin"), Role.OFFICER, by=user("officer"), at=at)
    db.session.commit()
    telling = next(m for m in mails() if CANARY in m.body)
    page = as_("admin").page(f"/admin/outbox/{telling.public_id}").text
    assert CANARY not in page and "pi1@demo.vamco.test" not in page
