"""A dossier through HTTP: written, signed off, submitted once, sealed, refused to strangers."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.stages.calls import queries as calls
from app.stages.proposals import queries
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


def test_from_an_empty_draft_to_the_receipt(db, as_, call_topic):
    pi = as_("pi1")
    url = pi.submit(f"/proposals/new/{call_topic.public_id}").location
    pi.submit(f"{url}/general", {"title": "Hệ thống tưới", "aim": "Tiết kiệm nước", "duration_months": "24"})
    pi.submit(f"{url}/work", {f"text_{s}": "Nội dung" for s in ("overview", "content", "plan", "application")})
    pi.submit(f"{url}/team", {"name": "Trần Thị Bình", "role": "secretary", "email": "pi2@demo.vamco.test", "months": "10"})
    pi.submit(f"{url}/products", {"group": "I", "name": "Mô hình", "unit": "cái", "quantity": "2", "quality": "Chạy ổn định"})
    pi.submit(f"{url}/budget", {"head": "labour", "content": "Công", "source": "state", "year": "2026", "unit": "tháng", "quantity": "2,5", "price": "10.000.000"})
    assert "25.000.000" in pi.page(f"{url}/budget").text
    form = {"kind": "legal_status", "file": (io.BytesIO(plays.small_pdf("x")), "Quyết định.pdf")}
    pi.submit(f"{url}/files", form)
    host = as_("host1")
    host.submit(f"{url}/sign-off", {"confirm": "y"})
    page = pi.page(url)
    assert "Sẵn sàng nộp" in page.text
    pi.submit(f"{url}/submit", {"confirm": "y"})
    assert "BN-2026-0001" in pi.page(url).text
    assert pi.get(f"{url}/general").status_code == 200
    assert pi.submit(f"{url}/general", {"title": "Đổi"}, status=409)


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
