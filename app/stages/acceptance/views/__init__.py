"""/acceptance: the list of cases, one case, its dossier, verdict and end; /acceptance/results: the register."""

from app.stages.acceptance import council, debts, judging, subjects
from app.stages.acceptance.views import (
    dossiers,
    lists,
    resultfacts,
    results,
    verdicts,
)
from app.stages.acceptance.views.blueprint import bp

__all__ = ["bp", "council", "debts", "dossiers", "judging", "lists", "resultfacts", "results", "subjects", "verdicts"]
