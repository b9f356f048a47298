"""When applicants are told: at once, or on a day that is set for one round or for many. Until then a ranked round tells nobody anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.calls.models import Call, CallTopic
from app.stages.proposals.models import BudgetLine
from app.stages.proposals.rules import Source
from app.stages.selection import actions, queries
from app.stages.selection.models import RankingLine, Round
from app.stages.selection.rules import ROUND, RoundState

NOTICE, TYPED_FROM = "selection.result_notice_days", "selection.typed_confirmation_from"


@dataclass(frozen=True)
class Letters:
    """What a release would do: the lines of the rounds, what each dossier asks of the state, and who gets mail."""

    lines: list[RankingLine]
    asked: dict[int, int]
    mailed: list[str]

    @property
    def recommended(self) -> int:
        """The state money that the recommended dossiers ask for."""
        return sum(self.asked[line.proposal_id] for line in self.lines if line.recommended)


def waiting(call: Call) -> list[Round]:
    """The ranked rounds of a call whose applicants have not been told."""
    statement = queries.rounds_statement().join(CallTopic, CallTopic.id == Round.call_topic_id).where(CallTopic.call_id == call.id, Round.state == RoundState.RANKED)
    return list(db.session.scalars(statement.order_by(Round.id)))


def letters_of(rounds: Sequence[Round]) -> Letters:
    """What releasing these rounds tells whom."""
    lines = [line for found in rounds for line in found.lines]
    asked = asked_by([line.proposal_id for line in lines])
    return Letters(lines, asked, list(dict.fromkeys([line.proposal.pi.name for line in lines] + [line.proposal.host.name for line in lines])))


def asked_by(proposal_ids: Sequence[int]) -> dict[int, int]:
    """The state money that each of these dossiers asks for."""
    found = dict.fromkeys(proposal_ids, 0)
    rows = db.session.execute(select(BudgetLine.proposal_id, BudgetLine.amount).where(BudgetLine.proposal_id.in_(list(found)), BudgetLine.source == Source.STATE))
    for proposal_id, amount in rows:
        found[proposal_id] += amount
    return found


def last_day(found: Round) -> date:
    """By when applicants are told, by the rule, counted from the day on which the council concluded."""
    return rulebook.due(local(found.lines[0].frozen_at).date(), NOTICE)


def check_release(rounds: Sequence[Round], *, on: date, today: date) -> None:
    """Raise unless these rounds can be released on this day: they are ranked, and the rule leaves time until then."""
    if not rounds:
        raise Incomplete(N_("Please choose at least one."), field="rounds")
    check_day(on, field="on", since=today)
    for found in rounds:
        if found.state != RoundState.RANKED:
            raise WrongState(N_("This round is not ranked, or it is concluded already."))
        if on > (last := max(last_day(found), today)):
            raise Incomplete(N_("“%(title)s” must be released on %(day)s at the latest (%(source)s)."), field="on", title=found.call_topic.topic.title, day=f"{last:%d/%m/%Y}",
                             source=rulebook.rule(NOTICE, on=today).source)  # fmt: skip


def release(rounds: Sequence[Round], *, on: date, by: User, at: datetime, typed: int | None = None) -> list[Round]:
    """Release the outcomes of these rounds on a day: today they are concluded at once, later by the worker. Returns what was concluded.

    Raises Incomplete for a day that is past, or later than the rule leaves time for, and unless `typed` is the number of letters where the
    rule asks that; WrongState for a round that is not ranked.
    """
    today = local(at).date()
    check_release(rounds, on=on, today=today)
    letters = sum(len(found.lines) for found in rounds)
    if letters >= rulebook.value(TYPED_FROM, on=today) and typed != letters:
        raise Incomplete(N_("So many letters at once are confirmed by their number. Please type how many they are."), field="typed")
    for found in rounds:
        ROUND.advance(found, "plan_release", by=by, at=at, detail={"on": on.isoformat(), "letters": len(found.lines)})
        found.release_on, found.release_by_id = on, by.id
    db.session.flush()
    return release_due(at, rounds=rounds)


def release_due(at: datetime, *, rounds: Sequence[Round] | None = None) -> list[Round]:
    """Conclude the rounds whose day of release has come, in the name of who set it."""
    due = queries.rounds_statement().where(Round.state == RoundState.RANKED, Round.release_on <= local(at).date())
    if rounds is not None:
        due = due.where(Round.id.in_([found.id for found in rounds]))
    ended = list(db.session.scalars(due.order_by(Round.id)))
    who = people.users_by_id({found.release_by_id for found in ended if found.release_by_id})
    for found in ended:
        actions.conclude(found, by=who.get(found.release_by_id or 0), at=at)
    return ended


def check_planned(found: Round, _by: Any = None) -> None:
    """Is there a day set that has not come?"""
    if found.state != RoundState.RANKED or found.release_on is None:
        raise WrongState(N_("No day of release is set for this round, or it is concluded already."))
