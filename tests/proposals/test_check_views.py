"""The check through HTTP: the opening page, the checklist, requests and answers, comparisons, lists; who sees what, and what is refused."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import opening as opening_plays
from app.across.demo.plays import proposals as plays
from app.services.similarity import texts
from app.stages.proposals import actions, checklist, overlaps, queries, submitting, work
from app.stages.proposals.checkmodels import Likeness, OverlapJudgement
from tests.support.browser import values_of

DAY = timedelta(days=1)
ALL_MET = {f"verdict_{code}": "met" for code in ("legal_person", "functions", "pi_degree", "similar")}


@pytest.fixture
def dossiers(db, cast, called, now, travel):
    """Two opened dossiers, the second with words of the first; the day after the opening; {host: address}."""
    (place,) = called("Mô hình tưới")
    made = []
    for pi, host, said in (("pi1", "host1", opening_plays.OWN), ("pi3", "host2", opening_plays.COPIED)):
        row = plays.draft(cast, call_topic=place, at=now, pi=pi, host=host)
        work.save(row, said, by=cast[pi], at=now)
        actions.sign_off(row, by=cast[host], at=now + timedelta(hours=1))
        made.append(submitting.submit(row, by=cast[pi], at=now + timedelta(hours=2)))
    call_plays.opened_call(cast, call=place.call)
    travel.move_to(place.call.opened_at + DAY)
    db.session.commit()
    return [f"/proposals/{row.public_id}" for row in made]


def pid_of(url):
    return url.rsplit("/", 1)[-1]


def test_the_page_that_opens_names_nobody_before_the_act(db, cast, as_, called, now, travel):
    (place,) = called("Trước giờ mở")
    row = plays.submitted(cast, call_topic=place, at=now, title="Tên rất riêng")
    travel.move_to(place.call.deadline + DAY)
    db.session.commit()
    officer, url = as_("officer"), f"/calls/{place.call.public_id}/open"
    page = officer.page(url).text
    assert row.code in page and [said for said in ("Tên rất riêng", row.host.name, row.pi.name) if said in page] == []
    given = {"present": "Nguyễn An; Sở KH&CN", "witnesses": "Lê Tâm; Thanh tra", "agree": "y"}
    for bad, field in (({"witnesses": ""}, "witnesses"), ({"present": "Nguyễn An"}, "present"), ({"place": " "}, "place")):
        told = officer.submit(url, given | bad, status=422)
        assert f'id="{field}-error"' in told.text and (bad.get("present") or "Nguyễn An") in told.text
    officer.submit(url, given)
    page = officer.page(f"/calls/{place.call.public_id}").text
    assert "Lê Tâm" in page and "Thanh tra" in page
    assert "Lê Tâm" not in as_("pi3").page(f"/calls/{place.call.public_id}").text


def test_the_checklist_is_saved_judged_by_two_and_concluded(as_, dossiers):
    url = dossiers[0]
    first, second = as_("officer"), as_("officer2")
    stale = values_of(second.page(f"{url}/check").select("main form[method=post]")[-1])
    first.submit(f"{url}/check", {"wish": "save", "verdict_functions": "met", "remark_functions": "Đúng chức năng"})
    assert "Đúng chức năng" in second.page(f"{url}/check").text
    told = second.post(f"{url}/check", data=stale | {"wish": "save", "verdict_functions": "not_met", "remark_functions": "Sai chức năng"})
    page = told.get_data(as_text=True)
    assert told.status_code == 409 and "Sai chức năng" in page and "Đúng chức năng" in page and 'id="verdict_functions-error"' in page
    second.post(f"{url}/check", data=stale | {"wish": "save", "verdict_pi_degree": "met", "once": "another"})  # another line: nothing clashes
    first.submit(f"{url}/check", {"outcome": "eligible"}, status=422)
    first.submit(f"{url}/check", ALL_MET, status=422)  # no outcome chosen
    first.submit(f"{url}/check", ALL_MET | {"outcome": "eligible"})
    row = queries.proposal_by_pid(pid_of(url))
    assert row.state == "eligible" and {c: j.number for c, j in checklist.newest(checklist.judgements(row)).items()}["pi_degree"] == 1
    first.page(f"{url}/check", status=409)
    assert "Thông báo kết quả kiểm tra" in as_("pi1").page(url).text


def test_something_is_asked_answered_and_checked_again(as_, dossiers, travel, at):
    url = dossiers[0]
    officer, pi = as_("officer"), as_("pi1")
    officer.submit(f"{url}/remedy", {"documents": [], "explanations": " "}, status=422)
    officer.submit(f"{url}/remedy", {"documents": ["legal_status"], "explanations": "Giải trình phòng thí nghiệm", "note": "Bản mờ"})
    assert "Bản mờ" in officer.page(f"{url}/check").text
    officer.page(f"{url}/remedy", status=409)
    link = next(a["href"] for a in pi.page(url).select("a") if "/remedies/" in a["href"])
    assert link in [a["href"] for a in pi.page("/desk/").select("main a")]
    assert as_("pi3").get(link).status_code == 404 and officer.get(link).status_code == 404
    told = pi.submit(link, {"answer_2": "Chưa xong"}, status=422)
    assert "Chưa xong" in told.text and 'id="file_1-error"' in told.text
    pi.submit(link, {"wish": "save", "answer_2": "Đang viết", "file_1": (io.BytesIO(plays.small_pdf("x")), "pháp lý.pdf")})
    assert "Đang viết" not in officer.page(url).text and "Đang viết" in pi.page(link).text
    bad = pi.submit(link, {"answer_2": "Có đủ", "file_2": (io.BytesIO(b"MZ"), "virus.pdf")}, status=422)
    assert "Có đủ" in bad.text and 'id="file_2-error"' in bad.text
    pi.submit(link, {"answer_2": "Có đủ máy đo"})
    assert "Có đủ máy đo" in officer.page(f"{url}/check").text and "pháp lý.pdf" in officer.page(f"{url}/check").text
    pi.page(link, status=409)
    officer.submit(f"{url}/check", ALL_MET | {"outcome": "eligible"})


def test_an_overdue_request_is_shown_and_answers_come_too_late(db, cast, as_, dossiers, travel):
    row = queries.proposal_by_pid(pid_of(dossiers[0]))
    opening_plays.asked(cast, proposal=row, at=row.call_topic.call.opened_at + DAY)
    db.session.commit()
    asked = checklist.remedies_of(row)[0]
    officer = as_("officer")
    officer.submit(f"/proposals/remedies/{asked.public_id}/take-back", {"reason": ""}, status=422)
    assert [a.text for a in officer.page("/proposals/eligibility?stands=waiting").select("tbody a")] == [row.title]
    travel.move_to(row.call_topic.call.opened_at + 40 * DAY)
    officer, pi = as_("officer"), as_("pi1")
    assert "Quá hạn" in officer.page("/proposals/eligibility?stands=overdue").select_one("tbody").text and not officer.page("/proposals/eligibility?stands=waiting").select("tbody")
    pi.page(f"/proposals/remedies/{asked.public_id}", status=409)
    assert "Quá hạn" in pi.page(dossiers[0]).text


def test_the_list_is_filtered_searched_sorted_and_exported(db, cast, as_, dossiers, count_queries):
    plays.ineligible(cast, proposal=queries.proposal_by_pid(pid_of(dossiers[1])), at=queries.proposal_by_pid(pid_of(dossiers[1])).call_topic.call.opened_at + DAY)
    db.session.commit()
    officer, rows = as_("officer"), [queries.proposal_by_pid(pid_of(u)) for u in dossiers]
    start = officer.page("/proposals/eligibility")  # begins with what is to be done; all are one click away
    assert [a.text for a in start.select("tbody a")] == [rows[0].title] and start.select_one("select[name=stands] option[selected]")["value"] == "to_check"
    assert [len(officer.page(u).select("tbody tr")) for u in ("/proposals/eligibility?q=&stands=&call=", *(a["href"] for a in start.select(".chips a")))] == [2, 2, 2]
    for query, found in (("stands=ineligible", 1), ("stands=to_check", 1), (f"q={rows[0].code.lower()}", 1), ("q=mo+hinh+tuoi", 2), ("q=khongco", 0), (f"call={rows[0].call_topic.call.public_id}", 2),
                         ("stands=nonsense", 2), ("sort=-host", 2), ("sort=evil&after=x", 2)):  # fmt: skip
        assert len(officer.page(f"/proposals/eligibility?{query}").select("tbody tr")) == found, query
    book = load_workbook(io.BytesIO(officer.get("/proposals/eligibility.xlsx?stands=ineligible").data))
    lines = list(book.active.values)
    assert len(lines) == 2 and lines[1][0] == rows[1].code
    assert as_("pi1").get("/proposals/eligibility").status_code == 403 and as_("auditor").page("/proposals/eligibility")
    one = count_queries(lambda: officer.get("/proposals/eligibility?stands=ineligible"))
    assert count_queries(lambda: officer.get("/proposals/eligibility")) <= one


def test_shared_passages_stand_side_by_side_and_are_judged(db, as_, dossiers, at, user):
    officer, (first, copy) = as_("officer"), dossiers
    assert "chưa" in officer.page(f"{copy}/similar").text.lower()
    texts.work_through(at)
    db.session.commit()
    page = officer.page(f"{copy}/similar")
    link = next(a["href"] for a in page.select("tbody a") if pid_of(first) in a["href"])
    page = officer.page(link)
    marks = [m.text for m in page.select("mark")]
    assert any("Lap dat muoi hai tram" in m for m in marks) and any("Lắp đặt mười hai trạm" in m for m in marks)
    officer.submit(link, {"likeness": "partly", "reason": ""}, status=422)
    officer.submit(link, {"likeness": "partly", "reason": "Hai đoạn giống nguyên văn"})
    made = db.session.scalar(select(OverlapJudgement))
    assert made.likeness == Likeness.PARTLY and made.share > 0 and "Hai đoạn" in overlaps.told_to_council(queries.proposal_by_pid(pid_of(copy)))
    assert "Hai đoạn giống nguyên văn" in officer.page(copy).text
    for who in ("pi1", "pi3", "host2"):  # never the applicant's: the other text is somebody else's
        assert as_(who).get(f"{copy}/similar").status_code == 404 and as_(who).get(link).status_code == 404
    assert as_("auditor").page(link) and not as_("auditor").page(link).select("main form")
    assert "Hai đoạn" not in as_("pi3").page(copy).text
    for stray in ("proposal/nothing", "paper/x", f"proposal/{pid_of(copy)}", "project/../x"):
        assert officer.get(f"{copy}/similar/{stray}").status_code == 404
    officer.submit(f"{copy}/check", ALL_MET | {"remark_similar": "Mục tiêu khác", "outcome": "eligible"})  # it blocks nothing


def test_a_sealed_dossier_is_compared_with_nothing(db, cast, called, now, as_, at):
    (place,) = called("Niêm phong")
    row = plays.submitted(cast, call_topic=place, at=now)
    db.session.commit()
    assert texts.work_through(now) == 0 and overlaps.waiting_texts(10) == []
    assert texts.near_to("proposal", row.public_id) is None
    assert as_("officer").get(f"/proposals/{row.public_id}/similar").status_code == 404
