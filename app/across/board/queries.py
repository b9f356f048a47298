"""What the board counts: each list's own statement, grouped by item and year."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Select, case, extract, func, select
from sqlalchemy.orm import selectinload

from app.across.board.rules import Counts, Measure
from app.across.hub import queries as hub
from app.kernel.db import db
from app.services.people.models import Organisation, User
from app.stages.acceptance.models import Result
from app.stages.funding.models import Project
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Idea, Topic
from app.stages.plan.models import Agency, Plan, Priority, Sector
from app.stages.plan.scope import within
from app.stages.proposals import queries as proposals
from app.stages.proposals.models import Proposal
from app.stages.transfer import queries as transfer

_ONE = func.count()


def sectors_of(plan: Plan) -> list[Sector]:
    """The sectors of a plan with their items."""
    items = selectinload(Sector.items).lazyload(Priority.plan)
    return list(db.session.scalars(select(Sector).options(items).where(Sector.plan_id == plan.id).order_by(Sector.position)))


def agencies_of(plan: Plan) -> dict[str, tuple[str, frozenset[int]]]:
    """The bodies that lead or take part in items of the plan: public id → (name, ids of the items)."""
    rows = db.session.execute(select(Organisation.public_id, Organisation.name, Agency.item_id).join(Agency, Agency.organisation_id == Organisation.id)
                              .where(Agency.plan_id == plan.id).order_by(Organisation.folded))  # fmt: skip
    found: dict[str, tuple[str, set[int]]] = {}
    for pid, name, item_id in rows:
        found.setdefault(pid, (name, set()))[1].add(item_id)
    return {pid: (name, frozenset(items)) for pid, (name, items) in found.items()}


def counts(user: User, today: date, *, inside: str, body: str | None) -> Counts:
    """All numbers of a plan or sector (its public id) that this person's lists would show, by item and year; `body`: of one ordering body."""
    found: dict[tuple[int, int], dict[Measure, int]] = defaultdict(dict)
    for statement, item, year, figures in _lists(user, today, body):
        asked = (statement.where(within(item, inside)).with_only_columns(item, year, *figures.values(), maintain_column_froms=True)
                 .group_by(item, year).order_by(None))  # fmt: skip
        for item_id, of, *numbers in db.session.execute(asked):
            if of is not None:
                found[item_id, int(of)].update(zip(figures, (int(n or 0) for n in numbers), strict=True))
    return found


def _lists(user: User, today: date, body: str | None) -> list[tuple[Select[Any], Any, Any, dict[Measure, Any]]]:
    """(the list's statement, the item's column, the year, what is counted) of every list the board leads to."""
    made = [
        (ideas.ideas_statement(user, mine=False), ideas.idea_ordered_by, Idea.item_id, Idea.year, {Measure.IDEAS: _ONE}),
        (ideas.topics_statement(), ideas.topic_ordered_by, Topic.item_id, Topic.year, {Measure.TOPICS: _ONE}),
        (proposals.with_year(proposals.list_statement(user)), proposals.ordered_by, Proposal.item_id, Topic.year, {Measure.PROPOSALS: _ONE}),
        (hub.list_statement(user, today), hub.ordered_by, Project.item_id, extract("year", Project.decision_date),
         {Measure.PROJECTS: _ONE, Measure.APPROVED: func.sum(Project.approved_total), Measure.PAID: func.sum(Project.paid_total)}),
        (transfer.results_statement(user), transfer.ordered_by, Result.item_id, extract("year", Result.certificate_dated),
         {Measure.RESULTS: _ONE, Measure.IN_USE: func.sum(case((transfer.in_use(), 1), else_=0))}),
    ]  # fmt: skip
    return [(narrow(s, body) if body else s, item, year, figures) for s, narrow, item, year, figures in made]
