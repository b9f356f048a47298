"""What the course of a session forbids: ballots, boxes and the conclusion have their step, once the secretary goes by the order of work."""

from __future__ import annotations

from datetime import date, datetime

from app.kernel.clock import local
from app.kernel.errors import WrongState
from app.kernel.words import N_
from app.services.councils.models import AgendaItem, Council
from app.services.councils.room.queries import Course
from app.services.councils.room.words import Said
from app.services.councils.rules import CouncilState


def refuse_unless(council: Council, item: AgendaItem, what: str) -> None:
    """Raises WrongState when the session goes by the order of work and is not at the step for this."""
    course = Course(council, date.max)  # a council in session has its rules frozen
    if course.lets(what, item):
        return
    station = course.station
    step = {"vi": "–", "en": "–"} if station is None else station.step
    own = next((n for n, s in enumerate(course.stations) if s.opens(what) and s.item in (None, item.public_id)), None)
    past = own is not None and course.here is not None and course.here > own
    if what == "ballot" and past:
        raise WrongState(N_("The ballot on this item is closed. The session is at: %(step)s."), step=Said(step))
    if what == "ballot":
        raise WrongState(N_("The ballot on this item has not begun. The session is at: %(step)s."), step=Said(step))
    raise WrongState(N_("The box is opened when the secretary has closed the ballot. The session is at: %(step)s."), step=Said(step))


def refuse_before_end(council: Council, at: datetime) -> None:
    """Raises WrongState when the order of work is followed and its end is not reached."""
    course = Course(council, local(at).date())
    following = course.next
    if council.state == CouncilState.CONVENED and not course.at_end and following is not None:
        raise WrongState(N_("By the order of work (%(source)s) this comes first: %(step)s."), source=course.rule.source, step=Said(following.step))
