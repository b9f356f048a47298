"""When a call is open, to the microsecond; what its dates and people must be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from app.kernel.clock import at_local
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.stages.calls.imports import check_file
from app.stages.calls.rules import (
    CALL,
    CallState,
    TopicOutcome,
    can_call_again,
    check_deadline,
    check_extension,
    check_notice,
    check_second_person,
    check_topics,
    is_open,
    list_dossiers,
    unsettled,
)
from app.stages.ideas.rules import CALLABLE, Mode, TopicState

pytestmark = pytest.mark.nodb
DEADLINE = at_local(date(2026, 4, 6), 17)
OPENS = at_local(date(2026, 3, 2), 8)
TINY = timedelta(microseconds=1)


def call(**changes):
    return SimpleNamespace(**({"state": CallState.PUBLISHED, "opens_at": OPENS, "deadline": DEADLINE} | changes))


@pytest.mark.parametrize(("at", "answer"), [
    (OPENS - TINY, False), (OPENS, True), (DEADLINE - timedelta(seconds=1), True), (DEADLINE - TINY, True), (DEADLINE, True),
    (DEADLINE + TINY, False), (DEADLINE + timedelta(milliseconds=1), False), (DEADLINE + timedelta(seconds=1), False),
    (DEADLINE.astimezone(timezone(timedelta(hours=14))), True), (DEADLINE.astimezone(timezone(timedelta(hours=-10))), True),
    ((DEADLINE + TINY).astimezone(timezone(timedelta(hours=-10))), False),
    (datetime(2026, 4, 6, 10, 0, tzinfo=UTC), True), (datetime(2026, 4, 6, 17, 0, tzinfo=UTC), False),
])  # fmt: skip
def test_open_until_the_very_deadline(at, answer):
    assert is_open(call(), at) is answer


@pytest.mark.parametrize("state", [s for s in CallState if s != CallState.PUBLISHED])
def test_only_a_published_call_is_open(state):
    assert not is_open(call(state=state), OPENS + timedelta(days=1))


@pytest.mark.parametrize("deadline", [at_local(date(2028, 2, 29), 17), at_local(date(2026, 12, 31), 17), at_local(date(2027, 1, 1), 0)])
def test_leap_day_and_new_year(deadline):
    assert is_open(call(deadline=deadline), deadline) and not is_open(call(deadline=deadline), deadline + TINY)


def test_dossiers_are_sealed_until_the_deadline():
    with pytest.raises(WrongState):
        list_dossiers(call(), DEADLINE)


@pytest.mark.parametrize(("day", "good"), [(31, False), (32, True)])
def test_days_are_counted_from_the_day_of_publication(day, good):
    deadline = at_local(date(2026, 3, 1) + timedelta(days=day - 1), 17)  # the 1st of April is day 32 of March
    published = at_local(date(2026, 3, 2), 23, 59)
    if good:
        check_deadline(deadline, published, 30)
    else:
        with pytest.raises(Incomplete) as refused:
            check_deadline(deadline, published, 30)
        assert refused.value.field == "deadline" and refused.value.params["day"] == "01/04/2026"


def topic(mode=Mode.SELECTION, state=TopicState.APPROVED, code="ĐT-2026-001"):
    return SimpleNamespace(mode=mode, state=state, code=code)


def test_topics_of_a_call_are_free_and_of_one_mode():
    check_topics([topic(), topic(state=TopicState.OPEN_AGAIN)], Mode.SELECTION, CALLABLE)
    for topics in ([], [topic(), topic(Mode.DIRECT)]):
        with pytest.raises(Incomplete):
            check_topics(topics, Mode.SELECTION, CALLABLE)
    for state in (TopicState.IN_CALL, TopicState.ASSIGNED, TopicState.DROPPED):
        with pytest.raises(WrongState):
            check_topics([topic(state=state)], Mode.SELECTION, CALLABLE)


def test_a_notice_has_number_and_date():
    today = date(2026, 3, 2)
    check_notice("1/TB", today, today)
    for number in ("x", "???", "12/TB<b>", "Số"):
        with pytest.raises(Incomplete, match="not the number of a notice"):
            check_notice(number, today, today)
    for number, dated, field in (("", today, "number"), ("1", None, "dated"), ("1", date(2026, 3, 3), "dated")):
        with pytest.raises(Incomplete) as refused:
            check_notice(number, dated, today)
        assert refused.value.field == field


def test_an_extension_is_later_and_in_time():
    check_extension(call(), DEADLINE + TINY, DEADLINE)
    with pytest.raises(Incomplete):
        check_extension(call(), DEADLINE, OPENS)
    with pytest.raises(WrongState):
        check_extension(call(), DEADLINE + timedelta(days=9), DEADLINE + TINY)


def test_nobody_confirms_an_own_proposal():
    one, other = SimpleNamespace(id=1), SimpleNamespace(id=2)
    extension = SimpleNamespace(proposed_by_id=1)
    check_second_person(extension, other)
    for by in (one, None):
        with pytest.raises(NotAllowed):
            check_second_person(extension, by)


def test_what_is_settled_and_what_may_be_called_again():
    rows = [SimpleNamespace(outcome=o, topic=topic(state=s)) for o, s in (
        (None, TopicState.ASSIGNED), (None, TopicState.IN_CALL), (TopicOutcome.NO_DOSSIER, TopicState.OPEN_AGAIN),
        (TopicOutcome.NOT_SELECTED, TopicState.DROPPED), (TopicOutcome.ASSIGNED, TopicState.ASSIGNED))]  # fmt: skip
    assert unsettled(rows, TopicState.ASSIGNED) == [rows[1]]
    assert can_call_again(rows, CALLABLE) == [rows[2]]


def test_nothing_leaves_an_ended_call_and_opened_dossiers_cannot_be_cancelled():
    assert not [k for k in CALL.table if k[0] in (CallState.CONCLUDED, CallState.CANCELLED)]
    assert (CallState.OPENED, "cancel") not in CALL.table and (CallState.PUBLISHED, "open_dossiers") not in CALL.table


TASK = {"title": "Đề tài", "kind": "đề tài", "mode": "tuyển chọn"}


@pytest.mark.parametrize(("data", "words"), [
    ({}, "list"), ([1], "object"), ([{"id": "A"}], "title_vi"), ([{"title_vi": "x"}], "id"),
    ([{"id": "A", "title_vi": "x"}, {"id": "A", "title_vi": "x"}], "twice"),
    ([{"id": "A", "title_vi": "x", "tasks": [TASK]}], "deadline"),
    ([{"id": "A", "title_vi": "x", "deadline": "31/12/2026", "tasks": [TASK]}], "not a date"),
    ([{"id": "A", "title_vi": "x", "deadline": "2026-12-31", "tasks": [{}]}], "title"),
    ([{"id": "A", "title_vi": "x", "deadline": "2026-12-31", "tasks": [TASK | {"mode": "bốc thăm"}]}], "mode"),
    ([{"id": "A", "title_vi": "x", "deadline": "2026-12-31", "tasks": [TASK | {"mode": "giao trực tiếp"}]}], "organisation"),
    ([{"id": "A", "title_vi": "x", "deadline": "2026-12-31", "tasks": "x"}], "not a list"),
])  # fmt: skip
def test_a_bad_import_file_is_told_what_is_wrong(data, words):
    assert any(words in line for line in check_file(data)), check_file(data)


def test_a_good_import_file():
    assert check_file([{"id": "A", "title_vi": "x", "deadline": "2026-12-31", "tasks": [TASK]}, {"id": "B", "title_vi": "y"}]) == []
