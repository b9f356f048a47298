"""What earlier projects owe in reports, and those that were ended for a breach: told to the check of new dossiers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from app.kernel.db import db
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import years_after
from app.stages.execution.models import Report, Termination
from app.stages.execution.rules import BREACHES, OPEN_REPORTS, TerminationState
from app.stages.funding.models import Project, ProjectClosing
from app.stages.proposals.eligibility import DEBTS, Cause, Debt


def owing(users: frozenset[int], organisations: frozenset[int], on: date) -> list[Debt]:
    """Reports overdue in projects that are not ended, and projects ended for a breach."""
    held = or_(Project.pi_id.in_(users), Project.host_id.in_(organisations))
    late = (select(Project, Report.due_on).join(Report, Report.project_id == Project.id).outerjoin(ProjectClosing, ProjectClosing.project_id == Project.id)
            .where(held, ProjectClosing.id.is_(None), Report.state.in_(OPEN_REPORTS), Report.due_on < on).order_by(Report.due_on))  # fmt: skip
    found = [d for p, due in db.session.execute(late) for d in _told(Cause.LATE_REPORT, p, users, organisations, due + timedelta(days=1), None)]
    years = int(rulebook.value("people.debarment_years", on=on)["terminated_breach"])
    ended = (select(Project, Termination.decision_date).join(Termination, Termination.project_id == Project.id)
             .where(held, Termination.state == TerminationState.DECIDED, Termination.ground.in_(BREACHES), Termination.decision_date.is_not(None)))  # fmt: skip
    for p, day in db.session.execute(ended):
        if on <= (until := years_after(day, years)):
            found += _told(Cause.TERMINATED_BREACH, p, users, organisations, day, until)
    return found


def _told(cause: Cause, p: Any, users: frozenset[int], organisations: frozenset[int], since: date, until: date | None) -> list[Debt]:
    return [Debt(cause, of_host, f"{p.code} – {p.title}", since, until, ("hub.show", {"pid": p.public_id}), cause != Cause.TERMINATED_BREACH)  # who decided said whether it bars
            for of_host, mine in ((True, p.host_id in organisations), (False, p.pi_id in users)) if mine]  # fmt: skip


DEBTS.append(owing)
