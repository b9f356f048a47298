"""What selection and funding make of a dossier: before the council, selected, in reserve, not selected; and how a place is given up or taken over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.actions import disengage, engage
from app.services.people.models import User
from app.stages.calls import actions as calls
from app.stages.ideas.rules import TopicState
from app.stages.proposals import queries
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import PROPOSAL, ProposalState

# fn(proposal, reason, by=, at=): told when a dossier lost its place; funding closes what it has begun with it
GONE: list[Callable[..., None]] = []


def put_to_selection(proposal: Proposal, *, by: User | None, at: datetime) -> None:
    """Called by selection: the dossier goes to the council."""
    PROPOSAL.advance(proposal, "put_to_selection", by=by, at=at)


def take_from_selection(proposal: Proposal, *, by: User | None, at: datetime) -> None:
    """Called by selection: the council was dissolved before it met."""
    PROPOSAL.advance(proposal, "take_from_selection", by=by, at=at)


def select(proposal: Proposal, *, by: User | None, at: datetime, told: Mapping[str, Any] | None = None) -> None:
    """Called by selection: recommended and concluded."""
    _conclude(proposal, "select", by, at, told)


def reserve(proposal: Proposal, *, by: User | None, at: datetime, told: Mapping[str, Any] | None = None) -> None:
    """Called by selection: passed, but not first."""
    _conclude(proposal, "reserve", by, at, told)


def not_select(proposal: Proposal, *, by: User | None, at: datetime, told: Mapping[str, Any] | None = None) -> None:
    """Called by selection: did not pass."""
    _conclude(proposal, "not_select", by, at, told)
    disengage(proposal, on=local(at).date())


def engaged(proposal: Proposal, at: datetime) -> None:
    """From this day on people and host work on the dossier."""
    facts: dict[str, Any] = {"title": proposal.title, "from_date": local(at).date()}
    engage("proposal", proposal, role="host", organisation_id=proposal.host_id, **facts)
    for member in proposal.team:
        if member.user_id:
            engage("proposal", proposal, role=str(member.role), user_id=member.user_id, **facts)


def holders(proposal: Proposal) -> list[User]:
    """Who is told of everything that becomes of a dossier: the investigator and the managers of the host."""
    return [proposal.pi, *people.managers_of(proposal.host_id)]


def _conclude(proposal: Proposal, verb: str, by: User | None, at: datetime, told: Mapping[str, Any] | None) -> None:
    """Those who hold the dossier are told once for each session: the outcome, and `told`: the letter, until when they may complain."""
    PROPOSAL.advance(proposal, verb, by=by, at=at)
    outbox.post("proposals/mail/concluded.txt", to=holders(proposal), key=f"proposal-concluded:{proposal.public_id}:{proposal.version}", at=at, proposal=proposal,
                **(told or {"letter": None, "until": None}))  # fmt: skip


def reconsider(proposal: Proposal, reason: str, *, number: str, by: User | None, at: datetime) -> None:
    """Called by selection: the outcome was set aside on a complaint; the dossier waits for another session. Money that was being appraised for it waits too."""
    had = proposal.state == ProposalState.SELECTED
    PROPOSAL.advance(proposal, "reconsider", by=by, at=at, reason=nfc(reason), detail={"number": number})
    outbox.post("proposals/mail/reconsidered.txt", to=holders(proposal), key=f"proposal-reconsidered:{proposal.public_id}:{proposal.version}", at=at, proposal=proposal,
                number=number)  # fmt: skip
    for told in GONE if had else ():
        told(proposal, reason, by=by, at=at)


def is_own(proposal: Proposal, by: User) -> bool:
    """Does this person hold the place: the investigator, or a manager of the host?"""
    return proposal.pi_id == by.id or by.manages(proposal.host_id)


def check_giving_up(proposal: Proposal, by: User) -> None:
    """Raise unless this person may give the place up now: before the project is approved."""
    if not PROPOSAL.may(proposal, "give_up"):
        raise WrongState(N_("Only a dossier that is selected or in reserve has a place to give up."))
    if not is_own(proposal, by) and not by.can(Do.PROPOSALS_CHECK):
        raise NotAllowed(N_("The principal investigator or a manager of the host organisation gives the place up; an officer records their letter."))
    if proposal.state == ProposalState.SELECTED and proposal.call_topic.topic.state == TopicState.ASSIGNED:
        raise WrongState(N_("The project is approved already. As long as no contract is signed, whoever decides awards can cancel the approval."))


def give_up(proposal: Proposal, reason: str, *, document: str = "", by: User, at: datetime, seen: Any = None) -> None:
    """Those who hold the place do not want it any more; an officer records it on their letter. Without anybody in reserve the topic is free."""
    check_seen(proposal, seen)
    proposal = queries.held(proposal)
    check_giving_up(proposal, by)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    if not is_own(proposal, by) and not nfc(document or ""):
        raise Incomplete(N_("Please give number and date of the letter in which they say so."), field="document")
    leaders = people.users_with(Do.FUNDING_APPROVE) if proposal.state == ProposalState.SELECTED else []
    PROPOSAL.advance(proposal, "give_up", by=by, at=at, reason=nfc(reason), detail={"number": nfc(document)} if nfc(document or "") else None)
    told = {u.id: u for u in [*holders(proposal), *people.users_with(Do.SELECTION_CONCLUDE), *leaders]}
    outbox.post("proposals/mail/given_up.txt", to=list(told.values()), key=f"proposal-given-up:{proposal.public_id}", at=at, proposal=proposal, reason=nfc(reason))
    _left(proposal, nfc(reason), by=by, at=at)


def move_up(proposal: Proposal, *, number: str, by: User, at: datetime) -> None:
    """Called by selection: the first in reserve takes the place that is free."""
    PROPOSAL.advance(proposal, "move_up", by=by, at=at, detail={"number": number})
    outbox.post("proposals/mail/moved_up.txt", to=[*holders(proposal), *people.users_with(Do.SELECTION_CONCLUDE)], key=f"proposal-moved-up:{proposal.public_id}", at=at,
                proposal=proposal, number=number)  # fmt: skip


def decline(proposal: Proposal, reason: str, *, number: str, by: User, at: datetime) -> None:
    """Called by selection and funding: by decision the dossier is not carried out. Without anybody in reserve the topic is free."""
    proposal = queries.held(proposal)
    PROPOSAL.advance(proposal, "decline", by=by, at=at, reason=nfc(reason), detail={"number": number})
    outbox.post("proposals/mail/declined.txt", to=holders(proposal), key=f"proposal-declined:{proposal.public_id}", at=at, proposal=proposal, reason=nfc(reason), number=number)
    _left(proposal, nfc(reason), by=by, at=at)


def end_reserve(chosen: Proposal, *, by: User, at: datetime) -> None:
    """Called by funding when the contract with the chosen one is signed: who waited in reserve of the same topic is free, and told so."""
    for row in queries.of_call_topic(chosen.call_topic, (ProposalState.RESERVE,)):
        PROPOSAL.advance(row, "end_reserve", by=by, at=at)
        disengage(row, on=local(at).date())
        outbox.post("proposals/mail/reserve_ended.txt", to=holders(row), key=f"proposal-reserve-ended:{row.public_id}", at=at, proposal=row)


def _left(proposal: Proposal, reason: str, *, by: User, at: datetime) -> None:
    disengage(proposal, on=local(at).date())
    for told in GONE:
        told(proposal, reason, by=by, at=at)
    if not queries.of_call_topic(proposal.call_topic, (ProposalState.SELECTED, ProposalState.RESERVE)) and proposal.call_topic.topic.state == TopicState.IN_CALL:
        calls.free_topic(proposal.call_topic, reason=f"Không còn hồ sơ được tuyển chọn hoặc dự phòng: {reason}"[:500], by=by, at=at)
