"""The province's money of a year, and what is promised from it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.funding import queries
from app.stages.funding.models import Commitment, Project, YearBudget
from app.stages.funding.rules import CommitmentKind, Source


def set_year_budget(year: int, total: int, *, by: User | None, at: datetime, decision_number: str | None = None,
                    source: Source = Source.STATE) -> YearBudget:  # fmt: skip
    """Enter or change what the province has for a year, without what is carried over; projects that were waiting for this year's money get theirs.

    Raises Incomplete when less is entered than is already promised.
    """
    row = queries.year_budget(year, source, lock=True)
    if row is None:
        row = YearBudget(source=source, year=year, total=total, decision_number=decision_number)
        db.session.add(row)
    else:
        total += queries.carried_into(row)
        if total < row.committed:
            raise Incomplete(N_("More than this is already promised to projects."), field="total")
        row.total, row.decision_number = total, decision_number or row.decision_number
    db.session.flush()
    journal.record(row, "set_budget", by=by, at=at, detail={"total": total, "year": year})
    for project, amount in queries.waiting_for_year(year):
        promise(project, row, amount, by=by, at=at)
    return row


def commit_years(project: Project, *, by: User | None, at: datetime) -> None:
    """Promise the project its state money of each year whose budget is known. The first year's must be."""
    for line in queries.years_of(project):
        budget = queries.year_budget(line.year, Source.STATE, lock=True)
        if budget is None and line.year == project.decision_date.year:
            raise WrongState(N_("The budget of the year %(year)s is not entered yet."), year=line.year)
        if budget is not None and line.state_amount:
            promise(project, budget, line.state_amount, by=by, at=at)


def promise(project: Project, budget: YearBudget, amount: int, *, by: User | None, at: datetime) -> None:
    """Commit an amount of a year's money. Raises WrongState when the year has not that much left."""
    left = budget.total - budget.committed
    if amount > left:
        raise WrongState(N_("The budget of %(year)s has only %(left)s đồng left, %(asked)s are needed."), year=budget.year,
                         left=f"{left:,}".replace(",", "."), asked=f"{amount:,}".replace(",", "."))  # fmt: skip
    book_commitment(project, budget, CommitmentKind.COMMIT, amount, by=by, at=at)


def release(project: Project, amount: int, *, by: User | None, at: datetime) -> None:
    """Give promised money back to the years it came from, the latest first."""
    left = amount
    for budget, promised in queries.promised_to(project):
        part = min(left, promised)
        if part:
            book_commitment(project, budget, CommitmentKind.RELEASE, part, by=by, at=at)
            left -= part


def book_commitment(project: Project, budget: YearBudget, kind: CommitmentKind, amount: int, *, by: User | None, at: datetime) -> None:
    """Add a row to what is promised; the year's counter follows by trigger."""
    row = Commitment(year_budget_id=budget.id, project_id=project.id, kind=kind, amount=amount, by_id=by.id if by else None, at=at)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as failure:
        raise WrongState(N_("The budget of this year is used up.")) from failure
    db.session.expire(budget, ["committed"])
