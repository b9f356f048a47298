"""Several at once: whatever races, one payment is booked and no budget is exceeded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.across.demo.plays import funding as plays
from app.kernel.db import db as database
from app.kernel.errors import Refused
from app.services.people.models import User
from app.stages.funding import actions, queries
from app.stages.funding.models import LedgerEntry, Project, Tranche
from tests.funding import factories

DAY = timedelta(days=1)
AT_ONCE = 6


@pytest.fixture
def approved(db, cast, at):
    """A tranche approved for payment; its public id."""
    project = factories.project(cast, at)
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    plays.requested(cast, project=project, at=at + 30 * DAY)
    tranche = queries.tranches_of(project.id)[0]
    actions.approve_payment(tranche, by=cast["officer"], at=at + 31 * DAY)
    actions.approve_payment(tranche, by=cast["leader"], at=at + 31 * DAY)
    db.session.commit()
    ids = tranche.id, project.id, cast["finance"].id
    db.session.remove()
    return ids


def race(app: Any, act: Callable[[int], Any], count: int = AT_ONCE) -> list[Any]:
    """Run `act` in so many threads that start together; what each returned, or the exception it died of."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(n: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                results[n] = act(n)
                database.session.commit()
            except (Refused, IntegrityError, OperationalError) as failure:
                database.session.rollback()
                results[n] = failure
            finally:
                database.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_naive_programs_book_one_payment(app, db, approved):
    tranche_id, project_id, _finance = approved

    def insert(n: int) -> str:
        amount = database.session.scalar(select(Tranche.amount).where(Tranche.id == tranche_id))
        database.session.execute(text(
            "INSERT INTO ledger_entry (public_id, kind, amount, project_id, tranche_id, booked_on, at) "
            f"VALUES ('p{n}', 'payment', {amount}, {project_id}, {tranche_id}, '2026-05-01', '2026-05-01')"))  # fmt: skip
        return "booked"

    results = race(app, insert)
    assert results.count("booked") == 1, results
    assert all(isinstance(r, IntegrityError) for r in results if r != "booked")
    project = db.session.get(Project, project_id)
    assert project.paid_total == 450_000_000 == sum(e.amount for e in factories.all_of(LedgerEntry))


def test_finance_clicks_in_several_windows(app, db, approved, at):
    tranche_id, project_id, finance_id = approved

    def pay(n: int) -> str:
        tranche = database.session.get(Tranche, tranche_id)
        actions.pay(tranche, booked_on=(at + 32 * DAY).date(), voucher=str(n), by=database.session.get(User, finance_id), at=at + 32 * DAY)
        return "booked"

    results = race(app, pay)
    assert results.count("booked") == 1, results
    assert all(isinstance(r, Refused) for r in results if r != "booked"), results
    assert len(factories.all_of(LedgerEntry)) == 1
    assert db.session.get(Project, project_id).paid_total == 450_000_000


def test_a_year_s_money_is_promised_once(app, db, approved, at):
    """Six promises of a third of what is left: three fit."""
    _tranche, project_id, _finance = approved
    budget = queries.year_budget(2026)
    part, before = (budget.total - budget.committed) // 3, budget.committed
    budget_id = budget.id
    db.session.remove()

    def promise(n: int) -> str:
        database.session.execute(text(
            "INSERT INTO budget_commitment (public_id, year_budget_id, project_id, kind, amount, at) "
            f"VALUES ('c{n}', {budget_id}, {project_id}, 'commit', {part}, '2026-05-01')"))  # fmt: skip
        return "promised"

    results = race(app, promise)
    assert results.count("promised") == 3, results
    assert queries.year_budget(2026).committed == before + 3 * part


def test_codes_taken_at_once_have_no_gaps(app, db):
    from_series: list[int] = []

    def take(n: int) -> int:
        number = plays.actions.awards.papers.next_number("project", 2031)
        if n == 0:
            raise Refused("rolled back")
        from_series.append(number)
        return number

    race(app, take)
    assert sorted(from_series) == list(range(1, AT_ONCE))
