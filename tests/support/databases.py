"""A fresh database for each test: a copy of a template that holds schema, rulebook, plan and demonstration accounts."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from app import create_app
from app.across.demo import cast
from app.kernel.db import db
from app.services.papers import bases
from app.services.questionnaires import actions as questionnaires
from app.services.rulebook import actions as rulebook
from app.stages.plan import actions as plan_actions
from app.stages.plan.cli import PLAN_1821

PASSWORD = "mot cau de nho 2026"
BEGINNING = datetime(2023, 1, 3, 1, 0, tzinfo=UTC)
SERVER = os.environ.get("VAMCO_TEST_DATABASE_URL", "")


def settings(url: str, folder: Path) -> dict:
    """Settings of an application under test."""
    return {
        "TESTING": True, "SQLALCHEMY_DATABASE_URI": url, "INSTANCE_FOLDER": str(folder), "FILES_FOLDER": str(folder / "files"),
        "MAIL_FOLDER": str(folder / "mail"), "PASSWORD_COST": 0, "SERVER_NAME": None, "PUBLIC_BASE_URL": "http://vamco.test",
        "DEMO_PASSWORD": PASSWORD, "SERVE_STATIC": False, "IDLE_MINUTES": 720, "RECENT_MINUTES": 720,
    }  # fmt: skip


def fill(at: datetime = BEGINNING) -> None:
    """Put into an empty database what every test may rely on."""
    db.create_all()
    rulebook.load(by=None, at=at)
    bases.load(at=at)
    questionnaires.load(by=None, at=at)
    plan, _new = plan_actions.import_plan(json.loads(PLAN_1821.read_text()), by=None, at=at)
    plan_actions.put_in_force(plan, by=None, at=at)
    cast.make(PASSWORD, at=at)
    db.session.commit()
    db.session.remove()


class SqliteTemplates:
    """Copies of one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.db"
        app = create_app("test", **settings(f"sqlite:///{self.template}", folder))
        with app.app_context():
            fill()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()

    def fresh(self) -> str:
        url = f"sqlite:///{self.folder / uuid.uuid4().hex}.db"
        self.renew(url)
        return url

    def renew(self, url: str, name: str = "template", *, through: Engine | None = None) -> None:
        if through is not None:
            through.dispose()
        self.drop(url)
        shutil.copyfile(self.folder / f"{name}.db", make_url(url).database or "")

    def keep(self, url: str, name: str, *, through: Engine) -> None:
        """From now on databases can be copies of this one too."""
        through.dispose()
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        shutil.copyfile(make_url(url).database or "", self.folder / f"{name}.db")

    def drop(self, url: str) -> None:
        path = make_url(url).database or ""
        for end in ("", "-wal", "-shm"):
            Path(path + end).unlink(missing_ok=True)


# What the template holds, beside it: a database is put back by what differs, which takes a twentieth of making it anew.
REMEMBER = """
CREATE SCHEMA kept;
CREATE TABLE kept.state (name text PRIMARY KEY, rows bigint, newest bigint);
CREATE TABLE kept.counters AS SELECT sequencename::text AS name, last_value FROM pg_sequences WHERE schemaname = 'public';
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', 'of_' || t, t);
    EXECUTE format('INSERT INTO kept.state SELECT %L, count(*), coalesce(max(xmin::text::bigint), 0) FROM public.%I', t, t);
  END LOOP;
END $$
"""
PUT_BACK = """
DO $$ DECLARE s record; n bigint; x bigint; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR s IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN (SELECT name FROM kept.state) LOOP
    EXECUTE format('DROP TABLE public.%I', s.name);
  END LOOP;
  FOR s IN SELECT * FROM kept.state LOOP
    EXECUTE format('SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM public.%I', s.name) INTO n, x;
    IF n <> s.rows OR x <> s.newest THEN
      EXECUTE format('DELETE FROM public.%I', s.name);
      EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', s.name, 'of_' || s.name);
      EXECUTE format('UPDATE kept.state SET newest = (SELECT coalesce(max(xmin::text::bigint), 0) FROM public.%I) WHERE name = %L', s.name, s.name);
    END IF;
  END LOOP;
  PERFORM setval(format('public.%I', c.name)::regclass, coalesce(c.last_value, 1), c.last_value IS NOT NULL) FROM kept.counters c;
END $$
"""
# What a database holds beyond the template, and the way back to it.
KEEP = """
DO $$ DECLARE s record; n bigint; x bigint; BEGIN
  CREATE SCHEMA {name};
  CREATE TABLE {name}.counters AS SELECT sequencename::text AS name, last_value FROM pg_sequences WHERE schemaname = 'public';
  CREATE TABLE {name}.changed (name text PRIMARY KEY);
  FOR s IN SELECT * FROM kept.state LOOP
    EXECUTE format('SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM public.%I', s.name) INTO n, x;
    IF n <> s.rows OR x <> s.newest THEN
      EXECUTE format('CREATE TABLE {name}.%I AS TABLE public.%I', 'of_' || s.name, s.name);
      INSERT INTO {name}.changed VALUES (s.name);
    END IF;
  END LOOP;
END $$
"""
LAY_OUT = """
DO $$ DECLARE t text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT name FROM {name}.changed LOOP
    EXECUTE format('DELETE FROM public.%I', t);
    EXECUTE format('INSERT INTO public.%I SELECT * FROM {name}.%I', t, 'of_' || t);
  END LOOP;
  PERFORM setval(format('public.%I', c.name)::regclass, coalesce(c.last_value, 1), c.last_value IS NOT NULL) FROM {name}.counters c;
END $$
"""
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
BUSY = f"{OTHERS} AND state <> 'idle'"


class PostgresqlTemplates:
    """Databases made from a template database, and put back to what it holds."""

    def __init__(self, folder: Path) -> None:
        self.server = create_engine(SERVER, isolation_level="AUTOCOMMIT", pool_size=1)
        self.name = f"template_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {self.name}")
        app = create_app("test", **settings(self._url(self.name), folder))
        with app.app_context():
            fill()
            db.engine.dispose()
        self._in(self._url(self.name), REMEMBER)
        self.made: set[str] = set()

    @staticmethod
    def _in(url: str, *statements: str) -> None:
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))

    @staticmethod
    def _on(engine: Engine, *statements: str) -> None:
        connection = engine.raw_connection()
        driver: Any = connection.driver_connection
        driver.autocommit = True
        try:
            for statement in statements:
                driver.execute(statement.encode())
        finally:
            driver.autocommit = False
            connection.close()

    def _run(self, statement: str) -> None:
        with self.server.connect() as connection:
            connection.execute(text(statement))

    def _url(self, name: str) -> str:
        return make_url(SERVER).set(database=name).render_as_string(hide_password=False)

    def fresh(self) -> str:
        url = self._url(f"t_{uuid.uuid4().hex[:12]}")
        self.renew(url)
        return url

    def renew(self, url: str, name: str = "", *, through: Engine | None = None) -> None:
        if url not in self.made:
            self.drop(url)
            self._run(f"CREATE DATABASE {make_url(url).database} TEMPLATE {self.name}")
            self.made.add(url)
            return
        then = [LAY_OUT.format(name=name)] if name else []
        if through is None:
            self._in(url, OTHERS, PUT_BACK, *then)
        else:  # a connection of the application knows the tables already; a new one must learn them all
            self._on(through, BUSY, PUT_BACK, *then)

    def keep(self, url: str, name: str, *, through: Engine) -> None:
        """From now on this database can be put to what it holds now."""
        self._on(through, KEEP.format(name=name))

    def drop(self, url: str) -> None:
        self.made.discard(url)
        self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


def templates(folder: Path) -> SqliteTemplates | PostgresqlTemplates:
    """Templates on the database this run is for."""
    return PostgresqlTemplates(folder) if SERVER else SqliteTemplates(folder)
