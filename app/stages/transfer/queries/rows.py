"""Handovers, agreements, follow-ups, evaluations and messages: one by one, of one result, and as worklists."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.kernel.db import db
from app.kernel.permissions import Do
from app.services.people import queries as people
from app.services.people.models import User
from app.services.rulebook import queries as rulebook
from app.stages.acceptance.models import Result
from app.stages.funding import queries as funding
from app.stages.funding.models import Project
from app.stages.transfer.models import (
    Agreement,
    Effectiveness,
    FollowUp,
    Handover,
    HandoverLine,
    Interest,
)
from app.stages.transfer.queries.panels import judged
from app.stages.transfer.queries.results import office, signing_ids, signs_for
from app.stages.transfer.rules import (
    IN_FORCE,
    OPEN_REPORTS,
    AgreementKind,
    AgreementState,
    FollowUpState,
    HandoverState,
    InterestState,
)


def _faces(model: Any) -> list[Any]:
    """A row with its result, and its project with host and investigator."""
    return [joinedload(model.result), joinedload(model.project).options(joinedload(Project.host), joinedload(Project.pi))]


def _handover_seen(user: User) -> ColumnElement[bool]:
    if office(user):
        return true()
    return or_(funding.visible(user), (Handover.receiver_id.in_(signing_ids(user))) & (Handover.state != HandoverState.WITHDRAWN))


def _agreement_seen(user: User) -> ColumnElement[bool]:
    if office(user):
        return true()
    closed = (AgreementState.DRAFTED, AgreementState.DROPPED)
    return or_(funding.visible(user), (Agreement.recipient_id.in_(signing_ids(user))) & Agreement.state.not_in(closed))


def used_by(organisation_ids: list[int]) -> ColumnElement[bool]:
    """Reports about the use by these bodies, as receivers or as partners of a contract."""
    return or_(FollowUp.handover_id.in_(select(Handover.id).where(Handover.receiver_id.in_(organisation_ids))),
               FollowUp.agreement_id.in_(select(Agreement.id).where(Agreement.recipient_id.in_(organisation_ids))))  # fmt: skip


def _used_by_face() -> list[Any]:
    return [joinedload(FollowUp.handover).joinedload(Handover.receiver), joinedload(FollowUp.agreement).joinedload(Agreement.recipient)]


def _follow_up_seen(user: User) -> ColumnElement[bool]:
    if office(user):
        return true()
    return or_(funding.visible(user), used_by(signing_ids(user)), *judged(user, FollowUp.result_id))


# --- statements for lists -------------------------------------------------------------------------------------


def handovers_statement(user: User) -> Select[Any]:
    """The handovers this person may see."""
    return (select(Handover).join(Project, Project.id == Handover.project_id).options(*_faces(Handover), joinedload(Handover.receiver), joinedload(Handover.offered_by))
            .where(_handover_seen(user)))  # fmt: skip


def agreements_statement(user: User) -> Select[Any]:
    """The agreements this person may see."""
    return (select(Agreement).join(Project, Project.id == Agreement.project_id).options(*_faces(Agreement), joinedload(Agreement.recipient))
            .where(_agreement_seen(user)))  # fmt: skip


def follow_ups_statement(user: User) -> Select[Any]:
    """The yearly reports this person may see."""
    return (select(FollowUp).join(Project, Project.id == FollowUp.project_id)
            .options(*_faces(FollowUp), *_used_by_face()).where(_follow_up_seen(user)))  # fmt: skip


def interests_statement() -> Select[Any]:
    """All messages of visitors."""
    return select(Interest).options(*_faces(Interest))


# --- one row --------------------------------------------------------------------------------------------------


def handover_for(user: User, pid: str) -> Handover | None:
    """One handover this person may see, with its lines and who signed."""
    more = (joinedload(Handover.offered_by), joinedload(Handover.answered_by), selectinload(Handover.lines))
    return db.session.scalar(handovers_statement(user).options(*more).where(Handover.public_id == pid))


def agreement_for(user: User, pid: str) -> Agreement | None:
    """One agreement this person may see."""
    return db.session.scalar(agreements_statement(user).where(Agreement.public_id == pid))


def follow_up_for(user: User, pid: str) -> FollowUp | None:
    """One yearly report this person may see, with who wrote and who verified it."""
    more = (joinedload(FollowUp.reported_by), joinedload(FollowUp.verified_by))
    return db.session.scalar(follow_ups_statement(user).options(*more).where(FollowUp.public_id == pid))


def interest_by_pid(pid: str) -> Interest | None:
    """One message, with its result and who answered."""
    return db.session.scalar(interests_statement().options(joinedload(Interest.answered_by)).where(Interest.public_id == pid))


def interest_for(user: User, pid: str) -> Interest | None:
    """One message this person may see: officers every one, who holds the project those in talks or that led to a contract."""
    row = interest_by_pid(pid)
    if row is None or user.can(Do.TRANSFER_OFFER):
        return row
    return row if row.state in (InterestState.IN_TALKS, InterestState.AGREED) and funding.may_request(user, row.project) else None


def interest_of(agreement: Agreement) -> Interest | None:
    """The message that a contract began with."""
    return db.session.scalar(select(Interest).where(Interest.agreement_id == agreement.id))


def contracts_from(interest: Interest) -> list[Agreement]:
    """The contracts that came of a message."""
    return list(db.session.scalars(select(Agreement).options(*_faces(Agreement), joinedload(Agreement.recipient)).where(Agreement.id == interest.agreement_id)))


def handover_by_pid(pid: str) -> Handover | None:
    """The row, whoever asks: for services."""
    return db.session.scalar(select(Handover).where(Handover.public_id == pid))


def agreement_by_pid(pid: str) -> Agreement | None:
    """The row, whoever asks: for services."""
    return db.session.scalar(select(Agreement).where(Agreement.public_id == pid))


def follow_up_of_link(token: str) -> FollowUp | None:
    """The yearly report that this mailed link is for, with result and project."""
    return db.session.scalar(select(FollowUp).options(*_faces(FollowUp), *_used_by_face()).where(FollowUp.link_hash == people.token_hash(token)))


def follow_up_by_pid(pid: str) -> FollowUp | None:
    """The row, whoever asks: for services."""
    return db.session.scalar(select(FollowUp).where(FollowUp.public_id == pid))


def agreement_whole(agreement_id: int) -> Agreement:
    """The agreement with result, project and recipient, as it stands now, whoever asks."""
    return db.session.scalars(select(Agreement).options(*_faces(Agreement), joinedload(Agreement.recipient)).where(Agreement.id == agreement_id)
                              .execution_options(populate_existing=True)).one()  # fmt: skip


def follow_up_whole(follow_up_id: int) -> FollowUp:
    """The yearly report with result, project, handover and receiver, as it stands now, whoever asks."""
    return db.session.scalars(select(FollowUp).options(*_faces(FollowUp), *_used_by_face())
                              .where(FollowUp.id == follow_up_id).execution_options(populate_existing=True)).one()  # fmt: skip


def lines_of(handover_id: int) -> list[HandoverLine]:
    """What is handed over, in its order."""
    return list(db.session.scalars(select(HandoverLine).where(HandoverLine.handover_id == handover_id).order_by(HandoverLine.position)))


def may_read(row: Any, user: User) -> bool:
    """May this person see the handover, agreement or yearly report?"""
    statement = {Handover: handovers_statement, Agreement: agreements_statement, FollowUp: follow_ups_statement}[type(row)]
    return db.session.scalar(statement(user).where(type(row).id == row.id)) is not None


# --- of one result --------------------------------------------------------------------------------------------


def handovers_of(user: User, result_id: int) -> list[Handover]:
    """The handovers of a result that this person may see, oldest first."""
    return list(db.session.scalars(handovers_statement(user).where(Handover.result_id == result_id).order_by(Handover.id)))


def agreements_of(user: User, result_id: int) -> list[Agreement]:
    """The agreements on a result that this person may see, oldest first."""
    return list(db.session.scalars(agreements_statement(user).where(Agreement.result_id == result_id).order_by(Agreement.id)))


def assignment_of(result_id: int, *, but: Agreement | None = None) -> Agreement | None:
    """The contract in force that assigned the ownership of this result, whoever asks."""
    statement = select(Agreement).options(joinedload(Agreement.recipient)).where(
        Agreement.result_id == result_id, Agreement.kind == AgreementKind.ASSIGNMENT, Agreement.state.in_(IN_FORCE))  # fmt: skip
    return db.session.scalars(statement if but is None else statement.where(Agreement.id != but.id)).first()


def is_registered_under(number: str, agreement: Agreement) -> bool:
    """Has another contract this certificate of registration?"""
    return bool(db.session.scalar(select(exists().where(Agreement.registered_number == number, Agreement.id != agreement.id))))


def numbers_of(agreement: Agreement) -> set[str]:
    """The numbers of the other contracts which the same host signed in the year of this one."""
    year = agreement.signed_on.year if agreement.signed_on else 0
    host = select(Project.host_id).where(Project.id == agreement.project_id).scalar_subquery()
    statement = select(Agreement.number).join(Project, Project.id == Agreement.project_id).where(
        Project.host_id == host, Agreement.id != agreement.id, Agreement.number.is_not(None), Agreement.signed_on.between(date(year, 1, 1), date(year, 12, 31)))  # fmt: skip
    return {str(number) for number in db.session.scalars(statement)}


def over(first: date, last: date) -> list[Agreement]:
    """Agreements in force whose last day lies in these days."""
    statement = select(Agreement).options(*_faces(Agreement), joinedload(Agreement.recipient)).where(
        Agreement.state.in_(IN_FORCE), Agreement.ends_on.between(first, last))  # fmt: skip
    return list(db.session.scalars(statement.order_by(Agreement.ends_on, Agreement.id)))


def follow_ups_of(user: User, result_id: int) -> list[FollowUp]:
    """The yearly reports on a result that this person may see, by receiver and year."""
    return list(db.session.scalars(follow_ups_statement(user).where(FollowUp.result_id == result_id)
                                   .order_by(func.coalesce(FollowUp.handover_id, 0), func.coalesce(FollowUp.agreement_id, 0), FollowUp.number)))  # fmt: skip


def of_source(statement: Select[Any], source: str) -> Select[Any]:
    """Reports about receivers, about partners of contracts, or about hosts themselves."""
    conditions = {"receiver": FollowUp.handover_id.is_not(None), "contract": FollowUp.agreement_id.is_not(None)}
    return statement.where(conditions.get(source, and_(FollowUp.handover_id.is_(None), FollowUp.agreement_id.is_(None))))


def series_of(follow_up: FollowUp) -> list[FollowUp]:
    """The yearly reports of the same user of the same result that are still awaited."""
    same = (FollowUp.handover_id.is_not_distinct_from(follow_up.handover_id), FollowUp.agreement_id.is_not_distinct_from(follow_up.agreement_id))
    return list(db.session.scalars(select(FollowUp).where(FollowUp.result_id == follow_up.result_id, FollowUp.state.in_(OPEN_REPORTS), *same).order_by(FollowUp.number)))


def evaluations_of(result_id: int) -> list[Effectiveness]:
    """The evaluations of a result's effect, newest first."""
    return list(db.session.scalars(select(Effectiveness).options(joinedload(Effectiveness.by), joinedload(Effectiveness.council)).where(Effectiveness.result_id == result_id)
                                   .order_by(Effectiveness.id.desc())))  # fmt: skip


def has_follow_ups(result_id: int, receiver_id: int | None) -> bool:
    """Are yearly reports of this receiver (None = the host itself) scheduled already?"""
    if receiver_id is None:
        condition = and_(FollowUp.handover_id.is_(None), FollowUp.agreement_id.is_(None))
    else:
        condition = used_by([receiver_id]) & (FollowUp.state != FollowUpState.WAIVED)
    return bool(db.session.scalar(select(exists().where(FollowUp.result_id == result_id, condition))))


# --- people ---------------------------------------------------------------------------------------------------


def receiver_people(organisation_id: int) -> list[User]:
    """Who signs for a receiving body: its managers, and its members who hold the office of an ordering agency."""
    return [u for u in people.members_of(organisation_id) if signs_for(u, organisation_id)]


def body_of(follow_up: FollowUp) -> int | None:
    """The organisation of the system whose use the report is about, other than the host itself."""
    if follow_up.handover is not None:
        return follow_up.handover.receiver_id
    return follow_up.agreement.recipient_id if follow_up.agreement is not None else None


def reporters(follow_up: FollowUp) -> list[User]:
    """Who may write this report: the receiver's people, and the holders of the project."""
    body = body_of(follow_up)
    receiver = receiver_people(body) if body is not None else []
    return list({u.id: u for u in (*receiver, *funding.holders(follow_up.project))}.values())


def may_report(user: User, follow_up: FollowUp) -> bool:
    """May this person report on the use: somebody of the receiver, the investigator, or the host's manager?"""
    return signs_for(user, body_of(follow_up)) or funding.may_request(user, follow_up.project)


# --- worklists ------------------------------------------------------------------------------------------------


def handovers_to_sign(user: User) -> list[Handover]:
    """Offers that wait for this person's signature, oldest first."""
    statement = handovers_statement(user).where(Handover.state == HandoverState.OFFERED, Handover.receiver_id.in_(signing_ids(user)),
                                                Handover.offered_by_id != user.id)  # fmt: skip
    return list(db.session.scalars(statement.order_by(Handover.offered_at, Handover.id)))


def follow_ups_to_report(user: User, *, until: date) -> list[FollowUp]:
    """Yearly reports this person may write whose day is not after `until`, the most urgent first."""
    managed = [m.organisation_id for m in user.live_memberships if m.is_manager]
    mine = or_(Project.pi_id == user.id, Project.host_id.in_(managed), used_by(signing_ids(user)))
    statement = follow_ups_statement(user).where(FollowUp.state.in_(OPEN_REPORTS), FollowUp.due_on <= until, mine)
    return list(db.session.scalars(statement.order_by(FollowUp.due_on, FollowUp.id)))


def follow_ups_to_verify() -> list[FollowUp]:
    """Yearly reports that came in."""
    statement = select(FollowUp).options(*_faces(FollowUp)).where(FollowUp.state == FollowUpState.REPORTED)
    return list(db.session.scalars(statement.order_by(FollowUp.reported_at, FollowUp.id)))


def late_follow_ups(*, on: date) -> list[FollowUp]:
    """Yearly reports whose day is past."""
    statement = select(FollowUp).options(*_faces(FollowUp)).where(FollowUp.state.in_(OPEN_REPORTS), FollowUp.due_on < on)
    return list(db.session.scalars(statement.order_by(FollowUp.due_on, FollowUp.id)))


def interests_to_answer() -> list[Interest]:
    """Messages nobody has dealt with, oldest first."""
    return list(db.session.scalars(interests_statement().where(Interest.state == InterestState.RECEIVED).order_by(Interest.at, Interest.id)))


def agreements_to_register() -> list[Agreement]:
    """Signed agreements that must be registered and are not."""
    statement = select(Agreement).options(*_faces(Agreement), joinedload(Agreement.recipient)).where(
        Agreement.state == AgreementState.SIGNED, Agreement.must_register)  # fmt: skip
    return list(db.session.scalars(statement.order_by(Agreement.register_by, Agreement.id)))


def open_after_end() -> list[FollowUp]:
    """Awaited reports of contracts that have ended, due a year or more after the end."""
    return list(db.session.scalars(select(FollowUp).join(Agreement, Agreement.id == FollowUp.agreement_id).options(contains_eager(FollowUp.agreement)).where(
        FollowUp.state.in_(OPEN_REPORTS), Agreement.state == AgreementState.ENDED, FollowUp.due_on > Agreement.ended_on).order_by(FollowUp.id)))  # fmt: skip


def silent(on: date) -> ColumnElement[bool]:
    """The condition on FollowUp: awaited, and overdue by more than the days of the rule, so that its user counts as silent."""
    return FollowUp.state.in_(OPEN_REPORTS) & (FollowUp.due_on < on - timedelta(days=int(rulebook.value("transfer.silent_days", on=on))))


def with_silent(on: date) -> ColumnElement[bool]:
    """The condition on Result: one of its users is silent."""
    return exists().where(FollowUp.result_id == Result.id, silent(on))


def silent_among(result_ids: list[int], *, on: date) -> set[int]:
    """Those of these results of which a user is silent."""
    return set(db.session.scalars(select(FollowUp.result_id).where(FollowUp.result_id.in_(result_ids), silent(on)).distinct())) if result_ids else set()


def follow_ups_due_between(first: date, last: date) -> list[FollowUp]:
    """Awaited reports due in these days (for reminders)."""
    return list(db.session.scalars(select(FollowUp).options(*_faces(FollowUp), *_used_by_face()).where(
        FollowUp.state.in_(OPEN_REPORTS), FollowUp.due_on.between(first, last)).order_by(FollowUp.due_on, FollowUp.id)))  # fmt: skip


def registrations_due_between(first: date, last: date) -> list[Agreement]:
    """Agreements whose registration is due in these days (for reminders)."""
    statement = select(Agreement).options(*_faces(Agreement), joinedload(Agreement.recipient)).where(
        Agreement.state == AgreementState.SIGNED, Agreement.must_register, Agreement.register_by.between(first, last))  # fmt: skip
    return list(db.session.scalars(statement.order_by(Agreement.register_by, Agreement.id)))


def interests_since(address: str | None, since: datetime) -> int:
    """How many messages came from this network address since then."""
    return int(db.session.scalar(select(func.count()).select_from(Interest).where(Interest.address == address, Interest.at >= since)) or 0)
