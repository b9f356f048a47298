"""Dossiers as files: who gets what, canaries, holds, terms, the handover."""

from __future__ import annotations

import json
import subprocess
import tracemalloc
import zipfile
from datetime import date, timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select, text

from app.cli import work
from app.kernel import clock, journal
from app.kernel.db import Base
from app.kernel.errors import NotAllowed, WrongState
from app.services.files import store
from app.services.files.models import Blob, BlobScan
from app.services.files.rules import Verdict
from app.stages.archive import actions, contents, packing, queries, shelf
from app.stages.archive.models import Copy
from app.stages.archive.rules import (
    DossierKind,
    Standing,
    Term,
    safe_filename,
    standing,
)
from app.stages.funding.models import Liquidation, Project
from app.stages.proposals.models import Proposal


@pytest.fixture
def project(played, db):
    """A project of the demonstration world that went the whole way."""
    return db.session.scalars(select(Project).join(Liquidation, Liquidation.project_id == Project.id).order_by(Project.id)).first()


@pytest.fixture(autouse=True)
def drawn_at_once(monkeypatch, request):
    """Setting a hundred papers takes a minute: one test does it, the others are about what goes in."""
    if request.function is not test_the_whole_dossier_is_packed_and_its_sums_hold:
        monkeypatch.setattr(packing.pdf, "draw", lambda content, **_k: b"%PDF " + json.dumps(content, ensure_ascii=False).encode())
        monkeypatch.setattr("app.services.papers.word.draw", lambda content: b"PK " + json.dumps(content, ensure_ascii=False).encode())


@pytest.fixture(autouse=True)
def held_on_to(db):
    """The worker lets go of every row after each piece of work; these tests go on with theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db.session, "remove", db.session.rollback)
        yield


def made(db, user, kind, row, name):
    """The ZIP of a dossier, as this person gets it."""
    copy = actions.request(kind, row, reason="Kiểm tra", by=user(name), at=clock.now())
    pid = copy.public_id
    db.session.commit()
    work(clock.now())
    db.session.expire_all()
    found = db.session.scalar(select(Copy).where(Copy.public_id == pid))
    assert found.state == "ready", found.state
    return found, shelf.path(pid)


def test_the_whole_dossier_is_packed_and_its_sums_hold(db, user, project, tmp_path, app):
    copy, path = made(db, user, "project", project, "officer")
    with zipfile.ZipFile(path) as packed:
        packed.extractall(tmp_path / "out")
        names = packed.namelist()
    done = subprocess.run(["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert packing.check(path) == [] and copy.done == copy.total > 20
    for wanted in ("01-dat-hang/", "03-ho-so-du-tuyen/", "04-hoi-dong-tuyen-chon/", "06-hop-dong-phu-luc/", "11-nghiem-thu/", "14-du-lieu/project.json", "15-nhat-ky/journal.jsonl", "00-muc-luc.pdf"):
        assert any(name.startswith(wanted) for name in names), wanted
    assert all(name.isascii() and ".." not in name for name in names)
    a_paper = next(name for name in names if name.startswith("06-") and name.endswith(".pdf"))
    assert b"pdfaid" in (tmp_path / "out" / a_paper).read_bytes() and b"pdfaid" in (tmp_path / "out" / "00-muc-luc.pdf").read_bytes()
    about = json.loads((tmp_path / "out/14-du-lieu/columns.json").read_text())
    assert about["contract"]["rows"] >= 1 and about["contract"]["about"]
    done = app.test_cli_runner().invoke(args=["archive", "verify", str(path)])
    assert done.exit_code == 0 and json.loads(done.output)["acts"] > 10, done.output


def test_a_changed_file_or_act_is_found(db, user, project, tmp_path):
    _copy, path = made(db, user, "project", project, "auditor")
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(bad, "w") as out:
        for name in good.namelist():
            out.writestr(name, good.read(name) + (b" " if name.endswith("project.json") else b""))
    assert packing.check(bad) == ["14-du-lieu/project.json"]


def every_byte(path):
    with zipfile.ZipFile(path) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())


def test_ballots_and_those_who_judge_stay_closed(db, user, project):
    """Words planted in ballots and remarks come out in nobody's file; the host gets nothing of councils and appraisals."""
    db.session.rollback()
    with db.engine.begin() as connection:
        for table, column in (("opened_ballot", "content"), ("remark", "content")):
            if column not in Base.metadata.tables[table].c:
                continue
            if connection.dialect.name == "sqlite":
                for name in connection.scalars(text(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'")).all():
                    connection.execute(text(f"DROP TRIGGER {name}"))
            else:
                connection.execute(text("SET LOCAL session_replication_role = replica"))  # what is kept is kept by triggers
            connection.execute(text(f"UPDATE {table} SET {column} = '{{\"canary\": \"CHIM-YEN-7\"}}'"))
    key = project.id
    _c, whole = made(db, user, "project", project, "officer")
    project = db.session.get(Project, key)
    host = next(n for n in ("pi1", "pi2", "pi3", "pi4", "pi5", "pi6") if user(n).id == project.pi_id)
    copy, own = made(db, user, "project", project, host)
    assert not copy.whole
    assert b"CHIM-YEN-7" not in every_byte(whole) and b"CHIM-YEN-7" not in every_byte(own)
    with zipfile.ZipFile(own) as packed:
        names = packed.namelist()
        acts = [json.loads(line) for line in packed.read("15-nhat-ky/journal.jsonl").decode().splitlines()]
    assert not [n for n in names if n.startswith(("04-hoi-dong", "05-tham-dinh")) or "council" in n or "appraisal" in n or "ranking" in n]
    assert not {a["type"] for a in acts} & {"council", "appraisal", "selection_round", "legal_hold"} and "detail" not in acts[0]


def test_one_may_have_what_one_may_read(db, user, as_, project):
    url = f"/archive/project/{project.public_id}"
    for name, status in (("officer", 200), ("leader", 200), ("province", 200), ("auditor", 200), ("finance", 404), ("registry", 404), ("admin", 403), ("member9", 404)):
        assert as_(name).get(url).status_code == status, name
    copy, _path = made(db, user, "project", project, "officer")
    assert as_("officer2").get(f"/archive/copies/{copy.public_id}.zip").status_code == 404  # another's file
    answer = as_("officer").get(f"/archive/copies/{copy.public_id}.zip")
    assert answer.status_code == 200 and len(answer.data) == copy.size and "no-store" in answer.headers["Cache-Control"]
    notes = db.session.scalars(select(journal.AccessNote).where(journal.AccessNote.endpoint == "archive.fetch")).all()
    assert [n.actor_id for n in notes] == [user("officer").id]
    assert "Kiểm tra" in as_("officer").get(url).text


def test_a_proposal_that_got_no_further_has_its_dossier_and_a_sealed_one_none(db, user, as_, played):
    row = db.session.scalars(select(Proposal).where(Proposal.state == "not_selected")).first() or db.session.scalars(select(Proposal).where(Proposal.state == "ineligible")).first()
    _copy, path = made(db, user, "proposal", row, "officer")
    with zipfile.ZipFile(path) as packed:
        assert "14-du-lieu/proposal_version.json" in packed.namelist() and "14-du-lieu/project.json" not in packed.namelist()
    sealed = db.session.scalars(select(Proposal).where(Proposal.state == "draft", Proposal.is_transcript.is_(False)).order_by(Proposal.id)).first()  # a transcript is the officer's own
    assert as_("officer").get(f"/archive/proposal/{sealed.public_id}").status_code == 404


def test_a_request_through_the_page(db, as_, project):
    client = as_("officer")
    url = f"/archive/project/{project.public_id}"
    assert client.submit(url, {"reason": ""}, status=422)
    assert client.submit(url, {"reason": "Thanh tra tỉnh yêu cầu"}, status=303)
    assert db.session.scalars(select(Copy.reason)).all() == ["Thanh tra tỉnh yêu cầu"]
    assert "data-refresh" in client.get(url).text


def test_files_expire_but_not_while_held(db, user, project, at):
    key = project.id
    copy, path = made(db, user, "project", project, "officer")
    hold = actions.hold(db.session.get(Project, key), reason="Đang thanh tra", by=user("officer"), at=at)
    actions.expire(at + timedelta(days=30))
    assert path.exists()
    actions.lift(hold, reason="Xong", seen=hold.version, by=user("leader"), at=at)
    actions.expire(at + timedelta(days=30))
    assert not path.exists() and copy.state == "expired"


def test_a_broken_store_makes_a_line_not_a_failure(db, user, project):
    key = project.id
    _c, path = made(db, user, "project", project, "officer")
    project = db.session.get(Project, key)
    found = contents.gather("project", project, user("officer"), whole=True)
    _s, row, _t = contents.files_of(found, contents.papers_of(found))[0]
    store._path(row.blob_sha256).write_bytes(b"other")
    project = db.session.get(Project, key)
    _c, path = made(db, user, "project", project, "officer")
    assert packing.check(path) == []


def test_memory_stays_flat_whatever_the_files_weigh(app, db, tmp_path, at):
    """40 MB through the packer in pieces of one."""
    digest = store.put(bytes(40 << 20))
    blob = Blob(sha256=digest, size=40 << 20, mime="application/octet-stream", stored_at=at)
    tracemalloc.start()
    with (tmp_path / "x.zip").open("wb") as file:
        packer = packing.Packer(file, at, lambda: None)
        packer.stored("a/001-x.bin", blob, section=packing.Section.PROPOSAL, title="x")
        packer.zip.close()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20 and (tmp_path / "x.zip").stat().st_size > 40 << 20


@pytest.mark.parametrize(("verdict", "why"), [(None, "Missing or damaged in the store"), (Verdict.INFECTED, "Malware found"), (Verdict.WAITING, "Waiting for the malware check")])
def test_a_file_that_is_not_given_is_a_line_that_says_why(app, tmp_path, at, verdict, why):
    """Lines of files and of earlier versions bring a note of their own, and may not stop the whole dossier with it."""
    digest = store.put(b"bytes")
    store._path(digest).write_bytes(b"other")
    blob = Blob(sha256=digest, size=5, mime="application/octet-stream", stored_at=at)
    blob.scan = None if verdict is None else BlobScan(verdict=verdict)
    with (tmp_path / "x.zip").open("wb") as file, force_locale("en"):
        packer = packing.Packer(file, at, lambda: None)
        packer.stored("a/001-x.bin", blob, section=packing.Section.PROPOSAL, title="x", note="In version 1, replaced later")
        packer.zip.close()
    with zipfile.ZipFile(tmp_path / "x.zip") as packed:
        assert packed.namelist() == [] and [(e.path, e.title, e.sha256, e.note) for e in packer.entries] == [(None, "x", digest, why)]


# --- terms, holds, the handover -------------------------------------------------------------------------------


def test_terms_are_counted_from_the_end_of_the_year():
    assert Term(DossierKind.FAILED, 20).until(date(2026, 3, 2)) == date(2046, 12, 31) and Term(DossierKind.RECOGNISED, None).until(date(2026, 3, 2)) is None
    assert standing(held=True, deposited=True, until=date(2020, 12, 31), today=date(2026, 1, 1)) == Standing.HELD
    assert standing(held=False, deposited=True, until=date(2025, 12, 31), today=date(2026, 1, 1)) == Standing.TO_REVIEW
    assert standing(held=False, deposited=True, until=date(2026, 12, 31), today=date(2026, 12, 31)) == Standing.DEPOSITED
    assert safe_filename("../Báo cáo số 3.PDF") == "bao-cao-so-3.pdf" and safe_filename("....") == "tep"


def test_a_hold_is_placed_by_an_officer_and_lifted_by_a_leader(db, user, as_, project, at):
    page = f"/archive/project/{project.public_id}"
    assert as_("leader").get(f"{page}/hold").status_code == 403
    client = as_("officer")
    assert client.submit(f"{page}/hold", {"reason": " "}, status=422)
    assert client.submit(f"{page}/hold", {"reason": "Công an tỉnh yêu cầu"}, status=303)
    assert client.get(f"{page}/hold").status_code == 409
    assert "Công an tỉnh yêu cầu" in as_("auditor").get(f"/projects/{project.public_id}").text
    hold = queries.hold_of(project.id)
    with pytest.raises(NotAllowed):
        actions.lift(hold, reason="x", seen=None, by=user("officer"), at=at)
    with pytest.raises(WrongState):
        actions.hold(project, reason="x", by=user("officer2"), at=at)
    assert as_("officer2").get(f"/archive/holds/{hold.public_id}/lift").status_code == 403
    assert as_("leader").submit(f"/archive/holds/{hold.public_id}/lift", {"reason": "Đã xong"}, status=303)
    db.session.expire_all()
    assert queries.hold_of(project.id) is None
    assert {e.verb for e in journal.timeline([("project", project.public_id)])} >= {"hold_archive", "lift_archive_hold"}


def test_the_handover_is_noted_once(db, as_, project, at):
    page = f"/archive/project/{project.public_id}"
    client = as_("officer")
    assert "To be handed over" in client.get("/archive/?lang=en").text or "nộp" in client.get("/archive/").text
    assert client.submit(f"{page}/hand-over", {"handed_on": "01/01/1999", "receiver": "Lưu trữ tỉnh", "minutes": "12/BB"}, status=422)
    assert client.submit(f"{page}/hand-over", {"handed_on": f"{clock.today():%d/%m/%Y}", "receiver": "Lưu trữ tỉnh", "minutes": "12/BB", "shelf": ""}, status=303)
    assert client.get(f"{page}/hand-over").status_code == 409
    for due in Standing:
        rows = client.get(f"/archive/?due={due}")
        assert rows.status_code == 200 and (project.code in rows.text) == (due == Standing.DEPOSITED), due
    assert client.get("/archive/dossiers.xlsx?q=x").status_code == 200
    assert as_("pi1").get("/archive/").status_code == 403
