"""What the board counts: each list's own statement, grouped by item and year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    CTE,
    CompoundSelect,
    Integer,
    Select,
    String,
    TextualSelect,
    and_,
    bindparam,
    case,
    exists,
    extract,
    func,
    literal,
    null,
    select,
    union,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased

from app.across.anybody import Anybody, written_out
from app.across.board.rules import Counts, Measure
from app.across.hub import queries as hub
from app.kernel import clock
from app.kernel.db import db
from app.pool import planned_once
from app.services.people.models import Organisation, User
from app.stages.acceptance.models import Result
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Idea, Topic
from app.stages.plan.models import Agency, Group, Note, Plan, Priority, Sector
from app.stages.plan.models import Measure as Assigned
from app.stages.plan.rules import MeasureState
from app.stages.plan.scope import within
from app.stages.proposals import narrowed
from app.stages.proposals import queries as proposals
from app.stages.proposals.models import Proposal
from app.stages.transfer import queries as transfer

_ONE = func.count()
_PLANS = select(Plan.id, Plan.public_id, Plan.number, Plan.state).where(~Plan.is_historic).order_by(Plan.dated.desc(), Plan.id.desc())
_SECTORS = (select(Sector.id.label("sector_id"), Sector.code.label("sector_code"), Sector.public_id.label("sector_pid"), Sector.name_vi, Sector.name_en,
                   Priority.id, Priority.public_id, Priority.code, Priority.short_vi, Priority.title_en)
            .outerjoin(Priority, Priority.sector_id == Sector.id).where(Sector.plan_id == bindparam("plan_id")).order_by(Sector.position, Priority.position))  # fmt: skip

_TAKES_PART = union(select(Agency.organisation_id.label("body_id"), Agency.item_id.label("item_id")).where(Agency.plan_id == bindparam("plan_id")),
                    select(Assigned.agency_id, Assigned.item_id).where(Assigned.plan_id == bindparam("plan_id"), Assigned.item_id.is_not(None),
                                                                       Assigned.state == MeasureState.ACTIVE)).subquery()  # fmt: skip
_AGENCIES = (select(Organisation.public_id, Organisation.name, _TAKES_PART.c.item_id).join(_TAKES_PART, _TAKES_PART.c.body_id == Organisation.id)
             .order_by(Organisation.folded))  # fmt: skip


_NEWER = aliased(Note)
_GROUPS = select(Group.id, Group.code, Group.name_vi, Group.holds_sectors).where(Group.plan_id == bindparam("plan_id")).order_by(Group.position)
_MEASURES = (select(Assigned.group_id, Assigned.item_id, Priority.code.label("item"), Priority.sector_id, Assigned.text_vi, Organisation.public_id.label("agency_pid"), Organisation.name.label("agency"),
                    Note.progress, Note.percent, Note.text.label("said"))
             .join(Organisation, Organisation.id == Assigned.agency_id).outerjoin(Priority, Priority.id == Assigned.item_id)
             .outerjoin(Note, and_(Note.measure_id == Assigned.id, Note.year == bindparam("year"),
                                   ~exists().where(_NEWER.measure_id == Note.measure_id, _NEWER.year == Note.year, _NEWER.revision > Note.revision)))
             .where(Assigned.plan_id == bindparam("plan_id"), Assigned.state == MeasureState.ACTIVE, extract("year", Assigned.assigned_on) <= bindparam("year"))
             .order_by(Priority.position, Organisation.folded, Assigned.id))  # fmt: skip


def groups_of(plan: Any) -> Sequence[Any]:
    """The groups of solutions of a plan, in its order."""
    return db.session.execute(_GROUPS, {"plan_id": plan.id}).all()


def measures_of(plan: Any, year: int) -> Sequence[Any]:
    """The measures given out until a year, each with its body and what that said for the year, as last said (nothing: no note yet)."""
    return db.session.execute(_MEASURES, {"plan_id": plan.id, "year": year}).all()


@dataclass(frozen=True)
class ShownSector:
    """A sector of a plan with its items, as columns."""

    code: str
    public_id: str
    name_vi: str
    name_en: str
    items: list[Any]


def plans() -> Sequence[Any]:
    """All plans but the historic one, newest first: what the board says of them."""
    return db.session.execute(_PLANS).all()


def sectors_of(plan: Any) -> list[ShownSector]:
    """The sectors of a plan with their items."""
    found: dict[int, ShownSector] = {}
    for row in db.session.execute(_SECTORS, {"plan_id": plan.id}):
        sector = found.setdefault(row.sector_id, ShownSector(row.sector_code, row.sector_pid, row.name_vi, row.name_en, []))
        if row.id is not None:
            sector.items.append(row)
    return list(found.values())


def agencies_of(plan: Any) -> dict[str, tuple[str, frozenset[int]]]:
    """The bodies that lead, take part in, or have a measure to carry out for items of the plan: public id → (name, ids of the items)."""
    found: dict[str, tuple[str, set[int]]] = {}
    for pid, name, item_id in db.session.execute(_AGENCIES, {"plan_id": plan.id}):
        found.setdefault(pid, (name, set()))[1].add(item_id)
    return {pid: (name, frozenset(items)) for pid, (name, items) in found.items()}


def counts(user: User, today: date, *, inside: str, body: str | None, yearly: bool = True) -> Counts:
    """All numbers of a plan or sector (its public id) that this person's lists would show, by item and year; `body`: of one ordering body.

    Not `yearly`: the database adds the years up (they stand under None), and says in which years there is anything (under the item None).
    """
    found: dict[tuple[int | None, int | None], dict[Measure, int]] = defaultdict(dict)
    asked = Anybody.parameters(user, clock.at_local(today)) | {"inside": inside, "body": body}
    statement = _statement(Anybody.like(user, today, ()), body is not None, yearly, db.engine.dialect.name)
    with planned_once(db.session.connection()):
        rows = db.session.execute(statement, asked).all()
    for item_id, of, part, *numbers in rows:
        kept = found[item_id, of]
        for figure, number in zip(_FIGURES[part], numbers, strict=False):
            kept[figure] = int(number or 0)
    return found


@lru_cache(maxsize=64)  # written once a day for all people with the same roles
def _statement(anybody: Anybody, narrowed: bool, yearly: bool, _dialect: str) -> TextualSelect:
    inside, body = cast(str, bindparam("inside", type_=String)), cast(str, bindparam("body", type_=String)) if narrowed else None
    every = union_all(*(_counted(part, *one) for part, one in enumerate(_lists(cast(User, anybody), body)))).subquery()
    rows = select(every).where(within(every.c.item, inside), every.c.of.is_not(None))
    return written_out(rows if yearly else _added_up(rows.cte("counted").prefix_with("MATERIALIZED")), db.engine.dialect)


def _counted(part: int, statement: Select[Any], item: Any, year: Any, figures: list[Any]) -> Select[Any]:
    """One list, counted by item and year: as many numbers as the list with the most."""
    numbers = [*figures, *[literal(0)] * (max(map(len, _FIGURES)) - len(figures))]
    columns = [item.label("item"), year.label("of"), literal(part).label("part"), *(n.label(f"n{at}") for at, n in enumerate(numbers))]
    return statement.with_only_columns(*columns, maintain_column_froms=True).group_by(item, year).order_by(None)


def _added_up(rows: CTE) -> CompoundSelect[Any]:
    numbers = [c for c in rows.c if c.name not in ("item", "of", "part")]
    nothing = sql_cast(null(), Integer)
    return union_all(select(rows.c.item, nothing.label("of"), rows.c.part, *(func.sum(n).label(n.name) for n in numbers)).group_by(rows.c.item, rows.c.part),
                     select(nothing, rows.c.of, literal(0), *(nothing for _n in numbers)).group_by(rows.c.of))  # fmt: skip


# what is counted of each list, in the order of _lists
_FIGURES = ((Measure.IDEAS,), (Measure.TOPICS,), (Measure.PROPOSALS,), (Measure.PROJECTS, Measure.APPROVED, Measure.PAID), (Measure.RESULTS, Measure.IN_USE))


def _lists(user: User, body: str | None) -> list[tuple[Select[Any], Any, Any, list[Any]]]:
    """(the list's statement, the item's column, the year, what is counted) of every list the board leads to."""
    made = [
        (ideas.ideas_statement(user, mine=False), ideas.idea_ordered_by, Idea.item_id, Idea.year, [_ONE]),
        (select(Topic), ideas.topic_ordered_by, Topic.item_id, Topic.year, [_ONE]),
        (proposals.counted_statement(user), narrowed.ordered_by, Proposal.item_id, Topic.year, [_ONE]),
        (hub.seen(user), hub.ordered_by, Project.item_id, _year_of(Project.decision_date), [_ONE, func.sum(funding.approved_money()), func.sum(Project.paid_total)]),
        (transfer.results_statement(user), transfer.ordered_by, Result.item_id, _year_of(Result.certificate_dated), [_ONE, func.sum(case((transfer.in_use(), 1), else_=0))]),
    ]  # fmt: skip
    return [(s if body is None else narrow(s, body), item, year, figures) for s, narrow, item, year, figures in made]


def _year_of(day: Any) -> Any:
    return sql_cast(extract("year", day), Integer)
