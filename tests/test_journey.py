"""The whole life of one project over HTTP, as its people live it: each signs in, follows what the desk offers, sends forms.

Time is moved as the law's terms need it; everybody signs in anew after each move, as people do.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.across.demo import cast as demo_cast
from app.across.demo.plays.proposals import small_pdf
from app.across.demo.plays.work import answers_for
from app.kernel import journal
from app.kernel.clock import local
from app.services.councils import queries as councils
from app.stages.plan import queries as plans
from app.stages.proposals import queries as proposals
from app.stages.proposals import texts, work
from tests.support.browser import StrictClient
from tests.support.sessions import move_to

DAY = timedelta(days=1)
TITLE = "Xây dựng hệ thống tưới tự động cho thanh long dùng Internet vạn vật"
SEATS = {"member1": "chair", "member2": "vice_chair", "member3": "reviewer", "member4": "reviewer", "member5": "secretary", "member7": "member", "member8": "member"}
CRITERIA = ("overview", "content", "products", "application", "plan", "capacity")


class Life:
    """The hands of all people of the story, and its clock."""

    def __init__(self, as_: Callable[[str], StrictClient], user: Callable[[str], Any], travel: Any, start: datetime) -> None:
        self.as_, self.user, self.travel, self.now = as_, user, travel, start

    def later(self, days: int) -> None:
        """So many days pass."""
        self.now += days * DAY
        self.travel.move_to(self.now)

    def day(self, plus: int = 0) -> str:
        return f"{local(self.now) + plus * DAY:%d/%m/%Y}"

    def send(self, account: str, url: str, data: dict[str, Any] | None = None, **more: Any) -> str:
        """The person opens the page, fills the form and sends it; the address it leads to."""
        return str(self.as_(account).submit(url, data or {}, **more).location)

    def link(self, account: str, url: str, part: str) -> str:
        """The first address on the page that holds `part`."""
        for a in self.as_(account).page(url).select("main a[href], aside a[href]"):
            href = str(a["href"])
            if part in href and href != url and "?" not in href and ".xlsx" not in href and not (part.endswith("/") and href.endswith(part)):
                return href
        raise AssertionError(f"{account} finds no link with {part!r} on {url}")

    def desk(self, account: str, part: str) -> str:
        """What waits for the person, by a part of its address."""
        return self.link(account, "/desk/", part)

    def opened(self, council: Any, item: Any) -> None:
        move_to(self.as_("member5"), council, "box", item)
        self.send("member1", f"/councils/{council.public_id}/items/{item.public_id}/open-box")

    def council(self, url: str, answers: Callable[[str, int], dict[str, str]], conclusion: str) -> None:
        """A council from its preparation to its minutes; `answers(account, item)` is what a member writes."""
        for account, role in SEATS.items():
            self.send("officer", f"{url}/appoint", {"user": self.user(account).public_id, "role": role, "explanation": "Chuyên gia trong lĩnh vực"})
        self.send("officer", f"{url}/schedule", {"meets_at": f"{self.day(15)} 08:00", "place": "Phòng họp 2"})
        self.send("officer", f"{url}/propose")
        assert self.desk("leader", "/councils/") == url
        self.send("leader", f"{url}/establish", {"number": f"1{url[-3:]}/QĐ-SKHCN", "agree": "y"})
        self.later(15)
        for account in SEATS:
            assert self.desk(account, "/councils/") == url
            self.send(account, f"{url}/declare", {"agree": "y"})
        council = councils.council_by_pid(url.rsplit("/", 1)[-1])
        assert council is not None
        present = [s.public_id for s in council.seats]
        self.send("member5", f"{url}/attend", {"present": present})
        self.send("member5", f"{url}/convene")
        for n, item in enumerate(council.agenda):
            move_to(self.as_("member5"), council, "ballot", item)
            for account in SEATS:
                self.as_(account).cast(f"{url}/items/{item.public_id}/cast", answers(account, n))
            if not councils.procedure(council).together:
                self.opened(council, item)
        for item in councils.open_items(councils.fresh(council)):
            self.opened(council, item)
        move_to(self.as_("member5"), council, "conclusion")
        self.send("officer", f"{url}/conclude", {"conclusion": conclusion, "agree": "y"})


@pytest.fixture
def life(as_, user, travel, at, cast, db) -> Life:
    db.session.commit()
    return Life(as_, user, travel, at)


def order_form() -> dict[str, str]:
    bodies = demo_cast.load()
    return {
        "title": TITLE, "field": "agricultural", "kind": "DT_CN", "basis": "Kế hoạch 1821/KH-UBND", "need": "Thiếu nước mùa khô.", "aim": "Giảm 20% lượng nước tưới",
        "contents": "Khảo sát, thiết kế, thử nghiệm", "products": "01 mô hình, 01 quy trình", "effects": "Tăng 15% thu nhập", "state_budget": "950.000.000",
        "duration_months": "12", "receiver": bodies.org("agency1").public_id, "commitment": "Nhận và nhân rộng tại ba xã",
        "committed_by": "Huỳnh Nông Nghiệp, Phó Giám đốc", "item": plans.item("1.8").public_id,
    }  # fmt: skip


def idea_to_topic(life: Life) -> str:
    """An idea of pi1, voted by a council, decided by the province; the address of the topic."""
    idea = life.send("pi1", "/ideas/new", order_form())
    life.send("pi1", f"{idea}/submit")
    council = life.send("officer", "/ideas/council", {"title": "Hội đồng xác định nhiệm vụ"})
    vote = {"urgency": "pass", "level": "pass", "feasibility": "pass", "conclusion": "do", "mode": "selection", "priority": "1"}
    life.council(council, lambda _account, _item: vote, "Đề nghị thực hiện.")
    assert life.desk("province", idea)
    life.send("officer", "/ideas/put-forward", {"number": "89", "dated": life.day(), "agree": "y", "gaps": "y", "ideas": [idea.rsplit("/", 1)[-1]]})
    life.send("province", "/ideas/decide", {"number": "4923", "dated": life.day(), "agree": "y", "gaps": "y", "ideas": [idea.rsplit("/", 1)[-1]]})
    return life.link("pi1", "/topics/", "/topics/")


def topic_to_opened_call(life: Life, topic: str) -> tuple[str, dict[str, str]]:
    """The call for the topic, with two dossiers of two hosts and a third that is not eligible; the address of the call and of the dossiers."""
    call = life.send("officer", "/calls/new", {"title": "Tuyển chọn năm 2026", "topics": [topic.rsplit("/", 1)[-1]], "place": "Một cửa", "deadline": f"{life.day(32)} 17:00"})
    life.send("officer", f"{call}/publish", {"number": "7/TB-SKHCN", "agree": "y"})
    assert TITLE in life.as_("pi1").page(life.link("pi1", "/public/calls", "/public/calls/")).text
    dossiers = {pi: dossier(life, call, pi, host, price) for pi, host, price in (("pi1", "host1", "36.000.000"), ("pi3", "host2", "38.000.000"), ("pi5", "host3", "30.000.000"))}
    for url in dossiers.values():
        assert life.as_("officer").get(url).status_code == 404, "sealed until the opening"
    life.later(33)
    life.send("officer", f"{call}/open", {"present": "Nguyễn An; Sở KH&CN", "witnesses": "Lê Tâm; Thanh tra", "agree": "y"})
    for pi, url in dossiers.items():
        judged = {f"verdict_{code}": "met" for code in ("legal_person", "functions", "pi_degree", "similar")}
        outcome = judged | ({"outcome": "ineligible", "reason": "Thiếu hồ sơ pháp lý", "verdict_functions": "not_met", "remark_functions": "Sai ngành"} if pi == "pi5"
                            else {"outcome": "eligible"})  # fmt: skip
        life.send("officer", f"{url}/check", outcome)
    return call, dossiers


def description(life: Life, pi: str, url: str) -> None:
    """Every section of the work description, one after the other."""
    row = proposals.proposal_by_pid(url.rsplit("/", 1)[-1])
    assert row is not None
    definition = work.form_of(row).definition
    answers = answers_for(definition, TITLE)
    for section in definition["sections"]:
        life.send(pi, f"{url}/work/{section['code']}", dict(texts.posted(texts.only(definition, section["code"], answers), answers)))


def dossier(life: Life, call: str, pi: str, host: str, price: str) -> str:
    """A submitted dossier of this investigator; its address."""
    start = life.link(pi, life.link(pi, "/public/calls", "/public/calls/"), "/proposals/new/")
    url = life.send(pi, start, {"q_legal_person": "yes", "q_refund": "no", "q_degree": "yes", "q_other_task": "no"})
    life.send(pi, f"{url}/general", {"title": f"{TITLE} ({pi})", "aim": "Giảm 20% lượng nước tưới", "duration_months": "12"})
    description(life, pi, url)
    for group, name in (("I", "Mô hình trình diễn"), ("II", "Quy trình tưới")):
        life.send(pi, f"{url}/products", {"group": group, "name": name, "unit": "cái", "quantity": "1", "quality": "Chạy ổn định 30 ngày"})
    life.send(pi, f"{url}/uses", {"organisation": "", "receiver": "Hợp tác xã Tầm Vu", "place": "Xã Tầm Vu", "how": "Vận hành hệ thống"})
    life.send(pi, f"{url}/plan", {"content": "Lắp đặt, chạy thử", "result": "Hệ thống", "month_from": "1", "month_to": "12"})
    life.send(pi, f"{url}/budget", {"head": "labour", "content": "Công lao động", "source": "state", "year": "2026", "unit": "tháng", "quantity": "24", "price": price})
    for document in ("legal_status", "application", "host_activity", "pi_cv", "member_cv"):
        life.send(pi, f"{url}/files", {"kind": document, "file": (io.BytesIO(small_pdf(f"{document} {pi}")), f"{document}.pdf")})
    assert life.desk(host, url)
    life.send(host, f"{url}/sign-off", {"confirm": "y"})
    receipt = life.send(pi, f"{url}/submit", {"confirm": "y"})
    assert "BN-2026-" in life.as_(pi).page(receipt).text
    return url


def dossiers_to_line(life: Life) -> None:
    """The selection council scores both dossiers; pi1's is recommended."""
    council = life.send("officer", life.desk("officer", "/selection/topics/"))
    strict = {"member4": 1, "member7": 1}

    def sheet(account: str, item: int) -> dict[str, str]:
        marks = dict.fromkeys(CRITERIA, "4" if item == 0 else "3")
        return marks | {"plan": str(int(marks["plan"]) - strict.get(account, 0))}

    life.council(council, sheet, "Kiến nghị hồ sơ xếp thứ nhất.")
    life.send("officer", life.desk("officer", "/selection/"), {"agree": "y"})


def line_to_contract(life: Life) -> tuple[str, str]:
    """Budget appraisal, approval by the province, contract; the addresses of the project and of the contract."""
    life.send("finance", "/funding/year-budgets", {"year": local(life.now).year, "source": "state", "total": "12.000.000.000"})
    life.send("finance", "/funding/year-budgets", {"year": local(life.now).year + 1, "source": "state", "total": "12.000.000.000"})
    appraisal = life.send("officer", life.desk("officer", "/funding/lines/"))
    life.send("officer", f"{appraisal}/team", {"name_1": "Đặng Kế Toán", "body_1": "Sở KHCN", "role_1": "head", "name_2": "Quách Văn Phúc", "body_2": "Sở Tài chính", "role_2": "finance"})
    life.send("officer", f"{appraisal}/open", {"held_on": life.day(), "place": "Phòng họp"})
    life.send("officer", f"{appraisal}/lines", {"allowed_1": "840.000.000", "reason_1": "Theo định mức", "norm_1": "35.000.000"})
    life.send("officer", f"{appraisal}/conclude", {"remark": "Thống nhất", "attest": "y"})
    life.send("pi1", life.desk("pi1", "/revision") + "/submit", {"note": "Đã sửa theo kết quả thẩm định", "attest": "y"})
    life.send("officer", life.desk("officer", "/revision/"), {"answer": "accept", "attest": "y"})
    life.send("officer", f"{appraisal}/submit", {"number": "89/TTr-SKHCN"})
    submission = life.desk("province", "/funding/submissions/")
    life.send("province", f"{submission}/decide", {"answer": "approve", "number": "5001/QĐ-UBND", "dated": life.day(), "attest": "y"})
    project = life.link("pi1", "/projects/", "/projects/")
    contract = life.send("officer", life.desk("officer", "/funding/projects/"), {"account": "3713.0.1057890"})
    life.send("officer", f"{contract}/tranches", {"amount_1": "420.000.000", "amount_2": "336.000.000", "amount_3": "84.000.000"})
    life.send("officer", contract.replace("/funding/", "/execution/") + "/sign",
              {"number": "12/2026/HĐ-SKHCN", "signed_on": life.day(), "party_a_signer": "Phạm Giám Đốc", "party_b_signer": "Ngô Thủ Trưởng", "attest": "y"})  # fmt: skip
    return project, contract


def pay(life: Life, voucher: str) -> None:
    """The tranche that is due is asked for, approved by two, paid."""
    life.send("pi1", life.desk("pi1", "/funding/tranches/"), {"note": "Đã đủ điều kiện", "attest": "y"})
    for account in ("officer", "leader"):
        life.send(account, life.desk(account, "/funding/tranches/"), {"answer": "approve", "attest": "y"})
    life.send("finance", life.desk("finance", "/funding/tranches/"), {"voucher": voucher, "attest": "y"})


def account_for(life: Life, amount: str) -> None:
    """What came last is accounted for by head, and another person accepts it."""
    page = life.desk("pi1", "/account")
    head = life.as_("pi1").page(page).select_one('input[name^="head_"]')["name"]
    life.send("pi1", page, {head: amount, "attest": "y"})
    life.send("finance", life.desk("finance", "/check-account"), {"answer": "accept", "attest": "y"})


def execution(life: Life, project: str) -> None:
    """Two tranches, the first report (sent back once), one extension by six months."""
    pay(life, "UNC-1")
    life.later(185)
    report = life.desk("pi1", "/execution/reports/")
    page = life.as_("pi1").page(report)
    asked = {s["name"]: "under_way" for s in page.select('select[name^="product_"]')} | {page.select_one('input[name^="cell_"]')["name"]: "300.000.000"}
    life.send("pi1", report, {"progress": "50", "done": "Đã lắp đặt mô hình", "spent": "300.000.000"} | asked)
    life.send("officer", life.desk("officer", "/execution/reports/"), {"answer": "return", "remark": "Bổ sung số liệu", "rating": "watch"})
    life.send("pi1", life.desk("pi1", "/execution/reports/"))
    life.send("officer", life.desk("officer", "/execution/reports/"), {"answer": "accept", "rating": "good"})
    account_for(life, "420.000.000")
    pay(life, "UNC-2")
    change = life.send("pi1", life.link("pi1", project.replace("/projects/", "/execution/projects/"), "/request-change"), {"kind": "extension", "reason": "Mưa lũ kéo dài", "months": "6"})
    assert change
    life.send("leader", life.desk("leader", "/execution/changes/"), {"answer": "agree", "number": "7/QĐ-SKHCN", "dated": life.day(), "attest": "y"})


def acceptance(life: Life, project: str) -> str:
    """The dossier, the council's rating, a revision, registered results, recognition; the address of the case."""
    life.later(320)
    case = life.send("pi1", life.link("pi1", "/acceptance/", "/begin"))
    evaluated = {f"{part}_{n}": said for n in (1, 2) for part, said in (("quantity", "01 cái, đủ"), ("quality", "Chạy ổn định 45 ngày"), ("level", "pass"))}
    life.send("pi1", f"{case}/self-evaluate", evaluated | {"grade": "pass", "note": "Ba hợp tác xã dùng thử"})
    for option in life.as_("pi1").page(f"{case}/files").select("main select[name=kind] option[value]"):
        if option["value"]:
            life.send("pi1", f"{case}/files", {"kind": option["value"], "file": (io.BytesIO(small_pdf(option["value"])), f"{option['value']}.pdf")})
    life.send("pi1", f"{case}/submit", {"attest": "y", "early": "Sản phẩm đã hoàn thành trước hạn"})
    assert life.desk("officer", case)
    life.send("officer", f"{case}/review", {"answer": "valid", "remark": "Đầy đủ"})
    life.send("officer", f"{case}/team", {"number": "45/QĐ-SKHCN", "member_1": life.user("member8").public_id})
    found = {f"{part}_{n}": said for n in (1, 2) for part, said in (("authentic", "yes"), ("counted", "01 cái"), ("reaches", "yes"))}
    life.send("member8", f"{case}/team/report", found | {"conclusion": "Sản phẩm có thật, đo tại hiện trường"})
    council = life.send("officer", f"{case}/put-to-council", {"title": "Hội đồng nghiệm thu"})
    rating = {"quality_1": "excellent", "quantity_1": "pass", "quality_2": "pass", "quantity_2": "pass", "volume_1": "none", "volume_2": "none", "report": "pass", "remark": "Hoàn thiện quy trình"}
    life.council(council, lambda _account, _item: rating, "Xếp loại Đạt, hoàn thiện báo cáo.")
    life.send("officer", f"{case}/require-revision", {"what": "Bổ sung hiệu quả kinh tế"})
    life.send("pi1", f"{case}/revise", {"answer_1": "Đã bổ sung chương 4"})
    life.send("member1", f"{case}/tick", {"done_1": "y"})
    life.send("officer", f"{case}/review-revision", {"answer": "confirm"})
    register(life, case)
    life.send("leader", f"{case}/recognise", {"number": "77/QĐ-SKHCN", "dated": life.day(), "attest": "y"})
    return case


def register(life: Life, case: str) -> None:
    """Every result is described, shared among its authors and registered with its certificate."""
    found = {a["href"] for a in life.as_("pi1").page(case).select("main a[href*='/acceptance/results/']")}
    results = sorted(href for href in found if href.count("/") == 3)
    assert len(results) == 2, results
    for n, result in enumerate(results, start=1):
        life.send("pi1", f"{result}/describe", {"kind": "model", "summary": "Giảm 20% lượng nước tưới ở ba điểm."})
        team = life.as_("pi1").page(f"{result}/shares").select("main input[name^=percent_]")
        life.send("pi1", f"{result}/shares", {i["name"]: "100" if at == 0 else "0" for at, i in enumerate(team)})
        life.send("officer", f"{result}/register", {"number": f"2027-{n:03d}/KQNC", "dated": life.day(), "attest": "y"})


def settlement(life: Life, project: str, contract: str) -> None:
    """The last tranche, the final accounts with a refund, the liquidation."""
    account_for(life, "336.000.000")
    pay(life, "UNC-3")
    life.send("pi1", life.desk("pi1", "/settle"), {"spent": "835.000.000", "head_labour": "835.000.000", "assets": "02 bộ cảm biến", "attest": "y"})
    life.send("finance", life.desk("finance", "/funding/settlements/"), {"answer": "accept", "attest": "y"})
    life.send("finance", project.replace("/projects/", "/funding/projects/") + "/refund", {"amount": "5.000.000", "booked_on": life.day(), "voucher": "HT-1", "attest": "y"})
    life.send("officer", life.desk("officer", "/liquidate"), {"number": "3/BB-TLHĐ", "attest": "y"})


def transfer(life: Life, case: str) -> str:
    """The results are handed over to the body that ordered them, and reported in use a year later; the address of the first follow-up."""
    result = next(a["href"] for a in life.as_("officer").page("/transfer/").select("tbody a[href*='/transfer/results/']"))
    handover = life.send("officer", f"{result}/offer", {"giver_name": "Ngô Thủ Trưởng", "planned_on": life.day(5), "place": "Xã Tầm Vu", "intended_use": "Nhân rộng tại ba xã",
                                                        "kind_1": "documents", "name_1": "Quy trình tưới", "quantity_1": "1", "unit_1": "bộ"})  # fmt: skip
    answer = life.desk("agency1", "/transfer/handovers/")
    life.send("agency1", answer, {"answer": "confirm", "handed_on": life.day(), "intended_use": "Áp dụng ở ba hợp tác xã", "receiver_name": "Huỳnh Nông Nghiệp", "attest": "y"})
    assert handover
    life.later(366)
    follow_up = life.desk("agency1", "/transfer/follow-ups/")
    life.send("agency1", follow_up, {"usage": "yes", "place": "Xã Tầm Vu", "users": "120", "revenue": "500.000.000", "evidence": "Sổ thu mua của ba hợp tác xã", "note": "Vận hành tốt"})
    life.send("officer", life.desk("officer", "/transfer/follow-ups/"), {"answer": "verify", "attest": "y"})
    return follow_up


def test_the_whole_life_of_a_project(life, db, travel):
    topic = idea_to_topic(life)
    call, _dossiers = topic_to_opened_call(life, topic)
    dossiers_to_line(life)
    assert "Trúng tuyển" in life.as_("pi1").page("/proposals/").text and "Dự phòng" in life.as_("pi3").page("/proposals/").text
    project, contract = line_to_contract(life)
    life.send("officer", f"{call}/conclude")
    execution(life, project)
    case = acceptance(life, project)
    settlement(life, project, contract)
    transfer(life, case)
    assert journal.verify()[1] is None
