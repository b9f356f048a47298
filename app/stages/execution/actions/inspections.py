"""Inspections on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.files import actions as files
from app.services.files.models import Attachment
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.execution import queries
from app.stages.execution.actions.shared import (
    check_holder,
    check_judge,
    latest_plan,
    running,
)
from app.stages.execution.models import (
    Finding,
    Inspection,
    Inspector,
)
from app.stages.execution.rules import (
    FINDING,
    INSPECTION,
    InspectionKind,
    InspectionState,
)
from app.stages.funding import queries as awards
from app.stages.funding.actions.shared import check_outsider, check_stranger
from app.stages.funding.models import Project


def plan_inspection(project: Project, *, kind: InspectionKind, planned_on: date, purpose: str, team: str, place: str | None, by: User,
                    at: datetime, inspectors: Sequence[User] = ()) -> Inspection:  # fmt: skip
    """Plan a visit, name its team, tell the host and the team. Nobody inspects what they work on themselves."""
    check_stranger(project, by)
    check_day(planned_on, field="planned_on", since=local(at).date(), until=latest_plan(running(project), at))
    for person in inspectors:
        if queries.works_on(project, person):
            raise Incomplete(N_("%(name)s belongs to the host or the team of this project and cannot inspect it."), field="inspectors", name=person.name)
    row = Inspection(project_id=project.id, kind=kind, planned_on=planned_on, purpose=purpose, team=team, place=place, created_by_id=by.id,
                     created_at=at)  # fmt: skip
    INSPECTION.begin(row, "plan", by=by, at=at)
    db.session.add_all(Inspector(inspection_id=row.id, user_id=person.id) for person in inspectors)
    db.session.flush()
    to = [*awards.holders(project), *(person for person in inspectors if person.id != by.id)]
    outbox.post("execution/mail/inspection.txt", to=to, key=f"inspection:{row.public_id}", at=at, project=project, inspection=row)
    return row


def conclude_inspection(inspection: Inspection, *, held_on: date, present: str, progress_finding: str, money_finding: str, conclusion: str,
                        requests: str | None, by: User, at: datetime, findings: Sequence[tuple[str, date]] = (), seen: int | None = None) -> Paper:  # fmt: skip
    """Record what the visit found, what is to be mended until when, and issue its minutes."""
    contract = awards.contract_of(inspection.project_id)
    check_outsider(inspection, by)
    check_day(held_on, field="held_on", since=contract.signed_on, until=local(at).date())
    check_seen(inspection, seen)
    for number, (_text, due_on) in enumerate(findings, start=1):
        check_day(due_on, field=f"due_{number}", since=held_on, until=latest_plan(contract, at))
    inspection.held_on, inspection.present, inspection.conclusion, inspection.requests = held_on, present, conclusion, requests
    inspection.progress_finding, inspection.money_finding = progress_finding, money_finding
    INSPECTION.advance(inspection, "conclude", by=by, at=at)
    for number, (text, due_on) in enumerate(findings, start=1):
        FINDING.begin(Finding(project_id=inspection.project_id, inspection_id=inspection.id, number=number, text=text, due_on=due_on), "find", by=by, at=at, reason=text)
    project = awards.project_by_id(inspection.project_id)
    data = {"code": project.code, "title": project.title, "host": awards.host_name(project), "pi": project.pi_name, "held_on": held_on.isoformat(),
            "place": inspection.place or "", "team": queries.team_said(inspection), "present": present, "purpose": inspection.purpose,
            "progress": progress_finding, "money": money_finding, "conclusion": conclusion, "requests": requests or "",
            "findings": [{"n": n, "text": text, "due": f"{due_on:%d/%m/%Y}"} for n, (text, due_on) in enumerate(findings, start=1)],
            "host_head": awards.host_head(project), "officer": by.name}  # fmt: skip
    paper = papers.issue(template="execution/inspection_minutes", subject=inspection, data=data, by=by, at=at,
                         title=f"Biên bản kiểm tra nhiệm vụ {project.code}")  # fmt: skip
    outbox.post("execution/mail/inspected.txt", to=awards.holders(project), key=f"inspected:{inspection.public_id}", at=at, project=project,
                inspection=inspection, findings=len(findings))  # fmt: skip
    return paper


def call_off_inspection(inspection: Inspection, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Call a planned visit off."""
    INSPECTION.advance(inspection, "call_off", by=by, at=at, reason=reason, seen=seen)


def check_inspector(by: User) -> None:
    """Does this person inspect?"""
    if not by.can(Do.EXECUTION_INSPECT):
        raise NotAllowed(N_("Only officers judge what an inspection found."))


def check_attaching(inspection: Inspection, by: User) -> None:
    """May this person put files beside the inspection: an officer, or one of the team, unless it was called off?"""
    if not by.can(Do.EXECUTION_INSPECT):
        raise NotAllowed(N_("Only those who inspect attach files here."))
    if inspection.state == InspectionState.CALLED_OFF:
        raise WrongState(N_("This inspection was called off."))


def attach_to_inspection(inspection: Inspection, *, kind: str, upload: Any, by: User, at: datetime) -> Attachment:
    """Put a photograph or a paper beside an inspection."""
    check_attaching(inspection, by)
    return files.attach(subject=inspection, upload=upload, kind=kind, by=by, at=at)


# --- what was found -------------------------------------------------------------------------------------------


def answer_finding(finding: Finding, *, answer: str, by: User, at: datetime, seen: int | None = None) -> None:
    """The host says how it mended what was found."""
    project = awards.project_by_id(finding.project_id)
    check_holder(project, by)
    check_seen(finding, seen)
    finding.answer, finding.answered_by_id, finding.answered_at = answer, by.id, at
    finding.closed_by_id = None
    FINDING.advance(finding, "answer", by=by, at=at, reason=answer)
    to = queries.inspectors_of(finding.inspection_id) or people.users_with(Do.EXECUTION_INSPECT)
    outbox.post("execution/mail/finding_answered.txt", to=to, key=f"finding-answered:{finding.public_id}:{finding.version}", at=at, project=project, finding=finding)


def close_finding(finding: Finding, *, remark: str | None, by: User, at: datetime, seen: int | None = None) -> None:
    """The finding is put right: by what the host answered, or as the officer saw."""
    _judge(finding, "close", remark, by=by, at=at, seen=seen)


def return_finding(finding: Finding, *, remark: str, due_on: date, by: User, at: datetime, seen: int | None = None) -> None:
    """The answer is not enough: ask again, until a day."""
    check_day(due_on, field="due_on", since=local(at).date(), until=latest_plan(awards.contract_of(finding.project_id), at))
    finding.due_on = due_on
    _judge(finding, "return", remark, by=by, at=at, seen=seen)


def _judge(finding: Finding, verb: str, remark: str | None, *, by: User, at: datetime, seen: int | None) -> None:
    check_judge(finding, by, finding.answered_by_id)
    check_seen(finding, seen)
    finding.remark = remark
    if verb == "close":
        finding.closed_by_id, finding.closed_at = by.id, at
    FINDING.advance(finding, verb, by=by, at=at, reason=remark)
    project = awards.project_by_id(finding.project_id)
    outbox.post("execution/mail/finding_judged.txt", to=awards.holders(project), key=f"finding-{verb}:{finding.public_id}:{finding.version}", at=at,
                project=project, finding=finding)  # fmt: skip


def remind_findings(at: datetime) -> int:
    """Remind the holders of findings to be mended: before their day, and once it is past. Each reminder goes once."""
    today, count = local(at).date(), 0
    ahead = max(rulebook.value("execution.remind_days", on=today))
    for finding in queries.findings_due_between(today - timedelta(days=30), today + timedelta(days=ahead)):
        when = "late" if finding.due_on < today else "soon"
        outbox.post("execution/mail/finding_due.txt", to=awards.holders(finding.project), key=f"finding-{when}:{finding.public_id}:{finding.due_on}", at=at,
                    project=finding.project, finding=finding)  # fmt: skip
        count += 1
    return count
