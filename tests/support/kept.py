"""What a test begins with, played once in a process and copied for the next test that begins with the same.

    @kept
    def project(cast, at, **more): ...

The first call on an untouched database plays the acts, commits, and keeps a copy of database and files; later calls with the same
words at the same instant lay that copy in place. On a database that holds something already, the acts are simply played. Either way
the answer is read anew from the database: rows, or a tuple of rows.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import event, inspect
from sqlalchemy.orm import selectinload

from app import set_up_time_and_record
from app.kernel.db import db

WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")
PLAIN = (str, int, float, bool, date, timedelta, tuple, list, type(None))


class Shelf:
    """The kept copies of one process, and whether the present database was written to since it was laid out."""

    def __init__(self, templates: Any, folder: Path) -> None:
        self.templates, self.folder = templates, folder
        self.made: dict[str, tuple[str, Any]] = {}
        self.untouched = False

    def watch(self, app: Flask) -> None:
        """Notice every write of this application."""
        app.extensions["shelf"] = self
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.untouched and statement.lstrip().startswith(WRITES):
            self.untouched = False

    def keep(self, key: str, found: Any) -> None:
        """Keep database and files as they stand now."""
        name = f"kept{len(self.made)}"
        _let_go()
        self.templates.keep(current_app.config["SQLALCHEMY_DATABASE_URI"], name)
        shutil.copytree(current_app.config["INSTANCE_FOLDER"], self.folder / name)
        self.made[key] = name, found

    def lay_out(self, key: str) -> Any:
        """Database and files as they were kept; says which rows were the answer."""
        name, found = self.made[key]
        _let_go()
        self.templates.renew(current_app.config["SQLALCHEMY_DATABASE_URI"], name)
        shutil.copytree(self.folder / name, current_app.config["INSTANCE_FOLDER"], dirs_exist_ok=True)
        set_up_time_and_record(current_app._get_current_object())  # type: ignore[attr-defined]
        self.untouched = False
        return found


def kept(make: Callable[..., Any]) -> Callable[..., Any]:
    """`make(cast, at, …)`, played once for each set of words; see above."""

    @functools.wraps(make)
    def begin(cast: Any, at: datetime, *args: Any, **more: Any) -> Any:
        shelf: Shelf | None = current_app.extensions.get("shelf")
        if shelf is None or not shelf.untouched or db.session.new or db.session.dirty or not all(isinstance(v, PLAIN) for v in (*args, *more.values())):
            return make(cast, at, *args, **more)
        key = repr((make.__module__, make.__qualname__, at, args, sorted(more.items()), datetime.now(UTC), _told(current_app)))
        if key not in shelf.made:
            shelf.keep(key, _names_of(make(cast, at, *args, **more)))
        else:
            shelf.lay_out(key)
        return _rows_of(shelf.made[key][1])

    return begin


def _told(app: Flask) -> list[tuple[str, str]]:
    """The settings a test may have changed."""
    own = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_FOLDER", "FILES_FOLDER", "MAIL_FOLDER")
    return [(k, repr(v)) for k, v in sorted(app.config.items()) if k not in own and isinstance(v, PLAIN)]


def _let_go() -> None:
    db.session.commit()
    db.engine.dispose()


def _names_of(answer: Any) -> Any:
    """What finds the answer again: model, key, and what was loaded with it."""
    if isinstance(answer, (tuple, list)):
        return [_names_of(one) for one in answer]
    return type(answer), inspect(answer).identity, _loaded(answer, 3)


def _loaded(row: Any, depth: int) -> list[Any]:
    state = inspect(row)
    options = []
    for name in state.mapper.relationships.keys():
        if name in state.dict and depth:
            value = state.dict[name]
            first = next(iter(value), None) if isinstance(value, list) else value
            options.append(selectinload(getattr(type(row), name)).options(*(_loaded(first, depth - 1) if first is not None else ())))
    return options


def _rows_of(names: Any) -> Any:
    if isinstance(names, list):
        return tuple(_rows_of(one) for one in names)
    model, identity, options = names
    return db.session.get(model, identity, options=options, populate_existing=True)
