"""The acts on the index: put a text in, make the whole index again. They write no record: the index holds nothing of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from app.kernel.db import db
from app.services.similarity.models import TextEntry, TextPosting
from app.services.similarity.rules import grams
from app.services.similarity.words import words

BATCH = 500


def put(connection: Connection, kind: str, pid: str, titles: Sequence[str | None]) -> None:
    """Index these titles under the row's name; what was there before goes."""
    text = _text(titles)
    known = connection.execute(select(TextEntry.id, TextEntry.titles).where(TextEntry.kind == kind, TextEntry.subject_pid == pid)).first()
    if known is not None:
        if known.titles == text:
            return
        connection.execute(delete(TextPosting).where(TextPosting.entry_id == known.id))
        connection.execute(delete(TextEntry).where(TextEntry.id == known.id))
    if text:
        made = connection.execute(insert(TextEntry).values(kind=kind, subject_pid=pid, titles=text))
        _post(connection, [(made.inserted_primary_key[0], text)])


def _text(titles: Iterable[str | None]) -> str:
    return "\n".join(dict.fromkeys(" ".join(t.split()) for t in titles if t and t.strip()))


def _post(connection: Any, entries: Iterable[tuple[int, str]]) -> None:
    rows = [{"gram": key, "entry_id": entry_id} for entry_id, text in entries for key in _keys(text)]
    if rows:
        connection.execute(insert(TextPosting), rows)


def _keys(text: str) -> set[int]:
    return {g.key for title in text.split("\n") for g in grams(words(title))}


def rebuild(kind: str, model: Any, titles: Sequence[str]) -> int:
    """Make the index of one kind again from its rows. Returns how many entries it has."""
    connection = db.session.connection()
    mine = select(TextEntry.id).where(TextEntry.kind == kind)
    connection.execute(delete(TextPosting).where(TextPosting.entry_id.in_(mine)))
    connection.execute(delete(TextEntry).where(TextEntry.kind == kind))
    columns = [getattr(model, name) for name in titles]
    last, count = 0, 0
    while rows := connection.execute(select(model.id, model.public_id, *columns).where(model.id > last).order_by(model.id).limit(BATCH)).all():
        last = rows[-1][0]
        texts = {row[1]: text for row in rows if (text := _text(row[2:]))}
        first = int(connection.scalar(select(func.coalesce(func.max(TextEntry.id), 0))) or 0)
        if texts:
            connection.execute(insert(TextEntry), [{"kind": kind, "subject_pid": pid, "titles": text} for pid, text in texts.items()])
            made = connection.execute(select(TextEntry.id, TextEntry.titles).where(TextEntry.id > first, TextEntry.kind == kind)).all()
            _post(connection, [(entry_id, text) for entry_id, text in made])
        count += len(texts)
    return count


def forget(kind: str, pids: Sequence[str]) -> None:
    """Rows of this kind are no more: what the index says of them goes."""
    mine = select(TextEntry.id).where(TextEntry.kind == kind, TextEntry.subject_pid.in_(pids))
    db.session.execute(delete(TextPosting).where(TextPosting.entry_id.in_(mine)).execution_options(synchronize_session=False))
    db.session.execute(delete(TextEntry).where(TextEntry.kind == kind, TextEntry.subject_pid.in_(pids)).execution_options(synchronize_session=False))
