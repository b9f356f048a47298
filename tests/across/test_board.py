"""The priority board: every number is the number of rows of the list it leads to; filters; spreadsheet; who sees it."""

from __future__ import annotations

import io
import random
import re
from datetime import date, timedelta
from types import SimpleNamespace

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.across.board import queries as board
from app.across.board import report
from app.across.board.rules import (
    Column,
    Measure,
    Stand,
    columns,
    rows,
    stand_of,
    totals,
)
from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import plans as plan_plays
from app.across.demo.plays import proposals as plays
from app.kernel.db import db as database
from app.stages.acceptance.models import Result
from app.stages.calls import queries as calls
from app.stages.calls.models import Call, CallTopic
from app.stages.funding.models import Project
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Topic
from app.stages.plan import actions as plan_actions
from app.stages.plan import queries as plans
from app.stages.plan.models import Priority

DAY = timedelta(days=1)


class Thing:
    def __init__(self, id):
        self.id = id


# --- pure -----------------------------------------------------------------------------------------------------

COUNTS = {(1, 2025): {Measure.IDEAS: 2, Measure.PROJECTS: 1, Measure.PAID: 500}, (1, 2026): {Measure.IDEAS: 1}, (2, 2026): {Measure.TOPICS: 1}}


@pytest.mark.nodb
def test_all_measures_of_one_year_or_of_all():
    shown = columns(None, None, [2025, 2026])
    first, second, third = rows([Thing(1), Thing(2), Thing(3)], COUNTS, shown, None)
    assert first.numbers == [3, 0, 0, 1, 0, 500, 0, 0] and first.stand == Stand.PROJECT
    assert second.stand == Stand.NO_PROJECT and third.stand == Stand.NOTHING and not any(third.numbers)
    assert rows([Thing(1)], COUNTS, columns(None, 2026, []), 2026)[0].numbers == [1, 0, 0, 0, 0, 0, 0, 0]
    assert rows([Thing(1)], COUNTS, columns(None, 2026, []), 2026)[0].stand == Stand.NO_PROJECT


@pytest.mark.nodb
def test_one_measure_year_by_year():
    shown = columns(Measure.IDEAS, None, [2025, 2026])
    assert shown == [Column(Measure.IDEAS, 2025), Column(Measure.IDEAS, 2026), Column(Measure.IDEAS, None)]
    assert rows([Thing(1)], COUNTS, shown, None)[0].numbers == [2, 1, 3]
    assert columns(Measure.IDEAS, 2026, [2025, 2026]) == [Column(Measure.IDEAS, 2026)]


@pytest.mark.nodb
def test_how_far_an_item_has_come():
    assert stand_of({}) == Stand.NOTHING and stand_of({Measure.RESULTS: 1, Measure.PROJECTS: 1}) == Stand.RESULT


@pytest.mark.nodb
def test_the_report_tells_what_the_board_shows():
    shown = columns(None, None, [])
    items = [SimpleNamespace(id=1, code="1.1", short_vi="Chanh"), SimpleNamespace(id=2, code="1.2", short_vi="Lúa"), SimpleNamespace(id=3, code="2.1", short_vi="Sấy")]
    made = rows(items, COUNTS | {(1, 2026): {Measure.PAID: 1_250_050_000}}, shown, None)
    bodies = {"committee": {"name": "Ủy ban nhân dân tỉnh"}, "department": {"name": "Sở"}, "place": "Tây Ninh"}
    paper = report.content("1821/KH-UBND", None, [("1. Nông nghiệp", made[:2]), ("2. Công nghiệp", made[2:]), ("3. Giao thông", [])], totals(made, 8),
                           narrowed=["lĩnh vực 1"], bodies=bodies, today=date(2026, 11, 30))  # fmt: skip
    text = " ".join(b.get("text", "") for b in paper["blocks"])
    assert "Phạm vi: lĩnh vực 1." in text and "Báo cáo gồm 3 nội dung ưu tiên: 1 đã có nhiệm vụ" in text and "chưa có nhiệm vụ: 1.2, 2.1." in text
    assert "đã chi 1.250.050.500 đồng" in text and [b["text"] for b in paper["blocks"] if b["kind"] == "heading"] == ["1. Nông nghiệp", "2. Công nghiệp"]
    first = next(b for b in paper["blocks"] if b["kind"] == "table")
    assert first["rows"][0] == ["1.1 Chanh", "2", "0", "0", "1", "0", "1.250,1", "0", "0"] and len(first["heads"]) == len(first["numbers"]) == 9


# --- on the demonstration world -------------------------------------------------------------------------------


def found(page):
    """How many rows a list says it found."""
    words = page.select_one(".count-line [role=status]").text.split()
    return next((int(w) for w in words if w.isdigit()), 0)


def cells(page):
    return [(a["href"], int(a.contents[0].strip().replace(".", "").replace("đ", "").strip() or 0)) for a in page.select("table.board td a")]


def test_the_board_of_the_demonstration_world(played, as_, anonymous, count_queries):
    """One world, for it takes long to play."""
    officer = as_("officer")
    every_number_is_the_number_of_rows_it_leads_to(officer)
    money_is_that_of_the_projects_it_leads_to(officer)
    the_spreadsheet_is_what_is_shown(officer)
    each_total_leads_to_the_rows_of_its_column(officer)
    an_agency_sees_its_items_only(officer)
    few = count_queries(lambda: officer.get("/board/?sector=3"))
    assert count_queries(lambda: officer.get("/board/")) == few <= 12
    the_public_board_counts_what_is_public_only(anonymous, count_queries)


def every_number_is_the_number_of_rows_it_leads_to(officer):
    rng = random.Random(7)
    print("seed 7")
    sector_codes = ["", *(s.code for s in plans.current_plan().sectors)]
    bodies = ["", *(pid for pid, _name in ideas.ordering_bodies())]
    checked = 0
    for measure in ("", "ideas", "topics", "proposals", "projects", "results", "in_use"):
        for _try in range(2):
            asked = {"measure": measure, "sector": rng.choice(sector_codes), "body": rng.choice([*bodies, ""]), "year": rng.choice(["", "", "2026"])}
            page = BeautifulSoup(officer.get("/board/", query_string=asked).data, "html.parser")
            numbers = [c for c in cells(page) if c[1] < 10_000]  # money leads to the same projects
            for href, number in rng.sample(numbers, min(len(numbers), 5)):
                assert found(officer.page(href)) == number, (asked, href)
                checked += 1
    assert checked > 20


def each_total_leads_to_the_rows_of_its_column(officer):
    for asked in ("", "sector=2", "measure=topics", "measure=projects&year=2026"):
        page = officer.page(f"/board/?{asked}")
        body = [[amount(td) for td in tr.select("td")[1:]] for tr in page.select("table.board tbody tr")]
        assert [sum(column) for column in zip(*body, strict=True)] == [amount(td) for td in page.select("table.board tfoot td")[1:]]
        for link in page.select("table.board tfoot td a"):
            if "đ" not in link.text:
                assert found(officer.page(link["href"])) == amount(link), (asked, link["href"])


def amount(cell):
    """The number in a cell, without the words for screen readers."""
    for words in cell.select("i, .visually-hidden"):
        words.extract()
    return int("".join(c for c in cell.text if c.isdigit()) or 0)


def an_agency_sees_its_items_only(officer):
    for plan in board.plans():  # the plan of 2024 names none for its items; its measures do
        of_one_agency(officer, plan)


def of_one_agency(officer, plan):
    pid, (_name, items) = next(iter(board.agencies_of(plan).items()))
    page = officer.page(f"/board/?plan={plan.public_id}&agency={pid}")
    every = [i for s in board.sectors_of(plan) for i in s.items]
    codes = {i.code for i in every if i.id in items}
    assert 0 < len(codes) < len(every) and {s.text for s in page.select("table.board tbody .item-code")} == codes
    assert not page.select("table.board tfoot a"), "a total of some items leads nowhere: no list asks for these"


def the_public_board_counts_what_is_public_only(anonymous, count_queries):
    hidden = database.session.scalar(select(func.count()).select_from(Result).where(~Result.is_public))
    drafts = database.session.scalar(select(func.count()).select_from(Topic).where(~Topic.id.in_(
        select(CallTopic.topic_id).join(Call, Call.id == CallTopic.call_id).where(calls.PUBLISHED))))  # fmt: skip
    assert hidden and drafts, "nothing that could leak"
    page = anonymous.page("/public/board")
    public = database.session.scalar(select(func.count()).select_from(Result).where(Result.is_public, Result.state == "registered"))
    sums = [amount(td) for td in page.select("table.board tfoot td")]
    assert sums[3] == public and sums[1] == database.session.scalar(select(func.count()).select_from(Project).join(Priority, Priority.id == Project.item_id)
                                                                    .where(Priority.plan_id == plans.current_plan().id))  # fmt: skip
    assert sums[0] == database.session.scalar(select(func.count(CallTopic.topic_id.distinct())).join(Call, Call.id == CallTopic.call_id)
                                              .join(Topic, Topic.id == CallTopic.topic_id).join(Priority, Priority.id == Topic.item_id)
                                              .where(calls.PUBLISHED, Priority.plan_id == plans.current_plan().id))  # fmt: skip
    links = [a for a in page.select("table.board tbody td a") if "đ" not in a.text]
    for link in links[::3]:
        assert found(anonymous.page(link["href"])) == amount(link), link["href"]
    assert "item=" in links[0]["href"] and not re.search(r"item=[\d.]+$", links[0]["href"]), "a code means another item once another plan is in force"
    assert links and count_queries(lambda: anonymous.get("/public/board", headers={"Cache-Control": "no-cache"})) <= 10


def money_is_that_of_the_projects_it_leads_to(officer):
    page = officer.page("/board/?measure=approved")
    href, amount = next(c for c in cells(page) if "year=" in c[0])
    sheet = openpyxl.load_workbook(io.BytesIO(officer.get(href.replace("/projects/", "/projects/projects.xlsx")).data)).active
    lines = list(sheet.iter_rows(values_only=True))
    assert sum(line[8] for line in lines[1:]) == amount  # the column “approved total”


def the_spreadsheet_is_what_is_shown(officer):
    address = "measure=projects&only=nothing"
    page = officer.page(f"/board/?{address}")
    sheet = openpyxl.load_workbook(io.BytesIO(officer.get(f"/board/board.xlsx?{address}").data)).active
    lines = list(sheet.iter_rows(values_only=True))
    assert list(lines[0][3:]) == [th.text for th in page.select("table.board thead th")][2:]
    assert [line[0] for line in lines[1:-1]] == [s.text for s in page.select("table.board .item-code")]
    shown = [[amount(td) for td in tr.select("td")[1:]] for tr in page.select("table.board tbody tr, table.board tfoot tr")]
    assert [list(line[3:]) for line in lines[1:]] == shown
    whole = officer.page("/board/")
    assert len(whole.select("table.board tbody tr")) == 38


def test_staff_see_the_board_others_do_not(cast, as_, anonymous):
    for who in ("officer", "leader", "province", "finance", "auditor"):
        assert as_(who).get("/board/").status_code == 200, who
        assert as_(who).get("/board/board.xlsx").status_code == 200, who
    assert as_("leader").get("/board/report.docx?year=2026&only=nothing").data[:2] == b"PK"
    for who in ("pi1", "host1", "agency1", "member1", "admin"):
        told = as_(who).get("/board/")
        assert (told.status_code, told.location) == (302, "/public/board"), who  # what anybody may know of it
        assert as_(who).get("/board/board.xlsx").status_code == as_(who).get("/board/report.pdf").status_code == 403, who
    assert anonymous.get("/board/").status_code == 302


@pytest.mark.parametrize("address", ["year=8021", "year=x", "sector=99", "measure=all", "body=nobody", "only=maybe", "plan=nothing", "year=' OR 1=1"])
def test_an_odd_address_is_the_whole_board(cast, as_, address):
    page = BeautifulSoup(as_("officer").get(f"/board/?{address}").data, "html.parser")
    assert len(page.select("table.board tbody tr")) == 38


def test_a_sealed_dossier_is_not_counted_before_its_opening(cast, at, travel, as_):
    topic = idea_plays.approved_topic(cast, item="1.8", title="Tưới tự động", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + DAY * 25)
    row = plays.submitted(cast, call_topic=calls.topics_of(call)[0], at=at + DAY * 26)
    database.session.commit()
    travel.move_to(at + DAY * 27)
    assert not [a for a in as_("officer").page("/board/?measure=proposals").select("table.board td a")]
    call_plays.opened_call(cast, call=row.call_topic.call)
    database.session.commit()
    travel.move_to(at + DAY * 62)
    assert [a.contents[0].strip() for a in as_("officer").page("/board/?measure=proposals").select("table.board tbody td a")] == ["1", "1"]


def test_each_plan_has_a_board_of_its_own(cast, at, as_, anonymous):
    """The same code in two plans is two items: what was tied to the superseded plan is counted on its board only."""
    before = plans.current_plan()
    old = [idea_plays.approved_topic(cast, item="1.8", title=f"Tưới tự động {n}", at=at - 60 * DAY) for n in range(2)]
    call_plays.published_call(cast, topics=old[:1], at=at - 30 * DAY)
    plan_actions.put_in_force(plan_plays.next_plan(cast, at=at - 20 * DAY), by=None, at=at - 10 * DAY)
    after = plans.current_plan()
    code = board.sectors_of(after)[0].items[0].code
    new = [idea_plays.approved_topic(cast, item=code, title=f"Giống lúa {n}", at=at - 35 * DAY) for n in range(3)]
    database.session.commit()
    for plan, topics in ((before, old), (after, new)):
        assert {t.item_id for t in topics} <= {i.id for s in board.sectors_of(plan) for i in s.items}
    officer = as_("officer")
    for plan, topics in ((before, old), (after, new)):
        page = officer.page(f"/board/?measure=topics&plan={plan.public_id}")
        links = page.select("table.board tbody td a")
        assert {amount(a) for a in links} == {len(topics)}
        listed = {a["href"].rsplit("/", 1)[-1] for a in officer.page(links[0]["href"]).select("main table a[href^='/topics/']")}
        assert {t.public_id for t in topics} == listed & {t.public_id for t in old + new}
    assert amount(officer.page("/board/?measure=topics").select_one("table.board tbody td a")) == 3, "without a plan: the one in force"
    public = anonymous.page("/public/board")
    assert after.number in public.text and amount(public.select_one("table.board tfoot td")) == 0, "the call out is of the plan before"


def test_the_public_board_tells_nothing_that_is_not_public(cast, at, anonymous):
    """Ideas, topics in no call, topics of a draft call and dossiers count nowhere and are named nowhere."""
    secret = "Bí mật của viện"
    idea_plays.submitted_idea(cast, item="2.1", title=secret, at=at - 60 * DAY)
    kept = [idea_plays.approved_topic(cast, item="1.8", title=f"{secret} {n}", at=at - 60 * DAY, ceiling=987_000_000) for n in range(3)]
    call_plays.drafted_call(cast, topics=kept[:1], at=at - 20 * DAY, title=f"{secret}: bản nháp")
    shown = anonymous.get("/public/board").get_data(as_text=True)
    empty = [amount(td) for td in BeautifulSoup(shown, "html.parser").select("table.board tfoot td")]
    call = call_plays.published_call(cast, topics=kept[1:2], at=at - 20 * DAY)
    plays.submitted(cast, call_topic=calls.topics_of(call)[0], at=at - 10 * DAY)
    database.session.commit()
    fresh = anonymous.get("/public/board?x=1").get_data(as_text=True)
    assert empty == [0, 0, 0, 0, 0] and [amount(td) for td in BeautifulSoup(fresh, "html.parser").select("table.board tfoot td")] == [1, 0, 0, 0, 0]
    for text in (shown, fresh):
        assert secret not in text and "987" not in text and not any(t.public_id in text or t.code in text for t in kept)
        assert not any(cast[a].name in text for a in ("pi1", "officer", "agency1"))
