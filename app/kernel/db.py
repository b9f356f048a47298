"""The database: one object, a naming convention, our column types, triggers, safe connections."""

from __future__ import annotations

import contextvars
import importlib
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    MetaData,
    String,
    TypeDecorator,
    event,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from app.kernel.text import fold

log = logging.getLogger(__name__)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
MONEY_MAX = 10**13
PRAGMAS = {
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": "10000",
    "recursive_triggers": "ON",  # or INSERT OR REPLACE walks round the append-only triggers
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "journal_size_limit": str(64 * 2**20),
    "wal_autocheckpoint": "1000",
}
read_only: contextvars.ContextVar[bool] = contextvars.ContextVar("read_only", default=False)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)
Model = Base if TYPE_CHECKING else db.Model


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, stored as UTC, given back aware. Refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True
    python_type = datetime

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _EnumText(TypeDecorator[StrEnum]):
    impl = String(32)
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__(32)
        self.enum = enum

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else str(self.enum(value))

    def process_result_value(self, value: Any, dialect: Any) -> StrEnum | None:
        return None if value is None else self.enum(value)


def enum_of(enum: type[StrEnum], *, default: StrEnum | None = None, nullable: bool = False, **kw: Any) -> Any:
    """A column that holds a member of `enum` as text. Its CHECK is added when the table is known."""
    return mapped_column(_EnumText(enum), default=default, nullable=nullable, info={"enum": enum}, **kw)


def money(*, nullable: bool = False, default: int | None = None, **kw: Any) -> Any:
    """A column of whole đồng, 0 … 10^13 (CHECK), 64 bits."""
    return mapped_column(BigInteger, nullable=nullable, default=default, info={"money": True}, **kw)


def to(table: str) -> ForeignKey:
    """A foreign key to `table`.id: what is pointed to is never deleted."""
    return ForeignKey(f"{table}.id", ondelete="RESTRICT")


def public_id() -> str:
    """A random 128-bit id for addresses: 26 characters, no order, nothing to guess."""
    number = secrets.randbits(128)
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[(number >> 5 * i) & 31] for i in range(26))


def text_check(column: str, longest: int) -> CheckConstraint:
    """CHECK that a text is neither blank nor over-long."""
    return CheckConstraint(f"length({column}) <= {longest} AND trim({column}) <> ''", name=f"{column}_text")


class Identified:
    """An inner key, and a random one for addresses."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=public_id)


class Versioned:
    """A counter that grows with each change: the second person to save gets Stale."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


@event.listens_for(Base.metadata, "before_create")
def _finish_tables(metadata: MetaData, *_a: Any, **_k: Any) -> None:
    finish_tables(metadata)


def finish_tables(metadata: MetaData) -> None:
    """Give each enum and money column its CHECK. Harmless when done twice."""
    for table in metadata.tables.values():
        known = {c.name for c in table.constraints if c.name}
        for column in table.columns:
            if (enum := column.info.get("enum")) is not None:
                _check(table, known, f"{column.name}_enum", f"{column.name} IN ({', '.join(repr(str(m)) for m in enum)})")
            if column.info.get("money"):
                _check(table, known, f"{column.name}_money", f"{column.name} BETWEEN 0 AND {MONEY_MAX}")


def _check(table: Any, known: set[Any], name: str, rule: str) -> None:
    if f"ck_{table.name}_{name}" not in known and name not in known:
        table.append_constraint(CheckConstraint(rule, name=name))


# --- triggers -------------------------------------------------------------------------------------------------

TRIGGERS: dict[str, tuple[str, str, str]] = {}


def trigger(name: str, table: str, *, sqlite: str, postgresql: str) -> None:
    """Register a trigger for both databases: created with the tables, and listed for migrations."""
    TRIGGERS[name] = (table, sqlite.strip(), postgresql.strip())


def append_only(table: str) -> None:
    """Refuse every UPDATE, DELETE (and on PostgreSQL TRUNCATE) of the table's rows."""
    for verb in ("update", "delete"):
        made = f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
        trigger(f"{table}_no_{verb}", table, sqlite=f"{made} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
                postgresql=f"{made} FOR EACH ROW EXECUTE FUNCTION refuse_change()")  # fmt: skip
    made = f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
    TRIGGERS[f"{table}_no_truncate"] = (table, "", f"{made} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


REFUSE_CHANGE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
)


def create_triggers(connection: Any, tables: set[str] | None = None) -> None:
    """Create the registered triggers of `tables` (all when None) on this connection's database."""
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.exec_driver_sql(REFUSE_CHANGE.replace("%", "%%"))
    for table, for_sqlite, for_postgresql in TRIGGERS.values():
        text = for_sqlite if sqlite else for_postgresql
        if text and (tables is None or table in tables):
            connection.execute(DDL(text.replace("%", "%%")))


@event.listens_for(Base.metadata, "after_create")
def _create_triggers(_metadata: MetaData, connection: Any, **_k: Any) -> None:
    create_triggers(connection)


# --- connections ----------------------------------------------------------------------------------------------


def engine_options(url: str) -> dict[str, Any]:
    """Options for the engine: on SQLite the driver with a sound WAL where it is installed."""
    if url.startswith("sqlite"):
        return {"module": sqlite_module(), "connect_args": {"check_same_thread": False}}
    return {"connect_args": {"options": "-c lock_timeout=10000 -c statement_timeout=60000"}, "pool_use_lifo": True}


def sqlite_module() -> Any:
    """pysqlite3 (it brings its own SQLite) where it is installed, else the interpreter's own."""
    for name in ("pysqlite3.dbapi2", "sqlite3"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise RuntimeError("no SQLite driver")  # pragma: no cover


def wal_is_sound(version: tuple[int, ...]) -> bool:
    """Is this SQLite free of the WAL-reset bug (3.7.0 … 3.51.2, mended in 3.44.6, 3.50.7, 3.51.3)?"""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def prepare_engine(engine: Any) -> None:
    """Hang our set-up on each new connection and on each BEGIN. Reads back what it set."""
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        version = engine.dialect.dbapi.sqlite_version_info
        journal = "WAL" if wal_is_sound(version) else "TRUNCATE"
        if journal != "WAL":
            log.warning("SQLite %s has the WAL-reset bug: using a rollback journal", ".".join(map(str, version)))
        event.listen(engine, "connect", lambda raw, _record: _set_up_sqlite(raw, journal))
    event.listen(engine, "begin", _begin_sqlite if sqlite else _begin_postgresql)


class folded(FunctionElement[str]):
    """A text column as kernel.text.fold gives it, computed by the database: for searching where no folded column is kept."""

    type = String()
    inherit_cache = True


@compiles(folded)
def _folded_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"fold({compiler.process(element.clauses, **kw)})"


@compiles(folded, "postgresql")
def _folded_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"lower(translate({compiler.process(element.clauses, **kw)}, '{_LETTERS}', '{_BARE}'))"


_LETTERS = "".join(c for c in map(chr, range(0xC0, 0x1EFA)) if len(fold(c)) == 1 and fold(c).isascii() and fold(c).isalpha() and not c.isascii())
_BARE = "".join(fold(c) for c in _LETTERS)


def _set_up_sqlite(raw: Any, journal: str) -> None:
    raw.create_function("fold", 1, lambda text: None if text is None else fold(str(text)), deterministic=True)
    raw.isolation_level = None  # our own BEGIN below, not the driver's
    raw.execute("PRAGMA busy_timeout=10000")
    raw.execute(f"PRAGMA journal_mode={journal}")
    for name, value in PRAGMAS.items():
        raw.execute(f"PRAGMA {name}={value}")
    if raw.execute("PRAGMA foreign_keys").fetchone()[0] != 1 or raw.execute("PRAGMA recursive_triggers").fetchone()[0] != 1:
        raise RuntimeError("this SQLite ignores foreign_keys or recursive_triggers")


def _begin_sqlite(connection: Any) -> None:
    reading = read_only.get()
    if connection.info.get("reading") is not reading:  # each such PRAGMA makes SQLite prepare all its statements anew
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        connection.info["reading"] = reading
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Any) -> None:
    connection.connection.driver_connection.read_only = read_only.get()  # goes along with BEGIN


@contextmanager
def reading_only(value: bool = True) -> Iterator[None]:
    """Transactions begun inside are read-only in the database (or, with False, ordinary again)."""
    token = read_only.set(value)
    try:
        yield
    finally:
        read_only.reset(token)
