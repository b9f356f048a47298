"""Issuing papers: frozen, numbered once, the same words in Word and PDF."""

from __future__ import annotations

import io

import pytest
from docx import Document
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel.errors import Incomplete
from app.services.papers import actions, pdf, word
from app.services.papers.blocks import as_text, build
from app.services.papers.models import Counter
from app.services.papers.views import content_of
from tests.papers.test_rules import DATA, TEMPLATE

NASTY = "#1 $x$ *đậm* <b> Ữ ộ ậ Đ ₫ “ngoặc” #import"


@pytest.fixture
def template(monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: TEMPLATE)


def issue(user, at, **more):
    return actions.issue(**({"template": "tests/x", "subject": user("pi1"), "title": "Quyết định", "data": DATA | {"title": NASTY},
                             "by": user("officer"), "at": at} | more))  # fmt: skip


def test_word_and_pdf_say_the_same(db, user, at, template):
    paper = issue(user, at, number="12/QĐ-UBND")
    content = content_of(paper)
    in_pdf = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.draw(content))).pages)
    document = Document(io.BytesIO(word.draw(content)))
    in_word = "\n".join(p.text for p in document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"))
    squeeze = str.maketrans("", "", " \n\xa0")
    for line in as_text(paper.blocks).splitlines():
        assert line.translate(squeeze) in in_pdf.translate(squeeze), line
        assert line.translate(squeeze) in in_word.translate(squeeze), line
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".translate(squeeze) in in_pdf.translate(squeeze)
    assert "12/QĐ-UBND" in in_pdf and "12/QĐ-UBND" in in_word
    assert document.core_properties.author == paper.body


def test_a_paper_is_never_changed(db, user, at, template):
    paper = issue(user, at)
    assert paper.sha256 == actions.digest(build(TEMPLATE, DATA | {"title": NASTY}))
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text("UPDATE paper SET title = 'x'"))


def test_a_number_is_given_once_a_year_and_body(db, user, at, template):
    issue(user, at, number="12/QĐ-UBND")
    with pytest.raises(Incomplete):
        issue(user, at, number="12/QĐ-UBND")
    issue(user, at, number="12/QĐ-UBND", body="Sở Khoa học và Công nghệ")


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
