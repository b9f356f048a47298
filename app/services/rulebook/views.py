"""/admin/rulebook: all rules with their marks, one rule with its versions, the calendar."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.web import allow, done, or_404, writes
from app.services.rulebook import actions, forms, queries
from app.services.rulebook.calendar import national_days

bp = Blueprint("rulebook", __name__, url_prefix="/admin/rulebook", template_folder="templates")
YEARS = (2000, 2100)


@bp.get("/")
@allow(Do.RULEBOOK_READ)
def index() -> Any:
    wanted = fold(request.args.get("q", ""))[:100]
    rows = [r for r in queries.latest() if wanted in fold(f"{r.key} {r.note_vi} {r.note_en} {r.source}")]
    return render_template("rulebook/index.html", rules=rows, q=request.args.get("q", "")[:100])


@bp.route("/rules/<key>", methods=["GET", "POST"])
@allow(Do.RULEBOOK_READ, post=Do.RULEBOOK_REVISE)
@writes
def show(key: str) -> Any:
    versions = queries.history(key)
    or_404(versions or None)
    form = forms.Revise(value=forms.shown_value(versions[0].value))
    if form.validate_on_submit():
        actions.revise(key, form.value_like(versions[0].value), source=form.source.data, mark=form.mark.data, valid_from=form.valid_from.data,
                       reason=form.reason.data, by=current_user, at=clock.now())  # fmt: skip
        return done(_("The new version of the rule is entered."), url_for(".show", key=key))
    return render_template("rulebook/show.html", key=key, versions=versions, form=form, shown=forms.shown_value, today=clock.today())


@bp.route("/calendar", methods=["GET", "POST"])
@allow(Do.RULEBOOK_READ, post=Do.RULEBOOK_REVISE)
@writes
def calendar() -> Any:
    year = request.args.get("year", clock.today().year, type=int)
    year = year if YEARS[0] <= year <= YEARS[1] else clock.today().year
    form = forms.EnterDay()
    if form.validate_on_submit():
        actions.enter_day(form.day.data, form.kind.data, name=form.name.data, source=form.source.data, by=current_user, at=clock.now())
        return done(_("The day is entered."), url_for(".calendar", year=form.day.data.year))
    off, worked = national_days(year)
    return render_template("rulebook/calendar.html", year=year, off=sorted(off), worked=sorted(worked), entered=queries.days_off(year), form=form,
                           provisional=queries.provisional(clock.today().replace(year=year, month=1, day=1)))  # fmt: skip
