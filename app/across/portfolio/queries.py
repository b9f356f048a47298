"""Accepted projects with how far their results came: the list, and the same bare for adding up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select

from app.across.hub.queries import ITEM
from app.across.portfolio.rules import STILL, By, Effect, Stage
from app.kernel import clock
from app.kernel.db import db
from app.services.people.models import Organisation, User
from app.stages.acceptance.models import Case
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.plan.models import Plan, Priority, Sector
from app.stages.plan.rules import PlanState
from app.stages.transfer.models import FollowUp
from app.stages.transfer.queries import effects

_FLAGS = {Stage.HANDED_OVER: effects.handed_over(), Stage.IN_USE: effects.applied(), Stage.STILL_IN_USE: effects.applied(year=STILL)}
_EFFECTS = {Effect.REVENUE: effects.summed(FollowUp.revenue), Effect.SAVINGS: effects.summed(FollowUp.savings),
            Effect.JOBS: effects.last_said(FollowUp.jobs), Effect.USERS: effects.last_said(FollowUp.users),
            Effect.HOUSEHOLDS: effects.last_said(FollowUp.households), Effect.AREA: effects.last_said(FollowUp.area)}  # fmt: skip
_NOW = Plan.state == PlanState.IN_FORCE
# what a row's group is called in addresses, as the filters of all lists call it
_NAMED = {By.SECTOR: case((_NOW, Sector.code), else_=Sector.public_id), By.ITEM: case((_NOW, Priority.code), else_=Priority.public_id), By.HOST: Organisation.public_id}
_COUNTED = (*(flag.label(str(stage)) for stage, flag in _FLAGS.items()), *(number.label(str(effect)) for effect, number in _EFFECTS.items()))


def accepted(user: User) -> Select[Any]:
    """A row for each accepted project this person may see: what the list shows, flags by stage, effects."""
    return (select(Project.id, Project.public_id, Project.code, Project.title, Project.pi_name, Project.paid_total, Case.graded_at, Organisation.name.label("host"), ITEM.label("item"),
                   *(value.label(f"by_{by}") for by, value in _NAMED.items()), *_COUNTED)
            .join(Case, Case.project_id == Project.id).join(Organisation, Organisation.id == Project.host_id)
            .join(Priority, Priority.id == Project.item_id).join(Plan, Plan.id == Priority.plan_id).join(Sector, Sector.id == Priority.sector_id)
            .where(Case.accepted, Case.graded_at.is_not(None), funding.visible(user)))  # fmt: skip


def rows_of(statement: Select[Any]) -> Sequence[Any]:
    """All rows, for adding up."""
    return db.session.execute(statement.order_by(Project.id)).all()


def at_stage(statement: Select[Any], stage: str) -> Select[Any]:
    """Projects whose results came this far."""
    return statement if stage == Stage.ACCEPTED else statement.where(_FLAGS[Stage(stage)])


def years() -> list[int]:
    """The years in which projects were accepted, from the last to the first."""
    first, last = db.session.execute(select(func.min(Case.graded_at), func.max(Case.graded_at)).where(Case.accepted)).one()
    return list(range(clock.local(last).year, clock.local(first).year - 1, -1)) if first else []


def accepted_in(statement: Select[Any], year: str) -> Select[Any]:
    """Projects accepted by their council in this year."""
    first, after = (clock.at_local(date(int(year) + n, 1, 1)) for n in (0, 1))
    return statement.where(Case.graded_at >= first, Case.graded_at < after)
