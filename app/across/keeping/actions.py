"""What time makes due, and letting mails go after a restoration."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from app.across.keeping import anchors, queries
from app.across.keeping.models import BackupRun, JournalAnchor
from app.across.keeping.rules import Kind
from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import WrongState
from app.kernel.outbox import OutboxMail
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import User

EVERY = timedelta(hours=1)


def anchor(at: datetime, file: Path | None, mailbox: str | None) -> JournalAnchor | None:
    """Note the journal's end in the file, once an hour and only when something came; once a day to the mailbox. None: nothing was due."""
    if file is None and not mailbox:
        return None
    before = queries.last_anchor()
    if before is not None and at < before.at + EVERY:
        return None
    present = anchors.end()
    if before is not None and (before.lines, before.readings) == (present.lines, present.readings):
        return None
    summed = anchors.sum_of(before.readings if before else 0, present.readings, before.readings_sum if before else anchors.GENESIS)
    row = JournalAnchor(at=at, lines=present.lines, head=present.head, readings=present.readings, readings_sum=summed, mailed=bool(mailbox))
    line = anchors.line_of(row)
    if file is not None:
        anchors.write(file, line)  # an anchor in the file that no row knows does no harm; one that is missing there does
    if mailbox:
        key = f"anchor:{present.lines}:{present.readings}:{at:%Y%m%dT%H%M%S}"
        db.session.add(OutboxMail(dedupe_key=key, to_address=mailbox, template="keeping/mail/anchor.txt", subject=f"Journal anchor {present.lines}", body=line + "\n",
                                  posted_at=at, not_before=at))  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def watch(at: datetime, *, expected: bool) -> bool:
    """Mail the administrators, once a day, that the last backup is older than the rule says or the latest failed. `expected`: also when there was never one."""
    standing = queries.standing(at)
    if standing.warning is None or (standing.last is None and standing.failed_since is None and not expected):
        return False
    outbox.post("keeping/mail/backup_late.txt", to=people.users_with(Do.ADMIN_BACKUP, at=at), key=f"backup-late:{local(at):%Y%m%d}", at=at, standing=standing)
    return True


def mails_are_held() -> bool:
    """Does nothing leave, since a restoration?"""
    return queries.held() is not None


def check_held(run: BackupRun, _by: User) -> None:
    """Raise WrongState unless mails are held since this restoration."""
    present = queries.held()
    if present is None or present.id != run.id:
        raise WrongState(N_("Mails are not held."))


def release(run: BackupRun, *, by: User, at: datetime) -> BackupRun:
    """Let mails go again after a restoration. Raises WrongState when they go already."""
    check_held(run, by)
    row = BackupRun(kind=Kind.RELEASED, at=at, archive=run.archive)
    db.session.add(row)
    db.session.flush()
    journal.record(row, "release_mails", by=by, at=at, detail={"archive": run.archive})
    return row
