"""Stages of use, groups and their sums. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.kernel.words import N_, Face

STILL = 3  # "in use after three years": what people's councils ask; a definition of this page, not a rule of law


class Stage(Face):
    """How far the results of an accepted project have come; each stage holds those after it."""

    ACCEPTED = "accepted", N_("Passed acceptance"), "blue"
    HANDED_OVER = "handed_over", N_("Handed over"), "purple"
    IN_USE = "in_use", N_("In use"), "green"
    STILL_IN_USE = "still_in_use", N_("In use after three years"), "green"


class By(Face):
    """What the rows of the table are."""

    SECTOR = "sector", N_("Sector"), "grey"
    ITEM = "item", N_("Priority item"), "grey"
    YEAR = "year", N_("Year of acceptance"), "grey"
    HOST = "host", N_("Host organisation"), "grey"


class Effect(Face):
    """What verified reports say came out; money in đồng."""

    REVENUE = "revenue", N_("Revenue (đồng)"), "green"
    SAVINGS = "savings", N_("Savings (đồng)"), "green"
    JOBS = "jobs", N_("Jobs"), "green"
    USERS = "users", N_("Users"), "green"
    HOUSEHOLDS = "households", N_("Households"), "green"
    AREA = "area", N_("Area (m²)"), "green"

    @property
    def unit(self) -> int:
        """By what the wide table divides it: a million đồng, a hectare."""
        return 10**6 if self in MONEY else 10_000 if self == Effect.AREA else 1

    @property
    def short(self) -> str:
        """What the wide table calls it."""
        return _SHORT.get(self, self.label)


_SHORT = {Effect.REVENUE: N_("Revenue (million đồng)"), Effect.SAVINGS: N_("Savings (million đồng)"), Effect.AREA: N_("Area (ha)")}
MONEY = frozenset({Effect.REVENUE, Effect.SAVINGS})


@dataclass
class Sums:
    """Numbers of projects by stage; money paid (đồng); effects; and how many of the projects are old enough to be in use after three years."""

    stages: dict[Stage, int]
    paid: int
    effects: dict[Effect, int]
    old_enough: int

    @classmethod
    def nothing(cls) -> Sums:
        """No project at all."""
        return cls(dict.fromkeys(Stage, 0), 0, dict.fromkeys(Effect, 0), 0)

    def add(self, row: Any, old_enough: bool) -> None:
        """Count one accepted project: `row` has a flag by stage, `paid_total` and a number by effect."""
        self.paid += row.paid_total
        self.old_enough += old_enough
        for stage in Stage:
            self.stages[stage] += stage == Stage.ACCEPTED or bool(getattr(row, stage))
        for effect in Effect:
            self.effects[effect] += getattr(row, effect)

    def share(self, stage: Stage) -> int | None:
        """Whole percent of the accepted projects that came so far, of those old enough for the last stage; None when there are none."""
        of = self.old_enough if stage == Stage.STILL_IN_USE else self.stages[Stage.ACCEPTED]
        return (200 * self.stages[stage] + of) // (2 * of) if of else None


@dataclass(frozen=True)
class Group:
    """One row of the table: what it is called, its value in addresses, its sums."""

    value: str
    name: str
    sums: Sums


def grouped(rows: Iterable[Any], key: Callable[[Any], str], names: Iterable[tuple[str, str]], other: str, old_enough: Callable[[Any], bool]) -> tuple[list[Group], Sums]:
    """The rows added up by key, in the order of `names` (key, name), then those which have no name as `other`; groups without rows are left out. And all together."""
    found: dict[str, Sums] = {}
    total = Sums.nothing()
    for row in rows:
        old = old_enough(row)
        total.add(row, old)
        found.setdefault(key(row), Sums.nothing()).add(row, old)
    named = dict(names)
    order = [*(value for value in named if value in found), *sorted(set(found) - set(named))]
    return [Group(value, named.get(value, other), found[value]) for value in order], total
