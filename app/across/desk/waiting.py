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
from app.kernel.permissions import Do
from app.pool import planned_once

NOW = bindparam("now", type_=UtcDateTime())  # the instant at which a desk is read
TODAY, MIDNIGHT = bindparam("today", type_=Date()), bindparam("midnight", type_=UtcDateTime())  # its day, and when that began
EVERY = 1_000  # lines of one kind, where all are asked for
PARTS = 14  # of one statement: SQLite walks over all open tables of a statement whenever it opens one more
FIRST = {"first": True}  # therefore parts that look into other tables for each of many rows stand first in theirs
SHOWN, WHOLE = bindparam("shown", type_=Integer), bindparam("whole", type_=Integer)  # how many lines of each part; the part with all


OFFICES = {"leader", "province", "finance", "registry"}  # they decide, pay and number: a call waits for an answer of others


def applies(user: Any) -> bool:
    """Does this person answer calls?"""
    return "researcher" in user.roles and not user.can(Do.CALLS_PUBLISH) and not user.roles & OFFICES


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


def many(part: Select[Any], key: Any, *where: Any) -> Select[Any]:
    """Lines under these conditions, of which there may be very many and none has a day on which it is due: the first are picked, and all counted,
    by their key alone (an index holds it with what is asked), so that the rows of the others are not read."""
    return part.execution_options(key=key, where=where)


def few(part: Select[Any], key: Any, *where: Any) -> Select[Any]:
    """Lines of which the `key` is found by these conditions on its table: few among very many, so their keys are looked for first, in the indexes alone."""
    wide = part.where(key.in_(select(key).where(*where).correlate(None).offset(0)))  # OFFSET: PostgreSQL is not to mix the two
    return wide.execution_options(**FIRST)


def _or_null(column: Any, kind: Any) -> Any:
    return cast(null(), kind) if column is None else column


def together(parts: Iterable[tuple[int, Select[Any]]], dialect: Dialect) -> tuple[TextualSelect, ...]:
    """All these statements as few ones, each with its number, the most urgent lines of each number first.

    Beside each line stands how many its number has, and how many of them are late. Of most numbers only the first lines are shown,
    so only these are read: SHOWN of each, and all of the number WHOLE.
    """
    made: list[TextualSelect] = []
    numbered: list[Select[Any]] = []
    before = None
    for number, part in parts:
        if len(numbered) >= PARTS and number != before:  # what has one number is counted in one statement
            made.append(written_out(_ranked(sorted(numbered, key=_asked_later)), dialect))  # at once: what it is made of takes a megabyte
            numbered = []
        numbered += _first(part, number) if "key" in part.get_execution_options() else [_numbered(part, number, literal(1))]
        before = number
    return (*made, written_out(_ranked(sorted(numbered, key=_asked_later)), dialect)) if numbered else tuple(made)


def _asked_later(part: Select[Any]) -> bool:
    return part.get_execution_options().get("first") is None


def _numbered(part: Select[Any], number: int, lines: Any) -> Select[Any]:
    return part.add_columns(literal(number).label("number"), lines.label("lines"))


def _first(part: Select[Any], number: int) -> list[Select[Any]]:
    """The first of very many lines, and one without an endpoint that says how many there are."""
    asked = part.get_execution_options()
    key, since = asked["key"], part.selected_columns["since"]
    bare = part.with_only_columns(key, maintain_column_froms=True).where(*asked["where"])
    first = bare.order_by(since.asc().nulls_last(), key).limit(case((number == WHOLE, literal(EVERY)), else_=SHOWN))
    nothing = select(*(cast(null(), c.type).label(c.key) for c in part.selected_columns))
    return [_numbered(part.where(key.in_(first.correlate(None))), number, literal(0)), _numbered(nothing, number, select(func.count()).select_from(bare.subquery()).scalar_subquery())]


def _ranked(numbered: list[Select[Any]]) -> Select[Any]:
    line = union_all(*numbered).cte("line").prefix_with("MATERIALIZED")
    late = case((or_(line.c.due < TODAY, line.c.until < MIDNIGHT), 1), else_=0)
    order = (line.c.due.asc().nulls_last(), line.c.until.asc().nulls_last(), line.c.since.asc().nulls_last(), line.c.pid)
    told = [c for c in line.c if c.key != "lines"]
    ranked = select(*told, func.row_number().over(partition_by=line.c.number, order_by=order).label("place")).where(line.c.endpoint.is_not(None)).subquery()
    each = select(line.c.number, func.sum(line.c.lines).label("count"), func.sum(late).label("late")).group_by(line.c.number).subquery()  # a window takes twice as long
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
            found[number] = Found([], int(count), int(late))
        due = clock.local(until).date() if until is not None else due
        found[number].tasks.append(Task(title, (endpoint, pid), since, due, hint or ""))
    return found
