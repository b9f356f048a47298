"""Funding: states, tables of moves, guards. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete, NotAllowed
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face
from app.stages.proposals.costs import final_product
from app.stages.proposals.rules import Spending

LumpSum = Spending  # the method that a dossier asks for is the one that is appraised and approved

class AppraisalState(Face):
    """Where a budget appraisal is."""

    DRAFT = "draft", N_("Being prepared"), "grey"
    IN_SESSION = "in_session", N_("In session"), "blue"
    CONCLUDED = "concluded", N_("Appraisal concluded"), "green"


class SubmissionState(Face):
    """Where a submission for approval is."""

    SUBMITTED = "submitted", N_("Awaiting decision"), "amber"
    HELD = "held", N_("On hold"), "purple"
    RETURNED = "returned", N_("Returned for changes"), "red"
    APPROVED = "approved", N_("Approved"), "green"


class ContractState(Face):
    """Where a contract is."""

    DRAFT = "draft", N_("Draft"), "grey"
    SIGNED = "signed", N_("Signed"), "green"
    SETTLED = "settled", N_("Settled"), "blue"
    LIQUIDATED = "liquidated", N_("Liquidated"), "grey"
    TERMINATED = "terminated", N_("Terminated"), "red"


class TrancheState(Face):
    """Where a tranche is."""

    PLANNED = "planned", N_("Planned"), "grey"
    DUE = "due", N_("Due"), "amber"
    REQUESTED = "requested", N_("Payment requested"), "blue"
    APPROVED = "approved", N_("Payment approved"), "purple"
    PAID = "paid", N_("Paid"), "green"
    SETTLED = "settled", N_("Settled"), "green"
    CANCELLED = "cancelled", N_("Cancelled"), "red"


class SettlementState(Face):
    """Where the final accounts are."""

    SUBMITTED = "submitted", N_("Submitted"), "blue"
    RETURNED = "returned", N_("Returned"), "red"
    ACCEPTED = "accepted", N_("Accepted"), "green"


class AccountState(Face):
    """Where the accounts of a tranche are."""

    SUBMITTED = "submitted", N_("Submitted"), "blue"
    RETURNED = "returned", N_("Returned"), "red"
    ACCEPTED = "accepted", N_("Accepted"), "green"


class ChangeState(Face):
    """Where a change of the account that is paid to is. Agreed, it is in force once its hold has passed."""

    REQUESTED = "requested", N_("Asked for"), "amber"
    HELD = "held", N_("Agreed"), "green"
    REFUSED = "refused", N_("Refused"), "red"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "grey"
    STOPPED = "stopped", N_("Stopped"), "red"


class Source(Face):
    """Whose money it is."""

    STATE = "state", N_("State budget"), "blue"
    COUNTERPART = "counterpart", N_("Counterpart funds"), "grey"


class Condition(Face):
    """What makes a tranche due."""

    SIGNING = "signing", N_("When the contract is signed"), "blue"
    REPORT = "report", N_("When a periodic report is accepted"), "blue"
    PRODUCT = "product", N_("When the products of the stage are handed in"), "blue"
    ACCEPTANCE = "acceptance", N_("After acceptance"), "blue"


class EntryKind(Face):
    """What moved."""

    PAYMENT = "payment", N_("Payment"), "green"
    REVERSAL = "reversal", N_("Reversal"), "red"
    REFUND = "refund", N_("Refund"), "amber"
    REFUND_REVERSAL = "refund_reversal", N_("Refund taken back"), "red"

    @property
    def sign(self) -> int:
        """Does it add to what is paid (1) or take from it (-1)? The triggers say the same in SQL."""
        return 1 if self in (EntryKind.PAYMENT, EntryKind.REFUND_REVERSAL) else -1


# what takes back what: a row of its own, once
TAKEN_BACK_BY = {EntryKind.PAYMENT: EntryKind.REVERSAL, EntryKind.REFUND: EntryKind.REFUND_REVERSAL}


class CommitmentKind(Face):
    """What happened to a year's budget."""

    COMMIT = "commit", N_("Commitment"), "blue"
    RELEASE = "release", N_("Release of promised money"), "grey"


class ClosingKind(Face):
    """Why a project ended."""

    RECOGNISED = "recognised", N_("Recognised"), "green"
    FAILED = "failed", N_("Failed at acceptance"), "red"
    TERMINATED = "terminated", N_("Terminated early"), "red"
    CANCELLED = "cancelled", N_("Approval cancelled"), "red"


class Cause(Face):
    """Why a project was not completed; it decides what must be paid back."""

    SUBJECTIVE = "subjective", N_("Subjective cause"), "red"
    OBJECTIVE = "objective", N_("Objective cause"), "amber"
    ACCEPTED_RISK = "accepted_risk", N_("Accepted risk of research"), "grey"


APPRAISAL = Lifecycle("appraisal", AppraisalState, start=AppraisalState.DRAFT, moves={
    (AppraisalState.DRAFT, "open"): Move(AppraisalState.IN_SESSION, Do.FUNDING_APPRAISE, N_("Open the appraisal session")),
    (AppraisalState.IN_SESSION, "conclude"): Move(AppraisalState.CONCLUDED, Do.FUNDING_APPRAISE, N_("Conclude the appraisal")),
    (AppraisalState.CONCLUDED, "reopen"): Move(AppraisalState.IN_SESSION, Do.FUNDING_APPRAISE, N_("Open the appraisal again")),
})  # fmt: skip

SUBMISSION = Lifecycle("award_submission", SubmissionState, start=SubmissionState.SUBMITTED, moves={
    (SubmissionState.SUBMITTED, "approve"): Move(SubmissionState.APPROVED, Do.FUNDING_APPROVE, N_("Approve the project")),
    (SubmissionState.SUBMITTED, "hold"): Move(SubmissionState.HELD, Do.FUNDING_APPROVE, N_("Put on hold")),
    (SubmissionState.SUBMITTED, "return"): Move(SubmissionState.RETURNED, Do.FUNDING_APPROVE, N_("Return for changes")),
    (SubmissionState.HELD, "approve"): Move(SubmissionState.APPROVED, Do.FUNDING_APPROVE, N_("Approve the project")),
    (SubmissionState.HELD, "return"): Move(SubmissionState.RETURNED, Do.FUNDING_APPROVE, N_("Return for changes")),
    (SubmissionState.SUBMITTED, "decline"): Move(SubmissionState.RETURNED, Do.FUNDING_APPROVE, N_("Decline the award")),
    (SubmissionState.HELD, "decline"): Move(SubmissionState.RETURNED, Do.FUNDING_APPROVE, N_("Decline the award")),
    (SubmissionState.SUBMITTED, "fall_away"): Move(SubmissionState.RETURNED, Do.SYSTEM, N_("The dossier lost its place")),
    (SubmissionState.HELD, "fall_away"): Move(SubmissionState.RETURNED, Do.SYSTEM, N_("The dossier lost its place")),
    (SubmissionState.RETURNED, "submit"): Move(SubmissionState.SUBMITTED, Do.FUNDING_PROPOSE, N_("Submit for approval")),
})  # fmt: skip

CONTRACT = Lifecycle("contract", ContractState, start=ContractState.DRAFT, moves={
    (ContractState.DRAFT, "sign"): Move(ContractState.SIGNED, Do.FUNDING_CONTRACT, N_("Record the signing")),
    (ContractState.SIGNED, "settle"): Move(ContractState.SETTLED, Do.SYSTEM, N_("Settled")),
    (ContractState.SIGNED, "terminate"): Move(ContractState.TERMINATED, Do.SYSTEM, N_("Terminated")),
    (ContractState.TERMINATED, "settle"): Move(ContractState.SETTLED, Do.SYSTEM, N_("Settled")),
    (ContractState.SETTLED, "liquidate"): Move(ContractState.LIQUIDATED, Do.FUNDING_LIQUIDATE, N_("Liquidate the contract")),
})  # fmt: skip

TRANCHE = Lifecycle("tranche", TrancheState, start=TrancheState.PLANNED, moves={
    (TrancheState.PLANNED, "fall_due"): Move(TrancheState.DUE, Do.FUNDING_CONTRACT, N_("Mark as due")),
    (TrancheState.DUE, "request"): Move(TrancheState.REQUESTED, Do.FUNDING_REQUEST, N_("Request payment")),
    (TrancheState.REQUESTED, "return"): Move(TrancheState.DUE, Do.FUNDING_APPROVE_PAYMENT, N_("Return the request")),
    (TrancheState.REQUESTED, "approve"): Move(TrancheState.APPROVED, Do.FUNDING_APPROVE_PAYMENT, N_("Approve the payment")),
    (TrancheState.APPROVED, "return"): Move(TrancheState.DUE, Do.FUNDING_PAY, N_("Return the request")),
    (TrancheState.APPROVED, "pay"): Move(TrancheState.PAID, Do.FUNDING_PAY, N_("Record the payment")),
    (TrancheState.PAID, "reverse"): Move(TrancheState.DUE, Do.FUNDING_PAY, N_("Reverse the payment")),
    (TrancheState.PAID, "settle"): Move(TrancheState.SETTLED, Do.SYSTEM, N_("Settled")),
    (TrancheState.PLANNED, "cancel"): Move(TrancheState.CANCELLED, Do.SYSTEM, N_("Cancelled")),
    (TrancheState.DUE, "cancel"): Move(TrancheState.CANCELLED, Do.SYSTEM, N_("Cancelled")),
    (TrancheState.REQUESTED, "cancel"): Move(TrancheState.CANCELLED, Do.SYSTEM, N_("Cancelled")),
    (TrancheState.APPROVED, "cancel"): Move(TrancheState.CANCELLED, Do.SYSTEM, N_("Cancelled")),
})  # fmt: skip

SETTLEMENT = Lifecycle("settlement", SettlementState, start=SettlementState.SUBMITTED, moves={
    (SettlementState.SUBMITTED, "accept"): Move(SettlementState.ACCEPTED, Do.FUNDING_SETTLE, N_("Accept the accounts")),
    (SettlementState.SUBMITTED, "return"): Move(SettlementState.RETURNED, Do.FUNDING_SETTLE, N_("Return the accounts")),
    (SettlementState.RETURNED, "submit"): Move(SettlementState.SUBMITTED, Do.FUNDING_REQUEST, N_("Submit the accounts")),
})  # fmt: skip

# --- the appraisal desk, the province's money, the beginning of a project ----------------------------------------


class TeamPart(Face):
    """What somebody does in an appraisal team."""

    HEAD = "head", N_("Head of the team"), "blue"
    FINANCE = "finance", N_("Finance member"), "blue"
    SELECTION = "selection", N_("Member of the selection council"), "blue"
    SECRETARY = "secretary", N_("Secretary of the team"), "grey"
    MEMBER = "member", N_("Member of the team"), "grey"


class RevisionState(Face):
    """Where the work description is that the applicant revises after the appraisal."""

    ASKED = "asked", N_("To be revised"), "amber"
    SUBMITTED = "submitted", N_("Revised, to be looked at"), "blue"
    RETURNED = "returned", N_("Returned to be revised again"), "red"
    ACCEPTED = "accepted", N_("Accepted as revised"), "green"


class CostKind(Face):
    """What a row of the ledger of management costs does."""

    SPENDING = "spending", N_("Spending"), "blue"
    TAKEN_BACK = "taken_back", N_("Taken back"), "red"


REVISION = Lifecycle("work_revision", RevisionState, start=RevisionState.ASKED, moves={
    (RevisionState.ASKED, "submit"): Move(RevisionState.SUBMITTED, Do.FUNDING_REQUEST, N_("Hand in the revised work description")),
    (RevisionState.RETURNED, "submit"): Move(RevisionState.SUBMITTED, Do.FUNDING_REQUEST, N_("Hand in the revised work description")),
    (RevisionState.SUBMITTED, "accept"): Move(RevisionState.ACCEPTED, Do.FUNDING_APPRAISE, N_("Accept what was revised")),
    (RevisionState.SUBMITTED, "return"): Move(RevisionState.RETURNED, Do.FUNDING_APPRAISE, N_("Return it to be revised again")),
    (RevisionState.SUBMITTED, "ask_again"): Move(RevisionState.ASKED, Do.SYSTEM, N_("The budget was read again")),
    (RevisionState.ACCEPTED, "ask_again"): Move(RevisionState.ASKED, Do.SYSTEM, N_("The budget was read again")),
    (RevisionState.RETURNED, "ask_again"): Move(RevisionState.ASKED, Do.SYSTEM, N_("The budget was read again")),
})  # fmt: skip

TRANCHE_ACCOUNT = Lifecycle("tranche_account", AccountState, start=AccountState.SUBMITTED, moves={
    (AccountState.SUBMITTED, "accept"): Move(AccountState.ACCEPTED, Do.FUNDING_SETTLE, N_("Accept the accounts")),
    (AccountState.SUBMITTED, "return"): Move(AccountState.RETURNED, Do.FUNDING_SETTLE, N_("Return the accounts")),
    (AccountState.RETURNED, "submit"): Move(AccountState.SUBMITTED, Do.FUNDING_REQUEST, N_("Submit the accounts")),
})  # fmt: skip

ACCOUNT_CHANGE = Lifecycle("account_change", ChangeState, start=ChangeState.REQUESTED, moves={
    (ChangeState.REQUESTED, "agree"): Move(ChangeState.HELD, Do.FUNDING_PAY, N_("Agree to the new account")),
    (ChangeState.REQUESTED, "refuse"): Move(ChangeState.REFUSED, Do.FUNDING_PAY, N_("Refuse the new account")),
    (ChangeState.REQUESTED, "withdraw"): Move(ChangeState.WITHDRAWN, Do.FUNDING_REQUEST, N_("Withdraw the change")),
    (ChangeState.HELD, "stop"): Move(ChangeState.STOPPED, Do.FUNDING_REQUEST, N_("Stop the change")),
})  # fmt: skip

# papers are in Vietnamese, whatever the language of the one who issues them
ON_PAPER = {
    LumpSum.FINAL_PRODUCT: "Khoán chi đến sản phẩm cuối cùng", LumpSum.PARTIAL: "Khoán chi từng phần",
    Source.STATE: "Ngân sách nhà nước", Source.COUNTERPART: "Vốn đối ứng",
    Condition.SIGNING: "Sau khi ký hợp đồng", Condition.REPORT: "Sau khi báo cáo định kỳ được chấp nhận",
    Condition.PRODUCT: "Sau khi bàn giao sản phẩm của giai đoạn", Condition.ACCEPTANCE: "Sau khi nghiệm thu",
    ClosingKind.RECOGNISED: "Đã công nhận kết quả", ClosingKind.FAILED: "Nghiệm thu không đạt", ClosingKind.TERMINATED: "Chấm dứt trước thời hạn",
    ClosingKind.CANCELLED: "Hủy bỏ phê duyệt trước khi ký hợp đồng",
    TeamPart.HEAD: "Tổ trưởng", TeamPart.FINANCE: "Thành viên tài chính", TeamPart.SELECTION: "Thành viên hội đồng tuyển chọn",
    TeamPart.SECRETARY: "Thư ký", TeamPart.MEMBER: "Thành viên",
    Cause.SUBJECTIVE: "Nguyên nhân chủ quan", Cause.OBJECTIVE: "Nguyên nhân khách quan", Cause.ACCEPTED_RISK: "Rủi ro được chấp nhận trong nghiên cứu",
}  # fmt: skip
OPEN_TRANCHES = frozenset({TrancheState.PLANNED, TrancheState.DUE, TrancheState.REQUESTED, TrancheState.APPROVED})



@dataclass(frozen=True)
class Fixed:
    """What the decision that ended a project says of its money: the final accounts keep to it."""

    number: str
    dated: date
    paid: int
    used: int
    percent: int
    refund: int


# fn(project_id) -> what such a decision fixes, or None; execution registers its own at import
FIXED_ACCOUNTS: list[Callable[[int], Fixed | None]] = []


# --- guards ---------------------------------------------------------------------------------------------------


def check_line(position: int, asked: int, allowed: int, reason: str | None, *, norm: int | None = None, name: str = "allowed") -> None:
    """Raises Incomplete when a line grows, or is changed or left above its norm without a reason."""
    if allowed > asked:
        raise Incomplete(N_("The allowed amount cannot be more than what was asked."), field=f"{name}_{position}")
    if (reason or "").strip():
        return
    if allowed != asked:
        raise Incomplete(N_("Please say why this line is changed."), field=f"reason_{position}")
    if norm is not None and allowed > norm:
        raise Incomplete(N_("This line is above its norm: please lower it, or say why it may be."), field=f"reason_{position}")


def lump_sum_faults(products: Sequence[Any], used_at: str | None, bound_total: int, ceiling: int) -> list[str]:
    """Why lump sum to the final product is not possible (msgids); empty = it is possible.

    Each product needs a name, a quantity and a quality; the place of use must be named; and what is spent on repair,
    purchase of assets and travel abroad (`bound_total`) must not exceed `ceiling`.
    """
    return [condition.why for condition in final_product(products, used_at, bound_total, ceiling) if not condition.ok]


def check_other_person(person_id: int, *earlier: int | None) -> None:
    """Raises NotAllowed when this person did one of the earlier steps (four eyes)."""
    if person_id in [e for e in earlier if e is not None]:
        raise NotAllowed(N_("You did an earlier step of this. Another person must do this one."))


def check_signer(roles: frozenset[str], signer: str) -> None:
    """Raises NotAllowed unless the person holds the office that signs approval decisions by the rulebook."""
    allowed = {"province"} if signer == "province" else {"province", "leader"}
    if not roles & allowed:
        raise NotAllowed(N_("By the rulebook in force, approval decisions are signed by the people's committee of the province."))


def check_fixed(fixed: Fixed | None, spent: int, refund: int) -> None:
    """Raises Incomplete unless the accounts say what the decision says."""
    if fixed is not None and (spent, refund) != (fixed.used, fixed.refund):
        raise Incomplete(N_("Decision %(number)s fixes %(used)s đồng as used and %(refund)s đồng to come back. Accounts that differ need a new decision."),
                         field="spent", number=fixed.number, used=f"{fixed.used:,}".replace(",", "."), refund=f"{fixed.refund:,}".replace(",", "."))  # fmt: skip


def check_dates(starts_on: date, ends_on: date) -> None:
    """Raises Incomplete unless the end lies after the start."""
    if ends_on <= starts_on:
        raise Incomplete(N_("The end must lie after the start."), field="ends_on")


def months_of(starts_on: date, ends_on: date) -> int:
    """How many months a term has from its first to its last day, the last one begun counted as whole."""
    months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    return max(1, months + (end_of(starts_on, max(months, 1)) < ends_on or months < 1))


def end_of(start: date, months: int) -> date:
    """The last day of a term of `months` that starts on `start`."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = date.fromordinal(following.toordinal() - 1).day
    return date.fromordinal(date(year, month + 1, min(start.day, last)).toordinal() - 1)
