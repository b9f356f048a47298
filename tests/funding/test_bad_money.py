"""Amounts as people type them, acts out of turn, twice and too late: a clear sentence each time, what was typed stays, no đồng moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import execution as execution_plays
from app.across.demo.plays import funding as plays
from app.kernel.errors import Stale, WrongState
from app.stages.funding import actions, queries
from app.stages.funding.models import LedgerEntry
from app.stages.funding.rules import Cause
from tests.funding import factories

DAY = timedelta(days=1)
UNREADABLE = ("1.5", "1,5", "-5", "10000000000000000000", "１０００", "1.00.000", "1e6", "một triệu", "0x10", "1.000.000.0")
READ = {"1.000.000": 1_000_000, "1 000 000 đ": 1_000_000, "1000000": 1_000_000, " 1000000 VND ": 1_000_000}


@pytest.fixture
def paid(db, cast, at):
    project = factories.project(cast, at)
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    plays.paid(cast, project=project, at=at + 30 * DAY)
    db.session.commit()
    return project


def first(project):
    return queries.tranches_of(project.id)[0]


def test_amounts_of_a_refund(db, as_, at, paid, travel):
    """Each unreadable amount is said beside its field and stays there; what can be read is read."""
    travel.move_to(at + 60 * DAY)
    finance, url = as_("finance"), f"/funding/projects/{paid.public_id}/refund"
    good = {"booked_on": "01/05/2026", "voucher": "HT-1", "attest": "y"}
    for typed in (*UNREADABLE, "0", "450.000.001", ""):
        page = finance.submit(url, good | {"amount": typed}, status=422).get_data(as_text=True)
        assert "amount-error" in page and (not typed or f'value="{typed}"' in page), typed
    assert len(factories.all_of(LedgerEntry)) == 1
    for turn, (typed, amount) in enumerate(READ.items()):
        finance.submit(url, good | {"amount": typed, "voucher": f"HT-{turn}"})
        assert factories.all_of(LedgerEntry)[-1].amount == amount, typed


def test_one_dong_over_in_the_tranches(db, cast, as_, at, travel):
    contract = plays.drafted(cast, project=factories.project(cast, at), at=at + 12 * DAY)
    db.session.commit()
    travel.move_to(at + 13 * DAY)
    officer, url = as_("officer"), f"/funding/contracts/{contract.public_id}/tranches"
    for typed in ("450.000.001", "449.999.999", *UNREADABLE[:3]):
        page = officer.submit(url, {"amount_1": typed}, status=422).get_data(as_text=True)
        assert f'value="{typed}"' in page, typed
    assert [t.amount for t in queries.tranches_of(contract.project_id)] == [450_000_000, 270_000_000, 180_000_000]


def test_a_tranche_twice_and_after_the_end(cast, at, paid):
    later = at + 60 * DAY
    with pytest.raises(WrongState):
        actions.request_payment(first(paid), note=None, by=cast["pi1"], at=later)
    with pytest.raises(WrongState):
        actions.pay(first(paid), booked_on=later.date(), voucher="UNC-9", by=cast["finance"], at=later)
    execution_plays.terminated(cast, project=paid, at=later, cause=Cause.OBJECTIVE)
    second = queries.tranches_of(paid.id)[1]
    after = later + 20 * DAY
    for act in (lambda: actions.fall_due(second, reason="x", by=cast["officer2"], at=after), lambda: actions.request_payment(second, note=None, by=cast["pi1"], at=after),
                lambda: actions.approve_payment(second, by=cast["officer"], at=after), lambda: actions.pay(second, booked_on=after.date(), voucher="UNC-9", by=cast["finance"], at=after),
                lambda: actions.request_account_change(queries.contract_of(paid.id), account="1", reason="x", by=cast["host1"], at=after)):  # fmt: skip
        with pytest.raises(WrongState, match="not in force"):
            act()
    assert len(factories.all_of(LedgerEntry)) == 1


def test_two_officers_saw_the_same_request(cast, at, paid):
    """The second decides on what the first has changed meanwhile: told so, nothing lost."""
    later = at + 60 * DAY
    plays.requested(cast, project=paid, at=later, n=2)
    second = queries.tranches_of(paid.id)[1]
    seen = second.version
    assert actions.approve_payment(second, seen=seen, by=cast["officer"], at=later) is False
    with pytest.raises(Stale):
        actions.return_payment(second, reason="Thiếu bảng kê", seen=seen, by=cast["leader"], at=later)
    with pytest.raises(Stale):
        actions.approve_payment(second, seen=seen, by=cast["leader"], at=later)
    assert actions.approve_payment(second, seen=second.version, by=cast["leader"], at=later) is True
