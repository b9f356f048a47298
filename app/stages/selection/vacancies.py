"""The selected dossier is gone: the first in reserve moves up by decision, or none does and the topic is free again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.kernel.clock import local
from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.papers import actions as papers
from app.services.papers.rules import check_number
from app.services.people.models import User
from app.services.rulebook.calendar import check_day
from app.stages.ideas.rules import TopicState
from app.stages.proposals import actions as proposals
from app.stages.proposals.models import Proposal
from app.stages.proposals.rules import ProposalState
from app.stages.selection import queries
from app.stages.selection.models import Round
from app.stages.selection.rules import RoundState


def is_vacant(found: Round) -> bool:
    """Has nobody the place of this round, though a dossier is in reserve? `queries.is_vacant`, of one row."""
    taken = any(line.proposal.state == ProposalState.SELECTED for line in found.lines)
    return found.state == RoundState.CONCLUDED and not taken and found.call_topic.topic.state == TopicState.IN_CALL and bool(queries.in_reserve(found))


def check_vacant(found: Round, _by: User | None = None) -> None:
    """Raise WrongState unless somebody can move up."""
    if any(line.proposal.state == ProposalState.SELECTED for line in found.lines):
        raise WrongState(N_("The selected dossier still has its place: nobody moves up."))
    if not is_vacant(found):
        raise WrongState(N_("No dossier of this topic is in reserve, or the topic has left this call."))


def _checked(found: Round, number: str, dated: date, at: datetime) -> str:
    check_vacant(found)
    number = check_number(number)
    since = local(found.concluded_at).date() if found.concluded_at else dated
    check_day(dated, field="dated", since=since, until=local(at).date())
    return number


def move_up(found: Round, *, number: str, dated: date, by: User, at: datetime) -> Proposal:
    """The first in reserve, by the frozen ranking, is selected by decision."""
    number = _checked(found, number, dated, at)
    row = queries.in_reserve(found)[0]
    proposals.move_up(row, number=number, by=by, at=at)
    data = _facts(found) | {"code": row.code, "host": row.host.name, "pi": row.pi.name}
    papers.issue(template="selection/move_up", subject=row, data=data, number=number, dated=dated, by=by, at=at,
                 title=f"Quyết định tuyển chọn hồ sơ dự phòng {row.code}")  # fmt: skip
    return row


def decline_reserve(found: Round, reason: str, *, number: str, dated: date, by: User, at: datetime) -> None:
    """None of those in reserve moves up: they are let go and the topic is free."""
    number = _checked(found, number, dated, at)
    if not nfc(reason or ""):
        raise Incomplete(N_("Please give the reason."), field="reason")
    waiting = queries.in_reserve(found)
    data = _facts(found) | {"reason": nfc(reason), "dossiers": [{"code": p.code, "host": p.host.name, "pi": p.pi.name} for p in waiting]}
    papers.issue(template="selection/none_moves_up", subject=found, data=data, number=number, dated=dated, by=by, at=at,
                 title=f"Quyết định không tuyển chọn hồ sơ dự phòng: {found.call_topic.topic.title}"[:500])  # fmt: skip
    for row in waiting:
        proposals.decline(row, reason, number=number, by=by, at=at)


def _facts(found: Round) -> dict[str, Any]:
    topic, call = found.call_topic.topic, found.call_topic.call
    return {"topic": topic.title, "topic_code": topic.code, "call": call.number or "", "gone": [
        {"code": line.proposal.code, "host": line.proposal.host.name} for line in found.lines
        if line.passed and line.proposal.state == ProposalState.NOT_SELECTED]}  # fmt: skip
