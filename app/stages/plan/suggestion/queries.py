"""Reads of the suggestion: the vocabulary of the plan in force, and what it says of a title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.kernel.db import db
from app.kernel.text import nfc
from app.stages.plan import queries as plans
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


@dataclass(frozen=True)
class Known:
    """Words that officers added, with the codes of the items for which they speak now."""

    term: PriorityTerm
    codes: list[str]
    plan: str | None  # the earlier plan for which they were added


KEPT = 4  # plans whose suggestion is kept ready
_made: dict[int, tuple[Any, Suggester]] = {}  # one of each plan, per process; remade when anything it was made of has changed


def suggester(plan: Plan | None = None) -> Suggester:
    """The suggestion for a plan (else the one in force), with the officers' words and the confirmed links as they are now."""
    plan = plan or _plan()
    if plan is None:
        return Suggester([])
    stamp = (plan.public_id, plan.content_hash, plan.version, *_stamp())
    kept = _made.get(plan.id)
    if kept is None or kept[0] != stamp:
        if len(_made) >= KEPT:
            _made.clear()
        kept = _made[plan.id] = (stamp, _make(plan))
    return kept[1]


def _plan() -> Plan | None:
    return db.session.scalar(select(Plan).where(Plan.state == PlanState.IN_FORCE, ~Plan.is_historic).order_by(Plan.dated.desc()).limit(1))


def _stamp() -> tuple[Any, ...]:
    terms = select(func.count(), func.max(PriorityTerm.id)).where(PriorityTerm.removed_at.is_(None))
    links = select(func.count(), func.max(ConfirmedLink.at))
    return (*db.session.execute(terms).one(), *db.session.execute(links).one())


def _make(plan: Plan) -> Suggester:
    """Words and links of earlier plans go along: they speak for what their items have become."""
    rows = list(db.session.execute(select(Priority.id, Priority.code, Priority.text_vi, Priority.short_vi, Priority.title_en)
                                   .where(Priority.plan_id == plan.id).order_by(Priority.position)))  # fmt: skip
    items = [Item(code, tuple(texts)) for _id, code, *texts in rows]
    before = plans.earlier(plan)
    added = [Term(code, known.term.words, float(known.term.weight)) for known in terms(plan, before) for code in known.codes]
    brought = [term for e in before for term in labels.carried(e.number, e.by_code)]
    return labels.suggester(plan.number, items, terms=[*added, *brought], confirmed=confirmed(plan, before))


def _codes(plan: Plan, before: Sequence[plans.Earlier]) -> dict[int, list[str]]:
    """For the items of a plan and of all plans before it: what they are called in this one."""
    own = db.session.execute(select(Priority.id, Priority.code).where(Priority.plan_id == plan.id))
    return {pid: codes for e in before for pid, codes in e.became.items()} | {pid: [code] for pid, code in own}


def confirmed(plan: Plan, before: Sequence[plans.Earlier]) -> list[tuple[str, str]]:
    """(title, code) of the latest links that persons confirmed, to items of this plan or to what became items of it."""
    codes = _codes(plan, before)
    statement = (select(ConfirmedLink.title, ConfirmedLink.item_id).join(Priority, Priority.id == ConfirmedLink.item_id)
                 .where(Priority.plan_id.in_([plan.id, *(e.id for e in before)])).order_by(ConfirmedLink.at.desc(), ConfirmedLink.id.desc()).limit(LEARN_FROM))  # fmt: skip
    return [(title, code) for title, item in db.session.execute(statement) for code in codes.get(item, ())]


def terms(plan: Plan, before: Sequence[plans.Earlier]) -> list[Known]:
    """The words officers added, for items of this plan and of those before it, in the order of the plans; what speaks for nothing any more is left out."""
    codes, numbers = _codes(plan, before), {e.id: e.number for e in before}
    statement = (select(PriorityTerm).join(PriorityTerm.item).options(contains_eager(PriorityTerm.item), joinedload(PriorityTerm.added_by))
                 .where(Priority.plan_id.in_([plan.id, *numbers]), PriorityTerm.removed_at.is_(None))
                 .order_by((Priority.plan_id != plan.id), Priority.position, PriorityTerm.id))  # fmt: skip
    return [Known(t, codes[t.item_id], numbers.get(t.item.plan_id)) for t in db.session.scalars(statement) if codes.get(t.item_id)]


def term_by_pid(pid: str) -> PriorityTerm | None:
    """One word that is in use."""
    return db.session.scalar(select(PriorityTerm).options(joinedload(PriorityTerm.item))
                             .where(PriorityTerm.public_id == pid, PriorityTerm.removed_at.is_(None)))  # fmt: skip


def current_terms() -> list[Known]:
    """The words officers added that speak for items of the plan in force."""
    plan = _plan()
    return terms(plan, plans.earlier(plan)) if plan is not None else []


def built_in() -> dict[str, list[str]]:
    """The words that came with the plan in force or with one before it, by the code of their item."""
    plan = _plan()
    found: dict[str, list[str]] = {}
    if plan is None:
        return found
    for term in [*labels.vocabulary(plan.number), *(t for e in plans.earlier(plan) for t in labels.carried(e.number, e.by_code))]:
        if term.words not in (known := found.setdefault(term.item, [])):
            known.append(term.words)
    return found


def suggest(title: str, aim: str = "", plan_pid: str | None = None) -> Found:
    """Up to three items for a title and its aims, best first: of the plan in force, or of the decided plan of this public id."""
    title, aim = nfc(title or "")[:LONGEST], nfc(aim or "")[:LONGEST]
    plan = plans.decided(plan_pid) if plan_pid else _plan()
    if plan is None or not title and not aim:
        return Found([], none=False)
    answer = suggester(plan).suggest(title or aim, aim if title else "")
    codes = [s.item for s in answer.suggestions]
    statement = select(Priority).options(joinedload(Priority.sector)).where(Priority.plan_id == plan.id, Priority.code.in_(codes))
    rows = {i.code: i for i in db.session.scalars(statement)} if codes else {}
    return Found([Proposed(rows[s.item], s.score, s.why) for s in answer.suggestions if s.item in rows], answer.none)
