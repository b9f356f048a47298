"""The opening from the dossiers' side: nothing is opened while a late dossier waits for its second officer; two officers at one page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import proposals as plays
from app.kernel.errors import WrongState
from app.services.papers.models import Paper
from app.stages.proposals import actions, admitting, checklist, opening, queries
from tests.proposals.test_admitting import envelope
from tests.support.browser import values_of

HOUR = timedelta(hours=1)
GIVEN = {"present": "Nguyễn An; Sở KH&CN", "witnesses": "Lê Tâm; Thanh tra", "agree": "y"}


@pytest.fixture
def late(db, cast, called, now, travel):
    """A call after its deadline, with a dossier, one on paper, and a request to admit another; (call, request)."""
    (place,) = called("Chờ người thứ hai")
    plays.submitted(cast, call_topic=place, at=now)
    admitting.register(place, envelope(cast, pi_email="giay@example.org"), stamp_at=now + HOUR, by=cast["officer"], at=now + 2 * HOUR)
    at = place.call.deadline + 2 * HOUR
    row = admitting.ask_post_stamp(place, envelope(cast, pi_email="muon@example.org"), stamp_at=place.call.deadline, reason="Bưu cục giao chậm", document="15/BB", by=cast["officer"], at=at)
    travel.move_to(at)
    db.session.commit()
    return place.call, row


def test_a_late_dossier_is_answered_before_the_opening(db, cast, late, as_):
    call, row = late
    pid = row.public_id
    url = f"/calls/{call.public_id}"
    assert f"{url}/open" not in str(as_("officer").page(url))
    assert "chờ chuyên viên khác" in as_("officer").page(f"{url}/open", status=409).text
    with pytest.raises(WrongState, match="late dossier"):
        call_plays.opened_call(cast, call=call)
    db.session.rollback()
    row = queries.admission_by_pid(pid)
    admitting.refuse(row, "Dấu bưu điện không rõ", by=cast["officer2"], at=row.call_topic.call.deadline + 3 * HOUR)
    db.session.commit()
    as_("officer").submit(f"{url}/open", GIVEN | {"remarks": "Bì HS giấy rách một góc"})
    minutes = db.session.query(Paper).filter_by(template="calls/opening").one()
    assert "Bì HS giấy rách một góc" in str(minutes.blocks)
    lines = opening.list_dossiers(queries.admission_by_pid(pid).call_topic.call)
    assert [line["seal"] for line in lines] == [True, None], "of an envelope the system knows nothing"
    page = as_("officer").page(url)
    assert f"/proposals/intake/{call.public_id}" in str(page) and f"/proposals/eligibility?call={call.public_id}" in str(page)


def test_the_second_officer_at_the_same_page_is_told_that_they_are_open(db, cast, called, now, as_, travel):
    (place,) = called("Hai người cùng mở")
    travel.move_to(place.call.deadline + HOUR)
    db.session.commit()
    url = f"/calls/{place.call.public_id}/open"
    one, other = as_("officer"), as_("officer2")
    data = values_of(other.page(url).find("main").find("form")) | GIVEN
    one.submit(url, GIVEN)
    answer = other.post(url, data=data)
    assert answer.status_code == 409 and "đã được mở" in answer.text and "thay thế nội dung" not in answer.text


def test_the_checklist_claims_nothing_of_what_lies_in_an_envelope(db, cast, called, now, travel):
    (place,) = called("Giấy và muộn")
    call, deadline = place.call, place.call.deadline
    paper = admitting.register(place, envelope(cast), stamp_at=now + HOUR, by=cast["officer"], at=now + 2 * HOUR)
    draft = plays.draft(cast, call_topic=place, at=now)
    actions.sign_off(draft, by=cast["host1"], at=now + HOUR)
    asked = admitting.ask_outage(place, email="pi1@demo.vamco.test", outage_from=deadline - HOUR, outage_until=deadline + HOUR, reason="Mất điện", document="18/BB", by=cast["officer"], at=deadline + 2 * HOUR)
    late = admitting.confirm(asked, by=cast["officer2"], at=deadline + 3 * HOUR)
    call_plays.opened_call(cast, call=call)
    on = (deadline + timedelta(days=5)).date()
    lines = {line.code: line for line in checklist.lines_of(queries.by_id(paper.id), on=on)}
    assert {lines[code].ok for code in ("signed", "legal_person", "doc_legal_status", "doc_application")} == {None} and lines["in_time"].ok is True
    assert all(lines[code].why for code in ("signed", "legal_person", "doc_application"))
    admitted = {line.code: line for line in checklist.lines_of(queries.by_id(late.id), on=on)}["in_time"]
    assert admitted.ok is True and admitted.why[0][1]["document"] == "18/BB", "two officers admitted it: it is not late any more"
