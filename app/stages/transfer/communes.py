"""The communes of the province since 01/07/2025, with their centre points, and the districts they lay in before. Pure.

The data ship beside this file (communes.json, its source is written in it): names, codes, areas and centre points, no
boundaries. So the map is a schematic: a circle at the centre of each commune. Another province puts its own file there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("communes.json")


@dataclass(frozen=True)
class Commune:
    code: str
    name: str
    lat: float
    lon: float
    km2: float
    formerly: tuple[str, ...]


@dataclass(frozen=True)
class Province:
    name: str
    since: date  # before this day there were districts
    source: str
    source_vi: str
    communes: dict[str, Commune]


@cache
def province() -> Province:
    """The province of this system."""
    said = json.loads(FILE.read_text(encoding="utf-8"))
    found = {c["code"]: Commune(c["code"], c["name"], c["lat"], c["lon"], c["km2"], tuple(c["formerly"])) for c in said["communes"]}
    return Province(said["province"], date.fromisoformat(said["since"]), said["source"], said["source_vi"], found)


def choices() -> list[tuple[str, str]]:
    """(code, name) by name, wards after communes as the letters have it."""
    return [(c.code, c.name) for c in sorted(province().communes.values(), key=lambda c: (c.name.split(" ", 1)[0] == "Phường", c.name))]


def name_of(code: str) -> str:
    """What a commune is called; its code when the list no longer has it."""
    found = province().communes.get(code)
    return found.name if found else code


def code_of(name: str) -> str:
    """The code of the commune of this name. Raises KeyError."""
    return {c.name: c.code for c in province().communes.values()}[name]


WIDTH = 600


@dataclass(frozen=True)
class Spot:
    """A commune on the schematic: where it stands and how large its circle is, in the units of the drawing."""

    commune: Commune
    x: float
    y: float
    r: float


@cache
def spots() -> tuple[list[Spot], int]:
    """All communes placed by their centre points, north above; and the height of the drawing. A degree of longitude is 0.98 of one of latitude here."""
    found = list(province().communes.values())
    west, east = min(c.lon for c in found), max(c.lon for c in found)
    south, north = min(c.lat for c in found), max(c.lat for c in found)
    scale = (WIDTH - 60) / (east - west)
    placed = [Spot(c, round(30 + (c.lon - west) * scale, 1), round(30 + (north - c.lat) * scale / 0.98, 1), round(max(5.0, (c.km2**0.5) * 0.75), 1)) for c in found]
    return placed, round(60 + (north - south) * scale / 0.98)
