"""What the plan leaves on the desk: drafts to decide on, measures that are late or lack their yearly note."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select

from app.across.desk.waiting import lines
from app.kernel import clock
from app.kernel.permissions import Do
from app.services.people.models import Organisation, User
from app.stages.plan.models import Decision, Measure, Plan
from app.stages.plan.queries import measures
from app.stages.plan.rules import PlanState, Standing


def to_decide(user: User, _at: datetime) -> list[Select[Any]]:
    """Plans whose decision is prepared, for those who did not prepare it."""
    if not user.can(Do.PLAN_PUT_IN_FORCE):
        return []
    return [lines("plan.put_in_force", Plan.public_id, Plan.number, since=Decision.prepared_at, hint=Decision.number).join(Decision, Decision.plan_id == Plan.id)
            .where(Plan.state == PlanState.DRAFT, Decision.decided_at.is_(None), Decision.prepared_by_id != user.id)]  # fmt: skip


def facts(user: User, today: date) -> tuple[Any, ...]:
    """The rules that these parts read for this person: a statement written under others is not used."""
    return (measures.note_day(today),) if user.can(Do.PLAN_NOTE_PROGRESS) or user.can(Do.PLAN_REVISE) else ()


def to_note(user: User, at: datetime) -> list[Select[Any]]:
    """Measures of this person's bodies that are late."""
    return [_late("plan.note_progress", at).where(measures.answering(user))] if user.can(Do.PLAN_NOTE_PROGRESS) else []


def late_elsewhere(user: User, at: datetime) -> list[Select[Any]]:
    """Measures that others answer for and that are late."""
    return [_late("plan.measure", at)] if user.can(Do.PLAN_REVISE) else []


def _late(endpoint: str, at: datetime) -> Select[Any]:
    today = clock.local(at).date()
    return (measures.joined(lines(endpoint, Measure.public_id, Measure.text_vi, due=Measure.due_on, hint=Organisation.name).select_from(Measure))
            .where(measures.standing(today).in_([str(s) for s in Standing.late()])))  # fmt: skip
