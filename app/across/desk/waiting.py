"""What waits, read as columns: the lists of a desk are parts of one statement, and no row of ours is built for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import (
    Date,
    Dialect,
    Integer,
    Select,
    String,
    TextualSelect,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.across.anybody import written_out
from app.kernel import clock
from app.kernel.db import UtcDateTime, db
from app.pool import planned_once

NOW = bindparam("now", type_=UtcDateTime())  # the instant at which a desk is read
TODAY, MIDNIGHT = bindparam("today", type_=Date()), bindparam("midnight", type_=UtcDateTime())  # its day, and when that began
PARTS = 14  # of one statement: SQLite walks over all open tables of a statement whenever it opens one more
SHOWN, WHOLE = bindparam("shown", type_=Integer), bindparam("whole", type_=Integer)  # how many lines of each part; the part with all


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


def together(parts: Iterable[tuple[int, Select[Any]]], dialect: Dialect) -> tuple[TextualSelect, ...]:
    """All these statements as few ones, each with its number, the most urgent lines of each number first.

    Beside each line stands how many its number has, and how many of them are late. Of most numbers only the first lines are shown,
    so only these are read: SHOWN of each, and all of the number WHOLE.
    """
    several: list[list[Select[Any]]] = [[]]
    before = None
    for number, part in parts:
        if len(several[-1]) >= PARTS and number != before:  # what has one number is counted in one statement
            several.append([])
        several[-1].append(part.add_columns(literal(number).label("number")))
        before = number
    return tuple(written_out(_ranked(numbered), dialect) for numbered in several if numbered)


def _ranked(numbered: list[Select[Any]]) -> Select[Any]:
    line = union_all(*numbered).cte("line").prefix_with("MATERIALIZED")
    late = case((or_(line.c.due < TODAY, line.c.until < MIDNIGHT), 1), else_=0)
    order = (line.c.due.asc().nulls_last(), line.c.until.asc().nulls_last(), line.c.since.asc().nulls_last(), line.c.pid)
    ranked = select(line, func.row_number().over(partition_by=line.c.number, order_by=order).label("place")).subquery()
    each = select(line.c.number, func.count().label("count"), func.sum(late).label("late")).group_by(line.c.number).subquery()  # a window takes twice as long
    return (select(ranked, each.c.count, each.c.late).join(each, each.c.number == ranked.c.number)
            .where(or_(ranked.c.place <= SHOWN, ranked.c.number == WHOLE)).order_by(ranked.c.number, ranked.c.place))  # fmt: skip


@dataclass
class Found:
    """What one part of a desk found: the first lines, and how many there are and are late."""

    tasks: list[Task]
    count: int
    late: int


def read(statements: Iterable[TextualSelect], parameters: Mapping[str, Any], today: date, *, shown: int, whole: int) -> dict[int, Found]:
    """The `shown` most urgent tasks that the statements find, by the number of their part; all of the part `whole`."""
    found: dict[int, Found] = {}
    asked = {**parameters, "today": today, "midnight": clock.at_local(today), "shown": shown, "whole": whole}
    with planned_once(db.session.connection()):
        lines = [line for statement in statements for line in db.session.execute(statement, asked)]
    for endpoint, pid, title, since, due, until, hint, number, _place, count, late in lines:
        if number not in found:
            found[number] = Found([], count, int(late))
        due = clock.local(until).date() if until is not None else due
        found[number].tasks.append(Task(title, (endpoint, pid), since, due, hint or ""))
    return found
