"""What councils leave on the desk: sessions to sit in or to hold, topics and ideas that wait for or come from one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.across.desk.waiting import lines, many
from app.kernel.journal import JournalEntry
from app.kernel.permissions import Do
from app.services.councils.models import AgendaItem, Council, Seat
from app.services.councils.queries import UNDER_WAY
from app.services.councils.room.models import Asking
from app.services.councils.rules import CouncilState
from app.services.people.models import User
from app.stages.acceptance.models import Case
from app.stages.calls.models import Call, CallTopic
from app.stages.calls.rules import CallState
from app.stages.funding.models import Project
from app.stages.ideas import queries as ideas
from app.stages.ideas.models import Idea, Topic
from app.stages.ideas.rules import IdeaState, TopicState
from app.stages.proposals import queries as proposals
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection import queries as selection
from app.stages.selection.models import Complaint, RankingLine, Round
from app.stages.selection.rules import ComplaintState, RoundState


def _councils(*where: Any) -> list[Select[Any]]:
    return [lines("councils.show", Council.public_id, Council.title, since=Council.created_at, until=Council.meets_at, hint=Council.place).where(*where)]


def to_sit(user: User, _at: datetime) -> list[Select[Any]]:
    """Councils that this person sits on and that have not ended: due on the day of the session."""
    if not user.can(Do.COUNCILS_SIT):
        return []
    return _councils(Council.state.in_(UNDER_WAY), exists().where(Seat.council_id == Council.id, Seat.user_id == user.id, Seat.left_at.is_(None)))


def questions_to_answer(user: User, _at: datetime) -> list[Select[Any]]:
    """Written questions of a council on dossiers in whose team this person is, and on the acceptance of projects that he leads."""
    mine = select(Proposal.public_id).where(Proposal.state == ProposalState.IN_SELECTION, proposals.in_team(user))
    led = select(Case.public_id).join(Project, Project.id == Case.project_id).where(Project.pi_id == user.id)
    asked = or_(and_(AgendaItem.subject_type == "proposal", AgendaItem.subject_pid.in_(mine)), and_(AgendaItem.subject_type == "acceptance_case", AgendaItem.subject_pid.in_(led)))
    return [lines("councils.question", Asking.public_id, AgendaItem.title, since=Asking.asked_at, due=Asking.due_on).join(AgendaItem, AgendaItem.id == Asking.agenda_item_id)
            .where(Asking.answered_at.is_(None), AgendaItem.opened_at.is_(None), AgendaItem.given_back_at.is_(None), asked)]  # fmt: skip


def complaints_to_answer(user: User, _at: datetime) -> list[Select[Any]]:
    """Complaints about outcomes that this officer did not release: another one answers those."""
    if not user.can(Do.SELECTION_CONCLUDE):
        return []
    ranked, mine = aliased(JournalEntry), and_(JournalEntry.subject_type == "selection_round", JournalEntry.subject_pid == Round.public_id)
    last = select(func.max(ranked.seq)).where(ranked.subject_type == "selection_round", ranked.subject_pid == Round.public_id, ranked.verb == "rank").correlate(Round).scalar_subquery()
    released = exists().where(mine, JournalEntry.verb.in_(("conclude", "plan_release")), JournalEntry.actor_id == user.id, JournalEntry.seq > last).correlate(Round)
    return [lines("selection.complaint", Complaint.public_id, Proposal.title, since=Complaint.filed_at, due=Complaint.answer_due, hint=Proposal.code).select_from(Complaint)
            .join(Proposal, Proposal.id == Complaint.proposal_id).join(RankingLine, RankingLine.id == Complaint.ranking_line_id).join(Round, Round.id == RankingLine.round_id)
            .where(Complaint.state == ComplaintState.FILED, ~released)]  # fmt: skip


def to_establish(user: User, _at: datetime) -> list[Select[Any]]:
    """Councils that are proposed to the leader."""
    return _councils(Council.state == CouncilState.PROPOSED) if user.can(Do.COUNCILS_ESTABLISH) else []


def to_run(user: User, _at: datetime) -> list[Select[Any]]:
    """Councils that an officer sets up or holds."""
    return _councils(Council.state.in_((CouncilState.DRAFT, *UNDER_WAY))) if user.can(Do.COUNCILS_RUN) else []


def _topics(endpoint: str, condition: Any) -> list[Select[Any]]:
    return [lines(endpoint, CallTopic.public_id, Topic.title, since=Call.opened_at, hint=Topic.code).select_from(CallTopic)
            .join(Call, Call.id == CallTopic.call_id).join(Topic, Topic.id == CallTopic.topic_id).where(condition)]  # fmt: skip


def topics_to_put(user: User, _at: datetime) -> list[Select[Any]]:
    """Topics with checked dossiers and no council."""
    return _topics("selection.prepare", selection.is_waiting()) if user.can(Do.SELECTION_RUN) else []


def topics_to_free(user: User, _at: datetime) -> list[Select[Any]]:
    """Topics of opened calls that have no dossier left."""
    return _topics("selection.settle", selection.is_left_empty()) if user.can(Do.SELECTION_CONCLUDE) else []


def topics_to_call(user: User, _at: datetime) -> list[Select[Any]]:
    """Approved topics, and those open again, that no call in preparation carries."""
    if not user.can(Do.CALLS_DRAFT):
        return []
    drafted = select(CallTopic.topic_id).join(Call, Call.id == CallTopic.call_id).where(Call.state == CallState.DRAFT)
    return [many(lines("topics.show", Topic.public_id, Topic.title, since=Topic.created_at, hint=Topic.code),
                 Topic.id, Topic.state.in_((TopicState.APPROVED, TopicState.OPEN_AGAIN)), Topic.id.not_in(drafted))]  # fmt: skip


def ideas_to_identify(user: User, _at: datetime) -> list[Select[Any]]:
    """Submitted ideas that stand on no council's agenda yet."""
    if not user.can(Do.IDEAS_IDENTIFY):
        return []
    on_agenda = exists().where(AgendaItem.subject_type == "idea", AgendaItem.subject_pid == Idea.public_id, AgendaItem.council_id == Council.id,
                               Council.state.in_((CouncilState.DRAFT, *UNDER_WAY)))  # fmt: skip
    return [lines("ideas.show", Idea.public_id, Idea.title, since=Idea.submitted_at).where(Idea.state == IdeaState.SUBMITTED, ~on_agenda)]


def rounds_to_conclude(user: User, _at: datetime) -> list[Select[Any]]:
    """Ranked rounds."""
    if not user.can(Do.SELECTION_CONCLUDE):
        return []
    return [lines("selection.conclude", Round.public_id, Topic.title, since=Round.created_at, hint=Topic.code).select_from(Round)
            .join(CallTopic, CallTopic.id == Round.call_topic_id).join(Topic, Topic.id == CallTopic.topic_id).where(Round.state == RoundState.RANKED)]  # fmt: skip


def ideas_to_word(user: User, _at: datetime) -> list[Select[Any]]:
    """Ideas on which a council has voted and whose final wording is still to be written down."""
    if not user.can(Do.IDEAS_IDENTIFY):
        return []
    return [lines("ideas.identify", Idea.public_id, Idea.title, since=Idea.submitted_at, hint=Idea.code).where(ideas.is_to_word())]


def places_to_fill(user: User, _at: datetime) -> list[Select[Any]]:
    """Topics whose selected dossier is gone while another is in reserve."""
    if not user.can(Do.FUNDING_APPROVE):
        return []
    return [lines("selection.move_up", Round.public_id, Topic.title, since=Round.concluded_at, hint=Topic.code).select_from(Round)
            .join(CallTopic, CallTopic.id == Round.call_topic_id).join(Topic, Topic.id == CallTopic.topic_id).where(selection.is_vacant())]  # fmt: skip
