"""What may have been meant when nothing answers: a letter too many or few, two letters changed, a blank forgotten or too many.

A word is offered only when something that the asker may see answers with it, and is written as it stands there. So the remedy, and
that there is none, are the same whatever else the index holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA
from sqlalchemy import select

from app.across.search import queries
from app.across.search.models import SearchWord
from app.across.search.queries import Asker
from app.across.search.rules import Question, joins, splits
from app.kernel.db import db
from app.services.similarity.words import words

SHORTEST, SHORT, NEAR, FAR = 3, 4, 1, 2  # letters of a word; letters that differ
MOST_CANDIDATES, MOST_TRIES = 60, 40


@dataclass(frozen=True)
class Remedy:
    """What was searched instead, and how it is written."""

    question: Question
    said: str


def remedy(question: Question, asker: Asker) -> Remedy | None:
    """The nearest question that something answers; None when there is none near."""
    if not question.terms or any(len(w) > 24 for w in question.words):
        return None
    flat = question.words  # phrases are loosened: an exact wording that nobody wrote helps nobody
    loose = replace(question, terms=tuple((w,) for w in dict.fromkeys(flat)))
    if loose.terms != question.terms and (found := queries.some(loose, asker)):
        return Remedy(loose, _written(loose, found))
    best: Remedy | None = None
    most = 0
    for tried in _tries(flat, asker):
        candidate = replace(question, terms=tuple((w,) for w in dict.fromkeys(tried)))
        if len(found := queries.some(candidate, asker, 20)) > most:
            best, most = Remedy(replace(candidate, said=" ".join(tried)), _written(replace(candidate, said=" ".join(tried)), found)), len(found)
    return best


def _tries(flat: Sequence[str], asker: Asker) -> Iterator[tuple[str, ...]]:
    """Other wordings: unknown words replaced, else one word at a time; nearest first, and no more than a bound."""
    known = {w: bool(_known(w, asker)) for w in dict.fromkeys(flat)}
    unknown = [n for n, w in enumerate(flat) if not known[w]]
    vocabulary = list(db.session.scalars(select(SearchWord.word)))
    runs: list[tuple[str, ...]] = [tuple(flat)]
    for n in unknown:
        runs = [(*run[:n], other, *run[n + 1 :]) for run in runs for other in _near(flat[n], vocabulary, asker)][:MOST_TRIES]
    if unknown:
        yield from (tuple(w for part in run for w in part.split()) for run in runs)
        return
    for n, joined in joins(flat):
        yield (*flat[:n], joined, *flat[n + 2 :])
    if len(flat) > 1:
        # words that stand somewhere are seldom misspelt: only a long one is taken for another
        choices = [_near(word, vocabulary, asker, NEAR)[: MOST_TRIES // len(flat)] if len(word) > SHORT else [] for word in flat]
        yield from ((*flat[:n], *other.split(), *flat[n + 1 :]) for n, others in enumerate(choices) for other in others)


def _near(word: str, vocabulary: Sequence[str], asker: Asker, most: int = FAR) -> list[str]:
    """Words near to this one that the asker may know of, nearest first; also the word as two."""
    if len(word) < SHORTEST:
        return []
    far = NEAR if len(word) <= SHORT else most
    held = set(vocabulary)
    close = sorted((OSA.distance(word, other, score_cutoff=far), other[0] != word[0], other) for other in vocabulary
                   if abs(len(other) - len(word)) <= far and other != word and OSA.distance(word, other, score_cutoff=far) <= far)  # fmt: skip
    parts = [f"{a} {b}" for a, b in splits(word) if a in held and b in held]
    found = []
    for other in [*parts, *(o for _d, _f, o in close)]:
        if _known(other, asker):
            found.append(other)
        if len(found) == MOST_CANDIDATES // 4:
            break
    return found


def _known(word: str, asker: Asker) -> list[object]:
    return queries.some(Question(word, (tuple(word.split()),), ""), asker)


def _written(question: Question, found: Sequence[object]) -> str:
    """The question as the first answers write its words."""
    spelt: dict[str, str] = {}
    for row in found:
        text = f"{row.title}\n{row.body}"  # type: ignore[attr-defined]
        for word in words(text):
            spelt.setdefault(word.text, text[word.start : word.end].lower())
    return " ".join(spelt.get(w, w) for w in question.words)
