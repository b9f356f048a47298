"""A file that comes in pieces: announced, joined together, and taken in as if it had come at once.

Every step may be repeated. A piece is known by where it starts; what is here already changes nothing. The whole is compared
with the hash the browser announced, then goes through the same checks as any file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, Stale
from app.kernel.words import N_
from app.services.files import actions, store
from app.services.files.models import Attachment, Upload
from app.services.files.rules import KINDS, check_kind, clean_name
from app.services.people.models import User
from app.services.rulebook import queries as rulebook

PIECE = 512 * 1024  # bytes: a slow line loses little of one
MOST_OPEN = 20  # of one person at one object


def begin(subject: Any, *, filename: str, size: int, kind: str, sha256: str | None, by: User, at: datetime, types: Collection[str] = (), largest: int | None = None,
          replaces: Attachment | None = None) -> Upload:  # fmt: skip
    """Announce a file. The same file announced before and not finished is gone on with. Raises Incomplete for what would be refused anyway."""
    given, name = actions.bounds(at), clean_name(filename)
    digest = sha256 if sha256 and re.fullmatch(r"[0-9a-f]{64}", sha256) else None
    check_kind(name, types or KINDS)
    most = min(given.largest, largest or given.largest)
    if size <= 0:
        raise Incomplete(N_("This file is empty."), field="file")
    if size > most:
        raise Incomplete(N_("This file is too large: at most %(n)s MB."), field="file", n=most // 2**20)
    actions.check_room(given.free_percent)
    actions.check_quota(subject, size, by, at, given)
    table, pid = journal.subject_key(subject)
    mine = select(Upload).where(Upload.subject_type == table, Upload.subject_pid == pid, Upload.user_id == by.id, Upload.done_at.is_(None)).order_by(Upload.id)
    waiting = list(db.session.scalars(mine))
    replaced = replaces.public_id if replaces is not None else None
    for row in waiting:
        if digest is not None and (row.sha256, row.size, row.kind, row.replaces_pid) == (digest, size, kind, replaced):
            return row
    if len(waiting) >= MOST_OPEN:
        raise Incomplete(N_("%(n)s uploads are not finished. Go on with them or drop some first."), field="file", n=len(waiting))
    row = Upload(subject_type=table, subject_pid=pid, kind=kind, replaces_pid=replaced, filename=name, size=size, sha256=digest, user_id=by.id, began_at=at)
    db.session.add(row)
    db.session.flush()
    return row


def whole(upload: Upload) -> bytes:
    """The bytes of an upload that is all here. Raises Incomplete when something is missing or came damaged."""
    content = store.get_parts(upload.public_id)
    if len(content) != upload.size:
        raise Incomplete(N_("Not all of this file has arrived yet. Please go on with the upload."), field="file")
    if upload.sha256 is not None and hashlib.sha256(content).hexdigest() != upload.sha256:
        store.drop_parts(upload.public_id)
        raise Incomplete(N_("This file arrived damaged. Please send it again."), field="file")
    return content


def finish(upload: Upload, taken: actions.Taken, *, subject: Any, by: User, at: datetime, replaces: Attachment | None = None) -> str:
    """The file is given to its object; asked again, the same file. Returns the attachment's public id."""
    db.session.refresh(upload, with_for_update=True)
    if upload.attachment_pid is not None:
        return upload.attachment_pid
    if upload.replaces_pid is not None and replaces is None:
        raise Stale(N_("Somebody else has replaced or removed this file meanwhile. Please look again."))
    row = actions.add(taken, subject=subject, kind=upload.kind, by=by, at=at, given=actions.bounds(at), replaces=replaces)
    upload.done_at, upload.attachment_pid = at, row.public_id
    return row.public_id


def drop(upload: Upload) -> None:
    """Give an upload up that was not finished."""
    if upload.done_at is None:
        db.session.delete(upload)
        store.drop_parts(upload.public_id)


def give_up(upload: Upload) -> None:
    """The file may not come in: its pieces go at once, also though the request that brought the last of them is refused."""
    drop(upload)
    db.session.commit()


def sweep(at: datetime) -> None:
    """The worker's round: pieces of what is finished, and what broke off too long ago."""
    old = at - timedelta(hours=int(rulebook.value("files.upload_hours", on=local(at).date())))
    db.session.execute(delete(Upload).where(or_(Upload.done_at < old, Upload.done_at.is_(None) & (Upload.began_at < old))))
    needed = set(db.session.scalars(select(Upload.public_id).where(Upload.done_at.is_(None))))
    db.session.commit()
    for name in store.uploads_here() - needed:
        store.drop_parts(name)
