"""Reads of the budgets of years and what is promised from them."""

from __future__ import annotations

from sqlalchemy import exists, func, select

from app.kernel.db import db
from app.stages.funding.models import (
    Commitment,
    Project,
    ProjectClosing,
    ProjectYear,
    YearBudget,
)
from app.stages.funding.rules import (
    CommitmentKind,
    Source,
)


def year_budget(year: int, source: Source = Source.STATE, *, lock: bool = False) -> YearBudget | None:
    statement = select(YearBudget).where(YearBudget.year == year, YearBudget.source == source)
    return db.session.scalar(statement.with_for_update(key_share=True).execution_options(populate_existing=True) if lock else statement)


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
    budgets = db.session.scalars(select(YearBudget).where(YearBudget.id.in_(sums)).order_by(YearBudget.year.desc()).with_for_update(key_share=True))
    return [(budget, int(sums[budget.id])) for budget in budgets]
