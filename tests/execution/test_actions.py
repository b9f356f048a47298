"""Reports, visits, changes, stops and early ends of a running project."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import execution as plays
from app.across.demo.plays import funding as money_plays
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.services.papers import queries as papers
from app.services.papers.blocks import as_text
from app.services.people import queries as people
from app.services.rulebook.models import Rule
from app.stages.execution import actions, queries
from app.stages.execution.rules import (
    AdjustmentKind,
    AdjustmentState,
    Ground,
    InspectionKind,
    InspectionState,
    ReportState,
    TerminationState,
)
from app.stages.funding import actions as funding
from app.stages.funding import queries as awards
from app.stages.funding.rules import Cause, ClosingKind, ContractState, TrancheState

DAY = timedelta(days=1)


CHANGES = [
    (AdjustmentKind.PI, {"new_pi": "pi2"}, "Chủ nhiệm nhiệm vụ", "Nguyễn Văn An (Trung tâm Ứng dụng tiến bộ khoa học và công nghệ)",
     "Trần Thị Bình (Trung tâm Ứng dụng tiến bộ khoa học và công nghệ)"),
    (AdjustmentKind.HOST, {"new_host": "host2"}, "Tổ chức chủ trì", "Trung tâm Ứng dụng tiến bộ khoa học và công nghệ", "Viện Khoa học kỹ thuật Nông nghiệp miền Nam"),
    (AdjustmentKind.EXTENSION, {"months": 6}, "Ngày kết thúc thực hiện", "{ends}", "{new_ends}"),
    (AdjustmentKind.BUDGET, {"new_state_amount": 700_000_000}, "Kinh phí từ ngân sách nhà nước", "{state}", "700.000.000 đồng"),
    (AdjustmentKind.CONTENT, {"before": "02 mô hình tôm", "after": "03 mô hình tôm"}, "Nội dung, sản phẩm", "02 mô hình tôm", "03 mô hình tôm"),
    (AdjustmentKind.TITLE, {"after": " Mô hình tôm  sinh thái "}, "Tên nhiệm vụ", "{title}", "Mô hình tôm sinh thái"),
    (AdjustmentKind.METHOD, {"after": "Hợp tác xã Tân Hưng dùng quy trình"}, "Phương thức khoán chi", "Khoán chi từng phần", "Khoán chi đến sản phẩm cuối cùng"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "facts", "what", "before", "after"), CHANGES, ids=[str(c[0]) for c in CHANGES])
def test_decision_and_annex_say_what_changes_from_what(cast, at, project, kind, facts, what, before, after):
    facts = {name: cast[said] if name == "new_pi" else cast.org(said) if name == "new_host" else said for name, said in facts.items()}
    was = {"ends": f"{project.ends_on:%d/%m/%Y}", "state": f"{project.approved_state:,} đồng".replace(",", "."), "title": project.title}
    pi, host = project.pi_name, awards.host_name(project)
    row = actions.request_adjustment(project, kind, reason="Hạn mặn kéo dài", by=cast["host1"], at=at + 100 * DAY, **facts)
    decision = actions.agree_adjustment(row, number="77/QĐ-SKHCN", dated=(at + 110 * DAY).date(), remark=None, by=cast["leader"], at=at + 110 * DAY)
    contract = awards.contract_of(project.id)
    annex = next(p for p in papers.of(contract) if p.template == "funding/annex")
    was["new_ends"] = f"{project.ends_on:%d/%m/%Y}"
    for paper in (decision, annex):
        table = next(b for b in paper.blocks if b["kind"] == "table")
        assert table["rows"] == [[what, before.format(**was), after.format(**was)]], paper.template
        assert [b["text"] for b in paper.blocks if b.get("label") == "Lý do"] == ["Hạn mặn kéo dài"]
        assert all(b["name"] for b in paper.blocks if b["kind"] == "sign")
    assert f"do {host} chủ trì, {pi} làm chủ nhiệm" in next(b["text"] for b in decision.blocks if b["kind"] == "article")
    assert [b["text"] for b in annex.blocks if b.get("label") == "Bên B"] == [host], "the contract's party is still the one of before"
    assert contract.party_b_signer == (cast["host2"] if kind == AdjustmentKind.HOST else cast["host1"]).name
    assert awards.annexes_of(contract.id)[0].summary == f"{what}: {before.format(**was)} → {after.format(**was)}"


# --- reports --------------------------------------------------------------------------------------------------


def test_signing_schedules_the_reports(project):
    reports = queries.reports_of(project.id)
    assert [r.number for r in reports] == [1, 2, 3, 4]
    assert reports[0].period_from == project.starts_on and reports[-1].period_to == project.ends_on
    assert reports[0].due_on == reports[0].period_to + 15 * DAY


def test_an_accepted_report_makes_the_next_tranche_due(cast, at, project, mails):
    report = plays.reported(cast, project=project, at=at + 190 * DAY)
    assert report.state == ReportState.ACCEPTED
    assert [str(t.state) for t in awards.tranches_of(project.id)] == ["paid", "due", "planned"]
    sent = {m.template.rpartition("/")[2] for m in mails()}
    assert {"report_submitted.txt", "report_accept.txt", "due.txt"} <= sent


def test_a_returned_report_is_mended(cast, at, project):
    report = plays.returned_report(cast, project=project, at=at + 190 * DAY)
    assert report.state == ReportState.RETURNED and "mô hình thứ hai" in report.remark
    again = plays.reported(cast, project=project, at=at + 200 * DAY)
    assert again.id == report.id


@pytest.mark.parametrize("name", ["pi2", "pi3", "officer", "host2", "province"])
def test_strangers_do_not_report(cast, at, project, name):
    report = queries.reports_of(project.id)[0]
    with pytest.raises(NotAllowed):
        actions.submit_report(report, progress=1, done="x", products=None, spent=0, difficulties=None, next_steps=None, by=cast[name], at=at + 190 * DAY)


def test_figures_count_from_the_start(cast, at, project):
    first = plays.reported(cast, project=project, at=at + 190 * DAY)
    second = queries.reports_of(project.id)[1]
    said = {"done": "x", "products": None, "next_steps": None, "by": cast["pi1"], "at": at + 380 * DAY}
    for progress, spent in ((first.progress - 1, first.spent), (first.progress, first.spent - 1)):
        with pytest.raises(Incomplete, match="count from the start"):
            actions.submit_report(second, progress=progress, spent=spent, difficulties=" ", **said)
    actions.submit_report(second, progress=first.progress, spent=first.spent - 1, difficulties="Đã ghi nhầm ở kỳ trước", **said)


def test_more_cannot_be_spent_than_paid(cast, at, project):
    report = queries.reports_of(project.id)[0]
    with pytest.raises(Incomplete, match="450.000.000"):
        actions.submit_report(report, progress=1, done="x", products=None, spent=450_000_001, difficulties=None, next_steps=None, by=cast["pi1"],
                              at=at + 190 * DAY)  # fmt: skip


def test_two_reviewers_at_once(cast, at, project):
    report = plays.submitted_report(cast, project=project, at=at + 190 * DAY)
    seen = report.version
    actions.accept_report(report, remark=None, seen=seen, by=cast["officer"], at=at + 191 * DAY)
    with pytest.raises((Stale, WrongState)):
        actions.return_report(report, remark="x", seen=seen, by=cast["officer2"], at=at + 191 * DAY)


def test_a_report_outside_the_schedule(cast, at, project):
    with pytest.raises(Incomplete):
        actions.ask_report(project, due_on=at.date(), reason="Bão lũ", by=cast["officer"], at=at + 100 * DAY)
    row = actions.ask_report(project, due_on=(at + 110 * DAY).date(), reason="Bão lũ", by=cast["officer"], at=at + 100 * DAY)
    assert row.number == 5


def test_reminders_go_once(cast, at, project, mails):
    day = at + 200 * DAY
    due = queries.reports_of(project.id)[0].due_on
    day += timedelta(days=(due - day.date()).days - 2)
    actions.remind(day)
    count = len([m for m in mails() if m.template.endswith("report_due.txt")])
    actions.remind(day)
    assert count == 4 and len([m for m in mails() if m.template.endswith("report_due.txt")]) == 4  # two people, two lead times


# --- inspections ----------------------------------------------------------------------------------------------


def test_an_inspection_has_minutes(cast, at, project, mails):
    row = plays.inspected(cast, project=project, at=at + 60 * DAY)
    assert row.state == InspectionState.DONE and "Chứng từ đầy đủ" in str(papers.of(row)[0].blocks)
    assert {"inspection.txt", "inspected.txt"} <= {m.template.rpartition("/")[2] for m in mails()}


def test_a_visit_is_called_off(cast, at, project):
    row = actions.plan_inspection(project, kind=InspectionKind.AD_HOC, planned_on=(at + 60 * DAY).date(), purpose="x", team="y", place=None,
                                  by=cast["officer"], at=at + 50 * DAY)  # fmt: skip
    actions.call_off_inspection(row, reason="Mưa bão", by=cast["officer"], at=at + 55 * DAY)
    with pytest.raises(WrongState):
        actions.conclude_inspection(row, held_on=(at + 60 * DAY).date(), present="x", progress_finding="x", money_finding="x", conclusion="x", requests=None,
                                    by=cast["officer"], at=at + 60 * DAY)  # fmt: skip


# --- changes --------------------------------------------------------------------------------------------------


def test_an_extension_becomes_an_annex_with_new_reports(cast, at, project, mails):
    before = project.ends_on
    row = plays.extended(cast, project=project, at=at + 300 * DAY)
    contract = awards.contract_of(project.id)
    assert row.state == AdjustmentState.AGREED and row.annex_number == 1
    assert project.ends_on == contract.ends_on == row.new_ends_on > before
    assert queries.reports_of(project.id)[-1].period_to == project.ends_on
    assert {p.template for p in papers.of(row, contract)} == {"execution/adjustment_decision", "funding/annex", "funding/contract"}
    assert any(m.template.endswith("adjustment_decided.txt") and m.to_address == "pi1@demo.vamco.test" for m in mails())
    with pytest.raises(WrongState, match="already been extended"):
        plays.extended(cast, project=project, at=at + 330 * DAY)
    special = actions.request_adjustment(project, AdjustmentKind.EXTENSION, months=3, reason="Dịch bệnh", special=True, authority="UBND tỉnh, CV 12",
                                         by=cast["pi1"], at=at + 330 * DAY)  # fmt: skip
    actions.agree_adjustment(special, number="9/QĐ-UBND", dated=(at + 340 * DAY).date(), remark=None, by=cast["province"], at=at + 340 * DAY)
    assert special.annex_number == 2


def test_too_long_or_too_late(cast, at, project):
    with pytest.raises(Incomplete) as refusal:
        plays.requested_extension(cast, project=project, at=at + 300 * DAY, months=13)
    assert refusal.value.field == "months"
    with pytest.raises(WrongState):
        plays.requested_extension(cast, project=project, at=at + 800 * DAY)


def test_one_open_request_of_a_kind(db, cast, at, project):
    plays.requested_extension(cast, project=project, at=at + 300 * DAY)
    db.session.commit()
    with pytest.raises(WrongState, match="already waits"):
        plays.requested_extension(cast, project=project, at=at + 301 * DAY)
    db.session.rollback()


def test_the_requester_does_not_decide(db, cast, at, project):
    row = plays.requested_extension(cast, project=project, at=at + 300 * DAY)
    with pytest.raises(NotAllowed):
        actions.agree_adjustment(row, number="1/QĐ", dated=date(2026, 12, 30), remark=None, by=cast["pi1"], at=at + 310 * DAY)
    with pytest.raises(NotAllowed):
        actions.request_adjustment(project, AdjustmentKind.CONTENT, reason="x", after="y", by=cast["officer"], at=at + 300 * DAY)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE adjustment SET decided_by_id = requested_by_id"))


def test_another_investigator(cast, at, project):
    row = actions.request_adjustment(project, AdjustmentKind.PI, reason="Chuyển công tác", new_pi=cast["pi2"], by=cast["host1"], at=at + 100 * DAY)
    actions.agree_adjustment(row, number="7/QĐ-SKHCN", dated=(at + 110 * DAY).date(), remark=None, by=cast["leader"], at=at + 110 * DAY)
    assert project.pi_id == cast["pi2"].id and project.pi_name == cast["pi2"].name
    roles = {(e.role, e.to_date is None) for e in people.engagements_of(cast["pi1"].id) if e.subject_type == "project"}
    assert roles == {("pi", False)}
    assert "pi" in {e.role for e in people.engagements_of(cast["pi2"].id) if e.subject_type == "project"}


@pytest.mark.parametrize(("kind", "facts", "field"), [
    (AdjustmentKind.BUDGET, {}, "new_state_amount"), (AdjustmentKind.BUDGET, {"new_state_amount": 449_999_999}, "new_state_amount"),
    (AdjustmentKind.CONTENT, {"after": " "}, "after"), (AdjustmentKind.PI, {}, "new_pi"), (AdjustmentKind.HOST, {}, "new_host"),
    (AdjustmentKind.EXTENSION, {}, "months"), (AdjustmentKind.TITLE, {}, "after"), (AdjustmentKind.TITLE, {"after": "x" * 501}, "after"),
    (AdjustmentKind.METHOD, {}, "after"),
])  # fmt: skip
def test_a_request_says_what_it_wants(cast, at, project, kind, facts, field):
    with pytest.raises(Incomplete) as refusal:
        actions.request_adjustment(project, kind, reason="x", by=cast["pi1"], at=at + 100 * DAY, **facts)
    assert refusal.value.field == field


def test_refused_and_withdrawn(cast, at, project):
    row = plays.requested_extension(cast, project=project, at=at + 300 * DAY)
    actions.refuse_adjustment(row, remark="Chưa đủ căn cứ", by=cast["leader"], at=at + 305 * DAY)
    again = plays.requested_extension(cast, project=project, at=at + 306 * DAY)
    with pytest.raises(NotAllowed):
        actions.withdraw_adjustment(again, by=cast["pi3"], at=at + 307 * DAY)
    actions.withdraw_adjustment(again, by=cast["host1"], at=at + 307 * DAY)
    assert [str(a.state) for a in queries.adjustments_of(project.id)] == ["refused", "withdrawn"]


# --- suspension and termination -------------------------------------------------------------------------------


def test_a_suspension_stops_payments_until_it_ends(db, cast, at, project):
    plays.reported(cast, project=project, at=at + 190 * DAY)
    row = plays.suspended(cast, project=project, at=at + 200 * DAY)
    assert queries.open_suspension(project.id) is row
    with pytest.raises(WrongState, match="stopped"):
        money_plays.requested(cast, project=project, at=at + 201 * DAY, n=2)
    db.session.commit()
    with pytest.raises(WrongState, match="already suspended"):
        plays.suspended(cast, project=project, at=at + 202 * DAY)
    db.session.rollback()
    with pytest.raises(Incomplete):
        actions.resume(row, number="9/QĐ-SKHCN", reason="x", on=(at + 100 * DAY).date(), by=cast["leader"], at=at + 230 * DAY)
    actions.resume(row, number="9/QĐ-SKHCN", reason="Nước đã rút", on=(at + 230 * DAY).date(), by=cast["leader"], at=at + 230 * DAY)
    money_plays.requested(cast, project=project, at=at + 231 * DAY, n=2)


def test_a_termination_fixes_the_refund(cast, at, project, mails):
    row = plays.opened_termination(cast, project=project, at=at + 300 * DAY)
    assert project.frozen_since is not None
    decide = {"number": "9/QĐ-UBND", "dated": (at + 310 * DAY).date(), "remark": None, "at": at + 310 * DAY}
    with pytest.raises(NotAllowed):
        actions.decide_termination(row, cause=Cause.SUBJECTIVE, used=400_000_000, by=cast["officer"], **decide)
    with pytest.raises(Incomplete):
        actions.decide_termination(row, cause=Cause.SUBJECTIVE, used=450_000_001, by=cast["province"], **decide)
    actions.decide_termination(row, cause=Cause.SUBJECTIVE, used=400_000_000, by=cast["province"], **decide)
    assert row.state == TerminationState.DECIDED and row.refund == 50_000_000 + 120_000_000
    assert awards.closing_of(project.id).kind == ClosingKind.TERMINATED
    assert awards.contract_of(project.id).state == ContractState.TERMINATED
    assert [t.state for t in awards.tranches_of(project.id)] == [TrancheState.PAID, TrancheState.CANCELLED, TrancheState.CANCELLED]
    assert any("170.000.000" in m.body for m in mails())
    with pytest.raises(WrongState, match="not running"):
        plays.submitted_report(cast, project=project, at=at + 320 * DAY)
    money_plays.liquidated(cast, project=project, at=at + 330 * DAY, unused=50_000_000)
    assert awards.contract_of(project.id).state == ContractState.LIQUIDATED
    assert project.paid_total == 450_000_000 - 170_000_000


@pytest.mark.parametrize(("signer", "refused"), [("leader", False), ("province", True), ("approver", True)])
def test_the_rulebook_says_who_ends_a_project(db, cast, at, project, signer, refused):
    rule = db.session.scalars(select(Rule).where(Rule.key == "execution.ending_signer")).one()
    kept = {c.key: getattr(rule, c.key) for c in Rule.__table__.columns if c.key not in ("id", "public_id")}
    db.session.add(Rule(**kept | {"value": signer, "valid_from": date(2026, 1, 1)}))
    row = plays.opened_termination(cast, project=project, at=at + 300 * DAY)
    decide = {"cause": Cause.OBJECTIVE, "used": 1, "number": "9/QĐ-UBND", "dated": (at + 310 * DAY).date(), "remark": None, "at": at + 310 * DAY}
    if refused:
        with pytest.raises(NotAllowed, match="people's committee"):
            actions.decide_termination(row, by=cast["leader"], **decide)
        actions.decide_termination(row, by=cast["province"], **decide)
    else:
        actions.decide_termination(row, by=cast["leader"], **decide)


def test_accounts_after_a_termination_keep_to_the_decision(cast, at, project):
    """Whatever the host types, what was used and what comes back is what the decision says; refunds since then count."""
    row = plays.terminated(cast, project=project, at=at + 300 * DAY, cause=Cause.SUBJECTIVE, used=400_000_000)
    now = at + 330 * DAY
    back = {"booked_on": now.date(), "by": cast["finance"], "at": now}
    with pytest.raises(Incomplete, match="not more"):
        funding.refund(project, amount=170_000_001, voucher="1", **back)
    with pytest.raises(Incomplete, match="cannot lie before"):
        funding.refund(project, amount=1, voucher="1", **back | {"booked_on": row.decision_date - DAY})
    funding.refund(project, amount=100_000_000, voucher="2", **back)  # before there are accounts: the decision asks for it
    said = {"assets": None, "note": None, "by": cast["pi1"], "at": now}
    for spent in (450_000_000, 399_999_999, 0):
        with pytest.raises(Incomplete, match="new decision") as refused:
            funding.submit_settlement(project, spent=spent, **said)
        assert refused.value.field == "spent"
    accounts = funding.submit_settlement(project, spent=400_000_000, **said)
    assert (accounts.paid, accounts.refund_due, awards.owed(project)) == (450_000_000, 170_000_000, 70_000_000)
    payment = awards.ledger_of(project.id)[0]
    with pytest.raises(WrongState, match="already settled|fixes what was paid"):
        funding.reverse(payment, reason="x", by=cast["finance"], at=now)
    funding.accept_settlement(accounts, remark=None, by=cast["finance"], at=now + DAY)
    with pytest.raises(WrongState, match="70.000.000"):
        funding.liquidate(project, number=None, dated=(now + DAY).date(), assets=None, remark=None, by=cast["officer"], at=now + DAY)
    funding.refund(project, amount=70_000_000, voucher="3", **back)
    funding.liquidate(project, number=None, dated=(now + DAY).date(), assets=None, remark=None, by=cast["officer"], at=now + DAY)
    assert project.paid_total == 450_000_000 - 170_000_000


def test_a_suspension_has_papers_and_dropping_an_early_end_is_told(cast, at, project, mails):
    row = plays.suspended(cast, project=project, at=at + 90 * DAY)
    early = plays.opened_termination(cast, project=project, at=at + 100 * DAY)
    actions.drop_termination(early, reason="Đã khắc phục", by=cast["leader"], at=at + 110 * DAY)
    told = {m.to_address.partition("@")[0]: m.body for m in mails() if m.template == "execution/mail/dropped.txt"}
    assert set(told) == {"pi1", "host1", "officer"} and all(row.decision_number in body for body in told.values())
    said = {"reason": "Nước đã rút", "on": (at + 120 * DAY).date(), "by": cast["leader"], "at": at + 120 * DAY}
    for number in ("abc", row.decision_number):
        with pytest.raises(Incomplete) as refused:
            actions.resume(row, number=number, **said)
        assert refused.value.field == "number"


def test_resuming_has_a_paper(cast, at, project):
    row = plays.suspended(cast, project=project, at=at + 90 * DAY)
    actions.resume(row, number="77/QĐ-SKHCN", reason="Nước đã rút", on=(at + 100 * DAY).date(), by=cast["leader"], at=at + 120 * DAY)
    issued = {p.template: p for p in papers.of(row)}
    assert set(issued) == {"execution/suspension_decision", "execution/resumption_decision"}
    assert issued["execution/resumption_decision"].number == "77/QĐ-SKHCN" and row.decision_number in str(issued["execution/resumption_decision"].blocks)
    assert "Căn cứ" in str(issued["execution/suspension_decision"].blocks)


def test_what_was_asked_for_falls_away_with_the_project(cast, at, project):
    asked = plays.requested_extension(cast, project=project, at=at + 280 * DAY)
    plays.terminated(cast, project=project, at=at + 300 * DAY)
    assert asked.state == AdjustmentState.WITHDRAWN


def test_the_host_asks_for_an_early_end(db, cast, at, project, mails):
    def ask(who, ground=Ground.HOST_ASKS, days=100):
        return actions.request_termination(project, ground=ground, statement="Nhóm nghiên cứu giải thể.", by=cast[who], at=at + days * DAY)

    for who, ground, refusal in (("pi3", Ground.HOST_ASKS, NotAllowed), ("officer", Ground.HOST_ASKS, NotAllowed), ("host1", Ground.MISUSE, Incomplete)):
        with pytest.raises(refusal):
            ask(who, ground)
    first = ask("pi1")
    assert project.frozen_since is None and "ending_requested" in mails()[-1].template
    db.session.commit()
    with pytest.raises(WrongState, match="under consideration"):
        ask("host1")
    db.session.rollback()
    with pytest.raises(NotAllowed):
        actions.withdraw_termination(first, by=cast["pi3"], at=at + 101 * DAY)
    actions.withdraw_termination(first, by=cast["host1"], at=at + 101 * DAY)
    second = ask("host1", days=102)
    row = actions.open_termination(project, ground=Ground.HOST_ASKS, statement="Đề nghị có cơ sở.", by=cast["officer"], at=at + 103 * DAY, seen=second.version)
    assert row is second and row.requested_by_id == cast["host1"].id and project.frozen_since is not None
    facts = {"cause": Cause.SUBJECTIVE, "used": 1, "number": "9/QĐ-UBND", "dated": (at + 104 * DAY).date(), "remark": None, "at": at + 104 * DAY}
    with pytest.raises(NotAllowed):
        actions.decide_termination(row, by=cast["officer"], **facts)
    paper = actions.decide_termination(row, by=cast["leader"], **facts)
    assert "Theo đề nghị của tổ chức chủ trì" in as_text(paper.blocks)
    assert [str(t.state) for t in queries.terminations_of(project.id)] == ["withdrawn", "decided"]


def test_a_dropped_termination_lets_money_flow_again(db, cast, at, project):
    row = plays.opened_termination(cast, project=project, at=at + 100 * DAY)
    db.session.commit()
    with pytest.raises(WrongState, match="already under"):
        actions.open_termination(project, ground=Ground.BREACH, statement="x", by=cast["officer"], at=at + 101 * DAY)
    db.session.rollback()
    actions.drop_termination(row, reason="Đã khắc phục", by=cast["leader"], at=at + 110 * DAY)
    assert project.frozen_since is None


def test_a_suspended_project_stays_stopped_when_the_termination_is_dropped(cast, at, project):
    plays.suspended(cast, project=project, at=at + 90 * DAY)
    row = plays.opened_termination(cast, project=project, at=at + 100 * DAY)
    actions.drop_termination(row, reason="x", by=cast["leader"], at=at + 110 * DAY)
    assert project.frozen_since is not None


def test_an_ended_project_is_not_reported_or_changed(cast, at, project):
    funding.record_closing(project, ClosingKind.RECOGNISED, dated=(at + 700 * DAY).date(), by=cast["leader"], at=at + 700 * DAY)
    with pytest.raises(WrongState):
        plays.requested_extension(cast, project=project, at=at + 701 * DAY)
