"""What the course of a session forbids: discussion, ballots, boxes and the conclusion each have their step in the order of work."""

from __future__ import annotations

from datetime import date

from app.kernel.errors import WrongState
from app.kernel.words import N_
from app.services.councils import queries
from app.services.councils.models import AgendaItem, Council
from app.services.councils.room.queries import Course
from app.services.councils.room.words import Said
from app.services.councils.rules import CouncilState


def refuse_unless(council: Council, item: AgendaItem, what: str) -> None:
    """Raises WrongState when the session is not at the step for this, naming the step that comes first."""
    course = Course(council, date.max)  # a council in session has its rules frozen
    if course.allows(what, item):
        return
    own = next((n for n, s in enumerate(course.stations) if s.opens(what) and s.item in (None, item.public_id)), None)
    if what == "ballot" and own is not None and course.here is not None and course.here > own:
        raise WrongState(N_("The ballot on this item is closed. The session is at: %(step)s."), step=_said(course.station))
    said = N_("The ballot on this item has not begun: by the order of work (%(source)s) this comes first: %(step)s. Who keeps the session moves it on, step by step, in the session room.")
    if what == "box":
        said = N_("The box is opened when the ballot is closed: by the order of work (%(source)s) this comes first: %(step)s. Who keeps the session moves it on, step by step, in the session room.")
    raise WrongState(said, source=course.rule.source, step=_said(course.next))


def refuse_before_end(council: Council, _by: object = None) -> None:
    """Raises WrongState while the session is not at its conclusion. Where it has counted nothing it may end anywhere: all was given back."""
    if council.state != CouncilState.CONVENED or not _counted_here(council):
        return
    course = Course(council, date.max)
    if not course.allows("conclusion") and (following := course.next) is not None:
        raise WrongState(N_("By the order of work (%(source)s) this comes first: %(step)s."), source=course.rule.source, step=_said(following))


def _counted_here(council: Council) -> bool:
    opened = council.sessions[-1]["opened"] if council.sessions else ""
    return any(item.opened_at is not None and item.opened_at.isoformat() >= opened for item in queries.counted_items(council))


def _said(station: object) -> Said:
    return Said(getattr(station, "step", {"vi": "–", "en": "–"}))
