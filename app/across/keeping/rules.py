"""Names of archives, which of them are kept, what a run can be, fingerprints of keys. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from app.kernel.words import N_, Face

ARCHIVE = re.compile(r"vamco-(\d{8}T\d{6}Z)\.backup")


class Kind(Face):
    """What a run was."""

    CREATED = "created", N_("Backup made"), "green"
    INCOMPLETE = "incomplete", N_("Backup made, files are missing or damaged"), "amber"
    FAILED = "failed", N_("Backup failed"), "red"
    RESTORED = "restored", N_("Restored from a backup"), "amber"
    RELEASED = "released", N_("Mails let go"), "green"


def archive_name(at: datetime) -> str:
    """The file name of the backup of an instant; names in order are backups in order."""
    return f"vamco-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"


def too_many(names: Iterable[str], keep: int) -> list[str]:
    """Which of these files are older than the `keep` newest archives. What is not named like one is never among them."""
    archives = sorted(name for name in names if ARCHIVE.fullmatch(name))
    return archives[:-keep] if keep > 0 else []


def fingerprint(key: str) -> str:
    """How a key is called without telling it: 16 hexadecimal digits. Keys have 32 random characters or more, so nobody finds them by it."""
    return hashlib.sha256(f"fingerprint:{key}".encode()).hexdigest()[:16]
