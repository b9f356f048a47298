"""Reads of rounds: topics whose dossiers wait for a council, rounds with their frozen lines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel import subjects
from app.kernel.db import db
from app.kernel.permissions import Do
from app.kernel.subjects import Subject, register_subject
from app.services.councils import queries as councils
from app.services.councils.models import AgendaItem, Council
from app.services.councils.rules import CouncilState
from app.services.people.models import User
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import STANDINGS, CallState
from app.stages.ideas.models import Topic
from app.stages.ideas.rules import TopicState
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection.models import RankingLine, Round
from app.stages.selection.rules import RoundState, Standing

ENDED = (CouncilState.CONCLUDED, CouncilState.DISSOLVED)


def _whole() -> Select[Any]:
    topic = joinedload(Round.call_topic)
    line = selectinload(Round.lines).joinedload(RankingLine.proposal)
    return select(Round).options(
        topic.joinedload(CallTopic.topic).joinedload(Topic.item), topic.joinedload(CallTopic.call), joinedload(Round.council),
        line.joinedload(Proposal.host), line.joinedload(Proposal.pi))  # fmt: skip


def round_by_pid(pid: str) -> Round | None:
    """One round with its topic, council and lines."""
    return db.session.scalar(_whole().where(Round.public_id == pid))


def round_of_council(council: Council) -> Round | None:
    return db.session.scalar(_whole().where(Round.council_id == council.id))


def round_of_topic(call_topic: CallTopic) -> Round | None:
    return db.session.scalar(_whole().where(Round.call_topic_id == call_topic.id))


def rounds_statement() -> Select[Any]:
    """All rounds."""
    return _whole()


def call_topics_with(words: str) -> Select[Any]:
    """Ids of the call topics whose topic holds the folded words."""
    return select(CallTopic.id).join(Topic, Topic.id == CallTopic.topic_id).where(Topic.folded.contains(words, autoescape=True))


def is_waiting() -> ColumnElement[bool]:
    """The condition: a topic of an opened call (Call joined) with eligible dossiers, none of them before a council yet."""
    eligible = CallTopic.id.in_(select(Proposal.call_topic_id).where(Proposal.state == ProposalState.ELIGIBLE))  # few, and found by the index
    unchecked = exists().where(Proposal.call_topic_id == CallTopic.id, Proposal.state == ProposalState.SUBMITTED)
    item = exists().where(AgendaItem.subject_type == "proposal", AgendaItem.subject_pid == Proposal.public_id, AgendaItem.given_back_at.is_(None), AgendaItem.council_id.in_(
        select(Council.id).where(Council.state.not_in(ENDED))))  # fmt: skip
    on_agenda = exists().where(Proposal.call_topic_id == CallTopic.id, item)
    return and_(Call.state.in_((CallState.OPENED, CallState.CONCLUDED)), CallTopic.outcome.is_(None), eligible, ~unchecked, ~on_agenda)


def waiting() -> list[CallTopic]:
    """Topics that wait for a council."""
    return _call_topics(is_waiting())


def _call_topics(condition: ColumnElement[bool]) -> list[CallTopic]:
    statement = select(CallTopic).join(Call, Call.id == CallTopic.call_id).options(joinedload(CallTopic.topic), joinedload(CallTopic.call))
    return list(db.session.scalars(statement.where(condition).order_by(CallTopic.id)))


def is_left_empty() -> ColumnElement[bool]:
    """The condition: a topic of an opened call (Call joined) that drew dossiers of which none is left."""
    alive = (ProposalState.SUBMITTED, ProposalState.ELIGIBLE, ProposalState.IN_SELECTION, ProposalState.SELECTED, ProposalState.RESERVE)
    came = exists().where(Proposal.call_topic_id == CallTopic.id, Proposal.submitted_at.is_not(None))
    living = exists().where(Proposal.call_topic_id == CallTopic.id, Proposal.state.in_(alive))
    return and_(Call.state == CallState.OPENED, CallTopic.outcome.is_(None), came, ~living)


def nobody_eligible() -> list[CallTopic]:
    """Topics without a dossier that is left: they can be called again."""
    return _call_topics(is_left_empty())


def is_vacant() -> ColumnElement[bool]:
    """The condition: a concluded round (CallTopic and Topic joined) whose place nobody holds, though a dossier is in reserve."""
    selected = exists().where(Proposal.call_topic_id == CallTopic.id, Proposal.state == ProposalState.SELECTED)
    reserve = exists().where(Proposal.call_topic_id == CallTopic.id, Proposal.state == ProposalState.RESERVE)
    return and_(Round.state == RoundState.CONCLUDED, Topic.state == TopicState.IN_CALL, reserve, ~selected)


def standings(call: Call) -> dict[int, Standing]:
    """How far the selection of each topic of a call is, by the id of the call topic."""
    selected = exists().where(Proposal.call_topic_id == CallTopic.id, Proposal.state == ProposalState.SELECTED)
    rows = db.session.execute(select(CallTopic.id, Round.state, selected).select_from(CallTopic).join(Round, Round.call_topic_id == CallTopic.id)
                              .where(CallTopic.call_id == call.id))  # fmt: skip
    return {pid: Standing.IN_SESSION if state != RoundState.CONCLUDED else Standing.SELECTED if taken else Standing.VACANT for pid, state, taken in rows}


STANDINGS.append(standings)


def in_reserve(found: Round) -> list[Proposal]:
    """The dossiers of a round that are in reserve, in the order of the ranking."""
    return [line.proposal for line in found.lines if line.proposal.state == ProposalState.RESERVE]


def dossiers(call_topic_id: int, *states: ProposalState) -> list[Proposal]:
    """The dossiers of a topic in these states, in the order they came in."""
    statement = select(Proposal).options(joinedload(Proposal.host), joinedload(Proposal.pi)).where(Proposal.call_topic_id == call_topic_id)
    return list(db.session.scalars(statement.where(Proposal.state.in_(states)).order_by(Proposal.submitted_at, Proposal.id)))


def line_of(proposal: Proposal) -> RankingLine | None:
    """The frozen line of a dossier whose round is concluded."""
    statement = (select(RankingLine).options(joinedload(RankingLine.proposal)).join(Round, and_(Round.id == RankingLine.round_id, Round.session == RankingLine.session))
                 .where(RankingLine.proposal_id == proposal.id, Round.state == RoundState.CONCLUDED))  # fmt: skip
    return db.session.scalar(statement)


def round_of_line(line: RankingLine) -> Round:
    """The round of a line."""
    return db.session.scalars(_whole().where(Round.id == line.round_id)).one()


def council_of(found: Round) -> Council:
    """The council of the round's latest session, with seats and agenda."""
    council = councils.council_by_pid(found.council.public_id)
    assert council is not None  # a round points to it
    return council


def may_read(_row: Round, user: User) -> bool:
    """Rounds are the Department's; applicants read their outcome on their own dossier."""
    return user.can(Do.SELECTION_READ)


register_subject("selection_round", Subject(
    load=round_by_pid, title=lambda r: r.call_topic.topic.title, parties=lambda _r: subjects.Parties(), may_read=may_read,
    url=lambda r: ("selection.show", {"pid": r.public_id})))  # fmt: skip
subjects.register_reader("proposal", councils.member_reads)
