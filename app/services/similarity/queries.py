"""Search for near work. Who may know of a piece of work is part of the question, not a filter on the answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_, select, union_all

from app.kernel.db import db
from app.kernel.text import nfc
from app.services.similarity.kinds import KINDS, Shown
from app.services.similarity.models import TextEntry, TextPosting
from app.services.similarity.rules import LEAST, Gram, grams, score, shared_phrases
from app.services.similarity.words import words

LONGEST = 3000
MOST_GRAMS = 60
SEEN_CAP = 2000  # a word that stands in more entries finds none: it only counts when comparing
READ_CAP = 12_000  # rows of the index read for one question
CANDIDATES = 200


@dataclass(frozen=True)
class Match:
    """One piece of earlier work that is near."""

    kind: str
    pid: str
    title: str
    score: float
    why: list[str]


def nearest(text: str, *, visible: ColumnElement[bool], limit: int = 10, exclude: Collection[tuple[str, str]] = ()) -> list[Match]:
    """The work nearest to a text, among what `visible` lets through (see kinds.visible_to), best first.

    `exclude`: rows by (kind, public id). Of several stages of one work under the same title the latest is given.
    """
    text = nfc(text or "")[:LONGEST]
    asked = grams(words(text))[:MOST_GRAMS]
    if not asked:
        return []
    seen, total = _seen(asked), int(db.session.scalar(select(func.count()).select_from(TextEntry)) or 0)
    found = []
    for entry in _candidates(asked, seen, visible, exclude):
        best = max(((score(asked, there, seen, total), title, there) for title in entry.titles.split("\n") for there in [grams(words(title))]),
                   key=lambda one: one[0])  # fmt: skip
        if best[0] >= LEAST:
            found.append((best[0], KINDS[entry.kind].rank if entry.kind in KINDS else 0, entry, best[1], best[2]))
    found.sort(key=lambda f: (-f[0], -f[1], f[2].id))
    kept = _latest(found)[:limit]
    return [Match(e.kind, e.subject_pid, title, value, shared_phrases(text, asked, there, seen, total)) for value, _rank, e, title, there in kept]


def _latest(found: list) -> list:  # type: ignore[type-arg]
    """Once per title: the same work as idea, topic, dossier and project is shown in its latest stage."""
    kept: dict[str, tuple] = {}  # type: ignore[type-arg]
    for row in found:
        name = " ".join(w.text for w in words(row[3]))
        if name not in kept or row[1] > kept[name][1]:
            kept[name] = row
    return sorted(kept.values(), key=lambda f: (-f[0], -f[1], f[2].id))


def _seen(asked: Sequence[Gram]) -> dict[int, int]:
    """In how many entries each gram stands, counted up to a bound, in one question."""
    parts = []
    for gram in asked:
        some = select(TextPosting.entry_id).where(TextPosting.gram == gram.key).limit(SEEN_CAP).subquery()
        parts.append(select(literal(gram.key).label("gram"), select(func.count()).select_from(some).scalar_subquery().label("n")))
    return {int(key): int(n) for key, n in db.session.execute(union_all(*parts))}


def _candidates(asked: Sequence[Gram], seen: dict[int, int], visible: ColumnElement[bool], exclude: Collection[tuple[str, str]]) -> list[TextEntry]:
    read, chosen = 0, []
    for gram in sorted(asked, key=lambda g: seen.get(g.key, 0)):
        n = seen.get(gram.key, 0)
        if n and (n < SEEN_CAP or not chosen) and read + n <= READ_CAP:
            chosen.append(gram.key)
            read += n
    if not chosen:
        return []
    hits = (select(TextPosting.entry_id, func.count().label("n")).join(TextEntry, TextEntry.id == TextPosting.entry_id)
            .where(TextPosting.gram.in_(chosen), visible, not_(or_(False, *(and_(TextEntry.kind == k, TextEntry.subject_pid == p) for k, p in exclude))))
            .group_by(TextPosting.entry_id).order_by(func.count().desc(), TextPosting.entry_id.desc()).limit(CANDIDATES).subquery())  # fmt: skip
    return list(db.session.scalars(select(TextEntry).join(hits, hits.c.entry_id == TextEntry.id)))


def shared_words(text: str, other: str) -> list[str]:
    """What two titles have in common, as it is written in the first."""
    asked = grams(words(nfc(text)[:LONGEST]))
    return shared_phrases(nfc(text)[:LONGEST], asked, grams(words(nfc(other)[:LONGEST])), {}, 0)


def shown(matches: Sequence[Match]) -> list[tuple[Match, Shown]]:
    """The matches with what a page shows of each; one question a kind."""
    faces = {}
    for name in {m.kind for m in matches}:
        rows = KINDS[name].show([m.pid for m in matches if m.kind == name])
        faces |= {(name, pid): face for pid, face in rows.items()}
    return [(m, faces[m.kind, m.pid]) for m in matches if (m.kind, m.pid) in faces]
