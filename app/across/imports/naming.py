"""Names in old lists: titles in capitals, titles before people's names, several hosts in one cell, short forms of organisations. Pure."""

from __future__ import annotations

import functools
import re
from typing import Any

from app.across.imports.parsing import Read, Remark, Unclear
from app.kernel.text import fold, nfc
from app.kernel.words import N_

LONGEST_TITLE = 500
NOBODY = "–"
_QUOTES = "\"'“”‘’«»"
_PLACES = ("An Giang", "Bến Tre", "Bình Dương", "Bình Phước", "Cà Mau", "Cần Thơ", "Đồng Nai", "Đồng Tháp", "Hậu Giang", "Hồ Chí Minh", "Kiên Giang", "Long An", "Sóc Trăng", "Tây Ninh",
           "Tiền Giang", "Trà Vinh", "Vĩnh Long", "Việt Nam", "Hà Nội", "Vàm Cỏ", "Đồng Tháp Mười", "Nam Bộ", "Tân An", "Kiến Tường", "Bến Lức", "Cần Đước", "Cần Giuộc", "Châu Thành", "Đức Hòa",
           "Đức Huệ", "Mộc Hóa", "Tân Hưng", "Tân Thạnh", "Tân Trụ", "Thạnh Hóa", "Thủ Thừa", "Vĩnh Hưng", "Gò Dầu", "Hòa Thành", "Trảng Bàng", "Bến Cầu", "Dương Minh Châu")  # fmt: skip
_BY_FOLD = {p.casefold(): p for p in _PLACES}
_PLACE = re.compile("|".join(re.escape(p) for p in sorted(_BY_FOLD, key=len, reverse=True)))
_UNIT = re.compile(r"\b((?:tỉnh|huyện|thị xã|thành phố|quận|xã|phường|thị trấn)\s+)(\w+\s+\w+|\w+)")
_DEGREES = re.compile(r"^\s*((?:(?:GS|PGS|TS|TSKH|ThS|CN|KS|BS|BSCK[I12]*|CKI{1,2}|DS|CKII|NCS|KTS|Luật sư|ông|bà|giáo sư|phó giáo sư|tiến sĩ|thạc sĩ|kỹ sư|cử nhân|bác sĩ)\b[\s.,:]*)+)", re.IGNORECASE)
_SHORT = {"tt": "trung tam", "dh": "dai hoc", "truong dh": "truong dai hoc", "cty": "cong ty", "ct": "cong ty", "tnhh": "trach nhiem huu han", "cp": "co phan", "kh&cn": "khoa hoc va cong nghe", "khcn": "khoa hoc va cong nghe",
          "tp": "thanh pho", "tphcm": "thanh pho ho chi minh", "hcm": "ho chi minh", "ubnd": "uy ban nhan dan", "htx": "hop tac xa", "nn": "nong nghiep", "ptnt": "phat trien nong thon", "nn&ptnt": "nong nghiep va phat trien nong thon",
          "bv": "benh vien", "gd&dt": "giao duc va dao tao", "tn&mt": "tai nguyen va moi truong", "vn": "viet nam", "sxtn": "san xuat thu nghiem"}  # fmt: skip


def title(found: Any) -> Read:
    """A title in one line without stray signs; one in capitals is offered as a sentence. Raises Unclear."""
    text = re.sub(r"\s+", " ", nfc(str(found))).strip().lstrip(".,;:-– ").rstrip(".;,: ")
    remarks: list[Remark] = []
    if not any(c.isalpha() for c in text):
        raise Unclear(N_("The title is missing."))
    if len(text) > LONGEST_TITLE:
        raise Unclear(N_("This title has %(n)s letters; at most %(most)s fit."), n=len(text), most=LONGEST_TITLE)
    if is_capitals(text):
        text = sentence(text)
        remarks.append((N_("The title was in capitals. Please look at the names in it."), {}))
    if text.count("“") != text.count("”") or text.count('"') % 2:
        remarks.append((N_("A quotation mark of the title has no partner."), {}))
    if "\ufffd" in text or re.search(r"\w\?\w", text):
        remarks.append((N_("Some letters of the title were lost before it came here."), {}))
    return Read(text, remarks)


def is_capitals(text: str) -> bool:
    """Are nearly all letters of a text capitals?"""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 8 and sum(c.isupper() for c in letters) > 0.8 * len(letters)


def sentence(text: str) -> str:
    """A text in capitals as a sentence: names of places of the region, and what follows “huyện” and the like, keep theirs."""
    low = text.lower()
    low = _PLACE.sub(lambda m: _BY_FOLD[m[0]], low)
    low = _UNIT.sub(lambda m: m[1] + " ".join(w[:1].upper() + w[1:] for w in m[2].split()), low)
    low = re.sub(r"[“\"]\s*(\w)", lambda m: m[0][:-1] + m[1].upper(), low)
    return low[:1].upper() + low[1:]


def person(found: Any) -> Read:
    """A person's name without degrees; of several the first, who leads. Raises Unclear."""
    text = re.sub(r"\s+", " ", nfc(re.split(r"[;\n]|\s+và\s+", nfc(str(found)))[0])).strip(" ,.")
    bare = _DEGREES.sub("", text.replace(".", ". ")).strip(" ,.")
    bare = re.sub(r"\s+", " ", re.split(r",", bare)[0]).strip()
    if bare and is_capitals(bare):
        bare = bare.title()
    if not any(c.isalpha() for c in bare) or len(bare) > 200:
        raise Unclear(N_("This is no name of a person."))
    several = len([p for p in re.split(r"[;\n]", nfc(str(found))) if p.strip()]) > 1
    return Read(bare, [(N_("Several people are named: the first is taken as the principal investigator."), {})] if several else [])


def organisation(found: Any) -> Read:
    """The name of an organisation in one line; of several the first, which hosts. Raises Unclear."""
    parts = [p.strip(" .,;") for p in re.split(r"[;\n]", nfc(str(found)).replace("\n", " ") if ";" not in str(found) else nfc(str(found))) if p.strip(" .,;")]
    if not parts or not any(c.isalpha() for c in parts[0]):
        raise Unclear(N_("This is no name of an organisation."))
    name = re.sub(r"\s+", " ", parts[0])[:300]
    return Read(name, [(N_("Several organisations are named: the first is taken as the host."), {})] if len(parts) > 1 else [])


@functools.lru_cache(maxsize=20_000)
def bare(name: str) -> str:
    """An organisation's name for comparing: folded, short forms written out, without what is in brackets."""
    words = re.sub(r"\([^)]*\)", " ", fold(name))
    words = re.sub(r"[.,–\-/\"“”]", " ", words)
    return " ".join(_SHORT.get(w, w) for w in words.split())
