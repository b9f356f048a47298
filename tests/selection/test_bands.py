"""What a mark means on the scoring sheet: words of the criterion, else those for all, else none."""

from __future__ import annotations

import json

import pytest

from app.services.councils import blanks
from app.stages.selection import scoring

pytestmark = pytest.mark.nodb

SHEET = {"criteria": [{"code": "a", "weight": 1, "vi": "Tiêu chí A", "en": "A"}, {"code": "b", "weight": 1, "vi": "Tiêu chí B", "en": "B"}], "top": 1, "pass": 1, "zero_share": [1, 3]}
ALL = [{"mark": 1, "vi": "tốt", "en": "good"}, {"mark": 0, "vi": "không", "en": "no"}]


def meant(**rules):
    found = scoring.questions(None, {"selection.sheet.X": SHEET} | {f"selection.{k}": v for k, v in rules.items()})
    return [{mark: words["vi"] for mark, words in q.meanings.items()} for q in found if q.kind == "mark"]


def test_a_criterion_has_its_own_words_or_those_for_all():
    own = [{"criterion": "b", "mark": 1, "vi": "B đủ", "en": "B met"}]
    assert meant(marks=ALL, bands=own) == [{1: "tốt", 0: "không"}, {1: "B đủ", 0: "không"}]
    assert meant(marks=ALL) == [{1: "tốt", 0: "không"}] * 2, "councils whose rules were frozen before"
    assert meant(bands=own) == [{}, {}], "half a scale is none"


def test_the_blank_ballot_says_a_common_scale_once():
    rules = {"selection.sheet.X": SHEET, "selection.marks": ALL}
    marks = [q for q in scoring.questions(None, rules) if q.meanings]
    assert [len(b["rows"]) for b in blanks._scale(marks) if b["kind"] == "table"] == [2]
    own = rules | {"selection.bands": [{"criterion": "b", "mark": 1, "vi": "B đủ", "en": "B met"}]}
    (table,) = [b for b in blanks._scale([q for q in scoring.questions(None, own) if q.meanings]) if b["kind"] == "table"]
    assert table["rows"] == [["Tiêu chí A", "1", "tốt"], ["", "0", "không"], ["Tiêu chí B", "1", "B đủ"], ["", "0", "không"]]


def test_every_criterion_of_the_sheets_has_words_for_every_mark(pytestconfig):
    rows = {r["key"]: r["value"] for r in json.loads((pytestconfig.rootpath / "app/services/rulebook/data/selection.json").read_text())}
    there = {(b["criterion"], b["mark"]) for b in rows["selection.bands"]}
    for key, value in rows.items():
        if key.startswith("selection.sheet."):
            assert {(c["code"], mark) for c in value["criteria"] for mark in range(value["top"] + 1)} <= there, key
