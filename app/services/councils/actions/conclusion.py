"""The end of a session: what the votes left open is decided on the record, the counts are compared with their ballots, the minutes are issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.kernel.clock import local
from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.councils import queries, recount
from app.services.councils.actions import papers, presence
from app.services.councils.actions.session import must_run
from app.services.councils.models import AgendaItem, Council
from app.services.councils.procedures import Question
from app.services.councils.room import course
from app.services.councils.rules import COUNCIL, UNDER_WAY, CouncilState
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day

APPROVE, REVISE = "approve", "revise"


@dataclass(frozen=True)
class Verdict:
    """What the council says of what it recommends: to be approved as it is, or after a revision by a date."""

    outcome: str = APPROVE
    revise_by: date | None = None
    changes: str | None = None


def tied_items(council: Council, at: datetime) -> list[AgendaItem]:
    """Items of the first place that the rules cannot tell apart: the council must say which one it recommends."""
    ranks = ranked(council, at)
    return [item for item in council.agenda if (r := ranks.get(item.public_id)) and r["tied"] and r["first"] and r["passed"]]


def ranked(council: Council, at: datetime, *, settled: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """The places of the items by the counts so far, and by what is `settled` (else what the council noted); empty where this kind of council ranks nothing."""
    rank = queries.procedure(council).rank
    return rank(queries.results_of(council, settled), queries.rules_of(council, on=local(at).date())) if rank is not None else {}


def open_points(council: Council, at: datetime) -> list[tuple[AgendaItem, Question]]:
    """What the votes left open and the council must decide on the record: (item, choice)."""
    counts, rules = queries.counts_of(council), queries.rules_of(council, on=local(at).date())
    left = queries.procedure(council).left_open
    return [(item, q) for item in council.agenda if item.public_id in counts for q in left(counts[item.public_id], rules)]


def _settle(council: Council, settled: Mapping[str, Mapping[str, Any]], at: datetime) -> dict[str, dict[str, Any]]:
    """What was decided of the open points, each with its reason. Raises Incomplete; the field is `open_<place>_<code>`."""
    kept: dict[str, dict[str, Any]] = {}
    for item, q in open_points(council, at):
        given, why = settled.get(item.public_id, {}).get(q.code), nfc(settled.get(item.public_id, {}).get("reason") or "")
        if given not in {code for code, _words in q.choices}:
            raise Incomplete(N_("The votes left this open. Please say what the council decided."), field=f"open_{item.position}_{q.code}")
        if not why:
            raise Incomplete(N_("Please give the reason that the council voted."), field=f"open_{item.position}_reason")
        kept.setdefault(item.public_id, {"reason": why})[q.code] = given
    return kept


def _choose(council: Council, chosen: str | None, reason: str | None, at: datetime) -> dict[str, dict[str, Any]]:
    """Which of the equal first ones the council recommends, with its reason; empty when the rules have told them apart."""
    tied = {item.public_id for item in tied_items(council, at)}
    if not tied:
        return {}
    if chosen not in tied:
        raise Incomplete(N_("Two or more have the same result. Please say which one the council recommends."), field="chosen")
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason that the council voted."), field="reason")
    return {str(chosen): {"chosen": True, "reason": nfc(reason or "")}}


def conclude(council: Council, *, conclusion: str, chosen: str | None = None, reason: str | None = None,
             settled: Mapping[str, Mapping[str, Any]] | None = None, verdict: Verdict | None = None, by: User, at: datetime, seen: Any = None) -> None:  # fmt: skip
    """End the session: every box is opened or its item given back, the results are given to the stage, the minutes are issued.

    `chosen` is the item that the council recommends among tied ones, with the reason that was voted. `settled` says what it
    decided of the points that the votes left open: {item public id: {code: choice, "reason": …}}. `verdict` is of what it
    recommends, where the stage knows such verdicts.
    """
    must_run(council, by)
    council = queries.locked(council)
    running = council.state in UNDER_WAY
    check_endable(council)
    if not nfc(conclusion or ""):
        raise Incomplete(N_("Please write down what the council concluded."), field="conclusion")
    _refuse_miscounted(council, at)
    choice = _choose(council, chosen, reason, at) if running else {}
    decided = _settle(council, settled or {}, at) | choice if running else {}
    if running:
        decided = _judge(council, decided, verdict or Verdict(), at)
    council.conclusion, council.concluded_at, council.settled = nfc(conclusion), at, decided or None
    detail = ({"chosen": chosen} if choice else {}) | ({"settled": decided} if decided else {})
    COUNCIL.advance(council, "conclude", by=by, at=at, seen=seen, reason=nfc(reason or "") or None, detail=detail or None)
    presence.all_leave(council, at)
    counts, ranks = queries.results_of(council), ranked(council, at)
    results = {item.public_id: counts[item.public_id] | ranks.get(item.public_id, {}) for item in queries.counted_items(council)}
    papers.issue_counting(council, results, by=by, at=at)
    papers.issue_minutes(council, results, chosen=chosen if choice else None, reason=reason, by=by, at=at)
    queries.procedure(council).concluded(council, results, chosen if choice else None, by=by, at=at)


def check_endable(council: Council, _by: User | None = None) -> None:
    """Raise unless the session can end now: it was opened, every item is dealt with, and the order of work is at its conclusion."""
    waiting = queries.open_items(council)
    if council.state == CouncilState.ESTABLISHED and not queries.counted_items(council):
        raise WrongState(N_("The session has not been opened."))
    if council.state in UNDER_WAY and waiting:
        _refuse_closed(council, waiting[0])
    course.refuse_before_end(council)


def _refuse_closed(council: Council, item: AgendaItem) -> None:
    """The box of an item is closed: say who has not cast, and who opens it."""
    recused, cast = queries.recusals_of(council), queries.cast_by(council)[item.id]
    missing = [s.user.name for s in queries.voters(council, item, recused) if s.id not in cast]
    leader = queries.presiding_over(council, item, recused)
    raise Incomplete(N_("The box of “%(title)s” is not opened yet. Not cast: %(names)s. It is opened by: %(leader)s."), title=item.title,
                     names=", ".join(missing) or "–", leader=leader.user.name if leader else "–")  # fmt: skip


def _refuse_miscounted(council: Council, at: datetime) -> None:
    """A count that is not what its ballots say is nobody's result."""
    found = recount.wrong_with(council, at)
    if found:
        raise WrongState(N_("The counts are not what the ballots say; nothing is concluded. Please call whoever keeps the server: %(what)s"), what=found[0])


def _judge(council: Council, decided: dict[str, dict[str, Any]], verdict: Verdict, at: datetime) -> dict[str, dict[str, Any]]:
    """What was decided with the verdict on what is recommended. Raises Incomplete for a revision without changes, or by a day that cannot be."""
    rule_key = queries.procedure(council).revision_rule
    if rule_key is None or verdict.outcome != REVISE:
        return decided
    today, rules = local(at).date(), queries.rule_rows(council, on=local(at).date())
    if not nfc(verdict.changes or ""):
        raise Incomplete(N_("Please say what is to be revised."), field="changes")
    if verdict.revise_by is None or verdict.revise_by <= today:
        raise Incomplete(N_("Please give a day after today, until which the revision is due."), field="revise_by")
    if (term := rules.get(rule_key)) is not None:
        last = rulebook.due(today, int(term.value), term.unit or "calendar")
        if verdict.revise_by > last:
            raise Incomplete(N_("By the rule the revision is due on %(day)s at the latest (%(source)s)."), field="revise_by", day=f"{last:%d/%m/%Y}", source=term.source)
    check_day(verdict.revise_by, field="revise_by", since=today)
    said = {"outcome": REVISE, "revise_by": verdict.revise_by.isoformat(), "changes": nfc(verdict.changes or "")}
    first = [pid for pid, r in ranked(council, at, settled=decided).items() if r["recommended"]]
    if not first:
        raise Incomplete(N_("Nothing is recommended, so there is nothing to revise."), field="outcome")
    return decided | {pid: decided.get(pid, {}) | said for pid in first}
