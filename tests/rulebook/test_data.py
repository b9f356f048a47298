"""The shipped rules: whole, marked, sourced, without gaps or overlaps, and every key that code asks for is there."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from app.services.rulebook.actions import DATA
from app.services.rulebook.rules import Mark, wrong_with

pytestmark = pytest.mark.nodb
APP = Path(__file__).parent.parent.parent / "app"
FILES = sorted(p for p in DATA.glob("*.json") if p.name != "calendar.json")
ENTRIES = [(path, entry) for path in FILES for entry in json.loads(path.read_text(encoding="utf-8"))]
KEYS = {entry["key"] for _path, entry in ENTRIES}
NAMESPACES = {path.stem for path in FILES}


def test_every_rule_is_whole():
    for path, entry in ENTRIES:
        assert set(entry) == {"key", "value", "unit", "source", "mark", "from", "to", "note_vi", "note_en"}, entry["key"]
        assert re.fullmatch(r"[a-z_]+(\.\w+)+", entry["key"]), entry["key"]
        assert entry["key"].split(".")[0] == path.stem, f"{entry['key']} belongs in {entry['key'].split('.')[0]}.json"
        assert Mark(entry["mark"])
        assert entry["source"].strip() and entry["note_vi"].strip() and entry["note_en"].strip()
        assert len(entry["key"]) <= 100 and len(entry["source"]) <= 500


def test_a_source_is_a_citation_and_remarks_of_ours_are_notes():
    """Sources are shown as legal basis and printed on papers."""
    ours = re.compile("chưa|trí nhớ|có thể thay đổi|cách hiểu|bị cắt|thứ cấp|thứ tự đề xuất|làm khác|ứng dụng công khai|theo báo cáo", re.IGNORECASE)
    assert [entry["key"] for _path, entry in ENTRIES if ours.search(entry["source"])] == []


def test_no_value_contradicts_itself():
    for _path, entry in ENTRIES:
        assert wrong_with(entry["value"], entry["unit"]) is None, entry["key"]


def test_versions_of_a_rule_follow_one_another():
    versions = defaultdict(list)
    for _path, entry in ENTRIES:
        versions[entry["key"]].append((date.fromisoformat(entry["from"]), date.fromisoformat(entry["to"]) if entry["to"] else None))
    for key, spans in versions.items():
        spans.sort()
        for (_start, end), (start, _end) in pairwise(spans):
            assert end == start - timedelta(days=1), key


def test_every_key_that_code_asks_for_is_shipped():
    asked = set()
    for path in APP.rglob("*.py"):
        if "rulebook" not in path.read_text(encoding="utf-8"):
            continue
        for call in (n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr in {"value", "rule", "values", "rules", "freeze", "frozen", "due"}:
                texts = [n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                asked |= {t for t in texts if re.fullmatch(r"[a-z]+\.[a-z_.]+", t) and t.split(".")[0] in NAMESPACES}
    assert len(asked) > 20
    assert asked <= KEYS, sorted(asked - KEYS)


@pytest.mark.parametrize(("value", "unit", "good"), [
    ({"min": 9, "max": 7, "roles": {}}, None, False),
    ({"min": 3, "max": 4, "roles": {"chair": 1, "reviewer": 4}}, None, False),
    ({"min": 7, "max": 9, "roles": {"chair": 1}}, None, True),
    ({"fraction": [3, 2]}, None, False),
    ({"fraction": [2, 0]}, None, False),
    ({"criteria": [{"code": "a", "weight": 24}], "top": 4, "pass": 70, "zero_share": [1, 3]}, None, False),
    ({"criteria": [{"code": "a", "weight": 25}], "top": 4, "pass": 170, "zero_share": [1, 3]}, None, False),
    ({"criteria": [{"code": "a", "weight": 25}], "top": 4, "pass": 70, "zero_share": [1, 3]}, None, True),
    ([{"percent": 50, "condition": "signing"}, {"percent": 40, "condition": "report"}], None, False),
    (-1, "calendar", False),
    (130, "percent", False),
])  # fmt: skip
def test_impossible_values_are_seen(value, unit, good):
    assert (wrong_with(value, unit) is None) is good
