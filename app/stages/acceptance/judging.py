"""What acceptance councils ask about a case beyond its parties: host and partners of the project, who of the team has no account, its field."""

from __future__ import annotations

from sqlalchemy import select

from app.kernel.db import db
from app.services.conflicts import facts
from app.services.conflicts.facts import Outsider, Parts
from app.services.experts import vocabulary
from app.stages.acceptance.models import Case, Result
from app.stages.funding.models import Project
from app.stages.plan.models import Priority
from app.stages.proposals.models import TeamMember


def parts(row: Case | Result) -> Parts:
    host, proposal = db.session.execute(select(Project.host_id, Project.proposal_id).where(Project.id == row.project_id)).one()
    team = db.session.execute(select(TeamMember.user_id, TeamMember.organisation_id, TeamMember.name, TeamMember.email).where(TeamMember.proposal_id == proposal).order_by(TeamMember.id)).all()
    partners = frozenset(m.organisation_id for m in team if m.organisation_id) - {host}
    return Parts(hosts=frozenset({host}), partners=partners, outsiders=tuple(Outsider(m.name, m.email or "", m.organisation_id) for m in team if m.user_id is None))


def fields(row: Case | Result) -> frozenset[str]:
    item = select(Project.item_id).where(Project.id == row.project_id).scalar_subquery()
    return frozenset(db.session.scalars(select(Priority.code).where(Priority.id == item)))


facts.register("acceptance_case", parts)
vocabulary.register_object("acceptance_case", fields)
