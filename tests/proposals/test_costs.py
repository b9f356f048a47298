"""Norms, limits, counterpart funds, sums and lump sum to the final product: pure arithmetic."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.rulebook.rules import Mark
from app.stages.proposals import costs
from app.stages.proposals.budgeting import Line
from app.stages.proposals.costs import (
    Ruling,
    above_norm,
    budget_checks,
    cross,
    final_product,
    norm_of,
)
from app.stages.proposals.rules import ProductGroup, Source, Spending, totals

pytestmark = pytest.mark.nodb

SHIPPED = {e["key"]: e["value"] for e in json.loads(Path("app/services/rulebook/data/proposals.json").read_text(encoding="utf-8"))}
NORMS = SHIPPED["proposals.norms"]
HEADS = [h["code"] for h in SHIPPED["proposals.heads"]]


@dataclass(frozen=True)
class Kept(Line):
    lump_sum: bool = False


def line(content="Công", unit="tháng", price=1_000_000, **more):
    return Kept(**{"head": "labour", "content": content, "source": Source.STATE, "year": 2026, "unit": unit, "quantity": 100, "price": price} | more)


def rulings(*, binding=True, **changed):
    given = {key: SHIPPED[key] for key in ("proposals.norms", "proposals.head_limits", "proposals.counterpart_share")} | changed
    return {key: Ruling(value, "NQ 1", Mark.G, binding) for key, value in given.items()}


@pytest.mark.parametrize(("content", "unit", "code"), [
    ("Công của chủ nhiệm nhiệm vụ", "tháng", "pi"), ("CHỦ NHIỆM", "Tháng", "pi"), ("Thành viên chính 1", "tháng công", "key"), ("Thành viên", "tháng", "member"),
    ("Thư ký khoa học", "người-tháng", "secretary"), ("Công khác", "tháng", "labour"), ("Chủ nhiệm", "ngày", None), ("Thu ky khoa hoc", "thang", "secretary"),
])  # fmt: skip
def test_the_norm_of_a_line_follows_from_head_unit_and_words(content, unit, code):
    found = norm_of(line(content, unit), NORMS)
    assert (found["code"] if found else None) == code


def test_a_norm_of_another_head_never_holds():
    assert norm_of(line("Chủ nhiệm", head="materials"), NORMS) is None
    assert norm_of(line("Báo cáo viên", "báo cáo", head="workshops"), NORMS)["code"] == "workshop_paper"


def test_a_price_at_its_norm_is_not_above_it():
    norm = norm_of(line("Chủ nhiệm"), NORMS)
    assert not above_norm(line("Chủ nhiệm", price=norm["most"]), norm) and above_norm(line("Chủ nhiệm", price=norm["most"] + 1), norm)


def broken(lines, **more):
    wanted = {"kind": "DT_CN", "ceiling": None, "heads": {}, "rulings": rulings()} | more
    return [(c.sentence.split("%")[0][:22], c.bars) for c in budget_checks(lines, **wanted) if not c.ok]


def test_above_a_norm_is_a_warning_or_a_bar_as_the_rule_says():
    lines = [line("Chủ nhiệm", price=50_000_000)]
    assert broken(lines) == [("Lines above their norm", False)]
    strict = rulings(**{"proposals.norms": [n | {"effect": "block"} for n in NORMS]})
    assert broken(lines, rulings=strict) == [("Lines above their norm", True)]
    later = {key: replace(r, binding=False) for key, r in strict.items()}
    assert broken(lines, rulings=later) == [("Lines above their norm", False)], "a rule that came after the call bars nobody"


@pytest.mark.parametrize(("own", "ok"), [(100, True), (99, False), (0, False)])
def test_counterpart_funds_of_a_pilot_production(own, ok):
    lines = [line(price=100_00), *([line(price=own * 100, source=Source.COUNTERPART)] if own else [])]
    found = [c for c in budget_checks(lines, kind="DA_SXTN", ceiling=None, heads={}, rulings=rulings()) if "ounterpart" in c.sentence]
    assert [c.ok for c in found] == [ok] and (ok or found[0].params["needed"] == "10.000")
    assert not [c for c in budget_checks(lines, kind="DT_CN", ceiling=None, heads={}, rulings=rulings()) if "ounterpart" in c.sentence]


def test_the_share_of_a_head_and_its_most():
    lines = [line(price=95), line(price=5, head="management")]
    assert not broken(lines) and broken([*lines, line(price=1, head="management")])[0][0] == "“"
    rich = [line(price=10**11, head="materials"), line(price=240_000_001, head="management")]
    assert [c.params["most"] for c in budget_checks(rich, kind="DT_CN", ceiling=None, heads={}, rulings=rulings()) if not c.ok] == ["240.000.000"]


def test_the_ceiling_bars():
    assert broken([line(price=101)], ceiling=100) == [("The state budget part ", True)]
    assert not broken([line(price=100), line(price=10**9, source=Source.COUNTERPART)], ceiling=100)


LINES = st.lists(st.builds(Kept, head=st.sampled_from([*HEADS, "strange"]), content=st.just("x"), source=st.sampled_from(list(Source)), year=st.integers(2026, 2032),
                           unit=st.sampled_from(["tháng", "cái"]), quantity=st.integers(1, 10**6), price=st.integers(1, 10**7), lump_sum=st.booleans()), max_size=40)  # fmt: skip


@given(LINES)
def test_every_sum_is_the_sum_of_the_lines(lines):
    table, sums = cross(lines, HEADS), totals(lines)
    assert table.total == sums["all"] == sum(table.foot) == sum(total for _h, _c, total in table.rows) == sum((b.quantity * b.price + 50) // 100 for b in lines)
    assert sums["state"] + sums["counterpart"] == sums["all"] and sum(sums["heads"].values()) == sums["all"]
    assert sum(sum(year.values()) for year in sums["years"].values()) == sums["all"]
    assert all(sum(cells) == total == sums["heads"][head] for head, cells, total in table.rows)
    assert table.lump_sum == sum(b.amount for b in lines if b.lump_sum) and 0 <= table.state_lump_sum <= table.lump_sum <= table.total


@given(LINES, st.sampled_from(["DT_CN", "DA_SXTN"]), st.one_of(st.none(), st.integers(0, 10**12)))
def test_any_estimate_can_be_judged(lines, kind, ceiling):
    for check in budget_checks(lines, kind=kind, ceiling=ceiling, heads={}, rulings=rulings()):
        assert check.sentence % check.params


@dataclass
class Promised:
    name: str = "Máy"
    quality: str = "Công suất 5 kW"
    quantity: int = 2
    group: ProductGroup = ProductGroup.ONE


@pytest.mark.parametrize(("products", "used_at", "bound", "met"), [
    ([Promised()], "HTX, xã A", 1_000, [True] * 5), ([Promised()], "HTX, xã A", 1_001, [True] * 4 + [False]), ([Promised()], "", 0, [True, True, True, False, True]),
    ([], "HTX", 0, [False, True, True]), ([Promised(quality="tốt")], "HTX", 0, [True, False, True, True, True]),
    ([Promised(quality="tốt", group=ProductGroup.TWO)], "HTX", 0, [True] * 5),
])  # fmt: skip
def test_the_conditions_of_lump_sum_to_the_final_product(products, used_at, bound, met):
    found = final_product(products, used_at, bound, 1_000)
    assert [c.ok for c in found] == met and all(c.sentence and c.why for c in found)


def test_a_condition_names_what_breaks_it_and_the_rulebook_says_which_are_asked():
    found = final_product([Promised(), Promised(name="Quạt", quality="tốt")], "", 0, 1, ["quality"])
    assert [(c.ok, c.names) for c in found] == [(False, ("Quạt",)), (True, ())]


def test_only_who_asks_for_it_must_meet_the_conditions():
    bad, ruling = final_product([], None, 0, 1), Ruling(1, "TTLT 27/2015", Mark.V)
    assert costs.spending_check(Spending.PARTIAL, bad, ruling) == []
    assert [(c.ok, c.bars) for c in costs.spending_check(None, bad, ruling)] == [(False, False)], "who has not said how to spend is reminded, not barred"
    assert [c.bars for c in costs.spending_check(Spending.FINAL_PRODUCT, bad, ruling)] == [True, True]
    assert [c.ok for c in costs.spending_check(Spending.FINAL_PRODUCT, final_product([Promised()], "HTX", 0, 1), ruling)] == [True]
