"""Plan, products, uses and the budget by heads in the Word form; what a file would change in them, and taking it over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.kernel import clock
from app.kernel.errors import Incomplete
from app.kernel.words import N_
from app.services.people.models import User
from app.shown import money
from app.stages.proposals import costs, promises
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import Spending
from app.stages.proposals.schedule import Promise, Stage, Use, numbered
from app.stages.proposals.wordform import BY_HEAD, Chart, Sheet, chart_of, tables
from app.stages.proposals.wordread import Read
from app.stages.proposals.wordtables import (
    PLAN,
    PRODUCTS,
    SPENDING,
    SPENDING_WORDS,
    USES,
    Cells,
    Promised,
    gathered,
    products_of,
    renumbered,
    spending_of,
    stages_of,
    uses_of,
)

TAGS = {"products": PRODUCTS, "uses": USES, "plan": PLAN, "spending": SPENDING}  # what the page of differences calls them


@dataclass
class Offer:
    """A part that differs, old against new; or why it is not offered."""

    code: str
    label: str
    old: str = ""
    new: str = ""
    cells: Cells = field(default_factory=list)
    refused: str = ""


def _kinds(row: Proposal) -> dict[str, dict[str, str]]:
    return promises.kinds_of(row.call_topic.call, on=clock.today())


def _promises(row: Proposal) -> list[tuple[str, Promise]]:
    return [(label, promises.promise_of(p)) for label, p in numbered(row.products)]


def promised(row: Proposal) -> list[Sheet | Chart]:
    """The tables of plan, products and uses with what the dossier says now."""
    stages = promises.stages_of(row)
    return tables(_promises(row), promises.uses_of(row), stages, kinds=_kinds(row), chart=chart_of(stages, row.duration_months))


def by_head(row: Proposal, heads: Mapping[str, str]) -> Sheet | None:
    """The budget by head, year and source."""
    if not row.lines:
        return None
    found = costs.cross(row.lines, list(heads))
    names = ["Mục chi", *(f"{year}, {'đối ứng' if source == 'counterpart' else 'NSNN'}" for year, source in found.columns), "Cộng"]
    rows = [[heads.get(head, head), *map(money, cells), money(total)] for head, cells, total in found.rows]
    return Sheet(BY_HEAD, names, rows, [False, *[True] * (len(names) - 1)], ["Tổng cộng", *map(money, found.foot), money(found.total)])


# --- what a file would change ---------------------------------------------------------------------------------


def tables_of(told: Read) -> dict[str, Cells]:
    """The tables of a file by what they hold; those of the three forms of products as one."""
    found = dict(told.tables)
    if PRODUCTS not in found and (cells := gathered(found)) is not None:
        found[PRODUCTS] = cells
    if told.spending is not None:
        found[SPENDING] = [[told.spending]]
    return found


def differences(row: Proposal, found: Mapping[str, Cells]) -> Iterator[Offer]:
    """What these tables would change, part by part."""
    products = products_of(found[PRODUCTS], _kinds(row)) if PRODUCTS in found else None
    if products is not None:
        yield from _compared("products", _("Products"), [p for _label, p in _promises(row)], products.promises, products.wrong, found[PRODUCTS], _product_line)
    numbers = _numbers(row, products)
    if USES in found:
        yield from _tied("uses", _("Plan of use"), promises.uses_of(row), *uses_of(found[USES]), numbers, found[USES], _use_line)
    if PLAN in found:
        stages, wrong = stages_of(found[PLAN])
        yield from _tied("plan", _("Work plan"), promises.stages_of(row), settled(row, stages), wrong, numbers, found[PLAN], _stage_line)
    if SPENDING in found:
        yield from _spending(row, found[SPENDING])


def _numbers(row: Proposal, products: Promised | None) -> dict[str, str]:
    """What the numbers of products in a file stand for: those of its own tables, else those of the dossier."""
    if products is not None and products.promises:
        return products.numbers
    return {label: label for label, _p in numbered(row.products)}


def settled(row: Proposal, stages: Sequence[Stage]) -> list[Stage]:
    """Milestones as they would be kept: who is not of the team stands among the others."""
    team = {m.name for m in row.team}
    made = []
    for s in stages:
        strange = [name for name in s.who if name not in team]
        others = "; ".join([*strange, *([s.others] if s.others else [])])[:300] or None
        made.append(replace(s, who=tuple(m.name for m in row.team if m.name in s.who), others=others))
    return made


def _compared(code: str, label: str, old: Sequence[Any], new: Sequence[Any], wrong: Sequence[str], cells: Cells, line: Any) -> Iterator[Offer]:
    if wrong:
        yield Offer(code, label, refused=_("%(part)s, row %(rows)s", part=label, rows="; ".join(wrong[:10])))
    elif new and list(new) != list(old):
        yield Offer(code, label, "\n".join(map(line, old)), "\n".join(map(line, new)), cells)


def _tied(code: str, label: str, old: Sequence[Any], new: Sequence[Any], wrong: Sequence[str], numbers: Mapping[str, str], cells: Cells, line: Any) -> Iterator[Offer]:
    made, strange = renumbered(new, numbers)
    if strange and not wrong:
        yield Offer(code, label, refused=_("%(part)s: there is no product with the number %(numbers)s", part=label, numbers=", ".join(strange[:10])))
    else:
        yield from _compared(code, label, old, made, wrong, cells, line)


def _spending(row: Proposal, cells: Cells) -> Iterator[Offer]:
    text = cells[0][0].strip() if cells and cells[0] else ""
    wanted, label = spending_of(text), _("Method of lump-sum spending")
    if text and wanted is None:
        yield Offer("spending", label, refused=label)
    elif wanted is not None and wanted != row.spending:
        yield Offer("spending", label, SPENDING_WORDS[row.spending] if row.spending else "", SPENDING_WORDS[wanted], cells)


def _product_line(p: Promise) -> str:
    return " | ".join(str(part) for part in (p.group, p.name, p.kind, f"{p.quantity} {p.unit}", p.quality, p.level_home, p.level_abroad, p.place, p.ready_month) if part)


def _use_line(u: Use) -> str:
    return " | ".join(str(part) for part in (u.product, u.receiver, u.place, u.how, u.month_from) if part)


def _stage_line(s: Stage) -> str:
    cost = money(s.cost) if s.cost is not None else None
    return " | ".join(str(part) for part in (f"{s.month_from}–{s.month_to}", s.content, s.result, "; ".join(s.products), "; ".join(s.who), s.others, cost) if part)


def take(row: Proposal, taken: Mapping[str, Cells], *, by: User, at: datetime) -> None:
    """Take over these parts of a file as they were shown. Raises Incomplete when a number stands for no product of the dossier."""
    products = products_of(taken["products"], _kinds(row)) if "products" in taken else None
    if products is not None:
        promises.put_products(row, products.promises, by=by, at=at)
    numbers = _numbers(row, products)
    if "uses" in taken:
        promises.put_uses(row, _sure(renumbered(uses_of(taken["uses"])[0], numbers)), by=by, at=at)
    if "plan" in taken:
        promises.put_milestones(row, _sure(renumbered(stages_of(taken["plan"])[0], numbers)), by=by, at=at)
    if "spending" in taken:
        promises.set_spending(row, spending_of(taken["spending"][0][0]) or Spending.PARTIAL, by=by, at=at)


def _sure(found: tuple[list[Any], list[str]]) -> list[Any]:
    parts, strange = found
    if strange:
        raise Incomplete(N_("The file names products that are not in the dossier (%(numbers)s): take its products over as well."), numbers=", ".join(strange[:10]))
    return parts
