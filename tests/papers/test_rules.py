"""Amounts in words, dates, and templates: pure."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.papers.blocks import (
    BadTemplate,
    build,
    clean,
    is_sealed,
    letterhead,
    name_of,
    once_each,
    sentence,
    show,
    table_size,
    widths,
    with_last,
)
from app.services.papers.rules import amount_in_words, number_in_words, paper_date

pytestmark = pytest.mark.nodb

WORDS = {
    0: "không", 5: "năm", 10: "mười", 15: "mười lăm", 21: "hai mươi mốt", 55: "năm mươi lăm", 101: "một trăm lẻ một",
    105: "một trăm lẻ năm", 115: "một trăm mười lăm", 1_005: "một nghìn không trăm lẻ năm", 1_015: "một nghìn không trăm mười lăm",
    21_000: "hai mươi mốt nghìn", 100_005: "một trăm nghìn không trăm lẻ năm", 555_000_000: "năm trăm năm mươi lăm triệu",
    1_005_000_000: "một tỷ không trăm lẻ năm triệu", 1_250_500_000: "một tỷ hai trăm năm mươi triệu năm trăm nghìn",
    2_000_050_000: "hai tỷ không trăm năm mươi nghìn",
    1_230_950_880_055: "một nghìn hai trăm ba mươi tỷ chín trăm năm mươi triệu tám trăm tám mươi nghìn không trăm năm mươi lăm",
    10**12: "một nghìn tỷ", 10**15: "một triệu tỷ",
}  # fmt: skip


@pytest.mark.parametrize(("amount", "words"), WORDS.items())
def test_amounts_in_words(amount, words):
    assert amount_in_words(amount) == f"{words} đồng"


def test_variants():
    assert amount_in_words(-5) == "âm năm đồng"
    assert amount_in_words(1_105, zero="linh", thousand="ngàn") == "một ngàn một trăm linh năm đồng"


UNITS = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9}


def read(words: str) -> int:
    """An independent reader of Vietnamese numbers, the other way round."""
    if " tỷ" in words or words == "tỷ":
        head, _, tail = words.rpartition(" tỷ")
        return read(head) * 10**9 + (read(tail.strip()) if tail.strip() else 0)
    total = 0
    for name, size in (("triệu", 10**6), ("nghìn", 1000)):
        if f" {name}" in f" {words}":
            head, _, words = words.partition(name)
            total += read(head.strip()) * size
            words = words.strip()
    value = unit = 0
    for word in words.split():
        if word == "trăm":
            value, unit = unit * 100, 0
        elif word == "mười":
            value += 10
        elif word == "mươi":
            value, unit = value + unit * 10, 0
        elif word != "lẻ":
            unit = UNITS[word]
    return total + value + unit


@given(st.integers(0, 10**18))
def test_words_can_be_read_back(number):
    assert read(number_in_words(number)) == number


def test_dates_of_papers():
    assert paper_date(date(2026, 8, 5)) == "ngày 05 tháng 8 năm 2026"
    assert paper_date(date(2026, 2, 1)) == "ngày 01 tháng 02 năm 2026"
    assert paper_date(date(2026, 12, 15)) == "ngày 15 tháng 12 năm 2026"


TEMPLATE = """#title QUYẾT ĐỊNH
#bases $bases
#article Điều 1. Phê duyệt “$title” với kinh phí ${total|money} (${total|words}).
#table $lines | TT=# | Nội dung=name | Thành tiền=amount|money
#total Tổng cộng: $total|money
#if $note
Ghi chú: $note
#end
#sign right: CHỦ TỊCH / $signer
#recipients Như Điều 1; Lưu: VT
"""
DATA = {"title": "Tôm", "total": 1_005_000, "bases": ["Luật 93/2025/QH15"], "note": "", "signer": "Võ Ủy Ban",
        "lines": [{"name": "Công", "amount": 5_000}, {"name": "Vật tư", "amount": 1_000_000}]}  # fmt: skip


def test_a_template_becomes_blocks():
    blocks = build(TEMPLATE, DATA)
    assert [b["kind"] for b in blocks] == ["title", "basis", "article", "table", "total", "sign", "recipients"]
    assert blocks[2]["text"] == "Điều 1. Phê duyệt “Tôm” với kinh phí 1.005.000 đồng (Một triệu không trăm lẻ năm nghìn đồng)."
    assert blocks[3]["rows"] == [["1", "Công", "5.000 đồng"], ["2", "Vật tư", "1.000.000 đồng"]]


def test_values_are_inert():
    nasty = "#1 $x$ *đậm* ${title} <b> {{ 7*7 }}"
    assert build("Tên: $title", DATA | {"title": nasty})[0]["text"] == f"Tên: {nasty}"


@pytest.mark.parametrize("text", ["$nothing", "#what x", "${title|nothing}", "#table $nothing | A=a"])
def test_a_wrong_template_is_an_error(text):
    with pytest.raises(BadTemplate):
        build(text, DATA)


def test_a_missing_value_shows_a_dash_where_a_figure_stands():
    assert show(None, "money") == "–" and show(None) == ""


@given(st.sets(st.integers(-(10**13), 10**13), min_size=2, max_size=20))
def test_no_two_amounts_read_alike(amounts):
    assert len({amount_in_words(amount) for amount in amounts}) == len(amounts)
    for amount in amounts:
        assert amount_in_words(amount).endswith(" đồng") and "  " not in amount_in_words(amount)


def test_what_no_paper_may_hold_is_taken_out():
    assert clean("a\x00b\x0bc\u202ed\ufeff\r\ne") == "abcd\ne"
    assert build("Tên: $title", DATA | {"title": "x\x01\u2066y"})[0]["text"] == "Tên: xy"


def test_lines_of_a_value_are_paragraphs():
    blocks = build("$note\n\n#field Ghi chú: $note", DATA | {"note": "một\r\n\nhai"})
    assert blocks == [{"kind": "paragraph", "text": "một."}, {"kind": "paragraph", "text": "hai."}, {"kind": "field", "label": "Ghi chú", "text": "một\n\nhai"}]


def test_what_a_person_wrote_does_not_run_into_what_follows():
    blocks = build("$use\n#if $note\n#heading Ý kiến\n$note\n#end\nBên nhận có trách nhiệm.", {"use": "Áp dụng ở Bến Lức", "note": ""})
    assert [b["text"] for b in blocks] == ["Áp dụng ở Bến Lức.", "Bên nhận có trách nhiệm."]
    assert sentence("Được!\nĐồng ý\n\nGồm:") == "Được!\nĐồng ý.\n\nGồm:"


def test_articles_are_numbered_without_a_gap():
    text = "#basis Căn cứ A,\n#basis Căn cứ B;\n#article Điều #. Một\n#if $no\n#article Điều #. Hai\n#end\n#article Điều #. Ba #\n#recipients Như Điều #; Lưu: VT"
    blocks = build(text, {"no": ""})
    assert [b["text"] for b in blocks if b["kind"] == "article"] == ["Điều 1. Một", "Điều 2. Ba #"] and blocks[-1]["lines"] == ["Như Điều 2", "Lưu: VT"]
    assert [b["text"] for b in blocks if b["kind"] == "basis"] == ["Căn cứ A;", "Căn cứ B."]


def test_what_several_say_alike_stands_once():
    assert once_each(["Nên làm.", "Không nên", "Nên làm", " Nên làm; ", ""]) == ["Nên làm (3 ý kiến)", "Không nên"]


@pytest.mark.parametrize(("name", "lines"), [
    ("Ủy ban nhân dân tỉnh Tây Ninh", ["ỦY BAN NHÂN DÂN", "TỈNH TÂY NINH"]), ("Sở Khoa học và Công nghệ", ["SỞ KHOA HỌC VÀ CÔNG NGHỆ"]), ("", []),
    ("Trường Đại học Nông Lâm Thành phố Hồ Chí Minh", ["TRƯỜNG ĐẠI HỌC NÔNG LÂM", "THÀNH PHỐ HỒ CHÍ MINH"]),
])  # fmt: skip
def test_a_letterhead_leaves_no_word_alone(name, lines):
    assert letterhead(name) == lines


@given(st.text("abc ", max_size=200))
def test_a_letterhead_loses_no_word(name):
    assert " ".join(letterhead(name)).split() == name.upper().split()


def test_the_last_content_goes_with_the_signatures():
    table = {"kind": "table", "heads": ["A"], "rows": [["1"], ["2"], ["3"], ["4"]], "numbers": [False]}
    sign = {"kind": "sign", "side": "right", "title": "T", "name": "N"}
    head, tail, _sign = with_last([table, sign])
    assert head["rows"] == [["1"], ["2"]] and tail["kind"] == "rows" and tail["rows"] == [["3"], ["4"]] and tail["last"] and head["widths"] == tail["widths"]
    assert [b.get("last") for b in with_last([{"kind": "paragraph", "text": "a"}, sign])] == [True, None]
    assert with_last([sign]) == [sign]


def test_a_sealed_paper_says_so():
    assert is_sealed(build("#sealed\n#title GIẤY BIÊN NHẬN", DATA)) and not is_sealed(build(TEMPLATE, DATA))


def test_what_papers_of_a_template_are_called():
    assert name_of("#title QUYẾT ĐỊNH\n#subtitle Về việc phê duyệt nhiệm vụ khoa học $code\n#title QUYẾT ĐỊNH:") == "Quyết định – Về việc phê duyệt nhiệm vụ khoa học"
    assert name_of("#title BIÊN BẢN\n#subtitle Số $receipt") == "Biên bản"
    assert name_of("nothing") == ""


@given(st.integers(1, 12), st.integers(0, 5), st.data())
def test_columns_hold_their_longest_word(count, lines, data):
    words = st.text("abc ", max_size=60)
    table = {"heads": data.draw(st.lists(words, min_size=count, max_size=count)), "rows": [data.draw(st.lists(words, min_size=count, max_size=count)) for _ in range(lines)], "numbers": [False] * count}
    shares = widths(table)
    assert len(shares) == count and min(shares) >= 40
    longest = [min(max([len(w) for cell in [head, *(row[at] for row in table["rows"])] for w in cell.split()], default=1), 16) for at, head in enumerate(table["heads"])]
    assert all(share >= 10 * (need + 1) for share, need in zip(shares, longest, strict=True))
    assert table_size(table) in (9, 10, 11)
