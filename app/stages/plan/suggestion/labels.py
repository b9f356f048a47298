"""The data that comes with the suggestion: vocabulary, word classes, labelled titles; and how well it does on them. Pure.

labelled-titles.csv   tune (the vocabulary was written with these in view) and held (not used for it, but labelled by the same hand).
                      `written`: titles far from every item of the plan, made up to find the threshold of “none”.
                      `page` and `recalled` of tune: labelled before the suggestion was asked, then used to widen what speaks for none.
labelled-blind.csv    NEVER USED FOR TUNING: labelled from the texts of the plan's items alone, before the suggestion was asked once,
                      by somebody who had not seen the vocabulary. `source` says where a title is from: page = as printed on a public
                      web page, call = of a published call, recalled = as provinces' published lists have them, wording from memory.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from app.kernel.text import fold
from app.stages.plan.suggestion.scoring import NONE, Item, Suggester, Term

DATA = Path(__file__).parent / "data"
PLAN = "1821/KH-UBND"  # the titles are labelled with its codes
VOCABULARIES = {PLAN: "vocabulary-1821.csv"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A title with the item that fits best, others that would do, and the part of the list it belongs to."""

    title: str
    item: str
    alternatives: tuple[str, ...]
    split: str
    source: str

    @property
    def accepted(self) -> set[str]:
        return {self.item, *self.alternatives}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares over titles that have an item (first, among three), and how “none” was said."""

    titles: int
    first: float
    three: float
    none_precision: float
    none_recall: float


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def classes() -> dict[str, list[str]]:
    """Words that belong together: crops, animals, diseases …"""
    return {r["class"]: [w.strip() for w in r["words"].split(";") if w.strip()] for r in _rows("word-classes.csv")}


@cache
def vocabulary(plan_number: str) -> list[Term]:
    """The vocabulary that comes with a plan; empty for a plan that brings none."""
    name = VOCABULARIES.get(plan_number)
    return [Term(r["item"], w.strip(), float(r["weight"])) for r in _rows(name) for w in r["words"].split(";") if w.strip()] if name else []


@cache
def labelled() -> list[Labelled]:
    return [Labelled(r["title"], r["item"], tuple(a for a in r["alternatives"].split(";") if a), r["split"], r["source"])
            for name in ("labelled-titles.csv", "labelled-blind.csv") for r in _rows(name)]  # fmt: skip


def as_printed(title: str) -> str:
    return title


def without_marks(title: str) -> str:
    """As typed on a keyboard without Vietnamese (capitals kept)."""
    return " ".join(fold(w).title() if w.istitle() else fold(w).upper() if w.isupper() else fold(w) for w in title.split())


def capitals(title: str) -> str:
    return title.upper()


def decomposed(title: str) -> str:
    return unicodedata.normalize("NFD", title)


WRITINGS: dict[str, Callable[[str], str]] = {"as printed": as_printed, "without diacritics": without_marks, "capitals": capitals, "NFD": decomposed}


def measure(suggester: Suggester, rows: Sequence[Labelled], write: Callable[[str], str] = as_printed) -> Accuracy:
    """How often an accepted item came first, and among three; and how well “none” was said."""
    first = three = said = right = 0
    fitting = [r for r in rows if r.item != NONE]
    empty = [r for r in rows if r.item == NONE]
    for row in rows:
        answer = suggester.suggest(write(row.title))
        codes = [s.item for s in answer.suggestions]
        if row.item != NONE:
            first += bool(set(codes[:1]) & row.accepted)
            three += bool(set(codes) & row.accepted)
        said += answer.none
        right += answer.none and NONE in row.accepted
    hit = sum(suggester.suggest(write(r.title)).none for r in empty)
    return Accuracy(len(rows), first / max(len(fitting), 1), three / max(len(fitting), 1), right / max(said, 1), hit / max(len(empty), 1))


def of_split(split: str) -> list[Labelled]:
    return [r for r in labelled() if r.split == split]


def carried(number: str, became: Mapping[str, Iterable[str]]) -> list[Term]:
    """The vocabulary of an earlier plan for the items of a later one: `became` says what its codes are now. Words that speak for no item still do."""
    return [replace(term, item=code) for term in vocabulary(number) for code in ([NONE] if term.item == NONE else became.get(term.item, ()))]


def suggester(plan_number: str, items: Sequence[Item], *, terms: Iterable[Term] = (), confirmed: Iterable[tuple[str, str]] = (),
              with_vocabulary: bool = True) -> Suggester:  # fmt: skip
    """The suggestion for a plan: its vocabulary as it came, and what officers, earlier plans and confirmed links added. The same words count once."""
    heaviest: dict[tuple[str, str], Term] = {}
    for term in [*(vocabulary(plan_number) if with_vocabulary else []), *terms]:
        key = term.item, fold(term.words)
        if key not in heaviest or heaviest[key].weight < term.weight:
            heaviest[key] = term
    return Suggester(items, heaviest.values(), classes() if with_vocabulary else {}, confirmed)
