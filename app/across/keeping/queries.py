"""Reads: the last backup and its age, whether mails are held, the anchors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.across.keeping.models import BackupRun, JournalAnchor
from app.across.keeping.rules import Kind
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.outbox import MailState, OutboxMail
from app.services.rulebook import queries as rulebook

MADE = (Kind.CREATED, Kind.INCOMPLETE)


@dataclass(frozen=True)
class Standing:
    """How the backups stand at an instant. `age` is None when there was never one."""

    last: BackupRun | None
    age: timedelta | None
    most: timedelta
    failed_since: BackupRun | None

    @property
    def late(self) -> bool:
        return self.age is None or self.age > self.most

    @property
    def warning(self) -> str | None:
        """A sentence for the operator, or None when all is well."""
        if self.last is None:
            return "no backup was ever made"
        if self.late:
            return f"the last backup is {int(self.age.total_seconds() // 3600)} hours old"  # type: ignore[union-attr]
        if self.failed_since is not None:
            return "the latest backup failed"
        return "files were missing or damaged in the last backup" if self.last.kind == Kind.INCOMPLETE else None


def last(*kinds: Kind) -> BackupRun | None:
    """The newest run of these kinds."""
    return db.session.scalar(select(BackupRun).where(BackupRun.kind.in_(kinds)).order_by(BackupRun.id.desc()).limit(1))


def standing(at: datetime) -> Standing:
    """The last backup, its age, and the greatest age that the rule keeping.backup_hours allows."""
    made, failed = last(*MADE), last(Kind.FAILED)
    most = timedelta(hours=rulebook.value("keeping.backup_hours", on=local(at).date()))
    return Standing(made, at - made.at if made else None, most, failed if failed and (made is None or failed.id > made.id) else None)


def held() -> BackupRun | None:
    """The restoration since which mails are held, or None when they leave."""
    run = last(Kind.RESTORED, Kind.RELEASED)
    return run if run is not None and run.kind == Kind.RESTORED else None


def waiting() -> int:
    """How many mails wait."""
    return db.session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.mail_state == MailState.WAITING)) or 0


def last_anchor() -> JournalAnchor | None:
    """The newest anchor."""
    return db.session.scalar(select(JournalAnchor).order_by(JournalAnchor.id.desc()).limit(1))
