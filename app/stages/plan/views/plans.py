"""The plans, one plan, one item, the decision, files of a plan, and two plans side by side."""

from __future__ import annotations

import json
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import NotFound

from app.downloads import download
from app.kernel import clock, journal
from app.kernel.permissions import Do
from app.kernel.text import nfc
from app.kernel.web import allow, done, or_404, writes
from app.services.papers import queries as papers
from app.stages.plan import actions, compare, forms, queries, shape, sheets
from app.stages.plan.models import Plan
from app.stages.plan.rules import Fate, PlanState, unmapped
from app.stages.plan.views.blueprint import bp, shown_if


def shown_plan(pid: str) -> Plan:
    """A plan this person may see: drafts are for those who prepare or decide plans, and for auditors."""
    plan: Plan = or_404(queries.plan_by_pid(pid))
    if plan.state == PlanState.DRAFT and not sees_drafts():
        raise NotFound
    return plan


def sees_drafts() -> bool:
    return bool(current_user.can(Do.PORTFOLIO_READ))


@bp.get("/")
@allow(Do.PLAN_READ)
def index() -> Any:
    rows = [p for p in queries.plans() if p.state != PlanState.DRAFT or sees_drafts()]
    return render_template("plan/index.html", plans=rows, current=next((p for p in rows if p.state == PlanState.IN_FORCE), None))


@bp.get("/<pid>")
@allow(Do.PLAN_READ)
def show(pid: str) -> Any:
    plan = queries.whole_plan(shown_plan(pid).id)
    before = queries.plan_before(plan)
    history = journal.timeline([journal.subject_key(plan)]) if sees_drafts() else []
    return render_template("plan/show.html", plan=plan, before=before, timeline_entries=history, checks=_checks(plan, before), form=forms.Plain(),
                           editing=plan.state == PlanState.DRAFT and not _decided(plan) and current_user.can(Do.PLAN_REVISE), papers=papers.of(plan), steps=_steps(plan, before))  # fmt: skip


def _decided(plan: Plan) -> bool:
    """Is the plan decided, whether its first day has come or not?"""
    return plan.decision is not None and plan.decision.decided_at is not None


def _steps(plan: Plan, before: Plan | None) -> list[tuple[str, str, bool]]:
    """What this person may do with the plan now; the first is the one to do."""
    pid, draft = plan.public_id, plan.state == PlanState.DRAFT and not _decided(plan)
    found: list[tuple[str, str]] = []

    def offer(wanted: bool, word: Do, label: str, endpoint: str, **more: str) -> None:
        if wanted and current_user.can(word):
            found.append((label, url_for(endpoint, pid=pid, **more)))

    offer(draft and plan.decision is not None, Do.PLAN_PUT_IN_FORCE, _("Put in force"), ".put_in_force")
    offer(draft and before is not None, Do.PLAN_REVISE, _("Map the items of the plan before"), ".mapping")
    offer(draft, Do.PLAN_REVISE, _("Prepare the decision"), ".prepare")
    offer(draft, Do.PLAN_REVISE, _("Edit number, date and titles"), ".edit")
    offer(not draft, Do.PLAN_READ, _("Measures of this plan"), ".measures_of")
    if before is not None and (before.state != PlanState.DRAFT or sees_drafts()):
        offer(True, Do.PLAN_READ, _("Compare with plan %(number)s", number=before.number), ".compare_plans", other=before.public_id)
    return [(label, url, at == 0 and draft) for at, (label, url) in enumerate(found)]


def _checks(plan: Plan, before: Plan | None) -> list[tuple[bool | str, str, str]]:
    """What a draft still lacks: (kept, sentence, source); “look” = worth a look but no obstacle."""
    if plan.state != PlanState.DRAFT:
        return []
    items = [i for s in plan.sectors for i in s.items]
    covered = {m.group_id for m in plan.measures}, {m.item_id for m in plan.measures}
    bare_groups = [g.code for g in plan.groups if g.id not in covered[0]]
    bare_items = [i.code for i in items if i.id not in covered[1]]
    without_lead = [i.code for i in items if not any(a.is_lead for a in i.agencies)]
    found: list[tuple[bool | str, str, str]] = [
        (True, _("Every group has a measure."), "") if not bare_groups else ("look", _("These groups have no measure:"), ", ".join(bare_groups)),
        (True, _("Every item has a measure."), "") if not bare_items else ("look", _("%(n)s of %(all)s items have no measure:", n=len(bare_items), all=len(items)), ", ".join(bare_items)),
        (True, _("Every item has a lead agency."), "") if not without_lead else ("look", _("These items have no lead agency:"), ", ".join(without_lead)),
        *((False, _(p.message) % p.params if p.params else _(p.message), p.path) for p in actions.mistakes(plan)),
    ]
    first = plan.decision.in_force_from if plan.decision is not None else clock.today()
    if early := [m for m in plan.measures if m.due_on < first]:
        found.append(("look", _("These measures are due before the plan's first day and are not chased as overdue:"), "; ".join(f"{m.due_on:%d/%m/%Y} {m.text_vi}" for m in early)))
    if before is not None:
        left = unmapped([i.code for i in queries.items_of(before.id)], queries.links_of(queries.mapping_rows(plan)))
        found.append((True, _("It is said what every item of plan %(number)s becomes.", number=before.number), "") if not left else
                     (False, _("It is not said yet what becomes of these items of plan %(number)s:", number=before.number), ", ".join(left)))  # fmt: skip
    return found


@bp.get("/items/<pid>")
@allow(Do.PLAN_READ)
def item(pid: str) -> Any:
    row = or_404(queries.item_by_pid(pid))
    plan = queries.whole_plan(shown_plan(queries.plan_by_id(row.plan_id).public_id).id)
    row = next(i for s in plan.sectors for i in s.items if i.public_id == pid)
    return render_template("plan/item.html", plan=plan, item=row, sector=next(s for s in plan.sectors if s.id == row.sector_id),
                           successors=queries.successors(row), predecessors=queries.predecessors(row))  # fmt: skip


# --- the decision ---------------------------------------------------------------------------------------------


@bp.route("/<pid>/prepare", methods=["GET", "POST"])
@allow(Do.PLAN_REVISE)
@writes
def prepare(pid: str) -> Any:
    plan = queries.whole_plan(shown_plan(pid).id)
    shown_if(actions.need_preparing, plan)
    form = forms.Prepare.of(plan, plan.decision, clock.today())
    if form.validate_on_submit():
        actions.prepare(plan, number=form.number.data or "", dated=form.dated.data, in_force_from=form.in_force_from.data, bare=bool(form.bare.data), seen=form.version.data,
                        by=current_user, at=clock.now())  # fmt: skip
        return done(_("The decision is prepared; the leaders were told by mail."), url_for(".show", pid=plan.public_id))
    before = queries.plan_before(plan)
    return render_template("plan/prepare.html", plan=plan, form=form, before=before, checks=_checks(plan, before), bare=queries.items_without_measure(plan))


@bp.route("/<pid>/put-in-force", methods=["GET", "POST"])
@allow(Do.PLAN_PUT_IN_FORCE)
@writes
def put_in_force(pid: str) -> Any:
    plan = queries.whole_plan(shown_plan(pid).id)
    shown_if(actions.need_deciding, plan, current_user)
    form = forms.PutInForce(data={"version": plan.version})
    if form.validate_on_submit():
        actions.put_in_force(plan, seen=form.version.data, by=current_user, at=clock.now())
        if plan.state == PlanState.DRAFT:
            return done(_("Plan %(number)s is decided and takes effect on %(day)s.", number=plan.number, day=f"{plan.decision.in_force_from:%d/%m/%Y}"), url_for(".show", pid=pid))
        return done(_("Plan %(number)s is in force; the bodies in charge of its measures are told.", number=plan.number), url_for(".show", pid=plan.public_id))
    before = queries.plan_before(plan)
    told = queries.bodies_told(plan, before, clock.today())
    return render_template("plan/put_in_force.html", plan=plan, form=form, before=before, checks=_checks(plan, before), told=told, today=clock.today(),
                           items=sum(len(s.items) for s in plan.sectors))  # fmt: skip


# --- files and comparison -------------------------------------------------------------------------------------


@bp.get("/template.xlsx")
@allow(Do.PLAN_READ)
def template() -> Any:
    return download(sheets.write(None), "mau-ke-hoach.xlsx", sheets.MIME)


@bp.get("/<pid>/plan.xlsx")
@allow(Do.PLAN_READ)
def workbook(pid: str) -> Any:
    return download(sheets.write(queries.plain(shown_plan(pid))), "ke-hoach.xlsx", sheets.MIME)


@bp.get("/<pid>/plan.json")
@allow(Do.PLAN_READ)
def as_json(pid: str) -> Any:
    text = json.dumps(shape.to_file(queries.plain(shown_plan(pid))), ensure_ascii=False, indent=1)
    return download(text.encode(), "ke-hoach.json", "application/json; charset=utf-8")


def _compared(pid: str, other: str) -> tuple[Plan, Plan, list[compare.Line]]:
    """(earlier plan, later plan, all lines that the address asks for): the earlier one stands left, whichever was named first."""
    old, new = sorted((shown_plan(pid), shown_plan(other)), key=lambda p: (p.dated, p.id))
    links = queries.links_of(queries.mapping_rows(new)) if (before := queries.plan_before(new)) is not None and before.id == old.id else []
    return old, new, compare.compare(queries.plain(old), queries.plain(new), links)


def _wanted(lines: list[compare.Line]) -> list[compare.Line]:
    fate, words = request.args.get("fate", ""), nfc(request.args.get("q", ""))[:200]
    known = {str(f) for f in Fate}
    return [x for x in lines if (fate not in known or x.fate == fate) and (not words or x.holds(words))]


@bp.get("/<pid>/compare/<other>")
@allow(Do.PLAN_READ)
def compare_plans(pid: str, other: str) -> Any:
    old, new, lines = _compared(pid, other)
    others = [p for p in queries.plans() if p.state != PlanState.DRAFT or sees_drafts()]
    return render_template("plan/compare.html", old=old, new=new, lines=_wanted(lines), counts=compare.counted(lines), PARTS=compare.PARTS, Fate=Fate, plans=others)


@bp.get("/<pid>/compare/<other>/plans.xlsx")
@allow(Do.PLAN_READ)
def compare_export(pid: str, other: str) -> Any:
    old, new, lines = _compared(pid, other)
    labels = [_("Part"), _("What became of it"), _("Code in %(number)s", number=old.number), old.number, _("Code in %(number)s", number=new.number), new.number, _("Reason")]
    rows = [(_(compare.PARTS[x.part]), _(x.fate.label), x.old_code, x.old_text, x.new_code, x.new_text, x.note) for x in _wanted(lines)]
    return download(sheets.table(f"{old.number} – {new.number}", labels, rows), "so-sanh-ke-hoach.xlsx", sheets.MIME)
