"""Another account: asked for by one, agreed to by another, told to the old contact, on hold; nothing goes out meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import funding as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.stages.funding import actions, queries
from app.stages.funding.models import AccountChange
from tests.funding import factories

DAY = timedelta(days=1)
NEW = "0011223344, Ngân hàng Nông nghiệp Tân An"


@pytest.fixture
def contract(cast, at):
    return factories.contract(cast, at)


@pytest.fixture
def later(at):
    return at + 40 * DAY


def ask(contract, cast, at, by="host1", account=NEW):
    return actions.request_account_change(contract, account=account, reason="Đổi ngân hàng", by=cast[by], at=at)


def approved(contract, cast, at):
    plays.requested(cast, project=queries.project_by_id(contract.project_id), at=at)
    tranche = queries.tranches_of(contract.project_id)[0]
    for who in ("officer", "leader"):
        actions.approve_payment(tranche, by=cast[who], at=at)
    return tranche


def test_the_whole_way(cast, contract, later, mails):
    old = contract.account
    row = ask(contract, cast, later)
    assert contract.account == old
    assert {"pi1@demo.vamco.test", "host1@demo.vamco.test", "finance@demo.vamco.test"} == {m.to_address for m in mails() if "account_change_asked" in m.template}
    actions.agree_account_change(row, remark=None, by=cast["finance"], at=later)
    assert contract.account == NEW and row.held_until == date(2026, 4, 17)  # five working days
    assert {"pi1@demo.vamco.test", "host1@demo.vamco.test"} == {m.to_address for m in mails() if "account_change_agreed" in m.template}
    tranche = queries.tranches_of(contract.project_id)[0]
    with pytest.raises(WrongState, match="on hold until 17/04/2026"):
        actions.request_payment(tranche, note=None, by=cast["pi1"], at=later + 2 * DAY)
    plays.paid(cast, project=queries.project_by_id(contract.project_id), at=later + 8 * DAY)


def test_four_eyes_and_no_friend(cast, contract, later):
    row = ask(contract, cast, later, by="officer")
    for who in ("officer", "pi1", "host1"):
        with pytest.raises(NotAllowed):
            actions.agree_account_change(row, remark=None, by=cast[who], at=later)
    with pytest.raises(NotAllowed):
        ask(contract, cast, later, by="pi2")
    with pytest.raises(NotAllowed):
        actions.withdraw_account_change(row, by=cast["host1"], at=later)
    actions.withdraw_account_change(row, by=cast["officer"], at=later)


@pytest.mark.parametrize("account", ["", "  ", "3713.0.1057890, kho bạc nhà nước"])
def test_nothing_new_is_no_change(cast, contract, later, account):
    with pytest.raises(Incomplete) as refused:
        ask(contract, cast, later, account=account)
    assert refused.value.field == "account"


def test_one_change_at_a_time(cast, contract, later):
    ask(contract, cast, later)
    with pytest.raises(WrongState, match="waits to be checked"):
        ask(contract, cast, later, account="1, Ngân hàng A")


def test_no_change_behind_an_approval(cast, contract, later):
    row = ask(contract, cast, later)
    approved(contract, cast, later)
    with pytest.raises(WrongState, match="under way"):
        actions.agree_account_change(row, remark=None, by=cast["finance"], at=later)


def test_the_host_stops_it_while_it_is_on_hold(cast, contract, later, mails):
    old, row = contract.account, ask(contract, cast, later, by="officer")
    actions.agree_account_change(row, remark=None, by=cast["finance"], at=later)
    with pytest.raises(NotAllowed):
        actions.stop_account_change(row, reason="x", by=cast["pi2"], at=later + DAY)
    with pytest.raises(WrongState, match="not on hold"):
        actions.stop_account_change(row, reason="x", by=cast["pi1"], at=later + 20 * DAY)
    actions.stop_account_change(row, reason="Chúng tôi không yêu cầu", by=cast["pi1"], at=later + DAY)
    assert contract.account == old and "finance@demo.vamco.test" in {m.to_address for m in mails() if "account_change_ended" in m.template}
    plays.paid(cast, project=queries.project_by_id(contract.project_id), at=later + DAY)  # at once: the old account was never in doubt


def test_the_database_holds_it_too(db, cast, contract, later):
    tranche = approved(contract, cast, later)
    for change in ("UPDATE contract SET account = 'mine'", "UPDATE contract SET account = NULL"):
        with pytest.raises(IntegrityError, match="agreed"), db.session.begin_nested():
            db.session.execute(text(change))
    db.session.add(AccountChange(project_id=contract.project_id, contract_id=contract.id, state="held", old_account="x", new_account="y", reason="z", requested_by_id=1,
                                 requested_at=later, decided_by_id=2, decided_at=later, held_until=later.date()))  # fmt: skip
    db.session.flush()
    with pytest.raises(IntegrityError, match="on hold"), db.session.begin_nested():
        db.session.execute(text(
            "INSERT INTO ledger_entry (public_id, kind, amount, project_id, tranche_id, booked_on, at) "
            f"VALUES ('x', 'payment', 1, {contract.project_id}, {tranche.id}, '{later.date()}', '2026-05-01')"))  # fmt: skip


def test_through_the_browser(db, cast, as_, contract, later, travel):
    url = f"/funding/contracts/{contract.public_id}"
    db.session.commit()
    travel.move_to(later)
    host, finance = as_("host1"), as_("finance")
    assert f"{url}/change-account" in str(host.page(url))
    host.submit(f"{url}/change-account", {"account": NEW, "reason": "Đổi ngân hàng", "attest": "y"})
    row = db.session.query(AccountChange).one()
    page = f"/funding/account-changes/{row.public_id}"
    assert host.get(f"{page}/decide").status_code == 403 and as_("pi3").get(page).status_code == 404
    finance.submit(f"{page}/decide", {"answer": "refuse", "remark": "", "attest": "y"}, status=422)
    finance.submit(f"{page}/decide", {"answer": "agree", "attest": "y"})
    assert "17/04/2026" in host.page(page).get_text()
    host.page(url)
    host.submit(f"{page}/stop", {"reason": "Nhầm số"})
    assert finance.get(f"{page}/stop").status_code == 409
