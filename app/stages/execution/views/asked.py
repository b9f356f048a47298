"""What the form of a report asks for: products, heads and quarters, risks; filled in, and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.shown import language
from app.stages.execution import figures, forms
from app.stages.execution.actions.shared import running
from app.stages.execution.models import Report
from app.stages.execution.rules import Delivery, Level
from app.stages.execution.spending import Quarter
from app.stages.execution.telling import Told
from app.stages.funding import queries as funding


@dataclass(frozen=True)
class Asked:
    """`before` are the quarters before the period; `known` what was told of money so far; `allowed` the estimate by head."""

    products: Sequence[Any]
    heads: Mapping[str, str]
    before: Sequence[Quarter]
    quarters: Sequence[Quarter]
    known: Mapping[tuple[str, Quarter], int]
    allowed: Mapping[str, int]
    risks: Sequence[Any]
    said: Mapping[int, Any]


def asked_of(report: Report) -> Asked:
    project = report.project
    mine = figures.spent_cells(report.id)
    last, known = figures.told(project.id, but=report.id)
    names, allowed = figures.head_names(project, language()), figures.estimate(project)
    before, quarters = figures.quarters_to_tell(report, running(project))
    heads = list(dict.fromkeys([*(head for head, _year in allowed), *(head for head, _q in known)]))
    sums: dict[str, int] = {}
    for (head, _year), amount in allowed.items():
        sums[head] = sums.get(head, 0) + amount
    said = figures.products_said(report.id) or (figures.products_said(last.id) if last is not None else {})
    return Asked(funding.products_of(project), {h: names.get(h, h) for h in heads}, before, quarters, mine or known, sums,
                 [r for r in figures.risks_of(project.id) if r.closed_at is None], said)  # fmt: skip


def fill(form: Any, report: Report, asked: Asked) -> None:
    """Fill in what was told before, where no draft says otherwise."""
    if report.draft:
        return
    for product in asked.products:
        said = asked.said.get(product.id)
        if said is not None:
            form[f"product_{product.id}"].data, form[f"so_far_{product.id}"].data, form[f"note_{product.id}"].data = str(said.state), said.so_far, said.note
    for (head, quarter), amount in asked.known.items():
        if (cell := form._fields.get(f"cell_{head}_{quarter.key}")) is not None:
            cell.data = amount


def told_in(form: Any, asked: Asked) -> Told:
    """What was typed. Raises Incomplete where money by head, or half of a risk, is missing."""
    cells = {(head, q): form[f"cell_{head}_{q.key}"].data or 0 for head in asked.heads for q in (*asked.before, *asked.quarters)}
    if cells and form.spent.data and not any(cells.values()):
        raise Incomplete(N_("Please say by head and quarter how this sum was spent."), field="spent")
    deliveries = {p.id: (Delivery(form[f"product_{p.id}"].data), form[f"so_far_{p.id}"].data or None, form[f"note_{p.id}"].data or None) for p in asked.products}
    risks = []
    for n in range(1, forms.NEW_RISKS + 1):
        text, level = form[f"risk_{n}"].data, form[f"level_{n}"].data
        if text and not level:
            raise Incomplete(N_("Please say how grave this risk is."), field=f"level_{n}")
        if text:
            risks.append((text, Level(level), form[f"measure_{n}"].data or None))
    passed = [(risk, why) for risk in asked.risks if (why := form[f"passed_{risk.id}"].data)]
    return Told(cells if any(cells.values()) else {}, deliveries, risks, passed, form.requests.data or None)

