"""Tables of states. One literal feeds buttons, permissions, journal, tests and diagrams.

`advance` is the only writer of a `state` column: it checks the table, updates the row only if it is still
as the user saw it, and writes the journal line in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, update
from sqlalchemy.orm.attributes import set_committed_value

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Stale, WrongState
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


@dataclass(frozen=True)
class Move:
    """Where a verb leads, the word of permission it needs, and the label of its button."""

    to: Face
    do: Do
    label: str


LIFECYCLES: dict[str, Lifecycle] = {}


class Lifecycle:
    """The legal moves of one stateful noun. `name` is the noun in code."""

    def __init__(self, name: str, states: type[Face], *, start: Face, moves: Mapping[tuple[Face, str], Move]) -> None:
        self.name, self.states, self.start = name, states, start
        self.table: dict[tuple[Face, str], Move] = dict(moves)
        LIFECYCLES[name] = self

    def begin(self, subject: Any, verb: str, *, by: Any, at: datetime, reason: str | None = None,
              detail: dict[str, Any] | None = None) -> None:  # fmt: skip
        """Put a new subject into the session in its start state and journal its birth."""
        if subject.state is None:
            subject.state = self.start
        db.session.add(subject)
        db.session.flush()
        journal.record(subject, verb, by=by, at=at, before=None, after=subject.state, reason=reason, detail=detail)

    def moves(self, subject: Any) -> list[tuple[str, Move]]:
        """The verbs that are legal from the subject's state, in table order, without those of the system."""
        return [(verb, move) for (state, verb), move in self.table.items()
                if state == subject.state and move.do is not Do.SYSTEM]  # fmt: skip

    def may(self, subject: Any, verb: str) -> bool:
        """Is the verb legal from the subject's present state?"""
        return (subject.state, verb) in self.table

    def advance(self, subject: Any, verb: str, *, by: Any, at: datetime, reason: str | None = None,
                seen: int | None = None, on_behalf_of: Any = None, detail: dict[str, Any] | None = None) -> None:  # fmt: skip
        """Make the move. Raises WrongState when the table has no such move, Stale when someone was quicker."""
        move = self.table.get((subject.state, verb))
        if move is None:
            raise WrongState(N_("This has already been dealt with or cannot be done now. Please look at its present state."))
        check_seen(subject, seen)
        db.session.flush()
        before, version = subject.state, subject.version
        model = type(subject)
        changed = db.session.execute(
            update(model)
            .where(model.id == subject.id, model.state == before, model.version == version)
            .values(state=move.to, version=version + 1)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:
            raise Stale(N_("Somebody else changed this while you were looking at it. Please look again."))
        set_committed_value(subject, "state", move.to)
        set_committed_value(subject, "version", version + 1)
        journal.record(subject, verb, by=by, at=at, before=before, after=move.to, reason=reason,
                       on_behalf_of=on_behalf_of, detail=detail)  # fmt: skip

    def diagram(self) -> str:
        """The table as Mermaid text."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [f"    {state} --> {move.to}: {verb}" for (state, verb), move in self.table.items()]
        return "\n".join(lines)


def check_seen(subject: Any, seen: int | str | None) -> None:
    """Raise Stale unless the version the user saw is the one in the database. None = nothing was shown."""
    if seen in (None, ""):
        return
    # a change made earlier in this same act has already grown the version in memory
    versions = inspect(subject).attrs.version.history
    stored = versions.deleted[0] if versions.deleted else subject.version
    if str(seen) != str(stored):
        raise Stale(N_("Somebody else changed this while you were looking at it. Please look again."))
