"""/proposals: sections of a dossier (sections.py), its work description (work.py,
word.py), the estimate from and to Excel (estimate.py), copies (copying.py), acts on the whole of it (acts.py); its team (team.py, invitations.py) and
how it works together (together.py)."""

from app.stages.proposals.views import (
    acts,
    copying,
    estimate,
    invitations,
    sections,
    team,
    together,
    word,
    work,
)
from app.stages.proposals.views.blueprint import bp

public_bp = invitations.public_bp

__all__ = ["acts", "bp", "copying", "estimate", "invitations", "public_bp", "sections", "team", "together", "word", "work"]
