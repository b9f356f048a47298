"""What selection and funding make of a dossier: before the council, selected, in reserve, not selected."""

from __future__ import annotations

from datetime import datetime

from app.kernel import outbox
from app.kernel.clock import local
from app.services.people.actions import disengage
from app.services.people.models import User
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import PROPOSAL


def put_to_selection(proposal: Proposal, *, by: User | None, at: datetime) -> None:
    """Called by selection: the dossier goes to the council."""
    PROPOSAL.advance(proposal, "put_to_selection", by=by, at=at)


def take_from_selection(proposal: Proposal, *, by: User | None, at: datetime) -> None:
    """Called by selection: the council was dissolved before it met."""
    PROPOSAL.advance(proposal, "take_from_selection", by=by, at=at)


def select(proposal: Proposal, *, by: User | None, at: datetime) -> None:
    """Called by selection: recommended and concluded."""
    _conclude(proposal, "select", by, at)


def reserve(proposal: Proposal, *, by: User | None, at: datetime) -> None:
    """Called by selection: passed, but not first."""
    _conclude(proposal, "reserve", by, at)


def not_select(proposal: Proposal, *, by: User | None, at: datetime) -> None:
    """Called by selection: did not pass."""
    _conclude(proposal, "not_select", by, at)
    disengage(proposal, on=local(at).date())


def _conclude(proposal: Proposal, verb: str, by: User | None, at: datetime) -> None:
    PROPOSAL.advance(proposal, verb, by=by, at=at)
    outbox.post("proposals/mail/concluded.txt", to=proposal.pi, key=f"proposal-concluded:{proposal.public_id}", at=at, proposal=proposal)
