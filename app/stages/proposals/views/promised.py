"""What a dossier promises and plans: products, plan of use, milestones with their picture, method of spending."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from app.acts import ready
from app.downloads import download
from app.kernel import clock
from app.kernel.permissions import Do
from app.kernel.web import SIGNED_IN, allow, done, or_404, writes
from app.services.files import queries as files
from app.services.people import queries as people
from app.services.rulebook.rules import Mark
from app.shown import language
from app.stages.proposals import costs, forms, gantt, promises, queries
from app.stages.proposals.costs import Check
from app.stages.proposals.models import Proposal
from app.stages.proposals.schedule import Step, numbered
from app.stages.proposals.views.blueprint import bp, writable

LETTER = "commitment"  # the document in which a receiver commits itself, where a call asks for it


def parts_shown(row: Proposal) -> dict[str, Any]:
    """Products, plan, uses and budget of a dossier for a page that shows them: with what the rules say of them."""
    rules, on = promises.rulings(row, on=clock.today()), clock.today()
    steps, heads = promises.steps_of(row), queries.heads(on, row.call_topic.call)
    return {
        "steps": steps, "gantt": picture(row, steps), "uses": _uses(row), "products": numbered(row.products), "kinds": _kinds(rules),
        "checks": told(promises.checks_of(row, on=on, rules=rules)), "cross": costs.cross(row.lines, list(heads)), "norms": norms_of(row, rules),
    }  # fmt: skip


def norms_of(row: Proposal, rules: Any) -> dict[str, Any]:
    """The norm of each line that has one, by the line's public id; where the norms stand and how well they are known."""
    ruling = rules["proposals.norms"]
    of_lines = {b.public_id: norm for b in row.lines if (norm := costs.norm_of(b, ruling.value)) is not None}
    return {"of": of_lines, "source": ruling.source, "mark": ruling.mark, "sure": ruling.mark == Mark.V, "name": "en" if language() == "en" else "vi"}


def told(checks: list[Check]) -> list[tuple[bool | str, str, str]]:
    """Checks as the pages list them: kept, broken or worth a look; the sentence; where the rule stands and how well it is known."""
    return [(True if c.ok else False if c.bars else "look", _(c.sentence, **c.params), _source(c)) for c in checks]


def _source(check: Check) -> str:
    if check.rule is None or not check.rule.source:
        return ""
    return check.rule.source if check.rule.mark == Mark.V else f"{check.rule.source} ({_(check.rule.mark.label)})"


def _kinds(rules: Any) -> dict[str, str]:
    name = "en" if language() == "en" else "vi"
    return {f"{code}.{k['code']}": k[name] for code, form in promises.forms_of(rules).items() for k in form["kinds"]}


def _uses(row: Proposal) -> list[tuple[Any, str]]:
    labels = {p.id: f"{label} {p.name}" for label, p in numbered(row.products)}
    return [(use, labels.get(use.product_id or 0, "")) for use in row.uses]


def picture(row: Proposal, steps: list[Step]) -> Markup | None:
    """The milestones along the months."""
    return Markup(gantt.svg(steps, row.duration_months, _words(row, steps))) if steps else None  # every text in it is escaped where it is made


def _words(row: Proposal, steps: list[Step]) -> gantt.Words:
    months = gantt.months_shown(steps, row.duration_months)
    lines = [_("%(n)s. %(what)s: month %(first)s to %(last)s.", n=s.number, what=s.content, first=s.month_from, last=s.month_to) for s in steps]
    return gantt.Words(_("Milestones over %(n)s months", n=months), " ".join(lines), "M" if language() == "en" else "T")


def _saved() -> str:
    return _("Saved at %(time)s.", time=f"{clock.local(clock.now()):%H:%M}")


def _page(row: Proposal, form: Any, section: str, **more: Any) -> str:
    """The page of a section: what is there, what the rules say of it, and a form for one more."""
    shown = parts_shown(row)
    checks = told([c for c in promises.checks_of(row, on=clock.today()) if c.section == section])
    return render_template(f"proposals/plan/{section}.html", proposal=row, form=form, remove=forms.Remove(data={"version": row.version}), rules=checks, planned=shown, **more)


# --- products -------------------------------------------------------------------------------------------------


def _product_form(row: Proposal, data: dict[str, Any]) -> forms.Product:
    form = forms.Product(data={"version": row.version, **data})
    kinds = _kinds(promises.rulings(row, on=clock.today()))
    form.kind.choices = [(value, f"{value.partition('.')[0]}: {label}") for value, label in kinds.items()]
    return form


@bp.route("/<pid>/products", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def products(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    form = _product_form(row, {})
    if form.validate_on_submit():
        promise = form.promise()
        promises.add_product(row, **asdict(promise), seen=form.version.data, by=current_user, at=clock.now())
        return done(_saved(), url_for(".products", pid=pid))
    return _page(row, form, "products")


@bp.route("/<pid>/products/<part>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def product(pid: str, part: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    found = or_404(next((p for p in row.products if p.public_id == part), None))
    form = _product_form(row, asdict(promises.promise_of(found)) | {"kind": f"{found.group}.{found.kind}" if found.kind else None})
    if form.validate_on_submit():
        promises.save_product(found, row, form.promise(), seen=form.version.data, by=current_user, at=clock.now())
        return done(_saved(), url_for(".products", pid=pid))
    return render_template("proposals/plan/part.html", proposal=row, form=form, title=found.name, back=(_("Products"), url_for(".products", pid=pid)))


# --- plan of use ----------------------------------------------------------------------------------------------


def _use_form(row: Proposal, found: Any = None) -> forms.PlannedUse:
    bodies = people.organisations()
    pids = {o.id: o.public_id for o in bodies}
    receiver = found.organisation_id if found is not None else row.call_topic.topic.receiver_organisation_id if not row.uses else None
    products = {p.id: p.public_id for p in row.products}
    data = {"version": row.version, "organisation": pids.get(receiver or 0)}
    if found is not None:
        data |= {"receiver": "" if found.organisation_id in pids else found.receiver, "product": products.get(found.product_id or 0), "place": found.place, "how": found.how, "month_from": found.month_from}
    form = forms.PlannedUse(data=data)
    form.organisation.choices = [(o.public_id, o.name) for o in bodies]
    form.product.choices = [(p.public_id, f"{label} {p.name}") for label, p in numbered(row.products)]
    return form


def _use(row: Proposal, found: Any, form: forms.PlannedUse) -> None:
    product = next((p for p in row.products if p.public_id == form.product.data), None)
    promises.save_use(row, found, receiver=form.receiver.data or "", organisation=people.organisation_by_pid(form.organisation.data), product=product, place=form.place.data or "",
                      how=form.how.data or "", month_from=form.month_from.data, seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip


@bp.route("/<pid>/uses", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def uses(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    form = _use_form(row)
    if form.validate_on_submit():
        _use(row, None, form)
        return done(_saved(), url_for(".uses", pid=pid))
    asked = {d["code"]: d for d in queries.documents(str(row.call_topic.topic.kind), clock.today(), row.call_topic.call)}
    letter = asked.get(LETTER)
    return _page(row, form, "uses", letter=letter, letters=[a for a in files.of(row) if a.kind == LETTER] if letter else [])


@bp.route("/<pid>/uses/<part>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def use(pid: str, part: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    found = or_404(next((u for u in row.uses if u.public_id == part), None))
    form = _use_form(row, found)
    if form.validate_on_submit():
        _use(row, found, form)
        return done(_saved(), url_for(".uses", pid=pid))
    return render_template("proposals/plan/part.html", proposal=row, form=form, title=found.receiver, back=(_("Plan of use"), url_for(".uses", pid=pid)))


# --- milestones -----------------------------------------------------------------------------------------------


def _milestone_form(row: Proposal, found: Any = None) -> forms.Milestone:
    data: dict[str, Any] = {"version": row.version}
    if found is not None:
        data |= {name: getattr(found, name) for name in ("content", "result", "month_from", "month_to", "others", "cost")}
        data |= {"products": [p.public_id for p in found.products], "members": [m.public_id for m in found.members]}
    form = forms.Milestone(data=data)
    form.products.choices = [(p.public_id, f"{label} {p.name}") for label, p in numbered(row.products)]
    form.members.choices = [(m.public_id, m.name) for m in row.team]
    return form


def _milestone(row: Proposal, found: Any, form: forms.Milestone) -> None:
    promises.save_milestone(row, found, content=form.content.data or "", result=form.result.data or "", month_from=int(form.month_from.data), month_to=int(form.month_to.data),
                            products=form.products.data or [], members=form.members.data or [], others=form.others.data or None, cost=form.cost.data,
                            seen=form.version.data, by=current_user, at=clock.now())  # fmt: skip


@bp.route("/<pid>/plan", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def plan(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    form = _milestone_form(row)
    if form.validate_on_submit():
        _milestone(row, None, form)
        return done(_saved(), url_for(".plan", pid=pid))
    return _page(row, form, "plan", asked=promises.asks_itself(row))


@bp.route("/<pid>/plan/<part>", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def milestone(pid: str, part: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    found = or_404(next((m for m in row.milestones if m.public_id == part), None))
    form = _milestone_form(row, found)
    if form.validate_on_submit():
        _milestone(row, found, form)
        return done(_saved(), url_for(".plan", pid=pid))
    return render_template("proposals/plan/part.html", proposal=row, form=form, title=found.content, back=(_("Work plan"), url_for(".plan", pid=pid)))


@bp.get("/<pid>/plan.svg")
@allow(SIGNED_IN)
def plan_svg(pid: str) -> Any:
    row = or_404(queries.proposal_for(current_user, pid))
    drawn = or_404(picture(row, promises.steps_of(row)))
    return download(str(drawn).encode(), f"tien-do-{row.code or row.public_id[:8]}.svg", "image/svg+xml")


# --- method of spending ---------------------------------------------------------------------------------------


@bp.route("/<pid>/spending", methods=["GET", "POST"])
@allow(Do.PROPOSALS_DRAFT)
@writes
def spending(pid: str) -> Any:
    row = ready(queries.for_team(current_user, pid), writable)
    form = forms.Spending(data={"version": row.version, "spending": row.spending})
    if form.validate_on_submit():
        promises.set_spending(row, form.spending.data, seen=form.version.data, by=current_user, at=clock.now())
        return done(_saved(), url_for(".budget", pid=pid))
    conditions, _checks = promises.spending_of(row, on=clock.today())
    return render_template("proposals/plan/spending.html", proposal=row, form=form, conditions=conditions, limits=promises.lump_sum_rules(on=clock.today()), cross=costs.cross(row.lines, ()))
