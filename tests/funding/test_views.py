"""Funding through HTTP: the whole way in a browser, who may see and do what, a double click, what was typed stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import funding as plays
from app.kernel import journal
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.stages.funding import actions, queries
from app.stages.funding.models import (
    Appraisal,
    Contract,
    LedgerEntry,
    Project,
    Settlement,
    Submission,
    Tranche,
)
from app.stages.funding.rules import ClosingKind, TrancheState
from tests.funding import factories

DAY = timedelta(days=1)


@pytest.fixture
def project(db, cast, at):
    row = factories.project(cast, at)
    db.session.commit()
    return row


@pytest.fixture
def running(db, cast, at, project):
    plays.contracted(cast, project=project, at=at + 12 * DAY)
    db.session.commit()
    return project


def only(model):
    rows = factories.all_of(model)
    assert len(rows) == 1
    return rows[0]


def test_from_the_ranking_to_the_decision(db, cast, as_, at, travel):
    line = factories.line(cast, at - 90 * DAY)
    pid = line.public_id
    db.session.commit()
    officer = as_("officer")
    assert "Xây dựng mô hình tưới" in officer.page("/funding/").text
    officer.submit(f"/funding/lines/{pid}/begin")
    base = f"/funding/appraisals/{only(Appraisal).public_id}"
    officer.submit(f"{base}/team", {"name_1": "Đặng Kế Toán", "body_1": "Sở KHCN", "name_2": "Quách Văn Phúc", "body_2": "Sở Tài chính", "role_2": "finance"})
    officer.submit(f"{base}/open", {"held_on": "02/03/2026", "place": "Phòng họp"})
    answer = officer.submit(f"{base}/lines", {"allowed_1": "350.000.000"}, status=422)
    assert "field-error" in answer.get_data(as_text=True) and "350.000.000" in answer.get_data(as_text=True)
    officer.submit(f"{base}/lines", {"allowed_1": "350.000.000", "reason_1": "Theo định mức", "norm_1": "350 000 000"})
    officer.page(base)
    officer.submit(f"{base}/conclude", {"remark": "Thống nhất", "attest": "y"})
    officer.submit(f"{base}/submit", status=409)  # the work description is not revised yet
    plays.revised(cast, appraisal=only(Appraisal), at=at + 5 * DAY)
    db.session.commit()
    officer.submit(f"{base}/submit", {"number": "89/TTr-SKHCN"})
    submission = only(Submission)
    assert submission.approved_state == 890_000_000
    show = f"/funding/submissions/{submission.public_id}"
    officer.page(show)
    assert officer.get(f"{show}/decide").status_code == 403
    plays.year_budgets(cast, first=2026, last=2028, at=at)
    db.session.commit()
    province = as_("province")
    assert "890.000.000" in province.page(f"{show}/decide").text
    assert "number-error" in province.submit(f"{show}/decide", {"answer": "approve", "attest": "y"}, status=422).get_data(as_text=True)
    answer = province.submit(f"{show}/decide", {"answer": "approve", "number": "4923/QĐ-UBND", "dated": "02/03/2026", "attest": "y"})
    project = only(Project)
    assert answer.location.endswith(f"/funding/projects/{project.public_id}/approved")
    assert project.code in province.page(answer.location).text
    assert province.get(f"{show}/decide").status_code in (200, 409)
    province.page(show)


def test_hold_and_return_need_their_words(db, cast, as_, at, travel):
    travel.move_to(at + 6 * DAY)
    submission = plays.submitted(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at)
    url = f"/funding/submissions/{submission.public_id}/decide"
    db.session.commit()
    province = as_("province")
    province.submit(url, {"answer": "hold", "attest": "y"}, status=422)
    province.submit(url, {"answer": "hold", "inner_remark": "Chờ Sở Tài chính", "attest": "y"})
    province.submit(url, {"answer": "return", "attest": "y"}, status=422)
    province.submit(url, {"answer": "return", "remark": "Giảm thiết bị", "attest": "y"})
    officer = as_("officer")
    assert "Giảm thiết bị" in officer.page(f"/funding/submissions/{only(Submission).public_id}").text
    pid = only(Appraisal).public_id
    officer.submit(f"/funding/appraisals/{pid}/reopen", {"reason": "Theo ý kiến"})
    officer.submit(f"/funding/appraisals/{pid}/conclude", {"attest": "y"})
    plays.revised(cast, appraisal=only(Appraisal), at=at + 6 * DAY)
    db.session.commit()
    assert "Giảm thiết bị" in officer.page(f"/funding/appraisals/{pid}/submit").text
    officer.submit(f"/funding/appraisals/{pid}/submit")


def test_contract_and_money(db, cast, as_, at, project, travel):
    pid = project.public_id
    officer = as_("officer")
    travel.move_to(at + 20 * DAY)
    officer = as_("officer")
    officer.submit(f"/funding/projects/{pid}/contract", {"account": "3713.0.1057890"})
    url = f"/funding/contracts/{only(Contract).public_id}"
    officer.page(url)
    answer = officer.submit(f"{url}/tranches", {"amount_1": "450.000.001"}, status=422)
    assert "450.000.001" in answer.get_data(as_text=True)
    officer.submit(f"{url}/tranches", {"amount_4": "1"}, status=422)
    officer.submit(f"{url}/tranches", {"amount_1": "440.000.000", "amount_2": "280.000.000"})
    officer.submit(url.replace("/funding/", "/execution/") + "/sign", {"number": "12/2026/HĐ-SKHCN", "party_a_signer": "Phạm Giám Đốc", "party_b_signer": "Ngô Thủ Trưởng", "attest": "y"})
    first = queries.tranches_of(only(Project).id)[0]
    assert first.state == TrancheState.DUE
    url = f"/funding/tranches/{first.public_id}"
    pi = as_("pi1")
    assert "440.000.000" in pi.page(url).text
    pi.page(f"/funding/projects/{pid}")
    pi.submit(f"{url}/request", {"note": "Đã ký hợp đồng", "attest": "y"})
    officer.submit(f"{url}/approve", {"answer": "return", "attest": "y"}, status=422)
    officer.submit(f"{url}/approve", {"answer": "approve", "attest": "y"})
    officer.submit(f"{url}/approve", {"answer": "approve", "attest": "y"}, status=403)
    as_("leader").submit(f"{url}/approve", {"answer": "approve", "attest": "y"})
    finance = as_("finance")
    assert "440.000.000" in finance.page("/funding/?tab=payments").text
    finance.submit(f"{url}/pay", {"voucher": "UNC-1", "attest": "y"})
    for client in (finance, pi, officer):
        client.page(f"/funding/projects/{pid}")
        client.page(url)
    entry = only(LedgerEntry)
    finance.submit(f"/funding/entries/{entry.public_id}/reverse", {"reason": "Nhầm tài khoản"})
    assert [str(e.kind) for e in factories.all_of(LedgerEntry)] == ["payment", "reversal"]
    finance.submit(f"/funding/entries/{entry.public_id}/reverse", {"reason": "Nhầm tài khoản"}, status=409)


def test_a_double_click_books_one_row(db, cast, as_, at, running, travel):
    plays.requested(cast, project=running, at=at + 30 * DAY)
    tranche = queries.tranches_of(running.id)[0]
    actions.approve_payment(tranche, by=cast["officer"], at=at + 31 * DAY)
    actions.approve_payment(tranche, by=cast["leader"], at=at + 31 * DAY)
    url = f"/funding/tranches/{tranche.public_id}/pay"
    db.session.commit()
    travel.move_to(at + 32 * DAY)
    finance = as_("finance")
    form = finance.page(url).select_one("main form[method=post]")
    data = {i["name"]: i.get("value", "") for i in form.select("input[name]")} | {"voucher": "UNC-7", "attest": "y"}
    first, second = finance.post(url, data=data), finance.post(url, data=data)
    assert first.status_code == second.status_code == 303 and first.location == second.location
    assert [e.amount for e in factories.all_of(LedgerEntry)] == [450_000_000]
    other = finance.post(url, data=data | {"once": "another-window"})
    assert other.status_code == 409 and len(factories.all_of(LedgerEntry)) == 1


def test_what_somebody_else_changed_is_not_overwritten(db, cast, as_, at):
    appraisal = plays.appraised(cast, round_or_line=factories.line(cast, at - 90 * DAY), at=at, open_only=True)
    url = f"/funding/appraisals/{appraisal.public_id}/lines"
    db.session.commit()
    officer = as_("officer")
    form = officer.page(url).select_one("main form[method=post]")
    data = {i["name"]: i.get("value", "") for i in form.select("input[name]") if i.get("type") != "radio"} | {"lump_sum": "partial", "reason_1": "Lý do của tôi", "allowed_1": "1"}
    as_("officer2").submit(url, {"reason_2": "Của người khác", "allowed_2": "1"})
    answer = officer.post(url, data=data)
    assert answer.status_code == 409 and "Lý do của tôi" in answer.get_data(as_text=True)


def test_the_end_of_a_project(db, cast, as_, at, running, travel):
    plays.paid(cast, project=running, at=at + 30 * DAY)
    later = at + 700 * DAY
    actions.record_closing(running, ClosingKind.RECOGNISED, number="5/QĐ-SKHCN", dated=later.date(), by=cast["leader"], at=later)
    url = f"/funding/projects/{running.public_id}"
    db.session.commit()
    travel.move_to(later + DAY)
    pi, finance, officer = as_("pi1"), as_("finance"), as_("officer")
    heads = {"head_labour": "400.000.000", "head_materials": "40.000.000"}
    pi.submit(f"{url}/settle", {"spent": "450.000.001", "attest": "y"} | heads, status=422)
    assert "440.000.000" in pi.submit(f"{url}/settle", {"spent": "440.000.001", "attest": "y"} | heads, status=422).get_data(as_text=True)
    pi.submit(f"{url}/settle", {"spent": "440.000.000", "assets": "01 máy đo", "attest": "y"} | heads)
    row = f"/funding/settlements/{only(Settlement).public_id}"
    pi.page(row)
    finance.submit(f"{row}/decide", {"answer": "return", "attest": "y"}, status=422)
    minutes = {"answer": "accept", "number": "12/BBQT-SKHCN", "dated": f"{later + DAY:%d/%m/%Y}", "signer": "Trần Thị Kế Toán Trưởng", "attest": "y"}
    for wrong in ({"number": "abc"}, {"dated": "01/01/2020"}, {"dated": "31/12/2199"}, {"dated": ""}, {"signer": ""}):
        assert "Kế Toán" in finance.submit(f"{row}/decide", minutes | wrong, status=422).get_data(as_text=True) or "signer" in wrong
    finance.submit(f"{row}/decide", minutes)
    paper = db.session.scalars(select(Paper).where(Paper.template == "funding/settlement")).one()
    assert paper.number == "12/BBQT-SKHCN" and "Trần Thị Kế Toán Trưởng" in as_text(paper.blocks) and "12/BBQT-SKHCN" in finance.page(row).text
    contract = f"/funding/contracts/{only(Contract).public_id}"
    travel.move_to(later + 2 * DAY)
    pi, finance, officer = as_("pi1"), as_("finance"), as_("officer")
    officer.submit(f"{contract}/liquidate", {"attest": "y"}, status=409)
    finance.submit(f"{url}/refund", {"amount": "15", "booked_on": "31/01/2028", "voucher": "HT-1", "attest": "y"})
    slip = factories.all_of(LedgerEntry)[-1]
    assert finance.page(url).find("a", href=f"/funding/entries/{slip.public_id}/reverse").get_text() == "Hủy khoản thu hồi này"
    finance.submit(f"/funding/entries/{slip.public_id}/reverse", {"reason": "Gõ nhầm"})
    assert finance.page(url).find("a", href=f"/funding/entries/{slip.public_id}/reverse") is None and "Gõ nhầm" in finance.page(url).get_text()
    finance.submit(f"{url}/refund", {"amount": "10.000.000", "booked_on": "31/01/2028", "voucher": "HT-1", "attest": "y"})
    officer.submit(f"{contract}/liquidate", {"number": "3/BB-TLHĐ", "attest": "y"})
    assert only(Contract).state == "liquidated"
    for client in (pi, finance, officer):
        client.page(url)
        client.page(contract)


def test_budgets_of_years(as_):
    finance = as_("finance")
    finance.submit("/funding/year-budgets", {"year": "2027", "source": "state", "total": "12.000.000.000"})
    assert "12.000.000.000" in finance.page("/funding/year-budgets").text
    assert "12.000.000.000" in as_("auditor").page("/funding/year-budgets").text


SEES = """
              officer leader province finance auditor pi1 host1 pi2 pi3 host2 registry
project         x       x       x        x       x     x    x    x   .    .       .
contract        x       x       x        x       x     x    x    x   .    .       .
tranche         x       x       x        x       x     x    x    x   .    .       .
appraisal       x       x       x        x       x     .    .    .   .    .       .
submission      x       x       x        x       x     .    .    .   .    .       .
"""


def test_who_sees_what(db, as_, running):
    contract = queries.contract_of(running.id)
    urls = {
        "project": f"/funding/projects/{running.public_id}", "contract": f"/funding/contracts/{contract.public_id}",
        "tranche": f"/funding/tranches/{only_first(Tranche).public_id}", "appraisal": f"/funding/appraisals/{only(Appraisal).public_id}",
        "submission": f"/funding/submissions/{only(Submission).public_id}",
    }  # fmt: skip
    db.session.commit()
    head, *rows = [line.split() for line in SEES.strip().splitlines()]
    clients = {name: as_(name) for name in head}
    for name, *ticks in rows:
        for person, tick in zip(head, ticks, strict=True):
            status = clients[person].get(urls[name]).status_code
            assert (status == 200) == (tick == "x"), f"{person} {name}: {status}"
            assert status in (200, 403, 404)


def only_first(model):
    return factories.all_of(model)[0]


@pytest.mark.parametrize(("person", "path", "status"), [
    ("pi3", "/funding/tranches/{tranche}/request", 404), ("officer", "/funding/tranches/{tranche}/pay", 403), ("finance", "/funding/tranches/{tranche}/approve", 403),
    ("pi1", "/funding/tranches/{tranche}/approve", 403), ("auditor", "/funding/tranches/{tranche}/pay", 403), ("pi1", "/funding/projects/{project}/contract", 403),
    ("leader", "/funding/projects/{project}/refund", 403), ("pi3", "/funding/projects/{project}/settle", 404), ("pi1", "/funding/contracts/{contract}/liquidate", 403),
    ("pi1", "/funding/", 403), ("admin", "/funding/", 403), ("auditor", "/funding/", 200), ("province", "/funding/", 200),
])  # fmt: skip
def test_who_may_open_which_form(db, as_, running, person, path, status):
    url = path.format(tranche=only_first(Tranche).public_id, project=running.public_id, contract=queries.contract_of(running.id).public_id)
    db.session.commit()
    assert as_(person).get(url).status_code == status


def test_a_member_of_the_team_sees_but_does_not_request(db, as_, running, travel, at):
    url = f"/funding/tranches/{only_first(Tranche).public_id}/request"
    db.session.commit()
    travel.move_to(at + 30 * DAY)
    as_("pi2").submit(url, {"attest": "y"}, status=403)


@pytest.mark.parametrize("tab", ["appraisal", "approval", "contracts", "payments", "closing"])
def test_worklists_ask_the_same_for_one_and_three(db, cast, as_, at, count_queries, tab):
    def make(n: int) -> None:
        line = factories.line(cast, at - 90 * DAY, title=f"Nhiệm vụ số {n} về nông nghiệp", pi=f"pi{2 * n - 1}", host=f"host{n}", number=f"{n}1/QĐ-UBND")
        if tab == "appraisal":
            plays.appraised(cast, round_or_line=line, at=at)
        elif tab == "approval":
            plays.submitted(cast, round_or_line=line, at=at)
        else:
            project = plays.awarded(cast, round_or_line=line, at=at)
            if tab != "contracts":
                plays.contracted(cast, project=project, at=at + 12 * DAY)
            if tab == "closing":
                actions.record_closing(project, ClosingKind.RECOGNISED, dated=date(2026, 5, 1), by=cast["leader"], at=at + 60 * DAY)

    make(1)
    db.session.commit()
    client = as_("officer")
    client.page(f"/funding/?tab={tab}")
    one = count_queries(lambda: client.page(f"/funding/?tab={tab}"))
    make(2), make(3)
    db.session.commit()
    assert count_queries(lambda: client.page(f"/funding/?tab={tab}")) == one


def test_each_act_is_in_the_journal(db, cast, at, running):
    plays.paid(cast, project=running, at=at + 30 * DAY)
    tranche = queries.tranches_of(running.id)[0]
    verbs = [e.verb for e in journal.timeline([journal.subject_key(tranche)])]
    assert verbs == ["pay", "approve", "approve_first", "request", "fall_due"]
    assert journal.verify()[1] is None
