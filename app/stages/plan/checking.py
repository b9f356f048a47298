"""What a file of a plan must look like. Pure: data in, a list of problems with their places out.

A place is a path of the data ("sectors[2].items[0].text_vi"); sheets.py says which row of which sheet that is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.kernel.words import N_
from app.services.papers.rules import GIVEN_NUMBER
from app.stages.plan.rules import Period, period

LARGEST = 5 * 2**20
MOST_ITEMS, MOST_ROWS, MOST_PROBLEMS = 500, 200, 200
YEARS = range(1990, 2201)
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,9}")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
# bytes of UTF-8 that were read as Windows-1252 or Latin-1: a lead byte and its continuations
_SPECIALS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_BROKEN = re.compile(f"[\u00c2-\u00ef][\u0080-\u00bf{_SPECIALS}]{{1,3}}")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong (or, as a warning, worth a look): where, and what, as a sentence with its values."""

    path: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    warning: bool = False
    place: str = ""  # sheet and row, for a workbook
    line: int = 0  # of a JSON file

    def __str__(self) -> str:
        return f"{self.place or self.path}: {self.message % self.params if self.params else self.message}"


@dataclass(frozen=True)
class Field:
    """One value of a part: its name, its kind, whether it must be there, how long it may be."""

    name: str
    kind: str = "text"
    needed: bool = True
    longest: int = 500


HEAD = (Field("number", "paper", longest=60), Field("date", "date"), Field("title_vi"), Field("title_en"), Field("issuing_body_vi", longest=200),
        Field("issuing_body_en", needed=False, longest=200))  # fmt: skip
ROOT = (Field("horizon_year", "year", needed=False), Field("vision_year", "year", needed=False), Field("supersedes", needed=False, longest=60))
GOAL = (Field("code", "code"), Field("year", "year"), Field("short_vi"), Field("short_en"), Field("text_vi", longest=5000))
GROUP = (Field("code", "code"), Field("name_vi"), Field("name_en"), Field("holds_sectors", "yes", needed=False))
SECTOR = (Field("code", "code"), Field("slug", needed=False, longest=60), Field("name_vi", longest=300), Field("name_en", longest=300))
ITEM = (Field("code", "code"), Field("text_vi", longest=4000), Field("short_vi", needed=False), Field("title_en", needed=False),
        Field("lead_agency", needed=False, longest=300), Field("coordinating", "texts", needed=False, longest=300))  # fmt: skip
TARGET = (Field("name_vi", longest=300), Field("name_en", needed=False, longest=300), Field("amount", "number"), Field("unit", longest=60), Field("year", "year"))
MEASURE = (Field("text_vi", longest=1000), Field("text_en", needed=False, longest=1000), Field("agency", longest=300), Field("due", "date"))
MAPPED = (Field("old", "code"), Field("new", "texts", needed=False, longest=10), Field("reason_vi", needed=False, longest=1000))


def is_broken(text: str) -> bool:
    """Is this text damaged by a wrong encoding ("Ã¡", U+FFFD)?"""
    return "\ufffd" in text or any(_was_utf8(found.group()) for found in _BROKEN.finditer(text))


def _was_utf8(run: str) -> bool:
    for length in range(len(run), 1, -1):
        raw = b"".join(c.encode("cp1252") if c in _SPECIALS else c.encode("latin-1") for c in run[:length])
        try:
            return any(c.isalpha() or c == "\u00a0" for c in raw.decode("utf-8"))
        except UnicodeDecodeError:
            continue
    return False


def number(value: Any) -> int | None:
    """A figure in thousandths, or None: reads 12, 12.5 and "12,5"."""
    if isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value).strip().replace(",", ".")) * 1000
    except InvalidOperation:
        return None
    return int(found) if found.is_finite() and found == found.to_integral_value() and abs(found) <= 10**15 else None


def day(value: Any) -> date | None:
    """A day written as YYYY-MM-DD, of a year that makes sense."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) else None
    except ValueError:
        return None
    return found if found is not None and found.year in YEARS else None


class _Walk:
    """Collects what is wrong while it goes through the data."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.period: Period | None = None  # of the plan, once its day is known

    def say(self, path: str, message: str, *, warning: bool = False, **params: Any) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(path, message, params, warning))

    def part(self, path: str, row: Any, fields: tuple[Field, ...]) -> bool:
        """Check the values of one part; False when it is no object at all."""
        if not isinstance(row, dict):
            self.say(path, N_("An object with named values is expected here."))
            return False
        for one in fields:
            self.value(f"{path}.{one.name}" if path else one.name, row.get(one.name), one)
        return True

    def value(self, path: str, value: Any, one: Field) -> None:
        if value is None or isinstance(value, str) and not value.strip():
            if one.needed:
                self.say(path, N_("“%(name)s” is missing."), name=one.name)
            return
        KINDS[one.kind](self, path, value, one)

    def text(self, path: str, value: Any, one: Field) -> None:
        if not isinstance(value, str):
            self.say(path, N_("A text is expected here, not %(found)s."), found=_kind(value))
        elif is_broken(value):
            self.say(path, N_("The letters are damaged (wrong encoding): “%(text)s”. Please save the file as UTF-8."), text=value[:60])
        elif len(value) > one.longest:
            self.say(path, N_("The text has %(have)d characters; at most %(most)d are allowed."), have=len(value), most=one.longest)

    def paper(self, path: str, value: Any, one: Field) -> None:
        self.text(path, value, one)
        if isinstance(value, str) and not GIVEN_NUMBER.fullmatch(value.strip()):
            self.say(path, N_("“%(text)s” is not the number of a plan: a number holds digits, for example 1821/KH-UBND."), text=value[:40])

    def texts(self, path: str, value: Any, one: Field) -> None:
        if not isinstance(value, list) or len(value) > MOST_ROWS:
            self.say(path, N_("A list of texts is expected here."))
            return
        for n, text in enumerate(value):
            self.text(f"{path}[{n}]", text, one)

    def code(self, path: str, value: Any, _one: Field) -> None:
        if not isinstance(value, str) or not CODE.fullmatch(value):
            self.say(path, N_("“%(text)s” is not a code: at most 10 letters, digits, dots and hyphens."), text=str(value)[:40])

    def year(self, path: str, value: Any, _one: Field) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value not in YEARS:
            self.say(path, N_("“%(text)s” is not a year between 1990 and 2200."), text=str(value)[:40])

    def date(self, path: str, value: Any, _one: Field) -> None:
        if day(value) is None:
            self.say(path, N_("“%(text)s” is not a real day between 1990 and 2200 (YYYY-MM-DD)."), text=str(value)[:40])

    def yes(self, path: str, value: Any, _one: Field) -> None:
        if not isinstance(value, bool):
            self.say(path, N_("Yes or no (true or false) is expected here."))

    def number(self, path: str, value: Any, _one: Field) -> None:
        if number(value) is None:
            self.say(path, N_("“%(text)s” is not a number with at most three decimals."), text=str(value)[:40])
        elif (number(value) or 0) < 0:
            self.say(path, NEGATIVE)

    def rows(self, path: str, value: Any, *, needed: bool = False, most: int = MOST_ROWS) -> list[Any]:
        """A list of parts; an empty answer when it is none."""
        if value in (None, []):
            if needed:
                self.say(path, N_("“%(name)s” is missing."), name=path.rpartition(".")[2])
            return []
        if not isinstance(value, list):
            self.say(path, N_("A list is expected here, not %(found)s."), found=_kind(value))
            return []
        if len(value) > most:
            self.say(path, N_("There are %(have)s entries here; at most %(most)s are allowed."), have=len(value), most=most)
            return []
        return value

    def once(self, path: str, row: Any, seen: dict[str, str]) -> None:
        """The code of a part stands once."""
        code = row.get("code")
        if isinstance(code, str) and code in seen:
            self.say(f"{path}.code", N_("Code “%(code)s” stands twice; the first is at %(first)s."), code=code, first=seen[code])
        elif isinstance(code, str):
            seen[code] = path


# said by the report on a file and beside the fields of the editor
NEGATIVE = N_("A target is a figure of 0 or more; what is to be reduced is said in its name.")
OUTSIDE_YEARS = N_("A target of this plan is set for a year from %(since)s to %(until)s.")
OUTSIDE_DAYS = N_("A measure of this plan is to be done between %(since)s and %(until)s (one year after the plan's horizon at the latest).")
OTHER_SECTOR = N_("Item “%(code)s” stands in sector “%(sector)s”: its own sector is missing, or its code is wrong.")


def told_days(period: Period) -> dict[str, str]:
    """The first and last day for a sentence."""
    return {"since": f"{period.first:%d/%m/%Y}", "until": f"{period.last:%d/%m/%Y}"}


KINDS: dict[str, Callable[..., None]] = {
    "text": _Walk.text, "paper": _Walk.paper, "texts": _Walk.texts, "code": _Walk.code, "year": _Walk.year, "date": _Walk.date, "yes": _Walk.yes, "number": _Walk.number,
}  # fmt: skip


def _kind(value: Any) -> str:
    return {bool: "true/false", int: "123", float: "1.5", list: "[…]", dict: "{…}"}.get(type(value), str(value)[:40])


def check_file(data: Any) -> list[Problem]:
    """What is wrong with an import file (empty = nothing)."""
    walk = _Walk()
    if not isinstance(data, dict) or not isinstance(data.get("plan"), dict):
        walk.say("plan", N_("The file has no object “plan”."))
        return walk.problems
    if (count := _items(data)) > MOST_ITEMS:
        walk.say("sectors", N_("There are %(have)s items in this file; a plan has at most %(most)s."), have=count, most=MOST_ITEMS)
        return walk.problems
    walk.part("plan", data["plan"], HEAD)
    walk.part("", data, ROOT)
    _check_years(walk, data)
    seen: dict[str, str] = {}
    for n, goal in enumerate(walk.rows("goals", data.get("goals"))):
        if walk.part(path := f"goals[{n}]", goal, GOAL):
            walk.once(path, goal, seen)
    _check_groups(walk, data)
    _check_sectors(walk, data)
    _check_mapping(walk, data)
    return walk.problems


def _check_years(walk: _Walk, data: dict[str, Any]) -> None:
    """The years of the plan follow one another; what its parts name lies within them."""
    dated = day(data["plan"].get("date"))
    horizon, vision = (year if type(year := data.get(name)) is int and year in YEARS else None for name in ("horizon_year", "vision_year"))
    if dated is None:
        return
    walk.period = period(dated, horizon, vision)
    for name, year, before in (("horizon_year", horizon, dated.year), ("vision_year", vision, horizon or dated.year)):
        if year is not None and year < before:
            walk.say(name, N_("The year %(year)s lies before %(before)s, where the plan begins or its horizon ends."), year=year, before=before)


def of_other_sector(code: Any, sector: Any) -> bool:
    """Does this item's code name another sector than the one it stands in ("2.9" in sector 1)?"""
    return isinstance(code, str) and isinstance(sector, str) and "." in code and code.partition(".")[0] != sector


def _items(data: dict[str, Any]) -> int:
    return sum(len(s["items"]) for s in _list(data.get("sectors")) if isinstance(s.get("items"), list))


def _check_groups(walk: _Walk, data: dict[str, Any]) -> None:
    seen: dict[str, str] = {}
    groups = walk.rows("solution_groups", data.get("solution_groups"), needed=True, most=30)
    for n, group in enumerate(groups):
        if walk.part(path := f"solution_groups[{n}]", group, GROUP):
            walk.once(path, group, seen)
            _check_measures(walk, path, group)
    if seen and set(seen) <= set(ROMAN):
        for code in ROMAN[: max(ROMAN.index(c) for c in seen)]:
            if code not in seen:
                walk.say("solution_groups", N_("Group %(code)s is missing between the others."), code=code)
    if groups and sum(1 for g in groups if isinstance(g, dict) and g.get("holds_sectors") is True) != 1:
        walk.say("solution_groups", N_("Exactly one group must be marked as the one that holds the sectors (holds_sectors)."))


def _check_sectors(walk: _Walk, data: dict[str, Any]) -> None:
    seen: dict[str, str] = {}
    codes: dict[str, str] = {}
    for n, sector in enumerate(walk.rows("sectors", data.get("sectors"), needed=True, most=60)):
        if not walk.part(path := f"sectors[{n}]", sector, SECTOR):
            continue
        walk.once(path, sector, seen)
        _check_targets(walk, path, sector)
        for m, item in enumerate(walk.rows(f"{path}.items", sector.get("items"), needed=True, most=MOST_ITEMS)):
            if walk.part(place := f"{path}.items[{m}]", item, ITEM):
                _check_item(walk, place, item, sector, codes)
    numbers = {int(code) for code in seen if code.isascii() and code.isdigit()}
    if numbers and len(numbers) == len(seen):
        for missing in sorted(set(range(1, min(max(numbers), 60) + 1)) - numbers):
            walk.say("sectors", N_("Sector %(code)s is missing between the others."), code=missing)


def _check_item(walk: _Walk, path: str, item: dict[str, Any], sector: dict[str, Any], codes: dict[str, str]) -> None:
    walk.once(path, item, codes)
    code, owner = item.get("code"), sector.get("code")
    if of_other_sector(code, owner):
        walk.say(f"{path}.code", OTHER_SECTOR, code=code, sector=owner)
    _check_targets(walk, path, item)
    _check_measures(walk, path, item)


def _check_targets(walk: _Walk, path: str, row: dict[str, Any]) -> None:
    for n, target in enumerate(walk.rows(f"{path}.targets", row.get("targets"))):
        walk.part(place := f"{path}.targets[{n}]", target, TARGET)
        year = target.get("year") if isinstance(target, dict) else None
        if walk.period is not None and type(year) is int and year in YEARS and year not in walk.period.years:
            walk.say(f"{place}.year", OUTSIDE_YEARS, since=walk.period.first.year, until=walk.period.farthest)


def _check_measures(walk: _Walk, path: str, row: dict[str, Any]) -> None:
    for n, measure in enumerate(walk.rows(f"{path}.measures", row.get("measures"))):
        walk.part(place := f"{path}.measures[{n}]", measure, MEASURE)
        due = day(measure.get("due")) if isinstance(measure, dict) else None
        if walk.period is not None and due is not None and not walk.period.holds(due):
            walk.say(f"{place}.due", OUTSIDE_DAYS, **told_days(walk.period))


def _list(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _check_mapping(walk: _Walk, data: dict[str, Any]) -> None:
    new = {code for s in _list(data.get("sectors")) for i in _list(s.get("items")) if isinstance(code := i.get("code"), str)}
    seen: dict[str, str] = {}
    for n, line in enumerate(walk.rows("mapping", data.get("mapping"), most=MOST_ITEMS)):
        if not walk.part(path := f"mapping[{n}]", line, MAPPED):
            continue
        walk.once(path, {"code": line.get("old")}, seen)
        codes = line["new"] if isinstance(line.get("new"), list) else []
        for code in codes:
            if isinstance(code, str) and code not in new:
                walk.say(f"{path}.new", N_("There is no item “%(code)s” in this plan."), code=code[:40])
        if not codes and not line.get("reason_vi"):
            walk.say(path, N_("Item “%(code)s” has no successor and no reason."), code=str(line.get("old"))[:40])
