"""What councils ask about a dossier beyond its parties: host and partners, the team with those who have no account, who else applies in the call, its fields."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.kernel.db import db
from app.services.conflicts import facts
from app.services.conflicts.facts import Outsider, Parts
from app.services.experts import vocabulary
from app.stages.calls.models import CallTopic
from app.stages.plan.models import Priority
from app.stages.proposals.models import Proposal, TeamMember, proposal_item
from app.stages.proposals.rules import ProposalState

HANDED_IN = tuple(s for s in ProposalState if s not in (ProposalState.DRAFT, ProposalState.WITHDRAWN))


def parts(row: Proposal) -> Parts:
    """Who stands behind the dossier."""
    team = db.session.execute(select(TeamMember.user_id, TeamMember.organisation_id, TeamMember.name, TeamMember.email).where(TeamMember.proposal_id == row.id).order_by(TeamMember.id)).all()
    return Parts(
        hosts=frozenset({row.host_id}), partners=frozenset(m.organisation_id for m in team if m.organisation_id) - {row.host_id},
        users=frozenset({row.pi_id, *(m.user_id for m in team if m.user_id)}),
        outsiders=tuple(Outsider(m.name, m.email or "", m.organisation_id) for m in team if m.user_id is None), rivals=_rivals(row))  # fmt: skip


def _rivals(row: Proposal) -> tuple[tuple[int, str], ...]:
    """The people of the other dossiers that were handed in to the same call."""
    call = select(CallTopic.call_id).where(CallTopic.id == row.call_topic_id).scalar_subquery()
    others = (select(Proposal.id, Proposal.code, Proposal.title, Proposal.pi_id, TeamMember.user_id).join(CallTopic, CallTopic.id == Proposal.call_topic_id)
              .outerjoin(TeamMember, TeamMember.proposal_id == Proposal.id).where(CallTopic.call_id == call, Proposal.id != row.id, Proposal.state.in_(HANDED_IN)))  # fmt: skip
    found: dict[int, str] = {}
    for other in db.session.execute(others.order_by(Proposal.id)):
        for person in (other.pi_id, other.user_id):
            if person is not None:
                found.setdefault(person, f"{other.code or ''} {other.title}".strip())
    return tuple(found.items())


def fields(row: Proposal) -> frozenset[str]:
    """The main item of the dossier and the others."""
    more = select(proposal_item.c.item_id).where(proposal_item.c.proposal_id == row.id)
    return frozenset(db.session.scalars(select(Priority.code).where(or_(Priority.id == row.item_id, Priority.id.in_(more)))))


facts.register("proposal", parts)
vocabulary.register_object("proposal", fields)
