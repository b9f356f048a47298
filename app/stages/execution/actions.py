"""The verbs of execution. Each takes `by=` and `at=`; none commits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.execution import queries
from app.stages.execution.models import (
    Adjustment,
    Inspection,
    Report,
    Suspension,
    Termination,
)
from app.stages.execution.rules import (
    ADJUSTMENT,
    INSPECTION,
    ON_PAPER,
    REPORT,
    SUSPENSION,
    TERMINATION,
    AdjustmentKind,
    Ground,
    InspectionKind,
    ReportKind,
    ReportState,
    check_extension,
    check_reviewer,
    check_special,
    periods,
)
from app.stages.funding import actions as funding
from app.stages.funding import ledger
from app.stages.funding import queries as awards
from app.stages.funding.models import Contract, Project
from app.stages.funding.rules import ON_PAPER as CAUSES
from app.stages.funding.rules import (
    Cause,
    ClosingKind,
    Condition,
    ContractState,
    end_of,
)

# --- reports --------------------------------------------------------------------------------------------------


def sign(contract: Contract, *, by: User, at: datetime, **terms: Any) -> Paper:
    """Record the signing of the contract (see funding's sign) and schedule the reports it asks for."""
    paper = funding.sign(contract, by=by, at=at, **terms)
    schedule_reports(awards.project_by_id(contract.project_id), by=by, at=at)
    return paper


def schedule_reports(project: Project, *, by: User | None, at: datetime) -> list[Report]:
    """Schedule the periodic reports from the start of the contract to its end; what is submitted already stays."""
    contract = _running(project)
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
    contract = _running(project)
    if due_on < local(at).date():
        raise Incomplete(N_("The day must lie ahead."), field="due_on")
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
    _running(project)
    _check_holder(project, by)
    if spent > project.paid_total:
        raise Incomplete(N_("More was spent than was paid so far (%(paid)s đồng)."), field="spent", paid=f"{project.paid_total:,}".replace(",", "."))
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


# --- inspections ----------------------------------------------------------------------------------------------


def plan_inspection(project: Project, *, kind: InspectionKind, planned_on: date, purpose: str, team: str, place: str | None, by: User,
                    at: datetime) -> Inspection:  # fmt: skip
    """Plan a visit and tell the host."""
    _running(project)
    row = Inspection(project_id=project.id, kind=kind, planned_on=planned_on, purpose=purpose, team=team, place=place, created_by_id=by.id,
                     created_at=at)  # fmt: skip
    INSPECTION.begin(row, "plan", by=by, at=at)
    outbox.post("execution/mail/inspection.txt", to=awards.holders(project), key=f"inspection:{row.public_id}", at=at, project=project, inspection=row)
    return row


def conclude_inspection(inspection: Inspection, *, held_on: date, present: str, progress_finding: str, money_finding: str, conclusion: str,
                        requests: str | None, by: User, at: datetime, seen: int | None = None) -> Paper:  # fmt: skip
    """Record what the visit found and issue its minutes."""
    if held_on > local(at).date():
        raise Incomplete(N_("The visit cannot lie in the future."), field="held_on")
    check_seen(inspection, seen)
    inspection.held_on, inspection.present, inspection.conclusion, inspection.requests = held_on, present, conclusion, requests
    inspection.progress_finding, inspection.money_finding = progress_finding, money_finding
    INSPECTION.advance(inspection, "conclude", by=by, at=at)
    project = awards.project_by_id(inspection.project_id)
    data = {"code": project.code, "title": project.title, "host": awards.host_name(project), "pi": project.pi_name, "held_on": held_on.isoformat(),
            "place": inspection.place or "", "team": inspection.team, "present": present, "purpose": inspection.purpose,
            "progress": progress_finding, "money": money_finding, "conclusion": conclusion, "requests": requests or ""}  # fmt: skip
    paper = papers.issue(template="execution/inspection_minutes", subject=inspection, data=data, by=by, at=at,
                         title=f"Biên bản kiểm tra nhiệm vụ {project.code}")  # fmt: skip
    outbox.post("execution/mail/inspected.txt", to=awards.holders(project), key=f"inspected:{inspection.public_id}", at=at, project=project,
                inspection=inspection)  # fmt: skip
    return paper


def call_off_inspection(inspection: Inspection, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Call a planned visit off."""
    INSPECTION.advance(inspection, "call_off", by=by, at=at, reason=reason, seen=seen)


# --- adjustments ----------------------------------------------------------------------------------------------


def request_adjustment(project: Project, kind: AdjustmentKind, *, reason: str, by: User, at: datetime, months: int | None = None,
                       before: str | None = None, after: str | None = None, new_state_amount: int | None = None, new_pi: User | None = None,
                       new_host: Organisation | None = None, special: bool = False, authority: str | None = None) -> Adjustment:  # fmt: skip
    """The host or the investigator asks for a change, with the reason. One open request of a kind at a time."""
    contract = _running(project)
    _check_holder(project, by)
    row = Adjustment(project_id=project.id, kind=kind, reason=reason, before=before, after=after, special=special, authority=authority,
                     requested_by_id=by.id, requested_at=at)  # fmt: skip
    if kind == AdjustmentKind.EXTENSION:
        row.months = months or 0
        _check_extension(project, contract, row, at=at)
        row.new_ends_on = end_of(date.fromordinal(contract.ends_on.toordinal() + 1), row.months)
    else:
        _check_wanted(project, kind, after, new_state_amount, new_pi, new_host)
        row.new_state_amount = new_state_amount if kind == AdjustmentKind.BUDGET else None
        row.new_pi_id = new_pi.id if new_pi and kind == AdjustmentKind.PI else None
        row.new_host_id = new_host.id if new_host and kind == AdjustmentKind.HOST else None
    try:
        ADJUSTMENT.begin(row, "request", by=by, at=at)
    except IntegrityError as failure:
        raise WrongState(N_("A request of this kind already waits for its decision.")) from failure
    to = [*people.users_with(Do.EXECUTION_DECIDE), *people.users_with(Do.EXECUTION_REVIEW)]
    outbox.post("execution/mail/adjustment.txt", to=to, key=f"adjustment:{row.public_id}", at=at, project=project, adjustment=row)
    return row


def agree_adjustment(adjustment: Adjustment, *, number: str, dated: date, remark: str | None, by: User, at: datetime, special: bool | None = None,
                     authority: str | None = None, seen: int | None = None) -> Paper:  # fmt: skip
    """Agree by decision: the change becomes the next annex of the contract. Extension rules are asked again."""
    check_reviewer(by.id, adjustment.requested_by_id)
    project = awards.project_by_id(adjustment.project_id)
    contract = _running(project)
    check_seen(adjustment, seen)
    check_day(dated, field="dated", since=local(adjustment.requested_at).date(), until=local(at).date())
    if special is not None:
        adjustment.special, adjustment.authority = special, authority or adjustment.authority
    if adjustment.kind == AdjustmentKind.EXTENSION:
        _check_extension(project, contract, adjustment, at=at)
        adjustment.new_ends_on = end_of(date.fromordinal(contract.ends_on.toordinal() + 1), adjustment.months or 0)
    made = funding.annex(
        contract, str(adjustment.kind), adjustment.after or adjustment.reason, dated=dated, decision_number=nfc(number), by=by, at=at,
        new_ends_on=adjustment.new_ends_on, new_state_amount=adjustment.new_state_amount, new_pi=awards.person(adjustment.new_pi_id),
        new_host=db.session.get(Organisation, adjustment.new_host_id) if adjustment.new_host_id else None)  # fmt: skip
    adjustment.annex_number, adjustment.decision_number, adjustment.decision_date = made.number, nfc(number), dated
    adjustment.decided_by_id, adjustment.decided_at, adjustment.remark = by.id, at, remark
    ADJUSTMENT.advance(adjustment, "agree", by=by, at=at, reason=remark, detail={"number": number, "annex": made.number})
    if adjustment.kind == AdjustmentKind.EXTENSION:
        schedule_reports(project, by=by, at=at)
    return _issue_decision(adjustment, project, by=by, at=at)


def refuse_adjustment(adjustment: Adjustment, *, remark: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Refuse a change, with the reason."""
    check_reviewer(by.id, adjustment.requested_by_id)
    check_seen(adjustment, seen)
    adjustment.decided_by_id, adjustment.decided_at, adjustment.remark = by.id, at, remark
    ADJUSTMENT.advance(adjustment, "refuse", by=by, at=at, reason=remark)
    _tell_decided(adjustment, at=at)


def withdraw_adjustment(adjustment: Adjustment, *, by: User, at: datetime, seen: int | None = None) -> None:
    """The requester takes the request back."""
    _check_holder(awards.project_by_id(adjustment.project_id), by)
    ADJUSTMENT.advance(adjustment, "withdraw", by=by, at=at, seen=seen)


def _check_extension(project: Project, contract: Contract, row: Adjustment, *, at: datetime) -> None:
    check_special(row.special, row.authority)
    caps = rulebook.value("execution.extension_caps", on=project.decision_date)
    check_extension(row.months or 0, duration_months=project.duration_months, contract_ends_on=contract.ends_on, today=local(at).date(),
                    agreed_before=queries.extensions_agreed(project.id), caps=caps, special=row.special)  # fmt: skip


def _check_wanted(project: Project, kind: AdjustmentKind, after: str | None, new_state: int | None, new_pi: User | None,
                  new_host: Organisation | None) -> None:  # fmt: skip
    if kind == AdjustmentKind.BUDGET and (new_state is None or new_state == project.approved_state or new_state < project.paid_total):
        raise Incomplete(N_("Please enter new state money, not below what is paid."), field="new_state_amount")
    if kind == AdjustmentKind.PI and (new_pi is None or new_pi.id == project.pi_id):
        raise Incomplete(N_("Please name the new investigator."), field="new_pi")
    if kind == AdjustmentKind.HOST and (new_host is None or new_host.id == project.host_id):
        raise Incomplete(N_("Please name the new host."), field="new_host")
    if kind == AdjustmentKind.CONTENT and not (after or "").strip():
        raise Incomplete(N_("Please say what it should be."), field="after")


def _issue_decision(adjustment: Adjustment, project: Project, *, by: User, at: datetime) -> Paper:
    data = {"code": project.code, "title": project.title, "host": awards.host_name(project), "pi": project.pi_name, "kind_name": ON_PAPER[adjustment.kind],
            "reason": adjustment.reason, "before": adjustment.before or "", "after": adjustment.after or "", "months": adjustment.months,
            "ends_on": project.ends_on.isoformat(), "state": project.approved_state, "annex": adjustment.annex_number, "signer": by.name,
            "special": adjustment.special, "authority": adjustment.authority or "", "remark": adjustment.remark or "",
            "bases": rulebook.value("funding.bases", on=project.decision_date)}  # fmt: skip
    paper = papers.issue(template="execution/adjustment_decision", subject=adjustment, data=data, by=by, at=at, number=adjustment.decision_number,
                         dated=adjustment.decision_date, title=f"Quyết định điều chỉnh nhiệm vụ {project.code}")  # fmt: skip
    _tell_decided(adjustment, at=at)
    return paper


def _tell_decided(adjustment: Adjustment, *, at: datetime) -> None:
    project = awards.project_by_id(adjustment.project_id)
    outbox.post("execution/mail/adjustment_decided.txt", to=awards.holders(project), key=f"adjustment-decided:{adjustment.public_id}", at=at,
                project=project, adjustment=adjustment)  # fmt: skip


# --- suspension and termination -------------------------------------------------------------------------------


def suspend(project: Project, *, reason: str, from_date: date, number: str, by: User, at: datetime) -> Suspension:
    """Stop the work by decision; payments stop with it."""
    _running(project)
    row = Suspension(project_id=project.id, reason=reason, from_date=from_date, decision_number=nfc(number), by_id=by.id, at=at)
    try:
        SUSPENSION.begin(row, "suspend", by=by, at=at, reason=reason, detail={"number": number})
    except IntegrityError as failure:
        raise WrongState(N_("This project is already suspended.")) from failure
    funding.freeze(project, reason=reason, by=by, at=at)
    outbox.post("execution/mail/suspended.txt", to=awards.holders(project), key=f"suspended:{row.public_id}", at=at, project=project, suspension=row)
    return row


def resume(suspension: Suspension, *, reason: str, on: date, by: User, at: datetime, seen: int | None = None) -> None:
    """Let the work go on. Payments go on unless a termination is under consideration."""
    if on < suspension.from_date:
        raise Incomplete(N_("The work cannot go on before it stopped."), field="on")
    check_seen(suspension, seen)
    project = awards.project_by_id(suspension.project_id)
    _advance_resumed(suspension, on, reason, by=by, at=at)
    if queries.open_termination(project.id) is None:
        funding.unfreeze(project, reason=reason, by=by, at=at)
    outbox.post("execution/mail/resumed.txt", to=awards.holders(project), key=f"resumed:{suspension.public_id}", at=at, project=project,
                suspension=suspension)  # fmt: skip


def open_termination(project: Project, *, ground: Ground, statement: str, by: User, at: datetime) -> Termination:
    """Open the question whether the project ends early. Payments stop at once."""
    _running(project)
    row = Termination(project_id=project.id, ground=ground, statement=statement, opened_by_id=by.id, opened_at=at)
    try:
        TERMINATION.begin(row, "open", by=by, at=at, reason=statement)
    except IntegrityError as failure:
        raise WrongState(N_("The termination of this project is already under consideration.")) from failure
    funding.freeze(project, reason=statement, by=by, at=at)
    to = [*awards.holders(project), *people.users_with(Do.EXECUTION_DECIDE)]
    outbox.post("execution/mail/termination.txt", to=to, key=f"termination:{row.public_id}", at=at, project=project, termination=row)
    return row


def drop_termination(termination: Termination, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Drop it: the work goes on, payments too unless the project is suspended."""
    check_reviewer(by.id, termination.opened_by_id)
    check_seen(termination, seen)
    termination.decided_by_id, termination.decided_at, termination.remark = by.id, at, reason
    TERMINATION.advance(termination, "drop", by=by, at=at, reason=reason)
    project = awards.project_by_id(termination.project_id)
    if queries.open_suspension(project.id) is None:
        funding.unfreeze(project, reason=reason, by=by, at=at)


def decide_termination(termination: Termination, *, cause: Cause, used: int, number: str, dated: date, remark: str | None, by: User, at: datetime,
                       seen: int | None = None) -> Paper:  # fmt: skip
    """End the project early by decision: the refund is fixed, the contract terminated, the project closed."""
    check_reviewer(by.id, termination.opened_by_id)
    project = awards.project_by_id(termination.project_id, lock=True)
    if used > project.paid_total:
        raise Incomplete(N_("More was used than was paid."), field="used")
    check_seen(termination, seen)
    percent = int(rulebook.value("funding.refund_percent", on=project.decision_date)[str(cause)])
    termination.cause, termination.paid, termination.used, termination.refund_percent = cause, project.paid_total, used, percent
    termination.refund = ledger.refund(project.paid_total, used, percent)
    termination.decision_number, termination.decision_date, termination.remark = nfc(number), dated, remark
    termination.decided_by_id, termination.decided_at = by.id, at
    TERMINATION.advance(termination, "decide", by=by, at=at, reason=remark, detail={"number": number, "refund": termination.refund})
    funding.terminate(awards.contract_of(project.id), by=by, at=at, reason=remark)
    suspension = queries.open_suspension(project.id)
    if suspension is not None:
        _advance_resumed(suspension, max(dated, suspension.from_date), number, by=by, at=at)
    funding.record_closing(project, ClosingKind.TERMINATED, dated=dated, number=nfc(number), cause=cause, by=by, at=at)
    data = {"code": project.code, "title": project.title, "host": awards.host_name(project), "pi": project.pi_name, "ground_name": ON_PAPER[termination.ground],
            "cause_name": CAUSES[cause], "statement": termination.statement, "paid": termination.paid, "used": used, "unused": termination.paid - used,
            "percent": percent, "refund": termination.refund, "signer": by.name, "remark": remark or "",
            "bases": rulebook.value("funding.bases", on=project.decision_date)}  # fmt: skip
    paper = papers.issue(template="execution/termination_decision", subject=termination, data=data, by=by, at=at, number=termination.decision_number,
                         dated=dated, title=f"Quyết định chấm dứt nhiệm vụ {project.code}")  # fmt: skip
    outbox.post("execution/mail/terminated.txt", to=awards.holders(project), key=f"terminated:{termination.public_id}", at=at, project=project,
                termination=termination)  # fmt: skip
    return paper


def _advance_resumed(suspension: Suspension, on: date, reason: str, *, by: User, at: datetime) -> None:
    SUSPENSION.advance(suspension, "resume", by=by, at=at, reason=reason)
    suspension.until = on
    db.session.flush()


def _running(project: Project) -> Contract:
    """The signed contract of a project that has not ended. Raises WrongState else."""
    contract = awards.contract_of(project.id)
    if contract is None or contract.state != ContractState.SIGNED or awards.closing_of(project.id) is not None:
        raise WrongState(N_("This project is not running."))
    return contract


def _check_holder(project: Project, by: User) -> None:
    if not awards.may_request(by, project):
        raise NotAllowed(N_("Only the investigator and the host's manager may do this."))
