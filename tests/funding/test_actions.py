"""From the ranking line to the liquidation, and what is refused on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import funding as plays
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.stages.funding import actions, ledger, queries
from app.stages.funding.models import Commitment, LedgerEntry, Project, Tranche
from app.stages.funding.rules import (
    AppraisalState,
    Cause,
    ClosingKind,
    Condition,
    ContractState,
    EntryKind,
    LumpSum,
    SettlementState,
    SubmissionState,
    TrancheState,
)
from app.stages.plan import queries as plan
from tests.funding import factories

DAY = timedelta(days=1)


@pytest.fixture
def project(cast, at):
    return factories.project(cast, at)


@pytest.fixture
def running(cast, at, project):
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    return project


def states(project):
    return [str(t.state) for t in queries.tranches_of(project.id)]


# --- appraisal ------------------------------------------------------------------------------------------------


def test_the_lines_of_the_proposal_are_copied(cast, at):
    line = factories.line(cast, at - 90 * DAY)
    row = actions.begin_appraisal(line, by=cast["officer"], at=at)
    asked = queries.budget_of(line.proposal_id)
    assert [(x.head, x.asked, x.allowed) for x in queries.lines_of(row)] == [(b.head, b.amount, b.amount) for b in asked]
    with pytest.raises(WrongState):
        actions.begin_appraisal(line, by=cast["officer2"], at=at)


def test_only_a_recommended_proposal_is_appraised(cast, at):
    with pytest.raises(WrongState):
        actions.begin_appraisal(factories.line(cast, at - 90 * DAY, recommended=False), by=cast["officer"], at=at)


def test_a_session_needs_a_team(cast, at):
    row = actions.begin_appraisal(factories.line(cast, at - 90 * DAY), by=cast["officer"], at=at)
    with pytest.raises(Incomplete, match="head"):
        actions.open_appraisal(row, held_on=date(2026, 3, 1), place=None, by=cast["officer"], at=at)


def test_a_cut_needs_its_reason_and_nothing_grows(db, cast, at):
    row = plays.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at, open_only=True)
    line = queries.lines_of(row)[1]
    for amount, reason, field in ((line.asked + 1, "x", "allowed_2"), (line.asked - 1, None, "reason_2")):
        with pytest.raises(Incomplete) as refusal:
            actions.appraise(row, {line.public_id: (None, amount, reason)}, by=cast["officer"], at=at)
        assert refusal.value.field == field
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE appraisal_line SET allowed = asked + 1"))


def test_two_people_reading_the_lines_do_not_overwrite_each_other(cast, at):
    row = plays.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at, open_only=True)
    seen, line = row.version, queries.lines_of(row)[0]
    actions.appraise(row, {line.public_id: (None, line.asked - 5, "Định mức")}, seen=seen, by=cast["officer"], at=at)
    with pytest.raises(Stale):
        actions.appraise(row, {line.public_id: (None, line.asked, None)}, seen=seen, by=cast["officer2"], at=at)


def test_the_conclusion_issues_minutes(cast, at):
    row = plays.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at, cut=10_000_000)
    assert row.state == AppraisalState.CONCLUDED
    paper = papers.of(row)[0]
    said = str(paper.blocks)
    assert "Đặng Kế Toán" in said and "Điều chỉnh theo định mức" in said and "Khoán chi từng phần" in said


def test_lump_sum_to_the_final_product_must_keep_its_conditions(cast, at):
    row = plays.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at, open_only=True)
    actions.appraise(row, {}, lump_sum=LumpSum.FINAL_PRODUCT, used_at=None, by=cast["officer"], at=at)
    with pytest.raises(Incomplete, match="use the product"):
        actions.conclude_appraisal(row, remark=None, by=cast["officer"], at=at)
    actions.appraise(row, {}, lump_sum=LumpSum.FINAL_PRODUCT, used_at="HTX Thanh long Tầm Vu", by=cast["officer"], at=at)
    actions.conclude_appraisal(row, remark=None, by=cast["officer"], at=at)
    assert row.lump_sum == LumpSum.FINAL_PRODUCT


# --- approval -------------------------------------------------------------------------------------------------


def test_the_project_is_born_of_the_decision(cast, project, mails):
    assert project.code == "DT_CN.4.01/2026"
    assert project.regime == "law_2025" and project.approved_total == project.approved_state + project.approved_counterpart
    assert project.approved_state == 900_000_000 and project.paid_total == 0
    assert [p.group for p in queries.products_of(project)] == ["I", "II", "III"]
    assert sum(y.state_amount for y in queries.years_of(project)) == project.approved_state
    assert queries.topic_of(1).state == "assigned"
    assert [e.role for e in people.engagements_of(cast["pi1"].id) if e.subject_type == "project"] == ["pi"]
    assert papers.of(project)[0].number == project.decision_number
    assert {"pi1@demo.vamco.test", "host1@demo.vamco.test"} <= {m.to_address for m in mails() if m.template.endswith("approved.txt")}


def test_codes_have_no_gaps(db, cast, at):
    first = factories.project(cast, at)
    assert first.code.endswith(".01/2026")
    second = factories.line(cast, at - 90 * DAY, title="Ứng dụng công nghệ sinh học trong bảo quản chanh", pi="pi3", host="host2", number="777/QĐ-UBND")
    submission = plays.submitted(cast, round_or_line=second, at=at)
    db.session.commit()
    with pytest.raises(Incomplete, match="already the number"):
        actions.approve(submission, number=first.decision_number, dated=first.decision_date, by=cast["province"], at=at + 10 * DAY)
    db.session.rollback()
    project = actions.approve(submission, number="4999/QĐ-UBND", dated=first.decision_date, by=cast["province"], at=at + 10 * DAY)
    assert project.code.endswith(".02/2026")


def test_the_signer_is_another_person_with_the_office(cast, at):
    submission = plays.submitted(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    later = at + 10 * DAY
    plays.year_budgets(cast, first=2026, last=2028, at=at)
    with pytest.raises(NotAllowed):
        actions.approve(submission, number="1/QĐ-UBND", dated=later.date(), by=cast["officer"], at=later)
    with pytest.raises(NotAllowed, match="people's committee"):
        actions.approve(submission, number="1/QĐ-UBND", dated=later.date(), by=cast["leader"], at=later)
    with pytest.raises(Incomplete, match="cannot lie after"):
        actions.approve(submission, number="1/QĐ-UBND", dated=(later + 2 * DAY).date(), by=cast["province"], at=later)


def test_four_eyes_are_in_the_database_too(db, cast, at):
    submission = plays.submitted(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE award_submission SET decided_by_id = submitted_by_id WHERE id = :i"), {"i": submission.id})


def test_a_submission_can_be_held_returned_and_sent_again(cast, at, mails):
    submission = plays.submitted(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    with pytest.raises(WrongState):
        actions.reopen_appraisal(queries.appraisal_by_id(submission.appraisal_id), reason="x", by=cast["officer"], at=at)
    actions.hold_award(submission, remark="Chờ ý kiến Sở Tài chính", by=cast["province"], at=at + 6 * DAY)
    actions.return_award(submission, remark="Giảm thiết bị", by=cast["province"], at=at + 7 * DAY)
    assert submission.state == SubmissionState.RETURNED
    appraisal = queries.appraisal_by_id(submission.appraisal_id)
    actions.reopen_appraisal(appraisal, reason="Theo ý kiến UBND", by=cast["officer"], at=at + 8 * DAY)
    line = queries.lines_of(appraisal)[2]
    actions.appraise(appraisal, {line.public_id: (None, 0, "Thuê thay vì mua")}, by=cast["officer"], at=at + 8 * DAY)
    actions.conclude_appraisal(appraisal, remark=None, by=cast["officer"], at=at + 8 * DAY)
    plays.revised(cast, appraisal=appraisal, at=at + 9 * DAY)
    again = actions.submit_award(appraisal, number="2/TTr", remark=None, by=cast["officer2"], at=at + 9 * DAY,
                                 **queries.terms_of(appraisal, on=(at + 9 * DAY).date()))  # fmt: skip
    assert again.id == submission.id and again.state == SubmissionState.SUBMITTED and again.approved_state == 900_000_000 - line.asked
    assert any("Giảm thiết bị" in m.body for m in mails())


def test_the_year_must_have_the_money(db, cast, at):
    submission = plays.submitted(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    later = at + 10 * DAY
    db.session.commit()
    with pytest.raises(WrongState, match="not entered"):
        actions.approve(submission, number="1/QĐ-UBND", dated=later.date(), by=cast["province"], at=later)
    db.session.rollback()
    actions.set_year_budget(2026, 899_999_999, by=cast["finance"], at=at)
    db.session.commit()
    with pytest.raises(WrongState, match="left"):
        actions.approve(submission, number="1/QĐ-UBND", dated=later.date(), by=cast["province"], at=later)
    db.session.rollback()
    assert factories.all_of(Project) == []


def test_a_year_s_promises_never_exceed_its_budget(db, cast, project, at):
    budget = queries.year_budget(2026)
    assert budget.committed == 900_000_000
    with pytest.raises(Incomplete):
        actions.set_year_budget(2026, 899_999_999, by=cast["finance"], at=at)
    db.session.commit()
    for statement in (f"INSERT INTO budget_commitment (public_id, year_budget_id, project_id, kind, amount, at) VALUES ('x', {budget.id}, {project.id}, 'commit', {budget.total}, '2026-01-01')",
                      "UPDATE year_budget SET committed = 0", "UPDATE budget_commitment SET amount = 1"):  # fmt: skip
        with pytest.raises(IntegrityError):
            db.session.execute(text(statement))
        db.session.rollback()


def test_a_project_waits_for_the_budget_of_a_later_year(db, cast, at):
    line = factories.line(cast, at - 90 * DAY, plan=[(*row[:6], int(row[0] == "labour")) for row in factories.SHORT])
    submission = plays.submitted(cast, round_or_line=line, at=at)
    actions.set_year_budget(2026, 10**12, by=cast["finance"], at=at)
    later = at + 10 * DAY
    project = actions.approve(submission, number="1/QĐ-UBND", dated=later.date(), by=cast["province"], at=later)
    assert [y.year for y in queries.years_of(project)] == [2026, 2027]
    assert queries.waiting_for_year(2027)[0][1] == 360_000_000
    actions.set_year_budget(2027, 10**12, by=cast["finance"], at=later)
    assert queries.year_budget(2027).committed == 360_000_000 and queries.waiting_for_year(2027) == []


def test_an_old_project_keeps_the_old_regime(cast, at):
    facts = {"title": "Nhân giống khoai mỡ", "item": plan.item("1.8"), "host": cast.org("host2"), "pi_name": "Nguyễn Xưa"}
    row = actions.import_project(code="ĐT.2019.05", approved_state=500, approved_counterpart=0, starts_on=date(2019, 1, 1), ends_on=date(2020, 12, 31),
                                 decision_number="99/QĐ-UBND", decision_date=date(2018, 12, 1), paid=[(date(2019, 2, 1), 300), (date(2020, 2, 1), 200)],
                                 by=None, at=at, **facts)  # fmt: skip
    assert row.regime == "law_2013" and row.paid_total == 500 and row.historic
    with pytest.raises(Incomplete):
        actions.import_project(code="ĐT.2019.06", approved_state=500, approved_counterpart=0, starts_on=date(2019, 1, 1), ends_on=date(2020, 12, 31),
                               decision_number="98/QĐ-UBND", decision_date=date(2018, 12, 1), paid=[(date(2019, 2, 1), 501)], by=None, at=at, **facts)  # fmt: skip


# --- contract -------------------------------------------------------------------------------------------------


def test_the_contract_starts_with_the_tranches_of_the_rulebook(cast, at, project):
    contract = plays.drafted(cast, project=project, at=at + 12 * DAY)
    tranches = queries.tranches_of(project.id)
    assert [t.amount for t in tranches] == [450_000_000, 270_000_000, 180_000_000]
    assert [t.condition for t in tranches] == [Condition.SIGNING, Condition.REPORT, Condition.ACCEPTANCE]
    with pytest.raises(WrongState):
        plays.drafted(cast, project=project, at=at + 12 * DAY)
    with pytest.raises(Incomplete, match="900.000.000"):
        actions.plan_tranches(contract, [(899_999_999, Condition.SIGNING, date(2026, 4, 1))], by=cast["officer"], at=at)
    actions.plan_tranches(contract, [(600_000_000, Condition.SIGNING, date(2026, 4, 1)), (300_000_000, Condition.ACCEPTANCE, date(2028, 1, 1))],
                          by=cast["officer"], at=at)  # fmt: skip
    assert [t.amount for t in queries.tranches_of(project.id)] == [600_000_000, 300_000_000]


def test_signing_makes_the_first_tranche_due(cast, running):
    assert states(running) == ["due", "planned", "planned"]
    contract = queries.contract_of(running.id)
    paper = papers.of(contract)[0]
    assert paper.number == contract.number and "450.000.000" in str(paper.blocks) and "Mô hình trình diễn" in str(paper.blocks)
    with pytest.raises(WrongState):
        actions.plan_tranches(contract, [], by=cast["officer"], at=contract.created_at)


def test_a_contract_is_not_signed_before_the_decision(cast, at, project):
    contract = plays.drafted(cast, project=project, at=at + 12 * DAY)
    for day in (project.decision_date - DAY, (at + 30 * DAY).date()):
        with pytest.raises(Incomplete):
            actions.sign(contract, number="1/HĐ", signed_on=day, party_a_signer="a", party_b_signer="b", by=cast["officer"], at=at + 20 * DAY)


def test_conditions_are_met_in_order(cast, at, running):
    assert actions.meet_condition(running, Condition.ACCEPTANCE, by=cast["officer"], at=at + 30 * DAY) is None
    third = queries.tranches_of(running.id)[2]
    with pytest.raises(WrongState, match="earlier"):
        actions.fall_due(third, by=cast["officer"], at=at + 30 * DAY)
    assert actions.meet_condition(running, Condition.REPORT, by=cast["officer"], at=at + 30 * DAY).position == 2


def test_money_changes_by_annex(cast, at, running):
    contract = queries.contract_of(running.id)
    later = at + 40 * DAY
    actions.annex(contract, "budget", "Tăng kinh phí", dated=later.date(), new_state_amount=1_000_000_000, by=cast["leader"], at=later)
    assert [t.amount for t in queries.tranches_of(running.id)] == [450_000_000, 270_000_000, 280_000_000]
    assert queries.year_budget(2026).committed == 1_000_000_000
    row = actions.annex(contract, "budget", "Giảm kinh phí", dated=later.date(), new_state_amount=700_000_000, by=cast["leader"], at=later)
    assert row.number == 2 and running.approved_total == 700_000_000 + running.approved_counterpart
    assert sum(t.amount for t in queries.tranches_of(running.id)) == 1_000_000_000 - 300_000_000
    assert queries.year_budget(2026).committed == 700_000_000


# --- payments -------------------------------------------------------------------------------------------------


def test_the_whole_way_of_a_payment(cast, at, running, mails):
    plays.paid(cast, project=running, at=at + 30 * DAY)
    tranche = queries.tranches_of(running.id)[0]
    assert tranche.state == TrancheState.PAID and tranche.paid == tranche.amount == running.paid_total == 450_000_000
    hands = {tranche.requested_by_id, tranche.first_approved_by_id, tranche.approved_by_id, tranche.paid_by_id}
    assert hands == {cast[name].id for name in ("pi1", "officer", "leader", "finance")}
    assert [e.amount for e in queries.ledger_of(running.id)] == [450_000_000]
    assert {"requested", "to_pay", "paid"} <= {m.template.rpartition("/")[2].removesuffix(".txt") for m in mails()}


def test_only_holders_request(cast, at, running):
    tranche = queries.tranches_of(running.id)[0]
    for name in ("pi2", "pi3", "officer", "host2"):
        with pytest.raises(NotAllowed):
            actions.request_payment(tranche, note=None, by=cast[name], at=at + 30 * DAY)
    actions.request_payment(tranche, note=None, by=cast["host1"], at=at + 30 * DAY)


def test_nobody_does_two_steps(cast, at, running):
    later = at + 30 * DAY
    tranche = queries.tranches_of(running.id)[0]
    with pytest.raises(WrongState):
        actions.approve_payment(tranche, by=cast["officer"], at=later)
    plays.requested(cast, project=running, at=later)
    assert actions.approve_payment(tranche, by=cast["officer"], at=later) is False and tranche.state == TrancheState.REQUESTED
    with pytest.raises(NotAllowed):
        actions.approve_payment(tranche, by=cast["officer"], at=later)
    with pytest.raises(WrongState):
        actions.pay(tranche, booked_on=later.date(), voucher="1", by=cast["finance"], at=later)
    assert actions.approve_payment(tranche, by=cast["leader"], at=later) is True
    with pytest.raises(NotAllowed):
        actions.pay(tranche, booked_on=later.date(), voucher="1", by=cast["leader"], at=later)
    with pytest.raises(Incomplete, match="cannot lie before"):  # nothing is paid before it is approved
        actions.pay(tranche, booked_on=(later - DAY).date(), voucher="1", by=cast["finance"], at=later)


@pytest.mark.parametrize("column", ["first_approved_by_id", "approved_by_id", "paid_by_id"])
def test_the_database_knows_that_too(db, cast, at, running, column):
    plays.requested(cast, project=running, at=at + 30 * DAY)
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE tranche SET {column} = requested_by_id WHERE requested_by_id IS NOT NULL"))


def test_a_returned_request_loses_its_approvals(cast, at, running):
    later = at + 30 * DAY
    plays.requested(cast, project=running, at=later)
    tranche = queries.tranches_of(running.id)[0]
    actions.approve_payment(tranche, by=cast["officer"], at=later)
    actions.return_payment(tranche, reason="Thiếu bảng kê", by=cast["leader"], at=later)
    assert tranche.state == TrancheState.DUE and tranche.first_approved_by_id is None
    plays.requested(cast, project=running, at=later + DAY)
    assert actions.approve_payment(tranche, by=cast["officer"], at=later + DAY) is False


def test_stopped_payments(db, cast, at, running):
    later = at + 30 * DAY
    plays.requested(cast, project=running, at=later)
    tranche = queries.tranches_of(running.id)[0]
    actions.approve_payment(tranche, by=cast["officer"], at=later)
    actions.approve_payment(tranche, by=cast["leader"], at=later)
    actions.freeze(running, reason="Xem xét chấm dứt", by=cast["officer"], at=later)
    with pytest.raises(WrongState, match="stopped"):
        actions.pay(tranche, booked_on=later.date(), voucher="1", by=cast["finance"], at=later)
    db.session.commit()
    with pytest.raises(IntegrityError, match="stopped"):
        _insert(db, running, tranche, 1)
    db.session.rollback()
    actions.unfreeze(running, reason="Tiếp tục", by=cast["officer"], at=later)
    actions.pay(tranche, booked_on=later.date(), voucher="1", by=cast["finance"], at=later)


def test_a_reversal_is_a_row_of_its_own(db, cast, at, running):
    plays.paid(cast, project=running, at=at + 30 * DAY)
    entry = queries.ledger_of(running.id)[0]
    actions.reverse(entry, reason="Chuyển nhầm tài khoản", by=cast["finance"], at=at + 40 * DAY)
    tranche = queries.tranches_of(running.id)[0]
    assert tranche.state == TrancheState.DUE and tranche.paid == running.paid_total == 0
    with pytest.raises(WrongState):
        actions.reverse(entry, reason="x", by=cast["finance"], at=at + 40 * DAY)
    plays.paid(cast, project=running, at=at + 41 * DAY)
    assert [str(e.kind) for e in queries.ledger_of(running.id)] == ["payment", "reversal", "payment"] and running.paid_total == 450_000_000


def test_a_refund_booked_by_mistake_is_taken_back_and_owed_again(db, cast, at, running, mails):
    plays.paid(cast, project=running, at=at + 30 * DAY)
    later = at + 400 * DAY
    back = {"booked_on": later.date(), "by": cast["finance"]}
    actions.record_closing(running, ClosingKind.FAILED, dated=later.date(), cause=Cause.SUBJECTIVE, by=cast["leader"], at=later)
    counted = actions.refund(running, amount=15, voucher="HT-1", at=later, **back)
    accounts = actions.submit_settlement(running, spent=400_000_000, assets=None, note=None, by=cast["host1"], at=later + DAY)
    actions.accept_settlement(accounts, remark=None, by=cast["finance"], at=later + DAY)
    owed = queries.owed(running)
    slip = actions.refund(running, amount=15, voucher="HT-2", at=later + 2 * DAY, **back)
    row = actions.reverse(slip, reason="Gõ nhầm số", by=cast["finance"], at=later + 3 * DAY)
    assert any("HT-2" in m.body and "Gõ nhầm số" in m.body for m in mails()), "who owes it again is told"
    assert (str(row.kind), row.reverses_id, row.amount, row.voucher, row.note) == ("refund_reversal", slip.id, 15, "HT-2", "Gõ nhầm số")
    assert running.paid_total == 450_000_000 - 15 == ledger.balance(queries.ledger_of(running.id)) and queries.owed(running) == owed and queries.came_back(running.id) == 0
    for entry, why in ((slip, "stands"), (row, "stands"), (counted, "count on this refund")):
        with pytest.raises(WrongState, match=why):
            actions.reverse(entry, reason="x", by=cast["finance"], at=later + 3 * DAY)
    actions.refund(running, amount=owed, voucher="HT-2", at=later + 4 * DAY, **back)  # the voucher of what was taken back is free again
    actions.liquidate(running, number=None, dated=(later + 4 * DAY).date(), assets=None, remark=None, by=cast["officer"], at=later + 4 * DAY)
    with pytest.raises(WrongState, match="liquidated"):
        actions.reverse(queries.ledger_of(running.id)[-1], reason="x", by=cast["finance"], at=later + 5 * DAY)
    db.session.commit()
    for attempt in (lambda: _insert(db, running, None, 15, "refund_reversal", slip.id), lambda: _insert(db, running, None, 15, "refund_reversal"),  # twice, of nothing
                    lambda: _insert(db, running, None, 14, "refund_reversal", counted.id), lambda: _insert(db, running, None, 15, "reversal", counted.id),
                    lambda: _insert(db, running, None, 15, "refund", counted.id)):  # fmt: skip
        with pytest.raises(IntegrityError):
            attempt()
        db.session.rollback()


def _insert(db, project, tranche, amount, kind="payment", reverses="NULL"):
    db.session.execute(text(
        "INSERT INTO ledger_entry (public_id, kind, amount, project_id, tranche_id, reverses_id, booked_on, at) "
        f"VALUES ('e{amount}{kind}', '{kind}', {amount}, {project.id}, {tranche.id if tranche else 'NULL'}, {reverses}, '2026-05-01', '2026-05-01')"))  # fmt: skip


def test_naive_code_cannot_overspend(db, cast, at, running):
    """What the program checks, the database checks again: each of these statements is refused."""
    later = at + 30 * DAY
    plays.requested(cast, project=running, at=later)
    tranche = queries.tranches_of(running.id)[0]
    db.session.commit()
    with pytest.raises(IntegrityError):  # not approved yet
        _insert(db, running, tranche, 1)
    db.session.rollback()
    actions.approve_payment(tranche, by=cast["officer"], at=later)
    actions.approve_payment(tranche, by=cast["leader"], at=later)
    db.session.commit()
    for amount, of in ((tranche.amount + 1, tranche), (0, tranche), (-5, tranche), (1, None)):
        with pytest.raises(IntegrityError):
            _insert(db, running, of, amount)
        db.session.rollback()
    actions.pay(tranche, booked_on=later.date(), voucher="1", by=cast["finance"], at=later)
    db.session.commit()
    entry = queries.ledger_of(running.id)[0]
    for attempt in (lambda: _insert(db, running, tranche, 1), lambda: _insert(db, running, None, running.paid_total + 1, "refund"),
                    lambda: _insert(db, running, tranche, 5, "reversal", entry.id), lambda: _insert(db, running, tranche, 5, "reversal"),
                    lambda: db.session.execute(text("UPDATE project SET paid_total = 0")), lambda: db.session.execute(text("UPDATE tranche SET paid = 0")),
                    lambda: db.session.execute(text("UPDATE project SET approved_state = 1, approved_total = 1 + approved_counterpart")),
                    lambda: db.session.execute(text("UPDATE ledger_entry SET amount = 1")), lambda: db.session.execute(text("DELETE FROM ledger_entry"))):  # fmt: skip
        with pytest.raises(IntegrityError):
            attempt()
        db.session.rollback()
    assert db.session.get(Project, running.id).paid_total == 450_000_000


# --- the end --------------------------------------------------------------------------------------------------


def test_recognised_paid_settled_liquidated(cast, at, running):
    plays.paid(cast, project=running, at=at + 30 * DAY)
    plays.paid(cast, project=running, at=at + 60 * DAY, n=2)
    later = at + 700 * DAY
    with pytest.raises(WrongState):
        actions.submit_settlement(running, spent=1, assets=None, note=None, by=cast["pi1"], at=later)
    actions.record_closing(running, ClosingKind.RECOGNISED, number="55/QĐ-SKHCN", dated=later.date(), by=cast["leader"], at=later)
    assert states(running) == ["settled", "paid", "due"]
    plays.paid(cast, project=running, at=later, n=3)
    row = plays.settled(cast, project=running, at=later + 10 * DAY, unused=1_000_000)
    assert row.state == SettlementState.ACCEPTED and row.refund_due == 1_000_000 and running.paid_total == 899_000_000
    assert states(running) == ["settled"] * 3
    assert sum(budget.committed for budget in queries.year_budgets()) == 899_000_000
    plays.liquidated(cast, project=running, at=later + 30 * DAY)
    contract = queries.contract_of(running.id)
    assert contract.state == ContractState.LIQUIDATED
    assert {p.template for p in papers.of(contract)} == {"funding/contract", "funding/liquidation"}
    assert not [e for e in people.engagements_of(cast["pi1"].id, on=(later + 60 * DAY).date()) if e.subject_type == "project"]


def test_no_liquidation_while_something_is_owed(cast, at, running):
    plays.paid(cast, project=running, at=at + 30 * DAY)
    later = at + 700 * DAY
    with pytest.raises(Incomplete):
        actions.record_closing(running, ClosingKind.FAILED, dated=later.date(), by=cast["leader"], at=later)
    actions.record_closing(running, ClosingKind.FAILED, dated=later.date(), cause=Cause.SUBJECTIVE, by=cast["leader"], at=later)
    with pytest.raises(WrongState):
        actions.record_closing(running, ClosingKind.RECOGNISED, dated=later.date(), by=cast["leader"], at=later)
    row = actions.submit_settlement(running, spent=400_000_000, assets=None, note=None, by=cast["pi1"], at=later)
    assert row.refund_due == 50_000_000 + 120_000_000
    with pytest.raises(NotAllowed):
        actions.accept_settlement(row, remark=None, by=cast["pi1"], at=later)
    actions.return_settlement(row, reason="Thiếu chứng từ", by=cast["finance"], at=later)
    actions.submit_settlement(running, spent=450_000_000, assets=None, note=None, by=cast["host1"], at=later + DAY)
    actions.accept_settlement(row, remark=None, by=cast["finance"], at=later + 2 * DAY)
    assert states(running) == ["settled", "cancelled", "cancelled"]
    liquidate = {"number": None, "dated": (later + 2 * DAY).date(), "assets": None, "remark": None, "by": cast["officer"]}
    with pytest.raises(WrongState, match="owes"):
        actions.liquidate(running, at=later + 3 * DAY, **liquidate)
    with pytest.raises(Incomplete):
        actions.refund(running, amount=450_000_001, booked_on=later.date(), voucher="1", by=cast["finance"], at=later + 3 * DAY)
    back = {"booked_on": later.date(), "by": cast["finance"], "at": later + 3 * DAY}
    with pytest.raises(Incomplete, match="not more"):
        actions.refund(running, amount=135_000_001, voucher="1", **back)
    with pytest.raises(Incomplete, match="cannot lie after"):
        actions.refund(running, amount=1, voucher="1", **(back | {"booked_on": (later + 9 * DAY).date()}))
    actions.refund(running, amount=100_000_000, voucher="1", **back)
    with pytest.raises(Incomplete, match="booked already"):
        actions.refund(running, amount=35_000_000, voucher=" 1 ", **back)
    actions.refund(running, amount=35_000_000, voucher="2", **back)
    assert queries.owed(running) == 0
    with pytest.raises(Incomplete, match="not more"):
        actions.refund(running, amount=1, voucher="3", **back)
    actions.liquidate(running, at=later + 4 * DAY, **liquidate | {"number": "15/BB-TLHĐ"})
    with pytest.raises(WrongState, match="liquidated"):
        actions.refund(running, amount=1, voucher="4", **back)
    paper = papers.of(queries.contract_of(running.id))[0]
    said = {b["label"]: b["text"] for b in paper.blocks if b["kind"] == "field"}
    assert paper.template == "funding/liquidation" and paper.number == "15/BB-TLHĐ", "the number typed is the paper's"
    assert said["Đã hoàn trả"] == f"{sum(r.amount for r in factories.all_of(LedgerEntry) if r.kind == EntryKind.REFUND):,} đồng".replace(",", ".")
    assert [b["name"] for b in paper.blocks if b["kind"] == "sign"] == [queries.contract_of(running.id).party_b_signer, queries.contract_of(running.id).party_a_signer]


def test_counters_are_the_sums_of_their_rows(cast, at, running):
    plays.paid(cast, project=running, at=at + 30 * DAY)
    rows = factories.all_of(LedgerEntry)
    assert running.paid_total == sum(r.amount for r in rows) == sum(t.paid for t in factories.all_of(Tranche))
    assert sum(c.amount for c in factories.all_of(Commitment)) == sum(b.committed for b in queries.year_budgets())
