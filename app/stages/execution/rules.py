"""Execution: states, tables of moves, guards. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face
from app.stages.funding.rules import end_of


class ReportState(Face):
    """Where a report is. Whether it is late is derived from its due day."""

    SCHEDULED = "scheduled", N_("Awaited"), "grey"
    SUBMITTED = "submitted", N_("Submitted"), "blue"
    RETURNED = "returned", N_("Returned for changes"), "amber"
    ACCEPTED = "accepted", N_("Accepted"), "green"


class ReportKind(Face):
    """Why a report is written."""

    PERIODIC = "periodic", N_("Periodic report"), "blue"
    AD_HOC = "ad_hoc", N_("Report on request"), "amber"


class InspectionState(Face):
    """Where an inspection is."""

    PLANNED = "planned", N_("Planned"), "grey"
    DONE = "done", N_("Inspected"), "green"
    CALLED_OFF = "called_off", N_("Called off"), "red"


class InspectionKind(Face):
    """Why an inspection is made."""

    PERIODIC = "periodic", N_("Periodic inspection"), "blue"
    AD_HOC = "ad_hoc", N_("Extraordinary inspection"), "amber"


class Rating(Face):
    """How the officer rates the work by a report."""

    GOOD = "good", N_("On course"), "green"
    WATCH = "watch", N_("To be watched"), "amber"
    POOR = "poor", N_("In trouble"), "red"


class Delivery(Face):
    """Where a promised product is, by the report."""

    NOT_BEGUN = "not_begun", N_("Not begun"), "grey"
    UNDER_WAY = "under_way", N_("In hand"), "blue"
    AT_RISK = "at_risk", N_("At risk"), "red"
    DELIVERED = "delivered", N_("Ready and delivered"), "green"


class Level(Face):
    """How much a risk threatens the project."""

    LOW = "low", N_("Low"), "grey"
    MEDIUM = "medium", N_("Medium"), "amber"
    HIGH = "high", N_("High"), "red"


class FindingState(Face):
    """Where a finding of an inspection is. Whether its day is past is derived."""

    OPEN = "open", N_("To be mended"), "amber"
    ANSWERED = "answered", N_("Answered by the host"), "blue"
    CLOSED = "closed", N_("Has been put right"), "green"


class AdjustmentState(Face):
    """Where a request for a change is."""

    REQUESTED = "requested", N_("Awaiting decision"), "amber"
    NOTED = "noted", N_("Made by the host, the Department is told"), "green"
    AGREED = "agreed", N_("Agreed"), "green"
    REFUSED = "refused", N_("Refused"), "red"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "grey"


class AdjustmentKind(Face):
    """What is to be changed."""

    EXTENSION = "extension", N_("Extension of time"), "blue"
    BUDGET = "budget", N_("Budget"), "amber"
    CONTENT = "content", N_("Content or products"), "blue"
    PI = "pi", N_("Principal investigator"), "purple"
    HOST = "host", N_("Host organisation"), "purple"
    HEADS = "heads", N_("Between budget heads"), "amber"
    TITLE = "title", N_("Title of the project"), "blue"
    METHOD = "method", N_("Method of lump sums"), "amber"


class SuspensionState(Face):
    """Is the work stopped?"""

    SUSPENDED = "suspended", N_("Suspended"), "amber"
    RESUMED = "resumed", N_("Resumed"), "green"


class TerminationState(Face):
    """Where an early end is."""

    REQUESTED = "requested", N_("Asked for by the host"), "blue"
    OPENED = "opened", N_("Under consideration"), "amber"
    DECIDED = "decided", N_("Terminated"), "red"
    DROPPED = "dropped", N_("Dropped, the work goes on"), "grey"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "grey"


class Ground(Face):
    """On which ground a project is ended early."""

    NOT_NEEDED = "not_needed", N_("No longer needed"), "grey"
    NOT_FEASIBLE = "not_feasible", N_("Not feasible"), "amber"
    MISUSE = "misuse", N_("Wrong use of money"), "red"
    BREACH = "breach", N_("Serious breach of the contract"), "red"
    FORCE_MAJEURE = "force_majeure", N_("Force majeure"), "grey"
    HOST_ASKS = "host_asks", N_("The host asks for it"), "blue"


BREACHES = (Ground.BREACH, Ground.MISUSE)  # what may bar from applying
# on which a host may ask for the end itself; that it broke the contract or misused money is found by the Department
HOST_GROUNDS = (Ground.HOST_ASKS, Ground.NOT_FEASIBLE, Ground.NOT_NEEDED, Ground.FORCE_MAJEURE)

REPORT = Lifecycle("report", ReportState, start=ReportState.SCHEDULED, moves={
    (ReportState.SCHEDULED, "submit"): Move(ReportState.SUBMITTED, Do.EXECUTION_REPORT, N_("Submit the report")),
    (ReportState.RETURNED, "submit"): Move(ReportState.SUBMITTED, Do.EXECUTION_REPORT, N_("Submit the report")),
    (ReportState.SUBMITTED, "accept"): Move(ReportState.ACCEPTED, Do.EXECUTION_REVIEW, N_("Accept the report")),
    (ReportState.SUBMITTED, "return"): Move(ReportState.RETURNED, Do.EXECUTION_REVIEW, N_("Return the report")),
})  # fmt: skip

INSPECTION = Lifecycle("inspection", InspectionState, start=InspectionState.PLANNED, moves={
    (InspectionState.PLANNED, "conclude"): Move(InspectionState.DONE, Do.EXECUTION_INSPECT, N_("Record the inspection")),
    (InspectionState.PLANNED, "call_off"): Move(InspectionState.CALLED_OFF, Do.EXECUTION_INSPECT, N_("Call off")),
})  # fmt: skip

# the host says how it mended what the team found; an officer closes the finding or asks again
FINDING = Lifecycle("finding", FindingState, start=FindingState.OPEN, moves={
    (FindingState.OPEN, "answer"): Move(FindingState.ANSWERED, Do.EXECUTION_REPORT, N_("Say what was done")),
    (FindingState.ANSWERED, "close"): Move(FindingState.CLOSED, Do.EXECUTION_INSPECT, N_("Close the finding")),
    (FindingState.ANSWERED, "return"): Move(FindingState.OPEN, Do.EXECUTION_INSPECT, N_("Ask again")),
    (FindingState.OPEN, "close"): Move(FindingState.CLOSED, Do.EXECUTION_INSPECT, N_("Close the finding")),
})  # fmt: skip

ADJUSTMENT = Lifecycle("adjustment", AdjustmentState, start=AdjustmentState.REQUESTED, moves={
    (AdjustmentState.REQUESTED, "note"): Move(AdjustmentState.NOTED, Do.EXECUTION_REQUEST, N_("Made by the host within its own right")),
    (AdjustmentState.REQUESTED, "agree"): Move(AdjustmentState.AGREED, Do.EXECUTION_DECIDE, N_("Agree to the change")),
    (AdjustmentState.REQUESTED, "refuse"): Move(AdjustmentState.REFUSED, Do.EXECUTION_DECIDE, N_("Refuse the change")),
    (AdjustmentState.REQUESTED, "lapse"): Move(AdjustmentState.WITHDRAWN, Do.SYSTEM, N_("The project ended before the decision")),
    (AdjustmentState.REQUESTED, "withdraw"): Move(AdjustmentState.WITHDRAWN, Do.EXECUTION_REQUEST, N_("Withdraw the request")),
})  # fmt: skip

SUSPENSION = Lifecycle("suspension", SuspensionState, start=SuspensionState.SUSPENDED, moves={
    (SuspensionState.SUSPENDED, "resume"): Move(SuspensionState.RESUMED, Do.EXECUTION_DECIDE, N_("Resume the work")),
})  # fmt: skip

# the host may ask, the officer opens (payments stop), the leader decides; an officer may open it without being asked
TERMINATION = Lifecycle("termination", TerminationState, start=TerminationState.REQUESTED, moves={
    (TerminationState.REQUESTED, "open"): Move(TerminationState.OPENED, Do.EXECUTION_REVIEW, N_("Consider an early end")),
    (TerminationState.REQUESTED, "withdraw"): Move(TerminationState.WITHDRAWN, Do.EXECUTION_REQUEST, N_("Withdraw the request")),
    (TerminationState.OPENED, "decide"): Move(TerminationState.DECIDED, Do.EXECUTION_DECIDE, N_("Decide the termination")),
    (TerminationState.OPENED, "drop"): Move(TerminationState.DROPPED, Do.EXECUTION_DECIDE, N_("Drop it, the work goes on")),
})  # fmt: skip

# papers are in Vietnamese, whatever the language of the one who issues them
ON_PAPER = {
    AdjustmentKind.EXTENSION: "Gia hạn thời gian thực hiện", AdjustmentKind.BUDGET: "Kinh phí", AdjustmentKind.CONTENT: "Nội dung, sản phẩm",
    AdjustmentKind.PI: "Chủ nhiệm nhiệm vụ", AdjustmentKind.HOST: "Tổ chức chủ trì",
    AdjustmentKind.HEADS: "Dự toán giữa các mục chi", AdjustmentKind.TITLE: "Tên nhiệm vụ", AdjustmentKind.METHOD: "Phương thức khoán chi",
    Ground.NOT_NEEDED: "Không còn nhu cầu", Ground.NOT_FEASIBLE: "Không khả thi", Ground.MISUSE: "Sử dụng kinh phí sai mục đích",
    Ground.BREACH: "Vi phạm nghiêm trọng hợp đồng", Ground.FORCE_MAJEURE: "Bất khả kháng", Ground.HOST_ASKS: "Theo đề nghị của tổ chức chủ trì",
}  # fmt: skip
OPEN_FINDINGS = frozenset({FindingState.OPEN, FindingState.ANSWERED})
OPEN_REPORTS = frozenset({ReportState.SCHEDULED, ReportState.RETURNED})


# --- guards ---------------------------------------------------------------------------------------------------


def overdue(report: Any, today: date) -> bool:
    """Is the report awaited and its day past?"""
    return report.state in OPEN_REPORTS and report.due_on < today


def late_finding(finding: Any, today: date) -> bool:
    """Does the finding wait for the host and is its day past?"""
    return finding.state == FindingState.OPEN and finding.due_on < today


def to_write(reports: Sequence[Any], today: date) -> list[Any]:
    """The reports to write now: the next one, what was returned, and what falls due within two months."""
    awaited = [r for r in reports if r.state in OPEN_REPORTS]
    return [r for r in awaited if r is awaited[0] or r.state == ReportState.RETURNED or (r.due_on - today).days <= 60]


def periods(starts_on: date, ends_on: date, every: int) -> list[tuple[date, date]]:
    """The reporting periods of `every` months, first to last day; the last one ends with the project.

    A remainder shorter than half a period belongs to the one before it.
    """
    found: list[tuple[date, date]] = []
    count = 0
    while True:
        first = starts_on if count == 0 else date.fromordinal(end_of(starts_on, count * every).toordinal() + 1)
        if first > ends_on:
            return found
        last = end_of(starts_on, (count + 1) * every)
        if last >= ends_on or (ends_on - last).days < every * 15:
            return [*found, (first, ends_on)]
        found.append((first, last))
        count += 1


def extension_cap(duration_months: int, caps: dict[str, int]) -> int:
    """By how many months a project of this length may be extended (EX-4)."""
    return caps["months_long"] if duration_months >= caps["long_from"] else caps["months_short"]


def check_extension(months: int, *, duration_months: int, contract_ends_on: date, agreed_before: int, today: date,
                    caps: dict[str, int], special: bool) -> None:  # fmt: skip
    """Raises a refusal unless the extension keeps rule EX-4. A special case is beyond the caps, not beyond the contract."""
    if months < 1:
        raise Incomplete(N_("Please say by how many months."), field="months")
    if today > contract_ends_on:
        raise WrongState(N_("An extension is decided before the contract ends; this one ended on %(day)s."), day=f"{contract_ends_on:%d/%m/%Y}")
    if special:
        return
    if agreed_before >= caps["times"]:
        raise WrongState(N_("This project has already been extended. A second time needs a special case by the authority."))
    cap = extension_cap(duration_months, caps)
    if months > cap:
        raise Incomplete(N_("At most %(n)s months are possible. More needs a special case by the authority."), field="months", n=cap)


def check_asked_kind(kind: Any) -> None:
    """Raises Incomplete for money between heads: it is asked for head by head, on its own page."""
    if kind == AdjustmentKind.HEADS:
        raise Incomplete(N_("Money between heads is moved on its own page, head by head."), field="kind")


def check_special(special: bool, authority: str | None) -> None:
    """Raises Incomplete when a special case does not name who allowed it."""
    if special and not (authority or "").strip():
        raise Incomplete(N_("A special case names the authority and its paper."), field="authority")


def check_ground(ground: Ground) -> None:
    """Raises Incomplete for a ground that the host itself does not give: those are the Department's to find."""
    if ground not in HOST_GROUNDS:
        raise Incomplete(N_("The host can ask for an early end on another ground than this."), field="ground")


def check_bar(ground: Ground, bar: bool) -> None:
    """Raises Incomplete when somebody would be barred without a breach."""
    if bar and ground not in BREACHES:
        raise Incomplete(N_("Only a breach of the contract or wrong use of money bars from applying."), field="bar")


def check_reviewer(person_id: int, submitter_id: int | None) -> None:
    """Raises NotAllowed when somebody would judge the own paper."""
    if person_id == submitter_id:
        raise NotAllowed(N_("You wrote this. Another person must decide on it."))
