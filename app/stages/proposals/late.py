"""Reads of what came late: requests to submit, and requests to admit a dossier after the deadline."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.stages.calls.models import Call, CallTopic
from app.stages.proposals.models import LateAdmission, Proposal, SubmitAttempt


def attempts_of(proposal: Proposal) -> list[SubmitAttempt]:
    """The requests to submit a dossier that arrived, whatever became of them, oldest first."""
    return list(db.session.scalars(select(SubmitAttempt).where(SubmitAttempt.proposal_id == proposal.id).order_by(SubmitAttempt.arrived_at, SubmitAttempt.id)))


_ADMISSION = (joinedload(LateAdmission.call_topic).joinedload(CallTopic.call), joinedload(LateAdmission.call_topic).joinedload(CallTopic.topic),
              joinedload(LateAdmission.asked_by), joinedload(LateAdmission.confirmed_by))  # fmt: skip


def admission_by_pid(pid: str) -> LateAdmission | None:
    """One request to admit a late dossier."""
    return db.session.scalar(select(LateAdmission).options(*_ADMISSION).where(LateAdmission.public_id == pid))


def admissions_of(call: Call) -> list[LateAdmission]:
    """The requests to admit late dossiers of a call, oldest first."""
    rows = select(LateAdmission).options(*_ADMISSION).join(CallTopic, CallTopic.id == LateAdmission.call_topic_id).where(CallTopic.call_id == call.id)
    return list(db.session.scalars(rows.order_by(LateAdmission.id)))


def waiting_admissions() -> list[LateAdmission]:
    """The requests to admit late dossiers that nobody has answered, oldest first."""
    rows = select(LateAdmission).options(*_ADMISSION).where(LateAdmission.confirmed_at.is_(None), LateAdmission.refused_at.is_(None))
    return list(db.session.scalars(rows.order_by(LateAdmission.id)))
