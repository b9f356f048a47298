"""Reads of measures and the notes on them: who answers for what, and what is late on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, exists, extract, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.kernel.db import db
from app.kernel.outbox import OutboxMail
from app.services.people.models import Organisation, User
from app.services.rulebook import queries as rulebook
from app.stages.plan.models import Group, Measure, Note, Plan, Priority
from app.stages.plan.rules import (
    AFTER,
    OPEN_ENDED,
    MeasureState,
    NoteDay,
    PlanState,
    Progress,
    Standing,
)

NOTE_DAY, REMIND_DAYS, CHASE_DAYS = "plan.note_day", "plan.remind_days", "plan.chase_days"
MAILS = ("plan/mail/measure_due.txt", "plan/mail/measure_late.txt")
# the note that holds: of the latest year, as last said
Latest = aliased(Note)
_LATEST = select(Note.id).where(Note.measure_id == Measure.id).order_by(Note.year.desc(), Note.revision.desc()).limit(1).correlate(Measure).scalar_subquery()


def note_day(on: date) -> NoteDay:
    """The day of the year by which notes are owed."""
    value = rulebook.value(NOTE_DAY, on=on)
    return NoteDay(value["month"], value["day"])


def _last_year() -> Any:
    """The last year of the measure's plan: `Plan.period` as an expression."""
    return func.coalesce(Plan.horizon_year, Plan.vision_year, extract("year", Plan.dated) + OPEN_ENDED) + AFTER


def standing(today: date) -> Any:
    """How a measure stands, as an expression over `statement`'s rows."""
    day = note_day(today)
    last, latest = _last_year(), day.last_owed(today)
    owed = case((last < latest, last), else_=latest)
    given, within_year = extract("year", Measure.assigned_on), extract("month", Measure.assigned_on) * 100 + extract("day", Measure.assigned_on)
    missing = and_(or_(given < owed, and_(given == owed, within_year <= day.month * 100 + day.day)), or_(Latest.year.is_(None), Latest.year < owed))
    return case(
        (Measure.state == MeasureState.CALLED_OFF, str(Standing.CALLED_OFF)),
        (Latest.progress == Progress.DONE, str(Standing.DONE)),
        (Plan.state == PlanState.DRAFT, str(Standing.PLANNED)),
        (and_(Plan.state == PlanState.SUPERSEDED, Measure.due_on < today), str(Standing.CLOSED)),
        (and_(Measure.due_on < today, Measure.due_on >= Measure.assigned_on), str(Standing.OVERDUE)),
        (missing, str(Standing.NOTE_MISSING)),
        else_=str(Standing.RUNNING))  # fmt: skip


def joined(statement: Select[Any]) -> Select[Any]:
    """A statement over measures with what `standing` reads: plan, agency and latest note."""
    return (statement.join(Plan, Plan.id == Measure.plan_id).join(Organisation, Organisation.id == Measure.agency_id).outerjoin(Latest, Latest.id == _LATEST))


def statement(today: date) -> Select[Any]:
    """(Measure, its latest note, its standing) of all plans, with plan, place and agency."""
    return (joined(select(Measure, Latest, standing(today).label("standing"), Measure.id.label("id")).select_from(Measure))
            .outerjoin(Group, Group.id == Measure.group_id).outerjoin(Priority, Priority.id == Measure.item_id)
            .options(joinedload(Measure.plan), joinedload(Measure.agency), joinedload(Measure.group), joinedload(Measure.item)))  # fmt: skip


def answering(user: User) -> Any:
    """Condition: the person manages the measure's agency today."""
    bodies = {m.organisation_id for m in user.live_memberships if m.is_manager}
    return Measure.agency_id.in_(bodies)


def visible(user: User, *, sees_all: bool) -> Any:
    """Condition: the measures this person may see. Bodies see their own; of drafts only those who prepare plans see anything."""
    if sees_all:
        return Measure.id.is_not(None)
    bodies = {m.organisation_id for m in user.live_memberships}
    return and_(Measure.agency_id.in_(bodies), Plan.state != PlanState.DRAFT)


def measure_for(user: User, pid: str, *, sees_all: bool) -> Measure | None:
    """A measure this person may see."""
    return db.session.scalar(
        select(Measure).join(Plan, Plan.id == Measure.plan_id).where(Measure.public_id == pid, visible(user, sees_all=sees_all))
        .options(joinedload(Measure.plan), joinedload(Measure.agency), joinedload(Measure.group), joinedload(Measure.item)))  # fmt: skip


def notes_of(measure: Measure) -> list[Note]:
    """All that was said of it, newest year first, each with its author."""
    return list(db.session.scalars(select(Note).options(joinedload(Note.by)).where(Note.measure_id == measure.id)
                                   .order_by(Note.year.desc(), Note.revision.desc())))  # fmt: skip


def running_of(plan: Plan, today: date) -> list[Measure]:
    """The measures of the plan that are open on that day, with their bodies: not done, not called off, not past."""
    rows = db.session.execute(statement(today).where(Measure.plan_id == plan.id, Measure.state == MeasureState.ACTIVE, Measure.due_on >= today,
                                                     or_(Latest.progress.is_(None), Latest.progress != Progress.DONE)).order_by(Measure.due_on, Measure.id)).unique()  # fmt: skip
    return [row.Measure for row in rows]


def standing_of(measure: Measure, today: date) -> Standing:
    """How this measure stands."""
    found = db.session.scalar(select(standing(today)).select_from(Measure).join(Plan, Plan.id == Measure.plan_id).outerjoin(Latest, Latest.id == _LATEST)
                              .where(Measure.id == measure.id))  # fmt: skip
    return Standing(found)


def late(today: date) -> list[tuple[Measure, Standing]]:
    """What is late on that day, with its agency: for the mails of the worker."""
    how = standing(today)
    rows = db.session.execute(statement(today).where(how.in_([str(s) for s in Standing.late()])).order_by(Measure.id)).unique()
    return [(row.Measure, Standing(row.standing)) for row in rows]


def _open_after(today: date) -> Any:
    """Condition: given out by a plan that is superseded, and open for notes until its day."""
    return and_(Plan.state == PlanState.SUPERSEDED, Measure.due_on >= today)


def awaited(today: date, within: int) -> list[Measure]:
    """Measures that fall due in so many days, or whose note of this year does."""
    until, day = today + timedelta(days=within), note_day(today).of(today.year)
    note_soon = today <= day <= until
    wanted = Measure.due_on.between(today, until)
    if note_soon:
        wanted = or_(wanted, and_(Measure.assigned_on <= day, _last_year() >= today.year, or_(Latest.year.is_(None), Latest.year < today.year)))
    rows = db.session.execute(statement(today).where(or_(Plan.state == PlanState.IN_FORCE, _open_after(today)), Measure.state == MeasureState.ACTIVE,
                                                     or_(Latest.progress.is_(None), Latest.progress != Progress.DONE), wanted).order_by(Measure.id)).unique()  # fmt: skip
    return [row.Measure for row in rows]


def reminded(at: datetime) -> set[str]:
    """The keys of the reminders that were posted in the last year: the worker asks often and must not look at each again."""
    keys = db.session.scalars(select(OutboxMail.dedupe_key).where(OutboxMail.template.in_(MAILS), OutboxMail.posted_at >= at - timedelta(days=400)))
    return {key.rpartition(":")[0] for key in keys}


def agencies(english: bool) -> list[tuple[str, str]]:
    """(public id, name) of the bodies that have a measure."""
    rows = db.session.scalars(select(Organisation).where(exists().where(Measure.agency_id == Organisation.id)).order_by(Organisation.folded))
    return [(o.public_id, (o.name_en if english and o.name_en else o.name)) for o in rows]


def due_years() -> list[int]:
    """The years in which measures are due."""
    first, last = db.session.execute(select(func.min(Measure.due_on), func.max(Measure.due_on))).one()
    return list(range(last.year, first.year - 1, -1)) if first else []

