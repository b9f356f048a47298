"""What came of whole projects: handed over, in use, still in use, and with which effect, as conditions and columns on Project."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, func, or_, select

from app.stages.funding.models import Project
from app.stages.transfer.models import Agreement, FollowUp, Handover
from app.stages.transfer.queries.results import newer_verified
from app.stages.transfer.rules import (
    AgreementState,
    FollowUpState,
    HandoverState,
    Usage,
)

_VERIFIED = and_(FollowUp.project_id == Project.id, FollowUp.state == FollowUpState.VERIFIED)


def handed_over() -> ColumnElement[bool]:
    """Did any result reach a user: by a signed handover, by a contract in force, or because the host reports on its own use?"""
    in_force = or_(Agreement.state == AgreementState.REGISTERED, and_(Agreement.state == AgreementState.SIGNED, ~Agreement.must_register))
    return or_(exists().where(Handover.project_id == Project.id, Handover.state == HandoverState.HANDED_OVER),
               exists().where(Agreement.project_id == Project.id, in_force),
               exists().where(FollowUp.project_id == Project.id, FollowUp.handover_id.is_(None), FollowUp.agreement_id.is_(None)))  # fmt: skip


def applied(*, year: int = 1) -> ColumnElement[bool]:
    """Is any result used, wholly or partly, by the last verified report of one of its receivers, and is that the report of the `year`-th year or a later one?"""
    return exists().where(_VERIFIED, FollowUp.usage.in_((Usage.YES, Usage.PARTLY)), FollowUp.number >= year, ~newer_verified())


def summed(figure: Any) -> ColumnElement[int]:
    """A yearly figure (đồng) of all verified reports together."""
    return _whole(select(func.sum(figure)).where(_VERIFIED).scalar_subquery())


def last_said(figure: Any) -> ColumnElement[int]:
    """A standing figure (jobs, users) as each receiver's last verified report says it, added up."""
    return _whole(select(func.sum(figure)).where(_VERIFIED, ~newer_verified()).scalar_subquery())


def _whole(number: Any) -> ColumnElement[int]:
    """The number, none as nothing; PostgreSQL sums whole numbers to a decimal."""
    return cast(func.coalesce(number, 0), BigInteger)
