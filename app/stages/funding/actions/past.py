"""Projects older than this system leave again when the import that brought them is undone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from app.kernel.db import Base, db
from app.services.people.models import Engagement
from app.services.similarity.actions import forget
from app.stages.funding.models import Project, ProjectClosing

OWN = frozenset({"project_closing", "acceptance_case", "project_item"})  # what an import itself makes


def with_work(project_ids: Sequence[int]) -> set[int]:
    """Those of these projects on which any stage has rows that no import makes."""
    found: set[int] = set()
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "project" and table.name not in OWN:
                found |= set(db.session.scalars(select(key.parent).where(key.parent.in_(project_ids)).distinct()))
    return found


def take_back_projects(project_ids: Sequence[int]) -> None:
    """Delete imported projects with their ends, engagements and index; only historic ones can go. Later stages took theirs back before."""
    pids = list(db.session.scalars(select(Project.public_id).where(Project.id.in_(project_ids), Project.historic)))
    db.session.execute(delete(Engagement).where(Engagement.subject_type == "project", Engagement.subject_pid.in_(pids)))
    db.session.execute(delete(ProjectClosing).where(ProjectClosing.project_id.in_(project_ids)))
    db.session.execute(delete(Project).where(Project.id.in_(project_ids), Project.historic).execution_options(synchronize_session=False))
    forget("project", pids)
