"""Reads of funding: what each page and act needs, loaded by name, limited to what the person may see."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.db import db
from app.kernel.permissions import Do
from app.services.people import queries as people
from app.services.people.actions import engage
from app.services.people.models import Engagement, Organisation, User
from app.stages.calls.models import CallTopic
from app.stages.funding.models import (
    Annex,
    Appraisal,
    AppraisalLine,
    AppraisalMember,
    Commitment,
    Contract,
    LedgerEntry,
    Liquidation,
    Project,
    ProjectClosing,
    ProjectProduct,
    ProjectYear,
    Settlement,
    Submission,
    Tranche,
    YearBudget,
)
from app.stages.funding.rules import (
    CommitmentKind,
    ContractState,
    EntryKind,
    Source,
    SubmissionState,
    TrancheState,
)
from app.stages.ideas.models import Topic
from app.stages.plan.models import Priority
from app.stages.proposals.models import (
    BudgetLine,
    Proposal,
    ProposalProduct,
    TeamMember,
)
from app.stages.selection.models import RankingLine

WAITING = (SubmissionState.SUBMITTED, SubmissionState.HELD)


# --- projects: what other rooms ask ---------------------------------------------------------------------------


def visible(user: User) -> Any:
    """The condition under which a person may see a project: by office, as investigator, team member or host's manager."""
    if user.can(Do.FUNDING_READ):
        return True
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    engaged = exists().where(Engagement.subject_type == "project", Engagement.subject_pid == Project.public_id, Engagement.user_id == user.id)
    return or_(Project.pi_id == user.id, Project.host_id.in_(managed), engaged)


def projects_statement(user: User) -> Select[Any]:
    """A statement of the projects this person may see, for listings (item with sector, host and investigator loaded)."""
    return _with_faces(select(Project)).where(visible(user))


def projects_for(user: User, *, item_id: int | None = None, host_id: int | None = None, limit: int | None = None) -> list[Project]:
    """The projects this person may see, newest decision first."""
    statement = projects_statement(user).order_by(Project.decision_date.desc(), Project.id.desc())
    if item_id is not None:
        statement = statement.where(Project.item_id == item_id)
    if host_id is not None:
        statement = statement.where(Project.host_id == host_id)
    return list(db.session.scalars(statement.limit(limit)))


def project_by_pid(user: User, pid: str) -> Project | None:
    """One project this person may see, with item, sector, host, investigator, years, products and other items."""
    statement = _with_faces(select(Project)).options(selectinload(Project.years), selectinload(Project.products), selectinload(Project.other_items))
    return db.session.scalar(statement.where(Project.public_id == pid, visible(user)))


def _with_faces(statement: Select[Any]) -> Select[Any]:
    return statement.options(joinedload(Project.item).joinedload(Priority.sector), joinedload(Project.host), joinedload(Project.pi))


def project_by_id(project_id: int, *, lock: bool = False) -> Project:
    """The project with host and investigator; `lock` takes the row for this transaction."""
    if lock:
        db.session.execute(select(Project.id).where(Project.id == project_id).with_for_update())
    statement = select(Project).options(joinedload(Project.host), joinedload(Project.pi), joinedload(Project.item)).where(Project.id == project_id)
    return db.session.scalars(statement.execution_options(populate_existing=lock)).one()


def project_by_code(code: str) -> Project | None:
    return db.session.scalar(_with_faces(select(Project)).where(Project.code == code))


def contract_of(project_id: int) -> Contract | None:
    return db.session.scalar(select(Contract).where(Contract.project_id == project_id))


def tranches_of(project_id: int) -> list[Tranche]:
    """The tranches in order, with the people who dealt with them."""
    people_of = [joinedload(getattr(Tranche, name)) for name in ("requested_by", "first_approved_by", "approved_by", "paid_by")]
    return list(db.session.scalars(select(Tranche).options(*people_of).where(Tranche.project_id == project_id).order_by(Tranche.position)))


def ledger_of(project_id: int) -> list[LedgerEntry]:
    """All rows of the ledger, oldest first, with who booked them and the tranche."""
    return list(db.session.scalars(select(LedgerEntry).options(joinedload(LedgerEntry.by), joinedload(LedgerEntry.tranche))
                                   .where(LedgerEntry.project_id == project_id).order_by(LedgerEntry.id)))  # fmt: skip


def annexes_of(contract_id: int) -> list[Annex]:
    return list(db.session.scalars(select(Annex).where(Annex.contract_id == contract_id).order_by(Annex.number)))


def products_of(project: Project) -> list[ProjectProduct]:
    return list(db.session.scalars(select(ProjectProduct).where(ProjectProduct.project_id == project.id).order_by(ProjectProduct.position)))


def years_of(project: Project) -> list[ProjectYear]:
    return list(db.session.scalars(select(ProjectYear).where(ProjectYear.project_id == project.id).order_by(ProjectYear.year)))


def closing_of(project_id: int) -> ProjectClosing | None:
    return db.session.scalar(select(ProjectClosing).where(ProjectClosing.project_id == project_id))


def settlement_of(project_id: int) -> Settlement | None:
    return db.session.scalar(select(Settlement).where(Settlement.project_id == project_id))


def liquidation_of(project_id: int) -> Liquidation | None:
    return db.session.scalar(select(Liquidation).where(Liquidation.project_id == project_id))


def refunded(project_id: int, *, since: datetime) -> int:
    """What came back since then."""
    return int(db.session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(
        LedgerEntry.project_id == project_id, LedgerEntry.kind == EntryKind.REFUND, LedgerEntry.at >= since)) or 0)  # fmt: skip


def may_request(user: User, project: Project) -> bool:
    """May this person ask for money of the project: its investigator, or the manager of its host?"""
    return user.id == project.pi_id or user.manages(project.host_id)


def holders(project: Project) -> list[User]:
    """Who gets the mails of a project: the investigator and the managers of the host."""
    investigator = [person(project.pi_id)] if project.pi_id else []
    return [u for u in (*investigator, *people.managers_of(project.host_id)) if u is not None]


def host_name(project: Project) -> str:
    return str(db.session.scalar(select(Organisation.name).where(Organisation.id == project.host_id)))


def person(user_id: int | None) -> User | None:
    return db.session.get(User, user_id) if user_id is not None else None


def move_engagements(project: Project, *, on: date, pi_id: int | None, host_id: int | None) -> None:
    """Investigator or host changed: end what was noted and note what holds now."""
    kept = list(db.session.scalars(select(Engagement).where(Engagement.subject_type == "project", Engagement.subject_pid == project.public_id,
                                                            Engagement.to_date.is_(None))))  # fmt: skip
    ended = {role for role, new in (("pi", pi_id), ("host", host_id)) if new}
    for fact in kept:
        if fact.role in ended:
            fact.to_date = on
    facts = {"kind": "project", "subject": project, "title": project.title, "from_date": on}
    if pi_id:
        engage(**facts, role="pi", user_id=pi_id)
    if host_id:
        engage(**facts, role="host", organisation_id=host_id)


# --- appraisal and approval -----------------------------------------------------------------------------------


def appraisal_of_line(line_id: int) -> Appraisal | None:
    return db.session.scalar(select(Appraisal).where(Appraisal.ranking_line_id == line_id))


def appraisal_by_id(appraisal_id: int) -> Appraisal:
    return db.session.scalars(select(Appraisal).where(Appraisal.id == appraisal_id)).one()


def appraisal_by_pid(pid: str) -> Appraisal | None:
    """One appraisal with its proposal (host, investigator), lines and team."""
    return db.session.scalar(select(Appraisal).options(_proposal(Appraisal.proposal), selectinload(Appraisal.lines), selectinload(Appraisal.team))
                             .where(Appraisal.public_id == pid))  # fmt: skip


def _proposal(path: Any) -> Any:
    return joinedload(path).options(joinedload(Proposal.host), joinedload(Proposal.pi))


def proposal_of(appraisal: Appraisal) -> Proposal:
    return db.session.scalars(select(Proposal).options(joinedload(Proposal.host), joinedload(Proposal.pi))
                              .where(Proposal.id == appraisal.proposal_id)).one()  # fmt: skip


def lines_of(appraisal: Appraisal) -> list[AppraisalLine]:
    return list(db.session.scalars(select(AppraisalLine).where(AppraisalLine.appraisal_id == appraisal.id).order_by(AppraisalLine.position)))


def team_of(appraisal: Appraisal) -> list[AppraisalMember]:
    return list(db.session.scalars(select(AppraisalMember).where(AppraisalMember.appraisal_id == appraisal.id).order_by(AppraisalMember.position)))


def budget_of(proposal_id: int) -> list[BudgetLine]:
    """The lines of the proposal's budget, as submitted."""
    return list(db.session.scalars(select(BudgetLine).where(BudgetLine.proposal_id == proposal_id).order_by(BudgetLine.id)))


def products_asked(proposal_id: int) -> list[ProposalProduct]:
    return list(db.session.scalars(select(ProposalProduct).where(ProposalProduct.proposal_id == proposal_id).order_by(ProposalProduct.id)))


def team_asked(proposal_id: int | None) -> list[TeamMember]:
    return list(db.session.scalars(select(TeamMember).where(TeamMember.proposal_id == proposal_id).order_by(TeamMember.id)))


def topic_of(appraisal_id: int) -> Topic:
    """The topic behind an appraisal."""
    return db.session.scalars(
        select(Topic).join(CallTopic, CallTopic.topic_id == Topic.id).join(Proposal, Proposal.call_topic_id == CallTopic.id)
        .join(Appraisal, Appraisal.proposal_id == Proposal.id).where(Appraisal.id == appraisal_id)).one()  # fmt: skip


def ceiling_of(proposal_id: int) -> int | None:
    """The state money at most, by the call or else the topic; None = no ceiling."""
    row = db.session.execute(select(CallTopic.ceiling, Topic.ceiling).join(Topic, Topic.id == CallTopic.topic_id)
                             .join(Proposal, Proposal.call_topic_id == CallTopic.id).where(Proposal.id == proposal_id)).first()  # fmt: skip
    return (row[0] or row[1]) if row else None


def submission_of(appraisal_id: int, *, living: bool = False) -> Submission | None:
    """The submission of an appraisal; `living`: only one that is not returned."""
    statement = select(Submission).where(Submission.appraisal_id == appraisal_id)
    return db.session.scalar(statement.where(Submission.state != SubmissionState.RETURNED) if living else statement)


def submission_by_pid(pid: str) -> Submission | None:
    """One submission with its appraisal, lines, team, proposal and the people who signed."""
    path = joinedload(Submission.appraisal)
    return db.session.scalar(
        select(Submission).options(path.options(_proposal(Appraisal.proposal)), path.selectinload(Appraisal.lines), path.selectinload(Appraisal.team),
                                   joinedload(Submission.submitted_by), joinedload(Submission.decided_by))
        .where(Submission.public_id == pid))  # fmt: skip


def project_of_appraisal(appraisal: Appraisal) -> Project | None:
    return db.session.scalar(select(Project).where(Project.proposal_id == appraisal.proposal_id))


# --- budgets of years -----------------------------------------------------------------------------------------


def year_budget(year: int, source: Source = Source.STATE, *, lock: bool = False) -> YearBudget | None:
    statement = select(YearBudget).where(YearBudget.year == year, YearBudget.source == source)
    return db.session.scalar(statement.with_for_update().execution_options(populate_existing=True) if lock else statement)


def year_budgets() -> list[YearBudget]:
    return list(db.session.scalars(select(YearBudget).order_by(YearBudget.year.desc(), YearBudget.source)))


def waiting_for_year(year: int) -> list[tuple[Project, int]]:
    """Running projects with planned state money of this year that is not promised yet."""
    promised = exists().where(Commitment.project_id == Project.id, Commitment.year_budget_id == YearBudget.id, YearBudget.year == year)
    closed = exists().where(ProjectClosing.project_id == Project.id)
    rows = db.session.execute(select(Project, ProjectYear.state_amount).join(ProjectYear, ProjectYear.project_id == Project.id)
                              .where(ProjectYear.year == year, ProjectYear.state_amount > 0, ~promised, ~closed).order_by(Project.id))  # fmt: skip
    return [(project, amount) for project, amount in rows]


def promised_to(project: Project) -> list[tuple[YearBudget, int]]:
    """What each year still promises to a project, the latest year first."""
    signed = func.sum(db.case((Commitment.kind == CommitmentKind.COMMIT, Commitment.amount), else_=-Commitment.amount))
    sums = dict(db.session.execute(select(Commitment.year_budget_id, signed).where(Commitment.project_id == project.id)
                                   .group_by(Commitment.year_budget_id)).all())  # fmt: skip
    budgets = db.session.scalars(select(YearBudget).where(YearBudget.id.in_(sums)).order_by(YearBudget.year.desc()).with_for_update())
    return [(budget, int(sums[budget.id])) for budget in budgets]


# --- money ----------------------------------------------------------------------------------------------------


def tranche_by_id(tranche_id: int) -> Tranche:
    return db.session.scalars(select(Tranche).where(Tranche.id == tranche_id)).one()


def tranche_for(user: User, pid: str) -> Tranche | None:
    """One tranche of a project this person may see, with project, contract and people."""
    people_of = [joinedload(getattr(Tranche, name)) for name in ("requested_by", "first_approved_by", "approved_by", "paid_by", "contract")]
    return db.session.scalar(
        select(Tranche).join(Project, Project.id == Tranche.project_id)
        .options(*people_of, joinedload(Tranche.project).options(joinedload(Project.host), joinedload(Project.pi)))
        .where(Tranche.public_id == pid, visible(user)))  # fmt: skip


def entry_for(user: User, pid: str) -> LedgerEntry | None:
    """One ledger row of a project this person may see."""
    return db.session.scalar(select(LedgerEntry).options(joinedload(LedgerEntry.tranche)).join(Project, Project.id == LedgerEntry.project_id)
                             .where(LedgerEntry.public_id == pid, visible(user)))  # fmt: skip


def reversal_of(entry_id: int) -> LedgerEntry | None:
    return db.session.scalar(select(LedgerEntry).where(LedgerEntry.reverses_id == entry_id))


def contract_for(user: User, pid: str) -> Contract | None:
    """One contract of a project this person may see, with project, tranches and annexes."""
    return db.session.scalar(
        select(Contract).join(Project, Project.id == Contract.project_id)
        .options(joinedload(Contract.project).options(joinedload(Project.host), joinedload(Project.pi), joinedload(Project.item)),
                 selectinload(Contract.tranches), selectinload(Contract.annexes))
        .where(Contract.public_id == pid, visible(user)))  # fmt: skip


def settlement_for(user: User, pid: str) -> Settlement | None:
    """One settlement of a project this person may see, with project and host."""
    return db.session.scalar(
        select(Settlement).join(Project, Project.id == Settlement.project_id)
        .options(joinedload(Settlement.project).options(joinedload(Project.host), joinedload(Project.pi)))
        .where(Settlement.public_id == pid, visible(user)))  # fmt: skip


# --- worklists: (row, amount, since) --------------------------------------------------------------------------


def lines_to_appraise() -> list[RankingLine]:
    """Recommended ranking lines without an appraisal."""
    begun = exists().where(Appraisal.ranking_line_id == RankingLine.id)
    return list(db.session.scalars(select(RankingLine).options(_proposal(RankingLine.proposal)).where(RankingLine.recommended, ~begun)
                                   .order_by(RankingLine.id)))  # fmt: skip


def open_appraisals() -> list[tuple[Appraisal, int]]:
    """Appraisals not concluded, or concluded and not (or no longer) submitted, with what is allowed so far."""
    submitted = exists().where(Submission.appraisal_id == Appraisal.id, Submission.state != SubmissionState.RETURNED)
    sums = select(AppraisalLine.appraisal_id, func.sum(AppraisalLine.allowed).label("allowed")).group_by(AppraisalLine.appraisal_id).subquery()
    rows = db.session.execute(select(Appraisal, sums.c.allowed).outerjoin(sums, sums.c.appraisal_id == Appraisal.id)
                              .options(_proposal(Appraisal.proposal)).where(~submitted).order_by(Appraisal.id))  # fmt: skip
    return [(row, int(allowed or 0)) for row, allowed in rows]


def waiting_submissions() -> list[Submission]:
    return list(db.session.scalars(select(Submission).options(joinedload(Submission.appraisal).options(_proposal(Appraisal.proposal)),
                                                              joinedload(Submission.submitted_by))
                                   .where(Submission.state.in_(WAITING)).order_by(Submission.submitted_at)))  # fmt: skip


def projects_without_signed_contract() -> list[tuple[Project, Contract | None]]:
    rows = db.session.execute(_with_faces(select(Project, Contract)).outerjoin(Contract, Contract.project_id == Project.id)
                              .where(~Project.historic, or_(Contract.id.is_(None), Contract.state == ContractState.DRAFT))
                              .order_by(Project.decision_date))  # fmt: skip
    return [(project, contract) for project, contract in rows]


def tranches_in(user: User, *states: TrancheState) -> list[Tranche]:
    """Tranches in these states of projects this person may see, oldest plan first."""
    return list(db.session.scalars(
        select(Tranche).join(Project, Project.id == Tranche.project_id)
        .options(joinedload(Tranche.project).joinedload(Project.host), joinedload(Tranche.requested_by), joinedload(Tranche.first_approved_by))
        .where(Tranche.state.in_(states), visible(user)).order_by(Tranche.planned_on, Tranche.id)))  # fmt: skip


def closed_contracts(user: User) -> list[tuple[Contract, ProjectClosing, Settlement | None]]:
    """Contracts of ended projects that are not liquidated yet."""
    rows = db.session.execute(
        select(Contract, ProjectClosing, Settlement).join(Project, Project.id == Contract.project_id)
        .join(ProjectClosing, ProjectClosing.project_id == Project.id).outerjoin(Settlement, Settlement.project_id == Project.id)
        .options(joinedload(Contract.project).joinedload(Project.host))
        .where(Contract.state != ContractState.LIQUIDATED, visible(user)).order_by(ProjectClosing.dated))  # fmt: skip
    return [(contract, closing, settlement) for contract, closing, settlement in rows]


def may_read(project_id: int, user: User) -> bool:
    """May this person see the project?"""
    return bool(db.session.scalar(select(exists().where(Project.id == project_id, visible(user)))))
