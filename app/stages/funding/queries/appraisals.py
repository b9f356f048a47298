"""Reads of appraisals and submissions, and of what proposals asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.db import db
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.calls.models import CallTopic
from app.stages.funding.models import (
    Appraisal,
    AppraisalLine,
    AppraisalMember,
    Project,
    Submission,
)
from app.stages.funding.rules import (
    SubmissionState,
)
from app.stages.ideas.models import Topic
from app.stages.plan.models import Priority
from app.stages.proposals import queries as proposals
from app.stages.proposals.models import (
    BudgetLine,
    Proposal,
    ProposalProduct,
    TeamMember,
)
from app.stages.proposals.rules import ProposalState
from app.stages.selection import complaints
from app.stages.selection.models import RankingLine, Round
from app.stages.selection.rules import RoundState


def appraisal_of_line(line_id: int) -> Appraisal | None:
    return db.session.scalar(select(Appraisal).where(Appraisal.ranking_line_id == line_id))


def appraisal_by_id(appraisal_id: int) -> Appraisal:
    return db.session.scalars(select(Appraisal).where(Appraisal.id == appraisal_id)).one()


def appraisal_by_pid(pid: str) -> Appraisal | None:
    """One appraisal with its proposal (host, investigator), lines and team."""
    return db.session.scalar(select(Appraisal).options(with_people(Appraisal.proposal), selectinload(Appraisal.lines), selectinload(Appraisal.team))
                             .where(Appraisal.public_id == pid))  # fmt: skip


def with_people(path: Any) -> Any:
    """Load a proposal with its host and investigator."""
    return joinedload(path).options(joinedload(Proposal.host), joinedload(Proposal.pi))


def proposal_of(appraisal: Appraisal) -> Proposal:
    return db.session.scalars(select(Proposal).options(joinedload(Proposal.host), joinedload(Proposal.pi))
                              .where(Proposal.id == appraisal.proposal_id)).one()  # fmt: skip


def lines_of(appraisal: Appraisal) -> list[AppraisalLine]:
    return list(db.session.scalars(select(AppraisalLine).where(AppraisalLine.appraisal_id == appraisal.id).order_by(AppraisalLine.position)))


def team_of(appraisal: Appraisal) -> list[AppraisalMember]:
    return list(db.session.scalars(select(AppraisalMember).where(AppraisalMember.appraisal_id == appraisal.id).order_by(AppraisalMember.position)))


def budget_of(proposal_id: int) -> list[BudgetLine]:
    """The lines of the proposal's budget, as submitted."""
    return list(db.session.scalars(select(BudgetLine).where(BudgetLine.proposal_id == proposal_id).order_by(BudgetLine.id)))


def products_asked(proposal_id: int) -> list[ProposalProduct]:
    return list(db.session.scalars(select(ProposalProduct).where(ProposalProduct.proposal_id == proposal_id).order_by(ProposalProduct.id)))


def team_asked(proposal_id: int | None) -> list[TeamMember]:
    return list(db.session.scalars(select(TeamMember).where(TeamMember.proposal_id == proposal_id).order_by(TeamMember.id)))


def topic_of(appraisal_id: int) -> Topic:
    """The topic behind an appraisal."""
    return db.session.scalars(
        select(Topic).options(joinedload(Topic.item).joinedload(Priority.sector)).join(CallTopic, CallTopic.topic_id == Topic.id).join(Proposal, Proposal.call_topic_id == CallTopic.id)
        .join(Appraisal, Appraisal.proposal_id == Proposal.id).where(Appraisal.id == appraisal_id)).one()  # fmt: skip


def ceiling_of(proposal_id: int) -> int | None:
    """The state money at most, by the call or else the topic; None = no ceiling."""
    row = db.session.execute(select(CallTopic.ceiling, Topic.ceiling).join(Topic, Topic.id == CallTopic.topic_id)
                             .join(Proposal, Proposal.call_topic_id == CallTopic.id).where(Proposal.id == proposal_id)).first()  # fmt: skip
    return (row[0] or row[1]) if row else None


def submission_of(appraisal_id: int, *, living: bool = False) -> Submission | None:
    """The submission of an appraisal; `living`: only one that is not returned."""
    statement = select(Submission).where(Submission.appraisal_id == appraisal_id)
    return db.session.scalar(statement.where(Submission.state != SubmissionState.RETURNED) if living else statement)


def submission_of_proposal(proposal_id: int) -> Submission | None:
    """What was submitted for decision on a dossier."""
    return db.session.scalar(select(Submission).join(Appraisal, Appraisal.id == Submission.appraisal_id).where(Appraisal.proposal_id == proposal_id))


def proposal_of_project(project: Project) -> Proposal:
    """The dossier a project was made of."""
    return db.session.get_one(Proposal, project.proposal_id)


def dossier_of(project: Project) -> Proposal:
    """The same with its place in the call, for acts that look at the other dossiers of the topic."""
    return db.session.scalars(select(Proposal).where(Proposal.id == project.proposal_id).options(joinedload(Proposal.call_topic))).one()


def topic_of_project(project: Project) -> Topic:
    """The topic a project carries out."""
    return db.session.get_one(Topic, project.topic_id)


def is_submitted_as(number: str, year: int, *, but: int) -> bool:
    """Does a submission of that year, of another appraisal, have this number?"""
    of_year = Submission.dated.between(date(year, 1, 1), date(year, 12, 31))
    return bool(db.session.scalar(select(exists().where(Submission.number == number, of_year, Submission.appraisal_id != but))))


def submission_by_pid(pid: str) -> Submission | None:
    """One submission with its appraisal, lines, team, proposal and the people who signed."""
    path = joinedload(Submission.appraisal)
    return db.session.scalar(
        select(Submission).options(path.options(with_people(Appraisal.proposal)), path.selectinload(Appraisal.lines), path.selectinload(Appraisal.team),
                                   joinedload(Submission.submitted_by), joinedload(Submission.decided_by))
        .where(Submission.public_id == pid))  # fmt: skip


def project_of_appraisal(appraisal: Appraisal) -> Project | None:
    return db.session.scalar(select(Project).where(Project.proposal_id == appraisal.proposal_id))


def line_by_pid(pid: str) -> RankingLine | None:
    """The ranking line of a selected dossier, recommended at once or moved up, with its proposal."""
    return db.session.scalar(select(RankingLine).options(with_people(RankingLine.proposal)).where(RankingLine.public_id == pid, selected(RankingLine)))


def head_names(*, on: date, language: str = "vi") -> dict[str, str]:
    """Budget heads by code, in one language."""
    return {code: head.get(language) or head["vi"] for code, head in proposals.heads(on).items()}


def terms_of(appraisal: Appraisal, *, on: date) -> dict[str, Any]:
    """What a first submission is filled in with: from the proposal and its topic."""
    proposal, topic = proposal_of(appraisal), topic_of(appraisal.id)
    fields = rulebook.value("funding.field_codes", on=on)
    return {"title": proposal.title, "code_type": topic.kind, "code_field": fields.get(topic.field, topic.item.sector.code), "dated": on,
            "starts_on": on, "duration_months": proposal.duration_months or topic.duration_months}  # fmt: skip


def holders_of_proposal(proposal: Proposal) -> list[User]:
    """The investigator and the managers of the host."""
    return [proposal.pi, *people.managers_of(proposal.host_id)]


def selected(row: type[RankingLine | Appraisal]) -> ColumnElement[bool]:
    """The condition: the dossier has its place, by the latest session. A place that was given up, declined or lost in another session carries no money."""
    line = RankingLine.__table__.alias("of_latest")
    latest = exists().where(line.c.id == (row.id if row is RankingLine else row.ranking_line_id), Round.id == line.c.round_id, Round.session == line.c.session)
    return and_(exists().where(Proposal.id == row.proposal_id, Proposal.state == ProposalState.SELECTED), latest)


def concluded_round() -> ColumnElement[bool]:
    """The condition on RankingLine: its round is concluded, the choice of the council stands."""
    return RankingLine.round_id.in_(select(Round.id).where(Round.state == RoundState.CONCLUDED))


def may_be_appraised() -> ColumnElement[bool]:
    """The condition on RankingLine: the council's choice stands and no complaint about it waits for an answer."""
    return concluded_round() & RankingLine.round_id.not_in(complaints.rounds_waiting())


def is_concluded(line: RankingLine) -> bool:
    """Is the selection round of this line concluded?"""
    return bool(db.session.scalar(select(exists().where(RankingLine.id == line.id, concluded_round()))))


def line_of(appraisal: Appraisal) -> RankingLine:
    """The ranking line from which the appraisal started."""
    return db.session.get_one(RankingLine, appraisal.ranking_line_id)
