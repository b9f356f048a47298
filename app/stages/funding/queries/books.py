"""Reads of all money: the ledger over all projects, and what is to come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.orm import contains_eager, joinedload

from app.kernel.clock import at_local, local
from app.kernel.db import db, folded
from app.kernel.text import fold
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.rules import RuleMissing
from app.stages.funding.models import (
    LedgerEntry,
    Project,
    ProjectClosing,
    Settlement,
)
from app.stages.funding.queries.projects import came_back_sql, visible
from app.stages.funding.rules import (
    ClosingKind,
    EntryKind,
    SettlementState,
)

# what a decision on an early end fixed as refund, for a row of ProjectClosing; execution registers its own at import
FIXED_DUE: list[ColumnElement[int]] = []


# --- the ledger -----------------------------------------------------------------------------------------------


def ledger_statement(user: User) -> Select[Any]:
    """Rows of the ledger of all projects this person may see, with project, host, tranche and who booked them."""
    return (select(LedgerEntry).join(Project, Project.id == LedgerEntry.project_id)
            .options(contains_eager(LedgerEntry.project).joinedload(Project.host), joinedload(LedgerEntry.tranche), joinedload(LedgerEntry.by)).where(visible(user)))  # fmt: skip


def ledger_words(statement: Select[Any], words: str) -> Select[Any]:
    """Those whose project or voucher has these words, with or without diacritics."""
    said = fold(words)
    return statement.where(or_(Project.folded.contains(said, autoescape=True), folded(Project.code).contains(said, autoescape=True),
                               folded(LedgerEntry.voucher).contains(said, autoescape=True)))  # fmt: skip


def signed_amount(entry: LedgerEntry) -> int:
    """What an entry does to what is paid."""
    return entry.kind.sign * entry.amount


@dataclass(frozen=True)
class Sums:
    """What rows of the ledger sum to."""

    payments: int
    reversals: int
    refunds: int
    refunds_taken_back: int

    @property
    def net(self) -> int:
        return self.payments - self.reversals - self.refunds + self.refunds_taken_back


def ledger_sums(statement: Select[Any]) -> Sums:
    """The sums of all rows of a filtered statement, not of one page."""
    inner = statement.with_only_columns(LedgerEntry.kind, LedgerEntry.amount, maintain_column_froms=True).order_by(None).subquery()
    found = dict(db.session.execute(select(inner.c.kind, func.sum(inner.c.amount)).group_by(inner.c.kind)).tuples().all())
    return Sums(*(int(found.get(kind, 0)) for kind in EntryKind))


def booked_years() -> list[int]:
    """The years in which something was booked, latest first."""
    return sorted((int(year) for year in db.session.scalars(select(extract("year", LedgerEntry.booked_on)).distinct())), reverse=True)


# --- what is to come back -------------------------------------------------------------------------------------


def due_sql() -> ColumnElement[int]:
    """What is to come back of an ended project: by its accounts, before them by the decision that ended it."""
    return func.coalesce(Settlement.refund_due, *FIXED_DUE, 0)


def recoveries_statement(user: User) -> Select[Any]:
    """Ended projects of which money is to come back: (closing, project, accounts, due, back)."""
    return (select(ProjectClosing, Project, Settlement, due_sql().label("due"), came_back_sql().label("back")).join(Project, Project.id == ProjectClosing.project_id)
            .outerjoin(Settlement, Settlement.project_id == Project.id).options(joinedload(Project.host)).where(visible(user), due_sql() > 0))  # fmt: skip


def refund_split(project: Project, due: int) -> tuple[int, int, str] | None:
    """Of what is to come back, the host's part and the investigator's where a rule of the project's day parts them, with its source."""
    try:
        rule = rulebook.rule("funding.refund_split", on=project.decision_date)
    except RuleMissing:
        return None
    host = due * int(rule.value["host"]) // 100
    return host, due - host, rule.source


def refund_terms() -> rulebook.Terms:
    """What refund_by asks of the rulebook, read once for many."""
    return rulebook.Terms("funding.refund_days")


def refund_by(closing: ProjectClosing, accounts: Settlement | None, terms: rulebook.Terms | None = None) -> date | None:
    """The last day for paying back: counted from the decision on an early end, else from the day on which the accounts were accepted."""
    base = closing.dated if closing.kind == ClosingKind.TERMINATED else accounted_on(accounts)
    return (terms or refund_terms()).due(base, "funding.refund_days", on=base) if base is not None else None


def accounted_on(accounts: Settlement | None) -> date | None:
    """The day on which accounts were accepted."""
    return local(accounts.decided_at).date() if accounts is not None and accounts.state == SettlementState.ACCEPTED and accounts.decided_at else None


def still_owed_sql() -> ColumnElement[bool]:
    return due_sql() > came_back_sql()


def overdue_sql(today: date) -> ColumnElement[bool]:
    """Something is still to come back, and its day has passed. The day is the later, the later its base is: so one base parts them."""
    terms, base = refund_terms(), today
    while base > today - timedelta(days=400) and terms.due(base, "funding.refund_days", on=base) >= today:
        base -= timedelta(days=1)
    ended = ProjectClosing.kind == ClosingKind.TERMINATED
    late = case((ended, ProjectClosing.dated <= base), else_=and_(Settlement.state == SettlementState.ACCEPTED, Settlement.decided_at < at_local(base + timedelta(days=1))))
    return and_(still_owed_sql(), late)
