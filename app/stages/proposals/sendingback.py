"""The host sends a draft back for changes to named sections: the others are closed until its manager signs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel import journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed
from app.kernel.lifecycle import check_seen
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import User
from app.stages.proposals import places as sections
from app.stages.proposals.drafts import check_draft, sent_back
from app.stages.proposals.models import Proposal
from app.stages.proposals.teamwork import SentBack


def open_again(proposal: Proposal, reason: str, places: Collection[str] | None, said: Mapping[str, Any], *, by: User, at: datetime) -> SentBack:
    """Note what goes back; what went back before is replaced by it. The investigator and who was given one of the sections are told."""
    known = sections.labels(proposal)
    chosen = [place for place in known if places is None or place in places]
    if not chosen or set(places or ()) - set(known):
        raise Incomplete(N_("Please choose at least one."), field="places")
    close(proposal, at=at)
    row = SentBack(proposal_id=proposal.id, reason=reason, places=chosen, marks=sections.marks_of(proposal, said), sent_at=at, sent_by_id=by.id)
    db.session.add(row)
    db.session.flush()
    journal.record(proposal, "send_back", by=by, at=at, reason=reason, detail={"sections": chosen})
    outbox.post("proposals/mail/sent_back.txt", to=proposal.pi, key=f"proposal-back:{row.public_id}", at=at, proposal=proposal, names=len(chosen) < len(known), ours=[known[p] for p in chosen])
    return row


def close(proposal: Proposal, *, at: datetime) -> None:
    """The host signs, or sends back anew: what it sent back before is dealt with."""
    if (row := sent_back(proposal)) is not None:
        row.closed_at = at
        db.session.flush()


def past(proposal: Proposal) -> list[SentBack]:
    """Everything that was sent back, newest first."""
    rows = select(SentBack).where(SentBack.proposal_id == proposal.id).options(joinedload(SentBack.sent_by).lazyload("*")).order_by(SentBack.id.desc())
    return list(db.session.scalars(rows))


def changed_since(proposal: Proposal, row: SentBack, said: Mapping[str, Any]) -> list[str]:
    """The sections that differ from how they looked when they went back."""
    now = sections.marks_of(proposal, said)
    return [place for place in sections.labels(proposal) if now.get(place) != row.marks.get(place)]


def check_hand_over(proposal: Proposal, by: User, at: datetime) -> None:
    """Raise unless this person may ask the host to sign now."""
    if proposal.pi_id != by.id:
        raise NotAllowed(N_("The principal investigator asks the host organisation to sign off."))
    check_draft(proposal, at)


def ask_sign_off(proposal: Proposal, *, by: User, at: datetime, seen: Any = None) -> None:
    """The investigator tells the host's managers that the dossier waits for their signature."""
    check_seen(proposal, seen)
    check_hand_over(proposal, by, at)
    journal.record(proposal, "ask_sign_off", by=by, at=at)
    outbox.post("proposals/mail/asked_sign_off.txt", to=people.managers_of(proposal.host_id), key=f"proposal-ask:{proposal.public_id}:{proposal.version}", at=at, proposal=proposal)
