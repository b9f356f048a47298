"""Milestones, their picture, and the tables of the Word form: pure."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import nfc
from app.services.rulebook.rules import Mark
from app.stages.proposals import gantt, wordtables
from app.stages.proposals.costs import Ruling
from app.stages.proposals.rules import ProductGroup
from app.stages.proposals.schedule import (
    Plan,
    Promise,
    Stage,
    Step,
    Use,
    checks,
    numbered,
    written,
)
from app.stages.proposals.wordform import chart_of

pytestmark = pytest.mark.nodb

RULE = Ruling(dict.fromkeys(("milestones", "inside", "products_made", "receiver", "on_team", "ready_after", "costs", "dated", "compared"), "block"), "TT 20", Mark.G)


def product(group="I", name="Máy", ready=None, **more):
    return SimpleNamespace(**{"group": ProductGroup(group), "name": name, "ready_month": ready, "level_home": "x", "level_abroad": None} | more)


def step(number=1, first=1, last=12, **more):
    return Step(**{"number": number, "content": f"Việc {number}", "result": "Báo cáo", "month_from": first, "month_to": last, "who": ("An",), "products": ("I.1",)} | more)


def broken(**more):
    plan = Plan(**{"steps": [step()], "products": numbered([product(ready=12)]), "uses": 1, "months": 12, "total": 100, "compared": ["I"], "own": True} | more)
    return [c.sentence.split("%")[0].split(":")[0].strip() for c in checks(plan, RULE) if c.bars]


@pytest.mark.parametrize(("more", "sentence"), [
    ({}, None), ({"steps": []}, "The work plan has no milestone."), ({"uses": 0}, "Nobody is named who receives and uses the products."),
    ({"steps": [step(last=13)], "products": []}, "Milestones after the end of the work (month"), ({"products": numbered([product(ready=13)])}, "Products after the end of the work (month"),
    ({"steps": [step(products=())]}, "No milestone leads to these products"), ({"steps": [step(who=())]}, "Nobody of the team works on these milestones"),
    ({"products": numbered([product(ready=6)])}, "Promised before the milestone that makes it ends"), ({"steps": [step(cost=101)]}, "The milestones cost"),
    ({"products": numbered([product()])}, "It is not said when these products are ready"), ({"products": numbered([product(ready=12, level_home=None)])}, "Not compared with the like in Viet Nam or abroad"),
])  # fmt: skip
def test_what_a_plan_lacks_is_named(more, sentence):
    assert broken(**more) == ([sentence] if sentence else [])


def test_a_rule_that_came_after_the_call_bars_nobody():
    plan = Plan([], [], 0, 12, 0, [], False)
    assert [c.bars for c in checks(plan, replace(RULE, binding=False))] == [False] * 4


def test_products_are_counted_within_their_form():
    assert [label for label, _p in numbered([product("I"), product("II"), product("I"), product("III")])] == ["I.1", "II.1", "I.2", "III.1"]


@pytest.mark.parametrize("rows", [None, "x", [], [None], [{}], [{"month_from": 0, "month_to": 2}], [{"month_from": 3, "month_to": 2}], [{"month_from": "1", "month_to": 2}],
                                  [{"month_from": 1, "month_to": 121}]])  # fmt: skip
def test_a_table_of_milestones_without_months_is_no_plan(rows):
    assert written(rows) == []


def test_a_table_of_milestones_is_a_plan():
    found = written([{"work": "Hai", "month_from": 4, "month_to": 6}, {"work": "Một", "result": "R", "month_from": 1, "month_to": 3, "who": "An"}])
    assert [(s.number, s.content, s.others) for s in found] == [(1, "Một", "An"), (2, "Hai", "")]


# --- the picture ----------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120).map(nfc).filter(bool)
STEPS = st.lists(st.builds(lambda a, b, text: step(1, min(a, b), max(a, b), content=text), st.integers(1, 120), st.integers(1, 120), TEXT), min_size=1, max_size=12)


@given(STEPS, st.one_of(st.none(), st.integers(1, 120)))
def test_any_plan_is_drawn_as_sound_svg_inside_its_frame(steps, duration):
    tree = ElementTree.fromstring(gantt.svg(steps, duration, gantt.Words("Tiến độ", "Mô tả <&>")))
    ns = "{http://www.w3.org/2000/svg}"
    width = float(tree.get("viewBox").split()[2])
    assert tree.get("role") == "img" and tree.find(f"{ns}title").text == "Tiến độ" and tree.find(f"{ns}desc").text == "Mô tả <&>"
    bars = [r for r in tree.iter(f"{ns}rect") if r.get("rx")]
    assert len(bars) == len(steps) and all(0 <= float(r.get("x")) and float(r.get("x")) + float(r.get("width")) <= width for r in bars)
    assert not [e for e in tree.iter() if e.get("style") or e.tag.endswith(("script", "a"))]
    late = sum(bool(duration and s.month_to > duration) for s in steps)
    assert sum(r.get("fill") == gantt.RED for r in bars) == late


def test_a_text_is_never_markup():
    drawn = gantt.svg([step(content='<script>alert(1)</script>"')], 12, gantt.Words("t", "d"))
    assert "<script" not in drawn and "&lt;script" in drawn


@given(STEPS, st.integers(1, 120))
def test_the_chart_of_the_word_form_has_at_most_24_columns_and_holds_every_bar(steps, duration):
    chart = chart_of([Stage(s.content, s.result, s.month_from, s.month_to) for s in steps], duration)
    assert 1 <= len(chart.columns) <= 24 and all(0 <= first <= last < len(chart.columns) for _n, first, last in chart.bars)


# --- tables of Word -------------------------------------------------------------------------------------------

KINDS = {"I": {"sample": "Mẫu (model)", "pilot": "Mô hình"}, "II": {"process": "Quy trình"}, "III": {"paper": "Bài báo"}}
LINE = st.text("aăâ bcđe.,()%0123", min_size=1, max_size=30).map(lambda t: " ".join(t.split())).filter(bool)
PROMISES = st.lists(st.builds(lambda group, kind, home, place, **p: Promise(
    group=group, kind=kind if kind in KINDS[group] else None, level_home=home if group == "I" else None, place=place if group == "III" else None, **p),
    st.sampled_from(list(ProductGroup)), st.sampled_from(["sample", "process", "paper", None]), st.one_of(st.none(), LINE), st.one_of(st.none(), LINE),
    name=LINE, unit=LINE, quantity=st.integers(1, 10**7), quality=LINE, ready_month=st.one_of(st.none(), st.integers(1, 120))), max_size=8).map(
        lambda found: sorted(found, key=lambda p: str(p.group)))  # fmt: skip


@given(PROMISES)
def test_products_come_back_as_they_went(promises):
    tables = {tag: [wordtables.product_heads(group), *wordtables.product_rows(group, numbered(promises), KINDS), [""] * 9] for group, tag in wordtables.PRODUCT_TAGS.items()}
    found = wordtables.products_of(wordtables.gathered(tables), KINDS)
    assert found.promises == promises and not found.wrong and set(found.numbers) == {label for label, _p in numbered(promises)}


NAMES = st.lists(st.sampled_from(["Lê Văn An", "Trần Thị Bình"]), unique=True, max_size=2).map(tuple)
STAGES = st.lists(st.builds(lambda a, b, **s: Stage(month_from=min(a, b), month_to=max(a, b), **s), st.integers(1, 120), st.integers(1, 120), content=LINE, result=LINE, who=NAMES,
                            others=st.one_of(st.none(), LINE), products=st.lists(st.sampled_from(["I.1", "II.1", "III.2"]), unique=True).map(sorted).map(tuple),
                            cost=st.one_of(st.none(), st.integers(0, 10**12))), max_size=6).map(lambda found: sorted(found, key=lambda s: (s.month_from, s.month_to)))  # fmt: skip


@given(STAGES)
def test_milestones_come_back_as_they_went(stages):
    assert wordtables.stages_of([list(wordtables.PLAN_HEADS), *wordtables.plan_rows(stages)]) == (stages, [])


@given(st.lists(st.builds(Use, LINE, LINE, LINE, st.one_of(st.none(), st.integers(1, 240)), st.sampled_from([None, "I.1"])), max_size=5))
def test_uses_come_back_as_they_went(uses):
    assert wordtables.uses_of([list(wordtables.USE_HEADS), *wordtables.use_rows(uses)]) == (uses, [])


@given(st.lists(st.lists(st.text(max_size=12), max_size=10), max_size=6))
def test_any_table_is_read_or_its_rows_are_named(cells):
    wordtables.stages_of(cells)
    wordtables.uses_of(cells)
    wordtables.products_of([["I", *row] for row in cells], KINDS)


def test_a_row_that_was_put_in_between_moves_no_tie():
    tables = {"vc.products.I": [["", "Mới", "", "cái", "1", "5 kW", "", "", ""], ["I.1", "Cũ", "", "cái", "1", "5 kW", "", "", ""]]}
    found = wordtables.products_of(wordtables.gathered(tables), KINDS)
    assert [p.name for p in found.promises] == ["Mới", "Cũ"] and found.numbers["I.1"] == "I.2"
    assert wordtables.renumbered([Stage("a", "b", 1, 2, products=("I.1", "I.9"))], found.numbers) == ([Stage("a", "b", 1, 2, products=("I.2", "I.9"))], ["I.9"])
