"""The submission to the people's committee: one paper between identification and decision, kept in the house."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.across.demo.plays import ideas as play
from app.kernel.errors import Incomplete, WrongState
from app.kernel.journal import JournalEntry
from app.services.papers import queries as papers
from app.stages.ideas import actions, queries
from app.stages.ideas.actions import Identified
from app.stages.ideas.rules import Mode, Outcome, RedirectTo
from tests.ideas.test_views import kept, reload

DAY = timedelta(days=1)


@pytest.fixture
def four(cast, at):
    """The four outcomes, identified by minutes on paper; one title changed by the council."""
    made = {}
    for name, found in (
        ("adopted", Identified(Outcome.DO, mode=Mode.SELECTION, rank=1)),
        ("changed", Identified(Outcome.DO_WITH_CHANGES, title="Mô hình bưởi da xanh hữu cơ", mode=Mode.SELECTION, rank=2)),
        ("fund", Identified(Outcome.REDIRECT, redirect_to=RedirectTo.FUND, passed_to="Quỹ KH&CN tỉnh", reason="Vay vốn", rank=3)),
        ("refused", Identified(Outcome.DO_NOT, reason="Trùng nhiệm vụ đã có", rank=4)),
    ):  # fmt: skip
        idea = play.submitted_idea(cast, item="1.8", title=f"Đề xuất {name}", at=at)
        actions.record_identification(idea, found, minutes_number="12/BB-HĐXĐ", minutes_dated=at.date(), by=cast["officer"], at=at)
        made[name] = idea
    return made


def words(paper):
    return str(paper.blocks)


def test_the_paper_says_what_is_recommended_and_on_what_it_rests(four, cast, at, db):
    paper = actions.put_forward(list(four.values()), number="89", dated=at.date(), by=cast["officer"], at=at)
    text = words(paper)
    assert (paper.number, paper.is_public) == ("89/TTr-SKHCN", False) and "Biên bản số 12/BB-HĐXĐ ngày 02/03/2026" in text
    for said in ("TỜ TRÌNH", "Kính gửi", "Mô hình bưởi da xanh hữu cơ", "Đề xuất changed", "Quỹ phát triển khoa học và công nghệ", "Trùng nhiệm vụ đã có", "2 nhiệm vụ", "1.200.000.000 đồng"):
        assert said in text, said
    with pytest.raises(WrongState):
        actions.put_forward([four["adopted"]], number=None, dated=at.date(), by=cast["officer"], at=at)
    topics = actions.approve_list(list(four.values()), number="4923", dated=at.date(), by=cast["province"], at=at)
    assert "tại Tờ trình số 89/TTr-SKHCN ngày 02/03/2026" in words(papers.paper_by_pid(topics[0].decision_paper_pid))


def test_what_is_corrected_afterwards_is_put_forward_again(four, cast, at):
    actions.put_forward([four["adopted"]], number=None, dated=at.date(), by=cast["officer"], at=at)
    assert four["adopted"] not in queries.to_put_forward()
    actions.record_identification(four["adopted"], Identified(Outcome.DO_NOT, reason="Ghi nhầm"), minutes_number="12/BB-HĐXĐ", minutes_dated=at.date(), by=cast["officer"], at=at)
    assert four["adopted"] in queries.to_put_forward()


@pytest.mark.parametrize("bad", [{"number": "tám chín"}, {"number": "89/"}, {"number": "<script>"}, {"dated": "01/01/2020"}, {"dated": "01/01/2199"}, {"dated": "31/02/2026"}, {"agree": ""}, {"ideas": []}])
def test_a_bad_submission_is_told_beside_the_field(four, as_, db, bad):
    pids = [kept(db, idea) for idea in four.values()]
    answer = as_("officer").submit("/ideas/put-forward", {"number": "89", "dated": "02/03/2026", "agree": "y", "ideas": pids} | bad, status=422)
    assert "field-error" in answer.get_data(as_text=True) and all(reload(pid).submission_pid is None for pid in pids)


def test_it_stays_in_the_house_until_the_decision_and_after(four, as_, db, cast):
    pids = {name: kept(db, idea) for name, idea in four.items()}
    officer = as_("officer")
    assert "Đề xuất cần trình Ủy ban nhân dân tỉnh" in officer.page("/desk/").text and officer.page(f"/ideas/{pids['fund']}").select_one("aside a[href='/ideas/put-forward']")
    url = officer.submit("/ideas/put-forward", {"number": "", "dated": "02/03/2026", "agree": "y", "gaps": "y", "ideas": list(pids.values())}).location
    assert "Tờ trình" in officer.page(url).text and as_("province").get(url).status_code == 200 and officer.get(f"{url}.docx").data[:2] == b"PK"
    pi = as_("pi1")
    assert pi.get(url).status_code == 404 and pi.get(f"{url}.docx").status_code == 404
    for pid in pids.values():
        text = pi.page(f"/ideas/{pid}").text
        assert "Tờ trình" not in text and "bưởi da xanh" not in text and "Trình Ủy ban" not in text
        page = officer.page(f"/ideas/{pid}")
        assert page.select_one(f"a[href='{url}']") and not page.select_one("aside a[href='/ideas/put-forward']")
    assert "Không có" in officer.page("/ideas/put-forward").select_one("main").text
    assert as_("province").page("/ideas/decide").select(f"a[href='{url}']") and as_("pi1").get("/ideas/put-forward").status_code == 403


def test_a_date_before_what_it_rests_on_is_refused(four, cast, at):
    with pytest.raises(Incomplete):
        actions.put_forward([four["adopted"]], number=None, dated=at.date() - DAY, by=cast["officer"], at=at)
    actions.put_forward(list(four.values()), number="89", dated=at.date() + DAY, by=cast["officer"], at=at + DAY)
    with pytest.raises(Incomplete) as refused:
        actions.approve_list(list(four.values()), number="4923", dated=at.date(), by=cast["province"], at=at + DAY)
    assert refused.value.field == "dated"


def test_both_titles_and_the_four_outcomes_are_found(four, as_, db, cast, at):
    pids = {name: kept(db, idea) for name, idea in four.items()}
    actions.approve_list(queries.identified(), number="4923", dated=at.date(), by=cast["province"], at=at)
    db.session.commit()

    def ideas(who, query):
        return {a["href"].rsplit("/", 1)[-1] for a in as_(who).page(f"/ideas/?{query}").select("tbody a[href^='/ideas/']")}

    for who in ("officer", "pi1"):
        for said in ("bưởi da xanh", "buoi da xanh", "BƯỞI", "đề xuất changed", "de xuat changed"):
            assert ideas(who, f"q={said}") == {pids["changed"]}, (who, said)
    assert ideas("officer", "outcome=to_fund") == {pids["fund"]} and ideas("officer", "outcome=rejected") == {pids["refused"]}
    assert ideas("officer", "outcome=selection") == {pids["adopted"], pids["changed"]} and ideas("officer", "outcome=to_enterprise") == set()
    for said in ("buoi da xanh", "de xuat changed"):
        row = as_("officer").page(f"/topics/?q={said}").select("tbody tr")
        assert len(row) == 1 and "Mô hình bưởi da xanh hữu cơ" in row[0].text and "Đề xuất changed" in row[0].text


def test_what_nobody_put_forward_is_decided_only_when_that_is_confirmed(four, as_, db, cast, at):
    actions.put_forward([four["adopted"]], number="89", dated=at.date(), by=cast["officer"], at=at)
    pids = {name: kept(db, idea) for name, idea in four.items()}
    province, said = as_("province"), {"number": "4923", "dated": "02/03/2026", "agree": "y", "ideas": list(pids.values())}
    page = province.page("/ideas/decide")
    assert [box["value"] for box in page.select("[name=ideas][checked]")] == [pids["adopted"]], "the others are not ticked"
    assert four["fund"].code in page.select_one(".alert").text and four["adopted"].code not in page.select_one(".alert").text
    text = province.submit("/ideas/decide", said, status=422).get_data(as_text=True)
    assert "unasked-error" in text and four["changed"].code in text and reload(pids["adopted"]).decision_number is None
    province.submit("/ideas/decide", said | {"unasked": "y"}, status=422)
    province.submit("/ideas/decide", said | {"unasked": "y", "gaps": "y"})
    assert all(reload(pid).decision_number == "4923/QĐ-UBND" for pid in pids.values())
    told = {row.subject_pid: row.detail.get("unasked") for row in db.session.scalars(select(JournalEntry).where(JournalEntry.subject_type == "idea", JournalEntry.verb.in_(("approve", "reject", "redirect"))))}
    assert told == {pid: None if name == "adopted" else True for name, pid in pids.items()}


def test_a_list_that_was_put_forward_asks_for_no_confirmation(four, as_, db, cast, at):
    actions.put_forward(list(four.values()), number="89", dated=at.date(), by=cast["officer"], at=at)
    db.session.commit()
    page = as_("province").page("/ideas/decide")
    assert not page.select("[name=unasked]") and len(page.select("[name=ideas][checked]")) == 4
