"""The acts on people: add, grant, revoke, sign in and out, change password, engage."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select, update

from app.kernel import journal
from app.kernel.db import db, reading_only
from app.kernel.errors import Incomplete, NotAllowed, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc, sort_key
from app.kernel.words import N_
from app.services.people import queries
from app.services.people.models import (
    AccountToken,
    Debarment,
    Engagement,
    Membership,
    Organisation,
    OrganisationName,
    RoleGrant,
    SignInSession,
    SignInTry,
    User,
)
from app.services.people.rules import (
    NAME_LONGEST,
    OrganisationKind,
    Purpose,
    Role,
    check_address,
    check_orcid,
    check_password,
    check_phone,
)

TRIES_KEPT = timedelta(days=2)
_hasher = [PasswordHasher()]
_nobody = [""]


def configure(cost: int) -> None:
    """Set the cost of password hashes (argon2 passes; 0 = the cheapest, for tests)."""
    _hasher[0] = PasswordHasher(time_cost=cost) if cost else PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _nobody[0] = _hasher[0].hash(secrets.token_hex(8))


def add_organisation(name: str, *, kind: OrganisationKind, by: User | None, at: datetime, name_en: str | None = None,
                     address: str | None = None, known_from: date | None = None) -> Organisation:  # fmt: skip
    """Make an organisation known under this name."""
    row = Organisation(name=nfc(name), name_en=name_en, folded=fold(name), kind=kind, address=address)
    db.session.add(row)
    db.session.flush()
    db.session.add(OrganisationName(organisation_id=row.id, name=row.name, valid_from=known_from or at.date()))
    journal.record(row, "add", by=by, at=at)
    return row


def rename_organisation(row: Organisation, name: str, *, on: date, by: User, at: datetime) -> None:
    """Give it a new name from a day on; papers of earlier days keep the old one."""
    db.session.execute(update(OrganisationName).where(OrganisationName.organisation_id == row.id, OrganisationName.valid_to.is_(None))
                       .values(valid_to=on))  # fmt: skip
    db.session.add(OrganisationName(organisation_id=row.id, name=nfc(name), valid_from=on))
    row.name, row.folded = nfc(name), fold(name)
    journal.record(row, "rename", by=by, at=at)


def add_user(email: str, name: str, *, by: User | None, at: datetime, password: str | None = None,
             title: str | None = None, locale: str = "vi", is_demo: bool = False, is_service: bool = False) -> User:  # fmt: skip
    """Make an account. Raises Incomplete when the address is taken or the password is weak."""
    email = check_address(email)
    norm = queries.email_norm(email)
    if queries.user_by_email(email) is not None:
        raise Incomplete(N_("There is already an account with this address."), field="email")
    row = User(email=email, email_norm=norm, name=nfc(name), sort_name=sort_key(name), title=title, locale=locale,
               created_at=at, is_demo=is_demo, is_service=is_service)  # fmt: skip
    if password is not None:
        row.password_hash = _hasher[0].hash(check_password(password, email))
    db.session.add(row)
    db.session.flush()
    journal.record(row, "add", by=by, at=at)
    return row


def join(user: User, organisation: Organisation, *, by: User | None, at: datetime, manager: bool = False) -> Membership:
    """Make the person a member (or the manager who signs off) of an organisation."""
    row = Membership(user_id=user.id, organisation_id=organisation.id, is_manager=manager, from_date=at.date())
    db.session.add(row)
    db.session.flush()
    journal.record(user, "join", by=by, at=at, detail={"organisation": organisation.public_id, "manager": manager})
    return row


def grant(user: User, role: Role, *, by: User | None, at: datetime, ends_at: datetime | None = None) -> RoleGrant:
    """Give a role until `ends_at`. What it reaches is asked of rows: membership, team, council. Raises NotAllowed for granting oneself."""
    if by is not None and by.id == user.id:
        raise NotAllowed(N_("Nobody grants a role to oneself."), field="role")
    if ends_at is not None and ends_at <= at:
        raise Incomplete(N_("The end must lie in the future."), field="ends_on")
    row = RoleGrant(user_id=user.id, role=role, starts_at=at, ends_at=ends_at, granted_by_id=by.id if by else None)
    db.session.add(row)
    db.session.flush()
    journal.record(user, "grant", by=by, at=at, detail={"role": str(role)})
    return row


def revoke(granted: RoleGrant, user: User, *, by: User | None, at: datetime, reason: str) -> None:
    """Take a role away at once; the person's sessions end, so that nothing remembered lives on."""
    if granted.role == Role.ADMIN and by is not None and granted.user_id == by.id:
        raise NotAllowed(N_("Nobody takes the own administrator's role away. Another administrator does."))
    if granted.revoked_at is None:
        granted.revoked_at = at
        user.epoch += 1
        journal.record(user, "revoke", by=by, at=at, reason=reason, detail={"role": str(granted.role)})


def deactivate(user: User, *, by: User, at: datetime, reason: str, seen: int | None = None) -> None:
    """Close an account: no sign-in, every session dead."""
    if by.id == user.id:
        raise NotAllowed(N_("Nobody closes the own account."))
    check_seen(user, seen)
    user.active = False
    user.epoch += 1
    kill_links(user, at=at)
    journal.record(user, "deactivate", by=by, at=at, reason=reason)


def check_closed(user: User, _by: User | None = None) -> None:
    """Is the account closed?"""
    if user.active:
        raise WrongState(N_("This account is open."))


def reactivate(user: User, *, by: User, at: datetime, seen: int | None = None) -> None:
    """Open a closed account again; the person signs in anew."""
    check_seen(user, seen)
    check_closed(user)
    user.active = True
    journal.record(user, "reactivate", by=by, at=at)


# --- signing in -----------------------------------------------------------------------------------------------


def password_fits(user: User | None, password: str) -> bool:
    """Is this the password? Takes as long for an unknown person as for a known one."""
    stored = user.password_hash if user and user.password_hash else _nobody[0]
    try:
        return _hasher[0].verify(stored, nfc(password)) and user is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def note_failed_try(email: str, *, address: str | None, at: datetime) -> None:
    """Keep a failed sign-in for the lock-out; old ones go."""
    db.session.execute(delete(SignInTry).where(SignInTry.at < at - TRIES_KEPT))
    db.session.add(SignInTry(email_norm=queries.email_norm(email)[:320], address=address, at=at))


def sign_in(user: User, *, at: datetime, hours: int, address: str | None, browser: str | None, how: str = "password") -> str:
    """Open a session; returns the token for the cookie. `how` is a way of `rules.WAYS`."""
    token = secrets.token_urlsafe(32)
    db.session.add(SignInSession(user_id=user.id, token_hash=queries.token_hash(token), epoch=user.epoch, created_at=at, proved_at=at, seen_at=at, how=how,
                                 expires_at=at + timedelta(hours=hours), address=address, browser=(browser or "")[:200]))  # fmt: skip
    db.session.flush()
    kill_links(user, at=at, purposes=(Purpose.RESET,))  # who knows the password needs no other way in
    journal.record(user, "sign_in", by=user, at=at, detail={"how": how})
    return token


def kill_links(user: User, *, at: datetime, purposes: Collection[Purpose] = tuple(Purpose)) -> None:
    """Links that were mailed for this account open nothing from now on."""
    db.session.execute(update(AccountToken).where(AccountToken.user_id == user.id, AccountToken.purpose.in_(purposes), AccountToken.used_at.is_(None),
                                                  AccountToken.dead_at.is_(None)).values(dead_at=at))  # fmt: skip


def sign_out(user: User, token: str, *, at: datetime) -> None:
    """End the session of this token: the cookie is worthless from now on."""
    db.session.execute(update(SignInSession).where(SignInSession.token_hash == queries.token_hash(token), SignInSession.ended_at.is_(None))
                       .values(ended_at=at))  # fmt: skip
    journal.record(user, "sign_out", by=user, at=at)


def end_session(row: SignInSession, user: User, *, by: User, at: datetime) -> None:
    """End another session of the same person, or (for the administrator) anyone's."""
    row.ended_at = at
    journal.record(user, "end_session", by=by, at=at)


def end_sessions(user: User, *, by: User, at: datetime, reason: str | None = None) -> None:
    """End every session of a person at once: for the administrator."""
    user.epoch += 1
    journal.record(user, "end_sessions", by=by, at=at, reason=reason)


def end_other_sessions(user: User, token: str, *, at: datetime) -> int:
    """End every session of the person but the one of this token; returns how many."""
    others = update(SignInSession).where(SignInSession.user_id == user.id, SignInSession.ended_at.is_(None), SignInSession.token_hash != queries.token_hash(token))
    ended = db.session.execute(others.where(SignInSession.expires_at > at, SignInSession.epoch == user.epoch).values(ended_at=at)).rowcount
    if ended:
        journal.record(user, "end_other_sessions", by=user, at=at, detail={"sessions": ended})
    return int(ended)


def note_proof(token: str, *, at: datetime) -> None:
    """The person of this session showed again who it is."""
    db.session.execute(update(SignInSession).where(SignInSession.token_hash == queries.token_hash(token)).values(proved_at=at, seen_at=at))


def note_seen(token: str, *, at: datetime) -> None:
    """Note that the session is used, on a connection of its own: a page that is read writes nothing else."""
    with reading_only(False), db.engine.begin() as connection:
        connection.execute(update(SignInSession).where(SignInSession.token_hash == queries.token_hash(token), SignInSession.ended_at.is_(None)).values(seen_at=at))


def change_password(user: User, old: str, new: str, *, at: datetime) -> None:
    """Change the own password; every session dies. Raises Incomplete when the old one is wrong or the new one weak."""
    if not password_fits(user, old):
        raise Incomplete(N_("This is not your present password."), field="old")
    clean = check_password(new, user.email)
    if clean == nfc(old):
        raise Incomplete(N_("The new password must differ from the old one."), field="password")
    user.password_hash = _hasher[0].hash(clean)
    user.epoch += 1
    kill_links(user, at=at)
    journal.record(user, "change_password", by=user, at=at)


def set_password(user: User, password: str, *, by: User | None, at: datetime) -> None:
    """Set a password for somebody (command line, demonstration); every session dies."""
    user.password_hash = _hasher[0].hash(check_password(password, user.email))
    user.epoch += 1
    kill_links(user, at=at)
    journal.record(user, "set_password", by=by, at=at)


def describe(user: User, values: Mapping[str, Any]) -> list[str]:
    """Set name, title, phone and ORCID, each checked; returns the names of those that changed."""
    name = " ".join(nfc(values.get("name") or "").split())
    if not name or len(name) > NAME_LONGEST:
        raise Incomplete(N_("Please write your name, with at most %(n)s characters."), field="name", n=NAME_LONGEST)
    new = {"name": name, "title": " ".join(nfc(values.get("title") or "").split())[:100] or None, "phone": check_phone(values.get("phone") or ""), "orcid": check_orcid(values.get("orcid") or "")}
    changed = [field for field, value in new.items() if getattr(user, field) != value]
    user.name, user.title, user.phone, user.orcid = new["name"], new["title"], new["phone"], new["orcid"]
    user.sort_name = sort_key(name)
    return changed


def choose_locale(user: User, locale: str) -> None:
    """Keep the person's language."""
    user.locale = locale


# --- facts pushed down by stages ------------------------------------------------------------------------------


def engage(kind: str, subject: Any, *, role: str, title: str, from_date: date, to_date: date | None = None,
           user_id: int | None = None, organisation_id: int | None = None) -> None:  # fmt: skip
    """Note that a person or organisation works on `subject` (a stage's row) as `role`; the same fact once."""
    subject_type, subject_pid = journal.subject_key(subject)
    same = select(Engagement).where(Engagement.subject_type == subject_type, Engagement.subject_pid == subject_pid,
                                    Engagement.user_id == user_id, Engagement.organisation_id == organisation_id, Engagement.role == role)  # fmt: skip
    if db.session.scalar(same) is None:
        db.session.add(Engagement(kind=kind, subject_type=subject_type, subject_pid=subject_pid, user_id=user_id, title=title[:500],
                                  organisation_id=organisation_id, role=role, from_date=from_date, to_date=to_date))  # fmt: skip


def disengage(subject: Any, *, on: date) -> None:
    """The work on `subject` ended on that day, for all."""
    subject_type, subject_pid = journal.subject_key(subject)
    db.session.execute(update(Engagement).where(Engagement.subject_type == subject_type, Engagement.subject_pid == subject_pid,
                                                Engagement.to_date.is_(None)).values(to_date=on))  # fmt: skip


def debar(cause: str, *, from_date: date, until: date | None, user_id: int | None = None, organisation_id: int | None = None) -> None:
    """Bar a person or organisation from applying, for this cause, until that day."""
    db.session.add(Debarment(cause=cause, from_date=from_date, until=until, user_id=user_id, organisation_id=organisation_id))
