"""The journal's end, written where who can change the database cannot: a file on another path, a mailbox.

The chain shows a line that was changed, taken out or moved; it cannot show that its last lines were cut off, nor that
somebody who has the key made it anew. An anchor can: it says that at an instant there were so many lines, the last with
such a hash, and sums the notes of access up to one of them. Each is signed with the journal's key and follows the one before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.across.keeping.models import JournalAnchor
from app.kernel import journal
from app.kernel.db import db
from app.kernel.journal import GENESIS, AccessNote, JournalEntry


@dataclass(frozen=True)
class End:
    """Where journal and notes of access end."""

    lines: int
    head: str
    readings: int


@dataclass(frozen=True)
class Fault:
    """What does not agree with an anchor: the first line of the journal concerned (None: not the journal), and a sentence."""

    line: int | None
    why: str


def end() -> End:
    """The journal's last line and the last note of access."""
    last = db.session.execute(select(JournalEntry.seq, JournalEntry.hash).order_by(JournalEntry.seq.desc()).limit(1)).first()
    return End(last.seq if last else 0, last.hash if last else GENESIS, db.session.scalar(select(func.max(AccessNote.id))) or 0)


def signed(content: str) -> str:
    """HMAC of a text with the journal's key."""
    return hmac.new(journal._key[0], content.encode(), hashlib.sha256).hexdigest()


def sum_of(after: int, until: int, before: str) -> str:
    """The notes of access after one and until another, summed on top of the sum before."""
    digest = hmac.new(journal._key[0], before.encode(), hashlib.sha256)
    columns = AccessNote.__table__.c
    rows = db.session.execute(select(*columns).where(columns.id > after, columns.id <= until).order_by(columns.id).execution_options(yield_per=1000))
    for row in rows:
        digest.update(json.dumps([row.id, row.at.isoformat(), row.actor_id, row.kind, row.endpoint, row.subject_pid, row.address], ensure_ascii=False).encode())
    return digest.hexdigest()


def line_of(row: JournalAnchor) -> str:
    """An anchor as one line of JSON, signed."""
    said = {"at": row.at.isoformat(), "lines": row.lines, "head": row.head, "readings": row.readings, "readings_sum": row.readings_sum}
    return json.dumps(said | {"signed": signed(json.dumps(said, sort_keys=True))}, sort_keys=True)


def write(file: Path, line: str) -> None:
    """Add a line to the file, on the disk before it returns. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(line + "\n")
        out.flush()
        os.fsync(out.fileno())


def read(file: Path) -> list[dict[str, Any]]:
    """The anchors of a file; a mail's other lines are passed over. Raises ValueError for one whose signature is wrong."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if not line.strip().startswith('{"at"'):
            continue
        try:
            said = json.loads(line)
            mark = said.pop("signed")
        except (ValueError, KeyError):
            raise ValueError(f"anchor {number} cannot be read") from None
        if not hmac.compare_digest(mark, signed(json.dumps(said, sort_keys=True))):
            raise ValueError(f"anchor {number} is not signed with this journal's key")
        found.append(said)
    return found


def count(file: Path) -> int:
    """How many anchors a file holds."""
    return len(read(file))


def compare(file: Path) -> Fault | None:
    """The first anchor that the journal, which is unbroken in itself, or the notes of access do not agree with; None when all do."""
    try:
        said = read(file)
    except ValueError as failure:
        return Fault(None, str(failure))
    if not said:
        return Fault(None, "the file holds no anchor")
    last, agreed = end(), 0
    for one in said:
        if one["lines"] > last.lines:
            return Fault(last.lines + 1, f"the journal ends at line {last.lines}; there were {one['lines']} lines at {one['at']}")
        present = db.session.scalar(select(JournalEntry.hash).where(JournalEntry.seq == one["lines"])) if one["lines"] else GENESIS
        if present != one["head"]:
            return Fault(agreed + 1, f"between lines {agreed + 1} and {one['lines']} the journal is not what it was at {one['at']}: the chain was made anew")
        agreed = one["lines"]
    return _readings(said)


def _readings(said: list[dict[str, Any]]) -> Fault | None:
    """The notes of access against the sums of the anchors. A file that was begun later says nothing of the notes before its first anchor."""
    before, summed = 0, GENESIS
    first = db.session.scalar(select(func.min(JournalAnchor.at)))
    if first is not None and said[0]["at"] != first.isoformat():
        before, summed = said[0]["readings"], said[0]["readings_sum"]
        said = said[1:]
    for one in said:
        if sum_of(before, one["readings"], summed) != one["readings_sum"]:
            return Fault(None, f"notes of access {before + 1} to {one['readings']} are not what they were at {one['at']}")
        before, summed = one["readings"], one["readings_sum"]
    return None
