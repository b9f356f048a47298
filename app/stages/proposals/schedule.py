"""What a dossier promises and plans: products, uses and milestones as they are written; the milestones as steps; what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kernel.words import N_
from app.stages.proposals.costs import WARN, Check, Ruling, named_few
from app.stages.proposals.rules import ProductGroup, dotted, line_amount


@dataclass(frozen=True)
class Promise:
    """A promised product as it is written: everything that the forms ask."""

    group: ProductGroup
    name: str
    unit: str
    quantity: int
    quality: str
    kind: str | None = None
    level_home: str | None = None
    level_abroad: str | None = None
    place: str | None = None
    ready_month: int | None = None


@dataclass(frozen=True)
class Use:
    """Who receives what, where, and what becomes of it there; `product` by its number, None for all."""

    receiver: str
    place: str
    how: str
    month_from: int | None = None
    product: str | None = None


@dataclass(frozen=True)
class Stage:
    """A milestone as it is written: products by their numbers, people of the team by name, others as a text."""

    content: str
    result: str
    month_from: int
    month_to: int
    who: tuple[str, ...] = ()
    others: str | None = None
    products: tuple[str, ...] = field(default=())
    cost: int | None = None


@dataclass(frozen=True)
class Step:
    """A milestone as it is shown: months count from the beginning of the work."""

    number: int
    content: str
    result: str
    month_from: int
    month_to: int
    who: tuple[str, ...] = ()  # of the team
    others: str = ""
    products: tuple[str, ...] = ()  # as they are numbered: I.1, II.2
    cost: int | None = None
    pid: str = ""

    @property
    def everybody(self) -> str:
        """All who work on it, in one line."""
        return "; ".join([*self.who, *([self.others] if self.others else [])])


def numbered(products: Iterable[Any]) -> list[tuple[str, Any]]:
    """Products with their numbers: counted within each form, in the order they were named."""
    counts: dict[str, int] = {}
    found = []
    for product in products:
        group = str(product.group)
        counts[group] = counts.get(group, 0) + 1
        found.append((f"{group}.{counts[group]}", product))
    return found


def steps(milestones: Sequence[Any], products: Sequence[Any]) -> list[Step]:
    """The milestones of a dossier in the order of their months."""
    labels = {p.id: label for label, p in numbered(products)}
    return [Step(n, m.content, m.result, m.month_from, m.month_to, tuple(p.name for p in m.members), m.others or "",
                 tuple(sorted(labels[p.id] for p in m.products if p.id in labels)), m.cost, m.public_id) for n, m in enumerate(milestones, 1)]  # fmt: skip


def written(rows: Any) -> list[Step]:
    """The milestones of a form that asks for them in its own table; rows without sound months are left out."""
    found = []
    for row in rows if isinstance(rows, list) else []:
        months = [row.get("month_from"), row.get("month_to")] if isinstance(row, Mapping) else []
        if len(months) == 2 and all(isinstance(m, int) and 1 <= m <= 120 for m in months) and months[0] <= months[1]:
            found.append((months[0], months[1], row))
    found.sort(key=lambda r: r[:2])
    return [Step(n, str(row.get("work") or ""), str(row.get("result") or ""), first, last, others=str(row.get("who") or "")) for n, (first, last, row) in enumerate(found, 1)]


# --- what is wrong --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What the checks look at."""

    steps: Sequence[Step]
    products: Sequence[tuple[str, Any]]  # numbered
    uses: int
    months: int | None
    total: int  # of the budget, in đồng
    compared: Collection[str]  # forms of products that ask for a comparison
    own: bool  # the milestones are the dossier's own, not a table of its form


def checks(plan: Plan, ruling: Ruling) -> list[Check]:
    """Every rule of the plan that can be judged now. `ruling.value`: by rule, block or warn."""

    def check(code: str, section: str, kept: str, broken: str, bad: Sequence[str] = (), *, ok: bool | None = None, **params: Any) -> Check:
        good = not bad if ok is None else ok
        return Check(good, section, kept if good else broken, params | ({"names": named_few(bad)} if bad else {}), ruling.effect(ruling.value.get(code, WARN)), ruling)

    found = [
        check("milestones", "plan", N_("The plan has milestones: %(n)s."), N_("The work plan has no milestone."), ok=bool(plan.steps), n=len(plan.steps)),
        check("receiver", "uses", N_("It is named who receives and uses the products."), N_("Nobody is named who receives and uses the products."), ok=plan.uses > 0),
    ]  # fmt: skip
    if plan.months:
        late = [s.content for s in plan.steps if s.month_to > plan.months]
        found.append(check("inside", "plan", N_("All milestones lie within the duration."), N_("Milestones after the end of the work (month %(months)s): %(names)s."), late, months=plan.months))
        late = [p.name for _label, p in plan.products if (p.ready_month or 0) > plan.months]
        found.append(check("inside", "products", N_("All products are ready within the duration."), N_("Products after the end of the work (month %(months)s): %(names)s."), late, months=plan.months))
    if plan.products:
        undated = [p.name for _label, p in plan.products if not p.ready_month]
        found.append(check("dated", "products", N_("Each product has the month in which it is ready."), N_("It is not said when these products are ready: %(names)s."), undated))
        alike = [p.name for _label, p in plan.products if p.group in plan.compared and not (p.level_home or p.level_abroad)]
        found.append(check("compared", "products", N_("Products are compared with the like in Viet Nam and abroad where the form asks it."),
                           N_("Not compared with the like in Viet Nam or abroad: %(names)s."), alike))  # fmt: skip
    return found + (_ties(plan, check) if plan.own and plan.steps else [])


def _ties(plan: Plan, check: Any) -> list[Check]:
    """Milestones against products, team and budget."""
    made: dict[str, int] = {}
    for step in plan.steps:
        for label in step.products:
            made[label] = max(made.get(label, 0), step.month_to)
    none = [p.name for label, p in plan.products if label not in made]
    early = [p.name for label, p in plan.products if p.ready_month and p.ready_month < made.get(label, 0)]
    alone = [s.content for s in plan.steps if not s.who]
    cost = sum(s.cost or 0 for s in plan.steps)
    found = [
        check("products_made", "plan", N_("Each product comes out of a milestone."), N_("No milestone leads to these products: %(names)s."), none),
        check("ready_after", "products", N_("No product is promised before its milestone ends."), N_("Promised before the milestone that makes it ends: %(names)s."), early),
        check("on_team", "plan", N_("Somebody of the team works on each milestone."), N_("Nobody of the team works on these milestones: %(names)s."), alone),
    ]  # fmt: skip
    if cost and plan.total:
        found.append(check("costs", "plan", N_("The milestones cost %(cost)s đ, the budget is %(total)s đ."), N_("The milestones cost %(cost)s đ, more than the budget of %(total)s đ."),
                           ok=cost <= plan.total, cost=dotted(cost), total=dotted(plan.total)))  # fmt: skip
    return found


def total_of(lines: Iterable[Any]) -> int:
    """The budget in đồng, from quantity and price alone."""
    return sum(line_amount(b.quantity, b.price) for b in lines)
