"""The pages of the plan, as their people meet them."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta

from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.across.demo.plays import plans as play
from app.kernel.db import db as database
from app.stages.plan import actions, queries, sheets
from app.stages.plan.models import Measure, Plan, Upload
from app.stages.plan.rules import PlanState
from tests.plan import DATA, later
from tests.support.browser import values_of

DAY = timedelta(days=1)


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def send(client, url, content, name="ke-hoach.json"):
    form = values_of(client.page(url).select("main form[method=post]")[-1])
    return client.post(url, data=form | {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def kept(row):
    database.session.commit()
    return row.public_id


def pid_of(number):
    return queries.plan_by_number(number).public_id


def test_from_a_file_to_the_plan_in_force(as_, db, travel, mails):
    officer, leader = as_("officer"), as_("leader")
    data = later(mapped=False)
    answer = send(officer, "/plan/import", json.dumps(data).encode())
    assert answer.status_code == 303 and queries.plan_by_number("2/KH-UBND") is None, "nothing is written yet"
    report = officer.page(answer.location)
    assert "2/KH-UBND" in report.text and "38" in report.text
    assert as_("officer2").get(answer.location).status_code == 404, "a file belongs to who sent it"
    shown = officer.submit(answer.location).location
    again = send(officer, "/plan/import", json.dumps(data).encode()).location
    assert officer.submit(again).location == shown, "the same file leads to the same plan"
    for stranger in ("pi1", "agency1", "admin"):
        assert as_(stranger).get(shown).status_code == 404, "a draft is not for everybody"
    assert leader.get(shown + "/mapping").status_code == 200

    officer.submit(shown + "/mapping")
    officer.submit(shown + "/mapping/1.1", {"new": [queries.part(queries.plan_by_pid(shown.rsplit("/", 1)[-1]), "item", "1.1").public_id]})
    database.session.commit()
    assert leader.page(shown + "/put-in-force", 409).select("main form") == []
    said = {"number": "50/QĐ-UBND", "dated": "01/02/2026", "in_force_from": "01/02/2026"}
    assert "37 nội dung chưa có nhiệm vụ" in officer.submit(shown + "/prepare", said, status=422).get_data(as_text=True)
    officer.submit(shown + "/prepare", said | {"bare": "y"})
    assert "2/KH-UBND" in leader.page("/desk/").text
    leader.submit(shown + "/put-in-force", {"agree": "y"})
    assert queries.current_plan().number == "2/KH-UBND"
    assert "đã có hiệu lực" in leader.page(shown + "/put-in-force", 409).select_one("main").text
    page = as_("pi1").page(shown)
    assert "50/QĐ-UBND" in page.text and "Quyết định 50/QĐ-UBND" in page.text
    assert "1821/KH-UBND" in as_("pi1").page(f"/plan/items/{queries.item('1.1').public_id}").text
    assert as_("pi1").page("/plan/").text.count("KH-UBND") == 2


def test_a_broken_file_is_reported_in_both_languages_and_leaves_nothing(as_, db):
    officer = as_("officer")
    data = later()
    data["sectors"].pop(2)
    data["sectors"][0]["items"][1]["code"] = "1.1"
    data["sectors"][0]["items"][2]["text_vi"] = "Nghiên cá»©u"
    answer = send(officer, "/plan/import", json.dumps(data).encode())
    page = soup(answer)
    assert answer.status_code == 422 and page.select_one("#file-error")
    told = [[c.get_text(" ", strip=True) for c in row.select("th, td")] for row in page.select("table tbody tr")]
    assert ["dòng 1: sectors", "Thiếu lĩnh vực 3 giữa các lĩnh vực khác.", "Lỗi"] in told
    assert any(place == "dòng 1: sectors[0].items[1].code" and "bị trùng" in what for place, what, _w in told)
    assert any("sai bảng mã" in what for _p, what, _w in told)
    assert queries.plan_by_number("2/KH-UBND") is None and db.session.query(Upload).count() == 0
    for content, name in ((b"{", "a.json"), (b"PK\x03\x04", "a.xlsx"), (b"", "a.json"), (b"%PDF-", "a.pdf")):
        assert send(officer, "/plan/import", content, name).status_code == 422


def test_a_workbook_goes_out_and_comes_back(as_, db):
    officer = as_("officer")
    template = officer.get("/plan/template.xlsx")
    assert load_workbook(io.BytesIO(template.data)).sheetnames == [*sheets.SHEETS, "Guide"]
    assert send(officer, "/plan/import", template.data, "mau.xlsx").status_code == 422, "an empty template is no plan"
    book = load_workbook(io.BytesIO(officer.get(f"/plan/{pid_of('1821/KH-UBND')}/plan.xlsx").data))
    assert book["Items"].max_row == 39
    book["Plan"]["B2"] = "5/KH-UBND"
    book["Items"]["C2"] = "=HYPERLINK(1)"
    out = io.BytesIO()
    book.save(out)
    answer = send(officer, "/plan/import", out.getvalue(), "sửa.xlsx")
    assert answer.status_code in (303, 422)
    book["Items"]["C2"] = "Nội dung đã sửa"
    book["Items"]["B3"] = "1.1"
    out = io.BytesIO()
    book.save(out)
    told = soup(send(officer, "/plan/import", out.getvalue(), "sửa.xlsx"))
    assert told.select_one("table tbody tr th").text == "Items, 3"
    book["Items"]["B3"] = "1.2"
    out = io.BytesIO()
    book.save(out)
    officer.submit(send(officer, "/plan/import", out.getvalue(), "sửa.xlsx").location)
    assert queries.plan_by_number("5/KH-UBND").state == PlanState.DRAFT
    exported = json.loads(officer.get(f"/plan/{pid_of('5/KH-UBND')}/plan.json").data)
    assert exported["sectors"][0]["items"][0]["text_vi"] == "Nội dung đã sửa"


def test_the_draft_is_edited_part_by_part(as_, db, cast, at):
    pid = kept(actions.import_plan(later(), by=cast["officer"], at=at)[0])
    officer, other = as_("officer"), as_("officer2")
    base = f"/plan/{pid}"
    officer.submit(f"{base}/edit", {"number": "1821/KH-UBND"}, status=422)
    officer.submit(f"{base}/edit", {"title_en": "Another title"})
    officer.submit(f"{base}/goal/new", {"code": "G2028", "year": "2028", "short_vi": "Giữa kỳ", "short_en": "Half way", "text_vi": "Giữa kỳ"})
    answer = officer.submit(f"{base}/item/new?sector=1", {"code": "1.1", "text_vi": "Nội dung"}, status=422)
    assert soup(answer).select_one("#code-error") and "Nội dung" in soup(answer).select_one("#text_vi").text
    officer.submit(f"{base}/item/new?sector=1", {"code": "1.50", "text_vi": "Nội dung", "lead": cast.org("agency1").public_id, "others": [cast.org("agency3").public_id]})
    stale = values_of(other.page(f"{base}/item/1.50/edit").select("main form[method=post]")[-1])
    officer.submit(f"{base}/item/1.50/edit", {"text_vi": "Của người thứ nhất"})
    answer = other.post(f"{base}/item/1.50/edit", data=stale | {"text_vi": "Của người thứ hai"})
    assert answer.status_code == 409 and "Của người thứ hai" in soup(answer).select_one("#text_vi").text
    officer.submit(f"{base}/item/1.50/target", {"name_vi": "Mô hình", "amount": "12,5", "unit": "mô hình", "year": "2030"})
    officer.submit(f"{base}/item/1.50/target", {"name_vi": "Mô hình", "amount": "nhiều", "unit": "mô hình", "year": "2030"}, status=422)
    officer.submit(f"{base}/item/1.50/measure", {"text_vi": "Làm", "agency": cast.org("agency1").public_id, "due_on": "31/02/2027"}, status=422)
    officer.submit(f"{base}/item/1.50/measure", {"text_vi": "Làm", "agency": cast.org("agency1").public_id, "due_on": "28/02/2027"})
    page = officer.page(base)
    assert "12,5 mô hình" in page.text and "Của người thứ nhất" in page.text and "28/02/2027" in page.text
    move = page.select_one("#item-1\\.50").find_next("form")
    officer.post(move["action"], data=values_of(move))
    codes = [i.code for i in queries.items_of(queries.plan_by_number("2/KH-UBND").id)]
    assert codes.index("1.50") == codes.index("1.10") - 1
    plan = queries.whole_plan(queries.plan_by_number("2/KH-UBND").id)
    target, measure = plan.targets[-1].public_id, plan.measures[-1].public_id
    database.session.commit()
    officer.submit(f"/plan/targets/{target}/edit", {"amount": "15"})
    officer.submit(f"/plan/measures/{measure}/edit", {"due_on": "01/03/2027"})
    officer.submit(f"/plan/targets/{target}/drop")
    officer.submit(f"/plan/measures/{measure}/drop")
    officer.submit(f"{base}/item/1.50/drop")
    officer.submit(f"{base}/sector/1/drop", status=422)
    assert queries.part(queries.plan_by_number("2/KH-UBND"), "item", "1.50") is None
    assert officer.get(f"{base}/nothing/new").status_code == 404 and officer.get(f"{base}/item/9.9/edit").status_code == 404
    assert as_("leader").get(f"{base}/edit").status_code == 403


def test_nothing_of_the_plan_in_force_is_edited_by_its_pages(as_, db):
    officer, base = as_("officer"), f"/plan/{pid_of('1821/KH-UBND')}"
    typed = values_of(officer.page("/plan/import").select("main form[method=post]")[-1])
    for place in ("edit", "goal/new", "item/new?sector=1", "item/1.1/edit", "item/1.1/drop", "sector/1/target", "prepare"):
        shown = officer.page(f"{base}/{place}", 409)
        assert shown.select("main form") == [] and "bản thảo" in shown.select_one("main").text.lower(), place
        assert officer.post(f"{base}/{place}", data=typed | {"once": place}).status_code in (409, 422), place
    page = officer.page(base)
    links = {a["href"].rpartition("/")[2] for a in page.select("main a[href]")}
    assert not links & {"edit", "drop", "new", "prepare", "put-in-force", "target"}


def test_no_form_of_a_superseded_plan_is_shown_and_no_page_leads_to_one(as_, db, cast, at):
    old, measure = pid_of("1821/KH-UBND"), kept(play.measures(cast, as_of=at)[1])  # due before today
    plan, _new = actions.import_plan(later(), by=cast["officer"], at=at)
    actions.prepare(plan, number="50/QĐ-UBND", dated=date(2026, 2, 1), in_force_from=date(2026, 2, 1), by=cast["officer"], at=at)
    actions.put_in_force(plan, by=cast["leader"], at=at)
    database.session.commit()
    officer, leader, agency = as_("officer"), as_("leader"), as_("agency2")
    for place in ("edit", "prepare", "item/1.1/edit", "item/1.1/measure", "mapping/1.1"):
        assert officer.get(f"/plan/{old}/{place}").status_code in (404, 409), place
    assert "được thay thế" in leader.page(f"/plan/{old}/put-in-force", 409).select_one("main").text
    for place in ("call-off", "edit", "drop"):
        assert officer.page(f"/plan/measures/{measure}/{place}", 409).select("main form") == []
    assert agency.page(f"/plan/measures/{measure}/note", 409).select("main form") == []
    for page in (officer.page(f"/plan/{old}"), officer.page(f"/plan/measures/{measure}"), agency.page(f"/plan/measures/{measure}")):
        ends = {a["href"].rpartition("/")[2] for a in page.select("main a[href], aside a[href]")}
        assert not ends & {"edit", "drop", "new", "prepare", "put-in-force", "measure", "call-off", "note"}


def test_two_plans_side_by_side(as_, db, cast, at):
    new = kept(actions.import_plan(later(), by=cast["officer"], at=at)[0])
    old = pid_of("1821/KH-UBND")
    officer = as_("officer")
    page = officer.page(f"/plan/{new}/compare/{old}")
    assert [t.text for t in page.select("thead th")][1:3] == ["1821/KH-UBND", "2/KH-UBND"], "the earlier one stands left"
    fates = [r.select("td")[-1].get_text(strip=True) for r in page.select("tbody tr")]
    assert {"Tách", "Gộp với nội dung khác", "Giữ nguyên", "Thay đổi"} <= set(fates)
    dropped = officer.page(f"/plan/{old}/compare/{new}?fate=dropped&q=da hoan thanh")
    assert len(dropped.select("tbody tr")) == 1 and "Đã hoàn thành" in dropped.text
    rows = load_workbook(io.BytesIO(officer.get(f"/plan/{old}/compare/{new}/plans.xlsx?fate=dropped&q=da hoan thanh").data)).active
    assert rows.max_row == 2
    assert as_("pi1").get(f"/plan/{old}/compare/{new}").status_code == 404, "one of them is a draft"


def test_bodies_write_their_notes_and_see_only_their_own(as_, db, cast, at, travel):
    rows = {(m.agency_id, m.place): m.public_id for m in play.measures(cast, as_of=at)}
    mine, theirs = rows[cast.org("agency1").id, "VI"], rows[cast.org("agency2").id, "II"]
    database.session.commit()
    agency, officer = as_("agency1"), as_("officer")
    assert {a["href"] for a in agency.page("/plan/measures").select("tbody th a")} == {f"/plan/measures/{m}" for (body, _p), m in rows.items() if body == cast.org("agency1").id}
    assert agency.get(f"/plan/measures/{theirs}").status_code == agency.get(f"/plan/measures/{theirs}/note").status_code == 404
    assert as_("pi1").page("/plan/measures").select("tbody tr") == [] and as_("pi1").get(f"/plan/measures/{mine}").status_code == 404
    assert len(officer.page("/plan/measures").select("tbody tr")) == len(rows)
    assert "Ký chương trình hợp tác" in agency.page("/desk/").text
    bad = agency.submit(f"/plan/measures/{mine}/note", {"progress": "on_track", "percent": "140", "text": "Đã gặp hai viện"}, status=422)
    assert soup(bad).select_one("#percent-error") and soup(bad).select_one("#text").text.strip() == "Đã gặp hai viện"
    agency.submit(f"/plan/measures/{mine}/note", {"year": "2025", "progress": "on_track", "percent": "30", "text": "Đã gặp hai viện <script>"})
    page = officer.page(f"/plan/measures/{mine}")
    assert "Đã gặp hai viện <script>" in page.text and "Huỳnh Nông Nghiệp" in page.text
    assert officer.get(f"/plan/measures/{mine}/note").status_code == 403
    officer.submit(f"/plan/measures/{mine}/call-off", {"reason": ""}, status=422)
    officer.submit(f"/plan/measures/{mine}/call-off", {"reason": "Đã chuyển cơ quan khác"})
    assert agency.page(f"/plan/measures/{mine}/note", 409).select("main form") == []


def test_the_list_of_measures_filters_searches_sorts_pages_and_exports(as_, db, cast, at):
    play.measures(cast, as_of=at)
    database.session.commit()
    officer = as_("officer")

    def texts(query):
        return [a.text for a in officer.page(f"/plan/measures{query}").select("tbody th a")]

    assert texts("?q=cam bien") == texts("?q=CẢM BIẾN") == ["Hướng dẫn hợp tác xã dùng cảm biến và nhật ký điện tử"]
    late = texts("?standing=late")
    assert set(late) == set(texts("?standing=overdue")) | set(texts("?standing=note_missing")) and len(late) >= 3
    assert texts("?sort=-due") == texts("?sort=due")[::-1]
    assert texts(f"?agency={cast.org('agency2').public_id}&progress=done") == ["Đề xuất danh mục kỹ thuật cao cần nghiên cứu ứng dụng"]
    assert texts("?standing=nonsense&sort=nonsense&after=xx") == texts("")
    book = load_workbook(io.BytesIO(officer.get("/plan/measures.xlsx?standing=late").data)).active
    assert book.max_row == len(late) + 1 and book["D2"].is_date
    there = db.session.scalar(select(func.count()).select_from(Measure).join(Plan).where(Plan.state == "in_force"))
    for n in range(60):
        values = {"text_vi": f"Việc thứ {n}", "text_en": None, "due_on": date(2027, 1, 1)}
        actions.assign(queries.current_plan(), values, agency=cast.org("agency1"), item=queries.item("2.1"), by=cast["officer"], at=at)
    database.session.commit()
    first = officer.page("/plan/measures?sort=agency")
    pages = [first]
    while (following := pages[-1].select_one("a[rel=next]")) is not None:
        pages.append(officer.page(following["href"]))
    sizes = [len(page.select("tbody tr")) for page in pages]
    assert set(sizes[:-1]) == {50} and sum(sizes) == there + 60


def test_pages_ask_a_constant_number_of_queries(as_, db, cast, at, count_queries):
    play.measures(cast, as_of=at)
    database.session.commit()
    officer, plan, row = as_("officer"), pid_of("1821/KH-UBND"), queries.current_plan().groups[0]

    def counts():
        return [count_queries(lambda u=u: officer.get(u)) for u in ("/plan/measures", f"/plan/{plan}", "/plan/", "/desk/")]

    counts()
    before = counts()
    for n in range(5):
        actions.assign(queries.current_plan(), {"text_vi": f"Việc {n}", "text_en": None, "due_on": date(2027, 1, 1)}, agency=cast.org(f"agency{n % 3 + 1}"),
                       group=queries.current_plan().groups[n], by=cast["officer"], at=at)  # fmt: skip
    database.session.commit()
    assert row is not None and counts() == before


def test_pages_speak_english_too(as_, db, cast, at):
    pid = kept(actions.import_plan(later(), by=cast["officer"], at=at)[0])
    measure = kept(play.measures(cast, as_of=at)[0])
    officer = as_("officer")
    token = officer.page("/plan/").select_one("form.language")
    officer.post(token["action"], data=values_of(token) | {"locale": "en", "next": "/plan/"})
    for url in ("/plan/", f"/plan/{pid}", f"/plan/{pid}/mapping", f"/plan/{pid}/prepare", f"/plan/{pid}/compare/{pid_of('1821/KH-UBND')}", "/plan/measures",
                f"/plan/measures/{measure}", "/plan/import"):  # fmt: skip
        text = officer.page(url).select_one("main").text
        assert not re.search(r"Kế hoạch ưu tiên|Nhóm giải pháp|Nhiệm vụ giao|Chỉ tiêu|Hạn hoàn thành", text), url
    data = json.loads(json.dumps(DATA))
    data["plan"]["number"], data["sectors"] = "7/KH-UBND", data["sectors"][:2] + data["sectors"][3:]
    assert "Sector 3 is missing between the others." in soup(send(officer, "/plan/import", json.dumps(data).encode())).text


def test_a_remark_must_be_read_before_the_import(as_, db):
    officer = as_("officer")
    data = json.loads(json.dumps(DATA))
    data["plan"] |= {"number": "7/KH-UBND", "date": "2026-01-05"}
    data["sectors"].pop()
    place = send(officer, "/plan/import", json.dumps(data).encode()).location
    assert "Khoa học xã hội và nhân văn" in officer.page(place).text
    officer.submit(place, status=422)
    officer.submit(place, {"agree": "y"})
    assert queries.plan_by_number("7/KH-UBND") is not None
