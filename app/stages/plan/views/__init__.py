"""/plan: the plans, import, the draft, its mapping and decision, comparison, measures and their notes."""

from app.stages.plan import fields
from app.stages.plan.views import drafts, imports, measures, plans
from app.stages.plan.views.blueprint import bp

__all__ = ["bp", "drafts", "fields", "imports", "measures", "plans"]
