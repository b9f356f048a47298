"""One line of the desk, and what makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from app.services.people.models import User


@dataclass(frozen=True)
class Task:
    """One line of the desk: what, where, since when it waits, and until when it should be done."""

    title: str
    url: str
    since: datetime | None = None
    due: date | None = None
    hint: str = ""


Provider = Callable[[User, datetime], list[Task]]
