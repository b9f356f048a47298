"""Accounts of a tranche: the host says what was spent by head, another person accepts it; then the tranche is settled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.kernel import outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import User
from app.stages.funding import queries
from app.stages.funding.actions.shared import (
    check_accountable,
    check_not_under_check,
    check_outsider,
    check_requester,
)
from app.stages.funding.models import Tranche, TrancheAccount, TrancheSpending
from app.stages.funding.rules import (
    TRANCHE,
    TRANCHE_ACCOUNT,
    AccountState,
    check_other_person,
)


def submit_tranche_account(tranche: Tranche, spent: Mapping[str, int], *, note: str | None, by: User, at: datetime, seen: int | None = None) -> TrancheAccount:
    """The host says what was spent of a tranche, by head; again after it was returned. Never more than was paid and is not accounted for yet."""
    project = queries.project_by_id(tranche.project_id, lock=True)
    check_accountable(tranche)
    check_not_under_check(tranche)
    check_requester(tranche, by)
    unknown = set(spent) - {head.code for head in queries.heads_of(project)}
    if unknown:
        raise Incomplete(N_("The estimate of this project has no head %(head)s."), head=", ".join(sorted(unknown)))
    lines = {head: amount for head, amount in spent.items() if amount}
    total, available = sum(lines.values()), queries.available(tranche)
    if any(amount < 0 for amount in lines.values()) or total <= 0:
        raise Incomplete(N_("Please enter what was spent, by head."))
    if total > available:
        raise Incomplete(N_("These heads sum to %(sum)s đồng; %(available)s đồng were paid and are not accounted for yet."),
                         sum=f"{total:,}".replace(",", "."), available=f"{available:,}".replace(",", "."))  # fmt: skip
    row = queries.tranche_account_of(tranche.id)
    terms = {"available": available, "spent": total, "note": note, "submitted_by_id": by.id, "submitted_at": at}
    detail = {"spent": total, "heads": lines}
    if row is None:
        row = TrancheAccount(project_id=project.id, tranche_id=tranche.id, lines=[], **terms)
        TRANCHE_ACCOUNT.begin(row, "submit", by=by, at=at, detail=detail)
    else:
        check_seen(row, seen)
        row.decided_by_id = row.decided_at = row.remark = None
        row.lines.clear()
        db.session.flush()
        for name, value in terms.items():
            setattr(row, name, value)
        TRANCHE_ACCOUNT.advance(row, "submit", by=by, at=at, detail=detail)
    row.lines.extend(TrancheSpending(head=head, amount=amount) for head, amount in lines.items())
    db.session.flush()
    to = [u for u in people.users_with(Do.FUNDING_SETTLE) if u.id != by.id]
    outbox.post("funding/mail/tranche_account.txt", to=to, key=_key("submitted", row), at=at, project=project, tranche=tranche, account=row)
    return row


def accept_tranche_account(account: TrancheAccount, *, remark: str | None, by: User, at: datetime, seen: int | None = None) -> None:
    """Accept the accounts: the tranche is settled, its payment can no longer be reversed."""
    project = queries.project_by_id(account.project_id, lock=True)
    tranche = queries.tranche_by_id(account.tranche_id)
    check_accountable(tranche)
    check_other_person(by.id, account.submitted_by_id)
    check_outsider(account, by)
    if account.spent > queries.available(tranche):
        raise WrongState(N_("Money has moved since these accounts were written. Please have them submitted again."))
    check_seen(account, seen)
    account.decided_by_id, account.decided_at, account.remark = by.id, at, remark
    TRANCHE_ACCOUNT.advance(account, "accept", by=by, at=at, detail={"spent": account.spent})
    TRANCHE.advance(tranche, "settle", by=by, at=at, detail={"spent": account.spent})
    outbox.post("funding/mail/tranche_accounted.txt", to=queries.holders(project), key=_key("accounted", account), at=at, project=project, tranche=tranche, account=account)


def return_tranche_account(account: TrancheAccount, *, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Send the accounts of a tranche back with a reason."""
    check_other_person(by.id, account.submitted_by_id)
    check_outsider(account, by)
    check_seen(account, seen)
    account.remark = reason
    TRANCHE_ACCOUNT.advance(account, "return", by=by, at=at, reason=reason)
    project, tranche = queries.project_by_id(account.project_id), queries.tranche_by_id(account.tranche_id)
    outbox.post("funding/mail/tranche_account_returned.txt", to=queries.holders(project), key=_key("returned", account), at=at, project=project, tranche=tranche, reason=reason)


def void_tranche_account(tranche: Tranche, *, reason: str, by: User, at: datetime) -> None:
    """What was submitted about a payment that was taken back, or that the final accounts overtook, is returned."""
    row = queries.tranche_account_of(tranche.id)
    if row is not None and row.state == AccountState.SUBMITTED:
        TRANCHE_ACCOUNT.advance(row, "return", by=by, at=at, reason=reason)


def _key(what: str, account: TrancheAccount) -> str:
    return f"tranche-account-{what}:{account.public_id}:{account.version}"
