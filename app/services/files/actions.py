"""The acts on files: attach, remove."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.files import queries, store
from app.services.files.models import Attachment, Blob
from app.services.files.rules import check_upload, clean_name
from app.services.people.models import User
from app.services.rulebook import queries as rulebook


def attach(*, subject: Any, upload: Any, kind: str, by: User | None, at: datetime) -> Attachment:
    """Give a file to an object. `upload` has `filename` and `stream`. Raises Incomplete for what may not come in."""
    limit = int(rulebook.value("files.max_bytes", on=local(at).date()))
    upload.stream.seek(0)  # an act that is tried again finds the stream read
    content = upload.stream.read(limit + 1)
    name = clean_name(upload.filename or "")
    mime = check_upload(name, content, largest=limit)
    most = int(rulebook.value("files.max_dossier_bytes", on=local(at).date()))
    if queries.size_of(subject) + len(content) > most:
        raise Incomplete(N_("All files of a dossier together may have at most %(n)s MB. Take one out first."), field="file", n=most // 2**20)
    try:
        digest = store.put(content)
    except OSError:
        raise Incomplete(N_("The file could not be stored. Nothing was changed; please try again."), field="file") from None
    _know(digest, len(content), mime, at)
    subject_type, subject_pid = journal.subject_key(subject)
    row = Attachment(subject_type=subject_type, subject_pid=subject_pid, kind=kind, filename=name, blob_sha256=digest,
                     uploaded_by_id=by.id if by else None, uploaded_at=at)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(subject, "attach", by=by, at=at, detail={"file": row.public_id, "sha256": digest, "kind": kind})
    return row


def _know(digest: str, size: int, mime: str, at: datetime) -> None:
    """A row for the bytes; two people may bring the same file at the same time."""
    insert = postgresql.insert if db.session.connection().dialect.name == "postgresql" else sqlite.insert
    db.session.execute(insert(Blob).values(sha256=digest, size=size, mime=mime, stored_at=at).on_conflict_do_nothing())


def remove(attachment: Attachment, *, subject: Any, by: User | None, at: datetime) -> None:
    """Take a file out of an object; bytes and row stay for the record."""
    if attachment.removed_at is None:
        attachment.removed_at = at
        journal.record(subject, "remove_file", by=by, at=at, detail={"file": attachment.public_id})
