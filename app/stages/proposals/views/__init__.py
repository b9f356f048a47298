"""/proposals: sections of a dossier (sections.py), its work description (work.py,
word.py), acts on the whole of it (acts.py)."""

from app.stages.proposals.views import acts, sections, word, work
from app.stages.proposals.views.blueprint import bp

__all__ = ["acts", "bp", "sections", "word", "work"]
