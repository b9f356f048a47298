"""Fixtures: an application on a fresh database, people signed in, a fixed time, the mails that wait."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
import time_machine
from flask import Flask, has_request_context, request
from sqlalchemy import event, select

from app import create_app, set_up_time_and_record
from app.across.demo import cast as demo_cast
from app.across.demo import world
from app.cli import compile_catalogue
from app.kernel import outbox
from app.kernel.db import db as database
from app.kernel.outbox import OutboxMail
from app.services.mails import sending, writing
from app.services.mails.register import MAILS
from app.services.people.models import User
from app.services.people.queries import user_by_email
from tests.support.browser import StrictClient, values_of
from tests.support.databases import PASSWORD, PostgresqlTemplates, settings, templates
from tests.support.kept import Shelf
from tests.support.sharing import ByFile
from tests.support.stopped import stopped  # noqa: F401 - a fixture

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 08:00 in Viet Nam
# how fast the machine is decides nothing here
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")
warnings.filterwarnings("ignore", category=DeprecationWarning, module="flask_login")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs longer under DEEP is part of `make deep`, which takes what is marked deep."""
    for item in items if os.environ.get("DEEP") else ():
        if item.get_closest_marker("longer"):
            item.add_marker(pytest.mark.deep)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadscope` shares tests as tests/support/sharing.py says."""
    return ByFile(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def database_templates(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from pathlib import Path

    for po in Path(__file__).parent.parent.joinpath("app").rglob("translations/vi/LC_MESSAGES/messages.po"):
        compile_catalogue(po)
    return templates(tmp_path_factory.mktemp("databases"))


@pytest.fixture
def at() -> datetime:
    """The instant at which most tests happen: 2026-03-02 08:00 in Viet Nam."""
    return AT


@pytest.fixture
def travel(at: datetime) -> Iterator[Any]:
    """Time stands at `at`; travel.move_to(...) moves it."""
    with time_machine.travel(at, tick=False) as traveller:
        yield traveller


def only_announced(template: str, **told: Any) -> str:
    """Writes a mail as the application does. An act may write those alone that its form announced (tests/support/sending.py reads them)."""
    if has_request_context() and request.method == "POST":
        assert template in sending.all_of(request.endpoint or ""), f"{request.endpoint} wrote {template}, which nobody was told before"
    assert template in MAILS or template.count("/") != 2, f"{template} is not in app/services/mails/register.py"
    return writing.write(template, **told)


@pytest.fixture(scope="session")
def application(database_templates: Any, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application for all tests of a process: routes, templates and SQL statements are made once, the database for each test."""
    made = create_app("test", **settings(database_templates.fresh(), tmp_path_factory.mktemp("application")))
    made.test_client_class = StrictClient
    outbox.WRITERS.append(only_announced)
    Shelf(database_templates, tmp_path_factory.mktemp("kept")).watch(made)
    return made


@pytest.fixture
def app(application: Flask, database_templates: Any, tmp_path: Any, travel: Any) -> Iterator[Flask]:
    """The application on a fresh database, with folders of its own and the usual settings."""
    usual = dict(application.config)
    url = usual["SQLALCHEMY_DATABASE_URI"]
    with application.app_context():
        database_templates.renew(url, through=database.engine)
    application.config.update(settings(url, tmp_path))
    set_up_time_and_record(application)
    application.extensions["shelf"].standing = ""
    with application.app_context():
        yield application
        database.session.remove()
    application.config.clear()
    application.config.update(usual)


@pytest.fixture
def db(app: Flask) -> Any:
    """The database object, inside the application's context."""
    return database


@pytest.fixture
def cast(db: Any) -> demo_cast.Cast:
    """The demonstration people and organisations."""
    return demo_cast.load()


@pytest.fixture(scope="session")
def kept_world(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Where the files of the demonstration world lie, once it has been played."""
    return tmp_path_factory.mktemp("world") / "files"


@pytest.fixture
def played(app: Flask, database_templates: Any, kept_world: Any, at: datetime) -> demo_cast.Cast:
    """The demonstration world of seed 1 as of `at`: played once in a process, copied for each test."""
    url, files = app.config["SQLALCHEMY_DATABASE_URI"], app.config["FILES_FOLDER"]
    if not kept_world.exists():
        print("seed 1")
        world.build(PASSWORD, as_of=at, seed=1)
        database.session.commit()
        database.session.remove()
        database_templates.keep(url, "world", through=database.engine)
        shutil.copytree(files, kept_world)
    else:
        database.session.remove()
        database_templates.renew(url, "world", through=database.engine)
        shutil.copytree(kept_world, files, dirs_exist_ok=True)
    set_up_time_and_record(app)
    return demo_cast.load()


@pytest.fixture
def user(db: Any) -> Callable[[str], User]:
    """user("pi1") is the person pi1@demo.vamco.test."""

    def find(account: str) -> User:
        found = user_by_email(f"{account}@{demo_cast.DOMAIN}")
        assert found is not None, account
        return found

    return find


@pytest.fixture
def anonymous(app: Flask) -> StrictClient:
    """A visitor who is not signed in."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def as_(app: Flask) -> Callable[[str], StrictClient]:
    """as_("pi1") is a browser in which pi1 is signed in."""

    def signed_in(account: str) -> StrictClient:
        client = app.test_client()
        form = client.page("/auth/login").select_one("main form")  # type: ignore[attr-defined]
        answer = client.post("/auth/login", data=values_of(form) | {"email": f"{account}@{demo_cast.DOMAIN}", "password": PASSWORD})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return client  # type: ignore[return-value]

    return signed_in


@pytest.fixture
def mails(db: Any) -> Callable[[], list[OutboxMail]]:
    """The mails that wait or went, oldest first."""
    return lambda: list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


@pytest.fixture
def count_queries(db: Any) -> Callable[[Callable[[], Any]], int]:
    """count_queries(fn) runs fn and says how many statements it sent to the database."""

    def count(act: Callable[[], Any]) -> int:
        statements: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "SET TRANSACTION")):
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    return count


@pytest.fixture
def empty(database_templates, tmp_path):
    """An application on a database without a single table."""
    if isinstance(database_templates, PostgresqlTemplates):
        name = f"empty_{tmp_path.name.lower().replace('-', '_')}_{id(tmp_path)}"
        database_templates._run(f"CREATE DATABASE {name}")
        url = database_templates._url(name)
    else:
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    app = create_app("test", **settings(url, tmp_path))
    with app.app_context():
        yield app
        database.session.remove()
        database.engine.dispose()
    database_templates.drop(url)
