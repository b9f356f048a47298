"""Acts of weight: who does them has signed in a short while ago, or is asked once more who it is.

`@recently` stands beside `@allow`. Money that is approved or paid, contracts and awards that are signed, roles, and all that
opens an account to somebody else carry it; tests/architecture holds the list. What happens to an older sign-in is said in
services/entry, which looks at the mark.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import current_app, session

from app.kernel import clock
from app.services.people import queries


def recently(view: Any) -> Any:
    """Mark a view: it is opened, and its form received, only after a recent sign-in."""
    view.recent = True
    return view


def is_recent() -> bool:
    """Did the person of this session show within RECENT_MINUTES who it is?"""
    proved = queries.proved_at(session.get("_user_id", ""))
    return proved is not None and holds(proved, clock.now(), current_app.config["RECENT_MINUTES"])


def holds(proved: datetime, at: datetime, minutes: int) -> bool:
    """Is a proof of that instant still recent at `at`? Exactly after `minutes` it is not any more; one of the future never is."""
    return proved <= at < proved + timedelta(minutes=minutes)
