"""States of a proposal, what a complete one has, and whether it came in time. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.kernel.clock import local
from app.kernel.errors import Incomplete
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face

LONGEST_MONTHS = 120  # as the column holds it


class ProposalState(Face):
    DRAFT = "draft", N_("Draft"), "grey"
    SUBMITTED = "submitted", N_("Submitted"), "blue"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "grey"
    ELIGIBLE = "eligible", N_("Eligible"), "green"
    INELIGIBLE = "ineligible", N_("Not eligible"), "red"
    IN_SELECTION = "in_selection", N_("In selection"), "purple"
    SELECTED = "selected", N_("Selected"), "green"
    RESERVE = "reserve", N_("In reserve"), "amber"
    NOT_SELECTED = "not_selected", N_("Not selected"), "red"


S = ProposalState
PROPOSAL = Lifecycle("proposal", ProposalState, start=S.DRAFT, moves={
    (S.DRAFT, "submit"): Move(S.SUBMITTED, Do.PROPOSALS_SUBMIT, N_("Submit proposal")),
    (S.DRAFT, "admit"): Move(S.SUBMITTED, Do.PROPOSALS_CHECK, N_("Admit a late dossier")),
    (S.DRAFT, "end_transcript"): Move(S.WITHDRAWN, Do.SYSTEM, N_("End the transcription")),
    (S.DRAFT, "withdraw"): Move(S.WITHDRAWN, Do.PROPOSALS_WITHDRAW, N_("Withdraw proposal")),
    (S.SUBMITTED, "withdraw"): Move(S.WITHDRAWN, Do.PROPOSALS_WITHDRAW, N_("Withdraw proposal")),
    (S.SUBMITTED, "give_way"): Move(S.WITHDRAWN, Do.SYSTEM, N_("Replace by a new version")),
    (S.SUBMITTED, "check_eligible"): Move(S.ELIGIBLE, Do.PROPOSALS_CHECK, N_("Declare eligible")),
    (S.SUBMITTED, "check_ineligible"): Move(S.INELIGIBLE, Do.PROPOSALS_CHECK, N_("Declare not eligible")),
    (S.INELIGIBLE, "reinstate"): Move(S.SUBMITTED, Do.PROPOSALS_CHECK, N_("Reinstate for a second look")),
    (S.ELIGIBLE, "retract"): Move(S.SUBMITTED, Do.PROPOSALS_CHECK, N_("Take back that it is eligible")),
    (S.ELIGIBLE, "put_to_selection"): Move(S.IN_SELECTION, Do.SYSTEM, N_("Put to selection")),
    (S.IN_SELECTION, "take_from_selection"): Move(S.ELIGIBLE, Do.SYSTEM, N_("Take from selection")),
    (S.IN_SELECTION, "select"): Move(S.SELECTED, Do.SYSTEM, N_("Select")),
    (S.IN_SELECTION, "reserve"): Move(S.RESERVE, Do.SYSTEM, N_("Keep in reserve")),
    (S.IN_SELECTION, "not_select"): Move(S.NOT_SELECTED, Do.SYSTEM, N_("Do not select")),
    (S.SELECTED, "give_up"): Move(S.NOT_SELECTED, Do.PROPOSALS_WITHDRAW, N_("Give up the place")),
    (S.RESERVE, "give_up"): Move(S.NOT_SELECTED, Do.PROPOSALS_WITHDRAW, N_("Give up the place")),
    (S.RESERVE, "move_up"): Move(S.SELECTED, Do.FUNDING_APPROVE, N_("Move up from the reserve")),
    (S.SELECTED, "reconsider"): Move(S.ELIGIBLE, Do.SYSTEM, N_("Reconsider")),
    (S.RESERVE, "reconsider"): Move(S.ELIGIBLE, Do.SYSTEM, N_("Reconsider")),
    (S.NOT_SELECTED, "reconsider"): Move(S.ELIGIBLE, Do.SYSTEM, N_("Reconsider")),
    (S.SELECTED, "decline"): Move(S.NOT_SELECTED, Do.FUNDING_APPROVE, N_("Decline")),
    (S.RESERVE, "end_reserve"): Move(S.NOT_SELECTED, Do.SYSTEM, N_("The reserve ends")),
    (S.RESERVE, "decline"): Move(S.NOT_SELECTED, Do.FUNDING_APPROVE, N_("Decline")),
})  # fmt: skip


class TeamRole(Face):
    PI = "pi", N_("Principal investigator"), "purple"
    SECRETARY = "secretary", N_("Scientific secretary"), "blue"
    KEY = "key", N_("Key member"), "blue"
    MEMBER = "member", N_("Member"), "grey"
    PARTNER = "partner", N_("Partner organisation"), "amber"


class Access(Face):
    """What a person of the team may do in the dossier; each right holds the ones before it."""

    VIEW = "view", N_("May read"), "grey"
    COMMENT = "comment", N_("May read and comment"), "blue"
    EDIT = "edit", N_("May read, comment and write"), "green"

    def covers(self, other: Access) -> bool:
        """Does this right hold the other one?"""
        ranks = list(Access)
        return ranks.index(self) >= ranks.index(other)


class Invited(Face):
    """Where an invitation is. Derived, never stored."""

    WAITING = "waiting", N_("Waits for an answer"), "amber"
    ACCEPTED = "accepted", N_("Accepted"), "green"
    DECLINED = "declined", N_("Declined"), "red"
    EXPIRED = "expired", N_("Ran out"), "grey"
    TAKEN_BACK = "taken_back", N_("Taken back"), "grey"


class Source(Face):
    """Where the money of a line comes from."""

    STATE = "state", N_("State budget"), "blue"
    COUNTERPART = "counterpart", N_("Counterpart funds"), "amber"


class ProductGroup(Face):
    """Groups of products as the work description has them."""

    ONE = "I", N_("Form I: samples, products, varieties, equipment"), "blue"
    TWO = "II", N_("Form II: processes, software, models, reports"), "blue"
    THREE = "III", N_("Form III: papers, books, training"), "blue"


class LateGround(Face):
    """Why a dossier may come in after the deadline: nothing else is a ground."""

    OUTAGE = "outage", N_("Outage of the system before the deadline"), "amber"
    POST_STAMP = "post_stamp", N_("Stamp of the post office before the deadline"), "blue"


class Spending(Face):
    """The method of lump-sum spending (khoán chi) that a dossier asks for."""

    FINAL_PRODUCT = "final_product", N_("Lump sum to the final product"), "green"
    PARTIAL = "partial", N_("Partial lump sum"), "blue"


class How(Face):
    """How a saving of the work description came about."""

    TYPED = "typed", N_("Written"), "grey"
    MERGED = "merged", N_("Two texts brought together"), "blue"
    ASIDE = "aside", N_("Set aside in favour of another text"), "amber"
    WORD = "word", N_("Taken over from Word"), "purple"
    COPIED = "copied", N_("Copied from an earlier proposal"), "purple"
    RESTORED = "restored", N_("Brought back from the history"), "blue"


class Standing(Face):
    """How far a section of the work description is. Derived, never stored."""

    NOT_BEGUN = "not_begun", N_("Not begun"), "grey"
    IN_WORK = "in_work", N_("In work"), "amber"
    COMPLETE = "complete", N_("Complete"), "green"


@dataclass(frozen=True)
class Problem:
    """What a draft still lacks: the section it belongs to, and a sentence; which part or document (`name` by language)."""

    section: str
    sentence: str
    params: dict[str, Any] = field(default_factory=dict)
    name: Mapping[str, str] | None = None
    place: str = ""
    anchor: str = ""  # the field of the section's page where it is mended


SECTIONS = ("general", "work", "team", "products", "uses", "plan", "budget", "files", "sign_off")


def content_hash(content: Mapping[str, Any]) -> str:
    """The hash by which what a dossier says is signed off, received, and found whole at the opening."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def in_time(received_at: datetime, deadline: datetime) -> bool:
    """Did the submission arrive at or before the deadline instant? (trust.md §2.6: inclusive)"""
    return received_at <= deadline


def problems(draft: Any, *, ceiling: int | None, work: Sequence[Problem], kinds_needed: Sequence[Mapping[str, Any]], team: Sequence[Problem] = ()) -> list[Problem]:
    """What a draft lacks before the host can sign it off, in the order of its sections.

    `draft` has title, aim, duration_months, team, products, lines and file_kinds; `work` is what its work description
    lacks, `team` what the rulebook bars; `kinds_needed` are documents with "code", "vi", "en"; the rest comes from the call (ceiling in đồng) and from the rulebook.
    """
    found: list[Problem] = []

    def need(ok: bool, section: str, sentence: str, anchor: str = "", **params: Any) -> None:
        if not ok:
            found.append(Problem(section, sentence, params, anchor=anchor))

    need(bool(draft.title), "general", N_("The title is needed."), "title")
    need(bool(draft.aim), "general", N_("The aim is needed."), "aim")
    need(bool(draft.duration_months), "general", N_("The duration is needed."), "duration_months")
    found += work
    need(sum(m.role == TeamRole.PI for m in draft.team) == 1, "team", N_("The team needs exactly one principal investigator."))
    need(sum(m.role == TeamRole.SECRETARY for m in draft.team) <= 1, "team", N_("The team has at most one scientific secretary."))
    found += team
    need(bool(draft.products), "products", N_("Name at least one product with its unit and quantity."), "name")
    total = sum(line.amount for line in draft.lines if line.source == Source.STATE)
    need(bool(draft.lines), "budget", N_("The budget has no lines."), "head")
    need(ceiling is None or total <= ceiling, "budget", N_("The state budget part of %(total)s đ is over the ceiling of the topic, %(ceiling)s đ."),
         total=dotted(total), ceiling=dotted(ceiling or 0))  # fmt: skip
    for document in kinds_needed:
        if document["code"] not in draft.file_kinds:
            found.append(Problem("files", N_("This required document is missing."), name=document, anchor=f"doc-{document['code']}"))
    return found


def totals(lines: list[Any]) -> dict[str, Any]:
    """Sums of budget lines in đồng: by source, by year and source, by head, and in all. Sums are never stored."""
    sums: dict[str, Any] = {"all": 0, "state": 0, "counterpart": 0, "years": {}, "heads": {}}
    for line in lines:
        source = str(line.source)
        sums["all"] += line.amount
        sums[source] += line.amount
        year = sums["years"].setdefault(line.year, {"state": 0, "counterpart": 0})
        year[source] += line.amount
        sums["heads"][line.head] = sums["heads"].get(line.head, 0) + line.amount
    sums["years"] = dict(sorted(sums["years"].items()))
    return sums


def dotted(amount: int) -> str:
    """1250000000 → "1.250.000.000"."""
    return f"{amount:,}".replace(",", ".")


def line_amount(quantity: int, price: int) -> int:
    """A line's amount in đồng from its quantity in hundredths and its price in đồng, rounded half up."""
    return (quantity * price + 50) // 100


def years_of(deadline: datetime, months: int | None) -> tuple[int, int]:
    """The years of a budget: from that of the call's deadline to the last one the work can reach (its months, and a year to begin in)."""
    first = local(deadline).year
    return first, first + 1 + -(-(months or LONGEST_MONTHS) // 12)


def check_year(year: int, deadline: datetime, months: int | None) -> None:
    """Raise Incomplete for a year in which this dossier spends nothing."""
    first, last = years_of(deadline, months)
    if not first <= year <= last:
        raise Incomplete(N_("The years of this budget are %(first)s to %(last)s."), field="year", first=first, last=last)


def refuse_problems(found: list[Problem]) -> None:
    """Raise Incomplete with the first problem."""
    for problem in found:
        raise Incomplete(problem.sentence, **problem.params)


@dataclass(frozen=True)
class Finding:
    """One rule of eligibility: kept (True), broken (False) or to be looked at by a person (None), and its source."""

    ok: bool | None
    sentence: str
    source: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def findings(*, documents: Iterable[tuple[str, bool]], documents_source: str, in_time: bool, signed: bool, host_barred: bool, pi_barred: bool,
             leads: list[str], one_at_a_time: str | None) -> list[Finding]:  # fmt: skip
    """The rules of eligibility as they stand for one dossier.

    `documents` are (name, present) of those needed; `leads` the projects the investigator leads now; `one_at_a_time` the
    source of that rule, or None where it does not hold. A second project is a warning, not a bar: people decide.
    """
    found = [Finding(in_time, N_("The dossier arrived by the deadline.")), Finding(signed, N_("The host organisation has signed off."))]
    found += [Finding(present, N_("In the dossier: %(name)s"), documents_source, {"name": name}) for name, present in documents]
    found += [
        Finding(not host_barred, N_("The host organisation is not barred from applying."), "TT 20/2023/TT-BKHCN"),
        Finding(not pi_barred, N_("The principal investigator is not barred from applying."), "TT 20/2023/TT-BKHCN"),
    ]
    if one_at_a_time is not None and leads:
        found.append(Finding(None, N_("The principal investigator leads already: %(titles)s"), one_at_a_time, {"titles": "; ".join(leads)}))
    elif one_at_a_time is not None:
        found.append(Finding(True, N_("The principal investigator leads no other project."), one_at_a_time))
    found.append(Finding(None, N_("The host has the functions and the capacity for this task: to be judged by the officer."), "NĐ 267/2025/NĐ-CP"))
    return found
