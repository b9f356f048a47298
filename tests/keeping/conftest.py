"""A pair of keys, a database that says its migration, and commands run in an application."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text

from app import create_app
from app.across.operation import queries
from app.kernel.db import db as database
from tests.support.databases import PostgresqlTemplates, settings


@pytest.fixture
def migrated(app, db):
    """The database says that it is at the program's head."""
    db.session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    db.session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": queries.head(app.config["MIGRATIONS_FOLDER"])})
    db.session.commit()


@pytest.fixture
def run(app):
    """run("backup", "create", …) runs a command; run(…, on=other) in another application. Gives (exit code, all it said)."""

    def ran(*words, on=app):
        with on.app_context():  # Flask's runner would stay in the context that is there
            answer = on.test_cli_runner().invoke(args=[str(w) for w in words])
            database.session.remove()
        if answer.exception is not None and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return answer.exit_code, answer.output

    return ran


@pytest.fixture
def secret(tmp_path, run):
    """A file with a secret key; `secret.public` is the public one."""

    class Key(type(tmp_path)):
        public = ""

    code, said = run("backup", "new-key", tmp_path / "key.txt")
    assert code == 0
    key = Key(tmp_path / "key.txt")
    Key.public = said.strip()
    return key


@pytest.fixture
def archive(tmp_path, run, secret, migrated):
    """An archive of the database as it stands."""

    def made(name="out"):
        database.session.commit()
        code, said = run("backup", "create", "--to", tmp_path / name, "--key", secret.public)
        assert code == 0, said
        return max((tmp_path / name).glob("*.backup"))

    return made


@pytest.fixture
def vacant(app, database_templates, tmp_path):
    """A second installation beside `app`: its database has no table, its folder no file."""
    if isinstance(database_templates, PostgresqlTemplates):
        name = f"vacant_{uuid.uuid4().hex[:12]}"
        database_templates._run(f"CREATE DATABASE {name}")
        url = database_templates._url(name)
    else:
        url = f"sqlite:///{tmp_path / 'vacant' / 'vacant.db'}"
    other = create_app("test", **settings(url, tmp_path / "vacant"))
    yield other
    with other.app_context():
        database.engine.dispose()
    database_templates.drop(url)
