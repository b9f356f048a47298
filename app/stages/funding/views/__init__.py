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
    costs,
    desk,
    payments,
    province,
    revisions,
    starting,
    submission_papers,
)
from app.stages.funding.views.blueprint import bp

__all__ = ["accounts", "appraisals", "awards", "books", "bp", "changes", "closings", "contracts", "costs", "debts", "desk", "judging", "payments", "province", "revisions", "starting", "subjects", "submission_papers"]
