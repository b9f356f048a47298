"""What payments leave on the desk: to ask for, to account for, to approve, to make."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func
from sqlalchemy.orm import aliased

from app.across.desk.projects import of_project
from app.kernel import clock
from app.kernel.journal import JournalEntry
from app.kernel.permissions import Do
from app.services.people.models import User
from app.stages.funding import queries as funding
from app.stages.funding.models import AccountChange, Project, Tranche, TrancheAccount
from app.stages.funding.rules import AccountState, ChangeState, TrancheState


def tranches(user: User, at: datetime) -> list[Select[Any]]:
    """Payments to ask for, to approve, to make: what this person may do next."""
    held = exists().where(AccountChange.project_id == Project.id, AccountChange.state == ChangeState.HELD, AccountChange.held_until >= clock.local(at).date())
    flows = Project.frozen_since.is_(None) & ~held  # nothing is asked for, approved or paid while payments are stopped
    other = aliased(Tranche)  # one request of a contract at a time
    none = ~exists().where(other.project_id == Tranche.project_id, other.state.in_((TrancheState.REQUESTED, TrancheState.APPROVED)))
    before = exists().where(other.project_id == Tranche.project_id, other.position < Tranche.position, other.state.not_in((TrancheState.SETTLED, TrancheState.CANCELLED)))
    due = (Tranche.state == TrancheState.DUE, flows, none, funding.held(user))
    asked = exists().where(TrancheAccount.tranche_id == Tranche.id, TrancheAccount.state != AccountState.RETURNED)
    later = aliased(Tranche)
    next_due = exists().where(later.project_id == Tranche.project_id, later.position > Tranche.position, later.state == TrancheState.DUE)
    found = [of_project(Tranche, user, "funding.request_payment", *due, ~before, since=funding.fell_due()),
             of_project(Tranche, user, "funding.account_tranche", Tranche.state == TrancheState.PAID, ~asked, next_due, funding.held(user), since=Tranche.paid_at)]  # fmt: skip
    if user.can(Do.FUNDING_SETTLE):
        found.append(of_project(Tranche, user, "funding.check_tranche_account", exists().where(TrancheAccount.tranche_id == Tranche.id, TrancheAccount.state == AccountState.SUBMITTED,
                                                                                               TrancheAccount.submitted_by_id != user.id), since=Tranche.paid_at))  # fmt: skip
    earlier = [func.coalesce(column, 0) != user.id for column in (Tranche.requested_by_id, Tranche.first_approved_by_id, Tranche.approved_by_id)]
    if user.can(Do.FUNDING_APPROVE_PAYMENT):
        confirmed = exists().where(JournalEntry.subject_type == "tranche", JournalEntry.subject_pid == Tranche.public_id, JournalEntry.verb == "fall_due",
                                   JournalEntry.actor_id == user.id, JournalEntry.reason.is_not(None))  # fmt: skip
        found.append(of_project(Tranche, user, "funding.approve_payment", Tranche.state == TrancheState.REQUESTED, flows, ~confirmed, *earlier, since=Tranche.requested_at))
    if user.can(Do.FUNDING_PAY):
        found.append(of_project(AccountChange, user, "funding.decide_account_change", AccountChange.state == ChangeState.REQUESTED, AccountChange.requested_by_id != user.id,
                                since=AccountChange.requested_at))  # fmt: skip
        found.append(of_project(Tranche, user, "funding.pay", Tranche.state == TrancheState.APPROVED, flows, *earlier, since=Tranche.approved_at))
    return found
