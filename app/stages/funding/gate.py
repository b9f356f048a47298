"""The gate of a tranche: what must be so before its money is asked for, approved and paid. Derived from the facts each time, never stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.errors import WrongState
from app.kernel.words import N_, Face
from app.services.rulebook import queries as rulebook
from app.stages.funding import queries
from app.stages.funding.models import Tranche
from app.stages.funding.rules import (
    ClosingKind,
    Condition,
    ContractState,
    TrancheState,
)

# fn(project_id) -> the days on which its reports were accepted, in order; execution registers its own at import
ACCEPTED_REPORTS: list[Callable[[int], Sequence[date]]] = []
GONE_BY = frozenset({TrancheState.PAID, TrancheState.SETTLED, TrancheState.CANCELLED})


class Need(Face):
    """What a tranche waits for."""

    IN_FORCE = "in_force", N_("The contract is in force"), "grey"
    FLOWING = "flowing", N_("Payments are not stopped"), "grey"
    TURN = "turn", N_("Every earlier tranche is paid"), "grey"
    SIGNING = "signing", N_("The contract is signed"), "grey"
    REPORT = "report", N_("The report of the stage is accepted"), "grey"
    PRODUCT = "product", N_("The products of the stage are handed in"), "grey"
    ACCEPTANCE = "acceptance", N_("The results are recognised"), "grey"
    ACCOUNTED = "accounted", N_("The money of the tranche before is accounted for"), "grey"
    ACCOUNT = "account", N_("The contract names the account"), "grey"


REFUSALS = {
    Need.IN_FORCE: N_("The contract is not in force."),
    Need.FLOWING: N_("Payments of this project are stopped."),
    Need.TURN: N_("Tranches are paid in order: an earlier one is not paid yet."),
    Need.SIGNING: N_("The condition of this tranche is not met: the contract is not signed yet."),
    Need.REPORT: N_("The condition of this tranche is not met: no report of this stage is accepted yet."),
    Need.PRODUCT: N_("The condition of this tranche is not met: nobody has confirmed yet that the products of the stage are handed in."),
    Need.ACCEPTANCE: N_("The condition of this tranche is not met: the results are not recognised yet."),
    Need.ACCOUNTED: N_("The money of the tranche before is not accounted for yet."),
    Need.ACCOUNT: N_("The contract does not say yet to which account money is paid."),
}  # fmt: skip
BY_HAND = frozenset({Need.REPORT, Need.PRODUCT})  # what an officer may confirm with a reason: it may lie on paper


@dataclass(frozen=True)
class Item:
    """One line of the list: is it so, since when, and who confirmed it by hand with which reason."""

    need: Need
    ok: bool
    day: date | None = None
    by: str | None = None
    reason: str | None = None


def gate(tranche: Tranche) -> list[Item]:
    """The list of a tranche, in the order in which a refusal names what is missing first."""
    project, contract = queries.project_by_id(tranche.project_id), queries.contract_of(tranche.project_id)
    earlier = [t for t in queries.tranches_of(tranche.project_id) if t.position < tranche.position and t.state != TrancheState.CANCELLED]
    found = [
        Item(Need.IN_FORCE, contract is not None and contract.state == ContractState.SIGNED),
        Item(Need.FLOWING, project.frozen_since is None),
        Item(Need.TURN, all(t.state in GONE_BY for t in earlier)),
        _condition(tranche, contract),
    ]
    if earlier and "previous_settled" in rulebook.value("funding.next_tranche_needs", on=project.decision_date):
        found.append(Item(Need.ACCOUNTED, earlier[-1].state == TrancheState.SETTLED))
    return [*found, Item(Need.ACCOUNT, bool(contract is not None and contract.account))]


def missing(tranche: Tranche) -> list[Item]:
    return [item for item in gate(tranche) if not item.ok]


def check_gate(tranche: Tranche, _by: Any = None) -> None:
    """Raises WrongState with the sentence of the first thing that is missing."""
    for item in missing(tranche):
        raise WrongState(REFUSALS[item.need])


def check_condition(tranche: Tranche, _by: Any = None) -> None:
    """Raises WrongState when the tranche waits for something that the system itself sees, and it is not so."""
    item = _condition(tranche, queries.contract_of(tranche.project_id))
    if not item.ok and item.need not in BY_HAND:
        raise WrongState(REFUSALS[item.need])


def _condition(tranche: Tranche, contract: Any) -> Item:
    """What the tranche itself waits for: seen by the system, or confirmed by an officer with a reason."""
    need, day = Need(str(tranche.condition)), None
    if tranche.condition == Condition.SIGNING:
        day = contract.signed_on if contract is not None else None
    elif tranche.condition == Condition.ACCEPTANCE:
        closing = queries.closing_of(tranche.project_id)
        day = closing.dated if closing is not None and closing.kind == ClosingKind.RECOGNISED else None
    elif tranche.condition == Condition.REPORT:
        # the first tranche that waits for a report needs one accepted, the second another
        turn = sum(t.condition == Condition.REPORT and t.position <= tranche.position for t in queries.tranches_of(tranche.project_id))
        days = sorted(day for reader in ACCEPTED_REPORTS for day in reader(tranche.project_id))
        day = days[turn - 1] if len(days) >= turn else None
    if day is not None or need not in BY_HAND or tranche.state == TrancheState.PLANNED:
        return Item(need, day is not None, day)
    mark = queries.marked_due(tranche)
    return Item(need, mark is not None, mark and mark.day, mark and mark.name, mark and mark.reason)
