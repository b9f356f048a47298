"""In time, complete, eligible; amounts that are always quantity times price. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Row

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Incomplete
from app.stages.proposals.rules import (
    PROPOSAL,
    Problem,
    ProposalState,
    Source,
    TeamRole,
    findings,
    in_time,
    line_amount,
    problems,
    refuse_problems,
    totals,
)

pytestmark = pytest.mark.nodb
DEADLINE = datetime(2026, 4, 30, 10, 0, tzinfo=UTC)  # 17:00 in Viet Nam


@pytest.mark.parametrize(("late", "ok"), [(-1_000_000, True), (-1, True), (0, True), (1, False), (1_000, False), (1_000_000, False)])
def test_the_deadline_instant_itself_is_in_time(late, ok):
    assert in_time(DEADLINE + timedelta(microseconds=late), DEADLINE) is ok


def line(amount=100, source=Source.STATE, year=2026, head="labour"):
    return Row(amount=amount, source=source, year=year, head=head)


def dossier(**changes):
    parts = {"title": "Tên", "aim": "Mục tiêu", "duration_months": 24, "team": [Row(role=TeamRole.PI)], "products": [Row()],
             "lines": [line()], "file_kinds": ["legal_status"]}  # fmt: skip
    return Row(**(parts | changes))


def lacking(work=(), **changes):
    found = problems(dossier(**changes), ceiling=1_000, work=work, kinds_needed=[{"code": "legal_status", "vi": "Hồ sơ pháp lý", "en": "Legal papers"}])
    return [p.section for p in found]


@pytest.mark.parametrize(("changes", "sections"), [
    ({}, []), ({"title": ""}, ["general"]), ({"aim": None}, ["general"]), ({"duration_months": None}, ["general"]),
    ({"work": [Problem("work", "x")]}, ["work"]), ({"work": [Problem("work", "x")], "lines": []}, ["work", "budget"]),
    ({"team": []}, ["team"]), ({"team": [Row(role=TeamRole.PI)] * 2}, ["team"]),
    ({"team": [Row(role=TeamRole.PI), Row(role=TeamRole.SECRETARY), Row(role=TeamRole.SECRETARY)]}, ["team"]),
    ({"products": []}, ["products"]), ({"lines": []}, ["budget"]), ({"lines": [line(1_000)]}, []), ({"lines": [line(1_001)]}, ["budget"]),
    ({"lines": [line(1_000), line(9_999, Source.COUNTERPART)]}, []), ({"file_kinds": ["other"]}, ["files"]),
])  # fmt: skip
def test_what_is_missing_names_its_section(changes, sections):
    assert lacking(**changes) == sections


def test_without_a_ceiling_any_sum_may_be_asked():
    assert not problems(dossier(lines=[line(10**12)]), ceiling=None, work=[], kinds_needed=[])


def test_the_first_problem_is_refused():
    with pytest.raises(Incomplete, match="The title"):
        refuse_problems(problems(dossier(title="", lines=[]), ceiling=None, work=[], kinds_needed=[]))


@given(st.lists(st.tuples(st.integers(1, 10**9), st.sampled_from(list(Source)), st.integers(2024, 2028), st.sampled_from("abc"))))
def test_every_way_of_adding_up_gives_the_same(rows):
    sums = totals([line(*row) for row in rows])
    assert sums["all"] == sums["state"] + sums["counterpart"] == sum(r[0] for r in rows)
    assert sums["all"] == sum(sum(y.values()) for y in sums["years"].values()) == sum(sums["heads"].values())


@pytest.mark.parametrize(("quantity", "price", "amount"), [(100, 7, 7), (250, 10_000_000, 25_000_000), (1, 50, 1), (1, 49, 0), (33, 100, 33), (50, 1, 1)])
def test_an_amount_is_rounded_half_up(quantity, price, amount):
    assert line_amount(quantity, price) == amount


def judged(**changes):
    facts = {"documents": [("Pháp lý", True)], "documents_source": "TT", "in_time": True, "signed": True, "host_barred": False, "pi_barred": False,
             "leads": [], "one_at_a_time": "TT"}  # fmt: skip
    return [f.ok for f in findings(**(facts | changes))]


def test_a_clean_dossier_leaves_only_the_judgement_of_capacity():
    assert judged() == [True] * 6 + [None]


@pytest.mark.parametrize("changes", [{"documents": [("Pháp lý", False)]}, {"in_time": False}, {"signed": False}, {"host_barred": True}, {"pi_barred": True}])
def test_each_broken_rule_is_shown(changes):
    assert judged(**changes).count(False) == 1


def test_a_second_project_is_a_warning_where_the_rule_holds():
    assert judged(leads=["Dự án A"]).count(None) == 2 and False not in judged(leads=["Dự án A"])
    assert len(judged(leads=["Dự án A"], one_at_a_time=None)) == 6


def test_ends_are_ends():
    ends = {ProposalState.WITHDRAWN}  # a complaint that is upheld opens what was not selected again
    assert {state for state, _verb in PROPOSAL.table} == set(ProposalState) - ends
