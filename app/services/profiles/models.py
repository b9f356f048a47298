"""Rows of scientific CVs and of what was asked for about organisations. A CV that was put down is frozen by triggers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Identified,
    Model,
    UtcDateTime,
    Versioned,
    append_only,
    enum_of,
    text_check,
    to,
)
from app.services.people.models import Organisation, User
from app.services.people.rules import OrganisationKind
from app.services.profiles.rules import RequestState
from app.services.questionnaires.models import FormVersion


class Cv(Identified, Versioned, Model):
    """The CV as it is being written; one for each person."""

    __tablename__ = "cv"

    user_id: Mapped[int] = mapped_column(to("user_account"), unique=True)
    answers: Mapped[Any] = mapped_column(JSON, default=dict)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise_on_sql")


class CvVersion(Identified, Model):
    """The CV as its owner put it down: what a dossier attaches."""

    __tablename__ = "cv_version"

    user_id: Mapped[int] = mapped_column(to("user_account"))
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str] = mapped_column(String(200))  # of the owner, as it was on the day
    form_version_id: Mapped[int] = mapped_column(to("form_version"))
    answers: Mapped[Any] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    form: Mapped[FormVersion] = relationship(lazy="joined")

    __table_args__ = (UniqueConstraint("user_id", "number"),)


append_only("cv_version")


class OrganisationRequest(Identified, Versioned, Model):
    """A person asks to belong to an organisation: to one on the list (`organisation`), or to one that is to be put on it.

    What was asked stays as it was asked; `organisation` of a confirmed request is the one the person now belongs to.
    """

    __tablename__ = "organisation_request"

    state: Mapped[RequestState] = enum_of(RequestState, default=RequestState.ASKED)
    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(to("organisation"), index=True)
    is_new: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(String(300))
    kind: Mapped[OrganisationKind] = enum_of(OrganisationKind, default=OrganisationKind.OTHER)
    tax_code: Mapped[str | None] = mapped_column(String(14))
    address: Mapped[str | None] = mapped_column(String(300))
    representative: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(1000))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    reason: Mapped[str | None] = mapped_column(String(1000))

    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[user_id])
    decided_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[decided_by_id])
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        text_check("name", 300),
        CheckConstraint("is_new OR organisation_id IS NOT NULL", name="names_an_organisation"),
        CheckConstraint("state <> 'confirmed' OR organisation_id IS NOT NULL", name="confirmed_for_one"),
        Index("uq_organisation_request_open", "user_id", "organisation_id", unique=True, sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'")),
    )
