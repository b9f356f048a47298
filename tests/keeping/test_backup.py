"""Archives: what is in them, what they refuse, and that people may write while one is made."""

from __future__ import annotations

import io
import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import select, text

from app.across.demo.plays.proposals import Upload, small_pdf
from app.across.keeping import archive as archives
from app.across.keeping import cli, engines, queries, restoring, rules
from app.across.keeping.models import BackupRun
from app.kernel import clock, journal, subjects
from app.services.files import actions as files
from app.services.files import store
from app.services.people.models import User


@pytest.fixture
def owner(user):
    row = user("pi1")
    subjects.register_subject("user_account", subjects.Subject(
        load=lambda pid: None, title=lambda r: r.name, parties=lambda _r: subjects.Parties(), may_read=lambda r, u: True))  # fmt: skip
    yield row
    subjects._subjects.pop("user_account")


def bring(owner, at, content):
    made = files.attach(subject=owner, upload=Upload("a.pdf", io.BytesIO(small_pdf(content))), kind="other", by=owner, at=at)
    return made.sha256


def changed(path, at, value=None):
    """A copy of the archive with one byte turned over, or cut at `at` when `value` is "cut"."""
    content = bytearray(path.read_bytes())
    content = content[:at] if value == "cut" else content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    other = path.with_name(f"changed-{path.name}")
    other.write_bytes(content)
    return other


def test_a_run_is_listed_and_journaled(db, archive, secret):
    made = archive()
    row = db.session.scalar(select(BackupRun))
    assert row.kind == "created" and row.size == made.stat().st_size and made.stat().st_mode & 0o077 == 0
    assert archives.look(made)["sha256"] == row.sha256 and secret.stat().st_mode & 0o077 == 0
    assert db.session.scalar(select(journal.JournalEntry.verb).order_by(journal.JournalEntry.seq.desc())) == "back_up"
    assert b"demo.vamco.test" not in made.read_bytes() and not list(made.parent.glob(".*"))


def test_what_is_damaged_is_said(archive, secret, run, tmp_path):
    made = archive()
    size = made.stat().st_size
    other = pyrage.x25519.Identity.generate()
    (tmp_path / "other").write_text(str(other))
    code, said = run("backup", "verify", made, "--identity", tmp_path / "other")
    assert code == 1 and "the key is not one that this archive was made for" in said
    for path in (changed(made, size - 100, "cut"), changed(made, size // 2, "cut"), changed(made, 20, "cut")):
        code, said = run("backup", "verify", path)
        assert code == 1 and "cut short" in said
    for where in (40, size // 3, size - 60):
        code, said = run("backup", "verify", changed(made, where), "--identity", secret)
        assert code == 1 and "damaged" in said
    code, said = run("backup", "verify", __file__)
    assert code == 1 and "not a backup" in said
    newer = made.with_name("newer")
    newer.write_bytes(made.read_bytes().replace(b"VAMCO-BACKUP 1", b"VAMCO-BACKUP 2", 1))
    code, said = run("backup", "verify", newer)
    assert code == 1 and "format 2" in said


@pytest.mark.parametrize("where", [0.2, 0.5, 0.9])
def test_age_itself_finds_a_flipped_byte(archive, secret, tmp_path, where):
    """Whoever can also make the outer hash anew is found by the encryption."""
    made = archive()
    content = bytearray(made.read_bytes())
    content[int(len(content) * where)] ^= 1
    made.write_bytes(content)
    with pytest.raises(archives.Unusable, match="damaged"), archives.opened(made, archives.identities(secret)) as members:
        for _name, _size, stream in members:
            stream.read()


def test_an_archive_of_another_version_is_refused(db, archive, secret, run, vacant):
    db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    made = archive()
    for words in (("verify",), ("restore",)):
        code, said = run("backup", *words, made, "--identity", secret, on=vacant)
        assert code == 1 and "another version of the program (migration 9999" in said
    assert engines.is_empty(vacant.config["SQLALCHEMY_DATABASE_URI"]), "nothing was changed"


def test_a_missing_file_is_named_and_the_rest_is_kept(db, owner, at, archive, secret, run, tmp_path, migrated):
    lost, kept, spoilt = (bring(owner, at, text_) for text_ in ("lost", "kept", "spoilt"))
    db.session.commit()
    store._path(lost).unlink()
    store._path(spoilt).write_bytes(b"short")
    code, said = run("backup", "create", "--to", tmp_path / "out", "--key", secret.public)
    assert code == 3 and "2 files missing or damaged" in said
    made = max((tmp_path / "out").glob("*.backup"))
    code, said = run("backup", "verify", made, "--identity", secret)
    assert code == 3 and lost in said and spoilt in said and kept not in said
    assert queries.standing(at).warning == "files were missing or damaged in the last backup"


def test_without_key_or_folder(run, tmp_path, db, at, migrated):
    code, said = run("backup", "create", "--to", tmp_path / "out")
    assert code == 1 and "no public key" in said
    code, said = run("backup", "create", "--to", tmp_path / "out", "--key", "age1nonsense")
    assert code == 1 and "not a public key" in said
    assert run("backup", "create")[0] == 2
    (tmp_path / "blocked").write_text("")
    code, said = run("backup", "create", "--to", tmp_path / "blocked" / "deeper", "--key", str(pyrage.x25519.Identity.generate().to_public()))
    assert code == 1 and "FAILED" in said
    assert queries.standing(at).warning == "no backup was ever made" and queries.standing(at).failed_since is not None
    assert not list(tmp_path.glob(".backup-*")), "no copy of the database stays behind"


def test_the_newest_stay(archive, travel, at, tmp_path, run, secret):
    for n in range(3):
        travel.move_to(at + timedelta(hours=n))
        archive()
    (tmp_path / "out" / "vamco.txt").write_text("not ours")
    travel.move_to(at + timedelta(hours=3))
    assert run("backup", "create", "--to", tmp_path / "out", "--key", secret.public, "--keep", 2)[0] == 0
    assert len(list((tmp_path / "out").glob("*.backup"))) == 2 and (tmp_path / "out" / "vamco.txt").exists()


@pytest.mark.nodb
def test_which_archives_are_too_many():
    names = [f"vamco-2026030{n}T010000Z.backup" for n in range(1, 6)]
    assert rules.too_many([*reversed(names), "a.backup"], 2) == names[:3] and rules.too_many(names, 0) == [] and rules.too_many(names[:1], 2) == []


def test_an_old_tool_of_postgresql_is_refused(tmp_path, monkeypatch):
    tool = tmp_path / "pg_dump"
    tool.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(archives.Unusable, match="older than the server"):
        engines.check_tool("pg_dump", 15)
    tool.unlink()
    with pytest.raises(archives.Unusable, match="not installed"):
        engines.check_tool("pg_dump", 15)


def test_the_memory_does_not_grow_with_the_archive(tmp_path):
    """64 MB through both ways in a process whose Python objects stay below 8 MB."""
    import tracemalloc

    key = pyrage.x25519.Identity.generate()
    big = tmp_path / "big"
    with big.open("wb") as file:
        for _ in range(64):
            file.write(os.urandom(2**20))
    tracemalloc.start()
    with big.open("rb") as stream:
        archives.seal(tmp_path / "a", {}, [key.to_public()], lambda tar: archives.add(tar, "big", stream, 64 * 2**20))
    with archives.opened(tmp_path / "a", [key]) as members:
        _name, _size, inner = next(members)
        total = sum(len(piece) for piece in iter(lambda: inner.read(archives.PIECE), b""))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 64 * 2**20 and most < 8 * 2**20


def test_people_write_while_it_is_made(app, db, owner, at, archive, secret):
    """Each act is a file, its row and a line of the journal: the archive holds whole acts only, and every file that they point to."""
    stop, done, wrong = threading.Event(), [], []
    pid = owner.id
    db.session.commit()

    def write():
        try:
            with app.app_context():
                while not stop.is_set():
                    row = db.session.get(User, pid)
                    bring(row, clock.now(), f"{threading.get_ident()}-{time.perf_counter_ns()}")
                    db.session.commit()
                    done.append(1)
                    time.sleep(0.02)  # SQLite lets waiters try in no order: somebody who never pauses keeps the others out
                db.session.remove()
        except Exception as failure:  # noqa: BLE001
            wrong.append(failure)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        while len(done) < 3 and not wrong:
            time.sleep(0.01)
        before, path = len(done), archive()
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert not wrong and len(done) > before
    found = restoring.verify(path, archives.identities(secret), cli.place(), cli.known())
    rows = found.manifest["rows"]
    assert not found.broken and not found.unchecked and before <= found.files == rows["blob"] == rows["attachment"] <= len(done) + 2


def test_restoring_needs_the_key_of_the_journal(app, archive, secret, run, vacant):
    made = archive()
    vacant.config["AUDIT_KEY"] = "another key of thirty-two characters"
    code, said = run("backup", "restore", made, "--identity", secret, on=vacant)
    assert code == 1 and "VAMCO_AUDIT_KEY" in said and engines.is_empty(vacant.config["SQLALCHEMY_DATABASE_URI"])
    vacant.config["AUDIT_KEY"] = app.config["AUDIT_KEY"]
    Path(vacant.config["FILES_FOLDER"], "ab/cd").mkdir(parents=True)
    Path(vacant.config["FILES_FOLDER"], "ab/cd", "ab" * 32).write_bytes(b"x")
    code, said = run("backup", "restore", made, "--identity", secret, on=vacant)
    assert code == 1 and "is not empty" in said
