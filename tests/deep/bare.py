"""The bare write path, to compare with: what no way round exists for. Three files to the disk and synced, one transaction with number, row, files and mail."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Any

from app.kernel.db import sqlite_module

FOLDER = Path(os.environ.get("BARE_FOLDER") or ".")
HERE = threading.local()
SCHEMA = """
CREATE TABLE IF NOT EXISTS counter (n INTEGER); CREATE TABLE IF NOT EXISTS dossier (id INTEGER PRIMARY KEY, number TEXT UNIQUE, body TEXT);
CREATE TABLE IF NOT EXISTS file (dossier INTEGER, sha256 TEXT); CREATE TABLE IF NOT EXISTS mail (dossier INTEGER, body TEXT);
"""


def _base() -> Any:
    if not hasattr(HERE, "base"):
        HERE.base = sqlite_module().connect(FOLDER / "bare.db", timeout=60, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            HERE.base.execute(f"PRAGMA {pragma}")
        HERE.base.executescript(SCHEMA)
    return HERE.base


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """POST: a body that is cut in three files. Anything else: alive."""
    if environ["REQUEST_METHOD"] != "POST":
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    hashes = []
    for n in range(3):
        part = body[n * len(body) // 3 : (n + 1) * len(body) // 3]
        hashes.append(hashlib.sha256(part).hexdigest())
        with (FOLDER / f"{hashes[-1]}-{os.urandom(4).hex()}").open("wb") as file:
            file.write(part)
            file.flush()
            os.fsync(file.fileno())
    base = _base()
    base.execute("BEGIN IMMEDIATE")
    number = base.execute("SELECT count(*) FROM dossier").fetchone()[0] + 1
    row = base.execute("INSERT INTO dossier (number, body) VALUES (?, ?)", (f"HS-{number}", "x" * 4000)).lastrowid
    base.executemany("INSERT INTO file VALUES (?, ?)", [(row, h) for h in hashes])
    base.execute("INSERT INTO mail VALUES (?, ?)", (row, "x" * 800))
    base.execute("COMMIT")
    start_response("201 Created", [("Content-Length", "0")])
    return []
