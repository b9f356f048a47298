"""The draft: head, parts, targets, and what the items of the plan before become."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import allow, done, or_404, writes
from app.kernel.words import N_
from app.stages.plan import actions, compare, forms, queries
from app.stages.plan.models import Plan
from app.stages.plan.rules import Link, fates
from app.stages.plan.views.blueprint import bp, shown_if
from app.stages.plan.views.plans import shown_plan

NEW = {"goal": N_("Add a goal"), "group": N_("Add a group of solutions"), "sector": N_("Add a sector"), "item": N_("Add an item")}
EDIT = {"goal": N_("Edit goal %(code)s"), "group": N_("Edit group %(code)s"), "sector": N_("Edit sector %(code)s"), "item": N_("Edit item %(code)s")}
DROP = {"goal": N_("Take out goal %(code)s"), "group": N_("Take out group %(code)s"), "sector": N_("Take out sector %(code)s"), "item": N_("Take out item %(code)s")}
GOES = {
    "goal": "", "sector": N_("Its targets go with it. A sector with items cannot be taken out."), "group": N_("Its measures go with it."),
    "item": N_("Its agencies, targets, measures and mapping go with it."),
}  # fmt: skip


def _back(plan: Plan, anchor: str = "") -> str:
    return url_for(".show", pid=plan.public_id, _anchor=anchor or None)


def _form(plan: Plan, form: Any, title: str, *, button: str, danger: bool = False, note: str = "") -> Any:
    return render_template("plan/form.html", plan=plan, form=form, title=title, button=button, danger=danger, note=note)


@bp.route("/<pid>/edit", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def edit(pid: str) -> Any:
    plan = shown_plan(pid)
    shown_if(actions.need_draft, plan)
    form = forms.Head(obj=plan)
    if form.validate_on_submit():
        actions.revise_head(plan, form.values(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), _back(plan))
    return _form(plan, form, _("Edit number, date and titles"), button=_("Save"))


@bp.route("/<pid>/<kind>/new", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def add_part(pid: str, kind: str) -> Any:
    plan = shown_plan(pid)
    shown_if(actions.need_draft, plan)
    or_404(kind in NEW or None)
    sector = or_404(queries.part(plan, "sector", request.args.get("sector", ""))) if kind == "item" else None
    form = forms.part(kind)
    if form.validate_on_submit():
        more = form.bodies() if isinstance(form, forms.Item) else {}
        row = actions.add_part(plan, kind, _values(form), sector=sector, by=current_user, at=clock.now(), **more)
        return done(_("“%(code)s” is added.", code=row.code), _back(plan, f"{kind}-{row.code}"))
    return _form(plan, form, _(NEW[kind]), button=_("Add"), note=f"{sector.code}. {sector.name_vi}" if sector is not None else "")


def _values(form: Any) -> dict[str, Any]:
    return {f.short_name: f.data for f in form.shown()}


@bp.route("/<pid>/<kind>/<code>/edit", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def edit_part(pid: str, kind: str, code: str) -> Any:
    plan = shown_plan(pid)
    shown_if(actions.need_draft, plan)
    row = or_404(queries.part(plan, kind, code))
    form = forms.part(kind, row, actions.seen_of(kind, row))
    if form.validate_on_submit():
        more = form.bodies() if isinstance(form, forms.Item) else {}
        actions.revise_part(plan, kind, row, _values(form), seen=form.version.data, by=current_user, at=clock.now(), **more)
        return done(_("Saved."), _back(plan, f"{kind}-{row.code}"))
    return _form(plan, form, _(EDIT[kind], code=row.code), button=_("Save"))


@bp.route("/<pid>/<kind>/<code>/drop", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def drop_part(pid: str, kind: str, code: str) -> Any:
    plan = shown_plan(pid)
    shown_if(actions.need_draft, plan)
    row = or_404(queries.part(plan, kind, code))
    form = forms.Plain(data={"version": actions.seen_of(kind, row)})
    if form.validate_on_submit():
        actions.drop_part(plan, kind, row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("“%(code)s” is taken out.", code=code), _back(plan))
    return _form(plan, form, _(DROP[kind], code=code), button=_("Take out"), danger=True, note=_(GOES[kind]) if GOES[kind] else "")


@bp.post("/<pid>/<kind>/<code>/move")
@allow(Do.PLAN_REVISE)
@writes
def move_part(pid: str, kind: str, code: str) -> Any:
    plan = shown_plan(pid)
    row = or_404(queries.part(plan, kind, code))
    up = request.form.get("to") != "down"
    actions.move_part(plan, kind, row, up=up, by=current_user, at=clock.now())
    return done(_("“%(code)s” is moved.", code=code), _back(plan, f"{kind}-{code}"))


# --- targets --------------------------------------------------------------------------------------------------


@bp.route("/<pid>/<kind>/<code>/target", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def add_target(pid: str, kind: str, code: str) -> Any:
    plan = shown_plan(pid)
    shown_if(actions.need_draft, plan)
    owner = or_404(queries.part(plan, kind, code) if kind in ("sector", "item") else None)
    form = forms.Target()
    if form.validate_on_submit():
        actions.add_target(plan, form.values(), by=current_user, at=clock.now(), **{kind: owner})
        return done(_("The target is added."), _back(plan, f"{kind}-{code}"))
    return _form(plan, form, _("Add a target to %(code)s", code=code), button=_("Add"))


@bp.route("/targets/<pid>/edit", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def edit_target(pid: str) -> Any:
    row = or_404(queries.target_by_pid(pid))
    plan = queries.plan_by_id(row.plan_id)
    shown_if(actions.need_draft, plan)
    form = forms.Target(obj=row, data={"version": actions.seen_of("target", row)})
    if form.validate_on_submit():
        actions.revise_target(plan, row, form.values(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_("Saved."), _back(plan))
    return _form(plan, form, _("Edit the target"), button=_("Save"))


@bp.route("/targets/<pid>/drop", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def drop_target(pid: str) -> Any:
    row = or_404(queries.target_by_pid(pid))
    plan = queries.plan_by_id(row.plan_id)
    shown_if(actions.need_draft, plan)
    form = forms.Plain(data={"version": actions.seen_of("target", row)})
    if form.validate_on_submit():
        actions.drop_target(plan, row, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("The target is taken out."), _back(plan))
    return _form(plan, form, _("Take out the target “%(name)s”", name=row.name_vi), button=_("Take out"), danger=True)


# --- mapping --------------------------------------------------------------------------------------------------


@bp.route("/<pid>/mapping", methods=["GET", "POST"])
@allow(Do.PLAN_READ, post=Do.PLAN_REVISE)
@writes
def mapping(pid: str) -> Any:
    plan = shown_plan(pid)
    before = or_404(queries.plan_before(plan))
    form = forms.Plain()
    if form.validate_on_submit():
        count = actions.propose_mapping(plan, by=current_user, at=clock.now())
        return done(_("%(n)s items were mapped to the ones that say nearly the same. Please look at each.", n=count), url_for(".mapping", pid=pid))
    old, new = queries.items_of(before.id), queries.items_of(plan.id)
    links = {x.old: x for x in queries.links_of(queries.mapping_rows(plan))}
    found, added = fates([i.code for i in old], [i.code for i in new], links.values())
    texts = {i.code: i.text_vi for i in new}
    found = {i.code: compare.refined(found[i.code], i.code, i.text_vi, x, [texts[c] for c in x.new]) for i in old for x in [links.get(i.code, Link(i.code))]}
    return render_template("plan/mapping.html", plan=plan, before=before, old=old, new={i.code: i for i in new}, links=links, fates=found, added=added, form=form,
                           nothing=Link(""))  # fmt: skip


@bp.route("/<pid>/mapping/<code>", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def map_item(pid: str, code: str) -> Any:
    plan = shown_plan(pid)
    shown_if(actions.need_draft, plan)
    before = or_404(queries.plan_before(plan))
    old = or_404(queries.part(before, "item", code))
    items = queries.items_of(plan.id)
    link = next((x for x in queries.links_of(queries.mapping_rows(plan)) if x.old == code), Link(code))
    form = forms.MapItem.of(items, [i.public_id for i in items if i.code in link.new], link.reason, actions.mapping_seen(plan, old))
    if form.validate_on_submit():
        chosen = set(form.new.data or [])
        actions.map_item(plan, old, [i for i in items if i.public_id in chosen], reason=form.reason.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_("It is said what item %(code)s becomes.", code=code), url_for(".mapping", pid=pid, _anchor=f"item-{code}"))
    return render_template("plan/map_item.html", plan=plan, before=before, item=old, form=form)
