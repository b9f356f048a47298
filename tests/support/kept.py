"""What a test begins with, played once in a process and copied for the next test that begins with the same.

    @kept
    def project(cast, at, **more): ...

The first call on an untouched database plays the acts, commits, and keeps a copy of database and files; later calls with the same
words at the same instant lay that copy in place. One may follow another: what counts is that nothing else was written in between. On a
database that was written to, the acts are simply played. The answer is read anew from the database: rows, or a tuple of rows.
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
from sqlalchemy.orm import RelationshipDirection, selectinload

from app import set_up_time_and_record
from app.kernel.db import db

WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")
PLAIN = (str, int, float, bool, date, timedelta, type(None))


class Shelf:
    """The kept copies of one process. `standing` names the copy that the present database is, "" the template; None when it was written to since."""

    def __init__(self, templates: Any, folder: Path) -> None:
        self.templates, self.folder = templates, folder
        self.made: dict[str, tuple[str, Any]] = {}
        self.standing: str | None = None

    def watch(self, app: Flask) -> None:
        """Notice every write of this application."""
        app.extensions["shelf"] = self
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.standing is not None and statement.lstrip().startswith(WRITES):
            self.standing = None

    def keep(self, key: str, found: Any) -> None:
        """Keep database and files as they stand now."""
        name = f"kept{len(self.made)}"
        db.session.commit()
        self.templates.keep(current_app.config["SQLALCHEMY_DATABASE_URI"], name, through=db.engine)
        shutil.copytree(current_app.config["INSTANCE_FOLDER"], self.folder / name)
        self.made[key] = name, found
        self.standing = name

    def lay_out(self, key: str) -> Any:
        """Database and files as they were kept; says which rows were the answer."""
        name, found = self.made[key]
        db.session.commit()
        self.templates.renew(current_app.config["SQLALCHEMY_DATABASE_URI"], name, through=db.engine)
        shutil.copytree(self.folder / name, current_app.config["INSTANCE_FOLDER"], dirs_exist_ok=True)
        set_up_time_and_record(current_app._get_current_object())  # type: ignore[attr-defined]
        self.standing = name
        return found


def kept(make: Callable[..., Any]) -> Callable[..., Any]:
    """`make(cast, at, …)`, played once for each set of words; see above."""

    @functools.wraps(make)
    def begin(cast: Any, at: datetime, *args: Any, **more: Any) -> Any:
        shelf: Shelf | None = current_app.extensions.get("shelf")
        words = [_word(v) for v in (*args, *sorted(more.items()))]
        if shelf is None or shelf.standing is None or db.session.new or db.session.dirty or None in words:
            return make(cast, at, *args, **more)
        key = repr((shelf.standing, make.__module__, make.__qualname__, at, words, datetime.now(UTC), _told(current_app)))
        if key not in shelf.made:
            shelf.keep(key, _names_of(make(cast, at, *args, **more)))
        else:
            shelf.lay_out(key)
        return _rows_of(shelf.made[key][1])

    return begin


def kept_play(play: Callable[..., Any]) -> Callable[..., Any]:
    """A play of the demonstration world, `play(cast, *, at, …)`, kept in the same way."""

    @kept
    @functools.wraps(play)
    def made(cast: Any, at: datetime, **more: Any) -> Any:
        return play(cast, at=at, **more)

    return made


def _word(value: Any) -> str | None:
    """A value as part of a name; None for what has none."""
    if isinstance(value, db.Model):
        state = inspect(value)
        return f"{type(value).__name__} {state.identity}" if state.persistent and not state.modified else None
    if isinstance(value, (tuple, list)):
        words = [_word(v) for v in value]
        return None if None in words else repr(words)
    return repr(value) if isinstance(value, PLAIN) else None


def _told(app: Flask) -> list[tuple[str, str]]:
    """The settings a test may have changed."""
    own = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_FOLDER", "FILES_FOLDER", "MAIL_FOLDER")
    return [(k, repr(v)) for k, v in sorted(app.config.items()) if k not in own and isinstance(v, (*PLAIN, tuple, list))]


def _names_of(answer: Any) -> Any:
    """What finds the answer again: model, key, and what was loaded with it."""
    if isinstance(answer, (tuple, list)):
        return [_names_of(one) for one in answer]
    return type(answer), inspect(answer).identity, _loaded(answer, 3)


def _loaded(row: Any, depth: int) -> list[Any]:
    """Options that load what is at hand behind a row: relations that were read, and parents that the session knows."""
    options = []
    for relation in inspect(row).mapper.relationships if depth else ():
        found, value = _at_hand(row, relation)
        if found:
            first = next(iter(value), None) if isinstance(value, list) else value
            options.append(selectinload(relation.class_attribute).options(*(_loaded(first, depth - 1) if first is not None else ())))
    return options


def _at_hand(row: Any, relation: Any) -> tuple[bool, Any]:
    """Can the relation be asked without a question to the database, and what does it say?"""
    if relation.key in inspect(row).dict:
        return True, inspect(row).dict[relation.key]
    if relation.direction is not RelationshipDirection.MANYTOONE or len(relation.local_remote_pairs) != 1:
        return False, None
    value = inspect(row).dict.get(inspect(row).mapper.get_property_by_column(relation.local_remote_pairs[0][0]).key)
    parent = db.session.identity_map.get(relation.mapper.identity_key_from_primary_key((value,)))
    return parent is not None, parent


def _rows_of(names: Any) -> Any:
    if isinstance(names, list):
        return tuple(_rows_of(one) for one in names)
    model, identity, options = names
    return db.session.get(model, identity, options=options, populate_existing=True)
