"""Rules: loaded once, asked by day, revised by a new version, frozen for what runs."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel.errors import Incomplete
from app.services.rulebook import actions, queries
from app.services.rulebook.models import Rule
from app.services.rulebook.rules import (
    DayKind,
    Mark,
    RuleMissing,
    citation,
    parse_value,
)

KEY = "funding.final_product_ceiling"


def test_defaults_are_loaded_once(db, at):
    actions.load(by=None, at=at)
    assert actions.load(by=None, at=at) == 0
    assert queries.value(KEY, on=date(2026, 3, 2)) == 1_000_000_000
    assert all(r.source for r in queries.latest())


def test_a_revision_holds_from_its_day_and_what_is_frozen_stays(db, user, at):
    actions.load(by=None, at=at)
    frozen = queries.freeze([KEY], on=date(2026, 3, 2))
    actions.revise(KEY, 2_000_000_000, source="NQ 02/2026/NQ-HĐND", mark=Mark.V, valid_from=date(2026, 7, 1), reason="nghị quyết mới", by=user("officer"), at=at)
    assert queries.value(KEY, on=date(2026, 6, 30)) == 1_000_000_000
    assert queries.value(KEY, on=date(2026, 7, 1)) == 2_000_000_000
    assert queries.frozen(frozen, KEY) == 1_000_000_000
    with pytest.raises(Incomplete):
        actions.revise(KEY, 1, source="x", mark=Mark.G, valid_from=date(2026, 7, 1), reason="", by=user("officer"), at=at)


def test_a_paper_prints_the_source_without_remarks():
    assert citation("Luật Chuyển giao công nghệ 07/2017/QH14 (Luật 115/2025/QH15 có thể thay đổi)") == "Luật Chuyển giao công nghệ 07/2017/QH14"
    assert citation("TT 8 (cấp Bộ); NĐ 2") == "TT 8; NĐ 2" and citation("(x)") == "(x)"


def test_a_missing_rule_is_a_refusal(db):
    with pytest.raises(RuleMissing):
        queries.value("no.such_rule", on=date(2026, 3, 2))


def test_terms_of_many_lines_are_those_of_each(db, user, at):
    actions.load(by=None, at=at)
    key = "acceptance.check_days"
    before = queries.value(key, on=date(2026, 3, 2))
    actions.revise(key, (before | {"days": 40}) if isinstance(before, dict) else 40, source="TT 1", mark=Mark.V, valid_from=date(2026, 7, 1), reason="x", by=user("officer"), at=at)
    terms = queries.Terms(key, "acceptance.council_days")
    for start, on in ((date(2026, 2, 12), date(2026, 3, 2)), (date(2026, 8, 28), date(2026, 7, 1))):
        assert terms.due(start, key, on=on) == queries.due(start, key, on=on)
    with pytest.raises(RuleMissing):
        terms.due(date(2026, 3, 2), "no.such_rule", on=date(2026, 3, 2))


def test_values_keep_their_kind():
    assert parse_value("12", 10) == 12
    for typed, like in (("x", 1), ('"x"', 1), ('{"a": 1}', {"b": 1})):
        with pytest.raises(Incomplete):
            parse_value(typed, like)
    assert parse_value('[{"a": 2, "b": 3}, {"a": 4, "c": 1}]', [{"a": 1, "b": 1}, {"a": 1, "c": 1}])[1]["c"] == 1
    with pytest.raises(Incomplete):
        parse_value('[{"a": 2}]', [{"a": 1, "b": 1}])
    with pytest.raises(Incomplete):
        parse_value('{"roles": {"chair": "1"}}', {"roles": {"chair": 1}})


@pytest.mark.parametrize("change", ["UPDATE rule SET value = '1'", "UPDATE rule SET mark = 'V'", "DELETE FROM rule"])
def test_history_is_never_rewritten(db, at, change):
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text(change))


def test_a_revision_is_refused_where_it_contradicts_itself(db, user, at):
    def revise(value, **more):
        return actions.revise("councils.selection.size", value, **({"source": "QĐ 1/2026/QĐ-UBND", "mark": Mark.V, "valid_from": date(2026, 5, 1),
                                                                   "reason": "x", "by": user("officer"), "at": at} | more))  # fmt: skip

    roles = {"chair": 1, "vice_chair": 1, "reviewer": 2, "secretary": 1}
    with pytest.raises(Incomplete, match="least number"):
        revise({"min": 9, "max": 7, "roles": roles})
    with pytest.raises(Incomplete, match="name the document"):
        revise({"min": 5, "max": 7, "roles": roles}, source=" ")
    revise({"min": 5, "max": 7, "roles": roles})
    assert queries.value("councils.selection.size", on=date(2026, 5, 1))["min"] == 5
    assert queries.value("councils.selection.size", on=date(2026, 4, 30))["min"] == 7


def test_a_term_may_change_how_its_days_are_counted(db, user, at):
    row = actions.revise("calls.opening_days", 5, unit="calendar", source="QĐ 1/2026", mark=Mark.V, valid_from=date(2026, 5, 1), reason="x",
                         by=user("officer"), at=at)  # fmt: skip
    assert row.unit == "calendar"
    assert queries.due(date(2026, 3, 2), "calls.opening_days") == date(2026, 3, 11)
    assert queries.due(date(2026, 5, 4), "calls.opening_days") == date(2026, 5, 11)  # the 9th is a Saturday
    assert queries.due(date(2026, 3, 2), {"days": 3, "unit": "working"}) == date(2026, 3, 5)


def test_shipped_versions_end_what_they_follow_and_differences_are_named(db, user, at, monkeypatch):
    key = "calls.min_open_days"
    actions.revise(key, 45, source="QĐ 2/2027", mark=Mark.V, valid_from=date(2027, 1, 1), reason="x", by=user("officer"), at=at)
    base = next(e for e in actions.shipped() if e["key"] == key)
    changed = [base | {"value": 20}, base | {"from": "2026-06-01", "value": 40}]
    monkeypatch.setattr(actions, "shipped", lambda: changed)
    assert actions.load(by=None, at=at) == 1
    spans = [(r.valid_from, r.valid_to, r.value) for r in reversed(queries.history(key))]
    assert spans == [(date(1990, 1, 1), date(2026, 5, 31), 30), (date(2026, 6, 1), date(2026, 12, 31), 40), (date(2027, 1, 1), None, 45)]
    assert [(row.value, value) for row, value in actions.differing()] == [(30, 20)]


def test_several_values_cost_one_query(db, count_queries):
    keys = ["calls.min_open_days", "councils.selection.size", "councils.selection.quorum", "selection.sheet.DT_CN"]
    assert count_queries(lambda: queries.values(keys, on=date(2026, 3, 2))) == 1
    assert count_queries(lambda: queries.in_force(date(2026, 3, 2))) == 1


def test_terms_into_a_year_without_announcement_are_provisional(db, user, at):
    assert not queries.provisional(date(2025, 12, 1), date(2026, 12, 31))
    assert queries.provisional(date(2026, 12, 20), date(2027, 1, 5))
    actions.confirm_year(2028, source="TB 9/2027", by=user("officer"), at=at)
    assert queries.provisional(date(2027, 5, 1)) and not queries.provisional(date(2028, 5, 1))
    assert queries.provisional(date(2026, 12, 20), date(2028, 1, 5))
    actions.confirm_year(2027, source="TB 8/2026", by=user("officer"), at=at)
    assert not queries.provisional(date(2026, 12, 20), date(2028, 1, 5))
    with pytest.raises(Incomplete):
        actions.confirm_year(2027, source="TB 8/2026", by=user("officer"), at=at)


def test_days_are_entered_and_taken_out(db, user, at):
    day = actions.enter_day(date(2026, 3, 5), DayKind.OFF, name="Nghỉ bão", source="CĐ 1/2026", by=user("officer"), at=at)
    assert queries.due(date(2026, 3, 4), 1, "working") == date(2026, 3, 6)
    with pytest.raises(Incomplete):
        actions.enter_day(date(2026, 3, 5), DayKind.OFF, name="x", source="x", by=user("officer"), at=at)
    actions.remove_day(day, reason="nhập nhầm", by=user("officer"), at=at)
    assert queries.due(date(2026, 3, 4), 1, "working") == date(2026, 3, 5)


def test_the_calendar_of_a_year_joins_the_national_days_and_the_exceptions(db):
    days = {day: (str(kind), name) for day, kind, name, _row in queries.calendar_of(2026)}
    assert days[date(2026, 1, 2)] == ("off", "Nghỉ hoán đổi Tết Dương lịch")
    assert days[date(2026, 1, 10)][0] == "working" and days[date(2026, 8, 22)][0] == "working"
    assert days[date(2026, 2, 17)] == ("off", "Tết Nguyên Đán")
    assert list(days) == sorted(days)
    assert db.session.query(Rule).count() > 100
