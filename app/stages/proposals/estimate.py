"""The acts on an estimate: one line, many lines of a page, whole tables; all rows or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import MONEY_MAX, db
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.proposals import queries
from app.stages.proposals.budgeting import COLUMNS, MOST_LINES, Fault, Line
from app.stages.proposals.drafts import touch
from app.stages.proposals.models import BudgetLine, Proposal
from app.stages.proposals.rules import Source, years_of


def _years(proposal: Proposal) -> tuple[int, int]:
    return years_of(proposal.call_topic.call.deadline, proposal.duration_months or proposal.call_topic.topic.duration_months)


def faults_of(proposal: Proposal, lines: Sequence[Line]) -> list[Fault]:
    """Lines whose year the work of this dossier cannot reach. Rows are counted among the lines."""
    first, last = _years(proposal)
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
    rows = [BudgetLine(proposal_id=proposal.id) for _ in lines]
    for row, line in zip(rows, lines, strict=True):
        _fill(row, line, known)
    db.session.add_all(rows)
    _refreshed(proposal)
    journal.record(proposal, "set_budget", by=by, at=at, detail={"lines": len(lines), "replaced": replace})


def _check(proposal: Proposal, line: Line, known: Mapping[str, Any], place: str = "") -> None:
    """Raise Incomplete when this line cannot be kept; `place` goes before the name of the field."""
    if line.head not in known:
        raise Incomplete(N_("Please choose a budget head."), field=f"{place}head")
    first, last = _years(proposal)
    if not first <= line.year <= last:
        raise Incomplete(N_("The years of this budget are %(first)s to %(last)s."), field=f"{place}year", first=first, last=last)
    if not 0 < line.amount <= MONEY_MAX:
        raise Incomplete(N_("Quantity and price make an amount that is not possible for one line."), field=f"{place}price")


def add_line(proposal: Proposal, *, head: str, content: str, source: Source, year: int, unit: str, quantity: int, price: int, by: User, at: datetime,
             seen: Any = None) -> BudgetLine:  # fmt: skip
    """Add a line of the estimate: quantity in hundredths, price in đồng; the amount is computed."""
    touch(proposal, at, seen=seen, place="budget")
    known, line = queries.heads(local(at).date(), proposal.call_topic.call), Line(head, content, Source(source), year, unit, quantity, price)
    _check(proposal, line, known)
    if len(proposal.lines) >= MOST_LINES:
        raise Incomplete(N_("A budget has at most %(n)s lines."), n=MOST_LINES)
    row = BudgetLine(proposal_id=proposal.id)
    _fill(row, line, known)
    db.session.add(row)
    _refreshed(proposal)
    journal.record(proposal, "add_line", by=by, at=at)
    return row


def _fill(row: BudgetLine, line: Line, known: Mapping[str, Any]) -> None:
    row.head, row.content, row.source, row.year, row.unit = line.head, line.content, line.source, line.year, line.unit
    row.quantity, row.price, row.amount, row.lump_sum = line.quantity, line.price, line.amount, bool(known[line.head].get("lump_sum"))


def change_lines(proposal: Proposal, changed: Mapping[str, Line], gone: Collection[str], new: Sequence[tuple[str, Line]], *, by: User, at: datetime,
                 seen: Any = None) -> int:  # fmt: skip
    """Change lines (by public id), take out `gone`, add `new` (each with the name of its row on the page): all of it or nothing. Returns how many differ."""
    touch(proposal, at, seen=seen, place="budget")
    known, rows = queries.heads(local(at).date(), proposal.call_topic.call), {b.public_id: b for b in proposal.lines}
    if set(changed) - set(rows):
        raise Incomplete(N_("Somebody has taken a line out that you changed. Nothing was saved."))
    for name, line in (*changed.items(), *new):
        _check(proposal, line, known, f"{name}-")
    if len(rows) - len(set(gone) & set(rows)) + len(new) > MOST_LINES:
        raise Incomplete(N_("A budget has at most %(n)s lines."), n=MOST_LINES)
    touched = 0
    for pid, line in changed.items():
        if line != line_of(rows[pid]):
            _fill(rows[pid], line, known)
            touched += 1
    for pid in set(gone) & set(rows):
        db.session.delete(rows[pid])
        touched += 1
    for _name, line in new:
        row = BudgetLine(proposal_id=proposal.id)
        _fill(row, line, known)
        db.session.add(row)
    _refreshed(proposal)
    journal.record(proposal, "set_budget", by=by, at=at, detail={"lines": touched + len(new)})
    return touched + len(new)


def line_of(row: BudgetLine) -> Line:
    """The line as it is written."""
    return Line(row.head, row.content, Source(row.source), row.year, row.unit, row.quantity, row.price)


def _refreshed(proposal: Proposal) -> None:
    db.session.flush()
    db.session.refresh(proposal, ["lines"])
