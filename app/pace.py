"""How fast one asker may ask: counted in memory, for each application by itself. What is counted in the database (sendings, messages) is the rooms' own."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask import current_app

MOST_ASKERS = 10_000  # then all begin anew: memory is bounded, and who comes with that many addresses is not stopped by this


@dataclass(frozen=True)
class Pace:
    """At most `most` times in `within`, for each asker, in each process."""

    what: str
    most: int
    within: timedelta = timedelta(minutes=1)

    def exceeded(self, asker: Hashable, at: datetime) -> bool:
        """Has the asker used up what the time allows? A call that is not exceeded counts."""
        return self.left(asker, at)[0] < 0

    def left(self, asker: Hashable, at: datetime) -> tuple[int, int]:
        """(how often more, in how many seconds the oldest counts no longer), after this call, which counts; -1 when it was one too many, and does not."""
        known: dict[Hashable, deque[datetime]] = current_app.extensions.setdefault("pace", {}).setdefault(self.what, {})
        if len(known) > MOST_ASKERS:
            known.clear()
        times = known.setdefault(asker, deque())
        while times and times[0] <= at - self.within:
            times.popleft()
        if (room := self.most - len(times)) > 0:
            times.append(at)
        return room - 1, max(1, ceil((times[0] + self.within - at).total_seconds())) if times else 0
