"""How the after-tax profit of a contract is shared. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


class IncomeState(Face):
    """Whether what a contract brought in a period still counts."""

    RECORDED = "recorded", N_("Recorded"), "green"
    CANCELLED = "cancelled", N_("Cancelled"), "red"


INCOME = Lifecycle("transfer_income", IncomeState, start=IncomeState.RECORDED, moves={
    (IncomeState.RECORDED, "cancel_income"): Move(IncomeState.CANCELLED, Do.TRANSFER_VERIFY, N_("Cancel this entry")),
})  # fmt: skip


def check_split(authors: int, intermediary: int, host: int, *, named: bool, least: int | None) -> None:
    """Raises Incomplete unless the three parts make one whole, the authors get what the law gives them, and only a named intermediary gets anything."""
    total = authors + intermediary + host
    if total != 100:
        raise Incomplete(N_("The shares of authors, intermediary and host must make 100 percent; they make %(sum)s."), field="author_share", sum=total)
    if least is not None and authors < least:
        raise Incomplete(N_("The authors get at least %(n)s percent of the after-tax profit."), field="author_share", n=least)
    if intermediary and not named:
        raise Incomplete(N_("The contract names no intermediary."), field="intermediary_share")


def parts(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount in whole parts by weight: nothing is lost, what is left over goes to the largest remainders, the first of equals first."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    found = [amount * w // total for w in weights]
    order = sorted(range(len(weights)), key=lambda n: (-(amount * weights[n] % total), n))
    for n in order[: amount - sum(found)]:
        found[n] += 1
    return found


def shared(profit: int, authors: int, intermediary: int, host: int, members: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """The profit (đồng) by the three shares, and the authors' part by each member's share of the result."""
    a, i, h = parts(profit, (authors, intermediary, host))
    each = parts(a, [percent for _name, percent in members])
    return {"authors": a, "intermediary": i, "host": h, "members": [{"name": name, "percent": percent, "amount": part} for (name, percent), part in zip(members, each, strict=True)]}
