"""Amounts in words, against rules written down by themselves: read group by group from a list of what school teaches, not from our function."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.papers.rules import amount_in_words

pytestmark = pytest.mark.nodb
MOST = 10**13
EXAMPLES = 200_000 if os.environ.get("DEEP") else 800
UNIT = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
NAMES = {0: "", 1: "nghìn", 2: "triệu", 3: "tỷ", 4: "nghìn"}  # 10^12 is a thousand tỷ, 10^13 ten thousand


def tens(text: str) -> list[str]:
    """The last two digits of a group whose hundreds are said."""
    first, last = text
    if text == "00":
        return []
    if first == "0":
        return ["lẻ", UNIT[int(last)]]
    head = ["mười"] if first == "1" else [UNIT[int(first)], "mươi"]
    if last == "0":
        return head
    spoken = {"1": "một" if first == "1" else "mốt", "5": "lăm"}.get(last, UNIT[int(last)])
    return [*head, spoken]


def group(text: str, *, leading: bool) -> list[str]:
    """Three digits; the leading group leaves its zeros unsaid."""
    bare = text.lstrip("0") if leading else text
    if len(bare) == 1:
        return [UNIT[int(bare)]]
    if len(bare) == 2:
        return tens(bare)
    return [UNIT[int(bare[0])], "trăm", *tens(bare[1:])]


def spoken(amount: int) -> str:
    """By the rules: groups of three from the right, empty ones unsaid, "tỷ" said after all that counts them."""
    if amount == 0:
        return "không đồng"
    digits = str(amount)
    digits = "0" * (-len(digits) % 3) + digits
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    words: list[str] = []
    for at, text in enumerate(groups):
        place = len(groups) - 1 - at
        if text != "000":
            words += group(text, leading=at == 0)
            if NAMES[place]:
                words.append(NAMES[place])
        if place == 3 and (text == "000"):
            words.append("tỷ")
    return " ".join([*words, "đồng"])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, MOST) | st.sampled_from([10**n + d for n in range(1, 14) for d in (-1, 0, 1, 5, 15, 21, 24, 100, 105) if 10**n + d <= MOST]))
@pytest.mark.longer
def test_every_amount_reads_as_the_rules_say(amount):
    assert amount_in_words(amount) == spoken(amount)


@pytest.mark.parametrize(("amount", "words"), [
    (0, "không đồng"), (1_005_000_000, "một tỷ không trăm lẻ năm triệu đồng"), (21, "hai mươi mốt đồng"), (105, "một trăm lẻ năm đồng"), (1_000_015, "một triệu không trăm mười lăm đồng"),
    (10**12, "một nghìn tỷ đồng"), (10**13, "mười nghìn tỷ đồng"), (1_230_000_000_000, "một nghìn hai trăm ba mươi tỷ đồng"), (18_425_000_000, "mười tám tỷ bốn trăm hai mươi lăm triệu đồng"),
    (1_000_000_001, "một tỷ không trăm lẻ một đồng"), (1_011_000_000_000, "một nghìn không trăm mười một tỷ đồng"),
])  # fmt: skip
def test_amounts_written_out_by_hand(amount, words):
    assert amount_in_words(amount) == words == spoken(amount)
