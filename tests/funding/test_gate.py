"""The gate of a tranche: what it waits for, derived from the facts; who may not judge it; a document is booked once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import execution as execution_plays
from app.across.demo.plays import funding as plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.people import actions as people
from app.services.rulebook.models import Rule
from app.stages.execution import actions as execution
from app.stages.execution import queries as works
from app.stages.execution.rules import Delivery, Rating
from app.stages.execution.telling import Told
from app.stages.funding import actions, queries, starting
from app.stages.funding.gate import Need, gate, missing
from app.stages.funding.rules import ClosingKind
from tests.funding import factories

DAY = timedelta(days=1)


@pytest.fixture
def running(cast, at):
    project = factories.project(cast, at)
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    return project


def tranche(project, n):
    return queries.tranches_of(project.id)[n - 1]


def wanting(project, n):
    return [item.need for item in missing(tranche(project, n))]


def test_the_list_follows_the_facts(cast, at, running):
    assert wanting(running, 1) == [] and Need.REPORT in wanting(running, 2) and Need.TURN in wanting(running, 3)
    plays.paid(cast, project=running, at=at + 30 * DAY)
    execution_plays.reported(cast, project=running, at=at + 200 * DAY)
    found = {item.need: item for item in gate(tranche(running, 2))}
    assert found[Need.REPORT].ok and found[Need.REPORT].by is None and found[Need.TURN].ok
    actions.record_closing(running, ClosingKind.RECOGNISED, number="55/QĐ-SKHCN", dated=(at + 300 * DAY).date(), by=cast["leader"], at=at + 300 * DAY)
    assert Need.ACCEPTANCE not in wanting(running, 3) and Need.TURN in wanting(running, 3)


def test_what_the_system_sees_nobody_confirms_by_hand(cast, at, running):
    actions.fall_due(tranche(running, 2), reason="Báo cáo giấy đã nhận.", by=cast["officer2"], at=at + 40 * DAY)
    with pytest.raises(WrongState, match="not recognised"):
        actions.fall_due(tranche(running, 3), reason="Cứ cấp.", by=cast["officer2"], at=at + 40 * DAY)
    item = next(item for item in gate(tranche(running, 2)) if item.need == Need.REPORT)
    assert (item.ok, item.by, item.reason) == (True, cast["officer2"].name, "Báo cáo giấy đã nhận.")


def test_products_that_accepted_reports_tick_meet_the_condition(db, cast, at, running):
    """All that was promised, not some of it; and the tranche that waits for it is due at once."""
    db.session.execute(text("UPDATE tranche SET condition = 'product' WHERE position = 2"))
    db.session.expire_all()
    plays.paid(cast, project=running, at=at + 30 * DAY)
    report, products = works.reports_of(running.id)[0], queries.products_of(running)
    said = {p.id: (Delivery.DELIVERED, None, None) for p in products}
    say = {"progress": 50, "done": "x", "products": None, "spent": 1, "difficulties": None, "next_steps": None}
    execution.submit_report(report, by=cast["pi1"], at=at + 190 * DAY, told=Told({}, said, []), **say)
    assert Need.PRODUCT in wanting(running, 2), "what nobody accepted counts nothing"
    execution.accept_report(report, remark=None, rating=Rating.GOOD, by=cast["officer"], at=at + 195 * DAY)
    item = next(item for item in gate(tranche(running, 2)) if item.need == Need.PRODUCT)
    assert (item.ok, item.day, item.by, str(tranche(running, 2).state)) == (True, (at + 195 * DAY).date(), None, "due")


def test_lines_of_the_start_up_list_stop_the_first_payment_where_the_rule_says_so(db, cast, at, running):
    assert wanting(running, 1) == [], "by default the list informs"
    row = db.session.scalars(select(Rule).where(Rule.key == "funding.start_up_binds")).one()
    later = {c.key: getattr(row, c.key) for c in Rule.__table__.columns if c.key not in ("id", "public_id")}
    db.session.add(Rule(**later | {"value": ["account", "team"], "valid_from": date(2026, 1, 1)}))
    db.session.flush()
    assert wanting(running, 1) == [Need.START] and Need.START not in wanting(running, 2)
    with pytest.raises(WrongState, match="start-up checklist"):
        actions.request_payment(tranche(running, 1), note=None, by=cast["pi1"], at=at + 30 * DAY)
    starting.tick(running, "team", note=None, by=cast["officer"], at=at + 30 * DAY)
    assert wanting(running, 1) == []


def test_tranches_are_asked_for_in_order(db, cast, at, running):
    actions.fall_due(tranche(running, 2), reason="Báo cáo giấy đã nhận.", by=cast["officer2"], at=at + 40 * DAY)
    with pytest.raises(WrongState, match="in order"):
        actions.request_payment(tranche(running, 2), note=None, by=cast["pi1"], at=at + 41 * DAY)
    second = tranche(running, 2)
    db.session.execute(text(f"UPDATE tranche SET state = 'approved', requested_by_id = 1, approved_by_id = 2 WHERE id = {second.id}"))
    with pytest.raises(IntegrityError, match="earlier tranche"):  # nor does the database take it
        db.session.execute(text(
            "INSERT INTO ledger_entry (public_id, kind, amount, project_id, tranche_id, booked_on, at) "
            f"VALUES ('x', 'payment', 1, {running.id}, {second.id}, '2026-05-01', '2026-05-01')"))  # fmt: skip


@pytest.mark.parametrize("tie", ["team", "host", "confirmed"])
def test_who_is_near_does_not_judge(db, cast, at, running, tie):
    """An approver of the team or of the host, and the one who confirmed the condition by hand."""
    later, n = at + 40 * DAY, 1
    if tie == "team":
        people.engage(kind="project", subject=running, title=running.title, from_date=at.date(), to_date=(at + DAY).date(), role="member", user_id=cast["officer"].id)
    elif tie == "host":
        people.join(cast["officer"], cast.org("host1"), by=None, at=at)
        db.session.expire(cast["officer"], ["memberships"])
    else:
        plays.paid(cast, project=running, at=at + 30 * DAY)
        plays.accounted(cast, project=running, at=at + 39 * DAY)
        n = 2
    if n == 2:
        actions.fall_due(tranche(running, 2), reason="Báo cáo giấy đã nhận.", by=cast["officer"], at=later)
        actions.request_payment(tranche(running, 2), note=None, by=cast["pi1"], at=later)
    else:
        plays.requested(cast, project=running, at=later)
    with pytest.raises(NotAllowed, match="You (belong|confirmed)"):
        actions.approve_payment(tranche(running, n), by=cast["officer"], at=later)
    assert actions.approve_payment(tranche(running, n), by=cast["officer2"], at=later) is False


def test_a_treasury_document_is_booked_once(cast, at):
    """Whatever the project, case and blanks; again only after its booking was reversed."""
    first = factories.contract(cast, at)
    second = factories.contract(cast, at, title="Ứng dụng công nghệ sinh học trong bảo quản chanh", pi="pi3", host="host2", number="777/QĐ-UBND")
    later = at + 40 * DAY
    for contract in (first, second):
        plays.requested(cast, project=queries.project_by_id(contract.project_id), at=later)
        for who in ("officer", "leader"):
            actions.approve_payment(queries.tranches_of(contract.project_id)[0], by=cast[who], at=later)
    mine, other = (queries.tranches_of(c.project_id)[0] for c in (first, second))
    entry = actions.pay(mine, booked_on=later.date(), voucher="UNC 12", by=cast["finance"], at=later)
    with pytest.raises(Incomplete, match="booked already") as refused:
        actions.pay(other, booked_on=later.date(), voucher=" unc12 ", by=cast["finance"], at=later)
    assert refused.value.field == "voucher"
    actions.reverse(entry, reason="Nhầm nhiệm vụ", by=cast["finance"], at=later)
    assert actions.pay(other, booked_on=later.date(), voucher="UNC12", by=cast["finance"], at=later).document == "payment:unc12:2026#2"
