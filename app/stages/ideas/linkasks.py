"""Requests for a link to the order form, from the public page: asked by anybody, answered by an officer with a link or a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.kernel import outbox
from app.kernel.db import db
from app.kernel.errors import Incomplete
from app.kernel.lifecycle import check_seen
from app.kernel.permissions import Do
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.people.rules import Addressee
from app.stages.ideas import links
from app.stages.ideas.models import LinkRequest, OrderLink
from app.stages.ideas.rules import LINK_REQUEST, LinkRequestState, TooMany

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]+\.[^@\s,;<>]+")
OPEN_MOST = 200  # requests that wait at all: more is somebody's script, and the officers' mail is spared


def statement() -> Select[Any]:
    """All requests."""
    return select(LinkRequest)


def by_pid(pid: str) -> LinkRequest | None:
    """One request."""
    return db.session.scalar(select(LinkRequest).where(LinkRequest.public_id == pid))


def ask(values: Mapping[str, Any], *, locale: str, address: str | None, limit: int, at: datetime) -> LinkRequest:
    """Ask for a link; at most `limit` an hour from one network address or for one mail address. The address that is named is not written to before an officer has looked."""
    said = {name: " ".join(nfc(values.get(name) or "").split()) for name in ("body", "name", "email", "phone")}
    for name in ("body", "name"):
        if not any(c.isalpha() for c in said[name]):
            raise Incomplete(N_("Please fill this in."), field=name)
    if not ADDRESS.fullmatch(said["email"]):
        raise Incomplete(N_("Please write a whole e-mail address."), field="email")
    _check_few(said["email"], address, limit, at)
    row = LinkRequest(**{name: text or None for name, text in said.items()}, note=nfc(values.get("note") or "")[:2000] or None, locale=locale, address=address, asked_at=at,
                      folded=fold(f"{said['body']} {said['name']} {said['email']}")[:700])  # fmt: skip
    LINK_REQUEST.begin(row, "ask_link", by=None, at=at)
    outbox.post("ideas/mail/link_asked.txt", to=people.users_with(Do.IDEAS_RETURN), key=f"link-asked:{row.public_id}", at=at, row=row)
    return row


def _check_few(email: str, address: str | None, limit: int, at: datetime) -> None:
    came = [func.lower(LinkRequest.email) == email.lower(), *([LinkRequest.address == address] if address else [])]
    recent = db.session.scalar(select(func.count(LinkRequest.id)).where(or_(*came), LinkRequest.asked_at > at - HOUR)) or 0
    waiting = db.session.scalar(select(func.count(LinkRequest.id)).where(LinkRequest.state == LinkRequestState.ASKED, LinkRequest.asked_at > at - DAY)) or 0
    if recent >= limit or waiting >= OPEN_MOST:
        raise TooMany(N_("Too many requests came in the last hour. Please try again later, or telephone the Department."))


def send(row: LinkRequest, organisation: Organisation, *, email: str, name: str, expires_on: date | None, by: User, at: datetime, seen: int | str | None = None) -> OrderLink:
    """Mail a link for the organisation that is meant, and note that the request is answered."""
    check_seen(row, seen)
    link = links.send(organisation, email=email, name=name, expires_on=expires_on, by=by, at=at)
    row.link_id, row.decided_at, row.decided_by_id = link.id, at, by.id
    LINK_REQUEST.advance(row, "send_link", by=by, at=at, detail={"organisation": organisation.public_id})
    return link


def refuse(row: LinkRequest, reason: str, *, by: User, at: datetime, seen: int | str | None = None) -> None:
    """Send no link; who asked reads why."""
    if not nfc(reason):
        raise Incomplete(N_("Please give the reason."), field="reason")
    check_seen(row, seen)
    row.reason, row.decided_at, row.decided_by_id = nfc(reason), at, by.id
    LINK_REQUEST.advance(row, "refuse_link", by=by, at=at, reason=nfc(reason))
    outbox.post("ideas/mail/link_refused.txt", to=Addressee(row.name, row.email, row.locale), key=f"link-refused:{row.public_id}", at=at, row=row)
