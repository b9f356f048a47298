"""Acceptance: states, tables of moves, guards. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


class CaseState(Face):
    """Where the acceptance of a project is."""

    PREPARING = "preparing", N_("Being prepared"), "grey"
    SUBMITTED = "submitted", N_("Dossier submitted"), "blue"
    RETURNED = "returned", N_("Returned for completion"), "amber"
    VALID = "valid", N_("Dossier valid"), "blue"
    IN_SESSION = "in_session", N_("Before the council"), "purple"
    GRADED = "graded", N_("Rated by the council"), "purple"
    REVISING = "revising", N_("Report being revised"), "amber"
    RESULTS_REGISTERED = "results_registered", N_("Results registered"), "green"
    RECOGNISED = "recognised", N_("Results recognised"), "green"
    FAILED = "failed", N_("Not accepted"), "red"


class ResultState(Face):
    """Where a result is."""

    DRAFTED = "drafted", N_("To be registered"), "grey"
    REGISTERED = "registered", N_("Registered"), "green"
    DROPPED = "dropped", N_("Not registered"), "red"


class ResultKind(Face):
    """What a result is."""

    PUBLICATION = "publication", N_("Publication"), "blue"
    VARIETY = "variety", N_("Plant variety or animal breed"), "green"
    PROCESS = "process", N_("Technological process"), "purple"
    PROTOTYPE = "prototype", N_("Prototype, equipment or product"), "green"
    SOFTWARE = "software", N_("Software or database"), "purple"
    STANDARD = "standard", N_("Standard or regulation"), "blue"
    POLICY_ADVICE = "policy_advice", N_("Policy advice"), "amber"
    MODEL = "model", N_("Demonstration model"), "green"
    DATA = "data", N_("Data, maps or drawings"), "blue"
    OTHER = "other", N_("Other result"), "grey"


class AssetKind(Face):
    """What is left of a project."""

    EQUIPMENT = "equipment", N_("Equipment and materials"), "grey"
    RESULT = "result", N_("Result as an asset"), "blue"


class Gate(Face):
    """The steps after the council, whose order is a rule."""

    GRADE = "grade", N_("Council's rating"), "purple"
    REVISION = "revision", N_("Revision confirmed"), "amber"
    CERTIFICATE = "certificate", N_("Results registered"), "green"
    RECOGNITION = "recognition", N_("Recognition decision"), "green"
    SETTLEMENT = "settlement", N_("Final accounts"), "blue"
    LIQUIDATION = "liquidation", N_("Contract liquidated"), "grey"
    HANDOVER = "handover", N_("Results handed over"), "blue"
    FOLLOW_UP = "follow_up", N_("Yearly follow-up"), "blue"
    EFFECTIVENESS = "effectiveness", N_("Effectiveness evaluated"), "blue"


CASE = Lifecycle("acceptance_case", CaseState, start=CaseState.PREPARING, moves={
    (CaseState.PREPARING, "submit"): Move(CaseState.SUBMITTED, Do.ACCEPTANCE_SUBMIT, N_("Submit the dossier")),
    (CaseState.RETURNED, "submit"): Move(CaseState.SUBMITTED, Do.ACCEPTANCE_SUBMIT, N_("Submit the dossier")),
    (CaseState.SUBMITTED, "check"): Move(CaseState.VALID, Do.ACCEPTANCE_CHECK, N_("Confirm that the dossier is valid")),
    (CaseState.SUBMITTED, "return"): Move(CaseState.RETURNED, Do.ACCEPTANCE_CHECK, N_("Return for completion")),
    (CaseState.VALID, "seat_council"): Move(CaseState.IN_SESSION, Do.SYSTEM, N_("Council established")),
    (CaseState.IN_SESSION, "release"): Move(CaseState.VALID, Do.SYSTEM, N_("Council dissolved")),
    (CaseState.IN_SESSION, "grade"): Move(CaseState.GRADED, Do.SYSTEM, N_("Rated by the council")),
    (CaseState.GRADED, "require_revision"): Move(CaseState.REVISING, Do.ACCEPTANCE_RUN, N_("Require a revision")),
    (CaseState.REVISING, "revise"): Move(CaseState.REVISING, Do.ACCEPTANCE_SUBMIT, N_("Submit the revised report")),
    (CaseState.REVISING, "refuse_revision"): Move(CaseState.REVISING, Do.ACCEPTANCE_RUN, N_("Return the revised report")),
    (CaseState.REVISING, "confirm_revision"): Move(CaseState.GRADED, Do.ACCEPTANCE_RUN, N_("Confirm the revision")),
    (CaseState.GRADED, "register_results"): Move(CaseState.RESULTS_REGISTERED, Do.SYSTEM, N_("Results registered")),
    (CaseState.GRADED, "recognise"): Move(CaseState.RECOGNISED, Do.ACCEPTANCE_RECOGNISE, N_("Recognise the results")),
    (CaseState.RESULTS_REGISTERED, "recognise"): Move(CaseState.RECOGNISED, Do.ACCEPTANCE_RECOGNISE, N_("Recognise the results")),
    (CaseState.GRADED, "reevaluate"): Move(CaseState.PREPARING, Do.ACCEPTANCE_RUN, N_("Allow another evaluation")),
    (CaseState.GRADED, "fail"): Move(CaseState.FAILED, Do.ACCEPTANCE_RECOGNISE, N_("Close as not accepted")),
})  # fmt: skip

RESULT = Lifecycle("result", ResultState, start=ResultState.DRAFTED, moves={
    (ResultState.DRAFTED, "register"): Move(ResultState.REGISTERED, Do.ACCEPTANCE_REGISTER, N_("Register the result")),
    (ResultState.DRAFTED, "drop"): Move(ResultState.DROPPED, Do.ACCEPTANCE_REGISTER, N_("Do not register")),
})  # fmt: skip

EDITABLE = frozenset({CaseState.PREPARING, CaseState.RETURNED})
OPEN = frozenset(CaseState) - {CaseState.RECOGNISED, CaseState.FAILED}
RATED = frozenset({CaseState.GRADED, CaseState.REVISING, CaseState.RESULTS_REGISTERED, CaseState.RECOGNISED})
OWN_GATES = (Gate.GRADE, Gate.REVISION, Gate.CERTIFICATE, Gate.RECOGNITION)  # the others belong to funding and transfer

# papers are in Vietnamese, whatever the language of the one who issues them
ON_PAPER = {
    ResultKind.PUBLICATION: "Công bố khoa học", ResultKind.VARIETY: "Giống cây trồng, vật nuôi", ResultKind.PROCESS: "Quy trình công nghệ",
    ResultKind.PROTOTYPE: "Mẫu, thiết bị, sản phẩm", ResultKind.SOFTWARE: "Phần mềm, cơ sở dữ liệu", ResultKind.STANDARD: "Tiêu chuẩn, quy chuẩn",
    ResultKind.POLICY_ADVICE: "Luận cứ, kiến nghị chính sách", ResultKind.MODEL: "Mô hình", ResultKind.DATA: "Số liệu, bản đồ, bản vẽ",
    ResultKind.OTHER: "Kết quả khác",
}  # fmt: skip


# --- guards ---------------------------------------------------------------------------------------------------


def check_editable(case: Any) -> None:
    """Raises WrongState once the dossier is handed in."""
    if case.state not in EDITABLE:
        raise WrongState(N_("The dossier has been submitted and cannot be changed now."))


def check_holder(may: bool) -> None:
    """Raises NotAllowed for a person who neither leads the project nor manages its host."""
    if not may:
        raise NotAllowed(N_("Only the investigator and the host's manager may do this."))


def check_other_person(person_id: int, *earlier: int | None) -> None:
    """Raises NotAllowed when this person did the step before (four eyes)."""
    if person_id in [e for e in earlier if e is not None]:
        raise NotAllowed(N_("You did an earlier step of this. Another person must do this one."))


def missing_documents(kinds: Sequence[Mapping[str, Any]], given: Collection[str]) -> list[Mapping[str, Any]]:
    """The needed kinds of documents of which none is given, in the order of the rule."""
    return [kind for kind in kinds if kind["needed"] and kind["code"] not in given]


def unfinished(lines: Sequence[Any]) -> list[Any]:
    """The promised products whose self-evaluation is not written yet."""
    return [line for line in lines if not ((line.delivered_quantity or "").strip() and (line.delivered_quality or "").strip() and line.level)]


def check_shares(percents: Sequence[int], *, needed: bool) -> None:
    """Raises Incomplete unless the shares are whole percents of 1 to 100 that make 100; none at all is right when not needed."""
    if not percents and not needed:
        return
    if any(not 1 <= p <= 100 for p in percents):
        raise Incomplete(N_("Each share is a whole number from 1 to 100 percent."), field="percent_1")
    if sum(percents) != 100:
        raise Incomplete(N_("The shares of all members must make 100 percent; they make %(sum)s."), field="percent_1", sum=sum(percents))


def days_late(due: date, submitted: date) -> int:
    """By how many days the dossier came after its term; 0 = in time."""
    return max(0, (submitted - due).days)


def gates_in(order: Sequence[str]) -> list[Gate]:
    """This room's gates in the order of the rule; one that the rule leaves out is not asked for."""
    return [Gate(code) for code in order if code in {str(g) for g in OWN_GATES}]


def check_gate(gate: Gate, order: Sequence[str], passed: Collection[Gate]) -> None:
    """Raises WrongState while a gate that the rule puts before this one is not passed."""
    own = gates_in(order)
    for before in own[: own.index(gate)] if gate in own else own:
        if before not in passed:
            raise WrongState(GATE_MISSING[before])


GATE_MISSING = {
    Gate.GRADE: N_("By the order of steps in force, the council must have rated it as accepted first."),
    Gate.REVISION: N_("By the order of steps in force, the revised report must be confirmed first."),
    Gate.CERTIFICATE: N_("By the order of steps in force, the results must be registered first."),
    Gate.RECOGNITION: N_("By the order of steps in force, the recognition decision comes first."),
}


def check_accepted(accepted: bool | None) -> None:
    """Raises WrongState unless the council's grade means acceptance."""
    if not accepted:
        raise WrongState(N_("The council did not accept this project."))


def check_failed(accepted: bool | None) -> None:
    """Raises WrongState unless the council's grade means failure."""
    if accepted is not False:
        raise WrongState(N_("Only a project that the council did not accept can be closed or evaluated again in this way."))


def check_reevaluation(round_number: int, allowed: int) -> None:
    """Raises WrongState when the rule allows no further evaluation. `round_number` counts from 1."""
    if round_number > allowed:
        raise WrongState(N_("This project has been evaluated again already; the rule allows it %(n)s time(s)."), n=allowed)
