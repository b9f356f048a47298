"""Reads about the health of the system: database at head, files writable, outbox, clock."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.kernel.db import db
from app.kernel.journal import JournalEntry
from app.kernel.outbox import MailState, OutboxMail
from app.later import alembic_script

CLOCK_SLACK = timedelta(seconds=2)


@dataclass(frozen=True)
class Check:
    """One condition of readiness. `said` is a word for the operator; it names no secret."""

    name: str
    holds: bool
    said: str


@lru_cache(maxsize=4)
def head(folder: str) -> str | None:
    """The newest migration that the program brings."""
    found: str | None = alembic_script.ScriptDirectory(folder).get_current_head()
    return found


def database(folder: str) -> Check:
    """Can the database be read, and is it at this program's head?"""
    try:
        present = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return Check("database", False, "unreachable or not migrated")
    wanted = head(folder)
    return Check("database", present == wanted, "ok" if present == wanted else f"at {present}, the program needs {wanted}")


def files(folder: str) -> Check:
    """Can a file be written where uploads go?"""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"ready?")
            probe.flush()
    except OSError as failure:
        return Check("files", False, failure.strerror or "not writable")
    return Check("files", True, "ok")


def clock(at: datetime) -> Check:
    """Has the clock gone back behind the last act of the journal?"""
    try:
        last = db.session.scalar(select(JournalEntry.at).order_by(JournalEntry.seq.desc()).limit(1))
    except SQLAlchemyError:
        db.session.rollback()
        return Check("clock", True, "not compared: no journal")
    holds = last is None or at >= last - CLOCK_SLACK
    return Check("clock", holds, "ok" if holds else "behind the last act of the journal")


def outbox(at: datetime) -> dict[str, float]:
    """Mails that wait, that failed, and for how many seconds the oldest due one has waited."""
    due = (OutboxMail.mail_state == MailState.WAITING) & (OutboxMail.not_before <= at)
    counted = dict(db.session.execute(select(OutboxMail.mail_state, func.count()).group_by(OutboxMail.mail_state)).tuples().all())
    oldest = db.session.scalar(select(func.min(OutboxMail.posted_at)).where(due))
    return {"waiting": counted.get(MailState.WAITING, 0), "failed": counted.get(MailState.FAILED, 0),
            "oldest_seconds": max(0.0, (at - oldest).total_seconds()) if oldest else 0.0}  # fmt: skip
