"""Products, uses, milestones and the lines of a budget: the acts on them, and their pages."""

from __future__ import annotations

import io
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import proposals as plays
from app.kernel.errors import Incomplete, Stale, WrongState
from app.services.rulebook.models import Rule
from app.stages.proposals import actions, estimate, promises, queries, work
from app.stages.proposals.budgeting import Line
from app.stages.proposals.models import BudgetLine, Milestone, PlannedUse
from app.stages.proposals.rules import ProductGroup, Source, Spending, totals
from app.stages.proposals.schedule import Promise
from tests.support.browser import values_of


@pytest.fixture
def row(db, cast, called, now):
    made = plays.draft(cast, call_topic=called("Xây dựng hệ thống tưới tự động giám sát bằng IoT")[0], at=now)
    db.session.commit()
    return made


def line(**more):
    return Line(**{"head": "labour", "content": "Công", "source": Source.STATE, "year": 2026, "unit": "tháng", "quantity": 100, "price": 1_000} | more)


# --- the acts -------------------------------------------------------------------------------------------------


def test_the_demonstration_keeps_every_rule_but_those_that_are_not_checked(row, now):
    found = promises.checks_of(row, on=now.date())
    assert len(found) > 10 and not [c for c in found if c.bars] and not promises.problems_of(row, on=now.date())


def test_a_plan_without_milestones_or_receiver_is_not_signed_off(row, cast, now):
    for part in [*row.milestones, *row.uses]:
        promises.take_out(row, part, by=cast["pi1"], at=now)
    assert {p.section for p in actions.problems_of(row, at=now)} == {"plan", "uses"}
    with pytest.raises(Incomplete):
        actions.sign_off(row, by=cast["host1"], at=now)


def test_a_call_that_froze_no_such_rule_bars_nobody(db, row, cast, now):
    for part in [*row.milestones, *row.uses]:
        promises.take_out(row, part, by=cast["pi1"], at=now)
    call = row.call_topic.call
    with db.session.no_autoflush:  # a published call is frozen in the database: this one is as it would have been before the rules were there
        call.rules = {key: rule for key, rule in call.rules.items() if key not in promises.RULES}
        assert not promises.problems_of(row, on=now.date()) and [c for c in promises.checks_of(row, on=now.date()) if not c.ok]
    db.session.rollback()


def test_the_norms_of_the_call_hold_for_its_dossiers(db, row, now):
    db.session.add(Rule(key="proposals.norms", value=[], source="NQ mới", mark="V", valid_from=now.date(), created_at=now))
    db.session.flush()
    assert promises.rulings(row, on=now.date())["proposals.norms"].value, "what came in force later changes no running call"


def test_months_lie_inside_the_work_and_in_order(row, cast, now):
    wanted = {"content": "Việc", "result": "Kết quả", "by": cast["pi1"], "at": now}
    for first, last, field in ((3, 2, "month_to"), (1, 25, "month_to")):
        with pytest.raises(Incomplete) as refusal:
            promises.save_milestone(row, None, month_from=first, month_to=last, **wanted)
        assert refusal.value.field == field
    with pytest.raises(Incomplete):
        promises.add_product(row, group=ProductGroup.ONE, name="x", unit="x", quantity=1, quality="x", ready_month=25, by=cast["pi1"], at=now)
    actions.save_general(row, title=row.title, aim=row.aim, duration_months=12, by=cast["pi1"], at=now)
    assert {p.section for p in promises.problems_of(row, on=now.date())} == {"plan", "products"}, "a shorter work leaves milestones behind it"


def test_the_database_refuses_months_in_the_wrong_order_and_a_sum_that_is_not_its_product(db, row):
    for statement in (sa.update(Milestone).values(month_to=1, month_from=2), sa.update(BudgetLine).values(amount=BudgetLine.amount + 1), sa.update(PlannedUse).values(receiver=" ")):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(statement)


def test_ties_survive_a_table_that_is_replaced(row, cast, now):
    before = promises.said(row)
    again = [promises.promise_of(p) for p in row.products]
    promises.put_products(row, again, by=cast["pi1"], at=now)
    assert promises.said(row) == before
    renamed = [Promise(p.group, f"{p.name} mới", p.unit, p.quantity, p.quality) for p in again]
    promises.put_products(row, renamed, by=cast["pi1"], at=now)
    assert [s["products"] for s in promises.said(row)["milestones"]] == [s["products"] for s in before["milestones"]]
    promises.put_products(row, renamed[1:], by=cast["pi1"], at=now)
    assert promises.said(row)["uses"][1]["product"] is None and len(row.uses) == 2, "the receiver stays when the product goes"


def test_who_leaves_the_team_leaves_the_milestones(db, row, cast, now):
    gone = next(m for m in row.team if m.user_id is None)
    actions.remove_part(row, gone, by=cast["pi1"], at=now)
    db.session.commit()
    fresh = queries.proposal_by_pid(row.public_id)
    assert all(gone.name not in s["who"] for s in promises.said(fresh)["milestones"]) and len(fresh.milestones) == 4
    assert not actions.problems_of(fresh, at=now), "nobody on a milestone is a warning"


def test_the_final_product_is_asked_for_only_when_its_conditions_are_met(row, cast, now):
    promises.set_spending(row, Spending.FINAL_PRODUCT, by=cast["pi1"], at=now)
    assert row.spending == Spending.FINAL_PRODUCT
    estimate.put_lines(row, [line(head="equipment", quantity=100, price=1_000_000_001)], replace=True, by=cast["pi1"], at=now)
    assert [c.ok for c in promises.spending_of(row, on=now.date())[0]] == [True, True, True, True, False]
    assert any(p.section == "budget" for p in promises.problems_of(row, on=now.date())), "what was met once must still be met"
    promises.set_spending(row, Spending.PARTIAL, by=cast["pi1"], at=now)
    with pytest.raises(Incomplete):
        promises.set_spending(row, Spending.FINAL_PRODUCT, by=cast["pi1"], at=now)


def test_many_lines_are_changed_at_once_or_not_at_all(row, cast, now):
    first, second = row.lines[0].public_id, row.lines[1].public_id
    before = [(b.public_id, b.amount) for b in row.lines]
    for changed, new in (({first: line(year=2001)}, []), ({first: line(head="strange")}, []), ({}, [("new0", line(price=10**13, quantity=10**9))]), ({"x" * 26: line()}, [])):
        with pytest.raises(Incomplete):
            estimate.change_lines(row, changed, [second], new, by=cast["pi1"], at=now)
        assert [(b.public_id, b.amount) for b in row.lines] == before
    with pytest.raises(Stale):
        estimate.change_lines(row, {first: line()}, [], [], seen=row.version - 1, by=cast["pi1"], at=now)
    assert estimate.change_lines(row, {first: line(quantity=250, price=10)}, [second], [("new0", line(content="Mới"))], by=cast["pi1"], at=now) == 3
    assert row.lines[0].amount == 25 and second not in [b.public_id for b in row.lines] and row.lines[-1].content == "Mới"
    assert totals(row.lines)["all"] == sum(b.amount for b in row.lines)


def test_after_the_deadline_nothing_is_changed(row, cast, now):
    late = now + timedelta(days=200)
    for act in (lambda: promises.set_spending(row, Spending.PARTIAL, by=cast["pi1"], at=late), lambda: promises.put_milestones(row, [], by=cast["pi1"], at=late),
                lambda: estimate.change_lines(row, {}, [], [], by=cast["pi1"], at=late), lambda: promises.take_out(row, row.uses[0], by=cast["pi1"], at=late)):  # fmt: skip
        with pytest.raises(WrongState):
            act()


def test_a_form_with_milestones_of_its_own_draws_them(row, cast, now):
    promises.put_milestones(row, [], by=cast["pi1"], at=now)
    row.work = row.work | {"milestones": [{"work": "Khảo sát", "month_from": 1, "month_to": 3, "who": "Nhóm"}]}
    assert [s.content for s in promises.steps_of(row)] == ["Khảo sát"] and not promises.asks_itself(row)
    assert work.form_of(row).number == 3


# --- the pages ------------------------------------------------------------------------------------------------


def grid(client, url, page=1):
    soup = client.page(f"{url}/budget/edit?page={page}")
    return values_of(soup.select("main form[method=post]")[-1]), soup


def test_cells_are_changed_added_and_taken_out_on_one_page(db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    data, _soup = grid(pi, url)
    one, two = row.lines[0].public_id, row.lines[1].public_id
    data |= {f"{one}-quantity": "１２,5", f"{one}-price": "2,5 triệu", f"{two}-out": "y", "new0-head": "survey", "new0-content": "Phiếu", "new0-unit": "phiếu", "new0-quantity": "10", "new0-price": "50.000"}
    assert pi.post(f"{url}/budget/edit", data=data).status_code == 303
    fresh = queries.proposal_by_pid(row.public_id)
    assert fresh.lines[0].amount == 31_250_000 and two not in [b.public_id for b in fresh.lines] and fresh.lines[-1].amount == 500_000
    assert pi.post(f"{url}/budget/edit", data=data | {"once": "z" * 20}).status_code == 409, "an old page overwrites nothing"


def test_a_receiver_is_chosen_or_written_not_both(row, cast, as_):
    body, pi, url = cast.org("body4"), as_("pi1"), f"/proposals/{row.public_id}"
    data = {"organisation": body.public_id, "place": "Tân Trụ", "how": "Dùng gieo", "version": str(row.version)}
    page = pi.submit(f"{url}/uses", data | {"receiver": "Hợp tác xã Tân Trụ"}, status=422)
    assert body.name in page.text and values_of(BeautifulSoup(page.text, "html.parser").select("main form")[-1])["receiver"] == "Hợp tác xã Tân Trụ", "what was typed is not dropped"
    pi.submit(f"{url}/uses", data | {"receiver": body.name})


BAD = ["1e9", "-5", str(2**63), "9" * 40, "abc", "1.2.3", "=1+1", "½", "<script>alert(1)</script>", "\x00", "{{ 7*7 }}", "NaN", "1.250,5"]


@pytest.mark.parametrize("typed", BAD)
def test_a_bad_amount_is_told_beside_its_cell_and_everything_typed_stays(db, row, as_, typed):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    before = [b.amount for b in row.lines]
    data, _soup = grid(pi, url)
    one, two = row.lines[0].public_id, row.lines[1].public_id
    answer = pi.post(f"{url}/budget/edit", data=data | {f"{one}-price": typed, f"{two}-content": "Đã sửa", "new1-content": "Dở dang"})
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.text, "html.parser")
    cell = soup.select_one(f"[name='{one}-price']")
    assert cell["aria-invalid"] == "true" and soup.select_one(f"#{cell['aria-describedby']}").text and cell["value"] == typed.replace("\x00", "")
    assert soup.select_one(f"[name='{two}-content']")["value"] == "Đã sửa" and soup.select_one("[name='new1-content']")["value"] == "Dở dang"
    assert [b.amount for b in queries.proposal_by_pid(row.public_id).lines] == before


def test_what_somebody_took_out_meanwhile_is_kept_as_a_new_row(db, row, as_, cast, now):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    data, _soup = grid(pi, url)
    gone = row.lines[0].public_id
    estimate.change_lines(row, {}, [gone], [], by=cast["pi2"], at=now)
    db.session.commit()
    answer = pi.post(f"{url}/budget/edit", data=data | {f"{gone}-content": "Tôi vừa viết"})
    assert answer.status_code == 409 and "Tôi vừa viết" in answer.text
    again = values_of(BeautifulSoup(answer.text, "html.parser").select("main form[method=post]")[-1])
    assert pi.post(f"{url}/budget/edit", data=again).status_code == 303
    assert "Tôi vừa viết" in [b.content for b in queries.proposal_by_pid(row.public_id).lines]


def test_a_thousand_lines_stay_usable(db, row, as_, cast, now, count_queries):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    pages = ("", "/budget", "/budget/edit", "/estimate", "/submit")
    few = [count_queries(lambda path=path: pi.get(url + path)) for path in pages]
    text = "\n".join(f"labour\tCông {n}\tNSNN\t2026\ttháng\t1\t1000" for n in range(1_000))
    pi.submit(f"{url}/budget/lines", {"text": text, "how": "replace"})
    assert [count_queries(lambda path=path: pi.get(url + path)) for path in pages] == few
    for path in pages:
        assert len(pi.get(url + path).data) < 150_000, path
    data, soup = grid(pi, url, 25)
    assert "Công 999" in [v for k, v in data.items() if k.endswith("-content")] and len(soup.select("tr[data-line]")) == 43
    last = next(k for k, v in data.items() if v == "Công 999").partition("-")[0]
    assert pi.post(f"{url}/budget/edit?page=25", data=data | {f"{last}-price": "2.000"}).status_code == 303
    assert totals(queries.proposal_by_pid(row.public_id).lines)["all"] == 1_001_000
    data, _soup = grid(pi, url, 1)
    full = data | {"new0-head": "labour", "new0-content": "Thừa", "new0-unit": "tháng", "new0-quantity": "1", "new0-price": "1"}
    assert pi.post(f"{url}/budget/edit", data=full).status_code == 422
    assert len(queries.proposal_by_pid(row.public_id).lines) == 1_000


def test_excel_holds_exactly_what_is_filtered(db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    page = pi.page(f"{url}/budget?source=counterpart")
    assert len(page.select("main table")[1].select("tbody tr")) == 1
    sheet = load_workbook(io.BytesIO(pi.get(f"{url}/budget.xlsx?source=counterpart").data)).active
    assert sheet.max_row == 3 and sheet.cell(2, 3).value == "Đối ứng"
    whole = load_workbook(io.BytesIO(pi.get(f"{url}/budget.xlsx").data)).active
    assert whole.cell(2, 9).value == "Khoán" and whole.cell(2, 10).value == 40_000_000
    assert "chu nhiem" not in str(page) and len(pi.page(f"{url}/budget?q=CHU NHIEM").select("main table")[1].select("tbody tr")) == 1


def test_products_uses_and_milestones_are_edited_on_their_pages(db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    pi.submit(f"{url}/products/{row.products[0].public_id}", {"name": "Mô hình MỚI", "level_abroad": "Hà Lan: 20%"})
    pi.submit(f"{url}/uses/{row.uses[1].public_id}", {"receiver": "HTX Bình Minh", "organisation": ""})
    pi.submit(f"{url}/plan/{row.milestones[0].public_id}", {"month_to": "5", "cost": "1,5 tỷ"})
    fresh = queries.proposal_by_pid(row.public_id)
    assert fresh.products[0].name == "Mô hình MỚI" and fresh.products[0].level_abroad == "Hà Lan: 20%" and fresh.products[0].kind == "pilot"
    assert fresh.uses[1].receiver == "HTX Bình Minh" and (fresh.milestones[0].month_to, fresh.milestones[0].cost) == (5, 1_500_000_000)
    assert fresh.milestones[0].others == row.milestones[0].others and len(pi.page(f"{url}/plan/{row.milestones[3].public_id}").select("[name=members][checked]")) == 2
    answer = pi.submit(f"{url}/products", {"group": "II", "kind": "I.pilot", "name": "x", "unit": "x", "quantity": "1", "quality": "x"}, status=422)
    assert "field-error" in answer.text
    for path, data in (("plan", {"content": "x", "result": "x", "month_from": "5", "month_to": "２"}), ("uses", {"receiver": "", "organisation": "", "place": "x", "how": "x"}),
                       ("plan", {"content": "x" * 301, "result": "x", "month_from": "1", "month_to": "99"}), ("spending", {"spending": "all"})):  # fmt: skip
        assert "field-error" in pi.submit(f"{url}/{path}", data, status=422).text, path
    for kind, part in (("uses", row.uses[0]), ("plan", row.milestones[0])):
        pi.submit(f"{url}/{kind}", form=f"/remove/{kind}/{part.public_id}")
    fresh = queries.proposal_by_pid(row.public_id)
    assert (len(fresh.uses), len(fresh.milestones)) == (1, 3)


def test_the_picture_stands_on_the_page_with_the_same_as_a_table(db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    page = pi.page(f"{url}/plan")
    svg = page.select_one("svg[role=img]")
    titles = svg["aria-labelledby"].split()
    assert all(page.select_one(f"#{name}").text for name in titles) and len(page.select("main table tbody tr")) == 4
    drawn = pi.get(f"{url}/plan.svg")
    assert drawn.mimetype == "image/svg+xml" and ElementTree.fromstring(drawn.data).tag.endswith("svg") and "attachment" in drawn.headers["Content-Disposition"]


def test_the_conditions_are_told_one_by_one(db, row, as_):
    page = as_("pi1").page(f"/proposals/{row.public_id}/spending")
    assert len(page.select("main .checks li")) == 5 and "TTLT 27/2015" in page.select_one("main").text


NEW = ("/products", "/uses", "/plan", "/budget", "/budget/edit", "/spending")


def test_who_may_see_and_change_a_plan(db, row, as_):
    url = f"/proposals/{row.public_id}"
    for who, seen in (("pi1", 200), ("pi2", 200), ("pi3", 404), ("host1", 404), ("officer", 404)):
        client = as_(who)
        assert {client.get(url + path).status_code for path in NEW} <= {seen, 403}, who
    assert [as_(who).get(f"{url}/{path}").status_code for who in ("host1", "pi3", "officer", "admin") for path in ("estimate", "plan.svg")] == [200, 200, *[404] * 6], "sealed"
    other = row.milestones[0].public_id
    assert as_("pi1").get(f"{url}/uses/{other}").status_code == as_("pi1").get(f"{url}/products/{other}").status_code == 404


def test_an_extra_name_in_the_address_of_a_line_changes_no_other_dossier(db, row, as_, cast, now, called):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    data, _soup = grid(pi, url)
    foreign = "0" * 26
    answer = pi.post(f"{url}/budget/edit", data=data | {f"{foreign}-content": "Lạ", f"{foreign}-out": "y", f"{foreign}-price": "1"})
    assert answer.status_code in (303, 422) and "Lạ" not in [b.content for b in queries.proposal_by_pid(row.public_id).lines]
