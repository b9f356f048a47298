"""Rows of funding: the awards, and the money."""

from app.stages.funding.models.accounts import (
    AccountChange,
    SettlementSpending,
    TrancheAccount,
    TrancheSpending,
)
from app.stages.funding.models.appraising import CostQuestion, WorkRevision
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
from app.stages.funding.models.province import (
    BudgetTransfer,
    CutLine,
    ManagementBudget,
    ManagementCost,
)
from app.stages.funding.models.starting import StartItem

__all__ = [
    "AccountChange",
    "Annex",
    "Appraisal",
    "AppraisalLine",
    "AppraisalMember",
    "BudgetTransfer",
    "Commitment",
    "Contract",
    "CostQuestion",
    "CutLine",
    "LedgerEntry",
    "Liquidation",
    "ManagementBudget",
    "ManagementCost",
    "Project",
    "ProjectClosing",
    "ProjectProduct",
    "ProjectYear",
    "Settlement",
    "SettlementSpending",
    "StartItem",
    "Submission",
    "Tranche",
    "TrancheAccount",
    "TrancheSpending",
    "WorkRevision",
    "YearBudget",
    "project_item",
]
