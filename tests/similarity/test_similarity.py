"""Near work: how near texts are, the index that follows what is written, and who may know of what is found."""

from __future__ import annotations

import json
import unicodedata
from datetime import timedelta

import pytest

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import ideas as idea_plays
from app.across.demo.plays import proposals as plays
from app.kernel.db import db as database
from app.kernel.text import fold
from app.services.similarity import measuring, queries
from app.services.similarity.kinds import rebuild_all, visible_to
from app.services.similarity.models import TextEntry, TextPosting
from app.services.similarity.rules import LEAST, grams, score, shared_phrases
from app.services.similarity.words import read_titles, words
from app.stages.calls import queries as calls
from app.stages.ideas import actions as ideas
from app.stages.ideas import queries as idea_queries
from tests.funding import factories

DAY = timedelta(days=1)
PRECISION, RECALL = 0.65, 0.95  # of pairs of which the wrong ones share half their words
PROPOSED = "Nâng cao hiệu quả phong trào toàn dân bảo vệ an ninh Tổ quốc trên địa bàn tỉnh của lực lượng Công an Lạng Sơn trong tình hình mới"
ACCEPTED = "Một số giải pháp nâng cao hiệu quả công tác của lực lượng Công an trong phong trào toàn dân bảo vệ an ninh Tổ quốc"
OTHER = "Nghiên cứu nuôi trồng nấm linh chi trên mùn cưa"
CANARY = "Chim hoàng yến trong hồ sơ niêm phong"
EVERYTHING = TextEntry.kind.in_(["idea", "topic", "proposal", "project"])


def near(one, two):
    return score(grams(words(one)), grams(words(two)), {}, 100)


# --- pure -----------------------------------------------------------------------------------------------------


@pytest.mark.nodb
def test_the_same_words_are_one_and_others_are_nothing():
    assert near(PROPOSED, PROPOSED) == 1.0
    assert near(PROPOSED, OTHER) < LEAST < 0.4 < near(PROPOSED, ACCEPTED) < 1.0
    assert near("", PROPOSED) == near(PROPOSED, "") == 0.0


@pytest.mark.nodb
@pytest.mark.parametrize("write", [str.upper, fold, lambda t: unicodedata.normalize("NFD", t), lambda t: t.replace("hòa", "hoà").replace("kỹ", "kĩ")])
def test_the_writing_does_not_matter(write):
    title = "Điều hòa không khí và kỹ thuật bảo quản nông sản của HTX vùng ĐBSCL"
    assert near(write(title), title) == 1.0


@pytest.mark.nodb
def test_short_forms_are_what_they_stand_for():
    assert near("Ứng dụng CNTT trong các HTX", "Ứng dụng công nghệ thông tin trong các hợp tác xã") == 1.0


@pytest.mark.nodb
def test_shared_phrases_are_quoted_as_written():
    found = shared_phrases(PROPOSED.upper(), grams(words(PROPOSED.upper())), grams(words(ACCEPTED)), {}, 100)
    assert found and all(phrase in PROPOSED.upper() for phrase in found)
    assert any("PHONG TRÀO TOÀN DÂN BẢO VỆ AN NINH TỔ QUỐC" in phrase for phrase in found)


@pytest.mark.nodb
@pytest.mark.parametrize("content, message", [(b"", "no column"), (b"name;x\n1;2\n", "no column"), (b"title\n\xff\n", "UTF-8")])
def test_a_file_without_titles_is_refused_in_words(content, message):
    with pytest.raises(ValueError, match=message):
        read_titles(content)


@pytest.mark.nodb
def test_titles_are_read_as_they_stand():
    body = '\ufeffid;Title;x\r\n1;"Một; ""hai""\r\nba";\r\n2;;3\r\n'
    assert read_titles(body.encode()) == ['Một; "hai"\r\nba', ""]


@pytest.mark.nodb
def test_the_same_work_is_told_from_what_sounds_like_it():
    """On the half that no threshold was chosen on. The figures are those of `flask similarity measure`."""
    found = measuring.scores(measuring.labelled())
    chosen, listed = measuring.measure(found, measuring.best(found), "test"), measuring.measure(found, LEAST, "test")
    assert chosen.pairs >= 100 and chosen.precision >= PRECISION and chosen.recall >= RECALL
    assert listed.recall >= RECALL  # what is near is in the list, whatever else is


# --- the index ------------------------------------------------------------------------------------------------


def found(text, visible=EVERYTHING, **kw):
    return [(m.kind, m.title) for m in queries.nearest(text, visible=visible, **kw)]


def test_the_index_follows_what_is_written(cast, user, at):
    pi = user("pi1")
    idea = ideas.draft({"title": "Nuôi cấy mô cây chuối già Nam Mỹ"}, organisation=pi.organisations[0], by=pi, at=at)
    assert ("idea", idea.title) in found("chuoi gia nam my nuoi cay mo")
    ideas.revise(idea, {"title": "Sản xuất giống cá heo nước ngọt"}, by=pi, at=at)
    database.session.flush()
    assert not found("Nuôi cấy mô cây chuối già Nam Mỹ")
    assert found("giống cá heo") == [("idea", "Sản xuất giống cá heo nước ngọt")]
    before = database.session.query(TextEntry).count()
    ideas.revise(idea, {"need": "Cần giống"}, by=pi, at=at)
    assert database.session.query(TextEntry).count() == before


def test_a_rebuilt_index_is_the_same(cast, at):
    factories.project(cast, at - DAY * 60, title=ACCEPTED, number="21/QĐ-UBND")
    database.session.flush()

    def rows():
        database.session.expire_all()
        entries = {e.id: (e.kind, e.subject_pid) for e in database.session.query(TextEntry)}
        return sorted((entries[p.entry_id], p.gram) for p in database.session.query(TextPosting))

    before = rows()
    assert rebuild_all()["project"] == 1 and rows() == before


def test_the_latest_stage_of_the_same_work_is_shown(cast, at):
    factories.project(cast, at - DAY * 60, title=ACCEPTED, number="21/QĐ-UBND")
    matches = [m for m in queries.nearest(ACCEPTED, visible=EVERYTHING) if m.score == 1.0]
    assert [m.kind for m in matches] == ["project"]


@pytest.mark.parametrize("text", ["", " ", "của và cho", "???", "a" * 10_000, "x " * 5000, "'; DROP TABLE text_entry; --", "%_%", "\x00\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "ignore")])
def test_odd_questions_find_nothing(cast, at, text):
    assert found(text) == []


# --- who may know ---------------------------------------------------------------------------------------------


def test_a_sealed_dossier_is_found_by_its_own_people_only(cast, at, travel, user):
    topic = idea_plays.approved_topic(cast, item="1.8", title="Chủ đề công khai", at=at)
    call = call_plays.published_call(cast, topics=[topic], at=at + DAY * 25)
    row = plays.submitted(cast, call_topic=calls.topics_of(call)[0], at=at + DAY * 26, title=CANARY)
    database.session.commit()
    travel.move_to(at + DAY * 27)
    assert ("proposal", CANARY) in found(CANARY)  # it is there to be found
    assert ("proposal", CANARY) in found(CANARY, visible_to(user("pi1")))
    for who in ("officer", "leader", "province", "auditor", "finance", "pi3", "member1", "admin"):
        assert not found(CANARY, visible_to(user(who))), who
    call_plays.opened_call(cast, call=row.call_topic.call)
    database.session.commit()
    assert ("proposal", CANARY) in found(CANARY, visible_to(user("officer")))
    assert not found(CANARY, visible_to(user("pi3")))


def test_the_officer_sees_near_work_beside_an_idea(cast, at, as_, user):
    project = factories.project(cast, at - DAY * 60, title=ACCEPTED, number="21/QĐ-UBND")
    idea = idea_plays.submitted_idea(cast, item="8.3", title=PROPOSED, at=at, by="pi3")
    assert [shown.code for _match, shown in idea_queries.nearest_of(idea, user("officer"))] == [project.code]
    database.session.commit()
    panel = as_("officer").page(f"/ideas/{idea.public_id}").select_one(".nearest")
    assert project.code in panel.text and ACCEPTED in panel.text and "Công an" in panel.text


def test_the_command_answers_line_by_line(app, cast, at, tmp_path):
    project = factories.project(cast, at - DAY * 60, title=ACCEPTED, number="21/QĐ-UBND")
    database.session.commit()
    file = tmp_path / "titles.csv"
    file.write_text(f'\ufefftitle\n"{PROPOSED}"\n"{OTHER}"\n', encoding="utf-8")
    done = app.test_cli_runner().invoke(args=["projects", "similar", str(file)])
    rows = [json.loads(line) for line in done.output.splitlines()]
    assert [r["title"] for r in rows] == [PROPOSED, OTHER] and rows[1]["matches"] == []
    match = rows[0]["matches"][0]
    assert match["code"] == project.code and match["title"] == ACCEPTED and 0.4 < match["score"] < 1
    assert any("phong trào toàn dân" in why for why in match["why"])
    bad = tmp_path / "bad.csv"
    bad.write_text("name\nx\n")
    done = app.test_cli_runner().invoke(args=["projects", "similar", str(bad)])
    assert done.exit_code == 1 and "there is no column" in done.output


def test_a_question_has_a_constant_number_of_queries(cast, at, user, count_queries):
    officer = user("officer")
    factories.project(cast, at - DAY * 60, title=ACCEPTED, number="21/QĐ-UBND")
    ask = lambda: queries.shown(queries.nearest(PROPOSED, visible=visible_to(officer)))
    few = count_queries(ask)
    for n in range(3):
        factories.project(cast, at - DAY * (61 + n), title=f"{ACCEPTED}, lần {n}", number=f"3{n}/QĐ-UBND")
    assert count_queries(ask) == few <= 7
