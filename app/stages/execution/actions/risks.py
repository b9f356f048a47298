"""The risk register of a project: note a risk, close it when it has passed."""

from __future__ import annotations

from datetime import datetime

from app.kernel import journal
from app.kernel.db import db
from app.kernel.errors import NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.people.models import User
from app.stages.execution.actions.shared import running
from app.stages.execution.models import Risk
from app.stages.execution.rules import Level
from app.stages.funding import queries as awards
from app.stages.funding.models import Project


def check_registrar(project: Project, by: User) -> None:
    """May this person keep the register: who holds the project, and officers?"""
    if not (awards.may_request(by, project) or by.can(Do.EXECUTION_REVIEW)):
        raise NotAllowed(N_("Only the investigator, the host's manager and officers keep the risk register."))


def check_open(risk: Risk, _by: User | None = None) -> None:
    """Is the risk still open?"""
    if risk.closed_at is not None:
        raise WrongState(N_("This risk is closed."))


def note_risk(project: Project, *, text: str, level: Level, measure: str | None, by: User, at: datetime) -> Risk:
    """Note a risk and what is done about it."""
    running(project)
    check_registrar(project, by)
    row = Risk(project_id=project.id, text=text, level=level, measure=measure, raised_by_id=by.id, raised_at=at)
    db.session.add(row)
    db.session.flush()
    journal.record(row, "note_risk", by=by, at=at, reason=text)
    return row


def close_risk(risk: Risk, *, why: str, by: User, at: datetime, seen: int | None = None) -> None:
    """The risk has passed, or came true: say which."""
    check_registrar(awards.project_by_id(risk.project_id), by)
    check_open(risk)
    check_seen(risk, seen)
    risk.closed_at, risk.closed_why = at, why
    db.session.flush()
    journal.record(risk, "close_risk", by=by, at=at, reason=why)
