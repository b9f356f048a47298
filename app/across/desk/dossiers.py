"""The desk of the researcher: drafts with the time left, invitations, sections given to them, what became of what they handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from app.across.desk.waiting import NOW, lines
from app.services.people.models import User
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import CallState
from app.stages.proposals import queries as proposals
from app.stages.proposals.models import Proposal, TeamMember
from app.stages.proposals.rules import ProposalState
from app.stages.proposals.teamwork import Given, Invitation, NewPi

WITH_THE_DEPARTMENT = (ProposalState.SUBMITTED, ProposalState.ELIGIBLE, ProposalState.INELIGIBLE, ProposalState.IN_SELECTION, ProposalState.RESERVE)


def _of_call(statement: Select[Any]) -> Select[Any]:
    return statement.join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Call, Call.id == CallTopic.call_id)


def _receiving() -> ColumnElement[bool]:
    return (Proposal.state == ProposalState.DRAFT) & (Call.state == CallState.PUBLISHED) & (Call.deadline >= NOW)


def invitations(user: User, _at: datetime) -> list[Select[Any]]:
    """Teams this person is asked to join."""
    address = select(User.email_norm).where(User.id == user.id).scalar_subquery()
    waits = (Invitation.accepted_at.is_(None), Invitation.declined_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > NOW, Invitation.member_id.is_not(None))
    found = lines("proposals.invitation", Invitation.public_id, Proposal.title, since=Invitation.sent_at, until=Invitation.expires_at).join(Proposal, Proposal.id == Invitation.proposal_id)
    return [_of_call(found).where(Invitation.email_norm == address, _receiving(), *waits)]


def leads_to_take(user: User, _at: datetime) -> list[Select[Any]]:
    """Dossiers this person is asked to lead."""
    found = lines("proposals.take_lead", Proposal.public_id, Proposal.title, since=NewPi.asked_at, hint=NewPi.reason).join(Proposal, Proposal.id == NewPi.proposal_id)
    return [_of_call(found).where(NewPi.to_id == user.id, NewPi.accepted_at.is_(None), NewPi.refused_at.is_(None), _receiving())]


def sections_to_write(user: User, _at: datetime) -> list[Select[Any]]:
    """Dossiers in which sections given to this person are not complete, by the first day one is due."""
    found = lines("proposals.show", Proposal.public_id, Proposal.title, since=func.min(Given.given_at), due=func.min(Given.due_on))
    found = found.join(Proposal, Proposal.id == Given.proposal_id).join(TeamMember, TeamMember.id == Given.member_id)
    return [_of_call(found).where(TeamMember.user_id == user.id, Given.completed_at.is_(None), _receiving()).group_by(Proposal.public_id, Proposal.title)]


def my_drafts(user: User, _at: datetime) -> list[Select[Any]]:
    """Dossiers this person is writing, by the deadline; those whose call is over last."""
    until = case((Call.deadline >= NOW, Call.deadline), else_=None)
    return [_of_call(lines("proposals.show", Proposal.public_id, Proposal.title, since=Proposal.created_at, until=until, hint=Proposal.sent_back_reason))
            .where(or_(proposals.in_team(user)), Proposal.state == ProposalState.DRAFT, Proposal.is_transcript.is_(False), Call.state != CallState.CANCELLED)]  # fmt: skip


def handed_in(user: User, _at: datetime) -> list[Select[Any]]:
    """Dossiers this person leads that the Department has and has not concluded."""
    return [_of_call(lines("proposals.show", Proposal.public_id, Proposal.title, since=Proposal.submitted_at, hint=Proposal.code))
            .where(Proposal.pi_id == user.id, Proposal.state.in_(WITH_THE_DEPARTMENT), Call.state != CallState.CANCELLED)]  # fmt: skip
