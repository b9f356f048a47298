"""Connections to PostgreSQL: one that lay idle is asked whether it lives before it is used, not one of a moment ago; and what a
connection has prepared outlives a page.

SQLAlchemy's `pool_pre_ping` asks for every request, a round trip to the database that nearly always says yes. A connection that
breaks within these seconds is met by the page for a busy system, and by the new attempts of a form (kernel.web).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

IDLE = 10.0  # seconds


def ask_idle_ones(engine: Engine) -> None:
    """Ask whether a connection lives when it lay idle for longer; when it does not, all of this process are made anew."""
    broken: Any = engine.dialect.loaded_dbapi.Error

    @event.listens_for(engine, "checkin")
    def put_back(_raw: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(raw: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) > IDLE:
            try:
                engine.dialect.do_ping(raw)
            except broken as failure:
                raise InvalidatePoolError from failure


def keep_what_is_prepared(engine: Engine) -> None:
    """End a transaction that only read by COMMIT: at a ROLLBACK the driver throws away all statements it has prepared.

    Every page ends so, and planning the long statements anew costs more than running them.
    """

    @event.listens_for(engine, "rollback")
    def rolled_back(connection: Any) -> None:
        raw = connection.connection.driver_connection
        if raw.read_only and raw.info.transaction_status.name == "INTRANS":
            raw.commit()  # the ROLLBACK that follows finds nothing to do


@contextmanager
def planned_once(connection: Connection) -> Iterator[None]:
    """For statements that are long, that everybody asks, and in which all but the person and the day is written out: they are prepared
    when a connection first asks them, and planned for all values alike.

    By itself the driver prepares what was asked five times, and the server plans the next five anew: on a desk planning takes four times as long as
    reading. Until the transaction ends, what is prepared is planned so.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("SET LOCAL plan_cache_mode = force_generic_plan", prepare=False)
    usual, raw.prepare_threshold = raw.prepare_threshold, 0
    try:
        yield
    finally:
        raw.prepare_threshold = usual
