"""Which rows belong to an item, a sector or a whole plan: one condition, for lists and for what is counted from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.kernel.db import db
from app.stages.plan import queries
from app.stages.plan.models import Plan, Priority, Sector


def within(column: Any, value: str) -> ColumnElement[bool]:
    """The condition that `column` (an item's id) lies in `value`: an item's code (of the plan in force), or the public id of an item, a sector or a plan."""
    items = (select(Priority.id).join(Sector, Sector.id == Priority.sector_id).join(Plan, Plan.id == Priority.plan_id)
             .where(or_(Priority.id.in_(queries.items_named(value)), Sector.public_id == value, Plan.public_id == value)))  # fmt: skip
    return column.in_(items)


def choices(value: str | None, *, english: bool, offered: list[tuple[str, str]] | None = None) -> list[tuple[str, str]]:
    """What a list's filter “item” offers: the items of the plan in force by code, of earlier ones by public id, and `value` when it names an item, a sector or a plan."""
    offered = list(offered) if offered is not None else queries.item_choices(english)
    if value and value not in {code for code, _label in offered} and (label := _label(value, english=english)):
        offered.append((value, label))
    return offered


@dataclass(frozen=True)
class Kin:
    """The items or sectors of other plans that belong to what a list is filtered by, as values of the same filter."""

    filter: str
    before: list[tuple[str, str]]  # what it comes from, in earlier plans
    now: list[tuple[str, str]]  # what it is in the plan in force


def kin(values: Mapping[str, str], *, english: bool) -> list[Kin]:
    """For the filters “item” and “sector” of a list: the way to the rows of the plan before or after, which carry other items."""
    named = {"item": queries.items_named, "sector": queries.sectors_named}
    return [found for name in named if values.get(name) for found in [_kin(name, queries.relatives(named[name](values[name])), english)] if found.before or found.now]


def _kin(name: str, rows: Iterable[tuple[bool, Priority]], english: bool) -> Kin:
    found = Kin(name, [], [])
    for later, row in rows:
        into = found.now if later else found.before
        one = (row.public_id, item_face(row, english)) if name == "item" else (row.sector.public_id, f"{row.sector.code}. {row.sector.name_en if english else row.sector.name_vi} ({row.plan.number})")
        if one not in into:
            into.append(one)
    return found


def item_face(item: Priority, english: bool) -> str:
    """An item with the number of its plan."""
    return f"{item.code} {item.title_en if english else item.short_vi} ({item.plan.number})"


def _label(value: str, *, english: bool) -> str | None:
    row = db.session.execute(select(Priority.code, Priority.short_vi, Priority.title_en, Plan.number).join(Plan, Plan.id == Priority.plan_id)
                             .where(Priority.id.in_(queries.items_named(value)))).first()  # fmt: skip
    if row is not None:
        return f"{row.code} {row.title_en if english else row.short_vi} ({row.number})"
    sector = db.session.execute(select(Sector.code, Sector.name_vi, Sector.name_en, Plan.number).join(Plan, Plan.id == Sector.plan_id)
                                .where(Sector.public_id == value)).first()  # fmt: skip
    if sector is not None:
        return f"{sector.code}. {sector.name_en if english else sector.name_vi} ({sector.number})"
    return db.session.scalar(select(Plan.number).where(Plan.public_id == value))
