"""What waits, read as columns: the lists of a desk are parts of one statement, and no row of ours is built for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
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

from app.kernel import clock
from app.kernel.db import UtcDateTime, db
from app.kernel.permissions import Do, words_of
from app.services.people.models import User

NOW = bindparam("now", type_=UtcDateTime())  # the instant at which a desk is read
TODAY, MIDNIGHT = bindparam("today", type_=Date()), bindparam("midnight", type_=UtcDateTime())  # its day, and when that began
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


@dataclass(frozen=True)
class Body:
    """A membership of whoever reads: the body is a parameter of the statement."""

    organisation_id: Any
    is_manager: bool


@dataclass(frozen=True)
class Anybody:
    """Stands for all people with these roles, and so many bodies, while the statement of their desk is written.

    Writing and reading costs a third of the page each, so it is written once and kept; who reads it comes in as parameters.
    Everything that makes two desks differ in more than parameters is a field here (`facts`: values of rules that parts ask for).
    """

    roles: frozenset[str]
    managing: tuple[bool, ...]
    today: date
    facts: tuple[Any, ...] = ()

    id = bindparam("me", type_=Integer)

    @staticmethod
    def like(user: User, today: date, facts: tuple[Any, ...]) -> Anybody:
        return Anybody(user.roles, tuple(m.is_manager for m in user.live_memberships), today, facts)

    @staticmethod
    def parameters(user: User, now: datetime) -> dict[str, Any]:
        """What fills the statement in for this person."""
        return {"me": user.id, "now": now} | {f"body_{n}": m.organisation_id for n, m in enumerate(user.live_memberships)}

    @property
    def live_memberships(self) -> list[Body]:
        return [Body(bindparam(f"body_{n}", type_=Integer), manages) for n, manages in enumerate(self.managing)]

    def can(self, do: Do) -> bool:
        return do in words_of(self.roles)


def together(parts: Iterable[tuple[int, Select[Any]]]) -> Select[Any] | None:
    """All these statements as one, each with its number, the most urgent lines of each number first; None without any.

    Beside each line stands how many its number has, and how many of them are late. Of most numbers only the first lines are shown,
    so only these are read: SHOWN of each, and all of the number WHOLE.
    """
    numbered = [part.add_columns(literal(number).label("number")) for number, part in parts]
    if not numbered:
        return None
    line = union_all(*numbered).subquery()
    late = case((or_(line.c.due < TODAY, line.c.until < MIDNIGHT), 1), else_=0)
    order = (line.c.due.asc().nulls_last(), line.c.until.asc().nulls_last(), line.c.since.asc().nulls_last(), line.c.pid)
    ranked = select(line, func.row_number().over(partition_by=line.c.number, order_by=order).label("place"),
                    func.count().over(partition_by=line.c.number).label("count"), func.sum(late).over(partition_by=line.c.number).label("late")).subquery()  # fmt: skip
    return select(ranked).where(or_(ranked.c.place <= SHOWN, ranked.c.number == WHOLE)).order_by(ranked.c.number, ranked.c.place)


@dataclass
class Found:
    """What one part of a desk found: the first lines, and how many there are and are late."""

    tasks: list[Task]
    count: int
    late: int


def read(statement: Select[Any] | None, parameters: Mapping[str, Any], today: date, *, shown: int, whole: int) -> dict[int, Found]:
    """The `shown` most urgent tasks that the statement finds, by the number of their part; all of the part `whole`."""
    found: dict[int, Found] = {}
    if statement is None:
        return found
    asked = {**parameters, "today": today, "midnight": clock.at_local(today), "shown": shown, "whole": whole}
    for endpoint, pid, title, since, due, until, hint, number, _place, count, late in db.session.execute(statement, asked):
        if number not in found:
            found[number] = Found([], count, int(late))
        due = clock.local(until).date() if until is not None else due
        found[number].tasks.append(Task(title, (endpoint, pid), since, due, hint or ""))
    return found
