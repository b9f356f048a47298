"""An award that is declined, an approval that is cancelled before a contract is signed, and what falls away when a dossier loses its place."""

from __future__ import annotations

from datetime import date, datetime

from app.kernel.clock import local
from app.kernel.errors import Incomplete
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.models import Paper
from app.services.papers.rules import check_number
from app.services.people.models import User
from app.services.rulebook.calendar import check_day
from app.stages.funding import queries, signing
from app.stages.funding.actions.budgets import release
from app.stages.funding.actions.closings import record_closing
from app.stages.funding.actions.contracts import cancel_open
from app.stages.funding.actions.shared import check_cancellable, check_selected
from app.stages.funding.models import Project, Submission
from app.stages.funding.rules import (
    ON_PAPER,
    SUBMISSION,
    Cause,
    ClosingKind,
)
from app.stages.ideas import topics
from app.stages.proposals import outcomes
from app.stages.proposals.models import Proposal


def _reason(reason: str | None) -> str:
    said = nfc(reason or "")
    if not said:
        raise Incomplete(N_("Please give the reason."), field="reason")
    return said


def decline_award(submission: Submission, *, reason: str, number: str, dated: date, by: User, at: datetime, seen: int | None = None) -> Paper:
    """Decide that the dossier does not become a project: it loses its place, the next in reserve may take it."""
    signing.check_decider(submission, by)
    appraisal = queries.appraisal_by_id(submission.appraisal_id)
    check_selected(appraisal)
    number = check_number(number, like="4923/QĐ-UBND")
    check_day(dated, field="dated", since=submission.dated, until=local(at).date())
    signing.check_office(by, submission.approved_state, on=dated)
    reason = _reason(reason)
    check_seen(submission, seen)
    submission.decided_by_id, submission.decided_at, submission.decision_remark = by.id, at, reason
    SUBMISSION.advance(submission, "decline", by=by, at=at, reason=reason, detail={"number": number})
    proposal = queries.proposal_of(appraisal)
    data = {"title": submission.title, "host": proposal.host.name, "pi": proposal.pi.name, "code": proposal.code, "reason": reason,
            "submission": submission.number or "", "submitted_on": submission.dated.isoformat(), "bases": papers.bases_of("funding/declined", on=dated)}  # fmt: skip
    paper = papers.issue(template="funding/declined", subject=submission, data=data, by=by, at=at, number=number, dated=dated,
                         title=f"Quyết định không phê duyệt nhiệm vụ: {submission.title}"[:500])  # fmt: skip
    outcomes.decline(proposal, reason, number=number, by=by, at=at)
    return paper


def cancel_award(project: Project, *, cause: Cause, reason: str, number: str, dated: date, by: User, at: datetime, seen: int | None = None) -> Paper:
    """Cancel the approval of a project whose contract was never signed: its promised money is free, the project closed, the place open."""
    project = queries.project_by_id(project.id, lock=True)
    check_cancellable(project)
    number = check_number(number, like="4923/QĐ-UBND")
    check_day(dated, field="dated", since=project.decision_date, until=local(at).date())
    signing.check_office(by, project.approved_state, on=dated)
    reason = _reason(reason)
    check_seen(project, seen)
    release(project, sum(amount for _budget, amount in queries.promised_to(project)), by=by, at=at)
    cancel_open(project.id, by=by, at=at)
    record_closing(project, ClosingKind.CANCELLED, dated=dated, number=number, cause=cause, by=by, at=at)
    data = {"code": project.code, "title": project.title, "host": queries.host_name(project), "pi": project.pi_name, "reason": reason,
            "cause_name": ON_PAPER[cause], "approved_by": project.decision_number, "approved_on": project.decision_date.isoformat(),
            "state": project.approved_state, "bases": papers.bases_of("funding/cancelled", on=project.decision_date)}  # fmt: skip
    paper = papers.issue(template="funding/cancelled", subject=project, data=data, by=by, at=at, number=number, dated=dated,
                         title=f"Quyết định hủy bỏ việc phê duyệt nhiệm vụ {project.code}")  # fmt: skip
    proposal = queries.proposal_of_project(project)
    topics.vacate(queries.topic_of_project(project), reason, by=by, at=at)
    outcomes.decline(proposal, reason, number=number, by=by, at=at)
    return paper


def fall_away(proposal: Proposal, reason: str, *, by: User, at: datetime) -> None:
    """The dossier lost its place: what waits for decision on it waits no longer."""
    submission = queries.submission_of_proposal(proposal.id)
    if submission is not None and SUBMISSION.may(submission, "fall_away"):
        submission.decision_remark = reason
        SUBMISSION.advance(submission, "fall_away", by=by, at=at, reason=reason)


outcomes.GONE.append(fall_away)
