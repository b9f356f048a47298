"""The two plans of the demonstration world: each group and each item carries a measure of a body with a due date, and only the late ones are chased."""

from __future__ import annotations

from app.across.demo.plays import plans as plays
from app.kernel.clock import local
from app.stages.plan import queries
from app.stages.plan.queries import measures
from app.stages.plan.rules import Standing


def test_every_group_and_item_of_both_plans_carries_a_measure(cast, at):
    made = plays.measures(cast, as_of=at)
    now, coming = queries.current_plan(), plays.next_plan(cast, at=at)
    for plan in (now, coming):
        assert queries.items_without_measure(plan) == [], plan.number
        whole = queries.whole_plan(plan.id)
        assert {g.id for g in whole.groups} <= {m.group_id for m in whole.measures}, plan.number
    today = local(at).date()
    late = [m for m in made[10:] if measures.standing_of(m, today) in (Standing.OVERDUE, Standing.NOTE_MISSING)]
    assert len(made) == 44 and late == [], "what every item gets owes nothing"
