"""Bytes are kept once, synced, checked when given back; who may read is asked each time; a missing file is said."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays.proposals import Upload, small_pdf
from app.kernel import subjects
from app.kernel.errors import Incomplete
from app.services.files import actions, queries, store


@pytest.fixture
def owner(user):
    """pi1's account as the subject of files that only pi1 may read."""
    row = user("pi1")
    subjects.register_subject("user_account", subjects.Subject(
        load=lambda pid: row if pid == row.public_id else None, title=lambda r: r.name, parties=lambda _r: subjects.Parties(),
        may_read=lambda r, u: r.id == u.id))  # fmt: skip
    yield row
    subjects._subjects.pop("user_account")


def bring(owner, at, name="Quyết định.pdf", content=None):
    return actions.attach(subject=owner, upload=Upload(name, io.BytesIO(content or small_pdf("x"))), kind="other", by=owner, at=at)


def test_the_same_bytes_are_kept_once(db, owner, at):
    one, two = bring(owner, at), bring(owner, at, name="Bản sao.pdf")
    assert one.sha256 == two.sha256 and [a.filename for a in queries.of(owner)] == ["Quyết định.pdf", "Bản sao.pdf"]
    assert len(queries.blobs()) == len(store.names()) == 1
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text("UPDATE blob SET size = 1"))


def test_bytes_and_folders_are_synced_before_the_row(db, owner, at, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.readlink(f"/proc/self/fd/{number}")))
    store.put(b"content")
    folder = Path(synced[-1])
    assert ".part" in synced[0] and set(synced[1:]) == {str(folder), str(folder.parent), str(folder.parent.parent)}


def test_a_refused_file_leaves_nothing(owner, at):
    with pytest.raises(Incomplete):
        bring(owner, at, content=b"%PDF-1.4 nothing")
    assert not queries.of(owner) and not store.names()


def test_a_second_try_reads_the_stream_again(owner, at):
    upload = Upload("a.pdf", io.BytesIO(small_pdf("x")))
    upload.stream.read()
    assert actions.attach(subject=owner, upload=upload, kind="other", by=owner, at=at).size > 0


def test_a_download_is_never_shown_inline(db, owner, at, as_):
    link = f"/files/{bring(owner, at).public_id}"
    db.session.commit()
    answer = as_("pi1").get(link)
    head = answer.headers
    assert answer.status_code == 200 and answer.data == small_pdf("x")
    assert head["Content-Disposition"].startswith("attachment") and "Quy%E1%BA%BFt" in head["Content-Disposition"]
    assert "sandbox" in head["Content-Security-Policy"] and head["X-Content-Type-Options"] == "nosniff" and head["Cache-Control"] == "private, no-store"
    db.session.rollback()  # the request is over: look anew
    assert db.session.scalar(text("SELECT count(*) FROM access_note WHERE kind = 'download'")) == 1
    for stranger in ("pi2", "officer", "admin", "auditor"):
        assert as_(stranger).get(link).status_code == 404


def test_what_was_taken_out_is_gone_for_all(db, owner, at, as_):
    row = bring(owner, at)
    actions.remove(row, subject=owner, by=owner, at=at)
    db.session.commit()
    assert queries.of(owner) == [] and as_("pi1").get(f"/files/{row.public_id}").status_code == 404


@pytest.mark.parametrize("harm", [lambda p: p.write_bytes(b"swapped"), lambda p: p.unlink()])
def test_a_swapped_or_lost_file_is_said_and_found(app, db, owner, at, as_, harm):
    row = bring(owner, at)
    db.session.commit()
    harm(next(Path(app.config["FILES_FOLDER"]).glob("??/??/*")))
    assert as_("pi1").get(f"/files/{row.public_id}").status_code == 503
    result = app.test_cli_runner().invoke(args=["files", "verify"])
    assert result.exit_code == 1 and f"BROKEN {row.sha256}" in result.output


def test_verify_counts_what_no_row_points_to(app, owner, at):
    bring(owner, at)
    store.put(b"left over")
    result = app.test_cli_runner().invoke(args=["files", "verify"])
    assert result.exit_code == 0 and "1 of 1 files intact, 1 without a row" in result.output


def test_a_dossier_has_room_for_so_much(db, owner, at, monkeypatch):
    one = small_pdf("one")
    usual, limits = actions.rulebook.values, {"files.max_bytes": 10_000, "files.max_dossier_bytes": 2 * len(one) + 10}
    monkeypatch.setattr(actions.rulebook, "values", lambda keys, on: usual(keys, on=on) | limits)
    first = bring(owner, at, content=one)
    bring(owner, at, content=small_pdf("two"))
    with pytest.raises(Incomplete, match="together") as refusal:
        bring(owner, at, content=small_pdf("six"))
    assert refusal.value.field == "file"
    actions.remove(first, subject=owner, by=owner, at=at)
    bring(owner, at, content=small_pdf("six"))
