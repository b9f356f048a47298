"""Rows of people, organisations, roles and sessions."""

from __future__ import annotations

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    enum_of,
    text_check,
    to,
)
from app.kernel.permissions import Do, words_of
from app.services.people.rules import OrganisationKind, Purpose, Role, in_force


class Organisation(Identified, Versioned, Model):
    """A body that proposes, hosts, orders or receives. `name` is the one in force today."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str | None] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(String(300), index=True)
    kind: Mapped[OrganisationKind] = enum_of(OrganisationKind, default=OrganisationKind.OTHER)
    address: Mapped[str | None] = mapped_column(String(300))
    tax_code: Mapped[str | None] = mapped_column(String(14))
    representative: Mapped[str | None] = mapped_column(String(200))  # who stands for it by law
    active_to: Mapped[date | None]

    __table_args__ = (text_check("name", 300), Index("uq_organisation_tax_code", "tax_code", unique=True))


class OrganisationName(Model):
    """A name and the days it held. A paper names the organisation as it was called on its day."""

    __tablename__ = "organisation_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class User(UserMixin, Identified, Versioned, Model):
    """A person with an account. `epoch` grows when every session must die (password change, revocation)."""

    __tablename__ = "user_account"

    email: Mapped[str] = mapped_column(String(320))
    email_norm: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = mapped_column(String(400), index=True)
    title: Mapped[str | None] = mapped_column(String(100))
    phone: Mapped[str | None] = mapped_column(String(40))
    orcid: Mapped[str | None] = mapped_column(String(19))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    epoch: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    is_service: Mapped[bool] = mapped_column(default=False, server_default=false())  # of a body's programs: no password, no mail, no office
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    grants: Mapped[list[RoleGrant]] = relationship(lazy="selectin", foreign_keys="RoleGrant.user_id", viewonly=True)
    memberships: Mapped[list[Membership]] = relationship(lazy="selectin", viewonly=True)

    __table_args__ = (text_check("name", 200), text_check("email", 320))

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def roles(self) -> frozenset[str]:
        """The roles in force now; every active user is also a researcher."""
        at = clock.now()
        if not self.active:
            return frozenset()
        held = {str(g.role) for g in self.grants if in_force(g.starts_at, g.ends_at, g.revoked_at, at)}
        managing = {"host"} if any(m.is_manager for m in self._memberships_on(clock.local(at).date())) else set()
        # people with an office of the system only read and decide: they do not apply
        return frozenset(held | managing | (set() if held & {"auditor", "admin"} else {"researcher"}))

    def can(self, do: Do) -> bool:
        """May this person say this word now? Rows still limit it further."""
        return do in words_of(self.roles)

    @property
    def live_memberships(self) -> list[Membership]:
        return self._memberships_on(clock.today())

    def _memberships_on(self, day: date) -> list[Membership]:
        return [m for m in self.memberships if m.to_date is None or m.to_date > day]

    @property
    def organisations(self) -> list[Organisation]:
        """The organisations this person belongs to today."""
        return [m.organisation for m in self.live_memberships]

    def manages(self, organisation_id: int) -> bool:
        """Does this person sign off for the organisation?"""
        return any(m.is_manager and m.organisation_id == organisation_id for m in self.live_memberships)

    def belongs_to(self, organisation_id: int) -> bool:
        """Is this person a member of the organisation today?"""
        return any(m.organisation_id == organisation_id for m in self.live_memberships)


class RoleGrant(Identified, Model):
    """A role given to a person, with an end; revoked, never deleted. Its scope is the person's memberships, which have a term too."""

    __tablename__ = "role_grant"

    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    role: Mapped[Role] = enum_of(Role)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(to("user_account"))

    __table_args__ = (CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),)


class Membership(Model):
    """Who belongs to which organisation, from - to; a manager signs off for it."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    organisation_id: Mapped[int] = mapped_column(to("organisation"), index=True)
    is_manager: Mapped[bool] = mapped_column(default=False)
    from_date: Mapped[date]
    to_date: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")

    __table_args__ = (UniqueConstraint("user_id", "organisation_id", "from_date"),)


class SignInSession(Identified, Model):
    """One sign-in. The cookie holds the token, the row its hash; no living row, no session."""

    __tablename__ = "sign_in_session"

    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    epoch: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the person last showed who it is: at sign-in, or when asked again
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)  # noted every few minutes of use
    how: Mapped[str] = mapped_column(String(32), default="password")
    address: Mapped[str | None] = mapped_column(String(64))
    browser: Mapped[str | None] = mapped_column(String(200))


class SignInTry(Model):
    """A failed sign-in, kept to slow down guessing by account and by address."""

    __tablename__ = "sign_in_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_norm: Mapped[str] = mapped_column(String(320))
    address: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_sign_in_try_email", "email_norm", "at"), Index("ix_sign_in_try_address", "address", "at"))


class AccountToken(Model):
    """A link that was mailed: its token is stored hashed, works once and for a short while. One without a person is of a sign-up,
    or of an address that has no account: it is kept all the same, so that both cases are alike and count alike."""

    __tablename__ = "account_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = enum_of(Purpose)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(to("user_account"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    email_norm: Mapped[str] = mapped_column(String(320))
    name: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    next: Mapped[str | None] = mapped_column(String(500))
    batch: Mapped[str | None] = mapped_column(String(26))  # the two links of one change of address
    address: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # something else happened that makes it worthless

    __table_args__ = (Index("ix_account_token_email", "email_norm", "made_at"), Index("ix_account_token_address", "address", "made_at"))


class Engagement(Model):
    """A fact pushed down by a stage: this person (or organisation) works on that, as this, from - to."""

    __tablename__ = "engagement"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_pid: Mapped[str] = mapped_column(String(26))
    user_id: Mapped[int | None] = mapped_column(to("user_account"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(to("organisation"), index=True)
    role: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(500))
    from_date: Mapped[date]
    to_date: Mapped[date | None]

    __table_args__ = (Index("ix_engagement_subject", "subject_type", "subject_pid"),)


class Debarment(Model):
    """Who may not apply, why, from - until."""

    __tablename__ = "debarment"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(to("user_account"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(to("organisation"), index=True)
    cause: Mapped[str] = mapped_column(String(64))
    from_date: Mapped[date]
    until: Mapped[date | None]
