"""/proposals: the beginning of a dossier (starting.py), its sections (sections.py), its work description (work.py, word.py,
wordparts.py), products, uses and milestones (promised.py), the estimate (budget.py), from and to Excel (estimate.py), copies
(copying.py), acts on the whole of it (acts.py); its team (team.py, invitations.py) and how it works together (together.py); files
(uploads.py), handing in (submitting.py), what officers take in (admitting.py); after the opening its check (eligibility.py),
requests to add something (remedies.py); one version against another (versions.py); earlier work that is near (overlaps.py)."""

from app.stages.proposals import judging
from app.stages.proposals.views import (
    acts,
    admitting,
    budget,
    copying,
    eligibility,
    estimate,
    invitations,
    mine,
    overlaps,
    promised,
    remedies,
    sections,
    starting,
    submitting,
    team,
    together,
    transcribing,
    uploads,
    versions,
    word,
    work,
)
from app.stages.proposals.views.blueprint import bp

public_bp = invitations.public_bp

__all__ = [
    "acts", "admitting", "bp", "budget", "copying", "eligibility", "estimate", "invitations", "judging", "mine", "overlaps", "promised", "public_bp", "remedies", "sections", "starting", "submitting", "team", "together", "transcribing", "uploads", "versions", "word", "work"
]  # fmt: skip
