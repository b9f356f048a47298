"""What the end of a project leaves on the desk: acceptance dossiers, verdicts, results and what becomes of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from app.across.desk.waiting import Task
from app.kernel import clock
from app.kernel.permissions import Do
from app.services.people.models import User
from app.stages.acceptance import queries as acceptance
from app.stages.acceptance.rules import CaseState
from app.stages.funding import queries as funding
from app.stages.transfer import queries as transfer

CONTRACT_AHEAD = timedelta(days=60)  # a dossier is thought of this long before the contract ends
USE_AHEAD = timedelta(days=60)  # a yearly report on use may be written this long before its day
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


# --- transfer -------------------------------------------------------------------------------------------------


def handovers_to_sign(user: User, _at: datetime) -> list[Task]:
    """Results offered to a body this person signs for."""
    if not user.can(Do.TRANSFER_CONFIRM):
        return []
    return [Task(h.result.title, url_for("transfer.answer", pid=h.public_id), h.offered_at, h.planned_on, h.project.code) for h in transfer.handovers_to_sign(user)]


def use_to_report(user: User, at: datetime) -> list[Task]:
    """Yearly reports on the use of results that this person may write."""
    if not user.can(Do.TRANSFER_REPORT):
        return []
    rows = transfer.follow_ups_to_report(user, until=clock.local(at + USE_AHEAD).date())
    return [Task(f.result.title, url_for("transfer.report", pid=f.public_id), due=f.due_on, hint=f.project.code) for f in rows]


def use_to_verify(user: User, _at: datetime) -> list[Task]:
    """Yearly reports that came in, and contracts whose registration is awaited."""
    if not user.can(Do.TRANSFER_VERIFY):
        return []
    reports = [Task(f.result.title, url_for("transfer.verify", pid=f.public_id), f.reported_at, hint=f.project.code)
               for f in transfer.follow_ups_to_verify() if f.reported_by_id != user.id]  # fmt: skip
    return reports + [Task(a.result.title, url_for("transfer.agreement", pid=a.public_id), due=a.register_by, hint=a.number or "") for a in transfer.agreements_to_register()]


def late_use_reports(user: User, at: datetime) -> list[Task]:
    """Yearly reports on use that others owe."""
    if not user.can(Do.TRANSFER_VERIFY):
        return []
    rows = transfer.late_follow_ups(on=clock.local(at).date())
    return [Task(f.result.title, url_for("transfer.follow_up", pid=f.public_id), due=f.due_on, hint=f.project.code) for f in rows]


def interest_to_answer(user: User, _at: datetime) -> list[Task]:
    """Messages of visitors about public results."""
    if not user.can(Do.TRANSFER_OFFER):
        return []
    return [Task(i.result.title, url_for("transfer.answer_interest", pid=i.public_id), i.at, hint=i.name) for i in transfer.interests_to_answer()]
