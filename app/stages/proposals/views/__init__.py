"""/proposals: the beginning of a dossier (starting.py), its sections (sections.py), its work description (work.py,
word.py), the estimate from and to Excel (estimate.py), copies (copying.py), acts on the whole of it (acts.py),
files (uploads.py), handing in (submitting.py), what officers take in (admitting.py)."""

from app.stages.proposals.views import (
    acts,
    admitting,
    copying,
    estimate,
    sections,
    starting,
    submitting,
    uploads,
    word,
    work,
)
from app.stages.proposals.views.blueprint import bp

__all__ = ["acts", "admitting", "bp", "copying", "estimate", "sections", "starting", "submitting", "uploads", "word", "work"]
