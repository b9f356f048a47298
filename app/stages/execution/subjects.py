"""What services may ask about the rows of this room: title, parties, who may read, where the page is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.subjects import Parties, Subject, register_subject
from app.stages.execution.models import (
    Adjustment,
    Finding,
    Inspection,
    Report,
    Risk,
    Suspension,
    Termination,
)
from app.stages.funding import queries as funding
from app.stages.funding.models import Project


def _parties(row: Any) -> Parties:
    found = db.session.execute(select(Project.pi_id, Project.host_id).where(Project.id == row.project_id)).one()
    return Parties(users=frozenset({found.pi_id} - {None}), organisations=frozenset({found.host_id}))


def _title(row: Any) -> str:
    return str(db.session.scalar(select(Project.code).where(Project.id == row.project_id)))


def _project_pid(row: Any) -> str:
    return str(db.session.scalar(select(Project.public_id).where(Project.id == row.project_id)))


for _model, _endpoint in ((Report, "report"), (Inspection, "inspection"), (Adjustment, "adjustment"), (Finding, "finding"), (Suspension, "suspension"),
                          (Termination, "termination")):  # fmt: skip
    register_subject(_model.__tablename__, Subject(
        load=lambda pid, model=_model: db.session.scalar(select(model).where(model.public_id == pid)), title=_title, parties=_parties,
        may_read=lambda row, user: funding.may_read(row.project_id, user),
        url=lambda row, endpoint=_endpoint: (f"execution.{endpoint}", {"pid": row.public_id})))  # fmt: skip


register_subject(Risk.__tablename__, Subject(
    load=lambda pid: db.session.scalar(select(Risk).where(Risk.public_id == pid)), title=_title, parties=_parties,
    may_read=lambda row, user: funding.may_read(row.project_id, user), url=lambda row: ("execution.risks", {"pid": _project_pid(row)})))  # fmt: skip
