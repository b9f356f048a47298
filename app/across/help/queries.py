"""What was done about the tour, read from the journal."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from app.kernel import journal
from app.kernel.db import db
from app.kernel.journal import JournalEntry
from app.services.people.models import User

END = "end_tour"
# written once: every desk asks
_ENDED = select(JournalEntry.seq).where(JournalEntry.subject_type == bindparam("kind"), JournalEntry.subject_pid == bindparam("pid"), JournalEntry.verb == END).limit(1)


def tour_ended(user: User) -> bool:
    """Did this person say that the tour need not be shown again?"""
    kind, pid = journal.subject_key(user)
    return db.session.scalar(_ENDED, {"kind": kind, "pid": pid}) is not None
