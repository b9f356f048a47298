"""On which line of a JSON text a path ("sectors[2].items[0].code") stands. Pure."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def lines_of(text: str, wanted: Iterable[str]) -> dict[str, int]:
    """The lines of these paths; for a value that is missing, of the nearest part that would hold it."""
    starts = _starts(text)
    ends = [m.start() for m in re.finditer("\n", text)]
    found = {}
    for path in wanted:
        at = path
        while at and at not in starts:
            at = at[: max(at.rfind("."), at.rfind("["), 0)]
        if at:
            found[path] = bisect_right(ends, starts[at]) + 1
    return found


def _starts(text: str) -> dict[str, int]:
    """Where each value of a sound JSON text begins, by its path."""
    starts: dict[str, int] = {}
    open_parts: list[tuple[str, bool]] = []  # (path, is it a list?)
    numbers: list[int] = []
    name = None
    for token in _TOKEN.finditer(text):
        what = token.group()
        if what in "}]":
            open_parts.pop()
            numbers.pop()
        elif what == "," and open_parts[-1][1]:
            numbers[-1] += 1
        elif what in ":,":
            continue
        elif open_parts and not open_parts[-1][1] and name is None:
            name = json.loads(what)
        else:
            path = _path(open_parts, numbers, name)
            starts.setdefault(path, token.start())
            name = None
            if what in "{[":
                open_parts.append((path, what == "["))
                numbers.append(0)
    return starts


def _path(open_parts: list[tuple[str, bool]], numbers: list[int], name: str | None) -> str:
    if not open_parts:
        return ""
    over, is_list = open_parts[-1]
    return f"{over}[{numbers[-1]}]" if is_list else f"{over}.{name}" if over else str(name)
