"""What the acceptance of earlier projects says against those who carried them out: told to the check of new dossiers."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select

from app.kernel.clock import local
from app.kernel.db import db
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import years_after
from app.stages.acceptance.models import Case
from app.stages.acceptance.rules import CaseState
from app.stages.funding.models import Project
from app.stages.proposals.eligibility import DEBTS, Cause, Debt


def standing(case: Case, on: date, years: dict[str, int], registration: int) -> list[tuple[Cause, date, date | None]]:
    """(cause, from, until) of one case: its dossier late, rated as not accepted, its results not registered in time."""
    found: list[tuple[Cause, date, date | None]] = []
    came = local(case.first_submitted_at).date() if case.first_submitted_at else None
    if (came or on) > case.due_on:
        found.append((Cause.LATE_ACCEPTANCE, case.due_on + timedelta(days=1), years_after(came, years["late_acceptance"]) if came else None))
    if case.state == CaseState.FAILED and case.decision_date is not None:
        found.append((Cause.RATED_FAIL, case.decision_date, years_after(case.decision_date, years["rated_fail"])))
    if case.state in (CaseState.GRADED, CaseState.REVISING) and case.accepted and case.graded_at is not None:
        last = local(case.graded_at).date() + timedelta(days=registration)
        if last < on:
            found.append((Cause.NOT_REGISTERED, last + timedelta(days=1), None))
    return [f for f in found if f[2] is None or f[2] >= on]


def against(users: frozenset[int], organisations: frozenset[int], on: date) -> list[Debt]:
    """What stands against these people and bodies, with the term that the rulebook gives each cause."""
    rules = rulebook.values(["people.debarment_years", "acceptance.registration_days"], on=on)
    held = or_(Project.pi_id.in_(users), Project.host_id.in_(organisations))
    rows = db.session.execute(select(Case, Project).join(Project, Project.id == Case.project_id).where(held).order_by(Case.id))
    return [Debt(cause, of_host, f"{p.code} – {p.title}", since, until, ("hub.show", {"pid": p.public_id}), cause != Cause.RATED_FAIL)  # who decided on a failure said whether it bars
            for case, p in rows for cause, since, until in standing(case, on, rules["people.debarment_years"], int(rules["acceptance.registration_days"]))
            for of_host, mine in ((True, p.host_id in organisations), (False, p.pi_id in users)) if mine]  # fmt: skip


DEBTS.append(against)
