"""Reads of projects, contracts and money: what this room's pages and other rooms ask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.journal import JournalEntry
from app.kernel.permissions import Do
from app.services.people import queries as people
from app.services.people.actions import engage
from app.services.people.models import Engagement, Organisation, User
from app.services.similarity.kinds import Kind, Shown, register_kind
from app.stages.funding.models import (
    Annex,
    Contract,
    LedgerEntry,
    Liquidation,
    Project,
    ProjectClosing,
    ProjectProduct,
    ProjectYear,
    Settlement,
    Tranche,
)
from app.stages.funding.rules import (
    FIXED_ACCOUNTS,
    OPEN_TRANCHES,
    ClosingKind,
    EntryKind,
    Fixed,
    SettlementState,
)
from app.stages.plan.models import Priority
from app.stages.proposals.load import PROJECTS
from app.stages.proposals.models import Proposal
from app.stages.proposals.overlaps import AWARDS


def visible(user: User) -> Any:
    """The condition under which a person may see a project: by office, as investigator, team member or host's manager."""
    if user.can(Do.FUNDING_READ):
        return True
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    engaged = exists().where(Engagement.subject_type == "project", Engagement.subject_pid == Project.public_id, Engagement.user_id == user.id)
    return or_(Project.pi_id == user.id, Project.host_id.in_(managed), engaged)


def projects_statement(user: User) -> Select[Any]:
    """A statement of the projects this person may see, for listings (item with sector, host and investigator loaded)."""
    return with_faces(select(Project)).where(visible(user))


def approved_money() -> ColumnElement[int]:
    """What is approved for a project, in đồng; nothing once the approval was cancelled before a contract."""
    cancelled = select(ProjectClosing.project_id).where(ProjectClosing.kind == ClosingKind.CANCELLED)
    return case((Project.id.in_(cancelled), 0), else_=Project.approved_total)


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
    statement = with_faces(select(Project)).options(selectinload(Project.years), selectinload(Project.products), selectinload(Project.other_items))
    return db.session.scalar(statement.where(Project.public_id == pid, visible(user)))


def with_faces(statement: Select[Any]) -> Select[Any]:
    """Load a project with item, sector, host and investigator (of whom only the name is shown: no roles, no organisations)."""
    named = joinedload(Project.pi).options(lazyload(User.grants), lazyload(User.memberships))
    return statement.options(joinedload(Project.item).joinedload(Priority.sector), joinedload(Project.host), named)


def project_by_id(project_id: int, *, lock: bool = False) -> Project:
    """The project with host and investigator; `lock` takes the row for this transaction."""
    if lock:
        db.session.execute(select(Project.id).where(Project.id == project_id).with_for_update(key_share=True))
    statement = select(Project).options(joinedload(Project.host), joinedload(Project.pi), joinedload(Project.item)).where(Project.id == project_id)
    return db.session.scalars(statement.execution_options(populate_existing=lock)).one()


def project_by_code(code: str) -> Project | None:
    return db.session.scalar(with_faces(select(Project)).where(Project.code == code))


def contract_of(project_id: int) -> Contract | None:
    return db.session.scalar(select(Contract).where(Contract.project_id == project_id))


def tranches_of(project_id: int) -> list[Tranche]:
    """The tranches in order, with the people who dealt with them."""
    people_of = [joinedload(getattr(Tranche, name)) for name in ("requested_by", "first_approved_by", "approved_by", "paid_by")]
    return list(db.session.scalars(select(Tranche).options(*people_of).where(Tranche.project_id == project_id).order_by(Tranche.position)))


def unpaid_tranches(project_id: int) -> list[Tranche]:
    """The tranches that the acceptance of the accounts will cancel."""
    return [tranche for tranche in tranches_of(project_id) if tranche.state in OPEN_TRANCHES]


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
    """What came back since then, and was not taken back."""
    return int(db.session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(
        LedgerEntry.project_id == project_id, LedgerEntry.kind == EntryKind.REFUND, LedgerEntry.at >= since, _stands())) or 0)  # fmt: skip


def _stands() -> ColumnElement[bool]:
    """Was a row of the ledger not taken back by another?"""
    other = aliased(LedgerEntry)
    return ~exists().where(other.reverses_id == LedgerEntry.id)


def fixed_accounts(project_id: int) -> Fixed | None:
    """What the decision that ended the project fixes of its money; None when it ended otherwise."""
    return next((found for reader in FIXED_ACCOUNTS if (found := reader(project_id)) is not None), None)


def came_back(project_id: int) -> int:
    """What came back of what is owed: since the decision that fixed it, else since the accounts were submitted."""
    return _came_back(project_id, settlement_of(project_id), closing_of(project_id))


def _came_back(project_id: int, accounts: Settlement | None, closing: ProjectClosing | None) -> int:
    if closing is not None and closing.kind == ClosingKind.TERMINATED:
        return refunded(project_id, since=closing.at)
    return 0 if accounts is None else refunded(project_id, since=accounts.submitted_at)


def counted_since(project_id: int) -> datetime | None:
    """The instant up to which accepted accounts, or the decision on an early end, count what is paid; None while none do."""
    closing, accounts = closing_of(project_id), settlement_of(project_id)
    if closing is not None and closing.kind == ClosingKind.TERMINATED:
        return closing.at
    return accounts.submitted_at if accounts is not None and accounts.state == SettlementState.ACCEPTED else None


def owed_by(accounts: Settlement, closing: ProjectClosing | None) -> int:
    """What is still to come back by these accounts of a project that ended so."""
    return max(accounts.refund_due - _came_back(accounts.project_id, accounts, closing), 0)


def owed(project: Project) -> int | None:
    """What is still to come back by the accounts, or before them by the decision; None while nothing says so."""
    accounts, closing = settlement_of(project.id), closing_of(project.id)
    if accounts is not None:
        return owed_by(accounts, closing)
    fixed = fixed_accounts(project.id)
    return None if fixed is None else max(fixed.refund - _came_back(project.id, None, closing), 0)


def owed_sql() -> ColumnElement[int]:
    """The same for rows of ProjectClosing joined with Settlement: what is due less what came back."""
    return Settlement.refund_due - came_back_sql()


def came_back_sql() -> ColumnElement[int]:
    """What came back of what is owed, for the same rows."""
    since = case((ProjectClosing.kind == ClosingKind.TERMINATED, ProjectClosing.at), else_=Settlement.submitted_at)
    back = (select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(
        LedgerEntry.project_id == ProjectClosing.project_id, LedgerEntry.kind == EntryKind.REFUND, LedgerEntry.at >= since, _stands())
        .correlate(ProjectClosing, Settlement).scalar_subquery())  # fmt: skip
    return cast(back, BigInteger)  # PostgreSQL sums whole numbers to a decimal


def bookings_of(document: str) -> tuple[LedgerEntry | None, int]:
    """The entry that stands for a document, if any, and how many of its bookings were taken back."""
    known = or_(LedgerEntry.document == document, LedgerEntry.document.startswith(f"{document}#", autoescape=True))
    rows = list(db.session.scalars(select(LedgerEntry).options(joinedload(LedgerEntry.project)).where(known)))
    gone = set(db.session.scalars(select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.in_([row.id for row in rows]))))
    return next((row for row in rows if row.id not in gone), None), len(gone)


def belongs(user: User, project: Project) -> bool:
    """Does the person lead the project, work on it (or did), or belong to its host?"""
    if user.id == project.pi_id or user.belongs_to(project.host_id):
        return True
    mine = Engagement.user_id == user.id
    return bool(db.session.scalar(select(exists().where(Engagement.subject_type == "project", Engagement.subject_pid == project.public_id, mine))))


@dataclass(frozen=True)
class Mark:
    """Who confirmed by hand that the condition of a tranche is met, when and why."""

    id: int
    name: str
    day: date
    reason: str


def marked_due(tranches: Collection[Tranche]) -> dict[str, Mark]:
    """By public id of tranches: the last marking as due, where a person made it and gave a reason."""
    rows = db.session.execute(
        select(JournalEntry.subject_pid, JournalEntry.actor_id, JournalEntry.at, JournalEntry.reason, User.name).outerjoin(User, User.id == JournalEntry.actor_id)
        .where(JournalEntry.subject_type == "tranche", JournalEntry.subject_pid.in_([t.public_id for t in tranches]), JournalEntry.verb == "fall_due")
        .order_by(JournalEntry.seq))  # fmt: skip
    last = {row.subject_pid: row for row in rows}
    return {pid: Mark(row.actor_id, row.name, local(row.at).date(), row.reason) for pid, row in last.items() if row.reason and row.name}


def may_request(user: User, project: Project) -> bool:
    """May this person ask for money of the project: its investigator, or the manager of its host?"""
    return user.id == project.pi_id or user.manages(project.host_id)


def held(user: User) -> Any:
    """The condition that says for rows of Project what may_request says for one."""
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    return or_(Project.pi_id == user.id, Project.host_id.in_(managed))


def holders(project: Project) -> list[User]:
    """Who gets the mails of a project: the investigator and the managers of the host."""
    investigator = [person(project.pi_id)] if project.pi_id else []
    return [u for u in (*investigator, *people.managers_of(project.host_id)) if u is not None]


def host_name(project: Project) -> str:
    return str(db.session.scalar(select(Organisation.name).where(Organisation.id == project.host_id)))


def host_head(project: Project) -> str:
    """Who signs for the host; nothing when nobody manages it here."""
    return next((manager.name for manager in people.managers_of(project.host_id)), "")


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


def may_read(project_id: int, user: User) -> bool:
    """May this person see the project?"""
    return bool(db.session.scalar(select(exists().where(Project.id == project_id, visible(user)))))


# --- one row that this person may see -------------------------------------------------------------------------


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


# --- what the search for near work may know -------------------------------------------------------------------


def _show(pids: Collection[str]) -> dict[str, Shown]:
    rows = db.session.execute(select(Project.public_id, Project.code, Project.title, Project.decision_date).where(Project.public_id.in_(pids)))
    return {pid: Shown(code, title, decided.year, None, "hub.show") for pid, code, title, decided in rows}


register_kind(Kind("project", Project, ("title",), lambda user: select(Project.public_id).where(visible(user)), _show, rank=4))


def _of_dossiers(proposal_ids: Collection[int]) -> dict[int, tuple[date, int, date | None]]:
    """By dossier: when its project begins, for how many months, and when it ended. For the load of people who apply again."""
    rows = (select(Project.proposal_id, Project.starts_on, Project.duration_months, ProjectClosing.dated)
            .outerjoin(ProjectClosing, ProjectClosing.project_id == Project.id).where(Project.proposal_id.in_(proposal_ids)))  # fmt: skip
    return {proposal_id: (begin, months, ended) for proposal_id, begin, months, ended in db.session.execute(rows) if proposal_id is not None}


PROJECTS.append(_of_dossiers)


def _awarded(pids: Collection[str]) -> list[tuple[str, str]]:
    """Projects with the dossiers they were awarded for, by the public id of either: past work is compared by the text of its dossier."""
    pairs = select(Project.public_id, Proposal.public_id).join(Proposal, Proposal.id == Project.proposal_id)
    return [(project, dossier) for project, dossier in db.session.execute(pairs.where(or_(Project.public_id.in_(pids), Proposal.public_id.in_(pids))))]


AWARDS.append(_awarded)
