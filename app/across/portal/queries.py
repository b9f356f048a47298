"""What the public may know, as plain dictionaries: no row of ours reaches a public template."""

from __future__ import annotations

from typing import Any

from app.stages.plan import queries as plans
from app.stages.plan.models import Plan


def plan_shown(english: bool) -> dict[str, Any] | None:
    """The plan in force with its groups, sectors and items, in one language."""
    plan = plans.current_plan()
    return _plan(plan, english) if plan is not None else None


def _plan(plan: Plan, english: bool) -> dict[str, Any]:
    return {
        "number": plan.number,
        "dated": plan.dated,
        "title": plan.title_en if english else plan.title_vi,
        "body": plan.body_en if english and plan.body_en else plan.body_vi,
        "horizon": plan.horizon_year,
        "goals": [{"year": g.year, "text": g.short_en if english else g.short_vi} for g in plan.goals],
        "groups": [{"code": g.code, "name": g.name_en if english else g.name_vi} for g in plan.groups],
        "sectors": [
            {
                "code": s.code,
                "name": s.name_en if english else s.name_vi,
                "items": [{"code": i.code, "title": i.title_en if english else i.short_vi, "text": i.text_vi} for i in s.items],
            }
            for s in plan.sectors
        ],
    }
