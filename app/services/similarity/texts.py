"""Long texts of earlier work and what they share: kept by the worker, read by pages. Only what a stage hands over is here, never a sealed text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.services.similarity.models import WorkOverlap, WorkPrint, WorkText
from app.services.similarity.passages import Passage, prints, shared

LEAST_SHARED = 3  # prints that two texts must share to be compared
CANDIDATES = 12
COMMON_LEAST = 8  # a print that stands in more texts than this, and in more than one in COMMON_PART of all, is everybody's wording
COMMON_PART = 10
LEAST_SHARE = 20  # thousandths of the words, or one long passage
LONG_PASSAGE = 25
KEPT_PASSAGES = 80
ROUND = 20  # texts of one round of the worker

# fn(limit) -> [(kind, public id, text, known text)]: a stage hands over what may be compared and is not yet here
PENDING: list[Callable[[int], list[tuple[str, str, str, str]]]] = []


@dataclass(frozen=True)
class Found:
    """One piece of earlier work whose text shares passages with the one asked about."""

    kind: str
    pid: str
    share: int  # thousandths of the words of the one asked about
    words: int
    passages: list[Passage]


def known_pids(kind: str) -> Any:
    """The public ids whose texts are here."""
    return select(WorkText.subject_pid).where(WorkText.kind == kind)


def work_through(at: datetime, *, limit: int = ROUND) -> int:
    """Take over the texts that wait, then compare those that are not compared yet. Returns how many were compared.

    What is everybody's wording is known only when there are many texts: one that was compared among half as many is compared anew.
    """
    taken = 0
    for told in PENDING:
        for kind, pid, text, known in told(limit - taken):
            put(kind, pid, text, known, at=at)
            taken += 1
    due = or_(WorkText.compared_among.is_(None), 2 * WorkText.compared_among < _total())
    rows = db.session.scalars(select(WorkText).where(due).order_by(WorkText.id).limit(limit)).all()
    for row in rows:
        compare(row)
    return len(rows)


def forget(kind: str, pid: str) -> None:
    """Take a text out with its prints and overlaps: its stage hands over another one when the worker asks."""
    before = db.session.scalar(select(WorkText).where(WorkText.kind == kind, WorkText.subject_pid == pid))
    if before is not None:
        for statement in (delete(WorkOverlap).where(or_(WorkOverlap.text_id == before.id, WorkOverlap.other_id == before.id)),
                          delete(WorkPrint).where(WorkPrint.text_id == before.id), delete(WorkText).where(WorkText.id == before.id)):  # fmt: skip
            db.session.execute(statement)
        db.session.expunge(before)


def put(kind: str, pid: str, text: str, known: str, *, at: datetime) -> WorkText:
    """Keep a text with its prints; an older one under the same name goes."""
    forget(kind, pid)
    row = WorkText(kind=kind, subject_pid=pid, text=text, known=known, made_at=at)
    db.session.add(row)
    db.session.flush()
    found = prints(text)
    if found:
        db.session.execute(insert(WorkPrint), [{"print": p, "text_id": row.id} for p in sorted(found)])
    return row


def _total() -> int:
    return int(db.session.scalar(select(func.count()).select_from(WorkText)) or 0)


def compare(row: WorkText) -> int:
    """Write down what this text shares with those that were handed over before it. Returns with how many."""
    mine, other = aliased(WorkPrint), aliased(WorkPrint)
    row.compared_among = total = _total()
    bound = max(COMMON_LEAST, total // COMMON_PART)
    db.session.execute(delete(WorkOverlap).where(WorkOverlap.text_id == row.id))
    counted = select(other.print, func.count().label("n")).join(mine, mine.print == other.print).where(mine.text_id == row.id).group_by(other.print).subquery()
    common = set(db.session.scalars(select(counted.c.print).where(counted.c.n > bound)))
    rare = select(counted.c.print).where(counted.c.n <= bound, counted.c.n > 1)
    near = (select(WorkPrint.text_id).where(WorkPrint.print.in_(rare), WorkPrint.text_id < row.id).group_by(WorkPrint.text_id)
            .having(func.count() >= LEAST_SHARED).order_by(func.count().desc(), WorkPrint.text_id.desc()).limit(CANDIDATES))  # fmt: skip
    n = 0
    for there in db.session.scalars(select(WorkText).where(WorkText.id.in_(near.subquery().select())).order_by(WorkText.id)).all():
        both = shared(row.text, there.text, common=common, known=f"{row.known}\n{there.known}")
        if both.passages and (both.share >= LEAST_SHARE or both.passages[0].length >= LONG_PASSAGE):
            whole = max(both.theirs, 1)
            db.session.add(WorkOverlap(text_id=row.id, other_id=there.id, share=both.share, other_share=min(1000, round(1000 * both.covered / whole)), words=both.covered,
                                       passages=[[*p.mine, *p.theirs, p.length] for p in both.passages[:KEPT_PASSAGES]]))  # fmt: skip
            n += 1
    db.session.flush()
    return n


def near_to(kind: str, pid: str, *, limit: int = 30) -> list[Found] | None:
    """What shares passages with this piece of work, most first; None while its text waits for the worker."""
    row = db.session.scalar(select(WorkText).where(WorkText.kind == kind, WorkText.subject_pid == pid))
    if row is None or row.compared_among is None:
        return None
    overlaps = db.session.scalars(select(WorkOverlap).where(or_(WorkOverlap.text_id == row.id, WorkOverlap.other_id == row.id))).all()
    names = _names({o.other_id if o.text_id == row.id else o.text_id for o in overlaps})
    found = [_seen_from(o, row.id, names) for o in overlaps]
    return sorted(found, key=lambda f: -f.share)[:limit]


def _names(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    return {i: (k, p) for i, k, p in db.session.execute(select(WorkText.id, WorkText.kind, WorkText.subject_pid).where(WorkText.id.in_(ids)))}


def _seen_from(overlap: WorkOverlap, text_id: int, names: dict[int, tuple[str, str]]) -> Found:
    first = overlap.text_id == text_id
    kind, pid = names[overlap.other_id if first else overlap.text_id]
    passages = [Passage((a, b), (c, d), n) if first else Passage((c, d), (a, b), n) for a, b, c, d, n in overlap.passages]
    return Found(kind, pid, overlap.share if first else overlap.other_share, overlap.words, passages)


def texts_of(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The texts that are here, by (kind, public id)."""
    wanted = or_(False, *((WorkText.kind == k) & (WorkText.subject_pid == p) for k, p in names))
    return {(row.kind, row.subject_pid): row.text for row in db.session.scalars(select(WorkText).where(wanted))}
