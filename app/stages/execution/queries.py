"""Reads of execution, limited to the projects the person may see."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.kernel.clock import local
from app.kernel.db import db
from app.services.people import queries as people
from app.services.people.models import Debarment, Engagement, User
from app.services.rulebook import queries as rulebook
from app.stages.execution.models import (
    Adjustment,
    Finding,
    Inspection,
    Inspector,
    Report,
    ReportProduct,
    Suspension,
    Termination,
)
from app.stages.execution.rules import (
    OPEN_REPORTS,
    AdjustmentKind,
    AdjustmentState,
    Delivery,
    FindingState,
    InspectionState,
    ReportState,
    SuspensionState,
    TerminationState,
)
from app.stages.funding import queries as funding
from app.stages.funding.gate import ACCEPTED_REPORTS, ALL_DELIVERED
from app.stages.funding.models import Project, ProjectClosing, ProjectProduct
from app.stages.funding.queries.books import FIXED_DUE
from app.stages.funding.rules import FIXED_ACCOUNTS, Fixed

_FACES = (joinedload(Project.host), joinedload(Project.pi))


def row_for(model: Any, user: User, pid: str) -> Any:
    """One row of a project this person may see, with project, host and investigator."""
    return db.session.scalar(select(model).join(Project, Project.id == model.project_id).options(joinedload(model.project).options(*_FACES))
                             .where(model.public_id == pid, funding.visible(user)))  # fmt: skip


def report_for(user: User, pid: str) -> Report | None:
    return row_for(Report, user, pid)


def inspection_for(user: User, pid: str) -> Inspection | None:
    return row_for(Inspection, user, pid)


def adjustment_for(user: User, pid: str) -> Adjustment | None:
    """One request for a change, with whom it names."""
    row = row_for(Adjustment, user, pid)
    if row is not None:
        db.session.scalars(select(Adjustment).where(Adjustment.id == row.id).execution_options(populate_existing=True).options(
            joinedload(Adjustment.project).options(*_FACES), joinedload(Adjustment.new_pi), joinedload(Adjustment.new_host),
            joinedload(Adjustment.requested_by))).one()  # fmt: skip
    return row


def suspension_for(user: User, pid: str) -> Suspension | None:
    return row_for(Suspension, user, pid)


def termination_for(user: User, pid: str) -> Termination | None:
    """One early end, with who asked for it."""
    row = row_for(Termination, user, pid)
    if row is not None:
        db.session.scalars(select(Termination).where(Termination.id == row.id).execution_options(populate_existing=True).options(
            joinedload(Termination.project).options(*_FACES), joinedload(Termination.requested_by))).one()  # fmt: skip
    return row


# --- of one project -------------------------------------------------------------------------------------------


def reports_of(project_id: int) -> list[Report]:
    """All reports, in order of their number."""
    return list(db.session.scalars(select(Report).where(Report.project_id == project_id).order_by(Report.number)))


def report_before(report: Report) -> Report | None:
    """The last report handed in before this one."""
    return db.session.scalar(select(Report).where(Report.project_id == report.project_id, Report.number < report.number, Report.progress.is_not(None), Report.spent.is_not(None))
                             .order_by(Report.number.desc()).limit(1))  # fmt: skip


def evidence_kinds(project: Project) -> list[dict[str, str]]:
    """What may stand beside a report, by the rule of the project's day."""
    return list(rulebook.value("execution.report_documents", on=project.decision_date))


def inspections_of(project_id: int) -> list[Inspection]:
    return list(db.session.scalars(select(Inspection).where(Inspection.project_id == project_id).order_by(Inspection.planned_on, Inspection.id)))


def inspectors_of(inspection_id: int) -> list[User]:
    """The people of a team who have an account."""
    return list(db.session.scalars(select(User).join(Inspector, Inspector.user_id == User.id).where(Inspector.inspection_id == inspection_id).order_by(Inspector.id)))


def team_said(inspection: Inspection) -> str:
    """The team in words: who has an account, then who was typed."""
    named = [person.name for person in inspectors_of(inspection.id)]
    return "; ".join([*named, *([inspection.team] if inspection.team else [])])


def works_on(project: Project, person: User) -> bool:
    """Does this person lead the project, work in its team, or belong to its host?"""
    engaged = exists().where(Engagement.subject_type == "project", Engagement.subject_pid == project.public_id, Engagement.user_id == person.id)
    return person.id == project.pi_id or bool(db.session.scalar(select(engaged))) or person.id in {u.id for u in people.members_of(project.host_id)}


def findings_of(*, inspection_id: int | None = None, project_id: int | None = None) -> list[Finding]:
    """The findings of an inspection, or of a whole project."""
    mine = Finding.inspection_id == inspection_id if inspection_id is not None else Finding.project_id == project_id
    return list(db.session.scalars(select(Finding).where(mine).order_by(Finding.inspection_id, Finding.number)))


def finding_for(user: User, pid: str) -> Finding | None:
    return row_for(Finding, user, pid)


def inspection_of(finding: Finding) -> Inspection:
    """The inspection that found it."""
    return db.session.get_one(Inspection, finding.inspection_id)


def findings_due_between(first: date, last: date) -> list[Finding]:
    """Findings that wait for the host, due in these days (for reminders)."""
    return list(db.session.scalars(select(Finding).options(joinedload(Finding.project)).where(
        Finding.state == FindingState.OPEN, Finding.due_on.between(first, last), ~_ended(Finding)).order_by(Finding.due_on, Finding.id)))  # fmt: skip


def adjustments_of(project_id: int) -> list[Adjustment]:
    return list(db.session.scalars(select(Adjustment).where(Adjustment.project_id == project_id).order_by(Adjustment.id)))


def suspensions_of(project_id: int) -> list[Suspension]:
    return list(db.session.scalars(select(Suspension).where(Suspension.project_id == project_id).order_by(Suspension.id)))


def terminations_of(project_id: int) -> list[Termination]:
    return list(db.session.scalars(select(Termination).where(Termination.project_id == project_id).order_by(Termination.id)))


def open_suspension(project_id: int) -> Suspension | None:
    return db.session.scalar(select(Suspension).where(Suspension.project_id == project_id, Suspension.state == SuspensionState.SUSPENDED))


def open_termination(project_id: int) -> Termination | None:
    return db.session.scalar(select(Termination).where(Termination.project_id == project_id, Termination.state == TerminationState.OPENED))


def requested_termination(project_id: int) -> Termination | None:
    """The early end that the host asks for and nobody has taken up yet."""
    return db.session.scalar(select(Termination).where(Termination.project_id == project_id, Termination.state == TerminationState.REQUESTED))


def grounds_known(project: Project) -> list[str]:
    """The grounds on which the rulebook lets a project be ended early."""
    return list(rulebook.value("execution.termination_grounds", on=project.decision_date))


def bars_of(termination: Termination) -> list[tuple[str, date, date | None]]:
    """(who, from, until) of the bars that the decision on an early end entered."""
    if termination.decision_date is None:
        return []
    project = termination.project
    rows = db.session.scalars(select(Debarment).where(Debarment.cause == "terminated_breach", Debarment.from_date == termination.decision_date,
                                                      or_(Debarment.user_id == project.pi_id, Debarment.organisation_id == project.host_id)).order_by(Debarment.id))  # fmt: skip
    return [(project.pi_name if row.user_id else funding.host_name(project), row.from_date, row.until) for row in rows]


def last_spent(project_id: int) -> int | None:
    """What the last report that was handed in says was spent."""
    return db.session.scalar(select(Report.spent).where(Report.project_id == project_id, Report.spent.is_not(None)).order_by(Report.number.desc()).limit(1))


def fixed_by_decision(project_id: int) -> Fixed | None:
    """What the decision on an early end fixed of the project's money."""
    row = db.session.scalar(select(Termination).where(Termination.project_id == project_id, Termination.state == TerminationState.DECIDED))
    if row is None or row.decision_date is None:
        return None
    return Fixed(row.decision_number or "", row.decision_date, row.paid or 0, row.used or 0, row.refund_percent or 0, row.refund or 0)


def accepted_on(project_id: int) -> list[date]:
    """The days on which reports of the project were accepted."""
    rows = db.session.scalars(select(Report.reviewed_at).where(Report.project_id == project_id, Report.state == ReportState.ACCEPTED, Report.reviewed_at.is_not(None)))
    return sorted(local(at).date() for at in rows if at is not None)


def all_delivered_on(project_id: int) -> date | None:
    """The day from which accepted reports tell of every promised product as delivered; None while one is open or there are none."""
    wanted = set(db.session.scalars(select(ProjectProduct.id).where(ProjectProduct.project_id == project_id)))
    told = (select(ReportProduct.product_id, Report.reviewed_at).join(Report, Report.id == ReportProduct.report_id)
            .where(Report.project_id == project_id, Report.state == ReportState.ACCEPTED, ReportProduct.state == Delivery.DELIVERED, Report.reviewed_at.is_not(None)))  # fmt: skip
    first: dict[int, date] = {}
    for product_id, at in db.session.execute(told.order_by(Report.reviewed_at)):
        first.setdefault(product_id, local(at).date())
    return max(first.values()) if wanted and wanted <= set(first) else None


FIXED_ACCOUNTS.append(fixed_by_decision)
ACCEPTED_REPORTS.append(accepted_on)
ALL_DELIVERED.append(all_delivered_on)
FIXED_DUE.append(select(Termination.refund).where(Termination.project_id == ProjectClosing.project_id, Termination.state == TerminationState.DECIDED)
                 .correlate(ProjectClosing).scalar_subquery())  # fmt: skip


def extensions_agreed(project_id: int) -> int:
    """How often the time of this project has been extended."""
    return db.session.scalar(select(func.count()).select_from(Adjustment).where(
        Adjustment.project_id == project_id, Adjustment.kind == AdjustmentKind.EXTENSION, Adjustment.state == AdjustmentState.AGREED)) or 0  # fmt: skip


def last_report_number(project_id: int) -> int:
    return db.session.scalar(select(func.max(Report.number)).where(Report.project_id == project_id)) or 0


def _ended(model: Any) -> ColumnElement[bool]:
    """The condition: the project of the row has ended and owes nothing more of this kind."""
    return exists().where(ProjectClosing.project_id == model.project_id)


def of_running(model: Any) -> ColumnElement[bool]:
    """The condition: the project of the row has not ended."""
    return ~_ended(model)


# --- worklists ------------------------------------------------------------------------------------------------


def _list(model: Any, user: User, *where: Any, order: Any) -> list[Any]:
    return list(db.session.scalars(select(model).join(Project, Project.id == model.project_id)
                                   .options(joinedload(model.project).options(*_FACES)).where(funding.visible(user), *where).order_by(order, model.id)))  # fmt: skip


def awaited_reports(user: User, *, until: date) -> list[Report]:
    """Reports awaited or returned whose day is not after `until`, of projects that have not ended."""
    return _list(Report, user, Report.state.in_(OPEN_REPORTS), Report.due_on <= until, ~_ended(Report), order=Report.due_on)


def submitted_reports(user: User) -> list[Report]:
    return _list(Report, user, Report.state == ReportState.SUBMITTED, order=Report.submitted_at)


def planned_inspections(user: User) -> list[Inspection]:
    return _list(Inspection, user, Inspection.state == InspectionState.PLANNED, order=Inspection.planned_on)


def requested_adjustments(user: User) -> list[Adjustment]:
    return _list(Adjustment, user, Adjustment.state == AdjustmentState.REQUESTED, order=Adjustment.requested_at)


def waiting_terminations(user: User) -> list[Termination]:
    """Early ends that are asked for or under consideration."""
    return _list(Termination, user, Termination.state.in_((TerminationState.REQUESTED, TerminationState.OPENED)),
                 order=func.coalesce(Termination.requested_at, Termination.opened_at))  # fmt: skip


def suspensions_in_force(user: User) -> list[Suspension]:
    return _list(Suspension, user, Suspension.state == SuspensionState.SUSPENDED, order=Suspension.from_date)


def reports_due_between(first: date, last: date) -> list[Report]:
    """Awaited reports due in these days (for reminders)."""
    return list(db.session.scalars(select(Report).options(joinedload(Report.project)).where(
        Report.state.in_(OPEN_REPORTS), Report.due_on.between(first, last), ~_ended(Report)).order_by(Report.due_on, Report.id)))  # fmt: skip
