"""Anybody checks a paper by the code printed on it; papers end only by newer papers that name them."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdf
import pytest
from docx import Document
from pypdf import PdfReader

from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.papers import actions, pdf, queries, word
from app.services.papers.blocks import as_text, corrected, is_sealed
from app.services.papers.rules import Ending
from app.services.papers.views import content_of
from tests.papers.test_rules import DATA, TEMPLATE

SECRET = "Quy trình bí mật của bà Trần Thị Kín"


@pytest.fixture
def issue(db, user, at, monkeypatch):
    kept = actions.current_text
    monkeypatch.setattr(actions, "current_text", lambda name, on: TEMPLATE if name == "tests/x" else kept(name, on=on))

    def make(*, sealed=False, **more):
        if sealed:
            monkeypatch.setattr(actions, "current_text", lambda name, on: "#sealed\n" + TEMPLATE if name == "tests/x" else kept(name, on=on))
        return actions.issue(**{"template": "tests/x", "subject": user("pi1"), "title": SECRET, "data": DATA | {"title": SECRET}, "by": user("officer"), "at": at} | more)

    return make


@pytest.fixture(autouse=True)
def unasked(app):
    app.extensions.pop("pace", None)


def test_the_code_on_a_paper_leads_to_a_page_that_says_nothing_private(db, issue, anonymous):
    row = issue(number="12/TB-SKHCN", sealed=True)
    db.session.commit()
    address = f"http://vamco.test/public/check/{row.public_id}"
    content = content_of(row)
    first = PdfReader(io.BytesIO(pdf.draw(content))).pages[0]
    assert address in first.extract_text().replace("\n", "") and row.sha256[:16] in first.extract_text()
    foot = Document(io.BytesIO(word.draw(content))).sections[0].first_page_footer
    assert address in foot.paragraphs[0].text and "pic:pic" in foot.paragraphs[0]._p.xml
    page = anonymous.page(f"/public/check/{row.public_id}")
    for said in ("12/TB-SKHCN", "02/03/2026", row.body, row.sha256):
        assert said in page.text
    for private in (SECRET, "Võ Ủy Ban", "1.005.000", "pi1@"):
        assert private not in page.text
    anonymous.page("/public/check/nothing", status=404)
    assert "max-age" not in anonymous.get(f"/public/check/{row.public_id}").headers.get("Cache-Control", "")


def test_a_file_is_compared_byte_by_byte(db, issue, anonymous, user, at):
    row = issue(body="Sở Khoa học và Công nghệ")
    early = pdf.draw(content_of(row))
    actions.number(row, "15/BB-SKHCN", by=user("registry"), at=at)
    db.session.commit()
    content = content_of(row)
    made = {"pdf": pdf.draw(content), "docx": word.draw(content)}
    url = f"/public/check/{row.public_id}"

    def said(name, data):
        return anonymous.submit(url, {"file": (io.BytesIO(data), name)}, status=202).text

    assert "đúng là văn bản do hệ thống cấp" in said("a.pdf", made["pdf"]) and "đúng là văn bản do hệ thống cấp" in said("a.docx", made["docx"])
    assert "trước khi có số" in said("a.pdf", early)
    for name, other in (("a.pdf", made["pdf"][:-1] + b"x"), ("a.docx", made["docx"][:200]), ("a.docx", b"PK\x03\x04"), ("a.png", b"\x89PNG"), ("x", b"<b>")):
        assert "không phải tệp do hệ thống cấp" in said(name, other)
    anonymous.submit(url, {}, status=422)
    anonymous.submit(url, {"file": (io.BytesIO(b"x"), "x")}, status=202)
    assert anonymous.submit(url, {"file": (io.BytesIO(b"x"), "x")}, status=429).headers["Retry-After"] == "60"


def test_a_paper_is_withdrawn_by_a_newer_one_and_both_say_so(db, issue, as_, anonymous, user, at):
    row = issue(number="12/TB-SKHCN")
    db.session.commit()
    before, leader = row.sha256, user("leader")
    common = {"kind": "Thông báo", "reason": "Ghi sai hạn nộp", "at": at}
    for by in ("officer", "province", "registry"):
        with pytest.raises(NotAllowed):
            actions.withdraw(row, number="20/QĐ-SKHCN", dated=at.date(), by=user(by), **common)
    for wrong in ({"reason": " "}, {"number": "không"}, {"dated": at.date() - timedelta(days=1)}, {"dated": at.date() + timedelta(days=1)}):
        with pytest.raises(Incomplete):
            actions.withdraw(row, **{"number": "20/QĐ-SKHCN", "dated": at.date(), "by": leader, **common, **wrong})
        db.session.rollback()
    new = actions.withdraw(row, number="20/QĐ-SKHCN", dated=at.date(), by=leader, **common)
    assert new.ending is Ending.WITHDRAWS and "12/TB-SKHCN" in as_text(new.blocks) and row.sha256 == before and queries.ended_by(row) is new
    with pytest.raises(WrongState):
        actions.replace(row, corrections=[("Tôm", "Cá")], reason="x", number="21/QĐ-SKHCN", dated=at.date(), by=leader, at=at)
    with pytest.raises(WrongState):
        actions.withdraw(issue(body="Sở Khoa học và Công nghệ"), number="22/QĐ-SKHCN", dated=at.date(), by=leader, **common)
    db.session.commit()
    officer = as_("officer")
    assert "20/QĐ-SKHCN" in officer.page(f"/papers/{row.public_id}").text and "12/TB-SKHCN" in officer.page(f"/papers/{new.public_id}").text
    assert "Văn bản này đã bị thu hồi" in anonymous.page(f"/public/check/{row.public_id}").text
    assert "Thu hồi" in anonymous.page(f"/public/check/{new.public_id}").text


def test_what_is_replaced_keeps_its_words_and_names_the_older(db, issue, as_, user, at):
    row = issue(number="12/TB-SKHCN", sealed=True)
    before = list(row.blocks)
    new = actions.replace(row, corrections=[("Vật tư", "Vật liệu"), (SECRET, "Tên đúng")], reason="Viết sai tên", number="13/TB-SKHCN", dated=at.date(), by=user("leader"), at=at)
    said = as_text(new.blocks)
    assert "Vật liệu" in said and SECRET not in said and "thay thế văn bản số 12/TB-SKHCN ngày 02 tháng 3 năm 2026" in said
    assert is_sealed(new.blocks) and row.blocks == before and new.ending is Ending.REPLACES and new.blocks[-1]["kind"] == "recipients"
    for wrong in ([], [("không có trong văn bản", "x")], [(" ", "x")]):
        with pytest.raises(Incomplete):
            corrected(row.blocks, wrong)
    db.session.rollback()
    row = issue(number="12/TB-SKHCN", public=True)
    monkey = row.public_id
    db.session.commit()
    leader = as_("leader")
    leader.submit(f"/papers/{monkey}/replace", {"number": "14/TB-SKHCN", "dated": "02/03/2026", "reason": "x", "corrections": "không dấu"}, status=422)
    leader.submit(f"/papers/{monkey}/replace", {"number": "14/TB-SKHCN", "dated": "02/03/2026", "reason": "x", "corrections": "Vật tư => Vật liệu"})
    leader.page(f"/papers/{monkey}/withdraw")
    as_("officer").page(f"/papers/{monkey}/withdraw", status=403)


def test_the_pdf_of_a_withdrawn_paper_says_so_and_officers_have_the_original(db, issue, as_, anonymous, user, at):
    row = issue(number="12/TB-SKHCN")
    db.session.commit()
    url = f"/papers/{row.public_id}.pdf"
    before = as_("officer").get(url).data
    actions.withdraw(row, kind="Thông báo", reason="Ghi sai hạn nộp", number="20/QĐ-SKHCN", dated=at.date(), by=user("leader"), at=at)
    db.session.commit()
    marked = as_("officer").get(url).data
    assert marked != before and "ĐÃ THU HỒI theo 20/QĐ-SKHCN" in " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(marked)).pages)
    assert as_("officer").get(f"{url}?original=1").data == before and "original=1" in as_("officer").get(f"/papers/{row.public_id}").text
    assert as_("auditor").get(f"{url}?original=1").data == marked and "original=1" not in as_("auditor").get(f"/papers/{row.public_id}").text
    for content in (marked, before):
        assert "đúng là văn bản do hệ thống cấp" in anonymous.submit(f"/public/check/{row.public_id}", {"file": (io.BytesIO(content), "a.pdf")}, status=202).text
