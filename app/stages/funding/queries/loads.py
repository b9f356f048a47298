"""What dossiers became projects, for the load of people who apply again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from app.kernel.db import db
from app.stages.funding.models import Project, ProjectClosing
from app.stages.proposals.load import PROJECTS


def of_dossiers(proposal_ids: Collection[int]) -> dict[int, tuple[date, int, date | None]]:
    """By dossier: when its project begins, for how many months, and when it ended."""
    rows = (select(Project.proposal_id, Project.starts_on, Project.duration_months, ProjectClosing.dated)
            .outerjoin(ProjectClosing, ProjectClosing.project_id == Project.id).where(Project.proposal_id.in_(proposal_ids)))  # fmt: skip
    return {proposal_id: (begin, months, ended) for proposal_id, begin, months, ended in db.session.execute(rows) if proposal_id is not None}


PROJECTS.append(of_dossiers)
