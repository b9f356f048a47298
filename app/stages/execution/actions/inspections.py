"""Inspections on the spot."""

from __future__ import annotations

from datetime import date, datetime

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.lifecycle import check_seen
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.services.rulebook.calendar import check_day
from app.stages.execution.actions.shared import latest_plan, running
from app.stages.execution.models import (
    Inspection,
)
from app.stages.execution.rules import (
    INSPECTION,
    InspectionKind,
)
from app.stages.funding import queries as awards
from app.stages.funding.models import Project


def plan_inspection(project: Project, *, kind: InspectionKind, planned_on: date, purpose: str, team: str, place: str | None, by: User,
                    at: datetime) -> Inspection:  # fmt: skip
    """Plan a visit and tell the host."""
    check_day(planned_on, field="planned_on", since=local(at).date(), until=latest_plan(running(project), at))
    row = Inspection(project_id=project.id, kind=kind, planned_on=planned_on, purpose=purpose, team=team, place=place, created_by_id=by.id,
                     created_at=at)  # fmt: skip
    INSPECTION.begin(row, "plan", by=by, at=at)
    outbox.post("execution/mail/inspection.txt", to=awards.holders(project), key=f"inspection:{row.public_id}", at=at, project=project, inspection=row)
    return row


def conclude_inspection(inspection: Inspection, *, held_on: date, present: str, progress_finding: str, money_finding: str, conclusion: str,
                        requests: str | None, by: User, at: datetime, seen: int | None = None) -> Paper:  # fmt: skip
    """Record what the visit found and issue its minutes."""
    check_day(held_on, field="held_on", since=awards.contract_of(inspection.project_id).signed_on, until=local(at).date())
    check_seen(inspection, seen)
    inspection.held_on, inspection.present, inspection.conclusion, inspection.requests = held_on, present, conclusion, requests
    inspection.progress_finding, inspection.money_finding = progress_finding, money_finding
    INSPECTION.advance(inspection, "conclude", by=by, at=at)
    project = awards.project_by_id(inspection.project_id)
    data = {"code": project.code, "title": project.title, "host": awards.host_name(project), "pi": project.pi_name, "held_on": held_on.isoformat(),
            "place": inspection.place or "", "team": inspection.team, "present": present, "purpose": inspection.purpose,
            "progress": progress_finding, "money": money_finding, "conclusion": conclusion, "requests": requests or "",
            "host_head": awards.host_head(project), "officer": by.name}  # fmt: skip
    paper = papers.issue(template="execution/inspection_minutes", subject=inspection, data=data, by=by, at=at,
                         title=f"Biên bản kiểm tra nhiệm vụ {project.code}")  # fmt: skip
    outbox.post("execution/mail/inspected.txt", to=awards.holders(project), key=f"inspected:{inspection.public_id}", at=at, project=project,
                inspection=inspection)  # fmt: skip
    return paper


def call_off_inspection(inspection: Inspection, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Call a planned visit off."""
    INSPECTION.advance(inspection, "call_off", by=by, at=at, reason=reason, seen=seen)
