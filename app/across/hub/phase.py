"""The phase of a project, derived in one function; and the same rule as SQL, so that lists can be filtered by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, exists, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

from app.kernel.words import N_, Face
from app.stages.acceptance.models import Case
from app.stages.acceptance.rules import OPEN, CaseState
from app.stages.execution.models import Suspension
from app.stages.execution.rules import SuspensionState
from app.stages.funding.models import Contract, Liquidation, Project, ProjectClosing
from app.stages.funding.rules import ClosingKind, ContractState
from app.stages.transfer.models import FollowUp
from app.stages.transfer.rules import FollowUpState


class Phase(Face):
    """Where a project stands between its approval and the follow-up of its results."""

    APPROVED = "approved", N_("Approved"), "blue"
    CONTRACTED = "contracted", N_("Contract signed"), "blue"
    RUNNING = "running", N_("Under way"), "green"
    SUSPENDED = "suspended", N_("Suspended"), "amber"
    IN_ACCEPTANCE = "in_acceptance", N_("In acceptance"), "purple"
    RECOGNISED = "recognised", N_("Result recognised"), "green"
    FAILED = "failed", N_("Not accepted"), "red"
    TERMINATED = "terminated", N_("Terminated early"), "red"
    CANCELLED = "cancelled", N_("Approval cancelled"), "red"
    LIQUIDATED = "liquidated", N_("Contract liquidated"), "grey"
    FOLLOWED_UP = "followed_up", N_("Results followed up"), "grey"


ENDED = {ClosingKind.RECOGNISED: Phase.RECOGNISED, ClosingKind.FAILED: Phase.FAILED, ClosingKind.TERMINATED: Phase.TERMINATED,
         ClosingKind.CANCELLED: Phase.CANCELLED}  # fmt: skip
BEFORE_SIGNING = frozenset({ContractState.DRAFT})


@dataclass(frozen=True)
class Parts:
    """What the phase is derived from: the states of a project's parts on one day."""

    contract: ContractState | None = None
    started: bool = False  # the first day of the work has come
    suspended: bool = False
    in_acceptance: bool = False
    closing: ClosingKind | None = None
    liquidated: bool = False
    followed_up: bool = False
    imported_under_way: bool = False  # a list of old projects says so; such a project has no contract here


def phase_of(parts: Parts) -> Phase:
    """The phase these parts mean; later parts outweigh earlier ones."""
    if parts.followed_up and parts.liquidated:
        return Phase.FOLLOWED_UP
    if parts.liquidated:
        return Phase.LIQUIDATED
    if parts.closing is not None:
        return ENDED[parts.closing]
    if parts.in_acceptance:
        return Phase.IN_ACCEPTANCE
    if parts.suspended:
        return Phase.SUSPENDED
    if parts.contract is None or parts.contract in BEFORE_SIGNING:
        return Phase.RUNNING if parts.imported_under_way else Phase.APPROVED
    return Phase.RUNNING if parts.started else Phase.CONTRACTED


def _in_acceptance() -> ColumnElement[bool]:
    """Is the acceptance of the project open, its dossier handed in at least once?"""
    return exists().where(Case.project_id == Project.id, Case.state.in_(OPEN), or_(Case.state != CaseState.PREPARING, Case.round > 1))


def _followed_up() -> ColumnElement[bool]:
    """Has the last yearly follow-up of the project's results been verified, and is no other one open?"""
    return and_(exists().where(FollowUp.project_id == Project.id), ~exists().where(FollowUp.project_id == Project.id, FollowUp.state != FollowUpState.VERIFIED))


class _OfDay(ColumnElement[str]):
    """The rule of one day as an expression that SQLAlchemy finds again by the day: walking through all its parts took longer than asking."""

    type = String()
    _traverse_internals = [("day", InternalTraversal.dp_string)]  # noqa: RUF012

    def __init__(self, day: str, rule: ColumnElement[str]) -> None:
        self.day, self.rule = day, rule


@compiles(_OfDay)
def _written(element: _OfDay, compiler: Any, **given: Any) -> str:
    return str(compiler.process(element.rule, **given))


@lru_cache(maxsize=8)  # a day's rule is built once, not per page
def phase_sql(today: date) -> ColumnElement[str]:
    """The same rule on the columns of Project."""
    return _OfDay(today.isoformat(), phase_rule(today))


@lru_cache(maxsize=8)
def phase_rule(today: date) -> ColumnElement[str]:
    """The same, with all its parts open to whoever writes a statement out."""
    liquidated = exists().where(Liquidation.project_id == Project.id)
    signed = and_(Contract.project_id == Project.id, Contract.state.not_in(BEFORE_SIGNING))
    return case(
        (and_(_followed_up(), liquidated), literal(str(Phase.FOLLOWED_UP))),
        (liquidated, literal(str(Phase.LIQUIDATED))),
        *((exists().where(ProjectClosing.project_id == Project.id, ProjectClosing.kind == kind), literal(str(phase))) for kind, phase in ENDED.items()),
        (_in_acceptance(), literal(str(Phase.IN_ACCEPTANCE))),
        (exists().where(Suspension.project_id == Project.id, Suspension.state == SuspensionState.SUSPENDED), literal(str(Phase.SUSPENDED))),
        (exists().where(signed, Contract.starts_on <= today), literal(str(Phase.RUNNING))),
        (exists().where(signed), literal(str(Phase.CONTRACTED))),
        (Project.under_way, literal(str(Phase.RUNNING))),
        else_=literal(str(Phase.APPROVED)),
    )
