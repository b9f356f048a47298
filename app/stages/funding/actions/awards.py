"""The award: submit for decision, hold, return, approve. Approval gives birth to the Project."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.actions import engage
from app.services.people.models import Organisation, User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.funding import ledger, queries, revising, signing, submission_paper
from app.stages.funding.actions.budgets import commit_years
from app.stages.funding.actions.shared import check_selected
from app.stages.funding.models import (
    Appraisal,
    LedgerEntry,
    Project,
    ProjectProduct,
    ProjectYear,
    Submission,
)
from app.stages.funding.rules import (
    ON_PAPER,
    SUBMISSION,
    AppraisalState,
    EntryKind,
    LumpSum,
    check_dates,
    end_of,
)
from app.stages.ideas import topics
from app.stages.plan.models import Priority
from app.stages.proposals import queries as proposals

CODE_PART = re.compile(r"[^\W]+(?:[.\-_][^\W]+)*")  # what the code of a project is made of


def submit_award(appraisal: Appraisal, *, number: str | None, dated: date, title: str, code_type: str, code_field: str,
                 starts_on: date, duration_months: int, remark: str | None, by: User, at: datetime, seen: int | None = None) -> Submission:  # fmt: skip
    """Submit the appraised proposal for decision, or submit it again after it was returned."""
    if appraisal.state != AppraisalState.CONCLUDED:
        raise WrongState(N_("The appraisal is not concluded yet."))
    check_selected(appraisal)
    revising.check_accepted(appraisal)
    check_day(dated, field="dated", since=appraisal.held_on, until=local(at).date())
    latest = end_of(local(at).date(), int(rulebook.value("funding.start_within_months", on=dated)))
    check_day(starts_on, field="starts_on", since=appraisal.held_on, until=latest)
    if number:
        number = check_number(number, like="89/TTr-SKHCN")
        if queries.is_submitted_as(number, dated.year, but=appraisal.id):
            raise Incomplete(N_("%(number)s is already the number of another submission of %(year)s."), field="number", number=number, year=dated.year)
    if not CODE_PART.fullmatch(code_type.strip()) or not CODE_PART.fullmatch(code_field.strip()):
        raise Incomplete(N_("Parts of a project code are letters, digits, dots, hyphens and underscores."), field="code_type")
    sums = ledger.totals(queries.lines_of(appraisal))
    ceiling = queries.ceiling_of(appraisal.proposal_id)
    if ceiling is not None and sums["state"] > ceiling:
        raise Incomplete(N_("The state money is more than the ceiling of the topic."))
    terms = {"number": number, "dated": dated, "title": nfc(title), "code_type": code_type.strip().upper(),
             "code_field": code_field.strip().upper(), "starts_on": starts_on, "duration_months": duration_months, "remark": remark,
             "approved_state": sums["state"], "approved_counterpart": sums["counterpart"], "lump_sum": appraisal.lump_sum,
             "submitted_by_id": by.id, "submitted_at": at}  # fmt: skip
    row = queries.submission_of(appraisal.id)
    if row is None:
        row = Submission(appraisal_id=appraisal.id, **terms)
        SUBMISSION.begin(row, "submit", by=by, at=at, detail={"state": sums["state"]})
    else:
        check_seen(row, seen)
        row.decided_by_id = row.decided_at = None
        for name, value in terms.items():
            setattr(row, name, value)
        SUBMISSION.advance(row, "submit", by=by, at=at)
    signers = [u for u in people.users_with(Do.FUNDING_APPROVE) if u.id != by.id]
    outbox.post("funding/mail/submitted.txt", to=signers, key=f"award-submitted:{row.public_id}:{row.version}", at=at, submission=row)
    return row


def hold_award(submission: Submission, *, remark: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Put the submission on hold, with the reason; it can still be approved or returned."""
    signing.check_decider(submission, by)
    check_seen(submission, seen)
    submission.inner_remark = remark
    SUBMISSION.advance(submission, "hold", by=by, at=at, reason=remark)


def return_award(submission: Submission, *, remark: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Send the submission back for changes; the submitter gets the reason by mail."""
    signing.check_decider(submission, by)
    check_seen(submission, seen)
    submission.decision_remark = remark
    SUBMISSION.advance(submission, "return", by=by, at=at, reason=remark)
    outbox.post("funding/mail/returned.txt", to=queries.person(submission.submitted_by_id), at=at, submission=submission, remark=remark,
                key=f"award-returned:{submission.public_id}:{submission.version}")  # fmt: skip


def approve(submission: Submission, *, number: str, dated: date, by: User, at: datetime, remark: str | None = None,
            inner_remark: str | None = None, seen: int | None = None) -> Project:  # fmt: skip
    """Approve by decision: the Project is born with its code, its regime and its promised money."""
    signing.check_decider(submission, by)
    appraisal = queries.appraisal_by_id(submission.appraisal_id)
    proposals.held(queries.proposal_of(appraisal))  # nobody gives the place up meanwhile
    check_selected(appraisal)
    number = check_number(number, like="4923/QĐ-UBND")
    check_day(dated, field="dated", since=submission.dated, until=local(at).date())
    signing.check_office(by, submission.approved_state, on=dated)
    check_seen(submission, seen)
    submission.decided_by_id, submission.decided_at = by.id, at
    submission.decision_remark, submission.inner_remark = remark, inner_remark
    project = _born(submission, number=number, dated=dated, by=by, at=at)
    SUBMISSION.advance(submission, "approve", by=by, at=at, detail={"project": project.code, "number": number})
    commit_years(project, by=by, at=at)
    topic = queries.topic_of(submission.appraisal_id)
    topics.assign(topic, by=by, at=at)
    _engage(project)
    submission_paper.issue(submission, by=by, at=at)
    _issue_decision(project, submission, by=by, at=at)
    outbox.post("funding/mail/approved.txt", to=queries.holders(project), key=f"approved:{project.public_id}", at=at, project=project)
    return project


def _born(submission: Submission, *, number: str, dated: date, by: User, at: datetime) -> Project:
    appraisal = queries.appraisal_by_id(submission.appraisal_id)
    proposal = queries.proposal_of(appraisal)
    sequence = papers.next_number("project", dated.year)
    code = rulebook.value("funding.code_pattern", on=dated).format(
        TYPE=submission.code_type, FIELD=submission.code_field, SEQ=f"{sequence:02d}", YEAR=dated.year)  # fmt: skip
    project = Project(
        code=code, title=submission.title, folded=fold(submission.title), item_id=proposal.item_id, proposal_id=proposal.id,
        topic_id=queries.topic_of(appraisal.id).id, host_id=proposal.host_id, pi_id=proposal.pi_id, pi_name=proposal.pi.name,
        kind=submission.code_type, regime=rulebook.value("funding.regime", on=dated), lump_sum=submission.lump_sum,
        approved_state=submission.approved_state, approved_counterpart=submission.approved_counterpart,
        approved_total=submission.approved_state + submission.approved_counterpart, starts_on=submission.starts_on,
        ends_on=end_of(submission.starts_on, submission.duration_months), duration_months=submission.duration_months,
        decision_number=number, decision_date=dated, approved_by_id=by.id, created_at=at)  # fmt: skip
    db.session.add(project)
    db.session.flush()
    for year, parts in ledger.from_year(ledger.totals(queries.lines_of(appraisal))["years"], dated.year).items():
        db.session.add(ProjectYear(project_id=project.id, year=year, state_amount=parts["state"], counterpart_amount=parts["counterpart"]))
    for position, product in enumerate(queries.products_asked(proposal.id), start=1):
        db.session.add(ProjectProduct(project_id=project.id, position=position, name=product.name, unit=product.unit,
                                      quantity=None if product.quantity is None else str(product.quantity),
                                      quality=product.quality, group=None if product.group is None else str(product.group)))  # fmt: skip
    db.session.flush()
    journal.record(project, "approve", by=by, at=at, detail={"code": code, "number": number})
    return project


def _engage(project: Project) -> None:
    facts = {"kind": "project", "subject": project, "title": project.title, "from_date": project.starts_on}
    engage(**facts, role="pi", user_id=project.pi_id)
    engage(**facts, role="host", organisation_id=project.host_id)
    for member in queries.team_asked(project.proposal_id):
        if member.user_id is not None and member.user_id != project.pi_id:
            engage(**facts, role="member", user_id=member.user_id)


def _issue_decision(project: Project, submission: Submission, *, by: User, at: datetime) -> None:
    data = {
        "code": project.code, "title": project.title, "host": project.host.name, "pi": project.pi_name,
        "starts_on": project.starts_on.isoformat(), "ends_on": project.ends_on.isoformat(), "months": project.duration_months,
        "total": project.approved_total, "state": project.approved_state, "counterpart": project.approved_counterpart,
        "lump_sum": ON_PAPER[project.lump_sum], "remark": submission.decision_remark or "",
        "bases": papers.bases_of("funding/approval_decision", on=project.decision_date),
        "submission": submission.number or "", "submitted_on": submission.dated.isoformat(),
        "years": [{"year": y.year, "state": y.state_amount, "counterpart": y.counterpart_amount} for y in queries.years_of(project)],
    }  # fmt: skip
    papers.issue(template="funding/approval_decision", subject=project, data=data, by=by, at=at, number=project.decision_number,
                 dated=project.decision_date, title=f"Quyết định phê duyệt nhiệm vụ {project.code}")  # fmt: skip


def import_project(*, code: str, title: str, item: Priority, host: Organisation, pi_name: str, approved_state: int,
                   approved_counterpart: int, starts_on: date, ends_on: date, decision_number: str, decision_date: date,
                   paid: Sequence[tuple[date, int]] = (), pi: User | None = None, kind: str | None = None,
                   under_way: bool = False, source: dict[str, Any] | None = None, by: User | None, at: datetime) -> Project:  # fmt: skip
    """Take in a project that is older than this system: no proposal, no contract rows, payments as booked."""
    check_dates(starts_on, ends_on)
    if sum(amount for _day, amount in paid) > approved_state:
        raise Incomplete(N_("More was paid than the state money approved."), field="paid")
    project = Project(
        code=nfc(code), title=nfc(title), folded=fold(title), item_id=item.id, host_id=host.id, pi_id=pi.id if pi else None,
        pi_name=nfc(pi_name), kind=kind, regime=rulebook.value("funding.regime", on=decision_date), lump_sum=LumpSum.PARTIAL,
        approved_state=approved_state, approved_counterpart=approved_counterpart, approved_total=approved_state + approved_counterpart,
        starts_on=starts_on, ends_on=ends_on, decision_number=nfc(decision_number), decision_date=decision_date, historic=True, under_way=under_way,
        duration_months=max(1, (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month), created_at=at)  # fmt: skip
    db.session.add(project)
    db.session.flush()
    journal.record(project, "import", by=by, at=at, detail={"code": project.code, **(source or {})})
    for day, amount in paid:
        db.session.add(LedgerEntry(kind=EntryKind.PAYMENT, amount=amount, project_id=project.id, booked_on=day, at=at,
                                   by_id=by.id if by else None, note="historic"))  # fmt: skip
    if paid:
        db.session.flush()
        db.session.expire(project, ["paid_total"])
    if pi is not None:
        engage(kind="project", subject=project, title=project.title, from_date=starts_on, to_date=ends_on, role="pi", user_id=pi.id)
    engage(kind="project", subject=project, title=project.title, from_date=starts_on, to_date=ends_on, role="host", organisation_id=host.id)
    return project
