"""What a person may do next on a project, worked out from its parts. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.permissions import Do
from app.kernel.words import N_
from app.stages.acceptance.rules import CaseState, ResultState
from app.stages.execution.rules import (
    AdjustmentState,
    ReportState,
    SuspensionState,
    TerminationState,
)
from app.stages.funding.rules import ContractState, SettlementState, TrancheState
from app.stages.transfer.rules import OPEN_REPORTS, FollowUpState


@dataclass(frozen=True)
class Step:
    """One link of the panel: label, endpoint and the public id in its address. `n` fills a number in the label."""

    label: str
    endpoint: str
    pid: str
    n: int | None = None
    of: str = ""  # the object's name, where several steps of a project have the same label


@dataclass(frozen=True)
class Line:
    """One report, change, visit or other part of a project, as its page lists it."""

    kind: str  # the table it stands in
    pid: str
    state: Any  # a member of the room's Face, or None
    label: str
    n: int | None
    day: date | None
    endpoint: str
    title: str = ""


def next_steps(project: Any, contract: Any, tranches: list[Any], lines: list[Line], *, holds: bool, can: Callable[[Do], bool], today: date,
               ended: bool = False, settlement: Any = None, owed: int | None = None) -> list[Step]:  # fmt: skip
    """What waits for this person here, the most urgent first. `holds`: is it the investigator or the host's manager? `ended`: no report is owed any more.

    `settlement` are the accounts of an ended project and `owed` what is still to come back by them.
    """
    stopped = any(line.kind == "suspension" and line.state == SuspensionState.SUSPENDED for line in lines)
    reports = [] if ended or stopped else _reports(lines, holds, can, today)
    money = [] if getattr(project, "frozen_since", None) else _money(tranches, holds, can)
    closing = _accounts(project, contract, settlement, owed, holds, can) if ended and contract is not None and contract.state != ContractState.DRAFT and not project.historic else []
    changes = [] if ended else _changes(lines, can)
    return [*([] if ended else _endings(lines, can)), *closing, *([] if ended else _contract(project, contract, can)), *money, *reports, *changes,
            *_acceptance(project, contract, lines, holds, can, today), *_transfer(contract, lines, holds, can, today)]  # fmt: skip


def _contract(project: Any, contract: Any, can: Callable[[Do], bool]) -> list[Step]:
    if project.historic or not can(Do.FUNDING_CONTRACT):
        return []
    if contract is None:
        return [Step(N_("Draft the contract"), "funding.draft_contract", project.public_id)]
    if contract.state == ContractState.DRAFT:
        return [Step(N_("Complete and sign the contract"), "funding.contract", contract.public_id)]
    return []


def _endings(lines: list[Line], can: Callable[[Do], bool]) -> list[Step]:
    """Early ends to take up or decide, suspensions to end."""
    asked = [Step(N_("Take up the request for an early end"), "execution.termination", x.pid) for x in lines if x.kind == "termination" and x.state == TerminationState.REQUESTED and can(Do.EXECUTION_REVIEW)]
    if not can(Do.EXECUTION_DECIDE):
        return asked
    return [*asked, *(Step(N_("Decide on the early end"), "execution.decide_termination", x.pid) for x in lines if x.kind == "termination" and x.state == TerminationState.OPENED),
            *(Step(N_("Resume the work"), "execution.resume", x.pid) for x in lines if x.kind == "suspension" and x.state == SuspensionState.SUSPENDED)]  # fmt: skip


def _accounts(project: Any, contract: Any, settlement: Any, owed: int | None, holds: bool, can: Callable[[Do], bool]) -> list[Step]:
    """Accounts to write or to check, money to come back, the contract to liquidate."""
    if contract.state == ContractState.LIQUIDATED:
        return []
    if settlement is None or settlement.state == SettlementState.RETURNED:
        return [Step(N_("Write the final accounts"), "funding.submit_settlement", project.public_id)] if holds and can(Do.FUNDING_REQUEST) else []
    if settlement.state == SettlementState.SUBMITTED:
        return [Step(N_("Check the accounts"), "funding.decide_settlement", settlement.public_id)] if can(Do.FUNDING_SETTLE) else []
    if owed:
        found = [Step(N_("Pay back what is owed"), "funding.settlement", settlement.public_id)] if holds else []
        return [*found, Step(N_("Book money that came back"), "funding.refund", project.public_id)] if can(Do.FUNDING_PAY) else found
    return [Step(N_("Liquidate the contract"), "funding.liquidate", contract.public_id)] if can(Do.FUNDING_LIQUIDATE) else []


OVER = (TrancheState.SETTLED, TrancheState.CANCELLED)


def _money(tranches: list[Any], holds: bool, can: Callable[[Do], bool]) -> list[Step]:
    wanted = {
        TrancheState.DUE: (holds and can(Do.FUNDING_REQUEST), N_("Request payment of tranche %(n)s"), "funding.request_payment"),
        TrancheState.REQUESTED: (can(Do.FUNDING_APPROVE_PAYMENT), N_("Approve payment of tranche %(n)s"), "funding.approve_payment"),
        TrancheState.APPROVED: (can(Do.FUNDING_PAY), N_("Record payment of tranche %(n)s"), "funding.pay"),
    }  # fmt: skip
    found: list[Step] = []
    if holds and can(Do.FUNDING_REQUEST) and any(t.state == TrancheState.DUE for t in tranches):
        found = [Step(N_("Account for the money of tranche %(n)s"), "funding.tranche", t.public_id, t.position) for t in tranches if t.state == TrancheState.PAID]
    under_way = any(t.state in (TrancheState.REQUESTED, TrancheState.APPROVED) for t in tranches)
    for tranche in tranches:
        if tranche.state == TrancheState.DUE and (under_way or any(t.state not in OVER for t in tranches if t.position < tranche.position)):
            continue  # one request of a contract at a time, in order
        mine, label, endpoint = wanted.get(tranche.state, (False, "", ""))
        if mine:
            found.append(Step(label, endpoint, tranche.public_id, tranche.position))
    return found


def _reports(lines: list[Line], holds: bool, can: Callable[[Do], bool], today: date) -> list[Step]:
    found = []
    for line in (x for x in lines if x.kind == "report"):
        due = line.state == ReportState.RETURNED or (line.state == ReportState.SCHEDULED and line.day is not None and (line.day - today).days <= 30)
        if due and holds and can(Do.EXECUTION_REPORT):
            found.append(Step(N_("Write report %(n)s"), "execution.submit_report", line.pid, line.n))
        elif line.state == ReportState.SUBMITTED and can(Do.EXECUTION_REVIEW):
            found.append(Step(N_("Review report %(n)s"), "execution.review_report", line.pid, line.n))
    return found


def _changes(lines: list[Line], can: Callable[[Do], bool]) -> list[Step]:
    return [Step(N_("Decide on the change asked for"), "execution.decide_adjustment", line.pid)
            for line in lines if line.kind == "adjustment" and line.state == AdjustmentState.REQUESTED and can(Do.EXECUTION_DECIDE)]  # fmt: skip


def _acceptance(project: Any, contract: Any, lines: list[Line], holds: bool, can: Callable[[Do], bool], today: date) -> list[Step]:
    case = next((line for line in lines if line.kind == "acceptance_case"), None)
    if case is None:
        near = contract is not None and contract.state == ContractState.SIGNED and (contract.ends_on - today).days <= 60
        return [Step(N_("Begin the acceptance"), "acceptance.begin", project.public_id)] if near and (holds or can(Do.ACCEPTANCE_RUN)) else []
    wanted = {
        CaseState.PREPARING: (holds, N_("Complete the acceptance dossier")), CaseState.RETURNED: (holds, N_("Complete the acceptance dossier")),
        CaseState.SUBMITTED: (can(Do.ACCEPTANCE_CHECK), N_("Check the acceptance dossier")),
        CaseState.VALID: (can(Do.ACCEPTANCE_RUN), N_("Put the acceptance to a council")),
        CaseState.REVISING: (holds or can(Do.ACCEPTANCE_RUN), N_("Revise and confirm the report")),
        CaseState.GRADED: (holds or can(Do.ACCEPTANCE_REGISTER), N_("Deal with the council's rating")),
        CaseState.RESULTS_REGISTERED: (can(Do.ACCEPTANCE_RECOGNISE), N_("Recognise the results")),
    }  # fmt: skip
    mine, label = wanted.get(case.state, (False, ""))
    return [Step(label, "acceptance.show", case.pid)] if mine else []


def _transfer(contract: Any, lines: list[Line], holds: bool, can: Callable[[Do], bool], today: date) -> list[Step]:
    found = []
    recognised = any(line.kind == "acceptance_case" and line.state == CaseState.RECOGNISED for line in lines)
    closed = contract is None or contract.state == ContractState.LIQUIDATED  # by the usual order of steps; where a province hands over earlier, the result's page offers it
    if closed and recognised and (holds or can(Do.TRANSFER_OFFER)) and not any(line.kind in ("handover", "follow_up", "transfer_agreement") for line in lines):
        found += [Step(N_("Offer the result to a receiver"), "transfer.offer", line.pid, of=line.title) for line in lines if line.kind == "result" and line.state == ResultState.REGISTERED]
    for line in (x for x in lines if x.kind == "follow_up"):
        if line.state in OPEN_REPORTS and holds and can(Do.TRANSFER_REPORT) and line.day is not None and (line.day - today).days <= 60:
            found.append(Step(N_("Report on the use, year %(n)s"), "transfer.report", line.pid, line.n))
        elif line.state == FollowUpState.REPORTED and can(Do.TRANSFER_VERIFY):
            found.append(Step(N_("Verify the report on use, year %(n)s"), "transfer.verify", line.pid, line.n))
    return found
