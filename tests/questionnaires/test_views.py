"""The officer's pages of forms: a draft is edited, tried without a trace, compared, put in force and then frozen."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.across.demo import cast as people
from app.kernel import journal
from app.kernel.errors import Incomplete, Stale, WrongState
from app.services.questionnaires import actions, queries
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import VersionState, question_of
from app.services.rulebook.rules import Mark
from app.stages.ideas import order
from app.stages.ideas.models import Idea, OrderForm
from tests.questionnaires.definitions import both, question
from tests.support.browser import content_of

HOME = "/admin/questionnaires/"
NEW = {"section": "s_need", "code": "affected", "type": "number", "label_vi": "Số hộ bị ảnh hưởng", "label_en": "Households affected", "min": "1", "required": "y"}
FORCE = {"document_number": "7/QĐ-SKHCN", "document_date": "01/03/2026", "valid_from": "01/04/2026", "source": "QĐ 7/QĐ-SKHCN", "mark": "V", "agree": "y"}


def row(table, n, code, vi, en, **more):
    """The fields of one row of choices or columns."""
    return {f"{table}-{n}-{name}": value for name, value in {"code": code, "vi": vi, "en": en, **more}.items()}


def drafted(officer):
    """A new version as a copy of the first; its address."""
    return officer.submit(f"{HOME}forms/{order.CODE}/draft", {"source": "Góp ý năm 2026"}).location


def version_at(url):
    return queries.version_by_pid(url.rsplit("/", 1)[-1].partition("#")[0])


def soup(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def test_a_new_version_from_draft_to_force(as_, travel, db):
    officer = as_("officer")
    url = drafted(officer)
    officer.submit(f"{url}/section", {"code": "s_more", "number": "14", "label_vi": "Thông tin thêm", "label_en": "More"})
    officer.submit(f"{url}/question", NEW | {"section": "s_more"})
    officer.submit(f"{url}/question?code=aim", {"max_words": "500"})
    officer.submit(f"{url}/delete?code=ends_on")
    page = officer.page(url)
    assert "comes before" not in page.text and page.select_one(".empty li"), "the check that lost its question is named"
    answer = officer.submit(f"{url}/put-in-force", FORCE, status=422)
    assert soup(answer).select_one(".error-summary") and version_at(url).state == VersionState.DRAFT
    officer.submit(f"{url}/checks", {"keep": ["1"]})
    page = officer.page(url)
    assert not page.select(".empty li") and page.select_one("#affected") and "500" in page.select_one("#aim-count").text
    shown = officer.page(f"{url}/put-in-force").text
    assert "Households affected" not in shown and "Số hộ bị ảnh hưởng" in shown and "ends_on" in shown
    officer.submit(f"{url}/put-in-force", FORCE)
    version = version_at(url)
    assert (version.state, version.document_number, str(version.valid_from)) == (VersionState.IN_FORCE, "7/QĐ-SKHCN", "2026-04-01")
    assert "Sắp có hiệu lực" in officer.page(url).text
    assert [e.verb for e in reversed(journal.timeline([journal.subject_key(version)]))] == ["draft", "edit", "edit", "edit", "edit", "edit", "put_in_force"]
    assert queries.in_force(order.CODE, on=version.valid_from).number == 2
    assert officer.get(f"{url}/question?code=aim").status_code == 409, "a form in force has no page to edit it"


def test_a_version_in_force_is_frozen_in_the_database(as_, db):
    first = db.session.scalar(select(FormVersion))
    for statement in ("UPDATE form_version SET source = 'x' WHERE id = :id", "DELETE FROM form_version WHERE id = :id"):
        with pytest.raises(IntegrityError):
            db.session.execute(text(statement), {"id": first.id})
        db.session.rollback()


def test_trying_a_form_leaves_no_trace(as_, db):
    officer = as_("officer")
    url = drafted(officer)
    before = [db.session.scalar(select(func.count()).select_from(table)) for table in (Idea, OrderForm, FormVersion, journal.JournalEntry)]
    page = soup(officer.submit(f"{url}/test", {"title": "Thử <b>", "state_budget": "một tỷ", "starts_on": "31/02/2027"}, status=202))
    told = {a["href"] for a in page.select(".error-summary a")}
    assert {"#state_budget", "#starts_on", "#need"} <= told and "#title" not in told and content_of(page, "#title") == "Thử <b>"
    page = soup(officer.submit(f"{url}/test", {"do": "add:product_list"}, status=202))
    assert page.select_one("#product_list-1-name") and not page.select(".error-summary")
    page = soup(officer.submit(f"{url}/test", {"product_list-0-name": "A", "product_list-1-name": "B", "do": "remove:product_list:0"}, status=202))
    assert content_of(page, "#product_list-0-name") == "B"
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in (Idea, OrderForm, FormVersion, journal.JournalEntry)] == before


def test_the_question_is_shown_before_it_is_kept(as_):
    officer = as_("officer")
    url = drafted(officer)
    page = soup(officer.submit(f"{url}/question", NEW | {"do": "preview"}, status=202))
    assert page.select_one("#preview_affected") and question_of(version_at(url).definition, "affected") is None
    options = {"type": "one_of", "min": "", **row("options", 0, "a", "Một", "One"), **row("options", 1, "b", "Hai", "Two")}
    page = soup(officer.submit(f"{url}/question", NEW | options | {"do": "preview"}, status=202))
    assert [o.text for o in page.select("#preview_affected option")][1:] == ["Một", "Hai"]
    officer.submit(f"{url}/question", NEW | options)
    kept = officer.page(f"{url}/question?code=affected")
    assert [content_of(kept, f"#options-1-{name}") for name in ("code", "vi", "en")] == ["b", "Hai", "Two"]


def test_rows_of_choices_and_columns_come_and_go_by_buttons_and_wrong_cells_are_named(as_):
    officer = as_("officer")
    url = drafted(officer)
    typed = NEW | {"min": "", "type": "table", **row("columns", 0, "crop", "Cây", "Crop", type="short_text", needed="yes"), **row("columns", 1, "area", "Diện tích", "", type="number")}
    page = soup(officer.submit(f"{url}/question", typed | {"do": "add:columns"}, status=202))
    assert page.select_one("#columns-2-code") and content_of(page, "#columns-1-vi") == "Diện tích" and not page.select(".error-summary")
    page = soup(officer.submit(f"{url}/question", typed | row("columns", 2, "crop", "<b>", "x", type="nonsense"), status=422))
    told = {a["href"] for a in page.select(".error-summary a")}
    assert told == {"#columns-1-en", "#columns-2-code", "#columns-2-type"} and content_of(page, "#columns-2-vi") == "<b>"
    page = soup(officer.submit(f"{url}/question", typed | row("columns", 2, "y", "y", "y") | {"do": "remove:columns:1"}, status=202))
    assert [content_of(page, f"#columns-{n}-code") for n in (0, 1)] == ["crop", "y"] and not page.select_one("#columns-2-code")
    assert version_at(url).version == 1, "nothing is kept yet"
    officer.submit(f"{url}/question", typed | {"columns-1-en": "Area"})
    made = question_of(version_at(url).definition, "affected")
    assert made["columns"] == [{"code": "crop", "type": "short_text", "label": {"vi": "Cây", "en": "Crop"}, "required": True},
                               {"code": "area", "type": "number", "label": {"vi": "Diện tích", "en": "Area"}}]  # fmt: skip
    shown = officer.page(f"{url}/question?code=affected")
    assert shown.select_one("#columns-0-needed option[selected]")["value"] == "yes" and shown.select_one("#columns-1-type option[selected]")["value"] == "number"


@pytest.mark.parametrize("bad", [
    {"code": "Bad Code"}, {"code": "title"}, {"code": "csrf_token"}, {"label_en": ""}, {"type": "python"}, {"type": "one_of"}, {"type": "one_of", "min": "", "options-0-code": "a", "options-0-vi": "Một"},
    {"type": "table", "min": "", "columns-0-code": "a", "columns-0-type": "table", "columns-0-vi": "x", "columns-0-en": "y"}, {"type": "table", "min": ""}, {"min": "9", "max": "3"}, {"section": "nowhere"},
    {"when_question": "other_budget", "when_op": "more_than", "when_value": "1"}, {"when_question": "title", "when_op": "more_than", "when_value": "x"},
    {"prefill": "person.name"}, {"list": "people.passwords", "type": "one_of"}, {"label_vi": "x" * 5000}, {"hint_vi": "chỉ một tiếng"},
    {"max_words": "0", "type": "long_text", "min": ""}, {"max_words": "-5", "type": "long_text", "min": ""}, {"max_words": "nhiều", "type": "long_text", "min": ""}, {"min": "-1"},
    {"max_words": "5"}, {"when_question": "kind", "when_op": "is", "when_value": "KHONG_CO"}, {"when_question": "kind"}, {"when_op": "filled"}, {"when_value": "x"},
    {"when_question": "receiver", "when_op": "filled"}, {"when_question": "duration_months", "when_op": "more_than", "when_value": "120"},
])  # fmt: skip
def test_a_question_that_is_not_sound_is_refused_and_what_was_typed_stays(as_, bad):
    officer = as_("officer")
    url = drafted(officer)
    page = soup(officer.submit(f"{url}/question", NEW | bad, status=422))
    assert page.select_one(".error-summary") and page.select_one("#label_vi")["value"] == (NEW | bad)["label_vi"]
    assert page.select_one(".field-error"), "the sentence stands beside its field"
    previewed = soup(officer.submit(f"{url}/question", NEW | bad | {"do": "preview"}, status=422))
    assert previewed.select_one(".field-error").text == page.select_one(".field-error").text, "the preview says the same as saving"
    assert version_at(url).version == 1


def test_the_second_officer_is_told(as_, user, at, db):
    url = drafted(as_("officer"))
    version = version_at(url)
    actions.move(version, "s_title", 1, by=user("officer"), at=at, seen=1)
    with pytest.raises(Stale):
        actions.delete(version, "aim", by=user("officer2"), at=at, seen=1)
    db.session.commit()
    officer = as_("officer2")
    form = officer.page(url).select_one("form[action$='/move']")
    sent = {i["name"]: i["value"] for i in form.select("input")}
    assert officer.post(form["action"], data=sent | {"version": "1"}).status_code == 409
    assert officer.post(form["action"], data=sent | {"code": "nowhere", "once": "x"}).status_code == 422


def test_questions_and_sections_move(as_):
    officer = as_("officer")
    url = drafted(officer)
    page = officer.page(url)
    form = next(f for f in page.select("form[action$='/move']") if f.select_one("[name=code]")["value"] == "s_field" and f.select_one("[name=by]")["value"] == "up")
    officer.post(form["action"], data={i["name"]: i["value"] for i in form.select("input")})
    assert [s["code"] for s in version_at(url).definition["sections"]][:2] == ["s_field", "s_title"]
    assert "Moved" not in officer.page(f"{url}/difference/{queries.in_force(order.CODE, on=version_at(url).created_at.date()).public_id}").text


def test_a_draft_is_discarded_and_its_number_stays_taken(as_):
    officer = as_("officer")
    url = drafted(officer)
    officer.submit(f"{url}/discard", {"reason": ""}, status=422)
    officer.submit(f"{url}/discard", {"reason": "Không dùng"})
    assert version_at(url).state == VersionState.DISCARDED
    assert version_at(drafted(officer)).number == 3


def test_who_reads_and_who_edits(as_):
    url = drafted(as_("officer"))
    for account in ("leader", "province", "auditor"):
        assert as_(account).get(HOME).status_code == as_(account).get(url).status_code == as_(account).get(f"{url}/test").status_code == 200
        assert as_(account).get(f"{url}/question").status_code == as_(account).get(f"{url}/put-in-force").status_code == 403
    for account in ("pi1", "host1", "agency1", "finance", "admin", "member1"):
        assert as_(account).get(HOME).status_code == as_(account).get(url).status_code == as_(account).get(f"{url}/test").status_code == 403, account


def test_the_list_is_filtered_and_exported(as_):
    officer = as_("officer")
    drafted(officer)
    assert len(officer.page(f"{HOME}?state=draft").select("tbody tr")) == 1 and len(officer.page(f"{HOME}?form={order.CODE}").select("tbody tr")) == 2
    assert len(officer.page(f"{HOME}?q=phieu+de+xuat&state=draft").select("tbody tr")) == 1 and not officer.page(f"{HOME}?q=khong+co").select("tbody tr")
    assert officer.get(f"{HOME}versions.xlsx?state=draft").data[:2] == b"PK"


def test_a_form_is_shown_in_english_too(as_):
    officer = as_("officer")
    url = drafted(officer)
    officer.post("/auth/language", data={"locale": "en", "csrf_token": officer.page(HOME).select_one("[name=csrf_token]")["value"]})
    page = officer.page(f"{url}/test")
    assert "Why it is urgent" in page.text and "Tính cấp thiết" not in page.select_one("main").text


def test_a_draft_that_is_not_sound_cannot_be_put_in_force(cast, at, db):
    form = queries.form_by_code(order.CODE)
    version = actions.draft(form, source="x", by=cast["officer"], at=at)
    actions.delete(version, "receiver", by=cast["officer"], at=at)
    today = at.date()
    with pytest.raises(Incomplete, match="not sound"):
        actions.put_in_force(version, number="1", dated=today, valid_from=today, source="x", mark=Mark.V, by=cast["officer"], at=at)
    actions.save_question(version, question("receiver", "organisation"), section="s_receiver", by=cast["officer"], at=at)
    actions.put_in_force(version, number="1", dated=today, valid_from=today, source="x", mark=Mark.V, by=cast["officer"], at=at)
    with pytest.raises(WrongState):
        actions.save_section(version, {"code": "z", "label": both("Z")}, by=cast["officer"], at=at)
    again = actions.draft(form, source="y", by=cast["officer"], at=at)
    with pytest.raises(Incomplete, match="later"):
        actions.put_in_force(again, number="2", dated=today, valid_from=today, source="x", mark=Mark.V, by=cast["officer"], at=at)


def test_the_trial_of_a_form_that_is_not_sound_says_so(as_, cast, at, db):
    version = actions.draft(queries.form_by_code(order.CODE), source="x", by=cast["officer"], at=at)
    officer, url = as_("officer"), f"{HOME}versions/{version.public_id}/test"
    db.session.commit()
    sound, broken = "Các câu trả lời này có thể gửi được", "Biểu mẫu này chưa thể ban hành"
    assert broken not in officer.page(url).text
    version = queries.version_by_pid(version.public_id)
    form = {"code": "handover_note", "name_vi": "Phiếu bàn giao", "name_en": "Handover note", "purpose": "x", "source": "x"}
    made = officer.submit(f"{HOME}forms/new", form).location
    page = soup(officer.submit(f"{made}/test", {}, status=202))
    assert broken in page.text and sound not in page.text and "không ai gửi được" in page.text
    actions.delete(version, "receiver", by=people.load()["officer"], at=at)
    db.session.commit()
    page = officer.page(url)
    assert broken in page.text and page.select_one(f".alert a[href='{HOME}versions/{version.public_id}']")


def test_pages_cost_the_same_for_few_and_many_versions(as_, cast, at, db, count_queries):
    officer, form = as_("officer"), queries.form_by_code(order.CODE)
    costs = []
    for _round in range(2):
        for _n in range(3):
            actions.draft(form, source="x", by=cast["officer"], at=at)
        db.session.commit()
        costs.append(count_queries(lambda: officer.page(HOME)))
        form = queries.form_by_code(order.CODE)
    assert costs[0] == costs[1]


def test_an_officer_begins_a_new_form(as_, db):
    officer = as_("officer")
    new = {"code": "handover_note", "name_vi": "Phiếu bàn giao", "name_en": "Handover note", "purpose": "Bên nhận điền khi bàn giao", "source": "Yêu cầu của Sở"}
    for bad in ({"code": "Bad Code"}, {"code": "version"}, {"code": order.CODE}, {"name_en": ""}, {"purpose": " "}, {"source": ""}):
        page = soup(officer.submit(f"{HOME}forms/new", new | bad, status=422))
        assert page.select_one(".field-error") and page.select_one("#name_vi")["value"] == "Phiếu bàn giao"
    assert queries.form_by_code("handover_note") is None
    url = officer.submit(f"{HOME}forms/new", new).location
    assert "Bên nhận điền khi bàn giao" in officer.page(url).text
    officer.submit(f"{url}/section", {"code": "s", "label_vi": "Chung", "label_en": "General"})
    officer.submit(f"{url}/question", {"section": "s", "code": "place", "type": "short_text", "label_vi": "Nơi", "label_en": "Place"})
    officer.submit(f"{url}/test", {"place": "Bến Lức"}, status=202)
    officer.submit(f"{url}/put-in-force", FORCE)
    assert queries.in_force("handover_note", on=version_at(url).valid_from).number == 1
    page = officer.page(f"{HOME}?state=to_come")
    assert [row.select_one("td").text for row in page.select("tbody tr")] == ["Phiếu bàn giao"] and page.select_one("tbody .tag").text == "Sắp có hiệu lực"
    assert officer.post(f"{HOME}forms/new").status_code in (400, 422) and as_("auditor").get(f"{HOME}forms/new").status_code == 403


def test_one_word_for_each_state(as_, travel, at, db):
    officer = as_("officer")
    url = drafted(officer)
    officer.submit(f"{url}/put-in-force", FORCE)
    spare = drafted(officer)
    officer.submit(f"{spare}/discard", {"reason": "Nhầm"})
    travel.move_to(at.replace(month=5))
    officer = as_("officer")
    words = {"Đang hiệu lực": "in_use", "Đã thay thế": "past", "Đã bỏ": "discarded"}
    for row in officer.page(f"{HOME}?form={order.CODE}").select("tbody tr"):
        word = row.select_one(".tag").text
        page = officer.page(row.select_one("a")["href"])
        assert page.select_one(".object-head .tag, h1 ~ .tag, header .tag").text.strip() == word
        assert [r.select_one("a")["href"] for r in officer.page(f"{HOME}?form={order.CODE}&state={words.pop(word)}").select("tbody tr")] == [row.select_one("a")["href"]]
    assert not words


@pytest.mark.parametrize("page", ["put-in-force", "discard", "section", "question", "checks", "delete?code=aim"])
def test_what_can_no_longer_be_done_is_said_before_anybody_types(as_, page):
    officer = as_("officer")
    for ended in ({"page": "put-in-force", "data": FORCE}, {"page": "discard", "data": {"reason": "Nhầm"}}):
        url = drafted(officer)
        form = officer.page(f"{url}/{ended['page']}")
        sent = {i["name"]: i.get("value", "") for i in form.select("main form input[name]")} | ended["data"]
        officer.submit(f"{url}/{ended['page']}", ended["data"])
        answer = officer.get(f"{url}/{page}")
        assert answer.status_code == 409 and "cơ sở dữ liệu" not in answer.get_data(as_text=True)
        shown = officer.page(url)
        assert not [a for a in shown.select("main a") if a["href"].endswith(f"/{page}") and url.rsplit("/", 1)[-1] in a["href"]]
        again = officer.post(f"{url}/{ended['page']}", data=sent | {"once": "other"})
        assert again.status_code == 409 and "bảo vệ" not in again.get_data(as_text=True), "done twice: a clear sentence, not one of the database"


def test_a_table_saved_anew_keeps_what_its_rows_do_not_show(as_):
    officer = as_("officer")
    url = drafted(officer)
    before = question_of(version_at(url).definition, "product_list")
    assert any(c.get("options") for c in before["columns"]), "a column with choices of its own, for which its row has no field"
    officer.submit(f"{url}/question?code=product_list", {"max_rows": "15"})
    assert question_of(version_at(url).definition, "product_list") == before | {"max_rows": 15}
