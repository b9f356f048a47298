"""Whole tables of a dossier at once, all rows or none: the lines of the estimate, the promised products."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.proposals import queries
from app.stages.proposals.budgeting import COLUMNS, MOST_LINES, Fault, Line
from app.stages.proposals.drafts import touch
from app.stages.proposals.models import BudgetLine, Proposal, ProposalProduct
from app.stages.proposals.rules import ProductGroup, years_of


def faults_of(proposal: Proposal, lines: Sequence[Line]) -> list[Fault]:
    """Lines whose year the work of this dossier cannot reach. Rows are counted among the lines."""
    first, last = years_of(proposal.call_topic.call.deadline, proposal.duration_months or proposal.call_topic.topic.duration_months)
    return [Fault(n, COLUMNS[3], N_("The years of this budget are %(first)s to %(last)s."), {"first": first, "last": last})
            for n, line in enumerate(lines, 1) if not first <= line.year <= last]  # fmt: skip


def put_lines(proposal: Proposal, lines: Sequence[Line], *, replace: bool, by: User, at: datetime, seen: Any = None) -> None:
    """Add lines to the estimate, or put them in the place of all that are there. Raises Incomplete when one may not be: then none is."""
    touch(proposal, at, seen=seen, place="budget")
    known = queries.heads(local(at).date(), proposal.call_topic.call)
    if not lines:
        raise Incomplete(N_("There is no line to take over."), field="text")
    if any(line.head not in known for line in lines):
        raise Incomplete(N_("Please choose a budget head."), field="text")
    for fault in faults_of(proposal, lines):
        raise Incomplete(fault.message, field="text", **fault.params)
    if len(lines) + (0 if replace else len(proposal.lines)) > MOST_LINES:
        raise Incomplete(N_("A budget has at most %(n)s lines."), field="text", n=MOST_LINES)
    if replace:
        for row in proposal.lines:
            db.session.delete(row)
    db.session.add_all(BudgetLine(proposal_id=proposal.id, head=b.head, content=b.content, source=b.source, year=b.year, unit=b.unit, quantity=b.quantity, price=b.price,
                                  amount=b.amount, lump_sum=bool(known[b.head].get("lump_sum"))) for b in lines)  # fmt: skip
    db.session.flush()
    db.session.refresh(proposal, ["lines"])
    journal.record(proposal, "set_budget", by=by, at=at, detail={"lines": len(lines), "replaced": replace})


def put_products(proposal: Proposal, rows: Sequence[tuple[ProductGroup, str, str, int, str]], *, by: User, at: datetime) -> None:
    """Put these products (group, name, unit, quantity, quality) in the place of those that are there."""
    touch(proposal, at, place="products")
    for row in proposal.products:
        db.session.delete(row)
    db.session.add_all(ProposalProduct(proposal_id=proposal.id, group=group, name=name, unit=unit, quantity=quantity, quality=quality)
                       for group, name, unit, quantity, quality in rows)  # fmt: skip
    db.session.flush()
    db.session.refresh(proposal, ["products"])
    journal.record(proposal, "add_product", by=by, at=at, detail={"products": len(rows), "replaced": True})
