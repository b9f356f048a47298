"""The only reader of time. A demonstration may move the clock forward, never back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LONGEST_WAIT = timedelta(seconds=120)  # a request that waited longer was given up by every proxy
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class _Offset:
    """How far the demonstration clock is ahead: a start value and a file that processes share."""

    def __init__(self) -> None:
        self.start = timedelta()
        self.file: Path | None = None
        self._seen: tuple[int, timedelta] = (0, timedelta())

    def value(self) -> timedelta:
        if self.file is None:
            return self.start
        try:
            stamp = self.file.stat().st_mtime_ns
        except FileNotFoundError:
            return self.start
        if stamp != self._seen[0]:
            self._seen = (stamp, timedelta(seconds=int(self.file.read_text() or 0)))
        return max(self.start, self._seen[1])


_offset = _Offset()


def configure(start: str | None, file: Path | None) -> None:
    """Set the clock up: `start` like ``+35d`` or ``+12h``; `file` holds later moves (None = no moving)."""
    _offset.start = parse_offset(start) if start else timedelta()
    _offset.file = file


def parse_offset(text: str) -> timedelta:
    """``+35d`` → 35 days. Raises ValueError for anything but a move forward."""
    match = re.fullmatch(r"\+(\d{1,5})([dhm])", text.strip())
    if not match:
        raise ValueError(f"VAMCO_CLOCK_OFFSET must look like +35d, +12h or +30m, not {text!r}")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def movable() -> bool:
    """May this clock be moved (demonstration only)?"""
    return _offset.file is not None


def offset() -> timedelta:
    """How far this clock is ahead of the machine's."""
    return _offset.value()


def move_forward(by: timedelta) -> timedelta:
    """Move the demonstration clock forward; returns the new offset. Raises ValueError for a move back."""
    if _offset.file is None or by <= timedelta():
        raise ValueError("the clock moves forward only, and only in a demonstration")
    total = _offset.value() + by
    part = _offset.file.with_suffix(".part")
    part.write_text(str(int(total.total_seconds())))
    part.replace(_offset.file)
    return total


def now() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.now(UTC) + _offset.value()


def stamped(header: str, at: datetime) -> datetime:
    """When our proxy took the request in, by its ``X-Request-Start`` ("t=" and seconds, milli- or microseconds); else `at`.

    Bounded: a stamp that lies in the future, or more than LONGEST_WAIT before `at`, is not believed.
    """
    match = re.fullmatch(r"(?:t=)?(\d{10,16}(?:\.\d{1,6})?)", header.rpartition(",")[2].strip())
    if match is None:
        return at
    seconds = float(match[1])
    while seconds > 1e11:
        seconds /= 1000
    arrived = datetime.fromtimestamp(seconds, UTC) + _offset.value()
    return arrived if timedelta() <= at - arrived <= LONGEST_WAIT else at


def today() -> date:
    """The present day in Viet Nam."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """The instant as Vietnamese time."""
    return instant.astimezone(ZONE)


def at_local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The instant of a Vietnamese wall-clock time, in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE).astimezone(UTC)
