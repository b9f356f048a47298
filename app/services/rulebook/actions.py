"""The acts on rules: load the defaults, revise, enter and remove a day, confirm a year."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.rulebook import queries
from app.services.rulebook.calendar import check_day
from app.services.rulebook.models import CalendarYear, DayOff, Rule
from app.services.rulebook.rules import DAYS, DayKind, Mark, wrong_with

DATA = Path(__file__).parent / "data"
CALENDAR_SPAN = timedelta(days=366 * 10)  # terms neither begin nor end further away than this


def shipped() -> list[dict[str, Any]]:
    """The entries of data/*.json, file by file."""
    files = [path for path in sorted(DATA.glob("*.json")) if path.name != "calendar.json"]
    return [entry for path in files for entry in json.loads(path.read_text(encoding="utf-8"))]


def load(*, by: User | None, at: datetime) -> int:
    """Load the defaults of data/*.json: versions not yet known are added, known ones stay. Returns how many were new."""
    versions: dict[str, dict[date, Rule]] = defaultdict(dict)
    for row in db.session.scalars(select(Rule)):
        versions[row.key][row.valid_from] = row
    grown = set()
    new = 0
    for entry in shipped():
        start = date.fromisoformat(entry["from"])
        if start in versions[entry["key"]]:
            continue
        row = Rule(key=entry["key"], value=entry["value"], unit=entry.get("unit"), source=entry["source"], mark=Mark(entry["mark"]),
                   valid_from=start, valid_to=date.fromisoformat(entry["to"]) if entry.get("to") else None,
                   note_vi=entry.get("note_vi"), note_en=entry.get("note_en"), created_at=at, created_by_id=by.id if by else None)  # fmt: skip
        db.session.add(row)
        versions[row.key][start] = row
        grown.add(row.key)
        new += 1
    for key in grown:
        _end_each_before_the_next(list(versions[key].values()))
    _load_calendar(at)
    db.session.flush()
    return new


def _end_each_before_the_next(rows: list[Rule]) -> None:
    """No two versions of a rule hold on the same day."""
    rows.sort(key=lambda row: row.valid_from)
    for row, following in pairwise(rows):
        if row.valid_to is None or row.valid_to >= following.valid_from:
            row.valid_to = following.valid_from - timedelta(days=1)


def differing() -> list[tuple[Rule, Any]]:
    """Versions that read otherwise here than the defaults of the same day: (version here, default value)."""
    known = {(row.key, row.valid_from): row for row in db.session.scalars(select(Rule))}
    found = []
    for entry in shipped():
        row = known.get((entry["key"], date.fromisoformat(entry["from"])))
        if row is not None and row.value != entry["value"]:
            found.append((row, entry["value"]))
    return found


def _load_calendar(at: datetime) -> None:
    content = json.loads((DATA / "calendar.json").read_text(encoding="utf-8"))
    known = set(db.session.scalars(select(DayOff.day)))
    for entry in content["days"]:
        day = date.fromisoformat(entry["day"])
        if day not in known:
            db.session.add(DayOff(day=day, kind=DayKind(entry["kind"]), name=entry["name"], source=entry["source"]))
    years = set(db.session.scalars(select(CalendarYear.year)))
    for entry in content["confirmed"]:
        if entry["year"] not in years:
            db.session.add(CalendarYear(year=entry["year"], confirmed_at=at, source=entry["source"]))


def revise(key: str, value: Any, *, source: str, mark: Mark, valid_from: date, reason: str, by: User, at: datetime,
           unit: str | None = None) -> Rule:  # fmt: skip
    """Put a new version of a rule in force from a day on; the version before ends the day before.

    `unit` may change a term between working and calendar days. Raises Incomplete when a version already begins on that
    day or later, when the source is missing, or when the value contradicts itself.
    """
    versions = queries.history(key)
    if not versions:
        raise Incomplete(N_("There is no such rule."), field="key")
    if not nfc(source):
        raise Incomplete(N_("Please name the document and article."), field="source")
    check_day(valid_from, field="valid_from", until=local(at).date() + CALENDAR_SPAN)
    before = versions[0]
    counted = unit if unit in DAYS and before.unit in DAYS else before.unit
    if message := wrong_with(value, counted):
        raise Incomplete(message, field="value")
    if before.valid_from >= valid_from:
        raise Incomplete(N_("A version of this rule already begins on %(day)s or later."), field="valid_from", day=f"{before.valid_from:%d/%m/%Y}")
    before.valid_to = valid_from - timedelta(days=1)
    row = Rule(key=key, value=value, unit=counted, source=nfc(source), mark=mark, valid_from=valid_from, note_vi=before.note_vi,
               note_en=before.note_en, created_at=at, created_by_id=by.id)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(row, "revise", by=by, at=at, reason=reason, detail={"key": key, "before": before.public_id, "value": value})
    return row


def enter_day(day: date, kind: DayKind, *, name: str, source: str, by: User, at: datetime) -> DayOff:
    """Enter an exception of the calendar. Raises Incomplete when the day has one, or lies where no term can run."""
    today = local(at).date()
    check_day(day, field="day", since=today - CALENDAR_SPAN, until=today + CALENDAR_SPAN)
    if db.session.scalar(select(DayOff.id).where(DayOff.day == day)):
        raise Incomplete(N_("This day has an entry already."), field="day")
    row = DayOff(day=day, kind=kind, name=nfc(name), source=nfc(source))
    db.session.add(row)
    db.session.flush()
    journal.record(row, "enter_day", by=by, at=at, detail={"day": day.isoformat(), "kind": str(kind)})
    return row


def remove_day(row: DayOff, *, reason: str, by: User, at: datetime) -> None:
    """Take an exception out of the calendar; the journal keeps what it was."""
    detail = {"day": row.day.isoformat(), "kind": str(row.kind), "name": row.name, "source": row.source}
    journal.record(row, "remove_day", by=by, at=at, reason=reason, detail=detail)
    db.session.delete(row)
    db.session.flush()


def confirm_year(year: int, *, source: str, by: User, at: datetime) -> CalendarYear:
    """Say that the swapped days of a year are published and entered: its terms are no longer provisional.

    Raises Incomplete when the year is confirmed already, or the announcement is not named.
    """
    if not nfc(source):
        raise Incomplete(N_("Please name the announcement."), field="source")
    if db.session.get(CalendarYear, year) is not None:
        raise Incomplete(N_("This year is confirmed already."), field="year")
    row = CalendarYear(year=year, confirmed_at=at, source=nfc(source))
    db.session.add(row)
    db.session.flush()
    journal.record(row, "confirm_year", by=by, at=at, detail={"year": year, "source": row.source})
    return row
