"""The pure rules of transfer."""

from __future__ import annotations

from datetime import date

import pytest

from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.stages.transfer import rules
from app.stages.transfer.rules import FollowUpState, Route, TooMany, Usage

pytestmark = pytest.mark.nodb
RULE = {"cases": ["from_abroad", "to_abroad", "domestic_state"], "exempt_with_certificate": ["domestic_state"]}


class Row:
    def __init__(self, **values):
        self.__dict__.update(values)


def test_reports_are_due_once_a_year():
    assert rules.due_days(date(2024, 2, 29), 5) == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28)]
    assert rules.due_days(date(2026, 3, 2), 0) == []


@pytest.mark.parametrize(("order", "passed", "missing"), [
    (["grade", "settlement", "liquidation", "handover"], set(), "final accounts"), (["grade", "settlement", "liquidation", "handover"], {"settlement"}, "liquidated"),
    (["settlement", "liquidation", "handover"], {"settlement", "liquidation"}, None), (["grade", "handover", "settlement", "liquidation"], set(), None),
    (["settlement"], set(), None),
])  # fmt: skip
def test_the_order_of_gates_is_kept_before_a_handover(order, passed, missing):
    if missing is None:
        rules.check_order(order, passed)
        return
    with pytest.raises(WrongState, match=missing):
        rules.check_order(order, passed)


@pytest.mark.parametrize(("route", "state_money", "certificate", "answer"), [
    (Route.DOMESTIC, True, True, ("domestic_state", False)), (Route.DOMESTIC, True, False, ("domestic_state", True)),
    (Route.DOMESTIC, False, False, (None, False)), (Route.TO_ABROAD, False, True, ("to_abroad", True)), (Route.FROM_ABROAD, True, True, ("from_abroad", True)),
])  # fmt: skip
def test_which_contracts_must_be_registered(route, state_money, certificate, answer):
    assert rules.registration_case(route, state_money, certificate, RULE) == answer


def test_a_rule_without_cases_asks_for_nothing():
    assert rules.registration_case(Route.TO_ABROAD, True, False, {"cases": [], "exempt_with_certificate": []}) == (None, False)


def test_only_registered_results_of_recognised_projects():
    rules.check_transferable(True, True)
    for registered, recognised in ((False, True), (True, False)):
        with pytest.raises(WrongState):
            rules.check_transferable(registered, recognised)


@pytest.mark.parametrize(("lines", "field"), [
    ([], "name_1"), ([{"name": " ", "quantity": 1}], "name_1"), ([{"name": "x", "quantity": 1}, {"name": "y", "quantity": 0}], "quantity_2"),
    ([{"name": "x", "quantity": None}], "quantity_1"),
])  # fmt: skip
def test_lines_name_things_and_quantities(lines, field):
    with pytest.raises(Incomplete) as refusal:
        rules.check_lines(lines)
    assert refusal.value.field == field


@pytest.mark.parametrize(("usage", "figures", "note", "field"), [
    (None, {}, "x", "usage"), (Usage.YES, {"place": ""}, None, "place"), (Usage.PARTLY, {}, None, "place"), (Usage.NO, {}, " ", "note"),
    (Usage.NO, {"revenue": 1}, "hỏng", "revenue"), (Usage.NO, {"jobs": 3}, "hỏng", "jobs"),
])  # fmt: skip
def test_a_report_says_where_or_why_not(usage, figures, note, field):
    with pytest.raises(Incomplete) as refusal:
        rules.check_use(usage, figures, note)
    assert refusal.value.field == field


def test_good_reports():
    rules.check_use(Usage.YES, {"place": "Bến Lức", "revenue": 5}, None)
    rules.check_use(Usage.NO, {"revenue": 0, "users": None}, "Thiết bị hỏng")


def test_overdue_is_derived():
    day = date(2026, 3, 2)
    assert rules.overdue(Row(state=FollowUpState.DUE, due_on=date(2026, 3, 1)), day)
    assert not rules.overdue(Row(state=FollowUpState.DUE, due_on=day), day)
    assert not rules.overdue(Row(state=FollowUpState.REPORTED, due_on=date(2025, 1, 1)), day)


def test_a_report_is_not_written_long_before_its_year_is_over():
    rules.check_writable(Row(due_on=date(2026, 5, 1)), date(2026, 3, 2), 60)
    with pytest.raises(WrongState):
        rules.check_writable(Row(due_on=date(2026, 5, 2)), date(2026, 3, 2), 60)


def test_days_follow_the_acts():
    rules.check_day(date(2026, 1, 2), not_before=date(2026, 1, 2), today=date(2026, 1, 2), field="x")
    for day in (date(2026, 1, 1), date(2026, 1, 3)):
        with pytest.raises(Incomplete):
            rules.check_day(day, not_before=date(2026, 1, 2), today=date(2026, 1, 2), field="x")


def test_one_recipient_is_named():
    rules.check_recipient(object(), "")
    rules.check_recipient(None, "Công ty")
    for body, name in ((None, " "), (object(), "Công ty")):
        with pytest.raises(Incomplete):
            rules.check_recipient(body, name)


@pytest.mark.parametrize(("percent", "least", "good"), [(30, 30, True), (29, 30, False), (None, 30, False), (None, None, True), (0, None, True)])
def test_the_authors_share(percent, least, good):
    if good:
        rules.check_share(percent, least)
    else:
        with pytest.raises(Incomplete):
            rules.check_share(percent, least)


def test_people_and_rates():
    rules.check_other_person(1, 2)
    rules.check_rate(9, 10)
    with pytest.raises(NotAllowed):
        rules.check_other_person(1, 1)
    with pytest.raises(NotAllowed):
        rules.check_giver(False)
    with pytest.raises(NotAllowed):
        rules.check_receiver(False)
    with pytest.raises(TooMany) as refusal:
        rules.check_rate(10, 10)
    assert refusal.value.status == 429


@pytest.mark.parametrize("email", ["", "a", "a@b", "a b@c.vn", "a@c.vn, b@c.vn", "<a@c.vn>", "a@@c.vn"])
def test_half_addresses_are_refused(email):
    with pytest.raises(Incomplete):
        rules.check_email(email)


def test_every_word_on_paper():
    for face in (rules.LineKind, rules.AgreementKind, rules.Route, rules.Usage, rules.Rating):
        for member in face:
            assert rules.ON_PAPER[member]
