"""Reads of plans and their items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, false, or_, select, true, union
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.text import fold, nfc
from app.services.people.models import Organisation
from app.stages.plan import shape
from app.stages.plan.models import (
    Agency,
    Decision,
    Goal,
    Group,
    Mapping,
    Measure,
    Plan,
    Priority,
    Sector,
    Target,
    Upload,
)
from app.stages.plan.rules import Link, PlanState

_IN_FORCE = (Plan.state == PlanState.IN_FORCE, ~Plan.is_historic)


def current_plan() -> Plan | None:
    """The plan in force, with groups, goals, sectors and items."""
    return db.session.scalar(_whole().where(*_IN_FORCE).order_by(Plan.dated.desc()).limit(1))


def plan_by_pid(pid: str | None) -> Plan | None:
    """One plan with its groups, goals, sectors, items and decision."""
    return db.session.scalar(_whole().where(Plan.public_id == pid, ~Plan.is_historic)) if pid else None


def decided(pid: str) -> Plan | None:
    """The plan of this public id, when it is or was in force."""
    return db.session.scalar(select(Plan).where(Plan.public_id == pid, Plan.state != PlanState.DRAFT, ~Plan.is_historic))


def plan_by_number(number: str) -> Plan | None:
    return db.session.scalar(select(Plan).where(Plan.number == number))


def whole_plan(plan_id: int) -> Plan:
    """One plan with everything in it, read anew: also agencies, targets and measures."""
    return db.session.scalars(_whole().where(Plan.id == plan_id).execution_options(populate_existing=True).options(
        selectinload(Plan.sectors).selectinload(Sector.items).options(lazyload(Priority.plan)).selectinload(Priority.agencies).joinedload(Agency.organisation),
        selectinload(Plan.targets), selectinload(Plan.measures).joinedload(Measure.agency))).one()  # fmt: skip


def plans() -> list[Plan]:
    """All plans, newest first, without the historic one."""
    return list(db.session.scalars(select(Plan).options(joinedload(Plan.decision)).where(~Plan.is_historic).order_by(Plan.dated.desc(), Plan.id.desc())))


def in_force_on(day: date) -> Plan | None:
    """The one plan that was in force on that day."""
    return db.session.scalar(
        select(Plan).join(Decision, Decision.plan_id == Plan.id).where(Decision.decided_at.is_not(None), Decision.in_force_from <= day)
        .order_by(Decision.in_force_from.desc()).limit(1))  # fmt: skip


def decision_of(plan: Plan) -> Decision | None:
    return db.session.scalar(select(Decision).where(Decision.plan_id == plan.id))


def decided_ahead(today: date) -> list[Plan]:
    """Plans that were decided before their first day, which has come, whole."""
    statement = _whole().join(Decision, Decision.plan_id == Plan.id).where(Plan.state == PlanState.DRAFT, Decision.decided_at.is_not(None), Decision.in_force_from <= today)
    return list(db.session.scalars(statement.order_by(Decision.in_force_from)))


def waiting_for_its_day(plan: Plan) -> Plan | None:
    """Another plan than this that is decided and not in force yet."""
    statement = select(Plan).join(Decision, Decision.plan_id == Plan.id).where(Plan.state == PlanState.DRAFT, Decision.decided_at.is_not(None), Plan.id != plan.id)
    return db.session.scalar(statement.limit(1))


def bodies_told(plan: Plan, before: Plan | None, today: date) -> list[str]:
    """The names of the bodies that are told when the plan is put in force: those in charge of its measures, and of open ones of the plan before."""
    mine = or_(Measure.plan_id == plan.id, and_(Measure.plan_id == (before.id if before is not None else None), Measure.due_on >= today))
    return list(db.session.scalars(select(Organisation.name).where(exists().where(Measure.agency_id == Organisation.id, mine)).order_by(Organisation.folded)))


def items_without_measure(plan: Plan) -> list[str]:
    """The codes of the items that no measure carries."""
    carried = exists().where(Measure.item_id == Priority.id)
    return list(db.session.scalars(select(Priority.code).where(Priority.plan_id == plan.id, ~carried).order_by(Priority.position)))


def day_in_force(plan: Plan) -> date:
    """The day from which the plan is in force: of its decision, else its own."""
    decision = decision_of(plan)
    return decision.in_force_from if decision is not None else local(plan.in_force_at).date() if plan.in_force_at else plan.dated


# --- items ----------------------------------------------------------------------------------------------------


def items() -> list[Priority]:
    """The items of the plan in force, in its order, with their sectors."""
    statement = select(Priority).join(Plan, Plan.id == Priority.plan_id).options(joinedload(Priority.sector)).where(*_IN_FORCE).order_by(Priority.position)
    return list(db.session.scalars(statement))


def item(code: str) -> Priority | None:
    """An item of the plan in force by its code, e.g. "1.8"."""
    statement = select(Priority).join(Plan, Plan.id == Priority.plan_id).options(joinedload(Priority.sector)).where(*_IN_FORCE, Priority.code == code)
    return db.session.scalar(statement)


def item_by_pid(pid: str | None) -> Priority | None:
    """An item of any plan, with its sector."""
    return db.session.scalar(select(Priority).options(joinedload(Priority.sector)).where(Priority.public_id == pid)) if pid else None


def items_of(plan_id: int) -> list[Priority]:
    """The items of one plan, in its order, with their sectors."""
    return list(db.session.scalars(select(Priority).options(joinedload(Priority.sector)).where(Priority.plan_id == plan_id).order_by(Priority.position)))


def historic_item() -> Priority | None:
    """The item “not linked” of the historic plan, for projects older than any plan."""
    return db.session.scalar(select(Priority).join(Plan, Plan.id == Priority.plan_id).options(joinedload(Priority.sector)).where(Plan.is_historic))


def items_named(value: str) -> Select[Any]:
    """The ids of the item that a filter names: a code is one of the plan in force, an item of an earlier plan is named by its public id."""
    return select(Priority.id).join(Plan, Plan.id == Priority.plan_id).where(or_(and_(Priority.code == value, *_IN_FORCE), Priority.public_id == value))


def sectors_named(value: str) -> Select[Any]:
    """The ids of the items of the sector that a filter names, as `items_named`."""
    named = or_(and_(Sector.code == value, *_IN_FORCE), Sector.public_id == value)
    return select(Priority.id).join(Sector, Sector.id == Priority.sector_id).join(Plan, Plan.id == Sector.plan_id).where(named)


def item_choices(english: bool, *, among: Select[Any] | None = None) -> list[tuple[str, str]]:
    """Items for a filter: those of the plan in force by code, then those of superseded plans by public id, each saying of which plan.

    `among` selects the ids of the items that are wanted.
    """
    wanted = Priority.id.in_(among) if among is not None else true()
    rows = db.session.scalars(select(Priority).join(Plan, Plan.id == Priority.plan_id).where(Plan.state != PlanState.DRAFT, ~Plan.is_historic, wanted)
                              .order_by(Plan.state, Plan.dated.desc(), Priority.position))  # fmt: skip
    return [(item_value(i), f"{i.face} {i.title_en if english else i.short_vi}") for i in rows]


def item_value(item: Priority) -> str:
    """What names an item in the address of a list: its code, or its public id when its plan is not in force."""
    return item.code if item.plan.state == PlanState.IN_FORCE else item.public_id


def sector_and_item_choices(english: bool) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(sectors, items) for the filters of one list, in one query; as `sector_choices` and `item_choices`."""
    sectors, items = {}, []
    for i in db.session.execute(_ITEMS_AND_SECTORS):
        now = i.state == PlanState.IN_FORCE
        sector, title = (i.name_en, i.title_en) if english else (i.name_vi, i.short_vi)
        sectors[i.sector if now else i.sector_pid] = sector if now else f"{sector} ({i.number})"
        items.append((i.code, f"{i.code} {title}") if now else (i.item_pid, f"{i.code} ({i.number}) {title}"))
    return list(sectors.items()), items


# as columns and written once: the lists of all rooms ask for these
_ITEMS_AND_SECTORS = (
    select(Priority.code, Priority.public_id.label("item_pid"), Priority.title_en, Priority.short_vi, Plan.state, Plan.number,
           Sector.code.label("sector"), Sector.public_id.label("sector_pid"), Sector.name_en, Sector.name_vi)
    .join(Sector, Sector.id == Priority.sector_id).join(Plan, Plan.id == Priority.plan_id)
    .where(Plan.state != PlanState.DRAFT, ~Plan.is_historic).order_by(Plan.state, Plan.dated.desc(), Priority.position))  # fmt: skip


def sector_choices(english: bool, *, among: Select[Any] | None = None) -> list[tuple[str, str]]:
    """Sectors for a filter, as `item_choices`; `among` selects the ids of items that they hold."""
    wanted = Sector.id.in_(select(Priority.sector_id).where(Priority.id.in_(among))) if among is not None else true()
    rows = db.session.execute(select(Sector, Plan.state, Plan.number).join(Plan, Plan.id == Sector.plan_id).where(Plan.state != PlanState.DRAFT, ~Plan.is_historic, wanted)
                              .order_by(Plan.state, Plan.dated.desc(), Sector.position))  # fmt: skip
    return [(s.code if state == PlanState.IN_FORCE else s.public_id, (s.name_en if english else s.name_vi) + ("" if state == PlanState.IN_FORCE else f" ({number})"))
            for s, state, number in rows]  # fmt: skip


# --- what items become ----------------------------------------------------------------------------------------


def mapping_rows(plan: Plan) -> list[Mapping]:
    """What this plan says of the items of the plan before, with both items."""
    return list(db.session.scalars(select(Mapping).options(joinedload(Mapping.old_item), joinedload(Mapping.new_item)).where(Mapping.plan_id == plan.id)
                                   .order_by(Mapping.old_item_id, Mapping.id)))  # fmt: skip


def links_of(rows: Iterable[Mapping]) -> list[Link]:
    """The same as rules know it: one line for each old item."""
    found: dict[str, Link] = {}
    for row in rows:
        known = found.get(row.old_item.code, Link(row.old_item.code))
        new = (*known.new, row.new_item.code) if row.new_item is not None else known.new
        found[known.old] = Link(known.old, tuple(sorted(new)), known.reason or row.reason or "")
    return list(found.values())


def plan_before(plan: Plan) -> Plan | None:
    """The plan that this one supersedes, or would: for a plan that was decided the one whose items its mapping names, else the one in force."""
    named = select(Priority.plan_id).join(Mapping, Mapping.old_item_id == Priority.id).where(Mapping.plan_id == plan.id).limit(1).scalar_subquery()
    before = db.session.scalar(select(Plan).where(Plan.id == named))
    if before is not None or plan.state != PlanState.DRAFT:
        return before
    return db.session.scalar(select(Plan).where(*_IN_FORCE, Plan.id != plan.id))


def successors(item: Priority) -> list[Mapping]:
    """What later plans say of this item."""
    return list(db.session.scalars(select(Mapping).options(joinedload(Mapping.new_item)).join(Plan, Plan.id == Mapping.plan_id)
                                   .where(Mapping.old_item_id == item.id, Plan.state != PlanState.DRAFT).order_by(Mapping.id)))  # fmt: skip


def predecessors(item: Priority) -> list[Priority]:
    """The items of the plan before from which this one comes."""
    return list(db.session.scalars(select(Priority).join(Mapping, Mapping.old_item_id == Priority.id).where(Mapping.new_item_id == item.id).order_by(Priority.position)))


def relatives(items: Select[Any]) -> list[tuple[bool, Priority]]:
    """(is it of a later plan?, item) for what these items came from and what they became, in plans that were decided."""
    decided = Plan.state != PlanState.DRAFT
    old = (select(Mapping.old_item_id.label("id"), false().label("later")).join(Plan, Plan.id == Mapping.plan_id).where(Mapping.new_item_id.in_(items), decided))
    new = (select(Mapping.new_item_id.label("id"), true().label("later")).join(Plan, Plan.id == Mapping.plan_id)
           .where(Mapping.old_item_id.in_(items), Mapping.new_item_id.is_not(None), decided))  # fmt: skip
    both = union(old, new).subquery()
    rows = db.session.execute(select(both.c.later, Priority).join(Priority, Priority.id == both.c.id).options(joinedload(Priority.sector)).order_by(Priority.position))
    return [(bool(later), item) for later, item in rows]


def heirs(items: Iterable[Priority]) -> list[tuple[Priority, list[Priority]]]:
    """For those of these items that are of an earlier plan: what they are in the plan in force, over all mappings between."""
    plan = db.session.scalar(select(Plan).where(*_IN_FORCE))
    former = [i for i in items if i.plan.state == PlanState.SUPERSEDED]
    if plan is None or not former:
        return []
    became = {pid: codes for e in earlier(plan) for pid, codes in e.became.items()}
    now = {i.code: i for i in items_of(plan.id)}
    return [(i, [now[code] for code in became.get(i.id, ())]) for i in former]


@dataclass(frozen=True)
class Earlier:
    """An earlier plan, and what its items have become in a later one: by their ids and by their codes."""

    id: int
    number: str
    became: dict[int, list[str]]
    by_code: dict[str, list[str]]


def earlier(plan: Plan) -> list[Earlier]:
    """The plans before this one as the mappings name them, the nearest first; over several plans the mappings are followed one after the other."""
    rows = db.session.execute(select(Mapping.plan_id, Mapping.old_item_id, Mapping.new_item_id, Priority.code, Priority.plan_id.label("before"), Plan.number)
                              .join(Priority, Priority.id == Mapping.old_item_id).join(Plan, Plan.id == Priority.plan_id).order_by(Mapping.id)).all()  # fmt: skip
    now: dict[int, list[str]] = {pid: [code] for pid, code in db.session.execute(select(Priority.id, Priority.code).where(Priority.plan_id == plan.id))}
    found: list[Earlier] = []
    at = plan.id
    while (step := [r for r in rows if r.plan_id == at]) and step[0].before not in {plan.id, *(e.id for e in found)}:
        became: dict[int, list[str]] = {r.old_item_id: [] for r in step}
        for r in step:
            became[r.old_item_id] += [code for code in now.get(r.new_item_id, ()) if code not in became[r.old_item_id]]
        found.append(Earlier(step[0].before, step[0].number, became, {r.code: became[r.old_item_id] for r in step}))
        now, at = became, step[0].before
    return found


def plain(plan: Plan) -> shape.Shape:
    """The plan's whole content in the one form of import, export and comparison."""
    rows, before = mapping_rows(plan), plan_before(plan)
    links = sorted(({"old": x.old, "new": list(x.new), "reason_vi": x.reason or None} for x in links_of(rows)), key=lambda m: str(m["old"]))
    return shape.of_plan(whole_plan(plan.id), links, before.number if rows and before is not None else None)


# --- parts and helpers ----------------------------------------------------------------------------------------

PARTS: dict[str, Any] = {"goal": Goal, "group": Group, "sector": Sector, "item": Priority}


def part(plan: Plan, kind: str, code: str) -> Any:
    """A goal, group, sector or item of the plan by its code."""
    model = PARTS.get(kind)
    if model is None:
        return None
    statement = select(model).where(model.plan_id == plan.id, model.code == code)
    if model is Priority:
        statement = statement.options(selectinload(Priority.agencies).joinedload(Agency.organisation))
    return db.session.scalar(statement.limit(1))


def target_by_pid(pid: str) -> Target | None:
    return db.session.scalar(select(Target).options(joinedload(Target.sector), joinedload(Target.item)).where(Target.public_id == pid))


def plan_by_id(plan_id: int) -> Plan:
    return db.session.scalars(_whole().where(Plan.id == plan_id)).one()


def upload_for(user_id: int, pid: str) -> Upload | None:
    """A checked file of this person that waits to be imported."""
    return db.session.scalar(select(Upload).where(Upload.public_id == pid, Upload.uploaded_by_id == user_id))


def bodies_by_name() -> dict[str, Organisation]:
    """Organisations in being by their folded Vietnamese and English names."""
    rows = list(db.session.scalars(select(Organisation).where(Organisation.active_to.is_(None)).order_by(Organisation.id)))
    found = {fold(o.name_en): o for o in rows if o.name_en}
    return found | {fold(nfc(o.name)): o for o in rows}


def body_choices() -> list[tuple[str, str]]:
    """(public id, name) of the organisations in being, for list boxes."""
    rows = db.session.execute(select(Organisation.public_id, Organisation.name).where(Organisation.active_to.is_(None)).order_by(Organisation.folded))
    return [(pid, name) for pid, name in rows]


def _whole():  # type: ignore[no-untyped-def]
    return select(Plan).options(selectinload(Plan.groups), selectinload(Plan.goals), selectinload(Plan.sectors).selectinload(Sector.items).lazyload(Priority.plan),
                                joinedload(Plan.decision))  # fmt: skip
