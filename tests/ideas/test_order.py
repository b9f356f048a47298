"""The order form as its people fill it: saved while typing, rows without a script, returned with named sections, moved to a newer version."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.across.demo import cast as people
from app.across.demo.plays import ideas as play
from app.kernel import journal
from app.kernel.clock import local
from app.kernel.errors import Incomplete, Stale, WrongState
from app.services.papers import queries as papers
from app.services.papers.blocks import as_text
from app.services.questionnaires import actions as forms
from app.services.questionnaires import queries as questionnaires
from app.services.rulebook.rules import Mark
from app.stages.ideas import actions, order, queries
from app.stages.ideas.models import Idea, OrderForm
from app.stages.ideas.rules import IdeaState
from tests.ideas.test_views import filled, kept, pid_of, reload
from tests.support.browser import content_of, values_of

DAY = timedelta(days=1)


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def sheet(client, url):
    """What a browser would send of the form on that page, and where it saves while typing."""
    form = client.page(url).select("main form[method=post]")[-1]
    return values_of(form), form["data-autosave"]


def typing(values, **changes):
    """What the script sends: the key of the page instead of `once`."""
    return {k: v for k, v in values.items() if k != "once"} | {"draft_key": values["once"]} | changes


def count(db):
    return db.session.scalar(select(func.count()).select_from(Idea))


def newer(cast, at, *, gone=("s_effects",)):
    """A version in force from tomorrow on, without some sections and with one more question."""
    officer, form = cast["officer"], questionnaires.form_by_code(order.CODE)
    version = forms.draft(form, source="x", by=officer, at=at)
    for code in gone:
        forms.delete(version, code, by=officer, at=at)
    more = {"code": "affected", "type": "number", "label": {"vi": "Số hộ", "en": "Households"}, "required": True, "min": 1}
    forms.save_question(version, more, section="s_need", by=officer, at=at)
    forms.put_in_force(version, number="7/QĐ-SKHCN", dated=at.date(), valid_from=(at + DAY).date(), source="x", mark=Mark.G, by=officer, at=at)
    return version


def test_typing_keeps_one_draft_and_says_when(as_, cast, db):
    pi = as_("pi1")
    values, save = sheet(pi, "/ideas/new")
    before = count(db)
    assert pi.post(save, data=typing(values, need="chưa có tên")).json["gap"] is True and count(db) == before
    told = pi.post(save, data=typing(values, title="Chanh", state_budget="một tỷ", year="99999")).json
    again = pi.post(save, data=typing(values, title="Chanh không hạt", state_budget="một tỷ")).json
    assert {"total_budget", "state_share"} <= set(told["calculated"])
    assert told["time"] == "08:00" and told["edit"] == again["edit"] and count(db) == before + 1, "a lost answer makes no second draft"
    values, save = sheet(pi, told["edit"])
    assert values["title"] == "Chanh không hạt" and values["state_budget"] == "một tỷ" and save == told["autosave"], "what cannot be read is kept as typed"
    second = pi.post(save, data=typing(values, need="Thiếu nước")).json
    assert pi.post(save, data=typing(values, need="của tab cũ")).status_code == 409
    found = reload(told["edit"].split("/")[2])
    assert (found.need, found.state_budget, found.version) == ("Thiếu nước", None, second["version"])
    assert [e.verb for e in journal.timeline([journal.subject_key(found)])] == ["draft"], "typing is no act"


def test_saving_the_page_after_typing_goes_on_with_the_same_draft(as_, cast, db):
    pi = as_("pi1")
    values, save = sheet(pi, "/ideas/new")
    edit = pi.post(save, data=typing(values, title="Chanh")).json["edit"]
    answer = pi.post("/ideas/new", data=values | {"title": "Chanh không hạt"})  # the answer above was lost on the way
    assert answer.status_code == 303 and answer.location.endswith(edit.removesuffix("/edit"))
    assert reload(pid_of(answer)).title == "Chanh không hạt"


def test_the_draft_of_another_is_out_of_reach(as_, cast, db):
    pi, other = as_("pi1"), as_("pi3")
    values, save = sheet(pi, "/ideas/new")
    told = pi.post(save, data=typing(values, title="Chanh")).json
    theirs, _save = sheet(other, "/ideas/new")
    assert other.post(told["autosave"], data=typing(theirs, title="x")).status_code == 404
    assert other.post("/ideas/autosave", data=typing(theirs, title="x") | {"draft_key": values["once"]}).status_code in (422, 409), "a key belongs to one page"
    assert reload(told["edit"].split("/")[2]).title == "Chanh"


def test_rows_come_and_go_without_a_script(as_, cast, db):
    pi = as_("pi1")
    page = soup(pi.submit("/ideas/new", filled() | {"do": "add:product_list"}, status=202))
    assert page.select_one("#product_list-1-name") and content_of(page, "#title") == filled()["title"]
    pid = pid_of(pi.submit("/ideas/new", filled() | {"product_list-0-kind": "II", "product_list-0-name": "Quy trình"}))
    answer = pi.submit(f"/ideas/{pid}/edit", {"do": "add:product_list", "need": "giữ lại"})
    assert answer.location.endswith("/edit#product_list") and reload(pid).need == "giữ lại"
    pi.submit(f"/ideas/{pid}/edit", {"product_list-1-name": "Mô hình", "product_list-1-kind": "I", "product_list-1-quantity": "2,5"})
    assert [r["name"] for r in order.of(reload(pid)).answers["product_list"]] == ["Quy trình", "Mô hình"]
    pi.submit(f"/ideas/{pid}/edit", {"do": "remove:product_list:0"})
    assert order.of(reload(pid)).answers["product_list"] == [{"kind": "I", "name": "Mô hình", "unit": None, "quantity": 2.5, "quality": None}]
    assert "Mô hình" in pi.page(f"/ideas/{pid}").text


def test_checks_between_answers_keep_a_form_from_being_sent(as_, cast):
    pi = as_("pi1")
    data = filled() | {"ends_on": "01/01/2027", "other_budget": "100", "other_sources-0-name": "Doanh nghiệp", "other_sources-0-amount": "90"}
    pid = pid_of(pi.submit("/ideas/new", data))
    page = soup(pi.submit(f"/ideas/{pid}/submit", status=422))
    assert "2 câu trả lời" in page.text and len(page.select(".check-bad")) == 2
    pi.submit(f"/ideas/{pid}/edit", {"ends_on": "01/03/2029", "other_sources-0-amount": "100"})
    pi.submit(f"/ideas/{pid}/submit")
    assert reload(pid).state == IdeaState.SUBMITTED


@pytest.mark.parametrize("bad", [
    {"title": "x" * 501}, {"kind": "PYTHON"}, {"receiver": "foreign"}, {"state_keeps_ownership": "maybe"}, {"starts_on": "01/01/8021"}, {"starts_on": "1900-02-30"},
    {"duration_months": "121"}, {"state_budget": "99999999999999999"}, {"product_list-0-quantity": "nhiều"}, {"need": "x" * 10_001},
])  # fmt: skip
def test_hostile_answers_are_told_in_their_place_and_shown_again(as_, cast, db, bad):
    before = count(db)
    page = soup(as_("pi1").submit("/ideas/new", filled() | bad, status=422))
    name = next(iter(bad))
    assert f"#{name}" in {a["href"] for a in page.select(".error-summary a")} and count(db) == before


def test_what_is_unknown_or_dangerous_does_no_harm(as_, cast):
    pi = as_("pi1")
    data = filled() | {"title": "A\x00B <script>alert(1)</script>", "need": "{{ 7*7 }}\x00", "state": "approved", "owner_id": "1", "code": "ĐX-1", "final_title": "x", "evil": "y",
                       "product_list-0-evil": "x", "product_list-99999999-name": "x"}  # fmt: skip
    pid = pid_of(pi.submit("/ideas/new", data))
    found = reload(pid)
    assert found.title == "AB <script>alert(1)</script>" and found.state == IdeaState.DRAFT and found.code is None and found.final_title is None
    assert not {"evil", "state", "owner_id"} & set(order.of(found).answers)
    page = pi.page(f"/ideas/{pid}")
    assert "{{ 7*7 }}" in page.text and not [s for s in page.select("script") if not s.get("src")]


def test_an_answer_too_long_to_keep_is_refused_while_typing(as_, cast, db):
    pi = as_("pi1")
    values, save = sheet(pi, "/ideas/new")
    before = count(db)
    assert pi.post(save, data=typing(values, title="A", need="x" * 20_001)).status_code == 422 and count(db) == before
    rows = {f"product_list-{n}-name": "x" for n in range(400)}
    told = pi.post(save, data=typing(values, title="A") | rows)
    assert told.status_code == 200 and len(order.of(reload(told.json["edit"].split("/")[2])).answers["product_list"]) <= 201


def test_a_form_is_returned_with_named_sections(as_, cast, at, db, mails):
    pid = kept(db, play.submitted_idea(cast, item="1.8", title="A", at=at))
    officer, pi = as_("officer"), as_("pi1")
    officer.submit(f"/ideas/{pid}/return", {"reason": "Bổ sung", "sections": ["nowhere"]}, status=422)
    officer.submit(f"/ideas/{pid}/return", {"reason": "Bổ sung", "sections": ["s_products", "s_receiver"]})
    assert "Kết quả, sản phẩm dự kiến" in mails()[-1].body and "Tính cấp thiết" not in mails()[-1].body
    page = pi.page(f"/ideas/{pid}/edit")
    assert [s["aria-labelledby"] for s in page.select(".sheet-flagged")] == ["part-s_products", "part-s_receiver"]
    assert "8. Kết quả, sản phẩm dự kiến" in pi.page(f"/ideas/{pid}").text
    pi.submit(f"/ideas/{pid}/edit", {"products": "03 mô hình"})
    pi.submit(f"/ideas/{pid}/submit")
    assert order.of(reload(pid)).return_sections == [] and not pi.page(f"/ideas/{pid}").select(".sheet-flagged")


def test_a_record_keeps_its_version_and_is_moved_with_the_difference_shown(as_, cast, at, db, travel):
    idea = play.drafted_idea(cast, title="Chanh", at=at)
    version = newer(cast, at)
    pid = kept(db, idea)
    assert order.of(reload(pid)).form.number == 1
    pi = as_("pi1")
    assert "move-form" not in str(pi.page(f"/ideas/{pid}")) and pi.get(f"/ideas/{pid}/move-form").status_code == 409, "not in force yet"
    travel.move_to(at + DAY)
    pi = as_("pi1")
    assert pi.page(f"/ideas/{pid}").select_one(f"a[href='/ideas/{pid}/move-form']")
    assert pi.page(f"/ideas/{pid}/edit").select_one("#effects") and not pi.page(f"/ideas/{pid}/edit").select_one("#affected")
    page = pi.page(f"/ideas/{pid}/move-form").text
    assert "Số hộ" in page and "Dự kiến hiệu quả" in page
    pi.submit(f"/ideas/{pid}/move-form")
    page = pi.page(f"/ideas/{pid}/edit")
    assert page.select_one("#affected") and not page.select_one("#effects")
    found = reload(pid)
    assert order.of(found).form.number == 2 and order.of(found).answers["effects"], "what is not asked any more is not lost"
    pi.submit(f"/ideas/{pid}/submit", status=422)
    pi.submit(f"/ideas/{pid}/edit", {"affected": "120"})
    pi.submit(f"/ideas/{pid}/submit")
    assert reload(pid).state == IdeaState.SUBMITTED
    with pytest.raises(WrongState):
        actions.move_form(reload(pid), questionnaires.version_by_id(order.of(reload(pid)).form_version_id), by=people.load()["pi1"], at=at + DAY)
    assert version is not None


def test_new_forms_take_the_version_of_their_day(as_, cast, at, db, travel):
    newer(cast, at)
    db.session.commit()
    assert not as_("pi1").page("/ideas/new").select_one("#affected")
    travel.move_to(at + 2 * DAY)
    page = as_("pi1").page("/ideas/new")
    assert page.select_one("#affected") and "7/QĐ-SKHCN" in page.text


def test_a_new_form_is_filled_beforehand_with_what_is_known(as_, cast, at, db, travel):
    version = newer(cast, at, gone=())
    officer, form = cast["officer"], questionnaires.form_by_code(order.CODE)
    again = forms.draft(form, source="x", by=officer, at=at + DAY)
    for code, kind, source in (("contact", "short_text", "person.name"), ("mail", "short_text", "person.email"), ("body", "organisation", "person.organisation"),
                               ("first", "date", "day.next_year")):  # fmt: skip
        question = {"code": code, "type": kind, "label": {"vi": code, "en": code}, "prefill": source}
        forms.save_question(again, question, section="s_aim", by=officer, at=at + DAY)
    forms.put_in_force(again, number="8/QĐ", dated=at.date(), valid_from=(at + 2 * DAY).date(), source="x", mark=Mark.G, by=officer, at=at + DAY)
    db.session.commit()
    assert version is not None
    travel.move_to(at + 3 * DAY)
    page, person = as_("pi1").page("/ideas/new"), people.load()["pi1"]
    assert (page.select_one("#contact")["value"], page.select_one("#mail")["value"], page.select_one("#first")["value"]) == (person.name, person.email, "01/01/2027")
    assert page.select_one("#body option[selected]")["value"] == person.organisations[0].public_id


def test_an_idea_from_before_forms_were_data_reads_and_goes_on(cast, at, db):
    idea = play.drafted_idea(cast, title="Cũ", at=at)
    db.session.delete(db.session.get(OrderForm, idea.id))
    db.session.flush()
    row = order.of(idea)
    assert row.answers["aim"] == idea.aim and row.answers["receiver"] == cast.org("agency1").public_id and row.form.number == 1
    actions.revise(idea, {"starts_on": date(2027, 3, 1)}, by=cast["pi1"], at=at)
    assert order.of(idea).answers["starts_on"] == "2027-03-01" and order.of(idea).answers["aim"] == idea.aim
    actions.submit(idea, by=cast["pi1"], at=at)
    assert idea.state == IdeaState.SUBMITTED


def test_what_is_no_longer_on_a_list_is_still_named(as_, cast, at, db):
    idea = play.drafted_idea(cast, title="A", at=at)
    idea.receiver.active_to = at.date() - DAY
    name, pid = idea.receiver.name, kept(db, idea)
    pi = as_("pi1")
    assert name in pi.page(f"/ideas/{pid}").text
    page = soup(pi.submit(f"/ideas/{pid}/edit", status=422))
    assert page.select_one("#receiver option[selected]").text == name and page.select_one("#receiver-error"), "it is shown, but must be chosen anew"


def test_answers_and_columns_say_the_same(cast, at, db):
    idea = play.drafted_idea(cast, title="A", at=at)
    db.session.commit()
    idea = queries.idea_by_pid(idea.public_id)
    for name, value in order.values_of(order.of(idea).answers).items():
        assert getattr(idea, name) == value or (value is None and not getattr(idea, name)), name


def test_a_returned_sections_and_a_stale_editor(cast, at):
    idea = play.submitted_idea(cast, item="1.8", title="A", at=at)
    with pytest.raises(Incomplete):
        actions.send_back(idea, "x", by=cast["officer"], at=at, sections=["nowhere"])
    with pytest.raises(Stale):
        actions.send_back(idea, "x", by=cast["officer"], at=at, sections=["s_aim"], seen=idea.version - 1)


def test_the_form_costs_the_same_for_one_row_and_many(as_, cast, at, db, count_queries):
    pid, pi = kept(db, play.drafted_idea(cast, title="A", at=at)), as_("pi1")
    costs = []
    for rows in (1, 15):
        actions.revise(reload(pid), {}, answers={"product_list": [{"kind": "I", "name": "x"}] * rows}, by=people.load()["pi1"], at=at)
        db.session.commit()
        costs.append([count_queries(lambda u=u: pi.page(u)) for u in (f"/ideas/{pid}", f"/ideas/{pid}/edit", f"/ideas/{pid}/submit")])
    assert costs[0] == costs[1]


def test_a_moved_record_is_filled_beforehand_where_the_newer_form_asks_what_is_known(cast, at, db):
    idea = play.drafted_idea(cast, title="Chanh", at=at)
    version = forms.draft(questionnaires.form_by_code(order.CODE), source="x", by=cast["officer"], at=at)
    asked = {"code": "contact_name", "type": "short_text", "label": {"vi": "Người liên hệ", "en": "Contact"}, "prefill": "person.name"}
    forms.save_question(version, asked, section="s_need", by=cast["officer"], at=at)
    forms.put_in_force(version, number="7/QĐ-SKHCN", dated=at.date(), valid_from=(at + DAY).date(), source="x", mark=Mark.G, by=cast["officer"], at=at)
    actions.move_form(idea, version, by=cast["pi1"], at=at + DAY)
    assert order.of(idea).answers["contact_name"] == cast["pi1"].name


# --- the receipt ----------------------------------------------------------------------------------------------


def test_the_receipt_is_a_paper_of_what_was_received(as_, cast, at, db, mails):
    idea = play.submitted_idea(cast, item="1.8", title="Trồng chanh không hạt", at=at)
    paper = papers.of(idea)[0]
    words = as_text(paper.blocks)
    for said in (idea.code, "Trồng chanh không hạt", idea.organisation.name, idea.receiver.name, f"{local(at):%H:%M:%S ngày %d/%m/%Y}", "Mã băm"):
        assert said in words, said
    actions.send_back(idea, "Bổ sung", by=cast["officer"], at=at)
    actions.revise(idea, {"products": "03 mô hình"}, by=cast["pi1"], at=at)
    actions.submit(idea, by=cast["pi1"], at=at + DAY)
    second, first = papers.of(idea)
    assert "03 mô hình" in as_text(second.blocks) and first.sha256 != second.sha256 and as_text(first.blocks) == words
    pid = kept(db, idea)
    assert f"/papers/{second.public_id}" in mails()[-1].body
    pi = as_("pi1")
    assert pi.page(f"/ideas/{pid}").select_one(f"a[href='/papers/{second.public_id}']") and pi.get(f"/papers/{second.public_id}.pdf").data[:4] == b"%PDF"
    assert as_("pi3").get(f"/papers/{second.public_id}").status_code == 404, "a stranger reads it no more than the idea"
    assert second.public_id not in str(as_("registry").page("/desk/"))
