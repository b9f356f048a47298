"""What two long texts say in the same words: runs of words, whatever their order, spelling, diacritics or headings. Pure.

A text is cut into syllables as everywhere here (words.py: without diacritics, short forms written out). Runs of FOUR syllables are
its grams; of every window of grams one is kept as a print (winnowing), so that whatever is shared over a window's length is found
by its prints. The prints find the few texts worth comparing; the comparison itself reads all words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.services.similarity.rules import COMMON, number_of
from app.services.similarity.words import Word, words

FOUR = 4
WINDOW = 6  # grams of which one is kept: 9 words in a row are always seen
LEAST_RUN = 9  # words in a row that count as a shared passage
GAP = 4  # words changed or put in between that do not end a passage
LEAST_OWN = 4  # words of a passage that say something
LONGEST = 60_000  # words read of one text
PLACES = 12  # places of one gram that are tried


@dataclass(frozen=True, slots=True)
class Passage:
    """The same words: from - to in both texts, in characters, and how many words."""

    mine: tuple[int, int]
    theirs: tuple[int, int]
    length: int


@dataclass(frozen=True, slots=True)
class Shared:
    """All passages that two texts share, and of how many words each consists."""

    passages: list[Passage]
    covered: int
    mine: int
    theirs: int

    @property
    def share(self) -> int:
        """Of the words of the first text that are its own, how many are shared, in thousandths."""
        return round(1000 * self.covered / self.mine) if self.mine else 0


def read(text: str) -> list[Word]:
    """The words of a text, bounded."""
    return words(text)[:LONGEST]


def grams_of(cut: Sequence[Word]) -> list[int]:
    """Every run of four words as a number, in order."""
    return [number_of(" ".join(w.text for w in cut[at : at + FOUR])) for at in range(len(cut) - FOUR + 1)]


def prints(text: str) -> set[int]:
    """The prints of a text: the least gram of each window."""
    found = grams_of(read(text))
    if len(found) <= WINDOW:
        return set(found)
    return {min(found[at : at + WINDOW]) for at in range(len(found) - WINDOW + 1)}


def shared(text: str, other: str, *, common: Collection[int] = frozenset(), known: str = "") -> Shared:
    """What both texts say in the same words, longest passages first.

    `known` is a text that both may repeat (the order they answer): its words count for neither. `common` are prints that stand in
    very many texts: a passage that consists of them alone is a form's own wording.
    """
    mine, theirs = read(text), read(other)
    allowed = set(grams_of(read(known)))
    of_mine, of_theirs = grams_of(mine), grams_of(theirs)
    places: dict[int, list[int]] = {}
    for at, gram in enumerate(of_theirs):
        places.setdefault(gram, []).append(at)
    runs = _runs(mine, theirs, of_mine, places)
    kept = [r for r in _joined(runs) if _says_something(r, mine, of_mine, allowed, common)]
    covered = _covered(kept, len(mine))
    own = len(mine) - _of_order(of_mine, allowed, len(mine))
    passages = [Passage((mine[a].start, mine[a_end - 1].end), (theirs[b].start, theirs[b_end - 1].end), a_end - a) for a, a_end, b, b_end in kept]
    return Shared(sorted(passages, key=lambda p: -p.length), min(covered, own), own, len(theirs))


Run = tuple[int, int, int, int]  # from - to in the first text, from - to in the second, in words


def _runs(mine: Sequence[Word], theirs: Sequence[Word], of_mine: Sequence[int], places: dict[int, list[int]]) -> list[Run]:
    """The longest run that begins at each place of the first text and is not within the one before."""
    found: list[Run] = []
    at = 0
    while at < len(of_mine):
        best, where = 0, 0
        for there in places.get(of_mine[at], ())[:PLACES]:
            length = FOUR
            while at + length < len(mine) and there + length < len(theirs) and mine[at + length].text == theirs[there + length].text:
                length += 1
            if length > best:
                best, where = length, there
        if best:
            found.append((at, at + best, where, where + best))
        at += max(best - FOUR + 1, 1)
    return found


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Runs that follow one another closely in both texts are one passage; what stays too short falls away."""
    out: list[Run] = []
    for run in runs:
        if out:
            a, a_end, b, b_end = out[-1]
            if -FOUR <= run[0] - a_end <= GAP and -FOUR <= run[2] - b_end <= GAP and run[3] > b_end:
                out[-1] = (a, max(a_end, run[1]), b, max(b_end, run[3]))
                continue
        out.append(run)
    return [r for r in out if r[1] - r[0] >= LEAST_RUN]


def _says_something(run: Run, mine: Sequence[Word], of_mine: Sequence[int], allowed: set[int], common: Collection[int]) -> bool:
    inside = of_mine[run[0] : max(run[1] - FOUR + 1, run[0] + 1)]
    new = [g for g in inside if g not in allowed]
    if 2 * len(new) < len(inside) or sum(mine[n].text not in COMMON for n in range(run[0], run[1])) < LEAST_OWN:
        return False
    if not common:
        return True
    windows = [inside[at : at + WINDOW] for at in range(max(len(inside) - WINDOW + 1, 1))]
    marks = [min(w) for w in windows if w]
    return 2 * sum(m in common for m in marks) < len(marks)


def _covered(runs: Sequence[Run], length: int) -> int:
    there = [False] * length
    for a, a_end, _b, _b_end in runs:
        there[a:a_end] = [True] * (a_end - a)
    return sum(there)


def _of_order(of_mine: Sequence[int], allowed: set[int], length: int) -> int:
    """How many words of a text only repeat the order."""
    there = [False] * length
    for at, gram in enumerate(of_mine):
        if gram in allowed:
            there[at : at + FOUR] = [True] * FOUR
    return sum(there)


_END = re.compile(r"[.!?;\n]\s*")


def around(text: str, part: tuple[int, int], *, most: int = 160) -> tuple[str, str, str]:
    """(before, the passage, after): a passage within its sentence, as it is written."""
    start, end = part
    ends = [m.end() for m in _END.finditer(text, max(0, start - most), start)]
    first = ends[-1] if ends else max(0, start - most)
    close = _END.search(text, end, min(len(text), end + most))
    last = close.end() if close else min(len(text), end + most)
    return text[first:start].lstrip(), text[start:end], text[end:last].rstrip()
