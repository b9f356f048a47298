"""How the index follows what is written: in the transaction that writes it, for whatever table or act of the journal has to do with a thing.

What changes is collected at each flush and read once, before the commit. Acts whose tables are changed without objects leave a line
in the journal, which is an object: so a change is missed only if it is neither. `flask search check` finds such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.across.search.models import SearchEntry, SearchWord
from app.across.search.rules import bare_words, keyed, vector
from app.across.search.sources import SOURCES, Source
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.journal import JournalEntry
from app.kernel.text import nfc

BATCH = 300
LONGEST_TITLE, LONGEST_BODY = 4000, 60_000
DUE = "search_due"

_WATCHED: dict[Any, list[tuple[Source, str]]] = defaultdict(list)
for _source in SOURCES:
    for _model, _column in _source.watch.items():
        _WATCHED[_model].append((_source, _column))
_BY_TABLE: dict[str, list[Source]] = defaultdict(list)
for _source in SOURCES:
    _BY_TABLE[_source.model.__tablename__].append(_source)


# --- one thing as words ---------------------------------------------------------------------------------------


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _lines(row: Mapping[str, Any], mark: str) -> list[str]:
    found = [" ".join(nfc(line).split()) for name, value in row.items() if name.startswith(mark) for text in _texts(value) for line in text.split("\n")]
    return list(dict.fromkeys(line for line in found if line))


def entry_of(source: Source, row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an entry, from a row of the source. The same for the same row, on whichever database."""
    title = nfc(row["title"] or "")[:LONGEST_TITLE]
    body = "\n".join([*(t for t in _lines(row, "also_") if t != title), *_lines(row, "text_")])[:LONGEST_BODY]
    codes = list(dict.fromkeys(c for c in [row["code"], *_lines(row, "code_")] if c))
    title_words = bare_words("\n".join([title, *_lines(row, "also_"), *codes]))
    body_words = bare_words(body)
    day = row["day"]
    on_sqlite = db.engine.dialect.name == "sqlite"
    return {
        "kind": str(source.kind), "is_public": source.public, "subject_pid": row["pid"], "code": codes[0][:100] if codes else None,
        "code_key": keyed(codes[0]) if codes else None, "codes": f" {' '.join(keyed(c) for c in codes)} " if codes else "", "title": title, "body": body,
        "year": int(row["year"]) if row["year"] is not None else None, "sector": row["sector"], "day": local(day).date() if isinstance(day, datetime) else day,
        "title_words": " ".join(title_words), "body_words": " ".join(body_words), "vector": None if on_sqlite else vector(title_words, body_words),
    }  # fmt: skip


def entries(source: Source, *where: Any) -> list[dict[str, Any]]:
    """What the index has to say of these things, read from the stage's tables."""
    return [entry_of(source, row._mapping) for row in db.session.execute(source.rows.where(*where))]


def _learn(found: Iterable[Mapping[str, Any]]) -> None:
    words = sorted({w for one in found for w in one["title_words"].split() if not w.isdigit()})
    if words:
        make = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
        known = set(db.session.scalars(select(SearchWord.word).where(SearchWord.word.in_(words))))
        if new := [{"word": w} for w in words if w not in known]:
            db.session.execute(make(SearchWord).on_conflict_do_nothing(), new)


def put(source: Source, ids: Iterable[int]) -> None:
    """Read these things anew and write what changed. An entry keeps its id, so that what is new stays newer than it."""
    found = {one["subject_pid"]: one for one in entries(source, source.model.id.in_(sorted(ids)))}
    mine = (SearchEntry.kind == str(source.kind), SearchEntry.is_public.is_(source.public), SearchEntry.subject_pid.in_(sorted(found)))
    known = {row.subject_pid: row for row in db.session.execute(select(*SearchEntry.__table__.c).where(*mine))}
    new = [one for pid, one in found.items() if pid not in known]
    changed = [(known[pid].id, one) for pid, one in found.items() if pid in known and _differs(known[pid], one)]
    if new:
        db.session.execute(insert(SearchEntry), new)
    for entry_id, one in changed:
        db.session.execute(update(SearchEntry).where(SearchEntry.id == entry_id).values(**one).execution_options(synchronize_session=False))
    _learn([*new, *(one for _id, one in changed)])


def _differs(row: Any, one: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in one.items() if name != "vector")


def forget(source: Source, pids: Iterable[str]) -> None:
    """Take out what is no more."""
    db.session.execute(delete(SearchEntry).where(SearchEntry.kind == str(source.kind), SearchEntry.is_public.is_(source.public), SearchEntry.subject_pid.in_(sorted(pids)))
                       .execution_options(synchronize_session=False))  # fmt: skip


# --- following ----------------------------------------------------------------------------------------------------


def listen() -> None:
    """Follow all that is written from now on. Harmless when done twice."""
    if not event.contains(db.session, "after_flush", _collect):
        event.listen(db.session, "after_flush", _collect)
        event.listen(db.session, "before_commit", _push)
        event.listen(db.session, "after_rollback", lambda session: session.info.pop(DUE, None))


def _collect(session: Any, _context: Any) -> None:
    due = session.info.setdefault(DUE, {"ids": set(), "pids": set(), "gone": set()})
    for row in (*session.new, *session.dirty):
        if isinstance(row, JournalEntry):
            due["pids"].add((row.subject_type, row.subject_pid))
        for source, column in _WATCHED.get(type(row), ()):
            due["ids"].add((source.kind, source.public, getattr(row, column)))
    for row in session.deleted:
        for source, column in _WATCHED.get(type(row), ()):
            if column == "id":
                due["gone"].add((source.kind, source.public, row.public_id))
            else:
                due["ids"].add((source.kind, source.public, getattr(row, column)))


def _push(session: Any) -> None:
    if session.in_nested_transaction():
        return  # a savepoint is no commit: what it changed is read once, with all the rest
    session.flush()
    due = session.info.pop(DUE, None)
    if not due:
        return
    for source in SOURCES:
        key = (source.kind, source.public)
        ids = {n for kind, public, n in due["ids"] if (kind, public) == key and n is not None}
        if pids := {pid for table, pid in due["pids"] if table == source.model.__tablename__}:
            ids |= set(session.scalars(select(source.model.id).where(source.model.public_id.in_(sorted(pids)))))
        if ids:
            put(source, ids)
        if gone := {pid for kind, public, pid in due["gone"] if (kind, public) == key}:
            still = set(session.scalars(select(source.model.public_id).where(source.model.public_id.in_(sorted(gone)))))  # a savepoint that was rolled back
            forget(source, gone - still)


# --- the whole ----------------------------------------------------------------------------------------------------


def rebuild() -> dict[str, int]:
    """Make the whole index again. Returns how many entries each source has."""
    db.session.execute(delete(SearchEntry))
    db.session.execute(delete(SearchWord))
    return {_said(source): sum(len(found) for found in _all(source)) for source in SOURCES}


def _said(source: Source) -> str:
    return f"{source.kind}{' (public)' if source.public else ''}"


def _all(source: Source) -> Iterator[list[dict[str, Any]]]:
    for found in _batches(source):
        db.session.execute(insert(SearchEntry), found)
        _learn(found)
        yield found


def _batches(source: Source) -> Iterator[list[dict[str, Any]]]:
    ids = list(db.session.scalars(select(source.model.id).order_by(source.model.id)))
    for first in range(0, len(ids), BATCH):
        yield entries(source, source.model.id.in_(ids[first : first + BATCH]))


def faults() -> Iterator[str]:
    """Where the index is not what the stages' tables say: missing, not as it should be, or of nothing."""
    for source in SOURCES:
        mine = (SearchEntry.kind == str(source.kind), SearchEntry.is_public.is_(source.public))
        left = dict.fromkeys(db.session.scalars(select(SearchEntry.subject_pid).where(*mine)))
        for found in _batches(source):
            known = {row.subject_pid: row for row in db.session.execute(select(*SearchEntry.__table__.c).where(*mine, SearchEntry.subject_pid.in_([f["subject_pid"] for f in found])))}
            for one in found:
                row = known.get(one["subject_pid"])
                left.pop(one["subject_pid"], None)
                if row is None or _differs(row, one):
                    yield f"{_said(source)} {one['subject_pid']}: {'missing' if row is None else 'not as it is'}"
        yield from (f"{_said(source)} {pid}: of nothing" for pid in left)


def rebuild_if_empty() -> None:
    """Index what was there before the index was."""
    if db.session.scalar(select(SearchEntry.id).limit(1)) is None:
        rebuild()


__all__ = ["entries", "faults", "listen", "put", "rebuild", "rebuild_if_empty"]
