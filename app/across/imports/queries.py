"""Reads of imports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, lazyload

from app.across.imports.models import Batch, Row
from app.across.imports.rules import BatchState, Outcome, Target
from app.kernel.db import db
from app.kernel.text import fold
from app.services.people.models import Organisation, User
from app.stages.funding.models import Project

_NAMED = joinedload(Batch.by).options(lazyload(User.grants), lazyload(User.memberships))


def statement() -> Select[Any]:
    """All imports."""
    return select(Batch).options(_NAMED)


def batch_by_pid(pid: str) -> Batch | None:
    return db.session.scalar(statement().where(Batch.public_id == pid))


def rows_statement(batch: Batch) -> Select[Any]:
    """The rows of an import."""
    return select(Row).where(Row.batch_id == batch.id)


def row_of(batch: Batch, pid: str) -> Row | None:
    return db.session.scalar(rows_statement(batch).where(Row.public_id == pid))


def with_words(found: Select[Any], words: str) -> Select[Any]:
    """Rows whose title or code holds every word."""
    return found.where(*(Row.folded.contains(w, autoescape=True) for w in fold(words).split()[:8]))


def remembered(shape: str) -> Batch | None:
    """The last import that was made of a list with these headings."""
    return db.session.scalar(select(Batch).where(Batch.shape == shape, Batch.state.in_((BatchState.RUNNING, BatchState.DONE, BatchState.CHECKED))).order_by(Batch.id.desc()).limit(1))


def same_file(batch: Batch) -> Batch | None:
    """An import of the same sheet of the same file that stands."""
    return db.session.scalar(select(Batch).where(Batch.sha256 == batch.sha256, Batch.sheet == batch.sheet, Batch.target == batch.target, Batch.id != batch.id,
                                                 Batch.state.in_((BatchState.RUNNING, BatchState.DONE))).limit(1))  # fmt: skip


def doubts(batch: Batch) -> tuple[int, int]:
    """(rows with errors, rows with warnings alone) as they were checked last."""
    found = db.session.execute(select(func.count().filter(Row.errors > 0), func.count().filter(Row.warnings > 0, Row.errors == 0)).where(Row.batch_id == batch.id)).one()
    return int(found[0]), int(found[1])


def running() -> list[int]:
    """The imports that the worker has to go on with."""
    return list(db.session.scalars(select(Batch.id).where(Batch.state == BatchState.RUNNING).order_by(Batch.id)))


def outcomes(batch: Batch) -> dict[Outcome, int]:
    """How many rows went which way."""
    return {o: n for o, n in db.session.execute(select(Row.outcome, func.count()).where(Row.batch_id == batch.id, Row.outcome.is_not(None)).group_by(Row.outcome))}


def projects_of(pids: list[str]) -> dict[str, Any]:
    """Code, title, host, year of projects by public id, for showing them beside rows."""
    rows = db.session.execute(select(Project.public_id, Project.code, Project.title, Project.starts_on, Organisation.name.label("host"))
                              .join(Organisation, Organisation.id == Project.host_id).where(Project.public_id.in_(pids))).all()  # fmt: skip
    return {r.public_id: r for r in rows}


def organisations_of(pids: list[str]) -> dict[str, Any]:
    return {r.public_id: r for r in db.session.execute(select(Organisation.public_id, Organisation.name.label("title")).where(Organisation.public_id.in_(pids)))}


def shown_of(batch: Batch, pids: list[str]) -> dict[str, Any]:
    """What rows of this import are the same as, or became."""
    return (projects_of if batch.target == Target.PROJECTS else organisations_of)([p for p in pids if p])


def source_of(pid: str) -> Row | None:
    """The row that a project was imported from."""
    return db.session.scalar(select(Row).options(joinedload(Row.batch)).where(Row.subject_pid == pid, Row.outcome == Outcome.IMPORTED).order_by(Row.id.desc()).limit(1))
