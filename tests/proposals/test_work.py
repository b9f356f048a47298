"""The work description: the form a dossier keeps, savings and sittings, two people at one section, the history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from app.across.demo.plays import proposals as plays
from app.kernel import journal
from app.kernel.errors import Incomplete, Stale, WrongState
from app.services.people import queries as people
from app.services.questionnaires import queries as questionnaires
from app.stages.proposals import actions, queries, work
from app.stages.proposals.models import WorkSaving
from app.stages.proposals.rules import How, Standing
from tests.support.browser import values_of

MINUTE = timedelta(minutes=1)
NEEDED = {"DT_CN": "proposals_work_dt_cn", "DT_XH": "proposals_work_dt_xh", "DA_SXTN": "proposals_work_da_sxtn", "DE_AN": "proposals_work_de_an", "UDNR": "proposals_work_da_sxtn"}


@pytest.fixture
def call_topic(called):
    return called("Xây dựng hệ thống tưới tự động giám sát bằng IoT")[0]


@pytest.fixture
def row(db, cast, call_topic, now):
    made = actions.start(call_topic, host=cast.org("host1"), by=cast["pi1"], at=now)
    actions.add_member(made, name="Trần Thị Bình", role=plays.TeamRole.SECRETARY, months=3, user=cast["pi2"], by=cast["pi1"], at=now)
    db.session.commit()
    return made


@pytest.mark.parametrize(("kind", "code"), sorted(NEEDED.items()))
def test_each_type_of_task_has_its_form(cast, call_topic, now, kind, code):
    version = work.current(call_topic.call, kind, now.date())
    assert version.questionnaire.code == code and version.number == 3 and not questionnaires.problems_of(version, on=now.date())


def test_before_the_circular_the_form_had_five_sections(at, cast):
    early = work.work_forms(queries.setting("proposals.work_questionnaires", at.date()), ["DT_CN"], at.date().replace(year=2023))["DT_CN"]
    assert early.number == 1 and len(early.definition["sections"]) == 5


def test_a_dossier_keeps_the_version_it_began_with(db, row, now):
    version = work.form_of(row)
    row.work_form.form_version_id = questionnaires.versions_of(version.questionnaire)[-1].id
    db.session.flush()
    assert work.form_of(queries.proposal_by_pid(row.public_id)).number == 1
    assert {p.code for p in work.parts(row, at=now)} == {"s_overview", "s_content", "s_plan", "s_application", "s_partner_plan"}


def standing(row, now):
    return {p.code: p.standing for p in work.parts(row, at=now)}


def test_the_standing_of_a_section(row, cast, now):
    assert set(standing(row, now).values()) == {Standing.NOT_BEGUN}
    assert len([p for p in actions.problems_of(row, at=now) if p.section == "work"]) == 10
    work.save(row, {"overview": "Chữ"}, by=cast["pi1"], at=now)
    assert standing(row, now)["s_overview"] == Standing.IN_WORK
    plays.written(row, by=cast["pi1"], at=now)
    left = standing(row, now)
    assert left.pop("s_literature") == Standing.NOT_BEGUN and set(left.values()) == {Standing.COMPLETE}
    assert not [p for p in actions.problems_of(row, at=now) if p.section == "work"]


def test_too_many_words_are_kept_but_not_complete(row, cast, now):
    plays.written(row, by=cast["pi1"], at=now)
    work.save(row, {"approach": "từ " * 501}, by=cast["pi1"], at=now)
    assert standing(row, now)["s_method"] == Standing.IN_WORK
    with pytest.raises(Incomplete):
        work.save(row, {"approach": "x" * 20_001}, by=cast["pi1"], at=now)


def test_what_one_person_saves_in_a_sitting_is_one_saving(db, row, cast, now):
    for n in range(3):
        work.save(row, {"overview": "Chữ " * (n + 1)}, by=cast["pi1"], at=now + n * MINUTE)
    work.save(row, {"overview": "Của thư ký"}, by=cast["pi2"], at=now + 4 * MINUTE)
    work.save(row, {"overview": "Lại của chủ nhiệm"}, by=cast["pi1"], at=now + 5 * MINUTE)
    work.save(row, {"overview": "Sau giờ nghỉ"}, by=cast["pi1"], at=now + 16 * MINUTE)
    found = work.history(row, "s_overview")
    assert [(s.number, s.saved_by_id, s.answers["overview"].strip()) for s in reversed(found)] == [
        (3, cast["pi1"].id, "Chữ Chữ Chữ"), (4, cast["pi2"].id, "Của thư ký"), (5, cast["pi1"].id, "Lại của chủ nhiệm"), (6, cast["pi1"].id, "Sau giờ nghỉ")]  # fmt: skip
    assert [e.verb for e in journal.timeline([journal.subject_key(row)])].count("save_work") == 4


def test_cutting_a_long_text_leaves_it_in_the_history(row, cast, now):
    work.save(row, {"overview": "x" * 400}, by=cast["pi1"], at=now)
    work.save(row, {"overview": "y"}, by=cast["pi1"], at=now + MINUTE)
    assert [s.answers["overview"] for s in work.history(row, "s_overview")] == ["y", "x" * 400]


def test_saving_the_same_again_changes_nothing(db, row, cast, now):
    plays.written(row, by=cast["pi1"], at=now)
    row.host_signed_at = now
    version, count = row.version, db.session.query(WorkSaving).count()
    db.session.flush()
    plays.written(row, by=cast["pi2"], at=now + MINUTE)
    assert row.host_signed_at == now and db.session.query(WorkSaving).count() == count and row.version == version + 1  # the flush above
    work.save(row, {"approach": "Khác"}, by=cast["pi2"], at=now + MINUTE)
    assert row.host_signed_at is None


def test_two_who_answer_different_questions_both_keep_what_they_wrote(row, cast, now):
    work.save(row, {"overview": "cũ", "rationale": "cũ"}, by=cast["pi1"], at=now)
    seen = work.number_of(row, "s_overview")
    assert work.save_section(row, "s_overview", {"overview": "mới", "rationale": "cũ"}, seen=seen, by=cast["pi2"], at=now) is False
    assert work.save_section(row, "s_overview", {"overview": "cũ", "rationale": "khác"}, seen=seen, by=cast["pi1"], at=now) is True
    assert row.work["overview"] == "mới" and row.work["rationale"] == "khác"


def test_two_who_answer_the_same_question_are_told_and_choose(row, cast, now):
    work.save(row, {"overview": "cũ", "rationale": "cũ"}, by=cast["pi1"], at=now)
    seen = work.number_of(row, "s_overview")
    work.save_section(row, "s_overview", {"overview": "của thư ký"}, seen=seen, by=cast["pi2"], at=now)
    mine = {"overview": "của chủ nhiệm", "rationale": "cũ"}
    with pytest.raises(Stale):
        work.save_section(row, "s_overview", mine, seen=seen, by=cast["pi1"], at=now)
    with pytest.raises(Stale):
        work.save(row, mine, seen={"s_overview": seen}, by=cast["pi1"], at=now)
    assert row.work["overview"] == "của thư ký"
    number = work.number_of(row, "s_overview")
    with pytest.raises(Stale):
        work.settle(row, "s_overview", mine, {"overview": "theirs"}, seen=seen, by=cast["pi1"], at=now)
    work.settle(row, "s_overview", mine, {"overview": "theirs"}, seen=number, by=cast["pi1"], at=now)
    assert row.work["overview"] == "của thư ký"
    last, aside, *_older = work.history(row, "s_overview")
    assert (last.how, last.answers["overview"], aside.how, aside.answers["overview"]) == (How.MERGED, "của thư ký", How.ASIDE, "của chủ nhiệm")
    work.settle(row, "s_overview", mine, {"overview": "both"}, seen=last.number, by=cast["pi1"], at=now)
    assert row.work["overview"] == "của thư ký\n\ncủa chủ nhiệm"


def test_sections_do_not_disturb_one_another(row, cast, now):
    seen = work.number_of(row, "s_content")
    work.save_section(row, "s_overview", {"overview": "a"}, seen=0, by=cast["pi1"], at=now)
    assert work.save_section(row, "s_content", {"content": "b"}, seen=seen, by=cast["pi2"], at=now) is False


def test_an_older_text_is_brought_back(row, cast, now):
    work.save(row, {"overview": "một"}, by=cast["pi1"], at=now)
    work.save(row, {"overview": "hai"}, by=cast["pi2"], at=now)
    first = work.history(row, "s_overview")[-1]
    work.restore(row, first, seen=2, by=cast["pi1"], at=now)
    assert row.work["overview"] == "một" and [s.how for s in work.history(row, "s_overview")] == [How.RESTORED, How.TYPED, How.TYPED]


def test_after_the_deadline_nothing_is_written(row, cast, now):
    with pytest.raises(WrongState):
        work.save(row, {"overview": "muộn"}, by=cast["pi1"], at=row.call_topic.call.deadline + MINUTE)


# --- through HTTP ---------------------------------------------------------------------------------------------


def form_of(client, url):
    return values_of(client.page(url).select("main form[method=post]")[-1])


def test_autosave_says_when_and_refuses_an_old_page(db, row, as_):
    url = f"/proposals/{row.public_id}/work/s_overview"
    pi, other = as_("pi1"), as_("pi2")
    mine, theirs = form_of(pi, url), form_of(other, url)
    mine.pop("once"), theirs.pop("once")
    answer = pi.post(f"{url}/autosave", data=mine | {"overview": "Đang viết"})
    assert answer.status_code == 200 and answer.json == {"version": 1, "time": "08:00"}
    assert pi.post(f"{url}/autosave", data=mine | {"overview": "Đang viết tiếp", "version": "1"}).json["version"] == 2
    assert other.post(f"{url}/autosave", data=theirs | {"overview": "khác"}).status_code == 409
    stranger = as_("pi3")
    token = values_of(stranger.page("/ideas/new").select("main form[method=post]")[-1])["csrf_token"]
    assert stranger.get(url).status_code == 404 and stranger.post(f"{url}/autosave", data=mine | {"csrf_token": token}).status_code == 404
    assert pi.get(url.replace("s_overview", "s_nothing")).status_code == 404
    page = pi.page(f"/proposals/{row.public_id}")
    assert "Đang soạn" in page.select_one("#work-s_overview").text and "Luận giải" in page.select_one("#work-s_overview").text


def test_autosave_says_why_not(db, row, as_, travel):
    url, deadline = f"/proposals/{row.public_id}/work/s_overview", row.call_topic.call.deadline
    pi = as_("pi1")
    mine = form_of(pi, url) | {"overview": "x" * 20_001}
    mine.pop("once")
    answer = pi.post(f"{url}/autosave", data=mine)
    assert answer.status_code == 422 and "20000" in answer.json["refused"]
    travel.move_to(deadline + MINUTE)
    pi = as_("pi1")
    answer = pi.post(f"{url}/autosave", data=mine | {"overview": "muộn", "csrf_token": form_of(pi, "/ideas/new")["csrf_token"]})
    assert answer.status_code == 409 and "hạn" in answer.json["refused"].lower()


def test_general_information_is_kept_while_typing(db, row, as_, travel):
    """One line in the journal a sitting; an old page, a stranger and what is wrong overwrite nothing; an empty title waits."""
    url = f"/proposals/{row.public_id}/general"
    pi, other = as_("pi1"), as_("pi2")
    mine, theirs = form_of(pi, url), form_of(other, url)
    mine.pop("once"), theirs.pop("once")
    lines = len(journal.timeline([journal.subject_key(row)]))
    first = pi.post(f"{url}/autosave", data=mine | {"aim": "Mục tiêu đang v"}).json
    again = pi.post(f"{url}/autosave", data=mine | {"aim": "Mục tiêu đang viết", "duration_months": "", "version": first["version"]}).json
    assert first["time"] == again["time"] == "08:00" and pi.page(url).select_one("#aim").text.strip() == "Mục tiêu đang viết"
    assert len(journal.timeline([journal.subject_key(row)])) == lines + 1
    assert other.post(f"{url}/autosave", data=theirs | {"aim": "khác"}).status_code == 409 and "khác" not in pi.page(url).select_one("#aim").text
    now = mine | {"version": again["version"]}
    assert pi.post(f"{url}/autosave", data=now | {"title": ""}).json == {"gap": True}
    for wrong in ({"duration_months": "hai năm"}, {"title": "x" * 501}, {"aim": "x" * 5001}):
        answer = pi.post(f"{url}/autosave", data=now | wrong)
        assert answer.status_code == 422 and answer.json["refused"], wrong
    emptied = pi.post(f"{url}/autosave", data=now | {"aim": ""})
    assert emptied.status_code == 422 and "bấm Lưu" in emptied.json["refused"] and pi.page(url).select_one("#aim").text.strip() == "Mục tiêu đang viết", "no history: not emptied by itself"
    stale = BeautifulSoup(other.post(url, data=theirs | {"aim": "khác", "duration_months": "12"}).text, "html.parser").select("main form[method=post]")[-1]
    assert "khác" in stale.text and "data-autosave" not in stale.attrs, "after a conflict nothing is overwritten while typing"
    stranger = as_("pi3")
    token = values_of(stranger.page("/ideas/new").select("main form[method=post]")[-1])["csrf_token"]
    assert stranger.post(f"{url}/autosave", data=now | {"csrf_token": token}).status_code == 404
    pi.submit(url, {"title": "Tên mới", "aim": "Mục tiêu", "duration_months": "18"})
    travel.move_to(row.call_topic.call.deadline + MINUTE)
    pi = as_("pi1")
    late = pi.post(f"{url}/autosave", data=mine | {"csrf_token": form_of(pi, "/ideas/new")["csrf_token"]})
    assert late.status_code == 409 and "hạn" in late.json["refused"].lower()


def test_a_conflict_shows_both_and_the_choice_is_kept(db, row, as_):
    url = f"/proposals/{row.public_id}/work/s_overview"
    pi, other = as_("pi1"), as_("pi2")
    stale = form_of(other, url)
    pi.submit(url, {"overview": "của chủ nhiệm", "overview_abroad": "ngoài nước"})
    answer = other.post(url, data=stale | {"overview": "của thư ký <b>", "rationale": "luận giải của thư ký"})
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 409
    sides = [p.text for p in page.select(".sides .panel")]
    assert len(sides) == 2 and "của chủ nhiệm" in sides[0] and "của thư ký <b>" in sides[1]
    assert "ngoài nước" in page.select_one("input[name=overview_abroad]")["value"], "what only the other wrote is taken over"
    form = page.select("main form[method=post]")[-1]
    answer = other.post(form["action"], data=values_of(form) | {"choose-overview": "both"})
    assert answer.status_code == 303
    fresh = queries.proposal_by_pid(row.public_id)
    assert fresh.work["overview"] == "của chủ nhiệm\n\ncủa thư ký <b>" and fresh.work["rationale"] == "luận giải của thư ký" and fresh.work["overview_abroad"] == "ngoài nước"
    assert other.post(form["action"], data=values_of(form) | {"choose-overview": "mine", "once": "x" * 20}).status_code == 409, "the page is old again"


@pytest.mark.parametrize("seen", ["²", "9" * 40, "-1", "x", "1.5"])
def test_a_made_up_number_of_the_page_overwrites_nothing(db, row, as_, seen):
    url = f"/proposals/{row.public_id}/work/s_overview"
    pi = as_("pi1")
    pi.submit(url, {"overview": "a"})
    answer = pi.post(url, data=form_of(pi, url) | {"overview": "b", "version": seen})
    assert answer.status_code == 409 and queries.proposal_by_pid(row.public_id).work["overview"] == "a"
    form = values_of(BeautifulSoup(answer.text, "html.parser").select("main form[method=post]")[-1])
    assert pi.post(f"{url}/merge", data=form | {"version": seen, "once": ""}).status_code == 409


def test_disjoint_changes_are_brought_together_without_asking(db, row, as_):
    url = f"/proposals/{row.public_id}/work/s_overview"
    pi, other = as_("pi1"), as_("pi2")
    stale = form_of(other, url)
    pi.submit(url, {"overview": "a"})
    assert other.post(url, data=stale | {"rationale": "b"}).status_code == 303
    assert queries.proposal_by_pid(row.public_id).work["overview"] == "a"


def test_history_and_difference_are_for_the_team_alone(db, row, as_, cast, now):
    work.save(row, {"overview": "Giảm 15% nước"}, by=cast["pi1"], at=now)
    work.save(row, {"overview": "Giảm 20% nước", "status": "new"}, by=cast["pi2"], at=now)
    db.session.commit()
    url = f"/proposals/{row.public_id}/work/s_overview/history"
    newest, oldest = (s.public_id for s in work.history(row, "s_overview"))
    page = as_("pi1").page(f"{url}/{newest}")
    assert [e.text.strip() for e in page.select("main .compared del")] == ["15%"] and [e.text.strip() for e in page.select("main .compared ins")] == ["20%"]
    assert as_("pi1").get(url).status_code == 200
    as_("pi1").submit(f"{url}/{oldest}")
    assert queries.proposal_by_pid(row.public_id).work["overview"] == "Giảm 15% nước"
    for who in ("host1", "officer", "pi3", "admin"):
        assert as_(who).get(url).status_code in (403, 404), who
    assert as_("pi1").get(f"{url}/{newest}".replace("s_overview", "s_content")).status_code == 404


def test_bad_input_stays_and_is_told(db, row, as_):
    url = f"/proposals/{row.public_id}/work/s_literature"
    answer = as_("pi1").submit(url, {"literature-0-authors": "Lê Văn An", "literature-0-title": "x" * 301, "literature-0-published": "２０x"}, status=422)
    assert "Lê Văn An" in answer.text and "２０x" in answer.text and answer.text.count("field-error") >= 2
    assert people.user_by_email("pi1@demo.vamco.test") and not queries.proposal_by_pid(row.public_id).work


NASTY = ["\x00", "\ud800", "﻿\u202e\u200b", "１２３", "1e309", "-0", str(2**63), "NaN", "'; DROP TABLE proposal; --", "<script>alert(1)</script>", "{{ 7*7 }}", "%(n)s %s", "Nguyễn",
         "😀" * 500, "\ufffe\uffff", "a" * 20_000, "=cmd|' /C calc'!A0", "../../etc/passwd", "[]", "null", "31/02/2026"]  # fmt: skip


def test_nasty_values_in_every_field_are_kept_or_refused(db, row, as_):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    sections = [s["code"] for s in work.form_of(row).definition["sections"]]
    forms = {code: form_of(pi, f"{url}/work/{code}") for code in sections}
    for n, value in enumerate(NASTY):
        for code in sections[n % 3 :: 3]:
            data = {k: v if k in ("csrf_token", "once", "version") else value for k, v in forms[code].items()} | {"version": "", "extra": value, "literature-99999-title": value}
            data.pop("once")
            answer = pi.post(f"{url}/work/{code}/autosave", data={k: v.encode("utf-8", "surrogatepass") for k, v in data.items()})
            assert answer.status_code in (200, 409, 422), (value[:20], code, answer.status_code)
    for code in sections:
        assert pi.get(f"{url}/work/{code}").status_code == 200 and pi.get(f"{url}/work/{code}/history").status_code == 200
    assert pi.get(url).status_code == pi.get(f"{url}/work.docx").status_code == 200


def test_a_row_is_added_without_a_script(db, row, as_):
    pi = as_("pi1")
    url = f"/proposals/{row.public_id}/work/s_literature"
    pi.submit(url, {"literature-0-title": "Khảo sát", "do": "add:literature"})
    assert pi.page(url).select_one("[name=literature-1-title]") and queries.proposal_by_pid(row.public_id).work["literature"][0]["title"] == "Khảo sát"


def test_same_queries_for_an_empty_and_a_full_description(db, row, as_, cast, now, count_queries):
    pi, url = as_("pi1"), f"/proposals/{row.public_id}"
    pi.get(url)
    few = count_queries(lambda: pi.get(url))
    plays.written(row, by=cast["pi1"], at=now)
    db.session.commit()
    assert count_queries(lambda: pi.get(url)) == few
