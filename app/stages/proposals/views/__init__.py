"""/proposals: sections of a dossier (sections.py), its work description (work.py,
word.py, wordparts.py), products, uses and milestones (promised.py), the estimate (budget.py), from and to Excel (estimate.py), copies (copying.py), acts on the whole of it (acts.py)."""

from app.stages.proposals.views import (
    acts,
    budget,
    copying,
    estimate,
    promised,
    sections,
    word,
    work,
)
from app.stages.proposals.views.blueprint import bp

__all__ = ["acts", "bp", "budget", "copying", "estimate", "promised", "sections", "word", "work"]
