"""Making an archive: a copy of the database of one instant, then the files that it points to.

Files are stored before a row points to them, never overwritten and never deleted: whatever the copy points to is still
there when the files are read, so people go on working meanwhile. Pieces of uploads that are not complete are left out.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from app.across.keeping import archive, engines, rules
from app.across.keeping.archive import PIECE, Unusable
from app.across.keeping.models import BackupRun
from app.across.keeping.rules import Kind
from app.kernel import journal
from app.kernel.db import db
from app.services.files.models import Blob


@dataclass(frozen=True)
class Place:
    """Where an installation keeps what is backed up: address of its database, folders, and its keys."""

    url: str
    files: Path
    work: Path  # a disk with room for a copy of the database
    secret_key: str
    audit_key: str
    ballot_keys: tuple[str, ...]

    @property
    def kind(self) -> str:
        return "sqlite" if self.url.startswith("sqlite") else "postgresql"

    def keys(self) -> dict[str, Any]:
        """What the keys are called; the keys themselves are in no archive."""
        said = rules.fingerprint
        return {"secret": said(self.secret_key), "audit": said(self.audit_key), "ballot": [said(key) for key in self.ballot_keys]}

    def file(self, digest: str) -> Path:
        return self.files / digest[:2] / digest[2:4] / digest


@contextmanager
def work_folder(place: Place) -> Iterator[Path]:
    """A folder that only this account can read, gone afterwards."""
    place.work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=place.work))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create(place: Place, engine: Engine, folder: Path, keys: Sequence[str], *, keep: int, at: datetime) -> BackupRun:
    """Make one archive in `folder`, drop all but the `keep` newest there (0 keeps all), and note the run. Raises Unusable; that is noted too."""
    begun, path = time.monotonic(), folder / rules.archive_name(at)
    try:
        to = archive.recipients(keys)
        folder.mkdir(parents=True, exist_ok=True)
        manifest, broken, size, digest = _make(place, engine, path, to, keys, at)
    except (Unusable, OSError) as failure:
        note(Kind.FAILED, at=at, archive=path.name, said=str(failure)[:500])
        raise Unusable(str(failure)) from failure
    for name in rules.too_many((p.name for p in folder.iterdir()), keep):
        (folder / name).unlink(missing_ok=True)
    said = f"{len(broken)} files missing or damaged, the first: {broken[0]}" if broken else ""
    return note(Kind.INCOMPLETE if broken else Kind.CREATED, at=at, archive=path.name, said=said, size=size, sha256=digest,
                seconds=round(time.monotonic() - begun), journal_lines=manifest["journal"]["lines"])  # fmt: skip


def note(kind: Kind, *, at: datetime, archive: str, **values: Any) -> BackupRun:
    """Add a run to the list, and to the journal."""
    db.session.rollback()
    row = BackupRun(kind=kind, at=at, archive=archive[:200], **values)
    db.session.add(row)
    db.session.flush()
    journal.record(row, VERB[kind], by=None, at=at, detail={"archive": row.archive} | ({"sha256": row.sha256} if row.sha256 else {}))
    db.session.commit()
    return row


VERB = {Kind.CREATED: "back_up", Kind.INCOMPLETE: "back_up", Kind.FAILED: "fail_to_back_up", Kind.RESTORED: "restore"}


def _make(place: Place, engine: Engine, path: Path, to: Sequence[Any], keys: Sequence[str], at: datetime) -> tuple[dict[str, Any], list[str], int, str]:
    with work_folder(place) as work:
        copy, listed = work / "database", work / "files.txt"
        with engines.snapshot(engine, copy) as (held, connection), listed.open("w") as lines:
            count = total = 0
            for digest, size in connection.execute(select(Blob.sha256, Blob.size).order_by(Blob.sha256).execution_options(yield_per=1000)):
                lines.write(f"{digest} {size}\n")
                count, total = count + 1, total + size
        database = {"kind": place.kind, "server": held.pop("server"), "size": copy.stat().st_size, "sha256": _sum(copy)}
        manifest = {"format": archive.FORMAT, "made": at.isoformat(), "database": database, "files": {"count": count, "bytes": total}, "keys": place.keys(), **held}
        broken: list[str] = []
        header = {"made": manifest["made"], "database": place.kind, "head": held["head"], "for": list(keys)}
        size, digest = archive.seal(path, header, to, lambda tar: _fill(tar, place, manifest, copy, listed, broken))
    return manifest, broken, size, digest


def _fill(tar: tarfile.TarFile, place: Place, manifest: dict[str, Any], copy: Path, listed: Path, broken: list[str]) -> None:
    add_json(tar, "manifest.json", manifest)
    for name, path in (("files.txt", listed), ("database", copy)):
        with path.open("rb") as stream:
            archive.add(tar, name, stream, path.stat().st_size)
    with listed.open() as lines:
        for line in lines:
            digest, size = line.split()
            try:
                with place.file(digest).open("rb") as stream:
                    if archive.add(tar, f"files/{digest}", stream, int(size)) != digest:
                        broken.append(digest)
            except FileNotFoundError:
                broken.append(digest)
    add_json(tar, "end.json", {"broken": broken})


def add_json(tar: tarfile.TarFile, name: str, value: Any) -> None:
    """Put a value into the tar as JSON."""
    content = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
    archive.add(tar, name, io.BytesIO(content), len(content))


def _sum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
