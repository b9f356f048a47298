"""Reads: the last backup and its age, whether mails are held, the anchors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)

from app.across.admin.queries import day_in, named
from app.across.keeping.models import BackupRun, JournalAnchor
from app.across.keeping.rules import Kind
from app.kernel import subjects
from app.kernel.clock import at_local, local
from app.kernel.db import db
from app.kernel.journal import AccessNote
from app.kernel.outbox import MailState, OutboxMail
from app.services.files.models import Attachment
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.proposals.models import Proposal

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


# --- who read what --------------------------------------------------------------------------------------------


def on_sealed() -> ColumnElement[bool]:
    """The condition: the note is about something sealed now, and would tell who applies. What a dossier's page cannot be traced to counts as sealed."""
    pid = AccessNote.subject_pid
    attached = exists().where(Attachment.public_id == pid, subjects.sealed_sql(Attachment.subject_type, Attachment.subject_pid))
    untraced = and_(AccessNote.endpoint.startswith("proposals."), pid.is_not(None), not_(exists().where(Proposal.public_id == pid)))
    return or_(*(subjects.sealed_sql(literal(kind), pid) for kind in ("proposal", "paper")), attached, untraced)


def readings() -> Select[Any]:
    """Notes of access as (note, name of who, whether it is about something sealed)."""
    return select(AccessNote, User.name, on_sealed().label("sealed")).outerjoin(User, User.id == AccessNote.actor_id)


def by_person(statement: Select[Any], words: str) -> Select[Any]:
    """Notes of people whose name or address holds the words; what they did on something sealed is not found by their name."""
    return statement.where(AccessNote.actor_id.in_(named(select(User.id), words)), not_(on_sealed()))


def from_address(statement: Select[Any], words: str) -> Select[Any]:
    """Notes from network addresses that begin so; not on what is sealed."""
    return statement.where(AccessNote.address.startswith(words, autoescape=True), not_(on_sealed()))


def about(statement: Select[Any], pid: str) -> Select[Any]:
    """Notes on what has this public id; not on what is sealed."""
    return statement.where(AccessNote.subject_pid == pid, not_(on_sealed()))


def since(statement: Select[Any], day: str) -> Select[Any]:
    """Notes of this day and later; a day that cannot be read finds nothing out."""
    return statement.where(AccessNote.at >= at_local(found)) if (found := day_in(day)) else statement


def until(statement: Select[Any], day: str) -> Select[Any]:
    """Notes of this day and earlier."""
    return statement.where(AccessNote.at < at_local(date.fromordinal(found.toordinal() + 1))) if (found := day_in(day)) else statement
