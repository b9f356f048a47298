"""Answers that are files: checked, kept with the record, shown to who may read it, never in a trial, never believed from a text."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import func, select

from app.across.demo.plays import proposals as plays
from app.kernel.errors import Incomplete
from app.services.files import queries as files
from app.services.files.models import Attachment, Blob
from app.services.questionnaires import actions as forms
from app.services.questionnaires import filing
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.rules import problems
from app.services.rulebook.rules import Mark
from app.stages.ideas import order
from app.stages.ideas.models import Idea, OrderLink
from app.stages.ideas.rules import LINK_FILE, LINK_SENDINGS
from tests.ideas.test_links import sent
from tests.ideas.test_order import DAY, sheet, soup, typing
from tests.ideas.test_views import filled, pid_of, reload
from tests.questionnaires.definitions import definition, question

PDF = plays.small_pdf("Công văn")


def upload(content=PDF, name="Công văn đề nghị.pdf"):
    return (io.BytesIO(content), name)


@pytest.fixture
def with_file(cast, at, db, travel):
    """The order form asks for the letter of the ordering body, and for a second file when there is one."""
    version = forms.draft(questionnaires.form_by_code(order.CODE), source="x", by=cast["officer"], at=at)
    for code, more in (("letter", {"required": True}), ("map", {"when": {"question": "letter", "op": "filled"}})):
        asked = {"code": code, "type": "file", "label": {"vi": f"Tệp {code}", "en": f"File {code}"}} | more
        forms.save_question(version, asked, section="s_need", by=cast["officer"], at=at)
    forms.put_in_force(version, number="7/QĐ-SKHCN", dated=at.date(), valid_from=(at + DAY).date(), source="x", mark=Mark.G, by=cast["officer"], at=at)
    db.session.commit()
    travel.move_to(at + DAY)
    return version.public_id


def kept(pid, code="letter"):
    return order.of(reload(pid)).answers.get(code)


def test_a_file_is_checked_kept_shown_replaced_and_taken_out(with_file, as_, db):
    pi = as_("pi1")
    page = soup(pi.submit("/ideas/new", filled() | {"letter": upload(b"MZ not a pdf")}, status=422))
    assert page.select_one("#letter-error") and page.select_one("#need").text.strip() and db.session.scalar(select(func.count()).select_from(Attachment)) == 0
    page = soup(pi.submit("/ideas/new", filled() | {"state_budget": "một tỷ", "letter": upload()}, status=422))
    assert "chọn lại tệp" in page.select_one("#letter-error").text, "a browser does not send a file twice"
    pid = pid_of(pi.submit("/ideas/new", filled()))
    assert "Tệp letter" in pi.page(f"/ideas/{pid}").text and pi.submit(f"/ideas/{pid}/submit", status=422)
    pi.submit(f"/ideas/{pid}/edit", {"letter": upload()})
    assert {k: kept(pid)[k] for k in ("name", "size")} == {"name": "Công văn đề nghị.pdf", "size": len(PDF)}
    link = pi.page(f"/ideas/{pid}").select_one("a[href^='/files/']")
    assert link.text == "Công văn đề nghị.pdf" and pi.get(link["href"]).data == PDF and "B)" in link.parent.text
    assert as_("pi2").get(link["href"]).status_code == 404, "who may not read the idea does not get its file"
    pi.submit(f"/ideas/{pid}/edit", {"letter": upload(name="Bản mới.pdf")})
    assert kept(pid)["name"] == "Bản mới.pdf" and len(files.of(reload(pid))) == 1 and pi.get(link["href"]).status_code == 404
    pi.submit(f"/ideas/{pid}/edit", {"need": "Chữ khác"})
    assert kept(pid)["name"] == "Bản mới.pdf", "saving the rest leaves the file"
    pi.submit(f"/ideas/{pid}/submit")
    assert as_("officer").get(pi.page(f"/ideas/{pid}").select_one("a[href^='/files/']")["href"]).status_code == 200
    assert pi.get(f"/ideas/{pid}/edit").status_code == 409


def test_a_file_taken_out_is_gone_from_the_answer(with_file, as_):
    pi = as_("pi1")
    pid = pid_of(pi.submit("/ideas/new", filled() | {"letter": upload(), "map": upload(name="Bản đồ.pdf")}))
    assert kept(pid, "map")["name"] == "Bản đồ.pdf"
    pi.submit(f"/ideas/{pid}/edit", {"letter-remove": "1"})
    assert kept(pid) is None and [f.kind for f in files.of(reload(pid))] == ["answer:map"]
    assert "Bản đồ.pdf" not in pi.page(f"/ideas/{pid}").text, "what hangs on a file that is gone is not asked"


def test_a_text_is_no_file_and_saving_while_typing_sends_none(with_file, as_, db):
    pi = as_("pi1")
    forged = {"letter": '{"pid": "x", "name": "a.pdf", "size": 1}'}
    pid = pid_of(pi.submit("/ideas/new", filled() | forged))
    assert kept(pid) is None
    values, save = sheet(pi, f"/ideas/{pid}/edit")
    pi.submit(f"/ideas/{pid}/edit", {"letter": upload()})
    values, save = sheet(pi, f"/ideas/{pid}/edit")
    assert pi.post(save, data=typing(values, need="Gõ tiếp", **{"letter-remove": "1"}) | {"letter": upload(name="khác.pdf")}).status_code == 200
    assert kept(pid)["name"] == "Công văn đề nghị.pdf" and order.of(reload(pid)).answers["need"] == "Gõ tiếp"


def test_a_trial_keeps_no_file(with_file, as_, db):
    officer = as_("officer")
    url = f"/admin/questionnaires/versions/{with_file}/test"
    before = [db.session.scalar(select(func.count()).select_from(t)) for t in (Attachment, Blob)]
    page = soup(officer.submit(url, {"letter": upload()}, status=202))
    assert "#letter" not in {a["href"] for a in page.select(".error-summary a")} and page.select_one("#letter")
    assert "#letter" in {a["href"] for a in soup(officer.submit(url, {}, status=202)).select(".error-summary a")}
    assert "#letter" in {a["href"] for a in soup(officer.submit(url, {"letter": upload(b"", "rong.pdf")}, status=202)).select(".error-summary a")}
    assert [db.session.scalar(select(func.count()).select_from(t)) for t in (Attachment, Blob)] == before


def test_an_organisation_sends_a_file_by_its_link(with_file, as_, anonymous, mails, db):
    url = sent(as_, mails)
    anonymous.submit(url, filled() | {"letter": upload()})
    page = anonymous.page(f"{url}/submit")
    assert "Công văn đề nghị.pdf" in page.text and not page.select("a[href^='/files/']"), "name and size; the file itself is for who signs in"
    anonymous.submit(f"{url}/submit")
    row = db.session.scalar(select(Attachment))
    assert row.subject_type == "idea" and anonymous.get(f"/files/{row.public_id}").status_code == 302


def test_files_do_not_stand_in_tables_and_refusals_name_their_question(cast, at):
    assert problems(definition(question("t", "table", columns=[question("c", "file")])))
    with pytest.raises(Incomplete):
        filing.checked(_Upload(b"%PDF-", "a.pdf"), on=at.date())
    assert filing.without(definition(question("f", "file"), question("t")), {"f": {"name": "x"}, "t": "y"}) == {"t": "y"}


class _Upload:
    def __init__(self, content, filename):
        self.stream, self.filename = io.BytesIO(content), filename


def test_whoever_holds_a_link_cannot_fill_the_disk(with_file, as_, anonymous, mails, db):
    url = sent(as_, mails)
    anonymous.submit(url, filled() | {"letter": upload()})
    link = db.session.scalar(select(OrderLink))
    link.sendings = LINK_SENDINGS - LINK_FILE
    db.session.commit()
    page = soup(anonymous.submit(url, {"need": "Giữ chữ này", "letter": upload(name="nữa.pdf")}, status=429))
    assert page.select_one("#need").text.strip() == "Giữ chữ này" and len(files.of(reload(link_pid(db)))) == 1
    anonymous.submit(url, {"need": "Không kèm tệp"})


def link_pid(db):
    return db.session.scalar(select(Idea.public_id).join(OrderLink, OrderLink.idea_id == Idea.id))
