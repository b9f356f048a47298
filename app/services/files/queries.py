"""Reads of attachments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.kernel import journal, subjects
from app.kernel.db import db
from app.services.files.models import Attachment, Blob, BlobScan, BlobSignatures, Upload
from app.services.files.rules import Verdict
from app.services.files.signatures import Signature, Standing
from app.services.people.models import User


def of(row: Any, *, kind: str | None = None) -> list[Attachment]:
    """The attachments an object has now, oldest first."""
    name, pid = journal.subject_key(row)
    statement = select(Attachment).options(joinedload(Attachment.uploaded_by)).where(
        Attachment.subject_type == name, Attachment.subject_pid == pid, Attachment.removed_at.is_(None))  # fmt: skip
    if kind is not None:
        statement = statement.where(Attachment.kind == kind)
    return list(db.session.scalars(statement.order_by(Attachment.id)))


def signatures_in(attachments: Sequence[Attachment]) -> dict[str, list[Signature]]:
    """What the digital signatures inside these files said, by SHA-256; files that bear none are left out."""
    rows = db.session.scalars(select(BlobSignatures).where(BlobSignatures.sha256.in_([a.blob_sha256 for a in attachments]))) if attachments else ()
    return {row.sha256: [Signature(**one | {"standing": Standing(one["standing"])}) for one in row.said] for row in rows}


def having(rows: Sequence[Any], *, kind: str) -> set[str]:
    """The public ids of those objects (all of one type) that have a file of this kind."""
    keys = [journal.subject_key(row) for row in rows]
    statement = select(Attachment.subject_pid).where(Attachment.subject_type.in_({name for name, _pid in keys}), Attachment.subject_pid.in_([pid for _name, pid in keys]),
                                                     Attachment.kind == kind, Attachment.removed_at.is_(None))  # fmt: skip
    return set(db.session.scalars(statement)) if keys else set()


def size_of(row: Any) -> int:
    """The bytes of all attachments an object has now, together."""
    name, pid = journal.subject_key(row)
    summed = select(func.coalesce(func.sum(Blob.size), 0)).select_from(Attachment).join(Blob, Blob.sha256 == Attachment.blob_sha256)
    return int(db.session.scalar(summed.where(Attachment.subject_type == name, Attachment.subject_pid == pid, Attachment.removed_at.is_(None))) or 0)


def earlier(row: Any) -> list[Attachment]:
    """The versions of files that others took the place of, newest first."""
    name, pid = journal.subject_key(row)
    statement = select(Attachment).options(joinedload(Attachment.uploaded_by)).where(
        Attachment.subject_type == name, Attachment.subject_pid == pid, Attachment.replaced_by_pid.is_not(None))  # fmt: skip
    return list(db.session.scalars(statement.order_by(Attachment.id.desc())))


def _anybody(_user: User, _row: Any) -> bool:
    return True


_closed: dict[str, Callable[[User, Any], bool]] = {}


def register_closed(kind: str, may: Callable[[User, Any], bool]) -> None:
    """Files of this kind are not for all who read the object, but only for some of them: `may(user, object)`."""
    _closed[kind] = may


def opened_by(user: User, kind: str, subject: Any) -> bool:
    """May this person download files of a kind on an object that they may read?"""
    return _closed.get(kind, _anybody)(user, subject)


def attachment_for(user: Any, pid: str) -> Attachment | None:
    """The attachment, when this person may read the object it belongs to, as that stands now.

    One taken out is gone; one that was replaced is read by those who stand behind the object, by nobody else.
    """
    present = or_(Attachment.removed_at.is_(None), Attachment.replaced_by_pid.is_not(None))
    row = db.session.scalar(select(Attachment).where(Attachment.public_id == pid, present))
    if row is None:
        return None
    subject = subjects.load(row.subject_type, row.subject_pid)
    if subject is None or not subjects.may_read(row.subject_type, subject, user) or not opened_by(user, row.kind, subject):
        return None
    if row.removed_at is not None and user.id not in subjects.subject_of(row.subject_type).parties(subject).users:
        return None
    return row


def size_by(user: User, *, since: datetime) -> int:
    """The bytes that a person uploaded since then and that were not taken out."""
    summed = select(func.coalesce(func.sum(Blob.size), 0)).select_from(Attachment).join(Blob, Blob.sha256 == Attachment.blob_sha256)
    return int(db.session.scalar(summed.where(Attachment.uploaded_by_id == user.id, Attachment.uploaded_at >= since, Attachment.removed_at.is_(None))) or 0)


def waiting() -> list[str]:
    """The hashes of files that wait for the malware check, those first that waited longest."""
    return list(db.session.scalars(select(BlobScan.sha256).where(BlobScan.verdict == Verdict.WAITING).order_by(BlobScan.checked_at).limit(200)))


def with_blob(digest: str) -> list[Attachment]:
    """The attachments with these bytes."""
    return list(db.session.scalars(select(Attachment).options(joinedload(Attachment.uploaded_by)).where(Attachment.blob_sha256 == digest)))


def upload_of(user: User, pid: str) -> Upload | None:
    """An upload of this person."""
    return db.session.scalar(select(Upload).where(Upload.public_id == pid, Upload.user_id == user.id))


def open_uploads(row: Any, user: User) -> list[Upload]:
    """The uploads of this person for an object that broke off."""
    name, pid = journal.subject_key(row)
    mine = select(Upload).where(Upload.subject_type == name, Upload.subject_pid == pid, Upload.user_id == user.id, Upload.done_at.is_(None))
    return list(db.session.scalars(mine.order_by(Upload.id)))


def blobs() -> list[Blob]:
    """All blobs, for checking the store."""
    return list(db.session.scalars(select(Blob).order_by(Blob.sha256)))
