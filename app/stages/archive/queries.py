"""Reads of the archive: who may have a dossier, copies, finished projects with what is due for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.kernel import subjects
from app.kernel.db import db
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.archive.models import Copy, Deposit, Hold
from app.stages.archive.rules import (
    CopyState,
    DossierKind,
    HoldState,
    Standing,
    Term,
    hand_over_by,
    standing,
    terms_of,
)
from app.stages.funding.models import Liquidation, Project, ProjectClosing
from app.stages.funding.queries import may_read as may_read_project

SUBJECTS = ("project", "proposal")


# --- dossiers and copies --------------------------------------------------------------------------------------


def dossier_for(user: User, kind: str, pid: str) -> Any:
    """The project or proposal whose dossier this person may have: by office, or as one who stands behind it. None else."""
    row = subjects.load(kind, pid) if kind in SUBJECTS else None
    if row is None or not subjects.subject_of(kind).may_read(row, user):
        return None
    return row if user.can(Do.ARCHIVE_READ) or _stands_behind(user, kind, row) else None


def _stands_behind(user: User, kind: str, row: Any) -> bool:
    if row.pi_id == user.id or user.manages(row.host_id):
        return True
    return kind == "proposal" and user.id in subjects.subject_of(kind).parties(row).users


def may_have(user: User, project: Project) -> bool:
    """The same of a project that this person sees already."""
    return user.can(Do.ARCHIVE_REQUEST) and (user.can(Do.ARCHIVE_READ) or _stands_behind(user, "project", project))


def copies(user: User, kind: str, pid: str) -> list[Copy]:
    """The files that were asked for of this dossier, newest first: the own ones; for who reads all dossiers, everybody's."""
    statement = select(Copy).options(joinedload(Copy.user)).where(Copy.subject_type == kind, Copy.subject_pid == pid)
    if not user.can(Do.ARCHIVE_READ):
        statement = statement.where(Copy.user_id == user.id)
    return list(db.session.scalars(statement.order_by(Copy.id.desc()).limit(50)))


def own_copy(user: User, pid: str) -> Copy | None:
    """One's own file: it was made for this person alone."""
    return db.session.scalar(select(Copy).where(Copy.public_id == pid, Copy.user_id == user.id))


def open_copy(user: User, kind: str, pid: str) -> Copy | None:
    """The file of this dossier that is waited for already."""
    waiting = Copy.state.in_((CopyState.REQUESTED, CopyState.MAKING))
    return db.session.scalar(select(Copy).where(Copy.user_id == user.id, Copy.subject_type == kind, Copy.subject_pid == pid, waiting))


def next_copy() -> Copy | None:
    """The file that waits longest."""
    return db.session.scalar(select(Copy).options(joinedload(Copy.user)).where(Copy.state == CopyState.REQUESTED).order_by(Copy.id).limit(1))


def stuck(before: datetime) -> list[Copy]:
    """Files whose making began before and did not end: the worker was stopped."""
    return list(db.session.scalars(select(Copy).where(Copy.state == CopyState.MAKING, Copy.begun_at < before)))


def over(at: datetime) -> list[Copy]:
    """Files that were kept long enough; those of held projects stay."""
    held = exists().where(Hold.state == HoldState.PLACED, Hold.project_id == Project.id, Project.public_id == Copy.subject_pid)
    return list(db.session.scalars(select(Copy).where(Copy.state == CopyState.READY, Copy.expires_at <= at, ~held)))


# --- terms ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """How long the dossier of a finished project is kept, and what is due for it."""

    kind: DossierKind
    term: Term
    ended: date
    until: date | None  # None: for ever
    hand_over_by: date
    standing: Standing


def terms(on: date) -> dict[DossierKind, Term]:
    """The terms of the day."""
    return terms_of(rulebook.value("archive.terms", on=on))


# a project is finished when its contract is liquidated, or its approval was cancelled before there was one
ENDED = case((ProjectClosing.kind == "cancelled", ProjectClosing.dated), else_=Liquidation.dated)
HELD = exists().where(Hold.project_id == Project.id, Hold.state == HoldState.PLACED)
DEPOSITED = exists().where(Deposit.project_id == Project.id)


def kept(kind: str, ended: date, *, held: bool, deposited: bool, on: date) -> Kept:
    """What the terms of the day say of a dossier."""
    found = DossierKind(kind)
    term = terms(on)[found]
    until = term.until(ended)
    by = hand_over_by(ended, int(rulebook.value("archive.hand_over_years", on=on)))
    return Kept(found, term, ended, until, by, standing(held=held, deposited=deposited, until=until, today=on))


def finished() -> Select[Any]:
    """Finished projects, as rows: project, kind of dossier, when the work ended, held, deposited."""
    return (select(Project.id, Project.public_id, Project.code, Project.title, ProjectClosing.kind.label("kind"), ENDED.label("ended"), HELD.label("held"), DEPOSITED.label("deposited"))
            .join(ProjectClosing, ProjectClosing.project_id == Project.id).outerjoin(Liquidation, Liquidation.project_id == Project.id).where(ENDED.is_not(None)))  # fmt: skip


def with_words(statement: Select[Any], words: str) -> Select[Any]:
    """Projects whose title or code holds the words, with or without diacritics."""
    return statement.where(or_(Project.folded.contains(fold(words), autoescape=True), Project.code.icontains(words, autoescape=True)))


def standing_sql(wanted: Standing, on: date) -> ColumnElement[bool]:
    """The condition that this is due: the same as rules.standing. A term ends on 31 December, so that the year of the end decides."""
    years = {kind: term.years for kind, term in terms(on).items() if term.years is not None}
    passed = or_(*(and_(ProjectClosing.kind == str(kind), ENDED < date(on.year - n, 1, 1)) for kind, n in years.items() if kind != DossierKind.NOT_FUNDED))
    return {Standing.HELD: HELD, Standing.TO_REVIEW: ~HELD & passed, Standing.DEPOSITED: ~HELD & ~passed & DEPOSITED, Standing.TO_HAND_OVER: ~HELD & ~passed & ~DEPOSITED}[wanted]


def kept_of(project: Project, on: date) -> Kept | None:
    """The same for one project; None while it is not finished."""
    row = db.session.execute(finished().where(Project.id == project.id)).one_or_none()
    return None if row is None else kept(row.kind, row.ended, held=row.held, deposited=row.deposited, on=on)


def hold_of(project_id: int) -> Hold | None:
    """The hold in force."""
    return db.session.scalar(select(Hold).options(joinedload(Hold.placed_by)).where(Hold.project_id == project_id, Hold.state == HoldState.PLACED))


def hold_for(user: User, pid: str) -> Hold | None:
    """A hold by its public id, for who reads the archive."""
    found = db.session.scalar(select(Hold).options(joinedload(Hold.placed_by), joinedload(Hold.lifted_by), joinedload(Hold.project)).where(Hold.public_id == pid))
    return found if found is not None and may_read_project(found.project_id, user) else None


def holds_of(project_id: int) -> list[Hold]:
    """All holds of a project, newest first."""
    return list(db.session.scalars(select(Hold).options(joinedload(Hold.placed_by), joinedload(Hold.lifted_by)).where(Hold.project_id == project_id).order_by(Hold.id.desc())))


def deposit_of(project_id: int) -> Deposit | None:
    """When the dossier was handed over."""
    return db.session.scalar(select(Deposit).where(Deposit.project_id == project_id))


def is_held(project_id: int) -> bool:
    """May nothing of the project be destroyed?"""
    return bool(db.session.scalar(select(func.count(Hold.id)).where(Hold.project_id == project_id, Hold.state == HoldState.PLACED)))


def of_kind(statement: Select[Any], kind: str) -> Select[Any]:
    """Finished projects whose dossier is of this kind."""
    return statement.where(ProjectClosing.kind == kind)
