"""The acceptance of a project that is older than this system, as its list tells it; and taking it back with its import."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete

from app.kernel import journal
from app.kernel.clock import at_local
from app.kernel.db import db
from app.services.people.models import User
from app.stages.acceptance.models import Case
from app.stages.acceptance.rules import CaseState
from app.stages.funding.models import Project
from app.stages.funding.rules import Cause


def import_case(project: Project, *, accepted: bool, grade: str, accepted_on: date, number: str, cause: Cause | None, by: User, at: datetime) -> Case:
    """Note how an old project was accepted, or that it was not: no dossier, no council, no results."""
    moment = at_local(accepted_on, 12)
    case = Case(project_id=project.id, state=CaseState.RECOGNISED if accepted else CaseState.FAILED, due_on=project.ends_on, submitted_at=moment, grade=grade, accepted=accepted, graded_at=moment,
                decision_number=number, decision_date=accepted_on, decided_at=moment, cause=cause, created_by_id=by.id, created_at=at)  # fmt: skip
    db.session.add(case)
    db.session.flush()
    journal.record(case, "import", by=by, at=at, detail={"grade": grade})
    return case


def take_back_cases(project_ids: Collection[int]) -> None:
    """The imported acceptances of these projects go with them."""
    db.session.execute(delete(Case).where(Case.project_id.in_(project_ids)))
