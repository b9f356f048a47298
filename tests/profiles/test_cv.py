"""The scientific CV: written once, kept while typing, put down in versions that nobody changes, and nobody else's to read."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from docx import Document
from pypdf import PdfReader
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from app.across.demo.plays import people as plays
from app.kernel import journal
from app.kernel.errors import Incomplete, Stale, WrongState
from app.services.papers import pdf, word
from app.services.profiles import actions, drawing, queries
from app.services.profiles.models import CvVersion
from app.services.profiles.rules import Task, brought_in, digest
from app.services.questionnaires import queries as questionnaires
from tests.support.browser import values_of

HOUR = timedelta(hours=1)


@pytest.fixture
def answers(cast):
    return plays._cv(cast, "pi1")


@pytest.fixture
def cv(db, cast, at):
    row = actions.begin(cast["pi1"], at=at)
    db.session.commit()
    return row


def task(title, *, led=True):
    return Task(title, "01/2024 - 12/2025", "Cấp tỉnh", "Đang thực hiện", led)


# --- rules ----------------------------------------------------------------------------------------------------


@pytest.mark.nodb
def test_projects_are_added_where_they_do_not_stand_and_nothing_written_is_touched():
    mine = {"led": [{"title": "Trồng LÚA chịu mặn", "period": "x"}, {}]}
    found = brought_in(mine, [task("trong lua chiu man"), task("Nuôi tôm"), task("Chế biến chanh", led=False)])
    assert [r["title"] for r in found["led"]] == ["Trồng LÚA chịu mặn", "Nuôi tôm"] and found["led"][0]["period"] == "x"
    assert [r["title"] for r in found["taken_part"]] == ["Chế biến chanh"]
    assert brought_in(mine | found, [task("Nuôi tôm")]) == {}
    assert brought_in({"led": "not a table"}, [task("Nuôi tôm")])["led"][0]["title"] == "Nuôi tôm"


@pytest.mark.nodb
def test_every_part_of_a_version_counts_for_its_hash(at):
    whole = {"form": "f/1", "number": 1, "name": "A", "made_at": at, "answers": {"x": "1"}}
    others = [{"form": "f/2"}, {"number": 2}, {"name": "B"}, {"made_at": at + HOUR}, {"answers": {"x": "2"}}]
    assert len({digest(**whole), *(digest(**whole | o) for o in others)}) == 6


# --- actions --------------------------------------------------------------------------------------------------


def test_the_form_is_sound_and_asks_for_no_identity_number(cast, at):
    form = queries.form_in_force(at.date())
    assert questionnaires.problems_of(form, on=at.date()) == []
    asked = {q["code"] for s in form.definition["sections"] for q in s["questions"]}
    assert not {c for c in asked if any(word in c for word in ("identity", "home", "bank", "religion"))}


def test_a_cv_begins_with_what_is_known(cv, cast):
    assert cv.answers["full_name"] == cast["pi1"].name and cv.answers["email"] == cast["pi1"].email
    assert cv.answers["organisation_name"] == cast.org("host1").name


def test_it_is_put_down_only_when_complete_and_changed(db, cv, cast, answers, at):
    with pytest.raises(Incomplete):
        actions.put(cv, by=cast["pi1"], at=at)
    actions.save(cv, answers, by=cast["pi1"], at=at)
    first = actions.put(cv, by=cast["pi1"], at=at)
    with pytest.raises(WrongState):
        actions.put(cv, by=cast["pi1"], at=at + HOUR)
    actions.save(cv, {"position": "Giám đốc"}, by=cast["pi1"], at=at + HOUR)
    second = actions.put(cv, by=cast["pi1"], at=at + HOUR)
    assert (first.number, second.number) == (1, 2) and queries.latest_cv(cast["pi1"]).id == second.id
    assert first.answers["position"] != second.answers["position"] and actions.is_sound(first) and actions.is_sound(second)
    assert queries.latest_cvs({cast["pi1"].id, cast["pi2"].id}) == {cast["pi1"].id: second}
    assert [e.verb for e in journal.timeline([journal.subject_key(cv)])][:2] == ["put_cv", "save_cv"]


def test_a_version_is_never_changed(db, cv, cast, answers, at):
    actions.save(cv, answers, by=cast["pi1"], at=at)
    row = actions.put(cv, by=cast["pi1"], at=at)
    db.session.commit()
    for statement in (update(CvVersion).values(name="Người khác"), CvVersion.__table__.delete().where(CvVersion.id == row.id)):
        with pytest.raises(DatabaseError):
            db.session.execute(statement)
        db.session.rollback()


def test_two_windows_do_not_overwrite_each_other(db, cv, cast, at):
    seen = cv.version
    actions.save(cv, {"position": "một"}, by=cast["pi1"], at=at, seen=seen)
    with pytest.raises(Stale):
        actions.save(cv, {"position": "hai"}, by=cast["pi1"], at=at, seen=seen)


def test_what_is_typed_within_ten_minutes_is_one_line_of_the_journal(cv, cast, at):
    for minute in (1, 2, 3, 20):
        actions.save(cv, {"position": f"lần {minute}"}, by=cast["pi1"], at=at + timedelta(minutes=minute))
    assert [e.verb for e in journal.timeline([journal.subject_key(cv)])] == ["save_cv", "begin_cv"]


def test_word_and_pdf_say_the_same(db, cv, cast, answers, at):
    actions.save(cv, answers | {"position": "Trưởng phòng <b>#let</b> $x$"}, by=cast["pi1"], at=at)
    content = drawing.content_of(actions.put(cv, by=cast["pi1"], at=at))
    document = Document(io.BytesIO(word.draw(content)))
    told = "\n".join([p.text for p in document.paragraphs] + [c.text for t in document.tables for r in t.rows for c in r.cells])
    printed = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.draw(content))).pages)
    for text in ("LÝ LỊCH KHOA HỌC", "<b>#let</b> $x$", "Trường Đại học Cần Thơ", "phiên bản biểu mẫu 1", "Nguyễn Văn An", "Tác giả"):
        assert text in told and text in printed, text


# --- pages ----------------------------------------------------------------------------------------------------


def posted(answers):
    """What a browser would send of these answers."""
    data = {}
    for code, value in answers.items():
        if isinstance(value, list):
            data[f"{code}-rows"] = "1"
            data |= {f"{code}-{n}-{column}": str(cell) for n, row in enumerate(value) for column, cell in row.items()}
        elif value is not None:
            data[code] = str(value)
    return data


def test_from_nothing_to_a_version(as_, db, cast, user, answers):
    pi = as_("pi1")
    assert "chưa khai" in pi.page("/profile/cv").text
    assert pi.get("/profile/cv/put").status_code == 404
    page = pi.page("/profile/cv/edit")
    assert page.select_one("[name=full_name]")["value"] == "Nguyễn Văn An"
    assert queries.draft_of(user("pi1")) is None, "looking writes nothing"
    pi.submit("/profile/cv/edit", posted(answers), form=-1)
    refused = pi.submit("/profile/cv/put", status=422)
    assert "Vui lòng" in refused.text
    pi.submit("/profile/cv/put", {"attest": "y"})
    row = queries.latest_cv(user("pi1"))
    assert row.number == 1 and row.answers["training"][0]["level"] == "Tiến sĩ"
    assert row.sha256 in pi.page(f"/profile/cv/versions/{row.public_id}").text
    for ending, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert pi.get(f"/profile/cv/versions/{row.public_id}/cv.{ending}").data.startswith(begins)
        assert pi.get(f"/profile/cv/draft.{ending}").data.startswith(begins)
    pi.submit("/profile/cv/put", {"attest": "y"}, status=409)
    for other in ("pi2", "officer", "admin", "auditor"):
        for url in (f"/profile/cv/versions/{row.public_id}", f"/profile/cv/versions/{row.public_id}/cv.pdf"):
            assert as_(other).get(url).status_code == 404


def test_typing_is_kept_and_two_windows_are_told(as_, user):
    pi = as_("pi2")
    soup = pi.page("/profile/cv/edit")
    token = soup.select_one("form.sheet [name=csrf_token]")["value"]
    first = pi.post("/profile/cv/autosave", data={"csrf_token": token, "position": "Nghiên cứu viên", "version": ""})
    assert first.status_code == 200 and queries.draft_of(user("pi2")).answers["position"] == "Nghiên cứu viên"
    old = first.json["version"]
    assert pi.post("/profile/cv/autosave", data={"csrf_token": token, "position": "khác", "version": old}).status_code == 200
    assert pi.post("/profile/cv/autosave", data={"csrf_token": token, "position": "cũ", "version": old}).status_code == 409
    assert queries.draft_of(user("pi2")).answers["position"] == "khác"


@pytest.mark.parametrize("nasty", ["<script>alert(1)</script>", "=1+1", "x" * 5000, "\x00\x08null", "２０２６", "{{7*7}}", "Nguyễn\u202e gnort"])
def test_hostile_words_do_no_harm(as_, nasty):
    pi = as_("pi1")
    page = pi.post("/profile/cv/edit", data=_form(pi) | {"position": nasty, "birth_year": nasty, "publications-0-title": nasty, "publications-0-part": nasty, "publications-9999-in_year": "-5"})
    assert page.status_code == 422 and "<script>alert" not in page.text
    assert pi.get("/profile/cv").status_code == 200


def _form(client):
    return values_of(client.page("/profile/cv/edit").select_one("form.sheet"))


def test_projects_of_the_system_are_offered(played, as_, db, user):
    pi = user("pi1")
    assert queries.tasks_of(pi, on=played["pi1"].created_at.date().replace(year=2026)), "the world gives pi1 projects"
    client = as_("pi1")
    client.submit("/profile/cv", form="/cv/bring-in")
    row = queries.draft_of(pi)
    assert row.answers["led"] and "Cấp tỉnh, mã số" in row.answers["led"][0]["programme"]
    assert not client.page("/profile/cv").select("form[action$='/cv/bring-in']")
    assert "Mọi nhiệm vụ" in client.post("/profile/cv/bring-in", data=_form(client)).text


def test_in_english_too(played, as_):
    client = as_("pi1")
    client.post("/auth/language", data={"csrf_token": client.page("/profile/cv").select_one("[name=csrf_token]")["value"], "locale": "en", "next": "/"})
    assert "Put down at" in client.page("/profile/cv").text and "Education" in client.page("/profile/cv/edit").text


def test_pages_ask_a_constant_number_of_queries(played, as_, count_queries):
    client = as_("pi1")
    client.get("/profile/cv")
    assert count_queries(lambda: client.get("/profile/cv")) <= 14
