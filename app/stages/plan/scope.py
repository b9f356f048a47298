"""Which rows belong to an item, a sector or a whole plan: one condition, for lists and for what is counted from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.kernel.db import db
from app.stages.plan import queries
from app.stages.plan.models import Plan, Priority, Sector


def within(column: Any, value: str) -> ColumnElement[bool]:
    """The condition that `column` (an item's id) lies in `value`: an item's code (of any plan), or the public id of an item, a sector or a plan."""
    items = (select(Priority.id).join(Sector, Sector.id == Priority.sector_id).join(Plan, Plan.id == Priority.plan_id)
             .where(or_(Priority.code == value, Priority.public_id == value, Sector.public_id == value, Plan.public_id == value)))  # fmt: skip
    return column.in_(items)


def choices(value: str | None, *, english: bool, items: Sequence[Priority] | None = None) -> list[tuple[str, str]]:
    """What a list's filter “item” offers: the items of the plan in force by code, and `value` when it names an item, a sector or a plan."""
    offered = [(i.code, f"{i.code} {i.title_en if english else i.short_vi}") for i in (queries.items() if items is None else items)]
    if value and value not in {code for code, _label in offered} and (label := _label(value, english=english)):
        offered.append((value, label))
    return offered


def _label(value: str, *, english: bool) -> str | None:
    row = db.session.execute(select(Priority.code, Priority.short_vi, Priority.title_en, Plan.number).join(Plan, Plan.id == Priority.plan_id)
                             .where(Priority.public_id == value)).first()  # fmt: skip
    if row is not None:
        return f"{row.code} {row.title_en if english else row.short_vi} ({row.number})"
    sector = db.session.execute(select(Sector.code, Sector.name_vi, Sector.name_en, Plan.number).join(Plan, Plan.id == Sector.plan_id)
                                .where(Sector.public_id == value)).first()  # fmt: skip
    if sector is not None:
        return f"{sector.code}. {sector.name_en if english else sector.name_vi} ({sector.number})"
    return db.session.scalar(select(Plan.number).where(Plan.public_id == value))
