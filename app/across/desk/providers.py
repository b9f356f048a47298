"""What waits for a person: one function per kind of work, each with a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.across.desk import councils, later
from app.across.desk.tasks import Provider, Task
from app.kernel import clock
from app.kernel.db import db
from app.kernel.outbox import MailState, OutboxMail
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.calls import queries as calls
from app.stages.calls.models import Call, Extension
from app.stages.calls.rules import CallState
from app.stages.execution import queries as execution
from app.stages.funding import queries as funding
from app.stages.funding.rules import ContractState, SettlementState, TrancheState
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import IdeaState
from app.stages.proposals import queries as proposals

REPORT_AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Group:
    """A kind of work with its lines, oldest first."""

    label: str
    tasks: list[Task]
    late: int


def _of_project(rows: list[Any], endpoint: str, since: str | None = None, due: str | None = None) -> list[Task]:
    """Tasks made of rows that hang on a project."""
    return [Task(r.project.title, url_for(endpoint, pid=r.public_id), getattr(r, since) if since else None,
                 getattr(r, due) if due else None, r.project.code) for r in rows]  # fmt: skip


def _holds(user: User, project: Any) -> bool:
    return bool(funding.may_request(user, project))


# --- ideas and calls ------------------------------------------------------------------------------------------


def my_ideas(user: User, _at: datetime) -> list[Task]:
    """Ideas this person is writing, or got back."""
    rows = db.session.execute(select(Idea.public_id, Idea.title, Idea.created_at, Idea.return_reason, Idea.state).where(
        Idea.owner_id == user.id, Idea.state.in_((IdeaState.DRAFT, IdeaState.RETURNED))).order_by(Idea.id).limit(50))  # fmt: skip
    return [Task(r.title, url_for("ideas.show", pid=r.public_id), r.created_at, hint=r.return_reason if r.state == IdeaState.RETURNED else "") for r in rows]


def ideas_to_identify(user: User, _at: datetime) -> list[Task]:
    """Submitted ideas."""
    if not user.can(Do.IDEAS_IDENTIFY):
        return []
    return [Task(i.title, url_for("ideas.show", pid=i.public_id), i.submitted_at) for i in ideas.waiting_for_council()]


def ideas_to_approve(user: User, _at: datetime) -> list[Task]:
    """Identified ideas that await the decision."""
    if not user.can(Do.IDEAS_APPROVE):
        return []
    return [Task(i.final_title or i.title, url_for("ideas.show", pid=i.public_id), i.submitted_at) for i in ideas.identified()]


def calls_to_move(user: User, _at: datetime) -> list[Task]:
    """Call drafts to publish, closed calls to open."""
    if not user.can(Do.CALLS_OPEN):
        return []
    wanted = (CallState.DRAFT, CallState.CLOSED)
    rows = db.session.execute(select(Call.public_id, Call.title, Call.created_at, Call.closed_at).where(Call.state.in_(wanted)).order_by(Call.id))
    return [Task(r.title, url_for("calls.show", pid=r.public_id), r.closed_at or r.created_at) for r in rows]


def extensions_to_confirm(user: User, _at: datetime) -> list[Task]:
    """Later deadlines that somebody else proposed."""
    if not user.can(Do.CALLS_EXTEND):
        return []
    rows = db.session.scalars(select(Extension).options(joinedload(Extension.call)).where(
        Extension.confirmed_at.is_(None), Extension.refused_at.is_(None), Extension.proposed_by_id != user.id))  # fmt: skip
    return [Task(e.call.title, url_for("calls.confirm_extension", pid=e.call.public_id), e.proposed_at, hint=e.reason) for e in rows]


def open_calls(user: User, at: datetime) -> list[Task]:
    """Calls that receive dossiers now, for those who may answer them."""
    if "researcher" not in user.roles or user.can(Do.CALLS_PUBLISH):
        return []
    return [Task(c["title"], url_for("calls.show", pid=c["pid"]), due=clock.local(c["deadline"]).date()) for c in calls.open_calls(at)]


# --- dossiers -------------------------------------------------------------------------------------------------


def my_drafts(user: User, _at: datetime) -> list[Task]:
    """Dossiers this person is writing."""
    return [Task(p.title, url_for("proposals.show", pid=p.public_id), p.created_at, hint=p.sent_back_reason or "") for p in proposals.drafts_of(user)]


def to_sign_off(user: User, _at: datetime) -> list[Task]:
    """Drafts that wait for the host's signature."""
    if not user.can(Do.PROPOSALS_SIGN_OFF):
        return []
    return [Task(p.title, url_for("proposals.show", pid=p.public_id), p.created_at, hint=p.pi.name) for p in proposals.to_sign(user)]


def to_check(user: User, _at: datetime) -> list[Task]:
    """Opened dossiers to check."""
    if not user.can(Do.PROPOSALS_CHECK):
        return []
    return [Task(p.title, url_for("proposals.check", pid=p.public_id), p.submitted_at, hint=p.code or "") for p in proposals.to_check()]


# --- money ----------------------------------------------------------------------------------------------------


def budgets_to_appraise(user: User, _at: datetime) -> list[Task]:
    """Recommended proposals whose budget nobody has read yet, and appraisals under way."""
    if not user.can(Do.FUNDING_PROPOSE):
        return []
    lines = [Task(r.proposal.title, url_for("funding.begin_appraisal", pid=r.public_id), r.frozen_at, hint=r.proposal.code or "") for r in funding.lines_to_appraise()]
    return lines + [Task(a.proposal.title, url_for("funding.appraisal", pid=a.public_id), a.created_at, hint=a.proposal.code or "")
                    for a, _allowed in funding.open_appraisals()]  # fmt: skip


def awards_to_decide(user: User, _at: datetime) -> list[Task]:
    """Projects submitted for approval."""
    if not user.can(Do.FUNDING_APPROVE):
        return []
    return [Task(s.title, url_for("funding.submission", pid=s.public_id), s.submitted_at, hint=s.submitted_by.name) for s in funding.waiting_submissions()]


def contracts_to_sign(user: User, _at: datetime) -> list[Task]:
    """Approved projects without a signed contract."""
    if not user.can(Do.FUNDING_CONTRACT) or user.can(Do.FUNDING_APPROVE):
        return []
    return [Task(p.title, url_for("funding.contract", pid=c.public_id) if c else url_for("funding.draft_contract", pid=p.public_id), p.created_at, hint=p.code)
            for p, c in funding.projects_without_signed_contract()]  # fmt: skip


def tranches(user: User, _at: datetime) -> list[Task]:
    """Payments to ask for, to approve, to make: what this person may do next."""
    wanted = [TrancheState.DUE]
    wanted += [TrancheState.REQUESTED] if user.can(Do.FUNDING_APPROVE_PAYMENT) else []
    wanted += [TrancheState.APPROVED] if user.can(Do.FUNDING_PAY) else []
    page = {TrancheState.DUE: "funding.request_payment", TrancheState.REQUESTED: "funding.approve_payment", TrancheState.APPROVED: "funding.pay"}
    rows = [t for t in funding.tranches_in(user, *wanted) if t.state != TrancheState.DUE or _holds(user, t.project)]
    rows = [t for t in rows if t.state == TrancheState.DUE or user.id not in (t.requested_by_id, t.first_approved_by_id, t.approved_by_id)]
    return [Task(t.project.title, url_for(page[t.state], pid=t.public_id), t.approved_at or t.requested_at, hint=t.project.code,
                 due=t.planned_on if t.state == TrancheState.DUE else None) for t in rows]  # fmt: skip


def accounts(user: User, _at: datetime) -> list[Task]:
    """Ended projects: final accounts to hand in, to decide on, contracts to liquidate."""
    found = []
    for contract, closing, settlement in funding.closed_contracts(user):
        project, page = contract.project, None
        if settlement is None or settlement.state == SettlementState.RETURNED:
            page = ("funding.submit_settlement", project.public_id) if _holds(user, project) else None
        elif settlement.state == SettlementState.SUBMITTED:
            page = ("funding.decide_settlement", settlement.public_id) if user.can(Do.FUNDING_SETTLE) else None
        elif contract.state == ContractState.SETTLED and user.can(Do.FUNDING_LIQUIDATE):
            page = ("funding.liquidate", contract.public_id)
        if page is not None:
            found.append(Task(project.title, url_for(page[0], pid=page[1]), closing.at, hint=project.code))
    return found


# --- the work -------------------------------------------------------------------------------------------------


def reports_to_write(user: User, at: datetime) -> list[Task]:
    """Reports of this person's projects that are due soon, late, or came back."""
    rows = execution.awaited_reports(user, until=clock.local(at + REPORT_AHEAD).date())
    return _of_project([r for r in rows if _holds(user, r.project)], "execution.submit_report", due="due_on")


def reports_to_review(user: User, _at: datetime) -> list[Task]:
    """Reports that came in."""
    return _of_project(execution.submitted_reports(user), "execution.review_report", since="submitted_at") if user.can(Do.EXECUTION_REVIEW) else []


def late_reports(user: User, at: datetime) -> list[Task]:
    """Reports that others owe and whose day is past."""
    if not user.can(Do.EXECUTION_REVIEW):
        return []
    return _of_project(execution.awaited_reports(user, until=clock.local(at).date() - timedelta(days=1)), "execution.report", due="due_on")


def inspections(user: User, _at: datetime) -> list[Task]:
    """Visits that are planned."""
    return _of_project(execution.planned_inspections(user), "execution.inspection", due="planned_on") if user.can(Do.EXECUTION_INSPECT) else []


def changes_to_decide(user: User, _at: datetime) -> list[Task]:
    """Requests for changes and early ends under consideration."""
    if not user.can(Do.EXECUTION_DECIDE):
        return []
    return [*_of_project(execution.requested_adjustments(user), "execution.decide_adjustment", since="requested_at"),
            *_of_project(execution.opened_terminations(user), "execution.decide_termination", since="opened_at")]  # fmt: skip


# --- the house ------------------------------------------------------------------------------------------------


def failed_mails(user: User, _at: datetime) -> list[Task]:
    """Mails that could not be delivered."""
    if not user.can(Do.ADMIN_OUTBOX) or user.can(Do.EXECUTION_READ) and not user.can(Do.EXECUTION_REVIEW):
        return []
    troubled = or_(OutboxMail.mail_state == MailState.FAILED, (OutboxMail.mail_state == MailState.WAITING) & (OutboxMail.tries > 3))
    rows = db.session.execute(select(OutboxMail.public_id, OutboxMail.subject, OutboxMail.posted_at, OutboxMail.to_address).where(troubled)
                              .order_by(OutboxMail.id).limit(50))  # fmt: skip
    return [Task(r.subject, url_for("admin.mail", pid=r.public_id), r.posted_at, hint=r.to_address) for r in rows]


PROVIDERS: tuple[tuple[str, Provider], ...] = (
    (N_("Waiting for your sign-off"), to_sign_off),
    (N_("Results offered to your body: sign or refuse"), later.handovers_to_sign),
    (N_("Councils you sit on"), councils.to_sit),
    (N_("Projects that await your decision"), awards_to_decide),
    (N_("Acceptance that awaits your decision"), later.to_recognise),
    (N_("Changes that await your decision"), changes_to_decide),
    (N_("Ideas that await your decision"), ideas_to_approve),
    (N_("Payments to deal with"), tranches),
    (N_("Reports to write"), reports_to_write),
    (N_("Acceptance dossiers and results to complete"), later.dossiers_to_complete),
    (N_("Reports on the use of results to write"), later.use_to_report),
    (N_("Final accounts and liquidation"), accounts),
    (N_("Later deadlines to confirm"), extensions_to_confirm),
    (N_("Dossiers to check"), to_check),
    (N_("Topics whose dossiers wait for a council"), councils.topics_to_put),
    (N_("Councils to set up or hold"), councils.to_run),
    (N_("Rounds to conclude"), councils.rounds_to_conclude),
    (N_("Topics left without a dossier"), councils.topics_to_free),
    (N_("Results of a council to put in words"), councils.ideas_to_word),
    (N_("Acceptance dossiers to deal with"), later.acceptance_to_run),
    (N_("Budgets to appraise"), budgets_to_appraise),
    (N_("Contracts to sign"), contracts_to_sign),
    (N_("Reports to review"), reports_to_review),
    (N_("Use of results to verify, contracts to register"), later.use_to_verify),
    (N_("Visitors' messages to answer"), later.interest_to_answer),
    (N_("Ideas to put to identification"), ideas_to_identify),
    (N_("Calls to publish or open"), calls_to_move),
    (N_("Planned inspections"), inspections),
    (N_("Reports that others owe"), late_reports),
    (N_("Reports on use that others owe"), later.late_use_reports),
    (N_("Mails in trouble"), failed_mails),
    (N_("Your drafts"), my_drafts),
    (N_("Your ideas to finish"), my_ideas),
    (N_("Open calls"), open_calls),
)


def groups(user: User, at: datetime) -> list[Group]:
    """All that waits for this person, in the order of PROVIDERS."""
    today = clock.local(at).date()
    found = []
    for label, provider in PROVIDERS:
        if tasks := provider(user, at):
            tasks.sort(key=lambda t: (t.due or date.max, t.since or at))
            found.append(Group(label, tasks, sum(1 for t in tasks if t.due is not None and t.due < today)))
    return found
