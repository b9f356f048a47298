"""What stages say about their rows, so that they are found here: which columns are titles, who may see which rows, how to show one.

A stage registers once, at import. From then on its rows are indexed whenever they are written, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, event, false, inspect, or_, select

from app.kernel.db import db
from app.kernel.words import Face
from app.services.similarity.actions import put, rebuild
from app.services.similarity.models import TextEntry


@dataclass(frozen=True)
class Shown:
    """One piece of earlier work as a page shows it."""

    code: str | None
    title: str
    year: int | None
    state: Face | None
    endpoint: str


@dataclass(frozen=True)
class Kind:
    """`visible(user)` selects the public ids this person may know of; `show` looks up what a page needs, for many ids at once."""

    name: str
    model: Any
    titles: tuple[str, ...]
    visible: Callable[[Any], Select[Any]]
    show: Callable[[Collection[str]], dict[str, Shown]]
    rank: int  # of two stages of the same work the later is shown


KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Make a stage's rows known, and index them whenever they are written."""
    if kind.name not in KINDS:
        event.listen(kind.model, "after_insert", _written)
        event.listen(kind.model, "after_update", _written)
    KINDS[kind.name] = kind


def _written(_mapper: Any, connection: Any, row: Any) -> None:
    kind = KINDS[row.__tablename__]
    state = inspect(row)
    if state.persistent and not any(state.attrs[name].history.has_changes() for name in kind.titles):
        return
    put(connection, kind.name, row.public_id, [getattr(row, name) for name in kind.titles])


def visible_to(user: Any, kinds: Collection[str] | None = None) -> ColumnElement[bool]:
    """The condition on TextEntry: work this person may know of."""
    asked = [k for k in KINDS.values() if kinds is None or k.name in kinds]
    return or_(false(), *(and_(TextEntry.kind == k.name, TextEntry.subject_pid.in_(k.visible(user))) for k in asked))


def rebuild_all() -> dict[str, int]:
    """Make the whole index again. Returns how many entries each kind has."""
    return {k.name: rebuild(k.name, k.model, k.titles) for k in KINDS.values()}


def rebuild_if_empty() -> None:
    """Index what was there before the index was."""
    if db.session.scalar(select(TextEntry.id).limit(1)) is None:
        rebuild_all()
