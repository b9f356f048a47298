"""Links that are mailed: for a sign-up, a new password, another address. One time, for an hour, killed by what makes them needless.

Nobody learns from us whether an address has an account: asking does the same work, stores the same row and sends one mail
to the address in either case; only who reads that mailbox sees the difference.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select, update

from app.kernel import journal, outbox
from app.kernel.db import db, public_id
from app.kernel.errors import Incomplete, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people import actions, queries
from app.services.people.models import AccountToken, User
from app.services.people.rules import (
    LINK_LIFE,
    LINKS_A_DAY,
    LINKS_A_DAY_IN_ALL,
    LINKS_FROM_ONE_SOURCE,
    NAME_LONGEST,
    Purpose,
    check_address,
    check_password,
)

KEPT = timedelta(days=30)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OVER = N_("This link has been used or is too old. Please ask for a new one.")


@dataclass(frozen=True)
class Mailbox:
    """An address to which we write without knowing a person: no name, nothing that somebody typed."""

    email: str
    locale: str
    id: int | None = None


def _check_source(source: str | None, at: datetime) -> None:
    """Raise Incomplete when too much was asked for from one network address."""
    asked = select(func.count()).select_from(AccountToken).where(AccountToken.address == source, AccountToken.made_at > at - HOUR)
    if source is not None and (db.session.scalar(asked) or 0) >= LINKS_FROM_ONE_SOURCE:
        raise Incomplete(N_("Too many requests came from your network. Please wait an hour and try again."))


def _may_write_to(norm: str, purpose: Purpose, source: str | None, at: datetime) -> bool:
    """Few enough mails of this kind went to the address within a day. Beyond that nothing is sent, and nothing said.

    They count by who asked: a stranger who asks and asks does not use up what the owner may ask for.
    """
    counts = select(func.count(), func.count(case((AccountToken.address == source, 1))))
    every, from_here = db.session.execute(counts.where(AccountToken.email_norm == norm, AccountToken.purpose == purpose, AccountToken.made_at > at - DAY)).one()
    return bool(from_here < LINKS_A_DAY and every < LINKS_A_DAY_IN_ALL)


def _make(purpose: Purpose, email: str, *, user: User | None, source: str | None, locale: str, at: datetime, name: str | None = None,
          next: str | None = None, batch: str | None = None, dead: bool = False) -> str:  # fmt: skip
    """Store a link; returns its secret."""
    db.session.execute(delete(AccountToken).where(AccountToken.made_at < at - KEPT))
    token = secrets.token_urlsafe(32)
    db.session.add(AccountToken(purpose=purpose, token_hash=queries.token_hash(token), user_id=user.id if user else None, email=email, email_norm=queries.email_norm(email),
                                name=name, locale=locale, next=next, batch=batch, address=source, made_at=at, expires_at=at + LINK_LIFE, dead_at=at if dead else None))  # fmt: skip
    db.session.flush()
    return token


def _mail(kind: str, to: User | Mailbox, token: str, at: datetime, **more: str) -> None:
    outbox.post(f"people/mail/{kind}.txt", to=[to], key=f"{kind.replace('_', '-')}:{queries.token_hash(token)[:24]}", at=at, token=token, life=int(LINK_LIFE.total_seconds() // 60), **more)


def living(token: str, purpose: Purpose, *, at: datetime) -> AccountToken | None:
    """The link of this secret while it holds."""
    row = db.session.scalar(select(AccountToken).where(AccountToken.token_hash == queries.token_hash(token), AccountToken.purpose == purpose))
    return row if row is not None and row.used_at is None and row.dead_at is None and at < row.expires_at else None


def _use(token: str, purpose: Purpose, at: datetime) -> AccountToken:
    """Take the link, once: of two who send it at the same time one is refused. Raises WrongState when it is over."""
    row = living(token, purpose, at=at)
    taken = None if row is None else db.session.execute(update(AccountToken).where(AccountToken.id == row.id, AccountToken.used_at.is_(None), AccountToken.dead_at.is_(None)).values(used_at=at))
    if row is None or taken is None or taken.rowcount != 1:
        raise WrongState(OVER)
    return row


# --- sign-up --------------------------------------------------------------------------------------------------


def ask_sign_up(email: str, name: str, *, source: str | None, locale: str, next: str | None, at: datetime) -> None:
    """Mail a link with which the account is made. The password is chosen there: nobody sets one for an address of others.

    An address with an account is told so in its mail; one that was only invited so far is given its first password.
    """
    plain = check_address(email)
    called = " ".join(nfc(name).split())
    if not called or len(called) > NAME_LONGEST:
        raise Incomplete(N_("Please write your name, with at most %(n)s characters."), field="name", n=NAME_LONGEST)
    _check_source(source, at)
    user = queries.user_by_email(plain)
    known, write = user is not None and (user.password_hash is not None or not user.active), _may_write_to(queries.email_norm(plain), Purpose.SIGN_UP, source, at)
    token = _make(Purpose.SIGN_UP, plain, user=user, source=source, locale=locale, name=called, next=next, dead=known or not write, at=at)
    if write:
        _mail("already" if known else "sign_up", Mailbox(plain, locale), token, at)


def sign_up(token: str, password: str, *, at: datetime) -> User:
    """Make the account of a confirmed address. Raises WrongState when the link is over or somebody was quicker."""
    row = _use(token, Purpose.SIGN_UP, at)
    user = queries.user_by_email(row.email)
    if user is not None and (user.password_hash is not None or not user.active):
        raise WrongState(N_("There is already an account with this address. Please sign in."))
    if user is None:
        user = actions.add_user(row.email, row.name or row.email, by=None, at=at, password=password, locale=row.locale)
    else:
        actions.set_password(user, password, by=None, at=at)
    db.session.execute(update(AccountToken).where(AccountToken.email_norm == row.email_norm, AccountToken.purpose == Purpose.SIGN_UP, AccountToken.used_at.is_(None)).values(dead_at=at))
    journal.record(user, "sign_up", by=user, at=at)
    return user


# --- a new password -------------------------------------------------------------------------------------------


def ask_reset(email: str, *, source: str | None, locale: str, at: datetime) -> None:
    """Mail a link with which the password is set anew. An address without an account is told that it has none."""
    plain = check_address(email)
    _check_source(source, at)
    user = queries.user_by_email(plain)
    open_to = user is not None and user.active
    write = _may_write_to(queries.email_norm(plain), Purpose.RESET, source, at)
    token = _make(Purpose.RESET, plain, user=user, source=source, locale=locale, dead=not open_to or not write, at=at)
    if write:
        _mail("reset" if open_to else "no_account", Mailbox(plain, user.locale if user else locale), token, at)


def reset(token: str, password: str, *, at: datetime) -> User:
    """Set the password anew: every session and every other link of the account dies. Raises WrongState when the link is over."""
    row = _use(token, Purpose.RESET, at)
    user = db.session.get(User, row.user_id) if row.user_id else None
    if user is None or not user.active or user.email_norm != row.email_norm:
        raise WrongState(OVER)
    check_password(password, user.email)
    actions.set_password(user, password, by=user, at=at)
    _mail("password_changed", user, token, at)
    return user


# --- another address ------------------------------------------------------------------------------------------


def ask_email_change(user: User, email: str, password: str, *, source: str | None, at: datetime) -> None:
    """Mail a link to the present and one to the new address: both must be opened. A new address that has an account gets another mail instead."""
    if not actions.password_fits(user, password):
        raise Incomplete(N_("This is not your present password."), field="password")
    plain = check_address(email)
    if queries.email_norm(plain) == user.email_norm:
        raise Incomplete(N_("This is your address already."), field="email")
    _check_source(source, at)
    if not _may_write_to(queries.email_norm(plain), Purpose.EMAIL_NEW, source, at):
        raise Incomplete(N_("Too many mails went to this address today. Please try again tomorrow."), field="email")
    actions.kill_links(user, at=at, purposes=(Purpose.EMAIL_OLD, Purpose.EMAIL_NEW))
    batch, taken = public_id(), queries.user_by_email(plain) is not None
    old = _make(Purpose.EMAIL_OLD, plain, user=user, source=source, locale=user.locale, batch=batch, at=at)
    new = _make(Purpose.EMAIL_NEW, plain, user=user, source=source, locale=user.locale, batch=batch, dead=taken, at=at)
    _mail("email_old", user, old, at, new_address=plain)
    _mail("email_taken" if taken else "email_new", Mailbox(plain, user.locale), new, at)
    journal.record(user, "ask_email_change", by=user, at=at)


def confirm_email(token: str, purpose: Purpose, *, at: datetime) -> bool:
    """One of the two addresses agrees; True when both have, and the address is changed: every session dies."""
    row = _use(token, purpose, at)
    both = db.session.scalar(select(func.count()).select_from(AccountToken).where(AccountToken.batch == row.batch, AccountToken.used_at.is_not(None)))
    user = db.session.get(User, row.user_id) if row.user_id else None
    if user is None or not user.active:
        raise WrongState(OVER)
    if both != 2:
        return False
    if queries.user_by_email(row.email) is not None:
        raise WrongState(N_("There is already an account with this address."))
    before = Mailbox(user.email, user.locale)
    user.email, user.email_norm = row.email, row.email_norm
    user.epoch += 1
    db.session.flush()
    actions.kill_links(user, at=at)
    journal.record(user, "change_email", by=user, at=at)
    _mail("email_changed", before, f"{token}:old", at)
    _mail("email_changed", user, token, at)
    return True


def waiting_change(user: User, *, at: datetime) -> list[AccountToken]:
    """The links of a change of address that is under way, the one to the present address first."""
    rows = select(AccountToken).where(AccountToken.user_id == user.id, AccountToken.purpose.in_((Purpose.EMAIL_OLD, Purpose.EMAIL_NEW)), AccountToken.expires_at > at)
    found = list(db.session.scalars(rows.order_by(AccountToken.id.desc()).limit(2)))[::-1]
    alive = [r for r in found if r.purpose == Purpose.EMAIL_OLD and r.dead_at is None]
    return found if len(found) == 2 and alive and found[0].batch == found[1].batch and not all(r.used_at for r in found) else []


# --- guessing -------------------------------------------------------------------------------------------------


def warn_of_guessing(at: datetime, *, tries: int) -> None:
    """Tell people, once a day, that somebody guesses at their password."""
    for user in queries.guessed_at(since=at - DAY, tries=tries):
        outbox.post("people/mail/guessed.txt", to=user, key=f"guessed:{user.public_id}:{at:%Y%m%d}", at=at)
