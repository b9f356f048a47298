"""The calendar of a call: order, sanity, days off, corrections, what goes along with an extension. Two people move a deadline, in the database too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from app.across.demo.plays import calls as play
from app.across.demo.plays import ideas
from app.kernel.clock import at_local
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.stages.calls import actions, queries
from app.stages.calls.milestones import calendar_of, check_order, day_off, moved_along
from app.stages.calls.models import Correction, Extension
from tests.support.kept import kept

DAY = timedelta(days=1)


def weekend(day):
    return day.weekday() >= 5


@pytest.fixture
@kept
def topics(cast, at):
    return [ideas.approved_topic(cast, item="1.8", title=f"Đề tài {n}", at=at - 60 * DAY, ceiling=900_000_000) for n in range(2)]


@pytest.fixture
def call(cast, at, topics):
    deadline = at_local(date(2026, 4, 6), 17)
    row = actions.draft(topics, title="Tuyển chọn", deadline=deadline, place="Một cửa", briefing_place="Phòng 1", by=cast["officer"], at=at,
                        **actions.default_calendar(deadline, at))  # fmt: skip
    return play.publish(cast, call=row, at=at)


@pytest.mark.parametrize(("changes", "field"), [
    ({"deadline": at_local(date(2020, 5, 4), 17)}, "deadline"), ({"deadline": at_local(date(1900, 1, 2), 17)}, "deadline"),
    ({"deadline": at_local(date(2199, 5, 4), 17)}, "deadline"), ({"questions_until": at_local(date(2026, 4, 7), 9)}, "questions_until"),
    ({"briefing_at": at_local(date(2026, 3, 1), 9)}, "briefing_at"), ({"opening_at": at_local(date(2026, 4, 6), 17)}, "opening_at"),
    ({"council_on": date(2026, 4, 1)}, "council_on"), ({"council_on": date(2026, 5, 20), "notify_on": date(2026, 5, 19)}, "notify_on"),
    ({"opening_at": at_local(date(2026, 4, 9), 9), "council_on": date(2026, 4, 8)}, "council_on"), ({"notify_on": date(2199, 1, 1)}, "notify_on"),
])  # fmt: skip
def test_a_date_that_cannot_be_is_named(cast, at, topics, changes, field):
    with pytest.raises(Incomplete) as refused:
        actions.draft(topics, title="T", by=cast["officer"], at=at, **({"deadline": at_local(date(2026, 4, 6), 17)} | changes))
    assert refused.value.field == field


def test_the_order_of_a_correction_asks_only_what_is_changed(at):
    gone = {"deadline": at + 9 * DAY, "briefing_at": at - DAY, "questions_until": at + DAY}
    check_order(gone, at, only=["questions_until"])
    with pytest.raises(Incomplete):
        check_order(gone, at, only=["briefing_at"])


def test_a_deadline_on_a_day_off_is_told_with_the_next_working_day():
    off = day_off(at_local(date(2026, 4, 4), 17), weekend)
    assert (off.day, off.weekday, off.following, off.following_weekday) == (date(2026, 4, 4), "Saturday", at_local(date(2026, 4, 6), 17), "Monday")
    assert day_off(at_local(date(2026, 4, 6), 17), weekend) is None


def test_the_calendar_offered_is_in_order_and_on_working_days(call):
    names = [m.name for m in calendar_of(call)]
    assert names == ["briefing_at", "questions_until", "deadline", "opening_at", "council_on", "notify_on"]
    assert not [m.name for m in calendar_of(call) if weekend(m.day)]


def test_milestones_go_along_with_an_extension(cast, at, call):
    before = {m.name: m.on for m in calendar_of(call)}
    row = actions.propose_extension(call, deadline=call.deadline + 14 * DAY, reason="Gián đoạn", document="45/TTr", by=cast["officer"], at=at + DAY)
    actions.confirm_extension(row, by=cast["leader"], at=at + 2 * DAY)
    after = {m.name: m.on for m in calendar_of(call)}
    assert after["opening_at"] == before["opening_at"] + 14 * DAY and after["briefing_at"] == before["briefing_at"]
    assert after["opening_at"] > call.deadline >= after["questions_until"] > before["questions_until"]
    event = queries.history(queries.call_by_pid(call.public_id))[0]
    assert event["kind"] == "extended" and ("Deadline", before["deadline"], after["deadline"]) in event["changes"] and len(event["changes"]) == 5


def test_what_moves_along_lands_on_working_days(call):
    for days in range(1, 15):
        deadline = call.deadline + days * DAY
        moved = moved_along(call, deadline, weekend)
        assert set(moved) == {"questions_until", "opening_at", "council_on", "notify_on"} and moved["questions_until"] <= deadline < moved["opening_at"]
        assert not [name for name, value in moved.items() if name != "questions_until" and weekend(value.date() if hasattr(value, "hour") else value)]


def test_a_correction_keeps_what_stood_before(cast, at, call):
    actions.correct(call, {"place": "Phòng 2", "note": "", "council_on": date(2026, 5, 12)}, reason="Sửa chữa trụ sở", document="31/TB-SKHCN", by=cast["officer"],
                    at=at + DAY, seen=call.version)  # fmt: skip
    shown = queries.public_call(call.public_id, at + DAY)
    event = shown["history"][0]
    assert (event["kind"], event["document"], event["reason"]) == ("corrected", "31/TB-SKHCN", "Sửa chữa trụ sở")
    assert ("Where dossiers are received", "Một cửa", "Phòng 2") in event["changes"] and len(event["changes"]) == 2, "what stays is no change"
    assert shown["place"] == "Phòng 2" and shown["changes"] == 1


@pytest.mark.parametrize(("values", "more"), [
    ({}, {}), ({"place": "Một cửa"}, {}), ({"place": "B"}, {"reason": " "}), ({"place": "B"}, {"document": ""}), ({"questions_until": at_local(date(2026, 1, 1))}, {}),
])  # fmt: skip
def test_a_correction_without_change_reason_or_paper_is_refused(cast, at, call, values, more):
    with pytest.raises(Incomplete):
        actions.correct(call, values, **({"reason": "r", "document": "d", "by": cast["officer"], "at": at + DAY} | more))


def test_title_topics_and_deadline_cannot_be_corrected(cast, at, call):
    for name in ("title", "deadline", "number", "rules"):
        with pytest.raises(TypeError):
            actions.correct(call, {name: "x"}, reason="r", document="45/TTr", by=cast["officer"], at=at)


def test_after_the_deadline_only_what_follows_it_is_corrected(cast, at, call):
    late = call.deadline + timedelta(hours=1)
    with pytest.raises(WrongState):
        actions.correct(call, {"place": "B"}, reason="r", document="45/TTr", by=cast["officer"], at=late)
    actions.correct(call, {"council_on": date(2026, 6, 1), "notify_on": None}, reason="r", document="45/TTr", by=cast["officer"], at=late)
    assert call.council_on == date(2026, 6, 1) and call.notify_on is None


def test_the_same_person_cannot_confirm(cast, at, call):
    row = actions.propose_extension(call, deadline=call.deadline + DAY, reason="r", document="45/TTr", by=cast["officer"], at=at)
    with pytest.raises(NotAllowed):
        actions.confirm_extension(row, by=cast["officer"], at=at)


@pytest.mark.parametrize("statement", [
    "UPDATE call SET deadline = '2026-06-01 10:00:00' WHERE id = :id", "UPDATE call SET title = 'x' WHERE id = :id", "UPDATE call SET number = 'x' WHERE id = :id",
    "UPDATE call SET rules = '{}' WHERE id = :id",
])  # fmt: skip
def test_the_database_guards_a_published_notice(db, call, statement):
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(statement), {"id": call.id})


def test_the_database_wants_two_people(cast, db, at, call):
    row = actions.propose_extension(call, deadline=call.deadline + DAY, reason="r", document="45/TTr", by=cast["officer"], at=at)
    for values in ({"confirmed_by_id": row.proposed_by_id, "confirmed_at": at}, {"new_deadline": call.deadline - DAY}):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(update(Extension).where(Extension.id == row.id).values(**values))
    actions.confirm_extension(row, by=cast["leader"], at=at)
    for statement in ("UPDATE call_extension SET reason = 'x' WHERE id = :id", "DELETE FROM call_extension WHERE id = :id"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement), {"id": row.id})


def test_corrections_stay(cast, db, at, call):
    row = actions.correct(call, {"place": "B"}, reason="r", document="45/TTr", by=cast["officer"], at=at + DAY)
    for statement in ("UPDATE call_correction SET reason = 'x' WHERE id = :id", "DELETE FROM call_correction WHERE id = :id"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement), {"id": row.id})
    assert db.session.get(Correction, row.id).reason == "r"


def test_a_notice_is_not_older_than_the_decision_on_its_topics(cast, at, topics):
    row = play.drafted_call(cast, topics=topics, at=at)
    with pytest.raises(Incomplete) as refused:
        actions.publish(row, number="7", dated=date(1990, 1, 1), by=cast["officer"], at=at)
    assert refused.value.field == "dated"


def test_the_scoring_sheet_is_fixed_with_the_call(call):
    assert {"selection.sheet.DT_CN", "selection.sheet.default", "selection.mean", "proposals.documents", "calls.work_forms"} <= set(call.rules)
