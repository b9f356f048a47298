"""The days that the rulebook gives each step of an acceptance, and what became of them. The reads behind are named; the reckoning is pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.words import N_, Face
from app.services.rulebook import queries as rulebook
from app.stages.acceptance import queries
from app.stages.acceptance.models import Case, Result
from app.stages.acceptance.rules import CaseState, ResultState
from app.stages.funding.models import Project


class Step(Face):
    """A step that has a term."""

    DOSSIER = "dossier", N_("Dossier handed in"), "blue"
    AGAIN = "again", N_("Dossier of the next evaluation"), "blue"
    CHECK = "check", N_("Host told whether the dossier is valid"), "blue"
    COUNCIL = "council", N_("Council established"), "blue"
    RATING = "rating", N_("Rated by the council"), "purple"
    REGISTRATION = "registration", N_("All results registered"), "green"


@dataclass(frozen=True)
class Term:
    """One step: by when, when it was done, by how many days late until now."""

    step: Step
    due: date
    done: date | None
    late: int


def reckon(step: Step, due: date | None, done: date | None, today: date) -> Term | None:
    """The term of a step; None while it has none."""
    return None if due is None else Term(step, due, done, max(0, ((done or today) - due).days))


def terms_of(case: Case, project: Project, today: date) -> list[Term]:
    """All steps of the present round that have a term by now, in order."""
    on = project.decision_date
    terms = queries.terms()

    def by(since: Any, rule: str) -> date | None:
        return terms.due(local(since).date(), rule, on=on) if since is not None else None

    def day(moment: Any) -> date | None:
        return local(moment).date() if moment is not None else None

    again = case.submitted_at if case.round > 1 and case.state not in (CaseState.PREPARING, CaseState.RETURNED) else None
    answered = case.checked_at if case.state != CaseState.RETURNED else None
    waiting = case.submitted_at if case.state not in (CaseState.PREPARING, CaseState.RETURNED) else None
    registered = _registered_on(case) if case.accepted and case.state in (CaseState.RESULTS_REGISTERED, CaseState.RECOGNISED) else None
    found = [
        reckon(Step.DOSSIER, case.due_on, day(case.first_submitted_at), today),
        reckon(Step.AGAIN, case.redo_until if case.round > 1 else None, day(again), today),
        reckon(Step.CHECK, by(waiting, "acceptance.check_days"), day(answered), today),
        reckon(Step.COUNCIL, by(case.checked_at, "acceptance.council_days"), day(case.seated_at or case.graded_at), today),
        reckon(Step.RATING, by(case.seated_at, "acceptance.finish_days"), day(case.graded_at), today),
        reckon(Step.REGISTRATION, by(case.graded_at if case.accepted else None, "acceptance.registration_days"), registered, today),
    ]
    return [term for term in found if term is not None]


def _registered_on(case: Case) -> date | None:
    last = db.session.scalar(select(func.max(Result.registered_at)).where(Result.case_id == case.id, Result.state == ResultState.REGISTERED))
    return local(last).date() if last is not None else None


# --- lists ----------------------------------------------------------------------------------------------------

LATE_IN = {
    Step.DOSSIER: (CaseState.PREPARING, CaseState.RETURNED), Step.CHECK: (CaseState.SUBMITTED,), Step.COUNCIL: (CaseState.VALID,),
    Step.RATING: (CaseState.IN_SESSION,), Step.REGISTRATION: (CaseState.GRADED,),
}  # fmt: skip


def overdue(rows: Iterable[Any], today: date) -> set[int]:
    """The ids of those lines (a case with its project's day of award) whose present step is late."""
    terms = queries.terms()
    found = set()
    for row in rows:
        due = queries.next_due(row, row.decision_date, terms)
        if due is not None and due < today:
            found.add(row.id)
    return found


def late_in(statement: Select[Any], step: str, today: date) -> Select[Any]:
    """Of a list of cases those that are late in this step now. Open cases only: they are few."""
    states = LATE_IN.get(Step(step), ()) if step in set(Step) else tuple({state for each in LATE_IN.values() for state in each})
    rows = db.session.execute(select(*queries.CASE_LINE).join(Project, Project.id == Case.project_id).where(Case.state.in_(states)))
    return statement.where(Case.id.in_(overdue(rows, today)))


def rules_named() -> dict[Step, str]:
    """Which rule gives each step its days."""
    return {Step.DOSSIER: "acceptance.dossier_days", Step.AGAIN: "acceptance.reevaluation_days", Step.CHECK: "acceptance.check_days", Step.COUNCIL: "acceptance.council_days",
            Step.RATING: "acceptance.finish_days", Step.REGISTRATION: "acceptance.registration_days"}  # fmt: skip


def sources(project: Project) -> dict[Step, str]:
    """Where each term comes from, by the rules of the day of the award."""
    named = rules_named()
    found = rulebook.rules(tuple(named.values()), on=project.decision_date)
    return {step: found[key].source for step, key in named.items()}
