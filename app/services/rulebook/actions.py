"""The acts on rules: load the defaults, revise, enter a day, confirm a year."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.services.rulebook import queries
from app.services.rulebook.models import CalendarYear, DayOff, Rule
from app.services.rulebook.rules import DayKind, Mark

DATA = Path(__file__).parent / "data"


def load(*, by: User | None, at: datetime) -> int:
    """Load the defaults of data/*.json: versions not yet known are added, known ones stay. Returns how many were new."""
    known = {(key, start) for key, start in db.session.execute(select(Rule.key, Rule.valid_from))}
    new = 0
    for path in sorted(DATA.glob("*.json")):
        if path.name == "calendar.json":
            continue
        for entry in json.loads(path.read_text(encoding="utf-8")):
            start = date.fromisoformat(entry["from"])
            if (entry["key"], start) in known:
                continue
            db.session.add(Rule(key=entry["key"], value=entry["value"], unit=entry.get("unit"), source=entry["source"], mark=Mark(entry["mark"]),
                                valid_from=start, valid_to=date.fromisoformat(entry["to"]) if entry.get("to") else None,
                                note_vi=entry.get("note_vi"), note_en=entry.get("note_en"), created_at=at,
                                created_by_id=by.id if by else None))  # fmt: skip
            new += 1
    _load_calendar(at)
    db.session.flush()
    return new


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


def revise(key: str, value: Any, *, source: str, mark: Mark, valid_from: date, reason: str, by: User, at: datetime) -> Rule:
    """Put a new version of a rule in force from a day on; the version before ends the day before.

    Raises Incomplete when a version already begins on that day or later, or the source is missing.
    """
    versions = queries.history(key)
    if not versions:
        raise Incomplete(N_("There is no such rule."), field="key")
    if not nfc(source):
        raise Incomplete(N_("Please name the document and article."), field="source")
    before = versions[0]
    if before.valid_from >= valid_from:
        raise Incomplete(N_("A version of this rule already begins on %(day)s or later."), field="valid_from", day=f"{before.valid_from:%d/%m/%Y}")
    before.valid_to = valid_from - timedelta(days=1)
    row = Rule(key=key, value=value, unit=before.unit, source=nfc(source), mark=mark, valid_from=valid_from, note_vi=before.note_vi,
               note_en=before.note_en, created_at=at, created_by_id=by.id)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(row, "revise", by=by, at=at, reason=reason, detail={"key": key, "before": before.public_id, "value": value})
    return row


def enter_day(day: date, kind: DayKind, *, name: str, source: str, by: User, at: datetime) -> DayOff:
    """Enter an exception of the calendar. Raises Incomplete when the day has one."""
    if db.session.scalar(select(DayOff.id).where(DayOff.day == day)):
        raise Incomplete(N_("This day has an entry already."), field="day")
    row = DayOff(day=day, kind=kind, name=nfc(name), source=nfc(source))
    db.session.add(row)
    db.session.flush()
    journal.record(row, "enter_day", by=by, at=at, detail={"day": day.isoformat(), "kind": str(kind)})
    return row
