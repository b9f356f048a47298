"""Reading an archive with its key: proving that it would come back, and bringing it back into an empty place."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.across.keeping import archive, engines
from app.across.keeping.archive import PIECE, Unusable
from app.across.keeping.backup import Place, note, work_folder
from app.across.keeping.models import BackupRun
from app.across.keeping.rules import Kind
from app.kernel import journal
from app.kernel.db import db
from app.kernel.outbox import MailState, OutboxMail
from app.services.people.models import SignInSession

LARGEST_MANIFEST = 16 * 2**20
HELD = "waited when the system was restored from a backup: it may have been sent before the loss. Send it again only if it did not arrive."


@dataclass
class Found:
    """What an archive held when it was read to its end, and what of it could not be checked here."""

    manifest: dict[str, Any]
    files: int = 0
    bytes: int = 0
    broken: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def verify(path: Path, keys: Sequence[Any], place: Place, known: set[str], *, scratch: bool = True) -> Found:
    """Read the whole archive: every hash, the database opened and asked, its rows counted, its journal followed. Raises Unusable."""
    archive.look(path)
    with work_folder(place) as work:
        found = _read(path, keys, work, None)
        check_head(found.manifest["head"], known)
        kind = found.manifest["database"]["kind"]
        with engines.looked_into(work / "database", kind, place.url if scratch else None) as connection:
            if connection is None:
                found.unchecked.append("the database was not opened: that needs a PostgreSQL server where a database can be made")
            else:
                _check(connection, found, place)
    return found


def check_head(head: str | None, known: set[str]) -> None:
    """Raise Unusable for an archive of a newer program."""
    if head not in known:
        raise Unusable(f"this archive was made by another version of the program (migration {head}, which this one does not know): install that version, or a newer one")


def _check(connection: Any, found: Found, place: Place) -> None:
    """Does an opened database hold what the manifest says, with an unbroken journal?"""
    held, said = engines.facts(connection), found.manifest
    for table in sorted({*held["rows"], *said["rows"]}):
        if held["rows"].get(table) != said["rows"].get(table):
            raise Unusable(f"the table {table} has {held['rows'].get(table, 'no')} rows, the manifest says {said['rows'].get(table, 'none')}")
    if held["journal"] != said["journal"]:
        raise Unusable("the journal of the database does not end where the manifest says")
    if place.keys()["audit"] != said["keys"]["audit"]:
        found.unchecked.append("the journal was not followed: VAMCO_AUDIT_KEY is not the key of the installation that was backed up")
        return
    with Session(connection) as session:
        _count, broken, why = journal.verify(session)
    if broken is not None:
        raise Unusable(f"the journal in the archive is broken at line {broken.seq}: {why}")


def _read(path: Path, keys: Sequence[Any], work: Path, files: Path | None) -> Found:
    """Read all members in their order; files go to `files`, or are only summed. Raises Unusable for anything that is not as the manifest says."""
    with archive.opened(path, keys) as members:
        found = Found(_json(members, "manifest.json"))
        if found.manifest.get("format") != archive.FORMAT:
            raise Unusable("this archive has a format that this program does not read")
        _copy(_next(members, "files.txt"), work / "files.txt")
        if _copy(_next(members, "database"), work / "database") != found.manifest["database"]["sha256"]:
            raise Unusable("the database in the archive does not match its hash")
        with (work / "files.txt").open() as lines:
            _read_files(members, lines, files, found)
    return found


def _read_files(members: Any, lines: Any, files: Path | None, found: Found) -> None:
    """The stored files against their list, in the same order; the last member says which were broken when the archive was made."""
    broken: set[str] = set()
    for name, size, stream in members:
        if name == "end.json":
            found.broken = list(json.loads(stream.read())["broken"])
            break
        digest = name.removeprefix("files/")
        expected = lines.readline().split()
        while expected and expected[0] != digest:  # it was missing when the archive was made: the last member must say so
            broken.add(expected[0])
            expected = lines.readline().split()
        if not expected or int(expected[1]) != size:
            raise Unusable(f"the archive holds a file that its list does not: {digest[:12]}…")
        target = files / digest[:2] / digest[2:4] / digest if files else None
        if _copy((name, size, stream), target) != digest:
            broken.add(digest)
            if target is not None:
                target.unlink()
        found.files, found.bytes = found.files + 1, found.bytes + size
    else:
        raise Unusable("the archive is cut short: its last member is missing")
    broken |= {line.split()[0] for line in lines}
    if broken != set(found.broken):
        raise Unusable(f"files in the archive do not match their hashes, or are missing: {', '.join(sorted(broken ^ set(found.broken))[:3])}")


def _next(members: Any, name: str) -> tuple[str, int, BinaryIO]:
    member = next(members, None)
    if member is None or member[0] != name:
        raise Unusable(f"the archive does not hold {name} where it belongs")
    return member  # type: ignore[no-any-return]


def _json(members: Any, name: str) -> dict[str, Any]:
    _name, size, stream = _next(members, name)
    if size > LARGEST_MANIFEST:
        raise Unusable(f"{name} in the archive is too large")
    return json.loads(stream.read())  # type: ignore[no-any-return]


def _copy(member: tuple[str, int, BinaryIO], target: Path | None) -> str:
    """Copy a member to `target`, or nowhere. Returns its SHA-256."""
    digest = hashlib.sha256()
    out = None
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        out = target.open("wb")
    try:
        while piece := member[2].read(PIECE):
            digest.update(piece)
            if out is not None:
                out.write(piece)
    finally:
        if out is not None:
            out.close()
    return digest.hexdigest()


# --- bringing back --------------------------------------------------------------------------------------------


def restore(path: Path, keys: Sequence[Any], place: Place, known: set[str]) -> Found:
    """Bring database and files back into an empty place. Raises Unusable, having changed nothing, when it is not empty or the archive not whole."""
    archive.look(path)
    if not engines.is_empty(place.url):
        raise Unusable("the database here is not empty: restore only into a new one")
    if place.files.exists() and any(place.files.glob("??/??/*")):
        raise Unusable(f"{place.files} is not empty: restore only into a new place")
    with work_folder(place) as work:
        found = _read(path, keys, work, work / "files")
        said = found.manifest
        if said["database"]["kind"] != place.kind:
            raise Unusable(f"this archive holds a database of {said['database']['kind']}, the place to restore into is {place.kind}: set DATABASE_URL")
        check_head(said["head"], known)
        if place.keys()["audit"] != said["keys"]["audit"]:
            raise Unusable("VAMCO_AUDIT_KEY is not the key of the installation that was backed up: the journal could not go on")
        found.unchecked += _other_keys(place.keys(), said["keys"])
        if place.kind == "sqlite":
            with engines.looked_into(work / "database", "sqlite", None) as connection:
                _check(connection, found, place)
        _move(work / "files", place.files)
        engines.put_back(work / "database", place.url)
        if place.kind != "sqlite":
            with engines.opened(place.url).connect() as connection:
                _check(connection, found, place)
    return found


def _other_keys(here: dict[str, Any], there: dict[str, Any]) -> list[str]:
    notes = [] if here["secret"] == there["secret"] else ["VAMCO_SECRET_KEY is another one: forms that were open are asked anew"]
    lost = [key for key in there["ballot"] if key not in here["ballot"]]
    return [*notes, *([f"ballot keys are missing ({', '.join(lost)}): boxes that were sealed with them cannot be opened (flask councils keys)"] if lost else [])]


def _move(source: Path, target: Path) -> None:
    """Folder by folder; both are on the same disk unless the files have one of their own."""
    target.mkdir(parents=True, exist_ok=True)
    for first in sorted(source.iterdir()) if source.exists() else ():
        for file in first.glob("*/*"):
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, place)
    os.sync()


def settle(found: Found, name: str, *, at: datetime) -> BackupRun:
    """After a restoration: everybody signs in anew, mails that waited are for the administrator to decide, the journal says it."""
    ended = db.session.execute(update(SignInSession).where(SignInSession.ended_at.is_(None)).values(ended_at=at)).rowcount  # type: ignore[attr-defined]
    held = db.session.execute(update(OutboxMail).where(OutboxMail.mail_state == MailState.WAITING)
                              .values(mail_state=MailState.FAILED, last_error=HELD, locked_until=None)).rowcount  # type: ignore[attr-defined]  # fmt: skip
    db.session.commit()
    return note(Kind.RESTORED, at=at, archive=name, journal_lines=found.manifest["journal"]["lines"],
                said=f"state of {found.manifest['made']}; {ended} sessions ended, {held} mails held, {found.files} files")  # fmt: skip

