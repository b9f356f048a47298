"""Reads about second factors and links to providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select

from app.kernel.db import db
from app.services.entry.models import (
    Authenticator,
    FactorTry,
    OutsideAccount,
    Passkey,
    RecoveryCode,
)
from app.services.entry.rules import LIMITS
from app.services.people.models import User


def authenticator_of(user: User) -> Authenticator | None:
    return db.session.scalar(select(Authenticator).where(Authenticator.user_id == user.id))


def passkeys_of(user: User) -> list[Passkey]:
    """The passkeys of a person, in the order in which they were made."""
    return list(db.session.scalars(select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id)))


def passkey_of(user: User, pid: str) -> Passkey | None:
    return db.session.scalar(select(Passkey).where(Passkey.user_id == user.id, Passkey.public_id == pid))


def passkey_by_credential(credential_id: str) -> Passkey | None:
    return db.session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def has_factor(user: User) -> bool:
    """Has this person a second factor of any kind?"""
    app, key = exists().where(Authenticator.user_id == user.id), exists().where(Passkey.user_id == user.id)
    return bool(db.session.scalar(select(or_(app, key))))


def codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))) or 0


def wrong_codes(user: User, *, at: datetime) -> list[datetime]:
    """When wrong codes were typed for this account, as far back as a limit looks."""
    return list(db.session.scalars(select(FactorTry.at).where(FactorTry.user_id == user.id, FactorTry.at > at - LIMITS[-1][0])))


def outside_account(issuer: str, subject: str) -> OutsideAccount | None:
    return db.session.scalar(select(OutsideAccount).where(OutsideAccount.issuer == issuer, OutsideAccount.subject == subject))


def outside_account_of(user: User, issuer: str) -> OutsideAccount | None:
    return db.session.scalar(select(OutsideAccount).where(OutsideAccount.user_id == user.id, OutsideAccount.issuer == issuer))


@dataclass(frozen=True)
class Factors:
    """What a person has set up."""

    authenticator: Authenticator | None
    passkeys: list[Passkey]
    codes: int

    @property
    def number(self) -> int:
        return len(self.passkeys) + (self.authenticator is not None)


def factors_of(user: User) -> Factors:
    """All second factors of a person."""
    return Factors(authenticator_of(user), passkeys_of(user), codes_left(user))
