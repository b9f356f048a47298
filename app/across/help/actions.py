"""The one act of this room: the tour is over."""

from __future__ import annotations

from datetime import datetime

from app.across.help.queries import END, tour_ended
from app.kernel import journal
from app.services.people.models import User


def end_tour(user: User, *, by: User, at: datetime) -> bool:
    """Do not show the tour again. Returns whether it was still shown; ending it twice says so once."""
    if tour_ended(user):
        return False
    journal.record(user, END, by=by, at=at)
    return True
