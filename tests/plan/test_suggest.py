"""The suggestion of priority items: titles in every writing, words of officers, learning, the command, the page."""

from __future__ import annotations

import json
import unicodedata

import pytest

from app.kernel.errors import Incomplete
from app.kernel.text import fold
from app.stages.ideas import actions as ideas
from app.stages.plan import queries as plans
from app.stages.plan.cli import PLAN_1821
from app.stages.plan.suggestion import actions, labels, queries
from app.stages.plan.suggestion.models import ConfirmedLink
from app.stages.plan.suggestion.scoring import NONE, Item, Suggester, Term

DATA = json.loads(PLAN_1821.read_text())
ITEMS = [Item(i["code"], (i["text_vi"], i["short_vi"], i["title_en"])) for s in DATA["sectors"] for i in s["items"]]
WHOLE = labels.suggester("1821/KH-UBND", ITEMS)


# --- pure -----------------------------------------------------------------------------------------------------


@pytest.mark.nodb
def test_the_labelled_list_is_sound():
    rows, codes = labels.labelled(), {i.code for i in ITEMS} | {NONE}
    assert len(rows) >= 250 and sum(r.item == NONE for r in rows) >= 20
    assert {r.split for r in rows} == {"tune", "held", "blind"} and len(labels.of_split("held")) >= 100 and len(labels.of_split("blind")) >= 100
    assert len({fold(r.title) for r in rows}) == len(rows), "no title of one split stands in another"
    assert not [r for r in rows if not r.accepted <= codes or r.item in r.alternatives]
    assert {r.item for r in rows} == codes  # every item is there


@pytest.mark.nodb
@pytest.mark.parametrize("writing", labels.WRITINGS)
def test_the_held_titles_are_found_in_every_writing(writing):
    found = labels.measure(WHOLE, labels.of_split("held"), labels.WRITINGS[writing])
    assert found.first >= 0.75 and found.three >= 0.92
    assert found.none_precision >= 0.7 and found.none_recall >= 0.7


@pytest.mark.nodb
@pytest.mark.parametrize("writing", labels.WRITINGS)
def test_titles_labelled_blind_are_found_in_every_writing(writing):
    found = labels.measure(WHOLE, labels.of_split("blind"), labels.WRITINGS[writing])
    assert found.first >= 0.75 and found.three >= 0.92 and found.none_precision >= 0.7 and found.none_recall >= 0.6


@pytest.mark.nodb
@pytest.mark.parametrize("writing", labels.WRITINGS)
def test_no_item_is_proposed_without_the_words_that_led_to_it(writing):
    links = [(r.title, r.item) for r in labels.of_split("tune") if r.item != NONE]
    for made in (WHOLE, Suggester(ITEMS), Suggester(ITEMS, confirmed=links)):
        for row in labels.of_split("held") + labels.of_split("blind"):
            title = labels.WRITINGS[writing](row.title)
            for one in made.suggest(title).suggestions:
                assert one.why and all(word in title for word in one.why), (title, one)


@pytest.mark.nodb
def test_confirmed_links_help_a_plan_without_vocabulary():
    links = [(r.title, r.item) for r in labels.of_split("tune") if r.item != NONE]
    held = labels.of_split("held")
    alone, grown = (labels.measure(Suggester(ITEMS, confirmed=c), held) for c in ([], links))
    assert grown.first > alone.first + 0.04 and grown.three > alone.three + 0.08


@pytest.mark.nodb
@pytest.mark.parametrize("title, item", [
    ("Ứng dụng CNTT trong cải cách hành chính", "4.5"),
    ("UNG DUNG CNTT TRONG CAI CACH HANH CHINH", "4.5"),
    ("Phát triển các HTX nông nghiệp kiểu mới vùng ĐBSCL", "8.4"),
    ("Kỹ thuật xử lý ra hoa rải vụ thanh long", "1.5"),
    ("Kĩ thuật xử lí ra hoa rải vụ thanh long", "1.5"),
    ("Chế độ phẫu thuật nội soi cho bệnh nhân hoá trị", "5.1"),
    ("nuoi bo thit vo beo o huyen Duc Hue", "1.5"),
    ("Smart farming and agriculture 4.0 for key products", "1.8"),
])  # fmt: skip
def test_spellings_and_short_forms_do_not_matter(title, item):
    assert WHOLE.suggest(title).suggestions[0].item == item


@pytest.mark.nodb
def test_words_are_quoted_as_they_are_written():
    title = unicodedata.normalize("NFD", "PHỤC TRÁNG giống Lúa nàng thơm")
    for one in WHOLE.suggest(title).suggestions:
        assert one.why and all(word in title for word in one.why)
        assert 0 <= one.score <= 1


@pytest.mark.nodb
@pytest.mark.parametrize("title", ["", " ", "???", "1/2", "a" * 5000, "\x00\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "+ @crop !x", "-" * 300])
def test_odd_titles_get_an_answer(title):
    answer = WHOLE.suggest(title)
    assert answer.none and len(answer.suggestions) <= 3


@pytest.mark.nodb
def test_parts_of_compounds_are_no_words():
    words = [w for s in WHOLE.suggest("Công nghệ mới trong gia đình và môi trường").suggestions for w in s.why]
    assert "nghệ" not in words and "đình" not in words and "trường" not in words


@pytest.mark.nodb
def test_words_of_another_plan_are_not_used():
    rest = [Item(f"X{n}", (text,)) for n, text in enumerate(("Xây dựng cảng biển", "Phát triển điện gió", "Bảo vệ rừng", "Đào tạo nghề", "Du lịch biển", "Nuôi tôm"))]
    other = Suggester([Item("A", ("Phát triển vùng trồng sầu riêng",)), *rest], [Term("1.5", "cảng", 5)])
    answer = other.suggest("Trồng sầu riêng ở vùng cao")
    assert [s.item for s in answer.suggestions][:1] == ["A"] and not answer.none


# --- with the database ----------------------------------------------------------------------------------------


def test_officers_words_count_at_once_and_can_be_taken_out(cast, user, at):
    title = "Nghiên cứu về cây bàng vuông"
    assert queries.suggest(title).none
    term = actions.add_term(plans.item("1.9"), "bàng  vuông", 5, by=user("officer"), at=at)
    found = queries.suggest(title)
    assert found.proposed[0].item.code == "1.9" and found.proposed[0].why == ["bàng vuông"] and not found.none
    actions.remove_term(term, by=user("officer"), at=at)
    assert queries.suggest(title).none


@pytest.mark.parametrize("words, weight, field", [("", 3, "words"), ("+", 3, "words"), ("!tôm", 3, "words"), ("@nobody", 3, "words"), ("…", 3, "words"),
                                                  ("x" * 201, 3, "words"), ("cây bàng", 0, "weight"), ("cây bàng", 6, "weight")])  # fmt: skip
def test_bad_words_are_refused_beside_their_field(cast, user, at, words, weight, field):
    with pytest.raises(Incomplete) as refusal:
        actions.add_term(plans.item("1.9"), words, weight, by=user("officer"), at=at)
    assert refusal.value.field == field


def test_the_same_words_twice_are_refused(cast, user, at):
    actions.add_term(plans.item("1.9"), "Bàng vuông", 3, by=user("officer"), at=at)
    with pytest.raises(Incomplete):
        actions.add_term(plans.item("1.9"), "bang vuong", 3, by=user("officer"), at=at)


def test_a_link_made_by_a_person_is_learned_and_the_last_word_counts(cast, user, db, at):
    pi = user("pi1")
    idea = ideas.draft({"title": "Bàng vuông ở vùng ven"}, organisation=pi.organisations[0], by=pi, at=at)
    actions.confirm(idea, idea.title, plans.item("1.9"), at=at)
    actions.confirm(idea, idea.title, plans.item("8.1"), at=at)
    rows = db.session.query(ConfirmedLink).filter_by(subject_type="idea").all()
    assert [r.item_id for r in rows] == [plans.item("8.1").id]


def test_the_command_answers_line_by_line(app, tmp_path):
    file = tmp_path / "titles.csv"
    titles = ["Phục tráng giống lúa nếp", 'Xây dựng nhãn hiệu "Gạo nàng thơm"', unicodedata.normalize("NFD", "Chẩn đoán bệnh, điều trị"), ""]
    body = "no,title\n" + "".join(f'{n},"{t.replace(chr(34), chr(34) * 2)}"\n' for n, t in enumerate(titles))
    file.write_bytes(b"\xef\xbb\xbf" + body.encode())
    done = app.test_cli_runner().invoke(args=["plan", "suggest", str(file)])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.output.splitlines()]
    assert [r["title"] for r in rows] == titles
    assert [r["suggestions"][0]["item"] for r in rows[:3]] == ["1.4", "1.3", "5.1"] and rows[3]["none"]
    assert set(rows[0]["suggestions"][0]) == {"item", "score", "why"}


@pytest.mark.parametrize("content", [b"name\nx\n", b"", b"title\n\xff\xfe\n", b'title\n"open\n'])
def test_a_file_without_titles_is_a_clear_error(app, tmp_path, content):
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    done = app.test_cli_runner().invoke(args=["plan", "suggest", str(file)])
    assert done.exit_code == 1 and "Error: bad.csv:" in done.output and "Traceback" not in done.output


# --- pages ----------------------------------------------------------------------------------------------------


def test_the_question_is_answered_for_the_signed_in_and_not_too_often(cast, as_, anonymous):
    address = "/plan/suggest?title=Phục tráng giống lúa nếp"
    assert anonymous.get(address).status_code == 302
    client = as_("pi1")
    answer = client.get(address).json
    assert answer["suggestions"][0]["item"] == "1.4" and answer["suggestions"][0]["pid"] and not answer["none"]
    assert client.get("/plan/suggest?title=Xây dựng Đảng").json["none"]
    statuses = [client.get("/plan/suggest?title=x").status_code for _ in range(60)]
    assert statuses[-1] == 429 and statuses[0] == 200


def test_an_officer_keeps_the_words(cast, as_):
    officer = as_("officer")
    page = officer.page("/plan/vocabulary")
    item = next(o["value"] for o in page.select("select[name=item] option") if o.text.startswith("1.9 "))
    officer.submit("/plan/vocabulary", {"item": item, "words": "bàng vuông", "weight": "4"})
    page = officer.page("/plan/vocabulary")
    assert "bàng vuông" in page.select_one("table").text
    officer.submit(page.select_one("table a")["href"])
    assert page.select_one("main").text != officer.page("/plan/vocabulary").select_one("main").text
    assert as_("pi1").get("/plan/vocabulary").status_code == 403


def test_without_scripts_a_button_shows_items_and_saves_nothing(cast, as_):
    pi = as_("pi1")
    page = pi.page("/ideas/new")
    assert page.select_one("[data-suggest] noscript button[name=suggest]")
    form = page.select_one("main form")
    token = form.select_one("[name=csrf_token]")["value"]
    answer = pi.post("/ideas/new", data={"csrf_token": token, "title": "Phục tráng giống lúa nếp", "suggest": "1"})
    text = answer.get_data(as_text=True)
    assert "Phục tráng giống lúa nếp" in text and "1.4 " in text.split("data-suggest-list")[1].split("</ol>")[0]
    assert "Phục tráng" not in pi.page("/ideas/").select_one("main").text
