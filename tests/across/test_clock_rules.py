"""The derivation of an item from events, limit and calendar. Pure."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.across.clock.reckoning import (
    Calendar,
    Light,
    Limit,
    cycle,
    merged,
    percentile,
    reckon,
)
from app.across.clock.shown import day_of, span_of
from app.across.clock.steps import BY_NAME, STEPS
from app.services.rulebook.actions import shipped
from app.services.rulebook.calendar import off_days

pytestmark = pytest.mark.nodb
KNOWN = Calendar(2025, 2027, off_days({}))
MON, TUE, WED, THU, FRI = (date(2026, 3, n) for n in (2, 3, 4, 5, 6))
THREE = Limit(3, "working")


def told(limit=THREE, *, done=None, stops=(), today=FRI, fixed=None, warn=1):
    return reckon(MON, done, stops, limit, KNOWN, today=today, fixed=fixed, warn=warn)


@pytest.mark.parametrize(("today", "light", "left"), [
    (MON, Light.RUNNING, 3), (WED, Light.SOON, 1), (THU, Light.SOON, 0), (FRI, Light.LATE, -1), (date(2026, 3, 8), Light.LATE, -1), (date(2026, 3, 9), Light.LATE, -2),
])  # fmt: skip
def test_lights(today, light, left):
    assert (told(today=today).light, told(today=today).left) == (light, left)


def test_done_items_and_those_without_a_limit():
    assert told(done=THU).light == Light.IN_TIME and told(done=FRI).light == Light.DONE_LATE
    none = Limit.of({"limit": None, "unit": "working"}, None)
    assert told(none).light == Light.UNLIMITED and told(none, done=FRI).light == Light.DONE
    assert told(none).due is None and told(none).used == 4
    assert told(none, stops=[(TUE, None)]).light == Light.STOPPED


def test_a_stop_is_the_other_sides_turn_unless_the_day_had_passed():
    open_stop = told(stops=[(TUE, None)])
    assert (open_stop.light, open_stop.used, open_stop.due) == (Light.STOPPED, 1, date(2026, 3, 10)), "it goes on today, with two days left"
    assert told(stops=[(FRI, None)], today=date(2026, 3, 12)).light == Light.LATE
    assert told(stops=[(TUE, THU)], today=FRI).used == 2


def test_a_day_that_was_said_stands_whatever_the_rule_says_now():
    assert told(fixed=date(2026, 3, 20)).due == date(2026, 3, 20)
    assert told(Limit(None, "working"), fixed=TUE).light == Light.LATE


def test_a_go_by_its_events():
    verbs = {"starts": frozenset({"submit"}), "stops": frozenset({"return"}), "ends": frozenset({"check"})}
    events = [("submit", MON), ("return", TUE), ("submit", THU)]
    assert cycle(events, **verbs, until=None) == (MON, [(TUE, THU)])
    assert cycle(events[:2], **verbs, until=None) == (MON, [(TUE, None)])
    again = [*events, ("check", FRI), ("submit", date(2026, 3, 20))]
    assert cycle(again, **verbs, until=None) == (date(2026, 3, 20), []), "another evaluation is another go"
    assert cycle(again[:4], **verbs, until=FRI) == (MON, [(TUE, THU)])
    assert cycle([], **verbs, until=None) == (None, [])


def test_stops_that_overlap_count_once():
    assert merged([(TUE, THU), (WED, FRI), (MON, MON)], MON) == [(TUE, FRI)]
    assert merged([(TUE, None), (WED, THU)], MON) == [(TUE, None)]
    assert merged([(date(2026, 2, 1), TUE)], MON) == [(MON, TUE)], "before the beginning nothing runs"


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60), st.sampled_from([50, 90]))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values, percent):
    found = percentile(values, percent)
    assert found in values and sum(v <= found for v in values) * 100 >= percent * len(values) and sum(v < found for v in values) * 100 < percent * len(values)


def test_every_step_has_a_rule_that_is_a_term():
    terms = {entry["key"]: Limit.of(entry["value"], entry["unit"]) for entry in shipped() if entry["key"] in {s.rule for s in STEPS}}
    assert {s.rule for s in STEPS} == set(terms) and len(BY_NAME) == len(STEPS)
    assert all(limit.unit in ("working", "calendar") and (limit.days is None or limit.days > 0) for limit in terms.values())


def test_days_of_an_address():
    assert day_of("31/12/2026") == day_of("2026-12-31") == date(2026, 12, 31)
    assert [day_of(text) for text in ("", "31/02/2026", "x" * 300, "01/01/0001", None)] == [None] * 5
    assert span_of({"from": "05/03/2026", "to": "02/03/2026"}, FRI) == (MON, THU), "a span the wrong way round is read the right way"
