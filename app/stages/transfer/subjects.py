"""What services may ask about the rows of this room: title, parties, who may read, where the page is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.subjects import Parties, Subject, register_reader, register_subject
from app.stages.acceptance.models import Result
from app.stages.funding.models import Project
from app.stages.transfer import queries
from app.stages.transfer.models import Agreement, FollowUp, Handover


def _parties(row: Any) -> Parties:
    found = db.session.execute(select(Project.pi_id, Project.host_id).where(Project.id == row.project_id)).one()
    other = {getattr(row, "receiver_id", None), getattr(row, "recipient_id", None)}
    return Parties(users=frozenset({found.pi_id} - {None}), organisations=frozenset({found.host_id, *other} - {None}))


def _title(row: Any) -> str:
    return str(db.session.scalar(select(Result.title).where(Result.id == row.result_id)))


for _model, _load, _endpoint in ((Handover, queries.handover_by_pid, "handover"), (Agreement, queries.agreement_by_pid, "agreement"),
                                 (FollowUp, queries.follow_up_by_pid, "follow_up")):  # fmt: skip
    register_subject(_model.__tablename__, Subject(
        load=_load, title=_title, parties=_parties, may_read=queries.may_read,
        url=lambda row, endpoint=_endpoint: (f"transfer.{endpoint}", {"pid": row.public_id})))  # fmt: skip

# who receives a result may read what acceptance keeps on it: its certificate, its evaluation
register_reader("result", lambda row, user: queries.result_for(user, row.public_id) is not None)
