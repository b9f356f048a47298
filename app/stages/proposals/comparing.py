"""How two states of a whole dossier differ: rows of a list brought together, cell by cell; sums of the estimate. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kernel.words import N_, Face
from app.services.questionnaires.differing import Piece, compare

Row = Mapping[str, Any]
Told = Sequence[tuple[str, str]]  # what a row says: label and text of each cell
Key = Callable[[Row], Any]


class Change(Face):
    """What became of a row."""

    ADDED = "added", N_("Added"), "green"
    REMOVED = "removed", N_("Removed"), "red"
    CHANGED = "changed", N_("Changed"), "amber"


@dataclass(frozen=True)
class Cell:
    """A label, what it said and says."""

    label: str
    was: str
    now: str
    pieces: list[Piece]

    @property
    def differs(self) -> bool:
        return self.was != self.now


@dataclass(frozen=True)
class Difference:
    """A row that is not as it was: the rows themselves, and the cells that differ (of a row that is on one side alone: all that say something)."""

    how: Change
    old: Row | None
    new: Row | None
    cells: list[Cell]


# a row is first looked for as it was, then by what names it, then by less and less of that
KEYS: dict[str, list[Key]] = {
    "team": [lambda r: r["name"]],
    "products": [lambda r: (r["group"], r["name"]), lambda r: r["name"], lambda r: (r["group"], r["unit"], r["quantity"], r["quality"])],
    "uses": [lambda r: (r["receiver"], r["product"]), lambda r: r["receiver"]],
    "milestones": [lambda r: r["content"], lambda r: (r["month_from"], r["month_to"], r["result"])],
    "lines": [lambda r: (r["head"], r["content"], r["source"], r["year"]), lambda r: (r["head"], r["content"], r["source"]), lambda r: (r["head"], r["content"]),
              lambda r: r["content"], lambda r: (r["head"], r["source"], r["year"], r["unit"], r["quantity"], r["price"])],
    "files": [lambda r: (r["kind"], r["sha256"]), lambda r: (r["kind"], r["name"]), lambda r: r["sha256"]],
}  # fmt: skip


def pairs(old: Sequence[Row], new: Sequence[Row], keys: Iterable[Key]) -> list[tuple[Row | None, Row | None]]:
    """Each row of `new` with the one of `old` that it was; in the order of `new`, then what is gone. Equal rows find each other first, and each row but one."""
    partner: dict[int, int] = {}
    left, open_new = dict(enumerate(old)), dict(enumerate(new))
    for key in (_all_of, *keys):
        waiting = defaultdict(list)
        for n, row in left.items():
            waiting[key(row)].append(n)
        for n in waiting.values():
            n.reverse()
        for n, row in list(open_new.items()):
            if waiting.get(found := key(row)):
                partner[n] = waiting[found].pop()
                del left[partner[n]], open_new[n]
    return [(old[partner[n]] if n in partner else None, row) for n, row in enumerate(new)] + [(row, None) for row in left.values()]


def _all_of(row: Row) -> str:
    return repr(sorted(row.items()))


def cells(was: Told, now: Told) -> list[Cell]:
    """What two rows say, cell beside cell; a label that one of them lacks says nothing there."""
    one, other = dict(was), dict(now)
    return [Cell(label, one.get(label, ""), other.get(label, ""), compare(one.get(label, ""), other.get(label, ""))) for label in {**other, **one}]


def differences(old: Sequence[Row], new: Sequence[Row], keys: Iterable[Key], tell: Callable[[Row, bool], Told]) -> list[Difference]:
    """The rows that were added, removed, or say something else; `tell` says what a row says, and is told whether it is a new one."""
    found = []
    for was, now in pairs(old, new, keys):
        made = [c for c in cells(tell(was, False) if was is not None else (), tell(now, True) if now is not None else ()) if c.differs]
        if made:
            found.append(Difference(Change.ADDED if was is None else Change.REMOVED if now is None else Change.CHANGED, was, now, made))
    return found


@dataclass(frozen=True)
class Sum:
    """A sum of the estimate on both sides, in đồng."""

    code: Any
    was: int
    now: int

    @property
    def by(self) -> int:
        return self.now - self.was


def sums(old: Sequence[Row], new: Sequence[Row], of: Key) -> list[Sum]:
    """The amounts added up by head, source or year, on both sides."""
    totals: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for side, lines in enumerate((old, new)):
        for line in lines:
            totals[of(line)][side] += line["amount"]
    return [Sum(code, *both) for code, both in totals.items()]


def total(old: Sequence[Row], new: Sequence[Row]) -> Sum:
    """The whole of the estimate on both sides."""
    return Sum("", *(sum(line["amount"] for line in lines) for lines in (old, new)))
