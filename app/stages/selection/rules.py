"""States of a round. Pure."""

from __future__ import annotations

from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


class RoundState(Face):
    OPEN = "open", N_("Before the council"), "purple"
    RANKED = "ranked", N_("Ranked"), "blue"
    CONCLUDED = "concluded", N_("Concluded"), "green"


class Outcome(Face):
    """What the council says of a dossier."""

    APPROVE = "approve", N_("Recommended for approval"), "green"
    REVISE = "revise", N_("Recommended for approval after revision"), "blue"
    RESERVE = "reserve", N_("Passed, in reserve"), "amber"
    REJECT = "reject", N_("Not recommended"), "red"


ROUND = Lifecycle("selection_round", RoundState, start=RoundState.OPEN, moves={
    (RoundState.OPEN, "rank"): Move(RoundState.RANKED, Do.SYSTEM, N_("Rank")),
    (RoundState.RANKED, "conclude"): Move(RoundState.CONCLUDED, Do.SELECTION_CONCLUDE, N_("Conclude the round")),
    (RoundState.RANKED, "plan_release"): Move(RoundState.RANKED, Do.SELECTION_CONCLUDE, N_("Set the day of release")),
    (RoundState.CONCLUDED, "reconsider"): Move(RoundState.OPEN, Do.SELECTION_CONCLUDE, N_("Reconsider in another session")),
})  # fmt: skip


class ComplaintState(Face):
    FILED = "filed", N_("Waits for an answer"), "amber"
    UPHELD = "upheld", N_("Upheld: reconsidered in another session"), "green"
    DISMISSED = "dismissed", N_("Dismissed"), "red"
    TAKEN_BACK = "taken_back", N_("Taken back"), "grey"


COMPLAINT = Lifecycle("complaint", ComplaintState, start=ComplaintState.FILED, moves={
    (ComplaintState.FILED, "uphold"): Move(ComplaintState.UPHELD, Do.SELECTION_CONCLUDE, N_("Uphold the complaint")),
    (ComplaintState.FILED, "dismiss"): Move(ComplaintState.DISMISSED, Do.SELECTION_CONCLUDE, N_("Dismiss the complaint")),
    (ComplaintState.FILED, "take_back"): Move(ComplaintState.TAKEN_BACK, Do.PROPOSALS_WITHDRAW, N_("Take the complaint back")),
})  # fmt: skip


class Standing(Face):
    """How far the selection of a topic of a call is, as the page of the call says it."""

    IN_SESSION = "in_session", N_("Before the council"), "purple"
    SELECTED = "selected", N_("A dossier is selected, the award is awaited"), "green"
    VACANT = "vacant", N_("The selected dossier is gone, the reserve is to be decided on"), "amber"
