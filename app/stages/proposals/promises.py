"""The acts on what a dossier promises: products by the official forms, who will use them, and the milestones that lead to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.kernel import journal
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.questionnaires.rules import question_of
from app.services.rulebook import queries as rulebook
from app.services.rulebook.rules import Mark
from app.stages.calls.models import Call
from app.stages.calls.queries.asked import rules_of
from app.stages.proposals import costs, queries, work
from app.stages.proposals.costs import Check, Condition, Ruling
from app.stages.proposals.drafts import touch
from app.stages.proposals.models import Milestone, PlannedUse, Proposal, ProposalProduct
from app.stages.proposals.rules import LONGEST_MONTHS, Problem, ProductGroup, Spending
from app.stages.proposals.schedule import (
    Plan,
    Promise,
    Stage,
    Step,
    Use,
    checks,
    numbered,
    steps,
    total_of,
    written,
)

RULES = ("proposals.norms", "proposals.head_limits", "proposals.counterpart_share", "proposals.product_forms", "proposals.plan_checks")
LUMP_SUM = ("funding.final_product_needs", "funding.final_product_ceiling", "funding.bound_heads")
MOST_PARTS = 200  # products, uses or milestones
Part = ProposalProduct | PlannedUse | Milestone
PLACES = {"proposal_product": "products", "planned_use": "uses", "proposal_milestone": "plan"}


def promise_of(product: ProposalProduct) -> Promise:
    return Promise(product.group, product.name, product.unit, product.quantity, product.quality, product.kind, product.level_home, product.level_abroad,
                   product.place, product.ready_month)  # fmt: skip


def uses_of(proposal: Proposal) -> list[Use]:
    labels = {p.id: label for label, p in numbered(proposal.products)}
    return [Use(u.receiver, u.place, u.how, u.month_from, labels.get(u.product_id or 0)) for u in proposal.uses]


def stages_of(proposal: Proposal) -> list[Stage]:
    return [Stage(s.content, s.result, s.month_from, s.month_to, s.who, s.others or None, s.products, s.cost) for s in steps(proposal.milestones, proposal.products)]


# --- what the rules say ---------------------------------------------------------------------------------------


def rulings(proposal: Proposal, *, on: date) -> dict[str, Ruling]:
    """The rules of products, plan and budget as they hold for this dossier: frozen by its call, else those of the day, which then only warn."""
    call = proposal.call_topic.call
    found = rules_of(call, RULES, on=on)
    made = {key: Ruling(rule.value, rule.source, rule.mark, not call.rules or key in call.rules) for key, rule in found.items()}
    return {key: made[key] if key in made else Ruling(_NOTHING[key], "", Mark.G, False) for key in RULES}


# a world whose rulebook does not know a rule yet asks nothing by it
_NOTHING: dict[str, Any] = {"proposals.norms": [], "proposals.head_limits": [], "proposals.counterpart_share": {"least": {"default": 0}, "effect": costs.WARN},
                            "proposals.product_forms": [], "proposals.plan_checks": {}}  # fmt: skip


def forms_of(rules: Mapping[str, Ruling]) -> dict[str, Mapping[str, Any]]:
    """What the rulebook says of each form of product: its kinds, and what is asked besides."""
    return {form["code"]: form for form in rules["proposals.product_forms"].value}


def kinds_of(call: Call, *, on: date) -> dict[str, dict[str, str]]:
    """The kinds of products of each form, as papers name them."""
    rule = rules_of(call, RULES, on=on).get("proposals.product_forms")
    return {form["code"]: {k["code"]: k["vi"] for k in form["kinds"]} for form in (rule.value if rule else [])}


def asks_itself(proposal: Proposal) -> bool:
    """Does the form of the work description ask for the milestones in a table of its own? Forms before 2026 do."""
    return question_of(work.form_of(proposal).definition, "milestones") is not None


def steps_of(proposal: Proposal) -> list[Step]:
    """The milestones of a dossier: its own, else those in its work description."""
    return steps(proposal.milestones, proposal.products) or written(work.answers_of(proposal).get("milestones"))


def checks_of(proposal: Proposal, *, on: date, rules: Mapping[str, Ruling] | None = None) -> list[Check]:
    """Every rule of products, plan and budget, kept or broken, in the order of the sections."""
    rules = rulings(proposal, on=on) if rules is None else rules
    asked = asks_itself(proposal)
    plan = Plan(steps_of(proposal), numbered(proposal.products), len(proposal.uses), proposal.duration_months, total_of(proposal.lines),
                [code for code, form in forms_of(rules).items() if "level_home" in form["asks"]], bool(proposal.milestones))
    found = [c for c in checks(plan, rules["proposals.plan_checks"]) if not (asked and c.section == "plan" and not plan.steps)]
    heads = {code: h["vi"] for code, h in queries.heads(on, proposal.call_topic.call).items()}
    found += costs.budget_checks(proposal.lines, kind=str(proposal.call_topic.topic.kind), ceiling=queries.ceiling_of(proposal), heads=heads, rulings=rules)
    return found + [c for c in spending_of(proposal, on=on)[1] if proposal.lines or proposal.spending]


def spending_of(proposal: Proposal, *, on: date) -> tuple[list[Condition], list[Check]]:
    """The conditions of lump sum to the final product, each with its answer; and what follows for the method this dossier asks for."""
    found = rulebook.rules(LUMP_SUM, on=on)
    heads, ceiling = found["funding.bound_heads"].value, found["funding.final_product_ceiling"]
    bound = sum(b.amount for b in proposal.lines if b.head in heads)
    used_at = "; ".join(f"{u.receiver}, {u.place}" for u in proposal.uses if u.place.strip())
    conditions = costs.final_product(proposal.products, used_at, bound, ceiling.value, found["funding.final_product_needs"].value)
    return conditions, costs.spending_check(proposal.spending, conditions, Ruling(ceiling.value, ceiling.source, ceiling.mark))


def lump_sum_rules(*, on: date) -> dict[str, Any]:
    """What the rulebook says of lump sum to the final product: the limit, the heads it counts, where it stands."""
    found = rulebook.rules(LUMP_SUM, on=on)
    ceiling = found["funding.final_product_ceiling"]
    return {"ceiling": ceiling.value, "source": ceiling.source, "mark": ceiling.mark, "heads": found["funding.bound_heads"].value}


def problems_of(proposal: Proposal, *, on: date) -> list[Problem]:
    """What of the rules of products, plan and budget keeps the dossier from being signed off. The ceiling rests on no rule; it is asked with what is missing."""
    return [Problem(c.section, c.sentence, c.params) for c in checks_of(proposal, on=on) if c.bars and c.rule is not None]


# --- products -------------------------------------------------------------------------------------------------


def add_product(proposal: Proposal, *, group: ProductGroup, name: str, unit: str, quantity: int, quality: str, by: User, at: datetime, seen: Any = None,
                **more: Any) -> ProposalProduct:  # fmt: skip
    """Promise a product; `more`: kind, level_home, level_abroad, place, ready_month."""
    touch(proposal, at, seen=seen, place="products")
    return _put(proposal, ProposalProduct(proposal_id=proposal.id), Promise(ProductGroup(group), name, unit, quantity, quality, **more), by, at)


def save_product(product: ProposalProduct, proposal: Proposal, promise: Promise, *, by: User, at: datetime, seen: Any = None) -> None:
    """Change a promised product; what milestones lead to it and who uses it stays."""
    touch(proposal, at, seen=seen, place="products")
    _put(proposal, product, promise, by, at)


def _put(proposal: Proposal, row: ProposalProduct, promise: Promise, by: User, at: datetime) -> ProposalProduct:
    check_month(promise.ready_month, proposal, "ready_month")
    new = row.id is None
    if new and len(proposal.products) >= MOST_PARTS:
        raise Incomplete(N_("A dossier has at most %(n)s of them."), n=MOST_PARTS)
    fill(row, promise)
    db.session.add(row)
    _refreshed(proposal)
    journal.record(proposal, "add_product" if new else "save_product", by=by, at=at)
    return row


def fill(row: ProposalProduct, p: Promise) -> ProposalProduct:
    """Write what is promised into the row."""
    row.group, row.name, row.unit, row.quantity, row.quality = p.group, p.name, p.unit, p.quantity, p.quality
    row.kind, row.level_home, row.level_abroad, row.place, row.ready_month = p.kind or None, p.level_home or None, p.level_abroad or None, p.place or None, p.ready_month
    return row


def put_products(proposal: Proposal, promises: Sequence[Promise], *, by: User, at: datetime) -> None:
    """Put these products in the place of those that are there. Uses and milestones stay tied to the product of the same form and name, else of the same number."""
    touch(proposal, at, place="products")
    ties = [(use, use.product_id) for use in proposal.uses], [(m, [p.id for p in m.products]) for m in proposal.milestones]
    before = {p.id: (label, p.group, p.name) for label, p in numbered(proposal.products)}
    for row in proposal.products:
        db.session.delete(row)
    db.session.flush()
    rows = [ProposalProduct(proposal_id=proposal.id) for _ in promises]
    for row, promise in zip(rows, promises, strict=True):
        fill(row, promise)
    db.session.add_all(rows)
    db.session.flush()
    named, placed = {(p.group, p.name): p for p in rows}, dict(numbered(rows))
    heirs = {old: named.get((group, name)) or placed.get(label) for old, (label, group, name) in before.items()}
    for milestone, ids in ties[1]:
        db.session.refresh(milestone, ["products"])
        milestone.products = list({p.id: p for old in ids if (p := heirs.get(old))}.values())
    for use, old in ties[0]:
        heir = heirs.get(old or 0)
        use.product_id = heir.id if heir else None
    _refreshed(proposal)
    journal.record(proposal, "add_product", by=by, at=at, detail={"products": len(rows), "replaced": True})


# --- uses -----------------------------------------------------------------------------------------------------


def save_use(proposal: Proposal, use: PlannedUse | None, *, receiver: str, place: str, how: str, by: User, at: datetime, month_from: int | None = None,
             product: ProposalProduct | None = None, organisation: Organisation | None = None, seen: Any = None) -> PlannedUse:  # fmt: skip
    """Name who receives and uses a product: an organisation of the list, else a name."""
    touch(proposal, at, seen=seen, place="uses")
    typed = " ".join(receiver.split())
    if organisation is not None and typed and typed != organisation.name:
        raise Incomplete(N_("You chose %(name)s and wrote another name here: please take one of the two out."), field="receiver", name=organisation.name)
    named = organisation.name if organisation is not None else typed
    if not named:
        raise Incomplete(N_("Please choose the organisation that receives it, or write its name."), field="receiver")
    if use is None and len(proposal.uses) >= MOST_PARTS:
        raise Incomplete(N_("A dossier has at most %(n)s of them."), n=MOST_PARTS)
    row = use or PlannedUse(proposal_id=proposal.id)
    row.receiver, row.place, row.how, row.month_from = named, place, how, month_from
    row.organisation_id, row.product_id = organisation.id if organisation else None, product.id if product else None
    db.session.add(row)
    _refreshed(proposal)
    journal.record(proposal, "save_use", by=by, at=at)
    return row


def put_uses(proposal: Proposal, uses: Sequence[Use], *, by: User, at: datetime) -> None:
    """Put these in the place of the uses that are there. A receiver with the name of an organisation of the list is that organisation."""
    touch(proposal, at, place="uses")
    known = {o.name: o.id for o in people.organisations()}
    placed = dict(numbered(proposal.products))
    for row in proposal.uses:
        db.session.delete(row)
    db.session.flush()
    db.session.add_all(PlannedUse(proposal_id=proposal.id, receiver=u.receiver, place=u.place, how=u.how, month_from=u.month_from, organisation_id=known.get(u.receiver),
                                  product_id=placed[u.product].id if u.product in placed else None) for u in uses)  # fmt: skip
    _refreshed(proposal)
    journal.record(proposal, "save_use", by=by, at=at, detail={"uses": len(uses), "replaced": True})


# --- milestones -----------------------------------------------------------------------------------------------


def save_milestone(proposal: Proposal, milestone: Milestone | None, *, content: str, result: str, month_from: int, month_to: int, by: User, at: datetime,
                   products: Iterable[str] = (), members: Iterable[str] = (), others: str | None = None, cost: int | None = None, seen: Any = None) -> Milestone:  # fmt: skip
    """Write a milestone down; products and members of the team by their public ids."""
    touch(proposal, at, seen=seen, place="plan")
    if month_to < month_from:
        raise Incomplete(N_("The last month comes before the first one."), field="month_to")
    check_month(month_to, proposal, "month_to")
    if milestone is None and len(proposal.milestones) >= MOST_PARTS:
        raise Incomplete(N_("A dossier has at most %(n)s of them."), n=MOST_PARTS)
    row = milestone or Milestone(proposal_id=proposal.id)
    row.content, row.result, row.month_from, row.month_to, row.others, row.cost = content, result, month_from, month_to, others or None, cost
    row.products, row.members = _chosen(proposal.products, products), _chosen(proposal.team, members)
    db.session.add(row)
    _refreshed(proposal)
    journal.record(proposal, "save_milestone", by=by, at=at)
    return row


def _chosen(rows: Iterable[Any], pids: Iterable[str]) -> list[Any]:
    wanted = set(pids)
    return [row for row in rows if row.public_id in wanted]


def put_milestones(proposal: Proposal, stages: Sequence[Stage], *, by: User, at: datetime) -> None:
    """Put these in the place of the milestones that are there. A name that is not of the team is kept among the others."""
    touch(proposal, at, place="plan")
    placed, team = dict(numbered(proposal.products)), {m.name: m for m in reversed(proposal.team)}
    for row in proposal.milestones:
        db.session.delete(row)
    db.session.flush()
    for s in stages:
        strange = [name for name in s.who if name not in team]
        row = Milestone(proposal_id=proposal.id, content=s.content, result=s.result, month_from=s.month_from, month_to=s.month_to, cost=s.cost,
                        others="; ".join([*strange, *([s.others] if s.others else [])])[:300] or None)  # fmt: skip
        row.products, row.members = [placed[label] for label in s.products if label in placed], [team[name] for name in s.who if name in team]
        db.session.add(row)
    _refreshed(proposal)
    journal.record(proposal, "save_milestone", by=by, at=at, detail={"milestones": len(stages), "replaced": True})


def check_month(month: int | None, proposal: Proposal, field: str) -> None:
    """Raise Incomplete for a month after the end of the work."""
    last = proposal.duration_months or LONGEST_MONTHS
    if month is not None and month > last:
        raise Incomplete(N_("The work lasts %(n)s months."), field=field, n=last)


def set_spending(proposal: Proposal, spending: Spending, *, by: User, at: datetime, seen: Any = None) -> None:
    """Ask for a method of lump-sum spending. Lump sum to the final product only when its conditions are met."""
    touch(proposal, at, seen=seen, place="budget")
    if spending == Spending.FINAL_PRODUCT:
        for condition in spending_of(proposal, on=local(at).date())[0]:
            if not condition.ok:
                raise Incomplete(condition.why, field="spending")
    proposal.spending = spending
    journal.record(proposal, "set_spending", by=by, at=at)


def take_out(proposal: Proposal, row: Part, *, by: User, at: datetime, seen: Any = None) -> None:
    """Take a product, use or milestone out of a draft; what was tied to it stays, without the tie."""
    touch(proposal, at, seen=seen, place=PLACES[row.__tablename__])
    kind = row.__tablename__
    db.session.delete(row)
    _refreshed(proposal)
    journal.record(proposal, "remove_part", by=by, at=at, detail={"kind": kind})


def _refreshed(proposal: Proposal) -> None:
    db.session.flush()
    queries.with_parts(proposal)


def said(proposal: Proposal) -> dict[str, Any]:
    """Products, uses and milestones as plain data: what a submitted version keeps of them."""
    return {
        "products": [{"group": str(p.group), "name": p.name, "unit": p.unit, "quantity": p.quantity, "quality": p.quality, "kind": p.kind, "level_home": p.level_home,
                      "level_abroad": p.level_abroad, "place": p.place, "ready_month": p.ready_month} for p in proposal.products],
        "uses": [{"receiver": u.receiver, "place": u.place, "how": u.how, "month_from": u.month_from, "product": u.product} for u in uses_of(proposal)],
        "milestones": [{"content": s.content, "result": s.result, "month_from": s.month_from, "month_to": s.month_to, "who": list(s.who), "others": s.others,
                        "products": list(s.products), "cost": s.cost} for s in stages_of(proposal)],
        "spending": str(proposal.spending) if proposal.spending else None,
    }  # fmt: skip
