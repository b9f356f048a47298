"""Rows of funding: the awards, and the money."""

from app.stages.funding.models.accounts import (
    AccountChange,
    TrancheAccount,
    TrancheSpending,
)
from app.stages.funding.models.awards import (
    Appraisal,
    AppraisalLine,
    AppraisalMember,
    Project,
    ProjectProduct,
    ProjectYear,
    Submission,
    project_item,
)
from app.stages.funding.models.money import (
    Annex,
    Commitment,
    Contract,
    LedgerEntry,
    Liquidation,
    ProjectClosing,
    Settlement,
    Tranche,
    YearBudget,
)

__all__ = [
    "AccountChange",
    "Annex",
    "Appraisal",
    "AppraisalLine",
    "AppraisalMember",
    "Commitment",
    "Contract",
    "LedgerEntry",
    "Liquidation",
    "Project",
    "ProjectClosing",
    "ProjectProduct",
    "ProjectYear",
    "Settlement",
    "Submission",
    "Tranche",
    "TrancheAccount",
    "TrancheSpending",
    "YearBudget",
    "project_item",
]
