"""Issuing papers: frozen, numbered once, the same words in Word and PDF."""

from __future__ import annotations

import io
import threading
import time
from datetime import date

import pytest
from docx import Document
from flask_login import AnonymousUserMixin
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage

from app.kernel import journal
from app.kernel.errors import Incomplete, WrongState
from app.services.files import queries as files
from app.services.papers import actions, pdf, queries, word
from app.services.papers.blocks import as_text, build, letterhead
from app.services.papers.models import Counter
from app.services.papers.rules import NotDrawn
from app.services.papers.views import content_of, kind_name
from app.services.rulebook import actions as rules
from app.services.rulebook import queries as rulebook
from app.services.rulebook.rules import Mark
from tests.papers.test_rules import DATA, TEMPLATE

NASTY = "#1 $x$ *đậm* <b> Ữ ộ ậ Đ ₫ “ngoặc” #import"


@pytest.fixture
def template(monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: TEMPLATE)


def issue(user, at, **more):
    return actions.issue(**({"template": "tests/x", "subject": user("pi1"), "title": "Quyết định", "data": DATA | {"title": NASTY},
                             "by": user("officer"), "at": at} | more))  # fmt: skip


def test_bodies_and_place_are_those_of_the_day(db, user, at, template):
    before, after = issue(user, at, number="1/QĐ-UBND", dated=date(2025, 6, 30)), issue(user, at, number="1/QĐ-UBND", dated=date(2025, 7, 1))
    assert (before.body, before.place, before.parent_body) == ("Ủy ban nhân dân tỉnh Long An", "Long An", None)
    assert (after.body, after.place) == ("Ủy ban nhân dân tỉnh Tây Ninh", "Tây Ninh")
    named = issue(user, at, number="2/QĐ-UBND", dated=date(2025, 7, 1), body="Ủy ban nhân dân tỉnh")
    assert named.body == after.body, "called by its short name it is the same body, with one register"
    with pytest.raises(Incomplete):
        issue(user, at, number="1/QĐ-UBND", dated=date(2025, 8, 1), body="Ủy ban nhân dân tỉnh")
    department = issue(user, at, number="3/TB-SKHCN", dated=date(2024, 5, 5))
    assert (department.body, department.parent_body, department.place) == ("Sở Khoa học và Công nghệ", "Ủy ban nhân dân tỉnh Long An", "Long An")
    assert issue(user, at, number="4/BB", body="Thanh tra tỉnh").parent_body is None


def test_word_and_pdf_say_the_same(db, user, at, template):
    paper = issue(user, at, number="12/QĐ-UBND")
    content = content_of(paper)
    in_pdf = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.draw(content))).pages)
    document = Document(io.BytesIO(word.draw(content)))
    in_word = "\n".join(p.text for p in document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"))
    squeeze = str.maketrans("", "", " \n\xa0\u200b")
    for line in as_text(paper.blocks).splitlines():
        assert line.translate(squeeze) in in_pdf.translate(squeeze), line
        assert line.translate(squeeze) in in_word.translate(squeeze), line
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".translate(squeeze) in in_pdf.translate(squeeze)
    assert "\u200b" not in in_word
    assert "12/QĐ-UBND" in in_pdf and "12/QĐ-UBND" in in_word
    assert document.core_properties.author == paper.body


def last(paper):
    return [b for b in paper.blocks if b["kind"] == "sign"][-1]


def test_who_signs_is_named_with_the_office(db, user, at, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: "#title X\n#sign right: $office / $signer")
    leader, province = user("leader"), user("province")
    by_committee = last(issue(user, at, number="1/QĐ-UBND", by=province))
    assert by_committee == {"kind": "sign", "side": "right", "title": "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH", "name": province.name}
    assert last(issue(user, at, number="1/QĐ-SKHCN", by=leader))["title"] == "GIÁM ĐỐC"
    recorded = last(issue(user, at, by=user("officer")))
    assert (recorded["title"], recorded["name"]) == ("GIÁM ĐỐC", leader.name), "who records a paper does not sign it"
    authorised = last(issue(user, at, number="2/QĐ-UBND", by=leader))
    assert authorised["title"].startswith("TUQ. CHỦ TỊCH") and authorised["name"] == leader.name
    other = last(issue(user, at, number="4/BB", body="Thanh tra tỉnh"))
    assert other["title"] == "THỦ TRƯỞNG" and other["name"]


def test_a_deputy_signs_for_the_head(db, user, at, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: "#title X\n#sign right: $office / $signer")
    offices = rulebook.value("papers.offices", on=at.date())
    rules.revise("papers.offices", offices | {"deputies": [user("leader").email]}, source="Quyết định phân công", mark=Mark("V"), valid_from=at.date(),
                 reason="phân công", by=user("admin"), at=at)  # fmt: skip
    assert last(issue(user, at, by=user("leader")))["title"] == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"


def test_a_paper_of_the_host_carries_its_letterhead_and_the_name_of_its_head(db, user, at, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: "#from $host\n#title X\nTa.\n#sign right: THỦ TRƯỞNG")
    host = user("host1").organisations[0].name
    paper = issue(user, at, data={"host": host}, by=user("pi1"))
    assert (paper.body, paper.parent_body, last(paper)["name"]) == (host, None, user("host1").name)
    assert letterhead(host)[0] in text_of(paper) and "SỞ KHOA HỌC" not in text_of(paper)


def test_a_paper_between_parties_has_no_letterhead(db, user, at, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: "#between\n#title X\n#sign left: A / B\n#sign right: C / D")
    paper = issue(user, at, number="7/BB")
    assert "SỞ KHOA HỌC" not in text_of(paper) and "Số: 7/BB" in text_of(paper)
    document = Document(io.BytesIO(word.draw(content_of(paper))))
    assert "SỞ KHOA HỌC" not in "".join(c.text for t in document.tables for c in t._cells)


def test_the_page_counts_tables_and_shows_offices(db, as_, user, at, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: "#between\n#title X\nĐoạn.\n#table $rows | A=a\n#field B: c\n#table $rows | A=a\n#sign right: $office / $signer")
    paper = issue(user, at, data={"rows": [{"a": "1"}]})
    db.session.commit()
    page = as_("officer").page(f"/papers/{paper.public_id}")
    assert [caption.text for caption in page.select("article caption")] == ["Bảng 1", "Bảng 2"]
    assert "Số: " not in page.select_one("article").text and user("leader").name in page.select_one("article").text


def text_of(paper):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.draw(content_of(paper)))).pages)


@pytest.mark.parametrize("ending", ["Đoạn cuối cùng.", "#table $rows | TT=# | A=a", "#total Tổng: $n|money"])
@pytest.mark.parametrize("before", range(20, 32, 2))
def test_signatures_are_never_alone_on_a_page(db, user, at, monkeypatch, ending, before):
    template = "#title X\n" + "\n\n".join(f"Đoạn {n}." for n in range(before)) + f"\n\n{ending}\n#sign right: $office / $signer\n#recipients Lưu: VT"
    monkeypatch.setattr(actions, "template_text", lambda name: template)
    content = content_of(issue(user, at, data={"rows": [{"a": f"Dòng {n}"} for n in range(3)], "n": 5}))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.draw(content))).pages]
    page = next(page for page in pages if "GIÁM ĐỐC" in page)
    assert any(word in page for word in ("Đoạn", "Dòng", "Tổng"))
    document = Document(io.BytesIO(word.draw(content)))
    assert "cantSplit" in document.tables[-1].rows[0]._tr.xml
    body = [p for p in document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p") if "GIÁM ĐỐC" not in "".join(p.itertext())]
    assert any("w:keepNext" in p.xml and any(word in "".join(p.itertext()) for word in ("Đoạn cuối", "Dòng 2", "Tổng")) for p in body)


def test_a_hash_is_copied_without_strange_signs(db, user, at, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: "#field Mã băm: $code\n#table $rows | Tên=name | Mã=code")
    code = MANY["lines"][0]["code"]
    said = text_of(issue(user, at, data={"code": code, "rows": [{"name": "x" * 40, "code": code}]}))
    assert code in said and said.replace("\n", "").count(code) == 2 and "\u200b" not in said and "\ufffc" not in said


@pytest.mark.parametrize(("more", "name"), [
    ({"number": "4013/QĐ-UBND"}, "quyet-dinh-4013-qd-ubnd"), ({"title": "Đề nghị cấp kinh phí đợt 2, nhiệm vụ DT_CN.4.02/2025"}, "de-nghi-cap-kinh-phi-dot-2-nhiem-vu-dt-cn-4-02-2025"),
    ({"title": "…"}, "van-ban-20260302"),
])  # fmt: skip
def test_a_file_is_named_after_its_paper(db, as_, user, at, template, more, name):
    paper = issue(user, at, **more)
    db.session.commit()
    kind_name.cache_clear()
    for ending in ("pdf", "docx"):
        assert as_("officer").get(f"/papers/{paper.public_id}.{ending}").headers["Content-Disposition"] == f'attachment; filename="{name}.{ending}"'
    kind_name.cache_clear()


def test_a_paper_is_never_changed(db, user, at, template):
    paper = issue(user, at)
    assert paper.sha256 == actions.digest(build(TEMPLATE, DATA | {"title": NASTY, "signer": user("leader").name}))
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text("UPDATE paper SET title = 'x'"))


def test_a_number_is_given_once_a_year_and_body(db, user, at, template):
    issue(user, at, number="12/QĐ-UBND")
    with pytest.raises(Incomplete):
        issue(user, at, number="12/QĐ-UBND")
    issue(user, at, number="12/QĐ-UBND", body="Sở Khoa học và Công nghệ")


def test_the_registry_numbers_an_issued_paper_once(db, user, at, template):
    paper, other = issue(user, at, title="Biên bản", body="Sở Khoa học và Công nghệ"), issue(user, at, title="Khác", body="Sở Khoa học và Công nghệ")
    sum_before, registry = paper.sha256, user("registry")
    actions.number(paper, " 15/BB-SKHCN ", by=registry, at=at)
    assert paper.number == "15/BB-SKHCN" and paper.sha256 == sum_before, "the words of the paper stay as they were issued"
    assert "15/BB-SKHCN" in PdfReader(io.BytesIO(pdf.draw(content_of(paper)))).pages[0].extract_text()
    assert journal.timeline([("paper", paper.public_id)])[0].verb == "number"
    db.session.commit()
    for act in (lambda: actions.number(paper, "16/BB-SKHCN", by=registry, at=at), lambda: actions.number(other, "15/BB-SKHCN", by=registry, at=at),
                lambda: issue(user, at, number="15/BB-SKHCN"), lambda: actions.number(issue(user, at, number="17/BB-SKHCN"), "18/BB", by=registry, at=at)):
        with pytest.raises((Incomplete, WrongState)):
            act()
        db.session.rollback()
    for wrong in ("", "BB", "15", "15 BB", "1/<b>", "1/A\nB", "x" * 70, "0000000015/BB"):
        with pytest.raises(Incomplete):
            actions.number(other, wrong, by=registry, at=at)
    assert other.number is None
    last_year = issue(user, at, dated=date(2025, 12, 30), body="Sở Khoa học và Công nghệ")
    actions.number(last_year, "15/BB-SKHCN", by=registry, at=at)
    assert {p.number for p in queries.of(user("pi1"))} == {"15/BB-SKHCN", None}
    assert journal.verify()[1] is None


def test_running_numbers_have_no_gaps(db, user, at):
    assert [actions.next_number("receipt", 2026) for _ in range(3)] == [1, 2, 3]
    assert actions.next_number("receipt", 2027) == 1
    db.session.commit()
    actions.next_number("receipt", 2026)
    db.session.rollback()
    assert actions.next_number("receipt", 2026) == 4
    assert db.session.query(Counter).count() == 2


def test_who_may_read(db, as_, user, at, template):
    paper = issue(user, at)
    db.session.commit()
    url = f"/papers/{paper.public_id}"
    assert as_("officer").get(url).status_code == 200
    assert as_("registry").get(f"{url}.docx").status_code == 200
    answer = as_("auditor").get(f"{url}.pdf")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
    assert as_("pi3").get(url).status_code == 404
    assert as_("pi3").get(f"{url}.pdf").status_code == 404
    register = as_("officer").page("/papers/")
    assert "Quyết định" in register.text


LONG = """#title BIÊN BẢN
#table $lines | TT=# | Tên=name | Mã=code | Tiền=amount|money
$note
#sign right: CHỦ TỊCH / Võ Ủy Ban
#recipients Như Điều 1; Lưu: VT
"""
MANY = {"lines": [{"name": f"Nội dung thứ {n} của nhiệm vụ", "code": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "amount": n * 10**9}
                  for n in range(80)], "note": "dòng một\ndòng hai \x07"}  # fmt: skip


def test_a_long_paper_has_numbered_pages_and_loses_nothing(db, user, at, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: LONG)
    content = content_of(issue(user, at, data=MANY))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.draw(content))).pages]
    assert len(pages) > 2
    assert not pages[0].startswith("1") and pages[1].strip().startswith("2") and pages[2].strip().startswith("3")
    joined = "".join(pages).translate(str.maketrans("", "", " \n\u200b"))
    assert joined.count(MANY["lines"][0]["code"]) == 80
    document = Document(io.BytesIO(word.draw(content)))
    assert len(document.tables[1].rows) == 81
    section = document.sections[0]
    assert section.different_first_page_header_footer and "PAGE" in section.header.paragraphs[0]._p.xml
    assert "dòng hai." in [p.text for p in document.paragraphs]
    assert "w:tblHeader" in document.tables[1].rows[0]._tr.xml
    assert document.core_properties.created.date() == at.date()


def _sleep(_content):
    time.sleep(30)


def _die(_content):
    import os

    os._exit(1)


@pytest.mark.parametrize("fault", [_sleep, _die])
def test_a_child_that_hangs_or_dies_is_replaced(db, user, at, template, monkeypatch, fault):
    content = content_of(issue(user, at, data=DATA | {"title": fault.__name__}))
    monkeypatch.setattr(pdf, "SECONDS", 3)
    good = pdf._compile
    monkeypatch.setattr(pdf, "_compile", fault)
    with pytest.raises(NotDrawn):
        pdf.draw(content)
    monkeypatch.setattr(pdf, "_compile", good)
    monkeypatch.setattr(pdf, "SECONDS", 30)
    assert pdf.draw(content).startswith(b"%PDF")


def test_a_sealed_paper_is_only_for_readers_of_its_subject(db, as_, user, at, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: "#sealed\n" + TEMPLATE)
    paper = issue(user, at)
    db.session.commit()
    for account in ("officer", "registry", "auditor", "leader"):
        assert as_(account).get(f"/papers/{paper.public_id}").status_code == 404


def test_public_papers_are_for_everybody_who_is_signed_in(db, anonymous, as_, user, at, template):
    public, other = issue(user, at, public=True), issue(user, at)
    db.session.commit()
    assert NASTY in as_("pi3").page(f"/papers/{public.public_id}").text
    assert as_("pi3").get(f"/papers/{public.public_id}.pdf").data.startswith(b"%PDF")
    for pid in (public.public_id, other.public_id, "nothing"):
        answer = anonymous.get(f"/papers/{pid}")
        assert answer.status_code == 302 and "/auth/login" in answer.location
    visitor = AnonymousUserMixin()
    assert queries.paper_for(visitor, public.public_id) == public and queries.paper_for(visitor, other.public_id) is None


def test_the_signed_scan(db, as_, user, at, template):
    paper = issue(user, at, public=True)
    db.session.commit()
    url = f"/papers/{paper.public_id}"
    client = as_("registry")
    scan = pdf.draw(content_of(paper))
    client.submit(f"{url}/scan", {"file": (io.BytesIO(b"<html>"), "scan.html")}, status=422)
    client.submit(f"{url}/scan", {"file": (io.BytesIO(scan), "quyet-dinh-da-ky.pdf")})
    assert "quyet-dinh-da-ky.pdf" in client.page(url).text
    kept = files.of(paper, kind=actions.SCAN)
    assert len(kept) == 1 and as_("auditor").get(f"/files/{kept[0].public_id}").status_code == 200
    assert as_("pi3").get(f"{url}/scan").status_code == 403
    with pytest.raises(Incomplete):
        actions.attach_scan(paper, upload=FileStorage(io.BytesIO(b"PK"), "x.docx"), by=user("officer"), at=at)


def test_the_register_is_filtered_and_exported(db, as_, user, at, template, count_queries):
    for n in range(3):
        issue(user, at, number=f"{n}/QĐ-UBND", title=f"Quyết định {n}")
    issue(user, at, number="1/GM-SKHCN", title="Giấy mời")
    db.session.commit()
    client = as_("registry")
    text = client.page("/papers/?q=giấy").select_one("main tbody").text
    assert "Giấy mời" in text and "0/QĐ-UBND" not in text
    assert len(client.page("/papers/?kind=tests/x&body=Ủy ban nhân dân tỉnh Tây Ninh&year=2026").select("main tbody tr")) == 3
    assert client.get("/papers/register.xlsx?q=giấy").data.startswith(b"PK")
    few = count_queries(lambda: client.get("/papers/?q=giấy"))
    assert count_queries(lambda: client.get("/papers/")) == few
    assert as_("pi1").get("/papers/").status_code == 403


def test_numbers_taken_at_once_have_no_gaps(db, app):
    barrier, taken = threading.Barrier(5), []

    def take():
        with app.app_context():
            barrier.wait()
            taken.append(actions.next_number("race", 2026))
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=take) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("amount", "words"), [("1005000000", "một tỷ không trăm lẻ năm triệu đồng"), ("-5", "âm năm đồng"), ("0", "không đồng")])
def test_the_command(app, amount, words):
    answer = app.test_cli_runner().invoke(args=["papers", "words", amount])
    assert answer.output == f'{{"amount": {amount}, "words": "{words}"}}\n'
