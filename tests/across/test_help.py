"""Help: every guide is whole in both languages, its links work for its role, the tour ends for good, words are found."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from openpyxl import load_workbook
from sqlalchemy import func, select

from app import ROOMS
from app.across.help import queries, rules, shown
from app.kernel.journal import JournalEntry
from app.services.people.rules import Role

APP = Path(__file__).parent.parent.parent / "app"
READERS = {"officer": "officer", "leader": "leader", "province": "province", "finance": "finance", "registry": "registry", "auditor": "auditor", "administrator": "admin",
           "council": "member1", "host": "host1", "agency": "agency1", "researcher": "pi1", "everyone": "pi1"}  # fmt: skip
TEXTS = [(guide.name, task.name, step) for guide in rules.guides().values() for task in guide.tasks for step in (task.title, *task.steps)]


def links_of(page) -> list[str]:
    """What the steps of a guide link to."""
    return [a["href"] for a in page.select(".help-task a[href]")]


def endpoints_of(guide) -> set[str]:
    return {part.endpoint for task in guide.tasks for step in task.steps for part in rules.parts(step.vi) if part.endpoint}


# --- the data ---------------------------------------------------------------------------------------------------


@pytest.mark.nodb
def test_every_role_has_a_guide_and_every_file_is_one():
    assert set().union(*(guide.roles for guide in rules.guides().values())) == {str(role) for role in Role}
    assert {path.stem for path in (rules.DATA / "guides").iterdir()} == set(rules.ORDER)
    assert set(READERS) | {"public"} == set(rules.ORDER)


@pytest.mark.nodb
@pytest.mark.parametrize("guide", rules.guides().values(), ids=lambda g: g.name)
def test_nothing_is_missing_in_either_language(guide):
    for text in (guide.title, guide.lead, *(task.title for task in guide.tasks), *(step for task in guide.tasks for step in task.steps)):
        assert text.vi.strip() and text.en.strip() and text.vi != text.en, text
    names = [task.name for task in guide.tasks]
    assert names and len(names) == len(set(names)) and all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)
    assert all(task.steps for task in guide.tasks)
    rooms = [room for task in guide.tasks for room in task.rooms]
    assert len(rooms) == len(set(rooms)), "a room leads to one task of a guide"


@pytest.mark.nodb
def test_both_languages_name_the_same_buttons_and_pages():
    for guide, task, step in TEXTS:
        named = [sorted((p.label, p.endpoint) for p in rules.parts(text) if p.label or p.endpoint) for text in step]
        assert named[0] == named[1], (guide, task, step)


@pytest.mark.nodb
def test_what_a_step_calls_a_button_is_what_pages_call_it():
    """Labels are msgids: a button that is renamed makes this fail, instead of leaving a guide that speaks of what is gone."""
    known = set()
    for path in APP.rglob("translations/vi/LC_MESSAGES/messages.po"):
        with path.open("rb") as source:
            known |= {message.id for message in read_po(source, locale="vi") if isinstance(message.id, str)}
    for guide, task, step in TEXTS:
        for part in rules.parts(step.vi):
            name = part.label or shown.labels().get(part.endpoint) if part.label or part.endpoint else "Help"
            assert name in known, (guide, task, part)


@pytest.mark.nodb
def test_the_glossary_is_whole():
    assert len(rules.terms()) >= 50
    for term in rules.terms():
        assert term.vi.strip() and term.en.strip() and term.meaning.vi.strip() and term.meaning.en.strip() and term.meaning.vi != term.meaning.en, term
    assert len({term.vi for term in rules.terms()}) == len(rules.terms())


@pytest.mark.nodb
def test_the_pieces_of_a_step_are_all_of_it():
    assert [(p.text, p.label, p.endpoint) for p in rules.parts("a [B](c.d) *E* [f.g]")] == [("a ", "", ""), ("", "B", "c.d"), (" ", "", ""), ("", "E", ""), (" ", "", ""), ("", "", "f.g")]
    assert rules.parts("") == [] and rules.parts("plain (really) [no link")[0].text == "plain (really) [no link"


def test_what_guides_name_exists(app):
    blueprints = {room.rpartition(".")[2] for room in ROOMS} | set(app.blueprints)
    for guide in rules.guides().values():
        assert endpoints_of(guide) <= set(app.view_functions)
        assert {task.picture for task in guide.tasks if task.picture} <= set(app.view_functions)
        assert {room for task in guide.tasks for room in task.rooms} <= blueprints


# --- pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("guide", READERS)
def test_every_link_of_a_guide_works_for_its_role(guide, as_, app):
    reader = as_(READERS[guide])
    links = links_of(reader.page(f"/help/guides/{guide}"))
    with app.test_request_context():
        assert set(links) == {app.url_for(endpoint) for endpoint in endpoints_of(rules.guides()[guide])}, "a link that this role may not follow became plain words"
    for url in dict.fromkeys(links):
        reader.page(url)


def test_a_guide_of_another_role_holds_no_link_that_leads_nowhere(as_, anonymous):
    for reader in (anonymous, as_("pi1")):
        for guide in rules.guides():
            for url in dict.fromkeys(links_of(reader.page(f"/help/guides/{guide}"))):
                assert reader.get(url, follow_redirects=True).status_code == 200, (guide, url)


def test_a_visitor_reads_the_public_guide_with_all_its_links(anonymous, app):
    with app.test_request_context():
        wanted = {app.url_for(endpoint) for endpoint in endpoints_of(rules.guides()["public"])}
    assert set(links_of(anonymous.page("/help/guides/public"))) == wanted
    anonymous.page("/help/guides/nobody", status=404)


@pytest.mark.parametrize(
    ("account", "url", "leads"),
    [("officer", "/calls/", "officer#call"), ("pi1", "/calls/", "researcher#dossier"), ("host1", "/proposals/", "host#sign-off"), ("member1", "/councils/mine", "council#declare"),
     ("leader", "/board/", "leader#overview"), ("finance", "/funding/", "finance#pay"), ("registry", "/papers/", "registry#number"), ("auditor", "/admin/journal", "auditor#journal"),
     ("admin", "/admin/users", "administrator#people"), ("agency1", "/plan/measures", "agency#measures"), ("pi1", "/auth/account", "everyone#account"), ("officer", "/nothing-here", "officer")],
)  # fmt: skip
def test_help_of_a_page_leads_to_the_guide_of_room_and_role(account, url, leads, as_):
    client = as_(account)
    link = client.page(url, status=404 if url == "/nothing-here" else 200).select_one(".site-header a[rel=help]")["href"]
    assert link == f"/help/guides/{leads}"
    page = client.page(link)
    assert "#" not in link or page.find(id=link.partition("#")[2])


def test_help_of_a_visitors_page(anonymous):
    assert anonymous.page("/public/calls").select_one("a[rel=help]")["href"] == "/help/guides/public#calls"
    assert anonymous.page("/auth/login").select_one("a[rel=help]")["href"] == "/help/guides/public#account"


def test_a_guide_speaks_the_language_of_the_page(anonymous):
    assert "Cách" not in anonymous.page("/help/?lang=en", status=303).text
    page = anonymous.page("/help/guides/researcher")
    assert page.select_one("h1").text == "Principal investigator, researcher" and "Submit the idea" in page.select_one("#idea").parent.text


@pytest.mark.parametrize("words", ["nop ho so", "nộp hồ sơ", "NỘP HỒ SƠ"])
def test_tasks_are_found_with_and_without_diacritics(words, as_):
    page = as_("pi1").page(f"/help/?q={words}")
    assert "/help/guides/researcher#dossier" in [a["href"] for a in page.select(".help-tasks a")]


def test_a_guide_narrows_the_tasks_and_nothing_found_says_so(anonymous):
    page = anonymous.page("/help/?guide=finance")
    assert {a["href"].partition("#")[0] for a in page.select(".help-tasks a")} == {"/help/guides/finance"}
    assert anonymous.page("/help/?q=xyzzy").select_one("main").find("a", href="/help/")
    anonymous.page("/help/?guide=%00&after=zz&sort=no")


@pytest.mark.parametrize("words", ["hội đồng tư vấn", "hoi dong tu van", "advisory council"])
def test_words_are_found_in_both_languages(words, anonymous):
    assert [row.select_one("th").text for row in anonymous.page(f"/help/glossary?q={words}").select("tbody tr")] == ["Hội đồng tư vấn"]


def test_the_workbook_holds_what_is_filtered(anonymous):
    shown_rows = [row.select_one("th").text for row in anonymous.page("/help/glossary?q=hop dong&sort=-en").select("tbody tr")]
    sheet = load_workbook(BytesIO(anonymous.get("/help/glossary.xlsx?q=hop dong&sort=-en").data)).active
    assert len(shown_rows) > 1 and [row[0] for row in sheet.iter_rows(min_row=2, values_only=True) if row[0] in {t.vi for t in rules.terms()}] == shown_rows


def test_pages_of_help_ask_the_database_as_often_for_each_guide(as_, count_queries):
    client = as_("officer")
    client.page("/help/")
    assert len({count_queries(lambda g=g: client.get(f"/help/guides/{g}")) for g in rules.ORDER}) == 1


# --- the tour ---------------------------------------------------------------------------------------------------


def test_the_tour_is_shown_until_it_is_ended_and_for_nobody_else(as_, user, db):
    pi, other = as_("pi1"), as_("pi2")
    desk = pi.page("/desk/")
    assert len(desk.select("[data-tour] li")) == len(shown.STOPS)
    form = desk.select_one("[data-tour] form")
    sent = {control["name"]: control["value"] for control in form.select("input[name]")}
    for _twice in range(2):
        assert pi.post(form["action"], data=sent).location == "/desk/"
    assert pi.post(form["action"], data=sent | {"once": "another"}).status_code == 303  # a page that was left open
    assert not pi.page("/desk/").select("[data-tour]") and other.page("/desk/").select("[data-tour]")
    lines = db.session.scalar(select(func.count()).select_from(JournalEntry).where(JournalEntry.verb == queries.END))
    assert lines == 1 and queries.tour_ended(user("pi1")) and not queries.tour_ended(user("pi2"))


def test_the_tour_can_be_seen_again(as_):
    pi = as_("pi1")
    pi.submit("/desk/", form="/help/tour/end")
    again = pi.page(pi.page("/help/").select_one("main a[href*=tour]")["href"])
    assert again.select("[data-tour]") and not again.select("[data-tour] form")


@pytest.mark.parametrize("account", ["admin", "auditor", "registry"])
def test_the_tour_speaks_of_what_is_on_the_page(account, as_):
    desk = as_(account).page("/desk/")
    assert [stop["data-stop"] for stop in desk.select("[data-stop]") if not desk.select(stop["data-stop"])] == []


def test_a_visitor_ends_no_tour(anonymous, db):
    assert anonymous.post("/help/tour/end").status_code in (302, 400, 401, 403)
    assert not db.session.scalar(select(JournalEntry.seq).where(JournalEntry.verb == queries.END))


# --- pictures ---------------------------------------------------------------------------------------------------


def test_without_pictures_a_guide_shows_none_and_with_them_each_its_own(anonymous, app):
    assert not anonymous.page("/help/guides/public").select("img")
    assert anonymous.get("/help/pictures/vi/public-calls.webp").status_code == 404
    with app.test_request_context():
        place = shown.folder("vi")
    place.mkdir(parents=True)
    (place / "public-calls.webp").write_bytes(b"RIFF")
    (place / "secret.webp").write_bytes(b"not a picture of a task")
    shown_now = anonymous.page("/help/guides/public").select("img")
    assert [image["src"] for image in shown_now] == ["/help/pictures/vi/public-calls.webp"] and shown_now[0]["alt"]
    answer = anonymous.get(shown_now[0]["src"])
    assert answer.status_code == 200 and answer.mimetype == "image/webp" and answer.data == b"RIFF"
    for wrong in ("vi/secret", "en/public-calls", "../public-calls", "vi/..%2fsecret"):
        assert anonymous.get(f"/help/pictures/{wrong}.webp").status_code == 404
