"""What a report tells: products, money by head and quarter, risks; drafts, versions, rating; reminders after the day."""

from __future__ import annotations

import base64
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import execution as plays
from app.across.demo.plays import funding as money_plays
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.stages.execution import actions, figures, queries
from app.stages.execution.rules import Delivery, Level, Rating, ReportState
from app.stages.execution.spending import (
    Quarter,
    check_moves,
    compare,
    forecast,
    moved,
    quarters,
)
from app.stages.execution.telling import Told
from app.stages.funding import queries as awards
from tests.execution.test_views import page_of, whole
from tests.support.browser import values_of

DAY = timedelta(days=1)


def submit(report, cast, at, *, spent=100, told=None, **more):
    facts = {"progress": 25, "done": "x", "products": None, "difficulties": None, "next_steps": None, "by": cast["pi1"], "at": at} | more
    actions.submit_report(report, spent=spent, told=told or Told({("labour", Quarter(2026, 2)): spent}), **facts)


# --- pure -----------------------------------------------------------------------------------------------------


def test_quarters_go_over_the_year():
    assert quarters(date(2026, 11, 30), date(2027, 4, 1)) == [(2026, 4), (2027, 1), (2027, 2)]


def test_a_forecast_loses_nothing():
    allowed = {("labour", 2025): 7, ("labour", 2026): 1_000_000_000, ("survey", 2030): 5, ("survey", 2026): 1}
    found = forecast(allowed, date(2026, 5, 1), date(2027, 2, 1))
    assert sum(found.values()) == sum(allowed.values())
    assert found["labour", Quarter(2026, 2)] == 333_333_333 + 7 and found["labour", Quarter(2026, 4)] == 333_333_334
    assert found["survey", Quarter(2027, 1)] == 5


def test_compare_says_nothing_of_quarters_that_no_report_tells():
    every = quarters(date(2026, 1, 1), date(2026, 12, 31))
    rows = compare(forecast({("labour", 2026): 400}, date(2026, 1, 1), date(2026, 12, 31)), {("labour", every[0]): 150, ("labour", every[1]): 300}, every, told_until=every[1])
    assert rows[0].cells == [(100, 150), (100, 300), (100, None), (100, None)]
    assert (rows[0].due, rows[0].spent, rows[0].over) == (200, 450, True)


@pytest.mark.parametrize(("moves", "field"), [
    ([], "amount_1"), ([("labour", "labour", 2026, 5)], "to_1"), ([("labour", "survey", 2026, 0)], "amount_1"), ([("labour", "survey", 2026, 101)], "amount_1"),
    ([("labour", "survey", 2027, 1)], "amount_1"), ([("labour", "survey", 2026, 60), ("labour", "survey", 2026, 41)], "amount_1"), ([("labour", "survey", 2026, 71)], "amount_1"),
])  # fmt: skip
def test_money_moves_only_where_it_is(moves, field):
    with pytest.raises(Incomplete) as refusal:
        check_moves({("labour", 2026): 100}, moves, {"labour": 30})
    assert refusal.value.field == field


def test_moves_keep_the_sum():
    allowed = {("labour", 2026): 100, ("survey", 2026): 50}
    check_moves(allowed, [("labour", "survey", 2026, 70)], {"labour": 30})
    assert moved(allowed, [("labour", "survey", 2026, 70)]) == {("labour", 2026): 30, ("survey", 2026): 120}


# --- reports --------------------------------------------------------------------------------------------------


def test_the_sum_by_head_is_the_sum_spent(cast, at, project):
    report = queries.reports_of(project.id)[0]
    for cells, field in (({("labour", Quarter(2026, 2)): 99}, "spent"), ({("nothing", Quarter(2026, 2)): 100}, "spent")):
        with pytest.raises(Incomplete) as refusal:
            submit(report, cast, at + 190 * DAY, told=Told(cells))
        assert refusal.value.field == field


def test_a_report_says_not_less_than_accepted_accounts(cast, at, project):
    money_plays.accounted(cast, project=project, at=at + 100 * DAY, unused=450_000_000 - 100)
    with pytest.raises(Incomplete, match="100 đồng are spent already") as refusal:
        submit(queries.reports_of(project.id)[0], cast, at + 190 * DAY, spent=99)
    assert refusal.value.field == "spent"
    submit(queries.reports_of(project.id)[0], cast, at + 190 * DAY)


def test_versions_stay_and_risks_are_told_once(db, cast, at, project):
    report, product = queries.reports_of(project.id)[0], awards.products_of(project)[0]
    told = Told({("labour", Quarter(2026, 2)): 100}, {product.id: (Delivery.AT_RISK, "1 mô hình", None)}, [("Hạn mặn đến sớm", Level.HIGH, "Trữ nước")], requests="Thêm thời gian")
    submit(report, cast, at + 190 * DAY, told=told)
    actions.return_report(report, remark="Bổ sung", rating=Rating.POOR, again_by=(at + 205 * DAY).date(), by=cast["officer"], at=at + 195 * DAY)
    assert report.due_on == (at + 205 * DAY).date() and report.rating == Rating.POOR
    submit(report, cast, at + 200 * DAY, spent=90, told=Told({("labour", Quarter(2026, 2)): 90}, told.deliveries, told.risks))
    assert [v.content["spent"] for v in figures.versions_of(report)] == [100, 90] and report.rating is None
    assert len(figures.risks_of(project.id)) == 1 and sum(figures.spent_cells(report.id).values()) == 90
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE report_version SET number = 9"))


def test_a_draft_is_kept_and_read_by_holders_only(cast, at, project):
    report = queries.reports_of(project.id)[0]
    actions.save_draft(report, {"done": "Đang viết"}, by=cast["host1"], at=at + 190 * DAY)
    assert report.draft == {"done": "Đang viết"} and report.state == ReportState.SCHEDULED
    for name in ("officer", "pi3", "host2"):
        with pytest.raises(NotAllowed):
            actions.save_draft(report, {}, by=cast[name], at=at + 190 * DAY)
    with pytest.raises(Incomplete):
        actions.save_draft(report, {"done": "x" * 200_001}, by=cast["pi1"], at=at + 190 * DAY)
    submit(report, cast, at + 191 * DAY)
    assert report.draft is None
    with pytest.raises(WrongState):
        actions.save_draft(report, {}, by=cast["pi1"], at=at + 192 * DAY)


def test_late_reports_are_chased_until_they_come(cast, at, project, mails):
    due, start = queries.reports_of(project.id)[0].due_on, at.date()
    late = lambda: [m.to_address for m in mails() if m.template.endswith("report_late.txt")]
    for days, expected in ((0, 0), (1, 1), (2, 1), (7, 2), (8, 2), (21, 3), (40, 3)):
        actions.chase(at + (due - start).days * DAY + days * DAY)
        assert late().count("pi1@demo.vamco.test") == late().count("officer@demo.vamco.test") == expected, days
    plays.terminated(cast, project=project, at=at + 205 * DAY)
    before = len(late())
    actions.chase(at + (due - start).days * DAY + 22 * DAY)
    assert len(late()) == before


def test_the_form_keeps_a_draft_and_refuses_half_a_report(db, as_, at, project, travel):
    url = f"/execution/reports/{queries.reports_of(project.id)[0].public_id}"
    db.session.commit()
    travel.move_to(at + 210 * DAY)
    pi, officer = as_("pi1"), as_("officer")
    said = whole(pi, f"{url}/submit", "100.000.000")
    cell = next(name for name in said if name.startswith("cell_"))
    assert "9,5" in pi.submit(f"{url}/submit", {"done": "Nháp bí mật", "spent": "9,5", "save": "1"}).headers["Location"] + "9,5"
    assert "Nháp bí mật" in str(pi.page(f"{url}/submit").select_one("textarea[name=done]")) and pi.page(f"{url}/submit").select_one("input[name=spent]")["value"] == "9,5"
    assert "Nháp bí mật" not in officer.page(url).text
    stale = pi.post(f"{url}/submit", data=values_of(pi.page(f"{url}/submit").select("form[method=post]")[-1]) | {"version": "1", "done": "Không được mất", "save": "1"})
    assert stale.status_code == 409 and "Không được mất" in stale.get_data(as_text=True)
    for wrong in ({"spent": "100.000.001"}, {cell: ""}, {cell: "-5"}, {cell: "1.5"}, {cell: "１００"}, {"risk_1": "Lũ"}, {"spent": "10000000000000000000"}):
        answer = pi.submit(f"{url}/submit", said | wrong, status=422).get_data(as_text=True)
        assert "Đã khảo sát" in answer and "field-error" in answer, wrong
    pi.submit(f"{url}/submit", said | {"risk_1": "Lũ về sớm", "level_1": "high", "measure_1": "Đắp bờ"})
    officer.submit(f"{url}/review", {"answer": "accept"}, status=422)
    officer.submit(f"{url}/review", {"answer": "return", "remark": "Sửa", "rating": "watch", "again_by": "01/01/2020"}, status=422)
    officer.submit(f"{url}/review", {"answer": "return", "remark": "Sửa", "rating": "watch"})
    assert "100.000.000" in officer.page(f"{url}/versions/1").text
    officer.page(f"{url}/versions/2", status=404)
    as_("pi3").page(f"{url}/versions/1", status=404)
    base = f"{page_of(project)}/risks"
    risk = pi.page(base).select_one(f'a[href^="{base}/"][href$="/close"]')["href"]
    assert "Lũ về sớm" in officer.page(base).text
    as_("finance").page(risk, status=403)
    officer.submit(risk, {"why": "Nước đã rút"})
    pi.page(risk, status=409)
    officer.submit(f"{base}/new", {"text": "Thiếu giống", "level": "medium"})


# --- inspections ----------------------------------------------------------------------------------------------


def test_findings_are_answered_judged_and_chased(cast, at, project, mails):
    day = at + 60 * DAY
    with pytest.raises(Incomplete) as refusal:
        plays.planned_inspection(cast, project=project, at=day, inspectors=[cast["pi2"]])  # a member of the host
    assert refusal.value.field == "inspectors"
    row = plays.planned_inspection(cast, project=project, at=day, inspectors=[cast["officer2"], cast["finance"]])
    plays.concluded_inspection(cast, row, at=day + 10 * DAY, findings=[("Lập sổ theo dõi vật tư", (day + 30 * DAY).date())])
    finding = queries.findings_of(inspection_id=row.id)[0]
    sent = lambda name: [m.to_address for m in mails() if m.template.endswith(name)]
    assert "finance@demo.vamco.test" in sent("inspection.txt")
    actions.remind_findings(day + 12 * DAY), actions.remind_findings(day + 20 * DAY), actions.remind_findings(day + 31 * DAY), actions.remind_findings(day + 32 * DAY)
    assert sent("finding_due.txt").count("pi1@demo.vamco.test") == 2
    with pytest.raises(NotAllowed):
        actions.answer_finding(finding, answer="x", by=cast["officer"], at=day + 33 * DAY)
    actions.answer_finding(finding, answer="Đã lập sổ", by=cast["pi1"], at=day + 33 * DAY)
    assert sent("finding_answered.txt") == ["officer2@demo.vamco.test", "finance@demo.vamco.test"]
    actions.return_finding(finding, remark="Chưa đủ", due_on=(day + 50 * DAY).date(), by=cast["officer"], at=day + 34 * DAY)
    actions.answer_finding(finding, answer="Đã bổ sung", by=cast["host1"], at=day + 35 * DAY)
    actions.close_finding(finding, remark=None, by=cast["officer"], at=day + 36 * DAY)
    with pytest.raises(WrongState):
        actions.answer_finding(finding, answer="x", by=cast["pi1"], at=day + 37 * DAY)


def test_the_pages_of_an_inspection(db, cast, as_, at, project, travel):
    day = at + 60 * DAY
    row = plays.planned_inspection(cast, project=project, at=day, inspectors=[cast["officer2"]])
    db.session.commit()
    travel.move_to(day + 10 * DAY)
    pi, officer, url = as_("pi1"), as_("officer"), f"/execution/inspections/{row.public_id}"
    assert as_("officer2").page("/desk/").select_one(f'a[href="{url}"]')
    found = {"held_on": "11/05/2026", "present": "x", "progress_finding": "x", "money_finding": "x", "conclusion": "x", "attest": "y"}
    for wrong in ({"finding_1": "Sổ sách"}, {"due_1": "30/06/2026"}, {"finding_2": "Sổ sách", "due_2": "30/06/2026"}, {"finding_1": "x", "due_1": "01/01/2020"}, {"finding_1": "x", "due_1": "31/02/2027"}):
        officer.submit(f"{url}/conclude", found | wrong, status=422)
    officer.submit(f"{url}/conclude", found | {"finding_1": "Lập sổ theo dõi", "due_1": "30/06/2026"})
    pi.page(f"{url}/files", status=403)
    picture = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
    officer.submit(f"{url}/files", {"kind": "photo", "file": (io.BytesIO(picture), "hien-truong.png")})
    src = pi.page(url).select_one(".photos img")["src"]
    assert pi.get(src).status_code == 200 and as_("pi3").get(src).status_code == 404
    finding = pi.page(url).select_one('a[href^="/execution/findings/"]')["href"]
    assert pi.page("/desk/").select_one(f'a[href="{finding}/answer"]')
    as_("pi3").page(finding, status=404), officer.page(f"{finding}/answer", status=403)
    officer.submit(f"{finding}/judge", {"answer": "return", "remark": "x", "due_on": "30/06/2026"}, status=422)
    pi.submit(f"{finding}/answer", {"answer": "Đã lập sổ"})
    assert officer.page("/desk/").select_one(f'a[href="{finding}/judge"]')
    officer.submit(f"{finding}/judge", {"answer": "return"}, status=422)
    officer.submit(f"{finding}/judge", {"answer": "close"})
    pi.page(f"{finding}/answer", status=409)
