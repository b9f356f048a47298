"""The order of work as a course of stations; what each step needs; how a council meets. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kernel.words import N_, Face


class How(Face):
    """How somebody takes part."""

    IN_PERSON = "in_person", N_("In the room"), "blue"
    ONLINE = "online", N_("Online"), "purple"


MODES = {"in_person": N_("In person"), "online": N_("Online meeting"), "hybrid": N_("In person and online")}  # by the rule `councils.modes`


@dataclass(frozen=True)
class Station:
    """A step where it stands: of the whole session, or of one item (by its place on the agenda)."""

    code: str
    item: str | None  # public id
    step: Mapping[str, Any]

    def asks(self, need: str) -> bool:
        """Must this be so before the step begins?"""
        return need in self.step.get("needs", ())

    def leaves(self, need: str) -> bool:
        """Must this be so before one goes on from it?"""
        return need in self.step.get("done", ())

    def opens(self, what: str) -> bool:
        """Is this the step for it: the interview, the discussion, the ballot, the box, the conclusion?"""
        return self.step.get("opens") == what


def course(order: Mapping[str, Any], items: Sequence[str]) -> list[Station]:
    """The stations in order: steps of items that stand side by side are gone through item by item."""
    stations: list[Station] = []
    run: list[Mapping[str, Any]] = []

    def close() -> None:
        stations.extend(Station(step["code"], item, step) for item in items for step in run)
        run.clear()

    for step in order["steps"]:
        if step["scope"] == "item":
            run.append(step)
            continue
        close()
        stations.append(Station(step["code"], None, step))
    close()
    return stations


def place_of(stations: Sequence[Station], code: str, item: str | None) -> int | None:
    """Where a step taken stands."""
    return next((n for n, s in enumerate(stations) if (s.code, s.item) == (code, item)), None)


def following(stations: Sequence[Station], here: int | None, skipped: Collection[str], have: Collection[str]) -> Station | None:
    """The next station after `here`. Items that are dealt with are passed over, and steps on what this session does not have."""
    for station in stations[0 if here is None else here + 1 :]:
        if station.item not in skipped and station.step.get("if", "always") in have:
            return station
    return None


def former(stations: Sequence[Station], here: int, skipped: Collection[str], have: Collection[str]) -> Station | None:
    """The station before `here`, by the same reading."""
    for station in reversed(stations[:here]):
        if station.item not in skipped and station.step.get("if", "always") in have:
            return station
    return None
