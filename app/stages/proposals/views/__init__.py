"""/proposals: the beginning of a dossier (starting.py), its sections (sections.py), its work description (work.py,
word.py), the estimate from and to Excel (estimate.py), copies (copying.py), acts on the whole of it (acts.py); its team (team.py, invitations.py) and
how it works together (together.py); files (uploads.py), handing in (submitting.py), what officers take in (admitting.py)."""

from app.stages.proposals.views import (
    acts,
    admitting,
    copying,
    estimate,
    invitations,
    sections,
    starting,
    submitting,
    team,
    together,
    uploads,
    word,
    work,
)
from app.stages.proposals.views.blueprint import bp

public_bp = invitations.public_bp

__all__ = [
    "acts", "admitting", "bp", "copying", "estimate", "invitations", "public_bp", "sections", "starting", "submitting", "team", "together", "uploads", "word",
    "work",
]  # fmt: skip
