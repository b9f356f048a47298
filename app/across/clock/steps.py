"""Every step of the lifecycle as data: where it begins and ends, whose turn it is, which rule limits it. The limits stand in the rulebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select

from app.across.clock import rows
from app.kernel.words import N_, Face


class Turn(Face):
    """Whose turn it is."""

    OFFICER = "officer", N_("Officer of the Department"), "blue"
    LEADER = "leader", N_("Leader or people's committee"), "purple"
    COUNCIL = "council", N_("Council"), "purple"
    FINANCE = "finance", N_("Accountant"), "amber"
    APPLICANT = "applicant", N_("Investigator and host"), "green"


class Phase(Face):
    """The stage a step belongs to."""

    IDEAS = "ideas", N_("Ideas"), "grey"
    CALLS = "calls", N_("Calls"), "grey"
    PROPOSALS = "proposals", N_("Proposals"), "grey"
    SELECTION = "selection", N_("Selection"), "grey"
    FUNDING = "funding", N_("Funding"), "grey"
    EXECUTION = "execution", N_("Execution"), "grey"
    ACCEPTANCE = "acceptance", N_("Acceptance"), "grey"
    TRANSFER = "transfer", N_("Transfer"), "grey"


@dataclass(frozen=True)
class Step:
    """One step. `found` gives its items that are open, or were done from one instant to another."""

    name: str
    phase: Phase
    label: str
    since: str  # the event its days are counted from
    rule: str
    turn: Turn
    found: Callable[[rows.Span], Select[Any]]
    noun: str = ""  # whose events in the journal tell when it began, was stopped and went on
    starts: frozenset[str] = field(default=frozenset())
    stops: frozenset[str] = field(default=frozenset())
    ends: frozenset[str] = field(default=frozenset())


def _step(name: str, phase: Phase, label: str, since: str, rule: str, turn: Turn, made: Callable[[rows.Span], Select[Any]], noun: str = "",
          starts: tuple[str, ...] = (), stops: tuple[str, ...] = (), ends: tuple[str, ...] = ()) -> Step:  # fmt: skip
    return Step(name, phase, label, since, rule, turn, made, noun, frozenset(starts), frozenset(stops), frozenset(ends))


AGAIN = {"starts": ("submit",), "stops": ("return",)}
P, T = Phase, Turn
STEPS: tuple[Step, ...] = (
    _step("identify", P.IDEAS, N_("Identify an idea"), N_("The idea came in"), "clock.identify", T.OFFICER, rows.identified, "idea", ends=("identify",), **AGAIN),
    _step("list", P.IDEAS, N_("Decide on the list of topics"), N_("The council's conclusion was put in words"), "clock.list", T.LEADER, rows.listed),
    _step("open", P.CALLS, N_("Open the dossiers of a call"), N_("The deadline passed"), "calls.opening_days", T.OFFICER, rows.opened),
    _step("check", P.PROPOSALS, N_("Check the eligibility of a dossier"), N_("The deadline passed"), "calls.opening_days", T.OFFICER, rows.checked),
    _step("add", P.PROPOSALS, N_("Add what was asked for"), N_("It was asked for"), "proposals.supplement_days", T.APPLICANT, rows.added),
    _step("judge", P.SELECTION, N_("Rank the dossiers of a topic"), N_("The round began"), "clock.judge", T.COUNCIL, rows.judged),
    _step("notify", P.SELECTION, N_("Tell the applicants the outcome"), N_("The council ranked the dossiers"), "selection.result_notice_days", T.OFFICER, rows.notified),
    _step("complaint", P.SELECTION, N_("Answer a complaint"), N_("The complaint was filed"), "selection.complaint_answer_days", T.OFFICER, rows.complaint),
    _step("appraise", P.FUNDING, N_("Appraise a budget"), N_("The selection was concluded"), "funding.appraisal_days", T.OFFICER, rows.appraised),
    _step("revise", P.FUNDING, N_("Revise the work description"), N_("It was asked for"), "funding.revision", T.APPLICANT, rows.revised),
    _step("look", P.FUNDING, N_("Look at the revised work description"), N_("It was handed in"), "clock.look", T.OFFICER, rows.looked_at, "work_revision",
          starts=("submit",), stops=("return", "ask_again"), ends=("accept",)),
    _step("approve", P.FUNDING, N_("Decide on a project"), N_("The appraisal was concluded"), "funding.approval_days", T.LEADER, rows.approved),
    _step("sign", P.FUNDING, N_("Sign the contract"), N_("The project was approved"), "funding.contract_days", T.OFFICER, rows.signed),
    _step("pay", P.FUNDING, N_("Pay a tranche"), N_("Payment was requested"), "clock.pay", T.FINANCE, rows.paid, "tranche", starts=("request",), stops=("return",), ends=("pay",)),
    _step("settle", P.FUNDING, N_("Decide on the final accounts"), N_("They were handed in"), "clock.settle", T.FINANCE, rows.settled, "settlement", ends=("accept",), **AGAIN),
    _step("liquidate", P.FUNDING, N_("Liquidate the contract"), N_("The final accounts were accepted"), "clock.liquidate", T.OFFICER, rows.liquidated),
    _step("report", P.EXECUTION, N_("Write a report"), N_("The period ended"), "execution.report_due_days", T.APPLICANT, rows.reported),
    _step("review", P.EXECUTION, N_("Review a report"), N_("The report came in"), "clock.review", T.OFFICER, rows.reviewed, "report", ends=("accept",), **AGAIN),
    _step("change", P.EXECUTION, N_("Decide on a change"), N_("It was asked for"), "execution.decision_days", T.LEADER, rows.changed),
    _step("end", P.EXECUTION, N_("Decide on an early end"), N_("It was opened"), "execution.decision_days", T.LEADER, rows.ended),
    _step("hand_in", P.ACCEPTANCE, N_("Hand in the acceptance dossier"), N_("The contract ended"), "acceptance.dossier_days", T.APPLICANT, rows.handed_in),
    _step("valid", P.ACCEPTANCE, N_("Check the acceptance dossier"), N_("It was handed in"), "acceptance.check_days", T.OFFICER, rows.valid, "acceptance_case", ends=("check",), **AGAIN),
    _step("seat", P.ACCEPTANCE, N_("Establish the acceptance council"), N_("The dossier was found valid"), "acceptance.council_days", T.OFFICER, rows.seated),
    _step("grade", P.ACCEPTANCE, N_("Finish the acceptance"), N_("The council was established"), "acceptance.finish_days", T.COUNCIL, rows.graded),
    _step("register", P.ACCEPTANCE, N_("Register the results"), N_("The council rated them"), "acceptance.registration_days", T.APPLICANT, rows.registered),
    _step("recognise", P.ACCEPTANCE, N_("Recognise the results"), N_("The results were registered"), "clock.recognise", T.LEADER, rows.recognised),
    _step("interest", P.TRANSFER, N_("Answer a message about a result"), N_("The message came in"), "transfer.interest_days", T.OFFICER, rows.wrote),
    _step("transfer", P.TRANSFER, N_("Register a transfer contract"), N_("The contract was signed"), "transfer.registration_days", T.APPLICANT, rows.transfer_registered),
    _step("verify", P.TRANSFER, N_("Verify a report on use"), N_("The report came in"), "clock.verify", T.OFFICER, rows.verified, "follow_up",
          starts=("report",), stops=("return",), ends=("verify",)),
)
BY_NAME = {step.name: step for step in STEPS}
RULES = frozenset(step.rule for step in STEPS)
