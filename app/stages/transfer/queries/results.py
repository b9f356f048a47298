"""Registered results, limited to what a person may see, each with the use it is in."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.kernel.db import db
from app.kernel.permissions import Do
from app.kernel.text import fold
from app.services.people.models import Organisation, User
from app.stages.acceptance.models import Result
from app.stages.acceptance.rules import ResultState
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.funding.rules import ClosingKind, SettlementState
from app.stages.ideas.models import Topic
from app.stages.ideas.queries import topics_of_body
from app.stages.plan import queries as plans
from app.stages.plan.models import Priority
from app.stages.plan.scope import within
from app.stages.transfer.models import Agreement, FollowUp, Handover
from app.stages.transfer.queries.panels import judged
from app.stages.transfer.rules import (
    AgreementState,
    FollowUpState,
    HandoverState,
    Usage,
    Use,
)


def signing_ids(user: User) -> list[int]:
    """The organisations this person signs for: as manager, or as a member who holds the office of an ordering agency."""
    agency = "agency" in user.roles
    return [m.organisation_id for m in user.live_memberships if m.is_manager or agency]


def signs_for(user: User, organisation_id: int | None) -> bool:
    """Does this person sign for the organisation as a receiver?"""
    return organisation_id is not None and organisation_id in signing_ids(user)


def office(user: User) -> bool:
    """Does this person read every result by office?"""
    return user.can(Do.TRANSFER_READ) or user.can(Do.FUNDING_READ)


def visible(user: User) -> ColumnElement[bool]:
    """The condition on (Result, Project) under which a person may see a result: by office, through its project, as a receiver, or while a council judges it."""
    if office(user):
        return true()
    mine = signing_ids(user)
    received = exists().where(Handover.result_id == Result.id, Handover.receiver_id.in_(mine), Handover.state != HandoverState.WITHDRAWN)
    agreed = exists().where(Agreement.result_id == Result.id, Agreement.recipient_id.in_(mine),
                            Agreement.state.not_in((AgreementState.DRAFTED, AgreementState.DROPPED)))  # fmt: skip
    return or_(funding.visible(user), received, agreed, *judged(user, Result.id))


def may_give(user: User, project: Project) -> bool:
    """May this person offer results of the project: an officer, its investigator, or the manager of its host?"""
    return user.can(Do.TRANSFER_OFFER) or funding.may_request(user, project)


def newer_verified() -> ColumnElement[bool]:
    """Is there a later verified report of the same user of the same result?"""
    later = aliased(FollowUp)
    return exists().where(later.result_id == FollowUp.result_id, func.coalesce(later.handover_id, 0) == func.coalesce(FollowUp.handover_id, 0),
                          func.coalesce(later.agreement_id, 0) == func.coalesce(FollowUp.agreement_id, 0),
                          later.number > FollowUp.number, later.state == FollowUpState.VERIFIED)  # fmt: skip


@cache  # written once: every list of results asks for it, and writing it costs more than reading
def use() -> ColumnElement[str]:
    """In which use a Result is (a value of Use), from the last verified report of each receiver; then contracts, then handovers."""
    newer = newer_verified()
    verified = and_(FollowUp.result_id == Result.id, FollowUp.state == FollowUpState.VERIFIED)

    def said(*usage: Usage) -> ColumnElement[bool]:
        return exists().where(verified, FollowUp.usage.in_(usage))

    def says(usage: Usage) -> ColumnElement[bool]:
        return exists().where(verified, FollowUp.usage == usage, ~newer)

    in_force = exists().where(Agreement.result_id == Result.id, or_(
        Agreement.state == AgreementState.REGISTERED, and_(Agreement.state == AgreementState.SIGNED, ~Agreement.must_register)))  # fmt: skip
    answers = (
        (says(Usage.YES), Use.IN_USE), (says(Usage.PARTLY), Use.PARTLY), (said(Usage.YES, Usage.PARTLY), Use.NO_LONGER),
        (exists().where(verified), Use.NEVER_APPLIED), (_handed(HandoverState.HANDED_OVER), Use.HANDED_OVER), (in_force, Use.TRANSFERRED),
        (_handed(HandoverState.OFFERED), Use.OFFERED))  # fmt: skip
    return case(*((condition, literal(str(answer))) for condition, answer in answers), else_=literal(str(Use.NOT_HANDED_OVER)))


def _handed(state: HandoverState) -> ColumnElement[bool]:
    return exists().where(Handover.result_id == Result.id, Handover.state == state)


def use_of(result: Result) -> Use:
    """The use one result is in."""
    return Use(db.session.scalar(select(use()).select_from(Result).where(Result.id == result.id)))


def with_faces(statement: Select[Any]) -> Select[Any]:
    """Load a result with item, sector, project, host and investigator."""
    return statement.options(joinedload(Result.item).joinedload(Priority.sector),
                             joinedload(Result.project).options(joinedload(Project.host), joinedload(Project.pi)))  # fmt: skip


def results_statement(user: User) -> Select[Any]:
    """Rows (Result, use, id) of the registered results this person may see."""
    statement = with_faces(select(Result, use().label("use"), Result.id)).join(Project, Project.id == Result.project_id)
    return statement.where(Result.state == ResultState.REGISTERED, visible(user))


def result_for(user: User, pid: str) -> Result | None:
    """One registered result this person may see, with its project, item and authors."""
    statement = with_faces(select(Result)).join(Project, Project.id == Result.project_id).options(selectinload(Result.shares))
    return db.session.scalar(statement.where(Result.public_id == pid, Result.state == ResultState.REGISTERED, visible(user)))


def result_by_id(result_id: int) -> Result:
    """A result with project, item and host, whoever asks."""
    return db.session.scalars(with_faces(select(Result)).where(Result.id == result_id)).one()


def is_recognised(project_id: int) -> bool:
    """Did the project end with the recognition of its results?"""
    closing = funding.closing_of(project_id)
    return closing is not None and closing.kind == ClosingKind.RECOGNISED


def closed_steps(project_id: int) -> set[str]:
    """The closing steps of its money that the project has behind it, by their names in the order of gates."""
    accounts = funding.settlement_of(project_id)
    settled = {"settlement"} if accounts is not None and accounts.state == SettlementState.ACCEPTED else set()
    return settled | ({"liquidation"} if funding.liquidation_of(project_id) is not None else set())


def receiver_by_order(project: Project) -> Organisation | None:
    """The body that the order (topic) of this project names to receive the results."""
    return db.session.scalar(select(Organisation).join(Topic, Topic.receiver_organisation_id == Organisation.id).where(Topic.id == project.topic_id))


def figures_of(result_id: int) -> dict[str, int]:
    """What the verified reports say together: reports, those of use, most users, jobs, households and area (m²) in a year, sums of revenue and savings (đồng)."""
    used = func.sum(case((FollowUp.usage != Usage.NO, 1), else_=0))
    row = db.session.execute(select(func.count(), used, func.max(FollowUp.users), func.max(FollowUp.jobs), func.sum(FollowUp.revenue), func.sum(FollowUp.savings),
                                    func.max(FollowUp.households), func.max(FollowUp.area))
                             .where(FollowUp.result_id == result_id, FollowUp.state == FollowUpState.VERIFIED)).one()  # fmt: skip
    return dict(zip(("reports", "used", "users", "jobs", "revenue", "savings", "households", "area"), (int(v or 0) for v in row), strict=True))


# --- filters --------------------------------------------------------------------------------------------------


def with_words(statement: Select[Any], words: str) -> Select[Any]:
    """Results whose title, code or certificate holds the words, with or without diacritics."""
    wanted = fold(words)
    return statement.where(or_(Result.folded.contains(wanted, autoescape=True), Result.code.icontains(words, autoescape=True),
                               Result.certificate_number.icontains(words, autoescape=True)))  # fmt: skip


def in_sector(statement: Select[Any], code: str) -> Select[Any]:
    """Results whose main item lies in this sector: a code of the plan in force, or the public id of a sector of an earlier plan."""
    return statement.where(Result.item_id.in_(plans.sectors_named(code)))


def of_item(statement: Select[Any], code: str) -> Select[Any]:
    """Results with this main item, of any plan (or within this item, sector or plan, by its public id)."""
    return statement.where(within(Result.item_id, code))


def ordered_by(statement: Select[Any], pid: str) -> Select[Any]:
    """Results of projects whose topic names this body as receiver."""
    return statement.where(Result.project_id.in_(select(Project.id).where(Project.topic_id.in_(topics_of_body(pid)))))


def in_use() -> ColumnElement[bool]:
    """The condition: the result is used, wholly or partly, by the last verified reports."""
    return use().in_((str(Use.IN_USE), str(Use.PARTLY)))


def registered_in(statement: Select[Any], year: str) -> Select[Any]:
    """Results whose certificate is of this year."""
    return statement.where(Result.certificate_dated.between(date(int(year), 1, 1), date(int(year), 12, 31)))


def years() -> list[int]:
    """The years of certificates, from the last to the first."""
    first, last = db.session.execute(select(func.min(Result.certificate_dated), func.max(Result.certificate_dated))).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


