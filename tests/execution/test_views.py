"""Execution through HTTP: pages, forms, who may see and do what."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from app.across.demo.plays import execution as plays
from app.across.demo.plays import funding as money_plays
from app.across.demo.plays.proposals import small_pdf
from app.stages.execution import queries
from app.stages.execution.models import (
    Adjustment,
    Inspection,
    Report,
    Suspension,
    Termination,
)
from app.stages.funding.models import Project
from tests.funding import factories

DAY = timedelta(days=1)


def only(model):
    rows = factories.all_of(model)
    assert len(rows) == 1
    return rows[0]


def page_of(project):
    return f"/execution/projects/{project.public_id}"


def whole(client, url, spent="", **said):
    """A report with all that its form asks for: each product in hand, the whole sum under the first head of the first quarter."""
    page = client.page(url)
    found = {s["name"]: "under_way" for s in page.select('select[name^="product_"]')}
    cells = [i["name"] for i in page.select('table input[name^="cell_"]')]
    return found | {cells[0]: spent, "spent": spent, "progress": "25", "done": "Đã khảo sát"} | said


def test_a_report_goes_there_and_back(db, as_, at, project, travel):
    url = f"/execution/reports/{queries.reports_of(project.id)[0].public_id}"
    base = page_of(project)
    db.session.commit()
    travel.move_to(at + 210 * DAY)
    pi, officer = as_("pi1"), as_("officer")
    assert officer.page(base).select(".tag-red")
    assert "Báo cáo" in pi.page(base).text
    answer = pi.submit(f"{url}/submit", {"progress": "120", "done": "Đã khảo sát", "spent": "1"}, status=422)
    assert "Đã khảo sát" in answer.get_data(as_text=True)
    pi.submit(f"{url}/submit", whole(pi, f"{url}/submit", "9.000.000.000"), status=422)
    pi.submit(f"{url}/submit", whole(pi, f"{url}/submit", "100.000.000", progress="25", done="Đã khảo sát"))
    assert "25 %" in officer.page(url).text and officer.page("/execution/").select("table")
    officer.submit(f"{url}/review", {"answer": "return", "rating": "watch"}, status=422)
    officer.submit(f"{url}/review", {"answer": "return", "remark": "Bổ sung số liệu", "rating": "watch"})
    assert "Bổ sung số liệu" in pi.page(f"{url}/submit").text
    pi.submit(f"{url}/submit")
    officer.submit(f"{url}/review", {"answer": "accept", "rating": "good"})
    officer.submit(f"{url}/review", {"answer": "accept", "rating": "good"}, status=409)
    assert str(factories.all_of(Report)[0].state) == "accepted"


def test_files_stand_beside_a_report(db, as_, at, project, travel):
    url = f"/execution/reports/{queries.reports_of(project.id)[0].public_id}"
    db.session.commit()
    travel.move_to(at + 210 * DAY)
    pi, officer = as_("pi1"), as_("officer")
    officer.page(f"{url}/files", status=403)
    as_("pi3").page(f"{url}/files", status=404)
    pi.submit(f"{url}/files", {"kind": "spending"}, status=422)
    pi.submit(f"{url}/files", {"kind": "spending", "file": (io.BytesIO(b"not a pdf"), "bang-ke.pdf")}, status=422)
    for name in ("bang-ke.pdf", "anh.pdf"):
        pi.submit(f"{url}/files", {"kind": "spending", "file": (io.BytesIO(small_pdf(name)), name)})
    out = pi.page(f"{url}/files").select_one(f'a[href^="{url}/files/"]')["href"]
    pi.submit(out, {})
    pi.submit(f"{url}/submit", whole(pi, f"{url}/submit", "100.000.000", progress="25", done="Đã khảo sát"))
    for client, page in ((pi, url), (officer, url), (officer, f"{url}/review")):
        file = [a["href"] for a in client.page(page).select('a[href^="/files/"]')]
        assert len(file) == 1, page
        assert client.get(file[0]).status_code == 200
    assert as_("pi3").get(file[0]).status_code == 404
    pi.page(f"{url}/files", status=409)


def test_a_report_is_asked_for(db, as_, at, project, travel):
    base = page_of(project)
    db.session.commit()
    travel.move_to(at + 100 * DAY)
    officer = as_("officer")
    officer.submit(f"{base}/ask-report", {"due_on": "01/01/2026", "reason": "Bão"}, status=422)
    officer.submit(f"{base}/ask-report", {"due_on": "30/06/2026", "reason": "Bão"})
    assert len(factories.all_of(Report)) == 5


def test_an_inspection(db, as_, at, project, travel):
    base = page_of(project)
    db.session.commit()
    travel.move_to(at + 60 * DAY)
    officer = as_("officer")
    officer.submit(f"{base}/inspections", {"kind": "periodic", "planned_on": "10/05/2026", "purpose": "Tiến độ", "team": "Nguyễn Thị Chuyên Viên"})
    url = f"/execution/inspections/{only(Inspection).public_id}"
    for client in (officer, as_("pi1")):
        client.page(url)
    found = {"held_on": "01/05/2026", "present": "Ngô Thủ Trưởng", "progress_finding": "Đạt", "money_finding": "Đúng", "conclusion": "Tiếp tục"}
    officer.submit(f"{url}/conclude", found, status=422)
    officer.submit(f"{url}/conclude", found | {"attest": "y"})
    officer.page(url)
    officer.submit(f"{url}/call-off", {"reason": "x"}, status=409)


def test_an_extension(db, as_, at, project, travel):
    base = page_of(project)
    db.session.commit()
    travel.move_to(at + 300 * DAY)
    pi, leader = as_("pi1"), as_("leader")
    answer = pi.submit(f"{base}/request-change", {"kind": "extension", "reason": "Mưa lũ", "months": "13"}, status=422)
    assert "12" in answer.get_data(as_text=True) and "Mưa lũ" in answer.get_data(as_text=True)
    pi.submit(f"{base}/request-change", {"kind": "extension", "reason": "Mưa lũ", "months": "6"})
    url = f"/execution/changes/{only(Adjustment).public_id}"
    pi.page(url)
    as_("finance").page("/execution/lists/changes")
    leader.submit(f"{url}/decide", {"answer": "agree", "attest": "y"}, status=422)
    leader.submit(f"{url}/decide", {"answer": "agree", "number": "7/QĐ-SKHCN", "dated": "27/12/2026", "attest": "y"})
    for client in (pi, leader):
        client.page(url)
        client.page(base)
    pi.submit(f"{base}/request-change", {"kind": "extension", "reason": "Lần nữa", "months": "1"}, status=409)
    pi.submit(f"{base}/request-change", {"kind": "content", "reason": "Đổi giống", "after": "Giống khác"})
    second = f"/execution/changes/{factories.all_of(Adjustment)[-1].public_id}"
    leader.submit(f"{second}/decide", {"answer": "refuse", "attest": "y"}, status=422)
    pi.submit(f"{second}/withdraw")


def test_stop_go_on_and_end(db, as_, at, project, travel):
    base = page_of(project)
    db.session.commit()
    travel.move_to(at + 200 * DAY)
    leader, officer, province = as_("leader"), as_("officer"), as_("province")
    leader.submit(f"{base}/suspend", {"from_date": "18/09/2026", "number": "8/QĐ-SKHCN", "reason": "Ngập"})
    leader.page(f"{base}/suspend", status=409)
    stop = f"/execution/suspensions/{only(Suspension).public_id}"
    resume = f"{stop}/resume"
    assert leader.page(stop).select_one(f'aside a[href="{resume}"], .next-step a[href="{resume}"]')
    assert leader.page(base).select_one(f'.next-step a[href="{resume}"]') and leader.page(f"/projects/{project.public_id}").select_one(f'.next-step a[href="{resume}"]')
    assert leader.page("/desk/").select_one(f'a[href="{stop}"]')
    leader.submit(resume, {"reason": "Nước rút", "number": "abc"}, status=422)
    leader.submit(resume, {"reason": "Nước rút", "number": "10/QĐ-SKHCN"})
    assert "10/QĐ-SKHCN" in leader.page(stop).text
    officer.submit(f"{base}/open-termination", {"ground": "not_feasible", "statement": "Không khả thi", "attest": "y"})
    url = f"/execution/terminations/{only(Termination).public_id}"
    officer.page("/execution/lists/endings")
    province.submit(f"{url}/decide", {"answer": "decide", "attest": "y"}, status=422)
    province.submit(f"{url}/decide", {"answer": "decide", "cause": "subjective", "used": "400.000.000", "number": "9/QĐ-UBND", "dated": "18/09/2026", "attest": "y"})
    for client in (officer, province, as_("pi1")):
        assert "170.000.000" in client.page(url).text
        client.page(base)
        client.page(f"/funding/projects/{project.public_id}")
    settle = f"/funding/projects/{project.public_id}/settle"
    assert as_("pi1").page(f"/projects/{project.public_id}").select_one(f'.next-step a[href="{settle}"]')
    assert "400.000.000" in str(as_("pi1").page(settle).select_one('input[name="spent"]'))
    as_("pi1").submit(settle, {"spent": "450.000.000", "attest": "y"}, status=422)
    as_("pi1").submit(settle, {"head_labour": "400.000.000", "attest": "y"})
    assert only(Project).frozen_since is not None


def test_the_host_asks_for_the_end(db, as_, at, project, travel):
    base = page_of(project)
    db.session.commit()
    travel.move_to(at + 100 * DAY)
    pi, officer, leader = as_("pi1"), as_("officer"), as_("leader")
    ask = f"{base}/request-termination"
    officer.page(ask, status=403)
    assert pi.page(base).select_one(f'.next-step a[href="{ask}"]')
    assert "Giải thể" in pi.submit(ask, {"ground": "misuse", "statement": "Giải thể", "attest": "y"}, status=422).get_data(as_text=True)
    pi.submit(ask, {"ground": "host_asks", "statement": "Giải thể", "attest": "y"})
    url, take = f"/execution/terminations/{only(Termination).public_id}", f"{base}/open-termination"
    pi.page(ask, status=409)
    leader.page(f"{url}/decide", status=409)
    assert officer.page("/desk/").select_one(f'a[href="{url}"]') and officer.page(f"/projects/{project.public_id}").select_one(f'.next-step a[href="{url}"]')
    assert officer.page(url).select_one(f'.next-step a[href="{take}"]') and "Giải thể" in str(officer.page(take).select_one("textarea"))
    officer.submit(take, {"attest": "y"})
    pi.page(f"{url}/withdraw", status=409)
    assert leader.page("/desk/").select_one(f'a[href="{url}/decide"]')
    leader.submit(f"{url}/decide", {"answer": "drop", "remark": "Chưa đủ căn cứ", "attest": "y"})
    assert only(Project).frozen_since is None


def test_a_termination_is_dropped(db, cast, as_, at, project, travel):
    row = plays.opened_termination(cast, project=project, at=at + 100 * DAY)
    url = f"/execution/terminations/{row.public_id}/decide"
    db.session.commit()
    travel.move_to(at + 101 * DAY)
    leader = as_("leader")
    leader.submit(url, {"answer": "drop", "attest": "y"}, status=422)
    leader.submit(url, {"answer": "drop", "remark": "Đã khắc phục", "attest": "y"})
    assert only(Project).frozen_since is None


@pytest.mark.parametrize(("person", "path", "status"), [
    ("pi1", "", 200), ("host1", "", 200), ("pi2", "", 200), ("auditor", "", 200), ("pi3", "", 404), ("host2", "", 404), ("admin", "", 403),
    ("pi1", "/suspend", 403), ("officer", "/suspend", 403), ("pi1", "/open-termination", 403), ("finance", "/inspections", 403),
    ("auditor", "/request-change", 403), ("pi3", "/request-change", 404), ("pi1", "/ask-report", 403),
])  # fmt: skip
def test_who_may_open_what(db, as_, project, person, path, status):
    url = page_of(project) + path
    db.session.commit()
    assert as_(person).get(url).status_code == status


@pytest.mark.parametrize("tab", ["reports", "due", "inspections", "changes", "endings", "suspensions"])
def test_worklists_ask_the_same_for_one_and_three(db, cast, as_, at, count_queries, travel, tab):
    def make(n: int) -> None:
        row = factories.project(cast, at, title=f"Nhiệm vụ số {n} về nông nghiệp", pi=f"pi{2 * n - 1}", host=f"host{n}", number=f"{n}1/QĐ-UBND")
        money_plays.contracted(cast, project=row, at=at + 12 * DAY)
        money_plays.paid(cast, project=row, at=at + 25 * DAY)
        later = at + 60 * DAY
        plays.submitted_report(cast, project=row, at=later)
        plays.requested_extension(cast, project=row, at=later)
        plays.suspended(cast, project=row, at=later)
        plays.opened_termination(cast, project=row, at=later)

    make(1)
    db.session.commit()
    travel.move_to(at + 330 * DAY)
    client = as_("officer")
    client.page(f"/execution/lists/{tab}")
    one = count_queries(lambda: client.page(f"/execution/lists/{tab}"))
    make(2), make(3)
    db.session.commit()
    assert count_queries(lambda: client.page(f"/execution/lists/{tab}")) == one
