"""/proposals: sections of a dossier (sections.py), acts on the whole of it (acts.py)."""

from app.stages.proposals.views import acts, sections
from app.stages.proposals.views.blueprint import bp

__all__ = ["acts", "bp", "sections"]
