"""What waits, read as columns: the lists of a desk are parts of one statement, and no row of ours is built for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import Date, Select, String, cast, literal, null, select, union_all

from app.kernel import clock
from app.kernel.db import UtcDateTime, db


@dataclass(frozen=True)
class Task:
    """One line of the desk: what, where (an address, or an endpoint with its public id), since when it waits, until when it is due."""

    title: str
    place: str | tuple[str, str]
    since: datetime | None = None
    due: date | None = None
    hint: str = ""

    @property
    def url(self) -> str:
        """The address; made only for lines that are shown, most are only counted."""
        return self.place if isinstance(self.place, str) else url_for(self.place[0], pid=self.place[1])


def lines(endpoint: str, pid: Any, title: Any, *, since: Any = None, due: Any = None, until: Any = None, hint: Any = None) -> Select[Any]:
    """The columns of tasks whose page is `endpoint` of `pid`; `until` is an instant of which the day is due.

    The caller adds joins and conditions: `lines(...).join(...).where(...)`.
    """
    return select(
        literal(endpoint).label("endpoint"), pid.label("pid"), title.label("title"), _or_null(since, UtcDateTime()).label("since"),
        _or_null(due, Date()).label("due"), _or_null(until, UtcDateTime()).label("until"), _or_null(hint, String()).label("hint"))  # fmt: skip


def _or_null(column: Any, kind: Any) -> Any:
    return cast(null(), kind) if column is None else column


def read(parts: Iterable[tuple[int, Select[Any]]]) -> dict[int, list[Task]]:
    """The tasks of all these statements, by the number given with each, in one query."""
    numbered = [part.add_columns(literal(number).label("number")) for number, part in parts]
    found: dict[int, list[Task]] = {}
    if not numbered:
        return found
    for row in db.session.execute(union_all(*numbered)):
        due = clock.local(row.until).date() if row.until is not None else row.due
        found.setdefault(row.number, []).append(Task(row.title, (row.endpoint, row.pid), row.since, due, row.hint or ""))
    return found
