"""Kinds, roles and states; who must be present; who may not sit. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.kernel.errors import Incomplete, Refused
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face
from app.services.councils import counting


class Kind(Face):
    IDENTIFICATION = "identification", N_("Identification council"), "blue"
    SELECTION = "selection", N_("Selection council"), "purple"
    APPRAISAL = "appraisal", N_("Budget appraisal team"), "amber"
    ACCEPTANCE = "acceptance", N_("Acceptance council"), "green"
    EFFECTIVENESS = "effectiveness", N_("Council on the effect of a result"), "green"


class SeatRole(Face):
    CHAIR = "chair", N_("Chair"), "purple"
    VICE_CHAIR = "vice_chair", N_("Vice chair"), "purple"
    REVIEWER = "reviewer", N_("Reviewer"), "blue"
    SECRETARY = "secretary", N_("Secretary of the council"), "blue"
    MEMBER = "member", N_("Member of the council"), "grey"


class CouncilState(Face):
    DRAFT = "draft", N_("In preparation"), "grey"
    PROPOSED = "proposed", N_("Waits for the leader's decision"), "amber"
    ESTABLISHED = "established", N_("Established"), "blue"
    CONVENED = "convened", N_("In session"), "purple"
    CONCLUDED = "concluded", N_("Concluded"), "green"
    DISSOLVED = "dissolved", N_("Dissolved"), "red"


COUNCIL = Lifecycle("council", CouncilState, start=CouncilState.DRAFT, moves={
    (CouncilState.DRAFT, "propose"): Move(CouncilState.PROPOSED, Do.COUNCILS_RUN, N_("Propose the council to the leader")),
    (CouncilState.PROPOSED, "establish"): Move(CouncilState.ESTABLISHED, Do.COUNCILS_ESTABLISH, N_("Establish the council")),
    (CouncilState.PROPOSED, "send_back"): Move(CouncilState.DRAFT, Do.COUNCILS_ESTABLISH, N_("Send the proposal back")),
    (CouncilState.ESTABLISHED, "replace"): Move(CouncilState.ESTABLISHED, Do.COUNCILS_ESTABLISH, N_("Replace a member")),
    (CouncilState.ESTABLISHED, "convene"): Move(CouncilState.CONVENED, Do.COUNCILS_RUN, N_("Open the session")),
    (CouncilState.CONVENED, "open_box"): Move(CouncilState.CONVENED, Do.COUNCILS_SIT, N_("Open the box")),
    (CouncilState.CONVENED, "adjourn"): Move(CouncilState.ESTABLISHED, Do.COUNCILS_RUN, N_("Adjourn to another session")),
    (CouncilState.ESTABLISHED, "give_back"): Move(CouncilState.ESTABLISHED, Do.COUNCILS_RUN, N_("Give an item back")),
    (CouncilState.CONVENED, "give_back"): Move(CouncilState.CONVENED, Do.COUNCILS_RUN, N_("Give an item back")),
    (CouncilState.CONVENED, "conclude"): Move(CouncilState.CONCLUDED, Do.COUNCILS_RUN, N_("Conclude the session")),
    (CouncilState.ESTABLISHED, "conclude"): Move(CouncilState.CONCLUDED, Do.COUNCILS_RUN, N_("Conclude the session")),
    (CouncilState.DRAFT, "dissolve"): Move(CouncilState.DISSOLVED, Do.COUNCILS_RUN, N_("Dissolve the council")),
    (CouncilState.PROPOSED, "dissolve"): Move(CouncilState.DISSOLVED, Do.COUNCILS_RUN, N_("Dissolve the council")),
    (CouncilState.ESTABLISHED, "dissolve"): Move(CouncilState.DISSOLVED, Do.COUNCILS_ESTABLISH, N_("Dissolve the council")),
})  # fmt: skip
PREPARED = (CouncilState.DRAFT, CouncilState.PROPOSED)
UNDER_WAY = (CouncilState.ESTABLISHED, CouncilState.CONVENED)


@dataclass(frozen=True)
class Check:
    """One rule asked of a council: kept or not, in a sentence with its figures."""

    kept: bool
    sentence: str
    params: dict[str, Any]
    roles: tuple[SeatRole, ...] = ()  # of whom it speaks; empty: of all members


def check_composition(roles: Iterable[SeatRole], rule: dict[str, Any]) -> list[Check]:
    """The composition against {"min", "max", "roles": {role: exact number}}."""
    seats = list(roles)
    checks = [Check(rule["min"] <= len(seats) <= rule["max"], N_("%(n)s members; the rule asks for %(min)s to %(max)s."),
                    {"n": len(seats), "min": rule["min"], "max": rule["max"]})]  # fmt: skip
    for role, wanted in rule["roles"].items():
        have = sum(str(r) == role for r in seats)
        checks.append(Check(have == wanted, N_("%(role)s: %(have)s of %(wanted)s."), {"role": SeatRole(role).label, "have": have, "wanted": wanted}))
    return checks


def check_quorum(seats: list[SeatRole], present: list[SeatRole], rule: dict[str, Any], *, vice_authorised: bool, out: Sequence[SeatRole] = ()) -> list[Check]:
    """Attendance against {"fraction": [2, 3], "base": …, "chair": true, "reviewers": n, "secretary": bool}.

    The base is all who are appointed, or, where the rule says "entitled", those of them who are not out of the item. `out` are the seats, not
    among the present, that a conflict keeps out of the item asked about: the sentences name them.
    """
    share = Fraction(*rule["fraction"])
    among = len(seats) - (len(out) if rule.get("base") == "entitled" else 0)
    said = {"present": len(present), "all": among, "share": f"{share.numerator}/{share.denominator}"}
    few = N_("%(present)s of %(all)s members can vote on it, %(out)s being out of it because of a conflict; a quorum needs at least %(share)s.")
    checks = [Check(len(present) >= share * among, few, said | {"out": len(out)}) if out else
              Check(len(present) >= share * among, N_("%(present)s of %(all)s members are present; a quorum needs at least %(share)s."), said)]  # fmt: skip
    if rule.get("chair"):
        led = SeatRole.CHAIR in present or (SeatRole.VICE_CHAIR in present and vice_authorised)
        checks.append(Check(led, N_("The chair is out of it because of a conflict: the vice chair presides with written authorisation.") if SeatRole.CHAIR in out else
                            N_("For a quorum the chair presides, or the vice chair with written authorisation."), {}, (SeatRole.CHAIR,)))  # fmt: skip
    if rule.get("reviewers"):
        have, away = present.count(SeatRole.REVIEWER), list(out).count(SeatRole.REVIEWER)
        told = N_("%(have)s reviewers can vote on it, %(out)s being out of it because of a conflict; a quorum needs at least %(wanted)s.")
        figures = {"have": have, "wanted": rule["reviewers"]}
        checks.append(Check(have >= rule["reviewers"], told, figures | {"out": away}, (SeatRole.REVIEWER,)) if away else
                      Check(have >= rule["reviewers"], N_("%(have)s reviewers are present; a quorum needs at least %(wanted)s."), figures, (SeatRole.REVIEWER,)))  # fmt: skip
    if rule.get("secretary"):
        checks.append(Check(SeatRole.SECRETARY in present, N_("For a quorum the scientific secretary is present."), {}, (SeatRole.SECRETARY,)))
    return checks


def refuse_broken(checks: Iterable[Check], *, field: str | None = None, rule: Any = None, missing: Callable[[Collection[SeatRole]], list[str]] | None = None) -> None:
    """Raise Incomplete for the first rule that is not kept; with the rule's row also by which rule of which source, and who is missing."""
    for check in checks:
        if check.kept:
            continue
        if rule is None:
            raise Incomplete(check.sentence, field=field, **check.params)
        names = ", ".join(missing(check.roles)) if missing is not None else ""
        raise Incomplete(N_("%(said)s Rule %(rule)s, %(source)s (%(mark)s). Missing: %(names)s."), field=field, said=Incomplete(check.sentence, **check.params), rule=rule.key,
                         source=rule.source, mark=rule.mark.label, names=names or "–")  # fmt: skip


def check_answers(questions: Iterable[Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a ballot, checked one by one. Raises Incomplete with the question's code as field."""
    clean: dict[str, Any] = {}
    for q in questions:
        given = content.get(q.code)
        if given in (None, ""):
            if q.required:
                raise Incomplete(N_("Please answer every question of the ballot."), field=q.code)
            continue
        if q.kind == "mark":
            given = _mark(q, given)
        if q.kind == "choice" and given not in {code for code, _words in q.choices}:
            raise Incomplete(N_("Please choose one from the list."), field=q.code)
        clean[q.code] = given
    unknown = set(content) - {q.code for q in questions}
    if unknown:
        raise Incomplete(N_("This ballot has answers that were not asked for."))
    return clean


def _mark(q: Any, given: Any) -> int | str:
    """A mark as it is stored. Raises Incomplete unless it can be read, lies in the range and on a step."""
    value = counting.allowed(given, q.top, q.step, q.low)
    if value is not None:
        return counting.plain(value)
    if tuple(q.step) == (1, 1):
        raise Incomplete(N_("Please write a whole number from %(low)s to %(top)s."), field=q.code, low=q.low, top=q.top)
    raise Incomplete(N_("Please write a number from %(low)s to %(top)s, in steps of %(step)s."), field=q.code, low=q.low, top=q.top, step="/".join(str(n) for n in q.step))


def defect(questions: Sequence[Any], content: Mapping[str, Any], check: Callable[[Mapping[str, Any]], None]) -> str | None:
    """Why a ballot is not valid, as a code of the rule `councils.invalid_ballots`; None when it is. Ballots on paper come as they are.

    `check` raises for answers that do not go together. What tellers saw on the paper itself stands under "defect".
    """
    if content.get("defect"):
        return str(content["defect"])
    answered = [q for q in questions if content.get(q.code) not in (None, "")]
    if not answered:
        return "blank"
    if any(q.required and q not in answered for q in questions):
        return "missing"
    try:
        clean = check_answers(questions, content)
    except Refused:
        return "out_of_range"
    try:
        check(clean)
    except Refused:
        return "contradictory"
    return None
