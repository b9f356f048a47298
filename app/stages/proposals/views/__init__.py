"""/proposals: sections of a dossier (sections.py), its work description (work.py,
word.py), the estimate from and to Excel (estimate.py), copies (copying.py), acts on the whole of it (acts.py); its team (team.py, invitations.py) and
how it works together (together.py); after the opening its check (eligibility.py), requests to add something (remedies.py), earlier work that is near
(overlaps.py)."""

from app.stages.proposals.views import (
    acts,
    copying,
    eligibility,
    estimate,
    invitations,
    overlaps,
    remedies,
    sections,
    team,
    together,
    word,
    work,
)
from app.stages.proposals.views.blueprint import bp

public_bp = invitations.public_bp

__all__ = [
    "acts", "bp", "copying", "eligibility", "estimate", "invitations", "overlaps", "public_bp", "remedies", "sections", "team", "together", "word", "work",
]  # fmt: skip
