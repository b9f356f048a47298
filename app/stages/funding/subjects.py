"""What services may ask about the rows of this room: title, parties, who may read, where the page is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.permissions import Do
from app.kernel.subjects import (
    Parties,
    Subject,
    register_reader,
    register_subject,
)
from app.services.councils import queries as councils
from app.stages.funding.models import (
    AccountChange,
    Contract,
    Project,
    Settlement,
    Tranche,
    TrancheAccount,
)
from app.stages.funding.queries import (
    appraisal_by_id,
    appraisal_by_pid,
    may_read,
    proposal_of,
    submission_by_pid,
)
from app.stages.proposals.models import Proposal


def _parties(project_id: int) -> Parties:
    row = db.session.execute(select(Project.pi_id, Project.host_id).where(Project.id == project_id)).one()
    return Parties(users=frozenset({row.pi_id} - {None}), organisations=frozenset({row.host_id}))


def _register(model: Any, title: Any, endpoint: str, project_id: Any) -> None:
    register_subject(model.__tablename__, Subject(
        load=lambda pid: db.session.scalar(select(model).where(model.public_id == pid)), title=title,
        parties=lambda row: _parties(project_id(row)), may_read=lambda row, user: may_read(project_id(row), user),
        url=lambda row: (endpoint, {"pid": row.public_id})))  # fmt: skip


def _code(project_id: int) -> str:
    return str(db.session.scalar(select(Project.code).where(Project.id == project_id)))


def _of_proposal(proposal_id: int) -> Parties:
    row = db.session.execute(select(Proposal.pi_id, Proposal.host_id).where(Proposal.id == proposal_id)).one()
    return Parties(users=frozenset({row.pi_id} - {None}), organisations=frozenset({row.host_id}))


_register(Project, lambda p: f"{p.code} {p.title}", "hub.show", lambda p: p.id)
_register(Contract, lambda c: f"{c.number or ''} {_code(c.project_id)}".strip(), "funding.contract", lambda c: c.project_id)
_register(Tranche, lambda t: f"{_code(t.project_id)} / {t.position}", "funding.tranche", lambda t: t.project_id)
_register(Settlement, lambda s: _code(s.project_id), "funding.settlement", lambda s: s.project_id)
register_subject("appraisal", Subject(
    load=appraisal_by_pid, title=lambda a: proposal_of(a).title, parties=lambda a: _of_proposal(a.proposal_id),
    may_read=lambda _a, user: user.can(Do.FUNDING_READ), url=lambda a: ("funding.appraisal", {"pid": a.public_id})))  # fmt: skip
register_subject("award_submission", Subject(
    load=submission_by_pid, title=lambda s: s.title, parties=lambda s: _of_proposal(appraisal_by_id(s.appraisal_id).proposal_id),
    may_read=lambda _s, user: user.can(Do.FUNDING_READ), url=lambda s: ("funding.submission", {"pid": s.public_id})))  # fmt: skip
register_subject("tranche_account", Subject(
    load=lambda pid: db.session.scalar(select(TrancheAccount).options(joinedload(TrancheAccount.tranche)).where(TrancheAccount.public_id == pid)),
    title=lambda a: f"{_code(a.project_id)} / {a.tranche.position}", parties=lambda a: _parties(a.project_id),
    may_read=lambda a, user: may_read(a.project_id, user), url=lambda a: ("funding.tranche", {"pid": a.tranche.public_id})))  # fmt: skip
register_subject("account_change", Subject(
    load=lambda pid: db.session.scalar(select(AccountChange).where(AccountChange.public_id == pid)), title=lambda c: _code(c.project_id),
    parties=lambda c: _parties(c.project_id), may_read=lambda c, user: may_read(c.project_id, user), url=lambda c: ("funding.account_change", {"pid": c.public_id})))  # fmt: skip
register_reader("appraisal", councils.member_reads)
