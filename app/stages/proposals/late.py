"""Reads of how dossiers came in: on paper, in the place of another, late; requests to submit, and to admit one after the deadline."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.errors import WrongState
from app.kernel.words import N_
from app.services.people.models import Organisation, User
from app.stages.calls.models import Call, CallTopic
from app.stages.proposals.models import (
    LateAdmission,
    PaperDossier,
    Proposal,
    Replacement,
    SubmitAttempt,
    Version,
)


def attempts_of(proposal: Proposal) -> list[SubmitAttempt]:
    """The requests to submit a dossier that arrived, whatever became of them, oldest first."""
    return list(db.session.scalars(select(SubmitAttempt).where(SubmitAttempt.proposal_id == proposal.id).order_by(SubmitAttempt.arrived_at, SubmitAttempt.id)))


_ADMISSION = (joinedload(LateAdmission.call_topic).joinedload(CallTopic.call), joinedload(LateAdmission.call_topic).joinedload(CallTopic.topic),
              joinedload(LateAdmission.asked_by), joinedload(LateAdmission.confirmed_by))  # fmt: skip


def admission_by_pid(pid: str) -> LateAdmission | None:
    """One request to admit a late dossier."""
    return db.session.scalar(select(LateAdmission).options(*_ADMISSION).where(LateAdmission.public_id == pid))


def admission_list(call: Call) -> Select[Any]:
    """The requests to admit late dossiers of a call."""
    return select(LateAdmission).options(*_ADMISSION).join(CallTopic, CallTopic.id == LateAdmission.call_topic_id).where(CallTopic.call_id == call.id)


def check_all_answered(call: Call) -> None:
    """Raise while a request to admit a late dossier waits: after the opening nothing can be admitted, and nobody would be told."""
    waiting = select(func.count()).select_from(LateAdmission).join(CallTopic, CallTopic.id == LateAdmission.call_topic_id)
    count = db.session.scalar(waiting.where(CallTopic.call_id == call.id, LateAdmission.confirmed_at.is_(None), LateAdmission.refused_at.is_(None)))
    if count:
        raise WrongState(N_("Requests to admit a late dossier that still wait for another officer: %(n)s. They must be answered before the opening; afterwards nothing can be admitted any more."), n=count)


def paper_list(call: Call) -> Select[Any]:
    """The dossiers of a call that came on paper, with what a list shows."""
    shown = (joinedload(Proposal.host), joinedload(Proposal.pi), joinedload(Proposal.paper), joinedload(Proposal.late), joinedload(Proposal.call_topic).joinedload(CallTopic.topic))
    return (select(Proposal).options(*shown).join(PaperDossier, PaperDossier.proposal_id == Proposal.id).join(CallTopic, CallTopic.id == Proposal.call_topic_id)
            .join(Organisation, Organisation.id == Proposal.host_id).join(User, User.id == Proposal.pi_id).where(CallTopic.call_id == call.id))  # fmt: skip


def on_paper(call: Call) -> list[Proposal]:
    """The dossiers of a call that came on paper, in the order they were registered."""
    return list(db.session.scalars(paper_list(call).order_by(Proposal.id)))


def replacements_of(proposal: Proposal) -> list[Proposal]:
    """The dossiers that were begun to take this one's place, newest first."""
    rows = select(Proposal).join(Replacement, Replacement.proposal_id == Proposal.id).where(Replacement.replaced_id == proposal.id)
    return list(db.session.scalars(rows.order_by(Proposal.id.desc())))


def receipt_version(proposal: Proposal) -> Version | None:
    """What the receipt speaks of: of a dossier on paper the envelope, whatever was entered from it later."""
    of = select(Version).where(Version.proposal_id == proposal.id).limit(1)
    return db.session.scalar(of.order_by(Version.number if proposal.paper is not None else Version.number.desc()))


def paper_of(proposal: Proposal) -> PaperDossier | None:
    """What stands on the envelope of a dossier that came on paper."""
    return db.session.get(PaperDossier, proposal.id)
