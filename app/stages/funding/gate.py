"""The gate of a tranche: what must be so before its money is asked for, approved and paid. Derived from the facts each time, never stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel import clock
from app.kernel.errors import WrongState
from app.kernel.words import N_, Face
from app.services.rulebook import queries as rulebook
from app.stages.funding import queries
from app.stages.funding.models import Contract, Project, Tranche
from app.stages.funding.rules import (
    ClosingKind,
    Condition,
    ContractState,
    TrancheState,
)

# fn(project_id) -> the days on which its reports were accepted, in order; execution registers its own at import
ACCEPTED_REPORTS: list[Callable[[int], Sequence[date]]] = []
# fn(project_id, day) -> the lines of the start-up checklist that bind by the rulebook and are not there; starting registers its own at import
START_UP: list[Callable[[int, date], Sequence[str]]] = []
# fn(project_id) -> the day on which accepted reports had told of every product as delivered; execution registers its own at import
ALL_DELIVERED: list[Callable[[int], date | None]] = []
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
    START = "start", N_("What binds in the start-up checklist is there"), "grey"
    ACCOUNT = "account", N_("The contract names the account"), "grey"
    HOLD = "hold", N_("The account is not on hold"), "grey"


REFUSALS = {
    Need.IN_FORCE: N_("The contract is not in force."),
    Need.FLOWING: N_("Payments of this project are stopped."),
    Need.TURN: N_("Tranches are paid in order: an earlier one is not paid yet."),
    Need.SIGNING: N_("The condition of this tranche is not met: the contract is not signed yet."),
    Need.REPORT: N_("The condition of this tranche is not met: no report of this stage is accepted yet."),
    Need.PRODUCT: N_("The condition of this tranche is not met: neither do accepted reports tell of all products as delivered, nor has anybody confirmed those of the stage."),
    Need.ACCEPTANCE: N_("The condition of this tranche is not met: the results are not recognised yet."),
    Need.ACCOUNTED: N_("The money of the tranche before is not accounted for yet."),
    Need.START: N_("Lines of the start-up checklist that must be there before the first payment are missing."),
    Need.ACCOUNT: N_("The contract does not say yet to which account money is paid."),
    Need.HOLD: N_("The account was changed and is on hold until %(day)s: nothing is paid before."),
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


@dataclass(frozen=True)
class Facts:
    """All that the gates of one project are derived from, read once."""

    project: Project
    contract: Contract | None
    tranches: Sequence[Tranche]
    accounted: bool  # by the rulebook, the money of earlier tranches is accounted for before a later one is paid
    recognised_on: date | None
    reports: Sequence[date]
    marks: Mapping[str, queries.Mark]
    held_until: date | None
    start_missing: Sequence[str] = ()
    delivered_on: date | None = None


def facts_of(project_id: int, *, on: date | None = None) -> Facts:
    project, closing = queries.project_by_id(project_id), queries.closing_of(project_id)
    tranches = queries.tranches_of(project_id)
    return Facts(
        project, queries.contract_of(project_id), tranches,
        accounted="previous_settled" in rulebook.value("funding.next_tranche_needs", on=project.decision_date),
        recognised_on=closing.dated if closing is not None and closing.kind == ClosingKind.RECOGNISED else None,
        reports=sorted(day for reader in ACCEPTED_REPORTS for day in reader(project_id)), marks=queries.marked_due(tranches),
        held_until=queries.held_until(project_id, on or clock.today()), start_missing=[code for reader in START_UP for code in reader(project_id, on or clock.today())],
        delivered_on=next((day for reader in ALL_DELIVERED if (day := reader(project_id)) is not None), None) if any(t.condition == Condition.PRODUCT for t in tranches) else None)  # fmt: skip


def gate(tranche: Tranche, facts: Facts | None = None) -> list[Item]:
    """The list of a tranche, in the order in which a refusal names what is missing first."""
    known = facts or facts_of(tranche.project_id)
    contract = known.contract
    earlier = [t for t in known.tranches if t.position < tranche.position and t.state != TrancheState.CANCELLED]
    found = [
        Item(Need.IN_FORCE, contract is not None and contract.state == ContractState.SIGNED),
        Item(Need.FLOWING, known.project.frozen_since is None),
        Item(Need.TURN, all(t.state in GONE_BY for t in earlier)),
        _condition(tranche, known),
    ]
    if earlier and known.accounted:
        found.append(Item(Need.ACCOUNTED, all(t.state == TrancheState.SETTLED for t in earlier)))
    if not earlier and known.start_missing:
        found.append(Item(Need.START, False))
    return [*found, Item(Need.ACCOUNT, bool(contract is not None and contract.account)), Item(Need.HOLD, known.held_until is None, known.held_until)]


def missing(tranche: Tranche, facts: Facts | None = None) -> list[Item]:
    return [item for item in gate(tranche, facts) if not item.ok]


def check_gate(tranche: Tranche, _by: Any = None, *, facts: Facts | None = None) -> None:
    """Raises WrongState with the sentence of the first thing that is missing."""
    for item in missing(tranche, facts):
        raise WrongState(REFUSALS[item.need], **({"day": f"{item.day:%d/%m/%Y}"} if item.need == Need.HOLD and item.day else {}))


def check_condition(tranche: Tranche, _by: Any = None) -> None:
    """Raises WrongState when the tranche waits for something that the system itself sees, and it is not so."""
    item = _condition(tranche, facts_of(tranche.project_id))
    if not item.ok and item.need not in BY_HAND:
        raise WrongState(REFUSALS[item.need])


def _condition(tranche: Tranche, known: Facts) -> Item:
    """What the tranche itself waits for: seen by the system, or confirmed by an officer with a reason."""
    need, day = Need(str(tranche.condition)), None
    if tranche.condition == Condition.SIGNING:
        day = known.contract.signed_on if known.contract is not None else None
    elif tranche.condition == Condition.ACCEPTANCE:
        day = known.recognised_on
    elif tranche.condition == Condition.REPORT:
        # the first tranche that waits for a report needs one accepted, the second another
        turn = sum(t.condition == Condition.REPORT and t.position <= tranche.position for t in known.tranches)
        day = known.reports[turn - 1] if len(known.reports) >= turn else None
    elif tranche.condition == Condition.PRODUCT:
        day = known.delivered_on
    if day is not None or need not in BY_HAND or tranche.state == TrancheState.PLANNED:
        return Item(need, day is not None, day)
    mark = known.marks.get(tranche.public_id)
    return Item(need, mark is not None, mark and mark.day, mark and mark.name, mark and mark.reason)
