"""Reads of scientific CVs: the latest version of a person, what is being written, what the system knows beforehand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import WrongState
from app.kernel.words import N_
from app.services.people.models import User
from app.services.profiles.models import Cv, CvVersion
from app.services.profiles.rules import FORM, NEEDS, Task
from app.services.questionnaires import queries as questionnaires
from app.services.questionnaires.answering import Fault
from app.services.questionnaires.models import FormVersion

questionnaires.register(FORM, NEEDS)
questionnaires.register_use(lambda _on: {FORM: N_("Scientific CVs of people")})
_tasks: list[Callable[[User, date], list[Task]]] = []


def register_tasks(known: Callable[[User, date], list[Task]]) -> None:
    """A room above tells which projects a person led or took part in."""
    if known not in _tasks:
        _tasks.append(known)


def tasks_of(user: User, *, on: date) -> list[Task]:
    """The projects that this system knows of the person."""
    return [task for known in _tasks for task in known(user, on)]


def form_in_force(on: date) -> FormVersion:
    """The form of the CV on a day. Raises WrongState when there is none."""
    found = questionnaires.in_force(FORM, on=on)
    if found is None:
        raise WrongState(N_("No form of the scientific CV is in force. Please ask the Department."))
    return found


def draft_of(user: User) -> Cv | None:
    """The CV as the person is writing it."""
    return db.session.scalar(select(Cv).where(Cv.user_id == user.id))


def latest_cv(user: User) -> CvVersion | None:
    """The version of the person's CV that was put down last: what a dossier attaches."""
    return db.session.scalar(select(CvVersion).where(CvVersion.user_id == user.id).order_by(CvVersion.number.desc()).limit(1))


cv_of = latest_cv


def latest_cvs(ids: set[int]) -> dict[int, CvVersion]:
    """The latest versions of several people, by inner id, in one query."""
    rows = db.session.scalars(select(CvVersion).where(CvVersion.user_id.in_(ids)).order_by(CvVersion.number)) if ids else ()
    return {row.user_id: row for row in rows}


def cv_by_pid(pid: str) -> CvVersion | None:
    """A version by its public id. Who may read it is the question of whoever asks."""
    return db.session.scalar(select(CvVersion).where(CvVersion.public_id == pid))


def own_version(user: User, pid: str) -> CvVersion | None:
    """A version of the person's own CV."""
    found = cv_by_pid(pid)
    return found if found is not None and found.user_id == user.id else None


def versions_of(user: User) -> list[CvVersion]:
    """The versions of a person's CV, newest first."""
    return list(db.session.scalars(select(CvVersion).where(CvVersion.user_id == user.id).order_by(CvVersion.number.desc())))


def faults_of(answers: dict[str, Any], form: FormVersion, *, on: date) -> list[Fault]:
    """What is missing or wrong before the CV can be put down as a version."""
    choices = questionnaires.choices_for(form.definition, on=on, lang="vi")
    return questionnaires.wrong(form.definition, answers, choices=choices, complete=True)


def beginning(user: User, *, at: datetime) -> dict[str, Any]:
    """The answers of a CV before anybody typed: what the account and the stages know."""
    form, today = form_in_force(local(at).date()), local(at).date()
    body = next(iter(user.organisations), None)
    found = questionnaires.prefilled(form.definition, person=user, organisation=body, at=at, today=today)
    known: dict[str, Any] = {"organisation_name": body.name, "organisation_address": body.address} if body is not None else {}
    known["phone"] = user.phone
    asked = {q["code"] for s in form.definition["sections"] for q in s["questions"]}
    return found | {code: value for code, value in known.items() if value and code in asked}
