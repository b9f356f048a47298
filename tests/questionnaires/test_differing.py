"""Two fillings of a form compared: which answers differ, told word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.questionnaires.differing import changed, compare, same, told
from tests.questionnaires.definitions import question

pytestmark = pytest.mark.nodb


def test_only_what_says_something_else_is_changed():
    assert changed("abcd", {"a": "x", "b": None, "c": [{}]}, {"a": "y", "b": "", "d": []}) == ["a"]


def test_rows_without_a_cell_do_not_count():
    assert same([{"a": None}], None) and same([{"a": 1}, {"a": None}], [{"a": 1}]) and not same([{"a": 1}], [{"a": 2}])


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_the_pieces_make_both_texts(old, new):
    pieces = compare(old, new)
    assert "".join(p.text for p in pieces if p.how != "new").split() == old.split()
    assert "".join(p.text for p in pieces if p.how != "old").split() == new.split()


def test_one_changed_word_is_one_word():
    pieces = compare("Giảm 15% lượng nước tưới", "Giảm 20% lượng nước tưới")
    assert [(p.how, p.text) for p in pieces if p.how != "same"] == [("old", "15% "), ("new", "20% ")]


def test_a_word_that_only_ends_the_text_no_more_is_the_same():
    assert [(p.how, p.text) for p in compare("Sấy nhanh", "Sấy nhanh và đều")] == [("same", "Sấy nhanh "), ("new", "và đều")]
    assert [(p.how, p.text) for p in compare("a b\n", "a\nb")] == [("same", "a b\n")]


def test_a_rewritten_sentence_is_one_piece():
    pieces = compare("Địa chỉ viết trên trang", "Các xã vùng hạ của tỉnh")
    assert [p.how for p in pieces] == ["old", "new"]


def test_very_long_texts_are_compared_by_lines():
    old = "\n".join(f"dòng {n} gồm vài chữ" for n in range(3_000))
    pieces = compare(old, old.replace("dòng 7 ", "dòng bảy "))
    assert "".join(p.text for p in pieces if p.how != "old").count("bảy") == 1


def test_an_answer_in_plain_words():
    table = question("t", "table", columns=[question("a"), question("m", "money")])
    assert told(table, [{"a": "Máy", "m": 1_000_000}, {"a": None, "m": None}]) == "Máy | 1.000.000"
    assert told(question("c", "one_of"), "new", {"new": "Mới"}) == "Mới" and told(question("d", "date"), "2026-03-02") == "02/03/2026"
