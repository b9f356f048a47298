"""Money by budget head and quarter: what is forecast from the approved estimate, what the reports say. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.kernel.errors import Incomplete
from app.kernel.words import N_


class Quarter(NamedTuple):
    """A quarter of a calendar year."""

    year: int
    number: int

    @property
    def key(self) -> str:
        return f"{self.year}_{self.number}"


Cells = Mapping[tuple[str, Quarter], int]  # (head, quarter) → đồng


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // 3 + 1)


def quarters(first: date, last: date) -> list[Quarter]:
    """The quarters from one day to another."""
    found, here, end = [], quarter_of(first), quarter_of(last)
    while here <= end:
        found.append(here)
        here = Quarter(here.year + here.number // 4, here.number % 4 + 1)
    return found


def forecast(allowed: Mapping[tuple[str, int], int], starts_on: date, ends_on: date) -> dict[tuple[str, Quarter], int]:
    """The estimate of each head and year, spread evenly over the quarters of that year in which the project runs.

    A year without such a quarter goes to the nearest one. The last quarter of a year takes the remainder: nothing is lost.
    """
    every, found = quarters(starts_on, ends_on), defaultdict[tuple[str, Quarter], int](int)
    for (head, year), amount in allowed.items():
        mine = [q for q in every if q.year == year] or [every[0] if year < every[0].year else every[-1]]
        share = amount // len(mine)
        for quarter in mine:
            found[head, quarter] += share
        found[head, mine[-1]] += amount - share * len(mine)
    return dict(found)


def spread(planned: Cells, said: Cells, allowed: Mapping[tuple[str, int], int]) -> dict[tuple[str, Quarter], int]:
    """The even forecast, with what the host said instead for each head and year that still sums to its estimate."""
    sums = defaultdict[tuple[str, int], int](int)
    for (head, quarter), amount in said.items():
        sums[head, quarter.year] += amount
    kept = {key for key, total in sums.items() if total == allowed.get(key)}
    found = {(head, q): amount for (head, q), amount in planned.items() if (head, q.year) not in kept}
    return found | {(head, q): amount for (head, q), amount in said.items() if (head, q.year) in kept}


def check_forecast(said: Cells, allowed: Mapping[tuple[str, int], int], names: Mapping[str, str]) -> None:
    """Raises Incomplete unless each head and year sums to its estimate."""
    for (head, year), wanted in allowed.items():
        mine = {q: amount for (h, q), amount in said.items() if h == head and q.year == year}
        if mine and sum(mine.values()) != wanted:
            raise Incomplete(N_("%(head)s, %(year)s: the quarters sum to %(sum)s đồng, the estimate is %(due)s đồng."), field=f"cell_{head}_{max(mine).key}",
                             head=names.get(head, head), year=year, sum=dotted(sum(mine.values())), due=dotted(wanted))  # fmt: skip


def moved(allowed: Mapping[tuple[str, int], int], moves: Iterable[tuple[str, str, int, int]]) -> dict[tuple[str, int], int]:
    """The estimate after moves (from, to, year, amount) between heads."""
    found = defaultdict[tuple[str, int], int](int, allowed)
    for source, target, year, amount in moves:
        found[source, year] -= amount
        found[target, year] += amount
    return {key: amount for key, amount in found.items() if amount}


def check_moves(allowed: Mapping[tuple[str, int], int], moves: Iterable[tuple[str, str, int, int]], spent: Mapping[str, int]) -> None:
    """Raises Incomplete unless each move leaves every head with what it has spent and every year of a head with no less than nothing."""
    wanted = list(moves)
    if not wanted:
        raise Incomplete(N_("Please say at least one amount to move."), field="amount_1")
    for number, (source, target, _year, amount) in enumerate(wanted, start=1):
        if source == target:
            raise Incomplete(N_("Money moves from one head to another."), field=f"to_{number}")
        if amount <= 0:
            raise Incomplete(N_("Please say how much is moved."), field=f"amount_{number}")
    after = moved(allowed, wanted)
    for number, (source, _target, year, amount) in enumerate(wanted, start=1):
        if after.get((source, year), 0) < 0:
            raise Incomplete(N_("This head has only %(have)s đồng in %(year)s; %(amount)s đồng cannot be taken from it."), field=f"amount_{number}",
                             have=dotted(allowed.get((source, year), 0)), year=year, amount=dotted(amount))  # fmt: skip
        left = sum(a for (head, _y), a in after.items() if head == source)
        if left < spent.get(source, 0):
            raise Incomplete(N_("Of this head %(spent)s đồng are spent already; only %(left)s đồng would be left."), field=f"amount_{number}",
                             spent=dotted(spent[source]), left=dotted(left))  # fmt: skip


def by_head(cells: Cells) -> dict[str, int]:
    """Sums by head."""
    found = defaultdict[str, int](int)
    for (head, _quarter), amount in cells.items():
        found[head] += amount
    return dict(found)


@dataclass(frozen=True)
class Row:
    """One head: (forecast, actual) by quarter, and the sums. `actual` None: no report tells of that quarter yet."""

    head: str
    cells: list[tuple[int, int | None]]
    allowed: int
    due: int  # forecast up to the last quarter that a report tells of
    spent: int

    @property
    def over(self) -> bool:
        return self.spent > self.allowed


def compare(planned: Cells, actual: Cells, over: list[Quarter], *, told_until: Quarter | None) -> list[Row]:
    """Forecast and actual by head over these quarters; heads in the order in which they come."""
    heads = list(dict.fromkeys([*(h for h, _q in planned), *(h for h, _q in actual)]))
    allowed, spent = by_head(planned), by_head(actual)
    told = {q for q in over if told_until is not None and q <= told_until}
    return [Row(head, [(planned.get((head, q), 0), actual.get((head, q), 0) if q in told else None) for q in over], allowed.get(head, 0),
                sum(a for (h, q), a in planned.items() if h == head and q in told), spent.get(head, 0)) for head in heads]  # fmt: skip


def dotted(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")
