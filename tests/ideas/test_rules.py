"""What an order form must say, and what a decision needs."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from app.kernel.errors import Incomplete, WrongState
from app.kernel.permissions import Do
from app.stages.ideas.rules import (
    IDEA,
    TOPIC,
    IdeaState,
    Mode,
    Outcome,
    RedirectTo,
    TopicState,
    check_commitment,
    check_decidable,
    check_decision,
    check_minutes,
    check_outcome,
    whole_number,
)

pytestmark = pytest.mark.nodb
WHOLE = {"receiver_organisation_id": 1, "commitment": "Nhận và áp dụng", "committed_by": "Lê A, Giám đốc"}


def form(**changes):
    return SimpleNamespace(**(WHOLE | changes))


def test_a_form_with_the_receivers_commitment_passes():
    check_commitment(form())


@pytest.mark.parametrize(("column", "field"), [("receiver_organisation_id", "receiver"), ("commitment", "commitment"), ("committed_by", "committed_by")])
def test_without_the_receivers_commitment_nothing_is_submitted(column, field):
    with pytest.raises(Incomplete, match="commit") as refused:
        check_commitment(form(**{column: None}))
    assert refused.value.field == field


def outcome(what, **changes):
    check_outcome(what, **({"title": "t", "aim": "a", "changed": what == Outcome.DO_WITH_CHANGES, "redirect_to": None, "reason": None,
                            "mode": Mode.SELECTION, "host": None} | changes))  # fmt: skip


def test_the_four_outcomes():
    outcome(Outcome.DO)
    outcome(Outcome.DO_WITH_CHANGES)
    outcome(Outcome.DO_NOT, reason="r", mode=None)
    outcome(Outcome.REDIRECT, redirect_to=RedirectTo.FUND, mode=None)
    outcome(Outcome.DO, mode=Mode.DIRECT, host=object())


@pytest.mark.parametrize(("what", "changes", "field"), [
    (Outcome.DO, {"mode": None}, "mode"), (Outcome.DO, {"mode": Mode.DIRECT}, "host"), (Outcome.DO, {"changed": True}, "outcome"),
    (Outcome.DO_WITH_CHANGES, {"changed": False}, "outcome"), (Outcome.DO, {"aim": ""}, "final_aim"), (Outcome.DO_NOT, {}, "reason"),
    (Outcome.REDIRECT, {}, "redirect_to"),
])  # fmt: skip
def test_an_outcome_needs_what_belongs_to_it(what, changes, field):
    with pytest.raises(Incomplete) as refused:
        outcome(what, **changes)
    assert refused.value.field == field


def test_only_identified_ideas_tied_to_an_item_are_decided():
    ready = SimpleNamespace(state=IdeaState.IN_IDENTIFICATION, outcome=Outcome.DO, item_id=1, title="x")
    check_decidable([ready])
    check_decidable([SimpleNamespace(state=IdeaState.IN_IDENTIFICATION, outcome=Outcome.DO_NOT, item_id=None, title="x")])
    with pytest.raises(Incomplete):
        check_decidable([])
    with pytest.raises(Incomplete, match="item"):
        check_decidable([ready, SimpleNamespace(state=IdeaState.IN_IDENTIFICATION, outcome=Outcome.DO, item_id=None, title="x")])
    with pytest.raises(WrongState):
        check_decidable([SimpleNamespace(state=IdeaState.SUBMITTED, outcome=None, item_id=1, title="x")])


def test_a_decision_has_number_symbol_and_a_date_that_is_not_to_come():
    today = date(2026, 3, 2)
    check_decision("12", "QĐ-UBND", today, today)
    for number, symbol, dated, field in (("", "QĐ-UBND", today, "number"), ("1", "", today, "symbol"), ("1", "QĐ", None, "dated"), ("1", "QĐ", date(2026, 3, 3), "dated")):
        with pytest.raises(Incomplete) as refused:
            check_decision(number, symbol, dated, today)
        assert refused.value.field == field


def test_nothing_leaves_a_decided_idea():
    for state in (IdeaState.APPROVED, IdeaState.REJECTED, IdeaState.REDIRECTED, IdeaState.WITHDRAWN):
        assert not [verb for (s, verb) in IDEA.table if s == state]
    assert not [verb for (s, verb) in TOPIC.table if s == TopicState.DROPPED]


def test_no_button_puts_a_topic_in_a_call():
    assert all(TOPIC.table[k].do is Do.SYSTEM for k in TOPIC.table if k[1] in ("put_in_call", "assign", "reopen"))


@pytest.mark.parametrize(("number", "symbol", "whole"), [
    ("4923", "QĐ-UBND", "4923/QĐ-UBND"), ("4923/QĐ-UBND", "", "4923/QĐ-UBND"), ("31/2024", "QĐ-UBND", "31/2024/QĐ-UBND"), ("12a", "QĐ-UBND", "12a/QĐ-UBND"),
    ("02/2024/NQ-HĐND", "QĐ-UBND", "02/2024/NQ-HĐND"), ("05", "QĐ-UBND", "05/QĐ-UBND"), ("7", "QĐ-SKHCN", "7/QĐ-SKHCN"),
])  # fmt: skip
def test_numbers_that_registers_give_out(number, symbol, whole):
    assert whole_number(number, symbol) == whole


@pytest.mark.parametrize(("number", "symbol", "field"), [
    ("", "QĐ-UBND", "number"), ("abc/<b>", "QĐ-UBND", "number"), ("<b>1</b>", "QĐ-UBND", "number"), ("0", "QĐ-UBND", "number"), ("-5", "QĐ-UBND", "number"),
    ("1234567", "QĐ-UBND", "number"), ("4923/", "QĐ-UBND", "number"), ("4923/qđ", "QĐ-UBND", "number"), ("4923 OR 1=1", "QĐ-UBND", "number"), ("٤", "QĐ-UBND", "number"),
    ("4923", "", "symbol"), ("4923", "qđ", "symbol"), ("4923", "QĐ-UBND<script>", "symbol"), ("4923", "QĐ UBND", "symbol"), ("1\n2", "QĐ-UBND", "number"),
])  # fmt: skip
def test_what_no_register_gives_out_is_refused_beside_its_field(number, symbol, field):
    with pytest.raises(Incomplete) as refused:
        whole_number(number, symbol)
    assert refused.value.field == field


@pytest.mark.parametrize("number", ["<b>", "abc", "12/", "0", "12/bb"])
def test_numbers_of_minutes(number):
    check_minutes("12/BB-HĐXĐ")
    check_minutes("12")
    with pytest.raises(Incomplete):
        check_minutes(number)
