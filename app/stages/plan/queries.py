"""Reads of plans and their items."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.db import db
from app.stages.plan.models import Plan, Priority, Sector
from app.stages.plan.rules import PlanState


def current_plan() -> Plan | None:
    """The plan in force, with groups, goals, sectors and items."""
    return db.session.scalar(_whole().where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic).order_by(Plan.dated.desc()).limit(1))


def plan_by_pid(pid: str) -> Plan | None:
    """One plan, whole."""
    return db.session.scalar(_whole().where(Plan.public_id == pid))


def plan_by_number(number: str) -> Plan | None:
    return db.session.scalar(select(Plan).where(Plan.number == number))


def plans() -> list[Plan]:
    """All plans, newest first, without the historic one."""
    return list(db.session.scalars(select(Plan).where(~Plan.is_historic).order_by(Plan.dated.desc(), Plan.id.desc())))


def items() -> list[Priority]:
    """The items of the plan in force, in its order, with their sectors."""
    statement = (select(Priority).join(Plan, Plan.id == Priority.plan_id).options(joinedload(Priority.sector))
                 .where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic).order_by(Priority.position))  # fmt: skip
    return list(db.session.scalars(statement))


def item(code: str) -> Priority | None:
    """An item of the plan in force by its code, e.g. "1.8"."""
    statement = (select(Priority).join(Plan, Plan.id == Priority.plan_id).options(joinedload(Priority.sector))
                 .where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic, Priority.code == code))  # fmt: skip
    return db.session.scalar(statement)


def item_by_pid(pid: str | None) -> Priority | None:
    """An item of any plan, with its sector."""
    return db.session.scalar(select(Priority).options(joinedload(Priority.sector)).where(Priority.public_id == pid)) if pid else None


def historic_item() -> Priority | None:
    """The item “not linked” of the historic plan, for projects older than any plan."""
    return db.session.scalar(select(Priority).join(Plan, Plan.id == Priority.plan_id).options(joinedload(Priority.sector)).where(Plan.is_historic))


def _whole():  # type: ignore[no-untyped-def]
    return select(Plan).options(selectinload(Plan.groups), selectinload(Plan.goals), selectinload(Plan.sectors).selectinload(Sector.items))
