"""Transfer through HTTP: the journey of one result, who may see and do what, the public list."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from app.across.demo.plays import transfer as plays
from app.stages.acceptance.rules import ResultKind, ResultState
from app.stages.transfer import queries
from app.stages.transfer.models import Agreement, FollowUp, Handover, Interest
from app.stages.transfer.rules import Route, Usage
from tests.funding.factories import all_of
from tests.support.browser import values_of
from tests.transfer import factories

DAY = timedelta(days=1)
CANARY = "CHIM-HOANG-YEN"
OFFER = {"giver_name": "Nguyễn Văn An", "planned_on": "10/03/2026", "place": "Trụ sở Sở Nông nghiệp", "intended_use": "Nhân rộng tại các xã",
         "kind_1": "documents", "name_1": "Quy trình kỹ thuật", "quantity_1": "2", "unit_1": "bộ"}  # fmt: skip
SIGN = {"answer": "confirm", "handed_on": "12/03/2026", "receiver_name": "Huỳnh Nông Nghiệp, Phó Giám đốc", "intended_use": "Nhân rộng 20 ha", "attest": "y"}
REPORT = {"usage": "yes", "place": "Xã Bến Lức", "users": "40", "area": "20", "output": "60", "output_unit": "tấn", "households": "35", "evidence": "Sổ theo dõi", "revenue": "500.000.000", "savings": "0", "jobs": "6", "note": "Tốt"}
MESSAGE = {"name": "Nguyễn Thị Lụa", "email": "lua@example.vn", "message": "Hợp tác xã muốn lắp thử trên 2 ha.", "agree": "y"}


@pytest.fixture
def result(db, cast, at):
    row = factories.result(cast, at)
    db.session.commit()
    return row


def page_of(result):
    return f"/transfer/results/{result.public_id}"


def test_from_offer_to_the_first_verified_report(db, user, as_, at, result, travel):
    base = page_of(result)
    host, receiver, officer = as_("host1"), as_("agency1"), as_("officer")
    receiver.page(base, status=404)
    assert "Sở Nông nghiệp và Môi trường" in host.page(f"{base}/offer").select_one("option[selected]").text
    answer = host.submit(f"{base}/offer", OFFER | {"quantity_1": "0", "name_2": "Cảm biến"}, status=422)
    assert "Nhân rộng tại các xã" in answer.get_data(as_text=True) and "Cảm biến" in answer.get_data(as_text=True)
    host.submit(f"{base}/offer", OFFER | {"name_1": "", "quantity_1": "", "kind_1": ""}, status=422)
    host.submit(f"{base}/offer", OFFER)
    host.submit(f"{base}/offer", OFFER, status=409)
    url = f"/transfer/handovers/{all_of(Handover)[0].public_id}"
    db.session.commit()
    travel.move_to(at + 12 * DAY)
    host, receiver, officer = as_("host1"), as_("agency1"), as_("officer")
    assert result.title in receiver.page("/desk/").text and receiver.page(base).select_one(".next-step .btn-primary")["href"].endswith("/answer")
    receiver.submit(f"{url}/answer", SIGN | {"handed_on": "", "attest": "y"}, status=422)
    receiver.submit(f"{url}/answer", SIGN | {"attest": ""}, status=422)
    receiver.submit(f"{url}/answer", SIGN | {"handed_on": "14/03/2027"}, status=422)
    receiver.submit(f"{url}/answer", SIGN)
    receiver.submit(f"{url}/answer", SIGN, status=409)
    for client in (host, receiver, officer):
        page = client.page(url)
        assert "Đã bàn giao" in page.text and "Nhân rộng 20 ha" in page.text
        assert client.page(page.select_one("main a[href^='/papers/']")["href"]).select_one("h1")
    first = queries.follow_ups_of(user("officer"), result.id)[0]
    due = f"/transfer/follow-ups/{first.public_id}"
    db.session.commit()
    receiver.submit(f"{due}/report", REPORT, status=409)
    travel.move_to(at + 390 * DAY)
    receiver, officer = as_("agency1"), as_("officer")
    assert receiver.page("/transfer/follow-ups?late=yes").select(".tag-red") and result.title in receiver.page("/desk/").text
    assert result.title in officer.page("/desk/").text
    answer = receiver.submit(f"{due}/report", REPORT | {"place": ""}, status=422)
    assert "500.000.000" in answer.get_data(as_text=True)
    receiver.submit(f"{due}/report", REPORT | {"usage": "no"}, status=422)
    receiver.submit(f"{due}/report", REPORT)
    officer.submit(f"{due}/verify", {"answer": "return"}, status=422)
    officer.submit(f"{due}/verify", {"answer": "return", "remark": "Ghi rõ số hộ"})
    assert "Ghi rõ số hộ" in receiver.page(f"{due}/report").text
    receiver.submit(f"{due}/report", {"users": "42"})
    officer.submit(f"{due}/verify", {"answer": "verify"})
    officer.submit(f"{due}/verify", {"answer": "verify"}, status=409)
    assert "Đang ứng dụng" in officer.page("/transfer/?use=in_use").text and "42" in officer.page(due).text
    officer.submit(f"{base}/evaluate", {"rating": "high", "assessment": "Nhân rộng tốt", "attest": "y"})
    assert "Hiệu quả cao" in as_("host1").page(base).text
    assert "Hiệu quả cao" not in officer.page("/transfer/?use=never_applied").text


def test_who_typed_the_offer_has_not_signed_for_the_host(db, as_, result):
    as_("officer").submit(f"{page_of(result)}/offer", OFFER)
    page = as_("agency1").page(f"/transfer/handovers/{all_of(Handover)[0].public_id}/answer")
    made, giver, receiver = (" ".join(li.text.split()) for li in page.select(".signers li"))
    assert "lập đề nghị bàn giao" in made and "Đã ký" in made
    assert giver.startswith("Nguyễn Văn An") and giver.endswith("Chưa") and receiver.endswith("Chưa")


def test_refused_offered_again_withdrawn(db, as_, at, result):
    base = page_of(result)
    officer, receiver = as_("officer"), as_("agency1")
    officer.submit(f"{base}/offer", OFFER)
    url = f"/transfer/handovers/{all_of(Handover)[0].public_id}"
    receiver.submit(f"{url}/answer", {"answer": "refuse", "remark": "", "attest": "y"}, status=422)
    receiver.submit(f"{url}/answer", {"answer": "refuse", "remark": "Chưa có cán bộ", "attest": "y"})
    page = officer.page(f"{url}/offer-again")
    assert "Chưa có cán bộ" in page.text and "Quy trình kỹ thuật" in str(page.select_one("#name_1"))
    officer.submit(f"{url}/offer-again", {"kind_2": "training", "name_2": "Tập huấn", "quantity_2": "1", "unit_2": "lớp"})
    assert "Tập huấn" in receiver.page(url).text
    officer.submit(f"{url}/withdraw", {"reason": "Nhầm đơn vị"})
    receiver.page(url, status=404)
    assert "Nhầm đơn vị" in officer.page(url).text


def test_a_second_sending_of_the_same_form_offers_once(as_, result):
    officer = as_("officer")
    url = f"{page_of(result)}/offer"
    form = officer.page(url).select("main form")[-1]
    data = values_of(form) | OFFER
    first, second = officer.post(url, data=data), officer.post(url, data=data)
    assert first.status_code == second.status_code == 303 and first.location == second.location
    assert len(all_of(Handover)) == 1


def test_a_stale_page_is_told_so(db, cast, as_, at, result):
    row = plays.offered(cast, result=result, at=at)
    url = f"/transfer/handovers/{row.public_id}"
    receiver = as_("agency1")
    answer = receiver.submit(f"{url}/answer", SIGN | {"handed_on": "02/03/2026", "version": "7"}, status=409)
    assert "Nhân rộng 20 ha" in answer.get_data(as_text=True)


def test_an_agreement(db, as_, at, result, travel):
    base = page_of(result)
    host, officer = as_("host1"), as_("officer")
    terms = {"kind": "licence", "route": "to_abroad", "recipient_name": "Mekong Water GmbH", "scope": "Quyền sản xuất 5 năm", "price": "250.000.000", "author_share": "10"}
    host.submit(f"{base}/draft-agreement", terms | {"recipient_name": ""}, status=422)
    host.submit(f"{base}/draft-agreement", terms)
    url = f"/transfer/agreements/{all_of(Agreement)[0].public_id}"
    signed = {"number": "12/HĐ-CGCN", "signed_on": "02/03/2026", "host_signer": "Ngô Thủ Trưởng", "recipient_signer": "Anna", "attest": "y"}
    answer = host.submit(f"{url}/sign", signed, status=422)
    assert "30" in answer.get_data(as_text=True)
    host.submit(f"{url}/revise", {"author_share": "35"})
    assert "Luật 93/2025" in host.page(f"{url}/sign").text
    host.submit(f"{url}/sign", signed)
    host.submit(f"{url}/revise", {"price": "1"}, status=409)
    assert "phải đăng ký" in officer.page(url).text and "02/06/2026" in officer.page(url).text or "01/06/2026" in officer.page(url).text
    assert "12/HĐ-CGCN" in officer.page("/desk/").text
    assert host.get(f"{url}/register").status_code == 403
    officer.submit(f"{url}/register", {"number": "01/GCN", "registered_on": "03/03/2026"}, status=422)
    officer.submit(f"{url}/register", {"number": "01/GCN", "registered_on": "02/03/2026"})
    officer.submit(f"{url}/end", {"ended_on": "02/03/2026", "reason": "Thanh lý"})
    assert "Thanh lý" in officer.page(url).text and officer.page("/transfer/agreements?state=ended").select("tbody tr")


@pytest.mark.parametrize(("person", "path", "status"), [
    ("pi1", "", 200), ("host1", "", 200), ("pi2", "", 200), ("auditor", "", 200), ("leader", "", 200), ("finance", "", 200), ("agency1", "", 200),
    ("pi3", "", 404), ("host2", "", 404), ("agency2", "", 404), ("member1", "", 404), ("admin", "", 403),
    ("pi3", "/offer", 404), ("agency2", "/offer", 404), ("auditor", "/offer", 403), ("pi1", "/evaluate", 403), ("host1", "/follow-host", 403),
    ("pi1", "/publish", 403), ("leader", "/publish", 403), ("officer", "/publish", 200), ("officer", "/follow-host", 200), ("officer", "/evaluate", 409),
])  # fmt: skip
def test_who_may_open_what(db, cast, as_, at, result, person, path, status):
    plays.offered(cast, result=result, at=at)
    assert as_(person).get(page_of(result) + path).status_code == status


@pytest.mark.parametrize(("person", "status"), [("agency1", 200), ("agency2", 404), ("pi1", 403), ("host2", 404), ("officer", 403)])
def test_who_may_answer(db, cast, as_, at, result, person, status):
    row = plays.offered(cast, result=result, at=at)
    assert as_(person).get(f"/transfer/handovers/{row.public_id}/answer").status_code == status


def test_one_who_sees_it_but_does_not_sign_is_refused(db, cast, as_, at, result):
    row = plays.offered(cast, result=result, at=at)
    host = as_("host1")
    host.submit(f"/transfer/handovers/{row.public_id}/answer", SIGN | {"handed_on": "02/03/2026"}, status=403)


def test_drafts_are_not_for_the_recipient(db, cast, as_, at, result):
    row = plays.drafted_agreement(cast, result=result, at=at, recipient=cast.org("agency2"))
    assert as_("agency2").get(f"/transfer/agreements/{row.public_id}").status_code == 404
    signed = plays.signed_agreement(cast, result=result, at=at - 9 * DAY, recipient=cast.org("agency2"))
    assert as_("agency2").get(f"/transfer/agreements/{signed.public_id}").status_code == 200


def test_a_receiver_may_read_the_minutes_and_no_other(db, cast, as_, at, result):
    row = plays.handed_over(cast, result=result, at=at - 10 * DAY)
    paper = as_("agency1").page(f"/transfer/handovers/{row.public_id}").select_one("main a[href^='/papers/']")["href"]
    assert as_("agency1").get(paper).status_code == 200
    assert as_("agency2").get(paper).status_code == 404


# --- lists ----------------------------------------------------------------------------------------------------


def test_filters_and_the_same_rows_as_a_spreadsheet(db, cast, as_, at, result):
    factories.result(cast, at, title="Bộ giống lúa mùa", number="77/QĐ-UBND", pi="pi3", host="host2")
    plays.offered(cast, result=result, at=at)
    officer = as_("officer")
    assert len(officer.page("/transfer/").select("tbody tr")) == 2
    for query in ("q=tuoi+tiet+kiem", "use=offered", "kind=process&sector=1&item=1.8&q=thanh", "year=2026&use=offered"):
        rows = officer.page(f"/transfer/?{query}").select("tbody tr")
        assert len(rows) == 1 and result.title in rows[0].text, query
    sheet = openpyxl.load_workbook(io.BytesIO(officer.get("/transfer/results.xlsx?use=not_handed_over").data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][1] == "Bộ giống lúa mùa" and rows[1][3] == "Chưa bàn giao"
    for name in ("handovers", "follow-ups", "agreements"):
        assert officer.get(f"/transfer/{name}.xlsx").mimetype.endswith("sheet")
    assert len(as_("pi3").page("/transfer/").select("tbody tr")) == 1


@pytest.mark.parametrize("url", ["/transfer/", "/transfer/handovers", "/transfer/follow-ups", "/transfer/agreements", "/transfer/interests", "/public/results", "/desk/"])
def test_lists_ask_the_same_for_one_and_three(db, cast, as_, anonymous, at, count_queries, travel, url):
    def make(n):
        row = factories.result(cast, at, public=True, title=f"Kết quả số {n}", number=f"{n}9/QĐ-UBND", pi=f"pi{2 * n - 1}", host=f"host{n}")
        plays.reported(cast, handover=plays.handed_over(cast, result=row, at=at, receiver=cast.org("agency1")))
        plays.offered(cast, result=row, at=at, receiver=cast.org("agency2"))
        plays.signed_agreement(cast, result=row, at=at, route=Route.TO_ABROAD)
        plays.interested(cast, result=row, at=at)

    make(1)
    db.session.commit()
    travel.move_to(at + 800 * DAY)
    client = anonymous if url.startswith("/public") else as_("officer")
    client.page(url)
    one = count_queries(lambda: client.page(url))
    make(2), make(3)
    db.session.commit()
    assert count_queries(lambda: client.page(url)) == one


def test_one_result_asks_the_same_however_much_hangs_on_it(db, cast, as_, at, result, count_queries):
    officer, base = as_("officer"), page_of(result)

    def more(receiver, n):
        plays.followed_up(cast, handover=plays.handed_over(cast, result=result, at=at, receiver=cast.org(receiver)), usages=(Usage.YES,) * n)
        plays.evaluated(cast, result=result, at=at)
        plays.signed_agreement(cast, result=result, at=at)

    more("agency1", 1)
    db.session.commit()
    officer.page(base)
    one = count_queries(lambda: officer.page(base))
    more("agency2", 2), more("agency3", 3)
    db.session.commit()  # what is searched is written then, not by the page
    db.session.commit()  # what is searched is written then, not by the page
    assert count_queries(lambda: officer.page(base)) <= one


# --- the public -----------------------------------------------------------------------------------------------


def test_the_public_sees_what_is_public_and_nothing_else(db, cast, at, anonymous, as_):
    project, case = factories.recognised(cast, at)
    shown = factories.result_of(project, case, at, public=True, title="Bộ điều khiển tưới", summary="Điều khiển theo độ ẩm.")
    hidden = [factories.result_of(project, case, at, title=f"Giống {CANARY} một", summary=f"Bí mật {CANARY}", kind=ResultKind.VARIETY),
              factories.result_of(project, case, at, title=f"Thảo {CANARY} hai", summary=f"Nháp {CANARY}", state=ResultState.DRAFTED)]  # fmt: skip
    plays.handed_over(cast, result=shown, at=at - 10 * DAY)
    for row in hidden:
        urls = (f"/public/results/{row.public_id}", f"/public/results/{row.public_id}/interest")
        for client in (anonymous, as_("officer")):
            assert {client.get(u).status_code for u in urls} == {404}
    for query in ("", "?q=CHIM", "?kind=variety", "?kind=process", "?item=1.8", "?sector=1", "?use=not_handed_over", f"?q={hidden[0].code}", "?q=002/KQNC"):
        assert CANARY not in anonymous.get(f"/public/results{query}").get_data(as_text=True), query
    page = anonymous.page("/public/results?q=bo+dieu+khien")
    assert shown.title in page.text and "Đã bàn giao" in page.text
    for lang in ("vi", "en"):
        anonymous.get(f"/public/results?lang={lang}")
        text = anonymous.page(f"/public/results/{shown.public_id}").select_one("main").text
        assert CANARY not in text and shown.title in text and shown.certificate_number in text and project.pi_name in text
        for account in ("officer", "agency1", "host1"):
            assert cast[account].name not in text and cast[account].email not in text
    assert anonymous.page("/").select_one("a[href='/public/results']")


def test_a_visitor_writes(db, cast, at, anonymous, as_, app):
    result = factories.result(cast, at, public=True)
    url = f"/public/results/{result.public_id}"
    assert "Set-Cookie" not in anonymous.get(url).headers
    answer = anonymous.submit(f"{url}/interest", MESSAGE | {"email": "lua"}, status=422)
    assert "Hợp tác xã muốn lắp thử" in answer.get_data(as_text=True)
    anonymous.submit(f"{url}/interest", MESSAGE | {"agree": ""}, status=422)
    anonymous.submit(f"{url}/interest", MESSAGE)
    app.config["INTEREST_PER_HOUR"] = 2
    anonymous.submit(f"{url}/interest", MESSAGE)
    anonymous.submit(f"{url}/interest", MESSAGE, status=429)
    assert db.session.scalar(select(func.count()).select_from(Interest)) == 2
    officer = as_("officer")
    assert "Nguyễn Thị Lụa" in officer.page("/desk/").text and len(officer.page("/transfer/interests").select("tbody tr")) == 2
    inside = f"/transfer/interests/{all_of(Interest)[0].public_id}"
    officer.submit(f"{inside}/answer", {"how": "answer", "text": ""}, status=422)
    officer.submit(f"{inside}/answer", {"how": "answer", "text": "Mời đến Sở ngày 10."})
    officer.submit(f"{inside}/answer", {"how": "close", "text": "x"}, status=409)
    assert "Mời đến Sở" in officer.page(inside).text
    assert as_("pi1").get(inside).status_code == 404 and as_("leader").get("/transfer/interests").status_code == 403


def test_put_on_the_list_and_taken_off(db, as_, anonymous, result):
    officer, base = as_("officer"), page_of(result)
    url = f"/public/results/{result.public_id}"
    anonymous.page(url, status=404)
    texts = {"summary": "Tưới theo độ ẩm đất", "title_en": "Irrigation by soil moisture", "summary_en": "Saves water", "attest": "y"}
    officer.submit(f"{base}/publish", texts | {"attest": ""}, status=422)
    officer.submit(f"{base}/publish", texts)
    assert "Tưới theo độ ẩm đất" in anonymous.page(url).text
    anonymous.get(f"{url}?lang=en")
    assert "Saves water" in anonymous.page(url).text and "Irrigation by soil moisture" in anonymous.page("/public/results").text
    officer.submit(f"{base}/unpublish", {"reason": "Chờ bảo hộ"})
    anonymous.page(url, status=404)


def test_markup_in_a_message_stays_text(db, cast, at, anonymous, as_):
    result = factories.result(cast, at, public=True)
    anonymous.submit(f"/public/results/{result.public_id}/interest", MESSAGE | {"name": "<b>Lụa</b> 100%(x)s", "organisation": "{{ 7*7 }}"})
    officer = as_("officer")
    for url in ("/desk/", "/transfer/interests", f"/transfer/interests/{all_of(Interest)[0].public_id}"):
        text = officer.get(url).get_data(as_text=True)
        assert "<b>Lụa</b>" not in text and "&lt;b&gt;Lụa" in text, url


def test_the_hub_shows_what_became_of_the_results(db, cast, as_, at, result, travel):
    handover = plays.handed_over(cast, result=result, at=at)
    plays.reported(cast, handover=handover)
    project = queries.result_by_id(result.id).project
    url = f"/projects/{project.public_id}"
    db.session.commit()
    travel.move_to(at + 400 * DAY)
    page = as_("officer").page(url)
    assert page.select_one(f"a[href='/transfer/handovers/{handover.public_id}']")
    assert any(a["href"].endswith("/verify") for a in page.select(".next-step a"))
    assert len(all_of(FollowUp)) == 5
