"""Two people's answers brought together, a section taken by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.kernel.text import nfc
from app.services.questionnaires.answering import read, visible
from app.services.questionnaires.differing import same
from app.services.questionnaires.rules import questions
from app.stages.proposals.texts import merge, only, posted, shrank
from tests.questionnaires.definitions import definition, question, sound

pytestmark = pytest.mark.nodb
TEXT = st.one_of(st.none(), st.sampled_from(["", "một", "hai", "ba"]))


@pytest.mark.parametrize(("base", "mine", "theirs", "answer", "conflict"), [
    ("a", "a", "b", "b", False), ("a", "b", "a", "b", False), ("a", "b", "b", "b", False), ("a", "b", "c", "b", True), ("a", "", "a", "", False),
    ("a", "", "b", "", True), (None, "b", "", "b", False), ("", None, "c", "c", False), ("a", "b", None, "b", True),
])  # fmt: skip
def test_what_only_one_changed_is_taken_as_that_one_left_it(base, mine, theirs, answer, conflict):
    found = merge(["q"], {"q": base}, {"q": mine}, {"q": theirs})
    assert same(found.answers["q"], answer) and found.conflicts == (["q"] if conflict else [])


@pytest.mark.parametrize(("mine", "theirs", "answer", "conflict"), [("a", "", "a", False), ("", "b", "b", False), ("a", "b", "a", True), ("a", "a", "a", False)])
def test_when_the_page_one_began_with_is_no_longer_known_every_difference_is_asked(mine, theirs, answer, conflict):
    found = merge(["q"], None, {"q": mine}, {"q": theirs})
    assert found.answers["q"] == answer and bool(found.conflicts) is conflict


@given(st.dictionaries(st.sampled_from("xyz"), TEXT), st.dictionaries(st.sampled_from("xyz"), TEXT), st.dictionaries(st.sampled_from("xyz"), TEXT), st.booleans())
def test_no_text_is_lost_in_silence(base, mine, theirs, known):
    found = merge("xyz", base if known else None, mine, theirs)
    for code in "xyz":
        texts = [t for t in (mine.get(code), theirs.get(code)) if t and not (known and same(t, base.get(code)))]
        assert code in found.conflicts or all(same(found.answers[code], t) for t in texts)


def test_cutting_much_is_seen():
    assert shrank({"a": "x" * 300}, {"a": "x"}, by=200) and not shrank({"a": "x" * 300}, {"a": "x" * 200}, by=200) and not shrank({"a": None}, {"a": None}, by=1)


def test_a_condition_on_another_section_is_decided_where_it_stands():
    form = {"sections": [
        {"code": "one", "label": {}, "questions": [question("used", "yes_no")]},
        {"code": "two", "label": {}, "questions": [question("how", "long_text", when={"question": "used", "op": "is", "value": "yes"}), question("free"),
                                                   question("more", when={"question": "free", "op": "filled"})]},
    ]}  # fmt: skip
    assert [q["code"] for q in questions(only(form, "two", {"used": False}))] == ["free", "more"]
    asked = list(questions(only(form, "two", {"used": True})))
    assert [q["code"] for q in asked] == ["how", "free", "more"] and "when" not in asked[0] and "when" in asked[2]
    assert visible(only(form, "two", {"used": True}), {"free": "x"}) == {"how", "free", "more"}


@given(sound(), st.data())
def test_what_is_posted_is_read_again(form, data):
    texts = st.text(alphabet="aăâ bc\n", max_size=12).map(str.strip).map(lambda t: " ".join(t.split())).map(lambda t: t or None)
    by_kind = {"number": st.integers(0, 99), "money": st.integers(0, 10**10), "date": st.just("2026-03-02"), "yes_no": st.booleans(),
               "one_of": st.sampled_from("ab"), "organisation": st.just("o1"), "priority_item": st.just("i1")}  # fmt: skip

    def answer(q):
        if q["type"] == "table":
            return data.draw(st.lists(st.fixed_dictionaries({c["code"]: st.none() | by_kind.get(c["type"], texts) for c in q["columns"]}), max_size=3))
        if q["type"] == "many_of":
            return data.draw(st.lists(st.sampled_from("ab"), unique=True))
        return data.draw(st.none() | by_kind.get(q["type"], texts))

    answers = {q["code"]: answer(q) for q in questions(form) if q["type"] not in ("file", "calculated")}  # these are never typed
    sent = MultiDict(posted(form, answers)).to_dict(flat=False)
    again = read(form, sent)
    assert all(same(again.get(code), value) for code, value in answers.items())


def test_the_definition_helper_is_what_forms_are():
    assert [q["code"] for q in questions(only(definition(question("a")), "s", {}))] == ["a"]


def test_a_hyphen_that_a_book_hides_is_no_letter():
    assert nfc("Quy\u00ad trì\u00adnh\u200b") == "Quy trình"
