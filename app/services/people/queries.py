"""Reads about people and organisations."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.kernel.db import db
from app.kernel.permissions import ROLES, Do
from app.services.people.models import (
    Debarment,
    Engagement,
    Membership,
    Organisation,
    RoleGrant,
    SignInSession,
    SignInTry,
    User,
)
from app.services.people.rules import address_norm


def email_norm(email: str) -> str:
    """How addresses are compared."""
    return address_norm(email)


def user_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email_norm == email_norm(email)))


def user_by_pid(pid: str) -> User | None:
    return db.session.scalar(select(User).where(User.public_id == pid))


def users_by_id(ids: set[int]) -> dict[int, User]:
    """People by inner id, in one query: for their names. Roles and organisations are read when asked for."""
    if not ids:
        return {}
    named = select(User).options(lazyload(User.grants), lazyload(User.memberships))
    return {u.id: u for u in db.session.scalars(named.where(User.id.in_(ids)))}


def _granted(at: datetime) -> object:
    return and_(RoleGrant.user_id == User.id, RoleGrant.revoked_at.is_(None), RoleGrant.starts_at <= at,
                or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > at))  # fmt: skip


def users_with(do: Do, *, at: datetime | None = None) -> list[User]:
    """Active people who may say the word by an office they hold (not merely as researchers)."""
    roles = [name for name, words in ROLES.items() if do in words and name != "researcher"]
    held = exists().where(RoleGrant.user_id == User.id, RoleGrant.revoked_at.is_(None), RoleGrant.role.in_(roles))
    if at is not None:
        held = exists().where(_granted(at), RoleGrant.role.in_(roles))
    return list(db.session.scalars(select(User).where(User.active, held).order_by(User.sort_name)))


def users_in_role(role: str) -> list[User]:
    """Active people who hold the role."""
    held = exists().where(RoleGrant.user_id == User.id, RoleGrant.revoked_at.is_(None), RoleGrant.role == role)
    return list(db.session.scalars(select(User).where(User.active, held).order_by(User.sort_name)))


def _members(organisation_id: int, *more: object) -> list[User]:
    joined = select(User).join(Membership, Membership.user_id == User.id)
    return list(db.session.scalars(
        joined.where(User.active, ~User.is_service, Membership.organisation_id == organisation_id, Membership.to_date.is_(None), *more)  # type: ignore[arg-type]
        .order_by(User.sort_name)))  # fmt: skip


def managers_of(organisation_id: int) -> list[User]:
    """Who signs off for the organisation."""
    return _members(organisation_id, Membership.is_manager)


def managers_of_name(name: str) -> list[User]:
    """Who signs off for the organisation of this name."""
    found = db.session.scalar(select(Organisation.id).where(Organisation.name == name, Organisation.active_to.is_(None)))
    return managers_of(found) if found is not None else []


def members_of(organisation_id: int) -> list[User]:
    """Who belongs to the organisation."""
    return _members(organisation_id)


def organisations() -> list[Organisation]:
    """All organisations in being, by name."""
    return list(db.session.scalars(select(Organisation).where(Organisation.active_to.is_(None)).order_by(Organisation.folded)))


def organisation_by_pid(pid: str | None) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.public_id == pid)) if pid else None


def manages(user: User, organisation_id: int) -> bool:
    """Does this person sign off for the organisation?"""
    return user.manages(organisation_id)


def belongs(user: User, organisation_id: int) -> bool:
    """Is this person a member of the organisation?"""
    return user.belongs_to(organisation_id)


def engagements_of(user_id: int, *, on: date | None = None) -> list[Engagement]:
    """What this person works on (on a day, when given)."""
    statement = select(Engagement).where(Engagement.user_id == user_id)
    if on is not None:
        statement = statement.where(Engagement.from_date <= on, or_(Engagement.to_date.is_(None), Engagement.to_date >= on))
    return list(db.session.scalars(statement.order_by(Engagement.from_date)))


def debarments(*, user_id: int | None = None, organisation_id: int | None = None, on: date) -> list[Debarment]:
    """What bars this person or organisation on that day."""
    who = or_(Debarment.user_id == user_id if user_id else False, Debarment.organisation_id == organisation_id if organisation_id else False)
    holds = and_(Debarment.from_date <= on, or_(Debarment.until.is_(None), Debarment.until >= on))
    return list(db.session.scalars(select(Debarment).where(who, holds)))


def token_hash(token: str) -> str:
    """What is stored of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


@functools.cache
def _of_session() -> Select[tuple[User]]:
    """The account of a living session with all that says what it may do, in one query: every page asks, so it is written once."""
    return (select(User).options(joinedload(User.memberships), joinedload(User.grants)).join(SignInSession, SignInSession.user_id == User.id)
            .where(SignInSession.token_hash == bindparam("token"), SignInSession.ended_at.is_(None), SignInSession.expires_at > bindparam("at"),
                   SignInSession.epoch == User.epoch, User.active))  # fmt: skip


def user_of_session(token: str, *, at: datetime) -> User | None:
    """The person whose living session this token is."""
    return db.session.scalars(_of_session(), {"token": token_hash(token), "at": at}).unique().one_or_none()


def proved_at(token: str) -> datetime | None:
    """When the person of this session last showed who it is."""
    return db.session.scalar(select(SignInSession.proved_at).where(SignInSession.token_hash == token_hash(token))) if token else None


def owner_of_session(token: str) -> int | None:
    """Whose session this token was, also when it has ended."""
    return db.session.scalar(select(SignInSession.user_id).where(SignInSession.token_hash == token_hash(token))) if token else None


def sessions_of(user: User, *, at: datetime) -> list[SignInSession]:
    """The living sessions of a person, newest first."""
    return list(db.session.scalars(
        select(SignInSession).where(SignInSession.user_id == user.id, SignInSession.ended_at.is_(None),
                                    SignInSession.expires_at > at, SignInSession.epoch == user.epoch)
        .order_by(SignInSession.id.desc())))  # fmt: skip


@dataclass(frozen=True)
class Tries:
    """Failed sign-ins of a while: of this account from this source, of this account from everywhere, from this source to any account."""

    here: int
    of_account: int
    from_source: int


def failed_tries(email: str, source: str | None, *, since: datetime) -> Tries:
    """Failed sign-ins since then."""
    named, here = SignInTry.email_norm == email_norm(email), SignInTry.address == source
    counts = select(func.count(case((and_(named, here), 1))), func.count(case((named, 1))), func.count(case((here, 1))))
    return Tries(*db.session.execute(counts.where(SignInTry.at >= since, or_(named, here))).one())


def is_usual_source(email: str, source: str | None, *, since: datetime) -> bool:
    """Was somebody signed in to this account from this source since then?"""
    signed_in = select(SignInSession.id).join(User, User.id == SignInSession.user_id).where(User.email_norm == email_norm(email), SignInSession.address == source)
    return db.session.scalar(signed_in.where(SignInSession.created_at >= since).limit(1)) is not None


def guessed_at(*, since: datetime, tries: int) -> list[User]:
    """People at whose accounts somebody guessed from one source so often since then."""
    often = (select(SignInTry.email_norm).where(SignInTry.at >= since).group_by(SignInTry.email_norm, SignInTry.address).having(func.count() >= tries))
    return list(db.session.scalars(select(User).where(User.active, User.email_norm.in_(often))))


def try_window(at: datetime, minutes: int) -> datetime:
    """Since when failed sign-ins count."""
    return at - timedelta(minutes=minutes)
