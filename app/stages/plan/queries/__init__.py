"""Reads of the plan's room: plans with their items, and measures with their notes."""

from app.stages.plan.queries import measures
from app.stages.plan.queries.plans import (
    PARTS,
    bodies_by_name,
    body_choices,
    current_plan,
    day_in_force,
    decision_of,
    historic_item,
    in_force_on,
    item,
    item_by_pid,
    item_choices,
    items,
    items_named,
    items_of,
    links_of,
    mapping_rows,
    part,
    plain,
    plan_before,
    plan_by_id,
    plan_by_number,
    plan_by_pid,
    plan_with_items,
    plans,
    predecessors,
    sector_and_item_choices,
    sector_choices,
    sectors_named,
    successors,
    target_by_pid,
    upload_for,
    whole_plan,
)

__all__ = [
    "PARTS", "bodies_by_name", "body_choices", "current_plan", "day_in_force", "decision_of", "historic_item", "in_force_on", "item", "item_by_pid",
    "item_choices", "items", "items_named", "items_of", "links_of", "mapping_rows", "measures", "part", "plain", "plan_before", "plan_by_id",
    "plan_by_number", "plan_by_pid", "plan_with_items", "plans", "predecessors", "sector_and_item_choices", "sector_choices", "sectors_named", "successors", "target_by_pid", "upload_for", "whole_plan",
]  # fmt: skip
