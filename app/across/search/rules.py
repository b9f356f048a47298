"""What was typed, cut into terms; how well an entry answers; the place of a text that is shown. Pure.

Words are syllables as everywhere here (similarity.words): without diacritics, đ as d, kỹ as kĩ, short forms written out. Both databases
get nothing but such words, parted by blanks, so that none of their own ways of reading a text can make the answers differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.kernel.text import fold, nfc
from app.kernel.words import N_, Face
from app.services.similarity.words import Word, has_marks, words

LONGEST = 300  # characters of a question that are read
MOST_TERMS = 12
MOST_WORDS = 12_000  # of one text that are indexed
LONGEST_WORD = 60
MOST_PLACES = 200  # of one word in one text: PostgreSQL keeps 255
AROUND = 14  # words before and after the first place in a snippet
BORDER = 20  # empty places between title and text: no phrase reaches over it
LAST_PLACE = 16_000  # PostgreSQL knows no later one
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]")


class Kind(Face):
    """What is found, in the order of the page."""

    PROJECT = "project", N_("Projects"), "green"
    PROPOSAL = "proposal", N_("Proposals"), "blue"
    CALL = "call", N_("Calls"), "amber"
    TOPIC = "topic", N_("Tasks of approved lists"), "purple"
    IDEA = "idea", N_("Ideas"), "grey"
    COUNCIL = "council", N_("Councils"), "purple"
    RESULT = "result", N_("Results"), "green"
    AGREEMENT = "agreement", N_("Transfer agreements"), "blue"
    PAPER = "paper", N_("Papers"), "amber"
    ORGANISATION = "organisation", N_("Organisations"), "grey"
    PERSON = "person", N_("People"), "grey"


@dataclass(frozen=True)
class Question:
    """What was typed (`said`), and its terms: each a run of words that an answer holds. `key` is the whole as a number of a paper or code."""

    said: str
    terms: tuple[tuple[str, ...], ...]
    key: str

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(w for term in self.terms for w in term)


def keyed(code: str | None) -> str:
    """A code or number as it is compared: folded, without blanks."""
    return fold(nfc(code or "")).replace(" ", "")[:100]


def question_of(typed: str) -> Question:
    """Cut what was typed: quoted parts are phrases; a short form is the phrase it stands for; a number with its marks (12/QĐ-UBND) too."""
    said = " ".join(nfc(typed).split())[:LONGEST]
    terms: list[tuple[str, ...]] = []
    rest = _QUOTED.sub(lambda found: terms.append(_runs(found[1])) or " ", said)  # type: ignore[func-returns-value]
    for part in rest.split():
        run = _runs(part)
        terms += [run] if any(c.isdigit() for c in part) or _short(part, run) else [(w,) for w in run]
    kept = tuple(dict.fromkeys(t for t in terms if t))[:MOST_TERMS]
    return Question(said, kept, keyed(said))


def _short(part: str, run: Sequence[str]) -> bool:
    return len(run) > 1 and fold(part).isalnum()


def _runs(text: str) -> tuple[str, ...]:
    return tuple(w.text[:LONGEST_WORD] for w in words(text))[:MOST_TERMS]


def bare_words(text: str) -> list[str]:
    """The words of a text as the index holds them."""
    return [w.text[:LONGEST_WORD] for w in words(text)[:MOST_WORDS]]


# --- for the databases ----------------------------------------------------------------------------------------


def for_sqlite(terms: Iterable[Sequence[str]], *, title: bool = False, prefix: bool = False) -> str:
    """The terms for FTS5: every word quoted, so that nothing in it is an operator."""
    found = [f'"{" ".join(term)}"' for term in terms]
    if prefix and found:
        found[-1] += "*"
    return ("{title_words} : (" if title else "(") + " AND ".join(found) + ")"


def for_postgresql(terms: Iterable[Sequence[str]], *, title: bool = False, prefix: bool = False) -> str:
    """The terms as a tsquery, written out: PostgreSQL's own reading of texts has no part in it."""
    found = list(terms)
    weight = "A" if title else ""

    def word(text: str, last: bool) -> str:
        marks = weight + ("*" if last else "")
        return f"'{text}'" + (f":{marks}" if marks else "")

    parts = [" <-> ".join(word(w, prefix and term is found[-1] and n == len(term) - 1) for n, w in enumerate(term)) for term in found]
    return " & ".join(f"({part})" for part in parts)


def vector(title: Sequence[str], body: Sequence[str]) -> str:
    """Both texts as a tsvector, written out: the words of the title carry the weight A."""
    places: dict[str, list[str]] = {}
    for first, run, weight in ((1, title, "A"), (len(title) + BORDER, body, "")):
        for at, word in enumerate(run, first):
            known = places.setdefault(word, [])
            if at <= LAST_PLACE and len(known) < MOST_PLACES:
                known.append(f"{at}{weight}")
    return " ".join(f"'{word}'" + (f":{','.join(at)}" if at else "") for word, at in places.items())


# --- how well ---------------------------------------------------------------------------------------------------


def rank(question: Question, *, title: str, title_words: str, codes: str) -> int:
    """How well an entry answers, the least best: its number is what was typed, begins so, the title says it in this order, in any order, the text does."""
    if question.key and f" {question.key} " in codes:
        return 0
    if any(c.isdigit() for c in question.key) and f" {question.key}" in codes:
        return 1
    padded = f" {title_words} "
    if f" {' '.join(question.words)} " in padded:
        return 2 if not has_marks(question.said) or question.said.strip('"“”').casefold() in title.casefold() else 3
    if all(f" {' '.join(term)} " in padded for term in question.terms):
        return 4
    return 5


# --- what is shown ----------------------------------------------------------------------------------------------


def marked(text: str, terms: Sequence[Sequence[str]], *, read: Sequence[Word] | None = None) -> list[tuple[str, bool]]:
    """The text in pieces; True: this piece is what was searched. A word alone is marked wherever it stands, a phrase as a whole."""
    read = words(text) if read is None else read
    spans: list[tuple[int, int]] = []
    plain = [w.text for w in read]
    for term in terms:
        for at in _places(plain, term):
            spans.append((read[at].start, read[at + len(term) - 1].end))
    pieces: list[tuple[str, bool]] = []
    done = 0
    for start, end in _joined(sorted(spans), text):
        pieces += [(text[done:start], False), (text[start:end], True)]
        done = end
    return [p for p in [*pieces, (text[done:], False)] if p[0]]


def _places(plain: Sequence[str], term: Sequence[str]) -> Iterator[int]:
    first, length = term[0], len(term)
    for at, word in enumerate(plain):
        if word == first and tuple(plain[at : at + length]) == tuple(term):
            yield at


def _joined(spans: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Marked words that follow one another are one mark."""
    out: list[tuple[int, int]] = []
    for start, end in spans:
        if out and (start <= out[-1][1] or text[out[-1][1] : start].isspace()):
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def snippet(body: str, terms: Sequence[Sequence[str]]) -> list[tuple[str, bool]]:
    """The part of a text around the place that holds most of the terms; nothing when it holds none."""
    read = words(body)[:MOST_WORDS]
    plain = [w.text for w in read]
    found = sorted((at, n) for n, term in enumerate(terms) for at in _places(plain, term))
    if not found:
        return []
    best = max(found, key=lambda f: (len({n for at, n in found if f[0] <= at < f[0] + 2 * AROUND}), -f[0])) if len(found) <= MOST_PLACES else found[0]
    first, last = max(0, best[0] - AROUND), min(len(read) - 1, best[0] + 2 * AROUND)
    start, end = read[first].start, read[last].end
    part = " · ".join(line for lines in body[start:end].splitlines() if (line := " ".join(lines.split())))
    pieces = marked(part, terms)
    return ([("… ", False)] if start else []) + pieces + ([(" …", False)] if end < len(body.rstrip()) else [])


# --- remedies ---------------------------------------------------------------------------------------------------


def splits(word: str) -> list[tuple[str, str]]:
    """A word as two: a blank was forgotten."""
    return [(word[:n], word[n:]) for n in range(2, len(word) - 1)] if len(word) <= 24 else []


def joins(run: Sequence[str]) -> list[tuple[int, str]]:
    """Two words as one: a blank too many."""
    return [(n, a + b) for n, (a, b) in enumerate(pairwise(run))]
