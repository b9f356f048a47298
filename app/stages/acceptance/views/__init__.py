"""/acceptance: the list of cases, one case, its dossier, verdict and end; /acceptance/results: the register."""

from app.stages.acceptance import council, debts, judging, parts, subjects
from app.stages.acceptance.views import (
    dossiers,
    edits,
    lists,
    resultfacts,
    results,
    verdicts,
)
from app.stages.acceptance.views.blueprint import bp

__all__ = ["bp", "council", "debts", "dossiers", "edits", "judging", "lists", "parts", "resultfacts", "results", "subjects", "verdicts"]
