"""The pages of the keeper: how backups stand, mails that are held, who read what; and the auditor, who changes nothing."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
from sqlalchemy import select

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.across.keeping import actions, backup, queries, readings
from app.across.keeping.models import BackupRun
from app.across.keeping.rules import Kind
from app.kernel.db import db as database
from app.kernel.journal import AccessNote, JournalEntry
from app.kernel.web import PUBLIC, SIGNED_IN
from app.stages.calls import queries as calls

TRIES = {"questionnaires.test", "archive.dossier"}  # a form is filled in to try it, nothing is stored; a copy of a dossier to read is asked for
# what officers alone open: desks from which they act, trials and empty forms, drafts that are theirs
CLOSED = {
    "calls.questions", "councils.conflicts", "councils.export_late", "councils.paper", "experts.template", "ideas.export_link_requests", "ideas.export_links",
    "ideas.link_requests", "ideas.links", "imports.export", "imports.index", "imports.report", "imports.rows_export", "imports.show", "proposals.intake", "proposals.intake_xlsx", "proposals.late", "proposals.late_requests", "proposals.late_requests_xlsx",
    "proposals.mine", "proposals.work_history", "rehearsal.call", "rehearsal.dossier", "transfer.export_interests", "transfer.interests",
}  # fmt: skip


def test_the_standing_of_backups(db, at, as_, travel, mails):
    auditor = as_("auditor")
    assert "chưa từng được sao lưu" in auditor.page("/admin/backups").text
    assert actions.watch(at, expected=False) is False
    assert actions.watch(at, expected=True) and actions.watch(at, expected=True)
    db.session.commit()
    assert [m.to_address for m in mails()] == ["admin@demo.vamco.test"] and mails()[0].template == "keeping/mail/backup_late.txt", "once a day"
    backup.note(Kind.CREATED, at=at, archive="vamco-1.backup", size=1_500_000, sha256="0" * 64, seconds=2, journal_lines=3)
    page = auditor.page("/admin/backups").text
    assert "vamco-1.backup" in page and "1.5" in page and "chưa từng" not in page
    assert not actions.watch(at, expected=True)
    assert queries.standing(at + timedelta(hours=27)).warning == "the last backup is 27 hours old"
    travel.move_to(at + timedelta(hours=27))
    assert actions.watch(at + timedelta(hours=27), expected=False)
    backup.note(Kind.FAILED, at=at, archive="vamco-2.backup", said="pg_dump failed")
    assert "pg_dump failed" in as_("auditor").page("/admin/backups").text
    book = openpyxl.load_workbook(io.BytesIO(as_("auditor").get("/admin/backups.xlsx?kind=failed").data))
    assert [row[2] for row in book.active.iter_rows(min_row=2, values_only=True)] == ["vamco-2.backup"]
    for who in ("officer", "pi1"):
        as_(who).page("/admin/backups", status=403)


def test_metrics(anonymous, db, at):
    assert "vamco_backup_late 1.0" in anonymous.get("/metrics").text
    backup.note(Kind.CREATED, at=at - timedelta(hours=1), archive="a", size=7)
    said = anonymous.get("/metrics").text
    assert "vamco_backup_late 0.0" in said and "vamco_backup_age_seconds 3600.0" in said and "vamco_backup_size_bytes 7.0" in said


def test_mails_are_let_go_once(db, at, as_):
    row = backup.note(Kind.RESTORED, at=at, archive="a")
    url = f"/admin/backups/{row.public_id}/release"
    as_("auditor").page(url, status=403)
    admin = as_("admin")
    assert url in {a["href"] for a in admin.page("/admin/backups").select("a")}
    assert url not in {a["href"] for a in as_("auditor").page("/admin/backups").select("a")}
    admin.submit(url)
    database.session.expire_all()
    assert queries.held() is None and db.session.scalar(select(JournalEntry.verb).order_by(JournalEntry.seq.desc())) == "release_mails"
    admin.page(url, status=409)
    assert len(db.session.scalars(select(BackupRun)).all()) == 2


def test_who_reads_a_person_is_noted(db, user, as_):
    admin, pid = as_("admin"), user("pi2").public_id
    admin.page(f"/admin/users/{pid}")
    admin.page("/admin/outbox")
    notes = db.session.scalars(select(AccessNote)).all()
    assert [(n.kind, n.endpoint, n.subject_pid, n.actor_id) for n in notes] == [("read", "admin.user", pid, user("admin").id)]
    as_("pi1").page("/admin/readings", status=403)
    auditor = as_("auditor")
    rows = auditor.page("/admin/readings?who=admin&sort=-at").select("tbody tr")
    assert len(rows) == 1 and pid in rows[0].text and "Dữ liệu cá nhân" in rows[0].text
    assert not auditor.page("/admin/readings?who=pi2").select("tbody tr") and not auditor.page("/admin/readings?kind=denied&who=admin").select("tbody tr")
    book = openpyxl.load_workbook(io.BytesIO(auditor.get(f"/admin/readings.xlsx?id={pid}").data))
    assert [row[5] for row in book.active.iter_rows(min_row=2, values_only=True)] == [pid]


def test_the_notes_do_not_tell_who_applies(db, cast, at, as_, travel):
    """Before the opening an applicant who looks at the own dossier leaves a note without name, dossier or address."""
    topic = idea_plays.approved_topic(cast, item="1.8", title="Chủ đề", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + timedelta(days=25))
    now = at + timedelta(days=26)
    travel.move_to(now)
    (place,) = calls.topics_of(call)
    row = plays.draft(cast, call_topic=place, at=now, title="Hồ sơ kín")
    db.session.commit()
    pid, name = row.public_id, cast["pi1"].name
    as_("pi1").page(f"/proposals/{pid}")
    assert db.session.scalar(select(AccessNote.subject_pid).where(AccessNote.endpoint == "proposals.show")) == pid
    auditor = as_("auditor")
    page = auditor.page("/admin/readings").select_one("table").text
    assert "Niêm phong đến khi mở hồ sơ" in page and pid not in page and name not in page
    for query in (f"id={pid}", "who=pi1", "address=127"):
        assert "proposals.show" not in auditor.page(f"/admin/readings?{query}").select_one("main").text
    sheet = auditor.get("/admin/readings.xlsx").data
    told = " ".join(str(v) for line in openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True) for v in line)
    assert "proposals.show" in told and pid not in told and name not in told


def test_sensitive_pages_exist(app):
    rules = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert set(readings.SENSITIVE) <= rules


def test_the_journal_as_a_spreadsheet(db, at, as_, user):
    auditor = as_("auditor")
    everything = openpyxl.load_workbook(io.BytesIO(auditor.get("/admin/journal.xlsx").data)).active
    count = db.session.query(JournalEntry).count()
    assert everything.max_row - 1 == count
    backup.note(Kind.FAILED, at=at, archive="a")
    book = openpyxl.load_workbook(io.BytesIO(auditor.get("/admin/journal.xlsx?verb=fail_to_back_up").data)).active
    lines = list(book.iter_rows(min_row=2, values_only=True))
    assert len(lines) == 1 and lines[0][0] == count + 1 and len(lines[0][-1]) == 64
    assert auditor.get("/admin/journal?q=nguyen&behalf=pi1").status_code == 200


def test_the_auditor_changes_nothing(app, user):
    """Over the map of addresses: no word that writes is the auditor's, but for the own account."""
    auditor = user("auditor")
    may = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "POST" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        word = view.allowed["POST"]
        if word not in (PUBLIC, SIGNED_IN) and auditor.can(word) and rule.endpoint not in TRIES:
            may.append(rule.endpoint)
    assert not may, may


def test_the_auditor_opens_what_officers_open(app, user):
    """Pages (GET without POST) that an officer's words open and the auditor's do not are these and no more."""
    officer, auditor = user("officer"), user("auditor")
    closed = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or "POST" in (rule.methods or ()):
            continue
        word = app.view_functions[rule.endpoint].allowed["GET"]
        if word not in (PUBLIC, SIGNED_IN) and officer.can(word) and not auditor.can(word):
            closed.add(rule.endpoint)
    assert closed == CLOSED
