"""The periodic report: from its schedule to its acceptance; and the signing that starts it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.papers.models import Paper
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.execution import queries
from app.stages.execution.actions.shared import check_holder, latest_plan, running
from app.stages.execution.models import (
    Report,
)
from app.stages.execution.rules import (
    REPORT,
    ReportKind,
    ReportState,
    check_reviewer,
    periods,
)
from app.stages.funding import actions as funding
from app.stages.funding import queries as awards
from app.stages.funding.models import Contract, Project
from app.stages.funding.rules import (
    Condition,
)


def sign(contract: Contract, *, by: User, at: datetime, **terms: Any) -> Paper:
    """Record the signing of the contract (see funding's sign) and schedule the reports it asks for."""
    paper = funding.sign(contract, by=by, at=at, **terms)
    schedule_reports(awards.project_by_id(contract.project_id), by=by, at=at)
    return paper


def schedule_reports(project: Project, *, by: User | None, at: datetime) -> list[Report]:
    """Schedule the periodic reports from the start of the contract to its end; what is submitted already stays."""
    contract = running(project)
    db.session.execute(delete(Report).where(Report.project_id == project.id, Report.kind == ReportKind.PERIODIC, Report.state == ReportState.SCHEDULED))
    kept = {r.period_from for r in queries.reports_of(project.id) if r.kind == ReportKind.PERIODIC}
    every = rulebook.value("execution.report_every_months", on=project.decision_date)
    days = rulebook.value("execution.report_due_days", on=project.decision_date)
    number, made = queries.last_report_number(project.id), []
    for first, last in periods(contract.starts_on, contract.ends_on, every):
        if first in kept:
            continue
        number += 1
        row = Report(project_id=project.id, number=number, period_from=first, period_to=last, due_on=last + timedelta(days=days))
        REPORT.begin(row, "schedule", by=by, at=at)
        made.append(row)
    return made


def ask_report(project: Project, *, due_on: date, reason: str, by: User, at: datetime) -> Report:
    """Ask for a report outside the schedule."""
    contract = running(project)
    check_day(due_on, field="due_on", since=local(at).date(), until=latest_plan(contract, at))
    row = Report(project_id=project.id, kind=ReportKind.AD_HOC, number=queries.last_report_number(project.id) + 1, due_on=due_on,
                 period_from=contract.starts_on, period_to=local(at).date())  # fmt: skip
    REPORT.begin(row, "schedule", by=by, at=at, reason=reason)
    outbox.post("execution/mail/report_asked.txt", to=awards.holders(project), key=f"report-asked:{row.public_id}", at=at, project=project,
                report=row, reason=reason)  # fmt: skip
    return row


def submit_report(report: Report, *, progress: int, done: str, products: str | None, spent: int, difficulties: str | None,
                  next_steps: str | None, by: User, at: datetime, seen: int | None = None) -> None:  # fmt: skip
    """The investigator (or the host) hands in a report."""
    project = awards.project_by_id(report.project_id)
    running(project)
    check_holder(project, by)
    if spent > project.paid_total:
        raise Incomplete(N_("More was spent than was paid so far (%(paid)s đồng)."), field="spent", paid=f"{project.paid_total:,}".replace(",", "."))
    last = queries.report_before(report)
    if last is not None and (progress < last.progress or spent < last.spent) and not (difficulties or "").strip():
        raise Incomplete(N_("Figures count from the start. These are lower than in report %(n)s (%(progress)s %%, %(spent)s đồng): please say here why."),
                         field="difficulties", n=last.number, progress=last.progress, spent=f"{last.spent:,}".replace(",", "."))  # fmt: skip
    check_seen(report, seen)
    report.progress, report.done, report.products, report.spent = progress, done, products, spent
    report.difficulties, report.next_steps = difficulties, next_steps
    report.reviewed_by_id = report.reviewed_at = None
    report.submitted_by_id, report.submitted_at = by.id, at
    REPORT.advance(report, "submit", by=by, at=at, detail={"progress": progress, "spent": spent})
    to = people.users_with(Do.EXECUTION_REVIEW)
    outbox.post("execution/mail/report_submitted.txt", to=to, key=f"report-submitted:{report.public_id}:{report.version}", at=at,
                project=project, report=report)  # fmt: skip


def accept_report(report: Report, *, remark: str | None, by: User, at: datetime, seen: int | None = None) -> None:
    """Accept a report; the tranche that waits for a report becomes due."""
    _review(report, "accept", remark, by=by, at=at, seen=seen)
    if report.kind == ReportKind.PERIODIC:
        funding.meet_condition(awards.project_by_id(report.project_id), Condition.REPORT, by=by, at=at)


def return_report(report: Report, *, remark: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Return a report with what is to be mended."""
    _review(report, "return", remark, by=by, at=at, seen=seen)


def _review(report: Report, verb: str, remark: str | None, *, by: User, at: datetime, seen: int | None) -> None:
    check_reviewer(by.id, report.submitted_by_id)
    check_seen(report, seen)
    report.reviewed_by_id, report.reviewed_at, report.remark = by.id, at, remark
    REPORT.advance(report, verb, by=by, at=at, reason=remark)
    project = awards.project_by_id(report.project_id)
    outbox.post(f"execution/mail/report_{verb}.txt", to=awards.holders(project), key=f"report-{verb}:{report.public_id}:{report.version}",
                at=at, project=project, report=report)  # fmt: skip


def remind(at: datetime) -> int:
    """Remind the holders of reports that fall due (on the days of the rulebook before). Each reminder goes once."""
    today, count = local(at).date(), 0
    for days in rulebook.value("execution.remind_days", on=today):
        for report in queries.reports_due_between(today, today + timedelta(days=days)):
            outbox.post("execution/mail/report_due.txt", to=awards.holders(report.project), key=f"report-due:{report.public_id}:{days}",
                        at=at, project=report.project, report=report)  # fmt: skip
            count += 1
    return count
