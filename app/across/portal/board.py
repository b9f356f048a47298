"""The public board: what has come of each item of the plan in force, counted from what anybody may read anyway."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, case, func, select

from app.kernel.db import db
from app.stages.acceptance.models import Result
from app.stages.calls import queries as calls
from app.stages.calls.models import Call, CallTopic
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.ideas.models import Topic
from app.stages.plan.models import Plan, Priority, Sector
from app.stages.plan.rules import PlanState
from app.stages.transfer import queries as transfer

MEASURES = ("called", "projects", "money", "results", "in_use")


def board_shown(english: bool, pid: str | None = None) -> dict[str, Any] | None:
    """The plan of this public id, else the one in force: number, a line for each item, the numbers of all lines together, the other plans.

    A plan that was superseded keeps its board: what was called and approved under it counts there.
    """
    decided = db.session.execute(select(Plan.id, Plan.public_id, Plan.number, Plan.state).where(Plan.state != PlanState.DRAFT, ~Plan.is_historic)
                                 .order_by(Plan.state, Plan.dated.desc())).all()  # fmt: skip
    plan = next((p for p in decided if p.public_id == pid), None) or next((p for p in decided if p.state == PlanState.IN_FORCE), None)
    if plan is None:
        return None
    counted: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    for names, statement in counts():
        for item_id, *numbers in db.session.execute(statement):
            counted[item_id] |= dict(zip(names, (int(n or 0) for n in numbers), strict=True))
    rows = db.session.execute(select(Priority.id, Priority.public_id, Priority.code, Priority.short_vi, Priority.title_en, Sector.code.label("sector"))
                              .join(Sector, Sector.id == Priority.sector_id).where(Priority.plan_id == plan.id).order_by(Priority.position))  # fmt: skip
    lines = [{"code": r.code, "pid": r.public_id, "title": r.title_en if english else r.short_vi, "sector": r.sector, **counted[r.id]} for r in rows]
    others = [{"number": p.number, "pid": p.public_id} for p in decided if p.id != plan.id]
    return {"number": plan.number, "in_force": plan.state == PlanState.IN_FORCE, "others": others, "lines": lines, "sums": {name: sum(line[name] for line in lines) for name in MEASURES},
            "empty": sum(not line["projects"] for line in lines)}  # fmt: skip


def counts() -> list[tuple[tuple[str, ...], Select[Any]]]:
    """(measures, the statement that counts them by item): topics of public calls, approved projects, published results."""
    called = (select(Topic.item_id, func.count(Topic.id.distinct())).join(CallTopic, CallTopic.topic_id == Topic.id).join(Call, Call.id == CallTopic.call_id)
              .where(calls.PUBLISHED).group_by(Topic.item_id))  # fmt: skip
    projects = select(Project.item_id, func.count(), func.sum(funding.approved_money())).group_by(Project.item_id)
    published = transfer.public_statement().with_only_columns(Result.item_id, func.count(), func.sum(case((transfer.in_use(), 1), else_=0)), maintain_column_froms=True)
    return [(("called",), called), (("projects", "money"), projects), (("results", "in_use"), published.group_by(Result.item_id))]
