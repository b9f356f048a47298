"""The draft: its head, its parts, their order, and what its items are tied to. Every act is journaled on the plan.

A part has no version of its own: a form has seen its `fingerprint`. A change also grows the version of the plan, so that
two who write at once meet there, and takes back a decision that was prepared on what stood before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import flag_modified

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import Incomplete, Stale, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.papers.rules import check_number
from app.services.people.models import Organisation, User
from app.services.rulebook.calendar import check_day
from app.stages.plan import queries
from app.stages.plan.checking import (
    CODE,
    MOST_ITEMS,
    MOST_ROWS,
    NEGATIVE,
    OTHER_SECTOR,
    OUTSIDE_DAYS,
    OUTSIDE_YEARS,
    YEARS,
    of_other_sector,
    told_days,
)
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
)
from app.stages.plan.rules import EDITABLE, PlanState, fingerprint, period, propose

HEAD = ("number", "dated", "title_vi", "title_en", "body_vi", "body_en", "horizon_year", "vision_year")
Values = dict[str, Any]


def need_draft(plan: Plan) -> None:
    """Refuse unless the plan is a draft."""
    if plan.state != PlanState.DRAFT or plan.is_historic:
        raise WrongState(N_("Plan %(number)s is not a draft any more: it cannot be changed."), number=plan.number)
    need_undecided(plan)


def need_undecided(plan: Plan) -> None:
    """Refuse a plan that is decided and waits for its first day."""
    row = queries.decision_of(plan)
    if plan.state == PlanState.DRAFT and row is not None and row.decided_at is not None:
        raise WrongState(N_("Plan %(number)s is decided and takes effect by itself on %(day)s."), number=plan.number, day=f"{row.in_force_from:%d/%m/%Y}")


def touch(plan: Plan, verb: str, *, by: User | None, at: datetime, **detail: Any) -> None:
    """Grow the plan's version, take back a prepared decision, and write the line of the journal."""
    flag_modified(plan, "number")
    db.session.execute(delete(Decision).where(Decision.plan_id == plan.id, Decision.decided_at.is_(None)))
    db.session.flush()
    journal.record(plan, verb, by=by, at=at, detail={k: v for k, v in detail.items() if v is not None})


def revise_head(plan: Plan, values: Values, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Change number, date, titles, body and years."""
    need_draft(plan)
    check_seen(plan, seen)
    check_number(values["number"], field="number", like="1821/KH-UBND")
    check_day(values["dated"], field="dated", since=date(YEARS.start, 1, 1), until=date(YEARS.stop - 1, 12, 31))
    other = queries.plan_by_number(values["number"])
    if other is not None and other.id != plan.id:
        raise Incomplete(N_("There is another plan of this number."), field="number")
    _check_years(plan, values)
    for name in HEAD:
        setattr(plan, name, values[name])
    touch(plan, "revise", by=by, at=at, part="plan")


def _check_years(plan: Plan, values: Values) -> None:
    """The plan's years follow one another, and what the draft already holds lies within them."""
    dated, horizon, vision = values["dated"], values["horizon_year"], values["vision_year"]
    for name, year, before in (("horizon_year", horizon, dated.year), ("vision_year", vision, horizon or dated.year)):
        if year is not None and year < before:
            raise Incomplete(N_("The year %(year)s lies before %(before)s, where the plan begins or its horizon ends."), field=name, year=year, before=before)
    new, whole = period(dated, horizon, vision), queries.whole_plan(plan.id)
    beyond = [m.text_vi for m in whole.measures if not new.holds(m.due_on)] + [t.name_vi for t in whole.targets if t.year not in new.years]
    if beyond:
        raise Incomplete(N_("These measures or targets of the draft lie outside these years: %(names)s."), field="horizon_year", names="; ".join(beyond[:5])[:300])


def check_due(plan: Plan, due_on: date) -> None:
    """A measure is to be done in the plan's time."""
    if not plan.period.holds(due_on):
        raise Incomplete(OUTSIDE_DAYS, field="due_on", **told_days(plan.period))


def _check_target(plan: Plan, values: Values) -> None:
    if values["amount"] < 0:
        raise Incomplete(NEGATIVE, field="amount")
    if values["year"] not in plan.period.years:
        raise Incomplete(OUTSIDE_YEARS, field="year", since=plan.period.first.year, until=plan.period.farthest)


def seen_of(kind: str, row: Any) -> int:
    """What a form of this part has seen."""
    bodies = [(a.organisation_id, a.is_lead) for a in row.agencies] if kind == "item" else []
    more = (row.agency_id,) if kind == "measure" else ()
    return fingerprint([*(getattr(row, name) for name in EDITABLE[kind]), *sorted(bodies), *more])


def check_print(kind: str, row: Any, seen: int | str | None) -> None:
    """Raise Stale unless the part still is what was seen."""
    if seen not in (None, "") and int(seen) != seen_of(kind, row):
        raise Stale(N_("Somebody else changed this while you were looking at it. Please look again."))


# --- goals, groups, sectors, items ----------------------------------------------------------------------------


def add_part(plan: Plan, kind: str, values: Values, *, by: User, at: datetime, sector: Sector | None = None, lead: Organisation | None = None,
             others: Sequence[Organisation] = ()) -> Any:  # fmt: skip
    """Add a goal, group, sector or item (this in a sector) at the end."""
    need_draft(plan)
    _check_code(plan, kind, values["code"], None, sector)
    count = int(db.session.scalar(select(func.count()).select_from(queries.PARTS[kind]).where(queries.PARTS[kind].plan_id == plan.id)) or 0)
    if count >= (MOST_ITEMS if kind == "item" else MOST_ROWS):
        raise Incomplete(N_("A plan has at most %(most)s of these."), most=MOST_ITEMS if kind == "item" else MOST_ROWS)
    row = _made(plan, kind, {k: values[k] for k in EDITABLE[kind]}, sector, count + 1)
    db.session.add(row)
    db.session.flush()
    if kind == "item":
        _set_agencies(row, lead, others)
        _number_items(plan)
    touch(plan, "add_part", by=by, at=at, part=kind, code=row.code)
    return row


def _made(plan: Plan, kind: str, values: Values, sector: Sector | None, position: int) -> Any:
    if kind == "goal":
        return Goal(plan_id=plan.id, **values)
    if kind == "group":
        return Group(plan_id=plan.id, position=position, **values)
    if kind == "sector":
        return Sector(plan_id=plan.id, slug=values["code"], position=position, **values)
    if sector is None:
        raise Incomplete(N_("Please choose the sector of the item."), field="sector")
    values["short_vi"] = values["short_vi"] or values["text_vi"][:500]
    values["title_en"] = values["title_en"] or values["short_vi"]
    return Priority(plan_id=plan.id, sector_id=sector.id, position=MOST_ITEMS + position, folded=fold(f"{values['short_vi']} {values['text_vi']}"), **values)


def revise_part(plan: Plan, kind: str, row: Any, values: Values, *, by: User, at: datetime, seen: int | str | None = None,
                lead: Organisation | None = None, others: Sequence[Organisation] = ()) -> None:  # fmt: skip
    """Change a part."""
    need_draft(plan)
    check_print(kind, row, seen)
    _check_code(plan, kind, values["code"], row, db.session.get(Sector, row.sector_id) if kind == "item" else None)
    if kind == "sector":
        _recode_items(row, values["code"])
    for name in EDITABLE[kind]:
        setattr(row, name, values[name])
    if kind == "item":
        row.short_vi = row.short_vi or row.text_vi[:500]
        row.title_en = row.title_en or row.short_vi
        row.folded = fold(f"{row.short_vi} {row.text_vi}")
        _set_agencies(row, lead, others)
    touch(plan, "revise", by=by, at=at, part=kind, code=row.code)


def _recode_items(sector: Sector, code: str) -> None:
    """Items bear the code of their sector ("1.2"): they follow when it changes."""
    if code == sector.code:
        return
    for item in db.session.scalars(select(Priority).where(Priority.sector_id == sector.id, Priority.code.startswith(f"{sector.code}.", autoescape=True))):
        new = f"{code}.{item.code.partition('.')[2]}"
        if not CODE.fullmatch(new):
            raise Incomplete(N_("“%(text)s” is not a code: at most 10 letters, digits, dots and hyphens."), field="code", text=new)
        item.code = new
    db.session.flush()


def _check_code(plan: Plan, kind: str, code: str, row: Any, sector: Sector | None) -> None:
    if not CODE.fullmatch(code):
        raise Incomplete(N_("“%(text)s” is not a code: at most 10 letters, digits, dots and hyphens."), field="code", text=code[:40])
    if sector is not None and of_other_sector(code, sector.code):
        raise Incomplete(OTHER_SECTOR, field="code", code=code, sector=sector.code)
    found = queries.part(plan, kind, code)
    if found is not None and (row is None or found.id != row.id):
        raise Incomplete(N_("Code “%(code)s” stands already in this plan."), field="code", code=code)


def _set_agencies(item: Priority, lead: Organisation | None, others: Sequence[Organisation]) -> None:
    db.session.execute(delete(Agency).where(Agency.item_id == item.id))
    bodies = {body.id: False for body in others} | ({lead.id: True} if lead is not None else {})
    for body_id, leads in bodies.items():
        db.session.add(Agency(plan_id=item.plan_id, item_id=item.id, organisation_id=body_id, is_lead=leads))
    db.session.flush()
    db.session.expire(item, ["agencies"])


def move_part(plan: Plan, kind: str, row: Any, *, up: bool, by: User, at: datetime) -> None:
    """Change places with the neighbour before or after; at the end nothing happens."""
    need_draft(plan)
    if kind not in ("group", "sector", "item"):
        raise Incomplete(N_("Goals stand in the order of their years."))
    model = type(row)
    kept = model.sector_id == row.sector_id if kind == "item" else model.plan_id == plan.id
    beyond, order = (model.position < row.position, model.position.desc()) if up else (model.position > row.position, model.position)
    other = db.session.scalar(select(model).where(kept, beyond).order_by(order).limit(1))
    if other is None:
        return
    row.position, other.position = other.position, row.position
    db.session.flush()
    _number_items(plan)
    touch(plan, "move_part", by=by, at=at, part=kind, code=row.code, up=up)


def drop_part(plan: Plan, kind: str, row: Any, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Take a part out of the draft, with the targets, measures and mapping that hang on it. A sector must be empty."""
    need_draft(plan)
    check_print(kind, row, seen)
    code = row.code
    if kind == "sector":
        if db.session.scalar(select(Priority.id).where(Priority.sector_id == row.id).limit(1)):
            raise Incomplete(N_("Sector %(code)s still has items. Please take them out first."), code=code)
        db.session.execute(delete(Target).where(Target.sector_id == row.id))
    if kind == "group":
        db.session.execute(delete(Measure).where(Measure.group_id == row.id))
    if kind == "item":
        for model in (Agency, Target, Measure):
            db.session.execute(delete(model).where(model.item_id == row.id))
        db.session.execute(delete(Mapping).where(Mapping.new_item_id == row.id))
    db.session.delete(row)
    db.session.flush()
    _number_items(plan)
    touch(plan, "drop_part", by=by, at=at, part=kind, code=code)


def _number_items(plan: Plan) -> None:
    """Items count through the plan, sector after sector."""
    rows = db.session.scalars(select(Priority).join(Sector, Sector.id == Priority.sector_id).where(Priority.plan_id == plan.id)
                              .order_by(Sector.position, Priority.position, Priority.id))  # fmt: skip
    for place, row in enumerate(rows, 1):
        row.position = place
    db.session.flush()


# --- targets --------------------------------------------------------------------------------------------------


def add_target(plan: Plan, values: Values, *, by: User, at: datetime, sector: Sector | None = None, item: Priority | None = None) -> Target:
    """A figure to reach, of a sector or of an item."""
    need_draft(plan)
    if (sector is None) == (item is None):
        raise Incomplete(N_("A target belongs to one sector or one item."), field="place")
    _check_target(plan, values)
    row = Target(plan_id=plan.id, sector_id=sector.id if sector else None, item_id=item.id if item else None, **{k: values[k] for k in EDITABLE["target"]})
    db.session.add(row)
    touch(plan, "add_part", by=by, at=at, part="target", code=(sector or item).code)  # type: ignore[union-attr]
    return row


def revise_target(plan: Plan, row: Target, values: Values, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Change a target."""
    need_draft(plan)
    check_print("target", row, seen)
    _check_target(plan, values)
    for name in EDITABLE["target"]:
        setattr(row, name, values[name])
    touch(plan, "revise", by=by, at=at, part="target")


def drop_target(plan: Plan, row: Target, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Take a target out of the draft."""
    need_draft(plan)
    check_print("target", row, seen)
    db.session.delete(row)
    touch(plan, "drop_part", by=by, at=at, part="target")


# --- what the items of the plan before become -----------------------------------------------------------------


def map_item(plan: Plan, old: Priority, new: Iterable[Priority], *, reason: str | None, by: User | None, at: datetime, seen: int | str | None = None) -> None:
    """Say what an item of the plan before becomes: some items of this draft, or none with the reason."""
    need_draft(plan)
    before = queries.plan_before(plan)
    if before is None or old.plan_id != before.id:
        raise Incomplete(N_("Only items of the plan in force are mapped."), field="new")
    if seen not in (None, "") and int(seen) != mapping_seen(plan, old):
        raise Stale(N_("Somebody else changed this while you were looking at it. Please look again."))
    chosen = {item.id: item for item in new}
    if any(item.plan_id != plan.id for item in chosen.values()):
        raise Incomplete(N_("Please choose items of this plan."), field="new")
    why = nfc(reason or "") or None
    if not chosen and why is None:
        raise Incomplete(N_("Please choose at least one item, or say why there is none."), field="reason")
    _write(plan, old, chosen, why)
    touch(plan, "map_item", by=by, at=at, old=old.code, new=[i.code for i in chosen.values()], reason=why)


def _write(plan: Plan, old: Priority, chosen: dict[int, Priority], reason: str | None) -> None:
    db.session.execute(delete(Mapping).where(Mapping.plan_id == plan.id, Mapping.old_item_id == old.id))
    for new_id in chosen or {None: None}:
        db.session.add(Mapping(plan_id=plan.id, old_item_id=old.id, new_item_id=new_id, reason=reason))
    db.session.flush()


def mapping_seen(plan: Plan, old: Priority) -> int:
    """What a form of this line has seen."""
    rows = db.session.execute(select(Mapping.new_item_id, Mapping.reason).where(Mapping.plan_id == plan.id, Mapping.old_item_id == old.id))
    return fingerprint(sorted((new or 0, reason or "") for new, reason in rows))


def propose_mapping(plan: Plan, *, by: User | None, at: datetime) -> int:
    """Map every old item that is not mapped yet to the item that says nearly the same. Returns how many were found."""
    need_draft(plan)
    before = queries.plan_before(plan)
    if before is None:
        raise Incomplete(N_("There is no plan before this one."))
    said = {row.old_item_id for row in queries.mapping_rows(plan)}
    old, new = ({i.code: i for i in queries.items_of(p.id)} for p in (before, plan))
    found = propose({c: i.folded for c, i in old.items() if i.id not in said}, {c: i.folded for c, i in new.items()})
    for code, to in found.items():
        _write(plan, old[code], {new[to].id: new[to]}, None)
    touch(plan, "propose_mapping", by=by, at=at, count=len(found))
    return len(found)
