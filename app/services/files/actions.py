"""The acts on files: receive bytes, attach, replace, remove; ask the malware check again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, Refused, WrongState
from app.kernel.words import N_
from app.later import postgresql, sqlite
from app.services.files import queries, scanner, signatures, store
from app.services.files.models import Attachment, Blob, BlobScan, BlobSignatures
from app.services.files.rules import Verdict, check_kind, check_upload, clean_name
from app.services.files.scanner import Finding
from app.services.files.signatures import Signature
from app.services.people.models import User
from app.services.rulebook import queries as rulebook

QUOTA_DAYS = 365
ENOUGH_FREE = 20 * 2**30  # bytes; of a large disk a tenth is more than is ever needed


class Unfit(Incomplete):
    """This file may not come in, now or later: to send it again helps nothing."""


class NoRoom(Refused):
    """The disk is nearly full (503): nothing new is taken, everything else goes on."""

    status = 503


@dataclass(frozen=True)
class Bounds:
    """How much may come in, read from the rulebook before the bytes are looked at."""

    largest: int
    dossier: int
    person: int
    free_percent: int


@dataclass(frozen=True)
class Taken:
    """Bytes that were checked, asked about and are on the disk; no row knows them yet."""

    name: str
    mime: str
    size: int
    sha256: str
    finding: Finding | None
    signatures: list[Signature]


def bounds(at: datetime) -> Bounds:
    """The bounds of the day."""
    keys = ("files.max_bytes", "files.max_dossier_bytes", "files.max_person_bytes", "files.least_free_percent")
    found = rulebook.values(keys, on=local(at).date())
    return Bounds(*(int(found[key]) for key in keys))


def receive(filename: str, content: bytes, given: Bounds, *, types: Collection[str] = (), largest: int | None = None) -> Taken:
    """Look at the bytes, ask the malware check, keep them. Touches no row: nothing waits for it. Raises Incomplete for what may not come in."""
    name = clean_name(filename)
    try:
        check_kind(name, types)
        mime = check_upload(name, content, largest=min(given.largest, largest or given.largest))
    except Incomplete as wrong:
        raise Unfit(wrong.message, field=wrong.field, **wrong.params) from None
    check_room(given.free_percent)
    check = scanner.configured()
    finding = scanner.ask(check, content) if check else None
    if finding is not None and finding.verdict == Verdict.INFECTED:
        raise Unfit(N_("The malware check found “%(what)s” in this file. It was not kept. Please clean your computer and send the file anew."),
                    field="file", what=finding.found)  # fmt: skip
    try:
        digest = store.put(content)
    except OSError:
        raise Incomplete(N_("The file could not be stored. Nothing was changed; please try again."), field="file") from None
    return Taken(name, mime, len(content), digest, finding, signatures.read(content, store.trusted()))


def check_room(percent: int) -> None:
    """Raise NoRoom when less of the disk is free than is to be kept."""
    total, free = store.room()
    if free < min(total * percent // 100, ENOUGH_FREE):
        raise NoRoom(N_("The disk of the server is nearly full: no new file can be taken now. What is uploaded can be read and submitted. Please tell the Department."),
                     field="file")  # fmt: skip


def check_quota(subject: Any, size: int, by: User | None, at: datetime, given: Bounds) -> None:
    """Raise Incomplete when this much more would be too much for the object or for the person."""
    if queries.size_of(subject) + size > given.dossier:
        raise Incomplete(N_("All files of a dossier together may have at most %(n)s MB. Take one out first."), field="file", n=given.dossier // 2**20)
    if by is not None and queries.size_by(by, since=at - timedelta(days=QUOTA_DAYS)) + size > given.person:
        raise Incomplete(N_("One person may upload at most %(n)s MB in a year. Please ask the Department."), field="file", n=given.person // 2**20)


def add(taken: Taken, *, subject: Any, kind: str, by: User | None, at: datetime, given: Bounds, replaces: Attachment | None = None) -> Attachment:
    """Give received bytes to an object; `replaces` is the version whose place they take: it is kept."""
    freed = replaces.size if replaces is not None and replaces.removed_at is None else 0
    check_quota(subject, taken.size - freed, by, at, given)
    _know(taken, at)
    subject_type, subject_pid = journal.subject_key(subject)
    row = Attachment(subject_type=subject_type, subject_pid=subject_pid, kind=kind, filename=taken.name, blob_sha256=taken.sha256,
                     uploaded_by_id=by.id if by else None, uploaded_at=at, number=replaces.number + 1 if replaces is not None else 1)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    detail = {"file": row.public_id, "sha256": taken.sha256, "kind": kind}
    if replaces is not None:
        if replaces.removed_at is not None:
            raise WrongState(N_("Somebody else has replaced or removed this file meanwhile. Please look again."))
        replaces.removed_at, replaces.replaced_by_pid = at, row.public_id
        detail["replaces"] = replaces.public_id
    journal.record(subject, "attach" if replaces is None else "replace_file", by=by, at=at, detail=detail)
    return row


def attach(*, subject: Any, upload: Any, kind: str, by: User | None, at: datetime, types: Collection[str] = (), largest: int | None = None,
           replaces: Attachment | None = None) -> Attachment:  # fmt: skip
    """Give a file to an object. `upload` has `filename` and `stream`. Raises Incomplete for what may not come in."""
    given = bounds(at)
    taken = receive(upload.filename or "", read(upload, given), given, types=types, largest=largest)
    return add(taken, subject=subject, kind=kind, by=by, at=at, given=given, replaces=replaces)


def give(attachment: Attachment, *, subject: Any, by: User | None, at: datetime) -> Attachment:
    """Give a file of one object to another as it is: its bytes were checked when they came, and are kept once."""
    subject_type, subject_pid = journal.subject_key(subject)
    row = Attachment(subject_type=subject_type, subject_pid=subject_pid, kind=attachment.kind, filename=attachment.filename, blob_sha256=attachment.blob_sha256,
                     uploaded_by_id=by.id if by else None, uploaded_at=at, number=1)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def read(upload: Any, given: Bounds) -> bytes:
    """The bytes of an upload, one more than allowed at most: an act that is tried again finds the stream read."""
    upload.stream.seek(0)
    content: bytes = upload.stream.read(given.largest + 1)
    return content


def _know(taken: Taken, at: datetime) -> None:
    """A row for the bytes, and what the check said; two people may bring the same file at the same time."""
    insert = postgresql.insert if db.session.connection().dialect.name == "postgresql" else sqlite.insert
    db.session.execute(insert(Blob).values(sha256=taken.sha256, size=taken.size, mime=taken.mime, stored_at=at).on_conflict_do_nothing())
    if taken.finding is not None:
        said = insert(BlobScan).values(sha256=taken.sha256, verdict=taken.finding.verdict, found=taken.finding.found[:200] or None, tries=1, checked_at=at)
        db.session.execute(said.on_conflict_do_nothing())
    if taken.signatures:
        plain = [signature.plain() for signature in taken.signatures]
        db.session.execute(insert(BlobSignatures).values(sha256=taken.sha256, said=plain, checked_at=at).on_conflict_do_nothing())


def check_signatures(at: datetime) -> int:
    """Ask every signed PDF anew, after the trusted certificates changed. Returns how many answers are other than before."""
    changed = 0
    for row in db.session.scalars(select(BlobSignatures).order_by(BlobSignatures.sha256)):
        said = [signature.plain() for signature in signatures.read(store.get(row.sha256), store.trusted())]
        if said != row.said:
            row.said, row.checked_at = said, at
            changed += 1
    db.session.commit()
    return changed


def remove(attachment: Attachment, *, subject: Any, by: User | None, at: datetime) -> None:
    """Take a file out of an object; bytes and row stay for the record."""
    if attachment.removed_at is None:
        attachment.removed_at = at
        journal.record(subject, "remove_file", by=by, at=at, detail={"file": attachment.public_id})


def check_waiting(at: datetime) -> int:
    """Ask again about every file that waits; each answer is committed by itself. Returns how many were decided.

    Who uploaded a file in which malware is found is told by mail; it is never offered for download.
    """
    check = scanner.configured()
    decided = 0
    for digest in queries.waiting() if check else []:
        db.session.commit()  # nothing is held while the check is asked
        try:
            finding = scanner.ask(check, store.get(digest))
        except OSError:
            continue
        row = db.session.get(BlobScan, digest, populate_existing=True)
        if row is None or row.verdict != Verdict.WAITING:
            continue
        row.verdict, row.found, row.tries, row.checked_at = finding.verdict, finding.found[:200] or None, row.tries + 1, at
        if finding.verdict == Verdict.WAITING:
            db.session.commit()
            return decided  # not reached: the others would wait for nothing
        decided += 1
        if finding.verdict == Verdict.INFECTED:
            for attachment in queries.with_blob(digest):
                outbox.post("files/mail/infected.txt", to=attachment.uploaded_by, key=f"file-infected:{attachment.public_id}", at=at, attachment=attachment)
    db.session.commit()
    return decided
