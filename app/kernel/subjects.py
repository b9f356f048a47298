"""Subjects: how files, papers and councils know an object of a stage without importing the stage.

A stage registers once, at import, under the table name of its row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_


@dataclass(frozen=True)
class Parties:
    """Who stands behind an object: ids of users and of organisations."""

    users: frozenset[int] = field(default_factory=frozenset)
    organisations: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Subject:
    """The answers a stage gives about its rows. `load` takes the public id and may return None."""

    load: Callable[[str], Any]
    title: Callable[[Any], str]
    parties: Callable[[Any], Parties]
    may_read: Callable[[Any, Any], bool]
    url: Callable[[Any], tuple[str, dict[str, str]]] | None = None
    sealed: Callable[[Any], bool] | None = None  # while true, an office alone opens nothing: only `may_read` counts
    reads_paper: Callable[[Any, Any, Any], bool] | None = None  # (row, paper, user), where a paper on the row is closed to some who read the row
    sealed_ids: Callable[[], Select[Any]] | None = None  # the public ids that are sealed now, for lists over many kinds


_subjects: dict[str, Subject] = {}
_readers: dict[str, list[Callable[[Any, Any], bool]]] = {}


def register_subject(kind: str, subject: Subject) -> None:
    """Make the rows of table `kind` known. A second registration replaces the first."""
    _subjects[kind] = subject


def register_reader(kind: str, may_read: Callable[[Any, Any], bool]) -> None:
    """Another room may let a person read a row of `kind` (a council member, for instance)."""
    readers = _readers.setdefault(kind, [])
    if may_read not in readers:
        readers.append(may_read)


def subject_of(kind: str) -> Subject:
    """What the stage said about rows of table `kind`. Raises KeyError when nobody registered."""
    return _subjects[kind]


def load(kind: str, public_id: str) -> Any:
    """The row, or None when kind or id is unknown."""
    subject = _subjects.get(kind)
    return subject.load(public_id) if subject else None


def is_sealed(kind: str, row: Any) -> bool:
    """Is the row closed to those who read by office alone?"""
    sealed = _subjects[kind].sealed
    return sealed is not None and sealed(row)


def sealed_sql(kind: Any, public_id: Any, *, but: Collection[str] = ()) -> ColumnElement[bool]:
    """The condition: the row that these columns name (table, public id) is sealed now. Kinds in `but` are not asked."""
    asked = [(name, s.sealed_ids) for name, s in _subjects.items() if s.sealed_ids is not None and name not in but]
    return or_(false(), *(and_(kind == name, public_id.in_(ids())) for name, ids in asked))


def may_read(kind: str, row: Any, user: Any) -> bool:
    """May this person read the row: the stage says so, or a registered reader does?"""
    if _subjects[kind].may_read(row, user):
        return True
    return any(reader(row, user) for reader in _readers.get(kind, ()))
