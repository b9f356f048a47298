"""What the board counts: each list's own statement, grouped by item and year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Select,
    String,
    TextualSelect,
    bindparam,
    case,
    extract,
    func,
    select,
    union,
)

from app.across.anybody import Anybody, written_out
from app.across.board.rules import Counts, Measure
from app.across.hub import queries as hub
from app.kernel import clock
from app.kernel.db import db
from app.services.people.models import Organisation, User
from app.stages.acceptance.models import Result
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Idea, Topic
from app.stages.plan.models import Agency, Plan, Priority, Sector
from app.stages.plan.models import Measure as Assigned
from app.stages.plan.rules import MeasureState
from app.stages.plan.scope import within
from app.stages.proposals import queries as proposals
from app.stages.proposals.models import Proposal
from app.stages.transfer import queries as transfer

_ONE = func.count()
_PLANS = select(Plan.id, Plan.public_id, Plan.number, Plan.state).where(~Plan.is_historic).order_by(Plan.dated.desc(), Plan.id.desc())
_SECTORS = select(Sector.id, Sector.code, Sector.public_id, Sector.name_vi, Sector.name_en).where(Sector.plan_id == bindparam("plan_id")).order_by(Sector.position)
_ITEMS = (select(Priority.id, Priority.sector_id, Priority.public_id, Priority.code, Priority.short_vi, Priority.title_en)
          .where(Priority.plan_id == bindparam("plan_id")).order_by(Priority.position))  # fmt: skip

_TAKES_PART = union(select(Agency.organisation_id.label("body_id"), Agency.item_id.label("item_id")).where(Agency.plan_id == bindparam("plan_id")),
                    select(Assigned.agency_id, Assigned.item_id).where(Assigned.plan_id == bindparam("plan_id"), Assigned.item_id.is_not(None),
                                                                       Assigned.state == MeasureState.ACTIVE)).subquery()  # fmt: skip
_AGENCIES = (select(Organisation.public_id, Organisation.name, _TAKES_PART.c.item_id).join(_TAKES_PART, _TAKES_PART.c.body_id == Organisation.id)
             .order_by(Organisation.folded))  # fmt: skip


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
    found = {row.id: ShownSector(row.code, row.public_id, row.name_vi, row.name_en, []) for row in db.session.execute(_SECTORS, {"plan_id": plan.id})}
    for item in db.session.execute(_ITEMS, {"plan_id": plan.id}):
        found[item.sector_id].items.append(item)
    return list(found.values())


def agencies_of(plan: Any) -> dict[str, tuple[str, frozenset[int]]]:
    """The bodies that lead, take part in, or have a measure to carry out for items of the plan: public id → (name, ids of the items)."""
    found: dict[str, tuple[str, set[int]]] = {}
    for pid, name, item_id in db.session.execute(_AGENCIES, {"plan_id": plan.id}):
        found.setdefault(pid, (name, set()))[1].add(item_id)
    return {pid: (name, frozenset(items)) for pid, (name, items) in found.items()}


def counts(user: User, today: date, *, inside: str, body: str | None) -> Counts:
    """All numbers of a plan or sector (its public id) that this person's lists would show, by item and year; `body`: of one ordering body."""
    found: dict[tuple[int, int], dict[Measure, int]] = defaultdict(dict)
    asked = Anybody.parameters(user, clock.at_local(today)) | {"inside": inside, "body": body}
    for figures, statement in _statements(Anybody.like(user, today, ()), body is not None, db.engine.dialect.name):
        for item_id, of, *numbers in db.session.execute(statement, asked).all():
            if of is not None:
                kept = found[item_id, of]
                for figure, number in zip(figures, numbers, strict=True):
                    kept[figure] = int(number or 0)
    return found


@lru_cache(maxsize=64)  # written once a day for all people with the same roles
def _statements(anybody: Anybody, narrowed: bool, _dialect: str) -> list[tuple[tuple[Measure, ...], TextualSelect]]:
    inside, body = cast(str, bindparam("inside", type_=String)), cast(str, bindparam("body", type_=String)) if narrowed else None
    return [(tuple(figures), written_out(statement.where(within(item, inside)).with_only_columns(item, year, *figures.values(), maintain_column_froms=True)
                                         .group_by(item, year).order_by(None), db.engine.dialect))
            for statement, item, year, figures in _lists(cast(User, anybody), body)]  # fmt: skip


def _lists(user: User, body: str | None) -> list[tuple[Select[Any], Any, Any, dict[Measure, Any]]]:
    """(the list's statement, the item's column, the year, what is counted) of every list the board leads to."""
    made = [
        (ideas.ideas_statement(user, mine=False), ideas.idea_ordered_by, Idea.item_id, Idea.year, {Measure.IDEAS: _ONE}),
        (ideas.topics_statement(), ideas.topic_ordered_by, Topic.item_id, Topic.year, {Measure.TOPICS: _ONE}),
        (proposals.with_year(proposals.list_statement(user)), proposals.ordered_by, Proposal.item_id, Topic.year, {Measure.PROPOSALS: _ONE}),
        (hub.seen(user), hub.ordered_by, Project.item_id, extract("year", Project.decision_date),
         {Measure.PROJECTS: _ONE, Measure.APPROVED: func.sum(funding.approved_money()), Measure.PAID: func.sum(Project.paid_total)}),
        (transfer.results_statement(user), transfer.ordered_by, Result.item_id, extract("year", Result.certificate_dated),
         {Measure.RESULTS: _ONE, Measure.IN_USE: func.sum(case((transfer.in_use(), 1), else_=0))}),
    ]  # fmt: skip
    return [(s if body is None else narrow(s, body), item, year, figures) for s, narrow, item, year, figures in made]
