"""Calendars of calls as iCalendar text (RFC 5545). Pure: plain dictionaries in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

ENDS = "\r\n"
HOUR = timedelta(hours=1)
MOMENTS = frozenset({"questions_until", "deadline"})  # an instant until which something holds; the others last an hour


def calendar(calls: Iterable[Mapping[str, Any]], *, name: str, words: Mapping[str, str], base_url: str, host: str) -> str:
    """Every milestone of these calls as an event. `words` are the milestones' names; a cancelled call's events are marked so."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Vam Co//Calls//VI", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{escape(name)}"]
    for call in calls:
        for milestone in call["calendar"]:
            lines += _event(call, milestone, words, base_url, host)
    lines.append("END:VCALENDAR")
    return ENDS.join(fold_line(line) for line in lines) + ENDS


def _event(call: Mapping[str, Any], milestone: Any, words: Mapping[str, str], base_url: str, host: str) -> list[str]:
    url = f"{base_url}/public/calls/{call['pid']}"
    said = f"{call['number'] or ''} {url}".strip()
    lines = [
        "BEGIN:VEVENT", f"UID:{call['pid']}-{milestone.name}@{host}", f"DTSTAMP:{_instant(call['changed_at'])}", f"SEQUENCE:{call['changes']}",
        *_span(milestone), f"SUMMARY:{escape(words[milestone.name] + ': ' + call['title'])}", f"DESCRIPTION:{escape(said)}", f"URL:{url}", "TRANSP:TRANSPARENT",
    ]  # fmt: skip
    where = call["briefing_place"] if milestone.name == "briefing_at" else call["place"] if milestone.name == "deadline" else None
    if where:
        lines.append(f"LOCATION:{escape(where)}")
    lines.append("STATUS:CANCELLED" if call["cancelled_at"] else "STATUS:CONFIRMED")
    if milestone.name == "deadline" and not call["cancelled_at"]:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escape(words[milestone.name])}", "TRIGGER:-P3D", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def _span(milestone: Any) -> list[str]:
    on = milestone.on
    if not isinstance(on, datetime):
        return [f"DTSTART;VALUE=DATE:{on:%Y%m%d}", f"DTEND;VALUE=DATE:{_following(on):%Y%m%d}"]
    if milestone.name in MOMENTS:
        return [f"DTSTART:{_instant(on)}"]
    return [f"DTSTART:{_instant(on)}", f"DTEND:{_instant(on + HOUR)}"]


def _following(day: date) -> date:
    return day + timedelta(days=1)


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escape(text: str) -> str:
    """A value of type TEXT: backslash, comma, semicolon and line breaks written out; other control characters left away."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")
    return "".join(c for c in text if c >= " " and c != "\x7f")


def fold_line(line: str) -> str:
    """A content line cut to at most 75 octets a line, never inside a letter."""
    parts, current, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > 75:
            parts.append(current)
            current, size = " ", 1
        current, size = current + letter, size + octets
    return ENDS.join([*parts, current])
