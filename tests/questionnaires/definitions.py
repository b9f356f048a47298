"""Definitions for tests: the one that ships, a small one, and any that hypothesis can think of."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from app.services.questionnaires import actions

ORDER = json.loads((Path(actions.__file__).parent / "data/ideas_order_form.json").read_text())["versions"][0]["definition"]
LISTS = {"ideas.task_types", "ideas.fields"}
CHOICES = {"ideas.task_types": ["DT_CN"], "ideas.fields": ["agricultural"], "organisations": ["o1", "o2"], "priority_items": ["i1"]}


def both(text: str) -> dict[str, str]:
    return {"vi": text, "en": text}


def question(code: str, kind: str = "short_text", **more: Any) -> dict[str, Any]:
    return {"code": code, "type": kind, "label": both(code.upper()), **more}


def definition(*questions: dict[str, Any], checks: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"sections": [{"code": "s", "label": both("S"), "questions": list(questions)}], "checks": checks or []}


def order() -> dict[str, Any]:
    return copy.deepcopy(ORDER)


PLAIN = ("short_text", "long_text", "number", "money", "date", "yes_no", "organisation", "priority_item", "file")


POSSIBLE = {"short_text": "a", "long_text": "a", "number": 3, "money": 3, "date": "2027-03-01", "yes_no": "yes", "one_of": "a", "many_of": "b"}


@st.composite
def sound(draw: Any) -> dict[str, Any]:
    """A sound definition: questions of all types, each perhaps asked only when an earlier one is answered so."""
    made: list[dict[str, Any]] = []
    for n in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from([*PLAIN, "one_of", "many_of", "table"]))
        more: dict[str, Any] = {"required": True} if draw(st.booleans()) else {}
        if kind in ("one_of", "many_of"):
            more["options"] = [{"code": c, **both(c)} for c in ("a", "b")]
        if kind == "table":
            more |= {"columns": [question("c", draw(st.sampled_from(["short_text", "money", "date"])))], "max_rows": 3}
        earlier = [q for q in made if q["type"] != "table"]
        if earlier and draw(st.booleans()):
            other = draw(st.sampled_from(earlier))
            ops = ["filled", "empty"] + (["is", "is_not"] if other["type"] in POSSIBLE else []) + (["more_than", "less_than"] if other["type"] in ("number", "money") else [])
            op = draw(st.sampled_from(ops))
            more["when"] = {"question": other["code"], "op": op} | ({"value": 3} if op.endswith("than") else {"value": POSSIBLE[other["type"]]} if op.startswith("is") else {})
        made.append(question(f"q{n}", kind, **more))
    return definition(*made)


SCALARS = st.one_of(st.none(), st.text(max_size=20), st.integers(-5, 10**12), st.booleans(), st.floats(allow_nan=False, allow_infinity=False),
                    st.sampled_from(["a", "b", "o1", "i1", "2027-03-01"]))  # fmt: skip
ANSWERS = st.dictionaries(st.sampled_from([f"q{n}" for n in range(13)]),
                          st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.lists(st.dictionaries(st.sampled_from(["c", "x"]), SCALARS, max_size=2), max_size=5)))  # fmt: skip
