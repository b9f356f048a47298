"""Reads of the appraisal desk: questions on lines, the revised work description, registers of appraisals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.services.people.models import User
from app.stages.funding.models import (
    Appraisal,
    AppraisalLine,
    CostQuestion,
    WorkRevision,
)
from app.stages.funding.queries.appraisals import with_people
from app.stages.proposals.models import Proposal


def revision_of(appraisal_id: int) -> WorkRevision | None:
    return db.session.scalar(select(WorkRevision).where(WorkRevision.appraisal_id == appraisal_id))


def _asked() -> Select[tuple[CostQuestion]]:
    return select(CostQuestion).options(joinedload(CostQuestion.line), joinedload(CostQuestion.asked_by), joinedload(CostQuestion.answered_by))


def questions_on(appraisal: Appraisal) -> list[CostQuestion]:
    """The questions on the lines of an appraisal, in the order they were asked."""
    return list(db.session.scalars(_asked().where(CostQuestion.appraisal_id == appraisal.id).order_by(CostQuestion.id)))


def question_by_pid(pid: str) -> CostQuestion | None:
    return db.session.scalar(_asked().options(joinedload(CostQuestion.appraisal).options(with_people(Appraisal.proposal))).where(CostQuestion.public_id == pid))


def line_of_appraisal(appraisal: Appraisal, pid: str) -> AppraisalLine | None:
    return db.session.scalar(select(AppraisalLine).where(AppraisalLine.appraisal_id == appraisal.id, AppraisalLine.public_id == pid))


def spoken_for(user: User) -> object:
    """The condition on Proposal: this person speaks for it, as investigator or manager of its host."""
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    return or_(Proposal.pi_id == user.id, Proposal.host_id.in_(managed))


def questions_statement() -> Select[tuple[CostQuestion]]:
    """All questions with line, appraisal and dossier, for a list."""
    return (_asked().join(Appraisal, Appraisal.id == CostQuestion.appraisal_id).join(Proposal, Proposal.id == Appraisal.proposal_id)
            .options(joinedload(CostQuestion.appraisal).options(with_people(Appraisal.proposal))))  # fmt: skip


def appraisals_statement() -> Select[tuple[Appraisal]]:
    """All appraisals with dossier, host and investigator, for a list."""
    return select(Appraisal).join(Proposal, Proposal.id == Appraisal.proposal_id).options(with_people(Appraisal.proposal))


def has_open_question() -> object:
    """The condition on Appraisal: a question waits for its answer."""
    return exists().where(CostQuestion.appraisal_id == Appraisal.id, CostQuestion.answered_at.is_(None))


def summed(column: Any) -> Any:
    """The sum of a money column over the lines of each appraisal."""
    return select(func.sum(column)).where(AppraisalLine.appraisal_id == Appraisal.id).correlate(Appraisal).scalar_subquery()
