"""Forms as data, judged without a database: what a sound definition is, what is asked, what is wrong, how two differ."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kernel.errors import Incomplete
from app.services.questionnaires.answering import (
    faults,
    is_empty,
    read,
    shown,
    value_of,
    visible,
)
from app.services.questionnaires.comparing import What, compare, left_behind
from app.services.questionnaires.rules import Kind, check_decision, problems, questions
from tests.questionnaires.definitions import (
    ANSWERS,
    CHOICES,
    LISTS,
    SCALARS,
    both,
    definition,
    order,
    question,
    sound,
)

pytestmark = pytest.mark.nodb
calm = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
NEEDS = {"title": "short_text", "kind": "one_of", "receiver": "organisation"}


def wrong(form, answers, **more):
    return {f.place for f in faults(form, answers, choices=CHOICES, **more)}


def test_the_order_form_is_sound_and_has_thirteen_sections():
    assert problems(order(), lists=LISTS, needs=NEEDS) == []
    assert [s["number"] for s in order()["sections"]] == [str(n) for n in range(1, 14)]


@calm
@given(sound())
def test_what_is_made_by_the_rules_is_found_sound(form):
    assert problems(form) == []


@calm
@given(st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(
    st.sampled_from(["sections", "questions", "code", "type", "label", "options", "columns", "when", "checks", "vi", "en"]), inner, max_size=5)), max_leaves=12))  # fmt: skip
def test_nonsense_is_told_and_breaks_nothing(nonsense):
    assert problems(nonsense)


@pytest.mark.parametrize(("change", "told"), [
    (lambda d: d["sections"][0]["questions"].append(question("title")), "stands twice"),
    (lambda d: d["sections"][0]["questions"].append(question("Bad Code")), "small letters"),
    (lambda d: d["sections"][0]["questions"].append(question("x") | {"label": {"vi": "Chỉ tiếng Việt"}}), "English"),
    (lambda d: d["sections"][0]["questions"].append(question("x", "python")), "type"),
    (lambda d: d["sections"][0]["questions"].append(question("x", script="alert(1)")), "do not know"),
    (lambda d: d["sections"][0]["questions"].append(question("x", "one_of")), "choices"),
    (lambda d: d["sections"][0]["questions"].append(question("x", "one_of", list="people.passwords")), "does not exist"),
    (lambda d: d["sections"][0]["questions"].append(question("x", "table", columns=[question("c", "table")])), "tables do not know"),
    (lambda d: d["sections"][0]["questions"].append(question("x", max=-1)), "limit"),
    (lambda d: d["sections"][0]["questions"].append(question("x", "number", min=5, max=4)), "least"),
    (lambda d: d["sections"][0]["questions"].append(question("x", prefill="day.today")), "beforehand"),
    (lambda d: d["sections"][0]["questions"].append(question("x", when={"question": "starts_on", "op": "filled"})), "before it"),
    (lambda d: d["sections"][0]["questions"].append(question("x", when={"question": "title", "op": "more_than", "value": 3})), "numbers"),
    (lambda d: d["sections"][0]["questions"].append(question("x", when={"question": "title", "op": "exec", "value": 3})), "condition"),
    (lambda d: d["checks"].append({"kind": "before", "first": "title", "second": "ends_on"}), "another type"),
    (lambda d: d["checks"].append({"kind": "eval"}), "list"),
    (lambda d: d["sections"][0]["questions"].append(question("x", when={"question": "x", "op": "filled"})), "own answer"),
    (lambda d: d["sections"][0]["questions"].append(question("x", when={"question": "gone", "op": "filled"})), "does not have"),
    (lambda d: d["sections"][12]["questions"].append(question("x", when={"question": "state_keeps_ownership", "op": "is", "value": "maybe"})), "no possible answer"),
    (lambda d: d["sections"][12]["questions"].append(question("x", when={"question": "kind", "op": "is", "value": "gone"})), "no possible answer"),
    (lambda d: d["sections"][12]["questions"].append(question("x", when={"question": "starts_on", "op": "is", "value": "31/02/2027"})), "no possible answer"),
    (lambda d: d["sections"][12]["questions"].append(question("x", when={"question": "host", "op": "is", "value": "o1"})), "filled in or empty"),
    (lambda d: d["sections"][12]["questions"].append(question("x", when={"question": "duration_months", "op": "more_than", "value": 120})), "never be true"),
    (lambda d: d["sections"][12]["questions"].append(question("x", when={"question": "duration_months", "op": "less_than", "value": 1})), "never be true"),
    (lambda d: d["sections"][0]["questions"].append(question("x", max_words=0)), "not a whole number"),
    (lambda d: d["sections"][0]["questions"].append(question("x", max_words=-3)), "not a whole number"),
    (lambda d: d["sections"][0]["questions"].append(question("x", "number", max_words=3)), "says nothing"),
    (lambda d: d["sections"][0]["questions"].append(question("x", "table", columns=[question("c")], max_rows=0)), "not a whole number"),
    (lambda d: d["checks"].append(dict(d["checks"][0])), "stands twice"),
    (lambda d: d["checks"].append({"kind": "before", "first": "ends_on", "second": "starts_on"}), "contradict"),
    (lambda d: d["checks"].append({"kind": "before", "first": "ends_on", "second": "ends_on"}), "same question twice"),
    (lambda d: d["sections"].pop(0), "may not be missing"),
    (lambda d: d["sections"][0]["questions"][0].update(type="long_text"), "must stay"),
    (lambda d: d["sections"].clear(), "at least one section"),
    (lambda d: d["sections"][0]["questions"].extend(question(f"x{n}") for n in range(201)), "at most"),
])  # fmt: skip
def test_what_keeps_a_form_from_being_put_in_force(change, told):
    form = order()
    change(form)
    found = problems(form, lists=LISTS, needs=NEEDS, offered={"ideas.task_types": ["DT_CN"]})
    assert any(told in p.message for p in found), [p.message for p in found]


@calm
@given(sound(), ANSWERS)
def test_what_is_not_asked_is_never_wrong(form, answers):
    asked = visible(form, answers)
    found = faults(form, answers, choices=CHOICES, complete=True)
    assert {f.code for f in found} <= asked <= {q["code"] for q in questions(form)}
    assert {f.place for f in faults(form, answers, choices=CHOICES)} <= {f.place for f in found}, "a whole form is judged no milder than a draft"


@calm
@given(sound())
def test_an_empty_form_lacks_exactly_what_is_asked_and_needed(form):
    needed = {q["code"] for q in questions(form) if q.get("required")} & visible(form, {})
    assert {f.code for f in faults(form, {}, choices={}, complete=True)} == needed


@calm
@given(sound(), st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=30), min_size=1, max_size=2), max_size=8))
def test_reading_takes_only_known_questions(form, posted):
    assert set(read(form, posted)) <= {q["code"] for q in questions(form)}


@calm
@given(sound(), ANSWERS)
def test_hidden_questions_hide_what_hangs_on_them(form, answers):
    asked = visible(form, answers)
    for q in questions(form):
        if (when := q.get("when")) and when["question"] not in asked and when["op"] in ("filled", "is", "more_than", "less_than"):
            assert q["code"] not in asked


@pytest.mark.parametrize(("kind", "typed", "value"), [
    ("money", "1.250.000.000", 1_250_000_000), ("money", "1 250 000 đ", 1_250_000), ("money", "một tỷ", "một tỷ"), ("money", "-5", "-5"), ("money", "1.25", "1.25"),
    ("number", "12,5", 12.5), ("number", "12", 12), ("number", "1e9", "1e9"), ("number", "９", "９"),
    ("date", "1/3/2027", "2027-03-01"), ("date", "31/02/2027", "31/02/2027"), ("date", "2027-03-01", "2027-03-01"),
    ("short_text", "  hai \n dòng\x00 ", "hai dòng"), ("long_text", "a\r\nb\x00", "a\nb"), ("yes_no", "yes", True), ("short_text", " ", None),
    ("long_text", "<script>alert(1)</script>", "<script>alert(1)</script>"),
])  # fmt: skip
def test_what_is_typed_becomes_a_value_or_stays_as_typed(kind, typed, value):
    assert value_of(Kind(kind), typed) == value


@calm
@given(st.integers(0, 10**13))
def test_an_amount_is_read_as_it_is_shown(amount):
    assert value_of(Kind.MONEY, shown(Kind.MONEY, amount)) == amount


@pytest.mark.parametrize(("more", "kind", "value"), [
    ({"max": 3}, "short_text", "abcd"), ({"max_words": 2}, "long_text", "một hai ba"), ({"min": 1}, "number", 0), ({"max": 5}, "money", 6),
    ({}, "date", "31/02/2027"), ({}, "date", "8021-01-01"), ({}, "money", "một tỷ"), ({}, "money", True), ({}, "organisation", "foreign"), ({}, "priority_item", ["i1"]),
    ({}, "yes_no", "maybe"), ({}, "short_text", 5), ({"columns": [question("c", "money")]}, "table", [{"c": "x"}]), ({"columns": [question("c")]}, "table", "x"),
    ({"columns": [question("c")], "max_rows": 1}, "table", [{"c": "a"}, {"c": "b"}]),
])  # fmt: skip
def test_what_is_out_of_bounds_is_told(more, kind, value):
    assert wrong(definition(question("q", kind, **more)), {"q": value})


def test_gaps_are_allowed_until_the_end_and_some_never():
    form = definition(question("a", required=True), question("b", required=True))
    assert wrong(form, {"b": ""}) == set() and wrong(form, {}, always={"a"}) == {"a"} and wrong(form, {}, complete=True) == {"a", "b"}


def test_a_condition_takes_its_question_away():
    form = definition(question("host", "organisation"), question("why", required=True, when={"question": "host", "op": "filled"}))
    assert wrong(form, {}, complete=True) == set()
    assert wrong(form, {"host": "o1"}, complete=True) == {"why"}


def test_checks_between_answers():
    form = definition(question("a", "date"), question("b", "date"), question("t", "table", columns=[question("m", "money")]), question("sum", "money"), question("cap", "money"),
                      checks=[{"kind": "before", "first": "a", "second": "b"}, {"kind": "sum_equals", "parts": ["t.m"], "total": "sum"},
                              {"kind": "not_more_than", "first": "sum", "second": "cap"}])  # fmt: skip
    assert problems(form) == []
    good = {"a": "2027-01-01", "b": "2027-02-01", "t": [{"m": 3}, {"m": 4}, {"m": None}], "sum": 7, "cap": 7}
    assert wrong(form, good, complete=True) == set()
    assert wrong(form, good | {"b": "2027-01-01"}, complete=True) == {"b"}
    assert wrong(form, good | {"t": [{"m": 3}]}, complete=True) == {"sum"}
    assert wrong(form, good | {"cap": 6}, complete=True) == {"sum"}
    assert wrong(form, {"a": "2027-01-01"}, complete=True) == set(), "a check is not asked of a gap"


def test_rows_are_read_in_order_and_bounded():
    form = definition(question("t", "table", columns=[question("m", "money"), question("n")], max_rows=2))
    posted = {"t-rows": ["1"], "t-7-m": ["5"], "t-2-n": ["x"], "t-__n__-m": ["9"], "t-2-evil": ["y"], "other-0-m": ["1"]}
    assert read(form, posted) == {"t": [{"m": None, "n": "x"}, {"m": 5, "n": None}]}
    assert len(read(form, {f"t-{n}-n": ["x"] for n in range(3000)} | {"t-rows": ["1"]})["t"]) <= 201
    assert read(form, {"t-rows": ["0"]}) == {"t": []} and read(form, {}) == {}
    assert is_empty([{"m": None, "n": ""}])


@calm
@given(sound())
def test_a_form_does_not_differ_from_itself(form):
    assert compare(form, copy.deepcopy(form)) == []


@calm
@given(sound(), sound())
def test_every_question_that_came_or_went_is_told(old, new):
    changes = compare(old, new)
    before, after = {q["code"] for q in questions(old)}, {q["code"] for q in questions(new)}
    assert {c.code for c in changes if c.what == What.ADDED and not c.is_section} == after - before
    assert {c.code for c in changes if c.what == What.REMOVED and not c.is_section} == before - after


def test_what_changed_is_told_with_both_wordings():
    new = order()
    title = new["sections"][0]["questions"].pop(0)
    new["sections"][1]["questions"].append(title | {"max": 300, "label": both("Tên")})
    del new["sections"][8]
    found = {(c.what, c.code): c for c in compare(order(), new)}
    assert {a for a, _o, _n in found[What.CHANGED, "title"].details} == {"max", "label"}
    assert (What.MOVED, "title") in found and (What.REMOVED, "effects") in found and (What.REMOVED, "s_effects") in found
    assert left_behind(order(), new, {"effects": "x", "title": "y"}) == ["effects"]


@pytest.mark.parametrize(("number", "dated", "start", "field"), [
    ("", date(2026, 1, 1), date(2026, 6, 1), "document_number"), ("1/QĐ", None, date(2026, 6, 1), "document_date"), ("1/QĐ", date(2026, 4, 1), date(2026, 6, 1), "document_date"),
    ("1/QĐ", date(2026, 1, 1), None, "valid_from"), ("1/QĐ", date(2026, 1, 1), date(2025, 12, 31), "valid_from"), ("1/QĐ", date(2026, 1, 1), date(2026, 2, 1), "valid_from"),
    ("1/QĐ", date(2026, 1, 1), date(8021, 1, 1), "valid_from"), ("1/QĐ", date(1900, 11, 30), date(2026, 6, 1), "document_date"),
])  # fmt: skip
def test_a_version_needs_its_document_and_a_later_day(number, dated, start, field):
    with pytest.raises(Incomplete) as refused:
        check_decision(number, dated, start, latest=date(2026, 2, 1), today=date(2026, 3, 2))
    assert refused.value.field == field
