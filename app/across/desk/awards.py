"""What the appraisal of budgets awaits of people: answers on lines and a revised work description of applicants, a look at it of officers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select

from app.across.desk.waiting import lines
from app.kernel.permissions import Do
from app.services.people.models import User
from app.stages.funding import queries as funding
from app.stages.funding.models import Appraisal, CostQuestion, WorkRevision
from app.stages.funding.rules import RevisionState
from app.stages.proposals.models import Proposal


def costs_to_answer(user: User, _at: datetime) -> list[Select[Any]]:
    """Questions on budgets of this person's dossiers, and work descriptions to revise after the appraisal."""
    mine = funding.spoken_for(user)
    asked = (lines("funding.answer_cost", CostQuestion.public_id, Proposal.title, since=CostQuestion.asked_at, due=CostQuestion.due_on, hint=Proposal.code)
             .join(Appraisal, Appraisal.id == CostQuestion.appraisal_id).join(Proposal, Proposal.id == Appraisal.proposal_id).where(mine, CostQuestion.answered_at.is_(None)))  # fmt: skip
    return [asked, _revisions("funding.revision").where(mine, WorkRevision.state.in_((RevisionState.ASKED, RevisionState.RETURNED)))]


def revisions_to_look_at(user: User, _at: datetime) -> list[Select[Any]]:
    """Work descriptions that were revised after the appraisal."""
    if not user.can(Do.FUNDING_PROPOSE):
        return []
    return [_revisions("funding.decide_revision").where(WorkRevision.state == RevisionState.SUBMITTED, WorkRevision.submitted_by_id != user.id)]


def _revisions(endpoint: str) -> Select[Any]:
    return (lines(endpoint, Appraisal.public_id, Proposal.title, since=WorkRevision.asked_at, due=WorkRevision.due_on, hint=Proposal.code)
            .join(Appraisal, Appraisal.id == WorkRevision.appraisal_id).join(Proposal, Proposal.id == Appraisal.proposal_id))  # fmt: skip
