"""/execution: the worklist, a project's page, signing, reports, inspections, changes, suspension and termination."""

from app.stages.execution import debts, subjects
from app.stages.execution.views import (
    changes,
    desk,
    endings,
    evidence,
    history,
    inspections,
    reports,
    risks,
    watch,
)
from app.stages.execution.views.blueprint import bp

__all__ = ["bp", "changes", "debts", "desk", "endings", "evidence", "history", "inspections", "reports", "risks", "subjects", "watch"]
