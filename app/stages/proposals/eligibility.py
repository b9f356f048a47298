"""Eligibility: the lines of the checklist, what the system finds on each, what an officer judges, and what follows. Pure.

Line      one condition of the rulebook's checklist (proposals.checklist) as it stands for one dossier: what the system finds and why.
Debt      what somebody owes from an earlier project (cause, from - until); a later stage says so through DEBTS.
Remedy    what the Department asks to be added, until when; the applicant adds that and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete, Refused
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


class Verdict(Face):
    """What an officer finds on one line."""

    MET = "met", N_("Met"), "green"
    NOT_MET = "not_met", N_("Not met"), "red"


class RemedyState(Face):
    ASKED = "asked", N_("Waits for the applicant"), "amber"
    ANSWERED = "answered", N_("Answered"), "blue"
    LAPSED = "lapsed", N_("Not answered in time"), "red"
    TAKEN_BACK = "taken_back", N_("Taken back"), "grey"


REMEDY = Lifecycle("remedy", RemedyState, start=RemedyState.ASKED, moves={
    (RemedyState.ASKED, "answer"): Move(RemedyState.ANSWERED, Do.PROPOSALS_SUBMIT, N_("Send what was asked for")),
    (RemedyState.ASKED, "run_out"): Move(RemedyState.LAPSED, Do.SYSTEM, N_("Run out")),
    (RemedyState.ASKED, "take_back"): Move(RemedyState.TAKEN_BACK, Do.PROPOSALS_CHECK, N_("Take the request back")),
})  # fmt: skip


class Cause(Face):
    """Why somebody may be barred from applying; the years stand in the rulebook."""

    UNPAID_REFUND = "unpaid_refund", N_("Money to pay back is not paid"), "red"
    LATE_ACCEPTANCE = "late_acceptance", N_("Acceptance dossier late"), "red"
    RATED_FAIL = "rated_fail", N_("Rated as not accepted"), "red"
    NOT_REGISTERED = "not_registered", N_("Results not registered"), "red"
    TERMINATED_BREACH = "terminated_breach", N_("Project ended for a breach"), "red"
    LATE_REPORT = "late_report", N_("Report overdue"), "amber"


BAR, WARN = "bar", "warn"


@dataclass(frozen=True)
class Debt:
    """What stands against an applicant. `until` None: until it is settled. `page` is an endpoint with its values."""

    cause: Cause
    of_host: bool  # of the host organisation, else of the investigator
    project: str
    since: date
    until: date | None = None
    page: tuple[str, dict[str, str]] | None = None
    barring: bool = True  # False: a fact that bars only where somebody entered the bar

    def bars(self, causes: Collection[str], on: date) -> bool:
        """Does it bar from applying on that day, by the causes the rulebook names?"""
        return self.barring and self.cause in causes and self.since <= on and (self.until is None or on <= self.until)


# fn(users, organisations, on) -> [Debt]: later stages say what their projects owe
DEBTS: list[Callable[[frozenset[int], frozenset[int], date], list[Debt]]] = []


@dataclass(frozen=True)
class Line:
    """One condition for one dossier: met (True), not met (False) or for a person to judge (None); why; where to see it."""

    code: str
    label: str
    ok: bool | None
    why: Sequence[tuple[str, Mapping[str, Any]]] = ()
    source: str = ""
    weight: str = BAR
    evidence: Sequence[tuple[str, tuple[str, dict[str, str]]]] = ()
    debts: Sequence[Debt] = ()
    document: str | None = None  # the document whose absence can be remedied


@dataclass(frozen=True)
class Standing:
    """A line with what was judged last."""

    line: Line
    judged: Any = None

    @property
    def verdict(self) -> Verdict | None:
        """The officer's judgement; where there is none, what the system is sure of."""
        if self.judged is not None:
            return Verdict(self.judged.verdict)
        return None if self.line.ok is None else Verdict.MET if self.line.ok else Verdict.NOT_MET


@dataclass(frozen=True)
class Told:
    """What an officer says of a line; `seen` is the number of the judgement that stood on the page (0: none)."""

    verdict: Verdict | None
    remark: str = ""
    seen: int = 0


class Overtaken(Refused):
    """A colleague judged the same line meanwhile (409)."""

    status = 409


def check_outcome(standings: Sequence[Standing], *, eligible: bool) -> None:
    """Raise Incomplete unless the outcome follows from the lines."""
    open_ = [found.line for found in standings if found.verdict is None]
    if open_:
        raise Incomplete(N_("Not judged yet: %(line)s"), field=f"verdict_{open_[0].code}", line="; ".join(line.label for line in open_))
    broken = [s.line for s in standings if s.verdict == Verdict.NOT_MET and s.line.weight == BAR]
    if eligible and broken:
        raise Incomplete(N_("The dossier is not eligible while this stands as not met: %(line)s"), field=f"verdict_{broken[0].code}", line="; ".join(line.label for line in broken))
    if not eligible and not any(s.verdict == Verdict.NOT_MET for s in standings):
        raise Incomplete(N_("A dossier is refused for a condition that is not met. Please mark which one."), field="outcome")


def merged(stands: Any, base: Any, told: Told) -> tuple[bool, bool]:
    """(must it be written, does it clash): what an officer says of a line against what stands, both having begun from `base`.

    What only the other changed stays as the other left it; the same said twice is no clash.
    """
    said = (told.verdict, told.remark)
    now = (Verdict(stands.verdict), stands.remark or "") if stands is not None else (None, "")
    before = (Verdict(base.verdict), base.remark or "") if base is not None else (None, "")
    if told.verdict is None or said in (now, before):
        return False, False
    return True, now != before


def overdue(remedy: Any, today: date) -> bool:
    """Is the answer awaited and its last day past?"""
    return remedy.state == RemedyState.ASKED and remedy.due_on < today


def holds_back(remedy: Any, today: date) -> bool:
    """Must the Department still wait for the applicant?"""
    return remedy is not None and remedy.state == RemedyState.ASKED and remedy.due_on >= today


@dataclass(frozen=True)
class Wanted:
    """One thing asked for: a document of the dossier (its code), or an explanation (no code)."""

    text: str
    document: str | None = None
    pages: list[Any] = field(default_factory=list)
