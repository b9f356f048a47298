"""Which projects a person led or took part in: told to the scientific CV, which offers them to its owner."""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, or_, select

from app.across.hub.phase import Phase, phase_sql
from app.kernel.db import db
from app.services.people.models import User
from app.services.profiles.queries import register_tasks
from app.services.profiles.rules import Task
from app.stages.funding.models import Project
from app.stages.proposals.models import TeamMember

YEARS = 5  # the form asks for those of the last five years


def known(user: User, on: date) -> list[Task]:
    """The person's projects that ended within the years the form asks for, or go on; the latest first."""
    in_team = exists().where(TeamMember.proposal_id == Project.proposal_id, TeamMember.user_id == user.id)
    since = date(on.year - YEARS, on.month, min(on.day, 28))
    rows = db.session.execute(
        select(Project.code, Project.title, Project.starts_on, Project.ends_on, Project.pi_id, phase_sql(on).label("phase"))
        .where(or_(Project.pi_id == user.id, in_team), Project.ends_on >= since).order_by(Project.starts_on.desc(), Project.id.desc()).limit(60))  # fmt: skip
    return [Task(r.title, f"{r.starts_on:%m/%Y} - {r.ends_on:%m/%Y}", f"Cấp tỉnh, mã số {r.code}", Phase(r.phase).label, r.pi_id == user.id) for r in rows]


register_tasks(known)
