"""What waits for a person: one function per kind of work, each a part of the desk's one statement."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, TextualSelect, case, exists, func, or_
from sqlalchemy.orm import aliased

from app.across.anybody import Anybody
from app.across.desk import (
    awards,
    checks,
    councils,
    dossiers,
    later,
    money,
    office,
    plans,
    visits,
    waiting,
)
from app.across.desk.projects import of_project
from app.across.desk.waiting import NOW, Found, Task, few, lines, read, together
from app.kernel import clock
from app.kernel.db import db
from app.kernel.outbox import MailState, OutboxMail
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.calls.models import Call, CallTopic, Extension, Question
from app.stages.calls.rules import CallState, QuestionState
from app.stages.execution.models import (
    Adjustment,
    Report,
    Suspension,
    Termination,
)
from app.stages.execution.rules import (
    OPEN_REPORTS,
    AdjustmentState,
    ReportState,
    SuspensionState,
    TerminationState,
)
from app.stages.funding import queries as funding
from app.stages.funding.models import (
    Appraisal,
    Contract,
    Project,
    ProjectClosing,
    Settlement,
    Submission,
)
from app.stages.funding.rules import (
    ContractState,
    SettlementState,
    SubmissionState,
)
from app.stages.ideas.models import Idea, ReceiverCommitment, Topic
from app.stages.ideas.rules import COMMITTABLE, CommitmentState, IdeaState, Mode
from app.stages.proposals import queries as proposals
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection.models import RankingLine

REPORT_AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Group:
    """A kind of work with its most urgent lines, and how many there are and are late."""

    label: str
    name: str
    tasks: list[Task]
    count: int
    late: int


# What waits: statements made by `lines`, all of a desk read in one query. They are written once a day for all people with the same
# roles: `user` is waiting.Anybody, the instant is the day's first (the present one is NOW). Those in COMPUTED give tasks instead,
# for the person and the instant.
Provider = Callable[[User, datetime], Sequence[Task | Select[Any]]]


# --- ideas and calls ------------------------------------------------------------------------------------------


def my_ideas(user: User, _at: datetime) -> list[Select[Any]]:
    """Ideas this person is writing, or got back."""
    reason = case((Idea.state == IdeaState.RETURNED, Idea.return_reason), else_="")
    return [lines("ideas.show", Idea.public_id, Idea.title, since=Idea.created_at, hint=reason)
            .where(Idea.owner_id == user.id, Idea.state.in_((IdeaState.DRAFT, IdeaState.RETURNED)))]  # fmt: skip


def commitments_to_answer(user: User, _at: datetime) -> list[Select[Any]]:
    """Ideas that name a body this person signs for to receive the result, and wait for its word."""
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    if not managed or not user.can(Do.IDEAS_COMMIT):
        return []
    return [lines("ideas.commit", Idea.public_id, Idea.title, since=ReceiverCommitment.asked_at, hint=Idea.code)
            .join(ReceiverCommitment, ReceiverCommitment.idea_id == Idea.id)
            .where(ReceiverCommitment.state == CommitmentState.ASKED, ReceiverCommitment.organisation_id == Idea.receiver_organisation_id,
                   Idea.receiver_organisation_id.in_(managed), Idea.state.in_(COMMITTABLE))]  # fmt: skip


def ideas_to_put_forward(user: User, _at: datetime) -> list[Select[Any]]:
    """Identified ideas that no submission names yet."""
    if not user.can(Do.IDEAS_IDENTIFY):
        return []
    return [lines("ideas.show", Idea.public_id, func.coalesce(Idea.final_title, Idea.title), since=Idea.identified_at, hint=Idea.code)
            .where(Idea.state == IdeaState.IN_IDENTIFICATION, Idea.outcome.is_not(None), Idea.submission_pid.is_(None))]  # fmt: skip


def ideas_to_approve(user: User, _at: datetime) -> list[Select[Any]]:
    """Identified ideas that await the decision."""
    if not user.can(Do.IDEAS_APPROVE):
        return []
    return [lines("ideas.show", Idea.public_id, func.coalesce(Idea.final_title, Idea.title), since=Idea.submitted_at)
            .where(Idea.state == IdeaState.IN_IDENTIFICATION, Idea.outcome.is_not(None))]  # fmt: skip


def calls_to_move(user: User, _at: datetime) -> list[Select[Any]]:
    """Call drafts to publish, closed calls to open."""
    if not user.can(Do.CALLS_OPEN):
        return []
    return [lines("calls.show", Call.public_id, Call.title, since=func.coalesce(Call.closed_at, Call.created_at), until=case((Call.state == CallState.CLOSED, Call.opening_at)))
            .where(Call.state.in_((CallState.DRAFT, CallState.CLOSED)))]  # fmt: skip


def extensions_to_confirm(user: User, _at: datetime) -> list[Select[Any]]:
    """Later deadlines that somebody else proposed."""
    if not user.can(Do.CALLS_EXTEND):
        return []
    return [lines("calls.confirm_extension", Call.public_id, Call.title, since=Extension.proposed_at, hint=Extension.reason)
            .join(Call, Call.id == Extension.call_id)
            .where(Extension.confirmed_at.is_(None), Extension.refused_at.is_(None), Extension.proposed_by_id != user.id)]  # fmt: skip


def questions_to_answer(user: User, _at: datetime) -> list[Select[Any]]:
    """Questions about open calls, by the day until which questions are taken."""
    if not user.can(Do.CALLS_PUBLISH):
        return []
    return [lines("calls.answer", Question.public_id, Question.text, since=Question.asked_at, until=func.coalesce(Call.questions_until, Call.deadline), hint=Call.title)
            .join(Call, Call.id == Question.call_id).where(Question.state == QuestionState.ASKED)]  # fmt: skip


def open_calls(user: User, _at: datetime) -> list[Select[Any]]:
    """Calls that receive dossiers now, for those who may answer them."""
    if not waiting.applies(user):
        return []
    bodies = [m.organisation_id for m in user.live_memberships]
    named = exists().where(CallTopic.call_id == Call.id, Topic.id == CallTopic.topic_id, Topic.assigned_organisation_id.in_(bodies))
    return [lines("calls.show", Call.public_id, Call.title, until=Call.deadline)
            .where(Call.state == CallState.PUBLISHED, Call.opens_at <= NOW, Call.deadline >= NOW, or_(Call.mode != Mode.DIRECT, named))]  # fmt: skip


# --- dossiers -------------------------------------------------------------------------------------------------


def to_sign_off(user: User, _at: datetime) -> list[Select[Any]]:
    """Drafts that wait for the host's signature."""
    if not user.can(Do.PROPOSALS_SIGN_OFF):
        return []
    return [lines("proposals.show", Proposal.public_id, Proposal.title, since=Proposal.created_at, hint=User.name).join(User, User.id == Proposal.pi_id)
            .where(proposals.managed_by(user), Proposal.state == ProposalState.DRAFT, Proposal.host_signed_at.is_(None))]  # fmt: skip


# --- money ----------------------------------------------------------------------------------------------------


def budgets_to_appraise(user: User, _at: datetime) -> list[Select[Any]]:
    """Selected dossiers whose budget nobody has read yet, and appraisals that are not (or no longer) submitted."""
    if not user.can(Do.FUNDING_PROPOSE):
        return []
    begun = exists().where(Appraisal.proposal_id == Proposal.id)  # a dossier is ranked once: asked before its line is looked for
    submitted = exists().where(Submission.appraisal_id == Appraisal.id, Submission.state != SubmissionState.RETURNED)
    of = aliased(Proposal)
    selected = exists().where(of.id == Appraisal.proposal_id, of.state == ProposalState.SELECTED)
    return [few(lines("funding.begin_appraisal", RankingLine.public_id, Proposal.title, since=RankingLine.frozen_at, hint=Proposal.code)
                .join(Proposal, Proposal.id == RankingLine.proposal_id).where(funding.may_be_appraised()), Proposal.id, Proposal.state == ProposalState.SELECTED, ~begun),
            few(lines("funding.appraisal", Appraisal.public_id, Proposal.title, since=Appraisal.created_at, hint=Proposal.code)
                .join(Proposal, Proposal.id == Appraisal.proposal_id), Appraisal.id, ~submitted, selected)]  # fmt: skip


def awards_to_decide(user: User, _at: datetime) -> list[Select[Any]]:
    """Projects submitted for approval."""
    if not user.can(Do.FUNDING_APPROVE):
        return []
    return [lines("funding.submission", Submission.public_id, Submission.title, since=Submission.submitted_at, hint=User.name)
            .join(User, User.id == Submission.submitted_by_id).where(Submission.state.in_((SubmissionState.SUBMITTED, SubmissionState.HELD)))]  # fmt: skip


def contracts_to_sign(user: User, _at: datetime) -> list[Select[Any]]:
    """Approved projects without a signed contract."""
    if not user.can(Do.FUNDING_CONTRACT) or user.can(Do.FUNDING_APPROVE):
        return []
    drafted = exists().where(Contract.project_id == Project.id)
    living = ~Project.historic & ~exists().where(ProjectClosing.project_id == Project.id)
    return [few(lines("funding.draft_contract", Project.public_id, Project.title, since=Project.created_at, hint=Project.code), Project.id, living, ~drafted),
            lines("funding.contract", Contract.public_id, Project.title, since=Project.created_at, hint=Project.code)
            .join(Project, Project.id == Contract.project_id).where(living, Contract.state == ContractState.DRAFT)]  # fmt: skip


def accounts(user: User, _at: datetime) -> list[Select[Any]]:
    """Ended projects: final accounts to hand in, to decide on, contracts to liquidate."""
    found = [_ended(user, "funding.submit_settlement", Project.public_id, funding.held(user), or_(Settlement.id.is_(None), Settlement.state == SettlementState.RETURNED))]
    if user.can(Do.FUNDING_SETTLE):
        found.append(_ended(user, "funding.decide_settlement", Settlement.public_id, Settlement.state == SettlementState.SUBMITTED))
    if user.can(Do.FUNDING_LIQUIDATE):
        found.append(_ended(user, "funding.liquidate", Contract.public_id, Contract.state == ContractState.SETTLED, funding.owed_sql() <= 0))
    return found


def refunds(user: User, _at: datetime) -> list[Select[Any]]:
    """Money that is to come back by accepted accounts: to pay for those who hold the project, to book for finance."""
    due = (Contract.state == ContractState.SETTLED, funding.owed_sql() > 0)
    found = [_ended(user, "funding.settlement", Settlement.public_id, funding.held(user), *due)]
    return [*found, _ended(user, "funding.refund", Project.public_id, *due)] if user.can(Do.FUNDING_PAY) else found


def _ended(user: User, endpoint: str, pid: Any, *where: Any) -> Select[Any]:
    return (lines(endpoint, pid, Project.title, since=ProjectClosing.at, hint=Project.code).select_from(Contract).join(Project, Project.id == Contract.project_id)
            .join(ProjectClosing, ProjectClosing.project_id == Project.id).outerjoin(Settlement, Settlement.project_id == Project.id)
            .where(Contract.state.not_in((ContractState.DRAFT, ContractState.LIQUIDATED)), funding.visible(user), *where))  # fmt: skip


# --- the work -------------------------------------------------------------------------------------------------


def _awaited(user: User, endpoint: str, until: date, *where: Any) -> Select[Any]:
    """Reports awaited until that day, of projects that have not ended and are not suspended."""
    ended = exists().where(ProjectClosing.project_id == Report.project_id)
    stopped = exists().where(Suspension.project_id == Report.project_id, Suspension.state == SuspensionState.SUSPENDED)
    return of_project(Report, user, endpoint, Report.state.in_(OPEN_REPORTS), Report.due_on <= until, ~ended, ~stopped, *where, due=Report.due_on)


def reports_to_write(user: User, at: datetime) -> list[Select[Any]]:
    """Reports of this person's projects that are due soon, late, or came back."""
    return [_awaited(user, "execution.submit_report", clock.local(at + REPORT_AHEAD).date(), funding.held(user))]


def reports_to_review(user: User, _at: datetime) -> list[Select[Any]]:
    """Reports that came in."""
    if not user.can(Do.EXECUTION_REVIEW):
        return []
    return [of_project(Report, user, "execution.review_report", Report.state == ReportState.SUBMITTED, since=Report.submitted_at)]


def late_reports(user: User, at: datetime) -> list[Select[Any]]:
    """Reports that others owe and whose day is past."""
    if not user.can(Do.EXECUTION_REVIEW):
        return []
    return [_awaited(user, "execution.report", clock.local(at).date() - timedelta(days=1))]


def changes_to_decide(user: User, _at: datetime) -> list[Select[Any]]:
    """Requests for changes."""
    if not user.can(Do.EXECUTION_DECIDE):
        return []
    ended = exists().where(ProjectClosing.project_id == Adjustment.project_id)
    return [of_project(Adjustment, user, "execution.decide_adjustment", Adjustment.state == AdjustmentState.REQUESTED, ~ended, since=Adjustment.requested_at)]


def endings_to_decide(user: User, _at: datetime) -> list[Select[Any]]:
    """Early ends asked for (to take up) or under consideration (to decide), and suspended projects that wait to be resumed."""
    if user.can(Do.EXECUTION_REVIEW):
        ended = exists().where(ProjectClosing.project_id == Termination.project_id)
        return [of_project(Termination, user, "execution.termination", Termination.state == TerminationState.REQUESTED, ~ended, since=Termination.requested_at)]
    if not user.can(Do.EXECUTION_DECIDE):
        return []
    return [of_project(Termination, user, "execution.decide_termination", Termination.state == TerminationState.OPENED, since=Termination.opened_at),
            of_project(Suspension, user, "execution.suspension", Suspension.state == SuspensionState.SUSPENDED, since=Suspension.at)]  # fmt: skip


# --- the house ------------------------------------------------------------------------------------------------


def failed_mails(user: User, _at: datetime) -> list[Select[Any]]:
    """Mails that could not be delivered, by their kind only: subject and address may tell of a sealed dossier."""
    if not user.can(Do.ADMIN_OUTBOX) or user.can(Do.EXECUTION_READ) and not user.can(Do.EXECUTION_REVIEW):
        return []
    troubled = or_(OutboxMail.mail_state == MailState.FAILED, (OutboxMail.mail_state == MailState.WAITING) & (OutboxMail.tries > 3))
    return [lines("admin.mail", OutboxMail.public_id, OutboxMail.template, since=OutboxMail.posted_at).where(troubled)]


PROVIDERS: tuple[tuple[str, Provider], ...] = (
    (N_("Waiting for your sign-off"), to_sign_off),
    (N_("Invitations to teams"), dossiers.invitations),
    (N_("Dossiers you are asked to lead"), dossiers.leads_to_take),
    (N_("Results offered to your body: sign or refuse"), later.handovers_to_sign),
    (N_("Results your body is named to receive: confirm or decline"), commitments_to_answer),
    (N_("Questions of a council to answer"), councils.questions_to_answer),
    (N_("Councils you sit on"), councils.to_sit),
    (N_("Councils that await your decision"), councils.to_establish),
    (N_("Projects that await your decision"), awards_to_decide),
    (N_("Reserve: decide who moves up"), councils.places_to_fill),
    (N_("Acceptance that awaits your decision"), later.to_recognise),
    (N_("Changes that await your decision"), changes_to_decide),
    (N_("Early ends to take up or decide, suspended projects to resume"), endings_to_decide),
    (N_("Ideas that await your decision"), ideas_to_approve),
    (N_("Payments to deal with"), money.tranches),
    (N_("Plans that await your decision"), plans.to_decide),
    (N_("Measures of the plan: late, or without the yearly note"), plans.to_note),
    (N_("Reports to write"), reports_to_write), (N_("Findings of inspections to be mended"), visits.findings_to_mend),
    (N_("Acceptance dossiers and results to complete"), later.dossiers_to_complete),
    (N_("Reports on the use of results to write"), later.use_to_report),
    (N_("Final accounts and liquidation"), accounts),
    (N_("Money to come back"), refunds),
    (N_("Later deadlines to confirm"), extensions_to_confirm), (N_("Late dossiers to admit or refuse"), checks.late_to_answer),
    (N_("Dossiers on paper to enter or compare"), checks.to_compare),
    (N_("To be added to your dossiers"), checks.to_add), (N_("Questions on your budgets, work descriptions to revise"), awards.costs_to_answer),
    (N_("Dossiers to check"), checks.to_check),
    (N_("Topics whose dossiers wait for a council"), councils.topics_to_put),
    (N_("Councils to set up or hold"), councils.to_run),
    (N_("Rounds to conclude"), councils.rounds_to_conclude), (N_("Complaints to answer"), councils.complaints_to_answer),
    (N_("Topics left without a dossier"), councils.topics_to_free),
    (N_("Results of a council to put in words"), councils.ideas_to_word),
    (N_("Acceptance dossiers to deal with"), later.acceptance_to_run),
    (N_("Budgets to appraise"), budgets_to_appraise), (N_("Revised work descriptions to look at"), awards.revisions_to_look_at),
    (N_("Contracts to sign"), contracts_to_sign),
    (N_("Reports to review"), reports_to_review),
    (N_("Use of results to verify, contracts to register"), later.use_to_verify),
    (N_("Transfer contracts to sign, register or end"), later.contracts_of_results),
    (N_("Visitors' messages to answer"), later.interest_to_answer),
    (N_("Questions about calls to answer"), questions_to_answer),
    (N_("Requests for a link to the order form"), office.link_requests),
    (N_("Ideas to put to the people's committee"), ideas_to_put_forward),
    (N_("Ideas to put to identification"), councils.ideas_to_identify),
    (N_("Topics to put into a call"), councils.topics_to_call),
    (N_("Calls to publish or open"), calls_to_move),
    (N_("Planned inspections"), visits.inspections), (N_("Findings of inspections to judge"), visits.findings_to_judge),
    (N_("Reports that others owe"), late_reports),
    (N_("Measures of the plan that others owe"), plans.late_elsewhere),
    (N_("Reports on use that others owe"), later.late_use_reports),
    (N_("Who belongs to which organisation: to confirm"), office.belonging_to_confirm),
    (N_("Papers to number"), office.papers_to_number),
    (N_("Papers whose signed scan is awaited"), office.papers_to_scan),
    (N_("Mails in trouble"), failed_mails), (N_("Whose files you look after as deputy"), office.deputised),
    (N_("Sections given to you to write"), dossiers.sections_to_write),
    (N_("Your drafts"), dossiers.my_drafts),
    (N_("Your dossiers: where they are"), dossiers.handed_in),
    (N_("Your ideas to finish"), my_ideas),
    (N_("Open calls"), open_calls),
)


COMPUTED = (later.to_recognise, later.dossiers_to_complete, later.acceptance_to_run)


@functools.lru_cache(maxsize=32)
def _statements(anybody: Anybody, _dialect: str) -> tuple[TextualSelect, ...]:
    start = clock.at_local(anybody.today)
    return together(((n, part) for n, (_label, provider) in enumerate(PROVIDERS) if provider not in COMPUTED
                     for part in provider(cast(User, anybody), start) if isinstance(part, Select)), db.engine.dialect)  # fmt: skip


def groups(user: User, at: datetime, *, shown: int = waiting.EVERY, whole: str = "") -> list[Group]:
    """All that waits for this person, in the order of PROVIDERS: the `shown` most urgent of each kind, and all of the kind named `whole`."""
    today, found = clock.local(at).date(), []
    limits = [waiting.EVERY if provider.__name__ == whole else shown for _label, provider in PROVIDERS]
    at_whole = next((n for n, limit in enumerate(limits) if limit != shown), -1)
    statements = _statements(Anybody.like(user, today, plans.facts(user, today)), db.engine.dialect.name)
    unsorted = read(statements, Anybody.parameters(user, at), today, shown=shown, whole=at_whole)
    for n, (label, provider) in enumerate(PROVIDERS):
        part = _computed(provider, user, at, limits[n]) if provider in COMPUTED else unsorted.get(n)
        if part is not None and part.count:
            found.append(Group(label, provider.__name__, part.tasks, part.count, part.late))
    return found


def _computed(provider: Provider, user: User, at: datetime, shown: int) -> Found:
    tasks = [t for t in provider(user, at) if isinstance(t, Task)]
    tasks.sort(key=lambda t: (t.due or date.max, t.since or at))
    today = clock.local(at).date()
    return Found(tasks[:shown], len(tasks), sum(1 for t in tasks if t.due is not None and t.due < today))
