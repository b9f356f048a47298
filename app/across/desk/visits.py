"""What inspections want of people: visits to make, findings to mend, answers to judge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func

from app.across.desk.projects import of_project
from app.kernel.permissions import Do
from app.services.people.models import User
from app.stages.execution.models import Finding, Inspection, Inspector
from app.stages.execution.rules import FindingState, InspectionState
from app.stages.funding import queries as funding
from app.stages.funding.models import ProjectClosing


def _running(model: Any, user: User, endpoint: str, *where: Any, since: Any = None, due: Any = None) -> Select[Any]:
    ended = exists().where(ProjectClosing.project_id == model.project_id)
    return of_project(model, user, endpoint, ~ended, *where, since=since, due=due)


def inspections(user: User, _at: datetime) -> list[Select[Any]]:
    """Visits that are planned: for officers all, for others those they take part in."""
    planned = Inspection.state == InspectionState.PLANNED
    if user.can(Do.EXECUTION_INSPECT):
        return [_running(Inspection, user, "execution.inspection", planned, due=Inspection.planned_on)]
    if not user.can(Do.EXECUTION_READ):
        return []
    mine = exists().where(Inspector.inspection_id == Inspection.id, Inspector.user_id == user.id)
    return [_running(Inspection, user, "execution.inspection", planned, mine, due=Inspection.planned_on)]


def findings_to_mend(user: User, _at: datetime) -> list[Select[Any]]:
    """Findings that wait for this person's answer."""
    return [_running(Finding, user, "execution.answer_finding", Finding.state == FindingState.OPEN, funding.held(user), due=Finding.due_on)]


def findings_to_judge(user: User, _at: datetime) -> list[Select[Any]]:
    """Findings that the host answered."""
    if not user.can(Do.EXECUTION_INSPECT):
        return []
    return [_running(Finding, user, "execution.judge_finding", Finding.state == FindingState.ANSWERED, func.coalesce(Finding.answered_by_id, 0) != user.id, since=Finding.answered_at)]
