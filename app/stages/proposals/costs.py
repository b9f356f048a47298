"""What the rulebook says of an estimate: the norm beside a line, limits, counterpart funds, lump sum to the final product. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kernel.text import fold
from app.kernel.words import N_
from app.services.rulebook.rules import Mark
from app.stages.proposals.rules import (
    ProductGroup,
    Source,
    Spending,
    dotted,
    totals,
)

BLOCK, WARN = "block", "warn"
MOST_NAMED = 3  # lines or products that a sentence names


@dataclass(frozen=True)
class Ruling:
    """A rule as it holds for one dossier. What its call did not freeze when it was published only warns: nobody is bound by what came later."""

    value: Any
    source: str
    mark: Mark
    binding: bool = True

    def effect(self, wanted: str) -> str:
        return wanted if self.binding else WARN


@dataclass(frozen=True)
class Check:
    """One rule and whether the dossier keeps it: a sentence, what happens when it is broken, where the rule stands."""

    ok: bool
    section: str
    sentence: str
    params: dict[str, Any] = field(default_factory=dict)
    effect: str = BLOCK
    rule: Ruling | None = None

    @property
    def bars(self) -> bool:
        """Does it keep the dossier from being signed off?"""
        return not self.ok and self.effect == BLOCK


# --- norms ----------------------------------------------------------------------------------------------------


def norm_of(line: Any, norms: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The norm for a line of state money: of its head and unit, the one whose words stand in the content (the longest words win), else the one without words."""
    if line.source != Source.STATE:
        return None
    unit, content = fold(line.unit), f" {fold(line.content)} "
    best, length = None, -1
    for norm in norms:
        if norm["head"] != line.head or (norm["units"] and unit not in map(fold, norm["units"])):
            continue
        found = max((len(fold(word)) for word in norm["words"] if f" {fold(word)}" in content), default=-1) if norm["words"] else 0
        if found > length:
            best, length = norm, found
    return best


def above_norm(line: Any, norm: Mapping[str, Any] | None) -> bool:
    """Is the unit price over its norm?"""
    return norm is not None and line.price > norm["most"]


# --- the estimate as a whole ----------------------------------------------------------------------------------


def budget_checks(lines: Sequence[Any], *, kind: str, ceiling: int | None, heads: Mapping[str, str], rulings: Mapping[str, Ruling]) -> list[Check]:
    """Ceiling, counterpart funds, limits of heads and norms, for an estimate that has lines. `heads`: the names of budget heads."""
    if not lines:
        return []
    sums = totals(list(lines))
    found = [] if ceiling is None else [_ceiling(sums["state"], ceiling)]
    found += _counterpart(sums, kind, rulings["proposals.counterpart_share"])
    for limit in rulings["proposals.head_limits"].value:
        found += _head_limit(lines, limit, sums["state"], heads, rulings["proposals.head_limits"])
    return found + _norms(lines, rulings["proposals.norms"])


def _ceiling(state: int, ceiling: int) -> Check:
    kept = N_("The state budget part of %(total)s đ is within the ceiling of the topic, %(ceiling)s đ.")
    broken = N_("The state budget part of %(total)s đ is over the ceiling of the topic, %(ceiling)s đ.")
    return Check(state <= ceiling, "budget", kept if state <= ceiling else broken, {"total": dotted(state), "ceiling": dotted(ceiling)})


def _counterpart(sums: Mapping[str, Any], kind: str, ruling: Ruling) -> list[Check]:
    least = ruling.value["least"].get(kind, ruling.value["least"]["default"])
    if not least:
        return []
    ok = sums["counterpart"] * 100 >= least * sums["all"]
    needed = -(-least * sums["state"] // (100 - least)) if least < 100 else sums["all"]
    kept, broken = N_("Counterpart funds of %(have)s đ are at least %(least)s %% of the whole cost."), N_(
        "Counterpart funds of %(have)s đ are less than %(least)s %% of the whole cost: with this state budget part they must be at least %(needed)s đ.")
    params = {"have": dotted(sums["counterpart"]), "least": least, "needed": dotted(needed)}
    return [Check(ok, "budget", kept if ok else broken, params, ruling.effect(ruling.value["effect"]), ruling)]


def _head_limit(lines: Sequence[Any], limit: Mapping[str, Any], state: int, heads: Mapping[str, str], ruling: Ruling) -> list[Check]:
    have = sum(b.amount for b in lines if b.head == limit["head"] and b.source == Source.STATE)
    if not have:
        return []
    most = min(state * limit["percent_of_state"] // 100, limit["most"])
    kept, broken = N_("“%(head)s” takes %(have)s đ of the state money, at most %(most)s đ."), N_("“%(head)s” takes %(have)s đ of the state money; at most %(most)s đ are allowed.")
    params = {"head": heads.get(limit["head"], limit["head"]), "have": dotted(have), "most": dotted(most)}
    return [Check(have <= most, "budget", kept if have <= most else broken, params, ruling.effect(limit["effect"]), ruling)]


def _norms(lines: Sequence[Any], ruling: Ruling) -> list[Check]:
    """One sentence for the lines above their norm; those that bar and those that only warn apart."""
    normed = [(line, norm) for line in lines if (norm := norm_of(line, ruling.value)) is not None]
    over = [(line, ruling.effect(norm["effect"])) for line, norm in normed if above_norm(line, norm)]
    if normed and not over:
        return [Check(True, "budget", N_("No line is above its norm (lines with a norm: %(n)s)."), {"n": len(normed)}, rule=ruling)]
    found = []
    for effect in (BLOCK, WARN):
        named = [line.content for line, what in over if what == effect]
        if named:
            found.append(Check(False, "budget", N_("Lines above their norm: %(n)s (%(names)s)."), {"n": len(named), "names": named_few(named)}, effect, ruling))
    return found


def named_few(names: Sequence[str]) -> str:
    """The first few names, and dots when there are more."""
    return "; ".join(names[:MOST_NAMED]) + ("; …" if len(names) > MOST_NAMED else "")


# --- as a table of heads, years and sources ------------------------------------------------------------------


@dataclass(frozen=True)
class Cross:
    """Sums by head (rows) and year and source (columns); every sum is made of the lines when it is asked for."""

    columns: list[tuple[int, Source]]
    rows: list[tuple[str, list[int], int]]
    foot: list[int]
    total: int
    lump_sum: int  # of the total
    state_lump_sum: int


def cross(lines: Sequence[Any], order: Sequence[str]) -> Cross:
    """The lines added up; heads in this order, strange ones after them."""
    columns = sorted({(b.year, Source(b.source)) for b in lines}, key=lambda c: (c[0], c[1] != Source.STATE))
    cells: dict[tuple[str, int, Source], int] = {}
    for b in lines:
        key = (b.head, b.year, Source(b.source))
        cells[key] = cells.get(key, 0) + b.amount
    heads = sorted({b.head for b in lines}, key=lambda h: (list(order).index(h) if h in order else len(order), h))
    rows = [(head, [cells.get((head, *column), 0) for column in columns]) for head in heads]
    lump = [b for b in lines if b.lump_sum]
    return Cross(columns, [(head, row, sum(row)) for head, row in rows], [sum(row[n] for _h, row in rows) for n in range(len(columns))],
                 sum(b.amount for b in lines), sum(b.amount for b in lump), sum(b.amount for b in lump if b.source == Source.STATE))  # fmt: skip


# --- lump sum to the final product ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """A condition of lump sum to the final product: what it asks, whether it is met, else why not and for what."""

    ok: bool
    sentence: str
    why: str
    names: tuple[str, ...] = ()


def final_product(products: Sequence[Any], used_at: str | None, bound: int, ceiling: int, needs: Collection[str] = ("name", "quality", "quantity", "address")) -> list[Condition]:
    """The conditions, each with its answer. `bound`: what is spent on repair, purchase of assets and travel abroad; `needs`: which the rulebook asks."""

    def of_each(sentence: str, why: str, good: Any) -> Condition:
        bad = tuple(p.name for p in products if not good(p))
        return Condition(bool(products) and not bad, sentence, why, bad)

    made = {
        "name": of_each(N_("Each product is named."), N_("The final product is not named."), lambda p: (p.name or "").strip()),
        "quality": of_each(N_("Each product has its main quality criteria with unit and level, or its scientific requirement."),
                           N_("A product has no quality criterion with unit and level."), _level_named),
        "quantity": of_each(N_("Each product has a quantity or scale."), N_("A product has no quantity or scale."), lambda p: p.quantity),
        "address": Condition(bool((used_at or "").strip()), N_("It is named who will use the products, and where."), N_("Nobody is named who will use the product.")),
    }  # fmt: skip
    found = [condition for code, condition in made.items() if code in needs and (products or code in ("name", "address"))]
    return [*found, Condition(bound <= ceiling, N_("Repair, purchase of assets and travel abroad together keep within the limit."),
                              N_("Repair, purchase of assets and travel abroad together exceed the limit."))]  # fmt: skip


def _level_named(product: Any) -> bool:
    """A criterion that can be measured has a figure: asked of form I; for the others the requirement in words is enough."""
    text = (product.quality or "").strip()
    return bool(text) and (getattr(product, "group", None) != ProductGroup.ONE or any(c.isdigit() for c in text))


def spending_check(spending: Spending | None, conditions: Sequence[Condition], ruling: Ruling) -> list[Check]:
    """Whoever asks for lump sum to the final product must meet its conditions; who has not said how to spend is reminded."""
    if spending is None:
        return [Check(False, "budget", N_("The method of spending is not chosen yet: lump sum to the final product, or in part."), {}, WARN, ruling)]
    if spending != Spending.FINAL_PRODUCT:
        return []
    broken = [c for c in conditions if not c.ok]
    if not broken:
        return [Check(True, "budget", N_("Lump sum to the final product keeps its conditions."), rule=ruling)]
    return [Check(False, "budget", c.why, {}, ruling.effect(BLOCK), ruling) for c in broken]
