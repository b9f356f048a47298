"""/transfer: results with their use, handovers, yearly reports, agreements, messages; and /public/results for anyone."""

from app.stages.transfer import council, judging, linkpages, subjects
from app.stages.transfer.public import public_bp
from app.stages.transfer.views import (
    agreements,
    evaluations,
    followups,
    handovers,
    incomes,
    interests,
    pictures,
    planned,
    results,
    sites,
)
from app.stages.transfer.views.blueprint import bp

__all__ = ["agreements", "bp", "council", "evaluations", "followups", "handovers", "incomes", "interests", "judging", "linkpages", "pictures", "planned", "public_bp", "results", "sites", "subjects"]
