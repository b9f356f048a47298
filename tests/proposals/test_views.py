"""A dossier through HTTP: written, signed off, submitted once, sealed, refused to strangers."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.across.demo.plays.work import answers_for
from app.kernel import subjects
from app.services.papers import queries as papers
from app.stages.calls import actions as call_actions
from app.stages.calls import queries as calls
from app.stages.proposals import queries, texts, work
from app.stages.proposals.models import Proposal
from tests.support.browser import values_of


@pytest.fixture
def call_topic(db, cast, at, travel):
    topic = idea_plays.approved_topic(cast, item="1.8", title="Xây dựng hệ thống tưới tự động giám sát bằng IoT", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + timedelta(days=25))
    travel.move_to(at + timedelta(days=26))
    db.session.commit()
    return calls.topics_of(call)[0]


def drafted(db, cast, call_topic, at):
    row = plays.draft(cast, call_topic=call_topic, at=at + timedelta(days=26))
    db.session.commit()
    return f"/proposals/{row.public_id}"


def sections_of(url):
    """What a browser sends for each section of the work description."""
    row = queries.proposal_by_pid(url.rsplit("/", 1)[1])
    definition = work.form_of(row).definition
    answers = answers_for(definition, row.title)
    return {s["code"]: dict(texts.posted(texts.only(definition, s["code"], answers), answers)) for s in definition["sections"]}


def test_from_an_empty_draft_to_the_receipt(db, as_, call_topic):
    pi = as_("pi1")
    url = pi.submit(f"/proposals/new/{call_topic.public_id}", {"q_legal_person": "yes", "q_refund": "no", "q_degree": "yes", "q_other_task": "no"}).location
    pi.submit(f"{url}/general", {"title": "Hệ thống tưới", "aim": "Tiết kiệm nước", "duration_months": "24"})
    for section, answers in sections_of(url).items():
        pi.submit(f"{url}/work/{section}", answers)
    pi.submit(f"{url}/team", {"name": "Trần Thị Bình", "role": "secretary", "email": "pi2@demo.vamco.test", "months": "10"})
    pi.submit(f"{url}/products", {"group": "I", "name": "Mô hình", "unit": "cái", "quantity": "2", "quality": "Chạy ổn định"})
    pi.submit(f"{url}/uses", {"organisation": "", "receiver": "Hợp tác xã Tầm Vu", "place": "Xã Tầm Vu", "how": "Vận hành hệ thống"})
    pi.submit(f"{url}/plan", {"content": "Lắp đặt", "result": "Hệ thống", "month_from": "1", "month_to": "24"})
    pi.submit(f"{url}/budget", {"head": "labour", "content": "Công", "source": "state", "year": "2026", "unit": "tháng", "quantity": "2,5", "price": "10.000.000"})
    assert "25.000.000" in pi.page(f"{url}/budget").text
    for kind in ("legal_status", "application", "host_activity", "pi_cv"):
        pi.submit(f"{url}/files", {"kind": kind, "file": (io.BytesIO(plays.small_pdf(kind)), "Quyết định.pdf")})
    pi.submit(f"{url}/files", {"kind": "member_cv", "file": (io.BytesIO(plays.small_pdf("cv")), "Lý lịch.pdf")})
    host = as_("host1")
    host.submit(f"{url}/sign-off", {"confirm": "y"})
    page = pi.page(url)
    assert "Sẵn sàng nộp" in page.text
    pi.submit(f"{url}/submit", {"confirm": "y"})
    assert "BN-2026-0001" in pi.page(url).text
    assert pi.get(f"{url}/general").status_code == 409, "a submitted dossier has no page to change it"


def test_sending_twice_gives_the_same_answer_and_one_receipt(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    as_("host1").submit(f"{url}/sign-off", {"confirm": "y"})
    pi = as_("pi1")
    soup = pi.page(f"{url}/submit")
    form = values_of(soup.select("main form")[-1]) | {"confirm": "y"}
    first, second = pi.post(f"{url}/submit", data=form), pi.post(f"{url}/submit", data=form)
    assert first.status_code == second.status_code == 303 and first.location == second.location
    assert db.session.query(Proposal).filter(Proposal.receipt_no.is_not(None)).count() == 1


def test_bad_input_stays_and_is_told(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    page = as_("pi1").submit(f"{url}/budget", {"head": "labour", "content": "Dòng thử", "source": "state", "year": "1", "unit": "x", "quantity": "abc", "price": "1.2"}, status=422)
    assert "Dòng thử" in page.text and "abc" in page.text and "1.2" in page.text
    assert "Vui lòng nhập số lượng" in page.text


def test_an_old_page_does_not_overwrite(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    pi, other = as_("pi1"), as_("pi2")
    stale = values_of(other.page(f"{url}/general").select("main form")[-1])
    pi.submit(f"{url}/general", {"title": "Tên mới của chủ nhiệm"})
    answer = other.post(f"{url}/general", data=stale | {"title": "Tên khác của thư ký"})
    assert answer.status_code == 409 and "Tên khác của thư ký" in answer.text
    assert queries.proposal_by_pid(url.rsplit("/", 1)[1]).title == "Tên mới của chủ nhiệm"


def test_after_a_conflict_the_same_form_is_sent_again_knowingly(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    pi, other = as_("pi1"), as_("pi2")
    stale = values_of(other.page(f"{url}/general").select("main form")[-1])
    pi.submit(f"{url}/general", {"title": "Tên mới của chủ nhiệm"})
    answer = other.post(f"{url}/general", data=stale | {"title": "Tên khác của thư ký"})
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 409 and page.select_one(".error-summary a[target=_blank]")["href"] == f"{url}/general"
    assert "Tên mới của chủ nhiệm" in page.select_one(".error-summary").text, "what stands now is shown beside what was typed"
    again = values_of(page.select("main form")[-1])
    assert again["title"] == "Tên khác của thư ký" and other.post(f"{url}/general", data=again).status_code == 303
    assert queries.proposal_by_pid(url.rsplit("/", 1)[1]).title == "Tên khác của thư ký"


def test_a_changed_part_unsigns_and_an_old_page_changes_no_part(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    pi, other, host = as_("pi1"), as_("pi2"), as_("host1")
    old = {part: values_of(other.page(f"{url}/{part}").select("main form")[-1]) for part in ("team", "products", "budget")}
    old["sign-off"] = values_of(host.page(f"{url}/sign-off").select("main form")[-1]) | {"confirm": "y"}
    removal = other.page(f"{url}/products").select_one("form[action*=remove]")
    pi.submit(f"{url}/team", {"name": "Người mới", "role": "member", "months": "3"})
    typed = {"team": {"name": "Người khác", "role": "member", "months": "3"}, "products": {"group": "I", "name": "Máy", "unit": "cái", "quantity": "1", "quality": "Tốt"},
             "budget": {"head": "labour", "content": "Công", "source": "state", "unit": "tháng", "quantity": "1", "price": "1000"}}  # fmt: skip
    for part, more in typed.items():
        answer = other.post(f"{url}/{part}", data=old[part] | more)
        assert answer.status_code == 409, part
    assert other.post(removal["action"], data=values_of(removal)).status_code == 409
    assert host.post(f"{url}/sign-off", data=old["sign-off"]).status_code == 409
    host.submit(f"{url}/sign-off", {"confirm": "y"})
    before = queries.proposal_by_pid(url.rsplit("/", 1)[1])
    signed, version = before.host_signed_at, before.version
    assert signed is not None
    pi.submit(f"{url}/products", form="/remove/products/" + before.products[0].public_id)
    after = queries.proposal_by_pid(url.rsplit("/", 1)[1])
    assert after.host_signed_at is None and after.version > version


def test_a_refusal_is_taken_back_by_another_officer_on_a_document(db, cast, as_, call_topic, at, travel, mails, user):
    row = plays.submitted(cast, call_topic=call_topic, at=at + timedelta(days=26))
    call_plays.opened_call(cast, call=row.call_topic.call)
    travel.move_to(at + timedelta(days=70))
    plays.ineligible(cast, proposal=row, at=at + timedelta(days=70))
    db.session.commit()
    url = f"/proposals/{row.public_id}"
    given = {"document": "12/KL-SKHCN ngày 20/05/2026", "reason": "Hồ sơ pháp lý đã có trong bản gửi bưu điện."}
    first, second = as_("officer"), as_("officer2")
    assert "ông/bà" in first.page(f"{url}/reinstate", status=403).text.lower()
    second.submit(f"{url}/reinstate", given | {"document": ""}, status=422)
    second.submit(f"{url}/reinstate", given)
    fresh = queries.proposal_by_pid(row.public_id)
    assert fresh.state == "submitted" and fresh.checked_at is None
    page = second.page(url).text
    assert given["document"] in page and given["reason"] in page
    assert {m.to_address for m in mails() if m.template == "proposals/mail/reinstated.txt"} == {"pi1@demo.vamco.test", "host1@demo.vamco.test"}
    second.page(f"{url}/reinstate", status=409)
    first.submit(f"{url}/check", {"outcome": "eligible", "verdict_legal_person": "met", "remark_legal_person": ""})
    assert len([m for m in mails() if m.template == "proposals/mail/checked.txt"]) == 4
    assert as_("pi1").get(f"{url}/reinstate").status_code == 403


@pytest.mark.parametrize(("hops", "ago", "status"), [(1, 30, 303), (1, 121, 409), (0, 30, 409), (1, -5, 409)])
def test_what_the_trusted_proxy_took_in_time_is_in_time(app, db, cast, as_, call_topic, at, travel, hops, ago, status):
    url = drafted(db, cast, call_topic, at)
    deadline = call_topic.call.deadline
    travel.move_to(deadline - timedelta(minutes=10))
    as_("host1").submit(f"{url}/sign-off", {"confirm": "y"})
    pi = as_("pi1")
    form = values_of(pi.page(f"{url}/submit").select("main form")[-1]) | {"confirm": "y"}
    app.config["PROXY_HOPS"] = hops
    late = deadline + timedelta(seconds=20)
    travel.move_to(late)
    answer = pi.post(f"{url}/submit", data=form, headers={"X-Request-Start": f"t={(late - timedelta(seconds=ago)).timestamp():.3f}"})
    assert answer.status_code == status, answer.text
    if status == 303:
        assert queries.proposal_by_pid(url.rsplit("/", 1)[1]).submitted_at == deadline - timedelta(seconds=10)


def test_strangers_and_officers_find_nothing_before_the_opening(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    for who in ("pi3", "host2", "officer", "leader", "auditor", "agency1", "member1"):
        assert as_(who).get(url).status_code in (403, 404), who
    assert as_("pi3").get(f"{url}/general").status_code == 404
    assert as_("host2").get(f"{url}/sign-off").status_code == 404


def test_a_file_of_another_cannot_be_fetched(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    link = as_("pi1").page(f"{url}/files").select_one("a[href^='/files/']")["href"]
    answer = as_("pi2").get(link)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    assert as_("pi3").get(link).status_code == 404
    assert as_("officer").get(link).status_code == 404


@pytest.mark.parametrize(("name", "content"), [
    ("a.exe", b"MZ"), ("a.pdf", b"not a pdf"), ("a.docx", b"PK\x03\x04 not a zip"), ("a.png", b"%PDF-1.4 %%EOF"), ("a.pdf", b""), ("a.svg", b"<svg/>"),
    ("a.pdf", b"%PDF-1.4 /Encrypt %%EOF"),
])  # fmt: skip
def test_bad_files_are_refused_beside_the_field(db, cast, as_, call_topic, at, name, content):
    url = drafted(db, cast, call_topic, at)
    page = as_("pi1").submit(f"{url}/files", {"kind": "other", "file": (io.BytesIO(content), name)}, status=422)
    assert "field-error" in page.text


def test_same_queries_for_few_and_many_lines(db, cast, as_, call_topic, at, count_queries):
    url = drafted(db, cast, call_topic, at)
    pi = as_("pi1")
    pi.get(url)
    few = count_queries(lambda: pi.get(url))
    for n in range(3):
        pi.submit(f"{url}/products", {"group": "I", "name": f"Sản phẩm {n}", "unit": "cái", "quantity": "2", "quality": "Tốt"})
        pi.submit(f"{url}/team", {"name": f"Thành viên {n}", "role": "member", "months": "1"})
    assert count_queries(lambda: pi.get(url)) == few


def opened(db, cast, call_topic, at):
    row = plays.submitted(cast, call_topic=call_topic, at=at + timedelta(days=26))
    return row, f"/proposals/{row.public_id}"


# who (rows) gets what (columns), before and after the opening: x = page, . = the 404 of a missing one, - = no right at all
MATRIX = """
             show  receipt  general  submit  sign-off  check  after:show  after:receipt  after:check
pi1          x     x        x        x       -         -      x           x              -
pi2          x     x        x        x       -         -      x           x              -
host1        x     x        .        .       x         -      x           x              -
pi3          .     .        .        .       -         -      .           .              -
host2        .     .        .        .       .         -      .           .              -
member1      .     .        .        .       -         -      .           .              -
agency1      .     .        .        .       .         -      .           .              -
officer      .     .        .        .       -         .      x           x              x
leader       .     .        .        .       -         -      x           x              -
province     .     .        .        .       -         -      x           x              -
auditor      .     .        -        -       -         -      x           x              -
finance      .     .        .        .       -         -      .           .              -
registry     .     .        .        .       -         -      .           .              -
admin        .     .        -        -       -         -      .           .              -
"""


def test_who_sees_what_before_and_after_the_opening(db, cast, as_, call_topic, at, travel):
    row, url = opened(db, cast, call_topic, at)
    head, *rows = [r.split() for r in MATRIX.strip().splitlines()]
    people = {r[0]: as_(r[0]) for r in rows}

    def check(after):
        wrong = []
        for who, *cells in rows:
            for name, cell in zip(head, cells, strict=True):
                if name.startswith("after:") is not after:
                    continue
                page = name.removeprefix("after:")
                status = people[who].get(url if page == "show" else f"{url}/{page}").status_code
                wanted = {"x": (200, 302, 409), ".": (404,), "-": (403,)}[cell]  # 409: may, but not now
                wrong += [(who, name, status)] if status not in wanted else []
        return wrong

    def listed(who, words):
        book = load_workbook(io.BytesIO(people[who].get(f"/proposals/list.xlsx?q={words}").data))
        return [line[1] for line in list(book.active.values)[1:]]

    assert check(after=False) == []
    assert listed("officer", "") == [] and listed("pi1", row.code.lower()) == [row.code] and listed("pi1", "khong co") == []
    call_plays.opened_call(cast, call=queries.proposal_by_pid(row.public_id).call_topic.call)
    db.session.commit()
    assert check(after=True) == []
    assert listed("officer", row.code) == [row.code]


def test_a_council_may_read_when_it_says_so(db, cast, as_, call_topic, at, user):
    _row, url = opened(db, cast, call_topic, at)
    member = user("member1").id
    subjects.register_reader("proposal", reader := lambda _row, who: who.id == member)
    try:
        client = as_("member1")
        assert client.get(url).status_code == 200
        assert client.get(client.page(url).select_one("a[href^='/files/']")["href"]).status_code == 200
        assert client.get(f"{url}/submit").status_code == 404 and as_("member2").get(url).status_code == 404
    finally:
        subjects._readers["proposal"].remove(reader)


def test_too_late_by_a_millisecond(db, cast, as_, call_topic, at, travel):
    row = plays.draft(cast, call_topic=call_topic, at=at + timedelta(days=26))
    plays.actions.sign_off(row, by=cast["host1"], at=at + timedelta(days=26, hours=1))
    url, deadline = f"/proposals/{row.public_id}/submit", row.call_topic.call.deadline
    travel.move_to(deadline - timedelta(hours=1))
    pi = as_("pi1")
    form = values_of(pi.page(url).select("main form")[-1]) | {"confirm": "y"}
    travel.move_to(deadline + timedelta(milliseconds=1))
    answer = pi.post(url, data=form)
    assert answer.status_code == 409 and "17:00:00" in answer.text
    travel.move_to(deadline)
    assert pi.post(url, data=form).status_code == 303
    travel.move_to(deadline + timedelta(hours=1))
    assert pi.post(url, data=form).location.endswith("/receipt")
    other = pi.page(url.replace("/submit", ""))
    assert "BN-2026-0001" in other.text


def test_the_receipt_says_what_arrived(db, cast, as_, call_topic, at):
    row, url = opened(db, cast, call_topic, at)
    version = queries.latest_version(row)
    page = as_("pi1").page(f"{url}/receipt").text
    assert row.receipt_no in page and version.sha256 in page and version.content["files"][0]["sha256"] in page
    answer = as_("pi1").get(f"{url}/submit")
    assert answer.status_code == 302 and answer.location.endswith("/receipt")


@pytest.mark.parametrize(("language", "said"), [("vi", "Hồ sơ pháp lý của tổ chức chủ trì"), ("en", "Legal-status papers of the host")])
def test_documents_are_called_by_their_names_before_and_after_submission(db, cast, as_, call_topic, at, language, said):
    row, url = opened(db, cast, call_topic, at)
    paper = next(p for p in papers.of(row) if p.template == "proposals/receipt")
    rows = next(b for b in paper.blocks if b["kind"] == "table")["rows"]
    assert paper.number == row.receipt_no and "Hồ sơ pháp lý của tổ chức chủ trì" in [r[2] for r in rows] and "legal_status" not in str(paper.blocks)
    cast["pi1"].locale = language
    db.session.commit()
    page = as_("pi1").page(url).text
    assert said in page and "legal_status" not in page


def test_the_host_does_not_sign_what_it_has_not_seen(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    host = as_("host1")
    seen = values_of(host.page(f"{url}/sign-off").select("main form")[-1]) | {"confirm": "y"}
    as_("pi1").submit(f"{url}/products", {"group": "I", "name": "Thêm sau", "unit": "cái", "quantity": "2", "quality": "Tốt"})
    answer = host.post(f"{url}/sign-off", data=seen)
    assert answer.status_code == 409 and "Thêm sau" in answer.text
    host.submit(f"{url}/sign-off", {"confirm": "y"})


def test_a_host_sends_back_with_a_reason(db, cast, as_, call_topic, at, mails):
    url = drafted(db, cast, call_topic, at)
    as_("host1").submit(f"{url}/send-back", {"reason": ""}, status=422)
    as_("host1").submit(f"{url}/send-back", {"reason": "Thiếu báo giá thiết bị", "places": ["budget", "files"]})
    assert "Thiếu báo giá thiết bị" in as_("pi1").page(url).text and "Thiếu báo giá thiết bị" in mails()[-1].body


def test_a_refresh_of_begin_leads_to_the_draft(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    answer = as_("pi1").get(f"/proposals/new/{call_topic.public_id}")
    assert answer.status_code == 303 and answer.location == url


def test_months_of_the_investigator_can_be_changed(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    pi = as_("pi1")
    link = pi.page(f"{url}/team").select_one("tbody a")["href"]
    pi.submit(link, {"months": "999"}, status=422)
    pi.submit(link, {"months": "18", "task": "Phụ trách chung"})
    assert queries.proposal_by_pid(url.rsplit("/", 1)[1]).team[0].months == 18
    assert as_("pi3").get(link).status_code == 404


def test_an_impossible_line_is_told_beside_its_field(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    line = {"head": "labour", "content": "Dòng rất to", "source": "state", "year": "2026", "unit": "x", "quantity": "999999999", "price": "9.999.999.999.999"}
    page = as_("pi1").submit(f"{url}/budget", line, status=422)
    assert "field-error" in page.text and "Dòng rất to" in page.text


def test_an_officer_checks_by_the_list_of_rules(db, cast, as_, call_topic, at, mails, travel):
    row, url = opened(db, cast, call_topic, at)
    call_plays.opened_call(cast, call=queries.proposal_by_pid(row.public_id).call_topic.call)
    travel.move_to(at + timedelta(days=70))
    officer = as_("officer")
    assert officer.page(f"{url}/check").select(".checks .check-ok")
    said = {f"verdict_{code}": "met" for code in ("legal_person", "functions", "pi_degree", "similar")} | {"verdict_signed": "not_met", "remark_signed": "Con dấu không rõ"}
    officer.submit(f"{url}/check", said | {"outcome": "ineligible", "reason": ""}, status=422)
    officer.submit(f"{url}/check", said | {"outcome": "ineligible", "reason": "Con dấu không rõ"})
    assert "Con dấu không rõ" in mails()[-1].body and "18/05/2026" in mails()[-1].body
    assert "18/05/2026" in as_("pi1").page(url).text
    officer.submit(f"{url}/check", {"outcome": "eligible"}, status=409)


def test_english_pages_too(db, cast, as_, call_topic, at):
    url = drafted(db, cast, call_topic, at)
    cast["pi1"].locale = "en"
    db.session.commit()
    page = as_("pi1").page(url)
    assert "Check your answers and submit" in page.text and page.html["lang"] == "en"


def test_the_receipt_is_sealed_with_its_dossier(db, cast, as_, call_topic, at):
    """The receipt names title, host, investigator and money: an office alone must not open it before the opening."""
    row = plays.submitted(cast, call_topic=call_topic, at=at + timedelta(days=26), title="Tên bí mật đến khi mở hồ sơ")
    call = row.call_topic.call
    db.session.commit()
    pi = as_("pi1")
    link = pi.page(f"/proposals/{row.public_id}").select_one("a[href^='/papers/']")["href"]
    assert "Tên bí mật" in pi.page(link).text, "there is something that could leak"
    for who in ("officer", "leader", "province", "finance", "registry", "auditor", "pi3"):
        client = as_(who)
        for end in ("", ".pdf", ".docx"):
            assert client.get(link + end).status_code == 404, (who, end)
        if client.get("/papers/").status_code == 200:
            assert "Tên bí mật" not in client.page("/papers/").text, who
    call_plays.opened_call(cast, call=call)
    db.session.commit()
    assert as_("officer").get(link).status_code == 200
    assert as_("pi3").get(link).status_code == 404


def test_a_dossier_of_a_cancelled_call_says_so(db, cast, as_, call_topic, at):
    """Not by mail alone: the page, the lists and the desk of who wrote it."""
    url = drafted(db, cast, call_topic, at)
    pi = as_("pi1")
    assert "bị hủy" not in pi.page(url).text and url in str(pi.page("/desk/"))
    call_actions.call_off(call_topic.call, "Thay đổi chủ trương", document="12/UBND", by=cast["leader"], at=at + timedelta(days=26, hours=1))
    db.session.commit()
    assert "Thay đổi chủ trương" in pi.page(url).select_one(".alert").text
    assert "Đã hủy" in pi.page("/proposals/").select_one("main tbody").text and "Thông báo đã bị hủy" in pi.page("/proposals/mine").text
    assert url not in str(pi.page("/desk/").select_one("main"))
