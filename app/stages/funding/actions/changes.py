"""Changes of the account that a contract is paid to: asked for by one person, agreed to by another, on hold, told to the old contact."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.kernel import outbox
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.funding import queries
from app.stages.funding.actions.shared import (
    check_account_changes,
    check_may_change_account,
    check_may_stop,
    check_nothing_under_way,
    check_outsider,
)
from app.stages.funding.models import AccountChange, Contract
from app.stages.funding.rules import ACCOUNT_CHANGE, check_other_person


def request_account_change(contract: Contract, *, account: str, reason: str, by: User, at: datetime) -> AccountChange:
    """Ask that money of a contract in force goes to another account. The old contact is told at once."""
    check_account_changes(contract)
    check_may_change_account(contract, by)
    account, reason = nfc(account).strip(), nfc(reason).strip()
    if not account or not reason:
        raise Incomplete(N_("Please fill this in."), field="account" if not account else "reason")
    if "".join(account.split()).casefold() == "".join((contract.account or "").split()).casefold():
        raise Incomplete(N_("This is the account that the contract names already."), field="account")
    row = AccountChange(project_id=contract.project_id, contract_id=contract.id, old_account=contract.account, new_account=account, reason=reason,
                        requested_by_id=by.id, requested_at=at)  # fmt: skip
    try:
        ACCOUNT_CHANGE.begin(row, "request", by=by, at=at, reason=reason)
    except IntegrityError as failure:
        raise WrongState(N_("A change of this account waits to be checked.")) from failure
    to = [*queries.old_contacts(queries.project_by_id(contract.project_id)), *(u for u in people.users_with(Do.FUNDING_PAY) if u.id != by.id)]
    _tell("asked", row, to, at=at)
    return row


def agree_account_change(change: AccountChange, *, remark: str | None, by: User, at: datetime, seen: int | None = None) -> None:
    """Agree: the contract names the new account; nothing is paid to it until the hold of the rulebook has passed."""
    project = queries.project_by_id(change.project_id, lock=True)
    contract = queries.contract_of(project.id)
    check_account_changes(contract, on=local(at).date())
    check_other_person(by.id, change.requested_by_id)
    check_outsider(change, by)
    check_nothing_under_way(contract)
    if contract is None or contract.account != change.old_account:
        raise WrongState(N_("The account of the contract is no longer the one that this change replaces."))
    check_seen(change, seen)
    change.decided_by_id, change.decided_at, change.remark = by.id, at, remark
    change.held_until = rulebook.due(local(at).date(), "funding.account_hold_days")
    ACCOUNT_CHANGE.advance(change, "agree", by=by, at=at, detail={"held_until": change.held_until.isoformat()})
    contract.account = change.new_account
    _tell("agreed", change, queries.old_contacts(project), at=at)


def refuse_account_change(change: AccountChange, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Refuse it with a reason: money goes to the account named before."""
    check_other_person(by.id, change.requested_by_id)
    check_outsider(change, by)
    check_seen(change, seen)
    change.decided_by_id, change.decided_at, change.remark = by.id, at, reason
    ACCOUNT_CHANGE.advance(change, "refuse", by=by, at=at, reason=reason)
    _tell("ended", change, queries.old_contacts(queries.project_by_id(change.project_id)), at=at)


def withdraw_account_change(change: AccountChange, *, by: User, at: datetime, seen: int | None = None) -> None:
    """Who asked for it takes it back before it is decided."""
    if by.id != change.requested_by_id:
        raise NotAllowed(N_("Only who asked for it may take it back."))
    ACCOUNT_CHANGE.advance(change, "withdraw", by=by, at=at, seen=seen)
    _tell("ended", change, queries.old_contacts(queries.project_by_id(change.project_id)), at=at)


def stop_account_change(change: AccountChange, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """While it is on hold, the host, the investigator or an officer stops it: the contract names the old account again."""
    project = queries.project_by_id(change.project_id, lock=True)
    contract = queries.contract_of(project.id)
    check_may_stop(change, by, on=local(at).date())
    check_seen(change, seen)
    change.remark = reason
    ACCOUNT_CHANGE.advance(change, "stop", by=by, at=at, reason=reason)
    if contract is not None:
        contract.account = change.old_account
    to = [*queries.old_contacts(project), *people.users_with(Do.FUNDING_PAY)]
    _tell("ended", change, to, at=at)


def _tell(what: str, change: AccountChange, to: list[User], *, at: datetime) -> None:
    project = queries.project_by_id(change.project_id)
    outbox.post(f"funding/mail/account_change_{what}.txt", to=to, key=f"account-change-{what}:{change.public_id}:{change.version}", at=at, project=project, change=change)
