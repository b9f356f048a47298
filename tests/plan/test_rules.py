"""What a file may hold, what a body owes, what a mapping says: pure."""

from __future__ import annotations

import copy
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stages.plan import compare, shape
from app.stages.plan.checking import MOST_PROBLEMS, check_file, is_broken, number
from app.stages.plan.cli import PLAN_1821
from app.stages.plan.lines import lines_of
from app.stages.plan.rules import (
    Fate,
    Link,
    NoteDay,
    chase_round,
    fates,
    fingerprint,
    follow,
    note_years,
    owes_note,
    propose,
    unmapped,
)

pytestmark = pytest.mark.nodb
DATA = json.loads(PLAN_1821.read_text())


def broken(change):
    data = copy.deepcopy(DATA)
    change(data)
    return [f"{p.path}: {p.message % p.params if p.params else p.message}" for p in check_file(data)]


def test_the_real_plan_has_no_mistake():
    assert check_file(DATA) == []


def put(*path):
    """A change of the data: put(…keys, value)."""
    *keys, last, value = path

    def change(data):
        for key in keys:
            data = data[key]
        data[last] = value

    return change


@pytest.mark.parametrize(("change", "said"), [
    (lambda d: d["sectors"].pop(2), "sectors: Sector 3 is missing"),
    (lambda d: d.pop("sectors"), "sectors: “sectors” is missing"),
    (lambda d: d["solution_groups"].pop(1), "Group II is missing"),
    (lambda d: d["solution_groups"].pop(2), "Exactly one group"),
    (put("sectors", 0, "items", 1, "code", "1.1"), "sectors[0].items[1].code: Code “1.1” stands twice; the first is at sectors[0].items[0]"),
    (put("sectors", 1, "code", "1"), "sectors[1].code: Code “1” stands twice"),
    (put("sectors", 0, "items", 0, "code", "2.9"), "sectors[0].items[0].code: Item “2.9” stands in sector “1”"),
    (put("sectors", 0, "items", 0, "text_vi", "Nghiên cứu á»©ng dụng"), "sectors[0].items[0].text_vi: The letters are damaged"),
    (put("plan", "title_vi", "K\ufffd hoạch"), "plan.title_vi: The letters are damaged"),
    (put("sectors", 0, "items", 0, "text_vi", "a" * 4001), "sectors[0].items[0].text_vi: The text has 4001 characters"),
    (put("sectors", 0, "items", 0, "text_vi", 7), "A text is expected here, not 123"),
    (put("sectors", 0, "items", 0, "text_vi", "   "), "sectors[0].items[0].text_vi: “text_vi” is missing"),
    (put("sectors", 0, "items", 0, []), "sectors[0].items[0]: An object"),
    (put("sectors", 0, "items", "x"), "sectors[0].items: A list is expected here"),
    (put("sectors", {}), "sectors: A list is expected here"),
    (put("sectors", 0, "items", 0, "code", "=1+1; drop"), "is not a code"),
    (put("plan", "date", "2024-02-30"), "plan.date: “2024-02-30” is not a real day"),
    (put("plan", "date", "8021-01-01"), "plan.date"),
    (put("plan", "date", 20240618), "plan.date"),
    (put("plan", "number", None), "plan.number: “number” is missing"),
    (put("horizon_year", True), "horizon_year"),
    (put("goals", 0, "year", "2030"), "goals[0].year"),
    (put("mapping", [{"old": "1.1", "new": ["9.9"]}]), "mapping[0].new: There is no item “9.9” in this plan"),
    (put("mapping", [{"old": "1.1", "new": []}]), "mapping[0]: Item “1.1” has no successor and no reason"),
    (put("mapping", [{"old": "1.1", "new": [["x"]]}]), "mapping[0].new[0]: A text"),
    (put("sectors", 0, "targets", [{"name_vi": "Tỷ lệ", "amount": "nhiều", "unit": "%", "year": 2030}]), "sectors[0].targets[0].amount: “nhiều” is not a number"),
    (put("sectors", 0, "items", 0, "measures", [{"text_vi": "Làm", "due": "2026-01-01"}]), "measures[0].agency: “agency” is missing"),
    (put("sectors", 0, "items", [{"code": f"1.{n}", "text_vi": "x"} for n in range(10_000)]), "sectors: There are 10028 items in this file"),
])  # fmt: skip
def test_each_mistake_is_named_with_its_place(change, said):
    found = broken(change)
    assert any(said in line for line in found), found


@pytest.mark.parametrize("data", [None, [], 3, "x", {}, {"plan": 4}, {"plan": {}, "sectors": 3, "solution_groups": "y", "mapping": 5, "goals": {}}])
def test_what_is_no_plan_at_all_is_told(data):
    assert check_file(data)


def test_the_report_is_bounded():
    assert len(broken(lambda d: [put("sectors", s, "items", [{"code": "?", "x": 1}] * 50)(d) for s in range(8)])) == MOST_PROBLEMS


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["plan", "sectors", "items", "solution_groups", "goals", "mapping", "old", "new", "code", "targets", "measures", "coordinating"]), inner, max_size=5),
    max_leaves=20))  # fmt: skip
def test_no_content_breaks_the_check(content):
    assert check_file({"plan": content, "sectors": content, "solution_groups": content, "goals": content, "mapping": content})
    assert check_file(content)


@pytest.mark.parametrize(("text", "wrong"), [
    ("Nông nghiệp công nghệ cao", False), ("ỦY BAN NHÂN DÂN TỈNH, MẪU Ã, à…", False), ("“Mỗi xã một sản phẩm”…", False), ("Café – naïve", False),
    ("NÃ´ng nghiá»‡p", True), ("Ã¡", True), ("Ä‘á»“ng", True), ("Æ°u tiên", True), ("?\ufffd", True), ("cà Mau", False), ("giá»", False),
])  # fmt: skip
def test_damaged_letters_are_told_from_sound_ones(text, wrong):
    assert is_broken(text) is wrong


def test_every_vietnamese_text_that_was_read_wrongly_is_found():
    for sector in DATA["sectors"]:
        for item in sector["items"]:
            assert not is_broken(item["text_vi"])
            assert is_broken(item["text_vi"].encode().decode("cp1252", "replace"))
            assert is_broken(item["text_vi"].encode().decode("latin-1"))


@pytest.mark.parametrize(("value", "kept"), [(12, 12000), (12.5, 12500), ("12,5", 12500), ("1e3", 1_000_000), ("12.3456", None), ("NaN", None), ("x", None), (True, None), ("1e99", None)])
def test_figures_are_whole_thousandths(value, kept):
    assert number(value) == kept


def test_a_file_and_its_shape_say_the_same():
    content = shape.of_file(DATA)
    assert check_file(shape.to_file(content)) == []
    assert shape.of_file(shape.to_file(content)) == content


# --- notes ----------------------------------------------------------------------------------------------------

DAY = NoteDay(12, 15)


@pytest.mark.parametrize(("today", "assigned", "last", "done", "owes"), [
    (date(2026, 12, 15), date(2026, 1, 1), None, False, False),  # its day is not over
    (date(2026, 12, 16), date(2026, 1, 1), None, False, True),
    (date(2027, 3, 1), date(2026, 1, 1), None, False, True),
    (date(2027, 3, 1), date(2026, 1, 1), 2026, False, False),
    (date(2027, 3, 1), date(2026, 12, 16), None, False, False),  # given out after that year's day
    (date(2027, 12, 16), date(2026, 12, 16), 2026, False, True),
    (date(2027, 12, 16), date(2026, 1, 1), 2026, True, False),
])  # fmt: skip
def test_who_owes_a_note(today, assigned, last, done, owes):
    assert owes_note(assigned_on=assigned, last_note=last, done=done, today=today, note_day=DAY) is owes


def test_notes_are_for_years_since_the_assignment():
    assert note_years(assigned_on=date(2024, 6, 18), today=date(2026, 3, 2)) == [2026, 2025, 2024]
    assert note_years(assigned_on=date(2027, 1, 1), today=date(2026, 3, 2)) == []


def test_what_is_late_is_chased_at_once_and_then_every_fortnight():
    since = date(2026, 1, 1)
    assert [chase_round(since, date(2026, 1, d), 14) for d in (2, 15, 16, 29, 30)] == [0, 0, 1, 1, 2]


# --- mapping --------------------------------------------------------------------------------------------------

CODES = st.lists(st.sampled_from([f"{s}.{n}" for s in range(1, 4) for n in range(1, 5)]), unique=True, min_size=1, max_size=8)


@st.composite
def mappings(draw):
    old, new = draw(CODES), draw(CODES)
    links = [Link(code, tuple(draw(st.lists(st.sampled_from(new), unique=True, max_size=3))), draw(st.sampled_from(["", "Đã xong"]))) for code in old if draw(st.booleans())]
    return old, new, links


@given(mappings())
def test_every_item_of_both_plans_has_exactly_one_fate(case):
    old, new, links = case
    found, added = fates(old, new, links)
    assert list(found) == old
    reached = {code for link in links for code in link.new}
    assert set(added) | reached == set(new) and not set(added) & reached
    said = {link.old: link for link in links}
    assert unmapped(old, links) == [c for c in old if found[c] == Fate.OPEN]
    for code, fate in found.items():
        link = said.get(code, Link(code))
        parents = {o for o, other in said.items() for n in other.new if n in link.new}
        assert (fate == Fate.DROPPED) == (not link.new and bool(link.reason))
        assert (fate == Fate.SPLIT) == (len(link.new) > 1)
        assert (fate == Fate.MERGED) == (len(link.new) == 1 and len(parents) > 1)
        assert (fate == Fate.CHANGED) == (len(link.new) == 1 and parents == {code})


@given(mappings())
def test_nothing_is_lost_on_the_way_and_nothing_comes_from_nowhere(case):
    old, _new, links = case
    step = {link.old: link.new for link in links}
    assert follow([], old[0]) == {old[0]}
    for code in old:
        assert follow([step], code) == set(step.get(code, ()))
        assert follow([step, {n: (n,) for link in links for n in link.new}], code) == set(step.get(code, ()))


def test_the_nearest_item_is_proposed_and_only_a_near_one():
    old = {"1.1": "giong cay trong chat luong cao", "1.2": "chuyen doi so trong y te"}
    new = {"1.1": "truy xuat nguon goc nong san", "1.3": "giong cay trong vat nuoi chat luong cao"}
    assert propose(old, new) == {"1.1": "1.3"}
    assert propose(old, {}) == {}


def test_a_print_changes_with_the_content():
    assert fingerprint(["a", 1]) == fingerprint(["a", 1]) != fingerprint(["a", 2])


# --- comparison -----------------------------------------------------------------------------------------------


def of(change):
    data = copy.deepcopy(DATA)
    change(data)
    return shape.of_file(data)


def test_two_equal_plans_show_no_difference():
    content = shape.of_file(DATA)
    assert {x.fate for x in compare.compare(content, content, [])} == {Fate.SAME}


def test_without_a_mapping_items_are_compared_by_code():
    new = of(lambda d: (d["sectors"][0]["items"].pop(0), put("sectors", 0, "items", 0, "text_vi", "Khác")(d)))
    found = {x.old_code: x.fate for x in compare.compare(shape.of_file(DATA), new, []) if x.part == "item"}
    assert (found["1.1"], found["1.2"], found["1.3"]) == (Fate.DROPPED, Fate.CHANGED, Fate.SAME)


def test_with_a_mapping_items_are_compared_by_what_they_became():
    content = shape.of_file(DATA)
    codes = [i["code"] for s in DATA["sectors"] for i in s["items"]]
    links = [Link(c, (c,)) for c in codes if c not in ("1.1", "1.2", "1.3", "1.4")]
    links += [Link("1.1", ("1.2",)), Link("1.2", ("1.2",)), Link("1.3", ("1.3", "1.4")), Link("1.4", (), "Đã hoàn thành")]
    lines = [x for x in compare.compare(content, content, links) if x.part == "item"]
    found = {x.old_code: x.fate for x in lines if x.old_code}
    assert [found[c] for c in ("1.1", "1.2", "1.3", "1.4", "1.5")] == [Fate.MERGED, Fate.MERGED, Fate.SPLIT, Fate.DROPPED, Fate.SAME]
    assert [x.new_code for x in lines if x.fate == Fate.ADDED] == ["1.1"]
    assert compare.counted(lines)[Fate.MERGED] == 2
    assert any(x.holds("da hoan thanh") for x in lines)


# --- lines of a file ------------------------------------------------------------------------------------------


@given(st.recursive(st.none() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=12))
def test_every_value_of_a_file_has_its_line(content):
    text = json.dumps({"x": content}, indent=1, ensure_ascii=False)
    paths = dict(_paths({"x": content}, ""))
    found = lines_of(text, paths)
    for path, value in paths.items():
        line = text.splitlines()[found[path] - 1] if "\u2028" not in text and "\x85" not in text else None
        if line is not None and not isinstance(value, dict | list):
            assert json.dumps(value, ensure_ascii=False) in line or len(text.splitlines()) != text.count("\n") + 1, (path, line)


def _paths(value, path):
    if path:
        yield path, value
    for name, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _paths(one, f"{path}[{name}]" if isinstance(value, list) else f"{path}.{name}" if path else name)


def test_a_missing_value_is_placed_at_the_part_that_lacks_it():
    text = '{\n "sectors": [\n  {"code": "1"},\n  {"code": "2"}\n ]\n}'
    assert lines_of(text, ["sectors[1].name_vi", "goals", "sectors[1].code"]) == {"sectors[1].name_vi": 4, "sectors[1].code": 4}
