"""Another principal investigator before submission: asked by the present one or by the host, and taken on by the person themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel import journal, outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import User
from app.stages.calls.models import CallTopic
from app.stages.proposals import load, queries
from app.stages.proposals.drafts import check_draft, touch
from app.stages.proposals.models import Proposal, TeamMember
from app.stages.proposals.rules import Access, TeamRole
from app.stages.proposals.teamwork import NewPi

_WHOLE = (joinedload(NewPi.to_user).lazyload("*"), joinedload(NewPi.asked_by).lazyload("*"))


def waiting(proposal: Proposal) -> NewPi | None:
    """Who is asked to lead and has not answered."""
    rows = select(NewPi).options(*_WHOLE).where(NewPi.proposal_id == proposal.id, NewPi.accepted_at.is_(None), NewPi.refused_at.is_(None))
    return db.session.scalar(rows.order_by(NewPi.id.desc()).limit(1))


def candidates(proposal: Proposal) -> list[TeamMember]:
    """Who can be asked: members who have joined, but the present investigator."""
    return [m for m in proposal.team if m.user_id not in (None, proposal.pi_id) and m.role != TeamRole.PARTNER]


def check_asks(proposal: Proposal, by: User, at: datetime) -> None:
    """Raise unless this person may ask somebody else to lead now."""
    if by.id != proposal.pi_id and not by.manages(proposal.host_id):
        raise NotAllowed(N_("The principal investigator or the manager of the host organisation asks another member to lead."))
    check_draft(proposal, at)
    if waiting(proposal) is not None:
        raise WrongState(N_("Somebody has been asked to lead and has not answered yet."))


def ask(proposal: Proposal, member: TeamMember, reason: str, *, by: User, at: datetime, seen: Any = None) -> NewPi:
    """Ask a member to lead; nothing changes until they take it on."""
    check_asks(proposal, by, at)
    if member not in candidates(proposal):
        raise Incomplete(N_("Only a member who has joined the team can be asked to lead."), field="member")
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    row = NewPi(proposal_id=proposal.id, from_id=proposal.pi_id, to_id=member.user_id or 0, asked_by_id=by.id, reason=nfc(reason), asked_at=at)
    db.session.add(row)
    db.session.flush()
    db.session.refresh(row, ["to_user"])
    journal.record(proposal, "ask_to_lead", by=by, at=at, detail={"member": member.public_id})
    told = {u.id: u for u in (row.to_user, proposal.pi, *people.managers_of(proposal.host_id)) if u.id != by.id}
    outbox.post("proposals/mail/asked_to_lead.txt", to=list(told.values()), key=f"lead-asked:{row.public_id}", at=at, proposal=proposal, asked=row, by=by)
    return row


def take_back(proposal: Proposal, *, by: User, at: datetime) -> None:
    """Nobody is asked any more."""
    row = waiting(proposal)
    if by.id != proposal.pi_id and not by.manages(proposal.host_id):
        raise NotAllowed(N_("The principal investigator or the manager of the host organisation asks another member to lead."))
    if row is None:
        raise WrongState(N_("This has already been dealt with or cannot be done now. Please look at its present state."))
    row.refused_at = at
    db.session.flush()
    journal.record(proposal, "keep_lead", by=by, at=at)


def asked_of(proposal: Proposal, by: User) -> NewPi | None:
    """The question that waits for this person's answer."""
    row = waiting(proposal)
    return row if row is not None and row.to_id == by.id and any(m.user_id == by.id for m in proposal.team) else None


def answer(proposal: Proposal, *, yes: bool, by: User, at: datetime) -> None:
    """Take the lead, or not. Who led so far stays a key member; the host signs anew. Raises where the rules bar the person."""
    proposal = queries.held(proposal)
    row = asked_of(proposal, by)
    if row is None:
        raise WrongState(N_("This has already been dealt with or cannot be done now. Please look at its present state."))
    check_draft(proposal, at)
    if yes:
        _take_over(proposal, by, at)
        row.accepted_at = at
    else:
        row.refused_at = at
    db.session.flush()
    journal.record(proposal, "take_lead" if yes else "refuse_lead", by=by, at=at)
    told = {u.id: u for u in people.users_by_id({row.from_id, row.asked_by_id}).values()} | {u.id: u for u in people.managers_of(proposal.host_id)}
    outbox.post("proposals/mail/lead_answered.txt", to=list(told.values()), key=f"lead-answered:{row.public_id}", at=at, proposal=proposal, by=by, yes=yes)


def _take_over(proposal: Proposal, by: User, at: datetime) -> None:
    place = db.session.get_one(CallTopic, proposal.call_topic_id)
    if (own := queries.draft_of(by, place)) is not None and own.id != proposal.id:
        raise WrongState(N_("You have a draft of your own for this topic. Withdraw it first."))
    if queries.submitted_of(by, place) is not None:
        raise WrongState(N_("You have handed in a proposal for this topic. Withdraw it first if you want to replace it."))
    load.check_may_lead(proposal, by, at)
    touch(proposal, at)
    old = next(m for m in proposal.team if m.role == TeamRole.PI)
    new = next(m for m in proposal.team if m.user_id == by.id)
    old.role = TeamRole.KEY
    db.session.flush()  # at any moment there is at most one
    new.role, new.access = TeamRole.PI, Access.EDIT
    proposal.pi_id = by.id
    db.session.flush()
    queries.held(proposal)
