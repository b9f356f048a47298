"""Where each step of the lifecycle stands in the records of the stages: its items that are open, or that were done in a span."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Date,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)

from app.kernel.db import UtcDateTime
from app.kernel.journal import JournalEntry
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.rules import CaseState
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import CallState
from app.stages.execution.models import Adjustment, Report, Termination
from app.stages.execution.rules import AdjustmentState, ReportState, TerminationState
from app.stages.funding.models import (
    Appraisal,
    Contract,
    CostQuestion,
    Liquidation,
    Project,
    ProjectClosing,
    Settlement,
    Submission,
    Tranche,
    WorkRevision,
)
from app.stages.funding.rules import (
    ContractState,
    RevisionState,
    SettlementState,
    SubmissionState,
    TrancheState,
)
from app.stages.ideas.models import Idea, Topic
from app.stages.ideas.rules import IdeaState
from app.stages.proposals.checkmodels import Remedy
from app.stages.proposals.eligibility import RemedyState
from app.stages.proposals.models import Proposal
from app.stages.proposals.queries import UNSEALED
from app.stages.proposals.rules import ProposalState
from app.stages.selection.models import Complaint, RankingLine, Round
from app.stages.selection.rules import ComplaintState, RoundState
from app.stages.transfer.models import Agreement, FollowUp, Interest
from app.stages.transfer.rules import AgreementState, FollowUpState, InterestState


@dataclass(frozen=True)
class Span:
    """Items that are open; or those done on days from the one to the other, as instants and as days."""

    done: bool
    at: tuple[Any, Any] = (None, None)
    days: tuple[Any, Any] = (None, None)

    def of(self, *, at: Any = None, day: Any = None, waits: Any = None) -> Any:
        """The condition on what tells that a step is done. `waits` says it of open ones, where no empty time does."""
        told = at if at is not None else day
        if not self.done:
            return waits if waits is not None else told.is_(None)
        return and_(at >= self.at[0], at < self.at[1]) if at is not None else day.between(*self.days)


def _line(endpoint: str, pid: Any, file: tuple[str, Any], ref: Any, title: Any, *, at: Any = None, day: Any = None, done_at: Any = None, done_on: Any = None,
          fixed: Any = None, on: Any = None, key: Any = None, turn: Any = None) -> Select[Any]:  # fmt: skip
    """The columns of an item. `key` is the record's public id in the journal, where its page has another; `on` the day of which the rule holds;
    `turn` whose turn it is, where it changes on the way."""

    def col(value: Any, kind: Any, name: str) -> Any:
        return (cast(null(), kind) if value is None else value).label(name)

    return select(
        literal(endpoint).label("endpoint"), pid.label("pid"), literal(file[0]).label("kind"), file[1].label("file_pid"), col(key if key is not None else pid, String(), "key"),
        func.coalesce(ref, "").label("ref"), title.label("title"), col(at, UtcDateTime(), "at"), col(day, Date(), "day"), col(done_at, UtcDateTime(), "done_at"),
        col(done_on, Date(), "done_on"), col(fixed, Date(), "fixed"), col(on, Date(), "rule_on"),
        col(turn, String(), "turn"))  # fmt: skip


def identified(span: Span) -> Select[Any]:
    waits = and_(Idea.identified_at.is_(None), Idea.state.in_((IdeaState.SUBMITTED, IdeaState.RETURNED, IdeaState.IN_IDENTIFICATION)))
    return (_line("ideas.show", Idea.public_id, ("idea", Idea.public_id), Idea.code, Idea.title, at=Idea.submitted_at, done_at=Idea.identified_at)
            .where(Idea.submitted_at.is_not(None), span.of(at=Idea.identified_at, waits=waits)))  # fmt: skip


def listed(span: Span) -> Select[Any]:
    waits = and_(Idea.state == IdeaState.IN_IDENTIFICATION, Idea.identified_at.is_not(None))
    return (_line("ideas.show", Idea.public_id, ("idea", Idea.public_id), Idea.code, Idea.title, at=Idea.identified_at, done_on=Idea.decision_date)
            .where(Idea.identified_at.is_not(None), span.of(day=Idea.decision_date, waits=waits)))  # fmt: skip


def opened(span: Span) -> Select[Any]:
    return (_line("calls.show", Call.public_id, ("call", Call.public_id), Call.number, Call.title, at=Call.deadline, done_at=Call.opened_at)
            .where(span.of(at=Call.opened_at, waits=Call.state == CallState.CLOSED)))  # fmt: skip


def _with_call(statement: Select[Any]) -> Select[Any]:
    return statement.join(CallTopic, CallTopic.id == Proposal.call_topic_id).join(Call, Call.id == CallTopic.call_id)


def checked(span: Span) -> Select[Any]:
    waits = and_(Proposal.state == ProposalState.SUBMITTED, Call.state == CallState.OPENED)
    return (_with_call(_line("proposals.check", Proposal.public_id, ("proposal", Proposal.public_id), Proposal.code, Proposal.title, at=Call.deadline, done_at=Proposal.checked_at))
            .where(Call.state.in_(UNSEALED), span.of(at=Proposal.checked_at, waits=waits)))  # fmt: skip


def added(span: Span) -> Select[Any]:
    return (_line("proposals.show", Proposal.public_id, ("proposal", Proposal.public_id), Proposal.code, Proposal.title, at=Remedy.asked_at, done_at=Remedy.answered_at,
                  fixed=Remedy.due_on).select_from(Remedy).join(Proposal, Proposal.id == Remedy.proposal_id)
            .where(span.of(at=Remedy.answered_at, waits=Remedy.state == RemedyState.ASKED)))  # fmt: skip


def _with_topic(statement: Select[Any]) -> Select[Any]:
    return statement.join(CallTopic, CallTopic.id == Round.call_topic_id).join(Topic, Topic.id == CallTopic.topic_id).join(Call, Call.id == CallTopic.call_id)


def _ranked_at() -> Any:
    return select(func.max(RankingLine.frozen_at)).where(RankingLine.round_id == Round.id, RankingLine.session == Round.session).correlate(Round).scalar_subquery()


def judged(span: Span) -> Select[Any]:
    ranked = _ranked_at()
    return _with_topic(_line("selection.show", Round.public_id, ("call", Call.public_id), Topic.code, Topic.title, at=Round.created_at, done_at=ranked)
                       .select_from(Round)).where(span.of(at=ranked, waits=Round.state == RoundState.OPEN))


def notified(span: Span) -> Select[Any]:
    ranked = _ranked_at()
    return _with_topic(_line("selection.show", Round.public_id, ("call", Call.public_id), Topic.code, Topic.title, at=ranked, done_at=Round.concluded_at)
                       .select_from(Round)).where(ranked.is_not(None), span.of(at=Round.concluded_at, waits=Round.state == RoundState.RANKED))


def complaint(span: Span) -> Select[Any]:
    return (_line("selection.complaint", Complaint.public_id, ("proposal", Proposal.public_id), Proposal.code, Proposal.title, at=Complaint.filed_at, done_at=Complaint.answered_at,
                  fixed=Complaint.answer_due).select_from(Complaint).join(Proposal, Proposal.id == Complaint.proposal_id)
            .where(span.of(at=Complaint.answered_at, waits=Complaint.state == ComplaintState.FILED)))  # fmt: skip


def _of_appraisal(endpoint: str, **times: Any) -> Select[Any]:
    return (_line(endpoint, Appraisal.public_id, ("proposal", Proposal.public_id), Proposal.code, Proposal.title, **times).select_from(Appraisal)
            .join(Proposal, Proposal.id == Appraisal.proposal_id))  # fmt: skip


def appraised(span: Span) -> Select[Any]:
    since = func.coalesce(Round.concluded_at, RankingLine.frozen_at)
    return (_of_appraisal("funding.appraisal", at=since, done_at=Appraisal.concluded_at).join(RankingLine, RankingLine.id == Appraisal.ranking_line_id)
            .join(Round, Round.id == RankingLine.round_id).where(span.of(at=Appraisal.concluded_at)))  # fmt: skip


def revised(span: Span) -> Select[Any]:
    waits = WorkRevision.state.in_((RevisionState.ASKED, RevisionState.RETURNED))
    return (_of_appraisal("funding.revision", at=WorkRevision.asked_at, done_at=WorkRevision.submitted_at, fixed=WorkRevision.due_on)
            .join(WorkRevision, WorkRevision.appraisal_id == Appraisal.id)
            .where(span.of(at=WorkRevision.submitted_at, waits=waits)))  # fmt: skip


def looked_at(span: Span) -> Select[Any]:
    return (_of_appraisal("funding.revision", at=WorkRevision.submitted_at, done_at=WorkRevision.decided_at, key=WorkRevision.public_id)
            .join(WorkRevision, WorkRevision.appraisal_id == Appraisal.id)
            .where(WorkRevision.submitted_at.is_not(None), span.of(at=WorkRevision.decided_at, waits=WorkRevision.state == RevisionState.SUBMITTED)))  # fmt: skip


def approved(span: Span) -> Select[Any]:
    """From the end of the appraisal; until it is put forward it is the officer's turn."""
    waits = and_(Appraisal.concluded_at.is_not(None), or_(Submission.id.is_(None), Submission.state.in_((SubmissionState.SUBMITTED, SubmissionState.HELD, SubmissionState.RETURNED))),
                 Proposal.state == ProposalState.SELECTED)  # fmt: skip
    approved = case((Submission.state == SubmissionState.APPROVED, Submission.decided_at), else_=None)
    turn = case((Submission.state.in_((SubmissionState.SUBMITTED, SubmissionState.HELD)), literal("leader")), else_=literal("officer"))
    return (_of_appraisal("funding.appraisal", at=Appraisal.concluded_at, done_at=approved, turn=turn)
            .outerjoin(Submission, Submission.appraisal_id == Appraisal.id).where(span.of(at=approved, waits=waits)))  # fmt: skip


def _of_project(endpoint: str, model: Any, **times: Any) -> Select[Any]:
    return _line(endpoint, model.public_id, ("project", Project.public_id), Project.code, Project.title, **times).select_from(model).join(Project, Project.id == model.project_id)


def _lives() -> Any:
    return ~exists().where(ProjectClosing.project_id == Project.id)


def signed(span: Span) -> Select[Any]:
    closed = exists().where(ProjectClosing.project_id == Project.id)
    waits = and_(Contract.signed_on.is_(None), ~closed)
    return (_line("hub.show", Project.public_id, ("project", Project.public_id), Project.code, Project.title, day=Project.decision_date, done_on=Contract.signed_on,
                  on=Project.decision_date).select_from(Project).outerjoin(Contract, Contract.project_id == Project.id)
            .where(~Project.historic, span.of(day=Contract.signed_on, waits=waits)))  # fmt: skip


def paid(span: Span) -> Select[Any]:
    waits = Tranche.state.in_((TrancheState.REQUESTED, TrancheState.APPROVED))
    turn = case((Tranche.state == TrancheState.APPROVED, literal("finance")), else_=literal("officer"))
    return _of_project("funding.tranche", Tranche, at=Tranche.requested_at, done_at=Tranche.paid_at, turn=turn).where(Tranche.requested_at.is_not(None), span.of(at=Tranche.paid_at, waits=waits))


def reported(span: Span) -> Select[Any]:
    waits = and_(Report.state == ReportState.SCHEDULED, Report.period_to <= span.days[1], _lives())
    return _of_project("execution.report", Report, day=Report.period_to, done_at=Report.submitted_at, fixed=Report.due_on).where(span.of(at=Report.submitted_at, waits=waits))


def reviewed(span: Span) -> Select[Any]:
    accepted = case((Report.state == ReportState.ACCEPTED, Report.reviewed_at), else_=None)
    waits = and_(Report.state.in_((ReportState.SUBMITTED, ReportState.RETURNED)), _lives())
    return _of_project("execution.report", Report, at=Report.submitted_at, done_at=accepted).where(Report.submitted_at.is_not(None), span.of(at=accepted, waits=waits))


def changed(span: Span) -> Select[Any]:
    waits = and_(Adjustment.state == AdjustmentState.REQUESTED, _lives())
    return (_of_project("execution.adjustment", Adjustment, at=Adjustment.requested_at, done_at=Adjustment.decided_at)
            .where(span.of(at=Adjustment.decided_at, waits=waits), Adjustment.state.not_in((AdjustmentState.NOTED, AdjustmentState.WITHDRAWN))))  # fmt: skip


def ended(span: Span) -> Select[Any]:
    return (_of_project("execution.termination", Termination, at=Termination.opened_at, done_at=Termination.decided_at)
            .where(Termination.opened_at.is_not(None), span.of(at=Termination.decided_at, waits=and_(Termination.state == TerminationState.OPENED, _lives()))))  # fmt: skip


def handed_in(span: Span) -> Select[Any]:
    """Dossiers of contracts that have ended, or end soon; none need have been begun."""
    waits = and_(Contract.state == ContractState.SIGNED, Contract.ends_on <= span.days[1], Case.first_submitted_at.is_(None), _lives())
    return (_line("hub.show", Project.public_id, ("project", Project.public_id), Project.code, Project.title, day=Contract.ends_on, done_at=Case.first_submitted_at,
                  on=Project.decision_date).select_from(Project).join(Contract, Contract.project_id == Project.id).outerjoin(Case, Case.project_id == Project.id)
            .where(span.of(at=Case.first_submitted_at, waits=waits)))  # fmt: skip


def _of_case(**times: Any) -> Select[Any]:
    return _of_project("acceptance.show", Case, on=Project.decision_date, **times)


def valid(span: Span) -> Select[Any]:
    checked = case((Case.state.in_((CaseState.SUBMITTED, CaseState.RETURNED)), None), else_=Case.checked_at)
    return _of_case(at=Case.submitted_at, done_at=checked).where(Case.submitted_at.is_not(None),
                    span.of(at=checked, waits=Case.state.in_((CaseState.SUBMITTED, CaseState.RETURNED))))  # fmt: skip


def _told(verb: str) -> Any:
    """When the journal last tells that of a case: what has no column of its own."""
    return (select(func.max(JournalEntry.at)).where(JournalEntry.subject_type == "acceptance_case", JournalEntry.subject_pid == Case.public_id, JournalEntry.verb == verb)
            .correlate(Case).scalar_subquery())  # fmt: skip


def seated(span: Span) -> Select[Any]:
    seated = case((Case.state == CaseState.VALID, None), else_=_told("seat_council"))
    return _of_case(at=Case.checked_at, done_at=seated).where(Case.checked_at.is_not(None), span.of(at=seated, waits=Case.state == CaseState.VALID))


def graded(span: Span) -> Select[Any]:
    return _of_case(at=_told("seat_council"), done_at=Case.graded_at).where(Case.checked_at.is_not(None), span.of(at=Case.graded_at, waits=Case.state == CaseState.IN_SESSION))


REGISTERED = (CaseState.RESULTS_REGISTERED, CaseState.RECOGNISED)


def registered(span: Span) -> Select[Any]:
    waits = and_(Case.state.in_((CaseState.GRADED, CaseState.REVISING)), Case.accepted)
    told = case((Case.state.in_(REGISTERED), _told("register_results")), else_=None)
    return _of_case(at=Case.graded_at, done_at=told).where(Case.graded_at.is_not(None), span.of(at=told, waits=waits))


def recognised(span: Span) -> Select[Any]:
    recognised = case((Case.state == CaseState.RECOGNISED, Case.decided_at), else_=None)
    return _of_case(at=_told("register_results"), done_at=recognised).where(Case.state.in_(REGISTERED), span.of(at=recognised, waits=Case.state == CaseState.RESULTS_REGISTERED))


def settled(span: Span) -> Select[Any]:
    accepted = case((Settlement.state == SettlementState.ACCEPTED, Settlement.decided_at), else_=None)
    return (_of_project("funding.settlement", Settlement, at=Settlement.submitted_at, done_at=accepted)
            .where(span.of(at=accepted, waits=Settlement.state.in_((SettlementState.SUBMITTED, SettlementState.RETURNED)))))  # fmt: skip


def liquidated(span: Span) -> Select[Any]:
    return (_of_project("funding.contract", Contract, at=Settlement.decided_at, done_at=Liquidation.at).join(Settlement, Settlement.project_id == Project.id)
            .outerjoin(Liquidation, Liquidation.contract_id == Contract.id)
            .where(Settlement.state == SettlementState.ACCEPTED, span.of(at=Liquidation.at)))  # fmt: skip


def _of_result(endpoint: str, model: Any, **times: Any) -> Select[Any]:
    return (_line(endpoint, model.public_id, ("project", Project.public_id), Project.code, Result.title, **times).select_from(model)
            .join(Result, Result.id == model.result_id).join(Project, Project.id == Result.project_id))  # fmt: skip


def wrote(span: Span) -> Select[Any]:
    return (_of_result("transfer.interest", Interest, at=Interest.at, done_at=Interest.answered_at, fixed=Interest.due_on)
            .where(span.of(at=Interest.answered_at, waits=Interest.state == InterestState.RECEIVED)))  # fmt: skip


def transfer_registered(span: Span) -> Select[Any]:
    waits = and_(Agreement.state == AgreementState.SIGNED, Agreement.must_register)
    return (_of_result("transfer.agreement", Agreement, day=Agreement.signed_on, done_on=Agreement.registered_on, fixed=Agreement.register_by)
            .where(Agreement.signed_on.is_not(None), span.of(day=Agreement.registered_on, waits=waits)))  # fmt: skip


def verified(span: Span) -> Select[Any]:
    waits = FollowUp.state.in_((FollowUpState.REPORTED, FollowUpState.RETURNED))
    return (_of_result("transfer.follow_up", FollowUp, at=FollowUp.reported_at, done_at=FollowUp.verified_at)
            .where(FollowUp.reported_at.is_not(None), span.of(at=FollowUp.verified_at, waits=waits)))  # fmt: skip


def model_stops() -> dict[str, Select[Any]]:
    """What the records themselves tell of an applicant who was waited for: public id of the item, since when, until when."""
    asked = select(Proposal.public_id, Remedy.asked_at, case((Remedy.state == RemedyState.ASKED, None), else_=func.coalesce(Remedy.answered_at, Remedy.asked_at)))
    costs = select(Appraisal.public_id, CostQuestion.asked_at, CostQuestion.answered_at)
    revisions = select(Appraisal.public_id, WorkRevision.asked_at, case((WorkRevision.state.in_((RevisionState.ASKED, RevisionState.RETURNED)), None), else_=WorkRevision.submitted_at))
    return {"check": asked.join(Proposal, Proposal.id == Remedy.proposal_id), "appraise": costs.join(Appraisal, Appraisal.id == CostQuestion.appraisal_id),
            "approve": revisions.join(Appraisal, Appraisal.id == WorkRevision.appraisal_id)}  # fmt: skip


