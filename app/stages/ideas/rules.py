"""States of ideas and topics, outcomes of identification, and what an order form must say. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete, NotAllowed, Refused, WrongState
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.words import N_, Face

TITLE_LONGEST = 500
LONGEST_MONTHS = 120  # as the columns hold it: more is a slip of the pen


class IdeaState(Face):
    DRAFT = "draft", N_("Draft"), "grey"
    SUBMITTED = "submitted", N_("Submitted"), "blue"
    RETURNED = "returned", N_("Returned for correction"), "amber"
    IN_IDENTIFICATION = "in_identification", N_("In identification"), "purple"
    APPROVED = "approved", N_("On the approved list"), "green"
    REJECTED = "rejected", N_("Not approved"), "red"
    REDIRECTED = "redirected", N_("Passed on"), "amber"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "grey"
    MERGED = "merged", N_("Merged into another idea"), "grey"


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
    NOT_ADOPTED = "not_adopted", N_("No opinion reached the fraction needed"), "amber"


class RedirectTo(Face):
    """Whom an idea is passed on to."""

    ENTERPRISE = "enterprise", N_("To an enterprise"), "amber"
    FUND = "fund", N_("To the science and technology fund"), "amber"


class Fate(Face):
    """What became of an idea that is decided: the four outcomes of real lists, the first of them by mode."""

    SELECTION = "selection", N_("Carried out, by selection"), "green"
    DIRECT = "direct", N_("Carried out, by direct assignment"), "green"
    ENTERPRISE = "to_enterprise", N_("Passed on to an enterprise"), "amber"
    FUND = "to_fund", N_("Passed on to the fund"), "amber"
    REFUSED = "rejected", N_("Not carried out"), "red"


class CommitmentState(Face):
    """What the body named to receive the result says itself."""

    ASKED = "asked", N_("Asked, no answer yet"), "amber"
    CONFIRMED = "confirmed", N_("Confirmed by the receiving body"), "green"
    DECLINED = "declined", N_("Declined by the receiving body"), "red"


class ProductKind(Face):
    """Kinds of products as work descriptions and contracts group them."""

    ONE = "I", N_("Form I: samples, products, varieties, equipment"), "blue"
    TWO = "II", N_("Form II: processes, software, models, reports"), "blue"
    THREE = "III", N_("Form III: papers, books, training"), "blue"


class TopicState(Face):
    APPROVED = "approved", N_("On the approved list"), "green"
    IN_CALL = "in_call", N_("In a call"), "blue"
    OPEN_AGAIN = "open_again", N_("Open again"), "amber"
    ASSIGNED = "assigned", N_("Assigned"), "purple"
    DROPPED = "dropped", N_("Dropped"), "grey"


# links for organisations without an account: how often one may send in an hour
LINK_SENDINGS = 600
LINK_FILE = 30  # a file counts as so many sendings: whoever holds a link cannot fill the disk


class TooMany(Refused):
    """Too many sendings in the hour (429)."""

    status = 429


class LinkRequestState(Face):
    """Where somebody stands who asked for a link."""

    ASKED = "asked", N_("Waits for a link"), "amber"
    SENT = "sent", N_("Link sent"), "green"
    REFUSED = "refused", N_("No link sent"), "grey"


LINK_REQUEST = Lifecycle("link_request", LinkRequestState, start=LinkRequestState.ASKED, moves={
    (LinkRequestState.ASKED, "send_link"): Move(LinkRequestState.SENT, Do.IDEAS_RETURN, N_("Send the link")),
    (LinkRequestState.ASKED, "refuse_link"): Move(LinkRequestState.REFUSED, Do.IDEAS_RETURN, N_("Do not send a link")),
})  # fmt: skip


class LinkStanding(Face):
    """What a link is now; derived from its dates and from the idea that it fills."""

    OPEN = "open", N_("Open"), "blue"
    USED = "used", N_("Form sent"), "green"
    EXPIRED = "expired", N_("Expired"), "grey"
    REVOKED = "revoked", N_("Closed"), "red"

# a later room registers what it knows of a topic: fn(topic, user) -> [{"title", "number", "round", "deadline", "state", "dossiers", "outcome",
# "reason", "endpoint", "pid"}], oldest first; and how a topic is called again: fn(topic, by=, at=) -> (endpoint, its arguments)
CALL_HISTORIES: list[Callable[[Any, Any], list[dict[str, Any]]]] = []
CALLERS_AGAIN: list[Callable[..., tuple[str, dict[str, str]]]] = []

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
    # the officer's desk, before any council
    (IdeaState.SUBMITTED, "pass_on"): Move(IdeaState.REDIRECTED, Do.IDEAS_IDENTIFY, N_("Pass on without a council")),
    (IdeaState.SUBMITTED, "turn_down"): Move(IdeaState.REJECTED, Do.IDEAS_IDENTIFY, N_("Turn down without a council")),
    (IdeaState.SUBMITTED, "merge"): Move(IdeaState.MERGED, Do.IDEAS_IDENTIFY, N_("Merge into another idea")),
    (IdeaState.MERGED, "unmerge"): Move(IdeaState.SUBMITTED, Do.IDEAS_IDENTIFY, N_("Undo the merger")),
})  # fmt: skip

TOPIC = Lifecycle("topic", TopicState, start=TopicState.APPROVED, moves={
    (TopicState.APPROVED, "put_in_call"): Move(TopicState.IN_CALL, Do.SYSTEM, N_("Put in a call")),
    (TopicState.OPEN_AGAIN, "put_in_call"): Move(TopicState.IN_CALL, Do.SYSTEM, N_("Put in a call")),
    (TopicState.IN_CALL, "assign"): Move(TopicState.ASSIGNED, Do.SYSTEM, N_("Assign")),
    (TopicState.IN_CALL, "reopen"): Move(TopicState.OPEN_AGAIN, Do.SYSTEM, N_("Open again")),
    (TopicState.ASSIGNED, "vacate"): Move(TopicState.IN_CALL, Do.SYSTEM, N_("Take the topic back from its project")),
    (TopicState.ASSIGNED, "reopen"): Move(TopicState.OPEN_AGAIN, Do.SYSTEM, N_("Open again")),
    (TopicState.APPROVED, "drop"): Move(TopicState.DROPPED, Do.TOPICS_DROP, N_("Drop the topic")),
    (TopicState.OPEN_AGAIN, "drop"): Move(TopicState.DROPPED, Do.TOPICS_DROP, N_("Drop the topic")),
})  # fmt: skip

COMMITMENT = Lifecycle("receiver_commitment", CommitmentState, start=CommitmentState.ASKED, moves={
    (CommitmentState.ASKED, "commit"): Move(CommitmentState.CONFIRMED, Do.IDEAS_COMMIT, N_("Confirm the commitment")),
    (CommitmentState.ASKED, "refuse"): Move(CommitmentState.DECLINED, Do.IDEAS_COMMIT, N_("Decline")),
    (CommitmentState.DECLINED, "commit"): Move(CommitmentState.CONFIRMED, Do.IDEAS_COMMIT, N_("Confirm the commitment")),
    (CommitmentState.DECLINED, "ask_receiver"): Move(CommitmentState.ASKED, Do.SYSTEM, N_("Ask the receiving body again")),
    (CommitmentState.CONFIRMED, "ask_receiver"): Move(CommitmentState.ASKED, Do.SYSTEM, N_("Ask the receiving body again")),
})  # fmt: skip
COMMITTABLE = frozenset({IdeaState.SUBMITTED, IdeaState.IN_IDENTIFICATION})
COMMITMENT_WORDS, PERSON_WORDS = 3, 2  # "." is no commitment, and nobody is called by one word

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
    if len(re.findall(r"[^\W\d_]+", idea.commitment)) < COMMITMENT_WORDS:
        raise Incomplete(N_("Please write down how the result will be received, managed and used; this says nothing."), field="commitment")
    if len(re.findall(r"[^\W\d_]+", idea.committed_by)) < PERSON_WORDS:
        raise Incomplete(N_("Please name the person who commits for the receiving body, with the office."), field="committed_by")


def check_editable(idea: Any) -> None:
    """Raise WrongState unless the owner may still change the text."""
    if idea.state not in EDITABLE:
        raise WrongState(N_("A submitted idea cannot be changed. Ask for it to be returned, or withdraw it."))


def check_owner(idea: Any, by: Any) -> None:
    """Raise NotAllowed unless this person owns the idea or signs for its organisation. None is the system."""
    if by is not None and idea.owner_id != by.id and not by.manages(idea.organisation_id):
        raise NotAllowed(N_("Only the person who wrote the idea, or a manager of the body, may do this."))


def check_year(year: int | None, on: date, ahead: int) -> None:
    """Raise Incomplete for a plan year that is over or more than `ahead` years off."""
    if year is not None and not on.year <= year <= on.year + ahead:
        raise Incomplete(N_("Please give a year from %(first)s to %(last)s."), field="year", first=on.year, last=on.year + ahead)


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
    if outcome in (Outcome.DO_NOT, Outcome.NOT_ADOPTED) and not reason:
        raise Incomplete(N_("Please give the reason that was voted."), field="reason")


def check_direct_host(kind: str, excluded: Sequence[str]) -> None:
    """Raise Incomplete for a body of a kind that carries out no research."""
    if kind in excluded:
        raise Incomplete(N_("A State agency or locality is not named for direct assignment, unless the idea that the council voted on proposed it."), field="host")


def check_ceiling(ceiling: int | None, asked: int | None, percent: int, reason: str | None) -> None:
    """Raise Incomplete for a ceiling of nothing, or above that share of what was asked from the State, unless a reason is given."""
    if ceiling is not None and ceiling <= 0:
        raise Incomplete(N_("A ceiling of 0 đồng is no ceiling: please give an amount, or leave it blank when the council set none."), field="ceiling")
    if ceiling is not None and asked and ceiling * 100 > asked * percent and not reason:
        raise Incomplete(N_("This ceiling is more than %(percent)s%% of what was asked (%(asked)s đồng). Please say why under “Reason”, or correct it."),
                         field="ceiling", percent=percent, asked=f"{asked:,}".replace(",", "."))  # fmt: skip


def check_merger(kept: Any, others: list[Any]) -> None:
    """Raise unless these submitted ideas may be merged into the kept one: nothing is before a council, and no chain is made."""
    if not others:
        raise Incomplete(N_("Please choose at least two ideas."), field="ideas")
    for idea in [kept, *others]:
        if idea.state != IdeaState.SUBMITTED:
            raise WrongState(N_("%(code)s is no longer open: only submitted ideas are merged, before a council has them."), field="ideas", code=idea.code)
    for idea in others:
        if idea.merged:
            raise WrongState(N_("Other ideas are merged into %(code)s: keep that one, or undo its merger first."), field="kept", code=idea.code)


def fate(idea: Any) -> Fate | None:
    """How the idea ended; None while it is not decided."""
    if idea.state == IdeaState.APPROVED:
        return Fate.DIRECT if idea.mode == Mode.DIRECT else Fate.SELECTION
    if idea.state == IdeaState.REDIRECTED:
        return Fate.FUND if idea.redirect_to == RedirectTo.FUND else Fate.ENTERPRISE
    return Fate.REFUSED if idea.state == IdeaState.REJECTED else None


def searchable(idea: Any) -> str:
    """The words by which an idea is found: number, both titles, need and aims."""
    return fold(" ".join(filter(None, (idea.code, idea.title, idea.final_title, idea.need, idea.aim))))


def as_lines(products: Iterable[Any]) -> str:
    """Required products as one text, a line each: for papers and for rooms that show text."""
    return "\n".join(f"{p.quantity or ''} {p.unit or ''} {p.name}".strip() + (f": {p.quality}" if p.quality else "") for p in products)


def check_decidable(ideas: list[Any]) -> None:
    """Raise unless every idea is identified and each one to approve is tied to a priority item."""
    if not ideas:
        raise Incomplete(N_("Please choose at least one idea."), field="ideas")
    for idea in ideas:
        if idea.state != IdeaState.IN_IDENTIFICATION or idea.outcome is None:
            raise WrongState(N_("“%(title)s” has not been identified."), field="ideas", title=idea.title)
        if idea.outcome in RECOMMENDED and idea.item_id is None:
            raise Incomplete(N_("“%(title)s” is not tied to a priority item of the plan."), field="ideas", title=idea.title)


# how papers are numbered (rulebook papers.number_patterns): 4923, 05, 12a, 31/2024, then the symbol in capitals
_NUMBER = r"0{0,2}[1-9][0-9]{0,5}[a-z]?(/(19|20)[0-9]{2})?"
_SYMBOL = r"[A-ZĐÔƠƯ]{2,10}(-[A-ZĐÔƠƯ&0-9]{2,15}){0,3}"


def whole_number(number: str, symbol: str) -> str:
    """Number and symbol of a decision together: 4923/QĐ-UBND. Raises Incomplete for what no register gives out."""
    if not number:
        raise Incomplete(N_("Please give the number of the decision."), field="number")
    if re.fullmatch(f"{_NUMBER}/{_SYMBOL}", number):
        return number
    if not re.fullmatch(_NUMBER, number):
        raise Incomplete(N_("This is not the number of a decision. Please write it like 4923, 31/2024 or 4923/QĐ-UBND."), field="number")
    if not symbol:
        raise Incomplete(N_("Please give the symbol of the decision, for example QĐ-UBND."), field="symbol")
    if not re.fullmatch(_SYMBOL, symbol):
        raise Incomplete(N_("This is not the symbol of a decision. Please write it like QĐ-UBND."), field="symbol")
    return f"{number}/{symbol}"


def check_minutes(number: str) -> None:
    """Raise Incomplete for what cannot be the number of minutes: 12, 12/BB, 12/BB-HĐXĐ."""
    if not re.fullmatch(rf"{_NUMBER}(/{_SYMBOL})?", number):
        raise Incomplete(N_("This is not the number of minutes. Please write it like 12 or 12/BB-HĐXĐ."), field="minutes_number")


def check_decision(number: str, symbol: str, dated: date | None, on: date) -> None:
    """Raise Incomplete unless number, symbol and date of a decision can be real and the date is not to come."""
    whole_number(number, symbol)
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
