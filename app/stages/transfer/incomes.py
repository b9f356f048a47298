"""What contracts bring by period, and its sharing: record, cancel; the list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.acceptance.models import Contribution
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.transfer import queries
from app.stages.transfer.actions import shared as asked
from app.stages.transfer.actions.agreements import least_share
from app.stages.transfer.deskmodels import Income
from app.stages.transfer.models import Agreement
from app.stages.transfer.queries.results import office
from app.stages.transfer.rules import AgreementState
from app.stages.transfer.sharing import INCOME, IncomeState, check_split, shared


def check_income(agreement: Agreement, by: User) -> None:
    """May this person write down what the contract brought: is it in force, or was it?"""
    asked.check_gives(agreement, by)
    if agreement.state not in (AgreementState.SIGNED, AgreementState.REGISTERED, AgreementState.ENDED):
        raise WrongState(N_("A contract brings income once it is signed."))
    if agreement.must_register and agreement.registered_on is None:
        raise WrongState(N_("This contract holds only from its registration."))


def record(agreement: Agreement, *, from_on: date, to_on: date, revenue: int, profit: int, author_share: int, intermediary_share: int, host_share: int, document: str,
           by: User, at: datetime) -> Income:  # fmt: skip
    """Write down what the contract brought in a period; the after-tax profit is shared by these parts, the authors' by their shares of the result."""
    check_income(agreement, by)
    check_split(author_share, intermediary_share, host_share, named=bool(agreement.intermediary), least=least_share(to_on))
    _check_period(agreement, from_on, to_on, local(at).date())
    if profit > revenue:
        raise Incomplete(N_("The profit after tax cannot be more than the revenue."), field="profit")
    members = [(c.name, c.percent) for c in db.session.scalars(select(Contribution).where(Contribution.result_id == agreement.result_id).order_by(Contribution.position))]
    row = Income(agreement_id=agreement.id, result_id=agreement.result_id, project_id=agreement.project_id, from_on=from_on, to_on=to_on, revenue=revenue, profit=profit,
                 author_share=author_share, intermediary_share=intermediary_share, host_share=host_share, document=nfc(document), by_id=by.id, at=at,
                 split=shared(profit, author_share, intermediary_share, host_share, members))  # fmt: skip
    INCOME.begin(row, "record_income", by=by, at=at, detail={"revenue": revenue, "profit": profit})
    return row


def _check_period(agreement: Agreement, from_on: date, to_on: date, today: date) -> None:
    if to_on < from_on:
        raise Incomplete(N_("The period ends before it begins."), field="to_on")
    if to_on > today:
        raise Incomplete(N_("The period is not over yet."), field="to_on")
    if agreement.signed_on is not None and from_on < agreement.signed_on:
        raise Incomplete(N_("The contract was signed on %(day)s; the period cannot begin earlier."), field="from_on", day=f"{agreement.signed_on:%d/%m/%Y}")
    other = db.session.scalar(select(Income).where(Income.agreement_id == agreement.id, Income.state == IncomeState.RECORDED, Income.from_on <= to_on, Income.to_on >= from_on))
    if other is not None:
        raise Incomplete(N_("From %(first)s to %(last)s the income is recorded already."), field="from_on", first=f"{other.from_on:%d/%m/%Y}", last=f"{other.to_on:%d/%m/%Y}")


def cancel(income: Income, *, reason: str, by: User, at: datetime, seen: Any = None) -> None:
    """Take a wrong entry out of the sums, with the reason; it stays to be read."""
    asked.check_apart(income, by)
    check_seen(income, seen)
    income.reason = reason
    INCOME.advance(income, "cancel_income", by=by, at=at, reason=reason)


def of(agreement: Agreement) -> list[Income]:
    """What one contract brought, oldest first."""
    return list(db.session.scalars(select(Income).options(joinedload(Income.by)).where(Income.agreement_id == agreement.id).order_by(Income.from_on, Income.id)))


def by_pid(agreement: Agreement, pid: str) -> Income | None:
    """One entry of a contract."""
    return db.session.scalar(select(Income).where(Income.public_id == pid, Income.agreement_id == agreement.id))


def statement(user: User) -> Select[Any]:
    """What contracts of projects this person answers for, or all, brought. Who has a contract does not read what others pay."""
    found = select(Income).join(Project, Project.id == Income.project_id).options(
        joinedload(Income.result), joinedload(Income.project).joinedload(Project.host), joinedload(Income.agreement).joinedload(Agreement.recipient))  # fmt: skip
    return found if office(user) else found.where(funding.held(user))


def reads(user: User, agreement: Agreement) -> bool:
    """May this person read what the contract brought: by office, or who answers for the project?"""
    return office(user) or queries.may_give(user, agreement.project)
