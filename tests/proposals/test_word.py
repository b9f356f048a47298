"""The work description in Word: written at any moment, read by a reader of another make, taken back into an equal proposal, hostile files refused."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from docx import Document

from app.across.demo.plays import proposals as plays
from app.kernel.errors import Incomplete
from app.stages.proposals import actions, queries, work
from app.stages.proposals.rules import How
from app.stages.proposals.views.word import filled_of, names_of
from app.stages.proposals.worddraw import draw
from app.stages.proposals.wordread import read
from tests.support.browser import values_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def topics(called):
    return called("Xây dựng hệ thống tưới tự động giám sát bằng IoT", "Phục tráng giống nếp địa phương")


@pytest.fixture
def row(db, cast, topics, now):
    made = plays.draft(cast, call_topic=topics[0], at=now)
    db.session.commit()
    return made


def drawn(app, row):
    with app.test_request_context():
        return draw(filled_of(row)), names_of(row, "vi")


def controls(content):
    """An independent reader: tag → text of the paragraphs of each content control, by the standard library alone."""
    tree = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml"))
    return {c.find(f"{W}sdtPr/{W}tag").get(f"{W}val"): "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in c.find(f"{W}sdtContent").iter(f"{W}p"))
            for c in tree.iter(f"{W}sdt")}  # fmt: skip


def test_another_reader_finds_every_answer(app, row):
    content, _names = drawn(app, row)
    found = controls(content)
    assert found["vc.title"] == row.title and found["vc.aim"] == row.aim and found["vc.duration_months"] == "24"
    assert found["overview"] == row.work["overview"] and found["content"] == row.work["content"] and found["with_partners"] == "Có" and found["status"] == "Mới"
    assert "Khảo sát hiện trạng, chọn điểm" in found["vc.plan"] and "Mô hình trình diễn" in found["vc.products.I"] and "Khoán từng phần" in found["vc.spending"]
    text = "\n".join(p.text for p in Document(io.BytesIO(content)).paragraphs)
    assert "THUYẾT MINH ĐỀ TÀI" in text and "B1-2a-TMĐTCN" in text and row.pi.name in text


def test_what_is_read_is_what_was_written(app, row):
    content, names = drawn(app, row)
    told = read(content, work.form_of(row).definition, names)
    assert not told.missing and told.title == row.title and told.months == "24" and told.mark == "proposals_work_dt_cn/3"
    assert {c: v for c, v in told.answers.items() if v not in (None, [])} == row.work


def rewritten(content, change):
    """The package with the text of its main part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data.decode()).encode() if name == "word/document.xml" else data)
    return out.getvalue()


def without_controls(text):
    """What a writer leaves who knows no content controls: only what is in them."""
    tree = ElementTree.fromstring(text)
    for parent in list(tree.iter()):
        for at, child in reversed(list(enumerate(list(parent)))):
            if child.tag == f"{W}sdt":
                parent.remove(child)
                for inner in reversed(list(child.find(f"{W}sdtContent"))):
                    parent.insert(at, inner)
    return ElementTree.tostring(tree, encoding="unicode")


def test_without_controls_the_lines_of_the_form_lead(app, row):
    content, names = drawn(app, row)
    told = read(rewritten(content, without_controls), work.form_of(row).definition, names)
    assert {c: v for c, v in told.answers.items() if v not in (None, [])} == row.work and (told.title, told.aim, told.months) == (row.title, row.aim, "24")
    assert told.tables["vc.products.I"][1][:2] == ["I.1", "Mô hình trình diễn"] and told.spending == "Khoán từng phần" and len(told.tables["vc.budget"]) == len(row.lines) + 5


def test_tracked_changes_are_read_as_they_would_be_accepted(app, row):
    content, names = drawn(app, row)
    first = row.work["overview"][:20]
    changed = rewritten(content, lambda t: t.replace(first, f'</w:t></w:r><w:del w:id="9" w:author="x"><w:r><w:delText>bỏ đi</w:delText></w:r></w:del><w:ins w:id="8" w:author="x"><w:r><w:t xml:space="preserve">THÊM </w:t></w:r></w:ins><w:r><w:t xml:space="preserve">{first}', 1))  # fmt: skip
    assert read(changed, work.form_of(row).definition, names).answers["overview"] == "THÊM " + row.work["overview"]


@pytest.mark.parametrize("text", ["", "một\n\nhai", "a & b <c> \"d\"", "\tthụt\tvào", "x" * 20_000, "日本 😀", "１２３ — “ngoặc”"])
def test_any_text_comes_back(app, db, row, cast, now, text):
    work.save(row, {"approach": text.strip() or None}, by=cast["pi1"], at=now)
    content, names = drawn(app, row)
    assert (read(content, work.form_of(row).definition, names).answers["approach"] or "") == text.strip()


# --- through HTTP ---------------------------------------------------------------------------------------------


def upload(client, url, content, name="thuyet-minh.docx", status=202):
    answer = client.submit(f"{url}/work-word", {"file": (io.BytesIO(content), name)}, status=status)
    return BeautifulSoup(answer.text, "html.parser")


def test_an_untouched_file_has_nothing_to_take_over(db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    content = pi.get(f"{url}/work.docx").data
    assert "không có gì để lấy vào" in upload(pi, url, content).text


def test_the_file_makes_an_equal_proposal_elsewhere(db, row, as_, cast, topics, now):
    pi = as_("pi1")
    other = actions.start(topics[1], host=cast.org("host1"), by=cast["pi1"], at=now)
    for m in row.team[1:]:  # the team is not written in Word
        actions.add_member(other, name=m.name, role=m.role, months=m.months, by=cast["pi1"], at=now)
    db.session.commit()
    url = f"/proposals/{other.public_id}"
    page = upload(pi, url, pi.get(f"/proposals/{row.public_id}/work.docx").data)
    assert not queries.proposal_by_pid(other.public_id).work, "shown, not kept"
    form = page.select("main form[method=post]")[-1]
    assert pi.post(form["action"], data=values_of(form)).status_code == 303
    fresh, source = queries.proposal_by_pid(other.public_id), queries.proposal_by_pid(row.public_id)
    assert fresh.work == source.work and (fresh.title, fresh.aim, fresh.duration_months) == (source.title, source.aim, source.duration_months)
    assert {s.how for s in work.latest(fresh).values()} == {How.WORD}
    parts = ("title", "aim", "duration_months", "work", "work_form", "products", "uses", "milestones", "spending", "lines")
    one, other = actions.snapshot(fresh), actions.snapshot(source)
    assert {p: one[p] for p in parts} == {p: other[p] for p in parts}
    assert "không có gì để lấy vào" in upload(pi, url, pi.get(f"/proposals/{row.public_id}/work.docx").data).text


def test_the_blank_form_of_the_call_has_nothing_to_take_over_until_it_is_filled(db, row, as_, anonymous):
    call = row.call_topic.call.public_id
    content = anonymous.get(f"/public/calls/{call}/forms/work-DT_CN.docx").data
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    page = upload(pi, url, content)
    assert page.select("input[name^=take-]") and not page.select("input[name^=take-][checked]"), "what the file leaves empty is not taken unless one says so"
    assert not page.select("input[name=take-title], input[name=take-products], input[name=take-budget]"), "an empty table is no table"
    filled = rewritten(content, lambda t: t.replace('<w:tag w:val="address"/><w:lock w:val="sdtLocked"/></w:sdtPr><w:sdtContent><w:p>', '<w:tag w:val="address"/><w:lock w:val="sdtLocked"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Xã Tầm Vu</w:t></w:r></w:p><w:p>'))
    assert "Xã Tầm Vu" in upload(pi, url, filled).text


def test_only_what_is_ticked_is_taken_and_an_old_page_takes_nothing(db, row, as_, cast, now):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    content = rewritten(pi.get(f"{url}/work.docx").data, lambda t: t.replace(row.work["approach"][:12], "MỚI").replace(row.work["address"][:12], "MỚI"))
    page = upload(pi, url, content)
    form = page.select("main form[method=post]")[-1]
    assert {c["name"] for c in form.select("input[type=checkbox]")} == {"take-approach", "take-address"}
    data = values_of(form)
    data.pop("take-address")
    work.save(row, {"methods": "Thư ký vừa sửa"}, by=cast["pi2"], at=now)
    db.session.commit()
    answer = pi.post(form["action"], data=data)
    assert answer.status_code == 409 and "MỚI" in answer.text and not queries.proposal_by_pid(row.public_id).work["approach"].startswith("MỚI")
    again = values_of(BeautifulSoup(answer.text, "html.parser").select("main form[method=post]")[-1])
    again.pop("take-address")
    assert pi.post(form["action"], data=again).status_code == 303
    fresh = queries.proposal_by_pid(row.public_id).work
    assert fresh["approach"].startswith("MỚI") and not fresh["address"].startswith("MỚI") and fresh["methods"] == "Thư ký vừa sửa"


def test_changed_tables_are_offered_and_bad_rows_named(db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    content = pi.get(f"{url}/work.docx").data
    page = upload(pi, url, rewritten(content, lambda t: t.replace("Mô hình trình diễn", "Mô hình MỚI").replace(">tháng<", ">tuần<")))
    form = page.select("main form[method=post]")[-1]
    assert {c["name"] for c in form.select("input[type=checkbox]")} == {"take-products", "take-budget"}
    before = [b.amount for b in row.lines]
    assert pi.post(form["action"], data=values_of(form)).status_code == 303
    fresh = queries.proposal_by_pid(row.public_id)
    assert fresh.products[0].name == "Mô hình MỚI" and fresh.lines[0].unit == "tuần" and [b.amount for b in fresh.lines] == before
    pi.submit(f"{url}/products", {"group": "I", "name": "Của người khác", "unit": "cái", "quantity": "1", "quality": "Tốt"})
    stale = values_of(form) | {"once": "y" * 20}
    stale["table-products"] = stale["table-products"].replace("MỚI", "CŨ")
    assert pi.post(form["action"], data=stale).status_code == 409 and len(queries.proposal_by_pid(row.public_id).products) == 4
    page = upload(pi, url, rewritten(content, lambda t: t.replace(">mô hình<", "><").replace(">tháng<", "><")))
    assert "Sản phẩm, dòng I, 2" in page.text and "ĐVT" in page.text and "take-budget" not in str(page)
    for junk in ("[", "7", '[["a", 1]]', '{"a": 1}'):
        assert pi.post(form["action"], data=stale | {"once": junk * 5, "table-products": junk, "table-budget": junk}).status_code in (303, 409)


def plain(text="Chỉ là một văn bản"):
    document = Document()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(content, name, data):
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(("name", "make"), [
    ("a.docx", lambda: plain()), ("a.pdf", lambda: plays.small_pdf("x")), ("a.docx", lambda: plays.small_pdf("x")), ("a.docx", lambda: b""),
    ("a.docx", lambda: b"PK\x03\x04 cut"), ("a.docx", lambda: with_part(plain(), "word/vbaProject.bin", b"x")), ("a.docx", lambda: with_part(plain(), "bomb.xml", b"0" * 80 * 2**20)),
    ("a.docx", lambda: rewritten(plain(), lambda t: t.replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>', 1))),
])  # fmt: skip
def test_what_is_no_filled_form_is_refused_beside_the_field(db, row, as_, name, make):
    page = upload(as_("pi1"), f"/proposals/{row.public_id}", make(), name=name, status=422)
    assert page.select_one(".field-error")


def test_the_form_of_another_type_is_refused(app, db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    content = rewritten(pi.get(f"{url}/work.docx").data, lambda t: t.replace("proposals_work_dt_cn/", "proposals_work_dt_xh/"))
    assert "loại nhiệm vụ khác" in upload(pi, url, content, status=422).text
    with pytest.raises(Incomplete):
        read(plain(), work.form_of(row).definition, {})


def test_who_may_download(db, row, as_):
    url = f"/proposals/{row.public_id}/work.docx"
    assert [as_(who).get(url).status_code for who in ("pi1", "pi2", "host1", "pi3", "officer", "admin")] == [200, 200, 200, 404, 404, 404]
