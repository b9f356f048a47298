"""Old encodings: recognised by the words they make, and written in Unicode."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.across.imports import decoding, fields, naming, reading
from app.across.imports.decoding import Encoding
from app.across.imports.rules import Target
from app.kernel.errors import Incomplete

pytestmark = pytest.mark.nodb
TEXT = "Nghiên cứu ứng dụng kỹ thuật sản xuất giống cua biển tại Quảng Bình, đường ưu việt"
TO_TCVN3 = {v: k for k, v in decoding._TCVN3.items()}


def vni(text):
    """The text as somebody typed it in VNI."""
    marks = {v: k for k, v in decoding._VNI_MARKS.items()}
    alone = {v: k for k, v in decoding._VNI_ALONE.items()}
    out = ""
    for c in text:
        if c in alone:
            out += alone[c]
            continue
        parts = unicodedata.normalize("NFD", c)
        horn = "\u031b" in parts
        base = unicodedata.normalize("NFC", parts[0] + ("\u031b" if horn else ""))
        shape = [m for m in "\u0302\u0306" if m in parts[1:]]
        tone = [m for m in parts[1:] if m in "\u0300\u0301\u0309\u0303\u0323"]
        out += alone.get(base, base) + (marks.get("".join(shape + tone), "") if shape or tone else "")
    return out


def windows_1258(text):
    out = b""
    for c in text:
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", c)
            tones = "".join(p for p in parts if p in "\u0300\u0301\u0309\u0303\u0323")
            out += (unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones)) + tones).encode("cp1258")
    return out


@pytest.mark.parametrize(("content", "name"), [
    (TEXT.encode(), "UTF-8"), (TEXT.encode("utf-8-sig"), "UTF-8"), (TEXT.encode("utf-16"), "UTF-16"), (TEXT.encode("utf-16-le"), "UTF-16"), (TEXT.encode("utf-16-be"), "UTF-16"),
    ("".join(TO_TCVN3.get(c, c) for c in TEXT).encode("cp1252"), "TCVN3"), (vni(TEXT).encode("cp1252"), "VNI"), (windows_1258(TEXT), "Windows-1258"),
])  # fmt: skip
def test_files_in_every_usual_encoding(content, name):
    assert decoding.decode(content) == (TEXT, name)


def test_cells_that_were_typed_in_old_fonts():
    assert decoding.from_vni("Vieän Khoa Hoïc Kyõ Thuaät Noâng Nghieäp mieàn Nam") == "Viện Khoa Học Kỹ Thuật Nông Nghiệp miền Nam"
    assert decoding.encoding_of("Vieän Khoa Hoïc Kyõ Thuaät") == Encoding.VNI
    assert decoding.encoding_of("Nghiªn cøu øng dông kü thuËt") == Encoding.TCVN3
    for text in (TEXT, "Trung tâm Khuyến nông Quốc gia", "Señor José – café", "plain", ""):
        assert decoding.encoding_of(text) == Encoding.UNICODE and decoding.to_unicode(text, Encoding.UNICODE) == text


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(content):
    try:
        reading.table("a.csv", content, "", rows=100, known=fields.known)
    except Incomplete as refusal:
        assert refusal.message % refusal.params


@pytest.mark.parametrize("text", ["a;b;c\n1;2;3\n", "a,b,c\n1,2,3\n", "a\tb\tc\n1\t2\t3\n", "a|b|c\n1|2|3\n", "sep=;\na;b;c\n1;2;3\n", '"a";"b";"c"\n"1";"2";"3"\n'])
def test_csv_in_its_dialects(text):
    table = reading.table("a.csv", text.encode(), "", rows=10, known=fields.known)
    assert table.heads == ["a", "b", "c"] and table.lines[0].cells == ["1", "2", "3"]


def test_columns_are_named_by_their_headings():
    heads = ["STT", "Tên nhiệm vụ", "CƠ QUAN CHỦ TRÌ", "Chu nhiem", "Thời gian thực hiện", "Kinh phí (triệu đồng)", "Xếp loại"]
    found = fields.suggest(Target.PROJECTS, heads, [["1", "x", "y", "z", "2010", "5", "Khá"]])
    assert found == {"title": 1, "host": 2, "pi": 3, "period": 4, "total": 5, "grade": 6}
    assert fields.shape(Target.PROJECTS, heads) == fields.shape(Target.PROJECTS, [h.upper() for h in heads])


@pytest.mark.parametrize(("found", "value"), [("PGS.TS. Nguyễn Văn A", "Nguyễn Văn A"), ("ThS.Lê Thị Bé", "Lê Thị Bé"), ("NGUYỄN VĂN AN", "Nguyễn Văn An"), ("GS. TSKH Trần Văn Tám; ThS. Lê B", "Trần Văn Tám"), ("Bà Tô Thị Sáu", "Tô Thị Sáu")])
def test_people_without_their_degrees(found, value):
    assert naming.person(found).value == value


@pytest.mark.parametrize(("found", "value"), [(". Nghiên cứu áp dụng\n\nsiêu âm nội soi.", "Nghiên cứu áp dụng siêu âm nội soi"), ("ỨNG DỤNG PHƯƠNG PHÁP GHÉP Ở HUYỆN ĐỊNH QUÁN", "Ứng dụng phương pháp ghép ở huyện Định Quán")])
def test_titles(found, value):
    assert naming.title(found).value == value
