"""What dossiers under check want of people: what was asked to be added, and dossiers to check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import aliased

from app.across.desk.waiting import TODAY, lines
from app.kernel.permissions import Do
from app.services.people.models import User
from app.stages.calls.models import Call, CallTopic
from app.stages.ideas.models import Topic
from app.stages.proposals import queries as proposals
from app.stages.proposals.checklist import has_remedy
from app.stages.proposals.checkmodels import Remedy
from app.stages.proposals.eligibility import RemedyState
from app.stages.proposals.models import LateAdmission, Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.proposals.submitting import RECEIVING
from app.stages.proposals.transcripts import Transcript


def to_add(user: User, _at: datetime) -> list[Select[Any]]:
    """What the Department asked this person to add, by its last day."""
    asked = aliased(Remedy)
    return [lines("proposals.answer_remedy", asked.public_id, Proposal.title, since=asked.asked_at, due=asked.due_on, hint=Proposal.code)
            .join(Proposal, Proposal.id == asked.proposal_id)
            .where(asked.state == RemedyState.ASKED, asked.due_on >= TODAY, or_(Proposal.pi_id == user.id, proposals.managed_by(user)))]  # fmt: skip


def late_to_answer(user: User, _at: datetime) -> list[Select[Any]]:
    """Dossiers that another officer asked to admit after the deadline. What is in them is sealed: the topic is named."""
    if not user.can(Do.PROPOSALS_CHECK):
        return []
    return [lines("proposals.late", LateAdmission.public_id, Topic.title, since=LateAdmission.asked_at, hint=LateAdmission.document)
            .join(CallTopic, CallTopic.id == LateAdmission.call_topic_id).join(Call, Call.id == CallTopic.call_id).join(Topic, Topic.id == CallTopic.topic_id)
            .where(LateAdmission.confirmed_at.is_(None), LateAdmission.refused_at.is_(None), LateAdmission.asked_by_id != user.id, Call.state.in_(RECEIVING))]  # fmt: skip


def to_compare(user: User, _at: datetime) -> list[Select[Any]]:
    """What is entered of dossiers on paper: the own that is not handed over, and that of another officer to compare with the paper."""
    if not user.can(Do.PROPOSALS_CHECK):
        return []
    mine = and_(Transcript.entered_by_id == user.id, Transcript.handed_at.is_(None))
    theirs = and_(Transcript.entered_by_id != user.id, Transcript.handed_at.is_not(None))
    return [lines("proposals.show", Proposal.public_id, Proposal.title, since=Transcript.began_at, hint=Transcript.returned)
            .join(Proposal, Proposal.id == Transcript.draft_id).where(or_(mine, theirs), Transcript.confirmed_at.is_(None), Transcript.ended_at.is_(None))]  # fmt: skip


def to_check(user: User, _at: datetime) -> list[Select[Any]]:
    """Opened dossiers to check, without those that wait for their applicant."""
    if not user.can(Do.PROPOSALS_CHECK):
        return []
    waits = has_remedy(Remedy.state == RemedyState.ASKED, Remedy.due_on >= TODAY)
    return [lines("proposals.check", Proposal.public_id, Proposal.title, since=Proposal.submitted_at, hint=Proposal.code)
            .join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Call, Call.id == CallTopic.call_id)
            .where(Call.state.in_(proposals.UNSEALED), Proposal.state == ProposalState.SUBMITTED, ~waits)]  # fmt: skip
