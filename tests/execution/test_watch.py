"""Changes that the host makes itself and the plan recomputed; a bar entered with its dates; the history; the view of what may go wrong."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import execution as plays
from app.kernel.errors import Incomplete, NotAllowed
from app.services.people import queries as people
from app.services.rulebook import actions as rulebook_acts
from app.services.rulebook.rules import Mark
from app.stages.execution import actions, figures, history, queries, risk
from app.stages.execution.actions.adjustments import check_signer
from app.stages.execution.replanning import plan_after, shifted
from app.stages.execution.rules import (
    AdjustmentState,
    Delivery,
    Ground,
    Level,
    Rating,
)
from app.stages.execution.spending import Quarter, quarter_of, quarters
from app.stages.execution.telling import Told
from app.stages.funding import queries as awards
from app.stages.funding.rules import Cause
from tests.execution.test_views import page_of

DAY = timedelta(days=1)


def year_of(project):
    return next(iter(figures.estimate(project)))[1]


# --- changes --------------------------------------------------------------------------------------------------


def test_lump_sums_are_moved_by_the_host_and_others_wait(cast, at, project, mails):
    before, year = figures.estimate(project), year_of(project)
    row = actions.move_heads(project, [("labour", "survey", year, 1_000_000)], reason="Thêm phiếu", by=cast["pi1"], at=at + 100 * DAY)
    assert row.state == AdjustmentState.NOTED and row.decision_number is None
    assert any(m.template.endswith("change_noted.txt") and m.to_address == "officer@demo.vamco.test" for m in mails())
    asked = actions.move_heads(project, [("materials", "survey", year, 2_000_000)], reason="Thêm phiếu", by=cast["host1"], at=at + 101 * DAY)
    assert asked.state == AdjustmentState.REQUESTED
    now = figures.estimate(project)
    assert now["survey", year] == before["survey", year] + 1_000_000 and sum(now.values()) == sum(before.values())
    actions.agree_adjustment(asked, number="7/QĐ-SKHCN", dated=(at + 105 * DAY).date(), remark=None, by=cast["leader"], at=at + 105 * DAY)
    assert asked.annex_number == 1 and figures.estimate(project)["materials", year] == before["materials", year] - 2_000_000
    assert "Dự toán giữa các mục chi" in awards.annexes_of(awards.contract_of(project.id).id)[0].summary


@pytest.mark.parametrize("name", ["officer", "pi3", "host2", "finance"])
def test_strangers_move_nothing(cast, at, project, name):
    with pytest.raises(NotAllowed):
        actions.move_heads(project, [("labour", "survey", year_of(project), 1)], reason="x", by=cast[name], at=at + 100 * DAY)


def test_the_whole_plan_is_shown_and_made_as_shown(cast, at, project):
    row = plays.requested_extension(cast, project=project, at=at + 300 * DAY)
    contract, day = awards.contract_of(project.id), at + 310 * DAY
    shown = plan_after(project, contract, row, day.date())
    assert {line.what.split("%")[0] for line in shown} >= {"End of the contract", "Report ", "Tranche ", "Dossier for acceptance due"}
    actions.agree_adjustment(row, number="7/QĐ-SKHCN", dated=day.date(), remark=None, by=cast["leader"], at=day)
    reports = {r.number: r.due_on for r in queries.reports_of(project.id)}
    tranches = {t.position: t.planned_on for t in awards.tranches_of(project.id)}
    for line in shown:
        if line.what.startswith("Report") and line.after:
            assert reports[line.n] == line.after
        if line.what.startswith("Tranche"):
            assert tranches[line.n] == line.after
    assert any(line.moves for line in shown if line.what.startswith("Tranche"))
    assert shown[0].after == contract.ends_on


def test_promised_days_move_only_when_they_are_ahead(at):
    day = at.date()
    assert shifted(day, [(day, 6)], day + 400 * DAY) == day
    assert shifted(day + DAY, [(day, 6)], day + 400 * DAY) > day + 150 * DAY
    assert shifted(day + DAY, [(day, 60)], day + 40 * DAY) == day + 40 * DAY


def test_the_province_decides_where_the_rulebook_says_so(db, cast, at, project):
    row = plays.requested_extension(cast, project=project, at=at + 300 * DAY)
    check_signer(row, cast["leader"])
    rulebook_acts.revise("execution.change_signer", {"authority_items": "province", "other": "leader"}, source="QĐ phân cấp", mark=Mark.V, valid_from=project.decision_date,
                         reason="x", by=cast["officer"], at=at + 301 * DAY)  # fmt: skip
    for act in (actions.agree_adjustment, actions.refuse_adjustment):
        facts = {"number": "7/QĐ", "dated": (at + 305 * DAY).date()} if act is actions.agree_adjustment else {}
        with pytest.raises(NotAllowed, match="people's committee"):
            act(row, remark="x", by=cast["leader"], at=at + 305 * DAY, **facts)
    check_signer(row, cast["province"])


# --- the end --------------------------------------------------------------------------------------------------


def test_a_breach_bars_with_dates(db, cast, at, project):
    row = actions.open_termination(project, ground=Ground.MISUSE, statement="Chi sai", by=cast["officer"], at=at + 300 * DAY)
    day = (at + 310 * DAY).date()
    actions.decide_termination(row, cause=Cause.SUBJECTIVE, used=0, number="9/QĐ-UBND", dated=day, remark=None, bar=True, by=cast["province"], at=at + 310 * DAY)
    for who in ({"user_id": cast["pi1"].id}, {"organisation_id": cast.org("host1").id}):
        bars = people.debarments(on=day + DAY, **who)
        assert [(b.cause, b.from_date, b.until) for b in bars] == [("terminated_breach", day, day.replace(year=day.year + 3))]
    assert len(queries.bars_of(row)) == 2


def test_nobody_is_barred_without_a_breach(cast, at, project):
    row = plays.opened_termination(cast, project=project, at=at + 300 * DAY)
    with pytest.raises(Incomplete) as refusal:
        actions.decide_termination(row, cause=Cause.OBJECTIVE, used=0, number="9/QĐ-UBND", dated=(at + 310 * DAY).date(), remark=None, bar=True, by=cast["province"], at=at + 310 * DAY)
    assert refusal.value.field == "bar"


# --- history and watch ----------------------------------------------------------------------------------------


def troubled(cast, at, project):
    """A project with most signs: late, a head over its estimate, a product at risk, a high risk, extended."""
    report, product = queries.reports_of(project.id)[0], awards.products_of(project)[0]
    allowed = sum(a for (head, _y), a in figures.estimate(project).items() if head == "management")
    cells = {("management", Quarter(2026, 3)): allowed + 1}
    actions.submit_report(report, progress=20, done="x", products=None, spent=allowed + 1, difficulties=None, next_steps=None, by=cast["pi1"], at=at + 190 * DAY,
                          told=Told(cells, {product.id: (Delivery.AT_RISK, None, None)}, [("Hạn mặn", Level.HIGH, None)]))  # fmt: skip
    actions.accept_report(report, remark=None, rating=Rating.POOR, by=cast["officer"], at=at + 195 * DAY)
    plays.extended(cast, project=project, at=at + 300 * DAY)
    return report


def test_history_tells_first_and_now(cast, at, project):
    first_end = project.ends_on
    troubled(cast, at, project)
    found = {f.what: f for f in history.history(project, awards.contract_of(project.id)).facts}
    assert (found["End of the contract"].first, found["End of the contract"].now) == (first_end, project.ends_on) and found["Months added by extensions"].now == 6
    assert not found["State budget"].changed
    change, said = history.history(project, awards.contract_of(project.id)).changes[0]
    assert change.months == 6 and f"{first_end:%d/%m/%Y} → {project.ends_on:%d/%m/%Y}" in said


def test_every_sign_has_its_fact(db, cast, at, project):
    troubled(cast, at, project)
    late = queries.reports_of(project.id)[1].due_on + 30 * DAY
    listing = risk.listing(cast["officer"], {}, late)
    told = risk.facts(listing.rows, late)[project.id]
    wanted = {risk.Sign.LATE, risk.Sign.OVER, risk.Sign.PRODUCT, risk.Sign.RATED, risk.Sign.RISK, risk.Sign.EXTENDED}
    assert {t.sign for t in told} >= wanted and {s for s in risk.Sign if getattr(listing.rows[0], str(s))} == {t.sign for t in told}
    over = next(t.said for t in told if t.sign == risk.Sign.OVER)
    assert "Quản lý chung" in over and "63.000.001" in over and "63.000.000" in over, over
    for sign in wanted:
        assert [r.id for r in risk.listing(cast["officer"], {"sign": str(sign), "q": "tuoi TIET kiem"}, late).rows] == [project.id]
    assert not risk.listing(cast["officer"], {"q": "không có"}, late).rows
    year = year_of(project)
    actions.move_heads(project, [("labour", "management", year, 1_000)], reason="x", by=cast["pi1"], at=at + 320 * DAY)
    assert not risk.listing(cast["officer"], {"sign": "over"}, late).rows, "a move between heads puts it right"


def test_the_pages_of_a_troubled_project(db, cast, as_, at, project, travel, count_queries):
    troubled(cast, at, project)
    db.session.commit()
    travel.move_to(at + 420 * DAY)
    pi, officer, base = as_("pi1"), as_("officer"), page_of(project)
    assert officer.page("/execution/watch").select(".signs a")
    for sort in ("-weight", "host", "late", "-ends", "code", "pi", "paid"):
        officer.page(f"/execution/watch?sort={sort}")
    pi.page("/execution/watch", status=403)
    for page in ("history", "forecast", "risks"):
        pi.page(f"{base}/{page}"), officer.page(f"{base}/{page}"), as_("pi3").page(f"{base}/{page}", status=404)
    sheet = openpyxl.load_workbook(io.BytesIO(officer.get(f"{base}/forecast.xlsx").data)).active
    assert sum(row[1] for row in sheet.iter_rows(min_row=2, values_only=True)) == project.approved_state
    assert openpyxl.load_workbook(io.BytesIO(officer.get("/execution/watch.xlsx").data)).active.max_row == 2
    for name in ("reports", "due", "inspections", "findings", "changes", "endings", "suspensions"):
        for more in ("", "?show=waiting", "?q=TUOI tiet", "?sort=-day", "?state=nonsense&after=x"):
            officer.page(f"/execution/lists/{name}{more}")
        assert officer.get(f"/execution/lists/{name}/rows.xlsx?q=tuoi").status_code == 200
    officer.page("/execution/lists/nothing", status=404)
    pi.submit(f"{base}/move-money", {"reason": "x", "from_1": "labour", "to_1": "labour", "year_1": str(year_of(project)), "amount_1": "1"}, status=422)
    for wrong in ("0", "-1", "1.5", "1000000000000000000", "９"):
        pi.submit(f"{base}/move-money", {"reason": "x", "from_1": "labour", "to_1": "survey", "year_1": str(year_of(project)), "amount_1": wrong}, status=422)
    pi.submit(f"{base}/move-money", {"reason": "x", "from_1": "labour", "to_1": "survey", "year_1": str(year_of(project)), "amount_1": "1.000"})
    officer.page(f"{base}/move-money", status=403)


def test_what_is_kept_of_moves_cannot_be_changed(db, cast, at, project):
    actions.move_heads(project, [("labour", "survey", year_of(project), 1)], reason="x", by=cast["pi1"], at=at + 100 * DAY)
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE head_move SET amount = 2"))


def test_the_host_says_when_it_spends(db, cast, as_, at, project, travel):
    year, contract, at_then = year_of(project), awards.contract_of(project.id), at + 100 * DAY
    day, allowed = at_then.date(), figures.estimate(project)["labour", year_of(project)]
    now = quarter_of(day)
    before = figures.planned(project, contract.starts_on, contract.ends_on)
    ahead = {("labour", q): 0 for q in quarters(day, contract.ends_on) if q.year == year}
    rest = allowed - sum(a for (head, q), a in before.items() if head == "labour" and q.year == year and q < now)
    for wrong in (ahead | {("labour", now): rest + 1}, ahead | {("labour", Quarter(2020, 1)): 1}, {("travel_abroad", now): 1}):
        with pytest.raises(Incomplete):
            actions.revise_forecast(project, wrong, by=cast["pi1"], at=at_then)
    with pytest.raises(NotAllowed):
        actions.revise_forecast(project, ahead | {("labour", now): rest}, by=cast["officer"], at=at_then)
    actions.revise_forecast(project, ahead | {("labour", now): rest}, by=cast["pi1"], at=at_then)
    after = figures.planned(project, contract.starts_on, contract.ends_on)
    assert after["labour", now] == rest and sum(after.values()) == sum(before.values())
    db.session.commit()
    travel.move_to(at_then)
    pi, base = as_("pi1"), page_of(project)
    cell = f"cell_labour_{now.key}"
    answer = pi.submit(f"{base}/forecast/revise", {cell: "1"}, status=422)
    assert "field-error" in answer.get_data(as_text=True)
    pi.submit(f"{base}/forecast/revise", {})
    as_("officer").page(f"{base}/forecast/revise", status=403)
    actions.move_heads(project, [("labour", "survey", year, 1)], reason="x", by=cast["pi1"], at=at_then + DAY)
    assert sum(figures.planned(project, contract.starts_on, contract.ends_on).values()) == sum(before.values()), "what no longer fits the estimate gives way"
