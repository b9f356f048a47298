"""The council on the effect of a result: is one foreseen, where is it, what did it say, and which results a member reads meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.permissions import Do
from app.services.councils import queries as councils
from app.services.councils.models import AgendaItem, Council, Count, Recusal, Seat
from app.services.councils.rules import UNDER_WAY, CouncilState
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.acceptance.models import Result
from app.stages.funding import queries as funding
from app.stages.transfer import effect
from app.stages.transfer.models import Effectiveness
from app.stages.transfer.rules import Rating

Before = aliased(Result)  # apart from the Result of the statement that asks


@dataclass(frozen=True)
class Panel:
    """How a result stands with councils on its effect. `council` is the one whose conclusion no evaluation has taken over yet."""

    needed: bool
    possible: bool
    source: str
    council: Council | None
    count: dict[str, Any] | None

    @property
    def under_way(self) -> bool:
        """Is a council prepared or at work?"""
        return self.council is not None and self.council.state != CouncilState.CONCLUDED

    @property
    def rating(self) -> Rating | None:
        """What a council that has concluded says, until an evaluation takes it over."""
        said = self.count["rating"] if self.count and not self.under_way else None
        return Rating(said) if said else None


def panel_of(result: Result) -> Panel:
    """By the rule of the project's award, and the newest council that is not dissolved."""
    project = funding.project_by_id(result.project_id)
    rule = rulebook.rule(effect.RULE, on=project.decision_date)
    of = {"state_money": project.approved_state, "kind": project.kind}
    council = councils.council_of_subject(result)
    if council is not None and db.session.scalar(select(exists().where(Effectiveness.council_id == council.id))):
        council = None
    count = None if council is None else db.session.scalar(
        select(Count.result).join(AgendaItem, AgendaItem.id == Count.agenda_item_id)
        .where(AgendaItem.council_id == council.id, AgendaItem.subject_type == Result.__tablename__, AgendaItem.subject_pid == result.public_id))  # fmt: skip
    return Panel(effect.foreseen(rule.value, **of), effect.possible(rule.value, **of), rule.source, council, count)


def judged(user: User, result_id: Any) -> list[ColumnElement[bool]]:
    """For a member of councils, the condition that one deals with this result now, and that he is not out of that item."""
    if not user.can(Do.COUNCILS_SIT):
        return []
    out = exists().where(Recusal.seat_id == Seat.id, Recusal.agenda_item_id == AgendaItem.id)
    rows = (select(Before.id).join(AgendaItem, and_(AgendaItem.subject_type == Result.__tablename__, AgendaItem.subject_pid == Before.public_id))
            .join(Council, Council.id == AgendaItem.council_id).join(Seat, Seat.council_id == Council.id)
            .where(Seat.user_id == user.id, Seat.left_at.is_(None), Council.state.in_(UNDER_WAY), AgendaItem.given_back_at.is_(None), ~out))  # fmt: skip
    return [result_id.in_(rows)]
