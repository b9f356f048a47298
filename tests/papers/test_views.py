"""The register is searched without diacritics; a public paper is read by anybody, as long as nothing about it is sealed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from docx import Document
from sqlalchemy import select

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel import subjects
from app.kernel.db import folded
from app.kernel.text import fold
from app.services.papers import actions, queries
from tests.papers.test_rules import DATA, TEMPLATE


@pytest.fixture
def issue(db, user, at, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: TEMPLATE)

    def make(title, *, subject=None, **more):
        row = actions.issue(template="tests/x", subject=subject or user("pi1"), title=title, data=DATA | {"title": title}, by=user("officer"), at=at, **more)
        db.session.commit()
        return row.public_id

    return make


def test_the_database_folds_as_we_do(db):
    text = "ẰẮẲẴẶ ằắẳẵặ Đường đi Ổn Ữ Ỵ ỹ ị Í ô Ơ É 12/QĐ-UBND % _"
    assert db.session.scalar(select(folded(text))) == fold(text)


def test_the_register_is_searched_with_and_without_diacritics(as_, issue):
    issue("Quyết định phê duyệt nhiệm vụ Đồng Tháp Mười", number="12/QĐ-UBND")
    issue("Thông báo khác")
    officer = as_("officer")
    for words in ("dong thap muoi", "Đồng Tháp", "QUYẾT ĐỊNH PHÊ DUYỆT", "12/qd-ubnd"):
        assert [a.text for a in officer.page("/papers/", 200).select("main tbody a")], "two papers"
        found = officer.page(f"/papers/?q={words}").select("main tbody tr")
        assert len(found) == 1 and "Đồng Tháp Mười" in found[0].text, words
    assert not officer.page("/papers/?q=%25").select("main tbody tr")


def test_anybody_reads_a_public_paper(anonymous, issue):
    pid = issue("Thông báo tuyển chọn", public=True)
    assert "Thông báo tuyển chọn" in anonymous.page(f"/public/papers/{pid}").text
    assert anonymous.get(f"/public/papers/{pid}.pdf").data.startswith(b"%PDF")
    answer = anonymous.get(f"/public/papers/{pid}.docx")
    assert any("Thông báo tuyển chọn" in p.text for p in Document(io.BytesIO(answer.data)).paragraphs)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_nobody_reads_another_paper_there(anonymous, as_, issue, monkeypatch, user):
    closed, public = issue("Biên bản nội bộ"), issue("Thông báo", public=True)
    for client in (anonymous, as_("officer")):
        for end in ("", ".pdf", ".docx"):
            assert client.get(f"/public/papers/{closed}{end}").status_code == 404
    kept = subjects.subject_of("paper")
    person = subjects.Subject(load=lambda pid: user("pi1"), title=str, parties=lambda _r: subjects.Parties(), may_read=lambda _r, _u: False,
                              sealed_ids=lambda: select(type(user("pi1")).public_id))  # fmt: skip
    subjects.register_subject("user_account", person)
    try:
        assert anonymous.get(f"/public/papers/{public}").status_code == 404 and queries.public_paper(public) is None
    finally:
        subjects._subjects.pop("user_account")
    assert subjects.subject_of("paper") is kept


def test_the_notice_of_a_call_is_linked_on_its_public_page(db, cast, anonymous, at):
    topic = idea_plays.approved_topic(cast, item="1.8", title="Tưới tiết kiệm", at=at - timedelta(days=60))
    call = call_plays.published_call(cast, topics=[topic], at=at - timedelta(days=1))
    db.session.commit()
    page = anonymous.page(f"/public/calls/{call.public_id}")
    link = page.select_one("main a[href^='/public/papers/']")["href"]
    assert anonymous.page(link).select_one("article")


def test_the_registry_finds_numbers_and_scans_what_waits(as_, issue, db):
    bare = issue("Biên bản họp xét", body="Sở Khoa học và Công nghệ")
    registry = as_("registry")
    assert registry.page("/desk/").select_one(f"a[href='/papers/{bare}/number']"), "it waits on the desk"
    assert [a.text for a in registry.page("/papers/?open=number").select("main tbody a")] == ["Biên bản họp xét"]
    refused = registry.submit(f"/papers/{bare}/number", {"number": "số mười"}, status=422)
    assert "số mười" in refused.text and "15/BB-SKHCN" in refused.text
    registry.submit(f"/papers/{bare}/number", {"number": "7/BB-SKHCN"})
    assert "7/BB-SKHCN" in registry.page(f"/papers/{bare}").text
    assert not registry.page("/papers/?open=number").select("main tbody a")
    assert registry.page("/papers/?q=7/bb-skhcn&open=scan").select("main tbody a")
    assert registry.page("/desk/").select_one(f"a[href='/papers/{bare}/scan']")
    again = registry.page(f"/papers/{bare}/number")
    assert not again.select_one("main [name=number]")
    for account in ("pi1", "leader", "auditor"):
        as_(account).page(f"/papers/{bare}/number", status=403)
    assert "Văn bản cần cấp số" not in as_("officer").page("/desk/").text, "the office that numbers papers has this work"


def test_a_sealed_paper_waits_on_no_desk(db, as_, issue, monkeypatch):
    monkeypatch.setattr(actions, "template_text", lambda name: TEMPLATE + "#sealed\n")
    pid = issue("Phiếu kín")
    registry = as_("registry")
    assert pid not in str(registry.page("/desk/")) and registry.get(f"/papers/{pid}/number").status_code == 404
