"""A researcher's own dossiers: drafts with what stands in their way, and what became of the others. As many queries for one as for twenty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.services.people.models import Membership, User
from app.stages.calls.models import Call, CallTopic
from app.stages.proposals import queries
from app.stages.proposals.models import Proposal, TeamMember
from app.stages.proposals.rules import ProposalState
from app.stages.proposals.teamwork import Comment, Given, Invitation, SentBack

MOST = 20  # drafts, and dossiers handed in, on one page


@dataclass
class Facts:
    """What a list tells of one draft."""

    signers: list[str] = field(default_factory=list)
    given: int = 0
    complete: int = 0
    mine: int = 0  # given to the reader and not complete
    mine_due: date | None = None
    invited: int = 0
    remarks: int = 0
    back: SentBack | None = None


def drafts(user: User) -> list[Proposal]:
    """The drafts this person takes part in, the nearest deadline first."""
    rows = (select(Proposal).join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Call, Call.id == CallTopic.call_id)
            .options(joinedload(Proposal.call_topic).joinedload(CallTopic.call), joinedload(Proposal.host), joinedload(Proposal.pi).lazyload("*"))
            .where(queries.in_team(user), Proposal.state == ProposalState.DRAFT, Proposal.is_transcript.is_(False)).order_by(Call.deadline, Proposal.id))  # fmt: skip
    return list(db.session.scalars(rows.limit(MOST)))


def handed_in(user: User) -> list[Proposal]:
    """The dossiers this person has a part in that were handed in, newest first."""
    rows = (select(Proposal).options(joinedload(Proposal.call_topic).joinedload(CallTopic.call), joinedload(Proposal.host))
            .where(queries.in_team(user), Proposal.state != ProposalState.DRAFT, Proposal.is_transcript.is_(False)).order_by(Proposal.id.desc()))  # fmt: skip
    return list(db.session.scalars(rows.limit(MOST)))


def facts_of(rows: Collection[Proposal], user: User, at: datetime) -> dict[int, Facts]:
    """What the list tells, by draft."""
    found, ids = {row.id: Facts() for row in rows}, [row.id for row in rows]
    mine = and_(TeamMember.user_id == user.id, Given.completed_at.is_(None))
    given = (select(Given.proposal_id, func.count(), func.count(Given.completed_at), func.sum(case((mine, 1), else_=0)), func.min(case((mine, Given.due_on), else_=None)))
             .join(TeamMember, TeamMember.id == Given.member_id).where(Given.proposal_id.in_(ids)).group_by(Given.proposal_id))  # fmt: skip
    for pid, count, complete, own, due in db.session.execute(given):
        one = found[pid]
        one.given, one.complete, one.mine, one.mine_due = count, complete, int(own or 0), due
    waits = (Invitation.accepted_at.is_(None), Invitation.declined_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > at)
    for pid, count in db.session.execute(select(Invitation.proposal_id, func.count()).where(Invitation.proposal_id.in_(ids), *waits).group_by(Invitation.proposal_id)):
        found[pid].invited = count
    remarks = select(Comment.proposal_id, func.count()).where(Comment.proposal_id.in_(ids), Comment.thread_id.is_(None), Comment.resolved_at.is_(None))
    for pid, count in db.session.execute(remarks.group_by(Comment.proposal_id)):
        found[pid].remarks = count
    for row in db.session.scalars(select(SentBack).where(SentBack.proposal_id.in_(ids), SentBack.closed_at.is_(None)).order_by(SentBack.id)):
        found[row.proposal_id].back = row
    names = _signers({row.host_id for row in rows})
    for proposal in rows:
        found[proposal.id].signers = names.get(proposal.host_id, [])
    return found


def _signers(host_ids: set[int]) -> dict[int, list[str]]:
    """Who signs for these organisations."""
    rows = (select(Membership.organisation_id, User.name).join(User, User.id == Membership.user_id)
            .where(Membership.organisation_id.in_(host_ids), Membership.is_manager, Membership.to_date.is_(None), User.active).order_by(User.sort_name))  # fmt: skip
    found = defaultdict(list)
    for host_id, name in db.session.execute(rows):
        found[host_id].append(name)
    return dict(found)
