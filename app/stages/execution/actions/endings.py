"""Suspension, resumption, termination."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.actions import debar
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day, years_after
from app.stages.execution import queries
from app.stages.execution.actions.shared import check_decider, check_holder, running
from app.stages.execution.models import (
    Suspension,
    Termination,
)
from app.stages.execution.rules import (
    ADJUSTMENT,
    ON_PAPER,
    SUSPENSION,
    TERMINATION,
    AdjustmentState,
    Ground,
    TerminationState,
    check_bar,
    check_ground,
    check_reviewer,
)
from app.stages.funding import actions as funding
from app.stages.funding import ledger
from app.stages.funding import queries as awards
from app.stages.funding.actions.shared import check_stranger
from app.stages.funding.models import Project
from app.stages.funding.rules import ON_PAPER as CAUSES
from app.stages.funding.rules import (
    Cause,
    ClosingKind,
)

UNDER_WAY = N_("The termination of this project is already under consideration.")


def suspend(project: Project, *, reason: str, from_date: date, number: str, by: User, at: datetime) -> Suspension:
    """Stop the work by decision; payments stop with it."""
    check_stranger(project, by)
    contract = running(project)
    number = check_number(number)
    check_day(from_date, field="from_date", since=contract.signed_on, until=local(at).date())
    row = Suspension(project_id=project.id, reason=reason, from_date=from_date, decision_number=number, by_id=by.id, at=at)
    try:
        SUSPENSION.begin(row, "suspend", by=by, at=at, reason=reason, detail={"number": number})
    except IntegrityError as failure:
        raise WrongState(N_("This project is already suspended.")) from failure
    funding.freeze(project, reason=reason, by=by, at=at)
    _issue(row, project, "suspension", number, local(at).date(), reason=reason, day=from_date, by=by, at=at)
    outbox.post("execution/mail/suspended.txt", to=awards.holders(project), key=f"suspended:{row.public_id}", at=at, project=project, suspension=row)
    return row


def resume(suspension: Suspension, *, reason: str, on: date, number: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Let the work go on by decision. Payments go on unless a termination is under consideration."""
    check_day(on, field="on", since=suspension.from_date, until=local(at).date())
    number = check_number(number)
    check_seen(suspension, seen)
    project = awards.project_by_id(suspension.project_id)
    check_stranger(project, by)
    _advance_resumed(suspension, on, reason, number=number, by=by, at=at)
    _issue(suspension, project, "resumption", number, local(at).date(), reason=reason, day=on, by=by, at=at)
    if queries.open_termination(project.id) is None:
        funding.unfreeze(project, reason=reason, by=by, at=at)
    outbox.post("execution/mail/resumed.txt", to=awards.holders(project), key=f"resumed:{suspension.public_id}", at=at, project=project,
                suspension=suspension)  # fmt: skip


def check_known_ground(project: Project, ground: Ground) -> None:
    """Is it one of the grounds that the rulebook knows on the project's day?"""
    if str(ground) not in queries.grounds_known(project):
        raise Incomplete(N_("The rulebook in force does not know this ground."), field="ground")


def request_termination(project: Project, *, ground: Ground, statement: str, by: User, at: datetime) -> Termination:
    """The host or the investigator asks that the project end early. Payments go on until an officer takes it up."""
    running(project)
    check_holder(project, by)
    check_ground(ground)
    check_known_ground(project, ground)
    row = Termination(project_id=project.id, ground=ground, statement=statement, requested_by_id=by.id, requested_at=at)
    try:
        TERMINATION.begin(row, "request", by=by, at=at, reason=statement)
    except IntegrityError as failure:
        raise WrongState(UNDER_WAY) from failure
    outbox.post("execution/mail/ending_requested.txt", to=people.users_with(Do.EXECUTION_REVIEW), key=f"ending-requested:{row.public_id}", at=at,
                project=project, termination=row)  # fmt: skip
    return row


def withdraw_termination(termination: Termination, *, by: User, at: datetime, seen: int | None = None) -> None:
    """The host takes the request back, before an officer takes it up."""
    check_holder(awards.project_by_id(termination.project_id), by)
    TERMINATION.advance(termination, "withdraw", by=by, at=at, seen=seen)


def open_termination(project: Project, *, ground: Ground, statement: str, by: User, at: datetime, seen: int | None = None) -> Termination:
    """Open the question whether the project ends early: what the host asks for, or on the Department's own account. Payments stop at once."""
    running(project)
    check_stranger(project, by)
    check_known_ground(project, ground)
    row = queries.requested_termination(project.id)
    if row is not None:
        check_reviewer(by.id, row.requested_by_id)
        check_seen(row, seen)
        row.ground, row.statement, row.opened_by_id, row.opened_at = ground, statement, by.id, at
        TERMINATION.advance(row, "open", by=by, at=at, reason=statement)
    else:
        row = Termination(state=TerminationState.OPENED, project_id=project.id, ground=ground, statement=statement, opened_by_id=by.id, opened_at=at)
        try:
            TERMINATION.begin(row, "open", by=by, at=at, reason=statement)
        except IntegrityError as failure:
            raise WrongState(UNDER_WAY) from failure
    funding.freeze(project, reason=statement, by=by, at=at)
    to = [*awards.holders(project), *people.users_with(Do.EXECUTION_DECIDE)]
    outbox.post("execution/mail/termination.txt", to=to, key=f"termination:{row.public_id}", at=at, project=project, termination=row)
    return row


def drop_termination(termination: Termination, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Drop it: the work goes on, payments too unless the project is suspended."""
    check_decider(termination, by)
    check_seen(termination, seen)
    termination.decided_by_id, termination.decided_at, termination.remark = by.id, at, reason
    TERMINATION.advance(termination, "drop", by=by, at=at, reason=reason)
    project = awards.project_by_id(termination.project_id)
    suspension = queries.open_suspension(project.id)
    if suspension is None:
        funding.unfreeze(project, reason=reason, by=by, at=at)
    to = [*awards.holders(project), *(u for u in [awards.person(termination.opened_by_id)] if u is not None)]
    outbox.post("execution/mail/dropped.txt", to=to, key=f"termination-dropped:{termination.public_id}", at=at, project=project, termination=termination,
                suspension=suspension)  # fmt: skip


def decide_termination(termination: Termination, *, cause: Cause, used: int, number: str, dated: date, remark: str | None, by: User, at: datetime,
                       bar: bool = False, seen: int | None = None) -> Paper:  # fmt: skip
    """End the project early by decision: the refund is fixed, the contract terminated, the project closed.

    `bar` keeps investigator and host from applying for the years of the rule people.debarment_years (terminated_breach); only a breach bars.
    """
    check_bar(termination.ground, bar)
    check_decider(termination, by)
    project = awards.project_by_id(termination.project_id, lock=True)
    number = check_number(number)
    check_day(dated, field="dated", since=local(termination.opened_at or at).date(), until=local(at).date())
    if used > project.paid_total:
        raise Incomplete(N_("More was used than was paid."), field="used")
    check_seen(termination, seen)
    percent = int(rulebook.value("funding.refund_percent", on=project.decision_date)[str(cause)])
    termination.cause, termination.paid, termination.used, termination.refund_percent = cause, project.paid_total, used, percent
    termination.refund = ledger.refund(project.paid_total, used, percent)
    termination.decision_number, termination.decision_date, termination.remark = number, dated, remark
    termination.decided_by_id, termination.decided_at = by.id, at
    TERMINATION.advance(termination, "decide", by=by, at=at, reason=remark, detail={"number": number, "refund": termination.refund})
    funding.terminate(awards.contract_of(project.id), by=by, at=at, reason=remark)
    suspension = queries.open_suspension(project.id)
    if suspension is not None:
        _advance_resumed(suspension, max(dated, suspension.from_date), number, by=by, at=at)
    for asked in queries.adjustments_of(project.id):
        if asked.state == AdjustmentState.REQUESTED:
            ADJUSTMENT.advance(asked, "lapse", by=by, at=at, detail={"number": number})
    funding.record_closing(project, ClosingKind.TERMINATED, dated=dated, number=number, cause=cause, by=by, at=at)
    until = _bar(termination, project, dated, by=by, at=at) if bar else None
    data = {"code": project.code, "title": project.title, "host": awards.host_name(project), "pi": project.pi_name, "ground_name": ON_PAPER[termination.ground],
            "cause_name": CAUSES[cause], "statement": termination.statement, "paid": termination.paid, "used": used, "unused": termination.paid - used,
            "percent": percent, "refund": termination.refund, "remark": remark or "", "barred": until.isoformat() if until else "", "dated": dated.isoformat(),
            "bases": papers.bases_of("execution/termination_decision", on=project.decision_date)}  # fmt: skip
    paper = papers.issue(template="execution/termination_decision", subject=termination, data=data, by=by, at=at, number=termination.decision_number,
                         dated=dated, title=f"Quyết định chấm dứt nhiệm vụ {project.code}")  # fmt: skip
    outbox.post("execution/mail/terminated.txt", to=awards.holders(project), key=f"terminated:{termination.public_id}", at=at, project=project,
                termination=termination)  # fmt: skip
    return paper


def _bar(termination: Termination, project: Project, dated: date, *, by: User, at: datetime) -> date:
    """Enter the bar of investigator and host, from the day of the decision."""
    years = int(rulebook.value("people.debarment_years", on=dated)["terminated_breach"])
    until = years_after(dated, years)
    if project.pi_id is not None:
        debar("terminated_breach", from_date=dated, until=until, user_id=project.pi_id)
    debar("terminated_breach", from_date=dated, until=until, organisation_id=project.host_id)
    journal.record(termination, "debar", by=by, at=at, detail={"years": years, "until": until.isoformat()})
    return until


def _issue(row: Suspension, project: Project, what: str, number: str, dated: date, *, reason: str, day: date, by: User, at: datetime) -> Paper:
    data = {"code": project.code, "title": project.title, "host": awards.host_name(project), "pi": project.pi_name, "reason": reason, "day": day.isoformat(),
            "stopped_by": row.decision_number, "ends_on": project.ends_on.isoformat(), "bases": papers.bases_of(f"execution/{what}_decision", on=project.decision_date)}  # fmt: skip
    named = {"suspension": "tạm dừng thực hiện", "resumption": "cho tiếp tục thực hiện"}[what]
    return papers.issue(template=f"execution/{what}_decision", subject=row, data=data, by=by, at=at, number=number, dated=dated,
                        title=f"Quyết định {named} nhiệm vụ {project.code}")  # fmt: skip


def _advance_resumed(suspension: Suspension, on: date, reason: str, *, by: User, at: datetime, number: str | None = None) -> None:
    SUSPENSION.advance(suspension, "resume", by=by, at=at, reason=reason, detail={"number": number} if number else None)
    suspension.until = on
    db.session.flush()
