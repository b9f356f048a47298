"""/proposals: sections of a dossier (sections.py), its work description (work.py,
word.py), the estimate from and to Excel (estimate.py), copies (copying.py), acts on the whole of it (acts.py)."""

from app.stages.proposals.views import acts, copying, estimate, sections, word, work
from app.stages.proposals.views.blueprint import bp

__all__ = ["acts", "bp", "copying", "estimate", "sections", "word", "work"]
