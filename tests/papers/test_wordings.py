"""Officers write wordings: with a fixed list of variables, without code, by version; issued papers stay; legal bases by day."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel import journal
from app.kernel.errors import Incomplete, Stale, WrongState
from app.services.papers import actions, bases, queries, wordings
from app.services.papers.blocks import as_text, build
from app.services.papers.models import LegalBasis
from app.services.papers.wording import (
    MEANINGS,
    compared,
    examples,
    problems,
    shipped_names,
    variables,
)

OF = "execution/resumption_decision"
GOOD = "#title QUYẾT ĐỊNH\n#bases $bases\n#article Điều #. Tiếp tục nhiệm vụ “$title” từ ${day|date}.\n#sign right: $office / $signer"


@pytest.mark.nodb
@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_text_is_sound_and_its_variables_have_meaning_and_example(name):
    assert problems(name, wordings.shipped_text(name)) == []
    for variable in variables(name):
        assert all(variable.meaning(lang) for lang in ("vi", "en")), variable.name
        assert variable.example not in ("", None, []), variable.name


@pytest.mark.nodb
def test_no_meaning_is_left_over():
    assert set(MEANINGS) == {v.name for name in shipped_names() for v in variables(name)}


@pytest.mark.nodb
@pytest.mark.parametrize(("wrong", "line", "word"), [
    ("#title A\n$nothing", 2, "nothing"), ("#title A\n${title|upper}", 2, "upper"), ("#title A\n${title", 2, "not closed"), ("#title A\n#wat x", 2, "wat"),
    ("#title A\n#if $title\nx", 2, "#end"), ("#title A\n#end", 2, "#end"), ("#title A\n#else", 2, "#else"), ("#title A\n#if $title\n#if $host\n#end\n#end", 3, "line 2"),
    ("#title A\n#if $nothing\n#end", 2, "nothing"), ("#title A\n#table $title | A=b", 2, "list"), ("#title A\n$bases", 2, "list"), ("#title A\n${title|money}", 2, "money"),
    ("#title A\n${title|date}", 2, "date"), ("Nội dung", 0, "title"), ("#title A\n#sign up: X / $signer", 2, "signature"), ("#title A\n#field $title", 2, "#field"),
    ("#title A\n#total Cộng: $nothing|money", 2, "nothing"), ("#title A\nx\u202ey", 2, "cannot be seen"), ("#title A\n#bases $title", 2, "#bases"), ("#title A\n" + "x" * 6000, 2, "6000"),
    ("#title A\n" + "x\n" * 1_000_000, 0, "60000"), ("#title A\n#table $members | TT=#", 2, "list"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(wrong, line, word):
    first = problems(OF, wrong)[0]
    assert first.line == line and word in (first.message % first.params if first.params else first.message)


@pytest.mark.nodb
@given(st.text(max_size=200) | st.lists(st.sampled_from(["#if $title", "#else", "#end", "#table $members | A=name", "#sign left: x", "$title", "${day|longdate}", "#total a: $title", "#bases $bases", "{{ 7*7 }}", "#title A"]), max_size=8).map("\n".join))
def test_a_text_without_problems_can_always_be_made(wild):
    for of in (OF, "councils/decision"):
        if not problems(of, wild):
            build(wild, examples(of))
            build(wild, {key: [] if isinstance(value, list) else "" for key, value in examples(of).items()})


@pytest.mark.nodb
def test_what_stands_in_a_value_is_no_command():
    hostile = "#sealed\n#title X ${title|money} {{ config }} #{sys} $signer"
    blocks = build("#title A\n$title", examples(OF) | {"title": hostile})
    assert [b["kind"] for b in blocks] == ["title", *["paragraph"] * (len(blocks) - 1)] and "{{ config }}" in as_text(blocks) and "$signer" in as_text(blocks)


@pytest.mark.nodb
def test_texts_are_compared_line_by_line():
    assert compared("a\nb\nc", "a\nx\nc\nd") == [("same", "a"), ("old", "b"), ("new", "x"), ("same", "c"), ("new", "d")]


def paper(user, at, **more):
    data = {key: value for key, value in examples(OF).items() if key not in ("bases", "office", "signer")}
    return actions.issue(template=OF, subject=user("pi1"), title="Quyết định", data=data, by=user("leader"), at=at, **more)


def test_a_wording_is_in_force_from_its_day_and_older_papers_stay(db, user, at):
    officer = user("officer")
    before = paper(user, at)
    row = wordings.draft(OF, reason="Biểu mẫu mới", by=officer, at=at)
    assert (row.number, row.text) == (1, wordings.shipped_text(OF))
    with pytest.raises(WrongState):
        wordings.draft(OF, reason="nữa", by=officer, at=at)
    with pytest.raises(Incomplete) as wrong:
        wordings.write(row, GOOD + "\n$nothing", by=officer, at=at)
    assert wrong.value.field == "text" and wrong.value.params["line"] == 5
    wordings.write(row, GOOD, by=officer, at=at)
    with pytest.raises(Stale):
        wordings.write(row, GOOD, by=officer, at=at, seen=1)
    assert paper(user, at).blocks == before.blocks, "a draft makes no paper"
    with pytest.raises(Incomplete):
        wordings.put_in_force(row, valid_from=at.date() - timedelta(days=1), by=officer, at=at)
    wordings.put_in_force(row, valid_from=at.date() + timedelta(days=3), by=officer, at=at)
    assert paper(user, at).blocks == before.blocks
    after = paper(user, at + timedelta(days=3))
    assert "Tiếp tục nhiệm vụ" in as_text(after.blocks) and before.sha256 == actions.digest(before.blocks)
    db.session.commit()
    for wrong_sql in ("UPDATE paper_wording SET text = 'x'", "DELETE FROM paper_wording"):
        with pytest.raises(IntegrityError):
            db.session.execute(text(wrong_sql))
        db.session.rollback()
    back = wordings.draft(OF, reason="Trở về bản gốc", by=officer, at=at + timedelta(days=3), of=0)
    wordings.put_in_force(back, valid_from=at.date() + timedelta(days=3), by=officer, at=at + timedelta(days=3))
    assert paper(user, at + timedelta(days=3)).blocks[0] == before.blocks[0], "of two that begin on a day the later version counts"
    with pytest.raises(WrongState):
        wordings.write(back, GOOD, by=officer, at=at)
    assert [e.verb for e in journal.timeline([journal.subject_key(row)])] == ["put_in_force", "write_wording", "draft"] and journal.verify()[1] is None


def test_bases_are_those_of_the_day_and_of_the_kind(db, user, at):
    officer = user("officer")
    assert queries.bases_of("funding/contract", on=date(2024, 5, 1))[0].startswith("Luật Khoa học và Công nghệ số 29/2013")
    assert [t for t in queries.bases_of("councils/decision", on=at.date()) if "265/2025" in t] == []
    row = bases.enter("Căn cứ Thông tư số 12/2026/TT-BKHCN;", source="TT 12/2026", position=90, valid_from=at.date(), valid_to=None, kinds=["councils/decision"], by=officer, at=at)
    assert row.text == "Thông tư số 12/2026/TT-BKHCN" and queries.bases_of("councils/decision", on=at.date())[-1] == row.text
    assert row.text not in queries.bases_of("councils/decision", on=at.date() - timedelta(days=1)) + queries.bases_of("funding/contract", on=at.date())
    for wrong in ({"text": ""}, {"kinds": []}, {"kinds": ["no/such"]}, {"valid_to": at.date() - timedelta(days=9)}, {"valid_from": None}, {"source": " "}, {"text": "a\nb"}, {}):
        with pytest.raises(Incomplete):
            bases.enter(**{"text": row.text, "source": "TT", "position": 1, "valid_from": at.date(), "valid_to": None, "kinds": ["councils/*"], **wrong}, by=officer, at=at)
    bases.change(row, valid_to=at.date(), position=1, kinds=["councils/*"], reason="Hết hiệu lực", by=officer, at=at)
    assert queries.bases_of("councils/minutes", on=at.date())[0] == row.text and row.text not in queries.bases_of("councils/decision", on=at.date() + timedelta(days=1))
    with pytest.raises(WrongState):
        bases.change(row, valid_to=None, position=1, kinds=["councils/*"], reason="x", by=officer, at=at + timedelta(days=5))
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE legal_basis SET text = 'x'"))
    db.session.rollback()
    assert bases.load(at=at) == 0 and db.session.query(LegalBasis).count() == 8


def test_an_officer_changes_a_paper_in_the_browser(db, as_, anonymous, at):
    officer = as_("officer")
    listed = officer.page("/papers/templates?q=tiep+tuc").select("main tbody tr")
    assert len(listed) == 1 and officer.page("/papers/templates?state=draft").select(".empty")
    page = officer.page(f"/papers/templates/{OF}")
    assert "$stopped_by" in page.text and "Luật Khoa học, công nghệ" in page.text
    officer.submit(f"/papers/templates/{OF}/draft", {"of": "0", "reason": "Biểu mẫu mới"})
    row = queries.drafts()[OF]
    url = f"/papers/wordings/{row.public_id}"
    refused = officer.submit(url, {"text": GOOD + "\n$unknown <b>"}, status=422)
    assert "Dòng 5" in refused.text and "$unknown &lt;b&gt;" in refused.text
    officer.submit(url, {"text": GOOD})
    assert "Tiếp tục nhiệm vụ" in officer.page(url).text
    pdf = PdfReader(io.BytesIO(officer.get(f"{url}.pdf").data)).pages[0].extract_text()
    assert "SỞ KHOA HỌC" in pdf and "Số: ……" in pdf and officer.get(f"{url}.docx").data.startswith(b"PK")
    assert officer.page(f"/papers/templates/{OF}/difference?old=0&new=1").select("ins")
    officer.submit(f"{url}/put-in-force", {"valid_from": "01/01/2026"}, status=422)
    officer.submit(f"{url}/put-in-force", {"valid_from": "02/03/2026"})
    assert officer.page("/papers/templates?state=changed").select("main tbody tr") and not officer.page(url).select("textarea")
    officer.submit("/papers/bases/new", {"text": "Thông tư số 1/2026/TT-BKHCN", "source": "x", "valid_from": "01/01/2026", "position": "50", "kinds": ["councils/decision"]})
    assert len(officer.page("/papers/bases?q=thong+tu+so+1").select("main tbody tr")) == 1 and officer.get("/papers/bases.xlsx").data.startswith(b"PK")
    auditor = as_("auditor")
    assert auditor.page(url) and auditor.page("/papers/bases")
    auditor.page("/papers/bases/new", status=403)
    as_("pi1").page("/papers/templates", status=403)
    for gone in ("/papers/templates/no/such", f"/papers/templates/{OF}/7.pdf", f"/papers/templates/{OF}/difference?new=9"):
        officer.page(gone, status=404)
