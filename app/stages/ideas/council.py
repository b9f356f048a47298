"""The identification council: its ballot, how votes become an outcome, what is recorded when it has concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.councils import actions as councils
from app.services.councils import counting
from app.services.councils import queries as council_queries
from app.services.councils.models import Council
from app.services.councils.procedures import (
    Cast,
    Procedure,
    Question,
    Rules,
    Told,
    Words,
    base_of,
    register_procedure,
)
from app.services.councils.rules import CouncilState, Kind
from app.services.papers import queries as papers
from app.services.papers.models import Paper
from app.services.people.models import User
from app.stages.ideas import actions
from app.stages.ideas.actions import Identified
from app.stages.ideas.models import Idea
from app.stages.ideas.rules import IdeaState, Mode, Outcome, RedirectTo

BALLOT, ADOPTION, ONE_FAIL = "councils.identification.ballot", "councils.identification.adoption", "councils.identification.one_fail_refuses"
CARRY_OUT = ("do", "adjust")
OUTCOMES: dict[str | None, tuple[Outcome, ...]] = {
    "do": (Outcome.DO,), "adjust": (Outcome.DO_WITH_CHANGES,), "refuse": (Outcome.DO_NOT, Outcome.REDIRECT), None: (Outcome.NOT_ADOPTED,),
}  # fmt: skip
MODES: dict[str, Words] = {"selection": {"vi": "Tuyển chọn", "en": "Selection"}, "direct": {"vi": "Giao trực tiếp", "en": "Direct assignment"}}
NOBODY_NAMED: Words = {"vi": "Giao trực tiếp (phiếu không nêu tổ chức: tổ chức được ghi khi lập danh mục)",
                       "en": "Direct assignment (the order form names no organisation: it is named when the list is made)"}  # fmt: skip
YES_NO: tuple[tuple[str, Words], ...] = (("pass", {"vi": "Đạt", "en": "Passes"}), ("fail", {"vi": "Không đạt", "en": "Fails"}))
PLACES: dict[str, Words] = {"enterprise": {"vi": "Chuyển doanh nghiệp thực hiện", "en": "Pass on to an enterprise"},
                            "fund": {"vi": "Chuyển Quỹ phát triển khoa học và công nghệ", "en": "Pass on to the fund"}}  # fmt: skip
MODE_LABEL: Words = {"vi": "Phương thức", "en": "Mode"}
NOT_ADOPTED: Words = {"vi": "Không ý kiến nào đạt tỷ lệ thông qua", "en": "No opinion reached the fraction needed"}


def prepare(ideas: Sequence[Idea], *, title: str, by: User | None, at: datetime) -> Council:
    """Prepare an identification council for these submitted ideas."""
    if not ideas:
        raise Incomplete(N_("Please choose at least one idea."), field="ideas")
    return councils.draft(Kind.IDENTIFICATION, title=title, subjects=ideas, by=by, at=at)


def questions(idea: Any, rules: Rules) -> list[Question]:
    """Each criterion passes or fails; then the conclusion, mode, place among the items of the session, where to pass it on, and the reason."""
    ballot = rules[BALLOT]
    places = council_queries.agenda_size(idea) or 1
    asked = [Question(c["code"], {"vi": c["vi"], "en": c["en"]}, "choice", choices=YES_NO) for c in ballot["criteria"]]
    conclusions = tuple((c["code"], {"vi": c["vi"], "en": c["en"]}) for c in ballot["conclusions"])
    return [
        *asked,
        Question("conclusion", {"vi": "Kết luận", "en": "Conclusion"}, "choice", choices=conclusions, heading={"vi": "Kết luận", "en": "Conclusion"}),
        Question("mode", {"vi": "Phương thức, khi đề nghị thực hiện", "en": "Mode, when it is to be carried out"}, "choice", choices=_modes_for(idea), required=False),
        Question("priority", {"vi": f"Thứ tự ưu tiên, từ 1 (cao nhất) đến {places}", "en": f"Place in the order of priority, from 1 (highest) to {places}"}, "mark",
                 low=1, top=places, required=False),
        Question("pass_on", {"vi": "Khi đề nghị không thực hiện: chuyển đến nơi phù hợp", "en": "When it is not to be carried out: pass it on"}, "choice",
                 choices=(("nowhere", {"vi": "Không chuyển", "en": "Nowhere"}), *PLACES.items()), required=False),
        Question("reason", {"vi": "Lý do, nội dung cần điều chỉnh hoặc ý kiến bảo lưu", "en": "Reason, what should change, or dissent"}, "text", required=False),
    ]  # fmt: skip


def _modes_for(idea: Any) -> tuple[tuple[str, Words], ...]:
    """The modes; of direct assignment it is said when the order form names nobody to whom."""
    if getattr(idea, "proposed_host_id", None) is not None:
        return tuple(MODES.items())
    return (("selection", MODES["selection"]), ("direct", NOBODY_NAMED))


def check(content: Mapping[str, Any], rules: Rules) -> None:
    """Raise Incomplete when criteria and conclusion do not go together, or a reason or the mode is missing."""
    failed = [c["code"] for c in rules[BALLOT]["criteria"] if content[c["code"]] == "fail"]
    conclusion = content["conclusion"]
    if failed and rules[ONE_FAIL] and conclusion in CARRY_OUT:
        raise Incomplete(N_("A criterion fails: by the rule this ballot cannot recommend to carry the task out."), field="conclusion")
    if conclusion in CARRY_OUT and not content.get("mode"):
        raise Incomplete(N_("Please say whether the topic goes to selection or to direct assignment."), field="mode")
    if conclusion in CARRY_OUT and content.get("pass_on", "nowhere") != "nowhere":
        raise Incomplete(N_("Only what is not to be carried out is passed on."), field="pass_on")
    if conclusion != "do" and not content.get("reason"):
        raise Incomplete(N_("Please give the reason."), field="reason")


def count(casts: Sequence[Cast], rules: Rules) -> dict[str, Any]:
    """Votes by conclusion, the one adopted by the fraction of those who voted, the mode, the mean place, reasons and dissent.

    When “carry out” and “with changes” reach the fraction only together, the task is to be carried out with changes.
    """
    rule = rules[ADOPTION]
    chosen = [str(c.content["conclusion"]) for c in casts]
    options = {"base": base_of(rule, len(casts), rules), "fraction": rule["fraction"], "strict": rule["strict"]}
    votes, adopted = counting.vote(chosen, **options)
    if adopted is None and counting.vote(["go" if c in CARRY_OUT else "no" for c in chosen], **options)[1] == "go":
        adopted = "adjust"
    for_it = [c.content for c in casts if c.content["conclusion"] in CARRY_OUT]
    modes = [str(c["mode"]) for c in for_it if c.get("mode")]
    places = [int(c["priority"]) for c in for_it if c.get("priority")]
    pass_on = counting.vote([str(c.content.get("pass_on") or "nowhere") for c in casts], **options)[1]
    won = CARRY_OUT if adopted == "adjust" else (adopted,)
    criteria = {c["code"]: sum(cast.content[c["code"]] == "pass" for cast in casts) for c in rules[BALLOT]["criteria"]}
    return {
        "votes": votes, "adopted": adopted, "criteria": criteria, "voted": len(casts),
        "mode": _most(modes), "modes": {mode: modes.count(mode) for mode in MODES}, "priority": [sum(places), len(places)],
        "pass_on": pass_on if adopted == "refuse" and pass_on in PLACES else None,
        "reasons": sorted(str(c.content["reason"]) for c in casts if c.content.get("reason") and c.content["conclusion"] in won),
        "dissenting": sum(c.content["conclusion"] not in won for c in casts) if adopted else 0,
        "dissent": sorted(str(c.content["reason"]) for c in casts if c.content.get("reason") and c.content["conclusion"] not in won),
    }  # fmt: skip


def _most(modes: Sequence[str]) -> str | None:
    """The mode with the most votes; None when two have as many: then the council decides on the record."""
    first = [mode for mode in set(modes) if modes.count(mode) == max(modes.count(m) for m in modes)]
    return first[0] if len(first) == 1 else None


def told(result: Mapping[str, Any], _idea: Any, rules: Rules) -> Told:
    """The votes in words."""
    names: dict[str, Words] = {c["code"]: {"vi": c["vi"], "en": c["en"]} for c in rules[BALLOT]["conclusions"]}
    voted = result["voted"]
    facts: list[tuple[Words, str | Words]] = [({"vi": f"Đạt: {c['vi']}", "en": f"Passes: {c['en']}"}, f"{result['criteria'][c['code']]}/{voted}") for c in rules[BALLOT]["criteria"]]
    facts += [(names[code], f"{result['votes'].get(code, 0)}/{voted}") for code in names]
    facts.append(({"vi": "Kết quả thông qua", "en": "Adopted"}, names[result["adopted"]] if result["adopted"] else NOT_ADOPTED))
    if result["adopted"] in CARRY_OUT:
        facts += _mode_told(result)
    if result.get("pass_on"):
        facts.append(({"vi": "Chuyển đến", "en": "Passed on"}, PLACES[result["pass_on"]]))
    if result.get("position") and result["adopted"] in CARRY_OUT:
        tie: Words = {"vi": f"{result['position']} (đồng hạng)", "en": f"{result['position']} (equal)"}
        facts.append(({"vi": "Thứ tự ưu tiên", "en": "Order of priority"}, tie if result["tied"] else str(result["position"])))
    if result.get("dissenting"):
        facts.append(({"vi": "Ý kiến khác với kết luận", "en": "Against the conclusion"}, f"{result['dissenting']}/{voted}"))
    why: Words = {"vi": "Lý do, nội dung điều chỉnh", "en": "Reasons and changes"} if result["adopted"] in CARRY_OUT else {"vi": "Lý do không thực hiện", "en": "Why not"}
    if result["adopted"] is None:  # nobody's words are the council's
        said = each_once(sorted([*result["reasons"], *result["dissent"]]))
        return Told([*facts, ({"vi": "Ý kiến của các thành viên", "en": "What members wrote"}, said)] if said else facts)
    for label, key in ((why, "reasons"), ({"vi": "Ý kiến bảo lưu", "en": "Dissent"}, "dissent")):
        if result[key]:
            facts.append((label, each_once(result[key])))
    return Told(facts)


def each_once(reasons: Sequence[str]) -> str:
    """The reasons in one line; what several wrote in the same words stands there once."""
    return "; ".join(dict.fromkeys(reasons))


def _mode_told(result: Mapping[str, Any]) -> list[tuple[Words, str | Words]]:
    """How the mode was found: by the votes, with their numbers, or by the council on the record when they were equal."""
    facts: list[tuple[Words, str | Words]] = []
    if votes := result.get("modes"):
        numbers = {lang: "; ".join(f"{MODES[m][lang]} {n}" for m, n in votes.items()) for lang in ("vi", "en")}
        facts.append(({"vi": "Số phiếu về phương thức", "en": "Votes on the mode"}, numbers))
    settled = result.get("settled")
    if result["mode"]:
        facts.append((MODE_LABEL, MODES[result["mode"]]))
    elif settled:
        facts.append(({"vi": "Phương thức, do Hội đồng quyết định", "en": "Mode, decided by the council"}, MODES[settled["mode"]]))
        facts.append(({"vi": "Lý do chọn phương thức", "en": "Reason for the mode"}, settled["reason"]))
    else:
        facts.append((MODE_LABEL, {"vi": "Chưa xác định: số phiếu bằng nhau", "en": "Open: the votes are equal"}))
    return facts


def left_open(result: Mapping[str, Any], _rules: Rules) -> list[Question]:
    """The mode of a task to be carried out, when the votes on it are equal."""
    if result["adopted"] not in CARRY_OUT or result["mode"]:
        return []
    return [Question("mode", MODE_LABEL, "choice", choices=tuple(MODES.items()))]


def mode_of(result: Mapping[str, Any]) -> Mode | None:
    """The mode voted, or decided on the record."""
    found = result["mode"] or result.get("settled", {}).get("mode")
    return Mode(found) if found else None


def rank(results: Mapping[str, Mapping[str, Any]], _rules: Rules) -> dict[str, dict[str, Any]]:
    """The order of priority: adopted tasks by the mean of the places voted, the others after them. Equal means have the same place."""

    def key(entry: tuple[str, Mapping[str, Any]]) -> tuple[bool, bool, Fraction]:
        total, voters = entry[1]["priority"]
        return entry[1]["adopted"] not in CARRY_OUT, not voters, Fraction(total, voters) if voters else Fraction(0)

    ordered = sorted(results.items(), key=key)
    keys = [key(entry) for entry in ordered]
    found = {}
    for at, (pid, r) in enumerate(ordered):
        passed = r["adopted"] in CARRY_OUT
        tied = passed and keys.count(keys[at]) > 1
        found[pid] = {"position": keys.index(keys[at]) + 1 if tied else at + 1, "passed": passed, "recommended": passed, "tied": tied, "first": False}
    return found


# --- what the stage does --------------------------------------------------------------------------------------


def _established(council: Council, by: User | None, at: datetime) -> None:
    actions.put_to_council([council_queries.subject_of(item) for item in council.agenda], council.public_id, by=by, at=at)


def _dissolved(council: Council, by: User | None, at: datetime) -> None:
    for item in council.agenda:
        _returned(council, council_queries.subject_of(item), by, at)


def _returned(council: Council, idea: Idea, by: User | None, at: datetime) -> None:
    """The council does not vote on the idea: it waits for another one."""
    if idea.state == IdeaState.IN_IDENTIFICATION and idea.council_pid == council.public_id:
        actions.take_from_council(idea, by=by, at=at)


def concluded(council: Council, results: Mapping[str, Mapping[str, Any]], _chosen: str | None, *, by: User, at: datetime) -> None:
    """Record at once what needs no further wording: carried out as proposed, or not at all. The rest waits for its final text."""
    for item in council_queries.counted_items(council):
        idea, result = council_queries.subject_of(item), results[item.public_id]
        found = as_voted(idea, result)
        if found is not None:
            actions.record_identification(idea, found, council_pid=council.public_id, by=by, at=at)


def as_voted(idea: Idea, result: Mapping[str, Any]) -> Identified | None:
    """The outcome in full, or None when final title, aim or host must still be written down.

    Also None when no opinion was adopted: the officer words that, or puts the idea to another council.
    """
    adopted, mode = result["adopted"], mode_of(result)
    if result.get("pass_on"):
        return Identified(Outcome.REDIRECT, redirect_to=RedirectTo(result["pass_on"]), reason=each_once(result["reasons"]))
    if adopted == "refuse":
        return Identified(Outcome.DO_NOT, reason=each_once(result["reasons"]))
    if adopted == "do" and (mode == Mode.SELECTION) == (idea.proposed_host_id is None) and mode is not None:
        return Identified(Outcome.DO, mode=mode, host=idea.proposed_host, rank=voted_rank(result))
    return None


def voted_rank(result: Mapping[str, Any]) -> int | None:
    """The place in the order of priority; what is not to be carried out has none."""
    return result.get("position") if result["adopted"] in CARRY_OUT else None


def minutes_of(idea: Idea) -> Paper | None:
    """The minutes of the council that was held here on the idea."""
    council = council_queries.council_by_pid(idea.council_pid) if idea.council_pid else None
    return next((p for p in papers.of(council) if p.template == "councils/minutes"), None) if council is not None else None


def agenda_title(idea: Idea) -> str:
    """An idea as it stands on the agenda: by number and title."""
    return f"{idea.code} {idea.title}" if idea.code else idea.title


def pending(idea: Idea) -> dict[str, Any] | None:
    """What the council voted on an idea whose final wording is still to be recorded; None when nothing is."""
    if idea.council_pid is None or idea.outcome is not None or idea.state != IdeaState.IN_IDENTIFICATION:
        return None
    council = council_queries.council_by_pid(idea.council_pid)
    if council is None or council.state != CouncilState.CONCLUDED:
        return None
    results = council_queries.results_of(council)
    pid = next(item.public_id for item in council.agenda if item.subject_pid == idea.public_id)
    mode = mode_of(results[pid])
    found = {**results[pid], **rank(results, {})[pid], "mode": str(mode) if mode else None, "council_pid": council.public_id}
    return found if found["adopted"] else found | {"reasons": [NOT_ADOPTED["vi"]]}


def undecided(idea: Idea) -> bool:
    """Has the council held here ended without adopting any opinion on the idea, and nothing is recorded yet?"""
    result = pending(idea)
    return result is not None and result["adopted"] is None


def check_undecided(idea: Idea, _by: User | None = None) -> None:
    """Raise WrongState unless the idea may be put to another council."""
    if not undecided(idea):
        raise WrongState(N_("Only an idea on which its council adopted no opinion is put to another council."))


def to_another(idea: Idea, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """No opinion reached the fraction: the idea waits for another council. Raises WrongState for what the council did decide."""
    check_undecided(idea)
    check_seen(idea, seen)
    actions.take_from_council(idea, by=by, at=at)


def check_recordable(idea: Idea, voted: Mapping[str, Any] | None) -> None:
    """Raise WrongState unless an outcome can be recorded now: voted here and to be worded, or by minutes on paper."""
    if voted is None and idea.council_pid is not None and idea.minutes_number is None:
        if idea.outcome is not None:
            raise WrongState(N_("The council's result is recorded and cannot be changed."))
        if idea.state == IdeaState.IN_IDENTIFICATION:
            raise WrongState(N_("This idea is before a council that has not concluded."))


def record(idea: Idea, found: Identified, *, by: User, at: datetime, minutes_number: str | None = None, minutes_dated: date | None = None,
           scan: Any = None, seen: int | str | None = None) -> None:  # fmt: skip
    """Record what a council recommends: the final wording of what was voted here, or what minutes on paper say.

    Raises Incomplete when the outcome is not the one voted, WrongState while the idea is before a council held here.
    """
    result = pending(idea)
    if result is None:
        if idea.council_pid is not None and idea.outcome is None:
            raise WrongState(N_("This idea is before a council that has not concluded."))
        actions.record_identification(idea, found, minutes_number=minutes_number, minutes_dated=minutes_dated, scan=scan, seen=seen, by=by, at=at)
        return
    if found.outcome not in OUTCOMES[result["adopted"]]:
        raise Incomplete(N_("The council voted otherwise. Please record what was voted."), field="outcome")
    if result["mode"] and found.mode is not None and found.mode != Mode(result["mode"]):
        raise Incomplete(N_("The council voted for the other mode. Please record what was voted."), field="mode")
    found = replace(found, rank=voted_rank(result))  # the place is what was voted, whatever is said here
    actions.record_identification(idea, found, council_pid=result["council_pid"], seen=seen, by=by, at=at)


def _after(council: Council) -> list[tuple[str, str, str, dict[str, str]]]:
    """What the council found is put in words, one idea after the other."""
    waiting = select(Idea.public_id).where(Idea.council_pid == council.public_id, Idea.outcome.is_(None), Idea.state == IdeaState.IN_IDENTIFICATION)
    pid = db.session.scalar(waiting.order_by(Idea.id).limit(1))
    return [(N_("Put the next result in words"), Do.IDEAS_IDENTIFY, "ideas.identify", {"pid": pid})] if pid else []


register_procedure(Procedure(
    Kind.IDENTIFICATION, rule_keys=lambda _ideas: [BALLOT, ONE_FAIL], questions=questions, count=count, told=told, check=check, rank=rank,
    left_open=left_open, established=_established, dissolved=_dissolved, returned=_returned, concluded=concluded, agenda_title=agenda_title, after=_after))  # fmt: skip
