"""What the officer's desk offers by itself: the products of the order form, and the ideas that could be merged."""

from __future__ import annotations

import pytest

from app.across.demo.plays import ideas as play
from app.kernel.errors import Incomplete, WrongState
from app.stages.ideas import actions, desk, order, queries
from app.stages.ideas.actions import Identified
from app.stages.ideas.rules import Mode, Outcome, RedirectTo
from tests.ideas.test_views import kept, reload
from tests.support.browser import content_of

ROWS = [
    {"kind": "II", "name": "Quy trình trồng chanh", "unit": "quy trình", "quantity": 1, "quality": "Hội đồng cơ sở thông qua"},
    {"kind": None, "name": "Mô hình 2 ha", "unit": None, "quantity": 2.5, "quality": None},
    {"kind": "I", "name": "", "unit": "x", "quantity": 1},
    {"kind": "X", "name": "<b>Bài báo</b>", "unit": "bài", "quantity": -1},
    "hỏng",
]


@pytest.fixture
def idea(cast, at):
    row = play.submitted_idea(cast, item="1.8", title="Trồng chanh không hạt", at=at)
    order.stored(row).answers = order.of(row).answers | {"product_list": ROWS}
    return row


def test_the_products_of_the_order_form_are_offered(idea, as_, db, cast, at):
    officer, url = as_("officer"), f"/ideas/{kept(db, idea)}/products"
    page = officer.page(url)
    assert [r.select("td")[1].text for r in page.select("table")[0].select("tbody tr")] == ["Quy trình trồng chanh", "Mô hình 2 ha", "<b>Bài báo</b>"]
    assert content_of(page, "#name") == "Quy trình trồng chanh" and page.select_one("#quantity")["value"] == "1" and page.select_one("[name=kind][value=II]").has_attr("checked")
    second = officer.page(f"{url}?row=1")
    assert content_of(second, "#name") == "Mô hình 2 ha" and not second.select_one("#quantity")["value"], "half a model is no whole number: a person writes it"
    for strange in ("99", "-1", "²", "x"):
        assert officer.get(f"{url}?row={strange}").status_code == 200
    officer.submit(f"{url}?row=1", {"kind": "I", "unit": "mô hình", "quantity": "2"})
    officer.submit(f"{url}/take-over")
    idea_pid = url.split("/")[2]
    assert [(p.name, p.quantity, p.unit) for p in reload(idea_pid).required] == [("Mô hình 2 ha", 2, "mô hình"), ("Quy trình trồng chanh", 1, "quy trình")]
    assert [r["name"] for r in actions.proposed(reload(idea_pid))] == ["<b>Bài báo</b>"]
    assert officer.submit(url, {"kind": "III", "unit": "bài", "quantity": "1"}).status_code == 303
    with pytest.raises(Incomplete):
        actions.take_over(reload(idea_pid), by=cast["officer"], at=at)


def test_nothing_is_taken_over_of_a_decided_idea(idea, as_, db, cast, at):
    pid = kept(db, idea)
    actions.pass_on(reload(pid), RedirectTo.FUND, "Vay vốn", by=cast["officer"], at=at)
    with pytest.raises(WrongState):
        actions.take_over(reload(pid), by=cast["officer"], at=at)
    db.session.commit()
    assert as_("officer").get(f"/ideas/{pid}/products/take-over").status_code == 409 and as_("pi1").get(f"/ideas/{pid}/products/take-over").status_code == 403


# --- taken over when nobody wrote any -------------------------------------------------------------------------

WHOLE = [ROWS[0], {"kind": "III", "name": "Bài báo", "unit": "bài", "quantity": 2, "quality": None}]
ON_PAPER = {"outcome": "do", "mode": "selection", "minutes_number": "1/BB", "minutes_dated": "02/03/2026"}


def identify(idea, cast, at, outcome=Outcome.DO, **more):
    actions.record_identification(idea, Identified(outcome, mode=Mode.SELECTION, **more), minutes_number="1/BB", minutes_dated=at.date(), by=cast["officer"], at=at)


def test_the_order_forms_products_reach_the_topic_without_being_thought_of(idea, as_, db, cast, at):
    order.stored(idea).answers = order.of(idea).answers | {"product_list": WHOLE}
    officer, pid = as_("officer"), kept(db, idea)
    assert "được lấy từ phiếu" in officer.page(f"/ideas/{pid}/identify").text
    officer.submit(f"/ideas/{pid}/identify", ON_PAPER)
    page = officer.page(f"/ideas/{pid}")
    assert "Bài báo" in page.text and [p.name for p in reload(pid).required] == ["Quy trình trồng chanh", "Bài báo"]
    officer.submit(officer.page(f"/ideas/{pid}/products").select("a[href$='/remove']")[1]["href"])
    officer.submit(f"/ideas/{pid}/identify", ON_PAPER)  # corrected: what was taken off stays off
    assert [p.name for p in reload(pid).required] == ["Quy trình trồng chanh"]
    for url, who in (("/ideas/put-forward", "officer"), ("/ideas/decide", "province")):
        assert "Bài báo" in as_(who).page(url).select_one(".alert:last-of-type").parent.text, "what is left behind is told"
    topic = actions.approve_list([reload(pid)], number="7", dated=at.date(), by=cast["province"], at=at)[0]
    assert topic.products == "1 quy trình Quy trình trồng chanh: Hội đồng cơ sở thông qua"


@pytest.mark.parametrize("why", ["written", "words", "gaps", "refused"])
def test_nothing_is_taken_over_by_default(idea, cast, at, why):
    order.stored(idea).answers = order.of(idea).answers | {"product_list": ROWS if why == "gaps" else WHOLE}
    if why == "written":
        actions.require(idea, kind="I", name="Mô hình", unit="mô hình", quantity=1, by=cast["officer"], at=at)
    if why == "refused":
        identify(idea, cast, at, Outcome.DO_NOT, reason="Trùng")
    elif why == "words":
        identify(idea, cast, at, Outcome.DO_WITH_CHANGES, products="Chỉ một báo cáo")
    else:
        identify(idea, cast, at)
    assert [p.name for p in reload(idea.public_id).required] == (["Mô hình"] if why == "written" else [])
    assert bool(desk.left_behind([reload(idea.public_id)])) == (why != "refused")


@pytest.fixture
def round_of(cast, at):
    def make(title, item="1.8", by="pi2", **more):
        return play.submitted_idea(cast, item=item, title=title, at=at, by=by, **more)
    return make


def test_similar_ideas_are_offered_first_then_the_round_is_searched(idea, round_of, as_, db, cast, at):
    far, near, same = round_of("Chuyển đổi số hộ tịch", item="4.4"), round_of("Quy trình trồng chanh không hạt ở Bến Lức", item="4.4"), round_of("Trồng chanh không hạt", item="4.4")
    gone = round_of("Trồng chanh không hạt, bản rút")
    actions.withdraw(gone, by=cast["pi2"], at=at)
    pids = {name: kept(db, row) for name, row in (("idea", idea), ("far", far), ("near", near), ("same", same), ("gone", gone))}
    assert {pids["near"], pids["same"]} == {i.public_id for i in queries.mergeable([reload(pids["idea"])])[:2]}
    officer, url = as_("officer"), f"/ideas/merge?ideas={pids['idea']}"
    assert officer.page(f"/ideas/{pids['idea']}").select_one(f"a[href='{url}']")
    offered = [c["value"] for c in officer.page(url).select("[name=ideas][type=checkbox]")]
    assert offered[0] == pids["idea"] and set(offered[1:3]) == {pids["near"], pids["same"]} and offered[3] == pids["far"] and pids["gone"] not in offered
    for words in ("ho tich", "HỘ TỊCH", "tich chuyen"):
        found = [c["value"] for c in officer.page(f"{url}&q={words}").select("[name=ideas][type=checkbox]")]
        assert found == [pids["idea"], pids["far"]], words
    assert "Không có đề xuất" in officer.page(f"{url}&q=%25_khongco").text
    officer.submit(f"{url}&q=ho+tich", {"kept": pids["idea"], "ideas": [pids["idea"], pids["far"]]})
    assert reload(pids["far"]).merged_into_id == reload(pids["idea"]).id


def test_what_is_offered_costs_the_same_however_many_there_are(idea, round_of, as_, db, count_queries):
    pid = kept(db, idea)
    officer = as_("officer")
    round_of("Trồng chanh dây")
    db.session.commit()
    first = count_queries(lambda: officer.page(f"/ideas/merge?ideas={pid}"))
    for n in range(3):
        round_of(f"Trồng chanh {n}")
    db.session.commit()
    assert count_queries(lambda: officer.page(f"/ideas/merge?ideas={pid}")) == first
