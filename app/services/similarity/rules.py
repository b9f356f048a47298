"""How near two texts are: words and pairs they share, the rare ones counting most. Pure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from app.services.similarity.words import Word, words

# words that stand in every title: alone, or beside one another, they say nothing
COMMON = frozenset("""va cua cac cho tai trong tren dia ban tinh huyen xa thanh pho nham theo de co mot so voi tu den nam giai doan cap duoc la su
nhung ve vao o nghien cuu giai phap xay dung mo hinh ung dung nang cao hieu qua phat trien danh gia thuc trang xuat du an tai khoa hoc cong nghe
chuyen giao hoan thien quy trinh ky ki thuat""".split())  # noqa: SIM905
LEAST = 0.12  # below this nobody would call them near
SMALL = 200  # in a small index no word is common yet
SINGLE = 0.5  # what a word alone is worth beside a pair


@dataclass(frozen=True, slots=True)
class Gram:
    """A word or pair of words: its number, where it begins in the text, how many words it has."""

    key: int
    at: int
    length: int


@lru_cache(maxsize=200_000)
def number_of(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def grams(read: Sequence[Word]) -> list[Gram]:
    """The words and pairs that say something, each once."""
    found: dict[int, Gram] = {}
    for at, word in enumerate(read):
        if word.text not in COMMON and len(word.text) > 1:
            found.setdefault(number_of(word.text), Gram(number_of(word.text), at, 1))
    for at, (one, two) in enumerate(pairwise(read)):
        if not {one.text, two.text} <= COMMON:
            key = number_of(f"{one.text} {two.text}")
            found.setdefault(key, Gram(key, at, 2))
    return list(found.values())


def weight(gram: Gram, seen: Mapping[int, int], total: int) -> float:
    """Rare is worth more; `seen` says in how many entries a gram stands."""
    rare = math.log((max(total, SMALL) + 2) / (max(seen.get(gram.key, 1), 1) + 1)) + 0.1
    return rare * (SINGLE if gram.length == 1 else 1.0)


def score(question: Sequence[Gram], candidate: Sequence[Gram], seen: Mapping[int, int], total: int) -> float:
    """From 0 (nothing shared) to 1 (the same words)."""
    asked = {g.key: weight(g, seen, total) for g in question}
    shared = sum(asked.get(g.key, 0.0) for g in candidate)
    typical = {length: _mean([asked[g.key] for g in question if g.length == length]) for length in (1, 2)}
    there = sum(asked.get(g.key, typical[g.length]) for g in candidate)
    whole = sum(asked.values()) + there
    return round(min(2 * shared / whole, 1.0), 3) if whole else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 1.0


def shared_phrases(text: str, question: Sequence[Gram], candidates: Sequence[Gram], seen: Mapping[int, int], total: int, *, most: int = 5) -> list[str]:
    """What both share, as it is written in the question: the longest runs, then single rare words."""
    read = words(text)
    there = {g.key for g in candidates}
    covered = [False] * len(read)
    for gram in _places(read):
        if gram.key in there and (gram.length == 2 or gram.key in {g.key for g in question}):
            covered[gram.at : gram.at + gram.length] = [True] * gram.length
    runs = [(start, end) for start, end in _runs(covered) if any(read[n].text not in COMMON for n in range(start, end))]
    worth = {r: sum(weight(g, seen, total) for g in question if r[0] <= g.at and g.at + g.length <= r[1]) for r in runs}
    best = sorted(runs, key=lambda r: -worth[r])[:most]
    phrases = [text[read[start].start : read[end - 1].end] for start, end in (_trim(read, *r) for r in best)]
    return list(dict.fromkeys(" ".join(p.split()) for p in phrases))


def _places(read: Sequence[Word]) -> list[Gram]:
    """Every place of every gram, also those that stand more than once."""
    ones = [Gram(number_of(w.text), at, 1) for at, w in enumerate(read) if w.text not in COMMON and len(w.text) > 1]
    return ones + [Gram(number_of(f"{a.text} {b.text}"), at, 2) for at, (a, b) in enumerate(pairwise(read)) if not {a.text, b.text} <= COMMON]


def _runs(covered: Sequence[bool]) -> list[tuple[int, int]]:
    runs, start = [], None
    for at, there in enumerate([*covered, False]):
        if there and start is None:
            start = at
        elif not there and start is not None:
            runs.append((start, at))
            start = None
    return runs


def _trim(read: Sequence[Word], start: int, end: int) -> tuple[int, int]:
    """Without common words at both ends."""
    while end - start > 1 and read[start].text in COMMON:
        start += 1
    while end - start > 1 and read[end - 1].text in COMMON:
        end -= 1
    return start, end
