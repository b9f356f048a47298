"""Which items of the plan a title may belong to, and the words that say so. Pure: plan, vocabulary and learning are data.

Three voices are added up for every item: what the plan itself says (rare words shared with the item's texts), what the
vocabulary says (terms, and terms together: “giống + @crop”), and what persons confirmed before (how much more often than
by chance a word stood in titles that were tied to the item). Nobody's choice is made here: the answer is a ranked list.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.services.similarity.words import Word, has_marks, phrase, words

NONE = "none"
COMPOUND = "compound"  # the class of words whose parts mean nothing alone: “công nghệ” is no “nghệ”
LIMIT = 3
HALF = 4.0  # points at which the score is one half
THRESHOLD = 2.7  # points below which nothing fits
PLAN_ALONE = 0.8  # the same for a plan that has no vocabulary yet
PLAN_WORD, PLAN_PAIR, PLAN_MOST = 0.12, 0.34, 2.0  # what a rare word, a rare pair, all words of the plan's own text are worth
LEARN_FULL = 60  # confirmed links at which learning has half its weight
LEARN_WEIGHT = 9.0
SHRINK = 1.5
LONGEST_RUN = 5  # words in a phrase that is quoted
# a syllable that stands alone is only trusted without its diacritics after one of these, or when it cannot be mistaken
BEFORE = frozenset("cay con giong trong nuoi vuon trai qua dan thit hat benh la hoa cho cua tu va ca bot nuoc gao tren".split())  # noqa: SIM905
PLAIN = frozenset("lua tom heo vit ech chanh xoai ngheu hau mit gis iot ppp led gap ocop vietgap globalgap biogas nano robot stem hiv lun".split())  # noqa: SIM905
SKIP = frozenset("""va cua cac cho tai trong tren dia ban tinh huyen xa thanh pho nham theo de co mot so voi tu den nam giai doan cap duoc
la su nhung ve vao o do ra bang nghien cuu giai phap xay dung mo hinh ung dung nang cao hieu qua phat trien danh gia thuc trang xuat
chuyen giao hoan thien cong tac quan li khoa hoc nhiem vu thuc hien phuc hoi dong muc chat luong he thong trien khai nha nuoc""".split())  # noqa: SIM905

# words that mean nothing beside another: no pair with one of them is quoted when nothing better led to an item
LITTLE = frozenset("và của các cho tại trong trên nhằm theo để có một số so với từ đến được là sự những về vào ở do ra bằng".split())  # noqa: SIM905
LITTLE_BARE = frozenset("va cua cac cho tai trong tren nham theo mot voi den duoc su nhung vao bang".split())  # noqa: SIM905
MOST_HINTS = 2

Phrase = tuple[tuple[str, str], ...]
Reasons = dict[str, list[tuple[float, int, int, bool]]]  # by item: (worth, word number, length, is it a pair that others may run on from?)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a plan as the suggestion needs it."""

    code: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A line of the vocabulary: an item's code (or NONE), words (“a + @class + !b”) and what they are worth."""

    item: str
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    item: str
    score: float
    why: list[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Up to three items, best first; `none` when the best is too weak to be proposed."""

    suggestions: list[Suggestion]
    none: bool


@dataclass
class _Read:
    """A title as it was read: its words, where each phrase of them stands."""

    text: str
    words: list[Word]
    marked: bool
    places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


class Suggester:
    """Made once of a plan's items, vocabulary and confirmed links; asked many times."""

    def __init__(self, items: Sequence[Item], terms: Iterable[Term] = (), classes: Mapping[str, Sequence[str]] | None = None,
                 confirmed: Iterable[tuple[str, str]] = ()) -> None:  # fmt: skip
        self.codes = [i.code for i in items]
        classes = dict(classes or {})
        self._compounds = _pairs(classes.pop(COMPOUND, ()))
        self._classes = {name: [phrase(w) for w in members] for name, members in classes.items()}
        self._rules = [r for t in terms if (t.item in self.codes or t.item == NONE) for r in [_rule(t)] if r]
        self._asked = [next((p for negated, p in parts if not negated and isinstance(p, tuple)), None) for parts, _w, _i in self._rules]
        self._by_first: dict[str, list[Phrase]] = defaultdict(list)
        self._threshold = THRESHOLD if any(item != NONE for _p, _w, item in self._rules) else PLAN_ALONE
        self._index()
        self._plan = _plan_words(items)
        self._learned, self._seen = _learn(self.codes, confirmed)

    def _index(self) -> None:
        wanted = {p for parts, _w, _i in self._rules for _not, p in parts if isinstance(p, tuple)}
        wanted |= {p for members in self._classes.values() for p in members if p}
        for p in wanted:
            self._by_first[p[0][0]].append(p)

    def suggest(self, title: str, more: str = "") -> Answer:
        """Rank the items for a title; `more` (aims) counts half."""
        points, why = self._points(title)
        if more.strip():
            extra, reasons = self._points(more)
            for code, value in extra.items():
                points[code] += value / 2
                said = {w.casefold() for w in why.get(code, [])}
                why[code] = why.get(code, []) + [w for w in reasons.get(code, []) if w.casefold() not in said]
        against = max(points.pop(NONE, 0.0), 0.0)
        best = sorted((c for c in self.codes if points[c] > 0.05 and why.get(c)), key=lambda c: -points[c])[:LIMIT]
        suggestions = [Suggestion(c, round(points[c] / (points[c] + HALF), 3), why[c][:6]) for c in best]
        return Answer(suggestions, not best or points[best[0]] < self._threshold + against)

    def _points(self, text: str) -> tuple[dict[str, float], dict[str, list[str]]]:
        read = _Read(text, words(text), has_marks(text))
        found = self._phrases(read)
        points: dict[str, float] = defaultdict(float)
        reasons: Reasons = defaultdict(list)
        hints: Reasons = defaultdict(list)
        used: dict[str, list[tuple[float, set[int]]]] = defaultdict(list)
        for asked, (parts, weight, code) in zip(self._asked, self._rules, strict=True):
            if asked is not None and asked not in found:
                continue  # most rules: a phrase that they ask for stands nowhere
            spans = self._match(parts, found)
            if spans is not None:
                used[code].append((weight, {at for start, length in spans for at in range(start, start + length)}))
                reasons[code] += [(weight, start, length, False) for start, length in spans]
        for code, hits in used.items():
            points[code] += _without_doubles(hits)
        self._hear_plan(read, points, reasons, hints)
        self._hear_persons(read, points, reasons, hints)
        weak = {code: sorted(rows, reverse=True)[:MOST_HINTS] for code, rows in hints.items() if code not in reasons}
        return points, {code: _quoted(read, rows) for code, rows in [*reasons.items(), *weak.items()]}

    def _phrases(self, read: _Read) -> dict[Phrase, tuple[int, int]]:
        """Where each known phrase stands first: {phrase: (word number, length)}."""
        found: dict[Phrase, tuple[int, int]] = {}
        for at, word in enumerate(read.words):
            for candidate in self._by_first.get(word.text, ()):
                if candidate not in found and _stands(candidate, read, at) and not (len(candidate) == 1 and self._in_compound(read, at)):
                    found[candidate] = (at, len(candidate))
        return found

    def _in_compound(self, read: _Read, at: int) -> bool:
        keys = [w.marked if read.marked else w.text for w in read.words[max(at - 1, 0) : at + 2]]
        return any(pair in self._compounds for pair in pairwise(keys))

    def _match(self, parts: Sequence[tuple[bool, Phrase | str]], found: dict[Phrase, tuple[int, int]]) -> list[tuple[int, int]] | None:
        spans: list[tuple[int, int]] = []
        for negated, part in parts:
            place = found.get(part) if isinstance(part, tuple) else self._class_place(part, found, spans)
            if (place is not None) == negated:
                return None
            if place is not None:
                spans.append(place)
        return spans

    def _class_place(self, name: str, found: dict[Phrase, tuple[int, int]], taken: list[tuple[int, int]]) -> tuple[int, int] | None:
        """The longest member of a class that stands in the title, outside the places already used by the rule."""
        places = [found[p] for p in self._classes.get(name, ()) if p in found]
        free = [(start, length) for start, length in places if not any(s < start + length and start < s + n for s, n in taken)]
        return max(free, key=lambda place: place[1], default=None)

    def _hear_plan(self, read: _Read, points: dict[str, float], reasons: Reasons, hints: Reasons) -> None:
        heard: dict[str, float] = defaultdict(float)
        for gram, at, length in _grams(read.words):
            for code, worth in self._plan.get(gram, ()):
                heard[code] += worth
                _note(reasons if worth > 0.5 and not set(gram.split()) & SKIP else hints, code, read, (worth, at, length, True))
        for code, worth in heard.items():
            points[code] += PLAN_MOST * worth / (worth + PLAN_MOST)

    def _hear_persons(self, read: _Read, points: dict[str, float], reasons: Reasons, hints: Reasons) -> None:
        share = self._seen / (self._seen + LEARN_FULL)
        if not share:
            return
        grams = [(g, at, n) for g, at, n in _grams(read.words) if g in self._learned]
        for gram, at, length in grams:
            for code, worth in self._learned[gram]:
                points[code] += share * LEARN_WEIGHT * worth / (6 + len(grams))
                _note(reasons if worth > 0.25 and not set(gram.split()) & SKIP else hints, code, read, (worth, at, length, True))


def _note(into: Reasons, code: str, read: _Read, row: tuple[float, int, int, bool]) -> None:
    """Keep a pair of words as what led to an item; a syllable alone tells a reader nothing."""
    _worth, at, length, _pair = row
    if length == 2 and not any((w.marked if read.marked else w.text) in (LITTLE if read.marked else LITTLE_BARE) for w in read.words[at : at + 2]):
        into[code].append(row)


def _pairs(compounds: Iterable[str]) -> set[tuple[str, str]]:
    """The compounds as pairs of syllables, with and without diacritics."""
    cut = [phrase(c)[:2] for c in compounds]
    return {(a[k], b[k]) for pair in cut if len(pair) == 2 for a, b in [pair] for k in (0, 1)}


def _rule(term: Term) -> tuple[list[tuple[bool, Phrase | str]], float, str] | None:
    parts: list[tuple[bool, Phrase | str]] = []
    for raw in term.words.split("+"):
        part = raw.strip()
        negated = part.startswith("!")
        part = part.lstrip("!").strip()
        parts.append((negated, part[1:] if part.startswith("@") else phrase(part)))
    kept = [(n, p) for n, p in parts if p]
    return (kept, term.weight, term.item) if any(not n for n, _p in kept) else None


def _stands(candidate: Phrase, read: _Read, at: int) -> bool:
    """Does the phrase stand here? One syllable alone must have its diacritics, or a neighbour that makes it clear."""
    run = read.words[at : at + len(candidate)]
    if len(run) < len(candidate) or any(w.text != bare for w, (bare, _m) in zip(run, candidate, strict=True)):
        return False
    same = sum(w.marked == marked for w, (_b, marked) in zip(run, candidate, strict=True))
    if len(candidate) > 1:
        return not read.marked or same >= len(candidate) - (len(candidate) > 2)
    if read.marked:
        return same == 1
    return run[0].text in PLAIN or (at > 0 and read.words[at - 1].text in BEFORE) or len(run[0].text) > 5


def _without_doubles(hits: list[tuple[float, set[int]]]) -> float:
    """Points of an item: the strongest rule counts whole; one that only repeats words already counted adds a little."""
    total, counted = 0.0, set[int]()
    for weight, places in sorted(hits, key=lambda h: -h[0]):
        fresh = len(places - counted) / len(places)
        total += weight * (0.2 + 0.8 * fresh) * (1.0 if not counted else 0.7)
        counted |= places
    return total


def _quoted(read: _Read, rows: Sequence[tuple[float, int, int, bool]]) -> list[str]:
    """The words as they are written in the title, the weightiest first; pairs that run on from one another are one phrase."""
    chosen: list[str] = []
    for _worth, at, length in sorted([(w, a, n) for w, a, n, pair in rows if not pair] + _runs(rows), key=lambda r: -r[0]):
        text = read.text[read.words[at].start : read.words[at + length - 1].end]
        if not any(text.casefold() in c.casefold() for c in chosen):
            chosen.append(text)
    return chosen


def _runs(rows: Sequence[tuple[float, int, int, bool]]) -> list[tuple[float, int, int]]:
    runs: list[tuple[float, int, int]] = []
    for worth, at, length, _pair in sorted((r for r in rows if r[3]), key=lambda r: r[1]):
        if runs and at < runs[-1][1] + runs[-1][2] and at + length - runs[-1][1] <= LONGEST_RUN:
            before = runs.pop()
            runs.append((max(before[0], worth), before[1], max(before[2], at + length - before[1])))
        else:
            runs.append((worth, at, length))
    return runs


def _grams(read: Sequence[Word]) -> list[tuple[str, int, int]]:
    """Single words and pairs with their places, each once, without words that stand in every title."""
    singles = [(w.text, at, 1) for at, w in enumerate(read) if w.text not in SKIP and len(w.text) > 1]
    pairs = [(f"{a.text} {b.text}", at, 2) for at, (a, b) in enumerate(pairwise(read)) if not {a.text, b.text} <= SKIP]
    return list({g: (g, at, n) for g, at, n in reversed(singles + pairs)}.values())


def _plan_words(items: Sequence[Item]) -> dict[str, list[tuple[str, float]]]:
    grams = {i.code: {g: n for text in i.texts for g, _at, n in _grams(words(text))} for i in items}
    spread = Counter(g for found in grams.values() for g in found)
    worth: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for code, found in grams.items():
        for gram, length in found.items():
            rare = math.log((len(items) + 1) / (spread[gram] + 0.5))
            if spread[gram] <= max(len(items) / 2, 1):
                worth[gram].append((code, rare * (PLAN_PAIR if length == 2 else PLAN_WORD)))
    return worth


def _learn(codes: Sequence[str], confirmed: Iterable[tuple[str, str]]) -> tuple[dict[str, list[tuple[str, float]]], int]:
    """For every word of confirmed titles: how much likelier than by chance it makes each item (shrunk when seldom seen)."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    prior: Counter[str] = Counter()
    for title, code in confirmed:
        if code in codes:
            prior[code] += 1
            for gram, _at, _n in _grams(words(title)):
                counts[gram][code] += 1
    seen = sum(prior.values())
    learned: dict[str, list[tuple[str, float]]] = {}
    for gram, by_item in counts.items():
        n = sum(by_item.values())
        gain = [(code, k / (n + SHRINK) - prior[code] / seen) for code, k in by_item.items()]
        learned[gram] = [(code, g) for code, g in gain if g > 0.02]
    return learned, seen
