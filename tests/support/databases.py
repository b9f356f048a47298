"""A fresh database for each test: a copy of a template that holds schema, rulebook, plan and demonstration accounts."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from app import create_app
from app.across.demo import cast
from app.kernel.db import db
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
        "DEMO_PASSWORD": PASSWORD, "SERVE_STATIC": False, "IDLE_MINUTES": 720,
    }  # fmt: skip


def fill(at: datetime = BEGINNING) -> None:
    """Put into an empty database what every test may rely on."""
    db.create_all()
    rulebook.load(by=None, at=at)
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

    def renew(self, url: str, name: str = "template") -> None:
        self.drop(url)
        shutil.copyfile(self.folder / f"{name}.db", make_url(url).database or "")

    def keep(self, url: str, name: str) -> None:
        """From now on databases can be copies of this one too; nobody may be connected to it."""
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        shutil.copyfile(make_url(url).database or "", self.folder / f"{name}.db")

    def drop(self, url: str) -> None:
        path = make_url(url).database or ""
        for end in ("", "-wal", "-shm"):
            Path(path + end).unlink(missing_ok=True)


class PostgresqlTemplates:
    """Databases made from a template database."""

    def __init__(self, folder: Path) -> None:
        self.server = create_engine(SERVER, isolation_level="AUTOCOMMIT", pool_size=1)
        self.name = f"template_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {self.name}")
        app = create_app("test", **settings(self._url(self.name), folder))
        with app.app_context():
            fill()
            db.engine.dispose()

    def _run(self, statement: str) -> None:
        with self.server.connect() as connection:
            connection.execute(text(statement))

    def _url(self, name: str) -> str:
        return make_url(SERVER).set(database=name).render_as_string(hide_password=False)

    def fresh(self) -> str:
        url = self._url(f"t_{uuid.uuid4().hex[:12]}")
        self.renew(url)
        return url

    def renew(self, url: str, name: str = "") -> None:
        self.drop(url)
        self._run(f"CREATE DATABASE {make_url(url).database} TEMPLATE {self.name}{name}")

    def keep(self, url: str, name: str) -> None:
        """From now on databases can be copies of this one too; nobody may be connected to it."""
        self._run(f"CREATE DATABASE {self.name}{name} TEMPLATE {make_url(url).database}")

    def drop(self, url: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


def templates(folder: Path) -> SqliteTemplates | PostgresqlTemplates:
    """Templates on the database this run is for."""
    return PostgresqlTemplates(folder) if SERVER else SqliteTemplates(folder)
