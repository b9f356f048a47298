"""The acts of selection: prepare a council for a topic, rank when it has concluded, conclude the round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.permissions import Do
from app.kernel.words import N_
from app.services.councils import actions as councils
from app.services.councils import queries as council_queries
from app.services.councils.models import Council
from app.services.councils.procedures import Procedure, Told, register_procedure
from app.services.councils.rules import Kind
from app.services.people.models import User
from app.stages.calls import actions as calls
from app.stages.calls.models import CallTopic
from app.stages.calls.rules import TopicOutcome
from app.stages.ideas.rules import Mode, TopicState
from app.stages.proposals import actions as proposals
from app.stages.proposals import overlaps
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection import letters, queries, scoring
from app.stages.selection.models import RankingLine, Round
from app.stages.selection.rules import ROUND, Outcome, RoundState

NAMES = {Mode.SELECTION: "Hội đồng tư vấn tuyển chọn", Mode.DIRECT: "Hội đồng tư vấn giao trực tiếp"}


def check_checked(call_topic: CallTopic, _by: User | None = None) -> None:
    """Was every dossier of the topic checked?"""
    if call_topic.outcome is not None:
        raise WrongState(N_("The end of this topic in this call is already known."))
    if queries.dossiers(call_topic.id, ProposalState.SUBMITTED):
        raise WrongState(N_("Not every dossier of this topic has been checked yet."))


def prepare(call_topic: CallTopic, *, by: User | None, at: datetime) -> Council:
    """Prepare a council for all eligible dossiers of a topic. Refused while one is not checked, or without any."""
    check_checked(call_topic)
    eligible = queries.dossiers(call_topic.id, ProposalState.ELIGIBLE)
    if not eligible:
        raise Incomplete(N_("No dossier of this topic waits for a council."))
    title = f"{NAMES[call_topic.topic.mode]} nhiệm vụ “{call_topic.topic.title}”"
    return councils.draft(Kind.SELECTION, title=title[:500], subjects=eligible, by=by, at=at)


def _established(council: Council, by: User | None, at: datetime) -> None:
    """The council is set up: the round begins and its dossiers are before it. A round whose council was dissolved goes on."""
    rows = _proposals(council)
    call_topic_id = rows[0].call_topic_id
    found = queries.round_of_topic(rows[0].call_topic)
    if found is None:
        found = Round(call_topic_id=call_topic_id, council_id=council.id, created_at=at)
        ROUND.begin(found, "begin", by=by, at=at)
    else:
        found.council_id = council.id
    db.session.flush()
    for row in rows:
        proposals.put_to_selection(row, by=by, at=at)


def _dissolved(council: Council, by: User | None, at: datetime) -> None:
    for row in _proposals(council):
        _returned(council, row, by, at)


def _returned(_council: Council, row: Proposal, by: User | None, at: datetime) -> None:
    """The council does not rank the dossiers: they wait for another one."""
    if row.state == ProposalState.IN_SELECTION:
        proposals.take_from_selection(row, by=by, at=at)


def _proposals(council: Council) -> list[Proposal]:
    return [council_queries.subject_of(item) for item in council.agenda]


def rank(council: Council, results: Mapping[str, Mapping[str, Any]], chosen: str | None, *, by: User | None, at: datetime) -> None:
    """The council has concluded: freeze a line for each dossier, in the order of the ranking. Ties are told as the council voted."""
    if not results:  # all dossiers were given back: the round goes on before another council
        return
    found = queries.round_of_council(council)
    if found is None:  # a council set up before rounds were kept
        raise WrongState(N_("No round belongs to this council."))
    places = sorted(council_queries.counted_items(council), key=lambda item: (results[item.public_id]["position"], item.position))  # what stays tied: in the order of the agenda
    for place, item in enumerate(places, start=1):
        told = results[item.public_id]
        db.session.add(RankingLine(
            round_id=found.id, session=found.session, proposal_id=council_queries.subject_of(item).id, position=place, mean_numerator=told["mean"][0],
            mean_denominator=told["mean"][1], mean_hundredths=told["hundredths"], ballots=told["sheets_counted"], passed=told["passed"],
            recommended=bool(told["recommended"]), **_outcome(told), tied=told["tied"], rule_ids=council.rule_ids or {}, frozen_at=at))  # fmt: skip
    db.session.flush()
    db.session.expire(found, ["lines"])
    ROUND.advance(found, "rank", by=by, at=at, detail={"dossiers": len(places), "chosen": chosen})


def _outcome(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the council said of a dossier: the verdict on the recommended one, reserve for others that passed, else rejected."""
    if not told["recommended"]:
        return {"outcome": Outcome.RESERVE if told["passed"] else Outcome.REJECT}
    said = told.get("settled", {})
    if said.get("outcome") != Outcome.REVISE:
        return {"outcome": Outcome.APPROVE}
    return {"outcome": Outcome.REVISE, "revise_by": date.fromisoformat(said["revise_by"]), "changes": said["changes"]}


def conclude(found: Round, *, by: User | None, at: datetime, seen: Any = None) -> None:
    """End the round as ranked: the recommended dossier is selected, others that passed are in reserve, the topic without any is free again.

    Every applicant is told the outcome of the own dossier only, with a letter on it.
    """
    if found.state != RoundState.RANKED:
        raise WrongState(N_("This round is not ranked, or it is concluded already."))
    found.concluded_at = at
    ROUND.advance(found, "conclude", by=by, at=at, seen=seen)
    lines, council = list(found.lines), council_queries.council_by_pid(found.council.public_id)
    until = letters.complain_until(found)
    for line in lines:
        letter = letters.issue(found, line, council=council, by=by, at=at) if council is not None else None
        act = proposals.select if line.recommended else proposals.reserve if line.passed else proposals.not_select
        act(line.proposal, by=by, at=at, told={"letter": letter, "until": until})
    if not any(line.recommended for line in lines):
        calls.settle_topic(found.call_topic, TopicOutcome.NOT_SELECTED, reason="Không có hồ sơ đạt yêu cầu tuyển chọn", by=by, at=at)


def reconsider(found: Round, reason: str, *, number: str, by: User | None, at: datetime) -> list[Proposal]:
    """A complaint was upheld: the outcome no longer stands, and the dossiers of the round wait for another session, by decision.

    Who gave the place up, or was declined, stays out. Refused when a project has been made of the topic, or another call has it.
    """
    check_reconsiderable(found)
    back = [line.proposal for line in found.lines if not (line.passed and line.proposal.state == ProposalState.NOT_SELECTED)]
    ROUND.advance(found, "reconsider", by=by, at=at, reason=reason, detail={"number": number, "dossiers": len(back)})
    found.session, found.concluded_at, found.release_on, found.release_by_id = found.session + 1, None, None, None
    calls.take_up_again(found.call_topic, reason=reason, by=by, at=at)
    for row in back:
        proposals.reconsider(row, reason, number=number, by=by, at=at)
    db.session.flush()
    db.session.expire(found, ["lines"])
    return back


def check_reconsiderable(found: Round, _by: User | None = None) -> None:
    """Raise WrongState unless the outcome of the round can still be changed."""
    if found.state != RoundState.CONCLUDED:
        raise WrongState(N_("This round is not concluded: there is no outcome to reconsider."))
    call_topic = found.call_topic
    gone = call_topic.outcome is not None and call_topic.topic.state != TopicState.OPEN_AGAIN
    if call_topic.topic.state == TopicState.ASSIGNED or gone:
        raise WrongState(N_("A project has been made of this topic, or it has left this call: its outcome cannot be reconsidered any more."))


def check_nobody_eligible(call_topic: CallTopic, _by: User | None = None) -> None:
    """Is no dossier of the topic alive?"""
    if call_topic.public_id not in {ct.public_id for ct in queries.nobody_eligible()}:
        raise WrongState(N_("A dossier of this topic is still alive."))


def settle_without_dossier(call_topic: CallTopic, *, by: User | None, at: datetime) -> None:
    """No dossier of the topic is eligible any more: it is free for another round of calls."""
    check_nobody_eligible(call_topic)
    calls.settle_topic(call_topic, TopicOutcome.NOT_SELECTED, reason=f"Không có hồ sơ hợp lệ ({local(at):%d/%m/%Y})", by=by, at=at)


def _rule_keys(rows: Any) -> list[str]:
    kind = rows[0].call_topic.topic.kind if rows else "default"
    return [scoring.sheet_key(kind), "selection.tie_order", "selection.mean", "selection.disagreement", "selection.marks", "selection.bands", "selection.completion_days", "councils.selection.competing_recusal"]


def _told(result: Mapping[str, Any], row: Proposal, rules: Mapping[str, Any]) -> Told:
    """What the count says, and beside it what was judged of earlier work that is near."""
    said, judged = scoring.told(result, row, rules), overlaps.told_to_council(row)
    return replace(said, facts=[*said.facts, ({"vi": "So sánh với nhiệm vụ, hồ sơ đã có", "en": "Compared with earlier work"}, judged)]) if judged else said


def agenda_title(row: Proposal) -> str:
    """A dossier as it stands on the agenda: competitors have one title, host and investigator tell them apart. Members must know them to declare."""
    return f"{row.code} {row.title[:300]} (tổ chức chủ trì: {row.host.name[:100]}; chủ nhiệm: {row.pi.name[:60]})"


def _after(council: Council) -> list[tuple[str, str, str, dict[str, str]]]:
    """The round is concluded after the council."""
    found = queries.round_of_council(council)
    if found is None or not ROUND.may(found, "conclude"):
        return []
    return [(N_("Conclude the round"), Do.SELECTION_CONCLUDE, "selection.conclude", {"pid": found.public_id})]


def _fixed(rows: Any) -> Mapping[str, int]:
    """The sheet and the rules of scoring are those the call fixed when it was published."""
    return (rows[0].call_topic.call.rules or {}) if rows else {}


register_procedure(Procedure(
    Kind.SELECTION, rule_keys=_rule_keys, fixed=_fixed, questions=scoring.questions, count=scoring.count, told=_told, summary=scoring.summary,
    rank=scoring.rank, together=True, established=_established, dissolved=_dissolved, returned=_returned, concluded=rank,
    agenda_title=agenda_title, guide=scoring.guide, after=_after, revision_rule="selection.completion_days", total=scoring.total))  # fmt: skip
