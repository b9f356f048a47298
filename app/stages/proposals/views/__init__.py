"""/proposals: sections of a dossier (sections.py), its work description (work.py,
word.py, wordparts.py), products, uses and milestones (promised.py), the estimate (budget.py), from and to Excel (estimate.py), copies (copying.py),
acts on the whole of it (acts.py); its team (team.py, invitations.py) and how it works together (together.py)."""

from app.stages.proposals.views import (
    acts,
    budget,
    copying,
    estimate,
    invitations,
    promised,
    sections,
    team,
    together,
    word,
    work,
)
from app.stages.proposals.views.blueprint import bp

public_bp = invitations.public_bp

__all__ = ["acts", "bp", "budget", "copying", "estimate", "invitations", "promised", "public_bp", "sections", "team", "together", "word", "work"]
