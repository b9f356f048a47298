"""Reads of the suggestion: the vocabulary of the plan in force, and what it says of a title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.kernel.db import db
from app.kernel.text import nfc
from app.stages.plan.models import Plan, Priority
from app.stages.plan.rules import PlanState
from app.stages.plan.suggestion import labels
from app.stages.plan.suggestion.models import ConfirmedLink, PriorityTerm
from app.stages.plan.suggestion.scoring import Item, Suggester, Term

LONGEST = 2000
LEARN_FROM = 5000  # the latest confirmed links


@dataclass(frozen=True)
class Proposed:
    """An item that may fit, for a page."""

    item: Priority
    score: float
    why: list[str]


@dataclass(frozen=True)
class Found:
    """What the suggestion says of a text: ranked items, and whether even the best is too weak."""

    proposed: list[Proposed]
    none: bool


_made: dict[str, tuple[Any, Suggester]] = {}  # one per process; remade when anything it was made of has changed


def suggester() -> Suggester:
    """The suggestion for the plan in force, with the officers' words and the confirmed links as they are now."""
    plan = _plan()
    if plan is None:
        return Suggester([])
    stamp = (plan.id, plan.content_hash, *_stamp(plan.id))
    kept = _made.get("suggester")
    if kept is None or kept[0] != stamp:
        kept = (stamp, _make(plan))
        _made["suggester"] = kept
    return kept[1]


def _plan() -> Plan | None:
    return db.session.scalar(select(Plan).where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic).order_by(Plan.dated.desc()).limit(1))


def _stamp(plan_id: int) -> tuple[Any, ...]:
    terms = select(func.count(), func.max(PriorityTerm.id)).join(Priority, Priority.id == PriorityTerm.item_id).where(
        Priority.plan_id == plan_id, PriorityTerm.removed_at.is_(None))  # fmt: skip
    links = select(func.count(), func.max(ConfirmedLink.at)).join(Priority, Priority.id == ConfirmedLink.item_id).where(Priority.plan_id == plan_id)
    return (*db.session.execute(terms).one(), *db.session.execute(links).one())


def _make(plan: Plan) -> Suggester:
    rows = db.session.execute(select(Priority.code, Priority.text_vi, Priority.short_vi, Priority.title_en)
                              .where(Priority.plan_id == plan.id).order_by(Priority.position))  # fmt: skip
    items = [Item(code, tuple(texts)) for code, *texts in rows]
    return labels.suggester(plan.number, items, terms=[Term(t.item.code, t.words, float(t.weight)) for t in terms(plan.id)],
                            confirmed=confirmed(plan.id))  # fmt: skip


def confirmed(plan_id: int) -> list[tuple[str, str]]:
    """(title, code) of the latest links that persons confirmed."""
    statement = (select(ConfirmedLink.title, Priority.code).join(Priority, Priority.id == ConfirmedLink.item_id).where(Priority.plan_id == plan_id)
                 .order_by(ConfirmedLink.at.desc(), ConfirmedLink.id.desc()).limit(LEARN_FROM))  # fmt: skip
    return [(title, code) for title, code in db.session.execute(statement)]


def terms(plan_id: int) -> list[PriorityTerm]:
    """The words officers added for a plan's items, in the plan's order."""
    statement = (select(PriorityTerm).join(PriorityTerm.item).options(joinedload(PriorityTerm.item), joinedload(PriorityTerm.added_by))
                 .where(Priority.plan_id == plan_id, PriorityTerm.removed_at.is_(None)).order_by(Priority.position, PriorityTerm.id))  # fmt: skip
    return list(db.session.scalars(statement))


def term_by_pid(pid: str) -> PriorityTerm | None:
    """One word that is in use."""
    return db.session.scalar(select(PriorityTerm).options(joinedload(PriorityTerm.item))
                             .where(PriorityTerm.public_id == pid, PriorityTerm.removed_at.is_(None)))  # fmt: skip


def current_terms() -> list[PriorityTerm]:
    """The words officers added for the plan in force."""
    plan = _plan()
    return terms(plan.id) if plan is not None else []


def built_in() -> dict[str, list[str]]:
    """The words that came with the plan in force, by the code of their item."""
    plan = _plan()
    found: dict[str, list[str]] = {}
    for term in labels.vocabulary(plan.number) if plan is not None else []:
        found.setdefault(term.item, []).append(term.words)
    return found


def suggest(title: str, aim: str = "") -> Found:
    """Up to three items of the plan in force for a title and its aims, best first."""
    title, aim = nfc(title or "")[:LONGEST], nfc(aim or "")[:LONGEST]
    if not title and not aim:
        return Found([], none=False)
    answer = suggester().suggest(title or aim, aim if title else "")
    codes = [s.item for s in answer.suggestions]
    statement = (select(Priority).join(Plan, Plan.id == Priority.plan_id).options(joinedload(Priority.sector))
                 .where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic, Priority.code.in_(codes)))  # fmt: skip
    rows = {i.code: i for i in db.session.scalars(statement)} if codes else {}
    return Found([Proposed(rows[s.item], s.score, s.why) for s in answer.suggestions if s.item in rows], answer.none)
