"""/proposals: sections of a dossier (sections.py), its work description (work.py,
word.py), the estimate from and to Excel (estimate.py), copies (copying.py), acts on the whole of it (acts.py); after the opening its check (eligibility.py),
requests to add something (remedies.py), earlier work that is near (overlaps.py)."""

from app.stages.proposals.views import (
    acts,
    copying,
    eligibility,
    estimate,
    overlaps,
    remedies,
    sections,
    word,
    work,
)
from app.stages.proposals.views.blueprint import bp

__all__ = ["acts", "bp", "copying", "eligibility", "estimate", "overlaps", "remedies", "sections", "word", "work"]
