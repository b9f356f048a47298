"""Measures: the list of what bodies have to do, one measure with its notes, and the acts on it."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, or_, select

from app.downloads import download
from app.kernel import clock, journal
from app.kernel.db import db
from app.kernel.listing import COUNT_CAP, Column, Filter, Listing
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.services.people.models import Organisation
from app.stages.plan import actions, forms, queries, sheets
from app.stages.plan.models import Measure, Plan
from app.stages.plan.queries import measures as rows
from app.stages.plan.rules import (
    MEASURE,
    MeasureState,
    PlanState,
    Progress,
    Standing,
    open_for_notes,
    owes_note,
)
from app.stages.plan.views.blueprint import bp, shown_if
from app.stages.plan.views.plans import sees_drafts, shown_plan


def _english() -> bool:
    return forms.english()


def _name(body: Organisation) -> str:
    return body.name_en if _english() and body.name_en else body.name


def _text(measure: Measure) -> str:
    return measure.text_en if _english() and measure.text_en else measure.text_vi


class _Measures(Listing):
    """The count is taken from the joins alone: the note's columns would stand beside them as a table of their own."""

    @cached_property
    def total(self) -> int:
        inner = self.statement.with_only_columns(Measure.id).order_by(None).limit(COUNT_CAP + 1)
        return int(db.session.scalar(select(func.count()).select_from(inner.subquery())) or 0)


def _listing() -> Listing:
    today = clock.today()
    how = rows.standing(today)
    plans = [p for p in queries.plans() if p.state != PlanState.DRAFT or sees_drafts()]
    given_out = rows.statement(today).where(rows.visible(current_user, sees_all=sees_drafts()))
    if not request.args.get("plan"):  # of a draft only when it is asked for
        given_out = given_out.where(Plan.state != PlanState.DRAFT)
    return _Measures(
        given_out, request.args, key=Measure.id, scalars=False, default="due",
        columns=[
            Column("place", _("Group or item"), lambda r: r.Measure.place),
            Column("text", _("What is to be done"), lambda r: _text(r.Measure), sort=Measure.text_vi),
            Column("agency", _("Body in charge"), lambda r: _name(r.Measure.agency), sort=Organisation.name),
            Column("due", _("To be done by"), lambda r: r.Measure.due_on, sort=Measure.due_on),
            Column("standing", _("State"), lambda r: _(Standing(r.standing).label)),
            Column("progress", _("Last said"), lambda r: _(r[1].progress.label) if r[1] else None),
            Column("percent", _("Done (percent)"), lambda r: r[1].percent if r[1] else None),
            Column("year", _("For the year"), lambda r: r[1].year if r[1] else None),
            Column("plan", _("Plan"), lambda r: r.Measure.plan.number, sort=Plan.number),
        ],
        filters=[
            Filter("q", _("Words"), _with_words),
            Filter("standing", _("State"), lambda s, v: _standing(s, how, v), choices=[("late", _("Late: overdue or without note")), *((str(x), _(x.label)) for x in Standing if x != Standing.PLANNED)]),
            Filter("agency", _("Body in charge"), lambda s, v: s.where(Organisation.public_id == v), choices=rows.agencies(_english())),
            Filter("plan", _("Plan"), lambda s, v: s.where(Plan.public_id == v), choices=[(p.public_id, p.number) for p in plans]),
            Filter("year", _("Year of the day"), _due_in, choices=[(str(y), str(y)) for y in rows.due_years()]),
            Filter("progress", _("Last said"), lambda s, v: s.where(rows.Latest.progress == v), choices=[(str(x), _(x.label)) for x in Progress]),
        ],
    )  # fmt: skip


def _with_words(statement: Any, words: str) -> Any:
    wanted = fold(words)
    return statement.where(or_(Measure.folded.contains(wanted, autoescape=True), Organisation.folded.contains(wanted, autoescape=True)))


def _due_in(statement: Any, year: str) -> Any:
    return statement.where(Measure.due_on.between(date(int(year), 1, 1), date(int(year), 12, 31)))


def _standing(statement: Any, how: Any, value: str) -> Any:
    return statement.where(how.in_([str(s) for s in Standing.late()]) if value == "late" else how == value)


@bp.get("/measures")
@allow(Do.PLAN_READ)
def measures() -> Any:
    return render_template("plan/measures.html", listing=_listing(), Standing=Standing, all_seen=sees_drafts())


@bp.get("/measures.xlsx")
@allow(Do.PLAN_READ)
def measures_export() -> Any:
    return download(_listing().xlsx(_("Measures")), "nhiem-vu-ke-hoach.xlsx", sheets.MIME)


@bp.get("/<pid>/measures")
@allow(Do.PLAN_READ)
def measures_of(pid: str) -> Any:
    return redirect(url_for(".measures", plan=shown_plan(pid).public_id))


@bp.get("/measures/<pid>")
@allow(Do.PLAN_READ)
def measure(pid: str) -> Any:
    row, today = or_404(rows.measure_for(current_user, pid, sees_all=sees_drafts())), clock.today()
    notes, day = rows.notes_of(row), rows.note_day(today)
    active = row.state == MeasureState.ACTIVE and open_for_notes(state=row.plan.state, due_on=row.due_on, today=today)
    missing = active and owes_note(assigned_on=row.assigned_on, last_note=notes[0].year if notes else None, today=today, note_day=day,
                                   until=row.plan.period.last.year, done=bool(notes) and notes[0].progress == Progress.DONE)  # fmt: skip
    return render_template("plan/measure.html", measure=row, notes=notes, standing=rows.standing_of(row, today), missing=day.last_owed(today, row.plan.period.last.year) if missing else None, may_note=actions.may_note(row, current_user, today),
                           may_call_off=MEASURE.may(row, "call_off") and active and current_user.can(Do.PLAN_REVISE),
                           timeline_entries=journal.timeline([journal.subject_key(row)]), text=_text(row), body=_name(row.agency),
                           in_draft=row.plan.state == PlanState.DRAFT and current_user.can(Do.PLAN_REVISE))  # fmt: skip


@bp.route("/measures/<pid>/note", methods=["GET", "POST"])
@allow(Do.PLAN_NOTE_PROGRESS)
@writes
def note_progress(pid: str) -> Any:
    row = or_404(rows.measure_for(current_user, pid, sees_all=False))
    shown_if(actions.need_noting, row, current_user, clock.today())
    notes = rows.notes_of(row)
    form = forms.Note.of(row, clock.today(), len(notes), notes[0] if notes else None)
    if form.validate_on_submit():
        actions.note_progress(row, year=int(form.year.data), progress=form.progress.data, percent=form.percent.data, text=form.text.data or "",
                              seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The note is kept."), url_for(".measure", pid=pid))
    return render_template("plan/note.html", measure=row, form=form, text=_text(row), notes=notes)


@bp.route("/measures/<pid>/call-off", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def call_off(pid: str) -> Any:
    row = or_404(rows.measure_for(current_user, pid, sees_all=True))
    shown_if(actions.need_active, row, clock.today())
    form = forms.CallOff(data={"version": row.version})
    if form.validate_on_submit():
        actions.call_off(row, form.reason.data or "", seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The measure is called off; the body in charge was told by mail."), url_for(".measure", pid=pid))
    return render_template("plan/form.html", plan=row.plan, form=form, title=_("Call off a measure"), button=_("Call off"), danger=True, note=_text(row))


@bp.route("/<pid>/<kind>/<code>/measure", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def assign(pid: str, kind: str, code: str) -> Any:
    plan = shown_plan(pid)
    owner = or_404(queries.part(plan, kind, code) if kind in ("group", "item") else None)
    shown_if(actions.need_open, plan)
    form = forms.NewMeasure.of(None)
    if form.validate_on_submit():
        actions.assign(plan, form.values(), agency=form.body(), by=current_user, at=clock.now(), **{kind: owner})
        return done(_("The measure is given out."), url_for(".show", pid=pid, _anchor=f"{kind}-{code}"))
    note = _("The body in charge is told by mail.") if plan.state == PlanState.IN_FORCE else ""
    return render_template("plan/form.html", plan=plan, form=form, title=_("Give out a measure for %(code)s", code=code), button=_("Give out"), danger=False, note=note)


@bp.route("/measures/<pid>/edit", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def edit_measure(pid: str) -> Any:
    row = or_404(rows.measure_for(current_user, pid, sees_all=True))
    plan = queries.plan_by_id(row.plan_id)
    shown_if(actions.need_draft, plan)
    form = forms.NewMeasure.of(row, actions.seen_of("measure", row))
    if form.validate_on_submit():
        actions.revise_measure(row, plan, form.values(), agency=form.body(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), url_for(".show", pid=plan.public_id))
    return render_template("plan/form.html", plan=plan, form=form, title=_("Edit the measure"), button=_("Save"), danger=False, note="")


@bp.route("/measures/<pid>/drop", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def drop_measure(pid: str) -> Any:
    row = or_404(rows.measure_for(current_user, pid, sees_all=True))
    plan = queries.plan_by_id(row.plan_id)
    shown_if(actions.need_draft, plan)
    form = forms.Plain(data={"version": actions.seen_of("measure", row)})
    if form.validate_on_submit():
        actions.drop_measure(row, plan, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The measure is taken out."), url_for(".show", pid=plan.public_id))
    return render_template("plan/form.html", plan=plan, form=form, title=_("Take out the measure"), button=_("Take out"), danger=True, note=_text(row))
