"""Transfer: states, tables of moves, guards. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete, NotAllowed, Refused, WrongState
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


class HandoverState(Face):
    """Where a handover is."""

    OFFERED = "offered", N_("Offered, awaiting the receiver"), "amber"
    HANDED_OVER = "handed_over", N_("Handed over"), "green"
    REFUSED = "refused", N_("Refused by the receiver"), "red"
    WITHDRAWN = "withdrawn", N_("Offer withdrawn"), "grey"


class LineKind(Face):
    """What kind of thing is handed over."""

    DOCUMENTS = "documents", N_("Documents and files"), "blue"
    SOFTWARE = "software", N_("Software and data"), "purple"
    EQUIPMENT = "equipment", N_("Equipment and products"), "green"
    MATERIAL = "material", N_("Plant varieties, breeds, materials"), "green"
    TRAINING = "training", N_("Training and instruction"), "amber"
    OTHER = "other", N_("Other things"), "grey"


class AgreementState(Face):
    """Where a transfer agreement is."""

    DRAFTED = "drafted", N_("Being drafted"), "grey"
    SIGNED = "signed", N_("Signed"), "blue"
    REGISTERED = "registered", N_("Signed and registered"), "green"
    ENDED = "ended", N_("Ended"), "grey"
    DROPPED = "dropped", N_("Draft dropped"), "red"


class AgreementKind(Face):
    """What the recipient gets."""

    ASSIGNMENT = "assignment", N_("Assignment of ownership"), "purple"
    LICENCE = "licence", N_("Licence to use"), "blue"
    TECHNOLOGY = "technology", N_("Technology transfer"), "green"


class Route(Face):
    """Across which border the technology goes."""

    DOMESTIC = "domestic", N_("Inside Viet Nam"), "blue"
    FROM_ABROAD = "from_abroad", N_("From abroad into Viet Nam"), "amber"
    TO_ABROAD = "to_abroad", N_("From Viet Nam abroad"), "amber"


class FollowUpState(Face):
    """Where a yearly report on use is. Whether it is late is derived from its due day."""

    DUE = "due", N_("Awaited"), "grey"
    REPORTED = "reported", N_("Reported"), "blue"
    RETURNED = "returned", N_("Returned for changes"), "amber"
    VERIFIED = "verified", N_("Verified"), "green"
    WAIVED = "waived", N_("No longer asked for"), "grey"


class Usage(Face):
    """What a report says: is the result used?"""

    YES = "yes", N_("In use"), "green"
    PARTLY = "partly", N_("Partly in use"), "amber"
    NO = "no", N_("Not in use"), "red"


class InterestState(Face):
    """Where a visitor's message is."""

    RECEIVED = "received", N_("To be answered"), "amber"
    ANSWERED = "answered", N_("Answered"), "green"
    IN_TALKS = "in_talks", N_("In talks about a contract"), "purple"
    AGREED = "agreed", N_("Led to a contract"), "green"
    CLOSED = "closed", N_("Closed without an answer"), "grey"


class Rating(Face):
    """How well a result did, in the officer's judgement."""

    HIGH = "high", N_("High effect"), "green"
    SOME = "some", N_("Some effect"), "blue"
    LOW = "low", N_("Little effect"), "amber"
    NONE = "none", N_("No effect"), "red"


class Use(Face):
    """In which use a result is, derived from handovers, agreements and verified reports."""

    NOT_HANDED_OVER = "not_handed_over", N_("Not handed over yet"), "amber"
    OFFERED = "offered", N_("Offered to a receiver"), "amber"
    TRANSFERRED = "transferred", N_("Transferred by contract"), "purple"
    HANDED_OVER = "handed_over", N_("Handed over, no verified report yet"), "blue"
    IN_USE = "in_use", N_("In use"), "green"
    PARTLY = "partly", N_("Partly in use"), "amber"
    NO_LONGER = "no_longer", N_("No longer in use"), "red"
    NEVER_APPLIED = "never_applied", N_("Never applied"), "red"


class TooMany(Refused):
    """Too many messages came from one address."""

    status = 429


HANDOVER = Lifecycle("handover", HandoverState, start=HandoverState.OFFERED, moves={
    (HandoverState.OFFERED, "confirm"): Move(HandoverState.HANDED_OVER, Do.TRANSFER_CONFIRM, N_("Sign the handover")),
    (HandoverState.OFFERED, "refuse"): Move(HandoverState.REFUSED, Do.TRANSFER_CONFIRM, N_("Refuse the handover")),
    (HandoverState.OFFERED, "withdraw"): Move(HandoverState.WITHDRAWN, Do.TRANSFER_HAND_OVER, N_("Withdraw the offer")),
    (HandoverState.REFUSED, "offer_again"): Move(HandoverState.OFFERED, Do.TRANSFER_HAND_OVER, N_("Offer again")),
})  # fmt: skip

AGREEMENT = Lifecycle("transfer_agreement", AgreementState, start=AgreementState.DRAFTED, moves={
    (AgreementState.DRAFTED, "sign"): Move(AgreementState.SIGNED, Do.TRANSFER_HAND_OVER, N_("Record the signing")),
    (AgreementState.DRAFTED, "drop"): Move(AgreementState.DROPPED, Do.TRANSFER_HAND_OVER, N_("Drop the draft")),
    (AgreementState.SIGNED, "register"): Move(AgreementState.REGISTERED, Do.TRANSFER_VERIFY, N_("Record the registration")),
    (AgreementState.SIGNED, "end"): Move(AgreementState.ENDED, Do.TRANSFER_VERIFY, N_("Record the end")),
    (AgreementState.REGISTERED, "end"): Move(AgreementState.ENDED, Do.TRANSFER_VERIFY, N_("Record the end")),
})  # fmt: skip

FOLLOW_UP = Lifecycle("follow_up", FollowUpState, start=FollowUpState.DUE, moves={
    (FollowUpState.DUE, "report"): Move(FollowUpState.REPORTED, Do.TRANSFER_REPORT, N_("Report on the use")),
    (FollowUpState.RETURNED, "report"): Move(FollowUpState.REPORTED, Do.TRANSFER_REPORT, N_("Report on the use")),
    (FollowUpState.DUE, "waive"): Move(FollowUpState.WAIVED, Do.TRANSFER_VERIFY, N_("Stop asking for reports")),
    (FollowUpState.RETURNED, "waive"): Move(FollowUpState.WAIVED, Do.TRANSFER_VERIFY, N_("Stop asking for reports")),
    (FollowUpState.WAIVED, "await_again"): Move(FollowUpState.DUE, Do.TRANSFER_VERIFY, N_("Ask for this report again")),
    (FollowUpState.REPORTED, "verify"): Move(FollowUpState.VERIFIED, Do.TRANSFER_VERIFY, N_("Verify the report")),
    (FollowUpState.REPORTED, "return"): Move(FollowUpState.RETURNED, Do.TRANSFER_VERIFY, N_("Return the report")),
})  # fmt: skip

INTEREST = Lifecycle("transfer_interest", InterestState, start=InterestState.RECEIVED, moves={
    (InterestState.RECEIVED, "answer"): Move(InterestState.ANSWERED, Do.TRANSFER_OFFER, N_("Answer by e-mail")),
    (InterestState.RECEIVED, "negotiate"): Move(InterestState.IN_TALKS, Do.TRANSFER_OFFER, N_("Begin talks")),
    (InterestState.ANSWERED, "negotiate"): Move(InterestState.IN_TALKS, Do.TRANSFER_OFFER, N_("Begin talks")),
    (InterestState.IN_TALKS, "agree"): Move(InterestState.AGREED, Do.TRANSFER_HAND_OVER, N_("Record the contract that came of it")),
    (InterestState.IN_TALKS, "close"): Move(InterestState.CLOSED, Do.TRANSFER_OFFER, N_("Close: the talks came to nothing")),
    (InterestState.RECEIVED, "close"): Move(InterestState.CLOSED, Do.TRANSFER_OFFER, N_("Close without an answer")),
})  # fmt: skip

OPEN_REPORTS = frozenset({FollowUpState.DUE, FollowUpState.RETURNED})
IN_FORCE = frozenset({AgreementState.SIGNED, AgreementState.REGISTERED})

# papers are in Vietnamese, whatever the language of the one who issues them
ON_PAPER = {
    LineKind.DOCUMENTS: "Tài liệu, hồ sơ", LineKind.SOFTWARE: "Phần mềm, dữ liệu", LineKind.EQUIPMENT: "Thiết bị, sản phẩm",
    LineKind.MATERIAL: "Giống, vật liệu", LineKind.TRAINING: "Tập huấn, hướng dẫn", LineKind.OTHER: "Nội dung khác",
    AgreementKind.ASSIGNMENT: "Chuyển nhượng quyền sở hữu", AgreementKind.LICENCE: "Chuyển quyền sử dụng", AgreementKind.TECHNOLOGY: "Chuyển giao công nghệ",
    Route.DOMESTIC: "Trong nước", Route.FROM_ABROAD: "Từ nước ngoài vào Việt Nam", Route.TO_ABROAD: "Từ Việt Nam ra nước ngoài",
    Usage.YES: "Đang ứng dụng", Usage.PARTLY: "Ứng dụng một phần", Usage.NO: "Không ứng dụng",
    Rating.HIGH: "Hiệu quả cao", Rating.SOME: "Có hiệu quả", Rating.LOW: "Hiệu quả thấp", Rating.NONE: "Không có hiệu quả",
}  # fmt: skip


# --- guards ---------------------------------------------------------------------------------------------------


def check_transferable(registered: bool, recognised: bool) -> None:
    """Raises WrongState unless the result is registered and its project recognised."""
    if not registered:
        raise WrongState(N_("Only a registered result can be transferred."))
    if not recognised:
        raise WrongState(N_("The results of this project are not recognised yet."))


def check_order(order: Sequence[str], passed: Collection[str]) -> None:
    """Raises WrongState while funding owes a step that the order of gates puts before the handover."""
    for step in order[: order.index("handover")] if "handover" in order else ():
        if step in STEP_MISSING and step not in passed:
            raise WrongState(STEP_MISSING[step])


STEP_MISSING = {
    "settlement": N_("By the order of steps in force, the final accounts must be accepted before the handover."),
    "liquidation": N_("By the order of steps in force, the contract must be liquidated before the handover."),
}


def check_giver(may: bool) -> None:
    """Raises NotAllowed for a person who neither holds the project nor is an officer."""
    if not may:
        raise NotAllowed(N_("Only an officer, the investigator or the host's manager may do this."))


def check_receiver(may: bool) -> None:
    """Raises NotAllowed for a person who does not sign for the receiving body."""
    if not may:
        raise NotAllowed(N_("Only a representative of the receiving body may sign or refuse."))


def check_other_person(person_id: int, earlier_id: int | None) -> None:
    """Raises NotAllowed when this person did the step before (four eyes)."""
    if person_id == earlier_id:
        raise NotAllowed(N_("You did the step before this one. Another person must do this."))


def check_lines(lines: Sequence[Mapping[str, Any]]) -> None:
    """Raises Incomplete unless at least one thing is handed over and each has a name and a quantity of 1 or more."""
    if not lines:
        raise Incomplete(N_("Please name at least one thing that is handed over."), field="name_1")
    for position, line in enumerate(lines, 1):
        if not str(line["name"] or "").strip():
            raise Incomplete(N_("Please say what is handed over in this line."), field=f"name_{position}")
        if (line["quantity"] or 0) < 1:
            raise Incomplete(N_("A quantity is at least 1."), field=f"quantity_{position}")


def check_day(day: date, *, not_before: date, today: date, field: str) -> None:
    """Raises Incomplete for a day before the act it follows, or in the future."""
    if day > today:
        raise Incomplete(N_("This day cannot lie in the future."), field=field)
    if day < not_before:
        raise Incomplete(N_("This day cannot lie before %(day)s."), field=field, day=f"{not_before:%d/%m/%Y}")


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def due_days(start: date, years: int, until: date | None = None) -> list[date]:
    """On which days the yearly reports are due, counted from the handover; with `until`, the last day of a contract: the first, and those up to it."""
    days = [years_after(start, n) for n in range(1, years + 1)]
    return [day for n, day in enumerate(days) if n == 0 or until is None or day <= until]


def after_the_end(due_on: date, ended_on: date) -> bool:
    """Is the year that a report of this day is about wholly after the end of its contract?"""
    return years_after(due_on, -1) >= ended_on


def overdue(follow_up: Any, today: date) -> bool:
    """Is the report awaited and its day past?"""
    return follow_up.state in OPEN_REPORTS and follow_up.due_on < today


def check_writable(follow_up: Any, today: date, ahead: int) -> None:
    """Raises WrongState when a report is written more than `ahead` days before it is due: the year is not over."""
    if (follow_up.due_on - today).days > ahead:
        raise WrongState(N_("This report is due on %(day)s; it can be written at most %(n)s days before."), day=f"{follow_up.due_on:%d/%m/%Y}", n=ahead)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a yearly report says. Money in đồng, area in square metres; `evidence` = what the figures stand on."""

    usage: Usage | None
    place: str | None = None
    users: int | None = None
    households: int | None = None
    area: int | None = None
    output: int | None = None
    output_unit: str | None = None
    scale: str | None = None
    revenue: int | None = None
    savings: int | None = None
    jobs: int | None = None
    evidence: str | None = None
    note: str | None = None

    def columns(self) -> dict[str, Any]:
        """Column → value; an empty text is none."""
        return {name: None if value == "" else value for name, value in asdict(self).items()}


FIGURES = ("users", "households", "area", "output", "revenue", "savings", "jobs")


def check_said(said: Said, *, files: bool) -> None:
    """Raises Incomplete unless use names a place, output its unit, figures what they stand on (in words or files), and no use its reason."""
    figures = said.columns()
    check_use(said.usage, figures, said.note)
    if figures["output"] is not None and not figures["output_unit"]:
        raise Incomplete(N_("Please write the unit of the output: tấn, cây giống, bộ…"), field="output_unit")
    if any(figures[name] for name in FIGURES) and not files and not (said.evidence or "").strip():
        raise Incomplete(N_("Please say what the figures stand on (records, invoices, a survey), or attach a file that shows them."), field="evidence")


def check_use(usage: Usage | None, figures: Mapping[str, Any], reason: str | None) -> None:
    """Raises Incomplete unless use names a place, and no use has a reason and no figures."""
    if usage is None:
        raise Incomplete(N_("Please say whether the result is used."), field="usage")
    if usage == Usage.NO:
        if not (reason or "").strip():
            raise Incomplete(N_("Please say why the result is not used."), field="note")
        for name in FIGURES:
            if figures.get(name):
                raise Incomplete(N_("A result that is not used has no such figure."), field=name)
    elif not str(figures.get("place") or "").strip():
        raise Incomplete(N_("Please say where the result is used."), field="place")


def registration_case(route: Route, state_money: bool, certificate: bool, rule: Mapping[str, Any]) -> tuple[str | None, bool]:
    """(the case of the law that this contract falls under or None, must it be registered?)."""
    case = str(route) if route != Route.DOMESTIC else "domestic_state" if state_money else None
    if case not in rule["cases"]:
        return None, False
    return case, not (certificate and case in rule["exempt_with_certificate"])


def check_recipient(organisation: Any, name: str | None) -> None:
    """Raises Incomplete unless exactly one recipient is named: a body of the system, or another by its name."""
    if organisation is None and not (name or "").strip():
        raise Incomplete(N_("Please name the recipient: choose an organisation, or write its name."), field="recipient")
    if organisation is not None and (name or "").strip():
        raise Incomplete(N_("Please name the recipient in one of the two fields only."), field="recipient_name")


def check_owned(assignment: Any) -> None:
    """Raises WrongState when the ownership of the result was assigned already: the host has nothing left to transfer."""
    if assignment is not None:
        raise WrongState(N_("The ownership of this result was assigned by contract %(number)s of %(day)s to %(name)s. The host can no longer transfer it."),
                         number=assignment.number, day=f"{assignment.signed_on:%d/%m/%Y}", name=assignment.recipient_said)  # fmt: skip


def check_own_number(number: str, used: Collection[str]) -> None:
    """Raises Incomplete for a number that another contract of the same host and year has."""
    if number in used:
        raise Incomplete(N_("%(number)s is already the number of another transfer contract of the host in this year."), field="number", number=number)


def check_end(day: date | None, today: date) -> None:
    """Raises Incomplete for a contract in preparation that would be over before it is signed."""
    if day is not None and day <= today:
        raise Incomplete(N_("The contract cannot end before it is signed: please give a day after today, or none."), field="ends_on")


def check_rating(rating: Rating, use: Use) -> None:
    """Raises Incomplete when a result that is out of use, or never was in use, is said to have a high effect."""
    if rating == Rating.HIGH and use in (Use.NO_LONGER, Use.NEVER_APPLIED):
        raise Incomplete(N_("By the verified reports this result is not in use: a high effect contradicts them."), field="rating")


def check_share(percent: int | None, least: int | None) -> None:
    """Raises Incomplete when the authors' share is below what the law gives them. `least` None = no such rule that day."""
    if least is not None and (percent is None or percent < least):
        raise Incomplete(N_("The authors get at least %(n)s percent of the after-tax profit."), field="author_share", n=least)


def check_shares(author: int | None, intermediary: str | None, share: int | None, least: int | None) -> None:
    """Raises Incomplete unless an intermediary has a name and a share, no smaller than the law's where nothing else is agreed, and all shares fit into one whole."""
    if bool((intermediary or "").strip()) != (share is not None):
        raise Incomplete(N_("Please give both the intermediary and its share, or neither."), field="intermediary_share" if share is None else "intermediary")
    if share is not None and least is not None and share < least:
        raise Incomplete(N_("An intermediary gets at least %(n)s percent."), field="intermediary_share", n=least)
    if (author or 0) + (share or 0) > 100:
        raise Incomplete(N_("All shares together cannot be more than 100 percent."), field="author_share")


LINKS = 2  # a message with more addresses of pages is an advertisement


def check_spam(message: str, trap: str | None) -> None:
    """Raises Incomplete for what a machine wrote: it filled the field nobody sees, or the message is full of links."""
    if (trap or "").strip() or len(re.findall(r"https?://|www\.|\[url", message, re.IGNORECASE)) > LINKS:
        raise Incomplete(N_("This looks like an advertisement. Please write in your own words, with at most %(n)s links, or telephone the Department."), field="message", n=LINKS)


def check_rate(sent: int, limit: int) -> None:
    """Raises TooMany when this address has sent as many messages as allowed in the hour."""
    if sent >= limit:
        raise TooMany(N_("Too many messages came from your network in the last hour. Please try again later, or telephone the Department."))


def check_email(email: str, field: str = "email") -> None:
    """Raises Incomplete for what cannot be an e-mail address."""
    if not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+", email):
        raise Incomplete(N_("Please write a whole e-mail address."), field=field)
