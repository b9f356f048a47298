"""Archive: states, kinds of dossiers, terms. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.kernel.words import N_, Face

LONGEST_NAME = 80


class CopyState(Face):
    """Where the making of a file is."""

    REQUESTED = "requested", N_("Waits to be made"), "amber"
    MAKING = "making", N_("Being made"), "blue"
    READY = "ready", N_("Ready to download"), "green"
    FAILED = "failed", N_("Could not be made"), "red"
    EXPIRED = "expired", N_("Expired, deleted"), "grey"


COPY = Lifecycle("archive_copy", CopyState, start=CopyState.REQUESTED, moves={
    (CopyState.REQUESTED, "make"): Move(CopyState.MAKING, Do.SYSTEM, N_("Make")),
    (CopyState.MAKING, "finish"): Move(CopyState.READY, Do.SYSTEM, N_("Finish")),
    (CopyState.MAKING, "fail"): Move(CopyState.FAILED, Do.SYSTEM, N_("Give up")),
    (CopyState.MAKING, "make_again"): Move(CopyState.REQUESTED, Do.SYSTEM, N_("Begin again")),
    (CopyState.READY, "expire"): Move(CopyState.EXPIRED, Do.SYSTEM, N_("Let expire")),
})  # fmt: skip


class HoldState(Face):
    """Whether a hold is in force."""

    PLACED = "placed", N_("Held: nothing may be destroyed"), "red"
    LIFTED = "lifted", N_("Hold lifted"), "grey"


HOLD = Lifecycle("legal_hold", HoldState, start=HoldState.PLACED, moves={
    (HoldState.PLACED, "lift"): Move(HoldState.LIFTED, Do.ARCHIVE_LIFT, N_("Lift the hold")),
})  # fmt: skip


class Standing(Face):
    """What is due for the dossier of a finished project."""

    HELD = "held", N_("Held: nothing may be destroyed"), "red"
    TO_HAND_OVER = "to_hand_over", N_("To be handed over to the archive"), "amber"
    DEPOSITED = "deposited", N_("Handed over, kept"), "green"
    TO_REVIEW = "to_review", N_("Term over: value to be reviewed"), "purple"


class DossierKind(Face):
    """Kinds of dossiers with terms of their own."""

    RECOGNISED = "recognised", N_("Task carried out and recognised"), "green"
    FAILED = "failed", N_("Task not accepted"), "red"
    TERMINATED = "terminated", N_("Task ended early"), "red"
    CANCELLED = "cancelled", N_("Approval cancelled before the contract"), "grey"
    NOT_FUNDED = "not_funded", N_("Proposal that was not funded"), "grey"


@dataclass(frozen=True)
class Term:
    """How long a kind of dossier is kept: `years` after the year in which the work ended, None for ever."""

    kind: DossierKind
    years: int | None

    def until(self, ended: date) -> date | None:
        """The last day on which it must be kept; None when it is kept for ever. Counted from the end of the year in which the work ended."""
        return None if self.years is None else date(ended.year + self.years, 12, 31)


def terms_of(value: Mapping[str, Any]) -> dict[DossierKind, Term]:
    """The terms as the rulebook says them: {kind: years, or null for ever}."""
    return {kind: Term(kind, value[str(kind)]) for kind in DossierKind}


def hand_over_by(ended: date, years: int) -> date:
    """Until when the dossier goes to the archive: so many years after the work ended."""
    return date(ended.year + years, ended.month, min(ended.day, 28) if ended.month == 2 else ended.day)


def standing(*, held: bool, deposited: bool, until: date | None, today: date) -> Standing:
    """What is due: a hold goes before everything, the end of the term before the hand-over."""
    if held:
        return Standing.HELD
    if until is not None and today > until:
        return Standing.TO_REVIEW
    return Standing.DEPOSITED if deposited else Standing.TO_HAND_OVER


def safe_name(text: str, *, longest: int = LONGEST_NAME) -> str:
    """Letters every system takes: "Báo cáo số 3" → "bao-cao-so-3"."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(text)))[:longest].strip("-") or "tep"


def safe_filename(name: str) -> str:
    """The same for a file with its ending: no path, no leading dot, no blanks."""
    stem, dot, ending = name.rpartition(".")
    ending = re.sub(r"[^a-z0-9]", "", ending.lower())[:8]
    return f"{safe_name(stem)}.{ending}" if dot and stem and ending else safe_name(name)
