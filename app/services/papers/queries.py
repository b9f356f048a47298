"""Reads of papers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import joinedload

from app.kernel import journal, subjects
from app.kernel.db import db
from app.kernel.permissions import Do
from app.services.papers.models import Paper


def of(*rows: Any) -> list[Paper]:
    """The papers issued on these rows, newest first."""
    return of_keys([journal.subject_key(row) for row in rows])


def of_keys(keys: Iterable[tuple[str, str]]) -> list[Paper]:
    """The papers issued on these (table, public id) pairs, newest first."""
    wanted = list(keys)
    if not wanted:
        return []
    named = tuple_(Paper.subject_type, Paper.subject_pid).in_(wanted)
    return list(db.session.scalars(select(Paper).where(named).order_by(Paper.dated.desc(), Paper.id.desc())))


def register() -> Select[tuple[Paper]]:
    """All papers, for the register."""
    return select(Paper)


def paper_for(user: Any, pid: str) -> Paper | None:
    """The paper, when this person may read it: it is public, by office unless its subject is sealed, or as a reader of the subject."""
    row = db.session.scalar(select(Paper).options(joinedload(Paper.issued_by)).where(Paper.public_id == pid))
    if row is None or row.is_public:
        return row
    if not user.is_authenticated:
        return None
    subject = subjects.load(row.subject_type, row.subject_pid)
    if user.can(Do.PAPERS_READ) and not (subject is not None and subjects.is_sealed(row.subject_type, subject)):
        return row
    return row if subject is not None and subjects.may_read(row.subject_type, subject, user) else None
