"""Bytes and letters of old files: which encoding a text is in, told by whether its words are Vietnamese syllables. Pure.

Sources of the tables: TCVN 5712:1993 (VN3, the “ABC” fonts) and the VNI for Windows layout.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from enum import StrEnum

from app.kernel.errors import Incomplete
from app.kernel.text import nfc
from app.kernel.words import N_

_TCVN3 = dict(zip("µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
                  "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ", strict=True))  # fmt: skip
_VNI_MARKS = {"ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
              "â": "\u0302", "à": "\u0302\u0300", "á": "\u0302\u0301", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
              "ê": "\u0306", "è": "\u0306\u0300", "é": "\u0306\u0301", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323"}  # fmt: skip
_VNI_ALONE = {"ñ": "đ", "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ô": "ơ", "ö": "ư"}
_VNI_ALONE |= {k.upper(): v.upper() for k, v in _VNI_ALONE.items()}
_VNI = re.compile("([aeouyAEOUYôöÔÖ])([øùûõïâàáåãäêèéúüëØÙÛÕÏÂÀÁÅÃÄÊÈÉÚÜË])|([ñìíæóòîôöÑÌÍÆÓÒÎÔÖ])")
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0309\u0303\u0323"))
_SYLLABLE = re.compile(
    "(ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
    "(iêu|yêu|oai|oay|oeo|uây|uôi|uya|uyê|uyu|ươi|ươu|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|oo|ôi|ơi|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|yê|[aăâeêioôơuưy])"
    "(ch|ng|nh|[cmnpt])?"
)
_WORD = re.compile(r"[^\W\d_]+(?:[\xad¨©®ª«¬µ¸¶·¹»¾¼½¡¢§£¤¥¦×÷][^\W\d_]*)*|[µ¸¶·¹¨»¾¼½©®ª«¬¡¢§£¤¥¦×÷]+[^\W\d_]*")


class Encoding(StrEnum):
    """How the letters of a text are written."""

    UNICODE = "Unicode"
    TCVN3 = "TCVN3"
    VNI = "VNI"


def from_tcvn3(text: str) -> str:
    """A text typed in TCVN3 (ABC) and read as Windows-1252, in Unicode."""
    return "".join(_TCVN3.get(c, c) for c in text)


def from_vni(text: str) -> str:
    """A text typed in VNI and read as Windows-1252, in Unicode."""
    return _VNI.sub(lambda m: _joined(m[1], m[2]) if m[1] else _VNI_ALONE[m[3]], text)


def _joined(letter: str, mark: str) -> str:
    return unicodedata.normalize("NFC", _VNI_ALONE.get(letter, letter) + _VNI_MARKS[mark.lower()])


@functools.lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Is this a word that Vietnamese could have?"""
    parts = unicodedata.normalize("NFD", word.lower())
    bare = unicodedata.normalize("NFC", parts.translate(_TONES))
    return len(parts) - len(parts.translate(_TONES)) <= 1 and _SYLLABLE.fullmatch(bare) is not None


def likeness(text: str) -> tuple[int, int]:
    """(Vietnamese syllables with marks, words with signs beyond ASCII that are none) of a text."""
    words = [w for w in _WORD.findall(text) if not w.isascii()]
    right = sum(is_syllable(w) for w in words)
    return right, len(words) - right


def encoding_of(text: str) -> Encoding:
    """The encoding whose reading makes the most words Vietnamese; Unicode unless another is plainly better."""
    if text.isascii() or not likeness(text)[1]:
        return Encoding.UNICODE
    found = {Encoding.UNICODE: text, Encoding.TCVN3: from_tcvn3(text), Encoding.VNI: from_vni(text)}
    scores = {name: right - 2 * wrong for name, read in found.items() for right, wrong in [likeness(read)]}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > scores[Encoding.UNICODE] and likeness(found[best])[0] > 0 else Encoding.UNICODE


_READ = {Encoding.UNICODE: nfc, Encoding.TCVN3: from_tcvn3, Encoding.VNI: from_vni}


def to_unicode(text: str, encoding: Encoding) -> str:
    """The text in Unicode, NFC, when its letters were written so; what is right as it stands stays."""
    if text.isascii() or encoding == Encoding.UNICODE:
        return nfc(text)
    before = likeness(text)
    if not before[1]:
        return nfc(text)
    after = likeness(_READ[encoding](text))
    return nfc(_READ[encoding](text)) if after[1] < before[1] or after[0] > before[0] else nfc(text)


def decode(content: bytes) -> tuple[str, str]:
    """(text, name of the encoding) of a text file. Raises Incomplete for what is no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), "UTF-16"
    half = content[:4000]
    if half.count(0) > len(half) // 4:  # UTF-16 without its mark: every other byte of Latin letters is zero
        order = "utf-16-le" if half[1::2].count(0) >= half[0::2].count(0) else "utf-16-be"
        return content.decode(order, "replace"), "UTF-16"
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-")):
        raise Incomplete(N_("The content of this file is no text: it is not a CSV file."), field="file")
    content = content.replace(b"\0", b"")
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    western = content.decode("cp1252", "replace").replace("\ufffd", "")
    readings = {"Windows-1258": unicodedata.normalize("NFC", content.decode("cp1258", "replace")), "TCVN3": from_tcvn3(western), "VNI": from_vni(western), "Windows-1252": western}
    scores = {name: right - 2 * wrong for name, text in readings.items() for right, wrong in [likeness(text[:20_000])]}
    best = max(readings, key=lambda name: scores[name])
    return readings[best], best
