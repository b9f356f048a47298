"""Dossiers on paper, and late ones by two officers: the same numbers and receipts, shown for ever, nothing after the opening."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import calls as call_plays
from app.across.demo.plays import proposals as plays
from app.across.desk import providers
from app.kernel.clock import local
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.services.papers import queries as papers
from app.services.people import queries as people
from app.stages.calls import queries as calls
from app.stages.proposals import actions, admitting, queries
from app.stages.proposals.admitting import Envelope
from app.stages.proposals.rules import ProposalState

HOUR = timedelta(hours=1)


@pytest.fixture
def call_topic(called):
    return called("Hệ thống tưới tự động")[0]


@pytest.fixture
def deadline(call_topic):
    return call_topic.call.deadline


def envelope(cast, **changes):
    given = {"title": "Hệ thống tưới tiết kiệm", "host": cast.org("host2").public_id, "pi_name": "Lê Hoàng Cường", "pi_email": "pi3@demo.vamco.test",
             "stamp_office": "Bưu điện Tân An", "reference": "EE123456789VN", "envelopes": 1, "listing": "Đơn đăng ký; thuyết minh"}  # fmt: skip
    return Envelope(**(given | changes))


def signed(cast, call_topic, now, pi="pi1", host="host1"):
    row = plays.draft(cast, call_topic=call_topic, at=now, pi=pi, host=host)
    actions.sign_off(row, by=cast[host], at=now + HOUR)
    return row


def why(deadline, **more):
    return {"outage_from": deadline - HOUR, "outage_until": deadline + HOUR, "reason": "Máy chủ ngừng 16:00-18:00", "document": "12/BB-SKHCN", **more}


def test_paper_has_the_same_series_and_the_same_receipt(cast, call_topic, now, mails):
    first = plays.submitted(cast, call_topic=call_topic, at=now)
    row = admitting.register(call_topic, envelope(cast), stamp_at=now + HOUR, by=cast["officer"], at=now + 2 * HOUR)
    assert (first.code, row.code) == ("HS-2026-0001", "HS-2026-0002") and (first.receipt_no, row.receipt_no) == ("BN-2026-0001", "BN-2026-0002")
    assert row.state == ProposalState.SUBMITTED and row.submitted_at == now + HOUR and queries.latest_version(row).received_at == now + 2 * HOUR
    paper = papers.of(row)[0]
    said = str(paper.blocks)
    assert "Bưu điện Tân An" in said and "EE123456789VN" in said and "niêm phong" in said
    told = {m.to_address for m in mails() if m.template == "proposals/mail/submitted.txt" and row.receipt_no in m.subject}
    assert told == {"pi3@demo.vamco.test", "host2@demo.vamco.test"}


def test_who_has_no_account_gets_one_without_a_password(cast, call_topic, now):
    row = admitting.register(call_topic, envelope(cast, pi_email="moi@vien.example", pi_name="Phan Văn Mới"), stamp_at=now, by=cast["officer"], at=now + HOUR)
    made = people.user_by_email("moi@vien.example")
    assert row.pi_id == made.id and made.password_hash is None and made.belongs_to(cast.org("host2").id)


@pytest.mark.parametrize(("stamp", "why"), [
    (lambda call, at: at + timedelta(minutes=1), "future"), (lambda call, _at: call.opens_at - timedelta(seconds=1), "older than the call"),
])  # fmt: skip
def test_impossible_stamps_are_refused(cast, call_topic, now, stamp, why):
    with pytest.raises(Incomplete, match=why) as refusal:
        admitting.register(call_topic, envelope(cast), stamp_at=stamp(call_topic.call, now), by=cast["officer"], at=now)
    assert refusal.value.field == "stamp_at"


def test_an_investigator_hands_in_once(cast, call_topic, now):
    plays.submitted(cast, call_topic=call_topic, at=now, pi="pi3", host="host2")
    with pytest.raises(WrongState):
        admitting.register(call_topic, envelope(cast), stamp_at=now, by=cast["officer"], at=now + HOUR)


def test_a_draft_beside_the_paper_stays_a_draft(cast, call_topic, now):
    draft = plays.draft(cast, call_topic=call_topic, at=now, pi="pi3", host="host2")
    row = admitting.register(call_topic, envelope(cast), stamp_at=now, by=cast["officer"], at=now + HOUR)
    assert row.id != draft.id and queries.by_id(draft.id).state == ProposalState.DRAFT


def test_only_who_registered_reads_it_before_the_opening(cast, call_topic, now, user):
    row = admitting.register(call_topic, envelope(cast), stamp_at=now, by=cast["officer"], at=now + HOUR)
    fresh = queries.proposal_by_pid(row.public_id)
    assert queries.may_read(fresh, user("officer")) and not queries.may_read(fresh, user("officer2")) and not queries.may_read(fresh, user("leader"))
    assert queries.may_read(fresh, user("pi3")) and queries.for_officer(user("officer"), row.public_id) is None


def test_after_the_deadline_a_stamp_before_it_needs_two(cast, call_topic, deadline):
    at = deadline + 24 * HOUR
    with pytest.raises(WrongState):
        admitting.register(call_topic, envelope(cast), stamp_at=deadline, by=cast["officer"], at=at)
    with pytest.raises(Incomplete, match="goes back unopened"):
        admitting.ask_post_stamp(call_topic, envelope(cast), stamp_at=deadline + timedelta(seconds=1), reason="x", document="1/BB", by=cast["officer"], at=at)
    row = admitting.ask_post_stamp(call_topic, envelope(cast), stamp_at=deadline, reason="Bưu cục giao chậm", document="15/BB-SKHCN", by=cast["officer"], at=at)
    assert not queries.on_paper(call_topic.call), "nothing is in before the second officer"
    with pytest.raises(NotAllowed):
        admitting.confirm(row, by=cast["officer"], at=at)
    made = admitting.confirm(row, by=cast["officer2"], at=at + HOUR)
    fresh = queries.proposal_by_pid(made.public_id)
    assert fresh.late.document == "15/BB-SKHCN" and fresh.paper.stamp_at == deadline == fresh.submitted_at
    assert "15/BB-SKHCN" in str(papers.of(fresh)[0].blocks)
    with pytest.raises(WrongState):
        admitting.confirm(queries.admission_by_pid(row.public_id), by=cast["officer2"], at=at + HOUR)


def test_an_outage_admits_what_stood_at_the_deadline(cast, call_topic, deadline, now, mails):
    draft = signed(cast, call_topic, now)
    at = deadline + 2 * HOUR
    row = admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer"], at=at)
    made = admitting.confirm(row, by=cast["officer2"], at=at + HOUR)
    assert made.id == draft.id and made.state == ProposalState.SUBMITTED and made.submitted_at == at + HOUR
    assert queries.latest_version(made).content == actions.snapshot(made)
    assert {m.to_address for m in mails() if m.template.endswith("admitted_late.txt")} == {"pi1@demo.vamco.test", "host1@demo.vamco.test"}
    found = queries.findings_of(queries.proposal_by_pid(made.public_id), [], on=at.date())
    assert found[0].ok, "late by two officers counts as received"


@pytest.mark.parametrize(("change", "field"), [
    ({"reason": " "}, "reason"), ({"document": ""}, "document"), ({"outage_until": timedelta(hours=9)}, "outage_until"),
    ({"outage_from": timedelta(minutes=1)}, "outage_from"), ({"outage_from": timedelta(days=-5), "outage_until": timedelta(days=-3)}, "outage_from"),
    ({"email": "pi4@demo.vamco.test"}, "email"), ({"email": "nobody@nowhere.example"}, "email"),
])  # fmt: skip
def test_what_proves_no_outage_is_refused(cast, call_topic, deadline, now, change, field):
    signed(cast, call_topic, now)
    given = {k: deadline + v if isinstance(v, timedelta) else v for k, v in change.items()}
    with pytest.raises(Incomplete) as refusal:
        admitting.ask_outage(call_topic, **({"email": "pi1@demo.vamco.test"} | why(deadline) | given), by=cast["officer"], at=deadline + 2 * HOUR)
    assert refusal.value.field == field


@pytest.mark.parametrize("whole", [True, False])
def test_a_draft_that_was_not_ready_stays_out_and_sealed(cast, call_topic, deadline, now, whole):
    plays.draft(cast, call_topic=call_topic, at=now, whole=whole)
    with pytest.raises(Incomplete, match="signed") as refusal:
        admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer"], at=deadline + 2 * HOUR)
    assert refusal.value.field == "email" and not refusal.value.params, "what is missing is not told to officers"


def test_one_request_at_a_time(cast, call_topic, deadline, now):
    signed(cast, call_topic, now)
    row = admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer"], at=deadline + 2 * HOUR)
    with pytest.raises(Incomplete, match="waits for another officer") as refusal:
        admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer2"], at=deadline + 3 * HOUR)
    assert refusal.value.field == "email"
    admitting.refuse(row, "Chưa có biên bản", by=cast["officer2"], at=deadline + 4 * HOUR)
    assert admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer"], at=deadline + 5 * HOUR), "after a refusal it may be asked anew"


def test_not_before_the_deadline_and_not_after_the_opening(cast, call_topic, deadline, now):
    signed(cast, call_topic, now)
    with pytest.raises(WrongState):
        admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer"], at=deadline)
    row = admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer"], at=deadline + 2 * HOUR)
    admitting.refuse(queries.admission_by_pid(row.public_id), "Không chứng minh được", by=cast["officer2"], at=deadline + 3 * HOUR)
    call_plays.opened_call(cast, call=call_topic.call)
    with pytest.raises(WrongState):
        admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer"], at=deadline + 48 * HOUR)


def desk(user, row):
    """What the desk shows of this request."""
    return [t for g in providers.groups(user, row.asked_at) for t in g.tasks if t.place == ("proposals.late", row.public_id)]


def book(answer):
    """The rows of a spreadsheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()


def test_refused_with_a_reason_and_kept(db, cast, call_topic, deadline, now, mails):
    signed(cast, call_topic, now)
    row = admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer"], at=deadline + 2 * HOUR)
    with pytest.raises(Incomplete):
        admitting.refuse(row, " ", by=cast["officer2"], at=deadline + 3 * HOUR)
    assert [t.title for t in desk(cast["officer2"], row)] and not desk(cast["officer"], row), "it waits on the desk of another officer than the one who asked"
    admitting.refuse(row, "Nhật ký không ghi nhận sự cố", by=cast["officer2"], at=deadline + 3 * HOUR)
    told = [m for m in mails() if m.template.endswith("refused_late.txt")]
    assert {m.to_address for m in told} == {"pi1@demo.vamco.test", "host1@demo.vamco.test", "officer@demo.vamco.test"} and "Nhật ký" in told[0].body
    db.session.commit()
    assert not desk(cast["officer2"], row)
    for statement in ("UPDATE late_admission SET refused_at = NULL", "DELETE FROM late_admission"):
        with pytest.raises(IntegrityError, match="kept"):
            db.session.execute(text(statement))
        db.session.rollback()
    with pytest.raises(WrongState):
        admitting.confirm(queries.admission_by_pid(row.public_id), by=cast["officer2"], at=deadline + 4 * HOUR)


def test_even_the_database_wants_two_people(db, cast, call_topic, deadline, now):
    signed(cast, call_topic, now)
    admitting.ask_outage(call_topic, email="pi1@demo.vamco.test", **why(deadline), by=cast["officer"], at=deadline + 2 * HOUR)
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE late_admission SET confirmed_by_id = asked_by_id, confirmed_at = asked_at"))
    db.session.rollback()


def stamp(instant):
    return f"{local(instant):%d/%m/%Y %H:%M}"


def test_through_the_pages(db, cast, as_, call_topic, deadline, now, travel):
    db.session.commit()
    officer, other, url = as_("officer"), as_("officer2"), f"/proposals/intake/{call_topic.call.public_id}"
    given = {"title": "Hệ thống tưới", "host": cast.org("host2").public_id, "pi_name": "Lê Hoàng Cường", "pi_email": "pi3@demo.vamco.test",
             "stamp_at": stamp(now), "stamp_office": "Một cửa", "envelopes": "1"}  # fmt: skip
    assert as_("pi1").get(url).status_code == 403
    assert "Dấu nơi đến ở tương lai" in officer.submit(f"{url}/paper", given | {"stamp_at": stamp(now + HOUR)}, status=422).text
    receipt = officer.submit(f"{url}/paper", given).location
    assert "BN-2026-0001" in officer.page(receipt).text and "Một cửa" in officer.page(receipt).text
    assert other.get(receipt).status_code == 404
    assert "HS-2026-0001" in other.page(url).text
    assert officer.get(f"{url}/late-paper").status_code == 409
    travel.move_to(deadline + 20 * HOUR)
    officer, other = as_("officer"), as_("officer2")
    assert officer.get(f"{url}/paper").status_code == 409
    assert "HS-2026-0001" in officer.page(f"{url}?q=le+hoang+cuong&late=no").text and "HS-2026-0001" not in officer.page(f"{url}?late=yes").text
    assert book(officer.get(f"{url}.xlsx?q=cuong"))[1][0] == "HS-2026-0001" and len(book(officer.get(f"{url}.xlsx?q=khong-co"))) == 1
    late = officer.submit(f"{url}/late-paper", given | {"pi_email": "pi4@demo.vamco.test", "stamp_at": stamp(deadline), "document": "9/BB-SKHCN", "reason": "Giao chậm"}).location
    assert "9/BB-SKHCN" in other.page(f"{url}/late?answer=waiting&q=giao+cham").text and "9/BB-SKHCN" not in other.page(f"{url}/late?answer=refused").text
    assert book(other.get(f"{url}/late.xlsx"))[1][2] == "9/BB-SKHCN"
    assert officer.get(f"{late}/confirm").status_code == 403
    other.submit(f"{late}/confirm", {"confirm": "y"})
    assert other.get(f"{late}/confirm").status_code == 409
    call = calls.call_for(cast["officer"], url.rsplit("/", 1)[1])
    call_plays.opened_call(cast, call=call)
    row = queries.of_call(call)[-1]
    minutes = str(next(p for p in papers.of(call) if p.template == "calls/opening").blocks)
    shown = f"/proposals/{row.public_id}"
    for page in (shown, f"{shown}/receipt"):
        assert "9/BB-SKHCN" in as_("leader").page(page).text
    assert "9/BB-SKHCN" in minutes and "Giao chậm" in minutes
