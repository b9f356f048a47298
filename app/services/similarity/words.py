"""Vietnamese text cut into syllables that compare across spellings. Pure.

A word is compared in two ways: `text` has no diacritics at all, `marked` keeps them with the tone at the end, so that
“hoà” is “hòa”, “kỹ” is “kĩ”, NFD is NFC and capitals are small. Short forms stand for what they mean: CNTT, KH&CN, ĐBSCL.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_LETTERS = r"(?:[^\W_][\u0300-\u036f]*)+"
_TOKEN = re.compile(rf"{_LETTERS}(?:&{_LETTERS})*")
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_Y = re.compile(r"^([hklmst]|qu|v)y$")

SHORT = {
    "cntt": "công nghệ thông tin", "kh&cn": "khoa học và công nghệ", "khcn": "khoa học công nghệ", "kh&kt": "khoa học kỹ thuật",
    "khkt": "khoa học kỹ thuật", "đbscl": "đồng bằng sông cửu long", "đtm": "đồng tháp mười", "bđkh": "biến đổi khí hậu",
    "bvtv": "bảo vệ thực vật", "htx": "hợp tác xã", "tht": "tổ hợp tác", "vlxd": "vật liệu xây dựng", "cchc": "cải cách hành chính",
    "nnth": "nông nghiệp tuần hoàn", "nncnc": "nông nghiệp công nghệ cao", "ưdcnc": "ứng dụng công nghệ cao", "cnc": "công nghệ cao",
    "gd&đt": "giáo dục và đào tạo", "gdđt": "giáo dục đào tạo", "yhct": "y học cổ truyền", "ntm": "nông thôn mới", "bdx": "bưởi da xanh",
    "cnsh": "công nghệ sinh học", "ai": "trí tuệ nhân tạo", "csdl": "cơ sở dữ liệu", "httt": "hệ thống thông tin", "dn": "doanh nghiệp",
    "dnnvv": "doanh nghiệp nhỏ và vừa", "nltt": "năng lượng tái tạo", "vsattp": "an toàn thực phẩm", "attp": "an toàn thực phẩm",
    "antt": "an ninh trật tự", "qpan": "quốc phòng an ninh", "anqp": "an ninh quốc phòng", "ntts": "nuôi trồng thủy sản",
    "gtnt": "giao thông nông thôn", "gtvt": "giao thông vận tải", "bhyt": "bảo hiểm y tế", "bhxh": "bảo hiểm xã hội", "cđs": "chuyển đổi số",
    "tmđt": "thương mại điện tử", "xklđ": "xuất khẩu lao động", "thcs": "trung học cơ sở", "thpt": "trung học phổ thông",
    "gdtx": "giáo dục thường xuyên", "gdnn": "giáo dục nghề nghiệp", "bvmt": "bảo vệ môi trường", "ctr": "chất thải rắn",
    "ctrsh": "chất thải rắn sinh hoạt", "nlmt": "năng lượng mặt trời", "shtt": "sở hữu trí tuệ", "đdsh": "đa dạng sinh học",
    "ttnt": "trí tuệ nhân tạo", "kt-xh": "kinh tế xã hội", "vacxin": "vắc xin", "vaccine": "vắc xin",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One syllable and where it stands in the text as it was written."""

    text: str
    marked: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The syllables of a text, short forms written out (all parts keep the place of the short form)."""
    return list(_words(text))


def _words(text: str) -> Iterator[Word]:
    for found in _TOKEN.finditer(text):
        token = found.group()
        full = _written_out(token)
        for part in full or token.split("&"):
            bare, marked = _keys(part)
            yield Word(bare, marked, found.start(), found.end())


def phrase(text: str) -> tuple[tuple[str, str], ...]:
    """A term of a vocabulary as (text, marked) of its syllables."""
    return tuple((w.text, w.marked) for w in _words(text))


def has_marks(text: str) -> bool:
    """Is the text written with diacritics?"""
    return any(unicodedata.combining(c) or c in "đĐðÐ" for c in unicodedata.normalize("NFD", text))


@lru_cache(maxsize=4096)
def _written_out(token: str) -> tuple[str, ...] | None:
    key = unicodedata.normalize("NFC", token.casefold())
    full = SHORT.get(key) or _BARE_SHORT.get(key)
    return tuple(full.split()) if full else None


@lru_cache(maxsize=65536)
def _keys(token: str) -> tuple[str, str]:
    """(without diacritics, with them but the tone last)."""
    parts = unicodedata.normalize("NFD", token.casefold()).replace("ð", "đ")  # old fonts print the one for the other
    tone = "".join(str(_TONES.index(c)) for c in parts if c in _TONES)
    bare = "".join(c for c in parts if not unicodedata.combining(c)).replace("đ", "d")
    marked = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    if _Y.match(bare):
        bare, marked = f"{bare[:-1]}i", f"{marked[:-1]}i"
    return bare, marked + tone


_BARE_SHORT = {_keys(k.replace("&", ""))[0] if "&" not in k else "&".join(_keys(p)[0] for p in k.split("&")): v
               for k, v in SHORT.items() if k not in {"dn", "tht", "ctr"}}  # fmt: skip


def read_titles(content: bytes, column: str = "title") -> list[str]:
    """The titles of a CSV file: any of the usual separators, with or without a byte order mark. Raises ValueError in words."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise ValueError("the file is not UTF-8 text") from failure
    head = text.split("\n", 1)[0]
    mark = max(",;\t", key=head.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        names = {(name or "").strip().casefold(): name for name in reader.fieldnames or []}
        if column not in names:
            raise ValueError(f"there is no column “{column}” (columns: {', '.join(n or '–' for n in reader.fieldnames or []) or 'none'})")
        return [row[names[column]] or "" for row in reader]
    except csv.Error as failure:
        raise ValueError(f"the file is not a sound CSV file: {failure}") from failure
