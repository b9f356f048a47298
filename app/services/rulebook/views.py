"""/admin/rulebook: all rules with their marks, one rule with its versions, the calendar."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.services.rulebook import actions, forms, queries, shape
from app.services.rulebook.rules import DAYS, Mark

bp = Blueprint("rulebook", __name__, url_prefix="/admin/rulebook", template_folder="templates")


@bp.get("/")
@allow(Do.RULEBOOK_READ)
def index() -> Any:
    args = {name: request.args.get(name, "")[:100] for name in ("q", "mark", "part")}
    rows = queries.latest()
    parts = list(dict.fromkeys(r.key.split(".")[0] for r in rows))
    wanted = fold(args["q"])
    shown = [r for r in rows if wanted in fold(f"{r.key} {r.note_vi} {r.note_en} {r.source}")
             and args["mark"] in ("", str(r.mark)) and args["part"] in ("", r.key.split(".")[0])]  # fmt: skip
    unchecked = sum(r.mark is Mark.G for r in rows)
    return render_template("rulebook/index.html", rules=shown, args=args, parts=parts, marks=list(Mark), total=len(rows), unchecked=unchecked)


@bp.route("/rules/<key>", methods=["GET", "POST"])
@allow(Do.RULEBOOK_READ, post=Do.RULEBOOK_REVISE)
@writes
def show(key: str) -> Any:
    versions = queries.history(key)
    or_404(versions or None)
    form = forms.Revise(value=forms.shown_value(versions[0].value), unit=versions[0].unit)
    if versions[0].unit not in DAYS:
        del form.unit
    if form.validate_on_submit():
        actions.revise(key, form.value_like(versions[0].value), source=form.source.data, mark=form.mark.data, valid_from=form.valid_from.data,
                       reason=form.reason.data, unit=form.unit.data if "unit" in form else None, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The new version of the rule is entered."), url_for(".show", key=key))
    return render_template("rulebook/show.html", key=key, versions=versions, form=form, today=clock.today(), part=forms.as_shaped(key, versions[0].value),
                           shaped=shape.shaped, labels=shape.LABELS, words=shape.WORDS, units=shape.UNITS)  # fmt: skip


@bp.route("/calendar", methods=["GET", "POST"])
@allow(Do.RULEBOOK_READ, post=Do.RULEBOOK_REVISE)
@writes
def calendar() -> Any:
    year = request.args.get("year", clock.today().year, type=int)
    year = year if forms.FIRST_YEAR <= year <= forms.LAST_YEAR else clock.today().year
    form = forms.EnterDay()
    if form.validate_on_submit():
        actions.enter_day(form.day.data, form.kind.data, name=form.name.data, source=form.source.data, by=current_user, at=clock.now())
        return done(_("The day is entered."), url_for(".calendar", year=form.day.data.year))
    return render_template("rulebook/calendar.html", year=year, days=queries.calendar_of(year), form=form, confirmed=queries.confirmed_years().get(year),
                           weekdays=get_locale().days["format"]["wide"],
                           provisional=queries.provisional(clock.today().replace(year=year, month=1, day=1)))  # fmt: skip


@bp.route("/calendar/confirm", methods=["GET", "POST"])
@allow(Do.RULEBOOK_REVISE)
@writes
def confirm_year() -> Any:
    form = forms.ConfirmYear(year=request.args.get("year", type=int))
    if form.validate_on_submit():
        actions.confirm_year(form.year.data, source=form.source.data, by=current_user, at=clock.now())
        return done(_("The calendar of %(year)s is confirmed.", year=form.year.data), url_for(".calendar", year=form.year.data))
    return render_template("rulebook/confirm_year.html", form=form)


@bp.route("/calendar/days/<pid>/remove", methods=["GET", "POST"])
@allow(Do.RULEBOOK_REVISE)
@writes
def remove_day(pid: str) -> Any:
    row = or_404(queries.day_off_by_pid(pid))
    form = forms.RemoveDay()
    if form.validate_on_submit():
        year = row.day.year
        actions.remove_day(row, reason=form.reason.data, by=current_user, at=clock.now())
        return done(_("The exception is taken out of the calendar."), url_for(".calendar", year=year))
    return render_template("rulebook/remove_day.html", row=row, form=form)
