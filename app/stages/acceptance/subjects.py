"""What services may ask about cases and results: title, parties, who may read, where the page is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.subjects import (
    Parties,
    Subject,
    register_reader,
    register_subject,
)
from app.services.councils import queries as councils
from app.services.people.models import Engagement
from app.stages.acceptance import asked, queries
from app.stages.acceptance.models import Result
from app.stages.funding.models import Project
from app.stages.proposals.models import TeamMember


def _parties(row: Any) -> Parties:
    """Investigator, host, the team of the dossier and everybody engaged in the project: none of them may judge it."""
    project = db.session.execute(select(Project.public_id, Project.pi_id, Project.host_id, Project.proposal_id).where(Project.id == row.project_id)).one()
    engaged = db.session.execute(select(Engagement.user_id, Engagement.organisation_id).where(
        Engagement.subject_type == "project", Engagement.subject_pid == project.public_id)).all()  # fmt: skip
    team = db.session.execute(select(TeamMember.user_id, TeamMember.organisation_id).where(TeamMember.proposal_id == project.proposal_id)).all()
    users = {project.pi_id, *(e.user_id for e in engaged), *(t.user_id for t in team)} - {None}
    return Parties(users=frozenset(users), organisations=frozenset({project.host_id, *(e.organisation_id for e in engaged), *(t.organisation_id for t in team)} - {None}))


def _title(row: Any) -> str:
    project = db.session.execute(select(Project.code, Project.title).where(Project.id == row.project_id)).one()
    return f"{project.code} {project.title}"


register_subject("acceptance_case", Subject(
    load=queries.case_by_pid, title=_title, parties=_parties, may_read=lambda row, user: queries.may_read(row.project_id, user),
    url=lambda row: ("acceptance.show", {"pid": row.public_id})))  # fmt: skip
register_subject("result", Subject(
    load=lambda pid: db.session.scalar(select(Result).where(Result.public_id == pid)), title=lambda row: f"{row.code} {row.title}", parties=_parties,
    may_read=lambda row, user: queries.may_read(row.project_id, user), url=lambda row: ("acceptance.result", {"pid": row.public_id})))  # fmt: skip
register_reader("acceptance_case", councils.member_reads)
register_reader("acceptance_case", asked.reads)
