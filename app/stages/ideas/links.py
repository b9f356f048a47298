"""Links by which an organisation without an account fills in one order form: send, renew, close; and what comes through them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, update
from sqlalchemy.orm import joinedload

from app.kernel import journal, outbox
from app.kernel.clock import ZONE, local
from app.kernel.db import db
from app.kernel.errors import Incomplete, Stale, WrongState
from app.kernel.text import nfc
from app.kernel.words import N_
from app.services.people import actions as people
from app.services.people.models import Organisation, User
from app.services.people.queries import user_by_email
from app.services.questionnaires.models import FormVersion
from app.services.rulebook import queries as rulebook
from app.stages.ideas import actions, order
from app.stages.ideas.models import Idea, OrderLink
from app.stages.ideas.rules import (
    EDITABLE,
    LINK_FILE,
    LINK_SENDINGS,
    LinkStanding,
    TooMany,
)

HOUR = timedelta(hours=1)
_WHOLE = (joinedload(OrderLink.organisation), joinedload(OrderLink.contact), joinedload(OrderLink.idea).joinedload(Idea.organisation))


def statement() -> Select[Any]:
    """All links, with organisation, contact and idea."""
    return select(OrderLink).join(OrderLink.organisation).options(*_WHOLE)


def by_pid(pid: str) -> OrderLink | None:
    """One link, for officers."""
    return db.session.scalar(select(OrderLink).options(*_WHOLE).where(OrderLink.public_id == pid))


def by_token(token: str, *, at: datetime) -> OrderLink | None:
    """The link of this secret, while it holds. Unknown, closed and expired ones open nothing."""
    row = db.session.scalar(select(OrderLink).options(*_WHOLE).where(OrderLink.token_hash == _hash(token)))
    return row if row is not None and standing(row, at=at) in (LinkStanding.OPEN, LinkStanding.USED) and row.expires_at > at else None


def closed(token: str) -> OrderLink | None:
    """The link of this secret, if an officer closed it: who holds the secret may know that, and nothing of the form but its number."""
    return db.session.scalar(select(OrderLink).options(*_WHOLE).where(OrderLink.token_hash == _hash(token), OrderLink.revoked_at.is_not(None)))


def standing(link: OrderLink, *, at: datetime) -> LinkStanding:
    """What the link is now."""
    if link.revoked_at is not None:
        return LinkStanding.REVOKED
    if link.idea is not None and link.idea.state not in EDITABLE:
        return LinkStanding.USED
    return LinkStanding.OPEN if link.expires_at > at else LinkStanding.EXPIRED


def holds(at: datetime) -> ColumnElement[bool]:
    """The condition: the link opens its form."""
    return and_(OrderLink.revoked_at.is_(None), OrderLink.expires_at > at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "ignore")).hexdigest()


def send(organisation: Organisation, *, email: str, name: str, expires_on: date | None, by: User, at: datetime) -> OrderLink:
    """Mail a link to a contact of the organisation. The contact becomes known as a person without a password, and owns the idea."""
    contact = user_by_email(email)
    if contact is None:
        contact = people.add_user(email, name, by=by, at=at)
    if not contact.active:
        raise Incomplete(N_("The account with this address is closed."), field="email")
    link = OrderLink(organisation=organisation, contact=contact, expires_at=_end(expires_on, at), created_at=at, created_by_id=by.id, token_hash="")
    token = _new_token(link)
    db.session.add(link)
    db.session.flush()
    journal.record(link, "invite", by=by, at=at, detail={"organisation": organisation.public_id})
    _mail(link, token, at)
    return link


def renew(link: OrderLink, *, expires_on: date | None, by: User, at: datetime) -> None:
    """Mail a new secret for the same form; the old one opens nothing any more."""
    if link.revoked_at is not None:
        raise WrongState(N_("This link is closed."))
    link.expires_at = _end(expires_on, at)
    token = _new_token(link)
    db.session.flush()
    journal.record(link, "invite", by=by, at=at, detail={"again": True})
    _mail(link, token, at)


def close(link: OrderLink, *, reason: str, by: User, at: datetime) -> None:
    """Close a link at once. What was written through it stays."""
    if link.revoked_at is not None:
        raise WrongState(N_("This link is closed."))
    if not nfc(reason):
        raise Incomplete(N_("Please give the reason."), field="reason")
    link.revoked_at = at
    db.session.flush()
    journal.record(link, "close", by=by, at=at, reason=nfc(reason))


def _end(day: date | None, at: datetime) -> datetime:
    today = local(at).date()
    most = int(rulebook.value("ideas.link_days_most", on=today))
    if day is None or not today < day <= today + timedelta(days=most):
        raise Incomplete(N_("Please give a day from tomorrow on, at most %(n)s days ahead."), field="expires_on", n=most)
    return datetime.combine(day, time(23, 59, 59), ZONE)


def _new_token(link: OrderLink) -> str:
    token = secrets.token_urlsafe(32)
    link.token_hash = _hash(token)
    return token


def _mail(link: OrderLink, token: str, at: datetime) -> None:
    outbox.post("ideas/mail/link.txt", to=link.contact, key=f"order-link:{link.public_id}:{link.token_hash[:12]}", at=at, link=link, token=token)


# --- through the link -----------------------------------------------------------------------------------------


def count(link: OrderLink, *, at: datetime, weight: int = 1) -> None:
    """Count one sending, or one with files as more; raises TooMany when there were too many in the hour."""
    fresh = link.window_began_at is None or at - link.window_began_at >= HOUR
    if not fresh and link.sendings + weight > LINK_SENDINGS:
        raise TooMany(N_("This link was used too often within an hour. Please wait, or telephone the Department."))
    values: dict[str, Any] = {"window_began_at": at, "sendings": weight} if fresh else {"sendings": OrderLink.sendings + weight}
    db.session.execute(update(OrderLink).where(OrderLink.id == link.id).values(**values).execution_options(synchronize_session=False))


def write(link: OrderLink, values: Mapping[str, Any], answers: Mapping[str, Any], *, at: datetime, seen: int | str | None = None, quietly: bool = False,
          files: order.Files = order.NO_FILES, version: FormVersion | None = None) -> Idea:  # fmt: skip
    """Keep what was written: the first time a draft of the organisation is made, owned by the contact."""
    count(link, at=at, weight=1 + LINK_FILE * len(files.uploads))
    if link.idea is not None:
        if seen in (None, ""):
            raise Stale(N_("This form was begun in another window. What you typed is kept below; sending it again replaces what is there."))
        actions.revise(link.idea, values, answers=answers, by=link.contact, at=at, seen=seen, quietly=quietly, files=files)
        return link.idea
    idea = actions.draft(values, answers=answers, files=files, version=version, organisation=link.organisation, by=link.contact, at=at)
    db.session.execute(update(OrderLink).where(OrderLink.id == link.id, OrderLink.idea_id.is_(None)).values(idea_id=idea.id).execution_options(synchronize_session=False))
    db.session.refresh(link, ["idea_id"])
    if link.idea_id != idea.id:
        raise WrongState(N_("This form was begun in another window. Please open the link again."))
    return idea


def submit(link: OrderLink, *, at: datetime, seen: int | str | None = None, own_word: str | None = None) -> Idea:
    """Send the form in; the receipt goes to the contact by mail."""
    if link.idea is None:
        raise Incomplete(N_("There is nothing to send yet."))
    count(link, at=at)
    actions.submit(link.idea, by=link.contact, at=at, seen=seen, own_word=own_word)
    return link.idea


def withdraw(link: OrderLink, *, reason: str | None, at: datetime, seen: int | str | None = None) -> Idea:
    """Take the sent form back, as its owner may who has an account."""
    if link.idea is None:
        raise Incomplete(N_("There is nothing to send yet."))
    count(link, at=at)
    actions.withdraw(link.idea, reason=reason, by=link.contact, at=at, seen=seen)
    return link.idea
