"""What waits in this room, with amounts."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.journal import JournalEntry
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.funding.models import (
    Appraisal,
    AppraisalLine,
    Contract,
    Project,
    ProjectClosing,
    Settlement,
    Submission,
    Tranche,
)
from app.stages.funding.queries.appraisals import (
    may_be_appraised,
    selected,
    with_people,
)
from app.stages.funding.queries.projects import visible, with_faces
from app.stages.funding.rules import (
    ContractState,
    SubmissionState,
    TrancheState,
)
from app.stages.selection.models import RankingLine

WAITING = (SubmissionState.SUBMITTED, SubmissionState.HELD)


def lines_to_appraise() -> list[RankingLine]:
    """Ranking lines of selected dossiers of concluded rounds without an appraisal."""
    begun = exists().where(Appraisal.ranking_line_id == RankingLine.id)
    return list(db.session.scalars(select(RankingLine).options(with_people(RankingLine.proposal)).where(selected(RankingLine), ~begun, may_be_appraised())
                                   .order_by(RankingLine.id)))  # fmt: skip


def open_appraisals() -> list[tuple[Appraisal, int]]:
    """Appraisals not concluded, or concluded and not (or no longer) submitted, with what is allowed so far."""
    submitted = exists().where(Submission.appraisal_id == Appraisal.id, Submission.state != SubmissionState.RETURNED)
    sums = select(AppraisalLine.appraisal_id, func.sum(AppraisalLine.allowed).label("allowed")).group_by(AppraisalLine.appraisal_id).subquery()
    rows = db.session.execute(select(Appraisal, sums.c.allowed).outerjoin(sums, sums.c.appraisal_id == Appraisal.id)
                              .options(with_people(Appraisal.proposal)).where(~submitted, selected(Appraisal)).order_by(Appraisal.id))  # fmt: skip
    return [(row, int(allowed or 0)) for row, allowed in rows]


def waiting_submissions() -> list[Submission]:
    return list(db.session.scalars(select(Submission).options(joinedload(Submission.appraisal).options(with_people(Appraisal.proposal)),
                                                              joinedload(Submission.submitted_by))
                                   .where(Submission.state.in_(WAITING)).order_by(Submission.submitted_at)))  # fmt: skip


def projects_without_signed_contract() -> list[tuple[Project, Contract | None]]:
    rows = db.session.execute(with_faces(select(Project, Contract)).outerjoin(Contract, Contract.project_id == Project.id)
                              .where(~Project.historic, or_(Contract.id.is_(None), Contract.state == ContractState.DRAFT), ~exists().where(ProjectClosing.project_id == Project.id))
                              .order_by(Project.decision_date))  # fmt: skip
    return [(project, contract) for project, contract in rows]


def tranches_in(user: User, *states: TrancheState) -> list[Tranche]:
    """Tranches in these states of projects this person may see, oldest plan first."""
    return list(db.session.scalars(
        select(Tranche).join(Project, Project.id == Tranche.project_id)
        .options(joinedload(Tranche.project).joinedload(Project.host), joinedload(Tranche.requested_by), joinedload(Tranche.first_approved_by))
        .where(Tranche.state.in_(states), visible(user)).order_by(Tranche.planned_on, Tranche.id)))  # fmt: skip


def closed_contracts(user: User) -> list[tuple[Contract, ProjectClosing, Settlement | None]]:
    """Contracts of ended projects that are not liquidated yet."""
    rows = db.session.execute(
        select(Contract, ProjectClosing, Settlement).join(Project, Project.id == Contract.project_id)
        .join(ProjectClosing, ProjectClosing.project_id == Project.id).outerjoin(Settlement, Settlement.project_id == Project.id)
        .options(joinedload(Contract.project).joinedload(Project.host))
        .where(Contract.state.not_in((ContractState.DRAFT, ContractState.LIQUIDATED)), visible(user)).order_by(ProjectClosing.dated))  # fmt: skip
    return [(contract, closing, settlement) for contract, closing, settlement in rows]


def terms(on: date) -> dict[str, int]:
    """In how many days each step is to be done."""
    return rulebook.values(("funding.appraisal_days", "funding.approval_days", "funding.contract_days"), on=on)


def fell_due() -> Any:
    """When the condition of a tranche was met: the instant of that act. Its planned day may have been long before."""
    return (select(func.max(JournalEntry.at)).where(JournalEntry.subject_type == "tranche", JournalEntry.subject_pid == Tranche.public_id, JournalEntry.verb == "fall_due")
            .correlate(Tranche).scalar_subquery())  # fmt: skip
