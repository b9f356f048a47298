"""The province's money: carry a year's money over, draw the cut line of a call, keep the ledger of what managing costs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.papers.rules import check_number
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.calls.models import Call
from app.stages.funding import queries
from app.stages.funding.actions.budgets import book_commitment
from app.stages.funding.models import (
    BudgetTransfer,
    CutLine,
    ManagementBudget,
    ManagementCost,
    YearBudget,
)
from app.stages.funding.rules import CommitmentKind, CostKind, Source

# --- carrying over --------------------------------------------------------------------------------------------


def check_carriable(budget: YearBudget, _by: User | None = None) -> None:
    """Raise unless this is state money, and the budget of the next year is entered."""
    if budget.source != Source.STATE:
        raise WrongState(N_("Only state money is carried over from year to year."))
    if queries.year_budget(budget.year + 1) is None:
        raise WrongState(N_("The budget of the year %(year)s is not entered yet."), year=budget.year + 1)


def carry_over(budget: YearBudget, *, free: int, seen_promised: int, decision_number: str, by: User, at: datetime) -> BudgetTransfer:
    """Carry over to the next year what is promised and not paid, and `free` of what is promised to nobody; the promises move along.

    `seen_promised` is the sum that was shown: when it has changed meanwhile nothing is done.
    """
    check_carriable(budget)
    source, into = queries.year_budget(budget.year, lock=True), queries.year_budget(budget.year + 1, lock=True)
    assert source is not None and into is not None
    if local(at).date() < date(source.year, 12, 1):
        raise WrongState(N_("A year's money is carried over from December of that year on."))
    moved = queries.unpaid_promises(source)
    promised = sum(amount for _project, amount in moved)
    if promised != seen_promised:
        raise WrongState(N_("Something was paid or promised since you looked. Please look again at what would be carried over."))
    left = source.total - source.committed
    if free > left:
        raise Incomplete(N_("Only %(left)s đồng of this year are promised to nobody."), field="free", left=f"{left:,}".replace(",", "."))
    amount = promised + free
    if not amount:
        raise Incomplete(N_("Nothing is left to be carried over."), field="free")
    number = check_number(decision_number, like="4923/QĐ-UBND")
    into.total += amount
    db.session.flush()
    for project, part in moved:
        book_commitment(project, source, CommitmentKind.RELEASE, part, by=by, at=at)
        book_commitment(project, into, CommitmentKind.COMMIT, part, by=by, at=at)
    source.total -= amount
    row = BudgetTransfer(from_id=source.id, to_id=into.id, amount=amount, promised=promised, decision_number=number, by_id=by.id, at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(source, "carry_over", by=by, at=at, detail={"amount": amount, "promised": promised, "into": into.year, "number": number})
    return row


# --- the cut line ---------------------------------------------------------------------------------------------


def draw_cut_line(call: Call, *, year: int, funded: int, reason: str, by: User, at: datetime) -> CutLine:
    """Say how many of the ranked dossiers of a call have money of this year. It may lie where the money does not reach: the reason says why."""
    rows = queries.ranked(call, year)
    if not 0 <= funded <= len(rows):
        raise Incomplete(N_("Please choose a place between 0 and %(n)s."), field="funded", n=len(rows))
    said = nfc(reason or "").strip()
    if not said:
        raise Incomplete(N_("Please give the reason."), field="reason")
    last = queries.cut_of(call.id)
    row = CutLine(call_id=call.id, number=1 if last is None else last.number + 1, year=year, funded=funded, needed=rows[funded - 1].together if funded else 0,
                  available=queries.left_of(year), reason=said, by_id=by.id, at=at)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record(call, "draw_cut_line", by=by, at=at, detail={"funded": funded, "year": year, "needed": row.needed, "left": row.available})
    return row


# --- what managing costs --------------------------------------------------------------------------------------


def set_management_budget(year: int, total: int, *, decision_number: str | None, by: User, at: datetime) -> ManagementBudget:
    """Enter or change what may be spent on managing tasks in a year."""
    row = queries.management_budget(year, lock=True)
    number = check_number(decision_number, like="4923/QĐ-UBND") if decision_number else None
    if row is None:
        row = ManagementBudget(year=year, total=total, decision_number=number)
        db.session.add(row)
    elif total < row.spent:
        raise Incomplete(N_("More than this is already spent."), field="total")
    else:
        row.total, row.decision_number = total, number or row.decision_number
    db.session.flush()
    journal.record(row, "set_budget", by=by, at=at, detail={"total": total, "year": year})
    return row


def heads(*, on: date) -> list[dict[str, Any]]:
    """The heads of management costs: code, vi, en."""
    return list(rulebook.value("funding.management_heads", on=on))


def book_cost(*, head: str, content: str, amount: int, booked_on: date, voucher: str, by: User, at: datetime) -> ManagementCost:
    """Book what was spent on managing tasks. Raises WrongState when the year has not that much left: the database refuses it too."""
    check_day(booked_on, field="booked_on", since=date(2000, 1, 1), until=local(at).date())
    if head not in {h["code"] for h in heads(on=booked_on)}:
        raise Incomplete(N_("Please choose one from the list."), field="head")
    said, paper = nfc(content or "").strip(), nfc(voucher or "").strip()
    for field, text, longest in (("content", said, 300), ("voucher", paper, 64)):
        if not text or len(text) > longest:
            raise Incomplete(N_("Please fill this in, with at most %(n)s characters."), field=field, n=longest)
    if amount <= 0:
        raise Incomplete(N_("Please write an amount above zero."), field="amount")
    budget = queries.management_budget(booked_on.year, lock=True)
    if budget is None:
        raise Incomplete(N_("The budget of management costs of %(year)s is not entered yet."), field="booked_on", year=booked_on.year)
    if queries.is_spent(budget, head, paper):
        raise Incomplete(N_("This voucher is booked under this head already."), field="voucher")
    if amount > budget.total - budget.spent:
        raise Incomplete(N_("Of the management costs of %(year)s only %(left)s đồng are left."), field="amount", year=budget.year,
                         left=f"{budget.total - budget.spent:,}".replace(",", "."))  # fmt: skip
    row = ManagementCost(budget_id=budget.id, kind=CostKind.SPENDING, head=head, content=said, folded=fold(f"{said} {paper}")[:400], amount=amount, booked_on=booked_on,
                         voucher=paper, by_id=by.id, at=at)  # fmt: skip
    return _booked(row, budget, by=by, at=at)


def check_standing(cost: ManagementCost, _by: User | None = None) -> None:
    """Raise WrongState unless the row is a spending that stands."""
    if cost.kind != CostKind.SPENDING or queries.taken_back_by(cost) is not None:
        raise WrongState(N_("Only a spending that stands can be taken back."))


def take_cost_back(cost: ManagementCost, *, reason: str, by: User, at: datetime) -> ManagementCost:
    """Take a spending back by a row of its own, on today's day."""
    budget = queries.management_budget(cost.budget.year, lock=True)
    assert budget is not None
    check_standing(cost)
    said = nfc(reason or "").strip()
    if not said:
        raise Incomplete(N_("Please give the reason."), field="reason")
    row = ManagementCost(budget_id=cost.budget_id, kind=CostKind.TAKEN_BACK, head=cost.head, content=said[:300], folded=fold(f"{said[:300]} {cost.voucher}")[:400],
                         amount=cost.amount, booked_on=local(at).date(), voucher=cost.voucher, takes_back_id=cost.id, by_id=by.id, at=at)  # fmt: skip
    return _booked(row, budget, by=by, at=at)


def _booked(row: ManagementCost, budget: ManagementBudget, *, by: User, at: datetime) -> ManagementCost:
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as failure:
        raise WrongState(N_("The management costs of this year are used up, or somebody was quicker.")) from failure
    db.session.expire(budget, ["spent"])
    journal.record(row, "book_cost" if row.kind == CostKind.SPENDING else "take_cost_back", by=by, at=at, detail={"amount": row.amount, "head": row.head})
    return row
