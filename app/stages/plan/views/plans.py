"""/plan: the plans, one plan with its sectors and items, import, put in force."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock, journal
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.stages.plan import actions, forms, queries
from app.stages.plan.rules import PLAN
from app.stages.plan.views.blueprint import bp



@bp.get("/")
@allow(Do.PLAN_READ)
def index() -> Any:
    return render_template("plan/index.html", plans=queries.plans(), current=queries.current_plan())


@bp.route("/import", methods=["GET", "POST"])
@allow(Do.PLAN_IMPORT)
@writes
def import_plan() -> Any:
    form = forms.Import()
    if form.validate_on_submit():
        plan, new = actions.import_plan(form.content(), by=current_user, at=clock.now())
        message = _("Plan %(number)s is imported as a draft.", number=plan.number) if new else _("This plan is already here: nothing was changed.")
        return done(message, url_for(".show", pid=plan.public_id))
    return render_template("plan/import.html", form=form)


@bp.get("/<pid>")
@allow(Do.PLAN_READ)
def show(pid: str) -> Any:
    plan = or_404(queries.plan_by_pid(pid))
    timeline = journal.timeline([journal.subject_key(plan)])
    return render_template("plan/show.html", plan=plan, timeline_entries=timeline, moves=dict(PLAN.moves(plan)))


@bp.route("/<pid>/put-in-force", methods=["GET", "POST"])
@allow(Do.PLAN_PUT_IN_FORCE)
@writes
def put_in_force(pid: str) -> Any:
    plan = or_404(queries.plan_by_pid(pid))
    form = forms.PutInForce(obj=plan)
    if form.validate_on_submit():
        actions.put_in_force(plan, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Plan %(number)s is in force.", number=plan.number), url_for(".show", pid=plan.public_id))
    return render_template("plan/put_in_force.html", plan=plan, form=form, before=queries.current_plan())
