"""The two databases as files: a copy of one instant while people work, and the way back.

SQLite      VACUUM INTO reads one snapshot and keeps no writer waiting (WAL)
PostgreSQL  a snapshot is exported, rows are counted in it, and pg_dump dumps the same one; its version is asked first
"""

from __future__ import annotations

import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, NullPool, create_engine, inspect, make_url, text

from app.across.keeping.archive import Unusable
from app.kernel.db import engine_options, prepare_engine

REPEATABLE = "REPEATABLE READ"


def opened(url: str) -> Engine:
    """An engine of its own for one piece of work, set up like the application's, without its limit of time."""
    options = engine_options(url)
    if not url.startswith("sqlite"):
        options = {"connect_args": {"options": "-c lock_timeout=60000 -c statement_timeout=0"}}
    engine = create_engine(url, poolclass=NullPool, **{k: v for k, v in options.items() if k != "pool_use_lifo"})
    prepare_engine(engine)
    return engine


def facts(connection: Any) -> dict[str, Any]:
    """What a database holds: rows of each table, its migration, the end of its journal. Raises Unusable when it is not one of ours."""
    tables = sorted(inspect(connection).get_table_names())
    if "journal_entry" not in tables:
        raise Unusable("this database holds no journal: it is not one of Vàm Cỏ, or was never migrated")
    rows = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in tables}
    head = connection.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    last = connection.execute(text("SELECT seq, hash FROM journal_entry ORDER BY seq DESC LIMIT 1")).first()
    return {"head": head, "rows": rows, "journal": {"lines": rows["journal_entry"], "last": last.seq if last else 0, "hash": last.hash if last else ""}}


@contextmanager
def snapshot(engine: Engine, copy: Path) -> Iterator[tuple[dict[str, Any], Any]]:
    """Copy the database of this engine to `copy`, as of one instant. Gives (what it holds, a connection that sees the same instant)."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.driver_connection.execute("VACUUM INTO ?", (str(copy),))  # type: ignore[union-attr]
        finally:
            raw.close()
        of_copy = opened(f"sqlite:///{copy}")
        with of_copy.connect() as connection:
            yield facts(connection) | {"server": ".".join(map(str, of_copy.dialect.dbapi.sqlite_version_info))}, connection  # type: ignore[attr-defined]
        return
    own = opened(engine.url.render_as_string(hide_password=False))
    with own.connect().execution_options(isolation_level=REPEATABLE) as connection:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
        check_tool("pg_dump", version)
        name = connection.scalar(text("SELECT pg_export_snapshot()"))
        held = facts(connection) | {"server": str(version)}
        _run("pg_dump", engine.url, "--format=custom", "--schema=public", "--no-owner", "--no-privileges", "--compress=6", "--lock-wait-timeout=60000",
             f"--snapshot={name}", f"--file={copy}")  # fmt: skip
        if not copy.exists() or copy.stat().st_size == 0:
            raise Unusable("pg_dump wrote nothing")
        yield held, connection


def check_tool(tool: str, server: int) -> None:
    """Raise Unusable when the tool is missing, or older than the server: it would dump nothing, and has been known to say so to nobody."""
    try:
        said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise Unusable(f"{tool} is not installed here: install the client of PostgreSQL {server} or newer") from None
    found = re.search(r"(\d+)(?:\.\d+)*", said)
    if not found or int(found[1]) < server:
        raise Unusable(f"{said.strip()} is older than the server ({server}): install the client of PostgreSQL {server} or newer")


def _run(tool: str, url: URL, *arguments: str) -> str:
    """Run a tool of PostgreSQL on this database; the password goes by the environment, where nobody else sees it."""
    name = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, "PGPASSWORD": url.password or "", "PGOPTIONS": "-c statement_timeout=0"}
    if not url.password:
        del environment["PGPASSWORD"]
    try:
        done = subprocess.run([tool, *arguments, f"--dbname={name}"], check=False, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    except OSError:
        raise Unusable(f"{tool} is not installed here") from None
    if done.returncode:
        raise Unusable(f"{tool} failed: {(done.stderr.strip().splitlines() or ['no word'])[0]}")
    return done.stdout


def is_empty(url: str) -> bool:
    """Is there no table where this address leads? A SQLite file that is not there is empty."""
    if url.startswith("sqlite") and not Path(make_url(url).database or "").exists():
        return True
    with opened(url).connect() as connection:
        return not inspect(connection).get_table_names()


def put_back(copy: Path, url: str) -> None:
    """Make the database at `url`, which is empty, what the copy holds: all of it or nothing."""
    if not url.startswith("sqlite"):
        server = opened(url)
        with server.connect() as connection:
            check_tool("pg_restore", int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000)
        _run("pg_restore", make_url(url), "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--schema=public", str(copy))
        return
    target = Path(make_url(url).database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    for end in ("", "-wal", "-shm"):
        Path(f"{target}{end}").unlink(missing_ok=True)  # it was asked before: it holds no table
    copy.replace(target)


@contextmanager
def looked_into(copy: Path, kind: str, server: str | None) -> Iterator[Any]:
    """A connection to what a copy holds, having asked the database itself whether it is sound. None when it could not be opened here.

    A dump of PostgreSQL is put into a new database beside the one at `server`, which is dropped afterwards.
    """
    if kind == "sqlite":
        with opened(f"sqlite:///{copy}").connect() as connection:
            said = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            if said != ["ok"] or connection.execute(text("PRAGMA foreign_key_check")).first():
                raise Unusable(f"the database in the archive is not sound: {said[0]}")
            yield connection
        return
    if server is None or not server.startswith("postgresql"):
        yield None
        return
    name, at = f"vamco_look_{uuid.uuid4().hex[:12]}", make_url(server)
    outside = create_engine(at, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with outside.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    try:
        scratch = at.set(database=name).render_as_string(hide_password=False)
        put_back(copy, scratch)
        with opened(scratch).connect() as connection:
            yield connection
    finally:
        with outside.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
