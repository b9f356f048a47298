"""The condition of every change of a draft, whoever makes it and in whichever part."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.kernel.db import db
from app.kernel.errors import Stale, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.words import N_
from app.stages.calls.rules import is_open
from app.stages.proposals import queries, transcripts
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.proposals.teamwork import SentBack


def check_draft(proposal: Proposal, at: datetime) -> None:
    """Raise WrongState unless this is a draft of a call that is open, or what an officer enters of a dossier on paper."""
    if proposal.state != ProposalState.DRAFT:
        raise WrongState(N_("A submitted proposal cannot be changed."))
    if proposal.is_transcript:
        transcripts.check_writable(proposal)
    elif not is_open(proposal.call_topic.call, at):
        raise WrongState(N_("The deadline of this call has passed: nothing may be added."))


def takes_changes(proposal: Proposal, at: datetime) -> bool:
    """Could this draft be changed now?"""
    try:
        check_draft(proposal, at)
    except WrongState:
        return False
    return True


def sent_back(proposal: Proposal) -> SentBack | None:
    """What the host sent back last and has not signed since."""
    if proposal.sent_back_reason is None:  # most dossiers: no page asks the database for nothing
        return None
    rows = select(SentBack).where(SentBack.proposal_id == proposal.id, SentBack.closed_at.is_(None)).order_by(SentBack.id.desc()).limit(1)
    return db.session.scalar(rows)


def check_place(proposal: Proposal, *places: str) -> None:
    """Raise WrongState when one of these sections is not among those the host sent back."""
    found = sent_back(proposal) if places else None
    if found is not None and set(places) - set(found.places):
        raise WrongState(N_("The host organisation sent the dossier back for changes to named sections only, and this is none of them. Ask its manager to name it too if it must change."))


def mark_of(*values: Any) -> str:
    """A short hash of what a form shows of a part: two who change different parts do not stand in each other's way."""
    return hashlib.sha256(json.dumps([str(v) if v is not None else None for v in values], ensure_ascii=False).encode()).hexdigest()[:24]


def check_mark(now: str, seen: Any) -> None:
    """Raise Stale unless the part is still as the form showed it."""
    if seen not in (None, "") and str(seen) != now:
        raise Stale(N_("Somebody else changed this while you were looking at it. Please look again."))


def touch(proposal: Proposal, at: datetime, *, seen: Any = None, place: str = "", held: bool = False) -> None:
    """Every change of a draft or of its parts: it must be a draft of an open call; the host's signature no longer holds.

    The version grows even when only a part changes, so that nobody signs, submits or overwrites what was not on the page.
    `place` is the section that changes: when the host sent sections back, it must be one of them. `held`: under its lock already.
    """
    if not held:
        queries.held(proposal)
    check_seen(proposal, seen)
    check_draft(proposal, at)
    check_place(proposal, *filter(None, (place,)))
    proposal.host_signed_at = proposal.host_signed_by_id = None
    flag_modified(proposal, "host_signed_at")
