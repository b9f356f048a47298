"""The record of acts: append-only, hash-chained, written in the transaction of the act itself.

Each line's hash is HMAC(key, previous hash ‖ canonical line); the key lives outside the database. Personal data
go in by id, not by value. Notes of access (denials, downloads) are a second, unchained, append-only table,
written on their own connection because a reading request may not write.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, String, Text, insert, select, text, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, UtcDateTime, append_only, db, reading_only

GENESIS = "0" * 64
_LOCK = 7_201_821  # one advisory lock for the whole chain
_key: list[bytes] = [b"unset"]


class JournalEntry(Model):
    """One act: who, when, on whose behalf, which verb on what, from which state to which, why."""

    __tablename__ = "journal_entry"

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(db.Integer, "sqlite"), primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    on_behalf_of_id: Mapped[int | None]
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_pid: Mapped[str] = mapped_column(String(26))
    verb: Mapped[str] = mapped_column(String(64))
    before: Mapped[str | None] = mapped_column(String(32))
    after: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (
        db.Index("ix_journal_entry_subject", "subject_type", "subject_pid"),
        db.Index("ix_journal_entry_actor_id", "actor_id"),
    )


append_only("journal_entry")


class AccessNote(Model):
    """Who was refused or downloaded what. Append-only, outside the chain."""

    __tablename__ = "access_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(32))
    endpoint: Mapped[str] = mapped_column(String(100))
    subject_pid: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(64))


append_only("access_note")


def configure(key: str) -> None:
    """Set the secret of the chain (from configuration, never from the database)."""
    _key[0] = key.encode()


def subject_key(row: Any) -> tuple[str, str]:
    """(table name, public id): how the journal names a row."""
    return row.__tablename__, row.public_id


def record(subject: Any, verb: str, *, by: Any, at: datetime, before: Any = None, after: Any = None,
           reason: str | None = None, on_behalf_of: Any = None, detail: dict[str, Any] | None = None) -> JournalEntry:  # fmt: skip
    """Append one line in the present transaction. `by` None means the system itself."""
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    last = db.session.execute(
        select(JournalEntry.seq, JournalEntry.hash).order_by(JournalEntry.seq.desc()).limit(1)
    ).first()
    kind, pid = subject_key(subject)
    entry = JournalEntry(
        seq=(last.seq if last else 0) + 1, at=at, actor_id=by.id if by else None,
        on_behalf_of_id=on_behalf_of.id if on_behalf_of else None, subject_type=kind, subject_pid=pid, verb=verb,
        before=None if before is None else str(before), after=None if after is None else str(after),
        reason=reason, detail=detail, prev_hash=last.hash if last else GENESIS,
    )  # fmt: skip
    entry.hash = digest(entry)
    db.session.add(entry)
    db.session.flush()
    return entry


def digest(entry: Any) -> str:
    """The hash that this line must have, computed from its content and the line before."""
    line = {
        "seq": entry.seq, "at": entry.at.isoformat(), "actor": entry.actor_id, "for": entry.on_behalf_of_id,
        "type": entry.subject_type, "id": entry.subject_pid, "verb": entry.verb, "from": entry.before,
        "to": entry.after, "reason": entry.reason, "detail": entry.detail,
    }  # fmt: skip
    content = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(_key[0], (entry.prev_hash + content).encode(), hashlib.sha256).hexdigest()


def verify(session: Any = None) -> tuple[int, JournalEntry | None, str]:
    """Walk the chain, of a copy where a session on one is given. Returns (lines read, first broken line or None, what is wrong with it)."""
    previous, count = GENESIS, 0
    for entry in (session or db.session).scalars(select(JournalEntry).order_by(JournalEntry.seq).execution_options(yield_per=1000)):
        count += 1
        if entry.seq != count:
            return count, entry, f"line {count} is missing"
        if entry.prev_hash != previous:
            return count, entry, "it does not follow the line before"
        if not hmac.compare_digest(digest(entry), entry.hash):
            return count, entry, "its content does not match its hash"
        previous = entry.hash
    return count, None, ""


# written once: the page of nearly every thing tells its history
_TIMELINE = (select(*JournalEntry.__table__.c).where(tuple_(JournalEntry.subject_type, JournalEntry.subject_pid).in_(db.bindparam("subjects", expanding=True)))
             .order_by(JournalEntry.seq.desc()))  # fmt: skip


def timeline(subjects: Iterable[tuple[str, str]]) -> list[Any]:
    """The acts on these subjects ((table, public id) pairs), newest first, as rows of their columns."""
    return list(db.session.execute(_TIMELINE, {"subjects": keys})) if (keys := list(subjects)) else []


def note_access(kind: str, endpoint: str, *, at: datetime, actor_id: int | None = None,
                subject_pid: str | None = None, address: str | None = None) -> None:  # fmt: skip
    """Note a denial or a download on a connection of its own, outside the reading transaction."""
    values = {"kind": kind, "endpoint": endpoint, "at": at, "actor_id": actor_id, "subject_pid": subject_pid, "address": address}
    with reading_only(False), db.engine.begin() as connection:
        connection.execute(insert(AccessNote), values)
