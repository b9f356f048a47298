"""What the end of a project leaves on the desk: acceptance dossiers, verdicts and results."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from app.across.desk.tasks import Task
from app.kernel import clock
from app.kernel.permissions import Do
from app.services.people.models import User
from app.stages.acceptance import queries as acceptance
from app.stages.acceptance.rules import CaseState
from app.stages.funding import queries as funding

CONTRACT_AHEAD = timedelta(days=60)  # a dossier is thought of this long before the contract ends
OWN = (CaseState.PREPARING, CaseState.RETURNED, CaseState.REVISING, CaseState.GRADED)
OFFICE = (CaseState.SUBMITTED, CaseState.VALID, CaseState.REVISING, CaseState.GRADED)


def _task(case: Any, *, since: datetime | None, hint: str = "") -> Task:
    return Task(case.project.title, url_for("acceptance.show", pid=case.public_id), since, acceptance.next_due(case, case.project), hint or case.project.code)


def dossiers_to_complete(user: User, at: datetime) -> list[Task]:
    """For investigator and host: dossiers to begin, to complete, to revise, results to describe."""
    begin = acceptance.projects_to_begin(user, until=clock.local(at + CONTRACT_AHEAD).date())
    found = [Task(p.title, url_for("acceptance.begin", pid=p.public_id), due=acceptance.dossier_due(p, p.ends_on), hint=p.code)
             for p in begin if funding.may_request(user, p)]  # fmt: skip
    for case in acceptance.cases_in(user, *OWN):
        waits = case.state in (CaseState.PREPARING, CaseState.RETURNED) or (case.state == CaseState.REVISING and case.revised_at is None)
        waits = waits or (case.state == CaseState.GRADED and bool(case.accepted))
        if waits and funding.may_request(user, case.project):
            found.append(_task(case, since=case.graded_at or case.created_at))
    return found


def acceptance_to_run(user: User, _at: datetime) -> list[Task]:
    """For officers: dossiers to check, to put to a council, revised reports to confirm, results to register, failures to deal with."""
    if not user.can(Do.ACCEPTANCE_RUN):
        return []
    return [_task(case, since=case.revised_at or case.graded_at or case.checked_at or case.submitted_at) for case in acceptance.cases_in(user, *OFFICE)
            if not (case.state == CaseState.VALID and case.council_pid) and not (case.state == CaseState.REVISING and case.revised_at is None)]  # fmt: skip


def to_recognise(user: User, _at: datetime) -> list[Task]:
    """Projects whose results are registered, and those that were not accepted."""
    if not user.can(Do.ACCEPTANCE_RECOGNISE):
        return []
    return [_task(case, since=case.graded_at) for case in acceptance.cases_in(user, CaseState.RESULTS_REGISTERED, CaseState.GRADED)
            if case.state == CaseState.RESULTS_REGISTERED or not case.accepted]  # fmt: skip
