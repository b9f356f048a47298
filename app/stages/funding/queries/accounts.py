"""Reads of what was spent: accounts of tranches, and each head with what is approved for it and what is accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.db import db
from app.services.people.models import User
from app.stages.funding.models import (
    AccountChange,
    Appraisal,
    AppraisalLine,
    Contract,
    Project,
    Settlement,
    SettlementSpending,
    Tranche,
    TrancheAccount,
    TrancheSpending,
)
from app.stages.funding.queries.appraisals import head_names
from app.stages.funding.queries.projects import holders, person, visible
from app.stages.funding.rules import AccountState, ChangeState, Source


@dataclass(frozen=True)
class Head:
    """One head of the state money: approved in the appraised estimate, spent by accepted accounts."""

    code: str
    name: str
    approved: int
    spent: int

    @property
    def left(self) -> int:
        return self.approved - self.spent


def tranche_account_of(tranche_id: int) -> TrancheAccount | None:
    return db.session.scalar(select(TrancheAccount).options(selectinload(TrancheAccount.lines), joinedload(TrancheAccount.submitted_by))
                             .where(TrancheAccount.tranche_id == tranche_id))  # fmt: skip


def tranche_accounts_of(project_id: int) -> list[TrancheAccount]:
    """The accounts of a project's tranches, in their order."""
    return list(db.session.scalars(select(TrancheAccount).options(selectinload(TrancheAccount.lines)).join(Tranche, Tranche.id == TrancheAccount.tranche_id)
                                   .where(TrancheAccount.project_id == project_id).order_by(Tranche.position)))  # fmt: skip


def accounted(project_id: int, *, before: int | None = None) -> int:
    """What accepted accounts say was spent: of all tranches, or of those before a position."""
    statement = (select(func.coalesce(func.sum(TrancheAccount.spent), 0)).join(Tranche, Tranche.id == TrancheAccount.tranche_id)
                 .where(TrancheAccount.project_id == project_id, TrancheAccount.state == AccountState.ACCEPTED))  # fmt: skip
    return int(db.session.scalar(statement if before is None else statement.where(Tranche.position < before)) or 0)


def available(tranche: Tranche) -> int:
    """What could be spent by the accounts of this tranche: all that was paid up to it, less what earlier accounts spent."""
    paid = db.session.scalar(select(func.coalesce(func.sum(Tranche.paid), 0)).where(Tranche.project_id == tranche.project_id, Tranche.position <= tranche.position))
    return int(paid or 0) - accounted(tranche.project_id, before=tranche.position)


def heads_of(project: Project, *, language: str = "vi") -> list[Head]:
    """The heads of the project's state money, in the order of the rulebook; a project without an estimate has all heads."""
    approved = dict(db.session.execute(
        select(AppraisalLine.head, func.sum(AppraisalLine.allowed)).join(Appraisal, Appraisal.id == AppraisalLine.appraisal_id)
        .where(Appraisal.proposal_id == project.proposal_id, AppraisalLine.source == Source.STATE).group_by(AppraisalLine.head)).tuples().all())  # fmt: skip
    spent = dict(db.session.execute(
        select(TrancheSpending.head, func.sum(TrancheSpending.amount)).join(TrancheAccount, TrancheAccount.id == TrancheSpending.account_id)
        .where(TrancheAccount.project_id == project.id, TrancheAccount.state == AccountState.ACCEPTED).group_by(TrancheSpending.head)).tuples().all())  # fmt: skip
    names = head_names(on=project.decision_date, language=language)
    codes = [*names, *(code for code in (*approved, *spent) if code not in names)]
    found = [Head(code, names.get(code, code), int(approved.get(code, 0)), int(spent.get(code, 0))) for code in dict.fromkeys(codes)]
    return [head for head in found if head.approved or head.spent] or found


def settled_heads(settlement: Settlement | None) -> dict[str, int]:
    """What the final accounts say was spent, by head; empty for accounts of before heads were asked for."""
    if settlement is None:
        return {}
    return dict(db.session.execute(select(SettlementSpending.head, SettlementSpending.amount).where(SettlementSpending.settlement_id == settlement.id)
                                   .order_by(SettlementSpending.id)).tuples().all())  # fmt: skip


# --- the account that is paid to ------------------------------------------------------------------------------


def changes_of(contract_id: int) -> list[AccountChange]:
    """The changes of the account of a contract, latest first, with who asked and who decided."""
    people = [joinedload(getattr(AccountChange, name)) for name in ("requested_by", "decided_by")]
    return list(db.session.scalars(select(AccountChange).options(*people).where(AccountChange.contract_id == contract_id).order_by(AccountChange.id.desc())))


def change_for(user: User, pid: str) -> AccountChange | None:
    """One change of an account of a project this person may see, with contract and people."""
    people = [joinedload(getattr(AccountChange, name)) for name in ("requested_by", "decided_by", "contract")]
    return db.session.scalar(select(AccountChange).options(*people).join(Project, Project.id == AccountChange.project_id).where(AccountChange.public_id == pid, visible(user)))


def held_until(project_id: int, on: date) -> date | None:
    """Until which day the account of the project is on hold, if it is on that day."""
    return db.session.scalar(select(func.max(AccountChange.held_until)).where(
        AccountChange.project_id == project_id, AccountChange.state == ChangeState.HELD, AccountChange.held_until >= on))  # fmt: skip


def asked_changes(user: User) -> list[AccountChange]:
    """Changes of accounts that wait to be checked, of projects this person may see."""
    return list(db.session.scalars(
        select(AccountChange).options(joinedload(AccountChange.requested_by), joinedload(AccountChange.contract).joinedload(Contract.project).joinedload(Project.host))
        .join(Project, Project.id == AccountChange.project_id).where(AccountChange.state == ChangeState.REQUESTED, visible(user)).order_by(AccountChange.id)))  # fmt: skip


def old_contacts(project: Project) -> list[User]:
    """Who is told of a change of the account: who holds the project, and everybody who has asked for its money before."""
    ids = set(db.session.scalars(select(Tranche.requested_by_id).where(Tranche.project_id == project.id, Tranche.requested_by_id.is_not(None))))
    asked = [user for user in (person(user_id) for user_id in sorted(i for i in ids if i is not None)) if user is not None]
    return list({user.id: user for user in (*holders(project), *asked)}.values())
