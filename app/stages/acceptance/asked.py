"""Reads of what stands beside a case: requested edits, the chair who ticks them, the expert team, assets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import local
from app.kernel.db import db
from app.services.councils import queries as councils
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.acceptance import queries
from app.stages.acceptance.models import Case, CaseLine
from app.stages.acceptance.parts import (
    Asset,
    ExpertTeam,
    ProductCheck,
    RequestedEdit,
    TeamSeat,
)
from app.stages.acceptance.rules import CaseState
from app.stages.funding.models import Project

# --- edits ----------------------------------------------------------------------------------------------------


def edits_of(case: Case) -> list[RequestedEdit]:
    """What the council of the present round wants edited, in order."""
    return list(db.session.scalars(select(RequestedEdit).options(joinedload(RequestedEdit.done_by))
                                   .where(RequestedEdit.case_id == case.id, RequestedEdit.round == case.round).order_by(RequestedEdit.position)))  # fmt: skip


def chair_of(case: Case) -> User | None:
    """Who led the session of the council of the case."""
    council = councils.council_by_pid(case.council_pid or "")
    seat = councils.presiding(council) if council is not None else None
    return seat.user if seat is not None else None


def ticked_by(edits: Sequence[RequestedEdit]) -> tuple[str, date]:
    """Who ticked the last edit, and on which day."""
    last = max((edit for edit in edits if edit.done_at is not None), key=lambda edit: (edit.done_at, edit.position))
    assert last.done_at is not None and last.done_by is not None
    return last.done_by.name, local(last.done_at).date()


# --- the expert team ------------------------------------------------------------------------------------------

_TEAM = (selectinload(ExpertTeam.members).joinedload(TeamSeat.user), selectinload(ExpertTeam.findings).joinedload(ProductCheck.line))


def teams_of(case: Case) -> list[ExpertTeam]:
    """The expert teams of all rounds, with members and findings."""
    return list(db.session.scalars(select(ExpertTeam).options(*_TEAM).where(ExpertTeam.case_id == case.id).order_by(ExpertTeam.round)
                                   .execution_options(populate_existing=True)))  # fmt: skip


def team_of(case: Case) -> ExpertTeam | None:
    """The expert team of the present round."""
    return next((team for team in teams_of(case) if team.round == case.round), None)


def sits_in_team(case: Case, user: User) -> bool:
    """Is this person in an expert team of the case?"""
    return bool(db.session.scalar(select(exists().where(ExpertTeam.case_id == case.id, TeamSeat.team_id == ExpertTeam.id, TeamSeat.user_id == user.id))))


def measurable(case: Case) -> list[CaseLine]:
    """The products that an expert team checks: those of the groups of the rule."""
    groups = rulebook.value("acceptance.measurable_groups", on=case_project(case).decision_date)
    return [line for line in queries.lines_of(case) if line.product is not None and line.product.group in groups]


def case_project(case: Case) -> Project:
    return db.session.get_one(Project, case.project_id)


def reads(case: Case, user: User) -> bool:
    """May this person read the case for what he has to do about it: the chair who ticks edits, the experts who check products?"""
    if case.state == CaseState.REVISING:
        chair = chair_of(case)
        return chair is not None and chair.id == user.id
    return case.state in (CaseState.VALID, CaseState.IN_SESSION) and sits_in_team(case, user)


# --- assets ---------------------------------------------------------------------------------------------------


def assets_of(project_id: int) -> list[Asset]:
    """What is left of a project, equipment first, in the order in which it was listed."""
    return list(db.session.scalars(select(Asset).where(Asset.project_id == project_id).order_by(Asset.kind, Asset.id)))


def asset_for(user: User, pid: str) -> Asset | None:
    """One asset of a project whose acceptance this person may see."""
    return db.session.scalar(select(Asset).join(Project, Project.id == Asset.project_id).options(joinedload(Asset.project).joinedload(Project.host))
                             .where(Asset.public_id == pid, queries.visible(user)))  # fmt: skip


def assets_statement(user: User) -> Select[Any]:
    """The assets this person may see, for a listing."""
    return select(Asset).join(Project, Project.id == Asset.project_id).options(joinedload(Asset.project).joinedload(Project.host)).where(queries.visible(user))


def ways_of(project: Project, kind: str) -> dict[str, dict[str, Any]]:
    """How an asset of this kind may be dealt with, by the regime of the project: code → names and source."""
    return {way["code"]: way for way in rulebook.value("acceptance.asset_ways", on=project.decision_date)[str(kind)]}
