"""Measures: given to bodies, called off; each year the body says how far it is; what is late is chased by mail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, NotAllowed, Stale, WrongState
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.rulebook import queries as rulebook
from app.stages.plan.actions.drafts import check_due, check_print, need_draft, touch
from app.stages.plan.models import Group, Measure, Note, Plan, Priority
from app.stages.plan.queries import measures as queries
from app.stages.plan.rules import (
    EDITABLE,
    MEASURE,
    MeasureState,
    PlanState,
    Progress,
    Standing,
    chase_round,
    note_years,
    open_for_notes,
)

Values = dict[str, Any]


def need_open(plan: Plan) -> None:
    """Refuse unless measures may still be given out for this plan."""
    if plan.state == PlanState.SUPERSEDED or plan.is_historic:
        raise WrongState(N_("Plan %(number)s is superseded: no more measures are given out for it."), number=plan.number)


def assign(plan: Plan, values: Values, *, agency: Organisation, by: User, at: datetime, group: Group | None = None, item: Priority | None = None) -> Measure:
    """Give a body something to do, for a group of solutions or an item. A plan in force takes more measures; one that is superseded none."""
    need_open(plan)
    if (group is None) == (item is None):
        raise Incomplete(N_("A measure belongs to one group or one item."), field="place")
    today = local(at).date()
    assigned = today if plan.state == PlanState.IN_FORCE else plan.dated
    if values["due_on"] < assigned:
        raise Incomplete(N_("The day lies before the measure is given out (%(day)s)."), field="due_on", day=f"{assigned:%d/%m/%Y}")
    check_due(plan, values["due_on"])
    row = Measure(plan_id=plan.id, group_id=group.id if group else None, item_id=item.id if item else None, agency_id=agency.id, assigned_on=assigned,
                  folded=fold(values["text_vi"]), **{k: values[k] for k in EDITABLE["measure"]})  # fmt: skip
    if plan.state == PlanState.DRAFT:
        db.session.add(row)
        touch(plan, "add_part", by=by, at=at, part="measure", code=(group or item).code)  # type: ignore[union-attr]
        return row
    MEASURE.begin(row, "assign", by=by, at=at)
    outbox.post("plan/mail/assigned.txt", to=people.managers_of(agency.id), key=f"measure-assigned:{row.public_id}", at=at, measure=row, plan=plan)
    return row


def revise_measure(measure: Measure, plan: Plan, values: Values, *, agency: Organisation, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Change a measure of a draft."""
    need_draft(plan)
    check_print("measure", measure, seen)
    check_due(plan, values["due_on"])
    for name in EDITABLE["measure"]:
        setattr(measure, name, values[name])
    measure.agency_id, measure.folded = agency.id, fold(values["text_vi"])
    touch(plan, "revise", by=by, at=at, part="measure")


def drop_measure(measure: Measure, plan: Plan, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Take a measure out of a draft."""
    need_draft(plan)
    check_print("measure", measure, seen)
    db.session.delete(measure)
    touch(plan, "drop_part", by=by, at=at, part="measure")


def need_active(measure: Measure, today: date) -> None:
    """Refuse unless the measure can be called off."""
    if not open_for_notes(state=measure.plan.state, due_on=measure.due_on, today=today):
        raise WrongState(N_("Only measures of the plan in force are called off, and those of the plan before it until their day."))
    if measure.state != MeasureState.ACTIVE:
        raise WrongState(N_("This measure is called off already."))


def call_off(measure: Measure, reason: str, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """End a measure that was given out and is not to be done any more. Its notes stay."""
    need_active(measure, local(at).date())
    why = nfc(reason)
    if not why:
        raise Incomplete(N_("Please give a reason."), field="reason")
    measure.reason = why[:1000]
    MEASURE.advance(measure, "call_off", by=by, at=at, seen=int(seen) if seen else None, reason=why)
    outbox.post("plan/mail/called_off.txt", to=people.managers_of(measure.agency_id), key=f"measure-called-off:{measure.public_id}", at=at, measure=measure)


def may_note(measure: Measure, user: User, today: date) -> bool:
    """May this person write the body's note now?"""
    return user.manages(measure.agency_id) and measure.state == MeasureState.ACTIVE and open_for_notes(state=measure.plan.state, due_on=measure.due_on, today=today)


def need_noting(measure: Measure, by: User, today: date) -> None:
    """Refuse unless this person may write the body's note now."""
    if not by.manages(measure.agency_id):
        raise NotAllowed(N_("Only the managers of the assigned body write its notes."))
    if measure.state != MeasureState.ACTIVE or not open_for_notes(state=measure.plan.state, due_on=measure.due_on, today=today):
        raise WrongState(N_("Notes are written on active measures of the plan in force, and on those of the plan before it until their day."))


def note_progress(measure: Measure, *, year: int, progress: Progress, percent: int, text: str, by: User, at: datetime, seen: int | str | None = None) -> Note:
    """Say for the assigned body how far its measure is in that year. Said again, the earlier note stays readable."""
    need_noting(measure, by, local(at).date())
    if year not in note_years(assigned_on=measure.assigned_on, today=local(at).date(), until=measure.plan.period.last.year):
        raise Incomplete(N_("A note is written for a year from the assignment until now, within the plan's years."), field="year")
    if (progress == Progress.DONE) != (percent == 100):
        raise Incomplete(N_("100 % and “Done” belong together."), field="percent")
    if progress == Progress.NOT_BEGUN and percent:
        raise Incomplete(N_("What has not begun is done to 0 %."), field="percent")
    words = nfc(text)
    if not words:
        raise Incomplete(N_("Please say in a few words what was done."), field="text")
    count = count_notes(measure)
    if seen not in (None, "") and int(seen) != count:
        raise Stale(N_("Somebody else changed this while you were looking at it. Please look again."))
    revision = int(db.session.scalar(select(func.count()).where(Note.measure_id == measure.id, Note.year == year)) or 0) + 1
    row = Note(measure_id=measure.id, year=year, revision=revision, progress=progress, percent=percent, text=words[:4000], at=at, by_id=by.id)
    db.session.add(row)
    db.session.flush()
    journal.record(measure, "note_progress", by=by, at=at, detail={"year": year, "revision": revision, "progress": str(progress), "percent": percent})
    return row


def count_notes(measure: Measure) -> int:
    """How many notes there are: what a form has seen."""
    return int(db.session.scalar(select(func.count()).where(Note.measure_id == measure.id)) or 0)


def remind(at: datetime) -> int:
    """The worker's daily round: remind of what falls due (on the days of the rulebook before), chase what is late. Each mail goes once."""
    today, count, sent = local(at).date(), 0, queries.reminded(at)
    for days in rulebook.value(queries.REMIND_DAYS, on=today):
        for row in queries.awaited(today, days):
            if (key := f"measure-due:{row.public_id}:{today.year}:{days}") in sent:
                continue
            outbox.post("plan/mail/measure_due.txt", to=people.managers_of(row.agency_id), key=key, at=at, measure=row, year=today.year,
                        note_day=_note_day(row, today))  # fmt: skip
            count += 1
    every = int(rulebook.value(queries.CHASE_DAYS, on=today))
    for row, how in queries.late(today):
        since = late_since(row, how, today)
        if (key := f"measure-late:{row.public_id}:{since.isoformat()}:{chase_round(since, today, every)}") in sent:
            continue
        outbox.post("plan/mail/measure_late.txt", to=people.managers_of(row.agency_id), key=key, at=at, measure=row, since=since, missing=how == Standing.NOTE_MISSING)
        count += 1
    return count


def _note_day(measure: Measure, today: date) -> date | None:
    """The day by which this year's note on it is awaited, when one is."""
    day = queries.note_day(today).of(today.year)
    return day if today <= day and measure.assigned_on <= day else None


def late_since(measure: Measure, how: Standing, today: date) -> date:
    """The day that was missed."""
    day = queries.note_day(today)
    return measure.due_on if how == Standing.OVERDUE else day.of(day.last_owed(today, measure.plan.period.last.year))
