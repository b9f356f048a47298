"""States of ideas and topics, outcomes of identification, and what an order form must say. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.kernel.errors import Incomplete, NotAllowed, Refused, WrongState
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face

TITLE_LONGEST = 500
LONGEST_MONTHS = 120


class IdeaState(Face):
    DRAFT = "draft", N_("Draft"), "grey"
    SUBMITTED = "submitted", N_("Submitted"), "blue"
    RETURNED = "returned", N_("Returned for correction"), "amber"
    IN_IDENTIFICATION = "in_identification", N_("In identification"), "purple"
    APPROVED = "approved", N_("On the approved list"), "green"
    REJECTED = "rejected", N_("Not approved"), "red"
    REDIRECTED = "redirected", N_("Passed on"), "amber"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "grey"


class Mode(Face):
    """How the body that carries out a topic is found."""

    SELECTION = "selection", N_("Selection"), "blue"
    DIRECT = "direct", N_("Direct assignment"), "purple"


class Outcome(Face):
    """What identification recommends for one idea."""

    DO = "do", N_("Carry out"), "green"
    DO_WITH_CHANGES = "do_with_changes", N_("Carry out with changes"), "green"
    DO_NOT = "do_not", N_("Do not carry out"), "red"
    REDIRECT = "redirect", N_("Pass on"), "amber"


class RedirectTo(Face):
    """Whom an idea is passed on to."""

    ENTERPRISE = "enterprise", N_("To an enterprise"), "amber"
    FUND = "fund", N_("To the science and technology fund"), "amber"


class TopicState(Face):
    APPROVED = "approved", N_("On the approved list"), "green"
    IN_CALL = "in_call", N_("In a call"), "blue"
    OPEN_AGAIN = "open_again", N_("Open again"), "amber"
    ASSIGNED = "assigned", N_("Assigned"), "purple"
    DROPPED = "dropped", N_("Dropped"), "grey"


# links for organisations without an account: how long they hold, and how often one may send in an hour
LINK_DAYS, LINK_DAYS_MOST, LINK_SENDINGS = 30, 180, 600


class TooMany(Refused):
    """Too many sendings in the hour (429)."""

    status = 429


class LinkStanding(Face):
    """What a link is now; derived from its dates and from the idea that it fills."""

    OPEN = "open", N_("Open"), "blue"
    USED = "used", N_("Form sent"), "green"
    EXPIRED = "expired", N_("Expired"), "grey"
    REVOKED = "revoked", N_("Closed"), "red"


RECOMMENDED = frozenset({Outcome.DO, Outcome.DO_WITH_CHANGES})
EDITABLE = frozenset({IdeaState.DRAFT, IdeaState.RETURNED})
CALLABLE = frozenset({TopicState.APPROVED, TopicState.OPEN_AGAIN})

IDEA = Lifecycle("idea", IdeaState, start=IdeaState.DRAFT, moves={
    (IdeaState.DRAFT, "submit"): Move(IdeaState.SUBMITTED, Do.IDEAS_SUBMIT, N_("Submit the idea")),
    (IdeaState.RETURNED, "submit"): Move(IdeaState.SUBMITTED, Do.IDEAS_SUBMIT, N_("Submit the idea")),
    (IdeaState.SUBMITTED, "return"): Move(IdeaState.RETURNED, Do.IDEAS_RETURN, N_("Return for correction")),
    (IdeaState.DRAFT, "withdraw"): Move(IdeaState.WITHDRAWN, Do.IDEAS_WITHDRAW, N_("Withdraw")),
    (IdeaState.RETURNED, "withdraw"): Move(IdeaState.WITHDRAWN, Do.IDEAS_WITHDRAW, N_("Withdraw")),
    (IdeaState.SUBMITTED, "withdraw"): Move(IdeaState.WITHDRAWN, Do.IDEAS_WITHDRAW, N_("Withdraw")),
    (IdeaState.SUBMITTED, "put_to_council"): Move(IdeaState.IN_IDENTIFICATION, Do.IDEAS_IDENTIFY, N_("Put to a council")),
    (IdeaState.IN_IDENTIFICATION, "take_from_council"): Move(IdeaState.SUBMITTED, Do.SYSTEM, N_("Take from the council")),
    (IdeaState.SUBMITTED, "identify"): Move(IdeaState.IN_IDENTIFICATION, Do.IDEAS_IDENTIFY, N_("Record the identification")),
    (IdeaState.IN_IDENTIFICATION, "identify"): Move(IdeaState.IN_IDENTIFICATION, Do.IDEAS_IDENTIFY, N_("Record the identification")),
    (IdeaState.IN_IDENTIFICATION, "approve"): Move(IdeaState.APPROVED, Do.IDEAS_APPROVE, N_("Approve")),
    (IdeaState.IN_IDENTIFICATION, "reject"): Move(IdeaState.REJECTED, Do.IDEAS_APPROVE, N_("Do not approve")),
    (IdeaState.IN_IDENTIFICATION, "redirect"): Move(IdeaState.REDIRECTED, Do.IDEAS_APPROVE, N_("Pass on")),
})  # fmt: skip

TOPIC = Lifecycle("topic", TopicState, start=TopicState.APPROVED, moves={
    (TopicState.APPROVED, "put_in_call"): Move(TopicState.IN_CALL, Do.SYSTEM, N_("Put in a call")),
    (TopicState.OPEN_AGAIN, "put_in_call"): Move(TopicState.IN_CALL, Do.SYSTEM, N_("Put in a call")),
    (TopicState.IN_CALL, "assign"): Move(TopicState.ASSIGNED, Do.SYSTEM, N_("Assign")),
    (TopicState.IN_CALL, "reopen"): Move(TopicState.OPEN_AGAIN, Do.SYSTEM, N_("Open again")),
    (TopicState.ASSIGNED, "reopen"): Move(TopicState.OPEN_AGAIN, Do.SYSTEM, N_("Open again")),
    (TopicState.APPROVED, "drop"): Move(TopicState.DROPPED, Do.TOPICS_DROP, N_("Drop the topic")),
    (TopicState.OPEN_AGAIN, "drop"): Move(TopicState.DROPPED, Do.TOPICS_DROP, N_("Drop the topic")),
})  # fmt: skip

# the receiving body's commitment, whatever version of the form is used
_COMMITMENT = (
    ("receiver_organisation_id", "receiver", N_("Receiving body")),
    ("commitment", "commitment", N_("How the result will be received, managed and used")),
    ("committed_by", "committed_by", N_("Who commits for the receiving body")),
)


def check_commitment(idea: Any) -> None:
    """Raise Incomplete for the first part of the receiving body's commitment that is missing."""
    for column, code, label in _COMMITMENT:
        if getattr(idea, column) in (None, ""):
            raise Incomplete(N_("The receiving body must commit to take the result. Missing: %(what)s."), field=code, what=label)


def check_editable(idea: Any) -> None:
    """Raise WrongState unless the owner may still change the text."""
    if idea.state not in EDITABLE:
        raise WrongState(N_("A submitted idea cannot be changed. Ask for it to be returned, or withdraw it."))


def check_owner(idea: Any, by: Any) -> None:
    """Raise NotAllowed unless this person owns the idea or signs for its organisation. None is the system."""
    if by is not None and idea.owner_id != by.id and not by.manages(idea.organisation_id):
        raise NotAllowed(N_("Only the person who wrote the idea, or a manager of the body, may do this."))


def check_year(year: int | None, on: date) -> None:
    """Raise Incomplete for a plan year that lies far off."""
    if year is not None and not on.year - 1 <= year <= on.year + 5:
        raise Incomplete(N_("Please give a year from %(first)s to %(last)s."), field="year", first=on.year - 1, last=on.year + 5)


def check_outcome(outcome: Outcome, *, title: str, aim: str, changed: bool, redirect_to: RedirectTo | None, reason: str | None,
                  mode: Mode | None, host: Any) -> None:  # fmt: skip
    """Raise Incomplete when an outcome lacks what belongs to it."""
    if outcome in RECOMMENDED:
        if not title or not aim:
            raise Incomplete(N_("A recommended idea needs its final title and aim."), field="final_title" if not title else "final_aim")
        if mode is None:
            raise Incomplete(N_("Please say whether the topic goes to selection or to direct assignment."), field="mode")
        if mode == Mode.DIRECT and host is None:
            raise Incomplete(N_("Direct assignment names one organisation."), field="host")
    if outcome == Outcome.DO_WITH_CHANGES and not changed:
        raise Incomplete(N_("Nothing differs from the idea as proposed. Please enter the changes, or choose “Carry out”."), field="outcome")
    if outcome == Outcome.DO and changed:
        raise Incomplete(N_("Something differs from the idea as proposed. Please choose “Carry out with changes”."), field="outcome")
    if outcome == Outcome.REDIRECT and redirect_to is None:
        raise Incomplete(N_("Please say to whom the idea is passed on."), field="redirect_to")
    if outcome == Outcome.DO_NOT and not reason:
        raise Incomplete(N_("Please give the reason that was voted."), field="reason")


def check_decidable(ideas: list[Any]) -> None:
    """Raise unless every idea is identified and each one to approve is tied to a priority item."""
    if not ideas:
        raise Incomplete(N_("Please choose at least one idea."), field="ideas")
    for idea in ideas:
        if idea.state != IdeaState.IN_IDENTIFICATION or idea.outcome is None:
            raise WrongState(N_("“%(title)s” has not been identified."), field="ideas", title=idea.title)
        if idea.outcome in RECOMMENDED and idea.item_id is None:
            raise Incomplete(N_("“%(title)s” is not tied to a priority item of the plan."), field="ideas", title=idea.title)


def check_decision(number: str, symbol: str, dated: date | None, on: date) -> None:
    """Raise Incomplete unless number, symbol and date of a decision are there and the date is not to come."""
    if not number:
        raise Incomplete(N_("Please give the number of the decision."), field="number")
    if not symbol:
        raise Incomplete(N_("Please give the symbol of the decision, for example QĐ-UBND."), field="symbol")
    if dated is None:
        raise Incomplete(N_("Please give the date of the decision."), field="dated")
    if dated > on:
        raise Incomplete(N_("The date of the decision lies in the future."), field="dated")


def topic_code(year: int, serial: int) -> str:
    """ĐT-2026-003."""
    return f"ĐT-{year}-{serial:03d}"


def idea_code(year: int, serial: int) -> str:
    """ĐX-2026-014."""
    return f"ĐX-{year}-{serial:03d}"
