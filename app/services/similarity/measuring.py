"""How well near work is told from work that only sounds like it, on pairs that were labelled by hand (data/labelled.csv). Pure but for the file.

Titles of real tasks, each with the same work in other words (one of them as its council retitled it; the others are ours) and with work
that only sounds like it: the same crop with another problem, the same place with another topic, the same frame with another thing. Each is
also written without diacritics, in capitals and with its halves exchanged. A threshold is chosen on one half and judged on the other; the
pairs are few and mostly ours, so the figures say which way of comparing is better, not how a province's titles will do.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.kernel.text import fold
from app.services.similarity.rules import grams, score
from app.services.similarity.words import words

FILE = Path(__file__).parent / "data" / "labelled.csv"


@dataclass(frozen=True)
class Pair:
    """Two titles, and whether they are of the same work."""

    part: str
    same: bool
    one: str
    other: str


@dataclass(frozen=True)
class Measured:
    """Of the pairs said to be near, how many are (precision); of those that are, how many are said to be (recall)."""

    threshold: float
    pairs: int
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return round(self.right / (self.right + self.wrong), 3) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return round(self.right / (self.right + self.missed), 3) if self.right + self.missed else 1.0


def labelled() -> list[Pair]:
    """The pairs as they were labelled."""
    with FILE.open(encoding="utf-8") as file:
        return [Pair(r["part"], r["same"] == "yes", r["one"], r["other"]) for r in csv.DictReader(file)]


def written(pair: Pair) -> Iterator[Pair]:
    """The pair as people type it: as it is, without diacritics, in capitals, its halves exchanged."""
    cut = pair.other.split()
    half = len(cut) // 2
    for other in (pair.other, fold(pair.other), pair.other.upper(), " ".join([*cut[half:], *cut[:half]])):
        yield Pair(pair.part, pair.same, pair.one, other)


def scores(pairs: Sequence[Pair]) -> list[tuple[Pair, float]]:
    """Every way of writing each pair with its score; how rare a word is, is counted among the titles of the set."""
    titles = {t for p in pairs for t in (p.one, p.other)}
    seen = Counter(g.key for title in titles for g in grams(words(title)))
    return [(w, score(grams(words(w.other)), grams(words(w.one)), seen, len(titles))) for pair in pairs for w in written(pair)]


def measure(found: Sequence[tuple[Pair, float]], threshold: float, part: str) -> Measured:
    """What a threshold does to one half of the pairs."""
    mine = [(p.same, value >= threshold) for p, value in found if p.part == part]
    count = Counter(mine)
    return Measured(threshold, len(mine), count[True, True], count[False, True], count[True, False])


def best(found: Sequence[tuple[Pair, float]]) -> float:
    """The threshold that does best on the half for choosing (the harmonic mean of precision and recall)."""

    def good(threshold: float) -> float:
        m = measure(found, threshold, "train")
        return 2 * m.precision * m.recall / (m.precision + m.recall) if m.precision + m.recall else 0.0

    return max((n / 100 for n in range(5, 96)), key=good)
