"""Reads of attachments."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.kernel import journal, subjects
from app.kernel.db import db
from app.services.files.models import Attachment, Blob


def of(row: Any, *, kind: str | None = None) -> list[Attachment]:
    """The attachments an object has now, oldest first."""
    name, pid = journal.subject_key(row)
    statement = select(Attachment).options(joinedload(Attachment.uploaded_by)).where(
        Attachment.subject_type == name, Attachment.subject_pid == pid, Attachment.removed_at.is_(None))  # fmt: skip
    if kind is not None:
        statement = statement.where(Attachment.kind == kind)
    return list(db.session.scalars(statement.order_by(Attachment.id)))


def size_of(row: Any) -> int:
    """The bytes of all attachments an object has now, together."""
    name, pid = journal.subject_key(row)
    summed = select(func.coalesce(func.sum(Blob.size), 0)).select_from(Attachment).join(Blob, Blob.sha256 == Attachment.blob_sha256)
    return int(db.session.scalar(summed.where(Attachment.subject_type == name, Attachment.subject_pid == pid, Attachment.removed_at.is_(None))) or 0)


def attachment_for(user: Any, pid: str) -> Attachment | None:
    """The attachment, when this person may read the object it belongs to, as that stands now. One taken out is gone."""
    row = db.session.scalar(select(Attachment).where(Attachment.public_id == pid, Attachment.removed_at.is_(None)))
    if row is None:
        return None
    subject = subjects.load(row.subject_type, row.subject_pid)
    return row if subject is not None and subjects.may_read(row.subject_type, subject, user) else None


def blobs() -> list[Blob]:
    """All blobs, for checking the store."""
    return list(db.session.scalars(select(Blob).order_by(Blob.sha256)))
