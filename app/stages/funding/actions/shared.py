"""What verbs ask first, and pages before they show a form: `(row, by) -> None`, raising WrongState or NotAllowed."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import NotAllowed, WrongState
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.funding import queries
from app.stages.funding.models import (
    AccountChange,
    Appraisal,
    Contract,
    LedgerEntry,
    Project,
    Tranche,
)
from app.stages.funding.rules import (
    TAKEN_BACK_BY,
    AccountState,
    ChangeState,
    ContractState,
    EntryKind,
    TrancheState,
)
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection import complaints as selection
from app.stages.selection.models import RankingLine, Round


def check_outsider(row: Any, by: User) -> None:
    """Raises NotAllowed when the person belongs to the team or the host of the project that `row` is of: nobody judges money of the own."""
    check_stranger(queries.project_by_id(row.project_id), by)


def check_stranger(project: Project, by: User) -> None:
    """Raises NotAllowed when the person belongs to this project's team or its host."""
    if queries.belongs(by, project):
        raise NotAllowed(N_("You belong to this project or its host. Somebody else must do this."))


def check_not_confirmed_by(tranche: Tranche, by: User) -> None:
    """Raises NotAllowed when the person confirmed by hand that the condition is met."""
    mark = queries.marked_due([tranche]).get(tranche.public_id)
    if mark is not None and mark.id == by.id:
        raise NotAllowed(N_("You confirmed that the condition of this tranche is met. Another person must approve."))


def check_turn(tranche: Tranche, _by: User | None = None) -> None:
    """Is the contract in force, and every tranche before this one due at least?"""
    contract = queries.contract_of(tranche.project_id)
    if contract is None or contract.state != ContractState.SIGNED:
        raise WrongState(N_("The contract is not in force."))
    if any(t.state == TrancheState.PLANNED and t.position < tranche.position for t in queries.tranches_of(tranche.project_id)):
        raise WrongState(N_("An earlier tranche is not due yet."))


def check_requester(tranche: Tranche, by: User) -> None:
    """Does the person lead the project or manage its host?"""
    if not queries.may_request(by, queries.project_by_id(tranche.project_id)):
        raise NotAllowed(N_("Only the investigator and the host's manager may request payment."))


def check_accountable(tranche: Tranche, _by: User | None = None) -> None:
    """Is it paid, and not accounted for?"""
    if tranche.state != TrancheState.PAID:
        raise WrongState(N_("Only a tranche that is paid and not settled yet is accounted for."))


def check_not_under_check(tranche: Tranche, _by: User | None = None) -> None:
    """Do no accounts of it wait to be checked?"""
    row = queries.tranche_account_of(tranche.id)
    if row is not None and row.state == AccountState.SUBMITTED:
        raise WrongState(N_("The accounts of this tranche wait to be checked."))


def check_account_changes(contract: Contract | None, _by: User | None = None, *, on: date | None = None) -> None:
    """Is the contract in force, and no earlier change of its account on hold?"""
    if contract is None or contract.state != ContractState.SIGNED:
        raise WrongState(N_("The contract is not in force."))
    if queries.held_until(contract.project_id, on or clock.today()) is not None:
        raise WrongState(N_("The account was changed a short while ago and is on hold: it can be stopped, not changed again."))


def check_may_change_account(contract: Contract, by: User) -> None:
    """Does the person lead the project, manage its host, or keep contracts?"""
    if not queries.may_request(by, queries.project_by_id(contract.project_id)) and not by.can(Do.FUNDING_CONTRACT):
        raise NotAllowed(N_("Only the investigator, the host's manager and the officer who keeps the contract may ask for another account."))


def check_may_stop(change: AccountChange, by: User, *, on: date | None = None) -> None:
    """Is the change on hold still, and does the person hold the project or keep its money?"""
    if change.state != ChangeState.HELD or change.held_until is None or change.held_until < (on or clock.today()):
        raise WrongState(N_("This change is not on hold: ask for another change instead."))
    holds = queries.may_request(by, queries.project_by_id(change.project_id))
    if not holds and not by.can(Do.FUNDING_CONTRACT) and not by.can(Do.FUNDING_PAY):
        raise NotAllowed(N_("Only the host, the investigator and the Department may stop a change of the account."))


def check_nothing_under_way(contract: Contract | AccountChange | None, _by: User | None = None) -> None:
    """Waits no request of the contract for its payment? It would go to another account than was approved."""
    if contract is not None and any(t.state in (TrancheState.REQUESTED, TrancheState.APPROVED) for t in queries.tranches_of(contract.project_id)):
        raise WrongState(N_("A payment is under way to the account named so far: it is paid or returned first."))


def check_none_under_way(tranche: Tranche, _by: User | None = None) -> None:
    """One request of a contract at a time."""
    if any(t.state in (TrancheState.REQUESTED, TrancheState.APPROVED) for t in queries.tranches_of(tranche.project_id)):
        raise WrongState(N_("Another tranche of this contract is already requested and not paid."))


def check_reversible(entry: LedgerEntry, _by: User | None = None) -> None:
    """Is it a payment that stands, of a tranche that is not settled, or a refund that stands and that no accounts count on?"""
    if entry.kind not in TAKEN_BACK_BY or queries.reversal_of(entry.id) is not None:
        raise WrongState(N_("Only a payment or a refund that stands can be reversed."))
    if entry.kind == EntryKind.REFUND:
        check_not_counted(entry)
        return
    tranche = queries.tranche_by_id(entry.tranche_id) if entry.tranche_id else None
    if tranche is not None and tranche.state != TrancheState.PAID:
        raise WrongState(N_("This tranche is already settled."))


def check_not_counted(entry: LedgerEntry) -> None:
    """May a refund still be taken back? Not when accepted accounts or a decision on an early end were made after it."""
    check_books_open(queries.project_by_id(entry.project_id))
    since = queries.counted_since(entry.project_id)
    if since is not None and entry.at < since:
        raise WrongState(N_("The accounts of the project count on this refund: it can no longer be taken back."))


def check_books_open(project: Project, _by: User | None = None) -> None:
    """May money of this project still be booked?"""
    contract = queries.contract_of(project.id)
    if contract is None or contract.state == ContractState.LIQUIDATED:
        raise WrongState(N_("The contract is liquidated: nothing more is booked."))


def check_appraisable(line: RankingLine, _by: User | None = None) -> None:
    """Is it a selected proposal of a concluded selection that nobody appraises yet?"""
    check_selected(line)
    if not queries.is_concluded(line):
        raise WrongState(N_("The selection of this topic is not concluded yet."))
    if queries.appraisal_of_line(line.id) is not None:
        raise WrongState(N_("The appraisal of this proposal has already begun."))


def check_selected(row: RankingLine | Appraisal, _by: User | None = None) -> None:
    """Has the dossier its place still? It may have been given up, or another may not have moved up yet."""
    if db.session.get_one(Proposal, row.proposal_id).state != ProposalState.SELECTED:
        raise WrongState(N_("This dossier is not selected, or its place was given up: no money is appraised or awarded for it."))
    line = row if isinstance(row, RankingLine) else queries.line_of(row)
    if line.session != db.session.get_one(Round, line.round_id).session:
        raise WrongState(N_("The outcome was reconsidered in another session: the appraisal begins anew from its ranking."))
    if selection.open_complaint(line) is not None:
        raise WrongState(N_("A complaint about this selection waits for an answer: the money waits too."))


def check_not_submitted(appraisal: Appraisal, _by: User | None = None) -> None:
    """Does nothing wait for decision on it?"""
    if queries.submission_of(appraisal.id, living=True) is not None:
        raise WrongState(N_("This appraisal has been submitted for decision. It can be opened again only when it is returned."))


def check_accounts(project: Project, by: User) -> None:
    """May this person submit the final accounts of the ended project?"""
    contract = queries.contract_of(project.id)
    if contract is not None and contract.state == ContractState.DRAFT:
        raise WrongState(N_("The contract is not in force."))
    if queries.closing_of(project.id) is None:
        raise WrongState(N_("Final accounts come after recognition or termination."))
    if not queries.may_request(by, project) and not by.can(Do.FUNDING_SETTLE):
        raise NotAllowed(N_("Only the investigator and the host's manager may submit the accounts."))


def check_no_contract(project: Project, _by: User | None = None) -> None:
    """Has the project no contract yet?"""
    if queries.contract_of(project.id) is not None:
        raise WrongState(N_("This project already has a contract."))
    if queries.closing_of(project.id) is not None:
        raise WrongState(N_("This project has already ended."))


def check_cancellable(project: Project, _by: User | None = None) -> None:
    """Is the project approved, without a signed contract, and not ended?"""
    contract = queries.contract_of(project.id)
    if project.historic or project.proposal_id is None or (contract is not None and contract.state != ContractState.DRAFT):
        raise WrongState(N_("The contract of this project is signed: it can only be terminated."))
    if queries.closing_of(project.id) is not None:
        raise WrongState(N_("This project has already ended."))
