"""Acceptance through HTTP: the whole journey, who may see and do what, forms that keep what was typed."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from app.across.demo.plays import acceptance as plays
from app.across.demo.plays.proposals import small_pdf
from app.stages.acceptance import queries
from app.stages.acceptance.models import Case, Result
from app.stages.funding.models import Project
from tests.acceptance import factories
from tests.funding.factories import all_of

DAY = timedelta(days=1)
END = 700 * DAY


@pytest.fixture
def project(db, cast, at):
    row = factories.project(cast, at)
    db.session.commit()
    return row


def only(model):
    rows = all_of(model)
    assert len(rows) == 1
    return rows[0]


def upload(client, url, kind):
    client.submit(url, {"kind": kind, "file": (io.BytesIO(small_pdf(f"{kind} {url}")), f"{kind}.pdf")})


def test_the_journey_from_dossier_to_recognition(db, cast, as_, at, project, travel):
    travel.move_to(at + END)
    pi, officer, leader = as_("pi1"), as_("officer"), as_("leader")
    begin = f"/acceptance/projects/{project.public_id}/begin"
    assert begin in str(pi.page("/acceptance/")) and begin in str(pi.page(f"/projects/{project.public_id}"))
    pi.submit(begin)
    pi.submit(begin, status=409)
    url = f"/acceptance/{only(Case).public_id}"
    count = len(queries.lines_of(only(Case)))
    pi.submit(f"{url}/submit", {"attest": "y"}, status=422)
    answers = {}
    for n in range(1, count + 1):
        answers |= {f"quantity_{n}": "Đủ theo hợp đồng", f"quality_{n}": "Đạt chỉ tiêu", f"level_{n}": "pass"}
    pi.submit(f"{url}/self-evaluate", answers | {"level_1": "brilliant"}, status=422)
    pi.submit(f"{url}/self-evaluate", answers | {"grade": "pass", "note": "Đã dùng thử"})
    assert "Đạt chỉ tiêu" in pi.page(url).text
    for document in queries.documents_of(only(Project)):
        if document["needed"]:
            upload(pi, f"{url}/files", document["code"])
    upload(pi, f"{url}/files", "other")
    removal = pi.page(f"{url}/files").select("main a[href$='/remove']")[-1]["href"]
    pi.submit(removal)
    pi.submit(f"{url}/submit", status=422)
    pi.submit(f"{url}/submit", {"attest": "y"})
    pi.submit(f"{url}/submit", {"attest": "y"}, status=409)
    assert officer.page("/desk/").select(f"a[href='{url}']")
    officer.submit(f"{url}/review", {"answer": "return"}, status=422)
    officer.submit(f"{url}/review", {"answer": "return", "remark": "Thiếu nhật ký"})
    assert "Thiếu nhật ký" in pi.page(url).text
    pi.submit(f"{url}/submit", {"attest": "y"})
    officer.submit(f"{url}/review", {"answer": "valid"})
    officer.submit(f"{url}/put-to-council")
    case = only(Case)
    assert case.council_pid in str(officer.page(url))
    when = at + END + 3 * DAY
    plays.judged(cast, case=case, at=when, council=factories.council_by_pid(case.council_pid), level="pass")
    db.session.commit()
    travel.move_to(at + END + 25 * DAY)
    pi, officer, leader = as_("pi1"), as_("officer"), as_("leader")
    assert "Đạt" in pi.page(url).text and pi.page("/desk/").select(f"a[href='{url}']")
    _revise(pi, officer, url)
    _register(pi, officer)
    assert str(only(Case).state) == "results_registered" and leader.page("/desk/").select(f"a[href='{url}']")
    leader.submit(f"{url}/recognise", {"number": "88/QĐ-SKHCN"}, status=422)
    leader.submit(f"{url}/recognise", {"number": "88/QĐ-SKHCN", "dated": "01/01/2020", "attest": "y"}, status=422)
    leader.submit(f"{url}/recognise", {"number": "88/QĐ-SKHCN", "attest": "y"})
    assert "88/QĐ-SKHCN" in pi.page(url).text and "88/QĐ-SKHCN" in officer.page(f"/projects/{project.public_id}").text
    pi.page("/desk/")


def _revise(pi, officer, url):
    assert "bổ sung phân tích" in officer.page(f"{url}/require-revision").text
    officer.submit(f"{url}/require-revision", {"what": "Bổ sung chương 4"})
    assert "Bổ sung chương 4" in pi.page(f"{url}/revise").text
    pi.submit(f"{url}/revise", {"answer_1": "Đã bổ sung", "file": (io.BytesIO(small_pdf("revised")), "bao-cao.pdf")})
    officer.submit(f"{url}/review-revision", {"answer": "refuse"}, status=422)
    officer.submit(f"{url}/review-revision", {"answer": "refuse", "remark": "Thiếu bảng"})
    pi.submit(f"{url}/revise", {"answer_1": ""}, status=422)
    pi.submit(f"{url}/revise", {"answer_1": "Đã thêm bảng"})
    agreed = {"answer": "confirm", "chair_name": "Hoàng Văn Hải", "chair_agreed_on": f"{(only(Case).graded_at + 5 * DAY):%d/%m/%Y}"}
    officer.submit(f"{url}/review-revision", {"answer": "confirm"}, status=422)
    officer.submit(f"{url}/review-revision", agreed, status=422)
    officer.submit(f"{url}/review-revision", agreed | {"paper": (io.BytesIO(small_pdf("agreed")), "y-kien.pdf")})
    assert "bao-cao.pdf" in pi.page(url).text and "Hoàng Văn Hải" in pi.page(url).text


def _register(pi, officer):
    case = only(Case)
    pi.submit(f"/acceptance/{case.public_id}/add-result", {"title": "Bài báo về tưới tiết kiệm", "kind": "publication"})
    ids = [r.public_id for r in all_of(Result)]
    *kept, dropped = ids
    officer.submit(f"/acceptance/results/{dropped}/drop", {"reason": "Gộp vào kết quả khác"})
    for n, pid in enumerate(kept):
        result = f"/acceptance/results/{pid}"
        officer.submit(f"{result}/register", {"number": f"{n}/KQNC", "attest": "y"}, status=422)
        pi.submit(f"{result}/describe", {"kind": "process", "summary": ""}, status=422)
        page = pi.page(f"{result}/describe")
        box, offered = page.select_one("[data-suggest]"), {o["value"] for o in page.select("#item option")}
        assert (box["data-choice"], box["data-title"], box["data-aim"]) == ("item", "title", "summary") and box["data-plan"]
        assert {b["data-pick"] for b in box.select("[data-pick]")} <= offered, "items of the project's own plan"
        pi.submit(f"{result}/describe", {"kind": "process", "summary": "Quy trình tưới tiết kiệm nước", "title_en": "A process"})
        members = len(pi.page(f"{result}/shares").select("input[name^=percent_]"))
        pi.submit(f"{result}/shares", {"percent_1": "90"}, status=422)
        pi.submit(f"{result}/shares", {"extra_name_1": "Người khác"}, status=422)
        answer = {"percent_1": "70", "extra_name_1": "Người khác", "extra_percent_1": "30"} | {f"percent_{m}": "" for m in range(2, members + 1)}
        pi.submit(f"{result}/shares", answer)
        assert "Người khác" in pi.page(result).text
        officer.submit(f"{result}/register", {"number": f"{n}/KQNC"}, status=422)
        officer.submit(f"{result}/register", {"number": f"{n}/KQNC", "attest": "y"})
        officer.submit(f"{result}/register", {"number": f"{n}/KQNC", "attest": "y"}, status=409)
        assert f"{n}/KQNC" in pi.page(result).text


@pytest.fixture
def rated(db, cast, at, project):
    case = factories.rated(cast, project, at + END)
    db.session.commit()
    return f"/acceptance/{case.public_id}"


def test_who_sees_a_case_and_its_results(db, as_, at, rated, travel):
    travel.move_to(at + END + 12 * DAY)
    result = f"/acceptance/results/{all_of(Result)[0].public_id}"
    for name in ("pi1", "host1", "officer", "leader", "province", "auditor", "finance"):
        client = as_(name)
        assert client.page(rated).select_one("h1") and client.page(result).select_one("h1")
        assert client.page("/acceptance/").select("tbody a") and client.page("/acceptance/results/").select("tbody a")
    for name in ("pi3", "host2", "agency1", "member1", "registry"):
        client = as_(name)
        client.page(rated, status=404), client.page(result, status=404)
        assert not client.page("/acceptance/").select("main tbody a") and not client.page("/acceptance/results/").select("main tbody a")
    for verb in ("review", "put-to-council", "require-revision", "review-revision", "reevaluate", "recognise", "fail"):
        assert as_("pi1").get(f"{rated}/{verb}").status_code == 403
    for verb in ("self-evaluate", "submit", "revise"):
        assert as_("officer").post(f"{rated}/{verb}", data={}).status_code in (400, 403, 409, 422)


def test_strangers_and_stale_pages_change_nothing(db, as_, at, rated, travel):
    travel.move_to(at + END + 12 * DAY)
    result = f"/acceptance/results/{all_of(Result)[0].public_id}"
    officer = as_("officer")
    officer.submit(f"{result}/describe", {"kind": "process", "summary": "Tóm tắt"})
    answer = officer.submit(f"{result}/describe", {"kind": "process", "summary": "Bản cũ", "version": "1"}, status=409)
    assert "Bản cũ" in answer.get_data(as_text=True)
    as_("pi3").page(f"{result}/describe", status=404)
    assert all_of(Result)[0].summary == "Tóm tắt"


def test_a_failed_project_is_evaluated_again_or_closed(db, cast, as_, at, project, travel):
    case = factories.rated(cast, project, at + END, *["fail"] * 7)
    db.session.commit()
    travel.move_to(at + END + 20 * DAY)
    url = f"/acceptance/{case.public_id}"
    officer, province = as_("officer"), as_("province")
    assert officer.page(url).select(f"a[href='{url}/reevaluate']") and province.page(url).select(f"a[href='{url}/fail']")
    officer.submit(f"{url}/reevaluate", {"reason": "Cho phép hoàn thiện"})
    officer.submit(f"{url}/reevaluate", {"reason": "Lần nữa"}, status=409)
    assert "Cho phép hoàn thiện" in as_("pi1").page(url).text
    pi = as_("pi1")
    pi.submit(f"{url}/submit", {"attest": "y"})
    officer.submit(f"{url}/review", {"answer": "valid"})
    factories.graded(cast, only(Case), at + END + 20 * DAY, *["fail"] * 7)
    db.session.commit()
    travel.move_to(at + END + 30 * DAY)
    officer, province = as_("officer"), as_("province")
    assert not officer.page(url).select(f"a[href='{url}/reevaluate']")
    officer.submit(f"{url}/reevaluate", {"reason": "Lần nữa"}, status=409)
    end = {"cause": "subjective", "reason": "Không đạt chỉ tiêu", "number": "9/QĐ-UBND", "bar": "y"}
    province.submit(f"{url}/fail", end, status=422)
    province.submit(f"{url}/fail", end | {"attest": "y"})
    page = as_("pi1").page(url).text
    assert "Không đạt chỉ tiêu" in page and "9/QĐ-UBND" in page
    assert str(only(Case).state) == "failed"


def test_lists_filter_and_export(db, as_, at, rated, travel):
    travel.move_to(at + END + 12 * DAY)
    officer = as_("officer")
    assert officer.page("/acceptance/?state=graded").select("main table a") and not officer.page("/acceptance/?state=failed").select("main tbody a[href*='/acceptance/']")
    assert officer.page("/acceptance/?q=thanh+long").select("tbody a[href*='/acceptance/']") and not officer.page("/acceptance/?q=zzz").select("tbody a[href*='/acceptance/']")
    assert not officer.page("/acceptance/?late=yes").select("tbody a[href*='/acceptance/']")
    assert officer.page("/acceptance/results/?state=drafted&kind=other").select("tbody a") and not officer.page("/acceptance/results/?state=registered").select("tbody a")
    for url, rows in (("/acceptance/cases.xlsx", 1), ("/acceptance/results/results.xlsx", len(all_of(Result)))):
        book = openpyxl.load_workbook(io.BytesIO(officer.get(url).data))
        assert book.active.max_row == rows + 1 and book.active["A2"].value


def test_pages_speak_english(db, as_, at, rated, travel):
    travel.move_to(at + END + 12 * DAY)
    officer = as_("officer")
    officer.post("/auth/language", data={"locale": "en", "next": rated, "csrf_token": officer.page(rated).select_one("[name=csrf_token]")["value"]})
    text = officer.page(rated).text
    assert "Rated by the council" in text and "Satisfactory" in text
    for url in ("/acceptance/", "/acceptance/results/", f"{rated}/require-revision"):
        officer.page(url)


def test_a_page_asks_the_database_as_often_for_many_as_for_few(db, cast, as_, at, rated, count_queries, travel):
    travel.move_to(at + END + 12 * DAY)
    officer = as_("officer")
    officer.page("/acceptance/")
    few, shown = count_queries(lambda: officer.page("/acceptance/")), count_queries(lambda: officer.page(rated))
    second = factories.project(cast, at, title="Mô hình nuôi tôm", pi="pi3", host="host2", number="55/QĐ-UBND")
    factories.rated(cast, second, at + END)
    case = only_of(rated)
    for n in range(5):
        factories.extra_result(case, n, cast, at + END + 12 * DAY)
    db.session.commit()
    assert count_queries(lambda: officer.page("/acceptance/")) == few
    assert count_queries(lambda: officer.page(rated)) == shown


def only_of(url):
    return queries.case_by_pid(url.rpartition("/")[2])


def test_hub_and_list_show_the_phase(db, as_, at, project, rated, travel):
    travel.move_to(at + END + 12 * DAY)
    officer = as_("officer")
    page = officer.page(f"/projects/{project.public_id}")
    assert page.select(f"a[href='{rated}']") and "Đang nghiệm thu" in page.text
    assert project.code in officer.page("/projects/?phase=in_acceptance").text
