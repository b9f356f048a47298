"""/funding: the worklists, appraisal, approval, contract, money, closing; in the order the user meets them."""

from app.stages.funding import debts, judging, subjects
from app.stages.funding.views import (
    accounts,
    appraisals,
    awards,
    books,
    changes,
    closings,
    contracts,
    desk,
    payments,
)
from app.stages.funding.views.blueprint import bp

__all__ = ["accounts", "appraisals", "awards", "books", "bp", "changes", "closings", "contracts", "debts", "desk", "judging", "payments", "subjects"]
