"""What is complete and still cannot be: days that are over, no money, years that do not go together; and the scan of minutes on paper."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.across.demo.plays import ideas as play
from app.services.files import queries as files
from app.stages.ideas import actions, minutes, order, plausible
from app.stages.ideas.rules import IdeaState
from tests.ideas.test_file_answers import PDF, upload
from tests.ideas.test_order import newer, sheet, soup, typing
from tests.ideas.test_views import filled, kept, pid_of, reload

TODAY, DAY = date(2026, 3, 2), timedelta(days=1)
FINE = {"state_budget": 900, "other_budget": 0, "starts_on": "2027-01-01", "ends_on": "2028-12-31", "duration_months": 24}


@pytest.mark.parametrize(("change", "code"), [
    ({}, None), ({"starts_on": None, "ends_on": None}, None), ({"state_budget": 0, "other_budget": 5}, None), ({"starts_on": "2028-06-01", "ends_on": "2030-05-31"}, None),
    ({"duration_months": 23}, None), ({"state_budget": None}, None), ({"starts_on": "1900-01-01"}, "starts_on"), ({"starts_on": "2026-03-02"}, "starts_on"),
    ({"starts_on": "2029-01-01", "ends_on": None}, "starts_on"), ({"ends_on": "2025-01-01", "starts_on": None}, "ends_on"), ({"ends_on": "2027-06-30"}, "duration_months"),
    ({"state_budget": 0}, "state_budget"), ({"state_budget": 0, "other_budget": None}, "state_budget"), ({"starts_on": "nonsense"}, None), ({"duration_months": "x"}, None),
])  # fmt: skip
def test_what_does_not_go_together_is_said_at_one_question(change, code):
    assert [f.code for f in plausible.faults(FINE | change, 2027, TODAY, later=1)] == ([code] if code else [])


def test_a_form_of_other_questions_is_left_alone():
    assert list(plausible.faults({}, None, TODAY, later=1)) == []


def test_it_is_refused_at_sending_and_shown_before(as_, cast, at, db):
    pi = as_("pi1")
    pid = pid_of(pi.submit("/ideas/new", filled() | {"starts_on": "01/01/1900", "state_budget": "0"}))
    page = pi.page(f"/ideas/{pid}/submit")
    assert len(page.select(".field-error")) == 2
    assert "error-summary" in pi.submit(f"/ideas/{pid}/submit", status=422).get_data(as_text=True)
    assert reload(pid).state == IdeaState.DRAFT
    pi.submit(f"/ideas/{pid}/edit", {"starts_on": "01/03/2027", "state_budget": "900.000.000"})
    pi.submit(f"/ideas/{pid}/submit")
    assert reload(pid).state == IdeaState.SUBMITTED


def test_a_form_that_comes_back_late_is_judged_from_the_day_it_was_first_sent(cast, at):
    idea = play.drafted_idea(cast, title="A", at=at)
    actions.revise(idea, {"starts_on": date(2027, 1, 1)}, by=cast["pi1"], at=at)
    actions.submit(idea, by=cast["pi1"], at=at)
    later = at + 400 * DAY
    actions.send_back(idea, "x", by=cast["officer"], at=later)
    actions.revise(idea, {"aim": "Khác"}, by=cast["pi1"], at=later)
    actions.submit(idea, by=cast["pi1"], at=later)
    assert idea.state == IdeaState.SUBMITTED


def test_the_scan_of_minutes_stays_in_the_house(as_, cast, at, db):
    pid = kept(db, play.submitted_idea(cast, item="1.8", title="A", at=at))
    officer = as_("officer")
    said = {"outcome": "do", "mode": "selection", "minutes_number": "1/BB", "minutes_dated": "02/03/2026"}
    page = soup(officer.submit(f"/ideas/{pid}/identify", said | {"scan": upload(b"MZ")}, status=422))
    assert page.select_one("#scan-error") and reload(pid).outcome is None
    officer.submit(f"/ideas/{pid}/identify", said)
    assert minutes.unscanned([reload(pid)]) == [reload(pid).code] and reload(pid).code in officer.page("/ideas/put-forward").select_one(".alert-warning").text
    for name in ("Biên bản.pdf", "Biên bản đã ký.pdf"):
        officer.submit(f"/ideas/{pid}/identify", said | {"scan": upload(name=name)})
    (row,) = files.of(reload(pid), kind=minutes.SCAN)
    assert row.filename == "Biên bản đã ký.pdf" and minutes.unscanned([reload(pid)]) == []
    url = f"/files/{row.public_id}"
    link = officer.page(f"/ideas/{pid}").select_one(f"a[href*='{row.public_id}']")["href"]
    assert link.startswith(url) and officer.get(link).data == PDF
    for name, status in (("pi1", 404), ("agency1", 404), ("member1", 404), ("leader", 200), ("auditor", 200)):
        assert as_(name).get(link).status_code == status, name
    assert row.public_id not in as_("pi1").page(f"/ideas/{pid}").decode()


def test_who_was_typing_when_a_newer_form_came_into_force_goes_on_with_theirs(as_, cast, at, db, travel):
    travel.move_to(at + timedelta(hours=15, minutes=50))
    pi = as_("pi1")
    values, save = sheet(pi, "/ideas/new")
    newer(cast, at)
    db.session.commit()
    old = values["form_version"]
    travel.move_to(at + timedelta(hours=16, minutes=1))  # midnight has passed
    told = pi.post(save, data=typing(values, title="Chanh", effects="HIỆU QUẢ KHÁC")).json
    assert told["version"]
    page = pi.page(told["edit"])
    assert page.select_one("#effects").text.strip() == "HIỆU QUẢ KHÁC" and not page.select_one("#affected")
    assert pi.page("/ideas/new").select_one("#affected"), "who begins now gets the new one"
    travel.move_to(at + 60 * DAY)
    pi = as_("pi1")
    answer = pi.submit("/ideas/new", {"form_version": old} | {"title": "Muộn", "aim": "Đã gõ"})
    pid = pid_of(answer)
    assert order.of(reload(pid)).form.number == 2, "nobody begins with an old form for ever"
