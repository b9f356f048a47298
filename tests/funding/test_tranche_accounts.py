"""What was spent of a tranche, by head: handed in, checked by another, settled; the next tranche waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import funding as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.papers import queries as papers
from app.stages.funding import actions, queries
from app.stages.funding.gate import Need, missing
from app.stages.funding.rules import ClosingKind, TrancheState
from tests.funding import factories

DAY = timedelta(days=1)


@pytest.fixture
def paid(cast, at):
    """A project whose first tranche (450 million) is paid."""
    project = factories.project(cast, at)
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    plays.paid(cast, project=project, at=at + 30 * DAY)
    return project


def first(project):
    return queries.tranches_of(project.id)[0]


def submit(project, spent, cast, at, by="pi1"):
    return actions.submit_tranche_account(first(project), spent, note=None, by=cast[by], at=at)


def test_the_next_tranche_waits_for_the_accounts(cast, at, paid):
    later = at + 60 * DAY
    actions.fall_due(queries.tranches_of(paid.id)[1], reason="Báo cáo giấy.", by=cast["officer2"], at=later)
    second = queries.tranches_of(paid.id)[1]
    assert [item.need for item in missing(second)] == [Need.ACCOUNTED]
    with pytest.raises(WrongState, match="not accounted"):
        actions.request_payment(second, note=None, by=cast["pi1"], at=later)
    row = submit(paid, {"labour": 300_000_000, "materials": 100_000_000}, cast, later)
    for who in ("pi1", "host1"):
        with pytest.raises(NotAllowed):
            actions.accept_tranche_account(row, remark=None, by=cast[who], at=later)
    actions.accept_tranche_account(row, remark=None, by=cast["finance"], at=later)
    assert first(paid).state == TrancheState.SETTLED and missing(second) == []
    heads = {head.code: head for head in queries.heads_of(paid)}
    assert (heads["labour"].approved, heads["labour"].spent, heads["labour"].left) == (360_000_000, 300_000_000, 60_000_000)
    with pytest.raises(WrongState, match="settled"):
        actions.reverse(queries.ledger_of(paid.id)[0], reason="x", by=cast["finance"], at=later)


@pytest.mark.parametrize("spent", [{}, {"labour": 0}, {"labour": -1}, {"labour": 450_000_001}, {"labour": 450_000_000, "materials": 1}, {"nothing": 5}])
def test_what_does_not_fit_is_refused(cast, at, paid, spent):
    with pytest.raises(Incomplete):
        submit(paid, spent, cast, at + 60 * DAY)
    assert queries.tranche_account_of(first(paid).id) is None


def test_what_is_not_spent_stays_for_the_next(cast, at, paid):
    plays.accounted(cast, project=paid, at=at + 60 * DAY, unused=50_000_000)
    plays.paid(cast, project=paid, at=at + 70 * DAY, n=2)
    assert queries.available(queries.tranches_of(paid.id)[1]) == 50_000_000 + 270_000_000


def test_a_payment_taken_back_takes_its_accounts_along(cast, at, paid):
    row = submit(paid, {"labour": 1}, cast, at + 60 * DAY)
    actions.reverse(queries.ledger_of(paid.id)[0], reason="Nhầm", by=cast["finance"], at=at + 61 * DAY)
    assert str(row.state) == "returned"
    with pytest.raises(WrongState):
        submit(paid, {"labour": 1}, cast, at + 62 * DAY)


def test_returned_accounts_are_handed_in_again(cast, at, paid):
    row = submit(paid, {"labour": 5}, cast, at + 60 * DAY)
    with pytest.raises(WrongState, match="wait to be checked"):
        submit(paid, {"labour": 6}, cast, at + 60 * DAY)
    actions.return_tranche_account(row, reason="Thiếu bảng kê", by=cast["finance"], at=at + 61 * DAY)
    again = submit(paid, {"materials": 7}, cast, at + 62 * DAY, by="host1")
    assert again.id == row.id and [(line.head, line.amount) for line in again.lines] == [("materials", 7)] and again.remark is None


def test_final_accounts_do_not_spend_less_than_the_tranches_did(cast, at, paid):
    plays.accounted(cast, project=paid, at=at + 60 * DAY)
    later = at + 700 * DAY
    actions.record_closing(paid, ClosingKind.RECOGNISED, number="55/QĐ-SKHCN", dated=later.date(), by=cast["leader"], at=later)
    with pytest.raises(Incomplete, match="tranches say"):
        actions.submit_settlement(paid, spent=449_999_999, assets=None, note=None, by=cast["pi1"], at=later)
    actions.submit_settlement(paid, spent=450_000_000, assets=None, note=None, by=cast["pi1"], at=later)


def test_final_accounts_by_head(cast, at, paid):
    submit(paid, {"labour": 300_000_000, "materials": 50_000_000}, cast, at + 60 * DAY)
    actions.accept_tranche_account(queries.tranche_account_of(first(paid).id), remark=None, by=cast["finance"], at=at + 61 * DAY)
    later = at + 700 * DAY
    actions.record_closing(paid, ClosingKind.RECOGNISED, number="55/QĐ-SKHCN", dated=later.date(), by=cast["leader"], at=later)

    def hand_in(**heads):
        return actions.submit_settlement(paid, spent=400_000_000, heads=heads, assets=None, note=None, by=cast["pi1"], at=later)

    for heads, field in (({"labour": 350_000_000, "materials": 49_999_999}, "head_materials"), ({"labour": 350_000_000, "materials": 50_000_001}, "spent"),
                         ({"labour": 450_000_001, "materials": 50_000_000, "travel": -100_000_001}, None), ({"yachts": 400_000_000}, None), ({}, "head_labour")):  # fmt: skip
        with pytest.raises(Incomplete) as refusal:
            hand_in(**heads)
        assert field is None or refusal.value.field == field
    hand_in(labour=340_000_000, materials=60_000_000)
    row = hand_in_again(cast, paid, hand_in, later)
    assert queries.settled_heads(row) == {"labour": 350_000_000, "materials": 50_000_000}
    actions.accept_settlement(row, remark=None, by=cast["finance"], at=later + 2 * DAY)
    table = next(b for b in papers.of(row)[0].blocks if b["kind"] == "table")
    assert [line[-1] for line in table["rows"] if line[-1] != "0 đồng"] == ["350.000.000 đồng", "50.000.000 đồng"]


def hand_in_again(cast, project, hand_in, later):
    """Returned, and handed in with other heads: they take the place of the first ones."""
    actions.return_settlement(queries.settlement_of(project.id), reason="Sai mục", by=cast["finance"], at=later + DAY)
    return hand_in(labour=350_000_000, materials=50_000_000)


def test_the_database_knows_that_too(db, cast, at, paid):
    submit(paid, {"labour": 5}, cast, at + 60 * DAY)
    for change in ("spent = available + 1", "spent = 0", "state = 'accepted'", "decided_by_id = submitted_by_id"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE tranche_account SET {change}"))


def test_through_the_browser(db, cast, as_, at, paid, travel):
    url = f"/funding/tranches/{first(paid).public_id}"
    db.session.commit()
    travel.move_to(at + 60 * DAY)
    host, finance = as_("host1"), as_("finance")
    assert "head_labour-error" in host.submit(f"{url}/account", {"head_labour": "1.5", "attest": "y"}, status=422).get_data(as_text=True)
    assert "450.000.000" in host.submit(f"{url}/account", {"head_labour": "450.000.001", "attest": "y"}, status=422).get_data(as_text=True)
    host.submit(f"{url}/account", {"head_labour": "100.000.000", "attest": "y"})
    assert "100.000.000" in host.page(url).get_text()
    finance.submit(f"{url}/check-account", {"answer": "return", "remark": "", "attest": "y"}, status=422)
    finance.submit(f"{url}/check-account", {"answer": "accept", "attest": "y"})
    assert first(paid).state == TrancheState.SETTLED
    assert host.get(f"{url}/account").status_code == 409
