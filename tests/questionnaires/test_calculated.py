"""Calculated values: exact sums and shares, never believed from a browser, refused beside the field where they cannot be."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.questionnaires import filing
from app.services.questionnaires.answering import calculated, completed, faults, read
from app.services.questionnaires.calculating import misfits, results
from app.services.questionnaires.comparing import compare
from app.services.questionnaires.rules import problems, question_of, questions
from tests.questionnaires.definitions import (
    ANSWERS,
    CHOICES,
    LISTS,
    definition,
    order,
    question,
    sound,
)
from tests.support.browser import content_of

nodb = pytest.mark.nodb
calm = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def made(code, kind, *terms, **more):
    return question(code, "calculated", formula={"kind": kind, "terms": list(terms)}, **more)


def form(**more):
    return definition(question("a", "money"), question("b", "money"), question("t", "table", columns=[question("n", "number"), question("m", "money")]),
                      made("all", "sum", "a", "b"), made("rows", "column", "t.m"), made("count", "column", "t.n"), made("share", "share", "a", "all"), **more)  # fmt: skip


@nodb
@pytest.mark.parametrize(("answers", "shown"), [
    ({"a": 900_000_000, "b": 450_000_000}, {"all": "1.350.000.000 đ", "share": "66,7 %"}),
    ({"a": 1, "b": 799}, {"share": "0,1 %"}), ({"a": 1, "b": 1999}, {"share": "0,0 %"}), ({"a": 3, "b": 1997}, {"share": "0,2 %"}),
    ({"a": 5}, {"all": "5 đ", "share": "100,0 %"}), ({"b": 5}, {"all": "5 đ", "share": "–"}), ({}, {"all": "–", "share": "–", "rows": "–"}),
    ({"a": 0, "b": 0}, {"all": "0 đ", "share": "–"}), ({"a": "một tỷ", "b": 5}, {"all": "–", "share": "–"}), ({"a": True, "b": 5}, {"all": "–"}),
    ({"t": [{"n": 1.5, "m": 2}, {"n": 0.1}, {}]}, {"rows": "2 đ", "count": "1,6"}), ({"t": [{"m": "x"}]}, {"rows": "–"}), ({"t": "x"}, {"rows": "–"}),
    ({"a": 1e308, "b": 1}, {"all": "–"}), ({"a": 5, "b": 5, "all": 999, "share": "100"}, {"all": "10 đ", "share": "50,0 %"}),
])  # fmt: skip
def test_sums_and_shares_are_exact_and_say_so_when_there_is_nothing(answers, shown):
    assert calculated(form(), answers).items() >= shown.items()


@nodb
@calm
@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_the_two_shares_of_a_whole_make_a_hundred_per_cent(a, b):
    both = definition(question("a", "money"), question("b", "money"), made("w", "sum", "a", "b"), made("x", "share", "a", "w"), made("y", "share", "b", "w"))
    found = results(list(questions(both)), {"a": a, "b": b}, {"a", "b", "w", "x", "y"})
    assert found["w"] == a + b
    if a + b:
        assert found["x"] + found["y"] == 1000 and abs(Fraction(found["x"], 1000) - Fraction(a, a + b)) <= Fraction(1, 2000)
    else:
        assert found["x"] is found["y"] is None


@nodb
@calm
@given(sound(), ANSWERS)
def test_no_answers_break_a_calculation(made_form, answers):
    names = [q["code"] for q in made_form["sections"][0]["questions"] if q["type"] == "money"][:2]
    made_form["sections"][0]["questions"] += [made("z", "share", *names)] if len(names) == 2 else []
    assert problems(made_form) == []
    calculated(made_form, answers)
    assert "z" not in {f.code for f in faults(made_form, answers, choices=CHOICES, complete=True)}


@nodb
def test_what_is_not_asked_counts_for_nothing():
    hidden = definition(question("a", "money"), question("b", "money", when={"question": "a", "op": "more_than", "value": 10}), made("w", "sum", "a", "b"))
    assert calculated(hidden, {"a": 5, "b": 7}) == {"w": "5 đ"} and calculated(hidden, {"a": 15, "b": 7}) == {"w": "22 đ"}


@nodb
@pytest.mark.parametrize(("bad", "about", "told"), [
    (question("x", "calculated"), "formula", "choose how"), (question("x", "calculated", formula={"kind": "eval", "terms": ["a", "b"]}), "formula", "choose how"),
    (question("x", "calculated", formula={"kind": "sum", "terms": ["a", "b"], "code": "1+1"}), "formula", "choose how"),
    (made("x", "sum", "a"), "formula_terms", "2 to"), (made("x", "share", "a", "b", "a"), "formula_terms", "two questions"), (made("x", "column", "a"), "formula_terms", "cannot calculate"),
    (made("x", "sum", "a", "gone"), "formula_terms", "does not have"), (made("x", "sum", "a", "later"), "formula_terms", "stand before"), (made("x", "sum", "a", "x"), "formula_terms", "stand before"),
    (made("x", "sum", "a", "word"), "formula_terms", "cannot calculate"), (made("x", "column", "t.word"), "formula_terms", "cannot calculate"), (made("x", "sum", "a", "a"), "formula_terms", "twice"),
    (made("x", "sum", "a", "n"), "formula_terms", "mixes"), (made("x", "sum", "a", "pct"), "formula_terms", "cannot calculate"), (made("x", "sum", "a", 5), "formula_terms", "2 to"),
    (made("x", "sum", "a", "b", required=True), "required", "needed"), (question("x", "money", formula={"kind": "sum", "terms": ["a", "b"]}), "formula", "Only a calculated"),
])  # fmt: skip
def test_a_formula_that_cannot_be_is_told_beside_its_field(bad, about, told):
    before = [question("a", "money"), question("b", "money"), question("n", "number"), question("word"), question("t", "table", columns=[question("word")]), made("pct", "share", "a", "b")]
    found = [p for p in problems(definition(*before, bad, question("later", "money"))) if p.place == "x"]
    assert [p.about for p in found] == [about] and told in found[0].message
    assert all(p.message % p.params if p.params else p.message for p in found)
    assert not list(misfits(made("y", "sum", "a", "b"), {q["code"]: q for q in before}, {"a", "b", "y"}))


@nodb
def test_conditions_refuse_a_calculated_value_and_checks_take_sums_only():
    asks = question("why", when={"question": "all", "op": "more_than", "value": 3})
    broken = form()
    broken["sections"][0]["questions"].append(asks)
    assert any("calculated value" in p.message for p in problems(broken))
    good = form(checks=[{"kind": "not_more_than", "first": "rows", "second": "all"}])
    assert problems(good) == []
    assert {f.place for f in faults(good, {"a": 1, "b": 1, "t": [{"n": 1, "m": 5}], "all": 900}, choices=CHOICES, complete=True)} == {"rows"}
    assert problems(form(checks=[{"kind": "not_more_than", "first": "share", "second": "all"}]))


@nodb
def test_it_is_never_read_nor_kept():
    assert read(form(), {"a": ["5"], "all": ["999"], "share": ["100"]}) == {"a": 5}
    assert filing.without(form(), {"a": 5, "all": 999}) == {"a": 5}
    assert completed(form(), {"a": 5, "all": 999})["all"] == 5


@nodb
def test_the_order_form_calculates_both_shares_and_a_changed_formula_is_told():
    shown = calculated(order(), {"state_budget": 2_000_000_000, "other_budget": 1_000_000_000})
    assert shown == {"total_budget": "3.000.000.000 đ", "state_share": "66,7 %", "other_share": "33,3 %"}
    assert problems(order(), lists=LISTS) == []
    new = order()
    question_of(new, "total_budget")["formula"]["terms"].reverse()
    assert [(c.code, c.details[0][0]) for c in compare(order(), new)] == [("total_budget", "formula")]


# --- in the pages ---------------------------------------------------------------------------------------------

HOME = "/admin/questionnaires/"
CALC = {"section": "s_budget", "code": "half", "type": "calculated", "label_vi": "Tỷ lệ", "label_en": "Share", "formula": "share", "formula_terms": "other_budget, total_budget"}


def test_an_officer_adds_a_calculated_value_sees_it_and_tries_it(as_):
    officer = as_("officer")
    url = officer.submit(f"{HOME}forms/ideas_order_form/draft", {"source": "Góp ý"}).location
    shown = officer.submit(f"{url}/question", CALC | {"do": "preview"}, status=202).get_data(as_text=True)
    assert 'id="preview_half"' in shown and "Tổng kinh phí dự kiến" in shown
    officer.submit(f"{url}/question", CALC)
    page = officer.page(f"{url}/question?code=half")
    assert content_of(page, "#formula_terms") == "other_budget, total_budget"
    page = officer.submit(f"{url}/test", {"state_budget": "3.000.000", "other_budget": "1.000.000", "half": "77"}, status=202).get_data(as_text=True)
    assert "25,0 %" in page and "77" not in page.partition('id="half"')[2][:200]
    assert "Tỷ lệ" in officer.page(f"{url}/delete?code=other_budget").text, "what leans on it is named before it is taken out"


@pytest.mark.parametrize(("bad", "field"), [
    ({"formula_terms": "other_budget, nowhere"}, "formula_terms"), ({"formula_terms": "ends_on, total_budget"}, "formula_terms"), ({"formula_terms": "title, total_budget"}, "formula_terms"),
    ({"formula_terms": "other_budget"}, "formula_terms"), ({"formula": ""}, "formula"), ({"formula": "eval"}, "formula"), ({"required": "y"}, "required"), ({"type": "money"}, "formula"),
])  # fmt: skip
def test_a_formula_is_refused_beside_its_field(as_, bad, field):
    officer = as_("officer")
    url = officer.submit(f"{HOME}forms/ideas_order_form/draft", {"source": "Góp ý"}).location
    answer = officer.submit(f"{url}/question", CALC | bad, status=422).get_data(as_text=True)
    assert f'id="{field}-error"' in answer and "Tỷ lệ" in answer


def test_a_form_of_ones_own_says_that_no_step_uses_it(as_):
    officer = as_("officer")
    url = officer.submit(f"{HOME}forms/new", {"code": "feedback", "name_vi": "Góp ý", "name_en": "Feedback", "purpose": "Thử", "source": "Thử"}).location
    assert "chưa gắn với bước nào" in officer.page(url).text
    rows = {row.select("td")[0].text: row.select("td")[1].text for row in officer.page(f"{HOME}?sort=number").select("tbody tr")}
    assert rows["Góp ý"] == "Chưa gắn với bước nào" and "Phiếu đề xuất đặt hàng" in rows.values() and "Thuyết minh của hồ sơ" in rows.values()
