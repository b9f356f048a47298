"""How connections begin: reading is read-only in the database, and nothing is sent that is not needed."""

from __future__ import annotations

import pytest
from sqlalchemy import NullPool, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from app import pool
from app.kernel.db import db as database
from app.kernel.db import reading_only

WRITE = "INSERT INTO counter (series, year, n) VALUES ('x', 2026, 1)"


@pytest.fixture
def sent(app):
    """The statements sent from here on."""
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def read():
    with reading_only():
        database.session.execute(text("SELECT 1"))
        database.session.rollback()


def test_reading_is_read_only_whatever_came_before(app):
    for _again in range(2):
        read()
        with reading_only(), pytest.raises(SQLAlchemyError):
            database.session.execute(text(WRITE))
        database.session.rollback()
        database.session.execute(text(WRITE))
        database.session.rollback()


def test_a_second_reader_sends_no_more_than_its_question(app, sent):
    read()
    sent.clear()
    read()
    assert [s for s in sent if s != "BEGIN"] == ["SELECT 1"]


def test_a_connection_that_lay_idle_and_broke_is_made_anew(app, monkeypatch):
    if database.engine.dialect.name != "postgresql":
        pytest.skip("a server that may go away")
    monkeypatch.setattr(pool, "IDLE", -1.0)
    backend = database.session.scalar(text("SELECT pg_backend_pid()"))
    database.session.rollback()
    outside = create_engine(database.engine.url, poolclass=NullPool)
    with outside.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
    assert database.session.scalar(text("SELECT pg_backend_pid()")) != backend


def test_what_a_connection_prepared_outlives_a_reading_and_a_writing_that_is_refused_is_still_undone(app):
    """The driver throws away all its prepared statements at a ROLLBACK, so a transaction that only read ends by COMMIT."""
    if database.engine.dialect.name != "postgresql":
        pytest.skip("only the driver of PostgreSQL keeps statements by itself so")
    prepared = text("select count(*) from pg_prepared_statements where statement like 'select 41%'")
    with database.engine.connect() as connection:
        for _ in range(8):
            with reading_only():
                connection.execute(text("select 41 + 1"))
                connection.rollback()
        assert connection.scalar(prepared) == 1
        connection.rollback()
        with reading_only(False):
            connection.execute(text("create table never (id integer)"))
            connection.rollback()
            assert connection.scalar(text("select count(*) from pg_tables where tablename = 'never'")) == 0
