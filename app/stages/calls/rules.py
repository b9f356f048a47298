"""States of a call, the one answer to “is it open?”, and what its papers and dates must be. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, Refused, WrongState
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_, Face
from app.services.papers.rules import GIVEN_NUMBER

FROZEN_PREFIXES = ("calls.", "proposals.")  # rule keys whose versions a call keeps
SHEET, SCORING = "selection.sheet", ("selection.tie_order", "selection.mean")  # how its dossiers will be scored: kept as well


class TooMany(Refused):
    """Somebody sends too much (429)."""

    status = 429


class CallState(Face):
    DRAFT = "draft", N_("Draft"), "grey"
    PUBLISHED = "published", N_("Receiving dossiers"), "green"
    CLOSED = "closed", N_("Closed"), "amber"
    OPENED = "opened", N_("Dossiers opened"), "blue"
    CONCLUDED = "concluded", N_("Concluded"), "purple"
    CANCELLED = "cancelled", N_("Cancelled"), "red"


class Capacity(Face):
    """As what somebody is there when dossiers are opened."""

    PRESENT = "present", N_("Present"), "grey"
    WITNESS = "witness", N_("Witness"), "blue"


@dataclass(frozen=True)
class Attendee:
    """Somebody who is there when dossiers are opened."""

    name: str
    body: str
    office: str = ""
    capacity: Capacity = Capacity.PRESENT


class TopicOutcome(Face):
    """How one topic of a call ended."""

    NO_DOSSIER = "no_dossier", N_("No dossier"), "amber"
    NOT_SELECTED = "not_selected", N_("No dossier was good enough"), "amber"
    ASSIGNED = "assigned", N_("Assigned"), "green"


CALL = Lifecycle("call", CallState, start=CallState.DRAFT, moves={
    (CallState.DRAFT, "publish"): Move(CallState.PUBLISHED, Do.CALLS_PUBLISH, N_("Publish the call")),
    (CallState.PUBLISHED, "extend"): Move(CallState.PUBLISHED, Do.CALLS_EXTEND, N_("Extend the call")),
    (CallState.PUBLISHED, "close"): Move(CallState.CLOSED, Do.SYSTEM, N_("Close")),
    (CallState.CLOSED, "open_dossiers"): Move(CallState.OPENED, Do.CALLS_OPEN, N_("Open the dossiers")),
    (CallState.OPENED, "conclude"): Move(CallState.CONCLUDED, Do.CALLS_CONCLUDE, N_("Conclude the call")),
    (CallState.DRAFT, "cancel"): Move(CallState.CANCELLED, Do.CALLS_CANCEL, N_("Cancel the draft")),
    (CallState.PUBLISHED, "call_off"): Move(CallState.CANCELLED, Do.CALLS_CALL_OFF, N_("Call the call off")),
    (CallState.CLOSED, "call_off"): Move(CallState.CANCELLED, Do.CALLS_CALL_OFF, N_("Call the call off")),
    (CallState.PUBLISHED, "correct"): Move(CallState.PUBLISHED, Do.CALLS_PUBLISH, N_("Correct the call")),
    (CallState.CLOSED, "correct"): Move(CallState.CLOSED, Do.CALLS_PUBLISH, N_("Correct the call")),
    (CallState.OPENED, "correct"): Move(CallState.OPENED, Do.CALLS_PUBLISH, N_("Correct the call")),
})  # fmt: skip


class QuestionState(Face):
    ASKED = "asked", N_("Waits for an answer"), "amber"
    ANSWERED = "answered", N_("Answered for all"), "green"
    SET_ASIDE = "set_aside", N_("Set aside"), "grey"


QUESTION = Lifecycle("call_question", QuestionState, start=QuestionState.ASKED, moves={
    (QuestionState.ASKED, "answer"): Move(QuestionState.ANSWERED, Do.CALLS_PUBLISH, N_("Answer for all")),
    (QuestionState.ASKED, "set_aside"): Move(QuestionState.SET_ASIDE, Do.CALLS_PUBLISH, N_("Set aside")),
})  # fmt: skip

PUBLIC_STATES = frozenset({CallState.PUBLISHED, CallState.CLOSED, CallState.OPENED, CallState.CONCLUDED})
# fn(call) -> [{"call_topic": pid, "code", "title", "host", "pi", "received_at"}]: proposals registers its own at import
DOSSIER_LISTERS: list[Callable[[Any], list[dict[str, Any]]]] = []
# fn(call) -> None: raises while something must be done before the dossiers are opened; proposals registers its own at import
BEFORE_OPENING: list[Callable[[Any], None]] = []
# fn(call) -> [User]: who works on a dossier for this call; proposals registers its own at import
APPLICANTS: list[Callable[[Any], list[Any]]] = []
# fn(call) -> {call topic id: Face}: how far the selection of its topics is; selection registers its own at import
STANDINGS: list[Callable[[Any], dict[int, Any]]] = []


def attendees(text: str, capacity: Capacity, field: str) -> list[Attendee]:
    """The people of a list with one a line: name; body; office. Raises Incomplete for a line that names no body."""
    found = []
    for number, line in enumerate((one for one in nfc(text).split("\n") if one.strip()), start=1):
        parts = [" ".join(part.split()) for part in re.split(r"[;\t]", line, maxsplit=2)]
        if len(parts) < 2 or not parts[0] or not parts[1]:
            raise Incomplete(N_("Line %(n)s: please write name and body with a semicolon between them, for example: Trần Văn Mẫu; Văn phòng Sở; chuyên viên."), field=field, n=number)
        if len(parts[0]) > 200 or len(parts[1]) > 300 or len(parts[2] if len(parts) > 2 else "") > 200:
            raise Incomplete(N_("Line %(n)s is too long."), field=field, n=number)
        found.append(Attendee(parts[0], parts[1], parts[2] if len(parts) > 2 else "", capacity))
    if len(found) > 100:
        raise Incomplete(N_("These are too many people: at most %(n)s."), field=field, n=100)
    return found


def check_attendance(people: Collection[Attendee], witnesses: int) -> None:
    """Raise Incomplete unless somebody is there, and as many witnesses as the rulebook asks for."""
    if not any(p.capacity == Capacity.PRESENT for p in people):
        raise Incomplete(N_("Please say who is present."), field="present")
    if sum(p.capacity == Capacity.WITNESS for p in people) < witnesses:
        raise Incomplete(N_("At least %(n)s witness must be there when dossiers are opened."), field="witnesses", n=witnesses)


def is_open(call: Any, at: datetime) -> bool:
    """May a dossier come in at this instant? The deadline itself, to the microsecond, is still in time."""
    return call.state == CallState.PUBLISHED and call.opens_at is not None and call.opens_at <= at <= call.deadline


def takes_questions(call: Any, at: datetime) -> bool:
    """May something be asked about the call at this instant?"""
    return is_open(call, at) and (call.questions_until is None or at <= call.questions_until)


def is_public(call: Any) -> bool:
    """May anybody read the notice? One that was published and then cancelled stays, with the reason."""
    return call.state in PUBLIC_STATES or (call.state == CallState.CANCELLED and call.opens_at is not None)


def is_past(call: Any, at: datetime) -> bool:
    """Has the deadline gone by?"""
    return at > call.deadline


def check_openable(call: Any, at: datetime) -> None:
    """Raise unless the dossiers may be opened now: after the deadline, and nothing waits that could not be done afterwards."""
    if not is_past(call, at):
        raise WrongState(N_("Dossiers stay sealed until the deadline."))
    for check in BEFORE_OPENING:
        check(call)


def list_dossiers(call: Any, at: datetime) -> list[dict[str, Any]]:
    """What came in, from whoever registered. Sealed until the deadline: raises WrongState before."""
    if not is_past(call, at):
        raise WrongState(N_("Dossiers stay sealed until the deadline."))
    return [line for lister in DOSSIER_LISTERS for line in lister(call)]


def earliest_deadline(published: date, min_days: int) -> date:
    """The first day on which a call published that day may close."""
    return published + timedelta(days=min_days)


def check_deadline(deadline: datetime, at: datetime, min_days: int) -> None:
    """Raise Incomplete unless dossiers can come in for at least `min_days` days."""
    first = earliest_deadline(local(at).date(), min_days)
    if local(deadline).date() < first:
        raise Incomplete(N_("Dossiers must be received for at least %(n)s days: the deadline can be %(day)s at the earliest."),
                         field="deadline", n=min_days, day=f"{first:%d/%m/%Y}")  # fmt: skip


NOT_FREE = N_("%(code)s is not free: it is in a call, assigned or dropped.")


def check_topics(topics: list[Any], mode: Any, callable_states: frozenset[Any]) -> None:
    """Raise unless there are topics, all free and all of the call's mode."""
    if not topics:
        raise Incomplete(N_("Please choose at least one topic."), field="topics")
    for topic in topics:
        if topic.mode != mode:
            raise Incomplete(N_("A call has topics of one mode only: %(code)s is of the other."), field="topics", code=topic.code)
        if topic.state not in callable_states:
            raise WrongState(NOT_FREE, field="topics", code=topic.code)


def check_notice(number: str, dated: date | None, on: date, decided: date | None = None) -> None:
    """Raise Incomplete unless the notice has a number, and a date between the decision on its topics and today."""
    if not number:
        raise Incomplete(N_("Please give the number of the notice."), field="number")
    if not GIVEN_NUMBER.fullmatch(number):
        raise Incomplete(N_("This is not the number of a notice. Please write it like 115/TB-SKHCN."), field="number")
    if dated is None:
        raise Incomplete(N_("Please give the date of the notice."), field="dated")
    if dated > on:
        raise Incomplete(N_("The date of the notice lies in the future."), field="dated")
    if decided is not None and dated < decided:
        raise Incomplete(N_("The notice cannot be older than the decision that approved its topics (%(day)s)."), field="dated", day=f"{decided:%d/%m/%Y}")


def check_extension(call: Any, deadline: datetime, at: datetime) -> None:
    """Raise unless the call still receives dossiers and the new deadline is later than the present one."""
    if not is_open(call, at):
        raise WrongState(N_("Only a call that still receives dossiers can be extended."))
    if deadline <= call.deadline:
        raise Incomplete(N_("The new deadline must be later than the present one."), field="deadline")


def check_second_person(extension: Any, by: Any) -> None:
    """Raise NotAllowed when the one who confirms is the one who proposed."""
    if by is None or by.id == extension.proposed_by_id:
        raise NotAllowed(N_("Another person must confirm what you proposed."))


def unsettled(call_topics: list[Any], assigned_state: Any) -> list[Any]:
    """The topics of a call whose end is not known yet."""
    return [ct for ct in call_topics if ct.outcome is None and ct.topic.state != assigned_state]


def can_call_again(call_topics: list[Any], callable_states: frozenset[Any]) -> list[Any]:
    """The topics of a call that ended without a good dossier and are still free."""
    return [ct for ct in call_topics if ct.outcome in (TopicOutcome.NO_DOSSIER, TopicOutcome.NOT_SELECTED) and ct.topic.state in callable_states]
