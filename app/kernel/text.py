"""Vietnamese text: one form in, one fold for search, one key for sorting names."""

from __future__ import annotations

import re
import unicodedata

_CONTROL = {c: None for c in range(32) if chr(c) not in "\n\t"} | {127: None, 7: " ", **dict.fromkeys((11, 12, 0x2028, 0x2029), "\n")}  # as Word parts cells and lines
_CONTROL |= {c: None for c in (0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)}  # unseen, or they turn the text
_RANK = {c: i for i, c in enumerate("aăâbcdđeêghiklmnoôơpqrstuưvxy")}
_TONES = "\u0300\u0309\u0303\u0301\u0323"


def nfc(text: str) -> str:
    """The text in NFC, without control, invisible and direction characters, lone surrogates and outer blanks."""
    text = text.encode("utf-8", "ignore").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text.translate(_CONTROL)).strip()


def fold(text: str) -> str:
    """The text for search: casefolded, without diacritics, đ (and ð, which old fonts print for it) as d, single blanks."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", bare.replace("đ", "d").replace("ð", "d")).strip()


def sort_key(name: str) -> str:
    """A key that orders people by given name (the last word), then by the rest, as Vietnamese does."""
    words = nfc(name).casefold().split()
    turned = words[-1:] + words[:-1]
    return " ".join("".join(_letter(c) for c in word) for word in turned)


def _letter(char: str) -> str:
    tone = 0
    base = []
    for part in unicodedata.normalize("NFD", char):
        if part in _TONES:
            tone = _TONES.index(part) + 1
        else:
            base.append(part)
    letter = unicodedata.normalize("NFC", "".join(base))
    rank = _RANK.get(letter)
    return f"{rank:02d}{tone}" if rank is not None else f"~{letter}"
