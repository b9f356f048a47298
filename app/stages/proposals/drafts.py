"""The condition of every change of a draft, whoever makes it and in whichever part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel.errors import WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.words import N_
from app.stages.calls.rules import is_open
from app.stages.proposals import queries
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState


def touch(proposal: Proposal, at: datetime, *, seen: Any = None) -> None:
    """Every change of a draft or of its parts: it must be a draft of an open call; the host's signature no longer holds.

    The version grows even when only a part changes, so that nobody signs, submits or overwrites what was not on the page.
    """
    queries.held(proposal)
    check_seen(proposal, seen)
    if proposal.state != ProposalState.DRAFT:
        raise WrongState(N_("A submitted proposal cannot be changed."))
    if not is_open(proposal.call_topic.call, at):
        raise WrongState(N_("The deadline of this call has passed: nothing may be added."))
    proposal.host_signed_at = proposal.host_signed_by_id = None
    flag_modified(proposal, "host_signed_at")
